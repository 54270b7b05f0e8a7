"""Which staged columns feed each clause of the plan, and docs/feeds.md, the page that says so.

`feeds.toml` is the declaration; `python -m pipelines.sources.feeds` writes the page, with `--check` it only says how the
page differs. Source: the ids of domain.md §1.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.pages import Page
from pipelines.settings import CHECKOUT
from pipelines.sources import STAGED
from pipelines.sources.base import SourceTable
from pipelines.sources.programme import CHECKLIST, ITEM

FILE = Path(__file__).with_name("feeds.toml")
PATH = CHECKOUT / "docs" / "feeds.md"
# The clauses of domain.md §1: letter, number of clauses, what they are about.
CHAPTERS = (
    ("G", 13, "总体要求", "goals"),
    ("E", 23, "就业", "employment"),
    ("K", 11, "技能", "skills"),
    ("I", 15, "社会保险", "social insurance"),
    ("H", 10, "人才人事", "talent, pay and civil service"),
    ("D", 8, "深度贫困地区", "deep-poverty villages"),
    ("O", 15, "组织保障", "organisation, data and deadlines"),
)

_INTRODUCTION = """\
# 条款与数据 · What feeds each clause

本文由 `python -m pipelines.sources.feeds` 按 `pipelines/sources/feeds.toml` 生成,请勿手工修改。This page is generated: do not
edit it.

方案每一条款由哪些入库表、哪些列提供数据;没有数据来源的,写明原因。表和列的含义见[数据字典](dictionary.md)。没有逐人登记的
事项由方案事项清单按“计划数、完成数”报送,括号内为清单事项代码。For every clause of the plan: the staged tables and columns that
feed it, or why no extract is named. What nobody registers person by person comes as an item of the programme's checklist,
planned against done.
"""


@dataclass(frozen=True)
class Feed:
    """One clause: staged table → columns, checklist items, or the reason why no extract is named.

    ValueError where it has both data and a reason, or neither, or names what does not exist.
    """

    id: str
    zh: str
    en: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: tuple[str, ...] = ()
    none: str = ""
    none_en: str = ""
    note: str = ""
    note_en: str = ""

    def __post_init__(self) -> None:
        if bool(self.columns or self.items) == bool(self.none and self.none_en):
            raise ValueError(f"{self.id}: either tables or items feed it, or a reason says why nothing does")
        for name, columns in self.columns.items():
            unknown = (
                sorted(set(columns) - {column.name for column in STAGED[name].columns}) if name in STAGED else [name]
            )
            if unknown or not columns:
                raise ValueError(f"{self.id}: {name} has no {', '.join(unknown) or 'columns named'}")
        if unknown := sorted(set(self.items) - set(CHECKLIST.codes)):
            raise ValueError(f"{self.id}: no checklist item {', '.join(unknown)}")

    @property
    def tables(self) -> tuple[SourceTable, ...]:
        """The staged tables that feed the clause, the checklist last."""
        own = tuple(STAGED[name] for name in self.columns)
        return own if not self.items or ITEM in own else (*own, ITEM)


def _feed(clause: str, raw: Mapping[str, Any]) -> Feed:
    columns = {f"staged_{name}": tuple(listed.split()) for name, listed in raw.get("feeds", {}).items()}
    words = {name: str(raw.get(name, "")) for name in ("zh", "en", "none", "none_en", "note", "note_en")}
    return Feed(id=clause, columns=columns, items=tuple(raw.get("items", ())), **words)


@lru_cache(maxsize=1)
def feeds() -> Mapping[str, Feed]:
    """Clause id → what feeds it, in the order of the plan."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {clause: _feed(clause, entry) for clause, entry in raw.items()}


def clauses() -> tuple[str, ...]:
    """Every id of domain.md §1."""
    return tuple(f"{letter}{number}" for letter, count, _, _ in CHAPTERS for number in range(1, count + 1))


def render() -> str:
    """The page as Markdown; the same text on every machine."""
    return "\n".join([_INTRODUCTION, *_chapters(), *_unused()]).rstrip() + "\n"


def _chapters() -> Iterator[str]:
    declared = feeds()
    for letter, count, zh, en in CHAPTERS:
        yield f"## {letter} {zh} · {en}\n"
        yield "| 条款 | 内容 · Clause | 数据来源 · Fed by |"
        yield "| --- | --- | --- |"
        for number in range(1, count + 1):
            feed = declared[f"{letter}{number}"]
            yield f"| {feed.id} | {feed.zh} · {feed.en} | {'<br>'.join(_sources(feed))} |"
        yield ""


def _sources(feed: Feed) -> Iterator[str]:
    if feed.none:
        yield f"无对应数据:{feed.none}。No extract named, because {feed.none_en}."
    for name, columns in feed.columns.items():
        listed = "、".join(f"`{column}`" for column in columns)
        yield f"[{STAGED[name].zh}](dictionary.md#{name}):{listed}"
    if feed.items:
        listed = "、".join(f"{CHECKLIST.labels[item]}({item})" for item in feed.items)
        yield f"[{ITEM.zh}](dictionary.md#{ITEM.name}):{listed}"
    if feed.note:
        yield f"{feed.note} · {feed.note_en}"


def _unused() -> Iterator[str]:
    """Tables and checklist items that stand in no clause: they serve checks, or sentences without an id."""
    used = {table.name for feed in feeds().values() for table in feed.tables}
    items = {item for feed in feeds().values() for item in feed.items}
    yield "## 其他 · What no clause names\n"
    tables = [f"[{table.zh}](dictionary.md#{table.name})" for table in STAGED.values() if table.name not in used]
    yield f"- 入库表 · Tables:{'、'.join(tables) or '无 · none'}"
    rest = [f"{label}({code})" for code, label in CHECKLIST.labels.items() if code not in items]
    yield f"- 清单事项(方案中没有编号的工作)· Checklist items of sentences without an id:{'、'.join(rest) or '无 · none'}"


_PAGE = Page(PATH, render)
write, check = _PAGE.write, _PAGE.check

if __name__ == "__main__":
    sys.exit(_PAGE.main(sys.argv[1:]))
