"""The figures of a measure in words: value, base, rate, the day a target is reached, last quarter's value, and no data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.measures.catalogue import MEASURES
from pipelines.measures.explain import Basis
from pipelines.measures.explain_figures import ExplainedFigures, Shown, is_told_in_figures, told
from pipelines.measures.figures import FIGURES


def _explained(code: str, *shown: Shown) -> list[str]:
    basis = Basis("poverty_register", "2019Q1-3607-001", "2019Q1", "2019-03-31", 18, is_needed=True)
    return told(ExplainedFigures(code, "3607", "赣州市", "2019Q1", 3, shown, (basis,)))


def _figure(code: str) -> Shown:
    figure = next(one for one in FIGURES if one.code == code)
    return Shown(
        figure,
        "total",
        "all",
        Decimal("1500.00"),
        Decimal("30000.00"),
        Decimal("0.050000"),
        date(2020, 12, 1),
        Decimal("1200.50"),
        2,
    )


def test_a_target_says_how_far_it_is_and_when_it_is_reached() -> None:
    lines = _explained("M20", _figure("M20"))
    assert lines[0].startswith("M20 ") and "赣州市 3607 · 2019Q1 (release 3)" in lines[0]
    assert (
        "placed: 1,500 人 / 30,000 = 5.00%, 按目前进度 at this pace reached 2020-12-01 (上季度 last quarter 1,200.5)"
        in lines[1]
    )
    assert "counties without data: 2" in lines[3]
    assert lines[-1].strip().endswith("2019Q1-3607-001 (2019Q1, 18 counties)")


def test_no_data_is_said_and_groups_stand_below_the_total() -> None:
    figure = next(one for one in FIGURES if (one.code, one.figure) == ("M09", "amount"))
    total = Shown(figure, "total", "all", None, None, None, None, None, 0)
    group = Shown(figure, "label", "destitute", Decimal("0.00"), None, None, None, None, 0)
    lines = _explained("M09", total, group)
    assert "amount: 无数据 no data 元" in lines[1]
    assert lines[3] == "  amount · label destitute: 0"


@pytest.mark.parametrize("code", sorted({figure.code for figure in FIGURES} | {measure.code for measure in MEASURES}))
def test_a_measure_is_told_in_one_way_only(code: str) -> None:
    assert is_told_in_figures(code) != any(measure.code == code for measure in MEASURES)
