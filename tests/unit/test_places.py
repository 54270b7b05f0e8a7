"""A place by its name: the province's own list of places comes back from what offices make of its names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from pipelines import regions
from pipelines.deliveries.places import Places
from pipelines.regions import Division
from pipelines.sources import STAGED
from tests.contracts.rows import clean_row
from tests.contracts.test_made_numbers import staged_rows

DAY = date(2018, 12, 31)
AT = {division.region_code: division for division in regions.divisions(DAY)}
VILLAGES = [division for division in AT.values() if division.level == "village"][::37]
Cells = Sequence[str | None]


def above(village: Division) -> tuple[str, str, str]:
    town = AT[village.parent_code]
    county = AT[town.parent_code]
    return AT[county.parent_code].name, county.name, town.name


def in_columns(village: Division) -> Cells:
    _, county, town = above(village)
    return None, county, town, village.name


def in_one_cell(village: Division) -> Cells:
    return "江西省" + "".join(above(village)) + village.name, None, None, None


def shortened(village: Division) -> Cells:
    city, county, town = above(village)
    short = village.name.replace("民委员会", "").replace("委会", "")
    return None, f"{city}{county}", town.removesuffix("镇"), short


@pytest.mark.parametrize(("told", "most_unknown"), [(in_columns, 0.0), (in_one_cell, 0.02), (shortened, 0.1)])
def test_a_village_is_found_by_its_names_and_never_another_one_in_another_town(
    told: Callable[[Division], Cells], most_unknown: float
) -> None:
    places = Places.on(DAY)
    found = {village.region_code: places.code(told(village)) for village in VILLAGES}
    elsewhere = {code: got for code, got in found.items() if got[:9] != code[:9] and not code.startswith(got)}
    assert elsewhere == {}
    assert sum(code != got for code, got in found.items()) <= most_unknown * len(found)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ((None, "于都县", "梓山镇", None), "360731105"),
        ((None, "于都", None, None), "360731"),
        (("赣州市章贡区",), "360702"),
        (("360702 章贡区",), "360702"),
        (("3607021",), ""),  # nobody knows which digit is too much
        (("36070200120",), ""),
        ((None, "上饶县", None, None), "361121"),
        ((None, "南昌", None, None), ""),  # the city or the county
        ((None, "广东省深圳市", None, None), ""),
        ((None, "于都县", "没有的镇", "某村"), "360731"),
        ((None, None, "梓山镇", "某村"), ""),
        ((None, None, None, None), ""),
    ],
)
def test_what_is_said_decides_how_far_a_code_reaches(cells: Cells, code: str) -> None:
    assert Places.on(DAY).code(cells) == code


def test_a_delivery_of_one_county_needs_no_county_in_its_rows_but_none_may_contradict() -> None:
    places = Places.on(DAY)
    assert places.code((None, None, "梓山镇"), "360731") == "360731105"
    assert places.code((None, "外省", "梓山镇"), "360731") == ""


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"county_name": "章贡区", "town_name": "水东镇"}, ("360702101", "360702", [])),
        ({"county_name": "赣州章贡"}, ("360702", "360702", [])),
        ({"hukou_code": "章贡区"}, ("360702", "360702", [])),
        ({"hukou_code": "360702", "county_name": "于都县"}, ("360702", "360702", [])),
        ({"county_name": "于都县"}, ("360731", "360731", ["out_of_scope"])),
        ({"county_name": "大观园"}, (None, None, ["region_code"])),
        ({}, (None, None, ["region_code"])),
    ],
)
def test_rows_that_name_their_county_are_staged_under_its_code(
    said: dict[str, str], wanted: tuple[str | None, str | None, list[str]], tmp_path: Path
) -> None:
    table = STAGED["staged_deaths__death"]
    nowhere = {"hukou_code": "", **dict.fromkeys(table.named_by, "")}
    ((code, county, rules),) = staged_rows(
        table, [clean_row(table, 1) | nowhere | said], tmp_path / "sent", "hukou_code, county_code, broken_rules"
    )
    assert (code if county else None, county, rules) == wanted


def test_a_file_without_any_place_is_about_the_one_county_it_is_sent_for(tmp_path: Path) -> None:
    table = STAGED["staged_deaths__death"]
    rows = staged_rows(
        table, [clean_row(table, 1)], tmp_path / "sent", "county_code, broken_rules", {table.county, *table.named_by}
    )
    assert rows == [("360702", [])]
