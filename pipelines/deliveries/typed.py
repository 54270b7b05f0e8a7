"""The typed, marked rows of one table of a delivery as Parquet; rows that name their place get its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.deliveries import staging
from pipelines.deliveries.places import says_place, write_named
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.scope import scope_in
from pipelines.engines.text_files import TextFileEngine
from pipelines.periods import Quarter
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable


def write_typed(
    engine: TextFileEngine,
    scratch: Path,
    table: SourceTable,
    files: Sequence[Reading],
    delivery_id: str,
    quarter: Quarter,
    units: frozenset[str],
    cut_date: date,
    rules: Sequence[Rule],
    amended: Callable[[str], str] = lambda select: select,
) -> tuple[Path, int]:
    """Write typed rows below `scratch`; their folder and number. `units` are those the delivery speaks for.

    A file without any column of a place is about the one county the delivery speaks for. Places that are named are
    looked up only where rows have no code, which costs a second writing. `amended` makes of the SELECT another one.
    """
    files = [_placed(table, file, units) for file in files]
    scope = scope_in(quarter, units)

    def write(folder: Path, named: Path | None = None) -> int:
        return engine.write(
            amended(staging.typed_select(table, files, delivery_id, scope, cut_date, rules, named)), folder
        )

    typed, named = scratch / "typed", scratch / "places.csv"
    rows = write(typed)
    unplaced = engine.query(staging.unplaced_select(table, typed))
    if unplaced and write_named(named, unplaced, table.county, quarter.last_day, units):
        typed = scratch / "placed"
        rows = write(typed, named)
    return typed, rows


def _placed(table: SourceTable, file: Reading, units: frozenset[str]) -> Reading:
    if len(units) != 1 or says_place(table, file):
        return file
    return replace(file, header=replace(file.header, said={**file.said, table.county: next(iter(units))}))
