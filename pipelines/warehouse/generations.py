"""The generations of every mart in the warehouse: which there are, and the leaving of those nobody can see any more.

A generation leaves a publication late: what is neither shown nor one back when a publication begins goes then. A
transaction that has read a mart keeps every generation of it until it ends. One that merely began keeps the generation
it would see through two publications of that quarter.
"""

from __future__ import annotations

import logging
import re
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
    removed: list[str] = []
    held_up: set[str] = set()
    for generation in found(connection):
        if generation.release in kept or generation.parent in held_up:
            continue
        try:
            _remove(engine, generation)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) not in _HELD_UP:
                raise
            _LOG.info("%s is still read: it leaves with a later publication", generation.table)
            if generation.parent is not None:
                held_up.add(generation.parent)
        else:
            removed.append(generation.table)
    return tuple(removed)


def _kept(connection: Connection) -> frozenset[int]:
    pointer, release = schema.current_release, schema.release
    with connection.begin():
        shown = connection.execute(select(pointer.c.release, pointer.c.previous_release)).all()
        coming = connection.execute(select(release.c.release).where(release.c.state == COMPUTED)).scalars().all()
    return frozenset(number for row in shown for number in row if number is not None) | frozenset(coming)


def _remove(engine: Engine, generation: Generation) -> None:
    table, parent = f"{GENERATION}.{generation.table}", f"{GENERATION}.{generation.parent}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{_TIMEOUT}'"))
        try:
            if generation.parent is not None:
                # Plain DETACH would make new readers queue behind a long one.
                how = "FINALIZE" if generation.is_leaving else "CONCURRENTLY"
                connection.execute(text(f"ALTER TABLE {parent} DETACH PARTITION {table} {how}"))
            connection.execute(text(f"DROP TABLE {table}"))
        finally:
            # The connection goes back to the pool, whose other users set no timeouts.
            connection.invalidate()
