"""The divisions of 2018–2020: complete on every day, changes where the dossier has them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pipelines.regions import divisions, history, id_prefixes, successions
from pipelines.regions.succession import successions_until

DAYS = [
    date(2018, 1, 1),
    date(2018, 9, 30),
    date(2019, 9, 30),
    date(2019, 12, 31),
    date(2020, 6, 30),
    date(2020, 12, 31),
]


@pytest.mark.parametrize("day", DAYS)
def test_every_day_has_the_whole_province(day: date) -> None:
    found = divisions(day)
    counts = Counter(d.level for d in found)
    assert counts == {"province": 1, "city": 11, "county": 100, "town": 1767, "village": 22080}
    codes = {d.region_code for d in found}
    assert len(codes) == len(found)
    assert all(d.parent_code in codes and d.region_code.startswith(d.parent_code) for d in found if d.parent_code)
    assert sum(d.is_poor_county for d in found if d.level == "county") == 25
    assert all(d.is_poor_county == next(c.is_poor_county for c in found if c.region_code == d.region_code[:6])
               for d in found[112:300])  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "last", "successor"),
    [
        ("360622", "余江县", date(2018, 4, 1), "360603"),
        ("361121", "上饶县", date(2019, 6, 30), "361104"),
        ("360105", "湾里区", date(2019, 9, 30), "360112"),
        ("360727", "龙南县", date(2020, 3, 31), "360783"),
    ],
)
def test_changes_of_the_plan_period(code: str, name: str, last: date, successor: str) -> None:
    before = {d.region_code: d.name for d in divisions(last, "county")}
    after = {d.region_code for d in divisions(date(2020, 12, 31), "county")}
    assert before[code] == name
    assert code not in after and successor in after
    assert successions()[code][0] == successor


def test_towns_and_villages_have_one_successor_each_under_the_same_name() -> None:
    named = {d.region_code: d for d in history()}
    for old, (new, day) in successions().items():
        assert named[new].is_valid(day) and not named[old].is_valid(day)
        if len(old) > 6:
            assert named[old].name == named[new].name


# Codes of then and now of the poor counties as the dossier lists them (domain.md §3.2).
THEN_AND_NOW = {
    "360732": "362133", "360730": "362131", "360731": "362132", "360734": "362136", "360733": "362135", "360726": "362127",
    "360724": "362125", "360704": "362121 360721", "360781": "362134 362102", "360703": "362122 362103 360782",
    "360735": "362137", "360881": "362402 362433 362432", "360830": "362430", "360827": "362427", "360821": "362421", "360828": "362428",
    "360321": "362431", "361025": "362526", "361030": "362532 362138", "361128": "362330", "361127": "362329",
    "361104": "362321 361121", "361125": "362325", "360424": "360424", "360428": "360428",
}  # fmt: skip


@pytest.mark.parametrize(("county", "prefixes"), THEN_AND_NOW.items())
def test_id_numbers_may_begin_with_every_code_the_county_had(county: str, prefixes: str) -> None:
    assert {county, *prefixes.split()} <= id_prefixes()[county]


def test_prefixes_are_known_for_every_county_of_every_day_and_tell_counties_apart() -> None:
    for day in DAYS:
        assert all(id_prefixes()[d.region_code] for d in divisions(day, "county"))
    # A county shares prefixes with the few that it exchanged towns with.
    counts = Counter(prefix for d in divisions(DAYS[-1], "county") for prefix in id_prefixes()[d.region_code])
    assert max(counts.values()) <= 5
    assert sum(count > 1 for count in counts.values()) < 10
    assert "360732" not in id_prefixes()["360731"]


def test_a_county_that_took_over_another_has_the_prefixes_of_both() -> None:
    assert {"360105", "360112", "360122"} <= id_prefixes()["360112"]
    assert id_prefixes()["360783"] == id_prefixes()["360727"]


LAST = date(2020, 12, 31)
COUNTIES = {
    # (before, after): day, kind, main; as the dossier has them (domain.md §0.8, §3.2).
    ("360622", "360603"): (date(2018, 5, 2), "renamed", True),
    ("361121", "361104"): (date(2019, 7, 31), "renamed", True),
    ("360105", "360112"): (date(2019, 12, 1), "merged", True),
    ("360112", "360112"): (date(2019, 12, 1), "split", True),
    ("360112", "360113"): (date(2019, 12, 1), "split", False),
    ("360102", "360102"): (date(2019, 12, 1), "split", True),
    ("360102", "360113"): (date(2019, 12, 1), "split", False),
    ("360727", "360783"): (date(2020, 6, 30), "renamed", True),
}


def test_counties_are_followed_by_all_that_came_of_them() -> None:
    made = {(one.was_code, one.region_code): one for one in successions_until(LAST) if one.level == "county"}
    assert {pair: (one.since, one.kind, one.is_main) for pair, one in made.items()} == COUNTIES
    assert {one.certainty for one in made.values()} == {"H"}


@pytest.mark.parametrize("day", [date(2018, 5, 2), date(2019, 7, 31), date(2019, 12, 1), date(2020, 6, 30)])
def test_every_place_in_force_before_a_change_is_one_in_force_after_it(day: date) -> None:
    eve = date.fromordinal(day.toordinal() - 1)
    before, after = ({d.region_code for d in divisions(on)} for on in (eve, day))
    changes = [one for one in successions_until(day) if one.since == day]
    assert changes and all(one.was_code in before and one.region_code in after for one in changes)
    assert all(len(one.was_code) == len(one.region_code) for one in changes)
    main = [one.was_code for one in changes if one.is_main]
    assert sorted(main) == sorted({one.was_code for one in changes})
    assert before - after <= set(main) and after - before == {one.region_code for one in changes} - before


def test_nothing_is_known_before_its_day_and_reconstructed_towns_say_so() -> None:
    assert successions_until(date(2018, 5, 1)) == ()
    marks = {one.was_code: one.certainty for one in successions_until(LAST) if one.level == "town"}
    assert (marks["361121001"], marks["360105100"], marks["360102010"]) == ("M", "L", "L")
