"""Sums of people and events by county, as figures tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd


def counted(
    rows: pd.DataFrame, measure: str, figure: str, groups: Mapping[str, str] | None = None,
    value: str | None = None, base: str | None = None,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    """Sums by county, over all and by each of `groups` (cut → column); without `value` every row counts one.

    Rows have a column county; `base` where the figure is part of a whole.
    """
    rows = rows.assign(value=1 if value is None else rows[value], base=0 if base is None else rows[base], all="all")
    for cut, column in {"total": "all", **(groups or {})}.items():
        sums = rows.groupby(["county", column], as_index=False)[["value", "base"]].sum()
        sums = sums.rename(columns={"county": "region_code", column: "group_code"})
        yield sums.assign(measure_code=measure, figure_code=figure, cut=cut)


def fen(yuan: pd.Series) -> pd.Series:
    """Amounts written in yuan as whole fen; what is not written is 0."""
    return (pd.to_numeric(yuan.replace("", "0")) * 100).round().astype(int)
