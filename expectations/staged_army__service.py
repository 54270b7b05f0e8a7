"""Rules of soldiers and veterans. Source: domain.md §2.8, N06."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, out_of_order, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.army import SERVICE

RULES = (
    *contract_rules(SERVICE),
    name_missing(SERVICE),
    missing(SERVICE, "state_code", "only who is in service leaves the people that should be insured"),
    sex_differs(SERVICE),
    after_cut_date(SERVICE, "enlisted_date"),
    out_of_order(SERVICE, "enlisted_date", "discharged_date"),
    Rule(
        "discharged_in_service",
        "state_code = '1' AND discharged_date <= delivery_cut_date",
        "warning",
        "who was discharged should be insured again; state and day contradict each other",
        "“服役状态”为现役,但“退役日期”不晚于数据截止日,请核对",
        "'服役状态' says in service, '退役日期' is past",
    ),
)
TABLE_RULES = contract_table_rules(SERVICE, RULES)
