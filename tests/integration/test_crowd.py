"""The worst morning of a quarter: every county sends everything at once, and several processes work on it at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipelines import lake
from pipelines.deliveries.ledger import Ledger
from pipelines.periods import Quarter
from pipelines.sample import make_province
from pipelines.sample.run import deliver_sample, outbox
from pipelines.settings import settings
from pipelines.sources import SOURCES, STAGED
from tests.outbox import core_only

pytestmark = [pytest.mark.stack, pytest.mark.minutes(7)]
QUARTER = Quarter(2018, 3)


def _bidui(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipelines.cli", *words, "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def _finish(*runs: subprocess.Popen[str]) -> None:
    for run in runs:
        _, error = run.communicate(timeout=2000)
        assert run.returncode in (0, 3), error[-2000:]


@pytest.mark.timeout(2400)
def test_a_hundred_counties_send_every_system_at_once_and_each_counts_exactly_once(home: Path) -> None:
    make_province(0.001, [QUARTER], 20181030, outbox(), truth_folder=None, split="county", crowd=0.5)
    counties = {path.parent.name for path in outbox().glob("*/*/*/delivery.json")}
    assert len(counties) == 100
    assert {path.name for path in outbox().iterdir()} == set(SOURCES)
    sent_in_all = len([*core_only(outbox()).glob("*/*/*/delivery.json")])

    # Two receivers look at a landing folder that is still filling.
    first, second = _bidui("receive"), _bidui("receive")
    folders = deliver_sample()
    _finish(first, second)
    _finish(_bidui("receive"), _bidui("receive"))
    deliveries = Ledger().deliveries()
    assert len(folders) == sent_in_all == len(deliveries) > 800
    assert {d.status for d in deliveries} == {"accepted"}

    _finish(_bidui("ingest"), _bidui("ingest"))
    sent: Counter[tuple[str, str, str]] = Counter()
    for folder in folders:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for file in manifest["files"]:
            sent[manifest["system"], folder.name, f"staged_{manifest['system']}__{file['table']}"] += file["rows"]
    staged = Ledger().staged()
    assert {(s.system, s.delivery_id, s.table_name): s.rows_in for s in staged} == dict(sent)
    assert all(s.rows_in == s.rows_clean + s.rows_quarantined for s in staged)

    # One attempt per partition is left in the lake, the one that counts.
    for item in staged:
        if item.status != "staged":
            continue
        part = f"delivery={item.delivery_id}"
        partition = Ledger().partition(item.table_name, item.quarter, part)
        assert partition is not None and partition.n_rows == item.rows_clean
        attempts = (settings().lake / partition.path).parent
        assert [path.name for path in attempts.iterdir()] == [Path(partition.path).name]
    assert {s.table_name for s in staged} <= set(STAGED)
    assert lake.TABLES.keys() >= STAGED.keys()
