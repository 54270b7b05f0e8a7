"""The evaluation on the sample as text."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.identity.evaluation.figures import ALL, CEILING, PRECISION, RECALL, RESIDUAL_FOUND, WITH_REVIEW
from pipelines.identity.evaluation.province import QUARTER
from pipelines.identity.evaluation.sample import LAG, SUBGROUPS, Report, shown

_RECALL_BY = ("sort", "system", "planted")


def lines(report: Report) -> Iterator[str]:
    """Figures first, what was wanted of them last."""
    seeds = ", ".join(map(str, report.seeds))
    yield f"linkage of the sample, {QUARTER}, scale {report.scale:g}, {report.mix} mix, seeds {seeds}; 95 % intervals (Wilson)"
    yield ""
    yield f"automatic links    precision {shown(report.of(PRECISION))}"
    yield f"                   recall    {shown(report.of(RECALL))}"
    yield f"with suggestions   recall    {shown(report.of(WITH_REVIEW))}"
    yield f"residual           an oracle recovers {shown(report.of(CEILING))}"
    yield f"                   of that found      {shown(report.of(RESIDUAL_FOUND))}"
    conflicts = report.of("conflicts")
    yield f"conflicts          {conflicts.total:,} records carry another's name beside the right number; not counted in recall"
    yield from _table(report, "precision by tier", PRECISION, "tier")
    yield from _table(report, "precision by system", PRECISION, "system")
    for by in _RECALL_BY:
        yield from _table(report, f"recall by {_WORDS[by]}, suggestions included", WITH_REVIEW, by)
    yield from _table(report, "the oracle's ceiling in the residual by system", CEILING, "system")
    yield from _table(report, "records without a usable number by system", "damaged", "system")
    for by in SUBGROUPS:
        if by != "county":
            yield from _table(report, f"precision by {by}", PRECISION, by)
            yield from _table(report, f"recall by {by}, suggestions included", WITH_REVIEW, by)
    yield ""
    for what in (PRECISION, WITH_REVIEW):
        of_counties = [one for one in report.behind() if (one.what, one.by) == (what, "county")]
        if of_counties:
            worst = of_counties[0]
            yield f"worst county, {what}: {worst.group} {shown(worst.share)}, {worst.points:+.3f} points behind"
    for one in report.behind():
        if one.points > LAG * 100:
            yield f"WARNING {one.by} {one.group} lags {one.points:.2f} points in {one.what}: {shown(one.share)}"
    if len(report.seeds) > 1:
        yield ""
        for seed, tally in report.by_seed.items():
            words = [f"{what} {tally[what, ALL, ALL].share:.4%}" for what in (PRECISION, RECALL, WITH_REVIEW)]
            yield f"seed {seed}: {', '.join(words)}"
    for seed, spent in report.spent.items():
        phases = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in spent.seconds.items())
        yield f"seed {seed} took {sum(spent.seconds.values()):.0f} s ({phases}) and {spent.gib:.1f} GiB"
    yield ""
    for target in report.targets():
        word = {True: "reached    ", False: "NOT REACHED", None: "no target  "}[target.is_reached]
        yield f"{word} {target.name}: {target.found} (wanted {target.wanted})"


_WORDS = {"sort": "sort of link", "system": "system", "planted": "what was planted"}


def _table(report: Report, title: str, what: str, by: str) -> Iterator[str]:
    rows = sorted((group, share) for (w, b, group), share in report.tally.items() if (w, b) == (what, by))
    if not rows:
        return
    yield ""
    yield title
    width = max(len(group) for group, _ in rows)
    for group, share in rows:
        yield f"  {group:<{width}}  {shown(share)}"
