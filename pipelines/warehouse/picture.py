"""The warehouse in pictures, docs/warehouse.md: its tables and what refers to what, generated from the declarations.

`python -m pipelines.warehouse.picture` writes it; with `--check` it only says how the file differs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pipelines.pages import Page
from pipelines.settings import CHECKOUT
from pipelines.warehouse import references, schema
from pipelines.warehouse.marts import Mart, marts, postgres_type
from pipelines.warehouse.references import Reference

PATH = CHECKOUT / "docs" / "warehouse.md"

_INTRODUCTION = """\
# 仓库 · The warehouse

本文由 `python -m pipelines.warehouse.picture` 按代码中的声明生成,请勿手工修改。This page is generated from the declarations in the
code: do not edit it. 每一列的含义见[数据字典](dictionary.md),谁能看什么见 [security.md](security.md)。Every column is explained in the
[data dictionary](dictionary.md), who sees what in [security.md](security.md).

## 各模式 · Schemas

| 模式 schema | 内容 what | 给谁 for whom |
| --- | --- | --- |
| `bi` | 披露控制后的统计数和名称 · figures after disclosure control, and names | BI 工具、各级机构 · BI tools, offices |
| `mart` | 比对结果:统计数、人员、疑点 · results: counts, people, cases | 省、市、县,各看本辖区 · province, city, county, each its own region |
| `generation` | `mart`、`bi` 各表的每一代,按发布号分区 · every generation of these tables, a partition each | 只供流程 · the pipeline alone |
| `ops` | 报送、入库、发布、告警的台账 · ledger of deliveries, staging, releases, incidents | 运维、审计 · operators, auditors |
| `casework` | 同一人核定、名单导出登记 · decisions on who is who, log of exported lists | 流程;导出登记供审计 · the pipeline; the log for auditors |
| `access` | 授权与查阅登记 · who may see what, who read what | 审计 · auditors |
| `ref` | 参考数据 · reference data | {ref} |

`mart`、`bi` 按目录(`pipelines/catalog.py`)建,声明变了就按声明改建;其余各模式由迁移(`pipelines/warehouse/migrations`)建,只增改、不重建。
`mart` and `bi` are built from the catalogue, anew where it changes; the other schemas hold history and are only ever migrated.

## 历史如何保留 · How history is kept

每次计算一个季度得一个发布号(`ops.release`,记录全部输入)。`ops.current_release` 每季度一行,指向读者所见的一代;发布就是移动这个指针,
读者要么看到旧的一代,要么看到新的一代。`mart`、`bi` 的视图只取指针所指的行,首列 `release` 即发布号;上一代留在 `generation`,更早的逐步删除。
没有 `quarter` 列的表(指标、核对目录)只显示最近一季度的一份。

Each computation of a quarter is a numbered release (`ops.release`, with all that went in). `ops.current_release` has a row a quarter and
points to the generation that readers see; to publish is to move it, so a reader sees the old generation or the new, whole. The views of
`mart` and `bi` show the rows pointed to, their first column `release` says which; the generation before stays in `generation`, older ones
leave. Tables without a `quarter` (the catalogues) show the latest quarter's.

## 如何关联 · How to join

视图没有外键,BI 工具不会自动认出关系:请按下表设置,都是多对一或一对一。图中 PK 为主键(一个季度、一次发布之内),FK 为指向另一表的列,`o|` 表示可以为空或查无。
只能按单列关联的工具,先把几列拼成一列,例如 `quarter || ':' || region_code`。同一区划代码在不同季度可能含义不同,所以按 `quarter` 和代码一起关联;本季度内撤销的区划只在变化表中出现,名称见上一季度。

Views have no foreign keys, so no BI tool finds the relations by itself: set them as listed; a row finds one row, or none. PK marks the key (within a
quarter's release), FK a column that refers to another table; `o|` that it may be empty or find nothing. A tool that joins by one column
only needs them put together, such as `quarter || ':' || region_code`. A region's code may mean another region in another quarter: join by
`quarter` and code. A region that ended in the quarter is only in tables of changes; its name stands in the quarter before.
"""


@dataclass(frozen=True)
class _Box:
    """A table as it is drawn: columns name to type and comment, the primary key, columns that are always there."""

    name: str
    zh: str
    columns: dict[str, tuple[str, str]]
    keys: tuple[str, ...]
    required: frozenset[str]


def render() -> str:
    """The whole page as Markdown; the same text on every machine."""
    declared, history = marts(), tuple(_of_history(table) for table in schema.metadata.sorted_tables)
    links = references.published(declared)
    is_empty = not any(box.name.startswith("ref.") for box in history)
    ref = "尚无表 · no table yet" if is_empty else "见图 · see the picture"
    bi, mart = ([_published(one) for one in declared if one.name.startswith(layer)] for layer in ("bi_", "mart_"))
    lines = [
        _INTRODUCTION.format(ref=ref),
        *_joins("bi", links),
        *_joins("mart", links),
        "## 对外统计 · Figures for BI tools: `bi`\n",
        *_picture(bi, links),
        "## 结果 · Results: `mart`\n",
        "图中只列主键和外键;季度另对应 `bi_period`。Keys only; `quarter` refers to `bi_period` as well.\n",
        *_picture(mart, [link for link in links if link.to != "bi_period"], only_keys=True),
        "## 台账、核定与授权 · Ledger, decisions and access\n",
        "图中只列主键和外键。Keys only.\n",
        *_picture(history, references.of_history(), only_keys=True),
    ]
    return "\n".join(lines).rstrip() + "\n"


_PAGE = Page(PATH, render)
write, check = _PAGE.write, _PAGE.check


def _published(mart: Mart) -> _Box:
    columns = {name: (_type(postgres_type(kind)), _short(mart.comments[name])) for name, kind in mart.columns.items()}
    return _Box(mart.name, mart.zh, columns, mart.keys, frozenset(mart.keys))


def _of_history(table: sa.Table) -> _Box:
    columns = {column.name: (_type(column.type), _short(column.comment or "")) for column in table.columns}
    required = frozenset(column.name for column in table.columns if not column.nullable)
    return _Box(table.fullname, _short(table.comment or ""), columns, tuple(table.primary_key.columns.keys()), required)


def _type(kind: sa.types.TypeEngine[object]) -> str:
    said = kind.compile(postgresql.dialect()).lower()  # type: ignore[no-untyped-call]
    return re.sub(r"\(.*\)", "", said).replace("timestamp with time zone", "timestamptz").replace(" ", "_")


def _joins(layer: str, links: Iterable[Reference]) -> Iterator[str]:
    tables: dict[tuple[str, ...], list[str]] = {}
    for link in links:
        if link.table.startswith(f"{layer}_"):
            tables.setdefault((*link.columns, "→", link.to, *link.keys), []).append(f"`{link.table}`")
    yield f"| `{layer}` 中的表 tables | 列 columns | 对应 refer to |"
    yield "| --- | --- | --- |"
    for said, names in tables.items():
        here, there = said[: said.index("→")], said[said.index("→") + 1 :]
        keys = "" if there[1:] == here else f"({', '.join(there[1:])})"
        yield f"| {'、'.join(names)} | {', '.join(here)} | `{there[0]}`{keys} |"
    yield ""


def _picture(boxes: Iterable[_Box], links: Iterable[Reference], *, only_keys: bool = False) -> Iterator[str]:
    drawn = {box.name: box for box in boxes}
    shown = [link for link in links if link.table in drawn and link.to in drawn]
    yield "```mermaid\nerDiagram"
    for link in shown:
        yield f'    {_name(link.table)} {_ends(drawn[link.table], link)} {_name(link.to)} : "{", ".join(link.columns)}"'
    for box in drawn.values():
        foreign = {column for link in shown if link.table == box.name for column in link.columns}
        yield f'    {_name(box.name)}["{box.name} {box.zh}"] {{'
        for name, (kind, zh) in box.columns.items():
            marks = ", ".join(mark for mark, group in (("PK", box.keys), ("FK", foreign)) if name in group)
            if marks or not only_keys:
                yield f'        {kind} {name} {marks + " " if marks else ""}"{zh}"'
        yield "    }"
    yield "```\n"


def _ends(box: _Box, link: Reference) -> str:
    many = "|o" if set(box.keys) <= set(link.columns) else "}o"
    one = "||" if set(link.columns) <= box.required and not link.may_miss else "o|"
    return f"{many}--{one}"


def _short(comment: str) -> str:
    """What it is, without the codes that may stand there: the dictionary says those."""
    return re.split("[::]", comment)[0]


def _name(table: str) -> str:
    return table.replace(".", "_")


if __name__ == "__main__":
    sys.exit(_PAGE.main(sys.argv[1:]))
