"""Rules of the poverty register's person export. Source: domain.md §2.1, §3.1, §3.4."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.register import data_year_differs, size_range, village_code_short
from expectations.values import after_cut_date, name_missing, negative, out_of_range, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.poverty_register import PERSON

RULES = (
    *contract_rules(PERSON),
    negative(PERSON, "income_amount"),
    name_missing(PERSON),
    village_code_short(PERSON),
    size_range(PERSON),
    out_of_range(PERSON, "work_months", 0, 12, "a year has twelve months; the value is not used as evidence of work"),
    sex_differs(PERSON),
    data_year_differs(PERSON),
    after_cut_date(PERSON, "identified_date"),
    after_cut_date(PERSON, "person_identified_date"),
    Rule(
        "status_cancelled",
        "poverty_status_code = 'CANCELLED'",
        "critical",
        "who was struck off the register would count among the registered",
        "“脱贫属性”为注销:已注销的人员不在册,请从导出结果中去掉",
        "'脱贫属性' says cancelled: the person is no longer registered; leave the row out of the export",
    ),
    Rule(
        "labour_of_child",
        "labour_skill_code IN ('1', '2', '5')"
        " AND substr(id_key, 7, 8) > strftime(delivery_cut_date - INTERVAL 16 YEAR, '%Y%m%d')"
        " AND substr(id_key, 7, 8) <= strftime(delivery_cut_date, '%Y%m%d')",
        "warning",
        "a child would count in the labour force; the ID number or the skill is another person's",
        "“劳动技能”为劳动力,但按证件号码未满16周岁,请核对",
        "'劳动技能' says able to work, the ID number says under 16; check both",
    ),
    Rule(
        "schooling_contradicts",
        "education_code = '6' AND student_status_code NOT IN ('1', '2', '3')",
        "warning",
        "a child before school cannot be at a middle school; whoever is at school leaves the insurance measures",
        "“文化程度”为学龄前儿童,但“在校生状况”为初中及以上,请核对",
        "'文化程度' says before school age, '在校生状况' middle school or higher; check both",
    ),
)
TABLE_RULES = contract_table_rules(PERSON, RULES)
