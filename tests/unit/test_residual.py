"""The residual cascade: levels, grounds, uniqueness, and that nothing depends on the order of rows or on threads."""

from __future__ import annotations

import dataclasses
import math
import random
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from pipelines.identity.id_numbers import check_character
from pipelines.identity.residual import blocking, deduplicate, evidence, link, linking, model
from pipelines.identity.residual.comparisons import COMPARISONS
from pipelines.identity.residual.model import Model, read_weights

REGISTERS = model("registers")
SCHEMA = pa.schema(
    [
        (name, {"BOOLEAN": pa.bool_(), "BIGINT": pa.int64(), "VARCHAR[]": pa.list_(pa.string())}.get(kind, pa.string()))
        for name, kind in evidence.TYPES.items()
    ]
)


def number(body: str) -> str:
    return body + check_character(body)


LI = {
    "record_id": "p1", "id_text": number("36072119790203004"), "id_is_valid": True, "family_name": "李", "given_name": "小明",
    "name_sound": "li xiao ming", "birth_date": "19790203", "sex": "2", "county": "360721", "town": "360721101",
    "village": "360721101200", "item_1": "7001", "item_2": "13800001111", "own_number": "register:1",
}  # fmt: skip


def person(record_id: str = "p1", **other: object) -> dict[str, object]:
    return {**LI, "record_id": record_id, **other}


def row(record_id: str = "r1", **known: object) -> dict[str, object]:
    """A row that says nothing but its source and what is given."""
    return {"record_id": record_id, "source": "medical", **known}


def bare(*fields: str, **other: object) -> dict[str, object]:
    return row(**{field: LI[field] for field in fields}, **other)


def connected(left: list[dict], right: list[dict], threads: int = 1) -> duckdb.DuckDBPyConnection:
    connection = linking.connect(threads)
    for name, rows in (("l", left), ("r", right)):
        connection.register(name, pa.Table.from_pylist(rows, schema=SCHEMA))
    return connection


def linked(left: list[dict], right: list[dict], chosen: Model = REGISTERS, threads: int = 1) -> list[dict]:
    return link(connected(left, right, threads), "l", "r", chosen).to_pylist()


def levels(left: dict, right: dict) -> dict[str, str]:
    connection = connected([left], [right])
    evidence.prepare(connection, "l", "a")
    evidence.prepare(connection, "r", "b")
    connection.execute("CREATE TABLE pairs AS SELECT 1 AS l, 1 AS r")
    linking.compare(connection, "a", "b", "pairs", "levels")
    (found,) = connection.sql("SELECT * FROM levels").to_arrow_table().to_pylist()
    return {name.removeprefix("level_"): level for name, level in found.items() if name.startswith("level_")}


ID = str(LI["id_text"])


@pytest.mark.parametrize(
    ("comparison", "left", "right", "level"),
    [
        ("id", {"id_text": ID}, {"id_text": ID}, "exact"),
        ("id", {"id_text": ID[:9] + "8" + ID[10:]}, {"id_text": ID}, "one_edit"),
        ("id", {"id_text": ID[:3] + ID[4] + ID[3] + ID[5:]}, {"id_text": ID}, "one_edit"),
        ("id", {"id_text": ID[:5] + ID[6:]}, {"id_text": ID}, "one_edit"),
        ("id", {"id_text": ID + "1"}, {"id_text": ID}, "one_edit"),
        ("id", {"id_text": "360721790203094"}, {"id_text": ID}, "one_edit"),
        ("id", {"id_text": "360721790203004"}, {"id_text": ID}, "exact"),
        ("id", {"id_text": ID[:15] + "000"}, {"id_text": ID}, "cut_off"),
        ("id", {"id_text": ID[:15]}, {"id_text": ID}, "cut_off"),
        ("id", {"id_text": ID[:14]}, {"id_text": ID}, "cut_off"),
        ("id", {"id_text": ID[:6]}, {"id_text": ID}, "different"),
        ("id", {"id_text": number("36072119790203006"), "id_is_valid": True}, {"id_text": ID, "id_is_valid": True}, "conflict"),
        ("id", {"id_text": number("36072119790203006")}, {"id_text": ID, "id_is_valid": True}, "different"),
        ("id", {}, {"id_text": ID}, "missing"),
        ("id", {"id_text": " "}, {"id_text": ID}, "missing"),
        ("name", {"family_name": "李", "given_name": "小明"}, {"family_name": "李", "given_name": "小明"}, "exact"),
        ("name", {"family_name": "李", "given_name": "?明"}, {"family_name": "李", "given_name": "小明"}, "lost_character"),
        ("name", {"family_name": "李", "given_name": "?明"}, {"family_name": "李", "given_name": "?明"}, "lost_character"),
        ("name", {"family_name": "李", "given_name": "?红"}, {"family_name": "李", "given_name": "小明"}, "family"),
        ("name", {"family_name": "李", "given_name": "晓明", "name_sound": "li xiao ming"}, LI, "sounds_alike"),
        ("name", {"family_name": "李", "given_name": "小红"}, LI, "one_edit"),
        ("name", {"family_name": "李", "given_name": "伟"}, {"family_name": "李", "given_name": "红"}, "family"),
        ("name", {"family_name": "王", "given_name": "小红"}, LI, "different"),
        ("name", {"family_name": "王", "given_name": "伟"}, {"family_name": "李", "given_name": "伟"}, "given"),
        ("name", {"family_name": "michael", "given_name": "smith"}, {"family_name": "smith", "given_name": "michael"}, "swapped"),
        ("name", {"family_name": "smyth", "given_name": "micheal"}, {"family_name": "smith", "given_name": "michael"}, "similar"),
        ("name", {"family_name": "smith"}, {"family_name": "smyth"}, "family"),
        ("name", {}, LI, "missing"),
        ("birth_date", {"birth_date": "19790203"}, LI, "exact"),
        ("birth_date", {"birth_date": "19790208"}, LI, "one_edit"),
        ("birth_date", {"birth_date": "19790302"}, LI, "swapped"),
        ("birth_date", {"birth_date": "19790218"}, LI, "part"),
        ("birth_date", {"birth_date": "19870203"}, LI, "part"),
        ("birth_date", {"birth_date": "19811112"}, LI, "different"),
        ("birth_date", {}, LI, "missing"),
        ("sex", {"sex": "1"}, LI, "different"),
        ("county", {"county": "360722"}, LI, "one_edit"),
        ("village", {"village": "360721101999"}, LI, "different"),
        ("village", {"village": "north turramurra"}, {"village": "north turamura"}, "similar"),
        ("item_1", {"item_2": "ocean street"}, {"item_1": "ocean street"}, "crossed"),
        ("item_1", {"item_1": "7001"}, {}, "missing"),
        ("reference", {"quoted_number": "register:1"}, LI, "quoted"),
        ("reference", {"quoted_number": "register:2"}, LI, "different"),
        ("reference", {}, LI, "missing"),
        ("kin", {"kin_household": "7001"}, {"item_1": "7001"}, "household"),
        ("kin", {"item_1": "7001"}, {"kin_household": "7001"}, "household"),
        ("kin", {"kin_household": "7002"}, {"item_1": "7001"}, "different"),
        ("kin", {"kin_household": "7001", "item_1": "7001"}, {}, "missing"),
        ("namesakes", {**LI, "namesakes": 0}, LI, "none"),
        ("namesakes", {**LI, "namesakes": 1}, LI, "some"),
        ("namesakes", {**LI, "namesakes": 0, "county": "360722"}, LI, "some"),
        ("namesakes", {**LI, "namesakes": 0, "given_name": "小红"}, LI, "some"),
        ("namesakes", LI, LI, "missing"),
        ("place", {"source": "medical"}, {"known_sources": ["medical"]}, "held"),
        ("place", {"source": "medical"}, {"known_sources": []}, "free"),
        ("place", {"source": "medical"}, {}, "missing"),
    ],
)  # fmt: skip
def test_levels(comparison: str, left: dict, right: dict, level: str) -> None:
    assert levels({**left, "record_id": "a"}, {**right, "record_id": "b"})[comparison] == level


def test_an_edit_anywhere_in_a_number_brings_the_pair_together_by_the_number_alone() -> None:
    edited = {
        ID[:place] + digit + ID[place + 1 :] for place in range(17) for digit in "0123456789" if digit != ID[place]
    }
    edited |= {ID[:place] + ID[place + 1 :] for place in range(17)}
    old = ID[:6] + ID[8:17]
    edited |= {old[:place] + digit + old[place + 1 :] for place in range(15) for digit in "0123456789"}
    swaps = {ID[:place] + ID[place + 1] + ID[place] + ID[place + 2 :] for place in range(17)}
    # Across a border of two parts a transposition touches both: found by other fields only.
    borders = {ID[:place] + ID[place + 1] + ID[place] + ID[place + 2 :] for place in (5, 9, 13)}
    found = {
        pair["left_id"] for pair in linked([row(text, id_text=text) for text in edited | swaps], [person()], loose())
    }
    assert edited | (swaps - borders) <= found


def loose(**other: object) -> Model:
    """Everything that was compared is suggested."""
    return dataclasses.replace(REGISTERS, review=-99, accept=99, margin=999, choices=10**6, **other)  # type: ignore[arg-type]


FIELDS = {field: field for field in ("birth_date", "county", "town", "village", "item_1", "item_2")}
FIELDS |= {
    "id": "id_text",
    "name": "given_name",
    "reference": "quoted_number",
    "namesakes": "namesakes",
    "kin": "kin_household",
}
GROUNDS = {
    "id_near_and_birth_date": bare("family_name", "given_name", "birth_date", id_text=ID[:9] + "8" + ID[10:]),
    "id_near_and_county": bare("family_name", "given_name", "county", id_text=ID[:15] + "000"),
    "id_near_and_name_near": bare(
        "family_name", "birth_date", "county", given_name="小红", id_text=ID[:9] + "8" + ID[10:]
    ),
    "cross_reference": bare("family_name", "given_name", quoted_number="register:1"),
    "village": bare("family_name", "given_name", "birth_date", "sex", "county", "village"),
    "town": bare("family_name", "given_name", "birth_date", "sex", "county", "town"),
    "household": bare("family_name", "given_name", "birth_date", "county", "item_1"),
    "household_member": bare("family_name", "given_name", "sex", "county", "town", "village", "item_1"),
    "family": bare("family_name", "given_name", "county", "town", kin_household=LI["item_1"]),
    "phone": bare("family_name", "given_name", "birth_date", "county", "item_2"),
    "only_namesake": bare("family_name", "given_name", "county", namesakes=0),
}


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_is_enough_and_each_of_its_fields_is_needed(ground: str) -> None:
    assert {g.name for g in REGISTERS.grounds} == set(GROUNDS)
    (pair,) = linked([GROUNDS[ground]], [person()])
    assert (pair["decision"], pair["ground"]) == ("auto", ground)
    (needed,) = (g.levels for g in REGISTERS.grounds if g.name == ground)
    for comparison, accepted in needed.items():
        if comparison in FIELDS and "missing" not in accepted:
            without = {**GROUNDS[ground], FIELDS[comparison]: None, "name_sound": None}
            assert not any(pair["ground"] == ground for pair in linked([without], [person()])), comparison


@pytest.mark.parametrize(
    "contrary",
    [
        {"sex": "1"},
        {"birth_date": "19811112"},
        {"given_name": "大伟", "name_sound": "li da wei"},
        {"id_text": number("36072119790203006"), "id_is_valid": True},
    ],
)
@pytest.mark.parametrize("ground", GROUNDS)
def test_what_speaks_against_a_person_is_never_overruled(ground: str, contrary: dict) -> None:
    against = {**GROUNDS[ground], **contrary}
    assert [pair for pair in linked([against], [person()]) if pair["decision"] == "auto"] == []


@pytest.mark.parametrize("ground", [ground for ground in GROUNDS if not ground.startswith("id_near")])
def test_whose_number_is_anothers_is_nobody_by_name_alone(ground: str) -> None:
    (pair,) = linked([GROUNDS[ground] | {"id_is_anothers": True}], [person()])
    assert pair["decision"] == ("review" if ground in ("household_member", "family", "only_namesake") else "auto")
    assert "holder=other_name" in pair["evidence"]


def test_without_a_number_a_name_and_a_county_are_nobody() -> None:
    assert linked([bare("family_name", "given_name", "county", "sex")], [person()]) == []


def test_a_namesake_who_is_insured_already_or_in_another_county_is_somebody_else() -> None:
    sole = GROUNDS["only_namesake"]
    for other in ({"known_sources": ["medical"]}, {"county": "360722"}, {"given_name": "晓明"}):
        assert not any(pair["decision"] == "auto" for pair in linked([sole], [person(**other)]))
    assert linked([sole | {"namesakes": 1}], [person()]) == []
    assert [p["decision"] for p in linked([sole], [person(), person("p2")])] == ["review", "review"]
    assert [p["decision"] for p in linked([sole, sole | {"record_id": "r2"}], [person()])] == ["review", "review"]


def test_a_second_entry_of_a_person_already_known_there_goes_to_review() -> None:
    pairs = linked([GROUNDS["village"]], [person(known_sources=["medical"])])
    assert [pair["decision"] for pair in pairs] == ["review"]


def test_twins_are_told_apart_by_the_given_name_and_by_nothing_less() -> None:
    twin = person(
        "p2", id_text=number("36072119790203006"), given_name="小红", name_sound="li xiao hong", own_number="register:2"
    )
    named = bare("family_name", "given_name", "birth_date", "sex", "county", "town", "village", "item_1")
    assert [(p["right_id"], p["decision"]) for p in linked([named], [person(), twin])] == [("p1", "auto")]
    lost = {**named, "given_name": "小?"}
    assert [(p["right_id"], p["decision"]) for p in linked([lost], [person(), twin])] == [
        ("p1", "review"),
        ("p2", "review"),
    ]


def test_a_twin_whose_name_sounds_the_same_is_somebody_else() -> None:
    fields = ("birth_date", "sex", "county", "town", "village", "item_1", "item_2", "name_sound", "family_name")
    assert [p["decision"] for p in linked([bare(*fields, given_name="晓明")], [person()])] == ["review"]


def test_a_tie_on_either_side_goes_to_review() -> None:
    one, other = person("p1"), person("p2", id_text=None, id_is_valid=False)
    assert {p["decision"] for p in linked([GROUNDS["village"]], [one, other])} == {"review"}
    two = [{**GROUNDS["village"], "record_id": record_id} for record_id in ("r1", "r2")]
    assert {p["decision"] for p in linked(two, [person()])} == {"review"}
    elsewhere = [two[0], {**two[1], "source": "pension"}]
    assert {p["decision"] for p in linked(elsewhere, [person()])} == {"auto"}


def test_two_entries_with_the_same_name_and_number_are_one_claim() -> None:
    two = [
        {**GROUNDS["id_near_and_birth_date"], "record_id": "r1"},
        {**GROUNDS["id_near_and_birth_date"], "record_id": "r2", "sex": "2"},
    ]
    assert [p["decision"] for p in linked(two, [person()])] == ["auto", "auto"]


def test_among_too_many_nobody_is_suggested() -> None:
    alike = [person(f"p{n}", id_text=None, id_is_valid=False) for n in range(REGISTERS.choices + 1)]
    assert len(linked([GROUNDS["village"]], alike[:-1])) == REGISTERS.choices
    assert linked([GROUNDS["village"]], alike) == []


def test_evidence_is_in_words_of_the_data() -> None:
    (pair,) = linked([GROUNDS["household"]], [person()])
    assert pair["evidence"] == "name=exact; birth_date=exact; county=exact; household=exact"
    assert pair["points"] == 12


def crowd(n: int, seed: int = 7) -> tuple[list[dict], list[dict]]:
    draw = random.Random(seed)
    persons = [
        person(
            f"p{i}",
            id_text=number(f"36072{draw.randint(1, 9)}19{draw.randint(50, 59)}01{draw.randint(10, 28)}{draw.randint(0, 999):03}"),
            given_name=draw.choice("伟芳敏静丽强磊") + draw.choice(["", *"明红军"]), name_sound=None,
            birth_date=f"19{draw.randint(50, 59)}01{draw.randint(10, 28)}", sex=draw.choice("12"),
            town=f"36072110{draw.randint(1, 4)}", village=None, item_1=str(draw.randint(1, n // 3)), item_2=None,
        )
        for i in range(n)
    ]  # fmt: skip
    rows = []
    for i, known in enumerate(persons):
        text = str(known["id_text"])
        damaged = draw.choice([None, text[:9] + "0" + text[10:], text[:15] + "000", text[:16]])
        rows.append({**known, "record_id": f"r{i}", "source": draw.choice(["medical", "pension"]), "id_text": damaged,
                     "id_is_valid": False, "own_number": None, "birth_date": draw.choice([known["birth_date"], None])})  # fmt: skip
    return rows, persons


def test_shuffled_rows_and_two_threads_give_the_same_table() -> None:
    rows, persons = crowd(600)
    expected = linked(rows, persons)
    decisions = {pair["decision"] for pair in expected}
    assert decisions == {"auto", "review"}
    for seed, threads in ((1, 1), (2, 2), (3, 2)):
        draw = random.Random(seed)
        shuffled = draw.sample(rows, len(rows)), draw.sample(persons, len(persons))
        assert linked(*shuffled, threads=threads) == expected
    together = deduplicate(connected(rows + persons, []), "l", REGISTERS).to_pylist()
    again = deduplicate(connected(random.Random(4).sample(rows + persons, 1200), [], 2), "l", REGISTERS).to_pylist()
    assert again == together != []


def test_nobody_is_linked_twice_within_a_source() -> None:
    rows, persons = crowd(600)
    accepted = [pair for pair in linked(rows, persons) if pair["decision"] == "auto"]
    assert len({pair["left_id"] for pair in accepted}) == len(accepted) > 100
    sources = {r["record_id"]: (r["source"], r["id_text"]) for r in rows}
    taken = [(pair["right_id"], *sources[pair["left_id"]]) for pair in accepted]
    assert len({(right, source) for right, source, _ in taken}) == len(set(taken))


def test_a_key_that_many_share_gives_no_pairs() -> None:
    crowd_of_one_day = [row(f"p{n}", birth_date="19790203") for n in range(blocking.LARGEST_BLOCK + 1)]
    asked = [bare("birth_date")]
    assert linked(asked, crowd_of_one_day, loose()) == []
    assert len(linked(asked, crowd_of_one_day[1:], loose())) == blocking.LARGEST_BLOCK


@pytest.mark.parametrize("name", ["febrl", "registers"])
def test_weights_are_those_of_splink_with_the_same_shares(name: str) -> None:
    """Splink scores the pairs anew from the kept m and u; the sum of our rounded bits is its match weight."""
    import csv

    from splink import DuckDBAPI, Linker

    from pipelines.identity.residual.model import WEIGHTS
    from pipelines.identity.residual.training import comparison_for_splink, settings

    with WEIGHTS.open(encoding="utf-8", newline="") as lines:
        known = {
            (w["comparison"], w["level"]): {"m_probability": float(w["m"]), "u_probability": float(w["u"])}
            for w in csv.DictReader(lines)
            if w["model"] == name
        }
    kept = {comparison for comparison, _ in known}
    rows, persons = crowd(60)
    chosen = dataclasses.replace(loose(), weights=read_weights(name))
    ours = {(p["left_id"], p["right_id"]): p["match_weight"] for p in linked(rows, persons, chosen)}
    connection = connected(rows, persons)
    evidence.prepare(connection, "l", "a")
    evidence.prepare(connection, "r", "b")
    api = DuckDBAPI(connection=connection)
    chosen_settings = settings("link_only", known)
    chosen_settings.comparisons = [comparison_for_splink(c, known) for c in COMPARISONS if c.name in kept]
    chosen_settings.blocking_rules_to_generate_predictions = ["1 = 1"]  # type: ignore[list-item]
    chosen_settings.probability_two_random_records_match = 0.5
    linker = Linker(
        [api.register("a", dataset_display_name="a"), api.register("b", dataset_display_name="b")], chosen_settings
    )
    theirs = {
        (p["record_id_l"], p["record_id_r"]): p["match_weight"] for p in linker.inference.predict().as_record_list()
    }
    assert len(ours) > 100
    assert any(weight > 10 for weight in ours.values())
    for pair, weight in ours.items():
        assert math.isclose(weight, theirs[pair], abs_tol=0.01 * len(COMPARISONS)), pair


def test_a_model_names_only_levels_that_exist() -> None:
    with pytest.raises(ValueError, match="no level exactly of id"):
        Model("x", 1, 1, 1, 1, {"id": {"exactly": 1}}, {})
    assert isinstance(REGISTERS.weights["id"]["exact"], Decimal)


@pytest.mark.parametrize("rows", [[{"record_id": None}], [{"record_id": "a"}, {"record_id": "a"}]])
def test_records_have_names_of_their_own(rows: list[dict]) -> None:
    with pytest.raises(ValueError, match="record_id"):
        linked(rows, [person()])
