"""What tests of several kinds share: one PostgreSQL server per test process, a home with a warehouse of its own, an order."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pipelines.stack.postgres import PostgresServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files by the minutes they say they take, the longest first: one that came last would leave the other core idle."""

    def minutes(item: pytest.Item) -> float:
        said = item.get_closest_marker("minutes")
        return float(said.args[0]) if said else 0.0

    items.sort(key=minutes, reverse=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running PostgreSQL; each test makes a database of its own in it."""
    from pipelines.stack.postgres import PostgresServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = PostgresServer(tmp_path_factory.mktemp("postgres") / "home", port)
    try:
        made.start()
        yield made
    finally:
        made.kill()  # an orderly end would first write dozens of databases to disk
        made.remove()


@pytest.fixture
def home(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """A home and a migrated warehouse that nobody else uses."""
    from pipelines.deliveries.ledger import warehouse_engine
    from pipelines.settings import settings
    from pipelines.warehouse.migrate import migrate

    name = f"d{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]}"
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BIDUI_WAREHOUSE_DSN", server.ensure_database(name, "bidui"))
    settings.cache_clear()
    migrate()
    yield tmp_path / "home"
    warehouse_engine().dispose()
    settings.cache_clear()
