"""What officials decided: whether two records are one person. Appended to casework.link_decision, never changed.

A decision names two records by system and number, so it stands whatever key a person gets. It holds from the quarter
whose review it answers; the last one about two records counts. A release records up to which decision it goes.
Decisions on drawn links say how often a tier is right: each remembers what it judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from pipelines import free_text
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.errors import ContractBreach
from pipelines.periods import Quarter
from pipelines.releases import Release
from pipelines.warehouse import schema

if TYPE_CHECKING:
    import pyarrow as pa

MUST_LINK, NEVER_LINK = "must_link", "never_link"
SUGGESTION, DRAW = "suggestion", "draw"
NONE = "none"
VERSION = "link_decisions"


@dataclass(frozen=True)
class Record:
    """A record of a system, by its own number."""

    system: str
    record_number: str


@dataclass(frozen=True)
class Decision:
    """Whether `record` and `person` (a record that stands for the person it was held against) are one person.

    `tier`: the tier of the pair when it was judged; `basis`: SUGGESTION, or DRAW for an automatic link of a sample.
    """

    record: Record
    person: Record
    outcome: str
    reason: str
    decided_by: str
    tier: str | None = None
    basis: str | None = None


def decide(decisions: Sequence[Decision], since: Quarter, decided_at: datetime, channel: str) -> int:
    """Append decisions; how many. ContractBreach where one lacks a reason or a name, or is about one record only."""
    for number, decision in enumerate(decisions, 1):
        if decision.outcome not in (MUST_LINK, NEVER_LINK):
            raise ContractBreach(f"decision {number}: the outcome is {MUST_LINK} or {NEVER_LINK}")
        try:
            free_text.checked(decision.reason)
            free_text.checked(decision.decided_by, "核定人", "who decided")
        except ContractBreach as breach:
            raise ContractBreach(f"decision {number}: {breach}") from None
        if decision.record == decision.person:
            raise ContractBreach(f"decision {number}: the two records are the same")
    rows = [
        {
            "since_quarter": since.key,
            "outcome": one.outcome,
            "system": one.record.system,
            "record_number": one.record.record_number,
            "person_system": one.person.system,
            "person_record_number": one.person.record_number,
            "reason": one.reason.strip(),
            "decided_by": one.decided_by.strip(),
            "decided_at": decided_at,
            "channel": channel,
            "tier": one.tier,
            "basis": one.basis,
        }
        for one in decisions
    ]
    if rows:
        with warehouse_engine().begin() as connection:
            connection.execute(insert(schema.link_decision), rows)
    return len(rows)


def versions() -> Mapping[Quarter, int]:
    """Up to which decision each quarter's review was answered; a release goes up to the highest of its own and earlier."""
    table = schema.link_decision
    query = select(table.c.since_quarter, func.max(table.c.decision)).group_by(table.c.since_quarter)
    with warehouse_engine().connect() as connection:
        return {Quarter.parse(quarter): number for quarter, number in connection.execute(query)}


def in_force(release: Release) -> tuple[tuple[Record, Record, str], ...]:
    """The decisions that a release was planned with: two records in a fixed order, and the last outcome about them."""
    return tuple((first, second, row["outcome"]) for (first, second), row in _last(release).items())


def verdicts(release: Release) -> pa.Table:
    """The same as rows of core_link_verdict, each the way round in which it was last judged."""
    import pyarrow as pa

    names = ("system", "record_number", "person_system", "person_record_number", "outcome", "tier", "basis")
    rows = [{name: row[name] for name in names} for row in _last(release).values()]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def _last(release: Release) -> dict[tuple[Record, Record], Mapping[str, Any]]:
    version = release.inputs["versions"].get(VERSION, NONE)
    if version == NONE:
        return {}
    table = schema.link_decision
    query = select(table).where(table.c.decision <= int(version)).order_by(table.c.decision)
    last: dict[tuple[Record, Record], Mapping[str, Any]] = {}
    with warehouse_engine().connect() as connection:
        for row in connection.execute(query).mappings():
            if Quarter.parse(row["since_quarter"]) <= release.quarter:
                pair = (
                    Record(row["system"], row["record_number"]),
                    Record(row["person_system"], row["person_record_number"]),
                )
                first, second = sorted(pair, key=lambda one: (one.system, one.record_number))
                last[first, second] = dict(row)
    return last
