"""Brings a warehouse to the newest revision of the tables that hold history: ops now, casework and ref as they come.

`python -m pipelines.warehouse.migrate` migrates the warehouse of the settings and names the revisions it applied;
with a text it writes a new revision instead, holding the difference between schema.py and that warehouse.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.warehouse import schema

VERSION_SCHEMA = "ops"
MIGRATIONS = Path(__file__).parent / "migrations"
# Any number of processes may ask at once; the first migrates, the others find it done. The number is arbitrary.
_LOCK = 0x62696475_01


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@lru_cache(maxsize=1)
def head() -> str:
    """The newest revision there is."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def migrate(engine: Engine | None = None) -> list[str]:
    """Apply every revision the warehouse lacks, in one transaction; the revisions applied, oldest first.

    At head it costs one query. Concurrent calls wait for each other.
    """
    engine = engine or warehouse_engine()
    with engine.connect() as connection:
        if _revision(connection) == head():
            return []
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _revision(connection)
        if before == head():
            return []
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        scripts = ScriptDirectory.from_config(config)
        return [step.revision for step in scripts.iterate_revisions("head", before or "base")][::-1]


def context_options() -> dict[str, object]:
    """What Alembic must know to compare schema.py with a database."""
    return {
        "target_metadata": schema.metadata,
        "version_table_schema": VERSION_SCHEMA,
        "include_schemas": True,
        "include_name": _is_ours,
        "compare_type": True,
        "compare_server_default": True,
    }


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name in {table.schema for table in schema.metadata.tables.values()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table_schema": VERSION_SCHEMA}).get_current_revision()


def _new_revision(message: str) -> None:
    number = len(list((MIGRATIONS / "versions").glob("r*.py"))) + 1
    words = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    with warehouse_engine().begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=f"r{number:04d}_{words}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _new_revision(" ".join(sys.argv[1:]))
    else:
        print("\n".join(migrate()))
