"""What is here, by quarter: deliveries with their rows, releases with their state, and what needs a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from pipelines.deliveries.ledger import Ledger, warehouse_engine
from pipelines.releases import SUPERSEDED, all_releases
from pipelines.warehouse import schema


@dataclass(frozen=True)
class Deliveries:
    """One system in one quarter; rows_in = rows_clean + rows_quarantined."""

    quarter: str
    system: str
    deliveries: int
    refused: int
    rows_in: int
    rows_clean: int
    rows_quarantined: int


@dataclass(frozen=True)
class ReleaseLine:
    """The newest release of a quarter."""

    quarter: str
    release: int
    state: str


@dataclass(frozen=True)
class Overview:
    deliveries: tuple[Deliveries, ...]
    releases: tuple[ReleaseLine, ...]
    incidents: tuple[str, ...]


def overview() -> Overview:
    """The state of the whole installation."""
    ledger = Ledger()
    count: Counter[tuple[str, str, str]] = Counter()
    for delivery in ledger.deliveries():
        count[(delivery.quarter.key if delivery.quarter else "?", delivery.system, delivery.status)] += 1
    rows: dict[tuple[str, str], list[int]] = {}
    for staged in ledger.staged():
        total = rows.setdefault((staged.quarter.key, staged.system), [0, 0, 0])
        for index, value in enumerate((staged.rows_in, staged.rows_clean, staged.rows_quarantined)):
            total[index] += value
    keys = sorted({(quarter, system) for quarter, system, _ in count})
    deliveries = tuple(
        Deliveries(q, s, count[(q, s, "accepted")], count[(q, s, "refused")], *rows.get((q, s), [0, 0, 0]))
        for q, s in keys
    )
    newest = {r.quarter.key: r for r in all_releases() if r.state != SUPERSEDED}
    releases = tuple(ReleaseLine(key, r.release, r.state) for key, r in sorted(newest.items()))
    table = schema.incident
    with warehouse_engine().connect() as connection:
        query = select(table.c.message).order_by(table.c.incident.desc()).limit(20)
        incidents = tuple(row[0] for row in connection.execute(query))
    return Overview(deliveries, releases, incidents)
