"""The mixes of linkage errors: what the truth says was planted is what the deliveries and the people hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pipelines.identity.id_numbers import read_id
from pipelines.periods import Quarter
from pipelines.sample.defects import FILE, Defects, declared
from pipelines.sample.province import make_province
from pipelines.sample.register_records import household_numbers
from pipelines.sources import employment_platform, poverty_register
from pipelines.sources.base import SourceTable

QUARTER = Quarter(2018, 3)
HARD, DEFAULT = (FILE.with_name(f"linkage_{name}.toml") for name in ("hard", "default"))
SEED, SCALE = 71, 0.02
REGISTER, PLATFORM = poverty_register.PERSON, employment_platform.WORKER
Row = dict[str, Any]


class Province:
    """Truth and files of a province of the hard mix."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        people = f"read_parquet('{folder}/truth/truth_person.parquet')"
        self.people: Mapping[int, Row] = {row["true_id"]: row for row in self.rows(f"FROM {people}")}
        self.alike = self.rows(f"FROM read_parquet('{folder}/truth/truth_alike.parquet')")

    def rows(self, query: str) -> list[Row]:
        rows: list[Row] = self.connection.execute(query).to_arrow_table().to_pylist()
        return rows

    def planted(self, kind: str, table: SourceTable) -> list[Row]:
        """The rows of a table that carry a kind of error, by declared column, with their true id."""
        (file,) = self.folder.glob(f"out/{table.source}/{QUARTER}/36/*.csv")
        note = json.loads((file.parent / "delivery.json").read_text(encoding="utf-8"))
        with file.open(encoding=note["files"][0]["encoding"], newline="") as text:
            lines = list(csv.reader(text))
        columns = {column.header: column.name for column in table.columns}
        names = [columns[header] for header in lines[0]]
        found = self.rows(
            f"""SELECT line_number, true_id FROM read_parquet('{self.folder}/truth/truth_record/{table.source}_2018Q3.parquet')
                WHERE entity = '{table.entity}' AND kind = '{kind}' AND NOT is_quarantined"""
        )
        return [
            dict(zip(names, lines[int(row["line_number"]) - 1], strict=True)) | {"true_id": row["true_id"]}
            for row in found
        ]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    folder = tmp_path_factory.mktemp("hard")
    make_province(
        SCALE, [QUARTER], SEED, folder / "out", truth_folder=folder / "truth", defects_file=HARD, habits=0.0,
        tables=["staged_poverty_register__person", "staged_employment_platform__worker"], split="province", crowd=0.5,
    )  # fmt: skip
    return Province(folder)


def test_without_a_mix_none_of_them_is_planted() -> None:
    plain = declared()
    assert set(plain.people.values()) == {0.0}
    assert set(plain.reregister.values()) == {0.0}
    rates = {kind.kind: set(kind.rate.values()) for kind in plain.identity}
    assert all(rates[kind] == {0.0} for kind in ("id_parent", "id_reissued", "name_relative", "moved"))


def test_a_mix_with_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mix.toml"
    file.write_text("[rate]\nid_two_digits = { default = 0.1 }\n", encoding="utf-8")
    with pytest.raises(ValueError, match="id_two_digits"):
        declared(file=file)


def _damaged(mix: Defects, system: str) -> float:
    return sum(kind.rate_in(system) for kind in mix.identity if kind.tier in ("none", "other") and not kind.only)


@pytest.mark.parametrize(("file", "damaged", "shared"), [(DEFAULT, 0.015, 0.0004), (HARD, 0.05, 0.01)])
def test_mixes_damage_and_share_what_they_say(file: Path, damaged: float, shared: float) -> None:
    mix = declared(file=file)
    for system in ("poverty_register", "employment_platform", "social_insurance", "medical_insurance", "civil_affairs"):
        assert _damaged(mix, system) == pytest.approx(damaged, rel=0.06), system
    assert mix.people["id_shared"] + mix.people["shared_with_insured"] == pytest.approx(shared)


def test_one_in_twenty_records_is_damaged(province: Province) -> None:
    for row in province.rows(
        f"""SELECT system, avg((tier IN ('none', 'other'))::INT) AS share
            FROM read_parquet('{province.folder}/truth/truth_record/*.parquet') GROUP BY system"""
    ):
        assert float(row["share"]) == pytest.approx(0.05, abs=0.005), row["system"]


def test_a_parents_number_is_that_of_an_adult_of_the_household(province: Province) -> None:
    found = province.planted("id_parent", REGISTER)
    assert len(found) > 40
    owner = {row["id_number"]: row for row in province.people.values()}
    for row in found:
        child, parent = province.people[row["true_id"]], owner[row["id_number"]]
        assert child["true_household"] == parent["true_household"]
        assert int(child["birth_date"]) - int(parent["birth_date"]) >= 170_000
        assert int(child["birth_date"]) > 20_000_000


def test_a_reissued_number_is_valid_and_another(province: Province) -> None:
    found = province.planted("id_reissued", REGISTER)
    assert len(found) > 40
    for row in found:
        own = province.people[row["true_id"]]["id_number"]
        key, klass = read_id(row["id_number"])
        assert klass == "valid" and key != own
        assert key is not None and int(key[16]) % 2 == int(own[16]) % 2


def test_a_relatives_name_is_that_of_a_member_of_the_household(province: Province) -> None:
    found = province.planted("name_relative", PLATFORM)
    assert len(found) > 5
    for row in found:
        own = province.people[row["true_id"]]
        home = {p["name"] for p in province.people.values() if p["true_household"] == own["true_household"]}
        assert row["name"] in home - {own["name"]}


def test_people_registered_again_stand_in_two_households(province: Province) -> None:
    found = province.planted("reregistered", REGISTER)
    assert len(found) > 100
    for row in found:
        own = province.people[row["true_id"]]
        assert row["id_number"].upper().strip() == own["id_number"]
    homes = [np.array([province.people[row["true_id"]]["true_household"]]) for row in found]
    own_numbers = [household_numbers(home)[0].as_py() for home in homes]
    elsewhere = sum(row["household_number"] != own for row, own in zip(found, own_numbers, strict=True))
    assert elsewhere > 0.97 * len(found)


def test_those_who_moved_stand_at_another_place(province: Province) -> None:
    found = province.planted("moved", PLATFORM)
    assert len(found) > 100
    state = {row["true_id"]: row["village_code"] for row in province.rows(
        f"SELECT true_id, village_code FROM read_parquet('{province.folder}/truth/truth_state/2018Q3.parquet')"
    )}  # fmt: skip
    places = [(row["hukou_code"], state[row["true_id"]]) for row in found]
    assert all(here[:6] == there[:6] for here, there in places)
    assert sum(here != there for here, there in places) > 0.9 * len(places)


def _alike(province: Province, kind: str) -> list[tuple[Row, Row]]:
    return [
        (province.people[row["true_id"]], province.people[row["other_id"]])
        for row in province.alike
        if row["kind"] == kind and row["true_id"] in province.people
    ]


def test_twins_are_born_the_same_day_with_neighbouring_numbers(province: Province) -> None:
    pairs = _alike(province, "twin")
    assert len(pairs) > 50
    for one, other in pairs:
        assert one["true_household"] == other["true_household"] and one["birth_date"] == other["birth_date"]
        assert one["id_number"][:14] == other["id_number"][:14]
        assert 1 <= abs(int(one["id_number"][14:17]) - int(other["id_number"][14:17])) <= 2
        assert int(one["id_number"][16]) % 2 == int(one["sex_code"]) % 2


def test_look_alikes_differ_in_one_digit_and_at_most_one_character(province: Province) -> None:
    pairs = _alike(province, "look_alike")
    assert len(pairs) > 50
    for one, other in pairs:
        assert one["true_household"] != other["true_household"] and one["sex_code"] == other["sex_code"]
        digits = zip(one["id_number"][:17], other["id_number"][:17], strict=True)
        assert sum(a != b for a, b in digits) == 1
        assert read_id(one["id_number"]).klass == "valid"
        assert one["id_number"][6:14] == one["birth_date"]
        assert one["name"][:2] == other["name"][:2]


def test_shared_numbers_are_two_peoples(province: Province) -> None:
    pairs = _alike(province, "id_shared")
    assert len(pairs) == pytest.approx(0.007 * len(province.people), rel=0.2)
    for one, other in pairs:
        assert one["id_number"] == other["id_number"] and one["true_id"] != other["true_id"]
        assert one["birth_date"] == other["birth_date"] and one["sex_code"] == other["sex_code"]
    outside = [row for row in province.alike if row["true_id"] >= 1_000_000_000]
    assert {row["kind"] for row in outside} == {"id_shared", "look_alike"}
