"""The divisions of 2018–2020: complete on every day, changes where the dossier has them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pipelines.regions import divisions, history, successions

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
