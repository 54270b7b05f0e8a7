"""The data dictionary, docs/dictionary.md: generated from the declarations, so that it cannot say anything else.

`python -m pipelines.dictionary` writes it; with `--check` it only says how the file differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pipelines.catalog import TABLES, Layer
from pipelines.catalog import Table as Declared
from pipelines.columns import COLUMNS, Shown
from pipelines.lake import columns_of
from pipelines.measures.catalogue import MEASURES, Measure
from pipelines.measures.parameters import Parameter, of_product
from pipelines.pages import Page
from pipelines.settings import CHECKOUT
from pipelines.sources import SOURCES
from pipelines.sources.base import (
    ALL_QUARTERS,
    Cadence,
    CodeList,
    Column,
    Format,
    Layout,
    Personal,
    Source,
    SourceTable,
    TimeNature,
    Type,
)
from pipelines.warehouse import schema

PATH = CHECKOUT / "docs" / "dictionary.md"

_CADENCE = {Cadence.MONTH: "每月", Cadence.QUARTER: "每季度", Cadence.TERM: "每学期", Cadence.YEAR: "每年"}
_TIME = {
    TimeNature.STATE: "时点", TimeNature.QUARTER: "本期", TimeNature.YEAR: "本年累计",
    TimeNature.SINCE_2018: "2018年以来累计",
}  # fmt: skip
_FORMAT = {
    Format.CSV_GB18030: "CSV(GB18030)", Format.CSV_UTF8: "CSV(UTF-8)", Format.CSV_UTF8_BOM: "CSV(UTF-8,带 BOM)",
    Format.XLSX: "XLSX",
}  # fmt: skip
_TYPE = {
    Type.TEXT: "文本", Type.NAME: "姓名", Type.ID_NUMBER: "证件号码", Type.DATE: "日期", Type.MONTH: "年月",
    Type.SCHOOL_YEAR: "学年", Type.INTEGER: "整数", Type.AMOUNT: "金额", Type.CODE: "代码", Type.FLAG: "是否",
}  # fmt: skip
_PERSONAL = {
    Personal.NONE: "", Personal.NAME: "姓名", Personal.ID_NUMBER: "证件号码", Personal.CONTACT: "联系方式",
    Personal.SENSITIVE: "敏感", Personal.QUASI: "间接标识",
}  # fmt: skip
_CERTAINTY = {"S": "标准或文件写明", "H": "多处佐证", "M": "仅一处实例", "L": "推断重建", "D": "本产品的设计"}
_VALUE = {"True": "是", "False": "否"}
_SHOWN = {Shown.OPEN: "", Shown.PSEUDONYM: "假名", Shown.MASKED: "遮盖", Shown.ABSENT: "不出湖"}
_STEP = {"ingest": "入库", "link": "关联", "measure": "计算", "compare": "比对"}

_INTRODUCTION = f"""\
# 数据字典 · Data dictionary

本文由 `python -m pipelines.dictionary` 按代码中的声明生成,请勿手工修改。This page is generated from the declarations in
the code: do not edit it.

- **类型**为数据湖(DuckDB)中的类型;集市表在 PostgreSQL 中用对应类型。
- **个人信息**:{"、".join(f"{zh} (`{kind}`)" for kind, zh in _PERSONAL.items() if zh)};空白为非个人信息。
- **对外**(核心表、集市表):假名 仓库和名单中以假名代替(`pseudonym`);遮盖 不进仓库,名单中遮去中段(`masked`);不出湖 不进仓库,名单中只用来指明是谁(`absent`);空白照原样。
- **把握**(代码表、参数):{";".join(f"{mark} {zh}" for mark, zh in _CERTAINTY.items())}。
- **必填**:★ 为记录的键,缺失则整行隔离;(可缺列)表示文件可以没有该列。
"""


def render() -> str:
    """The whole dictionary as Markdown; the same text on every machine."""
    return (
        "\n".join(
            [_INTRODUCTION, *_contents(), *_systems(), *_layers(), *_measures(), *_parameters(), *_history()]
        ).rstrip()
        + "\n"
    )


_PAGE = Page(PATH, render)
write, check = _PAGE.write, _PAGE.check


def _contents() -> Iterator[str]:
    yield "## 目录 · Contents\n"
    yield "1. [报送系统与入库表](#报送系统与入库表--systems-and-staged-tables)"
    for source in SOURCES.values():
        tables = "、".join(f"[{table.zh}](#{table.name})" for table in source.tables)
        yield f"   - {source.zh}:{tables}"
    yield "2. [核心表](#核心表--core-tables)"
    yield "3. [集市表](#集市表--mart-tables)"
    yield "4. [指标](#指标--measures)"
    yield "5. [政策参数](#政策参数--policy-parameters)"
    yield "6. [台账与发布](#台账与发布--ledger-and-releases)\n"


def _systems() -> Iterator[str]:
    yield "## 报送系统与入库表 · Systems and staged tables\n"
    for source in SOURCES.values():
        yield from _system(source)


def _system(source: Source) -> Iterator[str]:
    yield f"### {source.zh} · {source.en}\n"
    owners = "、".join(f"{owner.zh}({owner.since}—{owner.until or '今'})" for owner in source.owners)
    yield f"- 系统:`{source.name}`({source.code});责任单位:{owners}"
    need = "必需" if source.required else "可缺"
    scope = {"city": "设区市", "province": "全省"}.get(source.split, source.split)
    due = "未约定报送,有则采用" if not source.due_in else "、".join(f"第{number}季度" for number in source.due_in)
    due = "每季度" if source.due_in == ALL_QUARTERS else due
    yield (
        f"- 报送:{_CADENCE[source.cadence]},按{scope};应报:{due};季末后 {source.due_days} 日内;{need};"
        f"一批数据管用 {source.valid_quarters} 个季度\n"
    )
    for table in source.tables:
        yield from _staged(table)


def _staged(table: SourceTable) -> Iterator[str]:
    yield f'<a id="{table.name}"></a>\n'
    yield f"#### {table.zh} · `{table.name}`\n"
    when = f";所属期以 `{table.dated_by}` 为准" if table.dated_by else ""
    rarely = ";本表可不随批报送" if table.optional else ""
    yield (
        f"{table.grain}。时间性质:{_TIME[table.time]}{when}{rarely}。"
        f"通常的文件:{table.file_stem},{_FORMAT[table.format]}。\n"
    )
    if table.named_by:
        names = "、".join(f"“{table.column(name).header}”" for name in table.named_by)
        yield f"没有区划代码时,按 {names} 查出代码。\n"
    for layout in table.layouts:
        yield from _layout(table, layout)
    yield from _rows(
        ("列", "中文名", "表头(别名)", "类型", "代码表", "个人信息", "必填", "English"),
        (_staged_column(table, column) for column in table.columns),
    )
    added = [name for name in table.staged if all(name not in column.staged for column in table.columns)]
    yield f"入库时另加:{'、'.join(f'`{name}`' for name in added)}、`broken_rules`(所违反的规则)。\n"
    codes = {column.codes.name: column.codes for column in table.columns if column.codes}
    for listed in codes.values():
        yield from _codes(listed)


def _layout(table: SourceTable, layout: Layout) -> Iterator[str]:
    days = f"{layout.since or '起'}—{layout.until or '今'}"
    headers = "、".join(f"{'/'.join(names)} → `{column}`" for column, names in layout.headers.items())
    yield f"另一套表头 **{layout.zh}**(`{layout.name}`,{days}):{headers}\n"
    for listed in layout.codes.values():
        yield from _codes(listed)


def _staged_column(table: SourceTable, column: Column) -> tuple[str, ...]:
    names = "、".join(f"`{name}`" for name in column.staged)
    kinds = "、".join(dict.fromkeys(column.staged.values()))
    header = column.header + (f"({'、'.join(column.aliases)})" if column.aliases else "")
    need = "★" if column.name in table.key else "(可缺列)" if column.optional else ""
    zh = column.zh + (f"({column.unit})" if column.unit else "")
    codes = column.codes.zh if column.codes else ""
    return names, zh, header, f"{_TYPE[column.type]} {kinds}", codes, _PERSONAL[column.personal], need, column.en


def _codes(listed: CodeList) -> Iterator[str]:
    yield f"代码表 **{listed.zh}**(`{listed.name}`,把握 {listed.certainty},来源 {listed.source}):"
    text = "、".join(f"`{code}` {label}" for code, label in listed.labels.items())
    if listed.also:
        text += ";也写作:" + "、".join(f"{word} → `{code}`" for word, code in listed.also.items())
    if listed.since or listed.until:
        text += f";使用期:{listed.since or '起'}—{listed.until or '今'}"
    yield text + "\n"


def _layers() -> Iterator[str]:
    yield from _layer("core", "## 核心表 · Core tables\n")
    yield from _layer("checks", "## 核对表 · Cross-check tables\n")
    yield from _layer("mart", "## 集市表 · Mart tables\n")
    yield from _layer("bi", "## 对外统计表 · Tables that may leave the department\n")
    yield (
        "读者查询 `mart.<表>`、`bi.<表>`(各季度现行一代,首列 `release` 为发布号);`generation.<表>` 另存上一代,可按发布号查询。"
        "没有季度列的表只显示最近一季度的一份。\n"
    )


def _layer(layer: Layer, title: str) -> Iterator[str]:
    yield title
    for table in TABLES.values():
        if table.layer == layer:
            yield from _table(table)


def _table(table: Declared) -> Iterator[str]:
    yield f"### {table.zh} · `{table.name}`\n"
    keys = "、".join(f"`{key}`" for key in table.keys)
    yield f"{table.grain}。键:{keys}。步骤:{_STEP[table.step]}(`{table.step}`,`{table.owner}`)。\n"
    yield from _rows(
        ("列", "中文名", "类型", "对外", "English"),
        (
            (f"`{name}`", COLUMNS[name].zh, kind, _SHOWN[COLUMNS[name].shown], COLUMNS[name].en)
            for name, kind in columns_of(table.name).items()
        ),
    )


def _measures() -> Iterator[str]:
    yield "## 指标 · Measures\n"
    yield from _rows(
        ("代码", "指标", "分子", "分母", "条款", "责任处室", "所需系统", "English"), (_measure(one) for one in MEASURES)
    )


def _measure(measure: Measure) -> tuple[str, ...]:
    systems = "、".join(SOURCES[system].zh for system in measure.systems)
    return (
        measure.code, measure.zh, measure.numerator, measure.denominator, measure.clause, measure.office, systems,
        measure.en,
    )  # fmt: skip


def _parameters() -> Iterator[str]:
    yield "## 政策参数 · Policy parameters\n"
    yield (
        "产品自带的值;各地在 `reference/parameters.toml` 中另定(见 [runbook.md](runbook.md))。**范围**:县 按人员所在县区取最近一级,省 全省一个值。"
        "尚未使用的注明将由哪项核对、指标使用。\n"
    )
    yield from _rows(
        ("参数", "名称", "值", "单位", "范围", "依据", "把握", "将用于", "English"),
        (_parameter(name, one) for name, one in of_product().items()),
    )


def _parameter(name: str, one: Parameter) -> tuple[str, ...]:
    values = [_VALUE.get(str(one.value), str(one.value))] if one.value is not None else []
    values += [f"{entry.region}: {entry.value}({entry.since or ''}—{entry.until or '今'})" for entry in one.entries]
    place = {"county": "县", "province": "省"}[one.by]
    return (
        f"`{name}`", one.zh, ";".join(values) or "未定", one.unit, place, one.source, one.certainty, "、".join(one.used_for), one.en,
    )  # fmt: skip


def _history() -> Iterator[str]:
    yield "## 台账与发布 · Ledger and releases\n"
    for table in sorted(schema.metadata.tables.values(), key=lambda one: one.name):
        yield f"### {table.comment} · `{table.schema}.{table.name}`\n"
        yield from _rows(("列", "中文名", "类型", "可空"), (_history_column(column) for column in table.columns))


def _history_column(column: sa.Column[object]) -> tuple[str, ...]:
    kind = column.type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]
    return f"`{column.name}`", column.comment or "", kind, "是" if column.nullable else ""


def _rows(header: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield _row(header)
    yield _row(["---"] * len(header))
    yield from (_row(row) for row in rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(_PAGE.main(sys.argv[1:]))
