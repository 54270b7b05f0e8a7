"""A warehouse of any age comes to the newest revision, once, and is then what schema.py declares."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from pipelines.deliveries.ledger import Ledger
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse import migrate as migrations
from pipelines.warehouse import schema

pytestmark = pytest.mark.stack


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
    sequences = {
        schema.RELEASE_NUMBER.name,
        "incident_incident_seq",
        "gate_decision_decision_seq",
        "removal_removal_seq",
    }
    assert set(inspect(warehouse).get_sequence_names("ops")) == sequences
    for name in ("ops", "casework", "ref", "access", "generation", "mart", "bi"):
        assert inspect(warehouse).has_schema(name), name
    with warehouse.connect() as connection:
        uncommented = text(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"
            " AND coalesce(obj_description(oid, 'pg_namespace'), '') !~ '[一-龥]'"
        )
        assert connection.execute(uncommented).all() == []
    assert migrations.migrate(warehouse) == []


def test_every_view_is_there_with_the_columns_that_are_read_and_chinese_comments(warehouse: Engine) -> None:
    migrations.migrate(warehouse)
    views = [schema.delivery_state, schema.delivery_timeliness]
    assert set(inspect(warehouse).get_view_names("ops")) == {view.name for view in views}
    with warehouse.connect() as connection:
        for view in views:
            assert connection.execute(select(view)).all() == []
        uncommented = text(
            "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0"
            " WHERE relnamespace = 'ops'::regnamespace AND relkind IN ('r', 'v') AND relname <> 'alembic_version'"
            " AND NOT attisdropped AND (coalesce(col_description(pg_class.oid, attnum), '') !~ '[一-龥]'"
            " OR coalesce(obj_description(pg_class.oid, 'pg_class'), '') !~ '[一-龥]')"
        )
        assert connection.execute(uncommented).all() == []


def test_a_ledger_from_before_the_gates_keeps_its_meaning(warehouse: Engine) -> None:
    with warehouse.begin() as connection:
        connection.execute(text("CREATE SCHEMA ops"))
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "r0001_ops")
        for name, status, outcome in (
            ("d1", "accepted", "staged"),
            ("d2", "accepted", "stopped"),
            ("d3", "refused", ""),
        ):
            connection.execute(
                text("INSERT INTO ops.delivery (system, delivery_id, status, fingerprint, received_at)"
                     " VALUES ('s', :name, :status, 'f', now())"), {"name": name, "status": status},
            )  # fmt: skip
            if outcome:
                connection.execute(
                    text("INSERT INTO ops.staging VALUES ('s', :name, 't', '2018Q4', :outcome, 2, 1, 1, '{}')"),
                    {"name": name, "outcome": outcome},
                )
    assert migrations.migrate(warehouse) == revisions()[1:]
    assert difference(warehouse) == []
    assert Ledger(warehouse).states() == {("s", "d1"): "staged", ("s", "d2"): "stopped", ("s", "d3"): "refused"}
    assert {one.delivery_id: (one.status, one.county_counts, one.held_by) for one in Ledger(warehouse).staged()} == {
        "d1": ("staged", {}, {}), "d2": ("stopped", {}, {}),
    }  # fmt: skip


def test_older_decisions_stand_without_saying_what_they_judged(warehouse: Engine) -> None:
    insert = (
        "INSERT INTO casework.link_decision (since_quarter, outcome, system, record_number, person_system,"
        " person_record_number, reason, decided_by, decided_at, channel{names})"
        " VALUES ('2019Q1', 'must_link', 'yulu', 'Y1', 'poverty_register', 'P1', '核实', '核定人', now(), 'workbook'{values})"
    )
    with warehouse.begin() as connection:
        connection.execute(text("CREATE SCHEMA ops"))
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "r0003_link_decisions")
        connection.execute(text(insert.format(names="", values="")))
    assert migrations.migrate(warehouse) == revisions()[3:]
    assert difference(warehouse) == []
    with warehouse.begin() as connection:
        connection.execute(text(insert.format(names=", tier, basis", values=", 'T5', 'draw'")))
        kept = connection.execute(select(schema.link_decision.c["tier", "basis"])).all()
    assert set(kept) == {(None, None), ("T5", "draw")}
    with pytest.raises(IntegrityError, match="link_decision_basis"), warehouse.begin() as connection:
        connection.execute(text(insert.format(names=", basis", values=", 'guess'")))


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
