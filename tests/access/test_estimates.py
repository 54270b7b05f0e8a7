"""EXPLAIN shows how many rows are expected and how many were taken away: neither may tell what others' rows hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.besieged import Besieged
from tests.access.warehouse import OTHER

pytestmark = pytest.mark.stack
MANY = 3000
TABLES = {"mart.mart_match": "county_code", "mart.mart_case": "county_code", "mart.mart_coverage": "region_code"}
KEYS = {"mart.mart_match": "person_key", "mart.mart_case": "case_code", "mart.mart_coverage": "measure_code"}


@pytest.fixture(scope="module", autouse=True)
def _crowd(under_attack: Besieged) -> Iterator[None]:
    """Many rows of another county: enough that an estimate would tell."""
    for view, code in TABLES.items():
        table = view.replace("mart.", "generation.", 1) + "_r2"
        under_attack.administer(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object('{KEYS[view]}', 'q' || n))).*"
            f" FROM {table} AS t CROSS JOIN generate_series(1, {MANY}) AS n WHERE {code} = '{OTHER}'",
            f"CREATE INDEX ON {table} ({code})",
            f"CREATE INDEX ON {table} ({KEYS[view]})",
            f"ANALYZE {table}",
            f"ANALYZE generation.{table.partition('.')[2].removesuffix('_r2')}",
        )
    yield


def _tells(under_attack: Besieged, view: str, code: str) -> bool:
    """Whether estimates differ between a county that has many rows and one that has none."""
    connection = under_attack.open["county"]
    connection.autocommit = True
    expected: dict[str, list[float]] = {}
    with connection.cursor() as cursor:
        for county in (OTHER, "999999"):
            for asked in ("= {}", "< {}", "<= {}", "IN ({}, '0')", "<> {}"):
                condition = f"{code} {asked.format(repr(county))}"
                cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT * FROM {view} WHERE {condition}")
                ((plan,),) = cursor.fetchall()
                expected.setdefault(asked, []).append(plan[0]["Plan"]["Plan Rows"])
    return any(one != other for one, other in expected.values())


def _taken_away(under_attack: Besieged, view: str, key: str) -> bool:
    """Whether running a query tells of a key that only another county's rows have."""
    connection = under_attack.open["county"]
    connection.autocommit = True
    counted: dict[tuple[str, str], list[list[tuple[object, ...]]]] = {}
    with connection.cursor() as cursor:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_indexscan", "enable_sort"):
            cursor.execute(f"RESET ALL; SET {setting} = off")
            for value in ("q17", "zz"):
                for asked in ("= {}", "IN ({})", "BETWEEN {} AND {}", f"= {{}} AND {TABLES[view]} = '{OTHER}'"):
                    sql = f"SELECT * FROM {view} WHERE {key} {asked.replace('{}', repr(value))}"
                    cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, FORMAT JSON) {sql}")
                    ((plan,),) = cursor.fetchall()
                    counted.setdefault((setting, asked), []).append(list(_counts(plan[0]["Plan"])))
        cursor.execute("RESET ALL")
    return any(one != other for one, other in counted.values())


def _counts(plan: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    names = ("Node Type", "Actual Rows", "Actual Loops", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    yield tuple(plan.get(name) for name in names)
    for below in plan.get("Plans", ()):
        yield from _counts(below)


@pytest.mark.parametrize(("view", "key"), KEYS.items())
def test_whether_a_key_is_anywhere_is_not_told(under_attack: Besieged, view: str, key: str) -> None:
    assert not _taken_away(under_attack, view, key)


@pytest.mark.parametrize(("view", "key"), KEYS.items())
def test_a_comparison_before_the_policies_would_tell(under_attack: Besieged, view: str, key: str) -> None:
    under_attack.administer("ALTER FUNCTION texteq(text, text) LEAKPROOF")
    try:
        assert _taken_away(under_attack, view, key)
    finally:
        under_attack.administer("ALTER FUNCTION texteq(text, text) NOT LEAKPROOF")


@pytest.mark.parametrize(("view", "code"), TABLES.items())
def test_how_many_rows_another_county_has_is_not_estimated(under_attack: Besieged, view: str, code: str) -> None:
    assert not _tells(under_attack, view, code)


def test_nothing_is_measured_of_tables_with_rows_of_others(under_attack: Besieged) -> None:
    under_attack.administer("ANALYZE")
    with under_attack.server.administrator(under_attack.database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'generation' AND tablename LIKE 'mart\\_%'"
            " AND attname IN ('county_code', 'region_code', 'person_key')"
        )
        measured = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'mart_match_r2' AND reltuples > 1000")
        counted = cursor.fetchone()
    assert (measured, counted) == (set(), (1,))


@pytest.mark.parametrize(("view", "code"), TABLES.items())
def test_statistics_would_tell(under_attack: Besieged, view: str, code: str) -> None:
    """Where a comparison was leakproof again: two walls. The last of the file, since what is measured once stays."""
    table = view.replace("mart.", "generation.", 1) + "_r2"
    under_attack.administer(
        f"ALTER TABLE {table} ALTER COLUMN {code} SET STATISTICS 100",
        f"ANALYZE {table}",
        "ALTER FUNCTION texteq(text, text) LEAKPROOF",
    )
    try:
        assert _tells(under_attack, view, code)
    finally:
        under_attack.administer("ALTER FUNCTION texteq(text, text) NOT LEAKPROOF")
