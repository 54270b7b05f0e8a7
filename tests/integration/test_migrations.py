"""A warehouse of any age comes to the newest revision, once, and is then what schema.py declares."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, create_engine, inspect, text

from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse import migrate as migrations
from pipelines.warehouse import schema

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = PostgresServer(tmp_path_factory.mktemp("postgres") / "home", port)
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def warehouse(server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = create_engine(server.ensure_database(request.node.name[:60], "bidui"))
    yield engine
    engine.dispose()


def difference(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=migrations.context_options())
        return list(compare_metadata(context, schema.metadata))


def revisions() -> list[str]:
    scripts = ScriptDirectory(str(migrations.MIGRATIONS))
    return [step.revision for step in scripts.walk_revisions()][::-1]


def test_an_empty_database_becomes_what_is_declared(warehouse: Engine) -> None:
    assert migrations.migrate(warehouse) == revisions()
    assert difference(warehouse) == []
    sequences = {schema.RELEASE_NUMBER.name, "incident_incident_seq"}
    assert set(inspect(warehouse).get_sequence_names("ops")) == sequences
    for name in ("ops", "casework", "ref", "generation", "mart", "bi"):
        assert inspect(warehouse).has_schema(name), name
    with warehouse.connect() as connection:
        uncommented = text(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"
            " AND coalesce(obj_description(oid, 'pg_namespace'), '') !~ '[一-龥]'"
        )
        assert connection.execute(uncommented).all() == []
    assert migrations.migrate(warehouse) == []


def test_the_comparison_notices_what_is_missing(warehouse: Engine) -> None:
    migrations.migrate(warehouse)
    dropped: Table = schema.incident
    with warehouse.begin() as connection:
        connection.execute(text(f"ALTER TABLE {dropped.fullname} DROP COLUMN detail"))
        connection.execute(text("COMMENT ON TABLE ops.release IS 'something else'"))
    kinds = {str(found[0]) if isinstance(found, tuple) else str(found[0][0]) for found in difference(warehouse)}
    assert kinds == {"add_column", "add_table_comment"}


def test_many_at_once_migrate_once(warehouse: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrations.migrate, [warehouse] * 4))
    assert sorted(applied) == [[], [], [], revisions()]
    assert difference(warehouse) == []


def test_a_failed_migration_leaves_nothing(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr("alembic.operations.Operations.create_index", broken)
        with pytest.raises(RuntimeError, match="broken"):
            migrations.migrate(warehouse)
    assert not inspect(warehouse).has_schema("ops")
    assert migrations.migrate(warehouse) == revisions()
