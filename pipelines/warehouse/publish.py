"""Shows computed releases to readers: loads them beside what is shown, then moves every pointer in one transaction.

A reader sees a whole quarter, the old one or the new one. Killed anywhere, a second run finishes the work: a load is one
transaction, an attached partition is complete, and nothing is shown before the flip.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from pipelines.deliveries.ledger import Ledger, warehouse_engine
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter, now
from pipelines.releases import COMPUTED, PUBLISHED, Release, all_releases
from pipelines.settings import settings
from pipelines.steps import Published
from pipelines.warehouse import dictionary, generations, schema
from pipelines.warehouse.flips import flip_set
from pipelines.warehouse.load import Loader, generation_table
from pipelines.warehouse.marts import GENERATION, Mart, build, marts, row_count

_LOG = logging.getLogger(__name__)
_LOCK = 0x62696475_02
# A statement planned before a partition was attached must have begun before the pointer moves to it, or it would find
# nothing there. Between its plan and its snapshot lie microseconds; this leaves it a long time.
SETTLE_SECONDS = 0.2
# New inputs may overtake a release between its load and its flip; then the choice is made again.
_CHOICES = 5


def publish(quarter: Quarter | str | None = None) -> Published:
    """Flip every computed release that is consistent with its neighbours, all in one transaction.

    `quarter` is the one that asks, for the log only: releases that read each other can only be shown together. Says
    which quarters readers see anew and which must be recomputed before the others can follow. Raises NotReady where the
    lake lacks a table of a release, ContractBreach where rows differ from what the release recorded; what is published
    stays as it was then.
    """
    engine = warehouse_engine()
    with _only_publisher(engine) as connection:
        generations.sweep(connection, engine)
        if changed := build(connection, marts()):
            _LOG.info("marts built as declared: %s", ", ".join(changed))
        with connection.begin():
            dictionary.fill(connection)
        for _ in range(_CHOICES):
            flips, waiting = flip_set(all_releases(), pointers(connection))
            stage(connection, flips)
            if flip(connection, flips):
                break
        else:
            raise NotReady("new inputs keep overtaking what is to be published: publish again when planning rests")
    flipped = {one.key: release.release for one, release in flips.items()}
    _LOG.info("publish (asked by %s): flipped %s, waiting for %s", quarter, flipped, [one.key for one in waiting])
    return Published(flipped, tuple(one.key for one in waiting))


def pointers(connection: Connection) -> dict[Quarter, int]:
    """The release that readers see of each quarter."""
    with connection.begin():
        rows = connection.execute(select(schema.current_release.c.quarter, schema.current_release.c.release))
        return {Quarter.parse(row[0]): row[1] for row in rows}


def stage(connection: Connection, flips: Mapping[Quarter, Release]) -> None:
    """Load and attach every mart of these releases that is not attached yet; readers notice nothing."""
    attached = {found.table for found in generations.found(connection) if found.is_attached}
    todo = [
        (mart, release)
        for release in flips.values()
        for mart in marts()
        if generation_table(mart.name, release.release) not in attached
    ]
    if not todo:
        return
    with Loader() as loader:
        for mart, release in todo:
            started = time.monotonic()
            load(connection, loader, mart, release)
            rows = attach(connection, mart, release)
            _LOG.info(
                "%s of release %s: %s rows in %.1f s", mart.name, release.release, rows, time.monotonic() - started
            )


def load(connection: Connection, loader: Loader, mart: Mart, release: Release) -> None:
    """Fill the release's own table from the lake; what a killed run left unattached goes first."""
    partition = Ledger().partition(mart.name, release.quarter, release.part)
    if partition is None:
        raise NotReady(
            f"{mart.name} of {release.quarter} ({release.part}) is not in the lake: compute the quarter again"
        )
    recorded = release.content.get(mart.name)
    if recorded is None or recorded["hash"] != partition.content_hash:
        raise ContractBreach(f"{mart.name} ({release.part}): the lake's ledger is not what the release recorded")
    with connection.begin():
        table = generation_table(mart.name, release.release)
        connection.execute(text(f"DROP TABLE IF EXISTS {GENERATION}.{table}"))
    loader.load(mart, release, settings().lake / partition.path)


def attach(connection: Connection, mart: Mart, release: Release) -> int:
    """Index, count and attach a loaded table, all or nothing; its rows. ContractBreach where rows or keys are wrong."""
    table, recorded = generation_table(mart.name, release.release), release.content[mart.name]["rows"]
    with connection.begin():
        if (rows := row_count(connection, table)) != recorded:
            raise ContractBreach(f"{table} holds {rows} rows, its release recorded {recorded}")
        unique = f"CREATE UNIQUE INDEX ON {GENERATION}.{table} ({', '.join(mart.grain)}) NULLS NOT DISTINCT"
        try:
            connection.execute(text(unique))
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) == "23505":
                raise ContractBreach(f"{table} holds two rows with the same {', '.join(mart.grain)}") from None
            raise
        for column in mart.lookups:
            connection.execute(text(f"CREATE INDEX ON {GENERATION}.{table} ({column})"))
        connection.execute(text(f"ANALYZE {GENERATION}.{table}"))
        values = f"FOR VALUES IN ({release.release})"
        connection.execute(text(f"ALTER TABLE {GENERATION}.{mart.name} ATTACH PARTITION {GENERATION}.{table} {values}"))
    return rows


def flip(connection: Connection, flips: Mapping[Quarter, Release]) -> bool:
    """Point every quarter at its release and call them published; False, and nothing done, where one was overtaken."""
    if not flips:
        return True
    time.sleep(SETTLE_SECONDS)
    release, pointer = schema.release, schema.current_release
    numbers = [one.release for one in flips.values()]
    with connection.begin() as transaction:
        states = (
            select(release.c.state).where(release.c.release.in_(numbers)).order_by(release.c.release).with_for_update()
        )
        if any(state != COMPUTED for state in connection.execute(states).scalars()):
            transaction.rollback()
            return False
        at = now()
        for quarter, one in flips.items():
            row = {"quarter": quarter.key, "release": one.release, "flipped_at": at}
            moved = {"previous_release": pointer.c.release, "release": one.release, "flipped_at": at}
            upsert = insert(pointer).values(row).on_conflict_do_update(index_elements=["quarter"], set_=moved)
            connection.execute(upsert)
        published = update(release).where(release.c.release.in_(numbers))
        connection.execute(published.values(state=PUBLISHED, published_at=at))
    return True


@contextmanager
def _only_publisher(engine: Engine) -> Iterator[Connection]:
    """The connection of the one publisher; others wait. A killed publisher's lock goes with its connection."""
    with engine.connect() as connection:
        # Asked again and again instead of waited for: a waiting statement's snapshot would hold up a detach.
        while not _locked(connection, "pg_try_advisory_lock"):
            time.sleep(0.2)
        try:
            yield connection
        except BaseException:
            connection.invalidate()
            raise
        _locked(connection, "pg_advisory_unlock")


def _locked(connection: Connection, function: str) -> bool:
    with connection.begin():
        return bool(connection.execute(text(f"SELECT {function}(:key)"), {"key": _LOCK}).scalar_one())
