"""Rules of participation in basic medical insurance. Source: domain.md §2.7."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing
from pipelines.quality.rules import Rule
from pipelines.sources.medical_insurance import PARTICIPATION

RULES = (
    *contract_rules(PARTICIPATION),
    name_missing(PARTICIPATION),
    after_cut_date(PARTICIPATION, "joined_date"),
    Rule(
        "state_missing",
        "NOT is_misshapen AND state_code IS NULL AND unread.state_code IS NULL",
        "warning",
        "without a state the row does not show whether the person is insured",
        "“psn_insu_stas”(人员参保状态)为空,请补填",
        "'psn_insu_stas' (state) is empty; fill it in",
    ),
)
TABLE_RULES = contract_table_rules(PARTICIPATION, RULES)
