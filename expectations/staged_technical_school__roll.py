"""Rules of the technical schools' student roll. Source: domain.md §2.4."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing
from pipelines.quality.rules import Rule
from pipelines.sources.technical_school import ROLL

RULES = (
    *contract_rules(ROLL),
    name_missing(ROLL),
    after_cut_date(ROLL, "enrolled_date"),
    Rule(
        "roll_state_missing",
        "NOT is_misshapen AND roll_state_code IS NULL AND unread.roll_state_code IS NULL",
        "warning",
        "without a state the entry does not show whether the student is enrolled",
        "“AGE623”(学籍状态)为空,请填 1 正式学籍、2 保留学籍 或 3 已离校",
        "'AGE623' (roll state) is empty; write 1, 2 or 3",
    ),
)
TABLE_RULES = contract_table_rules(ROLL, RULES)
