"""What answers each clause of the plan and each population, and docs/plan.md, the page that says so.

`plan.toml` is the declaration; `python -m pipelines.measures.plan` writes the page, with `--check` it only says how the
page differs. Whether an answer is computed is asked of the catalogues. Source: the ids of domain.md §1.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pipelines.catalog import TABLES
from pipelines.measures import checks
from pipelines.measures.catalogue import MEASURES, Measure
from pipelines.measures.figures import FIGURES, Figure
from pipelines.measures.waiting import WAITING, Waiting
from pipelines.pages import Page
from pipelines.settings import CHECKOUT
from pipelines.sources.feeds import CHAPTERS, feeds
from pipelines.sources.programme import CHECKLIST, ITEM

FILE = Path(__file__).with_name("plan.toml")
PATH = CHECKOUT / "docs" / "plan.md"
KINDS = {
    "M": "指标", "L": "名单", "F": "数据交换", "T": "目标、时限", "R": "规则", "P": "人群", "D": "分类、台账", "N": "叙述",
}  # fmt: skip
State = Literal["computed", "declared", "staged", "checklist", "missing", "narrative"]
_HEADINGS: dict[State, str] = {
    "computed": "已计算、在用 · computed, in use",
    "declared": "已列入、尚未计算 · declared, not computed yet",
    "staged": "数据已入库、尚未单独计数 · data staged, not counted by themselves yet",
    "checklist": "方案事项清单 · checklist",
    "missing": "尚缺 · still missing",
    "narrative": "叙述,因为 · narrative, because",
}
_POPULATIONS = ("P", 18, "人群", "populations")

_INTRODUCTION = f"""\
# 方案条款与答复 · What answers each clause

本文由 `python -m pipelines.measures.plan` 按 `pipelines/measures/plan.toml` 生成,请勿手工修改。This page is generated: do
not edit it.

方案每一条款、每一类人群由什么答复:[指标](measures.md)(M)、核对清单(C)、[表和列](dictionary.md)、参数、命令,或者[方案事项清单](dictionary.md#{ITEM.name})
中的事项(按“计划数、完成数”报送)。是否已计算由程序按指标目录和表目录得出,不是手写。各条款的数据来源见[条款与数据](feeds.md)。

For every clause and every population of the plan: the measures (M), cross-checks (C), tables, parameters and commands that
answer it, or items of the checklist, planned against done. Whether an answer is computed follows from the catalogues.
"""


class Answer(NamedTuple):
    """One answer in words, and how far it is."""

    state: State
    text: str


@dataclass(frozen=True)
class PlanItem:
    """One id of domain.md §1 with what answers it. `tables` are tables of the catalogue, or `table.column`.

    ValueError where something answers it and a reason says that nothing can, or neither, or a language is missing.
    """

    id: str
    phrase_zh: str
    en: str
    kinds: tuple[str, ...]
    offices: str = ""
    measures: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    because: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = (self.measures, self.checks, self.items, self.tables, self.parameters, self.commands, self.documents)
        if any(named) == bool(self.because):
            raise ValueError(f"{self.id}: either something answers it, or a reason says why nothing can")
        if any(len(told) not in (0, 2) or not all(told) for told in (self.missing, self.because)):
            raise ValueError(f"{self.id}: what is missing and why is said in Chinese and in English")

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Every answer with its state, what is computed first."""
        return tuple(sorted(self._answers(), key=lambda answer: list(_HEADINGS).index(answer.state)))

    @property
    def standing(self) -> str:
        """How far the answers are, in a word."""
        states = {answer.state for answer in self.answers}
        if "computed" in states:
            return "部分 partly" if states & {"declared", "staged", "missing"} else "已计算 computed"
        if "declared" in states:
            return "已列入 declared"
        if "checklist" in states:
            return "清单 checklist"
        return "已入库 staged" if "staged" in states else "叙述 narrative"

    def _answers(self) -> Iterator[Answer]:
        yield from (_measure(code) for code in self.measures)
        yield from (_check(code) for code in self.checks)
        for name in self.tables:
            table = TABLES[name.partition(".")[0]]
            is_staged = table.layer == "staged"
            zh = f"[{table.zh}](dictionary.md#{table.name})" if is_staged else table.zh  # other headings have no anchor
            yield Answer("staged" if is_staged else "computed", f"{zh} `{name}`")
        yield from (Answer("computed", f"参数 `{name}`") for name in self.parameters)
        yield from (Answer("computed", f"`{name}`") for name in self.commands)
        yield from (Answer("computed", f"[{name}]({Path(name).name})") for name in self.documents)
        yield from (Answer("checklist", f"{CHECKLIST.labels[item]}(事项 {item})") for item in self.items)
        if self.missing:
            yield Answer("missing", " · ".join(self.missing))
        if self.because:
            yield Answer("narrative", " · ".join(self.because))


def _measure(code: str) -> Answer:
    answers: tuple[Measure | Figure, ...] = (*MEASURES, *FIGURES)
    computed = next((f"{one.code} {one.zh} · {one.en}" for one in answers if one.code == code), None)
    if computed:
        return Answer("computed", computed)
    (waiting,) = (one for one in WAITING if one.code == code)
    return Answer("declared", f"{waiting.code} {waiting.zh} · {waiting.en}({waiting.waits_for})")


def _check(code: str) -> Answer:
    check = checks.named(code)
    return Answer("computed" if check in checks.BUILT else "declared", f"{code} {check.zh} · {check.en}")


def _read(raw: Mapping[str, Any]) -> Iterator[PlanItem]:
    fed = feeds()
    declared: tuple[Measure | Figure | Waiting, ...] = (*MEASURES, *FIGURES, *WAITING)
    measures = {one.code: one.clause for one in declared}
    checked = {check.code: check.clause for check in checks.CHECKS}
    for clause, entry in raw["clauses"].items():
        yield _item(
            clause,
            entry,
            zh=fed[clause].zh,
            en=fed[clause].en,
            measures=_bearing(clause, measures),
            checks=_bearing(clause, checked),
            items=fed[clause].items,
        )
    for population, entry in raw["populations"].items():
        yield _item(population, {"kinds": "P", **entry})


def _bearing(clause: str, clauses: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(code for code, borne in clauses.items() if clause in borne.split()))


def _item(item: str, entry: Mapping[str, Any], **derived: Any) -> PlanItem:
    """The item of an entry; what the entry names beside what is derived comes after it. TypeError for an unknown key."""
    told: dict[str, Any] = {**derived, **{key: entry[key] for key in ("zh", "en") if key in entry}}
    for key, value in entry.items():
        if key not in ("zh", "en", "offices"):
            told[key] = (*told.get(key, ()), *(value.split() if isinstance(value, str) else value))
    return PlanItem(id=item, phrase_zh=told.pop("zh"), offices=entry.get("offices", ""), **told)


PLAN: tuple[PlanItem, ...] = tuple(_read(tomllib.loads(FILE.read_text(encoding="utf-8"))))


def render() -> str:
    """The page as Markdown; the same text on every machine."""
    return "\n".join([_INTRODUCTION, *_summary(), *_chapters(), *_without_id()]).rstrip() + "\n"


def _chapter(letter: str) -> list[PlanItem]:
    return [item for item in PLAN if item.id[0] == letter]


def _summary() -> Iterator[str]:
    standings = (
        "已计算 computed",
        "部分 partly",
        "已列入 declared",
        "已入库 staged",
        "清单 checklist",
        "叙述 narrative",
    )
    yield _row(["部分 · Chapter", "条 · Ids", *standings])
    yield "| --- " * (2 + len(standings)) + "|"
    for letter, _, zh, en in (*CHAPTERS, _POPULATIONS):
        counted = Counter(item.standing for item in _chapter(letter))
        yield _row([f"{letter} {zh} · {en}", str(counted.total()), *(str(counted[one]) for one in standings)])
    counted = Counter(item.standing for item in PLAN)
    yield _row(["合计 · Total", str(counted.total()), *(str(counted[one]) for one in standings)])
    yield ""


def _chapters() -> Iterator[str]:
    for letter, _, zh, en in (*CHAPTERS, _POPULATIONS):
        yield f"## {letter} {zh} · {en}\n"
        has_offices = letter != "P"
        yield _row(
            ["编号", "要求 · Asked", *(["责任单位"] if has_offices else []), "由什么答复 · Answered by", "现状 · State"]
        )
        yield "| --- " * (5 if has_offices else 4) + "|"
        for item in _chapter(letter):
            kinds = "、".join(KINDS[kind] for kind in item.kinds)
            asked = f"{item.phrase_zh} · {item.en}" + (f"({kinds})" if has_offices else "")
            offices = [item.offices] if has_offices else []
            yield _row([item.id, asked, *offices, "<br>".join(_told(item)), item.standing])
        yield ""


def _told(item: PlanItem) -> Iterator[str]:
    for state, heading in _HEADINGS.items():
        if texts := [answer.text for answer in item.answers if answer.state == state]:
            yield f"**{heading}**:{';'.join(texts)}"


def _without_id() -> Iterator[str]:
    """The sentences of the plan that have no id and are kept as items of the checklist."""
    borne = {code for item in PLAN for code in item.items}
    yield "## 没有编号的工作 · Sentences without an id\n"
    yield "下列工作由方案事项清单按计划数、完成数跟踪。These are followed as items of the checklist, planned against done.\n"
    yield from (f"- {label}(事项 {code})" for code, label in CHECKLIST.labels.items() if code not in borne)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


_PAGE = Page(PATH, render)
write, check = _PAGE.write, _PAGE.check

if __name__ == "__main__":
    sys.exit(_PAGE.main(sys.argv[1:]))
