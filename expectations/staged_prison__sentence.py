"""Rules of sentences. Source: domain.md §2.8, C09."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, out_of_order, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.prison import SENTENCE

RULES = (
    *contract_rules(SENTENCE),
    name_missing(SENTENCE),
    missing(SENTENCE, "execution_code", "only who serves inside loses the benefit for that time"),
    missing(SENTENCE, "started_date", "benefits are held against the months of the sentence"),
    sex_differs(SENTENCE),
    after_cut_date(SENTENCE, "started_date"),
    after_cut_date(SENTENCE, "released_date"),
    out_of_order(SENTENCE, "started_date", "ended_date"),
    out_of_order(SENTENCE, "started_date", "released_date"),
    Rule(
        "released_after_end",
        "released_date > ended_date AND released_date <= delivery_cut_date",
        "warning",
        "nobody is held beyond the sentence; one of the two days is wrong",
        "“释放日期”晚于“刑期止日”,请核对",
        "'释放日期' lies after '刑期止日'",
    ),
)
TABLE_RULES = contract_table_rules(SENTENCE, RULES)
