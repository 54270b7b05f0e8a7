"""Delimited text of any size, streamed: decoded, split into records, numbered by physical line.

Most files hold no quotation mark in most of their blocks: those blocks are numbered without looking into a cell. A
record with quotation marks is parsed and written anew, so that what follows reads one unambiguous dialect.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from pipelines.deliveries.cells import trim
from pipelines.deliveries.readers import encodings
from pipelines.deliveries.readers.blocks import ahead, blocks
from pipelines.deliveries.readers.footer import HELD_ROWS
from pipelines.deliveries.readers.header import SEARCHED_ROWS, Header, find_header
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS, Counts, Sink
from pipelines.deliveries.readers.plain import Look, Plain, PlainFiles
from pipelines.deliveries.reasons import Refused
from pipelines.sources.base import SourceTable

DELIMITERS = (",", "\t", "|", ";")
# Below it a file is numbered as a whole.
PLAIN_BYTES = 4 << 20
_HEAD_CHARACTERS = 4 << 20
_HEAD_LINES = 8 * SEARCHED_ROWS  # a cell of a header may take several
MAX_RECORD_LINES = 64
_LINE_FEED = b"\n"[0]
_MOST_HELD_BYTES = 8 << 20
QUOTE = '"'


class _Quotes(Enum):
    """How the quoted cells of a line end.

    OPEN  the last one goes on in the next line
    TORN  the one that goes on from the line above ends before something else than a delimiter: the mark that ends it
          begins a cell of its own line, or belongs to one, and the cell above was never closed
    """

    CLOSED, OPEN, TORN = range(3)


def _quotes(line: str, delimiter: str, inside: bool) -> _Quotes:
    """How the quoted cells of a line end; `inside`: it begins within one, else it begins a record."""
    position = 0
    while inside or position < len(line):
        if inside or line[position] == '"':
            position = _closing(line, position if inside else position + 1)
            if position < 0:
                return _Quotes.OPEN
            if inside and line[position + 1 : position + 2] not in ("", delimiter):
                return _Quotes.TORN
            inside = False
        position = line.find(delimiter, position) + 1
        if not position:
            break
    return _Quotes.CLOSED


def _closing(line: str, position: int) -> int:
    """Where the next quotation mark stands that is not doubled; -1 where there is none."""
    while (position := line.find('"', position)) >= 0 and line.startswith('""', position):
        position += 2
    return position


def _cells(text: str, delimiter: str) -> list[str]:
    """The cells of one record. A quotation mark inside an unquoted cell is a character like any other."""
    if len(text) > MAX_RECORD_CHARACTERS:
        return [text[:100]]
    return next(csv.reader([text], delimiter=delimiter), [])


class _Records:
    """Turns blocks of physical lines into records, below the header; what is beyond doubt goes past the sink."""

    def __init__(self, sink: Sink, header: Header, delimiter: str, plain: PlainFiles | None) -> None:
        self.sink = sink
        self.header = header
        self.delimiter = delimiter
        self.width = len(header.cells)
        self.nothing = delimiter.encode() * (self.width - 1) + b"\n"
        self.plain = plain  # None: every line is looked into
        self.look = Look(self.width, delimiter) if plain else None
        self.number = 0
        self.held = b""  # the last lines so far: only what follows tells whether one of them is a footer
        self.pending: list[str] = []  # lines of a record whose quoted cell is still open
        self.size = 0  # of these, in characters

    def take(self, block: bytes) -> None:
        while self.number < self.header.row and block:
            block = block[block.index(b"\n") + 1 :]
            self.number += 1
        if not block:
            return
        if self.look is None:
            self._by_line(block)
            return
        block = self.held + block
        lines = self.look.at(block)
        firm = (~lines.loose).nonzero()[0]
        count = int(firm[-HELD_ROWS]) if len(firm) >= HELD_ROWS else 0
        cut = int(lines.ends[count - 1]) + 1 if count else 0
        self.held = block[cut:]
        if count:
            self._sort(block[:cut], lines.ends[:count], lines.odd[lines.odd < count].tolist(), lines.loose)
        if len(self.held) > _MOST_HELD_BYTES:
            self._sort_held()

    def close(self) -> None:
        """The end of the file leaves an open quote open: its first line is misshapen, the others are read again."""
        self._sort_held()
        while self.pending:
            self._give_up()

    def _sort_held(self) -> None:
        """Lines below which hardly a row follows: the sink tells whether they are footers."""
        block, self.held = self.held, b""
        if block:
            ends = [place for place, byte in enumerate(block) if byte == _LINE_FEED]
            self._sort(block, ends, range(len(ends)), [True] * len(ends))

    def _sort(self, block: bytes, ends: Any, odd: Sequence[int], loose: Any) -> None:
        """Whole lines: those that are loose read one by one, other odd ones trimmed, the others left as they are."""
        assert self.plain is not None
        if self.plain.is_full and self.sink.is_settled and not self.pending:
            self.sink.out = self.plain.begin(self.number + 1)
        gaps = 0
        kept: list[bytes] = []
        as_sent: list[str] = []
        place, waiting = 0, iter((*odd, len(ends)))
        doubtful = next(waiting)
        while place < len(ends):
            start = ends[place - 1] + 1 if place else 0
            if not self.pending and doubtful > place:
                # No footer is among what the sink holds back: rows follow.
                self.sink.settle()
                kept.append(block[start : ends[doubtful - 1] + 1])
                self.sink.counts.rows += doubtful - place
                self.number += doubtful - place
                place = doubtful
                continue
            self.number += 1
            line = block[start : ends[place]].decode()
            trimmed = "" if self.pending or loose[place] else self._trimmed(line)
            if trimmed:
                self.sink.settle()
                self.sink.counts.rows += 1
                as_sent.append(f"{self.number}{self.delimiter * 2}{line.replace(QUOTE, '')}\n")
                kept.append(trimmed.encode())
            else:
                self._one(line)
                kept.append(self.nothing)
                gaps += 1
            place += 1
            while doubtful < place:
                doubtful = next(waiting)
        self.plain.write(b"".join(kept).replace(b'"', b""), len(block), len(ends), gaps, as_sent)

    def _trimmed(self, line: str) -> str:
        """A line whose quotation marks stand around whole cells, with every cell trimmed; empty where that is not all."""
        cells = [trim(cell) for cell in line.replace(QUOTE, "").split(self.delimiter)]
        if len(cells) != self.width or len(line) > MAX_RECORD_CHARACTERS or not any(cells):
            return ""
        return f"{self.delimiter.join(cells)}\n"

    def _by_line(self, block: bytes) -> None:
        lines = block.decode().split("\n")
        lines.pop()
        if not self.pending and self._is_plain(lines):
            prefix, start = self.delimiter * 2, self.number + 1
            self.sink.lines([f"{number}{prefix}{line}\n" for number, line in enumerate(lines, start)])
            self.number += len(lines)
            return
        for line in lines:
            self.number += 1
            self._one(line)

    def _is_plain(self, lines: Sequence[str]) -> bool:
        delimiter, others = self.delimiter, self.width - 1
        for line in lines:
            if (
                line.count(delimiter) != others
                or '"' in line
                or line[:1] in (delimiter, "")
                or line[0].isspace()
                or len(line) > MAX_RECORD_CHARACTERS
            ):
                return False
        return True

    def _one(self, line: str) -> None:
        if not self.pending and '"' not in line:
            self._record(self.number, line)
            return
        inside = bool(self.pending)
        self.pending.append(line)
        self.size += len(line) + inside
        if self.size > MAX_RECORD_CHARACTERS:
            never_closed = inside
        else:
            quotes = _quotes(line, self.delimiter, inside)
            if quotes is _Quotes.OPEN and len(self.pending) < MAX_RECORD_LINES:
                return
            never_closed = quotes is not _Quotes.CLOSED
        if never_closed:
            self._give_up()
            return
        lines, self.pending, self.size = self.pending, [], 0
        self._record(self.number - len(lines) + 1, "\n".join(lines))

    def _give_up(self) -> None:
        """A quote that is never closed spoils its own line only."""
        lines, self.pending, self.size = self.pending, [], 0
        last = self.number
        self.number = last - len(lines) + 1
        self.sink.misshapen(self.number, lines[0], _cells(lines[0].replace('"', ""), self.delimiter))
        for line in lines[1:]:
            self.number += 1
            self._one(line)
        self.number = last

    def _record(self, number: int, text: str) -> None:
        if self._is_plain((text,)):
            self.sink.lines((f"{number}{self.delimiter * 2}{text}\n",))
            return
        cells = _cells(text, self.delimiter)
        if not any(cell.strip() for cell in cells):
            self.sink.counts.blank += 1
            return
        while len(cells) > self.width and not cells[-1].strip():
            cells.pop()
        if len(cells) == self.width and len(text) <= MAX_RECORD_CHARACTERS:
            self.sink.record(number, cells)
        else:
            self.sink.misshapen(number, text, cells)


def _head(path: Path, codec: str) -> list[str]:
    """The first lines, in which a header is looked for."""
    head: list[str] = []
    for block, _ in blocks(path, codec):
        head += block.decode().split("\n")[:-1]
        if len(head) >= _HEAD_LINES or sum(map(len, head)) > _HEAD_CHARACTERS:
            break
    return head[:_HEAD_LINES]


def _strangeness(refused: Refused) -> tuple[bool, int]:
    """The delimiter under which least is wrong is the file's."""
    return refused.reasons[0].code == "no_header", len(refused.reasons)


def _head_records(head: Sequence[str], delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """The first lines as records: first and last physical line, cells. Header cells may hold line breaks."""
    first = 0
    while first < len(head):
        end = first + 1
        quotes = _quotes(head[first], delimiter, False)
        while quotes is _Quotes.OPEN and end < len(head):
            quotes = _quotes(head[end], delimiter, True)
            end += 1
        if quotes is not _Quotes.CLOSED:
            end = first + 1
        yield first + 1, end, _cells("\n".join(head[first:end]), delimiter)
        first = end


def find_layout(path: Path, name: str, table: SourceTable, codec: str, day: date | None) -> tuple[Header, str]:
    """The header of a text file and its delimiter: the one under which most columns are found."""
    head = _head(path, codec)
    refusal: Refused | None = None
    for delimiter in DELIMITERS:
        records = list(islice(_head_records(head, delimiter), SEARCHED_ROWS))
        try:
            header = find_header(table, ((n, cells) for n, (_, _, cells) in enumerate(records, 1)), name, day)
            first, last = records[header.first_row - 1][0], records[header.row - 1][1]
            return replace(header, first_row=first, row=last), delimiter
        except Refused as refused:
            if refusal is None or _strangeness(refused) < _strangeness(refusal):
                refusal = refused
    assert refusal is not None
    raise refusal


def read_delimited(
    path: Path,
    name: str,
    table: SourceTable,
    declared: str,
    out: TextIO,
    day: date | None = None,
    plain: Path | None = None,
    take: Callable[[str, Header, str, Plain], None] = lambda *_: None,
) -> tuple[Header, str, str, Counts, tuple[Plain, ...]]:
    """Read a text file, called `name`: its header, delimiter, the encoding found, the counts, and its plain segments.

    Rows go to `out` as numbered CSV; those of a large file to plain segments beside `plain` (the stem of their paths;
    None: nowhere). `take` has each segment as soon as it is whole, with encoding, header and delimiter of the file.
    """
    codec = encodings.detect(path, declared)
    header, delimiter = find_layout(path, name, table, codec, day)
    # A row of one column cannot be told from an empty line.
    is_large = path.stat().st_size >= PLAIN_BYTES and len(header.cells) > 1
    files = PlainFiles(plain, partial(take, codec, header, delimiter)) if is_large else None
    records = _Records(Sink(out, len(header.cells), delimiter), header, delimiter, files)
    for block, replaced in ahead(blocks(path, codec)) if is_large else blocks(path, codec):
        records.sink.counts.replaced += replaced
        records.take(block)
    records.close()
    return header, delimiter, codec, records.sink.close(), files.close() if files else ()
