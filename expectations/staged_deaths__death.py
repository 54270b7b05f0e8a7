"""Rules of reported deaths. Source: domain.md §2.8, §5.3, C08."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, out_of_order, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.deaths import DEATH

RULES = (
    *contract_rules(DEATH),
    name_missing(DEATH),
    missing(DEATH, "death_date", "benefits stop the month after a death: without its day nothing can be reclaimed"),
    sex_differs(DEATH),
    after_cut_date(DEATH, "death_date"),
    out_of_order(DEATH, "death_date", "cremated_date"),
    out_of_order(DEATH, "death_date", "cancelled_date"),
    Rule(
        "died_before_birth",
        "strftime(death_date, '%Y%m%d') < substr(id_key, 7, 8)"
        " AND substr(id_key, 7, 8) <= strftime(delivery_cut_date, '%Y%m%d')",
        "warning",
        "the death of one person stands beside the number of another, who may be alive",
        "“死亡日期”早于证件号码中的出生日期,可能填了他人的号码,请核对",
        "'死亡日期' lies before the birth date in the ID number, which may be another person's",
    ),
)
TABLE_RULES = contract_table_rules(DEATH, RULES)
