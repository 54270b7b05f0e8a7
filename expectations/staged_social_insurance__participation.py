"""Rules of participation in pension schemes. Source: domain.md §2.2."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing
from pipelines.quality.rules import Rule
from pipelines.sources.social_insurance import PARTICIPATION

RULES = (
    *contract_rules(PARTICIPATION),
    name_missing(PARTICIPATION),
    after_cut_date(PARTICIPATION, "joined_date"),
    Rule(
        "participation_state_missing",
        "NOT is_misshapen AND participation_state_code IS NULL AND unread.participation_state_code IS NULL",
        "warning",
        "without a state the row does not show whether the person is insured",
        "“AAC008”(人员参保状态)为空,请补填",
        "'AAC008' (participation state) is empty; fill it in",
    ),
)
TABLE_RULES = contract_table_rules(PARTICIPATION, RULES)
