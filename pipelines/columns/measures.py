"""What is counted: measures, figures, cross-checks, deliveries and parameters."""

from __future__ import annotations

from pipelines.columns.column import COUNT, FLAG, TEXT, Column, Shown

MEASURES: dict[str, Column] = {
    # what, where, when
    "quarter": Column(TEXT, "季度", "quarter, such as 2019Q4"),
    "quarter_number": Column(COUNT, "年内第几季度", "quarter of the year, 1 to 4"),
    "first_date": Column("DATE", "季度首日", "first day of the quarter"),
    "last_date": Column("DATE", "季度末日", "last day of the quarter"),
    "theme_text": Column(TEXT, "方案年度主题", "what the plan calls the year"),
    "measure_code": Column(TEXT, "指标代码", "measure"),
    "measure_name": Column(TEXT, "指标名称", "the measure's Chinese name"),
    "measure_name_en": Column(TEXT, "指标英文名称", "the measure's English name"),
    "numerator_text": Column(TEXT, "分子口径", "what the numerator counts"),
    "denominator_text": Column(TEXT, "分母口径", "what the denominator counts"),
    "clause": Column(TEXT, "方案条款", "clause of the plan"),
    "is_headline": Column(FLAG, "是否主要指标(到村)", "headline measure, told down to the village"),
    "office": Column(TEXT, "责任处室", "office that consumes the measure"),
    "system": Column(TEXT, "系统", "system that delivers"),
    "region_code": Column(TEXT, "区划代码(2/4/6/9/12位)", "region: 2, 4, 6, 9 or 12 digits"),
    "was_region_code": Column(TEXT, "变更前的区划代码", "region before the change"),
    "succession_code": Column(
        TEXT,
        "沿革类型:renamed 更名或换码、merged 并入、split 拆分或划出",
        "renamed, merged (several are one now) or split (several come of one)",
    ),
    "is_main": Column(FLAG, "无从分辨时是否归此", "stands for the old place where nobody knows better"),
    "certainty": Column(TEXT, "把握(H 多处佐证、M 仅一处实例、L 推断重建)", "how sure it is: H, M or L"),
    "is_region_changed": Column(FLAG, "本季度区划是否有变", "its boundaries or its code changed in the quarter"),
    "region_level": Column(TEXT, "区划层级", "province, city, county, town or village"),
    "region_name": Column(TEXT, "区划名称", "region name"),
    "parent_code": Column(TEXT, "上级区划代码", "the region above"),
    "county_code": Column(TEXT, "县区代码(6位)", "county"),
    "town_code": Column(TEXT, "乡镇代码(9位)", "town"),
    "village_code": Column(TEXT, "行政村代码(12位)", "village"),
    "is_poor_county": Column(FLAG, "是否贫困县", "one of the 25 poor counties"),
    "is_deep_poverty_village": Column(FLAG, "是否深度贫困村", "one of the 269 deep-poverty villages"),
    "n_deep_poverty_villages": Column(COUNT, "所辖深度贫困村数", "deep-poverty villages within it"),
    "cut": Column(TEXT, "分组维度", "the one dimension by which the row is cut"),
    "group_code": Column(TEXT, "分组取值", "the value of that dimension"),
    "cut_name": Column(TEXT, "分组维度名称", "the dimension's Chinese name"),
    "cut_name_en": Column(TEXT, "分组维度英文名称", "the dimension's English name"),
    "group_name": Column(TEXT, "分组取值名称", "the value's Chinese name"),
    # counts
    "n_people": Column(COUNT, "人数", "people"),
    "n_population": Column(COUNT, "指标总体人数", "people in the measure's population"),
    "n_denominator": Column(
        COUNT, "分母人数(无数据为空,对外表中人数太少也为空)", "denominator; NULL where there is no data"
    ),
    "n_numerator": Column(
        COUNT, "分子人数(无数据为空,对外表中人数太少也为空)", "numerator; NULL where there is no data"
    ),
    "n_excluded": Column(COUNT, "核减人数", "people excluded with a reason"),
    "n_denominator_before": Column(
        COUNT,
        "上季度分母人数(按本季度区划;无数据为空)",
        "last quarter's denominator in today's boundaries; NULL where there was no data",
    ),
    "n_numerator_before": Column(
        COUNT,
        "上季度分子人数(按本季度区划;无数据为空)",
        "last quarter's numerator in today's boundaries; NULL where there was no data",
    ),
    "n_no_data_before": Column(
        COUNT,
        "上季度所需系统未报送的人数(按本季度区划)",
        "people of today's boundaries whose county a needed system did not cover last quarter",
    ),
    "n_no_data": Column(COUNT, "所需系统未报送的人数", "people whose county a needed system did not cover"),
    "n_uncovered": Column(COUNT, "未覆盖人数", "people of the denominator who are not covered"),
    "n_sure": Column(COUNT, "不靠证据关联也算覆盖的人数", "people covered whatever links by evidence are worth"),
    "n_possible": Column(
        COUNT, "待核定的建议都成立则算覆盖的人数", "people covered if every suggestion that waits were right"
    ),
    "record_key": Column("BIGINT", "披露控制用的人员随机数", "the person's fixed random number of disclosure control"),
    "people_key": Column("BIGINT", "所计人员随机数之和(披露控制用)", "sum of the record keys of the people counted"),
    "sure_key": Column("BIGINT", "其中 n_sure 所计人员随机数之和", "the same of the people of n_sure"),
    "possible_key": Column("BIGINT", "其中 n_possible 所计人员随机数之和", "the same of the people of n_possible"),
    "n_records": Column(COUNT, "记录数", "records"),
    "n_t1": Column(COUNT, "T1 记录数(18位证号与姓名相同)", "records of tier T1"),
    "n_t2": Column(COUNT, "T2 记录数(15位证号升位后与姓名相同)", "records of tier T2"),
    "n_t3": Column(COUNT, "T3 记录数(证号相同、姓名相近)", "records of tier T3"),
    "n_t5": Column(COUNT, "T5 记录数(按证据,证号近似)", "records linked by evidence, an ID one step away among it"),
    "n_t6": Column(COUNT, "T6 记录数(按证据,无证号)", "records linked by evidence without an ID"),
    "n_official": Column(COUNT, "经核定关联的记录数", "records that an official linked"),
    "n_conflict": Column(COUNT, "T4 记录数(证号同、姓名异)", "records of tier T4, never linked"),
    "n_kept_apart": Column(COUNT, "经核定分开的记录数", "records that an official kept apart"),
    "n_unlinked": Column(COUNT, "无可用证号且未能关联的记录数", "records without a usable number that nothing linked"),
    "n_waiting": Column(COUNT, "待核定数", "suggestions, or records with one, that wait for review"),
    "n_links": Column(
        COUNT, "关联数", "links of a record to a person, the record with which the person stands excepted"
    ),
    "n_reviewed": Column(COUNT, "已核定数", "of them, drawn and judged by an official"),
    "n_confirmed": Column(COUNT, "其中核定为同一人数", "of those judged, confirmed"),
    "linkage_rate": Column("DECIMAL(9,6)", "关联率(0–1)", "records whose person is known over records, 0 to 1"),
    "lag_rate": Column(
        "DECIMAL(9,6)", "落后程度(对照关联率减本组关联率)", "linkage rate it is held against minus its own"
    ),
    "is_lagging": Column(FLAG, "是否落后(预警)", "warning: further behind than the threshold"),
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
        COUNT, "分子下限:凭证据的关联(T5、T6)都不算", "numerator were every link by evidence wrong"
    ),
    "n_numerator_high": Column(COUNT, "分子上限:待核定的建议都算", "numerator were every suggestion that waits right"),
    "coverage_low_rate": Column("DECIMAL(9,6)", "覆盖率下限(0–1)", "lower numerator over denominator"),
    "coverage_high_rate": Column("DECIMAL(9,6)", "覆盖率上限(0–1)", "higher numerator over denominator"),
    "is_sure": Column(FLAG, "不靠证据关联也算覆盖", "covered whatever links by evidence are worth"),
    "is_possible": Column(FLAG, "待核定的建议都成立则算覆盖", "covered if every suggestion that waits were right"),
    "has_data": Column(FLAG, "是否有数据", "whether every needed system spoke of it"),
    "n_counties_missing": Column(COUNT, "未报送县区数", "counties without data in this region"),
    "reason_code": Column(
        TEXT,
        "核减原因:dead 死亡、age_unknown 年龄不明、under_age 未达年龄、over_age 超过年龄、in_school 在校、in_army 现役、imprisoned 服刑、"
        "emigrated 出国(境)定居、moved_out 户口迁出省外、hukou_cancelled 户口注销、hukou_gone 户口已不在省内、other_scheme 参加其他制度、found_insured 核查为已参保(不核减,计为参保)",
        "why a person is excluded",
    ),
    "since_date": Column("DATE", "自何日起(无人报为空)", "first day on which it holds; NULL where nobody says"),
    "until_date": Column(
        "DATE", "至何日止(无限期或无人报为空)", "last day on which it holds; NULL where open or nobody says"
    ),
    "change_code": Column(TEXT, "变化类型", "what became of people since last quarter"),
    "change_cause_code": Column(
        TEXT,
        "变化原因:entered_register 进入登记册、left_register 退出登记册、entered_universe 进入比对范围、left_universe 退出比对范围、died 死亡、"
        "moved 迁移(或补报地点)、region_changed 区划变更、aged_in 达龄、aged_out 超龄、enrolled 入学、left_school 离校、"
        "exclusion_began 核减开始、exclusion_ended 核减结束、status_changed 身份或属性变化、id_corrected 证号更正、link_changed 关联变化、parameter_changed 参数变化、"
        "source_arrived 来源补报、source_missing 来源缺报、cover_began 新参加、cover_lapsed 中断、none 无变化",
        "the one cause of a change; unexplained stops the run",
    ),
    "reconciliation_code": Column(TEXT, "勾稽关系", "counts that must agree: expectations/mart_reconciliation.py"),
    "n_compared": Column(COUNT, "核对的合计数", "pairs of counts compared: places, groups, columns"),
    "n_left": Column(COUNT, "左边合计", "sum of the left counts"),
    "n_right": Column(COUNT, "右边合计", "sum of the right counts"),
    "n_difference": Column(COUNT, "差额合计,0 为相符", "sum of the differences of all pairs, 0 where every one agrees"),
    "was_state_code": Column(
        TEXT, "上季度状态(不在总体内为空)", "state last quarter; NULL where not in the measure's population"
    ),
    "was_reason_code": Column(TEXT, "上季度核减原因", "why excluded last quarter"),
    "state_code": Column(
        TEXT, "状态", "covered, uncovered, excluded or no_data; in medical insurance the state of cover"
    ),
    # figures
    "figure_code": Column(TEXT, "数据项代码(见数据项目录)", "figure of a measure"),
    "figure_name": Column(TEXT, "数据项名称", "the figure's Chinese name"),
    "figure_name_en": Column(TEXT, "数据项英文名称", "the figure's English name"),
    "unit_text": Column(TEXT, "单位", "unit"),
    "time_text": Column(TEXT, "时间性质:时点、本期、本年累计、2018年以来累计", "to which time the figure speaks"),
    "grain_text": Column(TEXT, "区划以外的分组", "groups beside the regions"),
    "base_kind": Column(
        TEXT,
        "基数种类:none 无、part 数值是其一部分、target 目标数",
        "what the base is: none, a whole of which the value is part, or a target",
    ),
    "disclosure_code": Column(
        TEXT,
        "对外方式:protected 保护后对外、open 原数对外、withheld 不对外",
        "how it leaves the department: protected, open (as it is) or withheld",
    ),
    "figure_value": Column(
        "DECIMAL(18,2)", "数值(无数据为空,对外表中太小也为空)", "the figure; NULL where there is no data"
    ),
    "figure_base": Column("DECIMAL(18,2)", "基数(分母或目标数)", "what it is held against: denominator or target"),
    "figure_rate": Column("DECIMAL(9,6)", "数值与基数之比", "the figure over its base"),
    "figure_key": Column(
        "BIGINT", "数值所计对象的随机数之和(披露控制用)", "sum of the record keys of whom the figure counts"
    ),
    "figure_largest": Column(
        "DECIMAL(18,2)", "数值中单个对象的最大份额(披露控制用)", "largest contribution of one of them; 1 in a count"
    ),
    "base_key": Column("BIGINT", "基数所计对象的随机数之和(披露控制用)", "the same of the base"),
    "base_largest": Column("DECIMAL(18,2)", "基数中单个对象的最大份额(披露控制用)", "the same of the base"),
    "n_target": Column(COUNT, "目标数", "number to reach"),
    "target_rate": Column("DECIMAL(9,6)", "目标覆盖率(方案未定为空)", "rate to reach; NULL where the plan sets none"),
    "reached_date": Column(
        "DATE", "按目前进度达到目标的日期", "day on which the target is reached at the present pace"
    ),
    # cross-checks
    "check_code": Column(TEXT, "核对代码(C01–C37)", "check, C01 to C37"),
    "check_name": Column(TEXT, "核对名称", "the check's Chinese name"),
    "check_name_en": Column(TEXT, "核对英文名称", "the check's English name"),
    "rule_text": Column(TEXT, "核对规则", "what makes a case"),
    "action_text": Column(TEXT, "请核实的事项", "what the office is asked to verify"),
    "subject_kind": Column(
        TEXT, "疑点对象种类:person 人员、carrier 载体、organisation 机构、school 学校", "whom or what a case is about"
    ),
    "subject_code": Column(
        TEXT,
        "疑点对象(人员内部键,或载体、机构、学校的编号)",
        "the person's key, or the number of a carrier, organisation or school",
        Shown.PSEUDONYM,
    ),
    "finding_code": Column(TEXT, "所得(见核对目录)", "what the check found"),
    "finding_text": Column(TEXT, "所得的含义", "what the finding says"),
    "finding_amount": Column("DECIMAL(18,2)", "涉及金额(元)", "amount the finding is about, yuan"),
    "n_months": Column(COUNT, "涉及月数", "months the finding is about"),
    "n_evidence": Column(COUNT, "依据行数", "delivered rows the case rests on"),
    "case_code": Column(
        TEXT,
        "疑点编号(核对-所得-对象,历季不变)",
        "case: check, finding and subject, the same in every quarter",
        Shown.PSEUDONYM,
    ),
    "case_state_code": Column(
        TEXT,
        "疑点状态:new 新增、carried 滚存、reopened 重现、cleared 消除、gone 人员已不在比对范围、not_checked 所需系统未报送、closed 早已消除",
        "what became of the case this quarter",
    ),
    "last_quarter": Column(TEXT, "最近发现季度", "quarter in which the case was last found"),
    "n_quarters": Column(COUNT, "发现过(或连续)的季度数", "quarters in which it was found, or has been so on end"),
    "n_cases": Column(COUNT, "疑点数", "cases"),
    # deliveries
    "delivery_id": Column(TEXT, "报送批次", "delivery"),
    "delivery_quarter": Column(TEXT, "报送所属季度", "quarter of the delivery in force"),
    "cut_date": Column("DATE", "数据截止日", "day at which the delivery was cut"),
    "file_name": Column(TEXT, "文件名", "file"),
    "line_number": Column(COUNT, "物理行号", "physical line in the file"),
    # policy parameters
    "pension_from_age": Column("INTEGER", "养老保险应保起始年龄(周岁)", "age from which a basic pension is due"),
    "pension_benefit_age": Column(
        "INTEGER", "养老待遇领取年龄(代缴止于此)(周岁)", "age of pension benefit; premiums are due until then"
    ),
    "working_from_age": Column("INTEGER", "劳动力起始年龄(周岁)", "age from which somebody is of the labour force"),
    "working_until_age": Column("INTEGER", "劳动力截止年龄(不含)(周岁)", "first age out of the labour force"),
    "school_from_age": Column("INTEGER", "两后生起始年龄(周岁)", "age from which somebody is a school-leaver"),
    "school_until_age": Column("INTEGER", "两后生截止年龄(不含)(周岁)", "first age at which nobody is a school-leaver"),
    "is_paused_insured": Column(FLAG, "是否暂停缴费算参保", "a paused account counts as insured"),
    "is_returned_not_lifted": Column(FLAG, "是否返贫算未标注脱贫", "who fell back into poverty counts as not lifted"),
    "is_pre_lifted_not_lifted": Column(
        FLAG, "是否预脱贫算未标注脱贫", "who is about to be lifted counts as not lifted"
    ),
    "is_benefit_year_due": Column(FLAG, "是否到龄当年仍应代缴", "the premium is still due in the year of turning 60"),
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
        FLAG, "是否仅有暂停缴费的养老参保", "in basic pension schemes with paused accounts only"
    ),
}
