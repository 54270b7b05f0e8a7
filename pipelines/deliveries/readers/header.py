"""Finds the header of a file, over one row or several, and which column of the file each declared column is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from pipelines.deliveries.readers.header_rows import HeaderRows, Row, best_rows
from pipelines.deliveries.readers.names import HEADER, TEN_THOUSAND, Names, accepted, folded
from pipelines.deliveries.readers.titles import said_by
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.sources.base import Column, Layout, SourceTable, Type

SEARCHED_ROWS = 30  # title lines stand above the header, never more than this many
MAX_COLUMNS = 1000
_SHOWN = 20
_UNIT_ABOVE = re.compile(r"单位:?(?:人民币)?([千万亿]元)")


@dataclass(frozen=True)
class Header:
    """Where the header stands and what its columns are.

    row        its last physical row, from 1: the records begin in the next one
    cells      one text per column of the file; of a header over several rows, joined by a slash
    positions  staged column → position in the file
    layout     the family of headers and codes they belong to; empty: the table's own
    first_row  its first physical row
    renamed    staged column → the header cell, where that is not the declared header
    units      staged column → 万元, where the header says that the amounts below are in it
    said       staged column → its text, where no column but the name of the sheet or file says it
    """

    row: int
    cells: tuple[str, ...]
    positions: Mapping[str, int]
    layout: str = ""
    first_row: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headers of the file that are declared nowhere: reported, kept in quarantined rows, not staged.

        Columns without a name, which go by their number, come last.
        """
        known = set(self.positions.values())
        left = [
            (cell, label)
            for i, (cell, label) in enumerate(zip(self.cells, self.labels(), strict=True))
            if i not in known
        ]
        return (*(cell for cell, _ in left if cell.strip()), *(label for cell, label in left if not cell.strip()))

    def labels(self) -> tuple[str, ...]:
        """A distinct, non-empty label for every column of the file, in order."""
        seen: set[str] = set()
        labels = []
        for number, cell in enumerate(self.cells, 1):
            label = " ".join(cell.split()) or f"第{number}列"
            if label in seen:
                label = f"{label}(第{number}列)"
            seen.add(label)
            labels.append(label)
        return tuple(labels)


def find_header(
    table: SourceTable,
    rows: Iterable[tuple[int, Sequence[str]]],
    file_name: str,
    day: date | None = None,
    titles: Sequence[str] | None = None,
) -> Header:
    """The header among the first rows of a file (physical row number and cells).

    `day` decides between layouts where the headers do not; `titles` are names that may say what no column says, the
    file's own where none are given. Refused where no row looks like a header, where a required column is missing,
    where two columns claim one name, where a unit is another than the declared one.
    """
    every = [Row.of(number, cells) for number, cells in rows]
    head = [row for row in every if row.width <= MAX_COLUMNS]
    titles = (PurePath(file_name).stem,) if titles is None else titles
    best: list[HeaderRows] = []
    for layout, names in _families(table):
        said = said_by(table, layout.name if layout else "", titles, day)
        found = best_rows(table, head, layout, names, said)
        if found is not None:
            best.append(found)
    chosen = _of_the_day(table, best, day)
    if chosen is not None:
        _take_unit_above(table, chosen, head)
    required = sum(not column.optional for column in table.columns)
    if chosen is None or chosen.matched < max(1, required // 3):
        raise Refused(_no_header(table, file_name) if len(head) == len(every) else _too_wide(file_name))
    faults = [
        *_ambiguous(table, chosen, file_name),
        *_missing(table, chosen, file_name),
        *_units(table, chosen, file_name),
    ]
    if faults:
        raise Refused(*faults)
    positions = {column.name: chosen.found[column.name][0] for column in table.columns if column.name in chosen.found}
    renamed = {name: chosen.cells[place] for name, place in positions.items() if chosen.found[name][1].tier != HEADER}
    return Header(
        row=chosen.last_row(head),
        cells=tuple(chosen.cells),
        positions=positions,
        layout=chosen.layout.name if chosen.layout else "",
        first_row=chosen.rows[0].number,
        renamed=renamed,
        units={name: one.unit for name, (_, one) in chosen.found.items() if one.unit},
        said=_said(table, chosen, positions),
    )


def _said(table: SourceTable, match: HeaderRows, positions: Mapping[str, int]) -> dict[str, str]:
    """What names say that no column says; of places nothing where a column is for them, whatever its cells hold."""
    place = {table.county, *table.named_by}
    told = place if place & positions.keys() else positions.keys()
    return {name: text for name, text in match.said.items() if name not in positions and name not in told}


def _take_unit_above(table: SourceTable, match: HeaderRows, head: Sequence[Row]) -> None:
    """What a line above the header says of all amounts (单位:万元) holds for those whose header says nothing else."""
    above = [folded(cell) for row in head if row.number < match.rows[0].number for cell in row.cells]
    units = {found[1] for cell in above if (found := _UNIT_ABOVE.search(cell))}
    if len(units) == 1:
        for name, (place, one) in match.found.items():
            if table.column(name).type is Type.AMOUNT and "元" not in match.cells[place]:
                match.found[name] = place, replace(one, unit=next(iter(units)))


_known_families: dict[int, tuple[SourceTable, tuple[tuple[Layout | None, Names], ...]]] = {}


def _families(table: SourceTable) -> tuple[tuple[Layout | None, Names], ...]:
    """The table's own family of headers, then its layouts'; kept, since declarations are few and never change."""
    known = _known_families.get(id(table))
    if known is None or known[0] is not table:
        families = tuple((layout, Names(table, layout)) for layout in (None, *table.layouts))
        known = _known_families[id(table)] = (table, families)
    return known[1]


def _of_the_day(table: SourceTable, matches: Sequence[HeaderRows], day: date | None) -> HeaderRows | None:
    """The family the headers belong to; where they belong to several, the layout in use on the day, else the own."""
    if not matches:
        return None
    ranks = [(-len(match.missing(table)), match.matched) for match in matches]
    tied = [match for match, rank in zip(matches, ranks, strict=True) if rank == max(ranks)]
    for match in tied:
        if match.layout is not None and day is not None and _in_use(match.layout, day):
            return match
    return tied[0]


def _in_use(layout: Layout, day: date) -> bool:
    return (layout.since is None or layout.since <= day) and (layout.until is None or day <= layout.until)


def _column_names(table: SourceTable, column: Column) -> list[str]:
    families = (None, *table.layouts)
    return list(dict.fromkeys(name for layout in families for name in accepted(table, column, layout)))


def _shown(cells: Iterable[str]) -> list[str]:
    texts = ["".join(c if c.isprintable() else " " for c in cell).strip()[:40] for cell in cells]
    return [text for text in texts if text][:_SHOWN]


def _too_wide(file_name: str) -> Reason:
    return Reason(
        "too_many_columns",
        f"文件“{file_name}”的列数超过 {MAX_COLUMNS} 列。",
        "请检查是否发错了文件,或表格右侧很远处有多余内容;删除多余的列后重新报送。",
        f"'{file_name}' has more than {MAX_COLUMNS} columns.",
        "Check that it is the right file and that nothing stands far to the right; remove what is too much, send again.",
    )


def _no_header(table: SourceTable, file_name: str) -> Reason:
    names = "、".join(column.header for column in table.columns if not column.optional)
    return Reason(
        "no_header",
        f"文件“{file_name}”前{SEARCHED_ROWS}行中没有找到{table.zh}的表头。",
        f"请检查是否发错了文件;表头应包含:{names}。",
        f"No header of this table within the first {SEARCHED_ROWS} lines of '{file_name}'.",
        f"Check that it is the right file; the header has: {names}.",
    )


def _ambiguous(table: SourceTable, match: HeaderRows, file_name: str) -> Iterator[Reason]:
    for name, found in match.ambiguous.items():
        header = table.column(name).header
        places = "、".join(f"第{place + 1}列“{_shown([match.cells[place]])[0]}”" for place in found[:_SHOWN])
        yield Reason(
            "ambiguous_column",
            f"文件“{file_name}”:“{header}”对应了多列:{places}。",
            "请只保留一列,或把其他列改名后重新报送。",
            f"'{file_name}': '{header}' matches several columns ({', '.join(str(p + 1) for p in found[:_SHOWN])}).",
            "Keep one of them, or rename the others, and send again.",
        )


def _missing(table: SourceTable, match: HeaderRows, file_name: str) -> Iterator[Reason]:
    taken = {place for place, _ in match.found.values()}
    left = _shown(cell for place, cell in enumerate(match.cells) if place not in taken)
    left_zh = f"文件中没有认出的列:{'、'.join(f'“{cell}”' for cell in left)}。" if left else ""
    left_en = f" Columns of the file that were not recognised: {', '.join(left)}." if left else ""
    for column in match.missing(table):
        names = _column_names(table, column)
        sheet = ";也可以写进工作表的名称" if column.in_sheet_name else ""
        yield Reason(
            "missing_column",
            f"文件“{file_name}”缺少列“{column.header}”({column.zh})。",
            f"请补上该列后重新报送;可用的列名:{'、'.join(f'“{name}”' for name in names)}{sheet}。{left_zh}",
            f"'{file_name}' lacks the column '{column.header}' ({column.en}).",
            f"Add it and send again; accepted names: {', '.join(names)}.{left_en}",
        )


def _units(table: SourceTable, match: HeaderRows, file_name: str) -> Iterator[Reason]:
    for name, (place, one) in match.found.items():
        column = table.column(name)
        if one.unit and not (column.type is Type.AMOUNT and one.unit == TEN_THOUSAND):
            unit, cell = match.names.units[name], _shown([match.cells[place]])[0]
            yield Reason(
                "other_unit",
                f"文件“{file_name}”:列“{cell}”的单位是“{one.unit}”,应为“{unit}”。",
                f"请把该列换算成“{unit}”后重新报送。",
                f"'{file_name}': the column '{cell}' is in another unit than '{unit}'.",
                f"Convert the column to '{unit}' and send again.",
            )
