"""Rules of participation in social insurance schemes. Source: domain.md §2.2."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import (
    after_cut_date,
    birth_date_differs,
    missing,
    name_missing,
    numbers_differ,
    out_of_order,
    sex_differs,
)
from pipelines.quality.rules import Rule
from pipelines.sources.social_insurance import PARTICIPATION

RULES = (
    *contract_rules(PARTICIPATION),
    name_missing(PARTICIPATION),
    after_cut_date(PARTICIPATION, "joined_date"),
    missing(PARTICIPATION, "participation_state_code", "without a state the row does not show whether the person is insured"),
    Rule(
        "states_contradict",
        "(participation_state_code, payment_state_code) IN (('1', '2'), ('2', '1'), ('4', '1'), ('4', '2'))",
        "warning",
        "only (1,1) paying, (2,2) paused, (1,3) on benefit, (2,3) benefit paused, (4,3) ended and 0 are states of a person",
        "“AAC008”与“AAC031”的组合不成立(应为:1,1 正常缴费;2,2 暂停缴费;1,3 正常待遇;2,3 暂停待遇;4,3 终止),请核对",
        "'AAC008' and 'AAC031' contradict each other; a person on benefit has 1 and 3",
    ),
    Rule(
        "ended_reason_without_end",
        "ended_reason_code IS NOT NULL AND participation_state_code IN ('1', '2')",
        "warning",
        "somebody who left for a reason and is still insured is counted on one side or the other by chance",
        "填写了终止原因,但“AAC008”(人员参保状态)不是终止,请核对",
        "a reason for ending stands beside a state that has not ended",
    ),
    Rule(
        "death_without_end",
        "death_date IS NOT NULL AND participation_state_code IN ('1', '2')",
        "warning",
        "the dead stay among the insured, and benefits may still be paid",
        "填写了死亡日期,但“AAC008”(人员参保状态)不是终止,请核对",
        "a date of death stands beside a state that has not ended",
    ),
    out_of_order(PARTICIPATION, "start_month", "end_month"),
    out_of_order(PARTICIPATION, "start_date", "end_date"),
    sex_differs(PARTICIPATION),
    birth_date_differs(PARTICIPATION),
    numbers_differ(PARTICIPATION),
)  # fmt: skip
TABLE_RULES = contract_table_rules(PARTICIPATION, RULES)
