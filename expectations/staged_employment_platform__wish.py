"""Rules of what people wish for. Source: domain.md §1.1 E11, §1.2 G9, §2.3."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.base import Type
from pipelines.sources.employment_platform import WISH

_WISHES = tuple(column.name for column in WISH.columns if column.type is Type.FLAG)
_NONE = " AND ".join(f"{name} IS NULL AND unread.{name} IS NULL" for name in _WISHES)

RULES = (
    *contract_rules(WISH),
    negative(WISH, "wished_wage_amount"),
    name_missing(WISH),
    after_cut_date(WISH, "asked_date"),
    Rule(
        "nothing_asked",
        f"NOT is_misshapen AND {_NONE}",
        "warning",
        "a wish that was not asked for is not the wish for nothing: the person counts as unknown",
        "各项意愿均为空,请按调查结果填写 是 或 否",
        "no wish is given; write 是 or 否 as the person answered",
    ),
)
TABLE_RULES = contract_table_rules(WISH, RULES)
