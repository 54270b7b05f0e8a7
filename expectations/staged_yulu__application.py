"""Rules of applications for Yulu aid. Source: domain.md §2.5."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.yulu import APPLICATION

RULES = (
    *contract_rules(APPLICATION),
    negative(APPLICATION, "standard_amount"),
    name_missing(APPLICATION),
    after_cut_date(APPLICATION, "applied_date"),
    out_of_order(APPLICATION, "applied_date", "reviewed_date"),
    Rule(
        "reviewed_without_result",
        "reviewed_date IS NOT NULL AND review_state_code = '1'",
        "warning",
        "an application that was reviewed is granted, refused or sent back",
        "填了“审核日期”,但“审核状态”仍为待审,请核对",
        "'审核日期' is given, but '审核状态' still says pending",
    ),
)
TABLE_RULES = contract_table_rules(APPLICATION, RULES)
