"""docs/measures.md: every measure with the clause of the plan, and the cases of core_person_measure.yaml, readable by an official.

`python -m tests.spec.page` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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

PATH = CHECKOUT / "docs" / "measures.md"
SPEC = Path(__file__).parent / "core" / "core_person_measure.yaml"
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


def _table(text: str) -> list[dict[str, str]]:
    if text.strip() == "none":
        return []
    header, *rows = ([cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip())
    return [dict(zip(header, row, strict=True)) for row in rows]


def _cases() -> list[_Case]:
    document = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    return [
        _Case(
            case["title"]["zh"],
            case["title"]["en"],
            _table(case["inputs"]["core_person_quarter"]),
            _table(case["expected"]),
        )
        for case in document["cases"]
    ]


def render() -> str:
    """The whole page."""
    cases = _cases()
    told = (line for measure in MEASURES for line in _measure(measure, cases))
    return "\n".join([_INTRODUCTION, *told, *_waiting(), *checks()])


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
        named = re.match(r"M\d+A?\b", case.zh)
        rows = [row for row in case.expected if row["measure_code"] == measure.code]
        if rows and (named is None or named[0] == measure.code):
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
        cells = [person["person_key"], *(_FLAGS.get(person[name], person[name]) for name in asked)]
        last = [reasons.get(row[name], _FLAGS.get(row[name], row[name])) for name in told]
        yield _row([*cells, _STATES[row["state_code"]], *last])
    yield ""


def _heading(column: str) -> str:
    return COLUMNS[column].zh.partition(":")[0]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
