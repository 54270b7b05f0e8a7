"""Rules of medical settlements. Source: domain.md §2.7, §1.3 (I13), §5.4 (C26)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative, numbers_differ, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.base import Type
from pipelines.sources.medical_insurance import SETTLEMENT

_AMOUNTS = [column.name for column in SETTLEMENT.columns if column.type is Type.AMOUNT]
_SHARES = [f"coalesce({name}, 0)" for name in _AMOUNTS if name != "total_amount"]
_ALL_SOUND = " AND ".join(f"coalesce({name}, 0) >= 0" for name in _AMOUNTS)

RULES = (
    *contract_rules(SETTLEMENT),
    *(negative(SETTLEMENT, name) for name in _AMOUNTS),
    name_missing(SETTLEMENT),
    missing(SETTLEMENT, "medical_type_code", "inpatient and outpatient settlements are measured apart"),
    missing(
        SETTLEMENT, "settled_date", "the day decides the quarter, and whether the person was insured and poor then"
    ),
    after_cut_date(SETTLEMENT, "settled_date"),
    out_of_order(SETTLEMENT, "admitted_date", "discharged_date"),
    Rule(
        "shares_above_total",
        f"{_ALL_SOUND} AND {' + '.join(_SHARES)} > total_amount + 1",
        "warning",
        "the layers and the person together pay the total (to the yuan); a share stands in the wrong column",
        "各项支付之和大于“medfee_sumamt”(医疗费总额),请核对各列",
        "the shares add up to more than 'medfee_sumamt' (total cost)",
    ),
    numbers_differ(SETTLEMENT),
)
TABLE_RULES = contract_table_rules(SETTLEMENT, RULES)
