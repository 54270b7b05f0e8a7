"""Named functions of Bidui: written once by name in SQL files, expanded here for each engine.

They stand where plain SQL means different things on the two engines. Each has a text per dialect; the texts are
expanded in the syntax tree, so they cost what the expression costs. tests/unit/test_engines_parity.py proves them
equal on edge values.
"""

from __future__ import annotations

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
    """One named function: its parameters, what it answers, and its text in DuckDB's and in Spark's SQL."""

    name: str
    parameters: tuple[str, ...]
    answers: str
    duckdb: str
    spark: str | None = None  # None: the DuckDB text, transpiled, means the same

    def text(self, dialect: Dialect) -> tuple[str, Dialect]:
        if dialect == "spark" and self.spark is not None:
            return self.spark, "spark"
        return self.duckdb, "duckdb"


_BOTH_YMD = "(year({0}) * 10000 + month({0}) * 100 + day({0}))"

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
            "age_on",
            ("birth_date", "day"),
            "completed years of age on a day (周岁); someone born on 29 February has the birthday on 1 March",
            f"(({_BOTH_YMD.format('day')} - {_BOTH_YMD.format('birth_date')}) // 10000)",
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


def expand(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """The tree, changed in place: every named function replaced by its text for `dialect`, inner calls first."""

    def replace(node: exp.Expr) -> exp.Expr:
        call = _called(node)
        if call is None or call[0] not in NAMED:
            return node
        function, arguments = NAMED[call[0]], call[1]
        if len(arguments) != len(function.parameters):
            raise ContractBreach(
                f"{function.name} takes ({', '.join(function.parameters)}), got {len(arguments)} values"
            )
        given = dict(zip(function.parameters, arguments, strict=True))

        def fill(inner: exp.Expr) -> exp.Expr:
            if isinstance(inner, exp.Column) and inner.name in given and not inner.table:
                value = given[inner.name].copy()
                return value if isinstance(value, exp.Column | exp.Literal) else exp.paren(value, copy=False)
            return inner

        return rewritten(_template(function.name, dialect).copy(), fill)

    return rewritten(tree, replace)
