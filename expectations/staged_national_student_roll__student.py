"""Rules of the education department's roll. Source: domain.md §2.8, §5.3, N07."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import missing, name_missing, out_of_order, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.national_student_roll import STUDENT

RULES = (
    *contract_rules(STUDENT),
    name_missing(STUDENT),
    missing(STUDENT, "state_code", "without a state the entry does not show whether the person is at school"),
    missing(STUDENT, "stage_code", "the stage tells compulsory school, secondary school and university apart"),
    sex_differs(STUDENT),
    out_of_order(STUDENT, "enrolled_month", "due_graduation_month"),
    Rule(
        "enrolled_month_later",
        "enrolled_month > strftime(delivery_cut_date, '%Y%m')",
        "warning",
        "what begins after the cut date is not yet true in this quarter",
        "“入学年月”晚于数据截止日,请核对",
        "'入学年月' lies after the cut date",
    ),
    Rule(
        "student_of_25",
        "state_code = '1' AND (study_form_code = '1' OR (study_form_code IS NULL AND unread.study_form_code IS NULL)) AND coalesce(stage_code, '') <> '8'"
        " AND CAST(substr(id_key, 7, 4) AS INTEGER) + 25 < year(delivery_cut_date)",
        "warning",
        "full-time students of 25 and over are queried: the entry may never have been closed (domain.md §5.3)",
        "在读学生已满25周岁,请核对是否仍在校",
        "the student is over 25; is the person still at school?",
    ),
)
TABLE_RULES = contract_table_rules(STUDENT, RULES)
