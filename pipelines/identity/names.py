"""Names made comparable: the forms by which SQL compares two names (`name_level`), for the many ways of writing one.

Source: domain.md §3.3. What is known of single characters stands in name_characters.toml.
"""

from __future__ import annotations

import multiprocessing
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa
    from opencc import OpenCC

INTERPUNCT = "\u00b7"
GAP = "?"
# NFKC unifies only U+FF0E and U+FF65 of these, so all are named. The full stop stands for one between two Han characters.
_DOTS = re.compile("[\u00b7\u2022\u30fb\u2027\uff0e\uff65\u2219\u22c5.]")
_INVISIBLE = re.compile("[\\s\u3000\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f]+")
# What an export writes in place of a character it cannot encode, private characters of one system among them.
_GAPS = re.compile("[?？□■▢◻◯○●*＊〓×#_\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]")
_PLAIN = re.compile("[\u4e00-\u9fa5]+")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BRACKETS = re.compile(r"[(\[{<【〔〈《]([^()\[\]{}<>【】〔〕〈〉《》]*)(?:[)\]}>】〕〉》]|$)")
_FORMER = re.compile(r"(?:曾用名|原名|又名|旧名|别名|现用名|现名|化名)[为是叫:：]*(.+)")
_FORMER_OPEN = re.compile(r"(?<=..)曾用名[为是叫:：]*(.+)")
_DESCRIBED = re.compile(r"左.+右.+|上.+下.+|外.+[内里].+|.+[+加].+|.+[旁底头].+")
_LETTERS = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]+")
# The syllables of Mandarin, a few that do not exist among them; of single letters only e, which is a usual character.
_SYLLABLE = re.compile(
    "e|(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:iang|iong|uang|ang|eng|ong|ian|iao|uai|uan|ing|van|ve|ai|ei|ao|ou|an|en|in|un"
    "|ia|ie|iu|ua|uo|ui|ue|a|o|e|i|u|v))|ang?|ai|ao|ou|en|er"
)
_MOST_READINGS = 8
_PIECE = 50_000


class NameKey(NamedTuple):
    """A name as it is compared.

    `name_written`: as delivered but for blanks, width and case. `name_key`: its normal form, simplified, one kind of dot,
    `?` for a character that was lost, without what brackets add. `name_head` and `name_tail`: what stands before the
    first and after the last lost character. `name_pinyin`: tone-less, the surname read as a surname, `?` where nothing is
    known of a lost character. `name_sounds`: every reading, each between bars. `name_shape`: look-alikes made one.
    `name_sorted`: its characters in order. `name_first`: what stands before an interpunct. `name_former`: normal forms of
    former and other names beside it, each between bars.
    """

    name_key: str
    name_written: str
    name_head: str
    name_tail: str
    name_pinyin: str
    name_sounds: str
    name_shape: str
    name_sorted: str
    name_first: str
    name_former: str
    has_gap: bool


class _Characters(NamedTuple):
    surnames: dict[str, tuple[str, ...]]  # of one or two characters → readings, syllables of one between blanks
    readings: dict[str, tuple[str, ...]]
    shapes: dict[int, str]


@cache
def _known() -> _Characters:
    raw = tomllib.loads(Path(__file__).with_name("name_characters.toml").read_text(encoding="utf-8"))
    compound = {name: (text,) for name, text in raw["surnames"].items() if len(name) > 1}
    single = {name: tuple(text.split()) for name, text in raw["surnames"].items() if len(name) == 1}
    readings = {character: tuple(text.split()) for character, text in raw["readings"].items()}
    groups = raw["look_alikes"]["groups"]
    return _Characters(single | compound, readings, {ord(c): group[0] for group in groups for c in group})


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _simple(character: str) -> str:
    # Character by character: by phrases a character would be simplified beside some characters and stay beside others.
    simple = str(_simplifier().convert(character)).upper()
    return simple if simple in (character, "") else _simple(simple)


class _Simplified(dict[int, str]):
    """What `_simple` says, in the form that str.translate reads."""

    def __missing__(self, point: int) -> str:
        self[point] = _simple(chr(point))
        return self[point]


_SIMPLIFIED = _Simplified()


@cache
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return _known().readings.get(character) or (str(lazy_pinyin(character)[0]),)


def _by_position(text: str) -> list[tuple[str, ...]]:
    """The readings of each character, those of a surname in one piece."""
    surnames = _known().surnames
    size = 2 if len(text) > 2 and text[:2] in surnames else 1
    first = surnames.get(text[:size]) or _readings(text[:1])
    return [first, *map(_readings, text[size:])]


def _sound(letters: str) -> str | None:
    """The tone-less syllable that a run of letters writes, as pypinyin does; None where it is none."""
    bare = unicodedata.normalize("NFD", letters.lower()).replace("u\u0308", "v")
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = bare[0] + "v" + bare[3:] if bare.startswith(("lyu", "nyu")) else bare
    return bare if _SYLLABLE.fullmatch(bare) else None


def _bracketed(text: str) -> tuple[str, list[str]]:
    """The name without what brackets add: (name, other names). What is not understood stays as it is."""
    others: list[str] = []

    def read(match: re.Match[str]) -> str:
        content, before, after = match[1].strip(), text[: match.start()].strip(), text[match.end() :].strip()
        is_surname = len(before) == 1 or before in _known().surnames
        if before and (marked := _FORMER.fullmatch(content)):
            others.extend(re.split("[、,，;；/]", marked[1]))
            return ""
        if before and (_DESCRIBED.fullmatch(content) or ((is_surname or after) and 1 <= len(content) <= 4)):
            return content if _LETTERS.fullmatch(content) else GAP
        if len(before) >= 2 and not after and 2 <= len(content) <= 4 and content[0] == before[0]:
            others.append(content)
            return ""
        return match[0]

    name = _BRACKETS.sub(read, text)
    if (marked := _FORMER_OPEN.search(name)) is not None:
        others.append(marked[1])
        name = name[: marked.start()]
    return name, others


def _normal(text: str) -> tuple[str, list[str]]:
    """(normal form, sounds of the lost characters in order, `?` where nothing is known)."""
    sounds: list[str] = []
    if _HAN.search(text):

        def spelled(match: re.Match[str]) -> str:
            return GAP if _sound(match[0]) else match[0]

        runs = [match[0] for match in re.finditer(f"{re.escape(GAP)}|{_LETTERS.pattern}", text)]
        sounds = [_sound(run) or GAP for run in runs if run == GAP or _sound(run)]
        text = _LETTERS.sub(spelled, text)
    text = _DOTS.sub(INTERPUNCT, _INVISIBLE.sub("", text)).strip(INTERPUNCT + "'\"")
    return "".join(map(_simple, text)), sounds


def read_name(name: str) -> NameKey:
    """The comparable forms of a name as delivered; an empty name gives empty forms."""
    gaps: list[str] = []
    others: list[str] = []
    if _PLAIN.fullmatch(name) and "曾用名" not in name:
        written, key = name, name.translate(_SIMPLIFIED)
    else:
        text = unicodedata.normalize("NFKC", _GAPS.sub(GAP, name))
        written = _INVISIBLE.sub("", text).upper()
        text, others = _bracketed(text)
        key, gaps = _normal(text)
        others = [other for other, _ in map(_normal, others) if other and other != key]
    has_gap = GAP in key
    head, tail = (key.partition(GAP)[0], key.rpartition(GAP)[2]) if has_gap else (key, "")
    bare = key.replace(INTERPUNCT, "")
    positions = _by_position(bare) if bare else []
    if has_gap and gaps:
        known = iter(gaps)
        positions = [(next(known, GAP),) if readings == (GAP,) else readings for readings in positions]
    if all(len(readings) == 1 for readings in positions):
        sounds = [" ".join([readings[0] for readings in positions])] if positions else []
    else:
        sounds = [" ".join(one) for one in islice(product(*positions), _MOST_READINGS)]
    return NameKey(
        name_key=key,
        name_written=written,
        name_head=head,
        name_tail=tail,
        name_pinyin=sounds[0] if sounds else "",
        name_sounds=f"|{'|'.join(sounds)}|" if sounds else "",
        name_shape=bare.translate(_known().shapes),
        name_sorted="".join(sorted(bare)),
        name_first=key.partition(INTERPUNCT)[0] if INTERPUNCT in key else "",
        name_former=f"|{'|'.join(others)}|" if others else "",
        has_gap=has_gap,
    )


def name_table(names: Iterable[str], processes: int = 1) -> pa.Table:
    """Rows of core_name for distinct names: the name as delivered and the fields of NameKey."""
    import pyarrow as pa

    # Piece by piece: as Python texts the forms of millions of names would take gigabytes.
    distinct = list(dict.fromkeys(names))
    pieces = [distinct[start : start + _PIECE] for start in range(0, max(len(distinct), 1), _PIECE)]
    processes = min(processes, len(pieces))
    if processes == 1:
        return pa.concat_tables(map(_piece, pieces))
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("forkserver")) as pool:
        return pa.concat_tables(pool.map(_piece, pieces))


def _piece(names: list[str]) -> pa.Table:
    import pyarrow as pa

    kinds = {"name": pa.string()} | {f: pa.bool_() if f == "has_gap" else pa.string() for f in NameKey._fields}
    rows = [(name, *read_name(name)) for name in names]
    columns = zip(*rows, strict=True) if rows else ([] for _ in kinds)
    return pa.table({field: pa.array(values, kinds[field]) for field, values in zip(kinds, columns, strict=True)})
