"""What history rules see: a delivery's counts per county beside those that counted in an earlier quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from pipelines.quality.rules import HISTORY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PREVIOUS, YEAR_AGO = "previous", "year_ago"  # the quarter before, and the same quarter of the year before
WHOLE = "all"  # the unit that stands for all counties of the delivery together


@dataclass(frozen=True)
class Counts:
    """Rows of one table in one county: all, those whose key stands in an earlier row, those quarantined for another
    reason than that.
    """

    rows: int
    repeated: int
    quarantined: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.rows + other.rows, self.repeated + other.repeated, self.quarantined + other.quarantined)


@dataclass(frozen=True)
class Compared:
    """One unit of a delivery held against one earlier quarter; `quarter_number` (1–4) is the delivery's own."""

    compared_with: str
    unit: str
    quarter_number: int
    now: Counts
    before: Counts


def compare(
    now: Mapping[str, Counts], before: Mapping[str, Mapping[str, Counts]], quarter_number: int
) -> tuple[Compared, ...]:
    """Every county that has a past, and the whole of those with rows both then and now, for each earlier quarter.

    now     county of the delivery's scope → its counts; a county without a row is absent
    before  earlier quarter (PREVIOUS, YEAR_AGO) → county of the scope → what counted there
    A county that is missing now is no part of the whole: it is told once, as missing. The whole of one county is left
    out.
    """
    none = Counts(0, 0, 0)
    found = []
    for kind, counties in sorted(before.items()):
        found += [
            Compared(kind, county, quarter_number, now.get(county, none), past)
            for county, past in sorted(counties.items())
        ]
        both = [county for county, past in counties.items() if past.rows and county in now]
        if len(both) > 1:
            found.append(
                Compared(
                    kind, WHOLE, quarter_number,
                    sum((now[county] for county in both), none),
                    sum((counties[county] for county in both), none),
                )
            )  # fmt: skip
    return tuple(found)


def register(connection: DuckDBPyConnection, history: Sequence[Compared]) -> None:
    """Make the table that history rules read.

    compared_with, unit, quarter_number; n_rows, n_repeated, n_quarantined of the delivery and before_rows,
    before_repeated, before_quarantined of the earlier quarter.
    """
    counts = ("rows", "repeated", "quarantined")
    columns = ", ".join(f"{prefix}_{name} BIGINT" for prefix in ("n", "before") for name in counts)
    connection.execute(
        f"CREATE TEMP TABLE {HISTORY} (compared_with VARCHAR, unit VARCHAR, quarter_number INTEGER, {columns})"
    )
    if history:
        connection.executemany(
            f"INSERT INTO {HISTORY} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (one.compared_with, one.unit, one.quarter_number, *astuple(one.now), *astuple(one.before))
                for one in history
            ],
        )
