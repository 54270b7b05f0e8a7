"""Reasons and names are kept for ever, so an ID number is refused before it gets in."""

from __future__ import annotations

import pytest

from pipelines.errors import ContractBreach
from pipelines.free_text import LENGTH, checked


@pytest.mark.parametrize(
    "text",
    [
        "36012119800101001X",
        "见36012119800101001X的证明",
        "360121800101001",
        "36012119800101001X",
        "360121 19800101 001X",
    ],
)
def test_an_id_number_however_written_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ContractBreach, match="不得含证件号码") as breach:
        checked(text)
    assert "19800101" not in str(breach.value)


@pytest.mark.parametrize("text", ["", "  \n", "长" * (LENGTH + 1)])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(ContractBreach, match=r"决定人必填.*who decides is required"):
        checked(text, "决定人", "who decides")


@pytest.mark.parametrize(
    "text", ["2019年第1季度赣州市第 12 号函", "电话 0797-8123456", "批次 poverty_register-2019Q1-360731-0001"]
)
def test_other_numbers_pass(text: str) -> None:
    assert checked(f"  {text}\n") == text
