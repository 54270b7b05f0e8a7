"""The content of a written partition: its rows, its hash, and proof that no key stands twice.

The hash depends on the declared columns, their types and the values in file order (rows were written in key order):
not on the writer, row groups, compression, batches, thread count or engine. It is SHA-256 over the column list and,
for each column, SHA-256 of three streams: which rows have a value, the values as little-endian numbers or UTF-8 bytes
(zero or nothing where there is none), and the byte lengths of texts. Column streams cost a tenth of a text per row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.base import Part, Written
from pipelines.engines.types import kind
from pipelines.errors import ContractBreach

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_BATCH_ROWS = 100_000


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _plain(column: str, type_text: str) -> str:
    """An SQL expression of the column as a fixed-width number or a text, the same for equal values."""
    value = f"CAST({quoted(column)} AS {type_text})"
    match kind(type_text):
        case "text" | "date" | "decimal" | "double":
            return value
        case "integer":
            return f"CAST({value} AS BIGINT)"
        case "boolean":
            return f"CAST({value} AS TINYINT)"
        case "timestamp" | "timestamp with time zone":
            return f"epoch_us({value})"
        case "list of text":
            item = "coalesce(strlen(x) || ':' || x, '~')"
            return f"array_to_string(list_transform({value}, lambda x: {item}), '')"
        case other:
            raise ContractBreach(f"column {column}: no content hash is defined for {other}")


class _Column:
    """Running hashes of one column; where a batch ends makes no difference."""

    def __init__(self) -> None:
        self.presence, self.values, self.lengths = (hashlib.sha256() for _ in range(3))

    def update(self, array: pa.Array) -> None:
        import numpy as np
        import pyarrow as pa

        rows = len(array)
        if array.null_count:
            self.presence.update(array.is_valid().cast(pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
        else:
            self.presence.update(b"\x01" * rows)
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            filled = array.fill_null("") if array.null_count else array
            wide = pa.types.is_large_string(filled.type)
            _, offset_buffer, data = filled.buffers()
            offsets = np.frombuffer(offset_buffer, "<i8" if wide else "<i4")[filled.offset : filled.offset + rows + 1]
            self.lengths.update(np.diff(offsets).astype("<i8").tobytes())
            if data is not None:
                self.values.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])
            return
        filled = array.fill_null(_zero(array.type)) if array.null_count else array
        width = filled.type.bit_width // 8
        data = memoryview(filled.buffers()[1]).cast("B")
        self.values.update(data[filled.offset * width : (filled.offset + rows) * width])

    def digest(self) -> bytes:
        return self.presence.digest() + self.values.digest() + self.lengths.digest()


def _zero(type_: pa.DataType) -> pa.Scalar:
    import pyarrow as pa

    if pa.types.is_date(type_):
        return pa.scalar(dt.date(1970, 1, 1), type_)
    return pa.scalar(Decimal(0) if pa.types.is_decimal(type_) else 0, type_)


def written(connection: DuckDBPyConnection, path: Path, columns: Mapping[str, str], key: Sequence[str]) -> Written:
    """Rows and content hash of the Parquet files in `path`. Raises ContractBreach where rows share a key."""
    assert sys.byteorder == "little", "content hashes are defined over little-endian numbers"
    files = [str(file) for file in Part(path).files()]
    source = "read_parquet($files, hive_partitioning=false)"
    keys = ", ".join(quoted(k) for k in key)
    doubled = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {source} GROUP BY {keys} HAVING count(*) > 1)", {"files": files}
    ).fetchone()
    if doubled and doubled[0]:
        raise ContractBreach(f"{doubled[0]} value(s) of the key ({', '.join(key)}) stand in more than one row")
    select = ", ".join(f"{_plain(name, type_text)} AS {quoted(name)}" for name, type_text in columns.items())
    reader = connection.execute(f"SELECT {select} FROM {source}", {"files": files}).to_arrow_reader(_BATCH_ROWS)
    running = [_Column() for _ in columns]
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        for column, array in zip(running, batch.columns, strict=True):
            column.update(array)
    digest = hashlib.sha256(f"{rows}\n".encode())
    for (name, type_text), column in zip(columns.items(), running, strict=True):
        digest.update(f"{name} {type_text}\n".encode() + column.digest())
    return Written(rows, digest.hexdigest())
