"""The published tables as the catalogue declares them: partitioned parents, views, Chinese comments; and their changes.

`generation.<table>` holds every generation kept, one partition per release; `mart.<table>`, or `bi.<table>` for what
disclosure control lets out, is a view of those that `ops.current_release` points to. When a declaration changes the parent is altered in place: an added column is NULL in
generations computed before it (their Parquet has nothing else to say), a removed one stays in the parent and leaves the
view, a changed type converts what is there. No generation is lost and none is copied.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Double,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    delete,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeEngine

from pipelines import catalog
from pipelines.columns import COLUMNS, Shown
from pipelines.errors import ContractBreach, NotReady
from pipelines.lake import columns_of
from pipelines.periods import now
from pipelines.regions import history
from pipelines.warehouse import access, schema

GENERATION = "generation"
RELEASE_COMMENT = "发布号"
# Raised when the form below changes although no declaration did.
_FORM = 2
# Long enough for a busy moment, short enough that readers who queue behind the request hardly notice.
LOCK_TIMEOUT = "150ms"
_PATIENCE_SECONDS = 60.0
LOCK_NOT_AVAILABLE = "55P03"

_TYPES: dict[str, TypeEngine[Any]] = {
    "VARCHAR": Text(),
    "INTEGER": Integer(),
    "BIGINT": BigInteger(),
    "BOOLEAN": Boolean(),
    "DATE": Date(),
    "DOUBLE": Double(),
    "VARCHAR[]": ARRAY(Text()),
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_LOOKUPS = ("region_code", "county_code", "person_key")


@dataclass(frozen=True)
class Mart:
    """A table that is published, as declared: columns name to DuckDB type, keys, Chinese names; `pseudonyms`: columns in
    which digests are replaced."""

    name: str
    zh: str
    keys: tuple[str, ...]
    columns: dict[str, str]
    comments: dict[str, str]
    pseudonyms: frozenset[str] = frozenset()

    @property
    def declaration(self) -> str:
        """Digest of all that the warehouse makes of it."""
        seen = [self.kind, access.policy(self.name, self.kind), access.READERS[self.kind]]
        said = [_FORM, self.name, self.zh, self.keys, list(self.columns.items()), list(self.comments.items()), seen]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @property
    def kind(self) -> access.Kind:
        """What a row is about, hence who sees it."""
        return access.kind_of(self.name, self.columns)

    @property
    def parent(self) -> Table:
        """The partitioned table, comments included."""
        return Table(
            self.name,
            MetaData(schema=GENERATION),
            Column("release", BigInteger, nullable=False, comment=RELEASE_COMMENT),
            *(Column(name, postgres_type(kind), comment=self.comments[name]) for name, kind in self.columns.items()),
            comment=f"{self.zh}(各代)",
            postgresql_partition_by="LIST (release)",
        )

    @property
    def grain(self) -> tuple[str, ...]:
        """The keys within one release, whose quarter is one; the quarter where nothing else is a key."""
        return tuple(key for key in self.keys if key != "quarter") or self.keys

    @property
    def lookups(self) -> tuple[str, ...]:
        """Columns people search by that the key's index does not begin with."""
        return tuple(name for name in _LOOKUPS if name in self.columns and name != self.grain[0])

    @property
    def unmeasured(self) -> str:
        """The actions of ALTER TABLE that keep a table of this shape out of the planner's statistics; may be none."""
        if self.kind not in access.UNMEASURED:
            return ""
        return ", ".join(f"ALTER COLUMN {name} SET STATISTICS 0" for name in self.columns)

    @property
    def view(self) -> str:
        """The view's SELECT. A table without a quarter describes all of them: the latest quarter's is shown."""
        names = ", ".join(["release", *self.columns])
        pointer = "= ANY (ARRAY(SELECT release FROM ops.current_release))"
        if "quarter" not in self.columns:
            pointer = "= (SELECT release FROM ops.current_release ORDER BY quarter DESC LIMIT 1)"
        return f"SELECT {names} FROM {GENERATION}.{self.name} WHERE release {pointer}"


def view_name(table: str) -> str:
    """The view that readers of a published table see: in the schema of its layer, with which its name begins."""
    return f"{table.partition('_')[0]}.{table}"


def marts() -> tuple[Mart, ...]:
    """Every published table of the catalogue."""
    return tuple(_mart(table) for table in catalog.marts())


def _mart(table: catalog.Table) -> Mart:
    columns = columns_of(table.name)
    shown = {name: COLUMNS[name].shown for name in columns}
    if inside := sorted(name for name, how in shown.items() if how in (Shown.MASKED, Shown.ABSENT)):
        raise ContractBreach(f"{table.name} must not be published with {', '.join(inside)}: it stays in the lake")
    comments = {name: COLUMNS[name].zh for name in columns}
    pseudonyms = frozenset(name for name, how in shown.items() if how is Shown.PSEUDONYM)
    return Mart(table.name, table.zh, table.keys, columns, comments, pseudonyms)


def postgres_type(kind: str) -> TypeEngine[Any]:
    """The PostgreSQL type of a DuckDB type. ContractBreach for one that no published table has used yet."""
    if kind in _TYPES:
        return _TYPES[kind]
    decimal = _DECIMAL.fullmatch(kind)
    if decimal is None:
        raise ContractBreach(f"type {kind} has no PostgreSQL type yet: add it to pipelines/warehouse/marts.py")
    return Numeric(int(decimal[1]), int(decimal[2]))


def build(connection: Connection, declared: tuple[Mart, ...]) -> tuple[str, ...]:
    """Make parents and views say what is declared, each table in a transaction; the names of those that changed.

    Nothing is touched where nothing changed. A change takes a short exclusive lock: it is tried again while readers
    hold the table and given up with NotReady after a minute. `connection` must not be in a transaction.
    """
    table = schema.mart_declaration
    with connection.begin():
        rows = connection.execute(select(table.c.table_name, table.c.declaration))
        known: dict[str, str] = {row[0]: row[1] for row in rows}
    changed = [mart for mart in declared if known.get(mart.name) != mart.declaration]
    retired = sorted(set(known) - {mart.name for mart in declared})
    with connection.begin():
        access.open_schemas(connection, {one.region_code for one in history() if one.level == "county"})
    for mart in changed:
        _under_short_locks(connection, mart.name, partial(_change, connection, mart))
    for name in retired:
        _under_short_locks(connection, name, partial(_retire, connection, name))
    return (*(mart.name for mart in changed), *retired)


def _under_short_locks(connection: Connection, name: str, change: Callable[[], None]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with connection.begin():
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                change()
            return
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) != LOCK_NOT_AVAILABLE:
                raise
        if time.monotonic() > deadline:
            raise NotReady(f"{name} is declared anew but a reader holds it: publish again when long queries have ended")
        time.sleep(0.5)


def _retire(connection: Connection, name: str) -> None:
    connection.execute(text(f"DROP VIEW IF EXISTS {view_name(name)}"))
    connection.execute(text(f"DROP TABLE IF EXISTS {GENERATION}.{name}"))
    connection.execute(delete(schema.mart_declaration).where(schema.mart_declaration.c.table_name == name))


def _change(connection: Connection, mart: Mart) -> None:
    connection.execute(text(f"DROP VIEW IF EXISTS {view_name(mart.name)}"))
    if inspect(connection).has_table(mart.name, GENERATION):
        _alter(connection, mart)
    else:
        mart.parent.create(connection)
    connection.execute(text(f"CREATE VIEW {view_name(mart.name)} AS {mart.view}"))
    access.secure(connection, f"{GENERATION}.{mart.name}", view_name(mart.name), mart.kind)
    if mart.unmeasured:
        connection.execute(text(f"ALTER TABLE {GENERATION}.{mart.name} {mart.unmeasured}"))
    _comment(connection, f"VIEW {view_name(mart.name)}", mart.zh)
    for name, comment in {"release": RELEASE_COMMENT, **mart.comments}.items():
        _comment(connection, f"COLUMN {view_name(mart.name)}.{name}", comment)
    row = {"table_name": mart.name, "declaration": mart.declaration, "built_at": now()}
    upsert = insert(schema.mart_declaration).values(row)
    connection.execute(upsert.on_conflict_do_update(index_elements=["table_name"], set_=row))


def _alter(connection: Connection, mart: Mart) -> None:
    dialect, parent = connection.dialect, f"{GENERATION}.{mart.name}"
    found = {c["name"]: c["type"].compile(dialect) for c in inspect(connection).get_columns(mart.name, GENERATION)}
    for column in mart.parent.columns:
        wanted = column.type.compile(dialect)
        if column.name not in found:
            connection.execute(text(f"ALTER TABLE {parent} ADD COLUMN {column.name} {wanted}"))
        elif found[column.name] != wanted:
            using = f"USING {column.name}::{wanted}"
            connection.execute(text(f"ALTER TABLE {parent} ALTER COLUMN {column.name} TYPE {wanted} {using}"))
        _comment(connection, f"COLUMN {parent}.{column.name}", str(column.comment))
    _comment(connection, f"TABLE {parent}", str(mart.parent.comment))


def _comment(connection: Connection, what: str, comment: str) -> None:
    connection.exec_driver_sql(f"COMMENT ON {what} IS %s", (comment,))


def row_count(connection: Connection, table: str) -> int:
    """Rows of a table of schema generation."""
    counted = connection.execute(select(func.count()).select_from(text(f"{GENERATION}.{table}")))
    return int(counted.scalar_one())
