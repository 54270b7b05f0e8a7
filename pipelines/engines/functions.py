"""Named functions of Bidui: written once by name in SQL files, expanded here for each engine.

They stand where plain SQL means different things on the two engines. Each has a text per dialect; the texts are
expanded in the syntax tree, so they cost what the expression costs. tests/unit/test_engines_parity.py proves them
equal on edge values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp

from pipelines.engines.tree import rewritten
from pipelines.errors import ContractBreach

Dialect = Literal["duckdb", "spark"]


@dataclass(frozen=True)
class Named:
    """One named function: its parameters, what it answers, and its text in DuckDB's and in Spark's SQL.

    Where `over_rows`, the parameters are rows, given by the names under which their tables stand in FROM.
    """

    name: str
    parameters: tuple[str, ...]
    answers: str
    duckdb: str
    spark: str | None = None  # None: the DuckDB text, transpiled, means the same
    over_rows: bool = False

    def text(self, dialect: Dialect) -> tuple[str, Dialect]:
        if dialect == "spark" and self.spark is not None:
            return self.spark, "spark"
        return self.duckdb, "duckdb"


# Doubles are added, divided and rooted alike everywhere (IEEE 754) but written as decimals differently; whole numbers are not.
_SIX_PLACES = "CAST(CAST(CAST(floor(({}) * 1000000 + 0.5) AS BIGINT) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(9, 6))"
# Wilson 1927, two-sided 95 %: the square of the normal quantile 1.959964.
_ZZ = "CAST(3.841458820694124 AS DOUBLE)"
_WILSON = (
    "(CAST(n AS DOUBLE) + {zz} / 2 {side} sqrt({zz} * (CAST(n AS DOUBLE) * CAST(d - n AS DOUBLE) / CAST(nullif(d, 0) AS DOUBLE)"
    " + {zz} / 4))) / (CAST(d AS DOUBLE) + {zz})"
)

# The noise of a cell: three digits of its key to the base, each alike likely, less their mean (docs/decisions/0013).
_CELL_KEY = "record_key(CAST(people_key AS VARCHAR))"
_NOISE = (
    f"({_CELL_KEY} % base + {_CELL_KEY} // base % base + {_CELL_KEY} // (base * base) % base - 3 * (base - 1) // 2)"
)
_PERTURBED = f"(greatest(n + {_NOISE} + base // 2, 0) // base * base)"
# The same of a sum to which each gives at most `largest`, in cents. It is rounded to 1, 2 or 5 of a power of ten, so that
# what all figures are multiples of does not give the largest contribution away; a count, to the base.
_CENTS = "CAST({} * 100 AS BIGINT)"
_STEP = f"base * {_CENTS.format('largest')}"
_STEP = (
    "CASE WHEN largest = 1 THEN base * 100 "
    + " ".join(f"WHEN {_STEP} <= {m * 10**k} THEN {m * 10**k}" for k in range(2, 14) for m in (1, 2, 5))
    + " END"
)
_PERTURBED_CENTS = (
    f"(greatest({_CENTS.format('a')} + {_CENTS.format('largest')} * {_NOISE} + {_STEP} // 2, 0) // {_STEP} * {_STEP})"
)
_ENOUGH = f"small_cell * {_CENTS.format('largest')}"

_WHOLE = "to_integer(split_part(CAST({} AS VARCHAR), '.', 1))"
_DAYS_NEEDED = (
    f"({_WHOLE.format('b')} * (date_diff('day', first_day, last_day) + 1)) // nullif({_WHOLE.format('a')}, 0)"
)

_BOTH_YMD = "(year({0}) * 10000 + month({0}) * 100 + day({0}))"

_BARE_A, _BARE_B = "replace(a.name_key, '\u00b7', '')", "replace(b.name_key, '\u00b7', '')"
# A character of a was lost: what is left, the surname at least, agrees with b; so does the sound of what was lost, where
# it is known. Two signs may stand for one character beyond 16 bits.
_GAP = """a.has_gap AND a.name_head <> '' AND starts_with(b.name_key, a.name_head) AND ends_with(b.name_key, a.name_tail)
    AND (
        length(a.name_key) = length(b.name_key)
        OR (a.name_key = a.name_head || '??' || a.name_tail AND length(a.name_key) = length(b.name_key) + 1)
    )
    AND (contains(a.name_pinyin, '?') OR contains(b.name_sounds, '|' || a.name_pinyin || '|'))"""
_PART = f"""a.name_first <> '' AND length(a.name_first) >= 2 AND length({_BARE_B}) >= length(a.name_first)
    AND starts_with({_BARE_A}, {_BARE_B})"""
_SOUND = "contains(a.name_sounds, '|' || b.name_pinyin || '|')"
_FORMER = "contains(a.name_former, '|' || b.name_key || '|')"


def _either(text: str) -> str:
    """The condition, or the same with both rows exchanged."""
    swapped = re.sub(r"\b([ab])\.", lambda match: "ba"["ab".index(match[1])] + ".", text)
    return f"(({text}) OR ({swapped}))"


_NAME_LEVEL = f"""CASE
    WHEN a.name_key = '' OR b.name_key = '' THEN 'missing'
    WHEN a.name_key = b.name_key AND NOT a.has_gap
        THEN CASE WHEN a.name_written = b.name_written THEN 'equal' ELSE 'variant' END
    WHEN {_either(_GAP)} THEN 'gap'
    WHEN a.has_gap OR b.has_gap THEN 'different'
    WHEN {_BARE_A} = {_BARE_B} THEN 'variant'
    WHEN {_either(_SOUND)} THEN 'homophone'
    WHEN a.name_shape = b.name_shape THEN 'look_alike'
    WHEN length(a.name_key) = length(b.name_key) AND length(a.name_key) >= 3
        AND left(a.name_key, 1) = left(b.name_key, 1)
        AND (
            substr(a.name_key, 3) = substr(b.name_key, 3)
            OR (substr(a.name_key, 2, 1) = substr(b.name_key, 2, 1) AND substr(a.name_key, 4) = substr(b.name_key, 4))
            OR (substr(a.name_key, 2, 2) = substr(b.name_key, 2, 2) AND substr(a.name_key, 5) = substr(b.name_key, 5))
        ) THEN 'one_character'
    WHEN {_either(_PART)} THEN 'minority_part'
    WHEN {_either(_FORMER)} THEN 'former_name'
    WHEN a.name_sorted = b.name_sorted THEN 'swapped'
    ELSE 'different'
END"""

NAMED: dict[str, Named] = {
    f.name: f
    for f in (
        Named(
            "rate",
            ("n", "d"),
            "n / d of two counts as DECIMAL(9,6), half up, by integers only; NULL where d is 0 or either is NULL",
            # Decimal and double division round differently on the two engines; integers do not.
            "CAST(CAST((2 * CAST(n AS BIGINT) * 1000000 + CAST(d AS BIGINT)) // nullif(2 * CAST(d AS BIGINT), 0)"
            " AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(9, 6))",
        ),
        Named(
            "quotient",
            ("a", "b"),
            "a / b of two decimals or whole numbers as DECIMAL(9,6), half up; NULL where b is 0 or either is NULL",
            _SIX_PLACES.format("CAST(a AS DOUBLE) / nullif(CAST(b AS DOUBLE), 0)"),
        ),
        *(
            Named(
                name,
                ("n", "d"),
                f"the {end} end of Wilson's 95 % interval of the share n of d, DECIMAL(9,6); NULL where d is 0 or either is NULL",
                _SIX_PLACES.format(_WILSON.format(zz=_ZZ, side=side)),
            )
            for name, end, side in (("wilson_low", "lower", "-"), ("wilson_high", "upper", "+"))
        ),
        Named(
            "age_on",
            ("birth_date", "day"),
            "completed years of age on a day (周岁); someone born on 29 February has the birthday on 1 March",
            f"(({_BOTH_YMD.format('day')} - {_BOTH_YMD.format('birth_date')}) // 10000)",
        ),
        Named(
            "age_band",
            ("age",),
            "the age band of completed years: 00-15, 16-24, 25-44, 45-59, 60+; unknown where the age is NULL",
            "CASE WHEN age IS NULL THEN 'unknown' WHEN age < 16 THEN '00-15' WHEN age < 25 THEN '16-24' WHEN age < 45 THEN '25-44'"
            " WHEN age < 60 THEN '45-59' ELSE '60+' END",
        ),
        Named(
            "months_after",
            ("day", "n"),
            "the day n months later, or the month's last day where that day does not exist; n may be negative",
            "CAST(day + to_months(CAST(n AS INTEGER)) AS DATE)",
            "add_months(day, CAST(n AS INT))",
        ),
        Named(
            "days_after",
            ("day", "n"),
            "the day n days later; n may be negative",
            "(day + CAST(n AS INTEGER))",
            "date_add(day, CAST(n AS INT))",
        ),
        Named(
            "months_between",
            ("a", "b"),
            "calendar months from the month of a to the month of b (31 January to 1 February is 1)",
            "((year(b) * 12 + month(b)) - (year(a) * 12 + month(a)))",
        ),
        Named(
            "to_integer",
            ("t",),
            "the whole number that a text of 1 to 18 digits writes; NULL for anything else",
            "CASE WHEN regexp_full_match(t, '[0-9]{1,18}') THEN CAST(t AS BIGINT) END",
            r"CASE WHEN t RLIKE r'\A[0-9]{1,18}\z' THEN CAST(t AS BIGINT) END",
        ),
        Named(
            "ascii_edits",
            ("a", "b"),
            "insertions, deletions and replacements that turn one ASCII text into the other; NULL for other texts",
            # One engine counts bytes, the other characters: equal only where a character is a byte.
            "CASE WHEN strlen(a) = length(a) AND strlen(b) = length(b) THEN levenshtein(a, b) END",
        ),
        Named(
            "certificate_key",
            ("t",),
            "what stands for the number of a disability certificate, which is the holder's ID number and more, where a record"
            " needs a number of its own; always the same for the same certificate",
            "substr(sha256(t), 1, 24)",
            "substr(sha2(t, 256), 1, 24)",
        ),
        Named(
            "record_key",
            ("t",),
            "a whole number below 2^32 that a text always has and from which nothing of it is seen; NULL where it is NULL",
            "CAST('0x' || substr(sha256(t), 1, 8) AS BIGINT)",
            "CAST(conv(substr(sha2(t, 256), 1, 8), 16, 10) AS BIGINT)",
        ),
        Named(
            "protected_count",
            ("n", "people_key", "small_cell", "base"),
            "a count as it may leave the department: the cell key method, then rounded to a multiple of base (odd); people_key"
            " is the sum of the record keys of those counted, so that the same people give the same figure everywhere; NULL"
            " for fewer than small_cell, and where what would be shown is below it. docs/decisions/0013",
            f"CASE WHEN n >= small_cell AND {_PERTURBED} >= small_cell THEN {_PERTURBED} END",
        ),
        Named(
            "protected_amount",
            ("a", "largest", "people_key", "small_cell", "base"),
            "a sum as it may leave the department, DECIMAL(18,2): of yuan, or of events of which one person may have several;"
            " as protected_count, which it is where everyone gives 1, with everything in units of the largest contribution"
            " of one person: so that even that one is hidden; NULL for less than small_cell of them. docs/decisions/0013",
            f"CASE WHEN a > 0 AND {_CENTS.format('a')} >= {_ENOUGH} AND {_PERTURBED_CENTS} >= {_ENOUGH}"
            f" THEN CAST(CAST({_PERTURBED_CENTS} AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2)) END",
        ),
        Named(
            "day_reached",
            ("a", "b", "first_day", "last_day"),
            "the day on which b is reached at the pace at which a was, a whole number, from the first day to the last; NULL"
            " where nothing is done or all of it, and where it lies a hundred years or more after the first day",
            f"CASE WHEN a > 0 AND a < b AND {_DAYS_NEEDED} < 36525 THEN days_after(first_day, {_DAYS_NEEDED}) END",
        ),
        Named(
            "id_birth_date",
            ("key",),
            "the birth date in a key of 18 characters; NULL for a text of another length or without figures there",
            "CASE WHEN length(key) = 18 THEN make_date(to_integer(substr(key, 7, 4)), to_integer(substr(key, 11, 2)),"
            " to_integer(substr(key, 13, 2))) END",
        ),
        Named(
            "id_sex_code",
            ("key",),
            "the sex in a key of 18 characters, '1' male and '2' female (GB/T 2261.1); NULL for another text",
            "CASE WHEN length(key) = 18 THEN CASE to_integer(substr(key, 17, 1)) % 2 WHEN 1 THEN '1' WHEN 0 THEN '2' END END",
        ),
        Named(
            "name_level",
            ("a", "b"),
            "how two names of core_name agree, in both directions alike: equal; variant (traditional characters, dots, a"
            " former name beside it); gap (a character was lost, the rest agrees); homophone (the same sounds, tone-less);"
            " look_alike (characters taken for one another); one_character (the second, third or fourth differs in a name of"
            " three or more, the surname being the same); minority_part (cut at the interpunct or behind it); former_name;"
            " swapped (the same characters in another order); different; missing (a name is empty). domain.md §3.3, §3.5",
            _NAME_LEVEL,
            over_rows=True,
        ),
        Named(
            "sorted_texts",
            ("t", "separator"),
            "aggregate: the distinct texts of a group in binary order, joined; NULL where there is none",
            "string_agg(DISTINCT t, separator ORDER BY t)",
            "listagg(DISTINCT t, separator) WITHIN GROUP (ORDER BY t)",
        ),
    )
}


@lru_cache(maxsize=64)
def _template(name: str, dialect: Dialect) -> exp.Expr:
    text, written_in = NAMED[name].text(dialect)
    return sqlglot.parse_one(text, read=written_in)


def _called(node: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
    """Name and arguments of a call of a named function; sqlglot knows some of these names as its own."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower(), list(node.expressions)
    if isinstance(node, exp.MonthsBetween):
        return "months_between", [a for a in (node.this, node.expression) if a is not None]
    return None


def expand(tree: exp.Expr, dialect: Dialect, named: Mapping[str, Named] = NAMED) -> exp.Expr:
    """The tree, changed in place: every function of `named` replaced by its text for `dialect`, inner calls first.

    Texts may call other named functions.
    """

    def replace(node: exp.Expr) -> exp.Expr:
        call = _called(node)
        if call is None or call[0] not in named:
            return node
        function, arguments = named[call[0]], call[1]
        if len(arguments) != len(function.parameters):
            raise ContractBreach(
                f"{function.name} takes ({', '.join(function.parameters)}), got {len(arguments)} values"
            )
        given = dict(zip(function.parameters, arguments, strict=True))

        def fill(inner: exp.Expr) -> exp.Expr:
            if function.over_rows and isinstance(inner, exp.Column):
                return exp.column(inner.this.copy(), given[inner.table].this.copy())
            if isinstance(inner, exp.Column) and inner.name in given and not inner.table:
                value = given[inner.name].copy()
                return value if isinstance(value, exp.Column | exp.Literal) else exp.paren(value, copy=False)
            return inner

        text = rewritten(_template(function.name, dialect).copy(), fill)
        # Of the text's own calls, the arguments are expanded already.
        return rewritten(text, replace)

    return rewritten(tree, replace)
