"""Writes a partition of the lake from Arrow tables, part by part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.types import kind

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP_ROWS = 122_880  # as DuckDB writes them
# The first level makes files as small as the third, in two thirds of the time.
LEVEL = 1


def arrow_type(type_text: str) -> pa.DataType:
    """The Arrow type of a staged column."""
    import pyarrow as pa

    match kind(type_text):
        case "text":
            return pa.string()
        case "integer":
            return pa.int32() if type_text == "INTEGER" else pa.int64()
        case "boolean":
            return pa.bool_()
        case "date":
            return pa.date32()
        case "list of text":
            return pa.list_(pa.string())
        case "decimal":
            precision, scale = type_text.removeprefix("DECIMAL(").removesuffix(")").split(",")
            return pa.decimal128(int(precision), int(scale))
    raise ValueError(f"no Arrow type for {type_text}")


def write_part(rows: pa.Table, folder: Path, *numbers: int) -> None:
    """One file of a partition, in the place its numbers give it; dictionaries become dictionaries of Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(
        rows,
        folder / f"part-{'-'.join(f'{number:05}' for number in numbers)}.parquet",
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=[field.name for field in rows.schema if pa.types.is_dictionary(field.type)],
        row_group_size=ROW_GROUP_ROWS,
        store_schema=False,
        # Nobody asks for a range of values, and to find the least and the greatest takes a third of the writing.
        write_statistics=False,
    )
