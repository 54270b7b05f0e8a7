"""What is still needed, and why: releases that are shown or can come back, deliveries whose rows count or may count again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pipelines.deliveries.ledger import STAGED_STATUS, STOPPED_STATUS, Delivery, Ledger, warehouse_engine
from pipelines.planning import arrived, calendar, in_force
from pipelines.releases import COMPUTED, PLANNED, Release
from pipelines.warehouse import schema

SHOWN, ONE_BACK, COMING, READ, YOUNG = "shown", "one_back", "coming", "read_by_another", "within_period"
IN_FORCE, DECIDABLE, IN_RELEASE, UNFINISHED = "in_force", "decision_may_change", "in_a_kept_release", "unfinished"
Key = tuple[str, str]


@dataclass(frozen=True)
class Overtaken:
    """A release and when a newer one of its quarter was planned; None while it is the newest."""

    release: Release
    at: datetime | None


def releases_by_age() -> tuple[Overtaken, ...]:
    """Every release with the moment it was overtaken."""
    from pipelines.releases import all_releases

    table = schema.release
    with warehouse_engine().connect() as connection:
        planned = {row[0]: row[1] for row in connection.execute(select(table.c.release, table.c.planned_at))}
    found = all_releases()
    return tuple(
        Overtaken(
            one,
            min(
                (planned[r.release] for r in found if r.quarter == one.quarter and r.release > one.release),
                default=None,
            ),
        )
        for one in found
    )


def needed_releases(found: Iterable[Overtaken], before: datetime) -> Mapping[int, str]:
    """Releases whose tables stay, and why; `before`: what was overtaken earlier is past its period."""
    pointer = schema.current_release
    with warehouse_engine().connect() as connection:
        pointed = connection.execute(select(pointer.c.release, pointer.c.previous_release)).all()
    why: dict[int, str] = {row[0]: SHOWN for row in pointed}
    why |= {row[1]: ONE_BACK for row in pointed if row[1] is not None and row[1] not in why}
    read = []
    for one in found:
        if one.at is None or one.release.state in (PLANNED, COMPUTED):
            why.setdefault(one.release.release, COMING)
        elif one.at >= before:
            why.setdefault(one.release.release, YOUNG)
        if one.release.release in why and one.release.previous is not None:
            read.append(one.release.previous)
    for number in read:
        why.setdefault(number, READ)
    return why


def needed_deliveries(kept: Iterable[Release], before: datetime) -> Mapping[Key, str]:
    """Deliveries whose rows stay, and why. `kept`: releases that stay; `before`: what was received earlier is past its period."""
    ledger = Ledger()
    accepted = ledger.deliveries(status="accepted")
    states, came = ledger.states(), arrived(ledger)
    why: dict[Key, str] = {}
    calendar_ = calendar()
    for quarter in sorted({one.quarter for one in came}):
        places = calendar_.counties(quarter) | calendar_.areas(quarter)
        for source in calendar_.sources.values():
            for table in source.tables:
                for part in in_force(came, source, table.name, quarter, places):
                    why[part.delivery.key] = IN_FORCE
    for release in kept:
        for used in release.inputs.get("deliveries", ()):
            why.setdefault((used["system"], used["delivery_id"]), IN_RELEASE)
    # A decision on a held delivery can be taken back: those it would then stand behind or before must be there.
    held = {(one.system, one.quarter) for one in ledger.staged() if one.held_by}
    for one in accepted:
        key = (one.system, one.delivery_id)
        if (one.system, one.quarter) in held:
            why.setdefault(key, DECIDABLE)
        if states.get(key) not in (STAGED_STATUS, STOPPED_STATUS):
            why.setdefault(key, UNFINISHED)
        if one.received_at >= before:
            why.setdefault(key, YOUNG)
    why |= _bases(accepted, states, why)
    return why


def _bases(accepted: Iterable[Delivery], states: Mapping[Key, str], why: Mapping[Key, str]) -> dict[Key, str]:
    """What a correction that is not staged yet will be put into."""
    waiting = [one for one in accepted if one.corrects and states.get((one.system, one.delivery_id)) != STAGED_STATUS]
    bases = {(one.system, one.corrects): UNFINISHED for one in waiting}
    return {key: reason for key, reason in bases.items() if key not in why}
