"""Rules of the services given. Source: domain.md §1.1 E2–E4, E13."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing
from pipelines.sources.employment_platform import SERVICE

RULES = (
    *contract_rules(SERVICE),
    name_missing(SERVICE),
    after_cut_date(SERVICE, "served_date"),
)
TABLE_RULES = contract_table_rules(SERVICE, RULES)
