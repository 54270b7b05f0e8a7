"""Releases: the whole computed result of one quarter, its number, its inputs and its state. Kept in ops.release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.periods import Quarter
from pipelines.warehouse import schema

PLANNED, COMPUTED, PUBLISHED, SUPERSEDED = "planned", "computed", "published", "superseded"


@dataclass(frozen=True)
class Release:
    """One computation of one quarter. `inputs` says exactly what went in, `content` what came out by table.

    States: planned (number given, tables being made), computed (all tables made), published (readers see it, or saw
    it last), superseded (newer inputs came before it was published).
    """

    release: int
    quarter: Quarter
    state: str
    fingerprint: str
    inputs: Mapping[str, Any]
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def part(self) -> str:
        """Its part of every lake table."""
        return f"release={self.release}"

    @property
    def previous(self) -> int | None:
        """The previous quarter's release that this one reads, if there is one."""
        previous = self.inputs.get("previous")
        return int(previous["release"]) if previous else None


def all_releases() -> tuple[Release, ...]:
    """Every release in the order of its number."""
    query = select(schema.release).order_by(schema.release.c.release)
    with warehouse_engine().connect() as connection:
        return tuple(_release(dict(row)) for row in connection.execute(query).mappings())


def latest(releases: Sequence[Release], quarter: Quarter) -> Release | None:
    """The newest release of a quarter that newer inputs have not overtaken."""
    return next((r for r in reversed(releases) if r.quarter == quarter and r.state != SUPERSEDED), None)


def open_release(
    connection: Connection, quarter: Quarter, fingerprint: str, inputs: Mapping[str, Any], now: datetime
) -> Release:
    """Give the next release number to these inputs; releases of the quarter that were never published give way."""
    table = schema.release
    connection.execute(
        update(table)
        .where(table.c.quarter == quarter.key, table.c.state.in_((PLANNED, COMPUTED)))
        .values(state=SUPERSEDED)
    )
    number = connection.execute(schema.RELEASE_NUMBER.next_value().select()).scalar_one()
    connection.execute(
        insert(table).values(
            release=number,
            quarter=quarter.key,
            state=PLANNED,
            fingerprint=fingerprint,
            inputs=dict(inputs),
            planned_at=now,
        )
    )
    return Release(number, quarter, PLANNED, fingerprint, inputs)


def mark_computed(release: Release, content: Mapping[str, Any]) -> None:
    """All tables of a release are made; `content` maps each to its rows and content hash."""
    table = schema.release
    with warehouse_engine().begin() as connection:
        connection.execute(
            update(table)
            .where(table.c.release == release.release, table.c.state == PLANNED)
            .values(state=COMPUTED, content=dict(content))
        )


def _release(row: Mapping[str, Any]) -> Release:
    return Release(
        row["release"], Quarter.parse(row["quarter"]), row["state"], row["fingerprint"], row["inputs"], row["content"]
    )
