"""The figures: numbers that are no state of one person, such as amounts, events and what bodies report. Source: domain.md §6.4."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

BaseKind = Literal["none", "part", "target"]
Disclosure = Literal["protected", "open", "withheld"]


@dataclass(frozen=True)
class Figure:
    """One figure of a measure; a measure may have several, which are never added.

    base    what the value is held against: none, a whole of which it is part, or a target
    time    时点, 本期, 本年累计 or 2018年以来累计
    grain   by what it is split beside the regions, or —
    systems must all have spoken of a county, or its cell says "no data"; empty: it is about deliveries themselves
    disclosure  protected: it counts people, or what belongs to them, and leaves the department only so (decision 0013);
            open: about bodies or deliveries; withheld: stays inside
    """

    code: str
    figure: str
    zh: str
    en: str
    figure_zh: str
    figure_en: str
    numerator: str
    denominator: str
    unit: str
    time: str
    grain: str
    clause: str
    office: str
    systems: tuple[str, ...]
    base: BaseKind = "none"
    disclosure: Disclosure = "protected"


_REGISTER = ("poverty_register",)
_PLATFORM = ("employment_platform",)
_WORKERS = ("poverty_register", "employment_platform")
_MEDICAL = ("poverty_register", "medical_insurance")
_PREMIUM = ("poverty_register", "civil_affairs", "social_insurance")

FIGURES: tuple[Figure, ...] = (
    Figure("M01", "people", "贫困人口数、户数", "registered poor, people and households", "贫困人口数", "people", "健在的建档立卡人数", "—", "人", "时点",
           "脱贫属性", "G4", "各处室", _REGISTER),
    Figure("M01", "households", "贫困人口数、户数", "registered poor, people and households", "贫困户数", "households", "有健在成员的户数", "—", "户",
           "时点", "脱贫属性", "G4", "各处室", _REGISTER),
    Figure("M02", "people", "养老保险应保人数", "people who should be insured", "应保人数", "people", "M03 的分母", "—", "人", "时点", "脱贫属性",
           "I1 G12", "农保处", _REGISTER),
    Figure("M03A", "on_file", "参保登记率", "on file with social insurance", "参保登记", "on file", "其中社会保险有任一险种登记的(不论参保状态)", "M03 的分母", "人", "时点", "—",
           "I2", "省社保中心、信息中心", ("poverty_register", "social_insurance"), "part"),
    Figure("M05", "uncovered", "应保未保人数", "should be insured and are not", "应保未保", "now", "本季 C01 疑点:M02 减 M03 的分子", "—", "人", "时点", "—",
           "O10", "农保处、省社保中心", ("poverty_register", "social_insurance")),
    Figure("M05", "new", "应保未保人数", "should be insured and are not", "新增", "new or reopened", "其中本季新增或重现的", "—", "人", "本期", "—",
           "O10", "农保处、省社保中心", ("poverty_register", "social_insurance")),
    Figure("M05", "carried", "应保未保人数", "should be insured and are not", "滚存", "carried", "其中上季已有的", "—", "人", "本期", "—",
           "O10", "农保处、省社保中心", ("poverty_register", "social_insurance")),
    Figure("M05", "cleared", "应保未保人数", "should be insured and are not", "消除", "cleared", "上季有、本季已消除的(退出比对范围的不算)", "—", "人", "本期",
           "—", "O10", "农保处、省社保中心", ("poverty_register", "social_insurance")),
    Figure("M06A", "people", "社会保险待遇发放", "social insurance benefits paid", "领取人数", "people", "本季实际发放待遇的健在建档立卡人数,各险种分别计", "—", "人",
           "本期", "险种", "I7 I11", "农保处、就业处", ("poverty_register", "social_insurance")),
    Figure("M06A", "months", "社会保险待遇发放", "social insurance benefits paid", "领取人月", "months", "本季实际发放的月数合计", "—", "人月", "本期", "险种",
           "I7 I11", "农保处、就业处", ("poverty_register", "social_insurance")),
    Figure("M06A", "amount", "社会保险待遇发放", "social insurance benefits paid", "发放金额", "amount", "本季实际发放金额合计;除以领取人月为月平均待遇", "—", "元",
           "本期", "险种", "I7 I11", "农保处、就业处", ("poverty_register", "social_insurance")),
    Figure("M07", "people", "应代缴人数", "people whose premium is due from government", "应代缴人数", "people", "M08 的分母", "—", "人", "本年累计",
           "脱贫属性", "I3", "农保处", _PREMIUM),
    Figure("M09", "people", "代缴金额", "premiums paid by government", "已代缴人数", "people", "本年度有政府代缴记录的人数", "—", "人", "本年累计",
           "身份标签:特困、低保、未标注脱贫、重度残疾,依次只归一类", "I3", "农保处", _PREMIUM),
    Figure("M09", "amount", "代缴金额", "premiums paid by government", "代缴金额", "amount", "本年度政府代缴金额合计", "—", "元", "本年累计",
           "身份标签:特困、低保、未标注脱贫、重度残疾,依次只归一类", "I3", "农保处", _PREMIUM),
    Figure("M10", "people", "不符合条件代缴人数、金额", "premiums paid and not due", "人数", "people", "C04、C05 的疑点人数,一人只计一次", "—", "人",
           "本年累计", "核对", "I3 O12", "农保处", _PREMIUM),
    Figure("M10", "amount", "不符合条件代缴人数、金额", "premiums paid and not due", "金额", "amount", "C04、C05 涉及的代缴金额", "—", "元",
           "本年累计", "核对", "I3 O12", "农保处", _PREMIUM),
    Figure("M11", "both_schemes", "重复参保率", "insured in two schemes", "重复参保", "in both", "C06 的建档立卡人数", "建档立卡、已参加养老保险的人数", "人", "时点", "—",
           "I1", "农保处、养老处", ("poverty_register", "social_insurance"), "part"),
    Figure("M12", "people", "重复、违规领取人数及金额", "benefits paid twice or wrongly", "人数", "people", "C07 至 C09 的疑点人数,一人只计一次", "—", "人", "本期",
           "核对", "O12", "省社保中心", ("social_insurance",)),
    Figure("M12", "amount", "重复、违规领取人数及金额", "benefits paid twice or wrongly", "金额", "amount", "C07 至 C09 涉及的待遇金额", "—", "元", "本期",
           "核对", "O12", "省社保中心", ("social_insurance",)),
    Figure("M15", "one_stop", "一站式结算率", "settled in one stop", "一站式结算率", "in one stop", "其中一次联网结清、其后没有再次结算的人次",
           "建档立卡人员在本县住院的人次", "人次", "本期", "—", "I13", "医保处", _MEDICAL, "part"),
    Figure("M16", "own_pay", "住院个人自付比例", "own share of inpatient costs", "个人自付", "own pay", "总费用减统筹、大病、商业补充、医疗救助支付(含个人账户支付)",
           "建档立卡人员住院总费用", "元", "本期", "就医地:本县、本市他县、市外", "I13", "医保处", _MEDICAL, "part"),
    Figure("M17", "filed", "异地就医备案率、异地直接结算率", "filed and directly settled out of area", "备案率", "filed", "入院时备案有效的人次",
           "建档立卡人员在设区市以外住院的人次", "人次", "本期", "—", "I15", "医保处、社保中心", _MEDICAL, "part"),
    Figure("M17", "direct", "异地就医备案率、异地直接结算率", "filed and directly settled out of area", "直接结算率", "settled directly", "联网结算的人次",
           "建档立卡人员在设区市以外住院的人次", "人次", "本期", "—", "I15", "医保处、社保中心", _MEDICAL, "part"),
    Figure("M18", "people", "贫困劳动力数", "poor labour force", "贫困劳动力数", "people", "M19 的分母", "—", "人", "时点", "脱贫属性", "G5", "省就业局",
           _REGISTER),
    Figure("M18A", "on_platform", "贫困劳动力登记与意愿", "poor workers on the platform, and their wishes", "平台登记率", "on the platform",
           "其中平台有就业信息记录的", "M19 的分母", "人", "时点", "—", "E1 E11", "省就业局、市场处", _WORKERS, "part"),
    Figure("M18A", "work", "贫困劳动力登记与意愿", "poor workers on the platform, and their wishes", "有就业意愿", "want work",
           "其中意愿调查有就业意愿的", "M19 的分母", "人", "时点", "—", "E1 E11", "省就业局、市场处", _WORKERS, "part"),
    Figure("M18A", "leave", "贫困劳动力登记与意愿", "poor workers on the platform, and their wishes", "有外出就业意愿", "want to work away",
           "其中意愿调查有外出就业意愿的", "M19 的分母", "人", "时点", "—", "E1 E11", "省就业局、农民工处", _WORKERS, "part"),
    Figure("M18A", "startup", "贫困劳动力登记与意愿", "poor workers on the platform, and their wishes", "有创业意愿", "want to start a business",
           "其中意愿调查有创业意愿的", "M19 的分母", "人", "时点", "—", "E1 E11", "省就业局、市场处", _WORKERS, "part"),
    Figure("M19A", "people", "就业贫困劳动力的工作", "jobs of the poor workers employed", "就业人数", "people", "M19 的分子", "—", "人", "时点",
           "就业形式、就业渠道、家政服务工种、是否居家就业", "G8 E14", "农民工处、省就业局", _WORKERS),
    Figure("M19A", "employers", "就业贫困劳动力的工作", "jobs of the poor workers employed", "用人单位数", "employers",
           "有贫困劳动力在岗的用人单位,各县分别计", "—", "个", "时点", "—", "G8 E14", "省就业局", _WORKERS),
    Figure("M19A", "contract", "就业贫困劳动力的工作", "jobs of the poor workers employed", "劳动合同签订率", "with a contract", "其中签订劳动合同的",
           "单位就业的贫困劳动力", "人", "时点", "—", "G8 E14", "省就业局", _WORKERS, "part"),
    Figure("M19A", "paid", "就业贫困劳动力的工作", "jobs of the poor workers employed", "有工资记录人数", "people with a wage", "其中登记了月工资的",
           "—", "人", "时点", "—", "G8 E14", "省就业局", _WORKERS),
    Figure("M19A", "wage", "就业贫困劳动力的工作", "jobs of the poor workers employed", "月工资合计", "wages of a month", "登记的月工资合计;除以有工资记录人数为平均工资",
           "—", "元", "时点", "—", "G8 E14", "省就业局", _WORKERS),
    Figure("M20", "placed", "就业目标完成数、率(10万)", "the 100,000 placed", "新就业人数", "newly placed", "2018年以来首次新就业的贫困劳动力,每人一次,地点和脱贫属性按就业时",
           "全省目标数;设区市有分解目标的按其目标", "人", "2018年以来累计", "—", "G6", "省就业局", _WORKERS, "target"),
    Figure("M21", "placed", "四渠道完成数、率(3万)", "the 30,000 through four channels", "经四渠道就业人数", "placed through a channel",
           "M20 中曾经四渠道就业的人数,按最早一次归渠道", "全省目标数;设区市有分解目标的按其目标", "人", "2018年以来累计", "渠道", "G7", "省就业局、创贷中心、农民工处",
           _WORKERS, "target"),
    Figure("M22C", "people", "公共就业服务", "public employment services", "服务人数", "people", "本季接受公共就业服务的贫困劳动力,各服务项目、活动分别计", "—", "人",
           "本期", "服务项目、服务活动", "E2 E3 E4 E13", "省就业局、市场处", _WORKERS),
    Figure("M22C", "led_to_work", "公共就业服务", "public employment services", "达成就业", "led to work", "其中达成就业的人次", "本季为贫困劳动力提供服务的人次",
           "人次", "本期", "服务项目、服务活动", "E2 E3 E4 E13", "省就业局、市场处", _WORKERS, "part"),
    Figure("M22C", "at_destination", "公共就业服务", "public employment services", "输入地服务覆盖", "served where they work",
           "其中本季接受输入地服务的", "在户籍县以外就业的贫困劳动力", "人", "本期", "—", "E2 E3 E4 E13", "农民工处", _WORKERS, "part"),
    Figure("M23", "half_year", "稳定就业率(6个月、12个月)", "still employed after 6 and 12 months", "满6个月", "after 6 months", "满6个月之日在业的(可换工作)",
           "M20 中就业已满6个月的人数", "人", "2018年以来累计", "—", "G8 E21", "省就业局", _WORKERS, "part"),
    Figure("M23", "year", "稳定就业率(6个月、12个月)", "still employed after 6 and 12 months", "满12个月", "after 12 months", "满12个月之日在业的(可换工作)",
           "M20 中就业已满12个月的人数", "人", "2018年以来累计", "—", "G8 E21", "省就业局", _WORKERS, "part"),
    Figure("M25", "carriers", "载体数与吸纳贫困人数", "carriers and their poor workers", "载体数", "carriers", "季末开办的六类载体数", "—", "个", "时点",
           "载体类型、特色产业、是否纳入扶贫项目规划", "E6 E7 E8", "省就业局", _PLATFORM, disclosure="open"),
    Figure("M25", "poor_workers", "载体数与吸纳贫困人数", "carriers and their poor workers", "吸纳贫困劳动力", "poor workers", "载体填报的吸纳贫困劳动力人数",
           "—", "人", "时点", "载体类型、特色产业、是否纳入扶贫项目规划", "E6 E7 E8", "省就业局", _PLATFORM),
    Figure("M26", "poor_share", "载体贫困用工占比", "poor share of carriers' staff", "贫困用工", "poor workers", "载体填报的吸纳贫困劳动力人数",
           "载体填报的用工总人数", "人", "时点", "载体类型、载体", "E6", "省就业局", _PLATFORM, "part"),
    Figure("M27", "filled_by_poor", "公益性岗位优先安置率", "new and vacated posts given to the poor", "由贫困劳动力补上", "filled by the poor",
           "本季由贫困劳动力上岗的", "贫困县本季新开发、腾退或有人上岗的岗位", "个", "本期", "—", "E19", "省就业局", _WORKERS, "part"),
    Figure("M27A", "held", "公益性岗位和专岗在岗情况", "public-welfare and dedicated posts held", "在岗", "held", "其中有人在岗的", "未腾退的公益性岗位和就业扶贫专岗",
           "个", "时点", "岗位类别", "E18", "省就业局", _PLATFORM, "part"),
    Figure("M27A", "held_by_poor", "公益性岗位和专岗在岗情况", "public-welfare and dedicated posts held", "贫困劳动力在岗", "held by the poor",
           "其中由贫困劳动力在岗的", "有人在岗的公益性岗位和就业扶贫专岗", "个", "时点", "岗位类别", "E18", "省就业局", _WORKERS, "part"),
    Figure("M28", "organised", "有组织劳务输出占比", "organised share of out-migration", "有组织输出", "organised", "其中有组织输出的", "季末在户籍县以外就业的贫困劳动力",
           "人", "时点", "—", "E10", "省就业局、农民工处", _WORKERS, "part"),
    Figure("M29A", "payments", "就业补贴发放", "employment subsidies paid", "发放笔数", "payments", "本年已发放的补贴笔数", "—", "笔", "本年累计",
           "补贴项目、资金来源、享受对象(个人、单位),以及项目与后两者的组合", "E9 E16 E17 K7", "省就业局、职建处", _PLATFORM),
    Figure("M29A", "amount", "就业补贴发放", "employment subsidies paid", "发放金额", "amount", "本年已发放的补贴金额", "—", "元", "本年累计",
           "补贴项目、资金来源、享受对象(个人、单位),以及项目与后两者的组合", "E9 E16 E17 K7", "省就业局、职建处", _PLATFORM),
    Figure("M32", "people", "培训人数、人次", "people trained, person-times", "培训人数", "people", "本年开班并结业的建档立卡人数,各分组分别计", "—", "人",
           "本年累计", "培训机构、培训类型、培训方式、重点工种、是否居家就业", "K1 K3 K4 K5 K6 K11 D3 O7", "职建处", _WORKERS),
    Figure("M32", "person_times", "培训人数、人次", "people trained, person-times", "结业人次", "person-times", "本年开班并结业的人次", "—", "人次",
           "本年累计", "培训机构、培训类型、培训方式、重点工种、是否居家就业", "K1 K3 K4 K5 K6 K11 D3 O7", "职建处", _WORKERS),
    Figure("M32", "passed", "培训人数、人次", "people trained, person-times", "专项能力考核合格", "assessment passed", "其中专项职业能力考核合格的人次", "本年开班并结业的人次",
           "人次", "本年累计", "培训机构、培训类型、培训方式、重点工种、是否居家就业", "K1 K3 K4 K5 K6 K11 D3 O7", "职建处", _WORKERS, "part"),
    Figure("M35", "people", "两后生人数、有意愿人数", "school-leavers, with the wish", "两后生人数", "people", "M36 的分母", "—", "人", "时点", "脱贫属性",
           "G11", "职建处", _REGISTER),
    Figure("M35", "wish", "两后生人数、有意愿人数", "school-leavers, with the wish", "有就读意愿", "with the wish", "其中已登记就读技工院校意愿的", "—", "人",
           "时点", "—", "G11", "职建处", _WORKERS),
    Figure("M37", "people", "技工在校贫困学生数", "registered students at technical schools", "在校贫困学生数", "students", "有技工院校正式学籍的建档立卡人数",
           "—", "人", "时点", "学校、是否新型学徒", "K6 K8 O9", "职建处", ("poverty_register", "technical_school")),
    Figure("M37A", "students", "技工院校统计", "statistics of technical schools", "在校生数", "students", "院校填报的在校生数,按院校所在县", "—", "人", "时点",
           "培养层次、学习形式", "K10", "职建处", ("technical_registration",)),
    Figure("M37A", "new_students", "技工院校统计", "statistics of technical schools", "招生数", "new students", "院校填报的本学年招生数", "—", "人", "时点",
           "培养层次、学习形式", "K10", "职建处", ("technical_registration",)),
    Figure("M37A", "graduates", "技工院校统计", "statistics of technical schools", "毕业生数", "graduates", "院校填报的本学年毕业生数", "—", "人", "时点",
           "培养层次、学习形式", "K10", "职建处", ("technical_registration",)),
    Figure("M41", "gap", "深度贫困村各指标差距", "deep-poverty villages against the rest", "差距", "gap", "深度贫困村的比率减其余村的比率(百分点);一方没有人的不列", "—",
           "百分点", "时点", "指标;没有合计", "G3", "省就业局、职建处", _REGISTER),
    Figure("M43", "loans", "创业担保贷款带动贫困就业", "poor workers at borrowers", "贷款笔数", "loans", "本季在贷的创业担保贷款", "—", "笔", "本期", "创业者类别",
           "E17 E23", "创贷中心", ("guaranteed_loan",)),
    Figure("M43", "amount", "创业担保贷款带动贫困就业", "poor workers at borrowers", "贷款金额", "amount", "本季在贷的贷款金额", "—", "元", "本期", "创业者类别",
           "E17 E23", "创贷中心", ("guaranteed_loan",)),
    Figure("M43", "interest", "创业担保贷款带动贫困就业", "poor workers at borrowers", "贴息金额", "interest paid", "其财政贴息金额", "—", "元", "本期",
           "创业者类别", "E17 E23", "创贷中心", ("guaranteed_loan",)),
    Figure("M43", "poor_workers", "创业担保贷款带动贫困就业", "poor workers at borrowers", "吸纳贫困劳动力", "poor workers", "借款人填报吸纳的贫困劳动力", "—",
           "人", "本期", "创业者类别", "E17 E23", "创贷中心", ("guaranteed_loan",)),
    Figure("M44", "answered", "疑点核查反馈率、按期率", "feedback received, on time", "已反馈", "answered", "其中已反馈的", "上季度末未结、已下发的疑点", "个", "本期", "—",
           "O5 O10", "信息中心", ("verification_feedback",), "part"),
    Figure("M44", "on_time", "疑点核查反馈率、按期率", "feedback received, on time", "按期反馈", "in time", "其中在季后期限内核查反馈的", "上季度末未结、已下发的疑点", "个",
           "本期", "—", "O5 O10", "信息中心", ("verification_feedback",), "part"),
    Figure("M45", "confirmed", "疑点属实率", "cases confirmed", "核查属实", "confirmed", "核查属实的(已办理,或确未办理)", "已反馈的疑点", "个", "本期", "—",
           "O12", "信息中心", ("verification_feedback",), "part"),
    Figure("M46", "in_force", "数据报送及时率、完整率", "timeliness and completeness", "有数据", "in force", "有一批报送在用的县区与系统",
           "全部县区与系统;何时报到见 ops.delivery_timeliness", "县区", "本期", "系统", "O5", "规财处、信息中心", (), "part", "open"),
    Figure("M46", "current", "数据报送及时率、完整率", "timeliness and completeness", "用本季数据", "of this quarter", "在用的一批属于本季的县区与系统",
           "全部县区与系统(按年、按学期报送的也计)", "县区", "本期", "系统", "O5", "规财处、信息中心", (), "part", "open"),
    Figure("M47", "valid", "有效证件号码占比", "records with a valid ID number", "证号有效", "valid", "证件号码有效的记录", "组成比对范围的六个系统的记录", "条", "时点",
           "系统", "O9", "信息中心", _REGISTER, "part", "withheld"),
    Figure("M48", "linked", "匹配率与人工核定量", "linked, and waiting for review", "已关联", "linked", "按证号、按证据或经核定关联的记录", "涉及比对范围人员的记录", "条",
           "时点", "系统", "O9", "信息中心", _REGISTER, "part", "withheld"),
    Figure("M48", "waiting", "匹配率与人工核定量", "linked, and waiting for review", "待核定", "waiting", "有建议待核定的记录", "涉及比对范围人员的记录", "条", "时点",
           "系统", "O9", "信息中心", _REGISTER, "part", "withheld"),
    Figure("M49", "waived", "公务员考试减免落实", "exam fees waived", "已减免", "waived", "已减免笔试费用的报名", "登记册人员本年度公务员考试的报名", "人次", "本年累计",
           "是否面向本县户籍的职位", "H8 H9", "省人事考试中心", ("poverty_register", "exam"), "part"),
    Figure("M50", "visited", "三年专家服务矩阵完成", "expert visits done", "已完成", "done", "已按计划完成的县、年、领域", "有计划的县、年、领域", "个", "2018年以来累计",
           "服务领域", "D6", "专技处、市场处", ("programme",), "part", "open"),
    Figure("M50", "items", "方案事项清单", "items of the plan", "清单事项", "checklist", "完成数", "计划数", "各事项自有单位", "本年累计", "清单事项(代码以条款号开头);没有合计", "D6",
           "各责任单位", ("programme",), "part", "withheld"),
)  # fmt: skip

# The parameter that says what is to be reached, by measure.
TARGETS = {"M20": "target_people", "M21": "target_channel_people"}

# Changes whenever a figure is added or counts something else, so that quarters become due.
VERSION = hashlib.sha256(repr(FIGURES).encode()).hexdigest()[:16]
