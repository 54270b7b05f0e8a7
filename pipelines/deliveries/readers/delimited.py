"""Delimited text of any size, streamed: decoded, split into records, numbered by physical line.

Most files hold no quotation mark in most of their blocks: those blocks are numbered without looking into a cell. A
record with quotation marks is parsed and written anew, so that what follows reads one unambiguous dialect.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from pipelines.deliveries.readers import encodings
from pipelines.deliveries.readers.header import SEARCHED_ROWS, Header, find_header
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS, Counts, Sink
from pipelines.deliveries.reasons import Refused
from pipelines.sources.base import SourceTable

DELIMITERS = (",", "\t", "|", ";")
_BLOCK_CHARACTERS = 1 << 20
_HEAD_CHARACTERS = 4 << 20
MAX_RECORD_LINES = 64


def _lines(path: Path, codec: str) -> Iterator[tuple[list[str], int]]:
    """Blocks of whole physical lines without their ends, and how many characters of each block were unreadable.

    A line beyond the limit comes cut; NUL counts as unreadable.
    """
    rest, skipping = "", False
    with path.open(encoding=codec, errors="replace", newline=None) as file:
        while block := file.read(_BLOCK_CHARACTERS):
            if "\0" in block:
                block = block.replace("\0", "�")
            replaced = block.count("�")
            lines = block.split("\n")
            if skipping:
                if len(lines) == 1:
                    yield [], replaced
                    continue
                lines[0], skipping = rest, False
            else:
                lines[0] = rest + lines[0]
            rest = lines.pop()
            if len(rest) > MAX_RECORD_CHARACTERS:
                rest, skipping = rest[: MAX_RECORD_CHARACTERS + 1], True
            yield lines, replaced
    if rest:
        yield [rest], 0


def _is_open(text: str, delimiter: str) -> bool:
    """Whether a quoted cell is still open at the end of the text, which begins a record."""
    position, length = 0, len(text)
    while position < length:
        if text[position] == '"':
            position += 1
            while True:
                position = text.find('"', position)
                if position < 0:
                    return True
                if text.startswith('""', position):
                    position += 2
                    continue
                break
        position = text.find(delimiter, position)
        if position < 0:
            return False
        position += 1
    return False


def _cells(text: str, delimiter: str) -> list[str]:
    """The cells of one record. A quotation mark inside an unquoted cell is a character like any other."""
    if len(text) > MAX_RECORD_CHARACTERS:
        return [text[:100]]
    return next(csv.reader([text], delimiter=delimiter), [])


class _Records:
    """Turns physical lines into records for a sink, below the header."""

    def __init__(self, sink: Sink, header: Header, delimiter: str) -> None:
        self.sink = sink
        self.header = header
        self.delimiter = delimiter
        self.width = len(header.cells)
        self.number = 0
        self.pending: list[str] = []  # lines of a record whose quoted cell is still open

    def take(self, lines: list[str]) -> None:
        if self.number < self.header.row:
            skipped = min(len(lines), self.header.row - self.number)
            self.number += skipped
            lines = lines[skipped:]
        if not lines:
            return
        if not self.pending and self._is_plain(lines):
            prefix, start = self.delimiter * 2, self.number + 1
            self.sink.lines([f"{number}{prefix}{line}\n" for number, line in enumerate(lines, start)])
            self.number += len(lines)
            return
        for line in lines:
            self.number += 1
            self._one(line)

    def close(self) -> None:
        """The end of the file leaves an open quote open: its first line is misshapen, the others are read again."""
        while self.pending:
            self._give_up()

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
        if self.pending or '"' in line:
            self.pending.append(line)
            text = "\n".join(self.pending)
            if len(text) <= MAX_RECORD_CHARACTERS and _is_open(text, self.delimiter):
                if len(self.pending) >= MAX_RECORD_LINES:
                    self._give_up()
                return
            if len(text) > MAX_RECORD_CHARACTERS and len(self.pending) > 1:
                self._give_up()
                return
            first = self.number - len(self.pending) + 1
            self.pending = []
            self._record(first, text)
        else:
            self._record(self.number, line)

    def _give_up(self) -> None:
        """A quote that is never closed spoils its own line only."""
        lines, self.pending = self.pending, []
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
    for lines, _ in _lines(path, codec):
        head += lines
        if len(head) >= SEARCHED_ROWS or sum(map(len, head)) > _HEAD_CHARACTERS:
            break
    return head[:SEARCHED_ROWS]


def find_layout(path: Path, name: str, table: SourceTable, codec: str, day: date | None) -> tuple[Header, str]:
    """The header of a text file and its delimiter: the one under which most columns are found."""
    head = _head(path, codec)
    refusal: Refused | None = None
    for delimiter in DELIMITERS:
        rows = ((number, _cells(line, delimiter)) for number, line in enumerate(head, 1))
        try:
            return find_header(table, rows, name, day), delimiter
        except Refused as refused:
            if refusal is None or refusal.reasons[0].code == "no_header":
                refusal = refused
    assert refusal is not None
    raise refusal


def read_delimited(
    path: Path, name: str, table: SourceTable, declared: str, out: TextIO, day: date | None = None
) -> tuple[Header, str, str, Counts]:
    """Write a text file, called `name`, as numbered CSV to `out`; its header, delimiter, encoding found, and counts."""
    codec = encodings.detect(path, declared)
    header, delimiter = find_layout(path, name, table, codec, day)
    sink = Sink(out, len(header.cells), delimiter)
    records = _Records(sink, header, delimiter)
    for lines, replaced in _lines(path, codec):
        sink.counts.replaced += replaced
        records.take(lines)
    records.close()
    return header, delimiter, codec, sink.close()
