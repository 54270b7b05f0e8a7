"""Which types an engine may give where a column is declared: the same kind, or a widening without loss.

Casts between other kinds mean different things on the two engines (a DECIMAL cast to INTEGER is rounded by one and cut
by the other), so a SELECT states them itself in a form that is proven equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from sqlglot import exp

from pipelines.errors import ContractBreach

_INTEGERS = {
    exp.DataType.Type[n]
    for n in ("TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UTINYINT", "USMALLINT", "UINT", "UBIGINT", "UINT128")
}
_KINDS: dict[exp.DType, str] = {
    exp.DataType.Type.DECIMAL: "decimal",
    exp.DataType.Type.FLOAT: "double",
    exp.DataType.Type.DOUBLE: "double",
    exp.DataType.Type.BOOLEAN: "boolean",
    exp.DataType.Type.TEXT: "text",
    exp.DataType.Type.VARCHAR: "text",
    exp.DataType.Type.DATE: "date",
    exp.DataType.Type.TIMESTAMP: "timestamp",
    exp.DataType.Type.TIMESTAMPNTZ: "timestamp",
    exp.DataType.Type.TIMESTAMPTZ: "timestamp with time zone",
    exp.DataType.Type.TIMESTAMPLTZ: "timestamp with time zone",
    exp.DataType.Type.NULL: "null",
}
_WIDENS = {("integer", "decimal"), ("integer", "double"), ("decimal", "double")}


@lru_cache(maxsize=1024)
def kind(type_text: str, dialect: Literal["duckdb", "spark"] = "duckdb") -> str:
    """The kind of a column type: integer, decimal, double, boolean, text, date, timestamp, null, 'list of …'."""
    if type_text.strip('"').upper() in ("NULL", "VOID"):
        return "null"
    found = exp.DataType.build(type_text, dialect=dialect)
    if found.this in _INTEGERS:
        return "integer"
    if found.this in (exp.DataType.Type.ARRAY, exp.DataType.Type.LIST):
        return f"list of {kind(found.expressions[0].sql(dialect), dialect)}"
    return _KINDS.get(found.this, type_text.lower())


def require_output(
    found: Sequence[tuple[str, str]], declared: Mapping[str, str], dialect: Literal["duckdb", "spark"]
) -> None:
    """Raises ContractBreach naming each column that a SELECT gives too few, too many, or of another kind."""
    names = [name for name, _ in found]
    faults = [f"column {c} is missing" for c in declared if c not in names]
    faults += [f"column {c} is not declared" for c in names if c not in declared]
    for name, type_text in found:
        if name in declared:
            gives, wants = kind(type_text, dialect), kind(declared[name])
            if gives != wants and gives not in ("null", "list of null") and (gives, wants) not in _WIDENS:
                faults.append(f"column {name} is {type_text.upper()} where {declared[name]} is declared")
    if faults:
        raise ContractBreach("; ".join(faults))
