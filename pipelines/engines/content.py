"""The content of a written partition: its rows, its hash, and proof that no key stands twice.

The hash depends on the declared columns, their types and the values in file order (rows were written in key order):
not on the writer, row groups, compression, batches, thread count or engine. It is SHA-256 over the column list and,
for each column, SHA-256 over its blocks of 65,536 rows: which rows have a value, the byte lengths of texts, and the values
as little-endian numbers or UTF-8 bytes (zero or nothing where there is none). What is the same in all rows of a block is
said once, so that columns that hardly vary cost next to nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.base import Part, Written
from pipelines.engines.types import kind
from pipelines.errors import ContractBreach

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_BATCH_ROWS = _BLOCK_ROWS = 1 << 16
_ONE, _MANY = b"\x01", b"\x02"  # what follows holds for every row of the block, or is one value per row


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


def _plain_array(array: pa.Array, type_text: str) -> pa.Array:
    """What `_plain` gives, of a column that is in memory."""
    import pyarrow as pa

    match kind(type_text):
        case "integer":
            return array.cast(pa.int64())
        case "boolean":
            return array.cast(pa.int8())
        case "list of text":
            return _list_texts(array)
    return array


def _list_texts(array: pa.Array) -> pa.Array:
    """Lists as texts; few rows have one that is not empty, and only these are looked into."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(array), 1).to_numpy(zero_copy_only=False)
    filled = np.flatnonzero(lengths)
    texts: list[str | None] = [""]
    texts += [
        None if items is None else "".join("~" if i is None else f"{len(i.encode())}:{i}" for i in items)
        for items in array.take(pa.array(filled)).to_pylist()
    ]
    places = np.zeros(len(array), dtype=np.int64)
    places[filled] = np.arange(1, len(filled) + 1)
    return pa.array(texts, pa.string()).take(pa.array(places))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


class _Column:
    """Running hash of one column, block by block."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def update(self, array: pa.Array) -> None:
        import numpy as np
        import pyarrow as pa

        if pa.types.is_dictionary(array.type):
            array = _one_or_all(array).cast(pa.string())
        rows = len(array)
        if array.null_count in (0, rows):
            self._hash.update(_ONE + (b"\0" if array.null_count else b"\1"))
        else:
            self._hash.update(_MANY + np.packbits(array.is_valid().to_numpy(zero_copy_only=False)).tobytes())
        if array.null_count == rows:
            return
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            self._texts(array.fill_null("") if array.null_count else array)
            return
        filled = array.fill_null(_zero(array.type)) if array.null_count else array
        width = filled.type.bit_width // 8
        data = np.frombuffer(filled.buffers()[1], np.uint8)[filled.offset * width : (filled.offset + rows) * width]
        self._values(data, rows)

    def _texts(self, array: pa.Array) -> None:
        import numpy as np
        import pyarrow as pa

        _, offset_buffer, data = array.buffers()
        wide = pa.types.is_large_string(array.type)
        offsets = np.frombuffer(offset_buffer, "<i8" if wide else "<i4")[array.offset : array.offset + len(array) + 1]
        lengths = np.diff(offsets).astype("<i4")
        same = int(lengths[0]) if (lengths == lengths[0]).all() else -1
        self._hash.update(_ONE + lengths[:1].tobytes() if same >= 0 else _MANY + lengths.tobytes())
        if data is not None and offsets[-1] > offsets[0]:
            values = np.frombuffer(data, np.uint8)[int(offsets[0]) : int(offsets[-1])]
            self._values(values, len(array) if same >= 0 else 0)

    def _values(self, data: object, rows: int) -> None:
        """The bytes of all values; `rows` where each has as many."""
        import numpy as np

        assert isinstance(data, np.ndarray)
        if rows:
            table = data.reshape(rows, -1)
            if (table[0] == table[-1]).all() and (table == table[0]).all():
                self._hash.update(_ONE + table[0].tobytes())
                return
        self._hash.update(_MANY)
        self._hash.update(np.ascontiguousarray(data).data)

    def digest(self) -> bytes:
        return self._hash.digest()


def _one_or_all(words: pa.DictionaryArray) -> pa.DictionaryArray:
    """One row of a block of words in which all are the same: the hash says once what holds for all."""
    places = words.indices
    if places.null_count not in (0, len(places)):
        return words
    numbers = places.to_numpy(zero_copy_only=not places.null_count)
    return words.slice(0, 1) if places.null_count or (numbers == numbers[0]).all() else words


def _without_dictionaries(rows: pa.Table) -> pa.Table:
    """The words themselves: pieces that were made in other ways hold them in other dictionaries, or in none."""
    import pyarrow as pa

    return rows.cast(
        pa.schema([(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in rows.schema])
    )


def _zero(type_: pa.DataType) -> pa.Scalar:
    import pyarrow as pa

    if pa.types.is_date(type_):
        return pa.scalar(dt.date(1970, 1, 1), type_)
    return pa.scalar(Decimal(0) if pa.types.is_decimal(type_) else 0, type_)


class Content:
    """The content of rows that come in order, piece by piece; how they are cut makes no difference."""

    def __init__(self, columns: Mapping[str, str], key: Sequence[str] = ()) -> None:
        assert sys.byteorder == "little", "content hashes are defined over little-endian numbers"
        self._columns = dict(columns)
        self._running = [_Column() for _ in columns]
        self.rows = 0
        self._rest: pa.Table | None = None
        self._key = list(key)
        self._last: pa.Table | None = None
        self._doubled = 0

    def update(self, piece: pa.Table) -> None:
        """Rows as Arrow has them: every declared column, in any order."""
        import pyarrow as pa

        self._take(
            pa.table({name: _plain_array(_whole(piece[name]), type_text) for name, type_text in self._columns.items()})
        )

    def _take(self, plain: pa.Table) -> None:
        import pyarrow as pa

        pieces = [piece for piece in (self._rest, plain) if piece is not None]
        if len({piece.schema for piece in pieces}) > 1:
            pieces = [_without_dictionaries(piece) for piece in pieces]
        waiting = pa.concat_tables(pieces)
        start = 0
        while waiting.num_rows - start >= _BLOCK_ROWS:
            self._block(waiting.slice(start, _BLOCK_ROWS))
            start += _BLOCK_ROWS
        self._rest = waiting.slice(start)

    def _block(self, block: pa.Table) -> None:
        self.rows += block.num_rows
        if self._key:
            self._count_doubled(block.select(self._key))
        for running, column in zip(self._running, block.columns, strict=True):
            running.update(_whole(column))

    def _count_doubled(self, keys: pa.Table) -> None:
        # Rows come in the order of their key: those that share one are neighbours.
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = keys if self._last is None else pa.concat_tables([self._last, keys])
        self._last = rows.slice(rows.num_rows - 1)
        same = None
        for column in rows.columns:
            one, other = column.slice(1), column.slice(0, rows.num_rows - 1)
            alike = pc.fill_null(pc.equal(one, other), False)
            if column.null_count:
                alike = pc.or_(alike, pc.and_(pc.is_null(one), pc.is_null(other)))
            same = alike if same is None else pc.and_(same, alike)
        self._doubled += pc.sum(same).as_py() or 0

    def written(self) -> Written:
        """Rows and hash of all that came. Raises ContractBreach where rows share a key."""
        digests = self.digests()
        return _written(self.rows, self._columns, digests)

    def digests(self) -> dict[str, bytes]:
        """The hash of each column of all that came. Raises ContractBreach where rows share a key."""
        if self._rest is not None and self._rest.num_rows:
            self._block(self._rest)
        self._rest = None
        if self._doubled:
            raise ContractBreach(f"{self._doubled} row(s) have the key ({', '.join(self._key)}) of the row before")
        return {name: column.digest() for name, column in zip(self._columns, self._running, strict=True)}


def _written(rows: int, columns: Mapping[str, str], digests: Mapping[str, bytes]) -> Written:
    digest = hashlib.sha256(f"{rows}\n".encode())
    for name, type_text in columns.items():
        digest.update(f"{name} {type_text}\n".encode() + digests[name])
    return Written(rows, digest.hexdigest())


def written(connection: DuckDBPyConnection, path: Path, columns: Mapping[str, str], key: Sequence[str]) -> Written:
    """Rows and content hash of the Parquet files in `path`. Raises ContractBreach where rows share a key."""
    files = [str(file) for file in Part(path).files()]
    # Each column has a hash of its own: those of the key and the others, about as much work, are read at the same time.
    of_key = {name: kind for name, kind in columns.items() if name in key}
    others = {name: kind for name, kind in columns.items() if name not in key}
    with ThreadPoolExecutor(2) as pool:
        read = [
            pool.submit(_read, connection.cursor(), files, half, half_key)
            for half, half_key in ((of_key, key), (others, ()))
            if half
        ]
        contents = [one.result() for one in read]
    digests = {name: digest for one in contents for name, digest in one.digests().items()}
    return _written(contents[0].rows, columns, digests)


def counted(path: Path) -> Written:
    """Rows of the Parquet files in `path`, which have no order and hence no content hash."""
    import pyarrow.parquet as pq

    return Written(sum(pq.read_metadata(file).num_rows for file in Part(path).files()), "")


def _read(connection: DuckDBPyConnection, files: list[str], columns: Mapping[str, str], key: Sequence[str]) -> Content:
    import pyarrow as pa

    select = ", ".join(f"{_plain(name, type_text)} AS {quoted(name)}" for name, type_text in columns.items())
    source = "read_parquet($files, hive_partitioning=false)"
    reader = connection.execute(f"SELECT {select} FROM {source}", {"files": files}).to_arrow_reader(_BATCH_ROWS)
    content = Content(columns, key)
    for batch in reader:
        content._take(pa.Table.from_batches([batch]))
    return content
