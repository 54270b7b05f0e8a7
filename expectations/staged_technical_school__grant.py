"""Rules of grants to students. Source: domain.md §2.4 (GC53)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative
from pipelines.sources.technical_school import GRANT

RULES = (
    *contract_rules(GRANT),
    negative(GRANT, "paid_amount"),
    name_missing(GRANT),
    missing(GRANT, "paid_amount", "a grant without an amount proves no payment"),
    after_cut_date(GRANT, "paid_date"),
)
TABLE_RULES = contract_table_rules(GRANT, RULES)
