"""Sheets of a workbook of any form, as rows of texts; what is found on the way; merged cells filled down."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

from pipelines.deliveries.readers.header import MAX_COLUMNS

_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))


class Merge(NamedTuple):
    """Cells merged over several rows: physical rows from 1, positions from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class SheetRow(NamedTuple):
    """A physical row (from 1) as texts.

    beyond    the filled cells right of the widest table that is read
    unstored  positions of formulas whose result is not in the file
    """

    number: int
    cells: list[str]
    beyond: list[str]
    unstored: tuple[int, ...] = ()


@dataclass
class Facts:
    """What was found while the rows were read; complete when they are all read."""

    merges: list[Merge] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last position
    hidden_rows: int = 0
    errors: int = 0  # cells with #REF! and the like


class Sheet(Protocol):
    """One sheet; `rows` may be asked for again."""

    @property
    def name(self) -> str: ...

    @property
    def hidden(self) -> bool: ...

    def rows(self, facts: Facts) -> Iterator[SheetRow]: ...


def number_text(value: float) -> str:
    """A number as a sheet shows it. One of more than 15 digits has lost some: it is written as a power, never as digits."""
    if not math.isfinite(value) or abs(value) >= _EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def cell_text(value: object) -> str:
    """A cell's value as text."""
    match value:
        case str():
            return value.replace("\0", "�").replace("\r\n", "\n").replace("\r", "\n")
        case bool():
            return "1" if value else "0"
        case int() | float():
            return number_text(value)
        case datetime():
            midnight = value.time() == time.min
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return "" if value is None else str(value)


def plain_row(number: int, texts: list[str]) -> SheetRow:
    """A row from all of its texts."""
    return SheetRow(number, texts[:MAX_COLUMNS], [text for text in texts[MAX_COLUMNS:] if text.strip()])


def filled_down(rows: Iterable[SheetRow], merges: Iterable[Merge], places: Collection[int]) -> Iterator[SheetRow]:
    """The rows with the text of merged cells in each row they cover, in the columns at `places`.

    A row with nothing of its own stays empty.
    """
    starts: dict[int, list[Merge]] = {}
    for merge in merges:
        if merge.left in places:
            starts.setdefault(merge.top, []).append(merge)
    open_now: dict[int, tuple[int, str]] = {}
    for row in rows:
        if open_now:
            open_now = {place: one for place, one in open_now.items() if one[0] >= row.number}
            if any(cell.strip() for cell in row.cells):
                _fill(row.cells, {place: text for place, (_, text) in open_now.items()})
        for merge in starts.pop(row.number, ()):
            text = row.cells[merge.left] if merge.left < len(row.cells) else ""
            open_now[merge.left] = (merge.bottom, text)
        yield row


def _fill(cells: list[str], texts: Mapping[int, str]) -> None:
    cells.extend([""] * (max(texts, default=-1) + 1 - len(cells)))
    for place, text in texts.items():
        cells[place] = cells[place] or text
