"""Rules of the technical schools' student roll. Source: domain.md §2.4."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import (
    after_cut_date,
    birth_date_differs,
    missing,
    name_missing,
    out_of_order,
    sex_differs,
)
from pipelines.quality.rules import Rule
from pipelines.sources.technical_school import ROLL

RULES = (
    *contract_rules(ROLL),
    name_missing(ROLL),
    missing(ROLL, "roll_state_code", "without a state the entry does not show whether the student is enrolled"),
    after_cut_date(ROLL, "enrolled_date"),
    sex_differs(ROLL),
    birth_date_differs(ROLL),
    out_of_order(ROLL, "enrolled_date", "due_graduation_date"),
    out_of_order(ROLL, "completed_date", "converted_date"),
    Rule(
        "enrolment_year_differs",
        "enrolment_year <> year(enrolled_date)",
        "warning",
        "the year names the cohort of school-leavers in which the student is counted",
        "“AGE735”(招生年份)与“AGE736”(入学时间)不是同一年,请核对",
        "'AGE735' (year of enrolment) and 'AGE736' (enrolled on) are of different years",
    ),
    Rule(
        "leaving_contradicts",
        "leaving_code IS NOT NULL AND roll_state_code <> '3'",
        "warning",
        "who has left is not enrolled; one of the two codes is out of date",
        "填了“离校类别”,但“学籍状态”不是 3 已离校,请核对",
        "'离校类别' is given, but the roll state is not 3 (has left)",
    ),
    Rule(
        "hardship_contradicts",
        "(is_hardship AND hardship_code = '0') OR (NOT is_hardship AND hardship_code <> '0')",
        "warning",
        "the mark is compared with the poverty register; flag and type must say the same",
        "“是否家庭困难”与“家庭困难类型”不一致,请核对",
        "the hardship flag and the hardship type contradict each other",
    ),
)
TABLE_RULES = contract_table_rules(ROLL, RULES)
