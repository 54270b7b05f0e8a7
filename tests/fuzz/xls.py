"""Writes a workbook in the form of Excel 97–2003, as old exports send it: no library here does.

[MS-XLS] records of one sheet of texts, in an [MS-CFB] compound file of one stream.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SHORTEST = 4096  # a shorter stream would lie in a stream of small sectors
_BOF, _EOF, _SHEET, _LABEL = 0x0809, 0x000A, 0x0085, 0x0204
_GLOBALS, _WORKSHEET = 0x0005, 0x0010


def xls(rows: Sequence[Sequence[str]], name: str = "数据") -> bytes:
    """The bytes of a workbook with one sheet."""
    begin, end = _record(_BOF, struct.pack("<HHHHLL", 0x0600, _GLOBALS, 0, 0, 0, 0)), _record(_EOF, b"")
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    first = len(begin) + len(_record(_SHEET, bytes(6) + title)) + len(end)
    sheet = [_record(_BOF, struct.pack("<HHHHLL", 0x0600, _WORKSHEET, 0, 0, 0, 0)), *_labels(rows), end]
    return _compound(begin + _record(_SHEET, struct.pack("<LBB", first, 0, 0) + title) + end + b"".join(sheet))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _labels(rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    for row, cells in enumerate(rows):
        for place, text in enumerate(cells):
            if text:
                encoded = text.encode("utf-16-le")
                yield _record(_LABEL, struct.pack("<HHHHB", row, place, 0, len(encoded) // 2, 1) + encoded)


def _compound(stream: bytes) -> bytes:
    size = max(_SHORTEST, len(stream))
    count = -(-size // _SECTOR)
    tables = -(-(count + 2) // (_SECTOR // 4 - 1))
    chain = [_FAT] * tables + [_END] + [tables + 2 + number for number in range(count - 1)] + [_END]
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<LLLLLLLLL", 0, tables, tables, 0, _SHORTEST, _END, 0, _END, 0)
    places = [*range(tables), *[_FREE] * (109 - tables)]
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, tables + 1, size)
    return b"".join(
        [
            header + struct.pack("<109L", *places),
            struct.pack(f"<{len(chain)}L", *chain),
            directory.ljust(_SECTOR, b"\0"),
            stream.ljust(count * _SECTOR, b"\0"),
        ]
    )


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    words = struct.pack("<HBBLLL36xLQ", len(encoded) + 2, kind, 1, _FREE, _FREE, child, first, size)
    return encoded.ljust(64, b"\0") + words
