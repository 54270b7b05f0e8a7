"""Rules of the carriers. Source: domain.md §1.1 E6–E9, §5.4 C23."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, out_of_order, out_of_range
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import CARRIER

RULES = (
    *contract_rules(CARRIER),
    missing(CARRIER, "carrier_name", "a carrier without a name cannot be visited"),
    missing(CARRIER, "carrier_type_code", "without its kind a carrier stands in none of the six rows"),
    after_cut_date(CARRIER, "opened_date"),
    out_of_order(CARRIER, "opened_date", "closed_date"),
    out_of_range(CARRIER, "n_workers", 0, 100_000, "the share of poor workers is counted from it"),
    Rule(
        "carrier_of_no_kind",
        "carrier_type_code = 'NONE'",
        "warning",
        "what is none of the six kinds is no carrier and counts in no row",
        "“载体类型”为无:请填写六类载体之一,不是载体的单位请从表中去掉",
        "'载体类型' says none; give one of the six kinds, or leave the row out",
    ),
    Rule(
        "poor_beyond_workers",
        "n_poor_workers > n_workers OR n_poor_workers < 0",
        "warning",
        "poor workers are some of all workers; a larger number claims subsidies for people who are not there",
        "“吸纳贫困劳动力人数”多于“用工人数”或为负数,请核对",
        "'吸纳贫困劳动力人数' is more than '用工人数' or negative; check both",
    ),
)
TABLE_RULES = contract_table_rules(CARRIER, RULES)
