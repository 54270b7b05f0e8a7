"""The typed, marked rows of one table of a delivery as Parquet; rows that name their place get its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.deliveries import large, staging
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.cells import literal, quoted
from pipelines.deliveries.places import WHOLE_PROVINCE, says_place
from pipelines.deliveries.readers import Reading, Take
from pipelines.engines.base import Written
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach


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


def read_typed(
    engine: TextFileEngine,
    scratch: Path,
    asked: Asked,
    read: Callable[[Take | None], Sequence[Reading]],
    clean: Path,
    amended: Callable[[str, Sequence[Reading]], str] | None = None,
) -> Typed:
    """Typed rows of what `read` reads, written below `scratch`.

    `read` is given what takes the segments of large files, if anything. Their clean rows go at once into the new folder
    `clean`, where nothing is `amended`.
    """
    if amended is not None or not large.is_streamed(asked.table):
        return write_typed(engine, scratch, asked, read(None), amended)
    with large.Stream(engine, asked, clean, scratch) as stream:
        files = read(lambda file, segment: stream.take(_placed(asked, file), segment))
        if not stream.is_used:
            return write_typed(engine, scratch, asked, files)
        broken = stream.broken()
        rest = write_typed(engine, scratch, asked, [*(file for file in files if not file.plain), *broken])
        is_broken = staging.is_quarantined(asked.rules)
        columns = ", ".join(map(quoted, staging.staged_columns(asked.table)))
        added = stream.add(engine.batches(f"SELECT {columns} FROM {staging.parquet(rest.rows)} WHERE NOT {is_broken}"))
        of_large = f"{is_broken} AND file_name IN ({', '.join(literal(file.file_name) for file in broken)})"
        ((n_again,),) = engine.query(f"SELECT count(*) FROM {staging.parquet(rest.rows)} WHERE {of_large}")
        if n_again != sum(file.counts.rows for file in broken):
            raise ContractBreach(
                "rows that break a critical rule in their segment break none when they are typed alone"
            )
        kept = stream.close()
    apart = f"(FROM {staging.parquet(rest.rows)} WHERE {is_broken})"
    n_rows = kept.rows + rest.n_rows - added
    return Typed(large.all_rows(asked, clean, apart), apart, rest.sent, n_rows, kept)


def write_typed(
    engine: TextFileEngine,
    scratch: Path,
    asked: Asked,
    files: Sequence[Reading],
    amended: Callable[[str, Sequence[Reading]], str] | None = None,
) -> Typed:
    """Write typed rows below `scratch`.

    A file without any column of a place is about the one county the delivery speaks for; one of a table that needs no
    place is filed under the province as a whole where it speaks for several. Places that are named are
    looked up only where rows have no code, which costs a second writing. `amended` makes of the SELECT another one.
    """
    files = [_placed(asked, file) for file in files]
    typed, named = scratch / "typed", scratch / "places.csv"

    def write(folder: Path, named: Path | None = None) -> int:
        select = asked.select(files, named)
        return engine.write(amended(select, files) if amended else select, folder)

    rows = write(typed)
    if asked.write_named(named, engine.query(staging.unplaced_select(asked.table, typed))):
        typed = scratch / "placed"
        rows = write(typed, named)
    return Typed(typed, typed, files, rows)


def _placed(asked: Asked, file: Reading) -> Reading:
    table, units = asked.table, asked.units
    if says_place(table, file) or (len(units) > 1 and table.needs_place):
        return file
    place = next(iter(units)) if len(units) == 1 else WHOLE_PROVINCE
    return replace(file, header=replace(file.header, said={**file.header.said, table.county: place}))
