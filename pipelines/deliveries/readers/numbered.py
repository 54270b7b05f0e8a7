"""The form every reader writes: line-numbered UTF-8 CSV, one record per row, the same number of fields in each.

Fields: physical line number of the record's first line; the raw text where the record does not have the header's
shape (all other fields are then empty); the cells in file order.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from pipelines.deliveries.readers.footer import HELD_ROWS, is_footer

RAW_CHARACTERS = 2000  # of a misshapen record that are kept
# A longer record is no row of a register; it is kept, cut, as a misshapen one.
MAX_RECORD_CHARACTERS = 130_000


@dataclass
class Counts:
    """What was read: `rows` counts records below the header, misshapen ones included, blanks and footers not.

    unstored  records with a formula whose result is not in the file; `first_unstored` is the first one's line
    """

    rows: int = 0
    misshapen: int = 0
    footers: int = 0
    blank: int = 0
    replaced: int = 0
    unstored: int = 0
    first_unstored: int = 0


@dataclass(frozen=True)
class _Held:
    line: str
    cells: Sequence[str] | None  # None: parse the line when the end of the file comes
    misshapen: bool
    unstored: int = 0  # the line number of a record with a formula that has no result


class Sink:
    """Writes records, holding back the last ones until it is known whether they are footers."""

    def __init__(self, out: TextIO, width: int, delimiter: str) -> None:
        self.out = out
        self.width = width
        self.delimiter = delimiter
        self.counts = Counts()
        self._tail: deque[_Held] = deque()
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, delimiter=delimiter, lineterminator="\n")

    def lines(self, lines: Sequence[str]) -> None:
        """Records that are well formed as they stand, each with its number prefixed and a newline at its end."""
        self._release()
        cut = max(0, len(lines) - HELD_ROWS)
        if cut:
            while self._tail:
                self._write(self._tail.popleft())
            self.out.write("".join(lines[:cut]))
            self.counts.rows += cut
        self._tail.extend(_Held(line, None, False) for line in lines[cut:])

    def record(self, number: int, cells: Sequence[str], unstored: bool = False) -> None:
        """A record of exactly `width` cells; `unstored` where the result of a formula in it is missing."""
        self._hold(_Held(self._formatted([str(number), "", *cells]), cells, False, number if unstored else 0))

    def misshapen(self, number: int, raw: str, cells: Sequence[str]) -> None:
        """A record with another shape than the header; its cells tell only whether it is a footer."""
        fields = [str(number), raw[:RAW_CHARACTERS] or " ", *[""] * self.width]
        self._hold(_Held(self._formatted(fields), cells, True))

    def close(self) -> Counts:
        """Write what is held back, less the footers at the very end."""
        while self._tail and is_footer(self._cells(self._tail[-1])):
            self._tail.pop()
            self.counts.footers += 1
        self.settle()
        self.out.flush()
        return self.counts

    @property
    def is_settled(self) -> bool:
        """Whether nothing is held back."""
        return not self._tail

    def settle(self) -> None:
        """Write what is held back."""
        while self._tail:
            self._write(self._tail.popleft())

    def _hold(self, held: _Held) -> None:
        self._tail.append(held)
        self._release()

    def _release(self) -> None:
        while len(self._tail) > HELD_ROWS:
            self._write(self._tail.popleft())

    def _write(self, held: _Held) -> None:
        self.out.write(held.line)
        self.counts.rows += 1
        self.counts.misshapen += held.misshapen
        if held.unstored:
            self.counts.unstored += 1
            self.counts.first_unstored = self.counts.first_unstored or held.unstored

    def _formatted(self, fields: Sequence[str]) -> str:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.writerow(fields)
        return self._buffer.getvalue()

    def _cells(self, held: _Held) -> Sequence[str]:
        if held.cells is not None:
            return held.cells
        return next(csv.reader([held.line], delimiter=self.delimiter))[2:]
