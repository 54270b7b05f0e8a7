"""Views of a live PostgreSQL become a delivery: one snapshot, exact texts, evidence that stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, text
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.deliveries import database
from pipelines.deliveries.database import pull
from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.ledger import Ledger
from pipelines.deliveries.manifest import MANIFEST
from pipelines.deliveries.receive import receipt_of, receive
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter
from pipelines.settings import Settings, settings
from pipelines.sources import SOURCES
from pipelines.sources.base import SourceTable
from pipelines.stack.postgres import PostgresServer
from tests.contracts.rows import clean_row

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("home")]
QUARTER, CUT = Quarter(2018, 4), date(2018, 12, 31)
SYSTEM = "social_insurance"
TABLES = {table.entity: table for table in SOURCES[SYSTEM].tables}
PEOPLE, PAID = TABLES["participation"], TABLES["payment"]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def make(engine: Engine, table: SourceTable, rows: list[dict[str, Any]], view: str, leave_out: str = "") -> None:
    """A table with typed columns under GB names, and over it a view with the declared headers."""
    types = {"INTEGER": "integer", "DATE": "date", "DECIMAL(18,2)": "numeric(18,2)", "BOOLEAN": "boolean"}
    columns = {c.name: types.get(next(iter(c.staged.values())), "text") for c in table.columns}
    listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    shown = ", ".join(f"{quoted(c.name)} AS {quoted(c.header)}" for c in table.columns if c.name != leave_out)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS " + quoted("社保")))
        connection.execute(text(f'CREATE TABLE "社保"."基础_{table.entity}" ({listed})'))
        connection.execute(
            text(f'CREATE VIEW "社保".{quoted(view)} AS SELECT {shown} FROM "社保"."基础_{table.entity}"')
        )
    add(engine, table, rows)


def add(engine: Engine, table: SourceTable, rows: list[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    marks = ", ".join(f":{name}" for name in names)
    with engine.begin() as connection:
        connection.execute(text(f'INSERT INTO "社保"."基础_{table.entity}" VALUES ({marks})'), rows)


def typed(table: SourceTable, number: int, **change: Any) -> dict[str, Any]:
    """A clean row with the values a database holds."""
    row: dict[str, Any] = {**clean_row(table, number)}
    for column in table.columns:
        kind = next(iter(column.staged.values()))
        value = row[column.name]
        row[column.name] = (
            None
            if value == ""
            else int(value)
            if kind == "INTEGER"
            else value in ("1", "是")
            if kind == "BOOLEAN"
            else value
        )
    return row | change


@pytest.fixture
def source(server: PostgresServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database of the social-insurance office, and the settings that name two of its views."""
    address = server.ensure_database(f"source{abs(hash(request.node.nodeid)) % 10**9}", "office")
    views = {"participation": "社保.参保人员", "payment": "社保.缴费明细"}
    configured = {SYSTEM: {"dsn": address, "views": views, "sender": "省社保中心", "scope": ["360702"]}}
    monkeypatch.setenv("BIDUI_DATABASES", json.dumps(configured))
    settings.cache_clear()
    engine = create_engine(address)
    yield engine
    engine.dispose()


def rows_of(folder: Path, entity: str) -> list[str]:
    return (folder / f"{entity}.csv").read_text(encoding="utf-8").split("\n")


def lake(table: SourceTable, delivery: str) -> list[dict[str, Any]]:
    partition = Ledger().partition(table.name, QUARTER, f"delivery={delivery}")
    assert partition is not None
    found = duckdb.sql(f"SELECT * FROM '{settings().lake / partition.path}/*.parquet' ORDER BY line_number")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_what_a_database_holds_arrives_exactly(source: Engine) -> None:
    names = ["欧阳䶮", "𠮷田", "古丽·买买提", '引"号', "逗,号", "换\n行", " 空 格 ", "=1+1"]
    people = [typed(PEOPLE, number, name=name) for number, name in enumerate(names)]
    optional = next(c.name for c in PEOPLE.columns if c.optional and c.name not in PEOPLE.key)
    people[3][optional] = None
    make(source, PEOPLE, people, "参保人员")
    make(source, PAID, [typed(PAID, n, paid_amount="1234567890123.40") for n in range(5)], "缴费明细")
    folder = pull(SYSTEM, QUARTER, CUT)
    assert folder == settings().landing / SYSTEM / "2018Q4-360702-001"
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "participation.csv", "payment.csv"]
    assert [one.accepted for one in receive()] == [True], receipt_of(SYSTEM, folder.name).read_text(encoding="utf-8")
    done = ingest(SYSTEM, QUARTER)
    assert (done.rows_in, done.rows_quarantined) == (13, 0)
    assert [row["name"] for row in lake(PEOPLE, folder.name)] == [name.strip() for name in names]
    assert {str(row["paid_amount"]) for row in lake(PAID, folder.name)} == {"1234567890123.40"}
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["sender"], manifest["cut_date"], manifest["scope"]) == ("省社保中心", "2018-12-31", ["360702"])


CELLS = [
    ("NULL::text", ""),
    ("''::text", ""),
    ("DATE '2018-09-30'", "2018-09-30"),
    ("TIMESTAMP '2018-09-30 00:00'", "2018-09-30"),
    ("TIMESTAMP '2018-09-30 08:05:09'", "2018-09-30 08:05:09"),
    ("TIME '08:05'", "08:05:00"),
    ("12345678901234567890.123456789::numeric", "12345678901234567890.123456789"),
    ("0.10::numeric(5,2)", "0.10"),
    ("1e-7::numeric", "0.0000001"),
    ("100::numeric(20,-2)", "100"),
    ("0.1::float8", "0.1"),
    ("9007199254740993::bigint", "9007199254740993"),
    ("true", "1"),
    ("false", "0"),
    ("'360702198001010013'::char(20)", "360702198001010013  "),
    ("'\\x00ff'::bytea", "00ff"),
    ("'{\"甲\": 1}'::jsonb", '{"甲": 1}'),
]


def test_every_type_is_written_exactly(source: Engine) -> None:
    with source.connect() as connection:
        for sql, cell in CELLS:
            assert database.cell_of(connection.execute(text(f"SELECT {sql}")).scalar_one()) == cell, sql


def test_a_database_in_a_gb_encoding_is_read_too(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.ensure_database("utf8", "office")
    with server.administrator() as connection, connection.cursor() as cursor:
        how = "ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0 LOCALE_PROVIDER libc"
        cursor.execute(f"CREATE DATABASE gb OWNER office {how}")
    address = server.ensure_database("gb", "office")
    views = {"participation": "社保.参保人员"}
    configured = {SYSTEM: {"dsn": address, "views": views, "sender": "省社保中心", "scope": ["360702"]}}
    monkeypatch.setenv("BIDUI_DATABASES", json.dumps(configured))
    settings.cache_clear()
    engine = create_engine(address)
    make(engine, PEOPLE, [typed(PEOPLE, 1, name="欧阳建国")], "参保人员")
    engine.dispose()
    folder = pull(SYSTEM, QUARTER, CUT)
    assert folder is not None
    assert "欧阳建国" in rows_of(folder, "participation")[1]


def test_all_views_are_read_as_they_stood_at_one_moment(source: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    make(source, PEOPLE, [typed(PEOPLE, n) for n in range(5)], "参保人员")
    make(source, PAID, [typed(PAID, n) for n in range(5)], "缴费明细")
    read: Callable[..., Any] = database._read

    def meanwhile(*args: Any) -> Any:
        done = read(*args)
        add(source, PAID, [typed(PAID, 100 + args[-1].stat().st_ino % 7)])
        return done

    monkeypatch.setattr(database, "_read", meanwhile)
    folder = pull(SYSTEM, QUARTER, CUT)
    assert folder is not None
    assert len(rows_of(folder, "payment")) == 1 + 5 + 1  # header, rows, the end of the last line
    with source.connect() as connection:
        assert connection.execute(text('SELECT count(*) FROM "社保"."缴费明细"')).scalar_one() == 7


def test_a_view_without_a_column_is_refused_with_its_receipt(source: Engine) -> None:
    needed = next(c for c in PEOPLE.columns if not c.optional and c.name in PEOPLE.key)
    make(source, PEOPLE, [typed(PEOPLE, n) for n in range(5)], "参保人员", leave_out=needed.name)
    make(source, PAID, [typed(PAID, n) for n in range(5)], "缴费明细")
    folder = pull(SYSTEM, QUARTER, CUT)
    assert folder is not None
    assert [one.accepted for one in receive()] == [False]
    receipt = receipt_of(SYSTEM, folder.name).read_text(encoding="utf-8")
    assert f"缺少列“{needed.header}”" in receipt


def test_what_has_not_changed_is_not_delivered_again(source: Engine) -> None:
    make(source, PEOPLE, [typed(PEOPLE, n) for n in range(5)], "参保人员")
    make(source, PAID, [typed(PAID, n) for n in range(5)], "缴费明细")
    assert pull(SYSTEM, QUARTER, CUT) is not None
    receive()
    assert pull(SYSTEM, QUARTER, CUT) is None
    assert [path.name for path in (settings().landing / SYSTEM).iterdir()] == ["2018Q4-360702-001"]
    add(source, PAID, [typed(PAID, 77)])
    second = pull(SYSTEM, QUARTER, CUT)
    assert second is not None
    assert second.name == "2018Q4-360702-002"
    with pytest.raises(ContractBreach, match="higher sequence"):
        pull(SYSTEM, QUARTER, CUT, sequence=2)


def test_nothing_can_be_changed_through_a_view(source: Engine) -> None:
    make(source, PAID, [typed(PAID, 1)], "缴费明细")
    with source.begin() as connection:
        connection.execute(text("CREATE TABLE seen (n int)"))
        connection.execute(
            text("CREATE FUNCTION tell() RETURNS text LANGUAGE sql AS 'INSERT INTO seen VALUES (1) RETURNING ''x'''")
        )
        connection.execute(text('CREATE VIEW "社保"."参保人员" AS SELECT tell() AS x'))
    with pytest.raises((ContractBreach, NotReady), match="ReadOnlySqlTransaction"):
        pull(SYSTEM, QUARTER, CUT)
    assert list((settings().landing / SYSTEM).iterdir()) == []


@pytest.mark.parametrize(
    "address", ["bad", "postgresql+psycopg2://office:geheim@127.0.0.1:1/x", "nodriver://a:geheim@b/c"]
)
def test_no_address_is_ever_told(
    address: str, source: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    configured = json.loads(Settings().model_dump_json()) and {
        SYSTEM: {"dsn": address, "views": {"participation": "v"}, "sender": "省社保中心"}
    }
    monkeypatch.setenv("BIDUI_DATABASES", json.dumps(configured))
    settings.cache_clear()
    with pytest.raises((ContractBreach, NotReady)) as caught:
        pull(SYSTEM, QUARTER, CUT)
    run = CliRunner().invoke(app, ["pull", "--system", SYSTEM, "--quarter", "2018Q4"])
    assert run.exit_code == 1
    told = [str(caught.value), run.output, caplog.text, str(settings()), repr(settings()), settings().model_dump_json()]
    assert not any("geheim" in one for one in told)


def test_settings_that_make_no_sense_tell_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = tmp_path / "home" / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    for wrong in ('{"x": {"dsn": "geheim"', '{"x": "geheim"}', '{"x": {"dsn": "geheim", "views": {}}}', '["geheim"]'):
        (secrets / "databases.json").write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError) as caught:
            Settings()
        assert "geheim" not in str(caught.value)
        monkeypatch.setenv("BIDUI_DATABASES", wrong)
        (secrets / "databases.json").unlink()
        with pytest.raises(ValueError) as caught:
            Settings()
        assert "geheim" not in str(caught.value)
        monkeypatch.delenv("BIDUI_DATABASES")


@pytest.mark.parametrize(
    ("configured", "words"),
    [
        ({}, "no database is configured"),
        ({SYSTEM: {"dsn": "sqlite://", "views": {"participation": "v"}, "sender": "x"}}, "kind sqlite"),
        ({SYSTEM: {"dsn": "sqlite://", "views": {"wages": "v"}, "sender": "x"}}, "sends no wages"),
    ],
)
def test_what_is_not_configured_is_not_read(
    configured: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDUI_DATABASES", json.dumps(configured))
    settings.cache_clear()
    with pytest.raises(ContractBreach, match=words):
        pull(SYSTEM, QUARTER, CUT)
    with pytest.raises(ContractBreach, match="no system"):
        pull("tax", QUARTER, CUT)
