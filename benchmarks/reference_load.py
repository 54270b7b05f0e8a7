"""The reference load: a published table of people, forty columns of the types such tables have, any number of rows."""

from __future__ import annotations

from pipelines.periods import Quarter
from pipelines.warehouse.marts import Mart

_TOWN = "CAST(360100 + i % 100 AS VARCHAR) || CAST(h % 18 + 100 AS VARCHAR)"
_OUTCOMES = ("T1", "T1", "T1", "T2", "T5", "not_found", "not_found", "no_data")
_QUARTER, _PERSON = "quarter", "person_key"


def _some(n: int, value: str) -> str:
    """A value that one row in seven lacks."""
    return f"CASE WHEN (h >> {n + 40}) % 7 > 0 THEN {value} END"


# Name, type, value; i numbers the rows, h is a hash of that number.
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    (_QUARTER, "VARCHAR", ""),
    (_PERSON, "VARCHAR", "left(md5(CAST(i AS VARCHAR)), 24)"),
    ("is_registered", "BOOLEAN", "h % 5 > 0"),
    ("county_code", "VARCHAR", "CAST(360100 + i % 100 AS VARCHAR)"),
    ("town_code", "VARCHAR", _TOWN),
    ("village_code", "VARCHAR", f"{_TOWN} || CAST((h >> 9) % 14 + 200 AS VARCHAR)"),
    ("household_number", "VARCHAR", "CAST(36000000000000 + i // 3 AS VARCHAR)"),
    ("first_quarter", "VARCHAR", "CAST(2018 + h % 3 AS VARCHAR) || 'Q' || CAST(h % 4 + 1 AS VARCHAR)"),
    *((f"match_{n}", "VARCHAR", f"{list(_OUTCOMES)}[1 + CAST((h >> {3 * n}) % 8 AS INTEGER)]") for n in range(8)),
    *((f"finding_{n}_code", "VARCHAR", _some(n, f"'F' || CAST((h >> {n}) % 90 + 10 AS VARCHAR)")) for n in range(5)),
    *((f"has_{n}", "BOOLEAN", _some(n, f"(h >> {n + 30}) % 2 = 0")) for n in range(5)),
    *((f"n_months_{n}", "BIGINT", f"CAST((h >> {5 * n}) % 48 AS BIGINT)") for n in range(5)),
    *((f"paid_{n}_amount", "DECIMAL(18,2)", _some(n, f"CAST((h >> {n}) % 900000 AS INTEGER) / 100")) for n in range(3)),
    *((f"paid_{n}_rate", "DECIMAL(9,6)", f"CAST((h >> {n}) % 1000001 AS INTEGER) / 1000000") for n in range(2)),
    *((f"since_{n}_date", "DATE", _some(n, f"DATE '1960-01-01' + CAST((h >> {n}) % 21000 AS INTEGER)")) for n in range(4)),
)  # fmt: skip

REFERENCE = Mart(
    "mart_reference",
    "基准装载",
    (_QUARTER, _PERSON),
    {name: kind for name, kind, _ in _COLUMNS},
    {name: f"第{place}列" for place, (name, _, _) in enumerate(_COLUMNS, 1)},
    frozenset({_PERSON}),
)
assert len(_COLUMNS) == 40


def rows_sql(quarter: Quarter, rows: int) -> str:
    """The SELECT of so many people of one quarter, for DuckDB."""
    made = {name: value for name, _, value in _COLUMNS} | {_QUARTER: f"'{quarter.key}'"}
    values = ", ".join(f"CAST({made[name]} AS {kind}) AS {name}" for name, kind in REFERENCE.columns.items())
    return f"SELECT {values} FROM (SELECT i, hash(i) AS h FROM range({rows}) AS numbers(i)) AS numbered"
