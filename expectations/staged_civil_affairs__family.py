"""Rules of civil affairs' assisted families. Source: domain.md §2.6."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import negative
from pipelines.quality.rules import Rule
from pipelines.sources.civil_affairs import FAMILY, MEMBERS

_MEMBERS = range(1, MEMBERS + 1)
_NAMED = " + ".join(f"CASE WHEN name_{n} IS NULL THEN 0 ELSE 1 END" for n in _MEMBERS)
_NAMELESS = " OR ".join(f"(name_{n} IS NULL AND id_number_{n} IS NOT NULL)" for n in _MEMBERS)
_EMPTY = " AND ".join(f"name_{n} IS NULL AND id_number_{n} IS NULL" for n in _MEMBERS)

RULES = (
    *contract_rules(FAMILY),
    negative(FAMILY, "monthly_amount"),
    Rule(
        "no_member",
        f"NOT is_misshapen AND {_EMPTY}",
        "critical",
        "a family without a person gives assistance to nobody",
        "没有填写任何保障对象,请填写姓名和身份证号",
        "no member is given; write names and ID numbers",
    ),
    Rule(
        "number_without_name",
        f"NOT is_misshapen AND ({_NAMELESS})",
        "warning",
        "a number alone never makes a match: without a name the person cannot be linked",
        "有身份证号但没有姓名,请补填姓名",
        "an ID number stands without a name; fill the name in",
    ),
    Rule(
        "members_differ",
        f"covered_members < {_NAMED}",
        "warning",
        "more people are named than are covered: some of them no longer belong here",
        "“保障人口”少于填写的保障对象人数,请核对",
        "'保障人口' is lower than the number of people named",
    ),
    Rule(
        "start_month_later",
        "start_month <> '999912' AND start_month > strftime(delivery_cut_date, '%Y%m')",
        "warning",
        "what begins after the cut date is not yet true in this quarter",
        "“起始年月”晚于数据截止日,请核对",
        "'起始年月' lies after the cut date",
    ),
)
TABLE_RULES = contract_table_rules(FAMILY, RULES)
