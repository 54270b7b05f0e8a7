"""The step `compare`: what became of everyone since last quarter, and whether all counts of the release agree."""

from __future__ import annotations

from collections import Counter

from expectations.mart_reconciliation import RECONCILIATIONS, TABLE_RULES
from pipelines.catalog import TABLES
from pipelines.deliveries.ledger import Partition
from pipelines.lake import Lake, content
from pipelines.measures import parameters
from pipelines.periods import Quarter
from pipelines.quality.validate import prepare, validate
from pipelines.releases import PLANNED, Release, all_releases, latest, mark_computed
from pipelines.settings import settings
from pipelines.steps import Built

TABLE = "mart_reconciliation"


def compare(quarter: str) -> Built:
    """Make the change tables of the quarter's planned release and declare the release computed.

    Raises ContractBreach where counts that must agree do not: which reconciliation, by how much and where.
    """
    lake, release = Lake(), latest(all_releases(), Quarter.parse(quarter))
    if release is None or release.state != PLANNED or not lake.is_made("measure", release):
        return Built(
            quarter, release.release if release else None, skipped=True, note="nothing is measured and uncompared"
        )
    prepare()
    made = make(lake, release)
    _assert_reconciled(lake, release)
    mark_computed(release, content(tables_of(lake, release)))
    states = _cases(lake, release)
    remark = ", ".join(f"{n_cases:,} {state}" for state, n_cases in states.items()) or "none"
    rows = {name: part.n_rows for name, part in made.items()}
    return Built(
        quarter,
        release.release,
        rows,
        facts={f"cases_{s}": n for s, n in states.items()},
        remarks=(f"cases to verify: {remark}",),
    )


def _cases(lake: Lake, release: Release) -> dict[str, int]:
    """How many cases of the quarter are in each state."""
    counted = lake.rows(release, "mart_case_count", ["case_state_code", "n_cases"], region_level=["province"])
    totals: Counter[str] = Counter()
    for row in counted.to_pylist():
        totals[row["case_state_code"]] += int(row["n_cases"])
    return dict(sorted(totals.items()))


def make(lake: Lake, release: Release) -> dict[str, Partition]:
    """The tables that compare a release with the quarter before and its counts with each other."""
    params = {**parameters.planned(release.inputs).of(release.quarter), "has_previous": release.previous is not None}
    return lake.build("compare", release, params)


def tables_of(lake: Lake, release: Release) -> dict[str, Partition]:
    """Every table of a release that is made so far."""
    found = {name: lake.committed(release, name) for name, table in TABLES.items() if table.layer != "staged"}
    return {name: partition for name, partition in found.items() if partition is not None}


def _assert_reconciled(lake: Lake, release: Release) -> None:
    verdict = validate(
        TABLE,
        sorted(lake.files_of(release, TABLE).glob("*.parquet")),
        (),
        (*RECONCILIATIONS, *TABLE_RULES),
        delivery=f"{release.quarter}-release-{release.release}",
        docs_dir=settings().docs,
    )
    verdict.assert_reconciled()
    verdict.assert_deliverable()
