"""Rules of students' certificates. Source: domain.md §2.4 (GC54, GC56)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing
from pipelines.sources.technical_school import SCHOOL_CERTIFICATE

RULES = (
    *contract_rules(SCHOOL_CERTIFICATE),
    name_missing(SCHOOL_CERTIFICATE),
    after_cut_date(SCHOOL_CERTIFICATE, "issued_date"),
)
TABLE_RULES = contract_table_rules(SCHOOL_CERTIFICATE, RULES)
