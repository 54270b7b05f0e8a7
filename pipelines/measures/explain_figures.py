"""What the figures of a measure say of one region in one quarter, what they said the quarter before, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from pipelines import regions
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.errors import NotReady
from pipelines.measures.explain import Basis, basis
from pipelines.measures.figures import FIGURES, Figure
from pipelines.periods import Quarter
from pipelines.releases import all_releases
from pipelines.sources import SOURCES


@dataclass(frozen=True)
class Shown:
    """One figure, in all (`cut` total) or of one group. `value` in the figure's unit; `base` what it is held against; `before` last
    quarter's value; None where there is no data."""

    figure: Figure
    cut: str
    group_code: str
    value: Decimal | None
    base: Decimal | None
    rate: Decimal | None
    reached: date | None
    before: Decimal | None
    n_counties_missing: int


@dataclass(frozen=True)
class ExplainedFigures:
    """All figures of one measure in one region and quarter."""

    code: str
    region_code: str
    region_name: str
    quarter: str
    release: int
    shown: tuple[Shown, ...]
    deliveries: tuple[Basis, ...]


def is_told_in_figures(code: str) -> bool:
    """Whether a measure is told in figures instead of people's states."""
    return any(figure.code == code for figure in FIGURES)


def explain_figures(code: str, region: str, quarter: Quarter) -> ExplainedFigures:
    """The published figures of a measure. NotReady where nothing is published of the region in the quarter."""
    declared = {figure.figure: figure for figure in FIGURES if figure.code == code}
    query = text(
        "SELECT quarter, figure_code, cut, group_code, figure_value, figure_base, figure_rate, reached_date, n_counties_missing"
        " FROM mart.mart_figure WHERE measure_code = :measure AND region_code = :region AND quarter IN (:quarter, :before)"
    )
    keys = {"measure": code, "region": region, "quarter": quarter.key, "before": quarter.previous.key}
    with warehouse_engine().connect() as connection:
        rows = connection.execute(query, keys).mappings().all()
        current = text("SELECT release FROM ops.current_release WHERE quarter = :quarter")
        release = connection.execute(current, {"quarter": quarter.key}).scalar_one_or_none()

    def cell(row: Any) -> tuple[str, str, str]:
        return row["figure_code"], row["cut"], row["group_code"]

    now_is = [row for row in rows if row["quarter"] == quarter.key and row["figure_code"] in declared]
    if not now_is:
        raise NotReady(
            f"nothing is published of {code} in region {region} in {quarter}; figures are told of the province, cities and counties;"
            " `bidui status` lists what is published"
        )
    before = {cell(row): row["figure_value"] for row in rows if row["quarter"] != quarter.key}
    order = list(declared)
    shown = [
        Shown(
            declared[row["figure_code"]], row["cut"], row["group_code"], row["figure_value"], row["figure_base"], row["figure_rate"],
            row["reached_date"], before.get(cell(row)), row["n_counties_missing"],
        )
        for row in sorted(now_is, key=lambda row: (order.index(row["figure_code"]), row["cut"] != "total", row["cut"], row["group_code"]))
    ]  # fmt: skip
    systems = tuple(dict.fromkeys(system for figure in declared.values() for system in figure.systems))
    found = next(one for one in all_releases() if one.release == release)
    names = {d.region_code: d.name for d in regions.divisions(quarter.last_day)}
    return ExplainedFigures(
        code, region, names.get(region, region), quarter.key, found.release, tuple(shown), basis(found, systems, region)
    )


def told(explained: ExplainedFigures) -> list[str]:
    """The figures in words, a line each."""
    first = explained.shown[0].figure
    lines = [
        f"{first.code} {first.zh} · {explained.region_name} {explained.region_code} · {explained.quarter} (release {explained.release})"
    ]
    for one in explained.shown:
        if one.cut == "total":
            lines.append(f"{one.figure.figure_zh} {one.figure.figure}: {_amount(one)} {one.figure.unit}{_held(one)}")
            lines.append(f"  {one.figure.numerator}" + (f" / {one.figure.denominator}" if one.base is not None else ""))
            if one.n_counties_missing:
                lines.append(f"  counties without data: {one.n_counties_missing}")
        else:
            lines.append(f"  {one.figure.figure} · {one.cut} {one.group_code}: {_amount(one)}{_held(one)}")
    lines.append("依据的报送 deliveries it rests on:")
    lines += [
        f"  {SOURCES[one.system].zh} {one.delivery_id} ({one.quarter}, {one.n_counties} counties)"
        for one in explained.deliveries
    ]
    return lines


def _amount(one: Shown) -> str:
    return "无数据 no data" if one.value is None else f"{one.value.normalize() + 0:,f}"


def _held(one: Shown) -> str:
    held = f" / {one.base.normalize() + 0:,f}" if one.base is not None else ""
    held += f" = {one.rate:.2%}" if one.rate is not None else ""
    held += f", 按目前进度 at this pace reached {one.reached}" if one.reached else ""
    return held + (f" (上季度 last quarter {one.before.normalize() + 0:,f})" if one.before is not None else "")
