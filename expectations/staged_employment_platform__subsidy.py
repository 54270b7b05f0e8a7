"""Rules of the subsidies paid. Source: domain.md §1.1 E9–E21, §1.2 K2, K7."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, negative, out_of_order, out_of_range
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import SUBSIDY

RULES = (
    *contract_rules(SUBSIDY),
    negative(SUBSIDY, "paid_amount"),
    after_cut_date(SUBSIDY, "paid_date"),
    out_of_order(SUBSIDY, "period_start_date", "period_end_date"),
    out_of_range(
        SUBSIDY, "n_beneficiaries", 0, 100_000, "the people a subsidy is claimed for are compared with those verified"
    ),
    Rule(
        "paid_without_date",
        "state_code = '3' AND paid_date IS NULL AND unread.paid_date IS NULL",
        "warning",
        "a payment without a day belongs to no year and cannot be compared with what was due",
        "“发放状态”为已发,但“发放日期”为空,请补填",
        "'发放状态' says paid, '发放日期' is empty; fill it in",
    ),
    Rule(
        "nobody_paid",
        "NOT is_misshapen AND name IS NULL AND id_number IS NULL AND organisation_name IS NULL",
        "warning",
        "money without a receiver can be held against no entitlement",
        "“姓名”和“享受单位”都为空,请填写补贴发给了谁",
        "'姓名' and '享受单位' are both empty; say who was paid",
    ),
)
TABLE_RULES = contract_table_rules(SUBSIDY, RULES)
