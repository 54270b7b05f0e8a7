"""docs/measures.md: every measure with the clause of the plan, and its cases in the specs, readable by an official.

`python -m tests.spec.page` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from pipelines.columns import COLUMNS
from pipelines.measures.catalogue import MEASURES, Measure
from pipelines.measures.explain import words
from pipelines.measures.waiting import WAITING
from pipelines.settings import CHECKOUT
from pipelines.sources import SOURCES
from tests.spec.check_page import checks
from tests.spec.figure_page import figures
from tests.spec.test_specs import read_table

PATH = CHECKOUT / "docs" / "measures.md"
FOLDER = Path(__file__).parent / "core"
# What is told of the people of a case, in the order in which it stands on the page.
_TOLD = ("core_person_quarter", "core_person_work", "core_person_study", "core_finished_course")
_STATES = {"covered": "已覆盖", "uncovered": "未覆盖", "excluded": "核减", "no_data": "无数据"}
_FLAGS = {"true": "是", "false": "否"}

_INTRODUCTION = """\
# 指标 · Measures

<!-- 由 python -m tests.spec.page 生成,请勿手改 · generated, do not edit -->

每个指标的口径、方案条款与责任处室,以及例表:左边是季末的情况,右边是这个人在该指标里算什么。例表就是测试,在 DuckDB 与 Spark 上逐行核对。
每个人在一个指标里只有一种状态:已覆盖、未覆盖(二者合为分母)、核减(附一个原因)、无数据(所需系统没有报送该县)。

Each measure's definition, clause of the plan and office, with examples that are the tests: on the left how things stand at the
quarter's end, on the right what the person is in the measure.
"""


class _Case(NamedTuple):
    zh: str
    en: str
    people: list[dict[str, str]]
    expected: list[dict[str, str]]


def _cases() -> Iterator[_Case]:
    document = yaml.safe_load((FOLDER / "core_person_measure.yaml").read_text(encoding="utf-8"))
    for case in document["cases"]:
        if "core_person_quarter" in case["inputs"]:
            yield _Case(case["title"]["zh"], case["title"]["en"], _people(case["inputs"]), _rows(case["expected"]))
    document = yaml.safe_load((FOLDER / "core_judged.yaml").read_text(encoding="utf-8"))
    for case in document["cases"]:
        states = [
            {
                "person_key": row["person_key"],
                "measure_code": row["measure_code"],
                "state_code": "excluded"
                if row["reason_code"]
                else "covered"
                if row["is_covered"] == "true"
                else "uncovered",
                "reason_code": row["reason_code"],
            }
            for row in _rows(case["expected"])
        ]
        yield _Case(case["title"]["zh"], case["title"]["en"], _people(case["inputs"]), states)


def _rows(text: str) -> list[dict[str, str]]:
    return [{name: cell or "" for name, cell in row.items()} for row in read_table(text)[1]]


def _people(inputs: Mapping[str, str]) -> list[dict[str, str]]:
    """Everything a case tells of each person, of several rows of a table one after the other."""
    people: dict[str, dict[str, str]] = {row["person_key"]: row for row in _rows(inputs["core_person_quarter"])}
    for table in (name for name in _TOLD[1:] if name in inputs):
        header, rows = read_table(inputs[table])
        for key, person in people.items():
            own = [row for row in rows if row["person_key"] == key]
            person |= {name: ";".join(row[name] or "" for row in own) for name in header if name != "person_key"}
    return list(people.values())


def render() -> str:
    """The whole page."""
    cases = list(_cases())
    told = (line for measure in MEASURES for line in _measure(measure, cases))
    return "\n".join([_INTRODUCTION, *told, *figures(), *_waiting(), *checks()])


def _waiting() -> Iterator[str]:
    yield "## 已列入目录、尚未计算的指标 · Declared, not computed yet\n"
    yield _row(["指标", "名称", "分子", "分母", "单位", "时间", "层级", "条款", "责任处室", "为何尚无数字"])
    yield "|---" * 10 + "|"
    for one in WAITING:
        told = (one.numerator, one.denominator, one.unit, one.time, one.grain, one.clause, one.office, one.waits_for)
        yield _row([one.code, f"{one.zh} · {one.en}", *told])
    yield ""


def _measure(measure: Measure, cases: list[_Case]) -> Iterator[str]:
    systems = "、".join(SOURCES[system].zh for system in measure.systems)
    yield f"## {measure.code} {measure.zh} · {measure.en}\n"
    yield "| | |\n|---|---|"
    yield f"| 分子 | {measure.numerator} |\n| 分母 | {measure.denominator} |\n| 方案条款 | {measure.clause} |"
    yield f"| 责任处室 | {measure.office} |\n| 所需系统 | {systems} |\n"
    for case in cases:
        named = re.findall(r"(?<!同 )M\d+[A-C]?", case.zh)
        rows = [row for row in case.expected if row["measure_code"] == measure.code]
        if rows and (not named or any(measure.code.startswith(code) for code in named)):
            yield from _example(case, rows)


def _example(case: _Case, rows: list[dict[str, str]]) -> Iterator[str]:
    known = {person["person_key"]: person for person in case.people}
    left_out = {"person_key"} | (
        {"county_code"} if len({person["county_code"] for person in case.people}) == 1 else set()
    )
    asked = [name for name in case.people[0] if name not in left_out]
    told = [name for name in rows[0] if name not in ("person_key", "measure_code", "state_code")]
    yield f"**{case.zh}**\n\n{case.en}\n"
    yield _row(["人", *(_heading(name) for name in asked), "状态", *(_heading(name) for name in told)])
    yield "|---" * (2 + len(asked) + len(told)) + "|"
    reasons = words("reason_code")
    for row in rows:
        person = known[row["person_key"]]
        cells = [person["person_key"], *(_said(person[name]) for name in asked)]
        last = [reasons.get(row[name], _FLAGS.get(row[name], row[name])) for name in told]
        yield _row([*cells, _STATES[row["state_code"]], *last])
    yield ""


def _said(cell: str) -> str:
    return ";".join(_FLAGS.get(part, part) for part in cell.split(";"))


def _heading(column: str) -> str:
    return COLUMNS[column].zh.partition(":")[0]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
