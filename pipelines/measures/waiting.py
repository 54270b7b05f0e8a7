"""The measures of domain.md §6.4 that are declared and not computed yet: what each will count, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """One declared measure. `time`: 时点, 本期, 本年累计 or 2018年以来累计; `waits_for` says why there is no number."""

    code: str
    zh: str
    en: str
    numerator: str
    denominator: str
    unit: str
    time: str
    grain: str
    clause: str
    office: str
    waits_for: str


_COUNTY = "县、市、省"

WAITING: tuple[Waiting, ...] = (
    Waiting("M42", "返乡创业稳定就业奖补(可给予)覆盖", "start-up awards", "已获奖补的", "有贫困劳动力满12个月的创业实体", "%", "本年累计", _COUNTY, "E21",
            "省就业局、创贷中心", "需要工商登记数据,尚无单位承诺报送"),
)  # fmt: skip
