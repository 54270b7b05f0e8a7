"""Which encoding a text file is really in, decided from its bytes and said aloud, never guessed silently."""

from __future__ import annotations

import codecs
from pathlib import Path

# What a manifest may say, and the codec that reads it: GB18030 contains GBK and GB2312.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "utf-16": "utf-16",
}
BINARY = "binary"  # a workbook says itself how its texts are encoded
_SAMPLE_BYTES = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _replaced(sample: bytes, codec: str) -> int:
    """Characters a codec cannot read; a character cut at the end of the sample does not count."""
    return codecs.getincrementaldecoder(codec)("replace").decode(sample, final=False).count("�")


def detect(path: Path, declared: str = "") -> str:
    """The codec to read a text file with: by its byte order mark, else by what its first bytes decode to.

    `declared` decides where the bytes do not: pure ASCII, or as many unreadable characters either way.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return codec
    said = ENCODINGS.get(declared.lower(), "utf-8")
    fallback = "utf-8" if said in ("utf-8-sig", "utf-16") else said
    if sample.isascii():
        return fallback
    faults = {codec: _replaced(sample, codec) for codec in ("utf-8", "gb18030")}
    if faults["utf-8"] == 0:
        return "utf-8"  # multi-byte text that is valid UTF-8 is not GB18030 by chance
    if faults["utf-8"] == faults["gb18030"]:
        return fallback
    return min(faults, key=lambda codec: faults[codec])


def same(declared: str, found: str) -> bool:
    """Whether a declared encoding means the codec that was found; a byte order mark makes no difference."""
    return ENCODINGS.get(declared.lower(), declared).removesuffix("-sig") == found.removesuffix("-sig")
