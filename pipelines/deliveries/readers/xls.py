"""XLS workbooks, through calamine, which holds whole sheets in memory: run it guarded."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.deliveries.readers import archive, form
from pipelines.deliveries.readers.parts import Outlet, Reading
from pipelines.deliveries.readers.sheets import ERRORS, Facts, Merge, Sheet, SheetRow, cell_text, plain_row
from pipelines.deliveries.readers.workbook import read_sheets
from pipelines.deliveries.reasons import Refused
from pipelines.sources.base import SourceTable

MAX_BYTES = 256 << 20  # an XLS of 65,536 rows is smaller


@dataclass(frozen=True)
class _CalamineSheet:
    book: Any
    name: str
    hidden: bool

    def rows(self, facts: Facts) -> Iterator[SheetRow]:
        sheet = self.book.get_sheet_by_name(self.name)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            if top < bottom:
                facts.merges.append(Merge(top + 1, left, bottom + 1, right))
        if sheet.start is None:
            return
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
            texts = [cell_text(cell) for cell in row]
            facts.errors += sum(text in ERRORS for text in texts if text.startswith("#"))
            yield plain_row(number, texts)


def read_xls(
    path: Path, name: str, table: SourceTable, folder: Path | None, day: date | None, only: Container[str] | None
) -> tuple[Reading, ...]:
    """The sheets that hold the table, each a part. What the library makes of damaged files is any kind of error."""
    import python_calamine as calamine

    if path.stat().st_size > MAX_BYTES:
        raise Refused(archive.reason("too_large", name, "过大", "is too large"))
    try:
        book = calamine.CalamineWorkbook.from_filelike(path.open("rb"))
    except calamine.PasswordError:
        raise Refused(form.encrypted(name)) from None
    sheets: list[Sheet] = [
        _CalamineSheet(book, sheet.name, sheet.visible != calamine.SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return read_sheets(sheets, name, table, Outlet(folder), day, only)
