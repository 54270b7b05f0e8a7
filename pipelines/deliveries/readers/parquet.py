"""Parquet files, batch by batch, by column names; the line of a row is its number."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePath
from typing import IO, Any

from pipelines.deliveries.readers import archive, encodings, notes
from pipelines.deliveries.readers.header import Header, find_header
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS, RAW_CHARACTERS, Counts
from pipelines.deliveries.readers.parts import Outlet, Reading
from pipelines.deliveries.readers.sheets import cell_text
from pipelines.deliveries.reasons import Refused
from pipelines.sources.base import SourceTable

DELIMITER = ","
_BATCH_ROWS = 1 << 16
_FORM = ("Parquet 文件", "Parquet file")


def read_parquet(
    path: Path, name: str, table: SourceTable, folder: Path | None, day: date | None
) -> tuple[Reading, ...]:
    """The file as one part. What the library makes of a damaged file is any kind of error: run it guarded.

    Refused without the table's columns, and where little content stands for rows without end.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=False, pre_buffer=False) as file, Outlet(folder).part() as (numbered, out):
        names = file.schema_arrow.names
        titles = (PurePath(name).stem,)
        found = find_header(table, [(0, names)], name, day, titles)
        header = Header(0, tuple(names), found.positions, found.layout, 0, found.renamed, found.units, found.said)
        counts, read = Counts(), 0
        limit = max(archive.RATIO_FLOOR, archive.MAX_RATIO * path.stat().st_size)
        for batch in file.iter_batches(_BATCH_ROWS, use_threads=False):
            read += _write(batch, counts, out.buffer)
            if read > limit:
                raise Refused(archive.reason("too_large_unpacked", name, "解压后过大", "is too large when unpacked"))
    said = tuple(notes.on_part(name, table, _FORM, header, counts))
    return (Reading(name, encodings.BINARY, DELIMITER, header, counts, numbered, notes=said),)


def _write(batch: Any, counts: Counts, out: IO[bytes]) -> int:
    """A batch as records; how many bytes its texts take."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    cells = [_texts(column) for column in batch.columns]
    lengths = [pc.fill_null(pc.utf8_length(column), 0) for column in cells]
    total = lengths[0]
    for length in lengths[1:]:
        total = pc.add(total, length)
    long = pc.greater(total, MAX_RECORD_CHARACTERS)
    raw = pa.nulls(batch.num_rows, pa.string())
    if pc.any(long).as_py():
        raw = pa.array(
            [
                DELIMITER.join(column[row].as_py() or "" for column in cells)[:RAW_CHARACTERS] if is_long else None
                for row, is_long in enumerate(long.to_pylist())
            ],
            pa.string(),
        )
        cells = [pc.if_else(long, pa.scalar(None, pa.string()), column) for column in cells]
        counts.misshapen += pc.sum(long).as_py()
    first = counts.rows + 1
    lines = pa.array(range(first, first + batch.num_rows), pa.int64())
    made = pa.RecordBatch.from_arrays([lines, raw, *cells], names=[str(place) for place in range(len(cells) + 2)])
    csv.write_csv(made, out, csv.WriteOptions(include_header=False, delimiter=DELIMITER))
    counts.rows += batch.num_rows
    counts.replaced += sum(pc.sum(pc.count_substring(column, "�")).as_py() or 0 for column in cells)
    size: int = made.nbytes
    return size


def _texts(column: Any) -> Any:
    """A column's values as texts, like the cells of a sheet; null stays null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_date32(kind):
        return pc.cast(column, pa.string())
    if not pa.types.is_string(kind):
        values = (v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in column.to_pylist())
        column = pa.array([None if value is None else cell_text(value) for value in values], pa.string())
    for odd, plain in (("\0", "�"), ("\r\n", "\n"), ("\r", "\n")):
        if pc.any(pc.match_substring(column, odd)).as_py():
            column = pc.replace_substring(column, odd, plain)
    return column
