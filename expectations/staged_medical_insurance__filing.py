"""Rules of filings for treatment outside the area. Source: domain.md §1.3 (I15)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, numbers_differ, out_of_order
from pipelines.sources.medical_insurance import FILING

RULES = (
    *contract_rules(FILING),
    name_missing(FILING),
    after_cut_date(FILING, "filed_date"),
    missing(
        FILING, "treated_place_code", "without the place a stay outside the area cannot be held against its filing"
    ),
    out_of_order(FILING, "start_date", "end_date"),
    numbers_differ(FILING),
)
TABLE_RULES = contract_table_rules(FILING, RULES)
