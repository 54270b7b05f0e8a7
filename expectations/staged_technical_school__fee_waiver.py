"""Rules of fee waivers. Source: domain.md §2.4 (GC52)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative, out_of_order
from pipelines.sources.technical_school import FEE_WAIVER

RULES = (
    *contract_rules(FEE_WAIVER),
    negative(FEE_WAIVER, "standard_amount"),
    name_missing(FEE_WAIVER),
    after_cut_date(FEE_WAIVER, "started_date"),
    out_of_order(FEE_WAIVER, "started_date", "ended_date"),
)
TABLE_RULES = contract_table_rules(FEE_WAIVER, RULES)
