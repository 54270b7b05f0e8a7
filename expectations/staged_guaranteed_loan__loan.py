"""Rules of guaranteed start-up loans. Source: domain.md §1.1 (E17, E23)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.guaranteed_loan import LOAN

RULES = (
    *contract_rules(LOAN),
    negative(LOAN, "loan_amount"),
    negative(LOAN, "interest_subsidy_amount"),
    negative(LOAN, "workers"),
    negative(LOAN, "poor_workers"),
    name_missing(LOAN),
    missing(LOAN, "loan_amount", "the loan counts, but nothing was lent"),
    after_cut_date(LOAN, "granted_date"),
    out_of_order(LOAN, "granted_date", "due_date"),
    Rule(
        "poor_above_workers",
        "workers >= 0 AND poor_workers > workers",
        "warning",
        "the poor workers are a part of all workers; the columns may be exchanged",
        "“吸纳贫困劳动力人数”大于“带动就业人数”,请核对两列是否填反",
        "'吸纳贫困劳动力人数' is more than '带动就业人数'",
    ),
    Rule(
        "subsidy_above_loan",
        "loan_amount >= 0 AND interest_subsidy_amount > loan_amount",
        "warning",
        "interest is a fraction of the loan; the columns may be exchanged or one is in 万元",
        "“贴息金额”大于“贷款金额”,请核对单位或两列是否填反",
        "'贴息金额' is more than '贷款金额'; check the unit",
    ),
)
TABLE_RULES = contract_table_rules(LOAN, RULES)
