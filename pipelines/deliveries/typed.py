"""The typed, marked rows of one table of a delivery as Parquet; rows that name their place get its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.deliveries import large, staging
from pipelines.deliveries.places import WHOLE_PROVINCE, says_place, write_named
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.scope import scope_in
from pipelines.engines.base import Written
from pipelines.engines.text_files import TextFileEngine
from pipelines.periods import Quarter
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable


@dataclass(frozen=True)
class Typed:
    """Typed, marked rows of one table of a delivery.

    rows    all of them: a folder, or a relation
    broken  those that break a critical rule, perhaps among others: the same
    sent    the files in which these stand as they were sent
    clean   what was written of the others, where that is done
    """

    rows: Path | str
    broken: Path | str
    sent: Sequence[Reading]
    n_rows: int
    clean: Written | None = None


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
    amended: Callable[[str], str] | None = None,
    clean: Path | None = None,
) -> Typed:
    """Write typed rows below `scratch`. `units` are those the delivery speaks for.

    A file without any column of a place is about the one county the delivery speaks for; one of a table that needs no
    place is filed under the province as a whole where it speaks for several. Places that are named are
    looked up only where rows have no code, which costs a second writing. `amended` makes of the SELECT another one.
    Where nothing is amended, clean rows of large files go at once into the new folder `clean`, where one is given.
    """
    files = [_placed(table, file, units) for file in files]
    scope = scope_in(quarter, units)
    if clean is not None and amended is None and large.is_streamed(table, files):
        asked = large.Asked(table, delivery_id, scope, cut_date, rules)
        streamed = large.stream(engine, asked, files, clean, scratch)
        n_rows = streamed.clean.rows + streamed.n_broken
        return Typed(streamed.rows, streamed.broken, streamed.sent, n_rows, streamed.clean)

    def write(folder: Path, named: Path | None = None) -> int:
        select = staging.typed_select(table, files, delivery_id, scope, cut_date, rules, named)
        return engine.write(amended(select) if amended else select, folder)

    typed, named = scratch / "typed", scratch / "places.csv"
    rows = write(typed)
    unplaced = engine.query(staging.unplaced_select(table, typed))
    if unplaced and write_named(named, unplaced, table.county, quarter.last_day, units):
        typed = scratch / "placed"
        rows = write(typed, named)
    return Typed(typed, typed, files, rows)


def _placed(table: SourceTable, file: Reading, units: frozenset[str]) -> Reading:
    if says_place(table, file) or (len(units) > 1 and table.needs_place):
        return file
    place = next(iter(units)) if len(units) == 1 else WHOLE_PROVINCE
    return replace(file, header=replace(file.header, said={**file.header.said, table.county: place}))
