"""Levels of agreement between two names, as SQL says them over core_name; and what they make of the sample's defects."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.engines import Engine, engine_for
from pipelines.identity.names import name_table
from pipelines.sample.damage import CHANGES
from pipelines.sample.names import stock
from tests.spec.test_specs import read_spec

LEVELS = {
    ("王小明", "王小明"): "equal",
    ("王 小 明", "王小明"): "equal",
    ("劉三", "刘三"): "variant",
    ("阿里•买买提", "阿里·买买提"): "variant",
    ("阿里买买提", "阿里·买买提"): "variant",
    ("李明(曾用名李强)", "李明"): "variant",
    ("王?明", "王小明"): "gap",
    ("王??", "王小明"): "gap",
    ("王??", "王𬭚"): "gap",
    ("王?明", "王?明"): "gap",
    ("王 yan", "王艳"): "gap",
    ("王 yue", "王乐"): "gap",
    ("王(火华)", "王烨"): "gap",
    ("王?", "王小明"): "different",
    ("王 yan", "王伟"): "different",
    ("?小明", "王小明"): "different",
    ("王?明", "王小?"): "different",
    ("王?明", "李小明"): "different",
    ("王yan明", "王小明"): "different",
    ("王?明", "王明?"): "different",
    ("章三", "张三"): "homophone",
    ("李建华", "李健花"): "homophone",
    ("李乐", "李月"): "homophone",
    ("曾强", "增强"): "homophone",
    ("买买提·艾力", "麦麦提·爱丽"): "homophone",
    ("曾强", "层强"): "different",
    ("单国", "丹国"): "different",
    ("王未", "王末"): "look_alike",
    ("余明", "佘明"): "look_alike",
    ("王玲", "王琳"): "different",
    ("刘水", "刘永"): "different",
    ("王建国", "王建军"): "one_character",
    ("欧阳小明", "欧阳大明"): "one_character",
    ("王国", "王军"): "different",
    ("王建国", "李建国"): "different",
    ("王建国", "王爱军"): "different",
    ("李明", "李小明"): "different",
    ("阿依古丽·买买提", "阿依古丽"): "minority_part",
    ("阿依古丽·买买提", "阿依古丽·买"): "minority_part",
    ("阿依古丽·买买提", "阿依古丽买"): "minority_part",
    ("阿依古丽·买买提", "阿依"): "different",
    ("阿依古丽·买买提", "古丽娜尔·买买提"): "different",
    ("阿·买买提", "阿"): "different",
    ("李明(曾用名李强)", "李强"): "former_name",
    ("李明(原名:李刚、李强)", "李强"): "former_name",
    ("李明(曾用名李强)", "李"): "different",
    ("王小明", "王明小"): "swapped",
    ("张三", "三张"): "swapped",
    ("买买提·艾力", "艾力·买买提"): "swapped",
    ("王小明", "王明明"): "one_character",
    ("", "王小明"): "missing",
    ("", ""): "missing",
    ("·", "·"): "missing",
}
AUTOMATIC = {"equal", "variant"}
COMPATIBLE = {"gap", "homophone", "look_alike", "one_character", "minority_part", "former_name", "swapped"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_for("duckdb", threads=1, memory_limit="1GiB", scratch=tmp_path_factory.mktemp("levels")) as running:
        yield running


def levels(engine: Engine, pairs: list[tuple[str, str]]) -> list[str]:
    """The level of each pair."""
    names = name_table(name for pair in pairs for name in pair)
    engine.register_rows("names", {c: "BOOLEAN" if c == "has_gap" else "VARCHAR" for c in names.column_names}, names)
    numbered = pa.table({"place": range(len(pairs)), "one": [a for a, _ in pairs], "other": [b for _, b in pairs]})
    engine.register_rows("pairs", {"place": "BIGINT", "one": "VARCHAR", "other": "VARCHAR"}, numbered)
    rows = engine.query(
        "SELECT name_level(n, m) AS name_level FROM pairs AS p JOIN names AS n ON n.name = p.one"
        " JOIN names AS m ON m.name = p.other ORDER BY p.place",
        {},
    )
    return [str(row["name_level"]) for row in rows]


def test_each_kind_of_agreement_has_its_level(engine: Engine) -> None:
    assert dict(zip(LEVELS, levels(engine, list(LEVELS)), strict=True)) == LEVELS
    assert set(LEVELS.values()) == AUTOMATIC | COMPATIBLE | {"different", "missing"}


def test_a_level_holds_in_both_directions(engine: Engine) -> None:
    names = sorted({name for pair in LEVELS for name in pair})
    pairs = [(one, other) for one in names for other in names]
    there, back = levels(engine, pairs), levels(engine, [(other, one) for one, other in pairs])
    assert there == back
    assert Counter(there).keys() == set(LEVELS.values())


# What a defect of the sample leaves (pipelines/sample/defects.toml has the tiers).
LEFT = {
    "name_variant": {"variant"},
    "name_interpunct": {"variant", "equal"},
    "name_padded": {"equal"},
    "name_homophone": {"homophone"},
    "name_one_character": {"one_character", "homophone", "look_alike"},
    "name_rare_lost": {"gap"},
    "name_conflict": {"different"},
}


@pytest.mark.parametrize("kind", LEFT)
def test_defects_of_the_sample_keep_their_tier(engine: Engine, kind: str) -> None:
    rng = random.Random(kind)
    names, rare = stock(), [stock().given[place] for place in stock().pools["rare"]]
    common = [c for c in names.given if c not in rare]
    pairs = []
    while len(pairs) < 20_000:
        second = rng.choice(rare) if kind == "name_rare_lost" else rng.choice([*common, ""])
        name = f"{rng.choice(names.surnames)}{rng.choice(common)}{second}"
        name = rng.choice(names.minority) if kind == "name_interpunct" else name
        if kind == "name_one_character" and len(name) < 3:
            continue
        if (damaged := CHANGES[kind](name, rng.randrange(2**40))) is not None:
            pairs.append((name, damaged))
    found = Counter(zip(levels(engine, pairs), pairs, strict=True))
    assert {level for level, _ in found} <= LEFT[kind], [one for one in found if one[0] not in LEFT[kind]][:5]


def test_the_spec_compares_names_as_they_are_read() -> None:
    (case, *_) = read_spec(Path(__file__).parents[1] / "spec" / "core" / "core_id_link.yaml")
    written = case.inputs["core_name"]
    rows = name_table((row["name"] or "").strip('"') for row in written).to_pylist()
    read = {row["name"]: row for row in rows}
    assert len(rows) == len(written)
    for row in written:
        texts = {column: (cell or "").strip('"') for column, cell in row.items()}
        expected = read[texts["name"]] | {"has_gap": str(read[texts["name"]]["has_gap"]).lower()}
        assert texts == expected
