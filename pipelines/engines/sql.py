"""SQL files: their contract header, the tables they read, the columns they give, their parameters.

A file in sql/<layer>/<table>.sql opens with its contract (all five fields, `--` lines, longer indentation continues a
field):

    -- table:    mart_coverage
    -- grain:    one row per (quarter, measure_code, region_code, cut, group_code)
    -- reads:    core_person_quarter, core_region
    -- quarters: this            (or: this, previous | all to date)
    -- rule:     a person counts once per measure; excluded people carry a reason

then one SELECT in DuckDB's dialect. Tables are named plainly; the previous quarter's rows are `previous.<table>`.
Parameters are `$name`. A list stands only as the whole right side of IN: `county_code IN ($counties)`; an empty list
is in nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipelines.engines.base import PREVIOUS, view_name
from pipelines.engines.tree import rewritten
from pipelines.errors import ContractBreach

SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"
FIELDS = ("table", "grain", "reads", "quarters", "rule")
Quarters = Literal["this", "this, previous", "all to date"]

_FIELD = re.compile(r"--\s?(\w+):\s*(.*)")
_GRAIN = re.compile(r"one row per \(([a-z0-9_]+(?:, [a-z0-9_]+)*)\)")


@dataclass(frozen=True)
class Contract:
    """The header of one SQL file, and its text. `grain` is the key, in the order the rows are written."""

    table: str
    grain: tuple[str, ...]
    reads: frozenset[str]
    quarters: Quarters
    rule: str
    layer: str
    path: Path
    select: str


@dataclass(frozen=True)
class Reads:
    """Tables a SELECT names: of its own quarter(s), and of the previous one."""

    this: frozenset[str]
    previous: frozenset[str]


def contract(path: Path) -> Contract:
    """The contract of one SQL file. Raises ContractBreach for a field that is missing, unknown or malformed."""
    text = path.read_text(encoding="utf-8")
    fields: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        match = _FIELD.fullmatch(line.rstrip())
        if match and match[1] in fields:
            raise ContractBreach(f"{path.name}: the contract has {match[1]!r} twice")
        if match:
            last = match[1]
            fields[last] = match[2].strip()
        elif last:
            fields[last] = f"{fields[last]} {line[2:].strip()}".strip()
    if tuple(fields) != FIELDS:
        raise ContractBreach(
            f"{path.name}: the contract must have {', '.join(FIELDS)} in this order, found {list(fields)}"
        )
    if fields["table"] != path.stem:
        raise ContractBreach(f"{path.name}: the contract names table {fields['table']!r}")
    grain = _GRAIN.match(fields["grain"])
    if grain is None:
        raise ContractBreach(f"{path.name}: the grain must begin with 'one row per (column, column)'")
    if fields["quarters"] not in get_args(Quarters):
        raise ContractBreach(f"{path.name}: quarters must be one of {' | '.join(get_args(Quarters))}")
    if not fields["rule"]:
        raise ContractBreach(f"{path.name}: the rule is empty")
    return Contract(
        table=fields["table"],
        grain=tuple(grain[1].split(", ")),
        reads=frozenset(t.strip() for t in fields["reads"].split(",") if t.strip()),
        quarters=cast(Quarters, fields["quarters"]),
        rule=fields["rule"],
        layer=path.parent.name,
        path=path,
        select=text,
    )


def files(folder: Path = SQL_FOLDER) -> list[Path]:
    """Every SQL file, by layer and name."""
    return sorted(folder.glob("*/*.sql"))


@lru_cache(maxsize=256)
def load(table: str, folder: Path = SQL_FOLDER) -> Contract:
    """The contract of the one file that makes `table`. Raises ContractBreach where there is none, or two."""
    found = [path for path in files(folder) if path.stem == table]
    if len(found) != 1:
        raise ContractBreach(f"{table}: {len(found)} files named {table}.sql below sql/, expected 1")
    return contract(found[0])


@lru_cache(maxsize=256)
def _parsed(select: str) -> exp.Query:
    try:
        statements = [s for s in sqlglot.parse(select, read="duckdb") if s is not None]
    except SqlglotError as error:
        raise ContractBreach(f"the SELECT cannot be parsed: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ContractBreach("expected exactly one SELECT")
    return statements[0]


def parse(select: str) -> exp.Query:
    """The syntax tree of one SELECT in DuckDB's dialect; the caller's own copy."""
    return _parsed(select).copy()


def output_columns(select: str) -> tuple[str, ...]:
    """Names of the outermost projection, in order. Raises ContractBreach for `*`, a nameless or a repeated column."""
    names = tuple(projection.alias_or_name for projection in _parsed(select).selects)
    if "*" in names or "" in names:
        raise ContractBreach("the outermost SELECT must name every column: no *, every expression with AS")
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise ContractBreach(f"the outermost SELECT gives {', '.join(repeated)} twice")
    return names


def _tables(tree: exp.Expr) -> list[exp.Table]:
    """Named tables that are not common table expressions of the tree."""
    ctes = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return [t for t in tree.find_all(exp.Table) if t.name and (t.db or t.name not in ctes)]


def tables_read(select: str) -> Reads:
    """Tables the SELECT names. Raises ContractBreach for a qualifier other than `previous`."""
    this: set[str] = set()
    previous: set[str] = set()
    for table in _tables(_parsed(select)):
        if table.catalog or table.db not in ("", PREVIOUS):
            raise ContractBreach(f"{table.sql()}: a table is named plainly or as {PREVIOUS}.<table>")
        (previous if table.db else this).add(table.name)
    return Reads(frozenset(this), frozenset(previous))


def parameters(select: str) -> frozenset[str]:
    """Names of the `$name` parameters."""
    return frozenset(p.name for p in _parsed(select).find_all(exp.Placeholder))


def _literal(name: str, value: object) -> exp.Expr:
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.true() if value else exp.false()
        case int():
            return exp.Literal.number(value)
        case str():
            return exp.Literal.string(value)
        case Decimal() if value.is_finite():
            scale = max(0, -int(value.as_tuple().exponent))
            precision = max(len(f"{abs(value):f}".replace(".", "")), scale + 1)
            return exp.cast(exp.Literal.string(f"{value:f}"), f"DECIMAL({precision}, {scale})")
        case dt.date() if not isinstance(value, dt.datetime):
            return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    raise ContractBreach(f"parameter ${name}: a {type(value).__name__} cannot be bound")


def bound(select: str, params: Mapping[str, object]) -> exp.Query:
    """The tree with every `$name` replaced by a literal and `previous.x` by `previous__x`; functions untouched."""
    tree = parse(select)
    given, wanted = set(params), parameters(select)
    if given != wanted:
        odd = [f"missing ${n}" for n in sorted(wanted - given)] + [f"unknown ${n}" for n in sorted(given - wanted)]
        raise ContractBreach(f"parameters: {', '.join(odd)}")
    for table in _tables(tree):
        if table.db:
            alias = table.alias or table.name
            table.replace(exp.alias_(exp.to_table(view_name(f"{table.db}.{table.name}")), alias, table=True))

    def in_list(node: exp.Expr | None) -> str | None:
        """The parameter's name where a list stands as the whole right side of IN."""
        if isinstance(node, exp.In) and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Placeholder):
            name = node.expressions[0].name
            return name if isinstance(params[name], list | tuple | set | frozenset) else None
        return None

    def fill(node: exp.Expr) -> exp.Expr:
        if (name := in_list(node)) is not None:
            value = cast(Collection[object], params[name])
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            # `x IN ()` is no SQL, and `x IN (NULL)` would be unknown, also under NOT.
            return exp.In(this=node.this, expressions=[_literal(name, v) for v in items]) if items else exp.false()
        if isinstance(node, exp.Placeholder) and not (node.arg_key == "expressions" and in_list(node.parent)):
            return _literal(node.name, params[node.name])
        return node

    return cast(exp.Query, rewritten(tree, fill))


def bind(select: str, params: Mapping[str, object]) -> str:
    """The SELECT in DuckDB's dialect with literals for parameters and named functions expanded.

    Takes str, int, bool, date, Decimal, None, and lists of them within IN. Raises ContractBreach for a parameter that
    is missing, unknown, or of another kind.
    """
    from pipelines.engines.functions import expand

    return expand(bound(select, params), "duckdb").sql("duckdb", comments=False)
