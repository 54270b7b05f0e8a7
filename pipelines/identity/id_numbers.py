"""Citizen ID numbers (GB 11643-1999): what a delivered cell holds, in plain Python and as DuckDB expressions.

`read_id` is the reference; `read_sql`, `key_sql` and `class_sql` are the same function in DuckDB's SQL and are tested
against it on hostile values. Nothing is repaired: a number that fails its check gives a class and no key.

Classes: valid; upgraded_15 (15 digits, century 19 and check character added); disability_certificate (the first 18 of
at least 20 characters); missing; length; characters; date (outside 1900–2099 or no day of the calendar); checksum;
temporary (18 digits that begin with 999, given by schools); excel_damage (written as a number, digits lost);
placeholder (one character repeated, or 123456…). Source: domain.md §3.1, §3.3.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

CLASSES = (
    "valid",
    "upgraded_15",
    "disability_certificate",
    "missing",
    "length",
    "characters",
    "date",
    "checksum",
    "temporary",
    "excel_damage",
    "placeholder",
)
KEYED_CLASSES = ("valid", "upgraded_15", "disability_certificate")
EMPTY_WORDS = ("无", "没有", "不详", "未知", "暂无", "空", "NULL", "NONE", "N/A", "NA", "\\N", "/", "-", "--")

# Characters that carry nothing: controls, all blanks of Unicode, zero-width and direction marks, quotes Excel adds.
_DROPPED = "".join(
    chr(code)
    for first, last in (
        (0x01, 0x20), (0x7F, 0xA0), (0x1680, 0x1680), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x2060),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF), (0xFF07, 0xFF07),
    )
    for code in range(first, last + 1)
) + "'`‘’"  # fmt: skip
# Full-width ASCII; a fixed table and not NFKC, because DuckDB has no NFKC and the two must agree on every character.
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F) if code != 0xFF07)
_NARROW = "".join(chr(ord(character) - 0xFEE0) for character in _WIDE).upper()
_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FOLD = str.maketrans(_WIDE + _LOWER, _NARROW + _UPPER, _DROPPED)

_EXCEL = r"[0-9](\.[0-9]+)?E\+?[0-9]{2}|[0-9]{15,18}\.0+"
_CERTIFICATE = r"[0-9]{17}[0-9X][1-7][1-4](B[0-9]{1,2})?"
_DIGITS = r"[0-9]+X?"
_BODY = r"[0-9]{17}[0-9X]"
_COUNTING = "123456789012345678901234567890"
_CHECK = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class IdNumber(NamedTuple):
    """`key` is the 18-character number where `klass` is one of KEYED_CLASSES, else None."""

    key: str | None
    klass: str


def check_character(digits: str) -> str:
    """The 18th character that belongs to 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def _is_day(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2099
    except ValueError:
        return False


def read_id(text: str | None) -> IdNumber:
    """What a cell holds that should hold an ID number; never an error, whatever the text."""
    folded = (text or "").translate(_FOLD)
    if folded == "" or folded in EMPTY_WORDS:
        return IdNumber(None, "missing")
    if re.fullmatch(_EXCEL, folded, re.ASCII):
        return IdNumber(None, "excel_damage")
    if folded == folded[0] * len(folded) or (len(folded) >= 6 and _COUNTING.startswith(folded)):
        return IdNumber(None, "placeholder")
    body, klass = folded, "valid"
    if len(folded) >= 20 and re.fullmatch(_CERTIFICATE, folded, re.ASCII):
        body, klass = folded[:18], "disability_certificate"
    elif not re.fullmatch(_DIGITS, folded, re.ASCII):
        return IdNumber(None, "characters")
    elif len(folded) == 15 and not folded.endswith("X"):
        seventeen = f"{folded[:6]}19{folded[6:]}"
        body, klass = seventeen + check_character(seventeen), "upgraded_15"
    elif len(folded) != 18:
        return IdNumber(None, "characters" if len(folded) == 15 else "length")
    if klass != "upgraded_15" and body.startswith("999"):
        return IdNumber(None, "temporary")
    if not _is_day(body[6:14]):
        return IdNumber(None, "date")
    if body[17] != check_character(body[:17]):
        return IdNumber(None, "excel_damage" if klass == "valid" and body.endswith("000") else "checksum")
    return IdNumber(body, klass)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _check_sql(value: str) -> str:
    """Check character of 17 digits held in a BIGINT; the weights are the powers of two modulo 11."""
    terms = "+".join(f"{2**place}*({value}//{10**place})" for place in range(1, 17))
    # v - 4*(2*(v//10)+4*(v//100)+…) is the sum of digit × 2^place without cutting out a single digit.
    return f"substr('{_CHECK}', ((({value} - 4*({terms})) * 2) % 11)::INTEGER + 1, 1)"


def _day_sql(value: str) -> str:
    year, month, day = f"({value}//10000000)%10000", f"({value}//100000)%100", f"({value}//1000)%100"
    return (
        f"({year} BETWEEN 1900 AND 2099 AND {month} BETWEEN 1 AND 12 AND {day} >= 1 AND ({day} <= 28"
        f" OR ({day} <= 30 AND {month} <> 2) OR ({day} = 31 AND {month} IN (1,3,5,7,8,10,12))"
        f" OR ({day} = 29 AND {month} = 2 AND {year}%4 = 0 AND ({year}%100 <> 0 OR {year}%400 = 0))))"
    )


def _struct(key: str, klass: str) -> str:
    return f"{{'key': {key}, 'class': {klass}}}"


def read_sql(column: str) -> str:
    """DuckDB expression, a STRUCT("key" VARCHAR, "class" VARCHAR): `read_id` of a text column.

    Whole and well-formed numbers, 98 of 100, take a path without folding; lambdas bind each intermediate value once.
    """
    drop = _literal(_DROPPED)
    folded = f"translate(translate({column}, {drop}, ''), {_literal(_WIDE + _LOWER)}, {_literal(_NARROW + _UPPER)})"
    words = ", ".join(_literal(word) for word in EMPTY_WORDS)
    null = "NULL::VARCHAR"

    def checked(body: str, klass: str, checksum: str) -> str:
        """The tail of the cascade for a body of 17 digits and a check character."""
        inner = (
            f"CASE WHEN NOT {_day_sql('v')} THEN {_struct(null, _literal('date'))}"
            f" WHEN right(b, 1) <> {_check_sql('v')} THEN {_struct(null, checksum)}"
            f" ELSE {_struct('b', _literal(klass))} END"
        )
        return (
            f"list_transform([{body}], lambda b: CASE WHEN starts_with(b, '999') THEN"
            f" {_struct(null, _literal('temporary'))}"
            f" ELSE list_transform([CAST(left(b, 17) AS BIGINT)], lambda v: {inner})[1] END)[1]"
        )

    upgraded = (
        f"list_transform([CAST(left(t, 6) || '19' || substr(t, 7) AS BIGINT)], lambda v:"
        f" CASE WHEN NOT {_day_sql('v')} THEN {_struct(null, _literal('date'))} ELSE"
        f" {_struct(f'''left(t, 6) || '19' || substr(t, 7) || {_check_sql('v')}''', _literal('upgraded_15'))} END)[1]"
    )
    damaged = "CASE WHEN ends_with(b, '000') THEN 'excel_damage' ELSE 'checksum' END"
    cascade = (
        f"CASE WHEN t IS NULL OR t = '' OR t IN ({words}) THEN {_struct(null, _literal('missing'))}"
        f" WHEN regexp_full_match(t, {_literal(_EXCEL)}) THEN {_struct(null, _literal('excel_damage'))}"
        f" WHEN t = repeat(left(t, 1), length(t)) OR (length(t) >= 6 AND starts_with('{_COUNTING}', t))"
        f" THEN {_struct(null, _literal('placeholder'))}"
        f" WHEN regexp_full_match(t, {_literal(_CERTIFICATE)}) THEN"
        f" {checked('left(t, 18)', 'disability_certificate', _literal('checksum'))}"
        f" WHEN NOT regexp_full_match(t, {_literal(_DIGITS)}) THEN {_struct(null, _literal('characters'))}"
        f" WHEN strlen(t) = 15 AND NOT ends_with(t, 'X') THEN {upgraded}"
        f" WHEN strlen(t) <> 18 THEN"
        f" {_struct(null, '''CASE WHEN strlen(t) = 15 THEN 'characters' ELSE 'length' END''')}"
        f" ELSE {checked('t', 'valid', damaged)} END"
    )
    slow = f"list_transform([{folded}], lambda t: {cascade})[1]"
    # A sound number in clean characters; whatever else (999…, placeholders, a wrong check) goes the long way.
    clean = f"regexp_full_match({column}, {_literal(_BODY)}) AND NOT starts_with({column}, '999')"
    fast = (
        f"list_transform([CAST(left({column}, 17) AS BIGINT)], lambda v:"
        f" CASE WHEN {_day_sql('v')} AND right({column}, 1) = {_check_sql('v')}"
        f" THEN {_struct(column, _literal('valid'))} END)[1]"
    )
    return f"CASE WHEN {clean} THEN coalesce({fast}, {slow}) ELSE {slow} END"


def key_sql(column: str) -> str:
    """DuckDB expression: the key of `read_id` of a text column, VARCHAR or NULL."""
    return f'({read_sql(column)})."key"'


def class_sql(column: str) -> str:
    """DuckDB expression: the class of `read_id` of a text column, VARCHAR."""
    return f'({read_sql(column)})."class"'
