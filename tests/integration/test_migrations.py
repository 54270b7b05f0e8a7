"""A warehouse of any age comes to the newest revision, once, and is then what schema.py declares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from pipelines.deliveries.ledger import Ledger
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse import migrate as migrations
from pipelines.warehouse import schema

pytestmark = pytest.mark.stack
SCHEMAS = sorted({str(table.schema) for table in schema.metadata.tables.values()})


@pytest.fixture
def warehouse(server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[Engine]:
    name = f"d{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]}"
    engine = create_engine(server.ensure_database(name, "bidui"))
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
            " WHERE relnamespace::regnamespace::text IN ('ops', 'casework', 'ref', 'access') AND relkind IN ('r', 'p', 'v')"
            " AND NOT attisdropped AND (coalesce(col_description(pg_class.oid, attnum), '') !~ '[一-龥]'"
            " OR coalesce(obj_description(pg_class.oid, 'pg_class'), '') !~ '[一-龥]')"
        )
        assert connection.execute(uncommented).all() == []


def constraints(engine: Engine) -> set[tuple[str, str, str]]:
    query = text(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace::regnamespace::text = ANY (:schemas) AND contype IN ('p', 'f', 'u', 'c')"
        " AND conrelid <> coalesce(to_regclass('ops.alembic_version'), 0::oid)"
    )
    with engine.connect() as connection:
        return {(row[0], row[1], row[2]) for row in connection.execute(query, {"schemas": SCHEMAS})}


def test_keys_and_checks_are_those_declared(warehouse: Engine, server: PostgresServer) -> None:
    """The comparison knows neither primary keys nor checks: a second database is made from the declaration alone."""
    migrations.migrate(warehouse)
    declared = create_engine(server.ensure_database(f"{warehouse.url.database}d", "bidui"))
    with declared.begin() as connection:
        for name in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        schema.metadata.create_all(connection)
    assert constraints(warehouse) == constraints(declared)
    declared.dispose()
    assert all(table.primary_key.columns for table in schema.metadata.tables.values())


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_a_filled_warehouse_of_every_earlier_revision_comes_to_the_newest(warehouse: Engine, revision: str) -> None:
    """Whatever tables it had then hold rows, and hold the same rows afterwards."""
    with warehouse.begin() as connection:
        connection.execute(text("CREATE SCHEMA ops"))
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    filled = MetaData()
    for name in SCHEMAS:
        filled.reflect(warehouse, schema=name)
    old = [table for table in filled.sorted_tables if table.name != "alembic_version"]
    with warehouse.begin() as connection:
        for table in old:
            if connection.execute(select(table)).first() is None:
                connection.execute(table.insert().values(_row(table)))
        before = {table.fullname: connection.execute(select(table)).mappings().all() for table in old}
    assert all(before.values())
    assert migrations.migrate(warehouse) == revisions()[revisions().index(revision) + 1 :]
    assert difference(warehouse) == []
    with warehouse.connect() as connection:
        after = {table.fullname: connection.execute(select(table)).mappings().all() for table in old}
    assert after == before


# What a column holds that takes some words only; the others take any.
_WORDS = {
    "status": "accepted", "quarter": "2018Q4", "since_quarter": "2018Q4", "channel": "cli", "outcome": "must_link", "state": "planned",
    "kind": "failure", "role": "county", "region_code": "360731", "county_code": "360731", "record_number": "R1", "person_record_number": "R2",
}  # fmt: skip
_OF_TABLE = {
    "ops.staging": {"status": "staged", "rows_in": 2},
    "ops.calendar": {"state": "due"},
    "ops.gate_decision": {"outcome": "upheld"},
    "access.event": {"outcome": "granted"},
}


def _row(table: Table) -> dict[str, object]:
    """A row with every column that must be filled."""
    said = _WORDS | _OF_TABLE.get(table.fullname, {})
    needed = (one for one in table.columns if not one.nullable and one.server_default is None and one.identity is None)
    row = {one.name: said.get(one.name, _value(one.type)) for one in needed}
    return row | {name: said[name] for name in ("county_code",) if name in table.columns}


def _value(kind: TypeEngine[Any]) -> object:
    made: dict[type, object] = {
        int: 1, bool: True, datetime: datetime(2019, 1, 1, tzinfo=UTC), bytes: b"key", dict: {"made": True}, list: ["made"],
    }  # fmt: skip
    return made.get(kind.python_type, "made")


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
