"""Rules of the Yulu plan's payments. Source: domain.md §2.5."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.yulu import PAYMENT

RULES = (
    *contract_rules(PAYMENT),
    negative(PAYMENT, "standard_amount"),
    negative(PAYMENT, "paid_amount"),
    name_missing(PAYMENT),
    missing(PAYMENT, "state_code", "without a state the row does not show whether the aid was paid"),
    after_cut_date(PAYMENT, "applied_date"),
    after_cut_date(PAYMENT, "paid_date"),
    out_of_order(PAYMENT, "applied_date", "paid_date"),
    Rule(
        "paid_without_date",
        "state_code = '3' AND paid_date IS NULL AND unread.paid_date IS NULL",
        "warning",
        "a payment without a day cannot be given to a term",
        "“发放状态”为已发,但“发放日期”为空,请补填",
        "'发放状态' says paid, '发放日期' is empty; fill it in",
    ),
    Rule(
        "paid_unreviewed",
        "state_code = '3' AND review_state_code IN ('1', '3', '4')",
        "warning",
        "aid is paid to those whose application was granted; one of the two codes is out of date",
        "“发放状态”为已发,但“审核状态”不是审核通过,请核对",
        "'发放状态' says paid, '审核状态' does not say granted",
    ),
    Rule(
        "paid_above_standard",
        "standard_amount >= 0 AND paid_amount > standard_amount",
        "warning",
        "more than the term's aid was paid: a mistake, or two terms in one row",
        "“补助金额”高于“补助标准”,请核对",
        "'补助金额' exceeds '补助标准'",
    ),
)
TABLE_RULES = contract_table_rules(PAYMENT, RULES)
