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


_COUNTED = "数量指标的表尚未建立"
_EVENTS = "来源已入库,计算尚未建立"
_LISTS = "核对清单(C类)尚未建立"
_REGION = "村、乡镇、县、市、省"
_COUNTY = "县、市、省"

WAITING: tuple[Waiting, ...] = (
    Waiting("M10", "不符合条件代缴人数、金额", "premiums paid and not due", "C04 与 C05", "—", "人、元", "本年累计", _COUNTY, "I3 O12", "农保处", _LISTS),
    Waiting("M11", "重复参保率", "insured in two schemes", "C06 人数", "建档立卡参保人数", "%", "时点", _COUNTY, "I1", "农保处、养老处", _LISTS),
    Waiting("M12", "重复、违规领取人数及金额", "benefits paid twice or wrongly", "C07 至 C09", "—", "人、元", "本期", _COUNTY, "O12", "省社保中心", _LISTS),
    Waiting("M42", "返乡创业稳定就业奖补(可给予)覆盖", "start-up awards", "已获奖补的", "有贫困劳动力满12个月的创业实体", "%", "本年累计", _COUNTY, "E21",
            "省就业局、创贷中心", "需要工商登记数据,尚无单位承诺报送"),
    Waiting("M44", "疑点核查反馈率、按期率", "feedback received, on time", "已反馈的;按期反馈的", "已下发的", "%", "本期", _COUNTY, "O5 O10", "信息中心", _LISTS),
    Waiting("M45", "疑点属实率", "cases confirmed", "核查属实的", "已反馈的", "%", "本期", _COUNTY, "O12", "信息中心", _LISTS),
)  # fmt: skip
