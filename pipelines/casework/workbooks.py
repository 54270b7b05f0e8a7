"""How a workbook of casework is written: private, the same bytes for the same rows, ready for the printer.

Everything is a text cell unless it is a number: nothing in such a workbook is a formula, whatever a row holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.deliveries.template import SHEET_NAME_CHARACTERS
from pipelines.scratch import WorkFolder
from pipelines.settings import settings

A4 = 9
SECRET = "含个人信息,仅供核实使用"
_NOT_IN_NAMES = str.maketrans("[]:*?/\\'", "()----- ")
_FONT = {"font_size": 10, "valign": "top", "text_wrap": True, "border": 1}
Cell = str | int | Decimal | date | None


def masked(id_key: str | None) -> str:
    """An ID number as a list shows it: the first six, eight stars, the last four (domain.md §3.6)."""
    return f"{id_key[:6]}{'*' * 8}{id_key[-4:]}" if id_key and len(id_key) == 18 else ""


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: its header, its width in characters, and whether officials write into it."""

    text: str
    width: int
    is_to_fill: bool = False


class Book:
    """A workbook being written, sheet after sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "note": book.add_format({"font_size": 9, "font_color": "#595959"}),
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7", **_FONT}),
            "head_to_fill": book.add_format({"bold": True, "bg_color": "#FFF2CC", **_FONT}),
        }
        # The first row of a household stands under a thicker line.
        for first, top in ((False, 1), (True, 2)):
            self._formats[f"text{first}"] = book.add_format({**_FONT, "num_format": "@", "top": top})
            self._formats[f"integer{first}"] = book.add_format({**_FONT, "num_format": "#,##0", "top": top})
            self._formats[f"amount{first}"] = book.add_format({**_FONT, "num_format": "#,##0.00", "top": top})

    def sheet(self, name: str, headings: Sequence[Heading], title: str, notes: Sequence[str] = ()) -> Sheet:
        """A new sheet: title, notes, header row."""
        return Sheet(self._book.add_worksheet(self._name(name)), self._formats, headings, title, notes)

    def _name(self, wanted: str) -> str:
        """The wanted name as a workbook allows it; where it is taken, numbered."""
        plain, number = wanted.translate(_NOT_IN_NAMES).strip()[:SHEET_NAME_CHARACTERS] or "-", 1
        name = plain
        while name in self._names:
            number += 1
            ending = f"({number})"
            name = plain[: SHEET_NAME_CHARACTERS - len(ending)] + ending
        self._names.add(name)
        return name


class Sheet:
    """One sheet, A4 landscape, the header row on every printed page."""

    def __init__(
        self, sheet: Any, formats: dict[str, Any], headings: Sequence[Heading], title: str, notes: Sequence[str]
    ) -> None:
        self._sheet, self._formats, self._headings = sheet, formats, headings
        self.name: str = sheet.get_name()
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, heading.width)
        sheet.write_string(0, 0, title, formats["title"])
        for row, note in enumerate(notes, 1):
            sheet.write_string(row, 0, note, formats["note"])
        head = 1 + len(notes)
        for place, heading in enumerate(headings):
            sheet.write_string(head, place, heading.text, formats["head_to_fill" if heading.is_to_fill else "head"])
        self._head, self._next = head, head + 1
        sheet.freeze_panes(self._next, 0)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.repeat_rows(head)
        sheet.fit_to_pages(1, 0)
        left = title.replace("&", "&&")
        sheet.set_header(f"&L{left}&R{SECRET}")
        sheet.set_footer("&C第 &P 页,共 &N 页")

    def row(self, cells: Sequence[Cell], *, is_first: bool = False) -> None:
        """The next row; `is_first` draws the line above it that parts households."""
        for place, cell in enumerate(cells):
            match cell:
                case None:
                    self._sheet.write_blank(self._next, place, None, self._formats[f"text{is_first}"])
                case int():
                    self._sheet.write_number(self._next, place, cell, self._formats[f"integer{is_first}"])
                case Decimal():
                    self._sheet.write_number(self._next, place, float(cell), self._formats[f"amount{is_first}"])
                case _:
                    self._sheet.write_string(self._next, place, str(cell), self._formats[f"text{is_first}"])
        self._next += 1

    def choose(self, place: int, source: str | Sequence[str]) -> None:
        """Cells of a column take one of a list; other words only raise a question."""
        if self._next > self._head + 1:
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            self._sheet.data_validation(self._head + 1, place, self._next - 1, place, rule)

    def range_of(self, place: int) -> str:
        """Where the cells of a column stand, for another sheet's list."""
        from xlsxwriter.utility import xl_col_to_name

        letter = xl_col_to_name(place)
        return f"='{self.name}'!${letter}${self._head + 2}:${letter}${self._next}"

    def print_only(self, columns: int) -> None:
        """Only the first columns are printed; what lies right of them is for the screen."""
        self._sheet.print_area(0, 0, self._next - 1, columns - 1)


@contextmanager
def workbook(path: Path, title: str, on: date) -> Iterator[Book]:
    """A workbook at `path` when the block ends well, readable by its owner only; `on` stands for the day it was made."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        # What is written meanwhile holds personal data too.
        with WorkFolder(settings().scratch, "workbook") as scratch, os.fdopen(descriptor, "wb") as handle:
            options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": str(scratch)}
            with xlsxwriter.Workbook(handle, options) as book:
                book.set_properties({"created": datetime(on.year, on.month, on.day), "title": title})
                yield Book(book)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
