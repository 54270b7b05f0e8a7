"""Some sixty malformed deliveries at once, through landing, receipts, PostgreSQL and Great Expectations."""

from __future__ import annotations

import zlib
from collections import Counter

import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, seed, settings

from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.ledger import STAGED_STATUS, STOPPED_STATUS, Ledger, Staged
from pipelines.deliveries.receive import outstanding, receipt_of, receive, waiting
from pipelines.settings import settings as config
from pipelines.sources import SOURCES
from tests.fuzz.delivery import QUARTER, Delivery
from tests.fuzz.kinds import any_delivery
from tests.fuzz.run import SEED
from tests.fuzz.writing import write

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("home")]
REFUSED, TAKEN = 20, 40


def landed() -> dict[str, Delivery]:
    """Malformed deliveries in the landing folder, by their names there."""
    found: dict[str, Delivery] = {}

    for refused, count in ((True, REFUSED), (False, TAKEN)):

        @seed(zlib.crc32(f"{SEED} flow".encode()))
        @settings(settings.get_profile("fuzz"), max_examples=count, phases=[Phase.generate])
        @given(any_delivery(refused))
        def land(delivery: Delivery) -> None:
            name = f"d{len(found):04}"
            write(delivery, config().landing / delivery.table.source / name)
            found[name] = delivery

        land()
    return found


def test_every_delivery_is_answered_once_and_no_row_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_NOW", "2019-01-10T10:00:00+08:00")
    sent = landed()
    assert len(sent) >= REFUSED + TAKEN
    assert waiting()
    answered = receive()
    assert Counter(one.delivery_id for one in answered) == Counter(list(sent))
    assert not waiting()
    ledger = Ledger()
    for delivery in ledger.deliveries():
        of = sent[delivery.delivery_id]
        codes = {reason["code"] for reason in delivery.reasons}
        assert (codes <= of.refusal) if of.refusal else not codes, f"{of}: {sorted(codes)}"
        assert (delivery.status == "refused") == bool(of.refusal), of
        assert receipt_of(delivery.system, delivery.delivery_id).read_text(encoding="utf-8")
    taken = {name: delivery for name, delivery in sent.items() if not delivery.refusal}
    assert {one.delivery_id for one in outstanding()} == set(taken)
    assert len(taken) >= TAKEN

    done = [ingest(system, QUARTER) for system in SOURCES]
    staged = ledger.staged()
    assert {one.delivery_id for one in staged} == set(taken)
    for one in staged:
        _hold(ledger, one, taken[one.delivery_id])
    assert sum(one.rows_in for one in staged) == sum(len(d.records) for d in taken.values())
    assert sum(one.rows_in for one in done) == sum(one.rows_in for one in staged if one.status == STAGED_STATUS)
    assert not outstanding()
    assert not any(ingest(system, QUARTER).committed for system in SOURCES)


def _hold(ledger: Ledger, one: Staged, delivery: Delivery) -> None:
    """One table of one delivery: all rows on one side of the split, in the ledger as in the lake, under their rules."""
    records = [record for file, record in delivery.records if file.table.name == one.table_name]
    assert one.rows_in == len(records) == one.rows_clean + one.rows_quarantined, delivery
    marks = Counter(mark for record in records for mark in record.marks)
    short = {rule: count for rule, count in marks.items() if one.rule_counts.get(rule, 0) < count}
    assert not short, f"{delivery}: {short} rows were to be marked, {dict(one.rule_counts)} were"
    places = [(one.table_name, one.rows_clean), (f"quarantine_{one.table_name}", one.rows_quarantined)]
    for table, rows in places:
        partition = ledger.partition(table, one.quarter, f"delivery={one.delivery_id}")
        assert (partition is None) == (one.status == STOPPED_STATUS), delivery
        if partition is not None:
            files = (config().lake / partition.path).glob("*.parquet")
            assert partition.n_rows == rows == sum(pq.read_metadata(file).num_rows for file in files), delivery
    assert one.status in (STAGED_STATUS, STOPPED_STATUS), delivery
