"""The picture of the warehouse shows what is declared, all of it; what refers to what can be joined."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.columns import COLUMNS, Column
from pipelines.warehouse import picture, references, schema
from pipelines.warehouse.marts import marts

PUBLISHED = {mart.name: mart for mart in marts()}
REFERENCES = references.published(marts())
# What Mermaid reads in an erDiagram, as far as it is used: https://mermaid.js.org/syntax/entityRelationshipDiagram.html
GRAMMAR = re.compile(
    r"erDiagram"
    r'|    \w+ (?:\}o|\|o)--(?:\|\||o\|) \w+ : "[a-z_, ]+"'
    r'|    \w+\["[^"\]]+"\] \{'
    r'|        [a-z][a-z_]*(?:\[\])? [a-z]\w* (?:PK |FK |PK, FK )?"[^"]+"'
    r"|    \}"
)


def test_the_written_picture_is_the_declared_one() -> None:
    difference = picture.check()
    assert not difference, "run: python -m pipelines.warehouse.picture\n" + "\n".join(difference[:40])


def test_a_changed_declaration_shows_as_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "warehouse.md"
    picture.write(path)
    assert picture.check(path) == []
    monkeypatch.setitem(COLUMNS, "region_code", Column("VARCHAR", "另一种说法", "something else"))
    assert [line for line in picture.check(path) if line.startswith("+") and "另一种说法" in line]


def test_every_table_key_and_reference_is_drawn() -> None:
    text = picture.render()
    for mart in PUBLISHED.values():
        assert f'{mart.name}["{mart.name} ' in text
    for table in schema.metadata.tables.values():
        assert f'["{table.fullname} ' in text
    for one in (*REFERENCES, *references.of_history()):
        here, there = (re.escape(name.replace(".", "_")) for name in (one.table, one.to))
        drawn = re.search(rf'    {here} [}}|]o--(\|\||o\|) {there} : "{", ".join(one.columns)}"\n', text)
        # Of mart the quarter is said in words.
        assert drawn or (one.to, one.table[:5]) == ("bi_period", "mart_"), one
    assert len(references.of_history()) == sum(
        len(table.foreign_key_constraints) for table in schema.metadata.tables.values()
    )


def test_the_pictures_are_mermaid() -> None:
    pictures = re.findall(r"```mermaid\n(.*?)```", picture.render(), re.DOTALL)
    assert len(pictures) == 3
    for drawn in pictures:
        assert len(drawn) < 50_000, "Mermaid draws no longer texts"
        assert [line for line in drawn.splitlines() if not GRAMMAR.fullmatch(line)] == []


@pytest.mark.parametrize("one", REFERENCES, ids=lambda one: f"{one.table}: {', '.join(one.columns)}")
def test_what_refers_can_be_joined(one: references.Reference) -> None:
    there = PUBLISHED[one.to]
    assert set(one.keys) <= set(there.keys) and len(one.keys) == len(one.columns)
    # A rate has one figure, which its table does not name.
    assert set(one.keys) == set(there.keys) or (one.keys, one.to) == (("measure_code",), "bi_measure")
    for here, key in zip(one.columns, one.keys, strict=True):
        assert COLUMNS[here].type == COLUMNS[key].type
    # A BI tool sees nothing of mart.
    assert one.table.startswith("mart_") or one.to.startswith("bi_")


def test_every_rule_is_of_use() -> None:
    used = {(one.table.partition("_")[0], one.columns, one.to) for one in REFERENCES}
    assert {(rule.layer, rule.columns, rule.to) for rule in references._RULES} == used


def test_every_published_fact_has_its_dimensions() -> None:
    """What names a region, a measure, a group in bi refers to it: no fact stands alone."""
    needed = {
        "quarter": "bi_period",
        "region_code": "bi_region",
        "measure_code": "bi_measure",
        "group_code": "bi_group",
    }
    for mart in PUBLISHED.values():
        if mart.name.startswith("bi_"):
            found = {one.to for one in REFERENCES if one.table == mart.name} | {mart.name}
            assert {to for column, to in needed.items() if column in mart.columns} <= found
