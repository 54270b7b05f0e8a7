"""Contracts, binding, named functions and the allow-list; no engine runs here but DuckDB's parser."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines import sql
from pipelines.engines.allowed import check_allowed, faults
from pipelines.engines.functions import NAMED
from pipelines.engines.spark import spark_type, transpile
from pipelines.engines.types import kind, require_output
from pipelines.errors import ContractBreach

HEADER = """\
-- table:    core_try
-- grain:    one row per (person_key, measure_code)
-- reads:    core_person, core_link
-- quarters: this, previous
-- rule:     a person counts once;
--           excluded people carry a reason
"""


def write(folder: Path, text: str) -> Path:
    (folder / "core").mkdir(exist_ok=True)
    path = folder / "core" / "core_try.sql"
    path.write_text(text, encoding="utf-8")
    return path


def test_contract(tmp_path: Path) -> None:
    found = sql.contract(write(tmp_path, HEADER + "SELECT 1 AS n"))
    assert found.grain == ("person_key", "measure_code")
    assert found.reads == {"core_person", "core_link"}
    assert (found.quarters, found.layer, found.table) == ("this, previous", "core", "core_try")
    assert found.rule == "a person counts once; excluded people carry a reason"
    assert sql.load("core_try", tmp_path) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-- rule: ", "-- role: "),
        ("table:    core_try", "table:    core_other"),
        ("one row per (", "rows per ("),
        ("this, previous", "this and that"),
        ("-- reads:    core_person, core_link\n", ""),
        ("-- grain:", "-- reads:    x\n-- grain:"),
    ],
)
def test_a_broken_contract_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in HEADER
    with pytest.raises(ContractBreach):
        sql.contract(write(tmp_path, HEADER.replace(old, new) + "SELECT 1 AS n"))


def test_tables_read() -> None:
    reads = sql.tables_read(
        "WITH one AS (SELECT * FROM core_a), two AS (SELECT * FROM one JOIN previous.core_a USING (k))"
        " SELECT k FROM two WHERE k IN (SELECT k FROM core_b) UNION ALL SELECT k FROM previous.core_c"
    )
    assert reads == sql.Reads(frozenset({"core_a", "core_b"}), frozenset({"core_a", "core_c"}))
    with pytest.raises(ContractBreach, match="other"):
        sql.tables_read("SELECT 1 AS n FROM other.core_a")


def test_output_columns() -> None:
    assert sql.output_columns("WITH a AS (SELECT * FROM t) SELECT k, n + 1 AS m, a.x FROM a") == ("k", "m", "x")
    for odd in ("SELECT * FROM t", "SELECT a.* FROM t AS a", "SELECT n + 1 FROM t", "SELECT k, x AS k FROM t"):
        with pytest.raises(ContractBreach):
            sql.output_columns(odd)


@given(st.text())
def test_a_bound_text_stays_itself(text: str) -> None:
    bound = sql.bind("SELECT $t AS t", {"t": text})
    if "\x00" not in text:
        row = duckdb.sql(bound).fetchone()
        assert row == (text,)


@pytest.mark.parametrize(
    "value", [0, -7, True, False, None, dt.date(2020, 2, 29), Decimal("1.20"), Decimal("-0.005"), Decimal("1E+3")]
)
def test_a_bound_value_stays_itself(value: object) -> None:
    row = duckdb.sql(sql.bind("SELECT $v AS v", {"v": value})).fetchone()
    assert row == (value,)


def test_lists_are_bound_within_in() -> None:
    select = "SELECT 'a' IN ($x) AS y, 'a' NOT IN ($x) AS n, $z IN ($x) AS z"
    for value, wanted in (
        (["a", "it's"], (True, False, False)),
        ((), (False, True, False)),
        (frozenset({"b"}), (False, True, True)),
    ):
        bound = sql.bind(select, {"x": value, "z": "b"})
        assert "$" not in bound
        assert duckdb.sql(bound).fetchone() == wanted
    with pytest.raises(ContractBreach, match="list"):
        sql.bind("SELECT $x AS x", {"x": ["a"]})


def test_parameters_must_match() -> None:
    with pytest.raises(ContractBreach, match=r"missing \$b, unknown \$c"):
        sql.bind("SELECT $a AS a, $b AS b", {"a": 1, "c": 2})
    for odd in (1.5, dt.datetime(2020, 1, 1), object(), Decimal("NaN")):
        with pytest.raises(ContractBreach, match="cannot be bound"):
            sql.bind("SELECT $a AS a", {"a": odd})
    assert sql.parameters("SELECT $a AS a WHERE 1 IN ($b)") == {"a", "b"}


def test_previous_tables_are_renamed_under_their_own_alias() -> None:
    bound = sql.bind("SELECT core_a.k, p.k AS k2 FROM previous.core_a JOIN previous.core_b AS p ON p.k = core_a.k", {})
    assert "previous__core_a AS core_a" in bound
    assert "previous__core_b AS p" in bound


def test_rewriting_reaches_nested_calls() -> None:
    spark = transpile(
        "SELECT strlen(concat(strlen(a), regexp_full_match(b, 'x+'), rate(to_integer(left(a, 3)), strlen(c)))) AS r"
        " FROM t WHERE a IN ($x) AND ($y) IN ($x)",
        {"x": ["1"], "y": "2"},
    )
    for unknown in ("STRLEN", "REGEXP_FULL_MATCH", "RATE(", "TO_INTEGER(", "$", " :"):
        assert unknown not in spark.upper()
    assert spark.upper().count("OCTET_LENGTH") == 4  # rate names its divisor twice


def test_arguments_of_a_named_function_are_counted() -> None:
    with pytest.raises(ContractBreach, match="rate takes"):
        sql.bind("SELECT rate(1) AS r", {})


ALLOWED = [
    "SELECT k, count(*) AS n FROM t GROUP BY k",
    "SELECT k FROM t WHERE regexp_full_match(k, '[0-9]{17}[0-9X]')",
    "SELECT CAST(NULL AS DATE) AS d, CAST(n AS VARCHAR) AS s, d2 = DATE '2019-12-31' AS e FROM t",
    *(f"SELECT {f.name}({', '.join(f.parameters)}) AS r FROM t" for f in NAMED.values()),
]
REFUSED = [
    ("upper(s)", "upper"),
    ("s ~ 'x'", "regexplike"),
    ("regexp_matches(s, '^x$')", "regexp_matches"),
    ("regexp_full_match(s, '\\w+')", "pattern"),
    ("regexp_full_match(s, 'a.')", "pattern"),
    ("regexp_full_match(s, s)", "literal pattern"),
    ("s LIKE s", "LIKE"),
    ("s LIKE 'a\\%'", "LIKE"),
    ("s ILIKE 'a'", "allow-list"),
    ("s SIMILAR TO 'a'", "SIMILAR"),
    ("n / 2", "/ is not"),
    ("n // m", "divisor"),
    ("n % 0", "divisor"),
    ("count_if(f)", "count_if"),
    ("list(s ORDER BY s)", "allow-list"),
    ("string_agg(s, ',')", "ORDER BY"),
    ("max_by(s, n)", "struct_pack"),
    ("first(s)", "first"),
    ("any_value(s)", "any_value"),
    ("random()", "random"),
    ("current_date", "currentdate"),
    ("date_diff('month', d, d2)", "months_between"),
    ("date_part('week', d)", "date_part"),
    ("extract(isodow FROM d)", "date_part"),
    ("strftime(d, '%A')", "strftime"),
    ("d + INTERVAL 1 MONTH", "INTERVAL"),
    ("date_trunc('month', d)", "date_trunc"),
    ("TRY_CAST(s AS INTEGER)", "TRY_CAST"),
    ("CAST(s AS DATE)", "DATE"),
    ("CAST(n AS DOUBLE)", "DOUBLE"),
    ("substr(s, 0, 2)", "substr"),
    ("substr(s, n)", "substr"),
    ("left(s, -1)", "left"),
    ("split_part(s, '', 1)", "split_part"),
    ("row_number() OVER (PARTITION BY s)", "ORDER BY in its window"),
    ("count(DISTINCT n, m)", "one column"),
    ("d - d2", "date - date"),
    ("CAST(s AS INTEGER)", "to_integer"),
    ("CAST(a AS BIGINT)", "integers"),
    ("CAST(s AS DECIMAL(9, 2))", "DECIMAL"),
]
REFUSED_SHAPES = [
    ("SELECT k FROM t ORDER BY k LIMIT 3", "LIMIT"),
    ("SELECT DISTINCT ON (k) k FROM t", "DISTINCT ON"),
    ("SELECT k FROM t USING SAMPLE 10%", "tablesample"),
    ("SELECT unnest([1, 2]) AS k", "unnest|explode"),
    ("SELECT k FROM t UNION ALL BY NAME SELECT k FROM t", "BY NAME"),
    ("WITH RECURSIVE r AS (SELECT 1 AS k UNION ALL SELECT k + 1 FROM r) SELECT k FROM r", "recursive"),
    ("SELECT nothing FROM t", "resolve"),
]
TYPES = {
    "k": "VARCHAR", "s": "VARCHAR", "t": "VARCHAR", "separator": "VARCHAR", "n": "INTEGER", "m": "INTEGER",
    "f": "BOOLEAN", "d": "DATE", "d2": "DATE", "day": "DATE", "birth_date": "DATE", "a": "DECIMAL(18,2)", "b": "DECIMAL(18,2)",
}  # fmt: skip


@pytest.mark.parametrize("select", ALLOWED)
def test_allowed(select: str) -> None:
    assert faults(select) == []


@pytest.mark.parametrize(("expression", "why"), REFUSED)
def test_refused(expression: str, why: str) -> None:
    with pytest.raises(ContractBreach, match=why):
        check_allowed(f"SELECT {expression} AS r FROM t", lambda _: TYPES)


@pytest.mark.parametrize(("select", "why"), REFUSED_SHAPES)
def test_refused_shapes(select: str, why: str) -> None:
    with pytest.raises(ContractBreach, match=why):
        check_allowed(select, lambda _: TYPES)


def test_kinds_and_spark_types() -> None:
    assert [kind(t) for t in ("HUGEINT", "DECIMAL(18,2)", "VARCHAR[]", '"NULL"', "TIMESTAMP", "BOOLEAN")] == [
        "integer", "decimal", "list of text", "null", "timestamp", "boolean",
    ]  # fmt: skip
    assert [kind(t, "spark") for t in ("array<string>", "void", "timestamp_ntz", "bigint", "decimal(9,2)")] == [
        "list of text", "null", "timestamp", "integer", "decimal",
    ]  # fmt: skip
    assert [spark_type(t) for t in ("VARCHAR", "VARCHAR[]", "TIMESTAMP", "DECIMAL(9,6)", "BIGINT")] == [
        "STRING", "ARRAY<STRING>", "TIMESTAMP_NTZ", "DECIMAL(9, 6)", "BIGINT",
    ]  # fmt: skip


def test_output_is_held_against_the_declaration() -> None:
    declared = {"k": "VARCHAR", "n": "DECIMAL(9,2)", "d": "DATE"}
    require_output([("d", '"NULL"'), ("n", "HUGEINT"), ("k", "VARCHAR")], declared, "duckdb")
    with pytest.raises(ContractBreach, match="column d is missing; column x is not declared; column n is VARCHAR"):
        require_output([("k", "VARCHAR"), ("n", "VARCHAR"), ("x", "DATE")], declared, "duckdb")
