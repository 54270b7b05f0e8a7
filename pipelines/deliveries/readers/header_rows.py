"""Which of a file's first rows make the header, and which of their cells name which declared column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.deliveries.readers.names import ALIAS, DERIVED, HEADER, LIKE, Named, Names
from pipelines.sources.base import Column, Layout, SourceTable

_DEPTH = 3  # groups, subgroups, names
_STEMS = tuple("甲乙丙丁戊己庚辛壬癸")
_DIGIT = re.compile(r"[0-9]")
_CODE = re.compile(r"[A-Za-z]{3}\d{3}|[A-Za-z]+(_[A-Za-z0-9]+)+")


@dataclass(frozen=True)
class Row:
    """A physical row, from 1. `width` leaves out empty cells at its end: formatting, or a trailing separator."""

    number: int
    cells: Sequence[str]
    width: int

    @classmethod
    def of(cls, number: int, cells: Sequence[str]) -> Row:
        width = len(cells)
        while width and not cells[width - 1].strip():
            width -= 1
        return cls(number, cells, width)

    def cell(self, place: int) -> str:
        return self.cells[place].strip() if place < self.width else ""


@dataclass
class HeaderRows:
    """What one to three rows mean if they are the header, under one family of names.

    said       staged column → its text, said by a name outside the rows
    cells      one text per column of the file, upper and lower cells joined by a slash
    found      staged column → position in the file and how it was named
    ambiguous  staged column → the positions that claim it
    """

    layout: Layout | None
    names: Names
    rows: Sequence[Row]
    said: Mapping[str, str]
    cells: list[str] = field(default_factory=list)
    found: dict[str, tuple[int, Named]] = field(default_factory=dict)
    ambiguous: dict[str, list[int]] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        return len(self.found) + len(self.ambiguous)

    def overrun(self, records: Sequence[Row]) -> int:
        """Rows that are wider than the header."""
        width = max(row.width for row in self.rows)
        return sum(row.width > width for row in records)

    def missing(self, table: SourceTable) -> list[Column]:
        """Required columns that are neither found nor said."""
        there = self.found.keys() | self.ambiguous.keys() | self.said.keys()
        return [column for column in table.columns if not column.optional and column.name not in there]

    def last_row(self, head: Sequence[Row]) -> int:
        """The header's last row: its names once more in another form, or column numbers, may follow it."""
        last = self.rows[-1].number
        for row in head:
            if row.number == last + 1 and self._goes_on(row):
                last = row.number
        return last

    def _are_codes(self) -> bool:
        return sum(_CODE.fullmatch(cell) is not None for cell in self.cells) > len(self.cells) // 2

    def _goes_on(self, row: Row) -> bool:
        filled = [(place, row.cell(place)) for place in range(row.width) if row.cell(place)]
        if (
            row.number == self.rows[-1].number + 1
            and self._are_codes()
            and 2 * len(filled) > len(self.cells)
            and not any(_DIGIT.search(cell) for _, cell in filled)
        ):
            return True  # labels below codes: a record has a number of some kind
        columns = {place: column for column, (place, _) in self.found.items()}
        named = sum(columns.get(place) in {one.column for one in self.names.named(cell)} for place, cell in filled)
        if named >= max(2, len(filled) // 2):
            return True
        if len(filled) < 3:
            return False
        words = [re.sub(r"[()()]", "", cell) for _, cell in filled]
        stems = next((i for i, word in enumerate(words) if word != "".join(_STEMS[i : i + 1])), len(words))
        numbers = [str(number) for number in range(1, len(words) + 1)]
        if words[stems:] in (numbers[: len(words) - stems], numbers[stems:]):
            return True
        return all(_CODE.fullmatch(word) for word in words)


def best_rows(
    table: SourceTable, head: Sequence[Row], layout: Layout | None, names: Names, said: Mapping[str, str]
) -> HeaderRows | None:
    """The rows that make the best header: fewest required columns missing, most columns found, fewest rows, first.

    A row more belongs to it where the records are wider without it: a column that is not agreed may be named there alone.
    """
    best: HeaderRows | None = None
    rank = (0, 0)
    meanings: dict[str, tuple[Named, ...]] = {}
    naming: set[int] = set()  # rows that name some column by themselves
    for depth in range(1, _DEPTH + 1):
        for last in range(depth - 1, len(head)):
            rows = head[last - depth + 1 : last + 1]
            if rows[-1].number - rows[0].number != depth - 1 or not rows[-1].width or not rows[0].width:
                continue
            if depth > 1 and not any(row.number in naming for row in rows):
                continue  # records
            tried = HeaderRows(layout, names, rows, said)
            _assign(tried, meanings)
            if depth == 1 and tried.matched:
                naming.add(rows[0].number)
            this = (-len(tried.missing(table)), tried.matched)
            records = head[last + 1 :]
            if tried.matched and (
                best is None
                or this > rank
                or (this == rank and rows[-1] is best.rows[-1] and tried.overrun(records) < best.overrun(records))
            ):
                best, rank = tried, this
    return best


def _texts(rows: Sequence[Row]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Per column: the cell as reported, and what it may be called, the most telling first.

    A cell of an upper row stands for the empty ones to its right too: it was merged over them.
    """
    *uppers, lower = rows
    groups = [""] * len(uppers)
    for place in range(max(row.width for row in rows)):
        own = [row.cell(place) for row in uppers]
        groups = [cell or group for cell, group in zip(own, groups, strict=True)]
        if cell := lower.cell(place):
            above = [group for group in groups if group]
            joined = ["".join((*above[back:], cell)) for back in range(len(above))]
            yield "/".join((*above, cell)), (*joined, *(above[0] + cell for _ in above[1:]), cell)
        else:
            there = [text for text in own if text]
            yield "/".join(there), ("".join(there), *reversed(there)) if there else ()


def _assign(tried: HeaderRows, meanings: dict[str, tuple[Named, ...]]) -> None:
    """Which column of the file each declared column is: by header first, then alias, then a derived name.

    Columns that share a name take the columns of the file with that name in their order.
    """
    hits: list[dict[str, Named]] = []
    for cell, texts in _texts(tried.rows):
        tried.cells.append(cell)
        for text in texts:
            if text not in meanings:
                meanings[text] = tried.names.named(text)
        hits.append({one.column: one for one in next((meanings[text] for text in texts if meanings[text]), ())})
    taken: set[int] = set()
    for tier in (HEADER, LIKE, ALIAS, DERIVED):
        places_of: dict[tuple[str, ...], list[int]] = {}
        for place, named_here in enumerate(hits):
            columns = tuple(c for c, one in named_here.items() if one.tier == tier and c not in tried.found)
            if columns and place not in taken:
                places_of.setdefault(tuple(sorted(columns)), []).append(place)
        for columns, places in places_of.items():
            free = [name for name in tried.names.units if name in columns and name not in tried.found]
            if len(places) > len(free):
                tried.ambiguous |= dict.fromkeys(free[:1], places)
                continue
            for name, place in zip(free, places, strict=False):
                tried.found[name] = (place, hits[place][name])
                taken.add(place)
