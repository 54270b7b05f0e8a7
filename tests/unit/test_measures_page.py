"""docs/measures.md says what is declared and tested, of every measure."""

from __future__ import annotations

import re

import pytest

from pipelines.measures.catalogue import MEASURES
from pipelines.measures.checks import BUILT, CHECKS
from pipelines.measures.figures import FIGURES
from pipelines.measures.waiting import WAITING
from tests.spec import page

PAGE = page.render()


def test_the_written_page_is_the_rendered_one() -> None:
    assert page.PATH.read_text(encoding="utf-8") == PAGE, "run: python -m tests.spec.page"


@pytest.mark.parametrize("code", [measure.code for measure in MEASURES])
def test_every_measure_has_its_clause_and_an_example_of_each_half(code: str) -> None:
    part = re.split(r"^## ", PAGE, flags=re.M)
    (own,) = (text for text in part if text.startswith(f"{code} "))
    clause = next(measure.clause for measure in MEASURES if measure.code == code)
    assert f"| 方案条款 | {clause} |" in own
    assert "| 已覆盖 |" in own and "| 未覆盖 |" in own


def test_every_measure_of_the_plan_is_computed_or_says_what_it_waits_for() -> None:
    computed = {m.code[:3] for m in MEASURES} | {f.code[:3] for f in FIGURES}
    waiting = {m.code for m in WAITING}
    assert computed | waiting == {f"M{number:02}" for number in range(1, 51)}
    assert not computed & waiting and len(waiting) == len(WAITING)
    assert all(len(one) for m in WAITING for one in vars(m).values())
    assert {m.time for m in WAITING} <= {"时点", "本期", "本年累计", "2018年以来累计"}


@pytest.mark.parametrize("code", sorted({figure.code for figure in FIGURES}))
def test_every_figure_has_its_clause_and_an_example(code: str) -> None:
    (own,) = (text for text in re.split(r"^### ", PAGE, flags=re.M) if text.startswith(f"{code} "))
    examples = own.partition("应得的数")[2]
    for figure in (figure for figure in FIGURES if figure.code == code):
        assert f" | {figure.clause} | {figure.office} | " in own
        assert f" | {figure.figure} | " in examples


@pytest.mark.parametrize("code", [check.code for check in CHECKS])
def test_every_check_has_its_clause_and_an_example_of_each_finding(code: str) -> None:
    (own,) = (text for text in re.split(r"^### ", PAGE, flags=re.M) if text.startswith(f"{code} "))
    (check,) = (check for check in CHECKS if check.code == code)
    assert f"| 方案条款 | {check.clause} |" in own and f"| 请核实 | {check.action} |" in own
    if check in BUILT:
        examples = own.partition("所得清单")[2]
        assert all(f"| {finding} |" in examples for finding in check.findings)
    else:
        assert "尚未计算" in own
