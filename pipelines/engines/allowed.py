"""What a SQL file may say: functions and forms proven to mean the same on both engines.

tests/unit/test_engines_parity.py runs every name of FUNCTIONS and every named function on both engines over edge
values (NULL, empty, Chinese and four-byte text, negatives, month ends). To allow a function, add its cases there first.

To allow a form of query, do the same. Kept out, with what stands in their place:
    /                             rate (integers only; quotients of decimals differ)
    upper, lower, trim            staging normalises (ß, the full-width space)
    levenshtein                   ascii_edits (one engine counts bytes, the other characters)
    regexp_matches                regexp_full_match (Java's $ also matches before a final line break)
    date_diff by month or year    months_between, age_on (boundaries crossed against whole months)
    date - date, INTERVAL         date_diff('day', …), months_after, days_after
    date_trunc                    make_date (a time stamp in one engine, with a time zone)
    floor, ceil, sign, avg        other types of result
    count_if                      count(*) FILTER (WHERE …) (NULL over nothing but NULLs in one engine)
    list                          string_agg with ORDER BY (sqlglot drops the order)
    first, any_value, LIMIT       no fixed result without an order
    casts of text to numbers      to_integer
    casts of decimals to integers none (one engine rounds, the other cuts)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from pipelines.engines import sql
from pipelines.engines.forms import form_fault
from pipelines.engines.functions import NAMED, expand
from pipelines.engines.types import kind
from pipelines.errors import ContractBreach

OPERATORS = frozenset({"+", "-", "*", "//", "%", "||", "~~", "!~~"})
TEXT = frozenset(
    [
        "length",
        "strlen",
        "substr",
        "substring",
        "left",
        "right",
        "starts_with",
        "ends_with",
        "contains",
        "strpos",
        "lpad",
        "rpad",
        "replace",
        "translate",
        "concat",
        "concat_ws",
        "split_part",
        "sha256",
        "md5",
        "regexp_full_match",
    ]
)
NUMBERS = frozenset(["abs", "round"])
DATES = frozenset(["year", "quarter", "month", "day", "date_part", "date_diff", "strftime", "last_day", "make_date"])
ANY_TYPE = frozenset(["nullif", "greatest", "least"])
LISTS = frozenset(["list_contains", "array_length"])
AGGREGATES = frozenset(
    ["count", "count_star", "sum", "min", "max", "bool_or", "bool_and", "string_agg", "max_by", "min_by"]
)
WINDOWS = frozenset(["row_number", "rank", "dense_rank", "lag", "lead"])
STRUCTS = frozenset({"struct_pack"})

FUNCTIONS: frozenset[str] = OPERATORS | TEXT | NUMBERS | DATES | ANY_TYPE | LISTS | AGGREGATES | WINDOWS | STRUCTS


def functions_used(select: str) -> frozenset[str]:
    """Function and operator names of a SELECT as DuckDB's own parser reads them. Raises ContractBreach for bad SQL."""
    import duckdb

    with duckdb.connect() as connection:
        row = connection.execute("SELECT json_serialize_sql($select)", {"select": select}).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree.get("error"):
        raise ContractBreach(f"DuckDB cannot parse the SELECT: {tree.get('error_message')}")

    def names(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("function_name"), str):
                yield node["function_name"].lower()
            for value in node.values():
                yield from names(value)
        elif isinstance(node, list):
            for value in node:
                yield from names(value)

    return frozenset(names(tree))


def _typed_faults(select: str, columns_of: Callable[[str], Mapping[str, str]]) -> Iterator[str]:
    """Faults that show only once the types of the columns are known."""
    tree = expand(sql.parse(select), "duckdb", {name: f for name, f in NAMED.items() if f.over_rows})
    reads = sql.tables_read(select)
    schema: dict[str, object] = {}
    for table in reads.this | reads.previous:
        schema[table] = dict(columns_of(table))
    for table_node in list(tree.find_all(exp.Table)):
        table_node.set("db", None)
    try:
        typed = annotate_types(qualify(tree, schema=schema, dialect="duckdb"), schema=schema, dialect="duckdb")
    except SqlglotError as error:
        yield f"the columns do not resolve: {error}"
        return
    for minus in typed.find_all(exp.Sub):
        if minus.this.is_type("DATE") and minus.expression.is_type("DATE"):
            yield "date - date is not allowed: use date_diff('day', earlier, later)"
    for node in typed.find_all(exp.Cast):
        source, target = node.this.type, kind(node.to.sql("duckdb"))
        if isinstance(node.this, exp.Literal | exp.Null) or source is None or source.is_type("UNKNOWN"):
            continue
        from_kind = kind(source.sql("duckdb"))
        if target == "integer" and from_kind not in ("integer", "boolean", "null"):
            yield f"{node.sql('duckdb')}: only integers and booleans are cast to integers (text: to_integer)"
        if target == "decimal" and from_kind not in ("integer", "decimal", "null"):
            yield f"{node.sql('duckdb')}: only integers and decimals are cast to DECIMAL"
        if target == "text" and from_kind not in ("text", "integer", "decimal", "boolean", "date", "null"):
            yield f"{node.sql('duckdb')}: {from_kind} is written differently by the engines"


def faults(select: str, columns_of: Callable[[str], Mapping[str, str]] | None = None) -> list[str]:
    """Everything in a SELECT that is not known to mean the same on both engines; empty where all is well.

    `columns_of` gives the columns of a table (name → DuckDB type); with it, casts and date arithmetic are judged too.
    """
    found = [
        f"{name} is not in the allow-list (pipelines/engines/allowed.py)"
        for name in sorted(functions_used(select) - FUNCTIONS - set(NAMED))
    ]
    found += [fault for node in sql.parse(select).walk() if (fault := form_fault(node))]
    if columns_of is not None:
        found += _typed_faults(select, columns_of)
    return list(dict.fromkeys(found))


def check_allowed(select: str, columns_of: Callable[[str], Mapping[str, str]] | None = None) -> None:
    """Raises ContractBreach naming everything in a SELECT that the engines may read differently."""
    if found := faults(select, columns_of):
        raise ContractBreach("; ".join(found))
