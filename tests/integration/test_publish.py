"""Publication on a real PostgreSQL: what readers see before, while and after; kills; generations; refusals."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from sqlalchemy import text

from benchmarks.readers import Readers
from benchmarks.small_releases import ROWS, Shown, compute, compute_again, expected, read
from pipelines import pseudonyms
from pipelines.catalog import of_step
from pipelines.deliveries.ledger import Ledger, Partition, warehouse_engine
from pipelines.engines.base import EngineFailure
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.errors import ContractBreach, NotReady
from pipelines.lake import Lake, attempt, columns_of
from pipelines.measures.compare import compare
from pipelines.periods import Quarter, now
from pipelines.releases import Release, all_releases, open_release
from pipelines.settings import settings
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse import generations, load, marts, publish
from pipelines.warehouse.migrate import migrate
from tests.spec.test_specs import CASES, arrow_table

pytestmark = [pytest.mark.stack, pytest.mark.minutes(3)]
CHECKOUT = Path(__file__).resolve().parents[2]
Q1, Q2, Q3 = Quarter(2019, 3), Quarter(2019, 4), Quarter(2020, 1)


@dataclass
class Warehouse:
    """A database of its own, migrated, and a lake of its own."""

    server: PostgresServer
    dsn: str = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    def connect(self) -> psycopg2.extensions.connection:
        return psycopg2.connect(self.dsn.replace("+psycopg2", ""))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        finally:
            connection.close()

    def shown(self) -> Shown:
        connection = self.connect()
        try:
            return read(connection)
        finally:
            connection.close()

    def tables(self) -> set[str]:
        with warehouse_engine().connect() as connection:
            return {one.table for one in generations.found(connection)}


@pytest.fixture
def warehouse(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Warehouse]:
    name = f"w{abs(hash(request.node.name)) % 10**9}"
    dsn = server.ensure_database(name, "bidui")
    environment = {"BIDUI_HOME": str(tmp_path / "home"), "BIDUI_WAREHOUSE_DSN": dsn}
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    settings.cache_clear()
    migrate()
    yield Warehouse(server, dsn, environment)
    warehouse_engine().dispose()
    settings.cache_clear()


def assert_equals_the_lake(warehouse: Warehouse, release: Release) -> None:
    """Cell by cell, through an ordering both sides share; people under their pseudonyms."""
    import duckdb

    keys = (settings().home / "secrets" / pseudonyms.FILE).read_text().split()
    key = dict(zip((one.number for one in pseudonyms.ring()), keys, strict=True))[
        release.inputs["versions"][pseudonyms.VERSION]
    ]

    def shown(name: str, value: Any) -> Any:
        if name not in mart.pseudonyms or value is None:
            return value
        made = HMAC(key.encode(), SM3())
        made.update(value[-24:].encode())
        return value[:-24] + made.finalize().hex()[:24]

    for mart in marts.marts():
        partition = Ledger().partition(mart.name, release.quarter, release.part)
        assert partition is not None
        files = str(settings().lake / partition.path / "*.parquet")
        names = ", ".join(mart.columns)
        stored = duckdb.sql(f"SELECT {names} FROM read_parquet('{files}', hive_partitioning = false)").fetchall()
        loaded = warehouse.query(f"SELECT {names} FROM generation.{mart.name} WHERE release = {release.release}")
        told = [tuple(map(shown, mart.columns, row)) for row in stored]
        assert sorted(map(repr, loaded)) == sorted(map(repr, told)), mart.name
        assert len(loaded) == partition.n_rows


def test_two_quarters_appear_together_and_equal_the_lake(warehouse: Warehouse) -> None:
    first = compute(Q1)
    second = compute(Q2, first)
    published = publish.publish()
    assert published.flipped == {"2019Q3": first.release, "2019Q4": second.release}
    assert published.waiting_for == ()
    assert warehouse.shown() == expected(first, second)
    for release in (first, second):
        assert_equals_the_lake(warehouse, release)
    assert {one.state for one in all_releases()} == {"published"}
    again = publish.publish("2019Q4")
    assert again.flipped == {}
    assert warehouse.shown() == expected(first, second)


def test_a_correction_waits_for_the_quarter_that_reads_it(warehouse: Warehouse) -> None:
    first = compute(Q1)
    second = compute(Q2, first)
    publish.publish()
    corrected = compute(Q1, rows=ROWS + 1)
    held = publish.publish(Q1)
    assert held.flipped == {}
    assert held.waiting_for == ("2019Q4",)
    assert warehouse.shown() == expected(first, second)
    recomputed = compute(Q2, corrected)
    assert publish.publish().flipped == {"2019Q3": corrected.release, "2019Q4": recomputed.release}
    assert warehouse.shown() == expected(corrected, recomputed)
    pointer = warehouse.query("SELECT quarter, release, previous_release FROM ops.current_release ORDER BY quarter")
    assert pointer == [
        ("2019Q3", corrected.release, first.release),
        ("2019Q4", recomputed.release, second.release),
    ]
    for release in (first, second, corrected, recomputed):
        assert_equals_the_lake(warehouse, release)


def test_nobody_is_called_by_what_an_id_number_gives_and_a_new_key_gives_all_other_names(warehouse: Warehouse) -> None:
    people = "SELECT person_key FROM mart.mart_match"
    digests = {f"person_key-{hashlib.sha256(str(i).encode()).hexdigest()[:24]}" for i in range(ROWS)}
    first = compute(Q1)
    publish.publish()
    before = {key for (key,) in warehouse.query(people)}
    old, new = pseudonyms.rotate()
    again = compute(Q1)
    publish.publish()
    after = {key for (key,) in warehouse.query(people)}
    assert len(before) == len(after) == len(digests) and len(before | after | digests) == 3 * ROWS
    assert [one.inputs["versions"][pseudonyms.VERSION] for one in (first, again)] == [old, new]
    for release in (first, again):
        assert_equals_the_lake(warehouse, release)


def test_a_release_whose_key_is_gone_waits_for_it(warehouse: Warehouse) -> None:
    release = compute(Q1)
    keys = settings().home / "secrets" / pseudonyms.FILE
    kept = keys.read_text()
    keys.write_text("x" * 43)
    with pytest.raises(NotReady, match="put it back"):
        publish.publish()
    assert warehouse.query("SELECT * FROM ops.current_release") == []
    keys.write_text(f"{'x' * 43}\n{kept}")
    assert publish.publish().flipped == {Q1.key: release.release}


def test_a_generation_leaves_a_publication_late(warehouse: Warehouse) -> None:
    made = []
    for _ in range(3):
        made.append(compute(Q1))
        publish.publish()
    names = {load.generation_table(mart.name, r.release) for mart in marts.marts() for r in made}
    assert warehouse.tables() == names
    publish.publish()
    assert warehouse.tables() == {name for name in names if not name.endswith(f"_r{made[0].release}")}
    assert warehouse.shown() == expected(made[2])


def test_a_long_reader_is_waited_for_once(warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    first = compute(Q1)
    publish.publish()
    reader = warehouse.connect()
    assert read(reader) == expected(first)
    for _ in range(2):
        last = compute_again(first)
        publish.publish()
    old = {load.generation_table(mart.name, first.release) for mart in marts.marts()}
    engine = warehouse_engine()
    with engine.connect() as connection, caplog.at_level("INFO", logger=generations.__name__):
        assert generations.sweep(connection, engine) == ()
        assert len([line for line in caplog.messages if "is still read" in line]) == 1
        assert old < warehouse.tables()
        assert warehouse.shown() == expected(last)
        reader.close()
        assert set(generations.sweep(connection, engine)) == old


def test_readers_never_see_a_quarter_missing_or_partial(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    # One table of each kind, the catalogue's first: a table travels the same way whatever the others are.
    some = tuple({mart.kind: mart for mart in reversed(marts.marts())}.values())
    assert {"quarter" in mart.columns for mart in some} == {True, False}
    monkeypatch.setattr(marts, "marts", lambda: some)
    monkeypatch.setattr(publish, "marts", marts.marts)
    first = compute(Q1)
    shown = [first, compute(Q2, first)]
    publish.publish()
    larger = compute(Q1, rows=ROWS + 1)
    made = [shown, [larger, compute(Q2, larger, rows=2 * ROWS)]]
    with Readers(warehouse.connect, expected(*shown)) as readers:
        for turn in range(100):
            before, after = made[turn % 2]
            corrected = compute_again(before)
            shown = [corrected, compute_again(after, corrected)]
            with readers.publication(expected(*shown)):
                assert len(publish.publish().flipped) == 2
    assert readers.wrong == []
    assert max(reader.longest for reader in readers.readers) < 2.0
    assert warehouse.shown() == expected(*shown)
    publish.publish()
    assert {name.rsplit("_r", 1)[1] for name in warehouse.tables()} == {
        str(number)
        for row in warehouse.query("SELECT release, previous_release FROM ops.current_release")
        for number in row
    }


# Each breaks off the process where the named call has just returned, or, for the last two, inside the flip.
KILLS = {
    "before the first load": "from pipelines.warehouse import publish as p; after(p, 'build')",
    "after a load, before it is attached": "from pipelines.warehouse import load as m; after(m.Loader, 'load')",
    "after the first table is attached": "after(p, 'attach')",
    "after half the tables are attached": "after(p, 'attach', 4)",
    "after everything is attached, before the flip": "after(p, 'stage')",
    "in the flip, before the pointers move": "p.now = die",
    "in the flip, after the pointers moved": "p.update = die",
    "after the flip": "after(p, 'flip')",
}
_KILLED = """
import os, sys
from pipelines.warehouse import publish as p

def die(*_, **__):
    os._exit(9)

def after(owner, name, times=1):
    real, left = getattr(owner, name), [times]
    def wrapped(*args, **kwargs):
        result = real(*args, **kwargs)
        left[0] -= 1
        if not left[0]:
            die()
        return result
    setattr(owner, name, wrapped)

exec(sys.argv[1])
p.publish()
"""


@pytest.mark.parametrize("where", KILLS)
def test_killed_anywhere_a_second_run_gives_the_same(warehouse: Warehouse, where: str) -> None:
    first = compute(Q1)
    old = [first, compute(Q2, first)]
    publish.publish()
    corrected = compute(Q1, rows=ROWS + 1)
    new = [corrected, compute(Q2, corrected, rows=ROWS + 2)]
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, KILLS[where]],
        cwd=CHECKOUT,
        env={**os.environ, **warehouse.environment},
        timeout=60,
        check=False,
    )
    assert killed.returncode == 9
    flipped_already = where == "after the flip"
    assert warehouse.shown() == (expected(*new) if flipped_already else expected(*old))
    published = publish.publish()
    assert published.flipped == ({} if flipped_already else {r.quarter.key: r.release for r in new})
    assert warehouse.shown() == expected(*new)
    for release in (*old, *new):
        assert_equals_the_lake(warehouse, release)
    assert warehouse.tables() == {
        load.generation_table(mart.name, r.release) for mart in marts.marts() for r in (*old, *new)
    }


def test_killed_in_the_middle_of_a_load(warehouse: Warehouse) -> None:
    release = compute(Q1, large={"mart_match": 600_000})
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipelines.warehouse.publish import publish; publish()"],
        cwd=CHECKOUT,
        env={**os.environ, **warehouse.environment},
    )
    copying = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'bidui publish' AND query LIKE 'COPY%' AND state = 'active'"
    deadline = time.monotonic() + 60
    while not warehouse.query(copying):
        assert process.poll() is None and time.monotonic() < deadline, "the load was over before it could be killed"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert warehouse.query("SELECT count(*) FROM ops.current_release") == [(0,)]
    assert publish.publish().flipped == {"2019Q3": release.release}
    assert warehouse.shown() == expected(release)
    assert warehouse.tables() == {load.generation_table(mart.name, release.release) for mart in marts.marts()}


def test_two_publishers_at_once_publish_once(warehouse: Warehouse) -> None:
    release = compute(Q1)
    results: list[Mapping[str, int]] = []
    threads = [threading.Thread(target=lambda: results.append(publish.publish().flipped)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(len, results)) == [0, 1]
    assert warehouse.shown() == expected(release)


def test_a_release_overtaken_between_load_and_flip_is_not_shown(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute(Q1)
    newer: list[Release] = []
    real = publish.stage

    def stage_while_a_correction_arrives(*args: Any) -> None:
        real(*args)
        if not newer:
            newer.append(compute(Q1, rows=ROWS + 5))

    monkeypatch.setattr(publish, "stage", stage_while_a_correction_arrives)
    assert publish.publish().flipped == {"2019Q3": newer[0].release}
    assert warehouse.shown() == expected(newer[0])
    publish.publish()
    assert warehouse.tables() == {load.generation_table(mart.name, newer[0].release) for mart in marts.marts()}


def _record(release: Release, change: Callable[[dict[str, Any]], None]) -> None:
    content = {name: dict(said) for name, said in release.content.items()}
    change(content["mart_coverage"])
    import json

    with warehouse_engine().begin() as connection:
        sql = text("UPDATE ops.release SET content = CAST(:content AS jsonb) WHERE release = :release")
        connection.execute(sql, {"content": json.dumps(content), "release": release.release})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda said: said.update(rows=ROWS + 1), "40 rows, its release recorded 41"),
        (lambda said: said.update(hash="other"), "not what the release recorded"),
    ],
)
def test_what_differs_from_the_record_is_refused(
    warehouse: Warehouse, change: Callable[[dict[str, Any]], None], says: str
) -> None:
    before = compute(Q1)
    publish.publish()
    _record(compute(Q1), change)
    with pytest.raises(ContractBreach, match=says):
        publish.publish()
    assert warehouse.shown() == expected(before)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("a first quarter in which all agree", None),
        (
            "a county is not counted in its city",
            "places_add_up, M19 in region 3601 5 apart (10 against 5 in 7 pairs): ",
        ),
    ],
)
def test_counts_that_do_not_agree_are_not_published(warehouse: Warehouse, case: str, said: str | None) -> None:
    given = next(c for c in CASES if c.spec.stem == "mart_reconciliation" and c.title.startswith(case)).inputs
    with warehouse_engine().begin() as connection:
        release = open_release(connection, Q2, "f" * 8, {"previous": None}, now())
    lake = Lake()
    with DuckDBEngine(2, "1GiB", settings().scratch) as engine:
        for table in (*of_step("link"), *of_step("measure")):
            columns = columns_of(table.name)
            engine.register_rows(table.name, columns, arrow_table(columns, given.get(table.name, [])))
            select = f"SELECT * FROM {table.name}"
            relative, path = attempt(table.name, Q2, release.part)
            written = engine.write(select, columns, table.keys, {}, path)
            partition = Partition(table.name, Q2, release.part, relative, written.rows, written.content_hash)
            lake.ledger.commit_partition(partition)
    if said is None:
        compare(Q2.key)
    else:
        with pytest.raises(ContractBreach) as stopped:
            compare(Q2.key)
        assert said in str(stopped.value)
        assert not publish.publish().flipped
    assert [one.state for one in all_releases()] == ["planned" if said else "computed"]


def test_a_table_that_left_the_lake_is_named(warehouse: Warehouse) -> None:
    release = compute(Q1)
    sql = f"DELETE FROM ops.lake_partition WHERE table_name = 'mart_match' AND part = '{release.part}'"
    with warehouse_engine().begin() as connection:
        connection.execute(text(sql))
    with pytest.raises(NotReady, match="mart_match of 2019Q3"):
        publish.publish()


def test_rows_that_share_a_key_are_refused(warehouse: Warehouse) -> None:
    release = compute(Q1)
    partition = Ledger().partition("mart_coverage", Q1, release.part)
    assert partition is not None
    file = settings().lake / partition.path / "part-00000.parquet"
    import duckdb

    duckdb.sql(f"COPY (SELECT * REPLACE ('一' AS measure_code, '二' AS region_code, '三' AS cut, '四' AS group_code)"
               f" FROM read_parquet('{file}', hive_partitioning = false)) TO '{file}.new' (FORMAT parquet)")  # fmt: skip
    file.with_name(file.name + ".new").replace(file)
    with pytest.raises(ContractBreach, match="two rows with the same measure_code, region_code, cut, group_code"):
        publish.publish()
    assert warehouse.query("SELECT count(*) FROM ops.current_release") == [(0,)]


def test_no_message_holds_a_password_or_a_value(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    release = compute(Q1)
    partition = Ledger().partition("mart_match", Q1, release.part)
    assert partition is not None
    file = settings().lake / partition.path / "part-00000.parquet"
    import duckdb

    duckdb.sql(f"COPY (SELECT * REPLACE ('2018Q1' AS quarter, '张三 361122197001010017' AS person_key)"
               f" FROM read_parquet('{file}', hive_partitioning = false)) TO '{file}.new' (FORMAT parquet)")  # fmt: skip
    file.with_name(file.name + ".new").replace(file)
    with pytest.raises(EngineFailure, match="violates check constraint") as refused:
        publish.publish()
    assert "361122" not in str(refused.value)
    assert "张三" not in str(refused.value)
    password = "not-the-password"
    monkeypatch.setenv(
        "BIDUI_WAREHOUSE_DSN", f"postgresql+psycopg2://bidui:{password}@127.0.0.1:{warehouse.server.port}/bidui"
    )
    settings.cache_clear()
    with pytest.raises(EngineFailure, match="password authentication failed") as locked_out, load.Loader():
        pass
    assert password not in str(locked_out.value)
    assert locked_out.value.__suppress_context__


def test_every_table_view_and_column_has_its_chinese_comment(warehouse: Warehouse) -> None:
    publish.publish()
    compute(Q1)
    publish.publish()
    without = warehouse.query(
        "SELECT c.oid::regclass::text, a.attname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE n.nspname IN ('mart', 'bi', 'generation', 'ops') AND c.relkind IN ('r', 'p', 'v')"
        " AND c.relname <> 'alembic_version'"
        " AND (coalesce(col_description(c.oid, a.attnum), '') !~ '[一-龥]' OR coalesce(obj_description(c.oid, 'pg_class'), '') !~ '[一-龥]')"
    )
    assert without == []


def test_a_changed_declaration_keeps_every_generation(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    old = compute(Q1)
    publish.publish()
    declared = {mart.name: mart for mart in marts.marts()}
    coverage, change = declared["mart_coverage"], declared["mart_change"]
    columns = {name: kind for name, kind in coverage.columns.items() if name != "n_excluded"}
    columns["n_counties_missing"] = "INTEGER"
    columns = {"quarter": "VARCHAR", "system_name": "VARCHAR", **columns}
    comments = {**coverage.comments, "system_name": "系统名称", "cut": "分组维度(新)"}
    declared["mart_coverage"] = dataclasses.replace(
        coverage, columns=columns, comments={name: comments[name] for name in columns}
    )
    del declared["mart_school_yulu"]
    monkeypatch.setattr(marts, "marts", lambda: tuple(declared.values()))
    monkeypatch.setattr(publish, "marts", marts.marts)
    assert publish.publish().flipped == {}
    assert warehouse.shown() == {**expected(old)}
    row = warehouse.query("SELECT release, quarter, system_name FROM mart.mart_coverage LIMIT 1")
    assert row == [(old.release, "2019Q3", None)]
    types = warehouse.query(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'mart' AND table_name = 'mart_coverage' ORDER BY ordinal_position"
    )
    assert [name for name, _ in types] == ["release", *columns]
    assert dict(types)["n_counties_missing"] == "integer"
    assert warehouse.query(
        "SELECT to_regclass('mart.mart_school_yulu'), to_regclass('generation.mart_school_yulu')"
    ) == [(None, None)]
    new = compute(Q1)
    publish.publish()
    assert warehouse.shown() == expected(new)
    assert_equals_the_lake(warehouse, new)
    assert change.declaration == declared["mart_change"].declaration


def test_the_planner_leaves_out_other_quarters_and_generations(warehouse: Warehouse) -> None:
    first = compute(Q1)
    second = compute(Q2, first)
    publish.publish()
    plan = warehouse.query("EXPLAIN (ANALYZE, COSTS OFF) SELECT * FROM mart.mart_coverage WHERE quarter = '2019Q4'")
    said = "\n".join(row[0] for row in plan)
    assert f"mart_coverage_r{second.release}" in said
    assert f"mart_coverage_r{first.release}" not in said
