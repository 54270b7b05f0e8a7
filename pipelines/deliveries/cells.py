"""How a cell of each declared type is read: DuckDB expressions from the trimmed text to the staged value.

An expression gives NULL for a cell it cannot read; staging keeps the text of such a cell in `unread`. The spellings
are those of domain.md §3.3 and §5.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.sources.base import CodeList, Column, Type

TRUE_WORDS = (
    "是",
    "1",
    "Y",
    "YES",
    "T",
    "TRUE",
    "√",
    "✓",
    "✔",
    "☑",
    "有",
    "对",
    "有效",
    "参加",
    "已参加",
    "享受",
    "愿意",
)
FALSE_WORDS = (
    "否",
    "0",
    "N",
    "NO",
    "F",
    "FALSE",
    "×",
    "✗",
    "✘",
    "☒",
    "X",
    "无",
    "错",
    "无效",
    "未参加",
    "未享受",
    "不愿意",
)
EMPTY_WORDS = ("NULL", "\\N", "#N/A")  # what exports write for nothing
OPEN_END = "999912"

_BLANKS = "".join(
    map(chr, (*range(0x01, 0x21), 0x7F, 0xA0, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x3000, 0xFEFF))
)
_AROUND = re.compile(rf"\A[{re.escape(_BLANKS)}]*'?[{re.escape(_BLANKS)}]*|[{re.escape(_BLANKS)}]+\Z")
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
_ANY_DATE = (
    "([0-9]{4})[-/.年、] *([0-9]{1,2})[-/.月、] *([0-9]{1,2})日?([ T][0-9:.]{4,}| *[0-9]{1,2}[时点:][0-9时点分秒:]*)?"
)
_ANY_MONTH = "([0-9]{4})[-/.年]?([0-9]{1,2})月?"
_FIRST_SERIAL, _LAST_SERIAL = 20000, 60000  # a spreadsheet's days since 1899-12-30: 1954 to 2064


_CODE_AND_LABEL = (
    r"^[(\[]?0*([0-9A-Z]{1,6})[)\]]?[-_ :.、,|/~—]*([^-_ :.、,|/~—0-9A-Z)\]].*)$",
    r"^(.*[^-_ :.、,|/~—0-9A-Z(\[])[-_ :.、,|/~—]*[(\[]?([0-9A-Z]{1,6})[)\]]?$",
)
_OF_YEARS = "度?|[级届]"  # 2018年度, 2018级
_EXPLAINED = re.compile(r"\([^()]*\)")  # what a label says in brackets, and senders leave out


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def trimmed(raw: str) -> str:
    """The cell without blanks around it, an Excel apostrophe before it, or words that mean nothing; NULL where empty.

    Most cells need none of this and are only looked at.
    """
    words = ", ".join(literal(word) for word in EMPTY_WORDS)
    blanks = "".join(f"\\x{{{ord(character):x}}}" for character in _BLANKS)
    solid = f"(?s)[^{blanks}\\x27](.*[^{blanks}])?"
    bare = f"nullif(regexp_replace({raw}, '^[{blanks}]*\\x27?[{blanks}]*|[{blanks}]+$', '', 'g'), '')"
    return (
        f"CASE WHEN {raw} IS NULL OR {raw} IN ({words}) THEN NULL WHEN regexp_full_match({raw}, '{solid}') THEN {raw}"
        f" WHEN {bare} IN ({words}) THEN NULL ELSE {bare} END"
    )


def trim(raw: str) -> str:
    """What `trimmed` leaves of a cell, in Python; '' for NULL."""
    bare = raw
    if raw and (raw[0] in _BLANKS or raw[0] == "'" or raw[-1] in _BLANKS):
        bare = _AROUND.sub("", raw)
    return "" if bare in EMPTY_WORDS else bare


def narrow(text: str) -> str:
    """Full-width characters as their ASCII ones, letters in upper case."""
    return (
        f"upper(CASE WHEN regexp_matches({text}, '[\\x{{ff01}}-\\x{{ff5e}}]')"
        f" THEN translate({text}, {literal(_WIDE)}, {literal(_NARROW)}) ELSE {text} END)"
    )


def _in(text: str, words: tuple[str, ...]) -> str:
    return f"{text} IN ({', '.join(literal(word) for word in words)})"


def _bound(expression: str, name: str, body: str) -> str:
    """`body` with `name` standing for `expression`, worked out once."""
    return f"list_transform([{expression}], lambda {name}: {body})[1]"


def _sane(day: str) -> str:
    return (
        f"CASE WHEN {day} BETWEEN DATE '1900-01-01' AND DATE '2099-12-31' OR {day} = DATE '9999-12-31' THEN {day} END"
    )


class Usual(NamedTuple):
    """How nearly every cell of a type is written: the condition that tells one, and its value, cheaper than any other's.

    The value is NULL where a cell only looks so.
    """

    condition: str
    value: str


def _usual_or(text: str, usual: Usual, other: str) -> str:
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN {usual.condition} THEN {usual.value} ELSE {other} END"


def _usual_date(text: str) -> Usual:
    # Cheaper than a pattern; whatever else has this shape is no date, in this way of reading or another.
    return Usual(
        f"strlen({text}) = 10 AND {text} LIKE '____-__-__' AND {text} >= '19' AND {text} < '21'",
        f"try_cast({text} AS DATE)",
    )


def _usual_month(text: str) -> Usual:
    return Usual(f"regexp_full_match({text}, '(19|20)[0-9]{{2}}(0[1-9]|1[0-2])')", text)


def _usual_integer(text: str) -> Usual:
    return Usual(f"regexp_full_match({text}, '[0-9]{{1,9}}')", f"CAST({text} AS INTEGER)")


def _usual_amount(text: str) -> Usual:
    return Usual(f"regexp_full_match({text}, '[0-9]{{1,14}}([.][0-9]{{1,2}})?')", f"CAST({text} AS DECIMAL(18,2))")


def _usual_flag(text: str) -> Usual:
    return Usual(f"{text} IN ('1', '0', '是', '否')", f"{text} IN ('1', '是')")


def known(text: str, words: Iterable[str]) -> str:
    """DuckDB expression: the text as one of an ENUM of words, else NULL. It costs the same however many they are."""
    listed = ", ".join(map(literal, words))
    return f"try_cast({text} AS ENUM({listed}))" if listed else "NULL::VARCHAR"


def _date(text: str) -> str:
    spelled = rf"try_cast(regexp_replace(n, '^{_ANY_DATE}$', '\1-\2-\3') AS DATE)"
    serial = (
        f"CASE WHEN CAST(left(n, 5) AS INTEGER) BETWEEN {_FIRST_SERIAL} AND {_LAST_SERIAL}"
        f" THEN DATE '1899-12-30' + CAST(left(n, 5) AS INTEGER) END"
    )
    slow = _bound(
        narrow(text),
        "n",
        f"CASE WHEN regexp_full_match(n, '[0-9]{{8}}([0-9]{{6}})?') THEN"
        f" try_cast(left(n, 4) || '-' || n[5:6] || '-' || n[7:8] AS DATE)"
        f" WHEN regexp_full_match(n, '{_ANY_DATE}') THEN {spelled}"
        f" WHEN regexp_full_match(n, '[0-9]{{5}}([.][0-9]+)?') THEN {serial} END",
    )
    slow = _bound(slow, "d", _sane("d"))
    return _usual_or(text, _usual_date(text), slow)


def _month(text: str) -> str:
    spelled = rf"regexp_extract(n, '^{_ANY_MONTH}$', 1) || lpad(regexp_extract(n, '^{_ANY_MONTH}$', 2), 2, '0')"
    day = f"strftime({_date('n')}, '%Y%m')"
    read = _bound(narrow(text), "n", f"CASE WHEN regexp_full_match(n, '{_ANY_MONTH}') THEN {spelled} ELSE {day} END")
    sane = (
        f"CASE WHEN m = '{OPEN_END}' OR (left(m, 4) BETWEEN '1900' AND '2099' AND right(m, 2) BETWEEN '01' AND '12')"
        f" THEN m END"
    )
    return _usual_or(text, _usual_month(text), _bound(read, "m", sane))


def _school_year(text: str) -> str:
    """2018-2019 from its spellings; a lone year says so only with 学年 behind it."""
    year = "CAST(n[3:4] AS INTEGER)"
    whole = f"(n[1:4] || '-20' || lpad(CAST({year} + 1 AS VARCHAR), 2, '0'))"
    return _bound(
        narrow(text),
        "n",
        f"CASE WHEN regexp_full_match(n, '20[0-9]{{2}}学年度?') THEN {whole}"
        f" WHEN regexp_full_match(n, '20[0-9]{{2}}[-/~—–至到]+(20)?[0-9]{{2}}(学年度?)?')"
        f" AND CAST(regexp_extract(n, '([0-9]{{2}})(学年度?)?$', 1) AS INTEGER) = {year} + 1 THEN {whole} END",
    )


def _unit(column: Column) -> str:
    """The narrow text without the column's unit behind it."""
    return (
        f"trim(regexp_replace(n, '{column.unit}{_OF_YEARS if column.unit == '年' else ''}$', ''))"
        if column.unit
        else "n"
    )


def _integer(text: str, column: Column) -> str:
    slow = _bound(
        _bound(narrow(text), "n", _unit(column)),
        "u",
        "CASE WHEN regexp_full_match(u, '-?[0-9]{1,9}([.]0+)?') THEN CAST(regexp_replace(u, '[.]0+$', '') AS INTEGER)"
        " WHEN regexp_full_match(u, '-?[0-9]{1,3}(,[0-9]{3}){1,2}') THEN CAST(replace(u, ',', '') AS INTEGER) END",
    )
    return _usual_or(text, _usual_integer(text), slow)


def _amount(text: str) -> str:
    """Yuan; 万元 behind the number multiplies by ten thousand. More than two decimals are rounded half up."""
    number = "[-+]?([0-9]{1,14}|[0-9]{1,3}(,[0-9]{3}){1,4})([.][0-9]+)?"
    digits = "replace(u, ',', '')"
    slow = _bound(
        f"regexp_replace(replace({narrow(text)}, ' ', ''), '^[¥￥]|元$', '', 'g')",
        "u",
        f"CASE WHEN regexp_full_match(u, '{number}') THEN try_cast({digits} AS DECIMAL(18,2))"
        f" WHEN regexp_full_match(u, '{number}万') THEN"
        f" try_cast(try_cast(replace({digits}, '万', '') AS DECIMAL(24,6)) * 10000 AS DECIMAL(18,2)) END",
    )
    return _usual_or(text, _usual_amount(text), slow)


def _flag(text: str) -> str:
    slow = _bound(
        narrow(text), "n", f"CASE WHEN {_in('n', TRUE_WORDS)} THEN true WHEN {_in('n', FALSE_WORDS)} THEN false END"
    )
    return _usual_or(text, _usual_flag(text), slow)


def code_words(codes: CodeList) -> dict[str, str]:
    """Every spelling under which a code is taken: itself, its label, both, what senders also write, and without leading
    zeros; in the form that `narrow` gives a cell."""
    words: dict[str, str] = {}
    for code, label in codes.labels.items():
        for word in (
            code,
            label,
            f"{code}-{label}",
            f"{code} {label}",
            f"{code}{label}",
            f"{code}.{label}",
            f"{code}:{label}",
            f"{code}、{label}",
        ):
            words.setdefault(_narrowed(word), code)
    for word, code in codes.also.items():
        words.setdefault(_narrowed(word), code)
    bare = {code: _EXPLAINED.sub("", _narrowed(label)) for code, label in codes.labels.items()}
    for code, word in bare.items():
        if word and list(bare.values()).count(word) == 1:
            words.setdefault(word, code)
    for code in codes.labels:
        words.setdefault(code.lstrip("0").upper() or "0", code)
    return words


def _narrowed(word: str) -> str:
    return word.translate(str.maketrans(_WIDE, _NARROW)).upper()


def _code(text: str, codes: CodeList) -> str:
    words = code_words(codes)
    pairs = ", ".join(f"{literal(word)}: {literal(code)}" for word, code in words.items())
    words_map = f"MAP {{{pairs}}}"
    apart = "nullif(regexp_extract(n, '{}', {}), '')".format
    alone = f"map_extract_value({words_map}, n)"
    # A code and a label in one cell, however they are joined, where both mean the same.
    joined = [
        f"CASE WHEN map_extract_value({words_map}, {apart(form, 1)}) = map_extract_value({words_map}, {apart(form, 2)})"
        f" THEN map_extract_value({words_map}, {apart(form, 1)}) END"
        for form in _CODE_AND_LABEL
    ]
    slow = _bound(narrow(text), "n", f"coalesce({', '.join((alone, *joined))})")
    return _usual_or(text, Usual(f"{known(text, codes.codes)} IS NOT NULL", text), slow)


def reading(column: Column, text: str) -> str:
    """DuckDB expression for the staged value of a column whose trimmed cell is `text`; ID numbers stay as sent."""
    match column.type:
        case Type.DATE:
            return _date(text)
        case Type.MONTH:
            return _month(text)
        case Type.SCHOOL_YEAR:
            return _school_year(text)
        case Type.INTEGER:
            return _integer(text, column)
        case Type.AMOUNT:
            return _amount(text)
        case Type.FLAG:
            return _flag(text)
        case Type.CODE:
            assert column.codes is not None
            return _code(text, column.codes)
    return text


def usual_reading(column: Column, text: str) -> str | None:
    """DuckDB expression for what `reading` gives of a cell that is written as nearly all of its type are; NULL for any other.

    Codes are of an ENUM. None for a type without a usual way to write it.
    """
    match column.type:
        case Type.DATE:
            usual = _usual_date(text)
        case Type.MONTH:
            usual = _usual_month(text)
        case Type.INTEGER:
            usual = _usual_integer(text)
        case Type.AMOUNT:
            usual = _usual_amount(text)
        case Type.FLAG:
            usual = _usual_flag(text)
        case Type.CODE:
            assert column.codes is not None
            return known(text, column.codes.codes)
        case Type.SCHOOL_YEAR:
            return None
        case _:
            return text
    return f"CASE WHEN {usual.condition} THEN {usual.value} END"


def is_fallible(column: Column) -> bool:
    """Whether a cell of the column can be there and still be unreadable."""
    return column.type not in (Type.TEXT, Type.NAME, Type.ID_NUMBER)
