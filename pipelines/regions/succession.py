"""Which place of before is which place of after, for every change of divisions: a town renamed, merged or split, a county that
took in another one or gave towns away. Source: domain.md §0.8, §3.2; README.md beside says what is exact.

A county in force before and after that gained or lost towns is also what it was: the relation is many to many.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from pipelines import regions
from pipelines.regions import LEVELS, Level


class Succession(NamedTuple):
    """One place of before and one of after. `kind`: renamed (the same place under another code), merged (several are one now),
    split (several come of one). `is_main`: the place that stands for the old one where nobody knows better."""

    was_code: str
    region_code: str
    level: Level
    since: date
    kind: str
    is_main: bool
    certainty: str


@lru_cache(maxsize=32)
def successions_until(on: date) -> tuple[Succession, ...]:
    """Every change up to a day, village to county, ordered by day and code."""
    ended = {(old, new, day) for old, (new, day) in regions.successions().items()}
    counties = {(old[:6], new[:6], day) for old, new, day in ended}
    lasting = {d.region_code for d in regions.history() if d.level == "county" and not d.valid_from and not d.valid_to}
    kept = {(code, code, day) for old, new, day in counties for code in (old, new) if code in lasting}
    edges = ended | counties | kept
    goes_to, comes_from = Counter((old, day) for old, _, day in edges), Counter((new, day) for _, new, day in edges)
    kinds = {
        (old, new, day): "split" if goes_to[old, day] > 1 else "merged" if comes_from[new, day] > 1 else "renamed"
        for old, new, day in edges
    }
    main = kept | {edge for edge in ended if (edge[0], edge[0], edge[2]) not in kept}
    made = (
        Succession(old, new, LEVELS[(0, 2, 4, 6, 9, 12).index(len(old)) - 1], day, kind, (old, new, day) in main,
                   _certainty(old, kinds[old[:6], new[:6], day]))
        for (old, new, day), kind in kinds.items()
    )  # fmt: skip
    return tuple(
        sorted((one for one in made if one.since <= on), key=lambda one: (one.since, one.was_code, one.region_code))
    )


def _certainty(old: str, county_kind: str) -> str:
    """Counties are those of the provincial notices; where one was renamed its towns kept their numbers, elsewhere they are reconstructed."""
    if len(old) == 6:
        return "H"
    return "M" if county_kind == "renamed" else "L"
