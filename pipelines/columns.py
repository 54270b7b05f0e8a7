"""The vocabulary: every column of core and mart tables, once. One word for one thing, in every table that has it."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column's DuckDB type and what it means, in Chinese (the warehouse's COMMENT) and English."""

    type: str
    zh: str
    en: str


_TEXT, _COUNT, _FLAG = "VARCHAR", "BIGINT", "BOOLEAN"
_TIER = "T1–T3 按证号、T5–T6 按证据、official 经核定的匹配级别,或未匹配原因:no_usable_id 证号不可用、name_conflict 证号同姓名异、no_data 未报送、not_found 未找到"


def _match(system: str, en: str) -> Column:
    return Column(_TEXT, f"{system}匹配结果({_TIER})", f"how the person is linked in {en}, or why not")


COLUMNS: dict[str, Column] = {
    # what, where, when
    "quarter": Column(_TEXT, "季度", "quarter, such as 2019Q4"),
    "measure_code": Column(_TEXT, "指标代码", "measure"),
    "measure_name": Column(_TEXT, "指标名称", "the measure's Chinese name"),
    "measure_name_en": Column(_TEXT, "指标英文名称", "the measure's English name"),
    "numerator_text": Column(_TEXT, "分子口径", "what the numerator counts"),
    "denominator_text": Column(_TEXT, "分母口径", "what the denominator counts"),
    "clause": Column(_TEXT, "方案条款", "clause of the plan"),
    "is_headline": Column(_FLAG, "是否主要指标(到村)", "headline measure, told down to the village"),
    "office": Column(_TEXT, "责任处室", "office that consumes the measure"),
    "system": Column(_TEXT, "系统", "system that delivers"),
    "region_code": Column(_TEXT, "区划代码(2/4/6/9/12位)", "region: 2, 4, 6, 9 or 12 digits"),
    "was_region_code": Column(_TEXT, "变更前的区划代码", "region before the change"),
    "succession_code": Column(
        _TEXT,
        "沿革类型:renamed 更名或换码、merged 并入、split 拆分或划出",
        "renamed, merged (several are one now) or split (several come of one)",
    ),
    "is_main": Column(_FLAG, "无从分辨时是否归此", "stands for the old place where nobody knows better"),
    "certainty": Column(_TEXT, "把握(H 多处佐证、M 仅一处实例、L 推断重建)", "how sure it is: H, M or L"),
    "is_region_changed": Column(_FLAG, "本季度区划是否有变", "its boundaries or its code changed in the quarter"),
    "region_level": Column(_TEXT, "区划层级", "province, city, county, town or village"),
    "region_name": Column(_TEXT, "区划名称", "region name"),
    "parent_code": Column(_TEXT, "上级区划代码", "the region above"),
    "county_code": Column(_TEXT, "县区代码(6位)", "county"),
    "town_code": Column(_TEXT, "乡镇代码(9位)", "town"),
    "village_code": Column(_TEXT, "行政村代码(12位)", "village"),
    "is_poor_county": Column(_FLAG, "是否贫困县", "one of the 25 poor counties"),
    "is_deep_poverty_village": Column(_FLAG, "是否深度贫困村", "one of the 269 deep-poverty villages"),
    "cut": Column(_TEXT, "分组维度", "the one dimension by which the row is cut"),
    "group_code": Column(_TEXT, "分组取值", "the value of that dimension"),
    # counts
    "n_people": Column(_COUNT, "人数", "people"),
    "n_population": Column(_COUNT, "指标总体人数", "people in the measure's population"),
    "n_denominator": Column(
        _COUNT, "分母人数(无数据为空,对外表中人数太少也为空)", "denominator; NULL where there is no data"
    ),
    "n_numerator": Column(
        _COUNT, "分子人数(无数据为空,对外表中人数太少也为空)", "numerator; NULL where there is no data"
    ),
    "n_excluded": Column(_COUNT, "核减人数", "people excluded with a reason"),
    "n_denominator_before": Column(
        _COUNT,
        "上季度分母人数(按本季度区划;无数据为空)",
        "last quarter's denominator in today's boundaries; NULL where there was no data",
    ),
    "n_numerator_before": Column(
        _COUNT,
        "上季度分子人数(按本季度区划;无数据为空)",
        "last quarter's numerator in today's boundaries; NULL where there was no data",
    ),
    "n_no_data_before": Column(
        _COUNT,
        "上季度所需系统未报送的人数(按本季度区划)",
        "people of today's boundaries whose county a needed system did not cover last quarter",
    ),
    "n_no_data": Column(_COUNT, "所需系统未报送的人数", "people whose county a needed system did not cover"),
    "n_uncovered": Column(_COUNT, "未覆盖人数", "people of the denominator who are not covered"),
    "n_sure": Column(_COUNT, "不靠证据关联也算覆盖的人数", "people covered whatever links by evidence are worth"),
    "n_possible": Column(
        _COUNT, "待核定的建议都成立则算覆盖的人数", "people covered if every suggestion that waits were right"
    ),
    "record_key": Column("BIGINT", "披露控制用的人员随机数", "the person's fixed random number of disclosure control"),
    "people_key": Column("BIGINT", "所计人员随机数之和(披露控制用)", "sum of the record keys of the people counted"),
    "sure_key": Column("BIGINT", "其中 n_sure 所计人员随机数之和", "the same of the people of n_sure"),
    "possible_key": Column("BIGINT", "其中 n_possible 所计人员随机数之和", "the same of the people of n_possible"),
    "n_records": Column(_COUNT, "记录数", "records"),
    "n_t1": Column(_COUNT, "T1 记录数(18位证号与姓名相同)", "records of tier T1"),
    "n_t2": Column(_COUNT, "T2 记录数(15位证号升位后与姓名相同)", "records of tier T2"),
    "n_t3": Column(_COUNT, "T3 记录数(证号相同、姓名相近)", "records of tier T3"),
    "n_t5": Column(_COUNT, "T5 记录数(按证据,证号近似)", "records linked by evidence, an ID one step away among it"),
    "n_t6": Column(_COUNT, "T6 记录数(按证据,无证号)", "records linked by evidence without an ID"),
    "n_official": Column(_COUNT, "经核定关联的记录数", "records that an official linked"),
    "n_conflict": Column(_COUNT, "T4 记录数(证号同、姓名异)", "records of tier T4, never linked"),
    "n_kept_apart": Column(_COUNT, "经核定分开的记录数", "records that an official kept apart"),
    "n_unlinked": Column(_COUNT, "无可用证号且未能关联的记录数", "records without a usable number that nothing linked"),
    "n_waiting": Column(_COUNT, "待核定数", "suggestions, or records with one, that wait for review"),
    "n_links": Column(
        _COUNT, "关联数", "links of a record to a person, the record with which the person stands excepted"
    ),
    "n_reviewed": Column(_COUNT, "已核定数", "of them, drawn and judged by an official"),
    "n_confirmed": Column(_COUNT, "其中核定为同一人数", "of those judged, confirmed"),
    "linkage_rate": Column("DECIMAL(9,6)", "关联率(0–1)", "records whose person is known over records, 0 to 1"),
    "lag_rate": Column(
        "DECIMAL(9,6)", "落后程度(对照关联率减本组关联率)", "linkage rate it is held against minus its own"
    ),
    "is_lagging": Column(_FLAG, "是否落后(预警)", "warning: further behind than the threshold"),
    "precision_estimate": Column(
        "DECIMAL(9,6)", "准确率估计(抽查核定为同一人的比例)", "estimated precision: confirmed over judged"
    ),
    "precision_low": Column("DECIMAL(9,6)", "准确率区间下限(95%)", "lower end of its 95 % interval"),
    "precision_high": Column("DECIMAL(9,6)", "准确率区间上限(95%)", "upper end of its 95 % interval"),
    "recall_estimate": Column(
        "DECIMAL(9,6)", "召回率估计(只计有建议的遗漏)", "estimated recall, of what suggestions let see"
    ),
    "recall_low": Column("DECIMAL(9,6)", "召回率区间下限", "lower end of its interval"),
    "recall_high": Column("DECIMAL(9,6)", "召回率区间上限", "upper end of its interval"),
    "coverage_before_rate": Column(
        "DECIMAL(9,6)",
        "上季度覆盖率(按本季度区划)",
        "last quarter's rate in today's boundaries; NULL without data or denominator",
    ),
    "coverage_rate": Column("DECIMAL(9,6)", "覆盖率(0–1)", "numerator over denominator, 0 to 1"),
    "n_numerator_low": Column(
        _COUNT, "分子下限:凭证据的关联(T5、T6)都不算", "numerator were every link by evidence wrong"
    ),
    "n_numerator_high": Column(_COUNT, "分子上限:待核定的建议都算", "numerator were every suggestion that waits right"),
    "coverage_low_rate": Column("DECIMAL(9,6)", "覆盖率下限(0–1)", "lower numerator over denominator"),
    "coverage_high_rate": Column("DECIMAL(9,6)", "覆盖率上限(0–1)", "higher numerator over denominator"),
    "is_sure": Column(_FLAG, "不靠证据关联也算覆盖", "covered whatever links by evidence are worth"),
    "is_possible": Column(_FLAG, "待核定的建议都成立则算覆盖", "covered if every suggestion that waits were right"),
    "has_data": Column(_FLAG, "是否有数据", "whether every needed system spoke of it"),
    "n_counties_missing": Column(_COUNT, "未报送县区数", "counties without data in this region"),
    "reason_code": Column(
        _TEXT,
        "核减原因:dead 死亡、age_unknown 年龄不明、under_age 未达年龄、over_age 超过年龄、in_school 在校、in_army 现役、imprisoned 服刑、"
        "emigrated 出国(境)定居、moved_out 户口迁出省外、hukou_cancelled 户口注销、hukou_gone 户口已不在省内、other_scheme 参加其他制度、found_insured 核查为已参保(不核减,计为参保)",
        "why a person is excluded",
    ),
    "since_date": Column("DATE", "自何日起(无人报为空)", "first day on which it holds; NULL where nobody says"),
    "until_date": Column(
        "DATE", "至何日止(无限期或无人报为空)", "last day on which it holds; NULL where open or nobody says"
    ),
    "change_code": Column(_TEXT, "变化类型", "what became of people since last quarter"),
    "change_cause_code": Column(
        _TEXT,
        "变化原因:entered_register 进入登记册、left_register 退出登记册、entered_universe 进入比对范围、left_universe 退出比对范围、died 死亡、"
        "moved 迁移(或补报地点)、region_changed 区划变更、aged_in 达龄、aged_out 超龄、enrolled 入学、left_school 离校、"
        "exclusion_began 核减开始、exclusion_ended 核减结束、status_changed 身份或属性变化、id_corrected 证号更正、link_changed 关联变化、parameter_changed 参数变化、"
        "source_arrived 来源补报、source_missing 来源缺报、cover_began 新参加、cover_lapsed 中断、none 无变化",
        "the one cause of a change; unexplained stops the run",
    ),
    "reconciliation_code": Column(_TEXT, "勾稽关系", "counts that must agree: expectations/mart_reconciliation.py"),
    "n_compared": Column(_COUNT, "核对的合计数", "pairs of counts compared: places, groups, columns"),
    "n_left": Column(_COUNT, "左边合计", "sum of the left counts"),
    "n_right": Column(_COUNT, "右边合计", "sum of the right counts"),
    "n_difference": Column(
        _COUNT, "差额合计,0 为相符", "sum of the differences of all pairs, 0 where every one agrees"
    ),
    "was_state_code": Column(
        _TEXT, "上季度状态(不在总体内为空)", "state last quarter; NULL where not in the measure's population"
    ),
    "was_reason_code": Column(_TEXT, "上季度核减原因", "why excluded last quarter"),
    "state_code": Column(
        _TEXT, "状态", "covered, uncovered, excluded or no_data; in medical insurance the state of cover"
    ),
    # figures
    "figure_code": Column(_TEXT, "数据项代码(见数据项目录)", "figure of a measure"),
    "figure_name": Column(_TEXT, "数据项名称", "the figure's Chinese name"),
    "figure_name_en": Column(_TEXT, "数据项英文名称", "the figure's English name"),
    "unit_text": Column(_TEXT, "单位", "unit"),
    "time_text": Column(_TEXT, "时间性质:时点、本期、本年累计、2018年以来累计", "to which time the figure speaks"),
    "grain_text": Column(_TEXT, "区划以外的分组", "groups beside the regions"),
    "base_kind": Column(
        _TEXT,
        "基数种类:none 无、part 数值是其一部分、target 目标数",
        "what the base is: none, a whole of which the value is part, or a target",
    ),
    "figure_value": Column("DECIMAL(18,2)", "数值(无数据为空)", "the figure; NULL where there is no data"),
    "figure_base": Column("DECIMAL(18,2)", "基数(分母或目标数)", "what it is held against: denominator or target"),
    "figure_rate": Column("DECIMAL(9,6)", "数值与基数之比", "the figure over its base"),
    "n_target": Column(_COUNT, "目标数", "number to reach"),
    "reached_date": Column(
        "DATE", "按目前进度达到目标的日期", "day on which the target is reached at the present pace"
    ),
    # cross-checks
    "check_code": Column(_TEXT, "核对代码(C01–C37)", "check, C01 to C37"),
    "check_name": Column(_TEXT, "核对名称", "the check's Chinese name"),
    "check_name_en": Column(_TEXT, "核对英文名称", "the check's English name"),
    "rule_text": Column(_TEXT, "核对规则", "what makes a case"),
    "action_text": Column(_TEXT, "请核实的事项", "what the office is asked to verify"),
    "subject_kind": Column(
        _TEXT, "疑点对象种类:person 人员、carrier 载体、organisation 机构、school 学校", "whom or what a case is about"
    ),
    "subject_code": Column(
        _TEXT,
        "疑点对象(人员内部键,或载体、机构、学校的编号)",
        "the person's key, or the number of a carrier, organisation or school",
    ),
    "finding_code": Column(_TEXT, "所得(见核对目录)", "what the check found"),
    "finding_text": Column(_TEXT, "所得的含义", "what the finding says"),
    "finding_amount": Column("DECIMAL(18,2)", "涉及金额(元)", "amount the finding is about, yuan"),
    "n_months": Column(_COUNT, "涉及月数", "months the finding is about"),
    "n_evidence": Column(_COUNT, "依据行数", "delivered rows the case rests on"),
    "case_code": Column(
        _TEXT, "疑点编号(核对-所得-对象,历季不变)", "case: check, finding and subject, the same in every quarter"
    ),
    "case_state_code": Column(
        _TEXT,
        "疑点状态:new 新增、carried 滚存、reopened 重现、cleared 消除、gone 人员已不在比对范围、not_checked 所需系统未报送、closed 早已消除",
        "what became of the case this quarter",
    ),
    "last_quarter": Column(_TEXT, "最近发现季度", "quarter in which the case was last found"),
    "n_quarters": Column(_COUNT, "发现过(或连续)的季度数", "quarters in which it was found, or has been so on end"),
    "n_cases": Column(_COUNT, "疑点数", "cases"),
    # jobs, trainings, subsidies
    "is_active": Column(_FLAG, "季末是否在岗", "held on the quarter's last day"),
    "employment_form_code": Column(_TEXT, "就业形式", "form of employment"),
    "carrier_number": Column(_TEXT, "载体编号", "carrier"),
    "employer_name": Column(_TEXT, "单位名称", "employer"),
    "employer_code": Column(_TEXT, "单位统一社会信用代码", "credit code of the employer"),
    "workplace_code": Column(_TEXT, "就业地区划代码(6位)", "workplace, six digits"),
    "is_organised": Column(_FLAG, "是否有组织输出(无人报为空)", "sent in an organised way; NULL where nobody says"),
    "is_out_of_county": Column(
        _FLAG,
        "就业地是否在户籍县以外(不能判断为空)",
        "the workplace is outside the county of hukou; NULL where that cannot be told",
    ),
    "has_work_trace": Column(_FLAG, "平台是否有工资或合同", "the platform has a wage or a contract for it"),
    "attended_days": Column("INTEGER", "出勤天数", "days attended"),
    "subsidy_code": Column(_TEXT, "补贴项目", "subsidy"),
    "organisation_code": Column(_TEXT, "享受单位统一社会信用代码", "credit code of the organisation paid"),
    "organisation_name": Column(_TEXT, "享受单位", "organisation paid"),
    "paid_date": Column("DATE", "发放日期", "paid on"),
    "issue_number": Column(_TEXT, "疑点编号(反馈所填)", "number of the case as the feedback bears it"),
    "category_code": Column(
        _TEXT,
        "核查类别(统一代码)",
        "what a visit found: N left, N10 to N15 elsewhere, A settled, P pending, E error, X other",
    ),
    "death_month": Column(_TEXT, "死亡年月", "month of death"),
    "found_date": Column("DATE", "核查日期(未填为季初)", "day of the visit"),
    # deliveries
    "delivery_id": Column(_TEXT, "报送批次", "delivery"),
    "delivery_quarter": Column(_TEXT, "报送所属季度", "quarter of the delivery in force"),
    "cut_date": Column("DATE", "数据截止日", "day at which the delivery was cut"),
    "file_name": Column(_TEXT, "文件名", "file"),
    "line_number": Column(_COUNT, "物理行号", "physical line in the file"),
    # identity
    "record_number": Column(_TEXT, "系统内记录号", "the system's own number of the record"),
    "system_rank": Column("INTEGER", "系统优先序", "whose name and place are believed first"),
    "entity": Column(_TEXT, "记录种类", "kind of record within the system"),
    "name": Column(_TEXT, "姓名", "name as delivered"),
    "name_key": Column(_TEXT, "规范化姓名", "normalised name"),
    "name_written": Column(_TEXT, "去空格后的姓名", "the name as delivered but for blanks, width and case"),
    "name_head": Column(_TEXT, "缺字前的姓名", "the name up to the first lost character"),
    "name_tail": Column(_TEXT, "缺字后的姓名", "the name after the last lost character"),
    "name_pinyin": Column(_TEXT, "姓名拼音(无声调)", "name in tone-less pinyin"),
    "name_sounds": Column(_TEXT, "姓名的各种读音", "every reading of the name in tone-less pinyin, each between bars"),
    "name_shape": Column(_TEXT, "姓名字形(形近字归一)", "the name with look-alike characters made one"),
    "name_sorted": Column(_TEXT, "姓名用字(排序)", "the characters of the name in order"),
    "name_first": Column(_TEXT, "间隔号前的姓名", "the name up to the interpunct, empty where there is none"),
    "name_former": Column(_TEXT, "曾用名", "former and other names that stand beside the name, each between bars"),
    "has_gap": Column(_FLAG, "姓名是否有缺字", "a character was lost and stands as ?"),
    "id_key": Column(_TEXT, "有效证件号码(18位)", "valid 18-character ID number"),
    "id_prefix": Column(_TEXT, "证件号码前六位", "the first six digits of an ID number: the county that gave it"),
    "id_class": Column(_TEXT, "证件号码类别", "what the ID cell holds"),
    "id_number": Column(_TEXT, "证件号码(原文)", "ID number as delivered"),
    "phone": Column(_TEXT, "联系电话", "telephone"),
    "quoted_number": Column(
        _TEXT, "记录所引的登记册人编号", "the person's number in the register, as another system quotes it"
    ),
    "social_security_number": Column(
        _TEXT, "社会保障号码", "social-security number, for most people the ID number once more"
    ),
    "quoted_id": Column(_TEXT, "记录所引的另一证号", "an ID number that the record holds besides its own"),
    "namesakes": Column(
        _COUNT, "同县同名的其他参保人数", "other insured people of that name in the county; empty where not counted"
    ),
    "is_settled": Column(_FLAG, "证号是否已认定此人", "the ID number says who it is (T1 to T3)"),
    "id_tier": Column(_TEXT, "按证号的匹配级别", "link tier by ID number alone"),
    "decision": Column(
        _TEXT,
        "认定方式",
        "auto: by ID or accepted evidence; review: a suggestion to be judged; must_link, never_link: an official judged",
    ),
    "person_system": Column(_TEXT, "代表此人的记录所在系统", "system of the record that stands for the person"),
    "person_record_number": Column(_TEXT, "代表此人的记录号", "number of the record that stands for the person"),
    "outcome": Column(_TEXT, "核定结果:must_link 是同一人、never_link 不是同一人", "what an official decided"),
    "basis": Column(
        _TEXT,
        "核定依据:suggestion 待核定建议、draw 自动关联抽查;空:未记录",
        "what was judged: a suggestion, or an automatic link drawn for a check; NULL: not kept",
    ),
    "linked_cluster": Column(_TEXT, "认定的同一人分组", "the person the record is linked to by this pair; NULL: none"),
    "record_county_code": Column(_TEXT, "记录所在县区代码(6位)", "county of the record"),
    "points": Column("DECIMAL(6,2)", "证据分", "points of the levels of evidence"),
    "match_weight": Column(
        "DECIMAL(9,2)", "匹配权重(log2)", "log2 of how much likelier the evidence is for one person"
    ),
    "evidence": Column(_TEXT, "证据", "what agrees and what differs, level by level"),
    "tier": Column(
        _TEXT,
        "匹配级别:T1–T3 按证号、T5–T6 按证据、official 经核定关联;T4 证号同姓名异、no_usable_id 证号不可用、kept_apart 经核定分开;估计表另有 suggestion 待核定建议、all 合计",
        "link tier",
    ),
    "is_link": Column(
        _FLAG,
        "是否为一条关联(代表此人的记录除外,同一编号只计一条)",
        "stands for the link of a record to its person, not being the record with which the person stands",
    ),
    "is_waiting": Column(_FLAG, "是否有建议待核定", "a suggestion about the record waits for review"),
    "name_group": Column(
        _TEXT,
        "姓名分组:minority 带间隔号、han 其他、unknown 无姓名",
        "name with an interpunct (minority), another (han), or none",
    ),
    "id_form": Column(
        _TEXT,
        "证号形式:15_digits 原为15位、18_digits 18位、none 无可用证号",
        "digits of the usable ID number as delivered, or none",
    ),
    "name_level": Column(
        _TEXT,
        "姓名相符程度:equal 相同、variant 写法不同、gap 缺字、homophone 同音、look_alike 形近、one_character 差一字、"
        "minority_part 间隔号处截断、former_name 曾用名、swapped 字序不同、different 明显不同、missing 无姓名",
        "how the name agrees with that of the ID's holder",
    ),
    "cluster": Column(_TEXT, "同一人分组", "records that are one person in this quarter"),
    "anchor": Column(_TEXT, "人员锚点", "what a person is recognised by from quarter to quarter"),
    "first_quarter": Column(_TEXT, "首次出现季度", "quarter in which the person was first seen"),
    "since_quarter": Column(_TEXT, "锚点生效季度", "quarter from which the anchor names this person"),
    "person_key": Column(_TEXT, "人员内部键", "stable key of a person"),
    "other_person_key": Column(_TEXT, "另一人员内部键(上季度)", "the key that named the same records last quarter"),
    "event_code": Column(
        _TEXT,
        "事件:merged 合并(另一人并入此人)、split 拆分(另一人仍在,部分记录归此人)、replaced 换键(同一人改用此键)",
        "merged: another person is this one now; split: the other person goes on without these records;"
        " replaced: this key took the other's place",
    ),
    "cause_code": Column(
        _TEXT,
        "依据:official 人工核定、evidence 按证据(T5、T6)、id_number 证号或登记册人编号",
        "what it rests on: an official's decision, evidence (T5, T6), or numbers",
    ),
    "register_number": Column(_TEXT, "登记册人编号", "person number in the poverty register"),
    "is_registered": Column(_FLAG, "是否建档立卡", "registered poor"),
    # person
    "birth_date": Column("DATE", "出生日期", "birth date, from the ID number"),
    "age": Column("INTEGER", "季末周岁", "completed years at the quarter's last day"),
    "age_band": Column(_TEXT, "年龄段", "age band"),
    "sex_code": Column(_TEXT, "性别(1男2女)", "sex"),
    "nation_group": Column(_TEXT, "民族分组", "han, minority or unknown"),
    "household_number": Column(_TEXT, "户编号", "household number"),
    "family_number": Column(_TEXT, "家庭编号(民政)", "family number of civil affairs"),
    "kin_household_number": Column(
        _TEXT, "家庭其他成员所在的户编号", "household of the register in which the record's family stands"
    ),
    "relation_code": Column(_TEXT, "与户主关系", "relation to the head"),
    "education_code": Column(_TEXT, "文化程度", "education"),
    "student_status_code": Column(_TEXT, "在校生状况", "student status in the register"),
    "health_code": Column(_TEXT, "健康状况", "health"),
    "labour_skill_code": Column(_TEXT, "劳动技能", "labour skill"),
    "poverty_status_code": Column(_TEXT, "脱贫属性", "poverty status"),
    "household_attribute_code": Column(_TEXT, "贫困户属性", "household attribute"),
    "is_pension_claimed": Column(_FLAG, "登记册手填养老参保标识", "pension flag entered by hand in the register"),
    "is_student": Column(
        _FLAG, "是否在校", "at school, by register, technical-school or education department's full-time roll"
    ),
    "is_dead": Column(_FLAG, "名单显示已死亡", "dead by the list of deaths or the police"),
    "is_imprisoned": Column(_FLAG, "名单显示在监服刑", "serves a sentence inside"),
    "is_in_army": Column(_FLAG, "名单显示现役", "serves in the army"),
    "is_emigrated": Column(_FLAG, "名单显示出国(境)定居", "hukou cancelled for settling abroad"),
    "is_hukou_gone": Column(_FLAG, "名单显示户口迁出省外或注销", "hukou moved out of the province or cancelled"),
    "has_pension_benefit": Column(_FLAG, "是否领取养老待遇", "draws a pension of any basic scheme"),
    "has_pension_benefit_sure": Column(
        _FLAG, "不靠证据关联也领取养老待遇", "draws one whatever links by evidence are worth"
    ),
    "has_pension_benefit_possible": Column(
        _FLAG, "待核定的建议都成立则领取养老待遇", "draws one if every suggestion that waits were right"
    ),
    "is_severely_disabled": Column(_FLAG, "是否重度残疾人(一、二级)", "holds a disability certificate of grade 1 or 2"),
    "is_found_covered": Column(_FLAG, "核查反馈为已参保", "found by a visit to be in a basic pension scheme"),
    "is_found_in_other_scheme": Column(
        _FLAG, "核查反馈为参加职工或机关养老", "found by a visit to be in an employee or civil-service scheme"
    ),
    "is_minimum_allowance": Column(_FLAG, "是否低保对象", "on minimum living allowance"),
    "is_destitute": Column(_FLAG, "是否特困人员", "destitute, supported by the state"),
    # employment, school, aid
    "is_employed": Column(_FLAG, "季末是否就业", "employed on the quarter's last day"),
    "is_employed_sure": Column(_FLAG, "季末是否就业(不计凭证据的关联)", "the same without links by evidence"),
    "is_employed_possible": Column(
        _FLAG, "季末是否就业(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "channel_code": Column(_TEXT, "就业渠道", "employment channel"),
    "is_on_roll": Column(_FLAG, "是否技工院校在籍", "on a technical-school roll"),
    "is_on_roll_sure": Column(_FLAG, "是否技工院校在籍(不计凭证据的关联)", "the same without links by evidence"),
    "is_on_roll_possible": Column(
        _FLAG, "是否技工院校在籍(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "is_full_time_student": Column(_FLAG, "是否全日制在籍", "on a full-time roll"),
    "has_roll_poor_mark": Column(_FLAG, "学籍是否标注建档立卡", "the roll marks the student as registered poor"),
    "has_roll_hardship": Column(_FLAG, "学籍是否标注家庭困难", "the roll names any hardship"),
    "has_yulu": Column(_FLAG, "本学期是否已发雨露补助", "Yulu aid paid this term"),
    "has_yulu_sure": Column(_FLAG, "本学期是否已发雨露补助(不计凭证据的关联)", "the same without links by evidence"),
    "has_yulu_possible": Column(
        _FLAG, "本学期是否已发雨露补助(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "has_yulu_pending": Column(_FLAG, "本学期雨露补助是否在审", "Yulu application under way this term"),
    "has_technical_yulu": Column(
        _FLAG, "本学期是否已发技工院校雨露补助", "Yulu aid paid for a technical school this term"
    ),
    "yulu_finding_code": Column(_TEXT, "学籍×雨露比对结果", "roll against Yulu, both ways"),
    "mark_finding_code": Column(_TEXT, "学籍标注×登记册比对结果", "roll mark against register, both ways"),
    "is_unit_employed": Column(_FLAG, "是否单位就业", "employed by a unit on the quarter's last day"),
    "is_employed_away": Column(_FLAG, "是否在户籍县以外就业", "at work outside the county of hukou"),
    "is_organised_away": Column(
        _FLAG, "是否有组织输出到县外就业", "at work outside it through organised labour export"
    ),
    "is_allowance_due": Column(
        _FLAG,
        "是否应享一次性求职补贴(2018年以来有组织到县外就业)",
        "sent to work outside the county since 2018: the job-seeking allowance is due",
    ),
    "is_verified_at_hukou": Column(_FLAG, "本季是否由户籍地核实", "verified in the quarter by the place of hukou"),
    "is_verified_at_work": Column(_FLAG, "本季是否由就业地核实", "verified in the quarter by the place of work"),
    "has_told_demand": Column(
        _FLAG, "是否已登记培训需求(有或无)", "asked whether training is wanted, whatever the answer"
    ),
    "has_school_wish": Column(_FLAG, "是否有就读技工院校意愿", "wishes to attend a technical school"),
    "demand_date": Column("DATE", "当年登记培训需求之日", "day of the year since which training is wanted"),
    "last_course_date": Column(
        "DATE", "本年结业的培训最近开班日", "first day of the last course of the year that was finished"
    ),
    "finished_date": Column("DATE", "培训结束日期", "last day of a course that was finished"),
    "has_worked": Column(
        _FLAG, "培训后6个月内是否就业(未满6个月为空)", "employed within six months after; NULL while these last"
    ),
    "has_job_seeking_allowance": Column(
        _FLAG, "是否领过一次性求职补贴", "was ever paid the one-off job-seeking allowance"
    ),
    "has_living_allowance": Column(
        _FLAG, "本年是否领过培训生活费补贴", "paid the living allowance of training this year"
    ),
    "has_unemployment_insurance": Column(_FLAG, "是否参加失业保险", "in unemployment insurance"),
    "has_injury_insurance": Column(_FLAG, "是否参加工伤保险", "in work-injury insurance"),
    "placed_date": Column("DATE", "首次新就业日期", "day of the first new placement since 2018"),
    "has_held_half_year": Column(
        _FLAG, "就业满6个月时是否在业(未满为空)", "in employment six months after; NULL until then"
    ),
    "has_held_year": Column(
        _FLAG, "就业满12个月时是否在业(未满为空)", "in employment twelve months after; NULL until then"
    ),
    "school_code": Column(_TEXT, "院校编号", "school"),
    "is_in_grant_years": Column(
        _FLAG, "是否在一、二年级(助学金年级)", "in the first two years, to which grants are due"
    ),
    "is_graduate": Column(_FLAG, "是否本年毕业", "graduated this year"),
    "has_fee_waiver": Column(_FLAG, "是否免学费", "pays no fees"),
    "has_grant": Column(_FLAG, "本学期是否有助学金", "paid a grant for the term"),
    "has_graduate_job": Column(_FLAG, "毕业后是否有就业登记", "has a job as a graduate"),
    "is_covered": Column(_FLAG, "是否计入分子(在分母内时)", "counts in the numerator, where in the denominator"),
    "plan_year": Column("INTEGER", "计划年度", "year of the plan"),
    "field_code": Column(_TEXT, "专家服务领域", "field of the experts"),
    "n_planned": Column(_COUNT, "计划数", "planned"),
    "n_done": Column(_COUNT, "完成数", "done"),
    # insurance
    "scheme_code": Column(_TEXT, "险种类型", "scheme"),
    "participation_state_code": Column(_TEXT, "人员参保状态", "participation state"),
    "payment_state_code": Column(_TEXT, "个人缴费状态", "payment state"),
    "premium_year": Column("INTEGER", "费款所属年度", "premium year"),
    "payment_item_code": Column(_TEXT, "缴费项目", "payment item"),
    "paid_amount": Column("DECIMAL(18,2)", "缴费或发放金额(元)", "amount paid, yuan"),
    "has_poor_mark": Column(_FLAG, "医保是否标注贫困身份", "flagged as poor in medical insurance"),
    "has_pension": Column(_FLAG, "是否参加任一基本养老保险", "in any basic pension scheme"),
    "has_pension_sure": Column(
        _FLAG, "是否参加任一基本养老保险(不计凭证据的关联)", "the same without links by evidence"
    ),
    "has_pension_possible": Column(
        _FLAG, "是否参加任一基本养老保险(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "has_other_pension": Column(
        _FLAG, "是否参加职工或机关事业养老保险", "in an employee or civil-service pension scheme"
    ),
    "has_resident_pension": Column(_FLAG, "是否参加城乡居民养老保险", "in the resident pension scheme"),
    "has_premium_subsidy": Column(_FLAG, "本年度是否已代缴", "premium paid by government this year"),
    "has_premium_subsidy_sure": Column(
        _FLAG, "本年度是否已代缴(不计凭证据的关联)", "the same without links by evidence"
    ),
    "has_premium_subsidy_possible": Column(
        _FLAG, "本年度是否已代缴(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "premium_subsidy_amount": Column(
        "DECIMAL(18,2)", "本年度代缴金额(元)", "premium paid by government this year, yuan"
    ),
    "has_medical": Column(_FLAG, "是否参加任一基本医疗保险", "in any basic medical insurance"),
    "has_medical_sure": Column(
        _FLAG, "是否参加任一基本医疗保险(不计凭证据的关联)", "the same without links by evidence"
    ),
    "has_medical_possible": Column(
        _FLAG, "是否参加任一基本医疗保险(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "has_medical_poor_mark": Column(_FLAG, "医保参保是否带贫困标识", "insured with the poor flag"),
    # links by system
    "match_poverty_register": _match("建档立卡登记册", "the poverty register"),
    "match_civil_affairs": _match("民政低保特困", "civil affairs"),
    "match_employment_platform": _match("就业信息平台", "the employment platform"),
    "match_technical_school": _match("技工院校学籍", "the technical-school roll"),
    "match_yulu": _match("雨露计划", "the Yulu plan"),
    "match_social_insurance": _match("社会保险", "social insurance"),
    "match_medical_insurance": _match("医疗保险", "medical insurance"),
    # policy parameters
    "pension_from_age": Column("INTEGER", "养老保险应保起始年龄(周岁)", "age from which a basic pension is due"),
    "pension_benefit_age": Column(
        "INTEGER", "养老待遇领取年龄(代缴止于此)(周岁)", "age of pension benefit; premiums are due until then"
    ),
    "working_from_age": Column("INTEGER", "劳动力起始年龄(周岁)", "age from which somebody is of the labour force"),
    "working_until_age": Column("INTEGER", "劳动力截止年龄(不含)(周岁)", "first age out of the labour force"),
    "school_from_age": Column("INTEGER", "两后生起始年龄(周岁)", "age from which somebody is a school-leaver"),
    "school_until_age": Column("INTEGER", "两后生截止年龄(不含)(周岁)", "first age at which nobody is a school-leaver"),
    "is_paused_insured": Column(_FLAG, "是否暂停缴费算参保", "a paused account counts as insured"),
    "is_returned_not_lifted": Column(_FLAG, "是否返贫算未标注脱贫", "who fell back into poverty counts as not lifted"),
    "is_pre_lifted_not_lifted": Column(
        _FLAG, "是否预脱贫算未标注脱贫", "who is about to be lifted counts as not lifted"
    ),
    "is_benefit_year_due": Column(_FLAG, "是否到龄当年仍应代缴", "the premium is still due in the year of turning 60"),
    "benefit_grace_months": Column(
        "INTEGER", "到龄未领的宽限月数(月)", "months after the 60th birthday before an undrawn pension is asked about"
    ),
    "poor_premium_amount": Column(
        "DECIMAL(18,2)", "困难群体每年代缴标准(元/年)", "yearly premium that government pays for one person"
    ),
    "basic_pension_minimum_amount": Column("DECIMAL(18,2)", "基础养老金最低标准(元/月)", "minimum basic pension"),
    "startup_months": Column("INTEGER", "创业实体吸纳稳定就业月数(月)", "months a start-up must keep a poor worker"),
    "untraced_quarters": Column(
        "INTEGER",
        "登记就业而无痕迹的季度数(季度)",
        "quarters of registered work without a trace before it is asked about",
    ),
    "post_until_age": Column(
        "INTEGER", "公益性岗位截止年龄(不含),男(周岁)", "first age at which a man holds no public-welfare post"
    ),
    "post_until_age_women": Column(
        "INTEGER", "公益性岗位截止年龄(不含),女(周岁)", "first age at which a woman holds no public-welfare post"
    ),
    "post_term_months": Column(
        "INTEGER", "公益性岗位补贴期限(月)", "months for which a public-welfare post is subsidised"
    ),
    "job_seeking_allowance_amount": Column(
        "DECIMAL(18,2)", "一次性求职补贴标准(元)", "job-seeking allowance of one person"
    ),
    "living_allowance_daily_amount": Column(
        "DECIMAL(18,2)", "培训期间生活费补贴标准(元/天)", "living allowance of one day of training"
    ),
    "yulu_payment_lag_months": Column(
        "INTEGER", "雨露补助发放的宽限月数(月)", "months after a term's start before unpaid Yulu aid is asked about"
    ),
    "is_pension_paused": Column(
        _FLAG, "是否仅有暂停缴费的养老参保", "in basic pension schemes with paused accounts only"
    ),
}
