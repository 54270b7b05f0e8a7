"""Counts of a release that must agree whatever the data are. Source: domain.md §6.4–6.6.

`sql/mart/mart_reconciliation.sql` puts both sides of each beside the other. Nobody can overrule one: what breaks it is a
fault of the program, and tables that contradict each other are not published.
"""

from __future__ import annotations

from pipelines.quality.rules import Reconciliation, TableRule, literal


def _agree(reconciliation_code: str, why: str, text: str, text_en: str) -> Reconciliation:
    return Reconciliation(
        reconciliation_code,
        "SELECT measure_code, region_code, n_compared, n_left, n_right, n_difference FROM {table}"
        f" WHERE reconciliation_code = {literal(reconciliation_code)} AND n_difference <> 0",
        "critical",
        why,
        text,
        text_en,
    )


RECONCILIATIONS = (
    _agree(
        "places_add_up",
        "a county that is lost or counted twice on the way up makes every rate of its city and of the province wrong",
        "各县(市、区)之和应等于设区市,各设区市之和应等于全省",
        "the counties must add up to their city, the cities to the province",
    ),
    _agree(
        "places_within",
        "not everyone's town and village are known, but nobody can be in a town and not in its county",
        "各乡镇之和不应超过县(市、区),各村之和不应超过乡镇",
        "the towns must not exceed their county, nor the villages their town",
    ),
    _agree(
        "groups_add_up",
        "someone who is in no group of a cut, or in two, is missing or double in every comparison of groups",
        "每种分组的各组之和应等于合计",
        "the groups of each cut must add up to the total",
    ),
    _agree(
        "population_parts",
        "people in = measured + excluded with a reason + without data: nobody may be lost",
        "总体应等于分母、核减与无数据人数之和",
        "the population must be the denominator, the excluded and those without data",
    ),
    _agree(
        "reasons_add_up",
        "coverage without reasons is wrong: everyone left out carries one reason",
        "核减人数应等于各核减原因人数之和",
        "the excluded must be those of all reasons together",
    ),
    _agree(
        "people_measured",
        "a join that loses or doubles people changes a rate without a trace",
        "总体应等于人员指标状态表中的人数",
        "the population must be the people of core_person_measure",
    ),
    _agree(
        "covered_and_uncovered",
        "M02 = M03 numerator + M05, and so for every measure: the list to visit is what the rate lacks",
        "应保应等于已保与未保人数之和(各指标的分母 = 分子 + 未覆盖)",
        "the denominator must be the numerator and the people who are uncovered",
    ),
    _agree(
        "registered_measured",
        "M03, M04, M06, M13 and M13A speak of all the registered, of every age",
        "以全部建档立卡人员为总体的指标,分母、核减与无数据之和应等于建档立卡人数",
        "where a measure is about all the registered, denominator, excluded and those without data must be all of them",
    ),
    _agree(
        "strict_measure",
        "M13 (strict) leaves out the dead only, M04 (nobody left out) whoever is under age or of unknown age",
        "M13 分母加死亡人数、M04 分母加未达年龄和年龄不明人数(各加无数据)应等于建档立卡人数",
        "the denominator of M13 and the dead, that of M04 and those under or of unknown age, and who has no data must be all the"
        " registered",
    ),
    _agree(
        "part_of_measure",
        "who is asked for in the adjusted measure is asked for in the strict one",
        "M13A 不应超过 M13,M03 的分母不应超过 M04,M06 的分母不应超过 M03 的分母",
        "M13A must not exceed M13, nor the denominator of M03 that of M04, nor that of M06 that of M03",
    ),
    _agree(
        "numerator_bounds",
        "the range within which linkage may move a rate must hold the rate itself",
        "分子下限、分子、分子上限、分母应依次不减",
        "low, numerator, high and denominator must not fall in this order",
    ),
    _agree(
        "uncovered_listed",
        "M02 = M03 numerator + C01, and M13A likewise with C21: whom the measure lacks somebody must be asked to visit",
        "M03、M13A 未覆盖人数应等于应保未保(C01)、医保未参保(C21)疑点数",
        "whoever M03 and M13A lack must be a case of C01 and of C21",
    ),
    _agree(
        "cases_opening",
        "a case that is lost between two quarters is a family nobody visits",
        "上季度未结疑点应等于本季度滚存、消除、离开与未核对之和",
        "last quarter's open cases must be carried, cleared, gone or not checked",
    ),
    _agree(
        "targets_shared",
        "what the cities are to reach together must be what the province promised: a share was mistyped, or the plan was changed"
        " in one place only; the office's parameters.toml says which",
        "各设区市(各县)都有分解目标的,其和应等于全省(该市)目标;请核对 parameters.toml",
        "where every city (or county) has a share of a target, the shares must add up to it; see parameters.toml",
    ),
    _agree(
        "change_opening",
        "everyone who was counted last quarter stayed or left",
        "与上季度比对中原有人员(仍在的与退出的)应等于上季度的分母和分子",
        "those who stayed and those who left must be last quarter's denominator and numerator",
    ),
    _agree(
        "change_closing",
        "everyone who is counted now stayed or entered",
        "与上季度比对中现有人员(仍在的与进入的)应等于本季度的分母和分子",
        "those who stayed and those who entered must be this quarter's denominator and numerator",
    ),
    _agree(
        "change_explained",
        "there is no cause “other” (decision 0012): a change that nothing explains may be a fault",
        "每个人的变化都应有原因(人员见 core_person_change,change_cause_code = 'unexplained')",
        "everyone's change must have a cause (core_person_change names whoever has none: change_cause_code = 'unexplained')",
    ),
)  # fmt: skip
# The first quarter has none before it, where everybody is covered nobody is listed, and a target need not be shared out.
_MAY_BE_ABSENT = (
    "cases_opening",
    "uncovered_listed",
    "targets_shared",
    "change_opening",
    "change_closing",
    "change_explained",
)
_ALWAYS = ", ".join(f"({literal(rule.rule_id)})" for rule in RECONCILIATIONS if rule.rule_id not in _MAY_BE_ABSENT)
TABLE_RULES = (
    TableRule(
        "nothing_compared",
        f"SELECT declared FROM (VALUES {_ALWAYS}) AS codes(declared) WHERE declared NOT IN (SELECT reconciliation_code FROM {{table}})",
        "critical",
        "counts that were not put beside each other would pass unseen",
        "有勾稽关系未作核对",
        "a reconciliation compared nothing",
    ),
)
