"""People who can stand nowhere by chance, and every form in which one of their words may have been written down."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.identity.id_numbers import check_character

CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
Places = dict[str, frozenset[str]]  # where → what stands there, in which form
_DEPTH = 4  # an archive in a compressed cell of an archive is as far as anything goes
_PIECE = 16 << 20
_END, _HASH_BITS = 6, 20  # no form is shorter
_COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
# What is compressed and then written as text begins with the same letters whatever it holds.
_COMPRESSED_AS_BASE64 = re.compile(rb"(?:H4sI|eAE|eF4|eJ[wxyz]|eN[o-r])[A-Za-z0-9+/_-]{8,}")
_COMPRESSED_AS_HEX = re.compile(rb"(?i)(?:1f8b08|78(?:01|5e|9c|da))(?:[0-9a-f]{2}){8,}")


@dataclass(frozen=True)
class Marked:
    """One person who does not exist, with all that a delivery may say of a person."""

    name: str
    id_number: str
    phone: str
    card: str
    address: str

    @property
    def words(self) -> Mapping[str, str]:
        """What may stand nowhere, by what it is."""
        return {
            "name": self.name,
            "ID number": self.id_number,
            "phone": self.phone,
            "card": self.card,
            "address": self.address,
        }


# Rare characters, one of them of four bytes; all are names as a register may have them.
_NAMES = ("禤翀玘", "亓官彧骁", "昝睿骞", "逄𠮷晗", "仉嬛翯", "笪宬旻")


def people(county: str, number: int = len(_NAMES)) -> tuple[Marked, ...]:
    """So many of them, of a county by their ID numbers, grown up in 2018."""
    made = []
    for place, name in enumerate(_NAMES[:number], 1):
        digits = f"{county}1977022{place}97{place}"
        phone, card = f"1977097{place}{place}29", f"62179770977{place}0977{place}29"
        made.append(Marked(name, digits + check_character(digits), phone, card, f"翯嬛巷977{place}号"))
    return tuple(made)


def words_of(marked: Iterable[Marked]) -> dict[str, str]:
    """All words of these people by labels: what each is, and of whom."""
    return {f"{what} {number}": word for number, one in enumerate(marked, 1) for what, word in one.words.items()}


class Marks:
    """Words by their labels, found in bytes in any form: spelling, encoding, escape, compressed or packed or all of these."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.forms: dict[bytes, str] = {}
        for label, word in words.items():
            for form, written in forms(word):
                self.forms.setdefault(written, f"{label} ({form})")
        self._by_end: dict[bytes, list[bytes]] = {}
        for form in self.forms:
            self._by_end.setdefault(form[-_END:], []).append(form)
        self._may_end = np.zeros(1 << _HASH_BITS, dtype=bool)
        self._may_end[_hashes(b"".join(self._by_end))[::_END]] = True

    @classmethod
    def of(cls, marked: Iterable[Marked]) -> Marks:
        """All words of these people."""
        return cls(words_of(marked))

    def found(self, data: bytes) -> frozenset[str]:
        """Which of them stand in these bytes, and in which form."""
        return frozenset(label for layer in layers(data) for label in self._stands_in(layer))

    def places(self, pieces: Iterable[tuple[str, bytes]]) -> Places:
        """The pieces in which some of them stand, by name."""
        found: Places = {}
        for name, data in pieces:
            if stands := self.found(data):
                found[name] = found.get(name, frozenset()) | stands
        return found

    def _stands_in(self, data: bytes) -> Iterator[str]:
        """A look at all thousand forms at once: where one may end, it is compared."""
        for start in range(0, len(data), _PIECE):
            hashes = _hashes(data[start : start + _PIECE + _END - 1])
            for at in np.flatnonzero(self._may_end[hashes]):
                end = start + int(at) + _END
                for form in self._by_end.get(data[end - _END : end], ()):
                    if data.endswith(form, 0, end):
                        yield self.forms[form]


def _hashes(data: bytes) -> npt.NDArray[np.uint64]:
    """A hash of the bytes from every place on that has enough of them after it."""
    windows = max(len(data) - _END + 1, 0)
    numbers = np.ndarray(windows, np.dtype("<u8"), data + bytes(8), strides=(1,))
    return ((numbers & np.uint64((1 << 8 * _END) - 1)) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _HASH_BITS)


def spellings(word: str) -> Iterator[tuple[str, str]]:
    """A word as people write it: numbers also full-width, in groups, ID numbers also with fifteen digits."""
    yield "plain", word
    if not word.isascii():
        return
    yield "full-width", "".join(chr(ord(character) + 0xFEE0) for character in word)
    cuts = {11: (3, 7), 18: (6, 14)}.get(len(word), range(4, len(word), 4))
    groups = [word[start:end] for start, end in zip((0, *cuts), (*cuts, len(word)), strict=True)]
    for between in " -":
        yield f"in groups by {between!r}", between.join(groups)
    if len(word) == 18:
        yield "fifteen digits", word[:6] + word[8:17]
        if word != word.lower():
            yield "small letter", word.lower()


def forms(word: str) -> Iterator[tuple[str, bytes]]:
    """Every form of a word, by name; ASCII in several encodings is one."""
    for spelling, text in spellings(word):
        named = f"{spelling}, " if spelling != "plain" else ""
        for codec in CODECS:
            yield f"{named}{codec}", text.encode(codec)
        escaped = json.dumps(text)[1:-1]
        for slashes in ("\\", "\\\\", "\\\\\\\\"):
            small = escaped.replace("\\", slashes)
            yield f"{named}JSON", small.encode()
            yield f"{named}JSON", re.sub(r"(?<=u)[0-9a-f]{4}", lambda code: code[0].upper(), small).encode()
        for entity in ("&#{:d};", "&#x{:x};", "&#x{:X};"):
            yield f"{named}HTML", "".join(c if c.isascii() else entity.format(ord(c)) for c in text).encode()
        for codec in CODECS[:2]:
            yield from ((f"{named}{codec}, {how}", written) for how, written in _written(text.encode(codec)))


def _written(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes as text."""
    percent = quote_from_bytes(raw, safe="")
    yield "URL", percent.encode()
    yield "URL", re.sub("%..", lambda code: code[0].lower(), percent).encode()
    yield "URL of every byte", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "hexadecimal", raw.hex().encode()
    yield "hexadecimal", raw.hex().upper().encode()
    for slash in ("\\", "\\\\"):
        if not raw.isascii():
            yield "Python", repr(raw)[2:-1].replace("\\", slash).encode()
        yield "octal", "".join(f"{slash}{byte:03o}" for byte in raw).encode()
    for before, lost in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(bytes(before) + raw).rstrip(b"=")
        # Characters that stand for other bytes too are not the word's own.
        own = encoded[lost : -1 if (before + len(raw)) % 3 else None]
        yield "base64", own
        yield "base64", own.translate(bytes.maketrans(b"+/", b"-_"))


def layers(data: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """The bytes, and what is packed in them: gzip, zlib, archives and workbooks, Parquet, and these as base64 or hexadecimal."""
    yield data
    if depth:
        for inner in _packed(data):
            yield from layers(inner, depth - 1)


def _packed(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    for begin in _COMPRESSED.finditer(data):
        # Any two bytes may look like the beginning: what then is no stream says so at once.
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        unpacked = bytearray()
        try:
            unpacked += unpacking.decompress(view[begin.start() : begin.start() + _PIECE], _PIECE)
        except zlib.error:
            continue
        if unpacked:
            yield bytes(unpacked)
    # One that is damaged holds what its bytes hold.
    if data.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield "\n".join(archive.namelist()).encode()
            yield from (archive.read(name) for name in archive.namelist())
    if data.startswith(b"PAR1"):
        with suppress(pa.ArrowInvalid, OSError):
            for column in pq.read_table(pa.BufferReader(data)).columns:
                yield json.dumps(column.to_pylist(), ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    for run in _COMPRESSED_AS_BASE64.finditer(data):
        text = run[0].translate(bytes.maketrans(b"-_", b"+/"))
        yield base64.b64decode(text[: len(text) // 4 * 4])
    yield from (bytes.fromhex(run[0].decode()) for run in _COMPRESSED_AS_HEX.finditer(data))
