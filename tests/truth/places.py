"""What counties of before are today (domain.md §3.2): renamed, merged, and one made of towns of two others."""

from __future__ import annotations

import pandas as pd

# County → what it is since which quarter.
RENAMED = {"361121": ("361104", "2019Q3"), "360105": ("360112", "2019Q4"), "360727": ("360783", "2020Q2")}
# 红谷滩区: sub-districts of 东湖区 and 新建区, and 生米镇.
HONGGUTAN, FOUNDED = "360113", "2019Q4"
PASSED = ("360102010", "360102011", "360102012", "360102013", "360112006", "360112007", "360112102")


def county_today(county: pd.Series, quarter: str, town: pd.Series | None = None) -> pd.Series:
    """The counties' codes in a quarter; by the town where that is known."""
    ended = {old: new for old, (new, since) in RENAMED.items() if since <= quarter}
    today = county.replace(ended)
    return today if town is None or quarter < FOUNDED else today.mask(town.isin(PASSED), HONGGUTAN)
