"""Forms of expression and query that mean the same on both engines, and the rules on their arguments (see allowed.py)."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from pipelines.engines.types import kind

# Forms of expression and query, as sqlglot names them: what is not here has not been run on both engines.
FORMS: frozenset[str] = frozenset(
    [
        "abs",
        "add",
        "alias",
        "and",
        "anonymous",
        "argmax",
        "argmin",
        "arraycontains",
        "arraysize",
        "between",
        "boolean",
        "case",
        "cast",
        "coalesce",
        "column",
        "concat",
        "concatws",
        "contains",
        "count",
        "cte",
        "datatype",
        "datatypeparam",
        "datediff",
        "datefromparts",
        "day",
        "denserank",
        "distinct",
        "dot",
        "dpipe",
        "endswith",
        "eq",
        "except",
        "exists",
        "extract",
        "filter",
        "from",
        "greatest",
        "group",
        "groupconcat",
        "grouping",
        "groupingsets",
        "gt",
        "gte",
        "having",
        "identifier",
        "if",
        "in",
        "intdiv",
        "is",
        "join",
        "lag",
        "lastday",
        "lead",
        "least",
        "left",
        "length",
        "like",
        "literal",
        "logicaland",
        "logicalor",
        "lt",
        "lte",
        "max",
        "md5",
        "min",
        "mod",
        "month",
        "monthsbetween",
        "mul",
        "neg",
        "neq",
        "not",
        "null",
        "nullif",
        "nullsafeeq",
        "nullsafeneq",
        "or",
        "order",
        "ordered",
        "pad",
        "paren",
        "propertyeq",
        "qualify",
        "quarter",
        "rank",
        "regexpfullmatch",
        "replace",
        "right",
        "round",
        "rownumber",
        "select",
        "sha2",
        "splitpart",
        "star",
        "startswith",
        "strposition",
        "struct",
        "sub",
        "subquery",
        "substring",
        "sum",
        "table",
        "tablealias",
        "timetostr",
        "translate",
        "tuple",
        "union",
        "values",
        "var",
        "where",
        "window",
        "windowspec",
        "with",
        "year",
    ]
) | {"placeholder"}  # a parameter, replaced by a literal before an engine sees it

_DATE_PARTS = {"year", "quarter", "month", "day"}
_CAST_TARGETS = {"text", "integer", "decimal"}
_CLASSES_OF_PATTERN = re.compile(r"\[\^?\]?[^\]]*\]")
_STRFTIME = re.compile(r"(?:%[Ymd]|[-/.]|[^%A-Za-z'\"])*")
_FORBIDDEN: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Limit, "LIMIT: state the rows by a condition"),
    (exp.Interval, "INTERVAL: use months_after or days_after"),
    (exp.TryCast, "TRY_CAST: use to_integer"),
    (exp.SimilarTo, "SIMILAR TO: use regexp_full_match"),
)


def _number(node: object) -> int | None:
    """The value of a plain whole-number literal."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        return int(node.name)
    return None


def _pattern_fault(pattern: object) -> str | None:
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        return "regexp_full_match takes a literal pattern"
    text = pattern.name
    outside = _CLASSES_OF_PATTERN.sub("", text)
    if "\\" in text or "[:" in text or "&&" in text or "(?" in text or any(c in outside for c in ".^$"):
        return f"pattern {text!r}: only literals, [classes], groups, | and quantifiers mean the same in both engines"
    return None


def _division(node: exp.Expr) -> str | None:
    divisor = node.expression.unnest()
    guarded = isinstance(divisor, exp.Nullif) and _number(divisor.expression) == 0
    return None if _number(divisor) or guarded else "a divisor is a literal other than 0 or nullif(…, 0)"


def _like(node: exp.Expr) -> str | None:
    fine = isinstance(node.expression, exp.Literal) and "\\" not in node.expression.name
    return None if fine else "LIKE takes a literal pattern without a backslash"


def _substr(node: exp.Expr) -> str | None:
    length = node.args.get("length")
    fine = _number(node.args.get("start")) and (length is None or _number(length) is not None)
    return None if fine else "substr takes a literal start from 1 and a literal length"


def _length(node: exp.Expr) -> str | None:
    return "left, right, lpad and rpad take a literal length" if _number(node.expression) is None else None


def _split_part(node: exp.Expr) -> str | None:
    separator = node.args.get("delimiter")
    fine = _number(node.args.get("part_index")) and isinstance(separator, exp.Literal) and separator.name
    return None if fine else "split_part takes a literal separator and a literal index from 1"


def _pattern(node: exp.Expr) -> str | None:
    return _pattern_fault(node.expression)


def _date_part(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Anonymous):
        if str(node.this).lower() != "date_part":
            return None
        part = node.expressions[0].name
    else:
        part = node.name
    return None if part.lower() in _DATE_PARTS else f"date_part takes {', '.join(sorted(_DATE_PARTS))}"


def _date_diff(node: exp.Expr) -> str | None:
    if str(node.args.get("unit") or "").upper() == "DAY":
        return None
    return "date_diff counts days: date_diff('day', a, b); for months use months_between, for years age_on"


def _strftime(node: exp.Expr) -> str | None:
    form = node.args["format"]
    fine = isinstance(form, exp.Literal) and _STRFTIME.fullmatch(form.name)
    return None if fine else "strftime takes a literal format of %Y, %m, %d and punctuation"


def _by(node: exp.Expr) -> str | None:
    if isinstance(node.this, exp.Struct):
        return None
    return "max_by and min_by take struct_pack(…) first: the engines treat a NULL there differently"


def _joined(node: exp.Expr) -> str | None:
    return "string_agg needs an ORDER BY" if node.find(exp.Order) is None else None


def _count(node: exp.Expr) -> str | None:
    counted = node.this.expressions if isinstance(node.this, exp.Distinct) else []
    return "count takes one column" if len(counted) > 1 else None


def _distinct(node: exp.Expr) -> str | None:
    return "DISTINCT ON is not allowed: QUALIFY row_number() states the order" if node.args.get("on") else None


def _by_name(node: exp.Expr) -> str | None:
    return "BY NAME is not allowed: name the columns in the same order" if node.args.get("by_name") else None


def _with(node: exp.Expr) -> str | None:
    return "a recursive query is not allowed" if node.args.get("recursive") else None


def _window(node: exp.Expr) -> str | None:
    ranked = isinstance(node.this, exp.RowNumber | exp.Rank | exp.DenseRank | exp.Lag | exp.Lead)
    if ranked and node.args.get("order") is None:
        return f"{node.this.sql('duckdb')} needs an ORDER BY in its window"
    return None


def _cast(node: exp.Expr) -> str | None:
    target = node.args["to"].sql("duckdb")
    if isinstance(node.this, exp.Null) or kind(target) in _CAST_TARGETS:
        return None
    if kind(target) != "date":
        return f"a cast to {target} is not allowed"
    return None if isinstance(node.this, exp.Literal | exp.Placeholder) else "only a literal is cast to DATE"


_RULES: tuple[tuple[type[exp.Expr], Callable[[exp.Expr], str | None]], ...] = (
    (exp.IntDiv, _division),
    (exp.Mod, _division),
    (exp.Like, _like),
    (exp.Substring, _substr),
    (exp.Left, _length),
    (exp.Right, _length),
    (exp.Pad, _length),
    (exp.SplitPart, _split_part),
    (exp.RegexpFullMatch, _pattern),
    (exp.Anonymous, _date_part),
    (exp.Extract, _date_part),
    (exp.DateDiff, _date_diff),
    (exp.TimeToStr, _strftime),
    (exp.ArgMax, _by),
    (exp.ArgMin, _by),
    (exp.GroupConcat, _joined),
    (exp.Count, _count),
    (exp.Distinct, _distinct),
    (exp.SetOperation, _by_name),
    (exp.With, _with),
    (exp.Window, _window),
    (exp.Cast, _cast),
)


def form_fault(node: exp.Expr) -> str | None:
    """Why this one expression is not allowed; None where it is."""
    for forbidden, name in _FORBIDDEN:
        if isinstance(node, forbidden):
            return f"{name} is not allowed"
    if node.key not in FORMS:
        return f"{node.key} is not among the proven forms (pipelines/engines/forms.py): {node.sql('duckdb')[:60]}"
    faults = (rule(node) for form, rule in _RULES if isinstance(node, form))
    return next((fault for fault in faults if fault), None)
