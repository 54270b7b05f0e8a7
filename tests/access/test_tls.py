"""The production shape's PostgreSQL: TLS for everybody from another machine, a password for everybody, the same access."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import create_engine, text

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.settings import settings
from pipelines.warehouse import logins
from pipelines.warehouse.access import Role
from pipelines.warehouse.migrate import migrate
from tests.access import tls_server, warehouse

pytestmark = pytest.mark.stack
PASSWORDS = {"AIRFLOW_DB_PASSWORD": "a" * 20, "BIDUI_DB_PASSWORD": "b" * 20, "BIDUI_ACCESS_PASSWORD": "c" * 20}


@pytest.fixture(scope="module")
def server() -> Iterator[tls_server.TlsServer]:
    if tls_server.programs() is None:
        pytest.skip(
            "Debian's PostgreSQL is not installed (apt-get install postgresql), as .ci/run does: TLS is not tested"
        )
    address = tls_server.outside_address()
    if address is None:
        pytest.skip("this machine has no address but loopback: TLS is not tested")
    made = tls_server.start(address)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def databases(server: tls_server.TlsServer) -> tls_server.TlsServer:
    """After the commands of service `databases`, run twice as two starts would."""
    programs = tls_server.programs()
    assert programs is not None
    script = tls_server.services()["databases"]["command"][2].replace(
        "/roles.sql", str(tls_server.CHECKOUT / "pipelines/warehouse/roles.sql")
    )
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": server.address, "PGPORT": str(server.port), "PGSSLMODE": "require",
        "PGUSER": tls_server.SUPERUSER, "PGPASSWORD": tls_server.PASSWORD, **PASSWORDS,
    }  # fmt: skip
    for _ in range(2):
        ran = subprocess.run(["sh", "-euc", script], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
    return server


def connect(
    server: tls_server.TlsServer, user: str, password: str, **options: object
) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=options.pop("host", server.address),
        port=server.port,
        user=user,
        password=password,
        dbname="bidui",
        **options,
    )


@pytest.mark.parametrize("user", ["bidui", "bidui_access", "postgres"])
def test_another_machine_is_refused_without_tls(databases: tls_server.TlsServer, user: str) -> None:
    password = {"bidui": "b" * 20, "bidui_access": "c" * 20}.get(user, tls_server.PASSWORD)
    with pytest.raises(psycopg2.OperationalError, match="no encryption"):
        connect(databases, user, password, sslmode="disable")
    with connect(databases, user, password, sslmode="require") as session, session.cursor() as cursor:
        cursor.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert cursor.fetchone() in {("TLSv1.3",), ("TLSv1.2",)}


def test_nobody_is_let_in_without_the_password(databases: tls_server.TlsServer) -> None:
    for host in (databases.address, "127.0.0.1"):
        for password in ("", "another"):
            with pytest.raises(psycopg2.OperationalError, match=r"password"):
                connect(databases, "bidui", password, host=host)


def test_who_verifies_the_server_is_not_taken_in_by_another(databases: tls_server.TlsServer, tmp_path: Path) -> None:
    right = {"sslmode": "verify-full", "sslrootcert": str(databases.folder / "ca.crt")}
    connect(databases, "bidui", "b" * 20, **right).close()
    tls_server.certificates(tmp_path, databases.address)
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        connect(databases, "bidui", "b" * 20, sslmode="verify-full", sslrootcert=str(tmp_path / "ca.crt"))


def test_airflow_and_the_warehouse_are_closed_to_each_other(databases: tls_server.TlsServer) -> None:
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        connect(databases, "airflow", "a" * 20)


def test_a_login_of_the_production_shape_sees_its_county(
    databases: tls_server.TlsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def address(user: str, password: str) -> str:
        return f"postgresql+psycopg2://{user}:{password}@{databases.address}:{databases.port}/bidui?sslmode=require"

    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BIDUI_WAREHOUSE_DSN", address("bidui", "b" * 20))
    monkeypatch.setenv("BIDUI_ACCESS_DSN", address("bidui_access", "c" * 20))
    settings.cache_clear()
    try:
        migrate()
        warehouse.fill(warehouse_engine())
        granted = logins.grant("county_of_tls", Role.COUNTY, [warehouse.OWN], "a test", "tester")
        assert granted.password_file is not None
        engine = create_engine(address("county_of_tls", granted.password_file.read_text(encoding="utf-8")))
        with engine.connect() as session:
            counties = text("SELECT DISTINCT county_code FROM mart.mart_case")
            assert session.execute(counties).scalars().all() == [warehouse.OWN]
        engine.dispose()
        assert logins.revoke("county_of_tls", [], "the test is over", "tester") == ()
        with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
            connect(databases, "county_of_tls", granted.password_file.read_text(encoding="utf-8"))
    finally:
        warehouse_engine().dispose()
        settings.cache_clear()
