"""Rules of changes of roll entries. Source: domain.md §2.4 (GC60)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing
from pipelines.sources.technical_school import ROLL_CHANGE

RULES = (*contract_rules(ROLL_CHANGE), name_missing(ROLL_CHANGE), after_cut_date(ROLL_CHANGE, "changed_date"))
TABLE_RULES = contract_table_rules(ROLL_CHANGE, RULES)
