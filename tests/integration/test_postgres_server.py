"""The launcher against a real PostgreSQL: keeps what was committed, lets in who it should, says what is wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from pipelines.stack import binaries
from pipelines.stack.postgres import PostgresServer
from pipelines.stack.processes import LOOPBACK, StackError

CHECKOUT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    # pytest's folder is closed to others: as root this also tries the data folder outside home.
    made = PostgresServer(tmp_path_factory.mktemp("postgres") / "home", free_port())
    try:
        made.start()
        made.ensure_databases()
        yield made
    finally:
        made.remove()


def connect(
    server: PostgresServer, role: str, database: str, password: str | None = None
) -> psycopg2.extensions.connection:
    kept = (server.home / "secrets" / f"{role}.password").read_text()
    return psycopg2.connect(
        host=LOOPBACK, port=server.port, user=role, dbname=database, password=kept if password is None else password
    )


def in_another_process(server: PostgresServer, action: str) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.stack.postgres import PostgresServer; "
        f"PostgresServer(Path(sys.argv[1]), int(sys.argv[2])).{action}()"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(server.home), str(server.port)], cwd=CHECKOUT, check=True, timeout=60
    )


def test_committed_rows_survive_a_killed_server(server: PostgresServer) -> None:
    session = connect(server, "bidui", "bidui")
    with session, session.cursor() as cursor:
        cursor.execute("CREATE TABLE survives AS SELECT n FROM generate_series(1, 1000) AS n")
    with session.cursor() as cursor:
        cursor.execute("INSERT INTO survives VALUES (1001)")  # left uncommitted
    server.kill()
    server.start()
    with connect(server, "bidui", "bidui") as after, after.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM survives")
        assert cursor.fetchone() == (1000,)


def test_start_after_a_kill_ignores_a_lock_file_whose_pid_is_somebody_elses(server: PostgresServer) -> None:
    server.kill()
    lock_file = server.data / "postmaster.pid"
    lines = lock_file.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lock_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert not server.is_running()
        server.start()
        assert server.is_running()
        assert stranger.poll() is None
        stranger.kill()


def test_it_outlives_the_process_that_started_it_and_another_can_stop_it(server: PostgresServer) -> None:
    server.stop()
    assert not server.is_running()
    in_another_process(server, "start")
    assert server.is_running()
    started = server.pid()
    server.start()
    assert server.pid() == started
    in_another_process(server, "stop")
    assert not server.is_running()
    server.start()


def test_two_starts_at_once_make_one_server(server: PostgresServer) -> None:
    server.stop()
    code = (
        "import sys; from pathlib import Path; from pipelines.stack.postgres import PostgresServer; "
        "s = PostgresServer(Path(sys.argv[1]), int(sys.argv[2])); s.start(); print(s.pid())"
    )
    command = [sys.executable, "-c", code, str(server.home), str(server.port)]
    both = [subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    pids = [process.communicate(timeout=60)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert pids == [str(server.pid())] * 2


@pytest.mark.parametrize(("role", "database"), [("bidui", "bidui"), ("airflow", "airflow"), ("postgres", "postgres")])
@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_or_missing_password_is_refused(
    server: PostgresServer, role: str, database: str, password: str
) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        connect(server, role, database, password)
    connect(server, role, database).close()


@pytest.mark.parametrize(
    ("role", "database"),
    [("airflow", "bidui"), ("bidui", "airflow"), ("airflow", "postgres"), ("bidui", "template1")],
)
def test_a_role_is_refused_where_it_has_no_business(server: PostgresServer, role: str, database: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        connect(server, role, database)


def test_every_way_in_asks_for_a_password_and_nothing_is_unsafe(server: PostgresServer) -> None:
    with server.administrator() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT auth_method, error FROM pg_hba_file_rules")
        assert cursor.fetchall() == [("scram-sha-256", None)]
        wanted = {"data_checksums": "on", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
        wanted |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "server_encoding": "UTF8"}
        for name, value in wanted.items():
            cursor.execute("SELECT current_setting(%s)", (name,))
            assert cursor.fetchone() == (value,), name
        cursor.execute("SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin")
        assert cursor.fetchone() == (True,)
    for secret in (server.home / "secrets").iterdir():
        assert secret.stat().st_mode & 0o077 == 0, secret.name


def test_the_log_holds_no_value_of_a_failed_statement(server: PostgresServer) -> None:
    session = connect(server, "bidui", "bidui")
    with session.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE listed (id_number text PRIMARY KEY)")
        cursor.execute("INSERT INTO listed VALUES ('361122197001010017')")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            cursor.execute("INSERT INTO listed VALUES ('361122197001010017')")
    session.close()
    text = server.log.read_text()
    assert "duplicate key" in text
    assert "361122197001010017" not in text


def test_setting_up_again_changes_nothing_and_mends_a_forgotten_password(server: PostgresServer) -> None:
    address = (server.home / "secrets" / "warehouse.dsn").read_text()
    assert server.ensure_database("bidui", "bidui") == address
    (server.home / "secrets" / "bidui.password").unlink()
    renewed = server.ensure_database("bidui", "bidui")
    assert renewed != address
    assert (server.home / "secrets" / "warehouse.dsn").read_text() == renewed
    connect(server, "bidui", "bidui").close()


def test_a_taken_port_is_named_with_its_holder_and_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind((LOOPBACK, 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        with pytest.raises(StackError) as refusal:
            PostgresServer(tmp_path / "home", port).start()
    message = str(refusal.value)
    assert f"Port {port}" in message
    assert "BIDUI_POSTGRES_PORT" in message
    assert f"pid {os.getpid()}" in message


def test_another_port_than_the_running_servers_is_refused(server: PostgresServer) -> None:
    server.start()
    with pytest.raises(StackError, match=f"already runs on port {server.port}"):
        PostgresServer(server.home, free_port()).start()


def test_remove_leaves_nothing_behind(tmp_path: Path) -> None:
    short_lived = PostgresServer(tmp_path / "home", free_port())
    short_lived.start()
    short_lived.ensure_databases()
    place, pid = short_lived.area.resolve(), short_lived.pid()
    short_lived.remove()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not place.exists()
    assert not short_lived.area.is_symlink()
    assert list((short_lived.home / "secrets").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_programs_in_a_folder_closed_to_the_server_user_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = binaries._wheel_folder()
    package = wheel.parent.parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for part in (package, package.with_name(f"{package.name}.libs")):
        subprocess.run(["cp", "-a", str(part), str(closed)], check=True)
    monkeypatch.setattr(binaries, "_wheel_folder", lambda: closed / wheel.relative_to(package.parent))
    server = PostgresServer(tmp_path / "home", free_port())
    try:
        server.start()
        process = psutil.Process(server.pid())
        assert process.uids().real != 0
        copied = Path(process.exe())
        assert copied.is_relative_to(server.area.resolve() / "programs")
        made = copied.stat().st_mtime_ns, copied.stat().st_ino
        server.stop()
        server.start()
        assert (copied.stat().st_mtime_ns, copied.stat().st_ino) == made
    finally:
        server.remove()
