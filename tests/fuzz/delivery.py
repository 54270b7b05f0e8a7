"""A delivery that is going to be malformed: its rows, its header, its file and its manifest, and what must come of it.

Nothing here asks the code under test what a cell means: what a clean row must become is worked out anew, from the
declaration alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import assume
from hypothesis import strategies as st

from pipelines.periods import Quarter
from pipelines.sources.base import Column, SourceTable, Type
from tests.contracts.rows import COUNTY, clean_row

QUARTER, CUT_DATE = Quarter(2018, 4), date(2018, 12, 31)
CSV, XLSX, XLS, PARQUET = "csv", "xlsx", "xls", "parquet"
T = TypeVar("T")


class Draw:
    """Hypothesis's choices for one delivery."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def one(self, options: Sequence[T]) -> T:
        """One of them; a case without any is no case."""
        assume(options)
        chosen: T = self._draw(st.sampled_from(options))
        return chosen

    def number(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))

    def some(self, options: Sequence[T], at_least: int = 1, at_most: int = 4) -> list[T]:
        """Different ones, in the order of `options`; a case without any is no case."""
        assume(options)
        places = self._draw(
            st.sets(
                st.integers(0, len(options) - 1),
                min_size=min(at_least, len(options)),
                max_size=min(at_most, len(options)),
            )
        )
        return [options[place] for place in sorted(places)]

    def order(self, options: Sequence[T]) -> list[T]:
        return list(self._draw(st.permutations(options)))

    def octets(self, low: int, high: int) -> bytes:
        return bytes(self._draw(st.binary(min_size=low, max_size=high)))


def staged_values(column: Column, text: str) -> dict[str, object]:
    """What a clean cell must become, by staged column; nothing where a clean row's spelling says too little."""
    name = column.name
    if column.type is Type.ID_NUMBER:
        return {name: text or None, column.key: text or None, column.klass: "valid" if text else "missing"}
    if not text:
        return {name: None}
    match column.type:
        case Type.DATE:
            return {name: date.fromisoformat(text)}
        case Type.INTEGER:
            return {name: int(text)}
        case Type.AMOUNT:
            return {name: Decimal(text)}
        case Type.FLAG:
            return {name: {"是": True, "否": False}[text]} if text in "是否" else {}
        case Type.CODE:
            assert column.codes is not None
            return {name: text} if text in column.codes.codes else {}
    return {name: text}


@dataclass
class Record:
    """One row as it will be sent, and what is expected of it.

    cells    staged column → text as sent
    values   staged column → value it must have where the row has the header's shape
    marks    rules that must mark it
    touched  staged columns that were changed: a rule that speaks of one of them may mark the row as well
    bare     columns whose cell is written without quotation marks, whatever it holds
    typed    columns whose cell a workbook holds as a number, day or formula instead of the text
    tail     cells beyond the header's
    short    cells that are missing at the end
    quotes   whether every cell is quoted
    sheet, line  where it was written
    """

    cells: dict[str, str]
    values: dict[str, object]
    marks: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    typed: dict[str, object] = field(default_factory=dict)
    tail: tuple[str, ...] = ()
    short: int = 0
    free: bool = True
    sheet: str = ""
    line: int = 0

    def change(self, column: Column, text: str, **values: object) -> None:
        """Another text in a cell, and what it must become; without values: unread."""
        self.cells[column.name] = text
        self.values |= values or dict.fromkeys(column.staged)
        self.touched |= set(column.staged)

    @property
    def is_misshapen(self) -> bool:
        return "row_shape" in self.marks


def clean_record(table: SourceTable, number: int) -> Record:
    cells = clean_row(table, number)
    values: dict[str, object] = {}
    for column in table.columns:
        values |= staged_values(column, cells[column.name])
    return Record(dict(cells), values)


@dataclass
class Head:
    """One header cell and the column below it (None: a column that is not agreed)."""

    text: str
    column: Column | None
    fill: str = ""


@dataclass
class TextForm:
    """How a text file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    quotes: bool = False
    trailing: int = 0  # separators behind every line
    ends: int = 1  # newlines behind the last line
    two_row_header: bool = False  # groups in a row above the names
    # record → blank lines before it: so many separators, or blanks
    blanks: dict[int, list[int | str]] = field(default_factory=dict)


@dataclass
class BookForm:
    """How a workbook is written."""

    sheets: int = 1
    name: str = "数据"  # of the only sheet
    blanks: dict[int, int] = field(default_factory=dict)  # record → blank rows before it
    hidden_sheet: bool = False
    other_sheet: bool = False
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: bool = False
    all_hidden: bool = False
    far_header: Sequence[int] = ()  # further header cells in columns far to the right
    merged_title: bool = False
    two_row_header: bool = False  # groups in a row above the names, merged
    merged_cells: tuple[Column, int, int] | None = None  # one cell that spans records
    part: Callable[[bytes], bytes] | None = None

    @property
    def first_sheet(self) -> str:
        """The part of the package that holds the first rows; other sheets stand before it."""
        return f"xl/worksheets/sheet{1 + self.hidden_sheet + self.other_sheet}.xml"


@dataclass
class Archive:
    """A ZIP archive that files are packed into.

    codec   of the members' names; utf-8 is marked as such, another is not
    litter  further members; `mode` is the kind of file they are said to be
    """

    name: str
    codec: str = "utf-8"
    folder: str = ""
    litter: dict[str, bytes] = field(default_factory=dict)
    mode: int = 0


@dataclass
class Sent:
    """One file of a delivery."""

    table: SourceTable
    records: list[Record]
    form: str
    name: str
    columns: list[Head]
    titles: list[str] = field(default_factory=list)
    footers: list[tuple[str, ...]] = field(default_factory=list)
    text: TextForm = field(default_factory=TextForm)
    book: BookForm = field(default_factory=BookForm)
    archive: Archive | None = None
    declared: str = ""  # the encoding the manifest names; empty: the true one

    @property
    def present(self) -> list[Column]:
        return [head.column for head in self.columns if head.column is not None]

    def head(self, column: Column) -> Head:
        return next(head for head in self.columns if head.column is column)

    def free(self, draw: Draw) -> Record:
        """A row that nobody has changed yet; never the first, which stays clean."""
        record = draw.one([record for record in self.records[1:] if record.free])
        record.free = False
        return record


@dataclass
class Delivery:
    """One delivery: the files, the changes to its manifest and bytes, and the outcome.

    refusal   the reasons of which at least one, and no other, must be given; empty: it is taken
    notes     what its sender must be told though it is taken
    words     what the reasons must name
    recipe    what was done, in words that hold no cell of any row
    """

    files: list[Sent]
    scope: str | list[str] = field(default_factory=lambda: [COUNTY])
    refusal: frozenset[str] = frozenset()
    notes: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    recipe: list[str] = field(default_factory=list)
    manifest: list[Callable[[dict[str, Any]], None]] = field(default_factory=list)
    manifest_bytes: list[Callable[[bytes], bytes]] = field(default_factory=list)
    damage: list[Callable[[bytes], bytes]] = field(default_factory=list)  # of the first file, told to the manifest
    afterwards: list[Callable[[Path], None]] = field(default_factory=list)  # what happens to the folder

    @property
    def main(self) -> Sent:
        return self.files[0]

    @property
    def table(self) -> SourceTable:
        return self.main.table

    @property
    def first_name(self) -> str:
        """The name of the first file in the folder."""
        return self.main.archive.name if self.main.archive else self.main.name

    @property
    def records(self) -> list[tuple[Sent, Record]]:
        return [(sent, record) for sent in self.files for record in sent.records]

    def refuse(self, *codes: str) -> None:
        self.refusal = frozenset(codes)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{sent.name}: {len(sent.records)} rows" for sent in self.files)
        return f"<{self.table.name} as {self.main.form} ({sizes}): {'; '.join(self.recipe)}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What Hypothesis prints of a failing case: the recipe, never a row."""
        printer.text(repr(self))


def clean_file(table: SourceTable, rows: int, form: str, first: int = 0, name: str = "") -> Sent:
    """A file that must be taken without a word."""
    return Sent(
        table,
        [clean_record(table, number) for number in range(first, first + rows)],
        form,
        name or f"{table.file_stem}.{form}",
        [Head(column.header, column) for column in table.columns],
    )


def widened(text: str) -> str:
    """The text in full-width characters."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def mentions(predicate: str, columns: set[str]) -> bool:
    """Whether a rule speaks of one of the columns."""
    return any(re.search(rf"\b{re.escape(name)}\b", predicate) for name in columns)


def codes_of(column: Column) -> Mapping[str, str]:
    assert column.codes is not None
    return column.codes.labels
