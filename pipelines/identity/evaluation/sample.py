"""`bidui evaluate --sample`: how well the sample's people are linked, against what the truth says of every record.

Definitions: pairs.py (precision, recall), oracle.py (the ceiling), figures.py (intervals). Error mixes:
pipelines/sample/linkage_*.toml. A share of a subgroup is compared with the share of everybody, in points.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.identity.evaluation import figures
from pipelines.identity.evaluation.figures import ALL, PRECISION, RESIDUAL_FOUND, WITH_REVIEW, Share, Tally
from pipelines.identity.evaluation.province import QUARTER, Spent, in_sample, link
from pipelines.settings import settings

# Used for the figures that are reported and never while developing; develop with any others.
EVALUATION_SEEDS = (360102, 360281, 360430, 360781, 361129)
MIXES = {
    name: Path(__file__).parents[2] / "sample" / f"linkage_{name}.toml" for name in ("default", "hard")
}  # fmt: skip
SUBGROUPS = ("age", "sex", "name", "number", "county")
LAG = 0.005  # a subgroup so far behind everybody is warned of
SMALLEST = 500  # links; of fewer a share says too little to call a subgroup the worst


@dataclass(frozen=True)
class Behind:
    """A subgroup's share beside everybody's; `points` is how far it lags, in percentage points."""

    what: str
    by: str
    group: str
    share: Share
    points: float


@dataclass(frozen=True)
class Target:
    """What the issue asks for, what was found, and whether that is enough; None where the mix has no such target."""

    name: str
    wanted: str
    found: str
    is_reached: bool | None


@dataclass(frozen=True)
class Report:
    """All provinces of one run together, and each by its seed."""

    scale: float
    mix: str
    seeds: tuple[int, ...]
    tally: Tally
    by_seed: dict[int, Tally]
    spent: dict[int, Spent]

    def of(self, what: str, by: str = ALL, group: str = ALL) -> Share:
        """One figure; 0 of 0 where nothing was counted."""
        return self.tally.get((what, by, group), Share(0, 0))

    def behind(self) -> tuple[Behind, ...]:
        """Every subgroup of some size, the farthest behind first: in precision, and in recall with suggestions."""
        found = []
        for (what, by, group), share in self.tally.items():
            if what not in (PRECISION, WITH_REVIEW) or by not in SUBGROUPS or share.total < SMALLEST:
                continue
            points = ((self.of(what).share or 0.0) - (share.share or 0.0)) * 100
            found.append(Behind(what, by, group, share, points))
        return tuple(sorted(found, key=lambda one: (-one.points, one.what, one.by, one.group)))

    def targets(self) -> tuple[Target, ...]:
        """The issue's targets, one after the other."""
        queue, repairs = self.of(figures.QUEUE), self.of(figures.REPAIRS)
        worst = next(iter(self.behind()), None)
        recall = _reaches("recall with correct suggestions", self.of(WITH_REVIEW), 0.999)
        return (
            _reaches("automatic precision", self.of(PRECISION), 0.9999),
            recall if self.mix == "default" else Target(recall.name, "default mix only", recall.found, None),
            _reaches("residual found, of what the oracle recovers", self.of(RESIDUAL_FOUND), 0.95),
            Target("review queue, share of people", "≤ 0.50 %", shown(queue), bool(queue.total) and queue.hits <= 0.005 * queue.total),
            Target("repairs without corroboration", "0", f"{repairs.hits} of {repairs.total} repairs", repairs.hits == 0),
            Target(
                "worst subgroup, points behind", "≤ 0.50",
                f"{worst.points:.3f} ({worst.what}, {worst.by} {worst.group})" if worst else "no subgroup is large enough",
                worst.points <= LAG * 100 if worst else None,
            ),
        )  # fmt: skip


def _reaches(name: str, share: Share, wanted: float) -> Target:
    is_reached = share.share >= wanted if share.share is not None else None
    return Target(name, f"≥ {wanted:.2%}", shown(share), is_reached)


def shown(share: Share) -> str:
    """A share with its interval and what it is made of."""
    if share.share is None:
        return "none"
    return f"{share.share:.4%} [{share.low:.4%}, {share.high:.4%}] {share.hits:,}/{share.total:,}"


def judge(truth: Path) -> Tally:
    """The figures of the province that lies in this process's home."""
    from pipelines.identity.evaluation.oracle import population, recoverable
    from pipelines.identity.evaluation.pairs import judged
    from pipelines.identity.evaluation.records import read_records

    records, outsiders = read_records(settings().lake, truth)
    people = population(truth)
    every = judged(records)
    return figures.tally(every, recoverable(every, people, outsiders), people)


STEPS = (("link", link), ("judge", judge))


def evaluate(scale: float, mix: str, seeds: Sequence[int], tell: Callable[[str], None]) -> Report:
    """Make, link and judge one province per seed, each in a temporary home; `tell` gets lines of progress.

    Raises KeyError for a mix that does not exist, ValueError for a scale out of range.
    """
    tallies: dict[int, Tally] = {}
    spent: dict[int, Spent] = {}
    for seed in seeds:
        tell(f"seed {seed}, {QUARTER}, scale {scale:g}, {mix} mix")
        spent[seed] = Spent()
        with tempfile.TemporaryDirectory(prefix="bidui-evaluate-") as folder:
            *_, tallies[seed] = in_sample(Path(folder), scale, MIXES[mix], seed, STEPS, spent[seed], tell)
    return Report(scale, mix, tuple(seeds), figures.added(tallies.values()), tallies, spent)


def document(report: Report) -> dict[str, object]:
    """The report as plain values for `--json`."""

    def listed(tally: Tally) -> list[dict[str, object]]:
        return [
            {
                "what": what,
                "by": by,
                "group": group,
                "hits": s.hits,
                "total": s.total,
                "share": s.share,
                "low": s.low,
                "high": s.high,
            }
            for (what, by, group), s in tally.items()
        ]

    def short(tally: Tally) -> dict[str, float | None]:
        whole = {
            what: tally.get((what, ALL, ALL), Share(0, 0))
            for what in (PRECISION, figures.RECALL, WITH_REVIEW, RESIDUAL_FOUND, figures.CEILING, figures.QUEUE)
        }
        return {what: share.share for what, share in whole.items()}

    return {
        "scale": report.scale,
        "quarter": QUARTER.key,
        "mix": report.mix,
        "seeds": list(report.seeds),
        "targets": [vars(target) for target in report.targets()],
        "figures": listed(report.tally),
        "behind": [
            {"what": b.what, "by": b.by, "group": b.group, "points": b.points, "share": b.share.share}
            for b in report.behind()[:10]
        ],
        "by_seed": {str(seed): short(tally) for seed, tally in report.by_seed.items()},
        "spent": {str(seed): {"seconds": s.seconds, "gib": s.gib} for seed, s in report.spent.items()},
    }
