"""The two code lists of returned lists: every code of the one is a code of the other, and each says what it does."""

from __future__ import annotations

from collections import Counter

from pipelines.sources.verification_feedback import CANONICAL, CATEGORY, CLASSES


def test_every_answer_of_the_other_list_is_one_of_the_extended_list() -> None:
    other = {code for code in CATEGORY.codes if code.isdigit()}
    assert {code for _, code in CANONICAL} == other
    assert set(CANONICAL.values()) <= set(CLASSES)
    # 011 is two answers, which the outcome tells apart: insured here, or unwilling.
    assert (CANONICAL["1", "011"], CANONICAL["2", "011"]) == ("N15", "P01")


def test_classes_decide_numerator_and_denominator() -> None:
    assert Counter(CLASSES.values()) == {
        "left": 9, "elsewhere": 6, "settled": 3, "pending": 4, "error": 4, "other": 1,
    }  # fmt: skip
    assert (CLASSES["N09"], CLASSES["N10"], CLASSES["N15"], CLASSES["P01"]) == (
        "left",
        "elsewhere",
        "elsewhere",
        "pending",
    )
