"""The part of docs/measures.md on figures: what each counts, under which clause, and its cases as tables to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.measures.figures import FIGURES, Figure
from pipelines.sources import SOURCES
from tests.spec.check_page import name_of, table_lines

FOLDER = Path(__file__).parent


def figures() -> Iterator[str]:
    """The lines of every measure that is told in figures, in order of its code."""
    yield "## 数据项 · Figures\n"
    yield (
        "不是一个人的状态,而是数量、金额、事件或机构填报的指标,在 `mart_figure` 中按县、市、省列出;一个指标有几个数据项的,互不相加。所需系统没有报送的县写“无数据”,"
        "不写0,也不计入市、省。例表就是测试:先列季末的情况,后列应得的数。\n\n"
        "Measures that are no state of one person but counts, amounts, events or what bodies report, by county, city and province in"
        " `mart_figure`; several figures of a measure are never added. A county of which a needed system says nothing has no data, never 0."
        " The examples are the tests.\n"
    )
    for code in dict.fromkeys(figure.code for figure in FIGURES):
        yield from _measure(code, [figure for figure in FIGURES if figure.code == code])


def _measure(code: str, found: list[Figure]) -> Iterator[str]:
    yield f"### {code} {found[0].zh} · {found[0].en}\n"
    yield "| 数据项 | 数值 | 基数 | 单位 | 时间 | 另按 | 条款 | 责任处室 | 所需系统 |"
    yield "|---" * 9 + "|"
    for one in found:
        systems = "、".join(SOURCES[system].zh for system in one.systems) or "—"
        cells = (
            f"{one.figure_zh} `{one.figure}` · {one.figure_en}", one.numerator, one.denominator, one.unit, one.time, one.grain, one.clause,
            one.office, systems,
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield ""
    for path in (*sorted(FOLDER.glob("core/core_figure_*.yaml")), FOLDER / "mart" / "mart_figure.yaml"):
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in spec["cases"]:
            if code in re.findall(r"M\d+[A-Z]?", case["title"]["zh"]):
                yield from _example(path.stem, code, spec, case)


def _example(table: str, code: str, spec: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[str]:
    yield f"**{case['title']['zh']}**\n\n{case['title']['en']}\n"
    told: Mapping[str, Any] = {**spec.get("inputs", {}), **case.get("inputs", {})}
    for name, text in told.items():
        yield from table_lines(name, text, f"{name_of(name)}:")
    yield from table_lines(table, case["expected"], "应得的数:", only=code)
