"""The measures: what each counts, of whom, under which clause of the plan. Source: domain.md §6.4."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One measure. `systems` must all have spoken of a county, or its cell says "no data"; only a headline is told by village.

    time    时点, 本期, 本年累计 or 2018年以来累计
    target  the parameter that says what rate is to be reached; empty where the plan sets none
    also    systems that add people where they have spoken; the measure does without them where they have not
    """

    code: str
    zh: str
    en: str
    numerator: str
    denominator: str
    clause: str
    office: str
    systems: tuple[str, ...]
    is_headline: bool = False
    time: str = "时点"
    target: str = ""
    also: tuple[str, ...] = ()


MEASURES: tuple[Measure, ...] = (
    Measure(
        "M03", "养老保险参保率", "basic pension coverage",
        "分母中参加任一基本养老保险(含暂停缴费、领取待遇)的人数",
        "建档立卡、年满16周岁的人数,核减死亡、在校、现役、服刑、出国(境)定居、户口已不在省内的",
        "I1 G12 O10", "农保处、养老处、省社保中心", ("poverty_register", "social_insurance"), is_headline=True, target="target_coverage_rate",
    ),
    Measure(
        "M04", "比对参保率(未核减)", "found in the pension file, nobody left out",
        "分母中参加任一基本养老保险(含暂停缴费、领取待遇)的人数", "建档立卡、年满16周岁的人数,不作核减",
        "O10", "农保处、养老处、省社保中心", ("poverty_register", "social_insurance"),
    ),
    Measure(
        "M06", "60岁以上待遇领取率", "people of 60 and over who draw a pension",
        "分母中正在领取任一基本养老保险待遇的人数", "建档立卡、年满60周岁的人数,核减同 M03",
        "I1", "农保处、省社保中心", ("poverty_register", "social_insurance"), is_headline=True,
    ),
    Measure(
        "M08", "养老保险费代缴落实率", "pension premium subsidy paid",
        "分母中本年度有政府代缴记录的人数",
        "未标注脱贫(含返贫)、低保、特困、重度残疾并集中16–59周岁、未参加职工或机关养老的人数,核减同 M03",
        "I3", "农保处、省社保中心", ("poverty_register", "civil_affairs", "social_insurance"), is_headline=True, time="本年累计",
        also=("disabled_federation",),
    ),
    Measure(
        "M13", "基本医疗保险参保率", "basic medical insurance coverage",
        "参加任一基本医疗保险且状态正常的建档立卡人数", "全部健在的建档立卡人数(严格口径)",
        "I12", "医保处、信息中心、省社保中心", ("poverty_register", "medical_insurance"), is_headline=True, target="target_coverage_rate",
    ),
    Measure(
        "M13A", "基本医疗保险参保率(核减口径)", "basic medical insurance coverage, adjusted",
        "分母中参加任一基本医疗保险且状态正常的人数", "健在的建档立卡人数,核减现役、服刑、出国(境)定居的",
        "I12", "医保处、信息中心、省社保中心", ("poverty_register", "medical_insurance"), is_headline=True,
    ),
    Measure(
        "M14", "医保身份标识率", "insured with the poor flag",
        "分母中医保参保带贫困标识的人数", "健在、参加任一基本医疗保险且状态正常的建档立卡人数",
        "I12", "医保处", ("poverty_register", "medical_insurance"),
    ),
    Measure(
        "M19", "贫困劳动力就业率", "poor workers employed",
        "分母中季末在就业状态的人数", "健在的建档立卡、16–59周岁、普通或技能劳动力、非在校的人数",
        "G8", "省就业局", ("poverty_register", "employment_platform"), is_headline=True,
    ),
    Measure(
        "M22A", "未就业信息核实率", "unemployed, verified where the hukou is",
        "分母中本季由户籍地核实的人数", "贫困劳动力(同 M19)中季末未就业的人数",
        "O7", "省就业局", ("poverty_register", "employment_platform"), time="本期",
    ),
    Measure(
        "M22B", "就业信息核实率", "employed, verified where the work is",
        "分母中本季由就业地核实的人数(在户籍县内就业的,户籍地即就业地)", "贫困劳动力(同 M19)中季末就业的人数",
        "O7", "省就业局", ("poverty_register", "employment_platform"), time="本期",
    ),
    Measure(
        "M24A", "单位就业后参加职工养老保险率", "in the employee pension after being employed",
        "分母中参加职工或机关事业养老保险的人数", "贫困劳动力(同 M19)中季末在单位就业的人数",
        "I10", "就业处", ("poverty_register", "employment_platform", "social_insurance"),
    ),
    Measure(
        "M24B", "单位就业后参加失业保险率", "in unemployment insurance after being employed",
        "分母中参加失业保险的人数", "贫困劳动力(同 M19)中季末在单位就业的人数",
        "I10", "就业处", ("poverty_register", "employment_platform", "social_insurance"),
    ),
    Measure(
        "M24C", "单位就业后参加工伤保险率", "in work-injury insurance after being employed",
        "分母中参加工伤保险的人数", "贫困劳动力(同 M19)中季末在单位就业的人数",
        "I10", "就业处", ("poverty_register", "employment_platform", "social_insurance"),
    ),
    Measure(
        "M29", "求职补贴兑现率", "job-seeking allowance paid",
        "分母中领过一次性求职补贴的人数(一生一次,历年已领的也算)", "贫困劳动力(同 M19)中2018年以来经有组织输出到户籍县以外、季末仍在业的人数",
        "E15", "省就业局、农民工处", ("poverty_register", "employment_platform"),
    ),
    Measure(
        "M30", "培训需求掌握率", "training demand known",
        "分母中已登记有无培训需求的人数", "贫困劳动力(同 M19)",
        "G9", "职建处、省就业局", ("poverty_register", "employment_platform"),
    ),
    Measure(
        "M31", "培训需求满足率", "training demand met",
        "分母中登记需求之后开班、已经结业的人数", "本年登记过培训需求的健在建档立卡人数(以后撤回、超龄、就学的仍计)",
        "G10", "职建处", ("poverty_register", "employment_platform"), time="本年累计", target="target_coverage_rate",
    ),
    Measure(
        "M33", "培训后就业率", "employed within six months of training",
        "分母中结业后6个月内有就业的人数", "结业满6个月之日在本季的健在建档立卡人数",
        "K1", "职建处", ("poverty_register", "employment_platform"), time="本期",
    ),
    Measure(
        "M34", "培训生活费补贴兑现率", "living allowance paid",
        "分母中本年领过培训生活费补贴的人数", "本年开班并结业的健在建档立卡人数",
        "K2", "职建处、省就业局", ("poverty_register", "employment_platform"), time="本年累计",
    ),
    Measure(
        "M36", "两后生技工就读率", "school-leavers on a technical-school roll",
        "分母中有技工院校正式学籍的人数", "建档立卡、15–24周岁、初高中毕业未升学或中高职在读的人数(不问就读意愿,有意愿的另见 M36A)",
        "G11", "职建处", ("poverty_register", "technical_school"), is_headline=True,
    ),
    Measure(
        "M36A", "有意愿两后生技工就读率", "school-leavers who wished it on a technical-school roll",
        "分母中有技工院校正式学籍的人数(就读中职是否算满足意愿由参数定)",
        "本年登记过就读技工院校意愿的健在建档立卡人数,登记时为两后生年龄(以后就读、就业、撤回、超龄的仍计)",
        "G11", "职建处", ("poverty_register", "employment_platform", "technical_school"), time="本年累计", target="target_coverage_rate",
    ),
    Measure(
        "M38", "雨露计划享受率(技工)", "registered full-time students paid Yulu aid",
        "分母中本学期雨露补助已发放的人数", "技工院校全日制正式学籍的建档立卡学生数(本学期结束后才入学的不计)",
        "O8", "职建处", ("poverty_register", "technical_school", "yulu"), is_headline=True, time="本期",
    ),
    Measure(
        "M39A", "免学费享受率", "fees waived",
        "分母中本季免学费的人数", "技工院校全日制正式学籍的健在建档立卡学生数",
        "K8", "职建处", ("poverty_register", "technical_school"), time="本期",
    ),
    Measure(
        "M39B", "助学金享受率", "grant paid",
        "分母中本学期有助学金的人数", "技工院校全日制正式学籍、一二年级的健在建档立卡学生数(本学期结束后才入学的不计)",
        "K8", "职建处", ("poverty_register", "technical_school"), time="本期",
    ),
    Measure(
        "M40", "技工毕业贫困生就业率", "poor graduates employed",
        "分母中有就业登记的人数", "本年技工院校毕业的健在建档立卡人数",
        "K8", "职建处", ("poverty_register", "technical_school"), time="本年累计",
    ),
)  # fmt: skip

# Changes whenever a measure is added or counts something else, so that quarters become due.
VERSION = hashlib.sha256(repr(MEASURES).encode()).hexdigest()[:16]


def named(code: str) -> Measure:
    """The measure of a code. ValueError, naming those there are, where there is none."""
    found = next((measure for measure in MEASURES if measure.code == code), None)
    if found is None:
        raise ValueError(f"no measure {code}; there are {', '.join(measure.code for measure in MEASURES)}")
    return found
