"""Rules of the figures that technical schools report. Source: domain.md §5.4 C28."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, negative_count
from pipelines.quality.rules import Rule
from pipelines.sources.technical_registration import STATISTIC

RULES = (
    *contract_rules(STATISTIC),
    negative_count(STATISTIC, "n_students"),
    negative_count(STATISTIC, "n_new_students"),
    negative_count(STATISTIC, "n_graduates"),
    missing(STATISTIC, "n_students", "without a figure there is nothing to hold the registered students against"),
    after_cut_date(STATISTIC, "reported_date"),
    Rule(
        "school_year_later",
        "CAST(left(school_year, 4) AS INTEGER) > year(delivery_cut_date)",
        "warning",
        "figures of a school year that has not begun are a plan or a slip",
        "“学年”尚未开始,请核对",
        "'学年' has not begun on the cut date",
    ),
    Rule(
        "more_new_than_students",
        "n_students >= 0 AND n_new_students > n_students",
        "warning",
        "whom a school took in this year is among its students",
        "“招生数”大于“在校生数”,请核对",
        "more students were taken in than the school has",
    ),
)
TABLE_RULES = contract_table_rules(STATISTIC, RULES)
