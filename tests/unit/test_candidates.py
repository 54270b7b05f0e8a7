"""Whom records without a usable ID number are linked to, and how officials' decisions change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.identity import candidates
from pipelines.identity.decisions import MUST_LINK, NEVER_LINK, Record
from pipelines.lake import columns_of
from tests.spec.test_specs import arrow_table

QUEUE = 1000  # of a thousand people: as many as there are
ID, OTHER_ID = "99010119700101001X", "990101197503120023"
PERSON = {
    "system": "poverty_register", "entity": "record", "system_rank": "1", "record_number": "P1", "name": "张建设", "name_key": "张建设",
    "name_pinyin": "zhang jian she", "has_gap": "false", "id_number": ID, "id_key": ID, "id_class": "valid", "tier": "T1",
    "cluster": f"id:{ID}", "is_settled": "true", "county_code": "360121", "region_code": "360121001201", "household_number": "H1",
    "phone": "13800000000", "sex_code": "1", "birth_date": "1970-01-01",
}  # fmt: skip

INSURED = PERSON | {"system": "medical_insurance", "entity": "participation", "record_number": "M2", "system_rank": "7"}


def open_record(system: str, number: str, **said: str | None) -> dict[str, str | None]:
    """A record of the same person without a usable number, saying less."""
    entity = "participation" if system in ("medical_insurance", "social_insurance") else "record"
    ranks = {"poverty_register": 1, "civil_affairs": 2, "employment_platform": 3, "technical_school": 4, "yulu": 5}
    row: dict[str, str | None] = {
        **PERSON, "system": system, "entity": entity, "record_number": number, "system_rank": str(ranks.get(system, 7)),
        "id_number": None, "id_key": None, "id_class": "missing", "tier": "no_usable_id", "is_settled": "false", "birth_date": None,
        "household_number": None, "phone": None, "cluster": f"{system}:{number}" if entity == "record" else None,
    }  # fmt: skip
    return row | said


def find_all(
    folder: Path,
    rows: list[dict[str, Any]],
    decisions: tuple[tuple[Record, Record, str], ...] = (),
    more: tuple[dict[str, Any], ...] = (),
) -> list[dict[str, Any]]:
    """Rows of core_link_candidate; `more`: settled insured rows, which only core_id_link has."""
    for name, given in (("core_evidence", rows), ("core_id_link", [*rows, *more])):
        columns = columns_of(name)
        (folder / name).mkdir(parents=True, exist_ok=True)
        table = arrow_table(columns, [{k: v for k, v in row.items() if k in columns} for row in given])
        pq.write_table(table, folder / name / "part.parquet")
    found = candidates.find(folder / "core_evidence", folder / "core_id_link", decisions, QUEUE)
    assert found.schema.names == list(columns_of("core_link_candidate"))
    return list(found.to_pylist())


def find(*args: Any, **more: Any) -> dict[tuple[str, str], tuple[str, str, str | None]]:
    """(system, number) → (tier, decision, linked cluster), of the same."""
    return {
        (row["system"], row["record_number"]): (row["tier"], row["decision"], row["linked_cluster"])
        for row in find_all(*args, **more)
    }


def test_a_number_one_digit_away_is_accepted_where_name_and_county_agree(tmp_path: Path) -> None:
    wrong = ID[:12] + "8" + ID[13:]
    near = open_record("medical_insurance", "M1", id_number=wrong, id_class="checksum")
    assert find(tmp_path, [PERSON, near]) == {("medical_insurance", "M1"): ("T5", "auto", f"id:{ID}")}
    far = near | {"name": "李四海", "name_key": "李四海", "name_pinyin": "li si hai"}
    assert find(tmp_path / "far", [PERSON, far]) == {}


def test_the_second_number_of_a_row_is_its_number_where_the_first_is_damaged(tmp_path: Path) -> None:
    row = open_record("social_insurance", "N1", id_number="3.6E+17", id_class="excel_damage", quoted_id=ID)
    assert find(tmp_path, [PERSON, row]) == {("social_insurance", "N1"): ("T5", "auto", f"id:{ID}")}


def test_rows_of_one_number_go_with_those_whose_id_is_right(tmp_path: Path) -> None:
    row = open_record("social_insurance", "N1", county_code="360921", region_code="360921")
    settled = PERSON | {"system": "social_insurance", "entity": "payment", "record_number": "N1", "system_rank": "6"}
    assert find(tmp_path, [PERSON, row]).get(("social_insurance", "N1"), ("", "", None))[2] is None
    assert find(tmp_path / "same", [PERSON, row], more=(settled,)) == {
        ("social_insurance", "N1"): ("T5", "auto", f"id:{ID}")
    }
    other = settled | {"name": "李四", "name_key": "李四"}
    assert (
        find(tmp_path / "other", [PERSON, row], more=(other,)).get(("social_insurance", "N1"), ("", "", None))[2]
        is None
    )


def test_two_who_fit_alike_are_for_a_person_to_judge(tmp_path: Path) -> None:
    brother = PERSON | {
        "record_number": "P2",
        "id_number": OTHER_ID,
        "id_key": OTHER_ID,
        "cluster": f"id:{OTHER_ID}",
        "birth_date": "1970-01-01",
    }
    row = open_record("employment_platform", "W1", birth_date="1970-01-01")
    alone = find(tmp_path, [PERSON, row])
    assert alone[("employment_platform", "W1")][1] == "auto"
    both = find(tmp_path / "both", [PERSON, brother, row])
    assert both[("employment_platform", "W1")][1:] == ("review", None)


def test_a_register_record_without_a_number_gets_the_insured_row_that_has_it(tmp_path: Path) -> None:
    register = open_record("poverty_register", "P9", id_number=ID[:14] + ID[15] + ID[14] + ID[16:], id_class="checksum")
    insured = open_record("medical_insurance", "M1", id_number=ID, id_key=ID, id_class="valid", tier="not_found")
    assert find(tmp_path, [register, insured]) == {("medical_insurance", "M1"): ("T5", "auto", "poverty_register:P9")}


def test_the_only_one_of_a_name_in_a_county_is_the_one_person_of_that_name_who_is_not_insured(tmp_path: Path) -> None:
    row = open_record("medical_insurance", "M1", sex_code=None, namesakes="0", region_code="360121")
    assert find(tmp_path, [PERSON, row]) == {("medical_insurance", "M1"): ("T6", "auto", f"id:{ID}")}
    assert find(tmp_path / "insured", [PERSON, row], more=(INSURED,)) == {}
    assert find(tmp_path / "common", [PERSON, row | {"namesakes": "3"}]) == {}
    # A payment of the same number says nothing but that, and goes along.
    payment = row | {"entity": "payment", "county_code": "360921", "namesakes": None}
    both = find_all(tmp_path / "payment", [PERSON, row, payment])
    assert [(one["entity"], one["decision"], one["tier"]) for one in both] == [
        ("participation", "auto", "T6"),
        ("payment", "auto", "T6"),
    ]
    # A register record without a number, and the insured row that has it.
    register = open_record("poverty_register", "P9", sex_code=None, region_code="360121")
    keyed = row | {"id_number": ID, "id_key": ID, "id_class": "valid", "tier": "not_found"}
    assert find(tmp_path / "register", [register, keyed]) == {
        ("medical_insurance", "M1"): ("T6", "auto", "poverty_register:P9")
    }


R, M = Record("poverty_register", "P1"), Record("medical_insurance", "M1")


def test_who_can_be_in_no_pension_scheme_is_not_the_one_of_the_name(tmp_path: Path) -> None:
    row = open_record("social_insurance", "N1", sex_code=None, namesakes="0", region_code="360121")
    assert find(tmp_path, [PERSON, row]) == {("social_insurance", "N1"): ("T6", "auto", f"id:{ID}")}
    pupil = PERSON | {"is_barred_from_pension": "true"}
    assert find(tmp_path / "pupil", [pupil, row]) == {}
    # One record that says so is enough; medical insurance takes everybody.
    worker = PERSON | {"system": "employment_platform", "record_number": "W1", "system_rank": "3"}
    assert find(tmp_path / "two", [pupil, worker, row]) == {}
    medical = row | {"system": "medical_insurance", "system_rank": "7"}
    assert find(tmp_path / "medical", [pupil, medical]) == {("medical_insurance", "N1"): ("T6", "auto", f"id:{ID}")}


def test_whoever_bears_anothers_number_in_several_systems_is_one_person(tmp_path: Path) -> None:
    cluster = f"id:{ID}:李四"
    said = {
        "id_number": ID,
        "id_key": ID,
        "id_class": "valid",
        "tier": "T4",
        "name_level": "different",
        "cluster": cluster,
    }
    said |= {"name": "李四", "name_key": "李四", "name_pinyin": "li si", "sex_code": "2"}
    family = open_record("civil_affairs", "F1", **said, region_code="360121009")
    worker = open_record("employment_platform", "W1", **said, household_number="H9", region_code="360121009201")
    insured = open_record("medical_insurance", "M1", **said)
    student = worker | {
        "system": "technical_school",
        "record_number": "S1",
        "system_rank": "4",
        "id_number": None,
        "id_key": None,
    }
    student |= {"id_class": "missing", "tier": "no_usable_id", "cluster": "technical_school:S1"}
    rows = [PERSON | {"name_level": "equal"}, family, worker, insured]
    assert find(tmp_path, rows) == {}
    assert find(tmp_path / "student", [*rows, student]) == {("technical_school", "S1"): ("T6", "auto", cluster)}


def test_a_number_that_birth_date_or_sex_speak_against_is_suggested_and_never_linked(tmp_path: Path) -> None:
    own = {"id_number": ID, "id_key": ID, "id_class": "valid", "tier": "T4", "birth_date": "2003-02-01"}
    named = {"name": "张建社", "name_key": "张建社", "name_level": "homophone", "cluster": f"id:{ID}:张建社"}
    child = open_record("technical_school", "S1", **own, **named)
    named = {"name": "李四", "name_key": "李四", "name_level": "different", "cluster": f"id:{ID}:李四"}
    other = open_record("technical_school", "S2", **own, **named, name_pinyin="li si")
    rows = [PERSON | {"name_level": "equal"}, child, other]
    assert find(tmp_path, rows) == {("technical_school", "S1"): ("T3", "review", None)}
    evidence = candidates.find(tmp_path / "core_evidence", tmp_path / "core_id_link", (), QUEUE)["evidence"].to_pylist()
    assert evidence == ["id=contradicted; name=homophone; birth_date=different; sex=exact"]
    never, must = ((Record("technical_school", "S1"), R, outcome) for outcome in (NEVER_LINK, MUST_LINK))
    assert find(tmp_path / "never", rows, (never,)) == {}
    assert find(tmp_path / "must", rows, (must,)) == {("technical_school", "S1"): ("official", MUST_LINK, f"id:{ID}")}


@pytest.mark.parametrize("turned", [False, True])
def test_an_official_may_link_what_evidence_leaves_open(tmp_path: Path, turned: bool) -> None:
    row = open_record("medical_insurance", "M1", name="李四", name_key="李四", county_code="360921")
    pair = (M, R) if turned else (R, M)
    assert find(tmp_path, [PERSON, row], ((*pair, MUST_LINK),)) == {
        ("medical_insurance", "M1"): ("official", MUST_LINK, f"id:{ID}")
    }


def test_an_official_may_keep_apart_what_evidence_or_a_number_linked(tmp_path: Path) -> None:
    near = open_record("medical_insurance", "M1", id_number=ID[:12] + "8" + ID[13:], id_class="checksum")
    assert find(tmp_path, [PERSON, near], ((M, R, NEVER_LINK),)) == {
        ("medical_insurance", "M1"): ("kept_apart", NEVER_LINK, None)
    }
    worker = PERSON | {"system": "employment_platform", "record_number": "W1", "system_rank": "3"}
    apart = find(tmp_path / "id", [PERSON, worker], ((Record("employment_platform", "W1"), R, NEVER_LINK),))
    assert apart == {("employment_platform", "W1"): ("kept_apart", NEVER_LINK, "employment_platform:W1")}


def test_of_two_who_are_kept_apart_the_one_that_evidence_brought_leaves(tmp_path: Path) -> None:
    assisted = PERSON | {
        "system": "civil_affairs",
        "system_rank": "2",
        "record_number": "F1-1",
        "kin_household_number": "H1",
    }
    register = open_record("poverty_register", "P7", household_number="H1")
    linked = find(tmp_path, [assisted, register])
    assert linked == {("poverty_register", "P7"): ("T6", "auto", f"id:{ID}")}
    refused = ((Record("civil_affairs", "F1-1"), Record("poverty_register", "P7"), NEVER_LINK),)
    assert find(tmp_path / "apart", [assisted, register], refused) == {
        ("poverty_register", "P7"): ("kept_apart", NEVER_LINK, "poverty_register:P7")
    }


def test_a_suggestion_that_was_refused_does_not_come_again(tmp_path: Path) -> None:
    brother = PERSON | {
        "record_number": "P2",
        "id_number": OTHER_ID,
        "id_key": OTHER_ID,
        "cluster": f"id:{OTHER_ID}",
        "birth_date": "1970-01-01",
    }
    row = open_record("employment_platform", "W1", birth_date="1970-01-01")
    refused = ((Record("employment_platform", "W1"), Record("poverty_register", "P2"), NEVER_LINK),)
    found = candidates.find
    assert find(tmp_path, [PERSON, brother, row])[("employment_platform", "W1")][1] == "review"
    find(tmp_path / "refused", [PERSON, brother, row], refused)
    table: pa.Table = found(tmp_path / "refused/core_evidence", tmp_path / "refused/core_id_link", refused, QUEUE)
    assert table["cluster"].to_pylist() == [f"id:{ID}"]


def test_two_people_whom_an_official_joins_are_one_with_everything_they_have(tmp_path: Path) -> None:
    second = PERSON | {"record_number": "P2", "id_number": OTHER_ID, "id_key": OTHER_ID, "cluster": f"id:{OTHER_ID}"}
    worker = second | {"system": "employment_platform", "record_number": "W2", "system_rank": "3"}
    found = find(tmp_path, [PERSON, second, worker], ((R, Record("poverty_register", "P2"), MUST_LINK),))
    kept = min(f"id:{ID}", f"id:{OTHER_ID}")
    moved = {key: row[1:] for key, row in found.items()}
    wanted = (
        [("poverty_register", "P2"), ("employment_platform", "W2")]
        if kept == f"id:{ID}"
        else [("poverty_register", "P1")]
    )
    assert moved == dict.fromkeys(wanted, (MUST_LINK, kept))


def test_the_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    rows = [PERSON, open_record("employment_platform", "W1", birth_date="1970-01-01")]
    rows += [
        open_record("medical_insurance", f"M{n}", id_number=ID[:n] + "7" + ID[n + 1 :], id_class="checksum")
        for n in range(6, 12)
    ]
    assert find(tmp_path, rows) == find(tmp_path / "turned", rows[::-1])


def test_a_family_that_stands_in_one_household_says_which_of_its_name_is_meant(tmp_path: Path) -> None:
    member = open_record("civil_affairs", "F1-2", region_code="360121001", kin_household_number="H1", sex_code=None)
    assert find(tmp_path, [PERSON, member]) == {("civil_affairs", "F1-2"): ("T6", "auto", f"id:{ID}")}
    elsewhere = member | {"kin_household_number": "H2"}
    assert find(tmp_path / "elsewhere", [PERSON, elsewhere])["civil_affairs", "F1-2"][1:] == ("review", None)
    relative = member | {"name": "张丽", "name_key": "张丽", "name_pinyin": "zhang li"}
    assert find(tmp_path / "relative", [PERSON, relative]) == {}
    # With a relative's number it may be the relative's record under another name.
    of_another = member | {"id_key": OTHER_ID, "id_number": OTHER_ID, "id_class": "valid", "tier": "T4",
                           "cluster": f"id:{OTHER_ID}:张建设"}  # fmt: skip
    assert find(tmp_path / "another", [PERSON, of_another])["civil_affairs", "F1-2"][1:] == ("review", None)


def test_a_register_record_without_a_number_is_known_by_the_family_of_another_system(tmp_path: Path) -> None:
    assisted = PERSON | {"system": "civil_affairs", "system_rank": "2", "record_number": "F1-1", "region_code": "360121001",
                         "household_number": None, "phone": None, "kin_household_number": "H1"}  # fmt: skip
    register = open_record("poverty_register", "P7", household_number="H1")
    assert find(tmp_path, [assisted, register]) == {("poverty_register", "P7"): ("T6", "auto", f"id:{ID}")}


SEQUENCE, DAY, YEAR = "990101197001010095", "990101197001120015", "990101197401010014"


def numbered(system: str, number: str, key: str, **said: str | None) -> dict[str, str | None]:
    return PERSON | {
        "system": system, "record_number": number, "id_key": key, "id_number": key, "cluster": f"id:{key}",
        "system_rank": {"poverty_register": "1", "civil_affairs": "2", "employment_platform": "3"}[system],
    } | said  # fmt: skip


@pytest.mark.parametrize(("key", "is_suggested"), [(SEQUENCE, True), (DAY, True), (YEAR, False)])
def test_two_numbers_of_one_name_that_differ_in_one_part_may_be_one_person_and_an_official_judges(
    tmp_path: Path, key: str, is_suggested: bool
) -> None:
    worker = numbered("employment_platform", "W1", key, household_number=None, phone=None)
    found = find_all(tmp_path, [PERSON, worker])
    assert [(row["record_number"], row["cluster"], row["decision"], row["linked_cluster"]) for row in found] == (
        [("W1", f"id:{ID}", "review", None)] if is_suggested else []
    )
    # Where one system has both, they are two; so they are under another name or of another sex.
    both = numbered("poverty_register", "P2", key)
    assert find(tmp_path / "both", [PERSON, worker, both]).get(("employment_platform", "W1")) is None
    named = worker | {"name": "张建军", "name_key": "张建军"}
    assert find(tmp_path / "named", [PERSON, named]) == {}


def test_of_two_numbers_the_one_that_fewer_systems_know_is_suggested_for_the_other(tmp_path: Path) -> None:
    others = [numbered("employment_platform", "W1", SEQUENCE), numbered("civil_affairs", "F1-1", SEQUENCE)]
    found = find_all(tmp_path, [PERSON, *others])
    assert [(row["record_number"], row["cluster"]) for row in found] == [("P1", f"id:{SEQUENCE}")]


def test_one_household_has_one_of_a_name_whatever_the_numbers(tmp_path: Path) -> None:
    worker = numbered("employment_platform", "W1", OTHER_ID[:16] + "1" + OTHER_ID[17:])
    assert find(tmp_path, [PERSON, worker])["employment_platform", "W1"] == ("T5", "review", None)


def test_an_insured_row_of_nobodys_number_may_be_of_who_is_not_insured_under_the_own_one(tmp_path: Path) -> None:
    row = open_record("medical_insurance", "M1", id_number=SEQUENCE, id_key=SEQUENCE, id_class="valid", tier="not_found",
                      county_code="360922", sex_code=None)  # fmt: skip
    assert find(tmp_path, [PERSON, row]) == {("medical_insurance", "M1"): ("T5", "review", None)}
    assert find(tmp_path / "insured", [PERSON, row], more=(INSURED,)) == {}


def test_a_payment_goes_with_its_personal_number_where_one_part_of_the_id_differs(tmp_path: Path) -> None:
    settled = PERSON | {
        "system": "social_insurance",
        "entity": "participation",
        "record_number": "N1",
        "system_rank": "6",
    }
    payment = open_record("social_insurance", "N1", entity="payment", id_number=SEQUENCE, id_key=SEQUENCE, id_class="valid",
                          tier="not_found")  # fmt: skip
    assert find(tmp_path, [PERSON, payment], more=(settled,)) == {
        ("social_insurance", "N1"): ("T5", "auto", f"id:{ID}")
    }
    far = payment | {"id_number": OTHER_ID, "id_key": OTHER_ID}
    assert find(tmp_path / "far", [PERSON, far], more=(settled,)) == {}


def test_officials_are_asked_about_the_most_likely_and_no_more_than_they_can_answer(tmp_path: Path) -> None:
    """Ten people, each with a worker's record that says their name and birth date, one of them for two people to choose."""
    people, workers = [], []
    for n in range(10):
        id_key = f"9901011970010{n}0018"
        person = PERSON | {"record_number": f"P{n}", "id_number": id_key, "id_key": id_key, "cluster": f"id:{id_key}"}
        named = {
            "name": f"张建{'一二三四五六七八九十'[n]}",
            "name_key": f"张建{'一二三四五六七八九十'[n]}",
            "name_pinyin": f"zhang jian {n}",
        }
        people.append(person | named | {"birth_date": f"1970-01-{n + 10}", "region_code": f"36012100120{n}"})
        said = {"birth_date": f"1970-01-{n + 10}", "region_code": "360122", "county_code": "360122"}
        workers.append(open_record("employment_platform", f"W{n}", **named | said))
    twin = people[0] | {"record_number": "P99", "id_number": OTHER_ID, "id_key": OTHER_ID, "cluster": f"id:{OTHER_ID}"}

    def queued(folder: Path, per_mille: int) -> set[str]:
        find_all(folder, [*people, twin, *workers])
        found = candidates.find(folder / "core_evidence", folder / "core_id_link", (), per_mille).to_pylist()
        assert {(row["record_number"], row["decision"]) for row in found} == {(f"W{n}", "review") for n in range(10)}
        return {row["record_number"] for row in found if row["is_queued"]}

    assert queued(tmp_path / "none", 0) == set()
    assert len(queued(tmp_path / "some", 500)) == 5
    assert queued(tmp_path / "some", 500) < queued(tmp_path / "more", 850) == {f"W{n}" for n in range(1, 10)}
    assert queued(tmp_path / "all", 1000) == {f"W{n}" for n in range(10)}
