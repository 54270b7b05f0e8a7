"""A text file of any encoding and size as blocks of whole physical lines, in UTF-8."""

from __future__ import annotations

import struct
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Item = TypeVar("_Item")
# Larger blocks cost more: the allocator gives such memory back and takes it anew, block by block.
BLOCK_BYTES = 1 << 18
_LONGEST_LINE_BYTES = 4 * MAX_RECORD_CHARACTERS
_REPLACEMENT = "�".encode()


def blocks(path: Path, codec: str) -> Iterator[tuple[bytes, int]]:
    """Blocks of whole physical lines, each ended by a line feed, and how many characters of each were unreadable.

    Valid UTF-8 whatever the file holds. A line beyond the limit comes cut; NUL counts as unreadable.
    """
    rest, skipping = b"", False
    for piece in _decoded(path, codec):
        data = rest + piece
        # A carriage return at the very end may be half of a line's end.
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, max(len(data) - 1, 0))) + 1
        rest = data[cut:]
        if cut:
            block, replaced = _sound(data[:cut])
            if skipping:
                block, skipping = block[block.index(b"\n") + 1 :], False
            yield block, replaced
        if len(rest) > _LONGEST_LINE_BYTES:
            sound, replaced = _sound(rest)
            if skipping:
                yield b"", replaced
            else:
                yield f"{sound.decode()[: MAX_RECORD_CHARACTERS + 1]}\n".encode(), replaced
            rest, skipping = b"", True
    if rest and not skipping:
        block, replaced = _sound(rest)
        yield block if block.endswith(b"\n") else block + b"\n", replaced


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The items, none of them None; while one is worked on, a thread makes the next."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def _decoded(path: Path, codec: str) -> Iterator[bytes]:
    """The file's text in UTF-8, in pieces of any length, without a byte order mark."""
    with path.open("rb", buffering=0) as file:
        if codec in ("utf-8", "utf-8-sig"):
            piece = file.read(BLOCK_BYTES)
            yield piece.removeprefix(BOM_UTF8) if codec == "utf-8-sig" else piece
            while piece := file.read(BLOCK_BYTES):
                yield piece
            return
        decoder = getincrementaldecoder(codec)("replace")
        while piece := file.read(BLOCK_BYTES):
            yield decoder.decode(piece).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _sound(block: bytes) -> tuple[bytes, int]:
    """Valid UTF-8 without NUL, lines ended by line feeds, and how many characters stand for unreadable ones."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in block:
        block = block.replace(b"\0", _REPLACEMENT)
    if not _is_utf8(block):
        block = block.decode("utf-8", "replace").encode()
    return block, _count_replaced(block)


def _count_replaced(block: bytes) -> int:
    """How often the character stands in valid UTF-8 that replaces what could not be read."""
    return len(occurrences(block, _REPLACEMENT))


def occurrences(block: bytes, sign: bytes) -> NDArray[np.intp]:
    """Where a few bytes stand in a block: several times faster than its own search for more than one byte."""
    import numpy as np

    if sign[:1] not in block:
        return np.zeros(0, dtype=np.intp)
    data = np.frombuffer(block, dtype=np.uint8)
    found = np.flatnonzero(data[: len(data) - len(sign) + 1] == sign[0])
    for place in range(1, len(sign)):
        found = found[data[found + place] == sign[place]]
    return found


def _is_utf8(block: bytes) -> bool:
    """Arrow looks several times faster than a decoder that also makes a text of it."""
    import pyarrow as pa

    offsets = pa.py_buffer(struct.pack("=ii", 0, len(block)))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(block)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
