"""ID numbers (GB 11643-1999) and other documents: what a delivered cell holds, in plain Python and in SQL.

`read_id` is the reference; `with_ids` is the same function in SQL, tested against it on hostile values. Nothing is
repaired: a number that fails its check gives a class and no key.

Keys are numbers of GB 11643's form, which the person keeps for life and whose check character tells a slip of the pen:
valid; upgraded_15 (15 digits, century 19 and check character added); disability_certificate (the first 18 of at least 20
characters); residence_permit (港澳台居民居住证, 81, 82, 83 …); foreign_permit (外国人永久居留身份证 since 2023, 9 …).

Other documents are recognised and are no keys: a renewed one has another number, and without a check character a slip
names somebody else. foreign_permit_15 (永久居留证 until 2023), hk_macao_travel_permit, taiwan_travel_permit, passport.

No number: missing; length; characters; date (outside 1900–2099 or no day of the calendar); checksum; temporary (18 digits
that begin with 999, given by schools); excel_damage (written as a number, digits lost); placeholder (one character
repeated, or 123456…). Source: domain.md §3.1, §3.3; GB 11643; forms of the permits as the immigration administration
published them (2018-09 and 2023-12), those of travel documents by use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

KEYED_CLASSES = ("valid", "upgraded_15", "disability_certificate", "residence_permit", "foreign_permit")
# Eight digits that begin with 19 or 20 are somebody's birth date rather than a permit.
_DOCUMENTS = {
    "foreign_permit_15": "[A-Z]{3}[0-9]{12}",
    "hk_macao_travel_permit": "[HM][0-9]{8}([0-9]{2})?",
    "taiwan_travel_permit": "([03-9][0-9]|1[0-8]|2[1-9])[0-9]{6}|[0-9]{10}([A-Z]|[(][A-Z][)])",
    "passport": "[DEGKPS][0-9A-Z][0-9]{7}",
}
OTHER_DOCUMENTS = tuple(_DOCUMENTS)
CLASSES = (
    *KEYED_CLASSES,
    *OTHER_DOCUMENTS,
    "missing",
    "length",
    "characters",
    "date",
    "checksum",
    "temporary",
    "excel_damage",
    "placeholder",
)
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

_EXCEL = "[0-9]([.][0-9]+)?E[+]?[0-9]{2}|[0-9]{15,18}[.]0+"
_CERTIFICATE = "[0-9]{17}[0-9X][1-7][1-4](B[0-9]{1,2})?"
_DIGITS = "[0-9]+X?"
_RESIDENTS = ("81", "82", "83")  # 港澳台居民: codes of Hong Kong, Macao and Taiwan in GB/T 2260
_BODY = "[0-9]{17}[0-9X]"
_COUNTING = "123456789012345678901234567890"
_STEPS = ("digits", "pairs", "fours", "eights", "odd", "first", "year", "month", "day", "remainder", "days")
# Days of the month (28 in February), written in decimal and read as if hexadecimal; so is the month.
_DAYS_BY_HEX_MONTH = [0, 0x31, 0x28, 0x31, 0x30, 0x31, 0x30, 0x31, 0x31, 0x30, *[0] * 6, 0x31, 0x30, 0x31]
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


def _kind(body: str) -> str:
    """Whose number of 18 characters it is."""
    if body.startswith(_RESIDENTS):
        return "residence_permit"
    return "foreign_permit" if body.startswith("9") else "valid"


def read_id(text: str | None) -> IdNumber:
    """What a cell holds that should hold an ID number; never an error, whatever the text."""
    folded = (text or "").translate(_FOLD)
    if folded == "" or folded in EMPTY_WORDS:
        return IdNumber(None, "missing")
    if re.fullmatch(_EXCEL, folded, re.ASCII):
        return IdNumber(None, "excel_damage")
    if folded == folded[0] * len(folded) or (len(folded) >= 6 and _COUNTING.startswith(folded)):
        return IdNumber(None, "placeholder")
    if document := next((name for name, form in _DOCUMENTS.items() if re.fullmatch(form, folded, re.ASCII)), None):
        return IdNumber(None, document)
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
    if klass == "valid":
        klass = _kind(body)
    if not _is_day(body[6:14]):
        return IdNumber(None, "date")
    if body[17] != check_character(body[:17]):
        is_cut = len(folded) == 18 and body.endswith("000")
        return IdNumber(None, "excel_damage" if is_cut else "checksum")
    return IdNumber(body, klass)


def names_somebody(text: str) -> bool:
    """Whether an ID number stands in a text that is about no person: a file's name, a reason. Of fifteen digits only where
    they stand alone; of eighteen, whose check character no other number has by chance, also among others."""
    for run in re.findall(r"[0-9]{15,}X?", text.translate(_FOLD), re.ASCII):
        if any(read_id(run[at : at + 18]).key for at in range(len(run) - 17)):
            return True
        if len(run) == 15 and read_id(run).key:
            return True
    return False


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def check_sql(value: str) -> str:
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


def folded(text: str, quick: bool) -> str:
    """The text as `read_id` looks at it; well-formed numbers, 98 of 100, are left as they are."""
    if not quick:
        return f"translate({text}, {_literal(_WIDE + _LOWER + _DROPPED)}, {_literal(_NARROW + _UPPER)})"
    dropped = "".join(f"\\x{{{ord(character):x}}}" for character in _DROPPED)
    bare = f"regexp_replace({text}, '[{dropped}]', '', 'g')"
    return (
        f"CASE WHEN regexp_full_match({text}, '{_BODY}') THEN {text}"
        f" WHEN regexp_full_match({text}, '[ -~]*') THEN upper({bare})"
        f" ELSE translate({bare}, {_literal(_WIDE + _LOWER)}, {_literal(_NARROW + _UPPER)}) END"
    )


def _shape(t: str) -> str:
    """The class as far as characters tell it; one of KEYED_CLASSES while birth date and check are still open."""
    words = ", ".join(_literal(word) for word in EMPTY_WORDS)
    documents = " ".join(
        f"WHEN regexp_full_match({t}, {_literal(pattern)}) THEN {_literal(document)}"
        for document, pattern in _DOCUMENTS.items()
    )
    return (
        f"CASE WHEN regexp_full_match({t}, '{_BODY}') THEN"
        f" CASE WHEN {t} = repeat(left({t}, 1), 18) OR starts_with('{_COUNTING}', {t}) THEN 'placeholder'"
        f" WHEN starts_with({t}, '999') THEN 'temporary' WHEN starts_with({t}, '9') THEN 'foreign_permit'"
        f" WHEN left({t}, 2) IN ({', '.join(map(_literal, _RESIDENTS))}) THEN 'residence_permit' ELSE 'valid' END"
        f" WHEN {t} IS NULL OR {t} = '' OR {t} IN ({words}) THEN 'missing'"
        f" WHEN regexp_full_match({t}, {_literal(_EXCEL)}) THEN 'excel_damage'"
        f" WHEN {t} = repeat(left({t}, 1), length({t})) OR (length({t}) >= 6 AND starts_with('{_COUNTING}', {t}))"
        f" THEN 'placeholder'"
        f" WHEN regexp_full_match({t}, {_literal(_CERTIFICATE)}) THEN"
        f" CASE WHEN starts_with({t}, '999') THEN 'temporary' ELSE 'disability_certificate' END {documents}"
        f" WHEN NOT regexp_full_match({t}, {_literal(_DIGITS)}) THEN 'characters'"
        f" WHEN strlen({t}) = 15 THEN CASE WHEN ends_with({t}, 'X') THEN 'characters' ELSE 'upgraded_15' END"
        f" ELSE 'length' END"
    )


def _hex(digits: str) -> str:
    return f"{int(digits, 16)}::UBIGINT"


def _sums(value: str) -> tuple[str, str, str]:
    """Steps that add up 16 digits, one in every four bits, each times a power of two: pairs, fours, eights."""

    def step(bits: int, mask: str) -> str:
        return f"({value} & {_hex(mask)}) + {2 ** (bits // 4)}::UBIGINT * (({value} >> {bits}) & {_hex(mask)})"

    return step(4, "0F" * 8), step(8, "00FF" * 4), step(16, "0000FFFF" * 2)


def _digit_layers(columns: Sequence[str]) -> list[list[str]]:
    """Columns to add to a relation, layer upon layer, before `_is_sound` of its text columns can be asked."""
    layers: list[list[str]] = [[] for _ in range(6)]
    for column in columns:
        text, *steps = (_quoted(name) for name in (column, *(f"_{step}_{column}" for step in _STEPS)))
        digits, pairs, fours, eights, odd, first, year, month, day, remainder, days = steps
        layers[0].append(
            f"try_cast('0x' || substr({text}, 2, 16) AS UBIGINT) AS {digits}, ascii({text}) - 48 AS {first}"
        )
        layers[1].append(f"{_sums(digits)[0]} AS {pairs}")
        layers[2].append(f"{_sums(pairs)[1]} AS {fours}")
        layers[3].append(f"{_sums(fours)[2]} AS {eights}")
        high, middle, low = (_hex(nibble * 16) for nibble in "842")
        layers[4].append(
            f"{digits} & {high} & ((({digits} & {middle}) << 1) | (({digits} & {low}) << 2)) AS {odd},"
            f" CAST(({digits} >> 28) & 65535 AS INTEGER) AS {year}, CAST(({digits} >> 20) & 255 AS INTEGER) AS {month},"
            f" CAST(({digits} >> 12) & 255 AS INTEGER) AS {day}"
        )
        total = f"CAST(({eights} & {_hex('F' * 8)}) + 256::UBIGINT * ({eights} >> 32) AS BIGINT)"
        layers[5].append(
            f"CAST((2 * {total} + 7 * {first}) % 11 AS INTEGER) AS {remainder},"
            f" [{', '.join(map(str, _DAYS_BY_HEX_MONTH))}][{month} + 1] AS {days}"
        )
    return layers if columns else []


def _is_sound(column: str) -> str:
    """Whether a text is a valid number of 18 characters, the last perhaps an x; over `_digit_layers` of the column.

    Says no to some that are valid: those that begin with 0, 8 or 9, with a second digit 0, or born on 29 February. Numbers
    are computed with all at once and no branch: that is fastest where nearly every number is sound.
    """
    text, *steps = (_quoted(name) for name in (column, *(f"_{step}_{column}" for step in _STEPS)))
    digits, _, _, _, odd, first, year, month, day, remainder, days = steps
    check = ", ".join(f"'{character}'" for character in _CHECK)
    return (
        # Sixteen digits and no underscore, which a cast passes over.
        f"(strlen({text}) = 18 AND {digits} >= {_hex('1' + '0' * 15)} AND {odd} = 0 AND {first} BETWEEN 1 AND 7"
        f" AND {year} BETWEEN {0x1900} AND {0x2099} AND {month} <= {0x12} AND {day} BETWEEN 1 AND {days}"
        f" AND (ends_with({text}, [{check}][{remainder} + 1]) OR {remainder} = 2 AND ends_with({text}, 'x')))"
    )


def _sound_key(column: str) -> str:
    text = _quoted(column)
    return f"CASE WHEN ends_with({text}, 'x') THEN upper({text}) ELSE {text} END"


def with_sound_ids(source: str, columns: Mapping[str, str]) -> str:
    """A SELECT of every column that the relation `source` gives, with the keys of its text columns that hold numbers of
    class valid; most of these, and NULL for the others.

    `columns` maps a text column to the name of its new key column.
    """
    select = source
    for layer in _digit_layers(list(columns)):
        select = f"(SELECT *, {', '.join(layer)} FROM {select})"
    working = ", ".join(_quoted(f"_{step}_{column}") for column in columns for step in _STEPS)
    keys = [
        f"CASE WHEN {_is_sound(column)} THEN {_sound_key(column)} END AS {_quoted(key)}"
        for column, key in columns.items()
    ]
    return f"SELECT * EXCLUDE ({working}), {', '.join(keys)} FROM {select}" if columns else f"SELECT * FROM {source}"


def with_ids(source: str, columns: Mapping[str, tuple[str, str]], *, quick: bool = True) -> str:
    """A SELECT of every column that the relation `source` gives, with `read_id` of its text columns added.

    `columns` maps a text column to the names of its new key and class columns. Sound numbers, 97 of 100, are known by
    a few operations on all their digits at once; the steps for the others are nested subqueries, so that each value is
    worked out once and rare cases cost only the rows they concern (performance.md). Not `quick`: without those
    operations, which DuckDB alone has; a text for any engine.
    """
    if not columns:
        return f"SELECT * FROM {source}"
    layers: list[list[str]] = [*(_digit_layers(list(columns)) if quick else [[]] * 6), *([] for _ in range(6))]
    working = [f"_{step}_{column}" for column in columns for step in _STEPS] if quick else []
    for number, (column, (_, klass)) in enumerate(columns.items()):
        names = [f"_{name}{number}" for name in ("sound", "text", "shape", "body", "value", "check")]
        sound, t, shape, body, value, check = names
        working += names
        layers[6].append(f"{f'coalesce({_is_sound(column)}, false)' if quick else 'false'} AS {sound}")
        layers[7].append(f"CASE WHEN NOT {sound} THEN {folded(_quoted(column), quick)} END AS {t}")
        layers[8].append(f"CASE WHEN NOT {sound} THEN {_shape(t)} END AS {shape}")
        is_open = f"{shape} IN ({', '.join(_literal(name) for name in KEYED_CLASSES)})"
        layers[9].append(
            f"CASE WHEN {shape} = 'upgraded_15' THEN left({t}, 6) || '19' || substr({t}, 7)"
            f" WHEN {is_open} THEN left({t}, 18) END AS {body},"
            f" CASE WHEN {is_open} THEN CAST(left(CASE WHEN {shape} = 'upgraded_15'"
            f" THEN left({t}, 6) || '19' || substr({t}, 7) ELSE {t} END, 17) AS BIGINT) END AS {value}"
        )
        layers[10].append(f"CASE WHEN {value} IS NOT NULL THEN {check_sql(value)} END AS {check}")
        layers[11].append(
            f"CASE WHEN {sound} THEN 'valid' WHEN {value} IS NULL THEN {shape} WHEN NOT {_day_sql(value)} THEN 'date'"
            f" WHEN {shape} = 'upgraded_15' OR right({body}, 1) = {check} THEN {shape}"
            f" WHEN strlen({t}) = 18 AND ends_with({body}, '000') THEN 'excel_damage' ELSE 'checksum' END"
            f" AS {_quoted(klass)}"
        )
    select = source
    for layer in filter(None, layers):
        select = f"(SELECT *, {', '.join(layer)} FROM {select})"
    keyed = ", ".join(_literal(name) for name in KEYED_CLASSES)
    keys = [
        f"CASE WHEN _sound{number} THEN {_sound_key(column)}"
        f" WHEN {_quoted(klass)} = 'upgraded_15' THEN _body{number} || _check{number}"
        f" WHEN {_quoted(klass)} IN ({keyed}) THEN _body{number} END AS {_quoted(key)}"
        for number, (column, (key, klass)) in enumerate(columns.items())
    ]
    return f"SELECT * EXCLUDE ({', '.join(map(_quoted, working))}), {', '.join(keys)} FROM {select}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
