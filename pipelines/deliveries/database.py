"""Reads a system's views in a live database into a delivery: one snapshot, CSV files, a manifest.

What the rows are is judged where every delivery is: nothing is renamed, dropped or converted here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, create_engine, select, table, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from pipelines.deliveries.ledger import Ledger
from pipelines.deliveries.manifest import DeliveredFile, Manifest, folder_of, seal, sha256_of, unfinished
from pipelines.deliveries.scope import scope_units
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter, now
from pipelines.settings import DatabaseViews, settings
from pipelines.sources import SOURCES

# The isolation level under which every statement of a transaction sees the same rows.
_SNAPSHOT = {
    "postgresql": "REPEATABLE READ",
    "mysql": "REPEATABLE READ",
    "mariadb": "REPEATABLE READ",
    "oracle": "SERIALIZABLE",
    "mssql": "SNAPSHOT",
}
_BATCH_ROWS = 5000


def pull(system: str, quarter: Quarter, cut_date: date | None = None, sequence: int | None = None) -> Path | None:
    """Read a system's views into a delivery in landing; its folder, or None where the rows are those pulled last.

    All views are read in one read-only transaction. `cut_date`: the day the views speak of, by default today;
    `sequence`: by default one more than any delivery of the system and quarter has. ContractBreach where nothing is
    configured or a view cannot be read, NotReady where the database is out of reach; neither tells the address.
    """
    views = _configured(system)
    scope: Literal["province"] | list[str] = list(views.scope) or "province"
    ledger, landing = Ledger(), settings().landing
    earlier = ledger.deliveries(system, quarter)
    if sequence is None:
        sequence = max((delivery.sequence for delivery in earlier), default=0) + 1
        while folder_of(landing, system, quarter, scope, sequence).exists():
            sequence += 1
    folder = folder_of(landing, system, quarter, scope, sequence)
    if folder.exists():
        raise ContractBreach(f"{folder.name} was delivered before: use a higher sequence")
    with unfinished(folder) as part:
        with _snapshot(system, views) as connection:
            files = [_read(connection, system, entity, view, part) for entity, view in views.views.items()]
        last = max(earlier, key=lambda delivery: delivery.sequence, default=None)
        if last is not None and last.counties == scope_units(scope, quarter)[0] and _sums(last.files) == _sums(files):
            return None
        manifest = Manifest(
            system=system,
            quarter=quarter.key,
            scope=scope,
            cut_date=(cut_date or now().date()).isoformat(),
            sender=views.sender,
            sequence=sequence,
            files=[DeliveredFile.model_validate(file) for file in files],
        )
        return seal(part, manifest, folder)


def pull_due() -> tuple[Path, ...]:
    """Read the views of every configured system for the quarter that ended last, once; the folders that were made.

    Systems of which anything has come for that quarter, or which are not due in it, are left alone: whoever corrects
    calls `pull`. Where several fail, all are tried and the first failure is raised.
    """
    quarter = Quarter.of(now().date()).previous
    ledger, landing = Ledger(), settings().landing
    made, failures = [], []
    for system in settings().databases:
        due_in = SOURCES[system].due_in if system in SOURCES else ()
        came = ledger.deliveries(system, quarter) or list((landing / system).glob(f"{quarter.key}-*"))
        if came or (due_in and quarter.number not in due_in):
            continue
        try:
            made.append(pull(system, quarter))
        except (ContractBreach, NotReady) as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return tuple(folder for folder in made if folder is not None)


def _configured(system: str) -> DatabaseViews:
    if system not in SOURCES:
        raise ContractBreach(f"no system {system!r}; known: {', '.join(SOURCES)}")
    views = settings().databases.get(system)
    if views is None:
        raise ContractBreach(f"no database is configured for {system}: see BIDUI_DATABASES and secrets/databases.json")
    unknown = sorted(set(views.views) - {table.entity for table in SOURCES[system].tables})
    if unknown:
        raise ContractBreach(f"{system} sends no {', '.join(unknown)}; correct its views")
    return views


@contextmanager
def _snapshot(system: str, views: DatabaseViews) -> Iterator[Connection]:
    """A connection whose statements all see the rows of one moment and may change none."""
    try:
        engine = create_engine(views.dsn.get_secret_value(), hide_parameters=True)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        kind = "driver is not installed" if isinstance(error, ImportError | NoSuchModuleError) else "address is no URL"
        raise ContractBreach(f"{system}: the database's {kind}") from None
    level = _SNAPSHOT.get(engine.dialect.name)
    if level is None:
        raise ContractBreach(f"{system}: databases of kind {engine.dialect.name} are not read")
    try:
        with engine.connect() as connection:
            chosen = {"isolation_level": level, "stream_results": True, "max_row_buffer": _BATCH_ROWS}
            if engine.dialect.name == "postgresql":
                chosen["postgresql_readonly"] = True
            with connection.execution_options(**chosen).begin() as transaction:
                yield connection
                transaction.rollback()
    except DBAPIError as error:
        raise NotReady(f"{system}: the database cannot be reached or broke off ({_kind(error)})") from None
    finally:
        engine.dispose()


def _kind(error: DBAPIError) -> str:
    """What went wrong, without the message: it may name hosts, accounts and values."""
    return type(error.orig).__name__


def _read(connection: Connection, system: str, entity: str, view: str, folder: Path) -> dict[str, Any]:
    """Write one view as CSV; what the manifest says of the file."""
    schema, _, name = view.rpartition(".")
    statement = select(text("*")).select_from(table(name, schema=schema or None))
    path = folder / f"{entity}.csv"
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        try:
            result = connection.execute(statement)
        except DBAPIError as error:
            raise ContractBreach(f"{system}: the view for {entity} cannot be read ({_kind(error)})") from None
        writer.writerow(result.keys())
        for batch in result.partitions(_BATCH_ROWS):
            writer.writerows([cell_of(value) for value in row] for row in batch)
            rows += len(batch)
    return {
        "name": path.name,
        "table": entity,
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": sha256_of(path),
        "encoding": "utf-8",
    }


def cell_of(value: object) -> str:
    """A database's value as text, exactly: NULL empty, days as ISO 8601, decimals with all their digits."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case Decimal():
            return format(value, "f")
        case datetime():
            midnight = value.time() == time.min and value.tzinfo is None
            return value.date().isoformat() if midnight else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _sums(files: Any) -> set[tuple[str, str]]:
    return {(str(file["table"]), str(file["sha256"])) for file in files}
