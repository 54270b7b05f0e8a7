"""Linkage of the sample province: time of the exact tiers and of the whole cascade, memory and how right it is, against their limits.

BENCH_SCALE=1 takes the whole province, 3 million registered people among 10 million insured: an hour for making and
ingesting it, before what is measured begins, and 6 GB below the folder for temporary files. The limits are for 1:1 on two
cores. Linking runs in a process of its own; the memory is what that process held at most.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.identity.evaluation.figures import Tally

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
SEED = 17
LIMIT_EXACT, LIMIT_WHOLE, LIMIT_GIB = 30.0, 180.0, 4.0
# The tables of the exact tiers, and of the cascade as a whole, from names to links; before it rows of the deliveries are
# chosen, after it people get their keys.
EXACT = ("core_name", "core_id_link")
CASCADE = (*EXACT, "core_namesake", "core_evidence", "core_link_candidate", "core_link_verdict", "core_link")
KEYS = ("core_person_key", "core_person")


def run() -> str:
    """Make and ingest the province, link it; says times, shares of the limits and what each table took."""
    from pipelines.identity.evaluation import province
    from pipelines.identity.evaluation.figures import ALL, CEILING, PRECISION, QUEUE, RESIDUAL_FOUND, WITH_REVIEW
    from pipelines.identity.evaluation.sample import MIXES, shown

    spent = province.Spent()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        steps = (("link", timed), ("judge", judged))
        (seconds, records, gib), tally = province.in_sample(
            Path(folder), SCALE, MIXES["default"], SEED, steps, spent, lambda _line: None
        )
    exact, cascade, keys = (sum(seconds.get(table, 0.0) for table in tables) for tables in (EXACT, CASCADE, KEYS))
    whole = sum(seconds.values())
    lost = tally[CEILING, ALL, ALL].total - tally[CEILING, ALL, ALL].hits
    before = ", ".join(f"{name} {spent.seconds[name]:.0f} s" for name in ("make", "receive", "ingest"))
    tables = ", ".join(f"{table} {second:.1f}" for table, second in seconds.items() if second >= 0.1)
    return (
        f"linkage, scale {SCALE:g}, {records:,} records: exact tiers {exact:.1f} s of their limit of {LIMIT_EXACT:.0f}"
        f", whole cascade from names to links {cascade:.1f} s of {LIMIT_WHOLE:.0f}, {gib:.2f} GiB of {LIMIT_GIB:.0f};"
        f" with choosing rows before it ({whole - cascade - keys:.1f} s) and keys after it ({keys:.1f} s) the step takes {whole:.1f} s\n"
        f"  automatic precision {shown(tally[PRECISION, ALL, ALL])}; recall with suggestions {shown(tally[WITH_REVIEW, ALL, ALL])};"
        f" review queue {shown(tally[QUEUE, ALL, ALL])}\n"
        f"  of the residual the oracle recovers {shown(tally[CEILING, ALL, ALL])}, of these found {shown(tally[RESIDUAL_FOUND, ALL, ALL])};"
        f" with the exact links, no method gets beyond a recall of {1 - lost / tally[WITH_REVIEW, ALL, ALL].total:.4%}\n"
        + "".join(
            f"  precision {tier} {shown(share)}\n"
            for (what, by, tier), share in tally.items()
            if (what, by) == (PRECISION, "tier")
        )
        + f"  before it: {before}; seconds by table: {tables}"
    )


def timed(_truth: Path) -> tuple[dict[str, float], int, float]:
    """(seconds by table, rows of core_link, GiB) of linking the planned release."""
    from pipelines.deliveries.ledger import Partition
    from pipelines.identity.evaluation.province import QUARTER
    from pipelines.identity.link import make
    from pipelines.lake import Lake
    from pipelines.releases import Release, all_releases, latest

    class Timed(Lake):
        """Says of each table how long after the one before it was committed."""

        def __init__(self) -> None:
            super().__init__()
            self.seconds: dict[str, float] = {}
            self.last = time.perf_counter()

        def write(self, release: Release, table: str, write: Callable[[Path], tuple[int, str]]) -> Partition:
            part = super().write(release, table, write)
            self.seconds[table] = time.perf_counter() - self.last
            self.last = time.perf_counter()
            return part

    lake, release = Timed(), latest(all_releases(), QUARTER)
    assert release is not None
    made = make(lake, release)
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return lake.seconds, made["core_link"].n_rows, gib


def judged(truth: Path) -> Tally:
    """What the links of the home are worth."""
    from pipelines.identity.evaluation.whole import tally
    from pipelines.settings import settings

    return tally(settings().lake, truth)
