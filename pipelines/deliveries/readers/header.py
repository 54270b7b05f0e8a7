"""Finds the header line of a file and which column of the file each declared column is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.deliveries.reasons import Reason, Refused
from pipelines.sources.base import Column, SourceTable

SEARCHED_ROWS = 30  # title lines stand above the header, never more than this many


@dataclass(frozen=True)
class Header:
    """Where the header stands (physical row, from 1), its cells as sent, and declared column → position in the file."""

    row: int
    cells: tuple[str, ...]
    positions: Mapping[str, int]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headers of the file that are declared nowhere: reported, kept in quarantined rows, not staged."""
        known = set(self.positions.values())
        return tuple(cell for i, cell in enumerate(self.cells) if i not in known and cell.strip())

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


def folded(cell: str) -> str:
    """A header cell without the differences that typing makes: width, blanks, case, a mark for required columns."""
    text = unicodedata.normalize("NFKC", cell)
    return "".join(c for c in text if not c.isspace() and c not in "*﻿\u200b").casefold()


def accepted(column: Column) -> tuple[str, ...]:
    """The header names under which a column is taken."""
    return (column.header, *column.aliases)


def _match(table: SourceTable, cells: Sequence[str]) -> tuple[dict[str, int], list[Reason]]:
    """Column positions by name first, then by alias, and what stays ambiguous."""
    places: dict[str, list[int]] = {}
    for position, cell in enumerate(cells):
        if cell.strip():
            places.setdefault(folded(cell), []).append(position)
    positions: dict[str, int] = {}
    faults: list[Reason] = []
    for column in table.columns:
        found = places.get(folded(column.header), [])
        if not found:
            found = [place for alias in column.aliases for place in places.get(folded(alias), [])]
        if len(found) > 1:
            names = "、".join(f"第{place + 1}列“{cells[place].strip()}”" for place in found)
            faults.append(
                Reason(
                    "ambiguous_column",
                    f"“{column.header}”对应了多列:{names}。",
                    "请只保留一列,或把其他列改名后重新报送。",
                    f"'{column.header}' matches several columns ({', '.join(str(p + 1) for p in found)}).",
                    "Keep one of them, or rename the others, and send again.",
                )
            )
        elif found:
            positions[column.name] = found[0]
    return positions, faults


def find_header(table: SourceTable, rows: Iterable[tuple[int, Sequence[str]]], file_name: str) -> Header:
    """The header among the first rows of a file (physical row number and cells).

    Refused where no row looks like one, where a required column is missing or where two columns claim one name.
    """
    best: tuple[int, Sequence[str], dict[str, int], list[Reason]] | None = None
    for number, cells in rows:
        positions, faults = _match(table, cells)
        if best is None or len(positions) + len(faults) > len(best[2]) + len(best[3]):
            best = (number, cells, positions, faults)
    required = [column for column in table.columns if not column.optional]
    if best is None or len(best[2]) + len(best[3]) < max(1, len(required) // 3):
        names = "、".join(column.header for column in required)
        raise Refused(
            Reason(
                "no_header",
                f"文件“{file_name}”前{SEARCHED_ROWS}行中没有找到{table.zh}的表头。",
                f"请检查是否发错了文件;表头应包含:{names}。",
                f"No header of this table within the first {SEARCHED_ROWS} lines of '{file_name}'.",
                f"Check that it is the right file; the header has: {names}.",
            )
        )
    row, cells, positions, faults = best
    for column in required:
        if column.name not in positions and not any(f"“{column.header}”" in fault.text for fault in faults):
            names = "、".join(f"“{name}”" for name in accepted(column))
            faults.append(
                Reason(
                    "missing_column",
                    f"文件“{file_name}”缺少列“{column.header}”({column.zh})。",
                    f"请补上该列后重新报送;可用的列名:{names}。",
                    f"'{file_name}' lacks the column '{column.header}' ({column.en}).",
                    f"Add it and send again; accepted names: {', '.join(accepted(column))}.",
                )
            )
    if faults:
        raise Refused(*faults)
    # Trailing empty header cells come from a trailing separator or from formatting without content.
    width = max((i + 1 for i, cell in enumerate(cells) if cell.strip()), default=0)
    return Header(row, tuple(cells[:width]), positions)
