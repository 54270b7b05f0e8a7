"""Every allowed function gives the same values on both engines, over edge values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.engines import Engine, engine_for, sql
from pipelines.engines.allowed import FUNCTIONS, check_allowed, functions_used
from pipelines.engines.forms import FORMS
from pipelines.engines.functions import NAMED
from pipelines.identity.evaluation.figures import Share
from pipelines.identity.names import name_table

TEXTS = [
    None, "", " ", " a ", "\u3000a\u3000", "王小明", "𠮷野", "abcÄß", "360102199001011234", "36010219900101123X",
    "３６x", "a-b-c", "%_\\", "12\n", "\n", "é", "e\u0301", "ABC", "x王", "-7", "007", "9" * 18, "9" * 19, "it's", "—",
]  # fmt: skip
NUMBERS = [None, 0, 1, -1, 7, -7, 2, -2, 100, 9_999]
AMOUNTS = [None, *(Decimal(a) for a in ("0.00", "1.01", "-1.50", "2.50", "12345.67", "-0.01", "1.05", "1234567.89"))]
DAYS = [
    None,
    *map(
        dt.date.fromisoformat,
        [
            "2019-01-31",
            "2020-02-29",
            "2019-12-31",
            "2019-10-01",
            "1900-02-28",
            "1969-12-31",
            "2019-03-31",
            "2000-03-01",
        ],
    ),
]
FLAGS = [None, True, False]
NAMES = [
    "", "王小明", "王大明", "汪小明", "王明小", "劉洋", "刘阳", "王?明", "王??", "王 yan", "王艳", "王未", "王末", "曾乐", "增月", "𠮷野",
    "李明(曾用名李强)", "李强", "阿依古丽·买买提", "阿依古丽买买提", "阿依古丽", "NGUYEN", "e\u0301", "?", "·", "王(火华)",
]  # fmt: skip
LISTS: list[list[str | None] | None] = [None, [], ["王"], ["a", None], [None], ["", "王", "王"]]

pytestmark = [pytest.mark.spark]

# table → expressions; the tables hold every pair (a, b) of the values above, i numbers the rows.
CASES: dict[str, list[str]] = {
    "texts": [
        "length(a)", "strlen(a)", "substr(a, 1, 2)", "substr(a, 2)", "substr(a, 17, 1)", "substring(a, 3, 100)",
        "substr(a, 1, 0)", "left(a, 2)", "left(a, 0)", "right(a, 2)", "right(a, 0)", "right(a, 100)",
        "starts_with(a, b)", "starts_with(a, '36')", "ends_with(a, b)", "contains(a, b)", "contains(a, '王')",
        "strpos(a, b)", "strpos(a, '小')", "lpad(a, 3, '0')", "lpad(a, 12, '王b')", "rpad(a, 3, '王')", "rpad(a, 0, 'x')",
        "replace(a, b, '王')", "replace(a, '', 'z')", "replace(a, 'a', '')", "translate(a, '３６x', '36X')",
        "translate(a, 'abc', 'x')", "concat(a, b, 'x')", "concat_ws('、', a, b, 'x')", "concat_ws(b, a, 'x')",
        "split_part(a, '-', 1)", "split_part(a, '-', 2)", "split_part(a, '-', 9)", "sha256(a)", "md5(a)", "a || b",
        "a || '王'", "a LIKE '36%'", "a LIKE '_小_'", "a LIKE '%\u3000'", "a NOT LIKE '%王%'", "a LIKE '%'", "a LIKE ''",
        "regexp_full_match(a, '[0-9]+')", "regexp_full_match(a, '[0-9]{17}[0-9X]')", "regexp_full_match(a, '[^0-9]*')",
        "regexp_full_match(a, '[一-龥]+')", "regexp_full_match(a, '(|王小|a)(明|-b-c)?')", "regexp_full_match(a, '[𠮷]野')",
        "nullif(a, b)", "nullif(a, '')", "greatest(a, b)", "least(a, b, '王')", "coalesce(a, b, 'z')", "a = b", "a < b",
        "a <> b", "a >= b", "a <= b", "a IS DISTINCT FROM b", "a IS NOT DISTINCT FROM b", "a IN ('', '王小明')",
        "a NOT IN ('', '王小明')", "CASE a WHEN b THEN 1 ELSE 0 END", "CASE WHEN a > b THEN a WHEN b > a THEN b END",
        "a BETWEEN '0' AND b", "to_integer(a)", "ascii_edits(a, b)", "id_sex_code(a)",
        "id_birth_date(nullif(a, '999999999999999999'))", "a IS NULL", "CAST(a AS VARCHAR)", "'it''s \\ 王'",
        "struct_pack(x := a, y := b).y", "record_key(a)", "certificate_key(a)",
    ],
    "numbers": [
        "age_band(a)", "age_band(a + 14)", "age_band(a * 3 + 3)", "age_band(a + 53)", "a + b", "a - b", "a * b", "a // nullif(b, 0)", "a // 2", "a % nullif(b, 0)", "a % 7", "abs(a)", "-a",
        "greatest(a, b)", "least(a, b, 0)", "nullif(a, b)", "CAST(a AS VARCHAR)", "CAST(a AS DECIMAL(18, 2))",
        "CAST(a AS BIGINT)", "CAST(a AS INTEGER)", "a = b", "a BETWEEN b AND 7", "CAST(a > b AS INTEGER)",
        "CAST(a > b AS VARCHAR)", "a > b OR b > 1", "a > b AND b > 1", "NOT a > b", "(a > b) IS TRUE", "(a > b) IS NOT TRUE",
        "rate(a % 1000, b)", "rate(abs(a % 1000), 3)", "rate(CAST(a % 8 AS BIGINT) * 45000000, 46000001)", "coalesce(a, b)",
        "quotient(a % 1000, b)", "quotient(a % 8, 7)", "wilson_low(least(abs(a), abs(b)), abs(b))", "wilson_high(least(abs(a), abs(b)), abs(b))",
        "protected_count(abs(a), b, 5, 5)", "protected_count(CAST(a AS BIGINT) * 7, CAST(b AS BIGINT) * 4294967296, 5, 5)",
        "protected_count(a, b, 1, 1)", "protected_count(abs(b) + 3, a, 10, 7)",
        "wilson_low(0, b * b)", "wilson_high(b * b, b * b)", "wilson_high(abs(a), 99999999)",
        "lpad(CAST(a AS VARCHAR), 12, '0')", "a IS NOT DISTINCT FROM b", "a IN (1, 7)", "CASE WHEN a > 0 THEN 'x' END",
        "greatest(a > b, b > a)", "a || ''", "2.5 * a", "a + 1.25",
    ],
    "amounts": [
        "a + b", "a - b", "a * 2", "round(a, 1)", "round(a)", "round(a * 3, 2)", "abs(a)", "-a", "greatest(a, b)",
        "least(a, b)", "nullif(a, b)", "CAST(a AS VARCHAR)", "CAST(a AS DECIMAL(18, 4))", "CAST(a AS DECIMAL(18, 1))",
        "CAST(a * b AS DECIMAL(38, 2))", "a > b", "a % 7", "a BETWEEN b AND 100", "coalesce(a, 0)", "a = 0", "a * 1.5",
        "a || ''", "quotient(a % 7, b)", "quotient(a % 9 * 1.000005, b)",
        "protected_amount(abs(a), 1, 7, 5, 5)", "protected_amount(abs(a), greatest(abs(b), 0.01), 4294967296, 5, 5)",
        "protected_amount(abs(a) % 100000, abs(b) % 1000, 7, 1, 1)", "protected_amount(a, b, 7, 5, 7)",
        "day_reached(a, b, DATE '2018-01-01', DATE '2019-12-31')", "day_reached(round(abs(a)) % 100, 200, DATE '2018-01-01', DATE '2019-12-31')",
    ],
    "days": [
        "year(a)", "quarter(a)", "month(a)", "day(a)", "date_part('year', a)", "date_part('quarter', a)",
        "extract(month FROM a)", "extract(day FROM a)", "date_diff('day', a, b)", "strftime(a, '%Y-%m-%d')",
        "strftime(a, '%Y%m')", "strftime(a, '%Y')", "last_day(a)", "make_date(year(a), month(a), 1)",
        "make_date(year(a), 12, 31)", "nullif(a, b)", "greatest(a, b)", "least(a, b)", "coalesce(a, b)", "a < b", "a = b",
        "a BETWEEN b AND DATE '2019-12-31'", "CAST(a AS VARCHAR)", "age_on(a, b)", "months_after(a, 1)",
        "months_after(a, -1)", "months_after(a, 14)", "months_after(a, month(b) - 6)", "days_after(a, 31)",
        "days_after(a, -day(b))", "months_between(a, b)", "months_between(months_after(a, 3), b)", "a + 5", "a - 5",
        "a = CAST('2020-02-29' AS DATE)", "lpad(CAST(quarter(a) AS VARCHAR), 2, 'Q')",
    ],
    "flags": [
        "a AND b", "a OR b", "NOT a", "a = b", "a IS TRUE", "a IS NOT TRUE", "a IS FALSE", "a IS NULL", "coalesce(a, b)",
        "CAST(a AS INTEGER)", "CAST(a AS VARCHAR)", "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END", "a IS DISTINCT FROM b",
        "nullif(a, b)", "greatest(a, b)", "a AND NULL", "a OR NULL",
    ],
    "lists": ["list_contains(a, '王')", "list_contains(a, '')", "array_length(a)", "array_length(a) = 0", "a IS NULL"],
}  # fmt: skip

# Aggregates, windows and shapes of a query; every one gives columns i and r in a fixed order.
QUERIES: list[str] = [
    *(
        f"SELECT k AS i, {e} AS r FROM (SELECT length(b) AS k, i, a, b FROM texts) GROUP BY k ORDER BY k NULLS FIRST"
        for e in (
            "count(*)", "count(a)", "count(DISTINCT a)", "min(a)", "max(a)", "count(*) FILTER (WHERE a > b)",
            "bool_or(a > b)", "bool_and(a >= b)", "string_agg(a, ',' ORDER BY a, i)", "string_agg(a, '' ORDER BY i DESC)",
            "string_agg(DISTINCT a, '、' ORDER BY a)", "sorted_texts(a, '；')", "sorted_texts(nullif(a, a), ',')", "sum(i)",
            "sum(i) FILTER (WHERE a IS NULL)", "sum(i) FILTER (WHERE false)",
            "max_by(struct_pack(x := a, y := i), i).x", "min_by(struct_pack(x := a, y := i), -i).y",
            "max(CASE WHEN a > b THEN i END)", "rate(count(*) FILTER (WHERE a > b), count(*))",
        )
    ),
    "SELECT 1 AS i, sum(a) AS r FROM amounts",
    "SELECT b AS i, sum(a * 2) AS r FROM amounts GROUP BY b ORDER BY b NULLS FIRST",
    "SELECT b AS i, max(a) AS r FROM days GROUP BY b ORDER BY b NULLS FIRST",
    "SELECT b AS i, bool_or(a) AS r FROM flags GROUP BY b ORDER BY b NULLS FIRST",
    "SELECT b AS i, bool_and(a) AS r FROM flags GROUP BY b ORDER BY b NULLS FIRST",
    "SELECT b AS i, min(a) AS r FROM flags GROUP BY b ORDER BY b NULLS FIRST",
    *(
        f"SELECT i, {e} AS r FROM texts ORDER BY i"
        for e in (
            "row_number() OVER (PARTITION BY a ORDER BY b)", "row_number() OVER (PARTITION BY a ORDER BY b DESC)",
            "row_number() OVER (ORDER BY b NULLS FIRST, a DESC NULLS LAST, i)", "rank() OVER (ORDER BY length(a))",
            "dense_rank() OVER (PARTITION BY b ORDER BY a DESC)", "lag(a) OVER (PARTITION BY b ORDER BY a, i)",
            "lead(i) OVER (PARTITION BY b ORDER BY a DESC)", "sum(i) OVER (PARTITION BY a)",
            "sum(i) OVER (PARTITION BY a ORDER BY b)", "count(a) OVER (PARTITION BY b)",
        )
    ),
    "SELECT i, sum(i) OVER (ORDER BY i ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS r FROM texts ORDER BY i",
    "SELECT i, a AS r FROM texts QUALIFY row_number() OVER (PARTITION BY a ORDER BY b DESC) = 1 ORDER BY i",
    "WITH one AS (SELECT * FROM texts QUALIFY row_number() OVER (PARTITION BY a ORDER BY i) = 1) SELECT i, b AS r FROM one ORDER BY i",
    "SELECT grouping(a) * 2 + grouping(b) AS i, concat_ws('/', a, b, count(*) || '') AS r FROM flags2 GROUP BY GROUPING SETS ((a), (a, b), ()) ORDER BY i, r",
    "SELECT n AS i, concat(a, ':', n || '') AS r FROM (SELECT a, count(*) AS n FROM texts GROUP BY ALL) ORDER BY i, r",
    "SELECT count(*) AS i, a AS r FROM texts GROUP BY a HAVING count(b) > 3 AND min(b) <> max(b) ORDER BY r NULLS FIRST",
    "SELECT count(*) AS i, b AS r FROM flags GROUP BY b HAVING bool_or(a) ORDER BY r NULLS FIRST",
    "WITH v(code, n) AS (VALUES ('王', 1), ('b', 2), (NULL, 3)) SELECT n AS i, code AS r FROM v ORDER BY n",
    "SELECT v.n AS i, v.code AS r FROM (VALUES ('王', 1), ('b', NULL)) AS v(code, n) ORDER BY n NULLS FIRST",
    "SELECT t.i, t.a AS r FROM texts t SEMI JOIN numbers n ON n.i = t.i ORDER BY t.i",
    "SELECT t.i, t.a AS r FROM texts t ANTI JOIN numbers n USING (i) ORDER BY t.i",
    "SELECT i, concat(t.a, '|', CAST(n.a AS VARCHAR)) AS r FROM texts t FULL JOIN numbers n USING (i) ORDER BY i",
    "SELECT i, a AS r FROM texts WHERE i IN (SELECT i FROM numbers WHERE a > 0) ORDER BY i",
    "SELECT t.i, t.a AS r FROM texts t WHERE NOT EXISTS (SELECT 1 FROM numbers n WHERE n.i = t.i) ORDER BY t.i",
    "SELECT i, r FROM (SELECT i, a AS r FROM texts UNION ALL SELECT -1 - i AS i, b AS r FROM texts) ORDER BY i",
    "SELECT 1 AS i, r FROM (SELECT a AS r FROM texts UNION SELECT b AS r FROM texts) ORDER BY r NULLS FIRST",
    "SELECT 1 AS i, a AS r FROM texts EXCEPT SELECT 1 AS i, a AS r FROM texts WHERE a > 'b' ORDER BY r NULLS FIRST",
    "SELECT DISTINCT 1 AS i, a AS r FROM texts ORDER BY r DESC NULLS LAST",
    "SELECT i, (SELECT max(n.a) FROM numbers n) AS r FROM texts ORDER BY i",
    "SELECT concat_ws('/', n.name, m.name) AS i, name_level(n, m) AS r FROM names n CROSS JOIN names m ORDER BY i",
]  # fmt: skip


def _tables() -> dict[str, tuple[dict[str, str], pa.Table]]:
    types = {
        "texts": (TEXTS, "VARCHAR", pa.string()),
        "numbers": (NUMBERS, "INTEGER", pa.int32()),
        "amounts": (AMOUNTS, "DECIMAL(18,2)", pa.decimal128(18, 2)),
        "days": (DAYS, "DATE", pa.date32()),
        "flags": (FLAGS, "BOOLEAN", pa.bool_()),
        "lists": (LISTS, "VARCHAR[]", pa.list_(pa.string())),
    }
    tables = {}
    for name, (values, sql_type, arrow_type) in types.items():
        pairs = list(product(values, values))
        tables[name] = (
            {"i": "INTEGER", "a": sql_type, "b": sql_type},
            pa.table(
                {
                    "i": pa.array(range(len(pairs)), pa.int32()),
                    "a": pa.array([a for a, _ in pairs], arrow_type),
                    "b": pa.array([b for _, b in pairs], arrow_type),
                }
            ),
        )
    names = name_table(NAMES)
    tables["names"] = ({c: "BOOLEAN" if c == "has_gap" else "VARCHAR" for c in names.column_names}, names)
    tables["flags2"] = (
        {"a": "VARCHAR", "b": "VARCHAR"},
        pa.table({"a": ["x", "x", "y", "王"], "b": ["1", "2", "1", "1"]}),
    )
    return tables


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engine]]:
    scratch: Path = tmp_path_factory.mktemp("engines")
    with (
        engine_for("duckdb", threads=2, memory_limit="1GiB", scratch=scratch) as first,
        engine_for("spark", threads=2, memory_limit="1GiB", scratch=scratch) as second,
    ):
        for name, (columns, rows) in _tables().items():
            for engine in (first, second):
                engine.register_rows(name, columns, rows)
        yield [first, second]


def _selects() -> list[tuple[str, list[str], str]]:
    """(label, expressions, SELECT): expressions of one table share a SELECT, since a query costs Spark far more."""
    selects = [(q, [], q) for q in QUERIES]
    for table, expressions in CASES.items():
        listed = ", ".join(f"{e} AS r{n}" for n, e in enumerate(expressions))
        selects.append((table, expressions, f"SELECT i, {listed} FROM {table} ORDER BY i"))
    return selects


@pytest.mark.parametrize(("label", "expressions", "select"), _selects(), ids=[s[0][:60] for s in _selects()])
def test_both_engines_agree(engines: list[Engine], label: str, expressions: list[str], select: str) -> None:
    check_allowed(select)
    first, second = (engine.query(select, {}) for engine in engines)
    assert len(first) == len(second) > 0
    for n, expression in enumerate(expressions):
        column = f"r{n}"
        differing = [
            (a["i"], a[column], b[column])
            for a, b in zip(first, second, strict=True)
            if a[column] != b[column] or type(a[column]) is not type(b[column])
        ]
        assert not differing, f"{expression} over {label}: {differing[:5]}"
    if not expressions:
        assert first == second


def test_wilsons_interval_is_that_of_the_evaluation(engines: list[Engine]) -> None:
    pairs = [(n, d) for d in (0, 1, 2, 7, 200, 12_345) for n in {0, 1, d // 2, d - 1, d} if 0 <= n <= d]
    given = ", ".join(f"({n}, {d})" for n, d in pairs)
    select = f"SELECT n, d, wilson_low(n, d) AS low, wilson_high(n, d) AS high FROM (VALUES {given}) AS v(n, d)"
    for engine in engines:
        for row in engine.query(select, {}):
            share = Share(int(str(row["n"])), int(str(row["d"])))
            ends = tuple(None if row[end] is None else float(str(row[end])) for end in ("low", "high"))
            assert ends == pytest.approx((share.low, share.high), abs=5.1e-7) if share.total else ends == (None, None)


def test_the_noise_of_a_protected_count_has_the_promised_ends_and_no_drift(engines: list[Engine]) -> None:
    keys = ", ".join(f"({key})" for key in range(50_000))
    select = (
        "SELECT r, count(*) AS n_keys FROM (SELECT protected_count(102, k, 5, 5) AS r FROM (VALUES {}) AS v(k)) AS c"
        " GROUP BY r ORDER BY r"
    )
    rows = [(int(str(row["r"])), int(str(row["n_keys"]))) for row in engines[0].query(select.format(keys), {})]
    assert [r for r, _ in rows] == [95, 100, 105, 110]
    # 102 with noise of -6 to 6, as often below as above: the mean of the shown figures is 102 itself.
    assert sum(r * n for r, n in rows) / 50_000 == pytest.approx(102, abs=0.05)


def test_a_protected_amount_is_the_protected_count_where_everyone_gives_one(engines: list[Engine]) -> None:
    pairs = ", ".join(f"({n}, {key})" for n in range(40) for key in (1, 7, 4294967295))
    select = (
        "SELECT n, k FROM (VALUES {}) AS v(n, k) WHERE protected_count(n, k, 5, 5) IS DISTINCT FROM"
        " protected_amount(CAST(n AS DECIMAL(18, 2)), 1, k, 5, 5)"
    )
    assert engines[0].query(select.format(pairs), {}) == []


def test_every_allowed_function_is_proven() -> None:
    used: set[str] = set()
    for _, _, select in _selects():
        used |= functions_used(select)
    assert (FUNCTIONS | set(NAMED)) - used == set()


def test_every_allowed_form_is_proven() -> None:
    used = {node.key for _, _, select in _selects() for node in sql.parse(select).walk()}
    assert FORMS - used == {"placeholder"}
