"""The groups into which people and figures are split, by name: what `cut` and `group_code` mean to who reads a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from pipelines.measures import checks
from pipelines.measures.catalogue import MEASURES
from pipelines.sources import SOURCES

# The group_code of a cut's own name.
ITSELF = "*"

_YES = {"yes": "是", "no": "否", "unknown": "不详"}
_UNKNOWN = {"unknown": "不详"}
# Cuts by a code of a delivered column: the code list's words, and those for what was not said.
_BY_LIST: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "poverty_status": ("poverty status", {"none": "无脱贫属性(不在登记册)"}),
    "sex": ("sex", _UNKNOWN),
    "carrier_type": ("type of carrier", {}),
    "channel": ("channel of employment", _UNKNOWN),
    "employment_form": ("form of employment", _UNKNOWN),
    "expert_field": ("field of the experts", {}),
    "founder_kind": ("kind of founder", _UNKNOWN),
    "checklist": ("item of the checklist", {}),
    "training_kind": ("kind of training", _UNKNOWN),
    "training_mode": ("mode of training", _UNKNOWN),
    "priority_trade": ("priority trade", {"none": "非重点工种"}),
    "service": ("public employment service", _UNKNOWN),
    "campaign": ("campaign", _UNKNOWN),
    "subsidy": ("subsidy", {}),
    "fund": ("fund", _UNKNOWN),
    "scheme": ("scheme", {}),
    "speciality": ("speciality industry", _UNKNOWN),
    "post_kind": ("kind of post", _UNKNOWN),
    "level": ("level of training at school", {}),
    "study_form": ("form of study", {}),
}


@dataclass(frozen=True)
class Cut:
    """One dimension: its names, and those of its groups; of some, such as schools, no list is kept."""

    code: str
    zh: str
    en: str
    groups: Mapping[str, str] = field(default_factory=dict)


def cuts() -> tuple[Cut, ...]:
    """Every dimension by which figures of schema bi are split."""
    listed = {cut.code: cut for cut in (*_from_lists(), *_OWN)}
    return (
        *listed.values(),
        _by_both(listed["poverty_status"], listed["deep_poverty_village"], "poverty_status_by_village"),
        _by_both(listed["subsidy"], listed["fund"], "subsidy_by_fund"),
        _by_both(listed["subsidy"], listed["receiver"], "subsidy_by_receiver"),
    )


def _from_lists() -> tuple[Cut, ...]:
    lists = {
        column.codes.name: column.codes
        for source in SOURCES.values()
        for table in source.tables
        for column in table.columns
        if column.codes
    }
    return tuple(
        Cut(code, lists[code].zh, en, {**lists[code].labels, **unsaid}) for code, (en, unsaid) in _BY_LIST.items()
    )


def _by_both(one: Cut, other: Cut, code: str) -> Cut:
    pairs = product(one.groups.items(), other.groups.items())
    groups = {f"{left}:{right}": f"{left_zh}、{right_zh}" for (left, left_zh), (right, right_zh) in pairs}
    return Cut(code, f"{one.zh}与{other.zh}", f"{one.en} and {other.en}", groups)


_OWN = (
    Cut("total", "合计", "all together", {"all": "全部"}),
    Cut("deep_poverty_village", "是否深度贫困村", "deep-poverty village", {"deep": "深度贫困村", "other": "其他村"}),
    Cut(
        "age_band",
        "年龄段",
        "age",
        {"00-15": "15岁及以下", "16-24": "16至24岁", "25-44": "25至44岁", "45-59": "45至59岁", "60+": "60岁及以上", **_UNKNOWN},
    ),
    Cut("nation", "民族", "nation", {"han": "汉族", "minority": "少数民族", **_UNKNOWN}),
    Cut(
        "label",
        "代缴类别",
        "label by which the premium is paid",
        {
            "destitute": "特困人员", "minimum_allowance": "低保对象", "not_lifted": "未标注脱贫", "severely_disabled": "重度残疾人",
            "other": "其他",
        },
    ),
    Cut(
        "treated_place",
        "就医地",
        "where treated",
        {"in_county": "县内", "in_city": "市内县外", "out_of_area": "市外", **_UNKNOWN},
    ),
    Cut("trade", "工种", "trade", {"domestic": "家政服务", "other": "其他"}),
    Cut("home_worker", "是否居家就业", "works at home", _YES),
    Cut("receiver", "补贴领取方", "who is paid", {"person": "个人", "organisation": "单位"}),
    Cut("project_plan", "是否纳入扶贫项目规划", "in the project plan", _YES),
    Cut("local_post", "是否面向本县户籍", "post reserved for the county's hukou", _YES),
    Cut("apprentice", "是否企业新型学徒", "apprentice", _YES),
    Cut("measure", "指标", "measure", {measure.code: measure.zh for measure in MEASURES}),
    Cut("check", "核对", "cross-check", {check.code: check.zh for check in checks.CHECKS}),
    Cut("system", "系统", "system", {source.name: source.zh for source in SOURCES.values()}),
    Cut("provider", "培训机构", "training provider", _UNKNOWN),
    Cut("school", "院校", "school"),
)  # fmt: skip
