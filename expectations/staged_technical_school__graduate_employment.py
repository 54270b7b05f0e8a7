"""Rules of graduates' jobs. Source: domain.md §2.4 (GC55)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative
from pipelines.sources.technical_school import GRADUATE_EMPLOYMENT

RULES = (
    *contract_rules(GRADUATE_EMPLOYMENT),
    negative(GRADUATE_EMPLOYMENT, "wage_amount"),
    name_missing(GRADUATE_EMPLOYMENT),
    missing(GRADUATE_EMPLOYMENT, "employed_date", "a job without a day cannot be given to a quarter"),
    after_cut_date(GRADUATE_EMPLOYMENT, "employed_date"),
)
TABLE_RULES = contract_table_rules(GRADUATE_EMPLOYMENT, RULES)
