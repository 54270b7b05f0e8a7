"""Rules of civil affairs' assisted families. Source: domain.md §2.6."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import negative, out_of_order
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
        "assistance_missing",
        "NOT is_misshapen AND assistance_code IS NULL AND unread.assistance_code IS NULL",
        "warning",
        "without the kind of assistance the family counts neither as 低保 nor as 特困",
        "“救助类别”为空,工作表名称也没有写明,请补填",
        "'救助类别' is empty and the sheet's name does not say it; fill it in",
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
    out_of_order(FAMILY, "start_month", "stop_month"),
    Rule(
        "stopped",
        "stop_month <= strftime(delivery_cut_date, '%Y%m') AND (start_month IS NULL OR stop_month >= start_month)",
        "warning",
        "assistance that has ended is none on the cut date; the row says since when and is counted as ended",
        "“停保年月”不晚于数据截止日,该户已停保;请确认是否仍应列入名册",
        "'停保年月' is not after the cut date: the assistance has ended; does the family still belong on the list?",
    ),
    Rule(
        "support_of_others",
        "support_code IS NOT NULL AND assistance_code <> '03'",
        "warning",
        "only the destitute are supported in homes or scattered; one of the two codes is another family's",
        "填了“供养方式”,但“救助类别”不是特困,请核对",
        "'供养方式' is given, but the kind of assistance is not 特困",
    ),
    Rule(
        "class_of_destitute",
        "class_code IS NOT NULL AND assistance_code = '03'",
        "warning",
        "full, partial and A, B, C are classes of 低保; the premium subsidy depends on which it is",
        "“救助类别”是特困,不应填“保障类别”,请核对",
        "'保障类别' is a class of 低保, but the kind of assistance is 特困",
    ),
)
TABLE_RULES = contract_table_rules(FAMILY, RULES)
