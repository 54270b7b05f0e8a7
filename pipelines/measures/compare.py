"""The step `compare`: what became of everyone since last quarter; the sums must close or nothing is published."""

from __future__ import annotations

from collections import Counter

from pipelines.catalog import TABLES
from pipelines.deliveries.ledger import Partition
from pipelines.errors import ContractBreach
from pipelines.lake import Lake, configured_engine, content
from pipelines.measures.parameters import PARAMETERS
from pipelines.periods import Quarter
from pipelines.releases import PLANNED, Release, all_releases, latest, mark_computed
from pipelines.steps import Built

# Denominator and numerator of both quarters, from the change table and from the coverage tables; equal, or rows appear.
_CLOSES = """
WITH changed AS (
    SELECT measure_code, region_code,
        sum(CASE WHEN change_code IN ('still_covered', 'lapsed', 'newly_covered', 'still_uncovered', 'left_covered', 'left_uncovered') THEN n_people ELSE 0 END) AS was,
        sum(CASE WHEN change_code IN ('still_covered', 'lapsed', 'left_covered') THEN n_people ELSE 0 END) AS was_covered,
        sum(CASE WHEN change_code IN ('still_covered', 'lapsed', 'newly_covered', 'still_uncovered', 'entered_covered', 'entered_uncovered') THEN n_people ELSE 0 END) AS now_is,
        sum(CASE WHEN change_code IN ('still_covered', 'newly_covered', 'entered_covered') THEN n_people ELSE 0 END) AS now_covered
    FROM mart_change
    GROUP BY measure_code, region_code
),
counted AS (
    SELECT measure_code, region_code, sum(was) AS was, sum(was_covered) AS was_covered, sum(now_is) AS now_is, sum(now_covered) AS now_covered
    FROM (
        SELECT measure_code, region_code, n_denominator AS was, n_numerator AS was_covered, 0 AS now_is, 0 AS now_covered
        FROM previous.mart_coverage WHERE cut = 'total' AND n_denominator > 0
        UNION ALL
        SELECT measure_code, region_code, 0, 0, n_denominator, n_numerator
        FROM mart_coverage WHERE cut = 'total' AND n_denominator > 0
    ) AS both_quarters
    GROUP BY measure_code, region_code
)
SELECT coalesce(a.measure_code, b.measure_code) AS measure_code, coalesce(a.region_code, b.region_code) AS region_code
FROM changed AS a
FULL JOIN counted AS b ON a.measure_code = b.measure_code AND a.region_code = b.region_code
WHERE a.was IS NULL OR b.was IS NULL OR a.was <> b.was OR a.was_covered <> b.was_covered
    OR a.now_is <> b.now_is OR a.now_covered <> b.now_covered
ORDER BY 1, 2
"""

# People in the difference of whom nothing says why.
_UNEXPLAINED = """
SELECT measure_code, region_code, change_code, n_people FROM mart_change
WHERE change_cause_code = 'unexplained' AND change_code NOT IN ('still_covered', 'still_uncovered') AND length(region_code) = 2
ORDER BY 1, 2, 3
"""


def compare(quarter: str) -> Built:
    """Make the change table of the quarter's planned release and declare the release computed.

    Raises ContractBreach, naming the measure and region, where people of two quarters do not add up.
    """
    lake, release = Lake(), latest(all_releases(), Quarter.parse(quarter))
    if release is None or release.state != PLANNED or not lake.is_made("measure", release):
        return Built(
            quarter, release.release if release else None, skipped=True, note="nothing is measured and uncompared"
        )
    made = make(lake, release)
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
    """The change table of a release, asserted to close and to leave nobody unexplained. Raises ContractBreach where it does not."""
    has_previous = release.previous is not None
    made = lake.build("compare", release, {**PARAMETERS.of(release.quarter), "has_previous": has_previous})
    if has_previous:
        _assert_closed(lake, release)
    return made


def tables_of(lake: Lake, release: Release) -> dict[str, Partition]:
    """Every table of a release that is made so far."""
    found = {name: lake.committed(release, name) for name, table in TABLES.items() if table.layer != "staged"}
    return {name: partition for name, partition in found.items() if partition is not None}


def _assert_closed(lake: Lake, release: Release) -> None:
    with configured_engine() as engine:
        lake.see(engine, release, ("mart_change", "mart_coverage", "previous.mart_coverage"), set())
        broken, unexplained = engine.query(_CLOSES, {}), engine.query(_UNEXPLAINED, {})
    if broken:
        first = broken[0]
        raise ContractBreach(
            f"{release.quarter} release {release.release}: the change table does not close in {len(broken)} cells,"
            f" first {first['measure_code']} in region {first['region_code']}; nothing is published"
        )
    if unexplained:
        first = unexplained[0]
        raise ContractBreach(
            f"{release.quarter} release {release.release}: nothing says why {first['n_people']} people are {first['change_code']} in"
            f" {first['measure_code']}, and more in {len(unexplained) - 1} other cells; nothing is published."
            " core_person_change names them: change_cause_code = 'unexplained'"
        )
