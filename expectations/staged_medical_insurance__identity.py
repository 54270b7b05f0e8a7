"""Rules of identities held in medical insurance. Source: domain.md §2.7, §5.4 (C21)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import name_missing, numbers_differ, out_of_order
from pipelines.sources.medical_insurance import IDENTITY_LIST

RULES = (
    *contract_rules(IDENTITY_LIST),
    name_missing(IDENTITY_LIST),
    out_of_order(IDENTITY_LIST, "identity_since", "identity_until"),
    numbers_differ(IDENTITY_LIST),
)
TABLE_RULES = contract_table_rules(IDENTITY_LIST, RULES)
