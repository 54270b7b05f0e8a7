"""The generations of every mart in the warehouse: which there are, and the leaving of those nobody can see any more.

A generation leaves a publication late: what is neither shown nor one back when a publication begins goes then. A
transaction that has read a mart keeps every generation of it until it ends. One that merely began keeps the generation
it would see through two publications of that quarter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from pipelines.releases import COMPUTED
from pipelines.warehouse import schema
from pipelines.warehouse.marts import GENERATION

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"(?P<mart>\w+)_r(?P<release>\d+)")
# A long reader holds up a removal; the next publication tries again.
_TIMEOUT = "250ms"
_HELD_UP = frozenset({"55P03", "57014"})  # lock_not_available, query_canceled


@dataclass(frozen=True)
class Generation:
    """The table of one mart and release. Attached: readers can be pointed to it; leaving: a detach was begun."""

    table: str
    mart: str
    release: int
    parent: str | None
    is_leaving: bool

    @property
    def is_attached(self) -> bool:
        return self.parent is not None and not self.is_leaving


def found(connection: Connection) -> tuple[Generation, ...]:
    """Every table of a release, oldest release first."""
    query = text(
        "SELECT c.relname, p.relname, coalesce(i.inhdetachpending, false) FROM pg_class AS c"
        " LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid LEFT JOIN pg_class AS p ON p.oid = i.inhparent"
        " WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind = 'r'"
    )
    with connection.begin():
        rows = connection.execute(query, {"schema": GENERATION}).all()
    tables = ((_NAME.fullmatch(name), name, parent, leaving) for name, parent, leaving in rows)
    all_found = (
        Generation(name, m["mart"], int(m["release"]), parent, leaving) for m, name, parent, leaving in tables if m
    )
    return tuple(sorted(all_found, key=lambda g: (g.release, g.mart)))


def sweep(connection: Connection, engine: Engine) -> tuple[str, ...]:
    """Remove every generation that is not shown, not one back and not about to be shown; the tables removed."""
    kept = _kept(connection)
    gone = [generation for generation in found(connection) if generation.release not in kept]
    removed: list[str] = []
    held_up: set[str | None] = set()
    reading = _reading(connection)
    with _impatient(engine) as remover:
        for generation in gone:
            if generation.parent is not None and generation.parent in held_up:
                continue
            try:
                _remove(remover, generation)
            except DBAPIError as error:
                if getattr(error.orig, "pgcode", None) not in _HELD_UP:
                    raise
                _LOG.info("%s is still read: it leaves with a later publication", generation.table)
                # Who holds up one mart holds up all that it has read: they are not waited for one by one.
                held_up |= {generation.parent} | {mart for mart, _ in reading & _reading(connection)}
            else:
                removed.append(generation.table)
    return tuple(removed)


def _kept(connection: Connection) -> frozenset[int]:
    pointer, release = schema.current_release, schema.release
    with connection.begin():
        shown = connection.execute(select(pointer.c.release, pointer.c.previous_release)).all()
        coming = connection.execute(select(release.c.release).where(release.c.state == COMPUTED)).scalars().all()
    return frozenset(number for row in shown for number in row if number is not None) | frozenset(coming)


def _reading(connection: Connection) -> frozenset[tuple[str, str]]:
    """The marts that a transaction holds now, with that transaction."""
    query = text(
        "SELECT c.relname, l.virtualtransaction FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation"
        " JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()"
        " WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind = 'p' AND l.granted"
    )
    with connection.begin():
        return frozenset((name, holder) for name, holder in connection.execute(query, {"schema": GENERATION}))


@contextmanager
def _impatient(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.execute(text(f"SET lock_timeout = '{_TIMEOUT}'"))
            connection.execute(text(f"SET statement_timeout = '{_TIMEOUT}'"))
            yield connection
        finally:
            # The connection goes back to the pool, whose other users set no timeouts.
            connection.invalidate()


def _remove(connection: Connection, generation: Generation) -> None:
    table, parent = f"{GENERATION}.{generation.table}", f"{GENERATION}.{generation.parent}"
    if generation.parent is not None:
        # Plain DETACH would make new readers queue behind a long one.
        how = "FINALIZE" if generation.is_leaving else "CONCURRENTLY"
        connection.execute(text(f"ALTER TABLE {parent} DETACH PARTITION {table} {how}"))
    connection.execute(text(f"DROP TABLE {table}"))
