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
    Waiting("M01", "贫困人口数、户数", "registered poor, people and households", "健在的建档立卡人数;户数", "—", "人、户", "时点",
            _REGION, "G4", "各处室", _COUNTED),
    Waiting("M02", "养老保险应保人数", "people who should be insured", "M03 的分母", "—", "人", "时点", _REGION, "I1 G12", "农保处", _COUNTED),
    Waiting("M05", "应保未保人数(新增、消除、滚存)", "should be insured and are not", "M03 分母减分子,分新增、消除、滚存", "—", "人", "时点",
            _REGION, "O10", "农保处、省社保中心", _LISTS),
    Waiting("M07", "应代缴人数", "people whose premium is due from government", "M08 的分母", "—", "人", "本年累计", _REGION, "I3", "农保处", _COUNTED),
    Waiting("M09", "代缴金额", "premiums paid by government", "本年度代缴金额合计,按身份优先序", "—", "元", "本年累计", _COUNTY, "I3", "农保处", _COUNTED),
    Waiting("M10", "不符合条件代缴人数、金额", "premiums paid and not due", "C04 与 C05", "—", "人、元", "本年累计", _COUNTY, "I3 O12", "农保处", _LISTS),
    Waiting("M11", "重复参保率", "insured in two schemes", "C06 人数", "建档立卡参保人数", "%", "时点", _COUNTY, "I1", "农保处、养老处", _LISTS),
    Waiting("M12", "重复、违规领取人数及金额", "benefits paid twice or wrongly", "C07 至 C09", "—", "人、元", "本期", _COUNTY, "O12", "省社保中心", _LISTS),
    Waiting("M14", "医保身份标识率", "insured with the poor flag", "参保且有贫困标识的人数", "建档立卡参保人数", "%", "时点", _REGION, "I12", "医保处", _EVENTS),
    Waiting("M15", "一站式结算率", "settled in one stop", "各层一次结清的县域内住院人次", "建档立卡县域内住院人次", "%", "本期", _COUNTY, "I13", "医保处", _EVENTS),
    Waiting("M16", "住院个人自付比例", "own share of inpatient costs", "个人自付合计", "住院总费用合计", "%", "本期", _COUNTY, "I13", "医保处", _EVENTS),
    Waiting("M17", "异地就医备案率、异地直接结算率", "filed and directly settled out of area", "已备案人次;直接结算人次", "异地住院人次", "%", "本期",
            _COUNTY, "I15", "医保处、社保中心", _EVENTS),
    Waiting("M18", "贫困劳动力数", "poor labour force", "M19 的分母", "—", "人", "时点", _REGION, "G5", "省就业局", _COUNTED),
    Waiting("M20", "就业目标完成数、率(10万)", "the 100,000 placed", "2018年以来首次新就业的贫困劳动力(每人一次)", "各市目标数", "人、%",
            "2018年以来累计", _COUNTY, "G6", "省就业局", _EVENTS),
    Waiting("M21", "四渠道完成数、率(3万)", "the 30,000 through four channels", "M20 中经四渠道就业的人数", "各市目标数", "人、%", "2018年以来累计",
            _COUNTY, "G7", "省就业局、创贷中心、农民工处", _EVENTS),
    Waiting("M22", "就业信息核实率", "verified in the quarter", "本期已核实的贫困劳动力", "贫困劳动力", "%", "本期", _COUNTY, "O7", "省就业局", _EVENTS),
    Waiting("M23", "稳定就业率(6个月、12个月)", "still employed after 6 and 12 months", "满期仍在业的", "已满期的就业", "%", "本期", _COUNTY, "G8 E21", "省就业局", _EVENTS),
    Waiting("M24", "就业后参保率", "insured after being employed", "参加职工养老、失业、工伤的人数(三项)", "单位就业的贫困劳动力", "%", "时点",
            _COUNTY, "I10", "就业处", _EVENTS),
    Waiting("M25", "载体数与吸纳贫困人数", "carriers and their poor workers", "六类载体数;贫困用工", "—", "个、人", "时点", "载体、县、市、省", "E6", "省就业局", _EVENTS),
    Waiting("M26", "载体贫困用工占比", "poor share of carriers' staff", "贫困用工", "全部用工", "%", "时点", "载体、县、市、省", "E6", "省就业局", _EVENTS),
    Waiting("M27", "公益性岗位优先安置率", "new and vacated posts given to the poor", "由贫困劳动力补上的岗位", "贫困县新增和腾退岗位", "%", "本期",
            _COUNTY, "E19", "省就业局", _EVENTS),
    Waiting("M28", "有组织劳务输出占比", "organised share of out-migration", "有组织到县外就业的", "全部到县外就业的", "%", "时点", _COUNTY, "E10", "省就业局、农民工处", _EVENTS),
    Waiting("M29", "求职补贴兑现率", "job-seeking allowance paid", "已付", "符合条件的(C14)", "%", "本年累计", _COUNTY, "E15", "省就业局", _LISTS),
    Waiting("M30", "培训需求掌握率", "training demand known", "已登记需求的贫困劳动力", "贫困劳动力", "%", "时点", _REGION, "G9", "职建处、省就业局", _EVENTS),
    Waiting("M31", "培训需求满足率", "training demand met", "登记后参加过培训的", "当年需求人员(冻结)", "%", "本年累计", _COUNTY, "G10", "职建处", _EVENTS),
    Waiting("M32", "培训人数、人次", "people trained, person-times", "培训人数;结业人次(不相加)", "—", "人、人次", "本年累计", "培训机构、县、市、省",
            "K1 O7", "职建处", _EVENTS),
    Waiting("M33", "培训后就业率", "employed within six months of training", "6个月内就业的", "培训满6个月的", "%", "本期", _COUNTY, "K1", "职建处", _EVENTS),
    Waiting("M34", "培训生活费补贴兑现率", "living allowance paid", "已付", "参加培训且符合条件的", "%", "本年累计", _COUNTY, "K2", "职建处、省就业局", _LISTS),
    Waiting("M35", "两后生人数、有意愿人数", "school-leavers, with the wish", "两后生;其中有意愿的", "—", "人", "时点", _REGION, "G11", "职建处", _COUNTED),
    Waiting("M37", "技工在校贫困学生数", "registered students at technical schools", "技工院校在籍的建档立卡学生", "—", "人", "时点",
            "学校、县、市、省", "K8 O9", "职建处", _COUNTED),
    Waiting("M39", "免学费、助学金享受率", "fee waivers and grants", "有免学费;有助学金的", "符合条件的", "%", "本期", "学校、县、市、省", "K8", "职建处", _EVENTS),
    Waiting("M40", "技工毕业贫困生就业率", "poor graduates employed", "有就业登记的", "贫困毕业生", "%", "本年累计", "学校、县、市、省", "K8", "职建处", _EVENTS),
    Waiting("M41", "深度贫困村各指标差距", "deep-poverty villages against the rest", "269个深度贫困村的值减其余的值", "—", "百分点", "时点", _COUNTY,
            "G3", "省就业局、职建处", "各指标已按深度贫困村分组,差距尚未单列"),
    Waiting("M42", "返乡创业稳定就业奖补(可给予)覆盖", "start-up awards", "已获奖补的", "有贫困劳动力满12个月的创业实体", "%", "本年累计", _COUNTY, "E21",
            "省就业局、创贷中心", "需要工商登记数据,尚无单位承诺报送"),
    Waiting("M43", "创业担保贷款带动贫困就业", "poor workers at borrowers", "借款人吸纳的贫困劳动力", "—", "人", "本年累计", _COUNTY, "E23", "创贷中心", _EVENTS),
    Waiting("M44", "疑点核查反馈率、按期率", "feedback received, on time", "已反馈的;按期反馈的", "已下发的", "%", "本期", _COUNTY, "O5 O10", "信息中心", _LISTS),
    Waiting("M45", "疑点属实率", "cases confirmed", "核查属实的", "已反馈的", "%", "本期", _COUNTY, "O12", "信息中心", _LISTS),
    Waiting("M46", "数据报送及时率、完整率", "timeliness and completeness", "按时报送的县区;计入的行", "应报的县区;清单所列的行", "%", "本期", _COUNTY,
            "O5", "规财处、信息中心", "已在 ops.delivery_timeliness 与 bidui status --calendar,尚未列入指标表"),
    Waiting("M47", "有效证件号码占比", "records with a valid ID number", "证号有效的记录", "记录", "%", "时点", _COUNTY, "O9", "信息中心",
            "已在 mart.mart_linkage(按证号分组),尚未列入指标表"),
    Waiting("M48", "匹配率与人工核定量", "linked, and waiting for review", "已关联的记录;待核定的建议", "记录", "%", "时点", _COUNTY, "O9", "信息中心",
            "已在 mart.mart_linkage 与 mart.mart_link_review,尚未列入指标表"),
    Waiting("M49", "公务员考试减免落实", "exam fees waived", "已减免的", "登记册中的考生", "%", "本年累计", _COUNTY, "H9", "省人事考试中心", _EVENTS),
    Waiting("M50", "三年专家服务矩阵完成", "expert visits done", "已完成的县、年、领域", "计划的", "%", "2018年以来累计", _COUNTY, "D6", "专技处、市场处", _EVENTS),
)  # fmt: skip
