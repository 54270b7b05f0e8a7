"""Stages the large text files of a table segment by segment, clean rows straight into the lake.

Memory does not grow with a file, and nothing is written twice. Of every plain segment a fast SELECT (`sound`) types the
rows that are as nearly all should be; the lines of the others are taken out, numbered, and typed as in any file. Those
of rows that break a critical rule are typed once more with all that rules look at. Rows that lie aside of the segments
are typed first, and the clean ones put in between by their line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.deliveries import sound, staging
from pipelines.deliveries.cells import quoted
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.readers.blocks import BLOCK_BYTES
from pipelines.deliveries.readers.plain import Plain
from pipelines.deliveries.scope import Scope
from pipelines.engines.arrow_parts import arrow_type, write_part
from pipelines.engines.base import Written, fresh_folder
from pipelines.engines.content import Content
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_IS_BROKEN = "_is_broken"
_FEW = 5  # below a fifth of its rows, those of a segment that are not sound are taken out of it
_LINE_FEED = b"\n"[0]
_MOST_ASIDE_BYTES = 256 << 20


@dataclass(frozen=True)
class Asked:
    """What is staged: rows of a table of a delivery, for its scope at its cut date, under its rules."""

    table: SourceTable
    delivery_id: str
    scope: Scope
    cut_date: date
    rules: Sequence[Rule]

    def select(self, files: Sequence[Reading], in_order: bool = True) -> str:
        """Typed, marked rows of files."""
        make = staging.typed_select if in_order else staging.marked_select
        return make(self.table, files, self.delivery_id, self.scope, self.cut_date, self.rules)

    def sound_select(self, file: Reading, segment: Plain) -> str:
        """Lines of a plain segment, those typed that are sound."""
        return sound.sound_select(self.table, file, segment, self.delivery_id, self.scope, self.cut_date, self.rules)


class Streamed(NamedTuple):
    """Rows written into the lake, and a relation of all typed rows; those that are broken, and as they were sent."""

    clean: Written
    rows: str
    broken: str
    n_broken: int
    sent: tuple[Reading, ...]


def is_streamed(table: SourceTable, files: Sequence[Reading]) -> bool:
    """Whether the table's rows can be staged one by one, and most of them lie in plain segments."""
    aside = sum(file.numbered.stat().st_size for file in files if file.numbered)
    return any(file.plain for file in files) and not table.unique and not table.named_by and aside <= _MOST_ASIDE_BYTES


def stream(engine: TextFileEngine, asked: Asked, files: Sequence[Reading], clean: Path, scratch: Path) -> Streamed:
    """Write the clean rows of all files into the new folder `clean`. ContractBreach where a line is lost or moved."""
    import pyarrow.compute as pc

    files = sorted(files, key=lambda file: file.file_name.encode())
    is_broken = staging.is_quarantined(asked.rules)
    aside, apart = scratch / "aside", scratch / "apart"
    aside_files = [replace(file, plain=()) for file in files if file.numbered]
    engine.write(asked.select(aside_files), aside)
    columns = ", ".join(map(quoted, staging.staged_columns(asked.table)))
    aside_rows = engine.arrow(f"SELECT {columns} FROM {staging.parquet(aside)} WHERE NOT {is_broken}")
    content = Content(staging.staged_columns(asked.table))
    apart_files = []
    with fresh_folder(clean) as folder, engine.for_threads(), ThreadPoolExecutor(engine.threads) as pool:
        folder.mkdir()
        for place, file in enumerate(files):
            own = aside_rows.filter(pc.equal(aside_rows["file_name"], file.file_name))
            stage = partial(_stage, engine, asked, file, folder, place)
            taken = scratch / f"{place}-broken.csv"
            with taken.open("wb") as target:
                for rows, broken_lines in _in_turn(pool, engine.threads, stage, _with_aside(file, own)):
                    content.update(rows)
                    target.write(broken_lines)
            apart_files.append(replace(file, plain=(), numbered=taken))
        kept = content.written()
    engine.write(asked.select(apart_files), apart)
    both = [(staging.parquet(aside), is_broken), (staging.parquet(apart), "true")]
    broken = f"({staging.UNION_ALL.join(f'FROM {rows} WHERE {which}' for rows, which in both)})"
    ((n_broken, n_again),) = engine.query(f"SELECT count(*), count(*) FILTER ({is_broken}) FROM {broken}")
    if n_again != n_broken:
        raise ContractBreach("rows that break a critical rule in their segment break none when they are typed alone")
    return Streamed(kept, _rows(asked, clean, broken), broken, int(n_broken), (*aside_files, *apart_files))


def _in_turn(
    pool: Executor, ahead: int, stage: Callable[[_Segment], _Piece], segments: Iterable[_Segment]
) -> Iterator[_Piece]:
    """`stage` of every segment in their order; no more of them are in memory than are worked on, and one."""
    waiting: deque[Future[_Piece]] = deque()
    for segment in segments:
        waiting.append(pool.submit(stage, segment))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class _Segment(NamedTuple):
    """A plain segment of a file, or none, and the clean rows that lie aside of it."""

    place: int
    plain: Plain | None
    aside: pa.Table


class _Piece(NamedTuple):
    """The clean rows of a segment, written; the lines of the broken ones, numbered."""

    clean: pa.Table
    broken: bytes


def _with_aside(file: Reading, aside: pa.Table) -> Iterator[_Segment]:
    """The segments of a file, each with the rows that lie aside between its first line and the next one's."""
    import numpy as np

    if not file.plain:
        yield _Segment(0, None, aside)
        return
    cuts = np.searchsorted(aside["line_number"].to_numpy(), [one.first_line for one in file.plain[1:]]).tolist()
    for place, (plain, start, end) in enumerate(zip(file.plain, (0, *cuts), (*cuts, aside.num_rows), strict=True)):
        yield _Segment(place, plain, aside.slice(start, end - start))


def _stage(engine: TextFileEngine, asked: Asked, file: Reading, folder: Path, number: int, segment: _Segment) -> _Piece:
    """Type one segment and write its clean rows."""
    import numpy as np

    _, plain, aside = segment
    if plain is None:
        write_part(aside, folder, number, segment.place)
        return _Piece(aside, b"")
    drawn = engine.arrow(asked.sound_select(file, plain))
    is_sound, is_row = (_mask(drawn[name]) for name in (sound.IS_SOUND, sound.IS_ROW))
    if (drawn.num_rows, is_row.sum()) != (plain.lines, plain.lines - plain.gaps):
        raise ContractBreach(
            f"of {plain.lines} lines, {plain.gaps} of them empty, {drawn.num_rows} were read, {is_row.sum()} as rows"
        )
    lines = np.arange(plain.first_line, plain.first_line + plain.lines)
    odd = lines[is_row & ~is_sound]
    sent: Mapping[int, bytes] = {}
    if len(odd) * _FEW > is_row.sum():
        is_sound[:], odd = False, lines[is_row]
        others, is_broken = _others(engine, asked, replace(file, plain=(plain,), numbered=None), odd)
    else:
        sent, apart = _sent_lines(file, plain, odd.tolist()), plain.path.with_suffix(".odd.csv")
        apart.write_bytes(b"".join(sent.values()))
        others, is_broken = _others(engine, asked, replace(file, plain=(), numbered=apart), odd)
        apart.unlink()
    clean = _together(_as_sound(asked, file, drawn, lines), is_sound.nonzero()[0], others, aside)
    if clean.num_rows != is_row.sum() - is_broken.sum() + aside.num_rows:
        raise ContractBreach("rows of a segment are lost")
    write_part(clean, folder, number, segment.place)
    broken = odd[is_broken].tolist()
    sent = sent or _sent_lines(file, plain, broken)
    return _Piece(clean, b"".join(sent[line] for line in broken))


def _others(
    engine: TextFileEngine, asked: Asked, file: Reading, lines: NDArray[np.int64]
) -> tuple[pa.Table, NDArray[np.bool_]]:
    """Of the lines of a segment that are not sound the clean rows, and which of them break a critical rule."""
    import numpy as np
    import pyarrow as pa

    columns = [*staging.staged_columns(asked.table)]
    select = asked.select([file], in_order=False)
    listed = ", ".join(map(quoted, columns))
    rows = engine.arrow(f"SELECT {listed}, {staging.is_quarantined(asked.rules)} AS {_IS_BROKEN} FROM ({select})")
    if not np.array_equal(rows["line_number"].to_numpy(), lines):
        raise ContractBreach("lines of a segment that were typed alone are lost or moved")
    is_broken = _mask(rows[_IS_BROKEN])
    return rows.select(columns).filter(pa.array(~is_broken)), is_broken


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


def _rows(asked: Asked, clean: Path, broken: str) -> str:
    """All typed rows: what rules look at beyond the staged columns is the same in all clean ones, and not stored."""
    return (
        f"(SELECT *, NULL AS unread, false AS is_misshapen, true AS is_in_scope, 0::BIGINT AS key_repeats,"
        f" DATE '{asked.cut_date}' AS delivery_cut_date FROM {staging.parquet(clean)} UNION ALL BY NAME FROM {broken})"
    )
