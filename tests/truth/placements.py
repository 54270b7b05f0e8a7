"""Placements since 2018: M20, M21, M23."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tests.truth.cells import counted
from tests.truth.people import HALF_A_YEAR, spells
from tests.truth.places import county_today
from tests.truth.truth import Said, last_day

START = pd.Timestamp("2018-01-01")
CHANNELS = ("WORKSHOP", "RETURN_STARTUP", "ORG_EXPORT", "PUBLIC_POST")
# Out of work for so long before, or at most so long in between.
GAP = pd.Timedelta(days=30)
A_YEAR = pd.DateOffset(months=12)
TARGETS = {"M20": 100_000, "M21": 30_000}
PERIODS = {"half_year": HALF_A_YEAR, "year": A_YEAR}


class Placements:
    """Who of the poor labour force was placed anew, quarter by quarter; place and channel stay as they were first known.

    Places are told by their codes of the quarter.
    """

    def __init__(self) -> None:
        self.placed = pd.DataFrame(columns=["true_id", "day", "place", "town", "channel", *PERIODS])

    def figures(self, said: Said, labour: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """Take in what the platform says now, and count; the province has targets, cities none of their own."""
        jobs, last = spells(said), last_day(said.quarter)
        self._place(jobs, labour)
        placed = self.placed
        placed["county"] = county_today(placed["place"], said.quarter, placed["town"])
        through = jobs[(jobs["since"] >= START) & jobs["channel_code"].isin(CHANNELS)].sort_values(
            ["since", "channel_code"]
        )
        first = through.drop_duplicates("true_id").set_index("true_id")["channel_code"]
        placed["channel"] = placed["channel"].fillna(placed["true_id"].map(first))
        both = placed[["true_id", "day"]].merge(jobs, on="true_id")
        for name, period in PERIODS.items():
            over = both["day"] + period
            held = both[(both["since"] <= over) & (both["until"] >= over - GAP)]
            has_held = placed["true_id"].isin(held["true_id"]).astype("Int64")
            is_over = placed["day"] + period <= last
            placed[name] = placed[name].fillna(has_held.where(is_over))
            old = placed[placed[name].notna()].assign(one=1)
            yield from counted(old, "M23", name, value=name, base="one")
        yield from counted(placed, "M20", "placed")
        yield from counted(placed[placed["channel"].notna()], "M21", "placed", {"channel": "channel"})
        yield pd.DataFrame(
            [("36", "all", measure, "placed", "total", 0, target) for measure, target in TARGETS.items()],
            columns=["region_code", "group_code", "measure_code", "figure_code", "cut", "value", "base"],
        )

    def _place(self, jobs: pd.DataFrame, labour: pd.DataFrame) -> None:
        since = jobs.loc[jobs["since"] >= START, ["true_id", "since"]].drop_duplicates()
        earlier = since.merge(jobs, on="true_id", suffixes=("", "_before"))
        earlier = earlier[(earlier["since_before"] < earlier["since"]) & (earlier["until"] >= earlier["since"] - GAP)]
        is_followed = since.set_index(["true_id", "since"]).index.isin(earlier.set_index(["true_id", "since"]).index)
        days = since[~is_followed].groupby("true_id")["since"].min()
        new = labour[
            labour["is_linkable"] & labour["true_id"].isin(days.index) & ~labour["true_id"].isin(self.placed["true_id"])
        ]
        rows = pd.DataFrame(
            {"true_id": new["true_id"], "day": new["true_id"].map(days), "place": new["county"], "town": new["town"]}
        )
        nothing = pd.array([pd.NA] * len(rows), "Int64")
        rows = rows.assign(channel=pd.Series(pd.NA, rows.index, "string"), **dict.fromkeys(PERIODS, nothing))
        self.placed = (
            pd.concat([self.placed, rows], ignore_index=True) if len(self.placed) else rows.reset_index(drop=True)
        )
