"""Rules of the Yulu plan's applications and payments. Source: domain.md §2.5."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.yulu import PAYMENT

RULES = (
    *contract_rules(PAYMENT),
    negative(PAYMENT, "paid_amount"),
    name_missing(PAYMENT),
    after_cut_date(PAYMENT, "applied_date"),
    Rule(
        "paid_without_date",
        "state_code = '3' AND paid_date IS NULL AND unread.paid_date IS NULL",
        "warning",
        "a payment without a day cannot be given to a term",
        "“发放状态”为已发,但“发放日期”为空,请补填",
        "'发放状态' says paid, '发放日期' is empty; fill it in",
    ),
)
TABLE_RULES = contract_table_rules(PAYMENT, RULES)
