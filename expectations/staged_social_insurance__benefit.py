"""Rules of benefits in payment. Source: domain.md §2.2, §5.4 (C02, C07–C09, C11, C35)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import (
    after_cut_date,
    missing,
    name_missing,
    negative,
    numbers_differ,
    out_of_order,
    out_of_range,
)
from pipelines.quality.rules import Rule
from pipelines.sources.social_insurance import BENEFIT

LONGEST_UNEMPLOYMENT = 24  # months, 社会保险法 art. 46

RULES = (
    *contract_rules(BENEFIT),
    negative(BENEFIT, "benefit_amount"),
    negative(BENEFIT, "basic_amount"),
    name_missing(BENEFIT),
    missing(BENEFIT, "benefit_state_code", "without a state the row does not show whether the person draws the benefit"),
    out_of_order(BENEFIT, "start_month", "end_month"),
    out_of_range(BENEFIT, "months_paid", 0, 1200, "months times amount is what was paid without a right to it"),
    after_cut_date(BENEFIT, "booked_date"),
    after_cut_date(BENEFIT, "death_date"),
    Rule(
        "benefit_month_later",
        "benefit_month <> '999912' AND benefit_month > strftime(delivery_cut_date, '%Y%m')",
        "warning",
        "a month that has not come cannot have been paid",
        "“待遇所属年月”晚于数据截止日,请核对",
        "'待遇所属年月' lies after the cut date",
    ),
    Rule(
        "paid_after_death",
        "benefit_state_code = '1' AND benefit_month > strftime(death_date, '%Y%m')",
        "warning",
        "the system knows of the death and pays on: the months are to be recovered (C08)",
        "“AAE037”(死亡日期)之后的月份仍在发放,请停发并核实多发月数",
        "a month after the date of death in 'AAE037' is still paid",
    ),
    Rule(
        "basic_above_whole",
        "benefit_amount >= 0 AND basic_amount > benefit_amount",
        "warning",
        "the basic pension is a part of the benefit; the columns may be exchanged",
        "“基础养老金”大于“待遇金额”,请核对两列是否填反",
        "'基础养老金' is more than '待遇金额', of which it is a part",
    ),
    Rule(
        "ended_reason_without_end",
        "ended_reason_code IS NOT NULL AND benefit_state_code = '1'",
        "warning",
        "a benefit that ended for a reason is still paid, or was ended by mistake",
        "填写了待遇终止原因,但“AAE116”(待遇发放状态)为正常,请核对",
        "a reason for ending stands beside a benefit in payment",
    ),
    Rule(
        "unemployment_too_long",
        f"scheme_code = '210' AND greatest(months_granted, months_paid) > {LONGEST_UNEMPLOYMENT}",
        "warning",
        "unemployment benefit is drawn for 24 months at most (社会保险法 art. 46)",
        "失业保险金最长领取24个月,请核对“核定月数”和“发放月数”",
        "unemployment benefit is granted for 24 months at most",
    ),
    numbers_differ(BENEFIT),
)  # fmt: skip
TABLE_RULES = contract_table_rules(BENEFIT, RULES)
