"""Rules of participation in basic medical insurance. Source: domain.md §2.7."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import (
    after_cut_date,
    birth_date_differs,
    missing,
    name_missing,
    numbers_differ,
    out_of_order,
    sex_differs,
)
from pipelines.quality.rules import Rule
from pipelines.sources.medical_insurance import PARTICIPATION

RULES = (
    *contract_rules(PARTICIPATION),
    name_missing(PARTICIPATION),
    after_cut_date(PARTICIPATION, "joined_date"),
    missing(PARTICIPATION, "state_code", "without a state the row does not show whether the person is insured"),
    Rule(
        "mark_contradicts_identity",
        "has_poor_mark = (identity_code <> '3')",
        "warning",
        "the identity decides which layers pay: one of the two columns says registered poor, the other does not",
        "贫困人口身份标识与“psn_idet_type”(人员身份类别)不一致,请核对",
        "the flag for the registered poor and 'psn_idet_type' contradict each other",
    ),
    out_of_order(PARTICIPATION, "identity_since", "identity_until"),
    sex_differs(PARTICIPATION),
    birth_date_differs(PARTICIPATION),
    numbers_differ(PARTICIPATION),
)
TABLE_RULES = contract_table_rules(PARTICIPATION, RULES)
