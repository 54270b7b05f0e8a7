"""One besieged warehouse for a file of tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.settings import settings
from pipelines.stack.credentials import keep_secret
from pipelines.stack.databases import ACCESS_ROLE
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse.migrate import migrate
from tests.access.besieged import Besieged, besieged


@pytest.fixture(scope="module")
def under_attack(
    server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Besieged]:
    """A warehouse of marked rows that nobody else uses, and everybody who attacks it."""
    name = f"d{hashlib.sha256(request.module.__name__.encode()).hexdigest()[:16]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIDUI_HOME", str(tmp_path_factory.mktemp("access") / "home"))
        patch.setenv("BIDUI_WAREHOUSE_DSN", server.ensure_database(name, "bidui"))
        password = keep_secret(server.home, f"{ACCESS_ROLE}.password")
        patch.setenv("BIDUI_ACCESS_DSN", server.address(name, ACCESS_ROLE, password))
        server.ensure_database("airflow", "airflow")
        settings.cache_clear()
        migrate()
        with besieged(server, name) as made:
            yield made
        warehouse_engine().dispose()
        settings.cache_clear()
