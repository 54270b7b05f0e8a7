"""docs/feeds.md: every clause of the plan has its data or a reason, and the page says what is declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.settings import CHECKOUT
from pipelines.sources import STAGED, feeds
from pipelines.sources.feeds import Feed
from pipelines.sources.programme import CHECKLIST

RANGES = {"G": 13, "E": 23, "K": 11, "I": 15, "H": 10, "D": 8, "O": 15}


def test_every_clause_of_the_plan_is_declared_once_and_in_order() -> None:
    wanted = [f"{letter}{number}" for letter, last in RANGES.items() for number in range(1, last + 1)]
    assert list(feeds.feeds()) == wanted == list(feeds.clauses())
    assert len(wanted) == 95


def test_each_clause_names_columns_or_says_why_not() -> None:
    for feed in feeds.feeds().values():
        assert bool(feed.tables) != bool(feed.none), feed.id
        assert feed.zh and feed.en and bool(feed.none) == bool(feed.none_en), feed.id
        for table in feed.tables:
            assert STAGED[table.name] is table
    assert sum(bool(feed.none) for feed in feeds.feeds().values()) <= 6


def test_checklist_items_feed_the_clause_whose_id_they_bear() -> None:
    declared = feeds.feeds()
    for item in CHECKLIST.codes:
        clause = item.rstrip("ABC")
        if clause in declared:
            assert item in declared[clause].items, item
        else:
            assert item.startswith("P"), item


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"none": "无", "none_en": "nothing", "items": ("D6",)},
        {"none": "无"},
        {"columns": {"staged_poverty_register__nobody": ("name",)}},
        {"columns": {"staged_poverty_register__person": ("nothing",)}},
        {"columns": {"staged_poverty_register__person": ()}},
        {"items": ("D99",)},
    ],
)
def test_a_clause_without_data_or_with_data_that_do_not_exist_is_an_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="G1"):
        Feed("G1", "甲", "a", **wrong)  # type: ignore[arg-type]


def test_the_page_is_what_is_declared_and_its_links_lead_somewhere() -> None:
    assert feeds.check() == [], "run: python -m pipelines.sources.feeds"
    page = feeds.PATH.read_text(encoding="utf-8")
    anchors = set(re.findall(r"\(dictionary\.md#([a-z_]+)\)", page))
    assert anchors == set(STAGED)
    dictionary = (CHECKOUT / "docs" / "dictionary.md").read_text(encoding="utf-8")
    assert {name for name in anchors if f'id="{name}"' not in dictionary} == set()


def test_a_changed_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "feeds.md"
    feeds.write(page)
    assert feeds.check(page) == []
    page.write_text(page.read_text(encoding="utf-8").replace("| G4 |", "| G5 |", 1), encoding="utf-8")
    assert feeds.check(page)
