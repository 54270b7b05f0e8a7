"""Large text files: whole blocks of lines that need no reading, because nothing about them is in doubt.

Writing a number before each of millions of lines takes longer than all that follows. So a line with the header's
number of cells, in which quotation marks at most stand around whole cells and nothing has to be trimmed, stays as it
is, and its place is its number. A line that only has to be trimmed is written trimmed; every other one leaves a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

from pipelines.deliveries.readers.blocks import occurrences
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# To plan what a segment is asked for takes as long as to read some thousands of its lines.
SEGMENT_BYTES = 32 << 20
_LINE_FEED, _QUOTE, _BLANK = b"\n"[0], b'"'[0], b" "[0]
# White space beyond ASCII, as Python's own `isspace` has it.
_WIDE_BLANKS = "\x85\xa0\u1680\u2000\u2028\u2029\u202f\u205f\u3000\ufeff"
# What `cells.trimmed` may take away or have mean nothing, beside characters up to the blank.
_TO_TRIM = (b"\x7f", b"'", b"\\N", b"#N/A", b"NULL", b"\xc2\xa0", b"\xe2\x80", b"\xe3\x80\x80", b"\xef\xbb\xbf")


@dataclass(frozen=True)
class Plain:
    """A file of whole lines in UTF-8, from physical line `first_line` on: one row in each, trimmed, no quotation marks.

    `gaps` of the lines have empty cells only: they are no row, or one in `aside`, which holds, numbered, the rows of
    the segment that needed care. `as_sent` holds, numbered, the lines that were trimmed.
    """

    path: Path
    as_sent: Path
    aside: Path
    first_line: int
    lines: int = 0
    gaps: int = 0

    def remove(self) -> None:
        """Free the disk of a segment that nobody needs any more."""
        for path in (self.path, self.as_sent, self.aside):
            path.unlink()


class PlainFiles:
    """Writes plain segments as `<stem>-00000.csv`, … and hands each on once it is whole; nowhere where the stem is None."""

    def __init__(self, stem: Path | None, hand_on: Callable[[Plain], None]) -> None:
        self._stem = stem
        self._hand_on = hand_on
        self._files: tuple[BinaryIO, TextIO, TextIO] | None = None
        self._bytes = 0
        self._made: list[Plain] = []

    @property
    def is_full(self) -> bool:
        """Whether the next lines should begin a segment."""
        return self._stem is not None and (self._files is None or self._bytes >= SEGMENT_BYTES)

    def begin(self, first_line: int) -> TextIO:
        """A new segment; the file for its rows that need care."""
        assert self._stem is not None
        self._close()
        stem = f"{self._stem.name}-{len(self._made):05}"
        path, as_sent, aside = (self._stem.with_name(f"{stem}{ending}.csv") for ending in ("", "-sent", "-aside"))
        sent_out, aside_out = (one.open("w", encoding="utf-8", newline="") for one in (as_sent, aside))
        self._files = (path.open("wb", buffering=0), sent_out, aside_out)
        self._bytes = 0
        self._made.append(Plain(path, as_sent, aside, first_line))
        return aside_out

    def write(self, block: bytes, size: int, lines: int, gaps: int, as_sent: Sequence[str]) -> None:
        """Whole lines, the first of which is the next one of the part; as sent they had so many bytes."""
        if self._files is None:
            return
        self._files[0].write(block)
        self._files[1].write("".join(as_sent))
        self._bytes += size
        last = self._made[-1]
        self._made[-1] = replace(last, lines=last.lines + lines, gaps=last.gaps + gaps)

    def close(self) -> tuple[Plain, ...]:
        """The segments in the order of their lines."""
        self._close()
        return tuple(self._made)

    def _close(self) -> None:
        if self._files is not None:
            for file in self._files:
                file.close()
            self._files = None
            self._hand_on(self._made[-1])


class Lines(NamedTuple):
    """A block looked at: where its lines end; which of them (by place) cannot stay as they are; which of these may be
    no record of their own: blank ones, and those with quotation marks that do not just stand around whole cells.
    """

    ends: NDArray[np.intp]
    odd: NDArray[np.intp]
    loose: NDArray[np.bool_]


class Look:
    """Tells the lines that need reading from those that do not."""

    def __init__(self, width: int, delimiter: str) -> None:
        import numpy as np

        self.others = width - 1
        self.delimiter = delimiter
        # Only a line that begins so can be blank; a multi-byte blank is known by its first byte, which others share.
        self.beginnings = np.zeros(256, dtype=bool)
        self.beginnings[[*b'\t\n\v\f\r\x1c\x1d\x1e\x1f "', ord(delimiter)]] = True
        self.beginnings[[character.encode()[0] for character in _WIDE_BLANKS]] = True

    def at(self, block: bytes) -> Lines:
        """The lines of a block, each of which ends with a line feed."""
        import numpy as np

        data = np.frombuffer(block, dtype=np.uint8)
        low = np.flatnonzero(data <= _BLANK)
        is_end = data[low] == _LINE_FEED
        ends = low[is_end]
        starts = np.empty_like(ends)
        starts[0], starts[1:] = 0, ends[:-1] + 1
        lengths = ends - starts
        is_delimiter = data == ord(self.delimiter)
        # Counted in bytes where no line is so long that the count could begin anew.
        odd = np.add.reduceat(is_delimiter, starts, dtype=np.uint8 if lengths.max() < 256 else np.uint32) != self.others
        odd |= lengths > MAX_RECORD_CHARACTERS
        blanks = low[~is_end]
        odd[np.searchsorted(ends, blanks[~is_delimiter[blanks]])] = True
        for sign in _TO_TRIM:
            odd[np.searchsorted(ends, occurrences(block, sign))] = True
        loose = np.zeros(len(ends), dtype=bool)
        for place in np.flatnonzero(self.beginnings[data[starts]]):
            cells = block[starts[place] : ends[place]].decode().replace(self.delimiter, "").replace('"', "")
            loose[place] = not cells.strip()
        if b'"' in block:
            self._quotes(data, ends, is_delimiter, loose)
        odd |= loose
        return Lines(ends, np.flatnonzero(odd), loose)

    @staticmethod
    def _quotes(
        data: NDArray[np.uint8], ends: NDArray[np.intp], is_delimiter: NDArray[np.bool_], loose: NDArray[np.bool_]
    ) -> None:
        """Mark the lines in which quotation marks do anything but stand at both ends of a cell that has no others."""
        import numpy as np

        quotes = np.flatnonzero(data == _QUOTE)
        cell_ends = np.flatnonzero(is_delimiter | (data == _LINE_FEED))
        cell = np.searchsorted(cell_ends, quotes)
        begins = quotes == np.where(cell > 0, cell_ends[cell - 1] + 1, 0)
        closes = quotes == cell_ends[cell] - 1
        opens = np.zeros(len(quotes), dtype=bool)
        opens[:-1] = begins[:-1] & closes[1:] & (cell[:-1] == cell[1:])
        # a third one in the same cell stands within it
        opens[:-2] &= cell[:-2] != cell[2:]
        closing = np.zeros(len(quotes), dtype=bool)
        closing[1:] = opens[:-1]
        loose[np.searchsorted(ends, quotes[~(opens | closing)])] = True
