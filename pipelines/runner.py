"""The whole pipeline in one process: what the DAGs do by events, done in a loop until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines import calendar
from pipelines.deliveries.ingest import ingest_all
from pipelines.deliveries.ledger import Ledger
from pipelines.deliveries.receive import receive
from pipelines.identity.link import link
from pipelines.measures.compare import compare
from pipelines.measures.measure import measure
from pipelines.planning import arrived, plan
from pipelines.warehouse.publish import publish


@dataclass(frozen=True)
class Ran:
    """The quarters computed and published, in order."""

    computed: tuple[str, ...]
    published: tuple[str, ...]


def run_all(until: str | None, tell: Callable[[str], None] | None) -> Ran:
    """Receive, ingest, then compute every due quarter up to `until` and publish; `tell` gets a line per step."""
    say = tell or (lambda _line: None)
    received = receive()
    say(f"received {len(received)} deliveries, {sum(not r.accepted for r in received)} refused")
    waiting = sorted({(d.system, d.quarter.key) for d in arrived(Ledger()) if d.staged is None})
    for number, done in enumerate(ingest_all(waiting), 1):
        say(
            f"[{number}/{len(waiting)}] {done.system} {done.quarter}: {done.rows_in:,} rows,"
            f" {done.rows_clean:,} clean, {done.rows_quarantined:,} quarantined"
        )
        for delivery in done.held:
            say(f"{done.system} {delivery} is held: it differs too much from earlier deliveries (bidui status)")
    calendar.refresh()
    computed: list[str] = []
    while (quarter_due := plan().emit) is not None and (until is None or quarter_due <= until):
        for step in (link, measure, compare):
            built = step(quarter_due)
            made = f"{sum(built.rows.values()):,} rows in {len(built.rows)} tables"
            say("; ".join((f"{quarter_due} {step.__name__}: {made}", *built.remarks)))
        computed.append(quarter_due)
    published = publish()
    say(f"published {', '.join(published.flipped) or 'nothing'}")
    return Ran(tuple(computed), tuple(published.flipped))
