"""Rules of premiums of resident medical insurance. Source: domain.md §1.3 (I12), §5.4 (C36)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative, numbers_differ
from pipelines.quality.rules import Rule
from pipelines.sources.medical_insurance import PREMIUM

RULES = (
    *contract_rules(PREMIUM),
    negative(PREMIUM, "paid_amount"),
    name_missing(PREMIUM),
    missing(PREMIUM, "paid_amount", "without an amount the row does not show that anything was paid"),
    after_cut_date(PREMIUM, "paid_date"),
    Rule(
        "premium_year_range",
        "premium_year NOT BETWEEN 1998 AND year(delivery_cut_date) + 1",
        "warning",
        "premiums exist from 1998 on and are paid at most one year ahead; the year decides which cover they buy",
        "“参保年度”不合理,应为四位年份且不晚于下一年,请核对",
        "'参保年度' (premium year) must be a year from 1998 to next year",
    ),
    numbers_differ(PREMIUM),
)
TABLE_RULES = contract_table_rules(PREMIUM, RULES)
