"""Hits of how many, by what: counted per province, added up over provinces, with intervals that say how sure they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# What is counted. Recall leaves out conflicts, which by rule are no match (pairs.py).
PRECISION, RECALL, WITH_REVIEW = "precision", "recall", "recall_with_review"
RESIDUAL_FOUND, CEILING = "residual_found", "ceiling"
QUEUE, REPAIRS = "review_queue", "uncorroborated_repairs"
ALL = "all"
Z = 1.959963984540054  # two-sided 95 %
BANDS = ((0, 15), (16, 24), (25, 44), (45, 59), (60, 200))


@dataclass(frozen=True)
class Share:
    """Hits among a total; `low` and `high` are Wilson's 95 % interval (Wilson 1927), None where there is no total."""

    hits: int
    total: int

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        return self.hits / self.total if self.total else None

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return self._end(-1)

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return self._end(1)

    def _end(self, side: int) -> float | None:
        if not self.total:
            return None
        n, p = self.total, self.hits / self.total
        middle = p + Z * Z / (2 * n)
        spread = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return min(1.0, max(0.0, (middle + side * spread) / (1 + Z * Z / n)))

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.total + other.total)


Tally = Mapping[tuple[str, str, str], Share]  # (what, by what, group)


def added(tallies: Iterable[Tally]) -> Tally:
    """Several provinces as one."""
    whole: dict[tuple[str, str, str], Share] = {}
    for tally in tallies:
        for key, share in tally.items():
            whole[key] = whole[key] + share if key in whole else share
    return whole


def tally(judged: pd.DataFrame, recovers: pd.Series, people: pd.DataFrame) -> Tally:
    """All that is counted of one province: judged records (pairs.py), what the oracle recovers, the people."""
    from pipelines.identity.evaluation.records import NONE

    every = judged.copy()
    every["recovers"] = recovers
    counted = every[every["is_wanted"] & (every["sort"] != "conflict")]
    links = every[every["is_link"]]
    found: dict[tuple[str, str, str], Share] = {}

    def count(what: str, by: str, groups: pd.Series | None, hits: pd.Series) -> None:
        if groups is None:
            found[what, by, ALL] = Share(int(hits.sum()), len(hits))
            return
        for group, size, hit in hits.groupby(groups, observed=True).agg(["size", "sum"]).itertuples():
            found[what, by, str(group)] = Share(int(hit), int(size))

    reached = counted["is_found"] | counted["is_suggested"]
    # A wrong link harms the person it is laid to; a missed one the person it belongs to.
    of_links, of_counted = _groups(links, links["owner"], people), _groups(counted, counted["true_id"], people)
    for what, by, hits in (
        (PRECISION, of_links | {"tier": links["tier"], "planted": _planted(links)}, links["is_right"]),
        (RECALL, of_counted | {"planted": _planted(counted), "sort": counted["sort"]}, counted["is_found"]),
        (WITH_REVIEW, of_counted | {"planted": _planted(counted), "sort": counted["sort"]}, reached),
    ):
        count(what, ALL, None, hits)
        for name, groups in by.items():
            count(what, name, groups, hits)
    residual = counted[counted["sort"] == "residual"]
    count(CEILING, ALL, None, residual["recovers"])
    count(CEILING, "system", residual["system"], residual["recovers"])
    within = residual[residual["recovers"]]
    count(RESIDUAL_FOUND, ALL, None, reached[within.index])
    count(RESIDUAL_FOUND, "system", within["system"], reached[within.index])
    conflicts = every[every["is_wanted"] & (every["sort"] == "conflict")]
    found["conflicts", ALL, ALL] = Share(int(conflicts["is_found"].sum()), len(conflicts))
    mine = every[every["of_universe"]]
    count("damaged", "system", mine["system"], mine["planted"].isin(["none", "other"]))
    found[QUEUE, ALL, ALL] = Share(int((every["suggested"] != NONE).sum()), int(mine["true_id"].nunique()))
    found[REPAIRS, ALL, ALL] = _repairs(links)
    return found


def _repairs(links: pd.DataFrame) -> Share:
    """Links of records whose own number does not name the person; hits are those that no evidence is given for."""
    from pipelines.identity.id_numbers import KEYED_CLASSES

    by_number = links["tier"].isin(["T1", "T2", "T3", "T4"])
    unreadable = by_number & ~links["id_class"].isin(KEYED_CLASSES)
    repaired = ~by_number | unreadable
    bare = links["evidence"].fillna("").astype(str).isin(["", "[]", "{}"])
    return Share(int((repaired & (bare | unreadable)).sum()), int(repaired.sum()))


def _planted(records: pd.DataFrame) -> pd.Series:
    """What was planted in the record itself; a sound one may be missed for what was planted in the person's first."""
    return records["kind"].astype(str).replace("", "nothing")


def _groups(records: pd.DataFrame, true_id: pd.Series, people: pd.DataFrame) -> dict[str, pd.Series]:
    """System and subgroups of people, by record; people outside the universe are in no subgroup."""
    import pandas as pd

    own = people.set_index("true_id").reindex(true_id).set_index(records.index)
    band = pd.cut(
        own["age"], [-1, *(last for _, last in BANDS)], labels=[f"{a}–{b}" if b < 200 else f"{a}+" for a, b in BANDS]
    )
    return {
        "system": records["system"],
        "age": band.astype(object),
        "sex": own["sex_code"].map({"1": "men", "2": "women"}),
        "name": own["name"].str.contains("·", regex=False).map({True: "minority name", False: "Han name"}),
        "number": (records["kind"] == "id_fifteen").map({True: "15 digits", False: "18 digits"}),
        "county": own["county_code"],
    }
