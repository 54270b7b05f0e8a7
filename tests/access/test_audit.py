"""Every reading of people is recorded, once, though its transaction is rolled back; what others write to the log is not."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from typer.testing import CliRunner

from pipelines.casework.exports import Written, record
from pipelines.cli import app
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.errors import NotReady
from pipelines.periods import Quarter, now
from pipelines.settings import settings
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse import audit, logins
from pipelines.warehouse.access import Role
from tests.access import warehouse

pytestmark = pytest.mark.stack
READER, TABLE = "reader_yudu", "mart_case"


@pytest.fixture
def log(server: PostgresServer, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A filled warehouse; the log of its server, looked at from where it is now."""
    monkeypatch.setenv("BIDUI_DATABASE_LOG", str(server.log))
    database = str(warehouse_engine().url.database)
    password = (server.home / "secrets" / "bidui_access.password").read_text()
    monkeypatch.setenv("BIDUI_ACCESS_DSN", server.address(database, "bidui_access", password))
    monkeypatch.setenv("BIDUI_WAREHOUSE_DSN", warehouse_engine().url.render_as_string(hide_password=False))
    settings.cache_clear()
    warehouse.fill(warehouse_engine())
    audit.collect()  # what other tests had the server write
    with warehouse_engine().begin() as connection:
        connection.execute(text("DELETE FROM ops.incident"))
    return server.log


@pytest.fixture
def reader(server: PostgresServer, log: Path) -> Iterator[Engine]:
    """A county's login, for good: roles outlive a database."""
    engine = create_engine(_address(server, READER, Role.COUNTY, warehouse.OWN))
    yield engine
    engine.dispose()


def _address(server: PostgresServer, login: str, role: Role, region: str) -> str:
    granted = logins.grant(login, role, [region], "test", "tester")
    with server.administrator() as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {login} PASSWORD 'known'")
    assert granted.login == login
    return server.address(str(warehouse_engine().url.database), login, "known")


def read(engine: Engine, statement: str = f"SELECT count(*) FROM mart.{TABLE}") -> object:
    """A query whose transaction is given up."""
    with engine.connect() as connection:
        got = connection.execute(text(statement)).scalar()
        connection.rollback()
    return got


def run(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))


def say(engine: Engine, words: str) -> None:
    """Have the server write these words to its log, as any login can."""
    with engine.connect() as connection, pytest.raises(SQLAlchemyError, match="invalid input syntax"):
        connection.execute(text("SELECT CAST(:words AS integer)"), {"words": words})


def logged(log: Path, mark: str) -> bytes:
    """The last line with this mark, once the server has written it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if lines := [line for line in log.read_bytes().split(b"\n") if mark.encode() in line]:
            return lines[-1]
        time.sleep(0.05)
    raise AssertionError(f"{mark} never came to the log")


def told() -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.login, one.table, one.regions) for one in audit.reads()]


def test_a_reading_is_recorded_though_rolled_back_and_once(reader: Engine) -> None:
    before = now()
    assert read(reader) == 1
    assert read(reader, "SELECT count(*) FROM mart.mart_coverage") is not None, "counts, nobody's row"
    assert audit.collect().reads == 1
    assert told() == [(READER, TABLE, (warehouse.OWN,))]
    assert before - timedelta(seconds=5) < audit.reads()[0].at < now() + timedelta(seconds=5)
    assert audit.collect() == audit.Collected(files=audit.collect().files, reads=0, unsigned=0)
    read(reader)
    read(reader)
    assert audit.collect().reads == 2 and len(told()) == 3


def test_what_is_not_run_or_read_by_the_pipeline_is_no_reading(reader: Engine) -> None:
    run(reader, f"EXPLAIN SELECT * FROM mart.{TABLE}")
    read(warehouse_engine())
    assert audit.collect().reads == 0
    assert told() == []


def test_forged_lines_are_not_recorded_but_told(reader: Engine, log: Path, server: PostgresServer) -> None:
    read(reader)
    database = str(warehouse_engine().url.database)
    real = re.search(r"bidui read: .*", logged(log, f"database={database}").decode())
    assert real is not None
    words = real.group()
    other = words.replace(f"login={READER}", "login=reader_ganzhou")
    say(reader, words)  # what its own session was shown: the same reading
    say(reader, other)
    say(reader, "bidui read: login=reader_ganzhou table=mart_case regions={36}")
    forged = f"2026-11-30 12:00:00.000 CST [7] reader_ganzhou@{database} LOG:  {other}"
    for line_break in ("\n", "\r", "\x0b", "\u2028"):
        say(reader, f"{line_break}{forged}")
    done = audit.collect()
    assert (done.reads, done.unsigned) == (1, 6)
    assert told() == [(READER, TABLE, (warehouse.OWN,))]
    with warehouse_engine().connect() as connection:
        kinds = connection.execute(text("SELECT kind, message FROM ops.incident")).all()
    assert [kind for kind, _ in kinds] == ["unsigned"] and "6 行" in kinds[0][1]


def test_a_name_that_fails_to_log_in_forges_nothing(reader: Engine, log: Path, server: PostgresServer) -> None:
    name = "x\n2026-11-30 12:00:00.000 CST [7] nobody_at_all"
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(
            host="127.0.0.1", port=server.port, user=name, password="x",
            dbname="bidui LOG:  bidui read: login=abc table=mart_case regions={36}\n",
        )  # fmt: skip
    assert logged(log, "bidui read: login=abc table=mart_case").startswith(b"2026-11-30 12:00:00.000 CST [7] nobody")
    done = audit.collect()
    assert (done.reads, done.unsigned) == (0, 1) and told() == []


def test_the_look_up_names_no_table_that_is_none_and_signs_nothing_else(reader: Engine) -> None:
    for statement in ("SELECT access.counties('张三')", "SELECT access.counties('mart_nothing')"):
        with pytest.raises(SQLAlchemyError, match="no such table"):
            run(reader, statement)
    for statement in ("SELECT access.signature('x')", "SELECT * FROM access.signing_key", "SELECT * FROM access.read"):
        with pytest.raises(SQLAlchemyError, match="permission denied"):
            run(reader, statement)
    assert audit.collect().reads == 0


def test_readings_outlast_rotation_and_truncation(
    reader: Engine, log: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def copied(beginning: int) -> bytes:
        return log.read_bytes()[beginning:]

    mine = tmp_path / "server" / "postgresql.log"
    mine.parent.mkdir()
    monkeypatch.setenv("BIDUI_DATABASE_LOG", str(mine))
    settings.cache_clear()
    begin = log.stat().st_size
    read(reader)
    first = copied(begin)
    mine.write_bytes(first[:-10])  # the server is writing: no whole line yet
    assert audit.collect().reads == 0
    mine.write_bytes(first)
    assert audit.collect().reads == 1 and audit.is_taken_in(mine)
    middle = log.stat().st_size
    read(reader)
    with mine.open("ab") as file:
        file.write(copied(middle))
    assert not audit.is_taken_in(mine)
    mine.rename(mine.with_name("postgresql.log.1"))  # renamed, a new one begun
    end = log.stat().st_size
    read(reader)
    mine.write_bytes(copied(end))
    assert audit.collect().reads == 2
    shutil.copy(mine, mine.with_name("postgresql.log.2"))  # copied, then emptied in place and grown past its length
    end = log.stat().st_size
    for _ in range(3):
        read(reader)
    with mine.open("r+b") as file:
        file.truncate(0)
        file.write(copied(end))
    assert audit.collect() == audit.Collected(files=3, reads=3, unsigned=0)
    assert len(told()) == 6


def test_a_long_log_is_taken_in_piece_by_piece(reader: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_BATCH", 2)
    for _ in range(5):
        read(reader)
    assert audit.collect().reads == 5
    assert len({one.at for one in audit.reads()}) == 5


def test_a_log_that_cannot_be_read_is_said_so(log: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIDUI_DATABASE_LOG", str(tmp_path / "nowhere" / "x.log"))
    settings.cache_clear()
    with pytest.raises(NotReady, match="BIDUI_DATABASE_LOG"):
        audit.collect()


def test_the_record_is_only_added_to_and_outlives_six_months(reader: Engine) -> None:
    read(reader)
    audit.collect()
    old = text(
        "INSERT INTO access.read (login, table_name, region_codes, session, read_at)"
        " VALUES ('x', 'mart_case', '{36}', 1, now() - interval '7 months')"
    )
    with warehouse_engine().begin() as connection:
        connection.execute(old)
    for change in ("UPDATE access.read SET login = 'y'", "DELETE FROM access.read", "TRUNCATE access.read"):
        with pytest.raises(SQLAlchemyError, match="only added"), warehouse_engine().begin() as connection:
            connection.execute(text(change))
    assert len(told()) == 2
    with warehouse_engine().begin() as connection:
        connection.execute(text("DELETE FROM access.read WHERE read_at < now() - interval '6 months'"))
    assert told() == [(READER, TABLE, (warehouse.OWN,))]


def test_the_command_tells_readings_and_exports_and_the_auditor_sees_them(
    reader: Engine, server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "clerk")
    (tmp_path / "list.xlsx").write_bytes(b"list")
    read(reader)
    record([Written(tmp_path / "list.xlsx", 12, county_code=warehouse.OWN)], Quarter.parse("2019Q1"), 3)
    assert CliRunner().invoke(app, ["access", "collect", "--json"]).exit_code == 0

    def shown(*words: str) -> list[tuple[str, str]]:
        got = CliRunner().invoke(app, ["access", "reads", "--json", *words])
        assert got.exit_code == 0, got.output
        return [(one["login"], one["table"]) for one in json.loads(got.stdout)]

    assert shown() == [(READER, TABLE), ("clerk", "list")]
    assert shown("--login", READER) == shown("--table", TABLE) == [(READER, TABLE)]
    assert shown("--login", "clerk") == shown("--table", "list") == [("clerk", "list")]
    assert shown("--since", f"{now():%Y-%m-%d}") == shown()
    assert shown("--since", f"{now() + timedelta(days=1):%Y-%m-%d}") == []
    assert "12 rows" in CliRunner().invoke(app, ["access", "reads"]).stdout
    auditor = create_engine(_address(server, "reader_audit", Role.AUDITOR, "36"))
    try:
        assert read(auditor, "SELECT count(*) FROM access.read") == 1
        with pytest.raises(SQLAlchemyError, match="permission denied"):
            read(auditor)
    finally:
        auditor.dispose()
