"""The one list of tables: layer, grain, keys, who makes each and in which step. Lineage is at table level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.sources import STAGED

Layer = Literal["staged", "core", "checks", "mart", "bi"]
Step = Literal["ingest", "link", "measure", "compare"]


@dataclass(frozen=True)
class Table:
    """A table of the lake. `owner` is the room that makes it, `step` when; `columns` only where no SQL file says them.

    `is_working`: many rows that are read only to make other tables; not ordered and not hashed, as those are.
    """

    name: str
    layer: Layer
    grain: str
    keys: tuple[str, ...]
    owner: str
    step: Step
    zh: str
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()  # only where Python makes it; an SQL file says what it reads itself
    is_working: bool = False

    @property
    def is_sql(self) -> bool:
        """Whether a file in sql/ makes it; the others are written by Python from reference data."""
        return self.layer != "staged" and not self.columns


_LINK = (
    Table(
        "core_region", "core", "one row per region in force on the quarter's last day", ("region_code",), "regions", "link",
        "区划", ("region_code", "region_level", "region_name", "parent_code", "is_poor_county", "is_deep_poverty_village"),
    ),
    Table(
        "core_region_succession", "core", "one row per place of before, place of after and day of the change, up to the quarter's last day",
        ("was_region_code", "region_code", "since_date"), "regions", "link", "区划沿革",
        ("was_region_code", "region_code", "region_level", "since_date", "succession_code", "is_main", "certainty"),
    ),
    Table(
        "core_source_scope", "core", "one row per system and county: the delivery in force, if any",
        ("system", "county_code"), "planning", "link", "各系统各县区所用报送批次",
        ("system", "county_code", "has_data", "delivery_id", "delivery_quarter", "cut_date"),
    ),
    Table("core_id_prefix", "core", "one row per county in force and prefix that its people's ID numbers may have",
          ("county_code", "id_prefix"), "regions", "link", "证件号码前六位与县区的历史对应", ("county_code", "id_prefix")),
    Table("core_record", "core", "one row per record that names a person of the universe", ("system", "record_number"),
          "identity", "link", "各系统人员记录"),
    Table("core_case_number", "core", "one row per number under which a case of last quarter came back", ("issue_number",), "measures", "link",
          "反馈所填编号与疑点的对应", ("issue_number", "case_code"), ("staged_verification_feedback__finding", "previous.core_case")),
    Table("core_visit", "core", "one row per finding of a visit", ("delivery_id", "file_name", "line_number"), "measures", "link", "核查反馈(统一类别)"),
    Table("core_listed_row", "core", "one row per row of another department's list about somebody of the universe",
          ("system", "delivery_id", "file_name", "line_number"), "measures", "link", "其他部门名单(相关人员)"),
    Table("core_other_row", "core", "one row per other delivered row that may be about somebody of the universe",
          ("system", "entity", "delivery_id", "file_name", "line_number"), "identity", "link", "其他入库行(相关人员)"),
    Table("core_sought_name", "core", "one row per name under which the insured of a county are looked for", ("name", "county_code"),
          "identity", "link", "按姓名查找参保行的姓名"),
    Table("core_pension_participation", "core", "one row per insured row that meets the universe",
          ("delivery_id", "file_name", "line_number"), "identity", "link", "养老保险参保(相关人员)"),
    Table("core_pension_payment", "core", "one row per payment row that meets the universe",
          ("delivery_id", "file_name", "line_number"), "identity", "link", "居民养老保险缴费(相关人员)"),
    Table("core_medical_participation", "core", "one row per insured row that meets the universe",
          ("delivery_id", "file_name", "line_number"), "identity", "link", "基本医疗保险参保(相关人员)"),
    Table(
        "core_name", "core", "one row per name as delivered", ("name",), "identity", "link", "姓名规范化",
        ("name", "name_key", "name_written", "name_head", "name_tail", "name_pinyin", "name_sounds", "name_shape", "name_sorted",
         "name_first", "name_former", "has_gap"),
        ("core_record", "core_listed_row", "core_other_row", "core_pension_participation", "core_pension_payment", "core_medical_participation"),
    ),
    Table("core_id_link", "core", "one row per delivered record and whom its ID number links it to",
          ("system", "entity", "record_number", "name", "id_key"), "identity", "link", "按证号的关联", is_working=True),
    Table("core_namesake", "core", "one row per name and county of an insured row that no ID settles",
          ("system", "name", "county_code"), "identity", "link", "同县同名人数"),
    Table("core_evidence", "core", "one row per record that no ID settles, or that such a record may belong with",
          ("system", "entity", "record_number", "name", "id_key"), "identity", "link", "身份证据"),
    Table(
        "core_link_candidate", "core", "one row per record without a usable ID and person it may be",
        ("system", "entity", "record_number", "name", "id_key", "cluster"), "identity", "link", "无可用证号记录的候选关联",
        ("system", "entity", "record_number", "name", "id_key", "cluster", "tier", "decision", "is_queued", "points", "match_weight",
         "evidence", "linked_cluster"),
        ("core_evidence", "core_id_link"),
    ),
    Table(
        "core_link_verdict", "core", "one row per two records of which an official decided whether they are one person",
        ("system", "record_number", "person_system", "person_record_number"), "identity", "link", "现行的同一人核定",
        ("system", "record_number", "person_system", "person_record_number", "outcome", "tier", "basis"),
    ),
    Table("core_link", "core", "one row per delivered record and the person it was linked to",
          ("system", "entity", "record_number", "name", "id_key"), "identity", "link", "记录与人员的关联"),
    Table("core_person_key", "core", "one row per anchor and the quarter since when it names a person",
          ("anchor", "since_quarter"), "identity", "link", "人员键台账(只增不改)"),
    Table("core_person", "core", "one row per person of the universe", ("person_key",), "identity", "link", "人员"),
)  # fmt: skip
_MEASURE = (
    Table(
        "core_parameter", "core", "one row per county in force, and the province for whom no county is known", ("region_code",),
        "measures", "measure", "各县区适用的政策参数",
        ("region_code", "pension_from_age", "pension_benefit_age", "working_from_age", "working_until_age",
         "school_from_age", "school_until_age", "is_paused_insured", "is_returned_not_lifted", "is_pre_lifted_not_lifted",
         "is_benefit_year_due", "benefit_grace_months", "poor_premium_amount", "basic_pension_minimum_amount",
         "startup_months", "untraced_quarters", "post_until_age", "post_until_age_women", "post_term_months",
         "job_seeking_allowance_amount", "living_allowance_daily_amount", "yulu_payment_lag_months"),
    ),
    Table(
        "mart_measure", "mart", "one row per measure", ("measure_code",), "measures", "measure", "指标目录",
        ("measure_code", "measure_name", "measure_name_en", "numerator_text", "denominator_text", "clause", "office", "is_headline",
         "time_text", "target_rate"),
    ),
    Table(
        "core_measure_source", "core", "one row per measure and system it needs", ("measure_code", "system"), "measures",
        "measure", "指标所需系统", ("measure_code", "system"),
    ),
    Table(
        "mart_check", "mart", "one row per check and what it may find", ("check_code", "finding_code"), "measures", "measure", "核对目录",
        ("check_code", "check_name", "check_name_en", "finding_code", "finding_text", "rule_text", "action_text", "clause", "office",
         "subject_kind"),
    ),
    Table(
        "core_check_source", "core", "one row per finding of a check and system it needs", ("check_code", "finding_code", "system"),
        "measures", "measure", "核对所需系统", ("check_code", "finding_code", "system"),
    ),
    Table("core_person_row", "core", "one row per delivered row and person whom it is about",
          ("system", "entity", "delivery_id", "file_name", "line_number", "person_key"), "measures", "measure", "入库行与人员"),
    Table("core_exclusion", "core", "one row per person and reason that another department's list gives", ("person_key", "reason_code"),
          "measures", "measure", "其他部门名单所示核减事由"),
    Table("core_person_quarter", "core", "one row per person of the universe with every flag of the quarter",
          ("person_key",), "measures", "measure", "人员季度宽表"),
    Table("core_person_work", "core", "one row per person of whom the employment platform says anything", ("person_key",), "measures", "measure",
          "人员就业、培训与补贴情况"),
    Table("core_person_study", "core", "one row per person on a technical-school roll or off it", ("person_key",), "measures", "measure",
          "人员技工就读与资助情况"),
    Table("core_finished_course", "core", "one row per person and day on which a course of the last year was finished", ("person_key", "finished_date"),
          "measures", "measure", "结业培训(近一年)"),
    Table("core_judged", "core", "one row per person and measure of services, courses, payments or schooling", ("person_key", "measure_code"),
          "measures", "measure", "人员服务、培训、补贴、就读类指标状态"),
    Table("core_person_measure", "core", "one row per person and measure", ("person_key", "measure_code"), "measures",
          "measure", "人员指标状态"),
    Table("mart_match", "mart", "one row per person: how matched in each system, or why not", ("quarter", "person_key"),
          "measures", "measure", "人员跨系统匹配结果"),
    Table("mart_link_review", "mart", "one row per record and person it may be about, to be judged",
          ("quarter", "system", "record_number", "person_key"), "identity", "measure", "待核定的同一人建议"),
    Table("core_link_group", "core", "one row per delivered record and the groups in which it is counted",
          ("system", "entity", "record_number", "name", "id_key"), "identity", "measure", "关联记录的分组"),
    Table("mart_linkage", "mart", "one row per system, region and group", ("quarter", "system", "region_code", "cut", "group_code"),
          "identity", "measure", "关联率"),
    Table("mart_link_quality", "mart", "one row per tier and group", ("quarter", "tier", "cut", "group_code"), "identity",
          "measure", "关联质量估计"),
    Table("mart_coverage", "mart", "one row per measure, region and group",
          ("quarter", "measure_code", "region_code", "cut", "group_code"), "measures", "measure", "覆盖情况"),
    Table("mart_coverage_reason", "mart", "one row per measure, region, group and reason of exclusion",
          ("quarter", "measure_code", "region_code", "cut", "group_code", "reason_code"), "measures", "measure",
          "核减原因"),
    Table("core_cell", "core", "one row per measure, county, group, state and reason: how many people, and the key of who they are",
          ("measure_code", "county_code", "cut", "group_code", "state_code", "reason_code"), "measures", "measure", "披露控制用的县级计数"),
    Table("bi_coverage", "bi", "one row per measure, province, city or county, and group: what may leave the department",
          ("quarter", "measure_code", "region_code", "cut", "group_code"), "measures", "measure", "覆盖情况(披露控制后)"),
    Table("bi_coverage_reason", "bi", "one row per measure, province, city or county, group and reason of exclusion",
          ("quarter", "measure_code", "region_code", "cut", "group_code", "reason_code"), "measures", "measure",
          "核减原因(披露控制后)"),
    Table("mart_school_yulu", "mart", "one row per technical-school student or Yulu recipient", ("quarter", "person_key"),
          "measures", "measure", "技工学籍×雨露计划×登记册比对"),
)  # fmt: skip
# What cross-checks of employment read: jobs and payments by person, with the history that a year's list forgets.
_WORK = (
    Table("core_job", "core", "one row per job that the platform tells of, and whose",
          ("entity", "delivery_id", "file_name", "line_number", "person_key"), "measures", "measure", "平台所示就业"),
    Table("core_unit_contribution", "core", "one row per month and scheme for which a unit paid for somebody",
          ("delivery_id", "file_name", "line_number", "person_key"), "measures", "measure", "单位为其缴费的月份"),
    Table("core_subsidy", "core", "one row per subsidy paid, this year or before", ("delivery_id", "file_name", "line_number"),
          "measures", "measure", "已发就业补贴(历年)"),
    Table("core_training", "core", "one row per training begun this year or last", ("delivery_id", "file_name", "line_number", "person_key"),
          "measures", "measure", "职业培训(本年和上年)"),
    Table("core_unemployment_benefit", "core", "one row per row of unemployment benefit, of this quarter or before",
          ("delivery_id", "file_name", "line_number", "person_key"), "measures", "measure", "失业保险金发放(历季)"),
    Table("core_carrier", "core", "one row per open carrier", ("carrier_number", "county_code"), "measures", "measure", "在办载体及用工"),
    Table("core_untraced_job", "core", "one row per job of which nothing but the platform's word is to be seen",
          ("entity", "delivery_id", "file_name", "line_number", "person_key"), "measures", "measure", "仅有平台登记的单位就业"),
)  # fmt: skip
# Figures are made by county, one table for each kind of thing that is counted; core_figure adds them up.
_FIGURE = ("measure_code", "figure_code", "region_code", "cut", "group_code")
_FIGURES = (
    Table(
        "mart_figure_kind", "mart", "one row per figure", ("measure_code", "figure_code"), "measures", "measure", "数据项目录",
        ("measure_code", "figure_code", "measure_name", "measure_name_en", "figure_name", "figure_name_en", "numerator_text", "denominator_text",
         "base_kind", "unit_text", "time_text", "grain_text", "clause", "office"),
    ),
    Table("core_figure_kind", "core", "one row per figure", ("measure_code", "figure_code"), "measures", "measure", "数据项种类与对外方式",
          ("measure_code", "figure_code", "base_kind", "disclosure_code")),
    Table("core_figure_source", "core", "one row per figure and system it needs", ("measure_code", "figure_code", "system"), "measures",
          "measure", "数据项所需系统", ("measure_code", "figure_code", "system")),
    Table("core_target", "core", "one row per measure and region that has a target", ("measure_code", "region_code"), "measures", "measure",
          "目标数", ("measure_code", "region_code", "n_target")),
    Table("core_placement", "core", "one row per person of the poor labour force newly placed since the plan began", ("person_key",),
          "measures", "measure", "方案实施以来首次新就业"),
    Table("core_expert_visit", "core", "one row per county, year and field of expert visits", ("county_code", "plan_year", "field_code"),
          "measures", "measure", "专家服务县、年、领域"),
    Table("core_figure_people", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "人数与代缴金额"),
    Table("core_figure_medical", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "住院结算数据"),
    Table("core_figure_work", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "载体、岗位与输出数据"),
    Table("core_figure_training", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "培训数据"),
    Table("core_figure_labour", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "贫困劳动力意愿与就业数据"),
    Table("core_figure_help", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "就业服务与补贴数据"),
    Table("core_figure_insurance", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "参保登记与待遇数据"),
    Table("core_figure_school", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "技工院校数据"),
    Table("core_figure_placement", "core", "one row per figure, region and group", _FIGURE, "measures", "measure", "就业目标数据"),
    Table("core_figure_record", "core", "one row per figure, county and group", _FIGURE, "measures", "measure", "报送与关联数据"),
    Table("core_figure_plan", "core", "one row per figure, region and group", _FIGURE, "measures", "measure", "贷款、考试与清单事项数据"),
)  # fmt: skip
# What a BI tool shows beside the figures: names, units, targets.
_NAMES = (
    Table("mart_region", "mart", "one row per region in force, down to the village", ("quarter", "region_code"), "measures", "measure",
          "区划名称(到村)"),
    Table("core_group", "core", "one row per group that is known by name, and one of its cut, *", ("cut", "group_code"), "measures", "measure",
          "分组名称", ("cut", "group_code", "cut_name", "cut_name_en", "group_name")),
    Table("bi_region", "bi", "one row per province, city or county in force", ("quarter", "region_code"), "measures", "measure", "区划名称"),
    Table("bi_measure", "bi", "one row per measure that is a rate, and per figure of the others", ("measure_code", "figure_code"), "measures",
          "measure", "指标与数据项名称、口径"),
    Table("bi_period", "bi", "one row: the quarter", ("quarter",), "measures", "measure", "季度"),
)  # fmt: skip
# One check, one list: domain.md §5.4. The rows a case rests on carry the check's finding.
_EVIDENCE = ("subject_code", "finding_code", "system", "entity", "delivery_id", "file_name", "line_number")
_CHECKS = tuple(
    Table(
        f"check_{code}",
        "checks",
        "one row per subject, finding and row of evidence",
        _EVIDENCE,
        "measures",
        "measure",
        zh,
    )
    for code, zh in (
        # pension
        ("c01", "应保未保"),
        ("c02", "到龄未领"),
        ("c03", "应代缴未代缴"),
        ("c04", "不符合条件代缴"),
        ("c05", "重复代缴"),
        ("c06", "居保与职保重复参保"),
        ("c07", "重复领取待遇"),
        ("c08", "死亡后仍发放待遇"),
        ("c09", "服刑期间领取待遇"),
        ("c24", "登记册参保标识不符"),
        ("c35", "低于最低待遇标准"),
        ("c37", "行动不便待上门"),
        # medical
        ("c21", "医保未参保、重复、无标识"),
        ("c26", "未一站式结算"),
        ("c36", "自缴医保费"),
        # employment
        ("c10", "在校×就业"),
        ("c11", "领取失业金×就业"),
        ("c12", "登记就业但无参保或用工记录"),
        ("c13", "登记未就业但有参保缴费"),
        ("c14", "求职补贴"),
        ("c15", "培训生活费补贴"),
        ("c22", "公益性岗位"),
        ("c23", "就业扶贫载体"),
        ("c29", "未就业有意愿未服务"),
        ("c30", "就业后未参保"),
        ("c31", "失业金应发未发"),
        ("c32", "车间补贴"),
        ("c33", "组织输出服务补助"),
        ("c34", "创业稳定就业"),
        # schools
        ("c16", "两后生"),
        ("c17", "技工在校贫困生未享雨露"),
        ("c18", "享雨露不在籍"),
        ("c19", "学籍标注不符"),
        ("c20", "助学金、免学费"),
        ("c27", "考试费减免"),
        ("c28", "省学籍×部电子注册"),
    )
)
_FOUND = (
    Table(
        "core_check_row",
        "core",
        "one row per check, subject, finding and row of evidence",
        ("check_code", *_EVIDENCE),
        "measures",
        "measure",
        "各核对所得及依据行",
    ),
    Table(
        "mart_case_evidence",
        "mart",
        "one row per case and row of evidence",
        ("quarter", "case_code", "system", "entity", "delivery_id", "file_name", "line_number"),
        "measures",
        "measure",
        "疑点依据行",
    ),
)
_COMPARE = (
    Table("core_case", "core", "one row per case, open or closed", ("case_code",), "measures", "compare", "疑点(历季)"),
    Table("mart_case", "mart", "one row per case that is open or was until this quarter", ("quarter", "case_code"), "measures",
          "compare", "疑点清单"),
    Table("mart_case_count", "mart", "one row per check, finding, region and what became of the cases",
          ("quarter", "check_code", "finding_code", "region_code", "case_state_code"), "measures", "compare", "疑点统计"),
    Table("core_figure_case", "core", "one row per figure, county and group", _FIGURE, "measures", "compare", "疑点类数据"),
    Table("core_figure", "core", "one row per figure, region and group", _FIGURE, "measures", "compare", "数据项(含披露控制用的随机数)"),
    Table("mart_figure", "mart", "one row per figure, region and group", ("quarter", *_FIGURE), "measures", "compare", "数据项"),
    Table("core_person_change", "core", "one row per person and measure in which the person is not what they were, with the cause",
          ("person_key", "measure_code"), "measures", "compare", "人员指标变化及原因"),
    Table("mart_change", "mart", "one row per measure, region, kind of change and cause",
          ("quarter", "measure_code", "region_code", "change_code", "change_cause_code"), "measures", "compare", "与上季度比对"),
    Table("mart_reconciliation", "mart", "one row per reconciliation, measure and region: two counts that must agree",
          ("quarter", "reconciliation_code", "measure_code", "region_code"), "measures", "compare", "勾稽核对"),
    Table("mart_coverage_comparable", "mart", "one row per measure and region, county and above: last quarter's figures in today's boundaries",
          ("quarter", "measure_code", "region_code"), "measures", "compare", "覆盖情况(上季度按本季度区划)"),
    Table("bi_change", "bi", "one row per measure, province, city or county, kind of change and cause",
          ("quarter", "measure_code", "region_code", "change_code", "change_cause_code"), "measures", "compare",
          "与上季度比对(披露控制后)"),
    Table("bi_figure", "bi", "one row per figure, province, city or county, and group: what may leave the department", ("quarter", *_FIGURE),
          "measures", "compare", "数据项(披露控制后)"),
    Table("bi_group", "bi", "one row per group of bi_coverage, bi_coverage_reason and bi_figure", ("quarter", "cut", "group_code"), "measures",
          "compare", "分组名称"),
    Table("mart_person_key_event", "mart", "one row per person and other key whose records it took since last quarter",
          ("quarter", "event_code", "person_key", "other_person_key"), "identity", "compare", "人员键的合并、拆分与更换"),
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(
            Table(staged.name, "staged", staged.grain, ("delivery_id", "file_name", "line_number"), staged.source, "ingest",
                  staged.zh)
            for staged in STAGED.values()
        ),
        *_LINK,
        *_MEASURE,
        *_WORK,
        *_FIGURES,
        *_NAMES,
        *_CHECKS,
        *_FOUND,
        *_COMPARE,
    )
}  # fmt: skip


def of_step(step: Step) -> tuple[Table, ...]:
    """The tables a step makes, in the order in which it makes them."""
    return tuple(table for table in TABLES.values() if table.step == step)


def marts() -> tuple[Table, ...]:
    """The tables that are published: to the schema of their layer."""
    return tuple(table for table in TABLES.values() if table.layer in ("mart", "bi"))
