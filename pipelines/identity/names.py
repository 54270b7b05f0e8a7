"""Names made comparable: one form for the many ways in which one name is written. Source: domain.md §3.3."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa
    from opencc import OpenCC

INTERPUNCT = "\u00b7"
# NFKC unifies only U+FF0E and U+FF65 of these, so all are named. The full stop stands for one between two Han characters.
_DOTS = re.compile("[\u00b7\u2022\u30fb\u2027\uff0e\uff65\u2219\u22c5.]")
_INVISIBLE = re.compile("[\\s\u3000\u200b-\u200f\u2060\ufeff]+")
# What an export writes in place of a character it cannot encode.
_GAPS = re.compile("[?？□*＊〓\ufffd\ue000-\uf8ff]")
GAP = "?"


class NameKey(NamedTuple):
    """A name as it is compared: its normal form, its tone-less pinyin, and whether a character was lost (`?`).

    `name_head` and `name_tail` are what stands before the first and after the last lost character.
    """

    name_key: str
    name_head: str
    name_tail: str
    name_pinyin: str
    has_gap: bool


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def read_name(name: str) -> NameKey:
    """The comparable form of a name as delivered; an empty name gives empty forms."""
    from pypinyin import lazy_pinyin

    text = _GAPS.sub(GAP, name)
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _DOTS.sub(INTERPUNCT, text).strip(INTERPUNCT + "'\"")
    text = _simplifier().convert(text).upper()
    head, tail = (text.split(GAP, 1)[0], text.rsplit(GAP, 1)[1]) if GAP in text else (text, "")
    return NameKey(text, head, tail, " ".join(lazy_pinyin(text)), GAP in text)


def name_table(names: Iterable[str]) -> pa.Table:
    """Rows of core_name for distinct names: the name as delivered and the fields of NameKey."""
    import pyarrow as pa

    rows = [(name, *read_name(name)) for name in sorted(set(names))]
    schema = pa.schema(
        [
            ("name", pa.string()),
            *((field, pa.bool_() if field == "has_gap" else pa.string()) for field in NameKey._fields),
        ]
    )
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
