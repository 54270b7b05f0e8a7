"""Stages the large text files of a table segment by segment while they are read, clean rows straight into the lake.

Memory and scratch space do not grow with a file. Of every plain segment a fast SELECT (`sound`) types the rows that are
as nearly all should be; the lines of the others are taken out, numbered, and typed as in any file, as are the rows that
lie aside of the segment. Those that break a critical rule are left to be typed once more with all that rules look at.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from pipelines.deliveries import sound, staging
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.cells import quoted
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.readers.blocks import BLOCK_BYTES
from pipelines.deliveries.readers.plain import Plain
from pipelines.engines.arrow_parts import arrow_type, write_part
from pipelines.engines.base import Written, fresh_folder
from pipelines.engines.content import Content
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach
from pipelines.sources.base import SourceTable

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_IS_BROKEN = "_is_broken"
_FEW = 5  # below a fifth of its rows, those of a segment that are not sound are taken out of it
_LINE_FEED = b"\n"[0]


def is_streamed(table: SourceTable) -> bool:
    """Whether the table's rows can be staged one by one, each without a look at others."""
    return not table.unique and not table.named_by


class Stream:
    """Rows of large text files on their way into the new folder `clean`, while the files are still being read.

    In the order in which they are read; that is how the content is hashed. Broken rows are left as they were sent, in
    files below `scratch`. The folder appears whole, with `close`, or not at all.
    """

    def __init__(self, engine: TextFileEngine, asked: Asked, clean: Path, scratch: Path) -> None:
        self._engine = engine
        self._asked = asked
        self._clean = clean
        self._scratch = scratch
        self._content = Content(staging.staged_columns(asked.table))
        self._open = ExitStack()
        self._pool: Executor | None = None
        self._waiting: deque[tuple[Reading, Future[_Piece]]] = deque()
        self._parts = itertools.count()
        self._broken: dict[str, Reading] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    @property
    def is_used(self) -> bool:
        """Whether any segment has been taken."""
        return self._pool is not None

    def take(self, file: Reading, segment: Plain) -> None:
        """Stage a plain segment of a file, and remove it; waits while as many are on their way as there are threads.

        What goes wrong is said by `broken`: the reader that calls is not to blame.
        """
        if self._pool is None:
            self._folder = self._open.enter_context(fresh_folder(self._clean))
            self._folder.mkdir()
            self._open.enter_context(self._engine.for_threads())
            self._pool = self._open.enter_context(ThreadPoolExecutor(self._engine.threads))
        stage = partial(_stage, self._engine, self._asked, file, self._folder, next(self._parts), segment)
        self._waiting.append((file, self._pool.submit(stage)))
        if len(self._waiting) > self._engine.threads and self._waiting[0][1].exception() is None:
            self._settle()

    def broken(self) -> list[Reading]:
        """Of every file that was taken the rows that break a critical rule; what the reader counted is all rows there."""
        while self._waiting:
            self._settle()
        return [*self._broken.values()]

    def add(self, rows: Iterable[pa.Table]) -> int:
        """Clean rows that were typed elsewhere; how many."""
        count = 0
        for piece in rows:
            write_part(piece, self._folder, next(self._parts))
            self._content.update(piece)
            count += piece.num_rows
        return count

    def close(self) -> Written:
        """What has been written, which can be seen from now on."""
        self._open.close()
        return self._content.written()

    def _settle(self) -> None:
        file, future = self._waiting.popleft()
        piece = future.result()
        self._content.update(piece.clean)
        if file.file_name not in self._broken:
            path = self._scratch / f"{len(self._broken)}-broken.csv"
            path.touch()
            self._broken[file.file_name] = replace(file, numbered=path)
        own = self._broken[file.file_name]
        own.counts.rows += piece.n_broken
        assert own.numbered is not None
        with own.numbered.open("ab") as target:
            target.write(piece.broken)


class _Piece(NamedTuple):
    """The clean rows of a segment, written; the broken ones, numbered."""

    clean: pa.Table
    broken: bytes
    n_broken: int


def _stage(engine: TextFileEngine, asked: Asked, file: Reading, folder: Path, number: int, plain: Plain) -> _Piece:
    """Type one segment and write its clean rows."""
    import numpy as np

    drawn = engine.arrow(asked.sound_select(file, plain))
    is_sound, is_row = (_mask(drawn[name]) for name in (sound.IS_SOUND, sound.IS_ROW))
    if (drawn.num_rows, is_row.sum()) != (plain.lines, plain.lines - plain.gaps):
        raise ContractBreach(
            f"of {plain.lines} lines, {plain.gaps} of them empty, {drawn.num_rows} were read, {is_row.sum()} as rows"
        )
    lines = np.arange(plain.first_line, plain.first_line + plain.lines)
    odd = lines[is_row & ~is_sound]
    sent: dict[int, bytes] = {}
    if len(odd) * _FEW > is_row.sum():
        is_sound[:], odd = False, lines[is_row]
        others = _others(engine, asked, replace(file, plain=(plain,)), odd)
    else:
        sent, apart = _sent_lines(file, plain, odd.tolist()), plain.path.with_suffix(".odd.csv")
        apart.write_bytes(plain.aside.read_bytes() + b"".join(sent.values()))
        others = _others(engine, asked, replace(file, numbered=apart), odd)
        apart.unlink()
    clean = _together(_as_sound(asked, file, drawn, lines), is_sound.nonzero()[0], others.clean)
    if clean.num_rows != is_sound.sum() + others.clean.num_rows:
        raise ContractBreach("rows of a segment are lost")
    write_part(clean, folder, number)
    broken = others.broken.tolist()
    sent = sent or _sent_lines(file, plain, broken)
    records = [sent[line] for line in broken] + _sent_records(file, plain, others.broken_aside.tolist())
    plain.remove()
    return _Piece(clean, b"".join(records), len(records))


class _Others(NamedTuple):
    """Rows of a segment that are not sound: the clean ones; the lines of the broken ones, and of those broken ones that
    lie aside.
    """

    clean: pa.Table
    broken: NDArray[np.int64]
    broken_aside: NDArray[np.int64]


def _others(engine: TextFileEngine, asked: Asked, file: Reading, odd: NDArray[np.int64]) -> _Others:
    """Type the rows that lie aside of a segment, and those of its lines that are not sound."""
    import numpy as np
    import pyarrow as pa

    columns = [*staging.staged_columns(asked.table)]
    listed = ", ".join(map(quoted, columns))

    def typed(select: str) -> pa.Table:
        return engine.arrow(f"SELECT {listed}, {staging.is_quarantined(asked.rules)} AS {_IS_BROKEN} FROM ({select})")

    select = asked.select([file], in_order=False)
    rows = typed(select)
    if rows["county_code"].null_count:
        named = file.numbered_files[0].with_suffix(".places.csv")
        if asked.write_named(named, engine.query(staging.unplaced_select(asked.table, f"({select})"))):
            rows = typed(asked.select([file], named, in_order=False))
        named.unlink(missing_ok=True)
    lines = rows["line_number"].to_numpy()
    is_line = np.isin(lines, odd)
    if not np.array_equal(np.sort(lines[is_line]), odd):
        raise ContractBreach("lines of a segment that were typed alone are lost or doubled")
    is_broken = _mask(rows[_IS_BROKEN])
    clean = rows.select(columns).filter(pa.array(~is_broken))
    return _Others(clean, np.sort(lines[is_line & is_broken]), lines[~is_line & is_broken])


def _mask(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = column.combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    return mask


def _as_sound(asked: Asked, file: Reading, rows: pa.Table, lines: NDArray[np.int64]) -> pa.Table:
    """The staged columns of lines of a segment, as if all of them were sound."""
    import numpy as np
    import pyarrow as pa

    drawn, count = sound.drawn(asked.table, file), rows.num_rows
    said = {"delivery_id": asked.delivery_id, "file_name": file.file_name} | sound.said(asked.table, file)

    def column(name: str, type_text: str) -> pa.ChunkedArray | pa.Array:
        if name == "line_number":
            return pa.array(lines)
        if name in drawn:
            return rows[drawn[name]]
        if name in said:
            return pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), [said[name]])
        if name in staging.MARKED:
            return pa.ListArray.from_arrays(np.zeros(count + 1, np.int32), pa.array([], pa.string()))
        return pa.nulls(count, arrow_type(type_text))

    return pa.table({name: column(name, type_text) for name, type_text in staging.staged_columns(asked.table).items()})


def _together(rows: pa.Table, taken: NDArray[np.intp], *others: pa.Table) -> pa.Table:
    """Some rows of a table, and all of others, in the order of their lines; its dictionaries stay dictionaries."""
    import numpy as np
    import pyarrow as pa

    tables = (rows, *others)
    lines = np.concatenate([table["line_number"].to_numpy() for table in tables])
    places = np.concatenate([taken, np.arange(rows.num_rows, len(lines))])
    places = places[np.argsort(lines[places], kind="stable")]
    if not (np.diff(lines[places]) > 0).all():
        raise ContractBreach("two rows of a segment are of one line")
    order, words = pa.array(places), pa.dictionary(pa.int32(), pa.string())

    def column(name: str, type_: pa.DataType) -> pa.Array:
        parts = [part for table in tables for part in table[name].chunks]
        if all(part.null_count == len(part) for part in parts):
            return pa.nulls(len(places), type_)
        if pa.types.is_dictionary(type_):
            parts = [p.cast(words) if pa.types.is_dictionary(p.type) else p.dictionary_encode() for p in parts]
        return pa.concat_arrays(parts).take(order)

    return pa.table({field.name: column(field.name, field.type) for field in rows.schema})


def _sent_records(file: Reading, segment: Plain, wanted: Sequence[int]) -> list[bytes]:
    """Some records that lie aside of a segment, numbered. ContractBreach where one is not there."""
    places, found = {str(number) for number in wanted}, []
    with segment.aside.open(encoding="utf-8", newline="") as source:
        for record in csv.reader(source, delimiter=file.delimiter):
            if record[0] in places:
                text = io.StringIO()
                csv.writer(text, delimiter=file.delimiter, lineterminator="\n").writerow(record)
                found.append(text.getvalue().encode())
    if len(found) != len(wanted):
        raise ContractBreach("records that lie aside of a segment are lost or doubled")
    return found


def _sent_lines(file: Reading, segment: Plain, wanted: Sequence[int]) -> dict[int, bytes]:
    """Some lines of a segment as they were sent, numbered; by their number, in the order in which they are wanted."""
    if not wanted:
        return {}
    import numpy as np

    mark = file.delimiter.encode()
    places = set(wanted)
    found: dict[int, bytes] = {}
    with segment.as_sent.open("rb") as source:
        for line in source:
            number = int(line[: line.index(mark)])
            if number in places:
                found[number] = line
    rest, first = b"", segment.first_line
    waiting = deque(number for number in wanted if number not in found)
    with segment.path.open("rb", buffering=0) as source:
        while waiting and (piece := source.read(BLOCK_BYTES)):
            block = rest + piece
            ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == _LINE_FEED)
            while waiting and waiting[0] < first + len(ends):
                number = waiting.popleft()
                start = ends[number - first - 1] + 1 if number > first else 0
                found[number] = b"%d%b%b%b" % (number, mark, mark, block[start : ends[number - first] + 1])
            first += len(ends)
            rest = block[ends[-1] + 1 :] if len(ends) else block
    return {number: found[number] for number in wanted}


def all_rows(asked: Asked, clean: Path, broken: str) -> str:
    """All typed rows: what rules look at beyond the staged columns is the same in all clean ones, and not stored."""
    return (
        f"(SELECT *, NULL AS unread, false AS is_misshapen, true AS is_in_scope, 0::BIGINT AS key_repeats,"
        f" DATE '{asked.cut_date}' AS delivery_cut_date FROM {staging.parquet(clean)} UNION ALL BY NAME FROM {broken})"
    )
