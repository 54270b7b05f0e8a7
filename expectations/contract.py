"""Rules that follow from a table's declaration: shape, keys, types, codes, region, scope, ID numbers.

Predicates look at typed rows (pipelines.deliveries.staging says which columns they have beyond the staged ones). A
misshapen row has no cells, so every rule that looks for absence leaves it to `row_shape`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.deliveries.cells import is_fallible, literal, quoted
from pipelines.identity.id_numbers import OTHER_DOCUMENTS
from pipelines.quality.rules import Rule, TableRule
from pipelines.sources.base import Column, SourceTable, Type

HALF = 2
# A file pasted twice repeats every key; a clerk's slip repeats a few.
REPEATED_SHARE, REPEATED_ROWS = 20, 20
_DAMAGED = "[0-9]([.][0-9]+)?[Ee][+]?[0-9]{1,3}"

_READ_AS: dict[Type, tuple[str, str]] = {
    Type.DATE: ("不是能识别的日期,请写成 2018-09-30", "is no date; write it like 2018-09-30"),
    Type.MONTH: ("不是能识别的年月,请写成 201809", "is no month; write it like 201809"),
    Type.SCHOOL_YEAR: ("不是能识别的学年,请写成 2018-2019", "is no school year; write it like 2018-2019"),
    Type.INTEGER: ("不是整数,请只填数字", "is no whole number; digits only"),
    Type.AMOUNT: ("不是金额,请以元为单位只填数字,如 1234.50", "is no amount; a number in yuan, such as 1234.50"),
    Type.FLAG: ("不是“是/否”,请填 是 或 否", "is neither yes nor no; write 是 or 否"),
}


def contract_rules(table: SourceTable) -> tuple[Rule, ...]:
    """The row rules that a declaration implies."""
    rules = [
        Rule(
            "row_shape",
            "is_misshapen",
            "critical",
            "cells of such a line cannot be told apart, so none of them can be trusted",
            "这一行的列数与表头不符(常见原因:单元格里有逗号或换行,或引号没有成对),请改正后重报",
            "the line has more or fewer cells than the header (a comma, a line break or a lone quotation mark in a cell)",
        )
    ]
    for name in table.key:
        if name != table.county:  # an empty or damaged county breaks `region_code`
            rules.extend(_key_rules(table.column(name)))
    rules.extend(_place_rules(table))
    rules.extend(_unread_rule(column) for column in table.columns if is_fallible(column))
    if table.unique:
        rules.append(_repeated(table))
    for column in table.columns:
        if column.type is Type.ID_NUMBER:
            rules.extend(_id_rules(table, column))
    return tuple(rules)


def _key_rules(column: Column) -> Iterator[Rule]:
    name = quoted(column.name)
    absent = f"{name} IS NULL"
    if is_fallible(column):
        absent += f" AND unread.{name} IS NULL"
    yield Rule(
        f"{column.name}_missing",
        f"NOT is_misshapen AND {absent}",
        "critical",
        "without its key a row cannot be told from another, corrected or followed over time",
        f"“{column.header}”({column.zh})为空,请补填",
        f"'{column.header}' ({column.en}) is empty; fill it in",
    )
    if column.type is Type.TEXT:
        yield Rule(
            f"{column.name}_excel_damage",
            # Few cells have the letter: to look for it costs a third of the pattern, and CASE keeps that order.
            f"CASE WHEN contains({name}, 'E') OR contains({name}, 'e') THEN regexp_full_match({name}, {literal(_DAMAGED)})"
            " ELSE false END",
            "critical",
            "a spreadsheet has replaced the last digits, so different rows share one key",
            f"“{column.header}”({column.zh})被表格软件改成了科学计数法,后几位已丢失;请把该列设为“文本”后从原系统重新导出",
            f"'{column.header}' ({column.en}) was turned into a number and lost digits; export it again as text",
        )


def _place_rules(table: SourceTable) -> Iterator[Rule]:
    column = table.column(table.county)
    yield Rule(
        "region_code",
        "NOT is_misshapen AND county_code IS NULL",
        "critical",
        "without a county a row belongs to nobody's scope and nobody's list",
        f"“{column.header}”({column.zh})为空,或不是6、9、12位数字、也不是认得出的县(市、区)名称,请按区划代码填写",
        f"'{column.header}' ({column.en}) is empty, or neither 6, 9 or 12 digits nor the name of a county that is known;"
        " write the region code",
    )
    yield Rule(
        "out_of_scope",
        "NOT is_in_scope",
        "critical",
        "rows outside a delivery's scope would count beside those of the county's own delivery",
        f"“{column.header}”({column.zh})所在县区不在本批次的报送范围内,请由该县区报送,或改正代码、扩大清单的范围",
        f"the county in '{column.header}' is outside this delivery's scope; correct the code or the scope",
    )


def _unread_rule(column: Column) -> Rule:
    name = quoted(column.name)
    if column.type is Type.CODE:
        assert column.codes is not None
        known = "、".join(f"{code} {label}" for code, label in column.codes.labels.items())
        return Rule(
            f"{column.name}_unknown",
            f"unread IS NOT NULL AND unread.{name} IS NOT NULL",
            "critical",
            "a code without a meaning would silently fall out of every measure that reads it",
            f"“{column.header}”({column.zh})的取值不在代码表中,可填:{known}",
            f"'{column.header}' ({column.en}) is none of the known codes: {', '.join(column.codes.codes)}",
        )
    zh, en = _READ_AS[column.type]
    return Rule(
        f"{column.name}_unreadable",
        f"unread IS NOT NULL AND unread.{name} IS NOT NULL",
        "critical",
        "a value that cannot be read would count as absent",
        f"“{column.header}”({column.zh}){zh}",
        f"'{column.header}' ({column.en}) {en}",
    )


def _repeated(table: SourceTable) -> Rule:
    headers = "、".join(f"“{table.column(name).header}”" for name in table.key)
    return Rule(
        "key_repeated",
        "key_repeats > 0",
        "critical",
        "a person or record that stands twice would count twice; the first row stays",
        f"{headers}与前面的行重复,已保留第一行;请核对后删除重复或改正编号",
        f"{', '.join(table.key)} repeats an earlier row, which stays; delete one or correct the number",
    )


def _id_rules(table: SourceTable, column: Column) -> Iterator[Rule]:
    klass = quoted(column.klass)
    holder = next((c for c in table.columns if c.name == column.name.replace("id_number", "name")), None)
    present = f" AND {quoted(holder.name)} IS NOT NULL" if holder else ""
    of = f"“{column.header}”({column.zh})"
    cases = (
        ("missing", f"{klass} = 'missing'{present}", "为空,请补填,以便与其他系统核对",
         "is empty; fill it in so that the person can be found elsewhere"),
        ("excel_damage", f"{klass} = 'excel_damage'", "被表格软件改成了数字,后几位已丢失;请把该列设为“文本”后从原系统重新导出",
         "was turned into a number and lost digits; export it again as text"),
        ("temporary", f"{klass} = 'temporary'", "是999开头的临时号码,请换成身份证号码",
         "is a temporary number (999…); replace it with the ID number"),
        ("invalid", f"{klass} IN ('length', 'characters', 'date', 'checksum', 'placeholder')",
         "不是有效的号码(位数、字符、出生日期或校验位不对),请对照证件核对",
         "is no valid number (length, characters, birth date or check character); compare it with the document"),
        ("other_document", f"{klass} IN ({', '.join(map(literal, OTHER_DOCUMENTS))})",
         "是通行证、护照或旧版永久居留证的号码,不能据以核对;本人有居民身份证、港澳台居民居住证或新版永久居留身份证的,请改填",
         "is the number of a travel permit, passport or old residence card, which nobody can be found by; give the number of"
         " an identity card or residence permit where there is one"),
        ("born_later", f"substr({quoted(column.key)}, 7, 8) > strftime(delivery_cut_date, '%Y%m%d')",
         "中的出生日期晚于数据截止日,请对照证件核对", "gives a birth date after the cut date; compare it with the document"),
    )  # fmt: skip
    for ending, predicate, zh, en in cases:
        yield Rule(
            f"{column.name}_{ending}",
            predicate,
            "warning",
            "the person stays but cannot be linked by number; nobody is dropped for a bad ID (domain.md §3.1)",
            f"{of}{zh}",
            f"'{column.header}' ({column.en}) {en}",
        )


def contract_table_rules(table: SourceTable, rules: Sequence[Rule]) -> tuple[TableRule, ...]:
    """The rules on a delivery as a whole that hold for every table; `rules` are the table's row rules."""
    critical = ", ".join(literal(rule.rule_id) for rule in rules if rule.severity == "critical")
    quarantined = f"count(*) FILTER (WHERE list_has_any(broken_rules, [{critical}]))"
    found = [
        TableRule(
            "no_rows",
            "SELECT 1 FROM (SELECT count(*) AS n FROM {table}) WHERE n = 0",
            "critical",
            "an empty file would make everyone in its scope disappear",
            "文件里没有数据行,请检查导出条件后重新报送",
            "the file holds no rows; check the export and send it again",
        ),
        TableRule(
            "mostly_quarantined",
            f"SELECT 1 FROM (SELECT count(*) AS n, {quarantined} AS bad FROM {{table}}) WHERE bad * {HALF} > n",
            "critical",
            "what is left of such a file is no picture of its counties",
            "一半以上的行不合要求,整批停用;多半是列错位、范围写错或导出有误,请检查后重新报送",
            "more than half of the rows break a critical rule; columns may have moved or the scope may be wrong",
        ),
    ]
    if table.unique:
        found.append(
            TableRule(
                "many_repeated",
                "SELECT 1 FROM (SELECT count(*) AS n, count(*) FILTER (WHERE key_repeats > 0) AS again FROM {table})"
                f" WHERE again >= {REPEATED_ROWS} AND again * {REPEATED_SHARE} > n",
                "critical",
                "so many repeated keys mean that the file was pasted together twice, perhaps from two dates",
                "重复的编号超过5%,可能把数据粘贴了两遍,请检查后重新报送",
                "more than 5 % of the keys repeat; the data may have been pasted twice",
            )
        )
    return tuple(found)
