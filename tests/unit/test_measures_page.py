"""docs/measures.md says what is declared and tested, of every measure."""

from __future__ import annotations

import re

import pytest

from pipelines.measures.catalogue import MEASURES
from tests.spec import page


def test_the_written_page_is_the_rendered_one() -> None:
    assert page.PATH.read_text(encoding="utf-8") == page.render(), "run: python -m tests.spec.page"


@pytest.mark.parametrize("code", [measure.code for measure in MEASURES])
def test_every_measure_has_its_clause_and_an_example_of_each_half(code: str) -> None:
    part = re.split(r"^## ", page.render(), flags=re.M)
    (own,) = (text for text in part if text.startswith(f"{code} "))
    clause = next(measure.clause for measure in MEASURES if measure.code == code)
    assert f"| 方案条款 | {clause} |" in own
    assert "| 已覆盖 |" in own and "| 未覆盖 |" in own
