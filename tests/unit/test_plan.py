"""docs/plan.md: every id of the plan has an answer that exists, or a reason; and the page says what is computed."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from pipelines.catalog import TABLES
from pipelines.cli.application import app
from pipelines.lake import columns_of
from pipelines.measures import checks, plan
from pipelines.measures.catalogue import MEASURES
from pipelines.measures.figures import FIGURES
from pipelines.measures.parameters import PARAMETERS
from pipelines.measures.plan import PLAN, PlanItem
from pipelines.measures.waiting import WAITING
from pipelines.periods import Quarter
from pipelines.settings import CHECKOUT
from pipelines.sources.programme import CHECKLIST

RANGES = {"G": 13, "E": 23, "K": 11, "I": 15, "H": 10, "D": 8, "O": 15, "P": 18}
RAW = tomllib.loads(plan.FILE.read_text(encoding="utf-8"))
ITEMS = {item.id: item for item in PLAN}
PAGE = plan.render()
CLAUSES = {one.code: one.clause.split() for one in (*MEASURES, *FIGURES, *WAITING)}
CLAUSES_OF_CHECKS = {check.code: check.clause.split() for check in checks.CHECKS}


def _row(item: str) -> str:
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {item} | "))
    return row


def _part(item: str, state: plan.State) -> str:
    """What the page tells of an id under one heading."""
    heading = f"**{plan._HEADINGS[state]}**:"
    return next((part for part in re.split(r"<br>| \| ", _row(item)) if part.startswith(heading)), "")


def test_the_ids_of_the_plan_are_there_once_and_in_order() -> None:
    wanted = [f"{letter}{number}" for letter, last in RANGES.items() for number in range(1, last + 1)]
    assert [item.id for item in PLAN] == wanted
    assert len(wanted) == 113


def test_everything_named_exists() -> None:
    asked = {*PARAMETERS.of(Quarter.parse("2019Q4")), *PARAMETERS.declared}
    for item in PLAN:
        assert set(item.measures) <= set(CLAUSES), item.id
        assert set(item.checks) <= set(CLAUSES_OF_CHECKS), item.id
        assert set(item.items) <= set(CHECKLIST.codes), item.id
        assert set(item.parameters) <= asked, item.id
        assert set(item.kinds) <= set(plan.KINDS) and item.kinds, item.id
        assert item.phrase_zh and item.en and (item.offices or item.id.startswith("P")), item.id
        for name in item.tables:
            table, _, column = name.partition(".")
            assert table in TABLES and (not column or column in columns_of(table)), (item.id, name)
        for document in item.documents:
            assert (CHECKOUT / document).is_file() and document.startswith("docs/"), (item.id, document)
        for field in fields(item):
            told = getattr(item, field.name)
            assert isinstance(told, str) or len(set(told)) == len(told), (item.id, field.name)


def test_the_commands_named_are_commands() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    named = {command for item in PLAN for command in item.commands}
    assert named
    for command in named:
        program, name, *options = command.split()
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert program == "bidui" and set(options) <= known, command


@pytest.mark.parametrize(("kind", "clauses"), [("measures", CLAUSES), ("checks", CLAUSES_OF_CHECKS)])
def test_a_clause_and_what_serves_it_name_each_other(kind: str, clauses: dict[str, list[str]]) -> None:
    for code, served in clauses.items():
        assert served and set(served) <= set(ITEMS), code
        for clause in served:
            assert code in getattr(ITEMS[clause], kind), f"{code} bears {clause}, whose answers do not name it"
            assert f"{code} " in _row(clause)
    for item in PLAN:
        if not item.id.startswith("P"):
            own = {code for code, served in clauses.items() if item.id in served}
            assert set(getattr(item, kind)) == own | set(RAW["clauses"][item.id].get(kind, "").split()), item.id


def test_the_page_says_of_every_measure_whether_it_is_computed() -> None:
    for item in PLAN:
        for one in (one for one in MEASURES if one.code in item.measures):
            assert f"{one.code} {one.zh} · {one.en}" in _part(item.id, "computed")
            assert f"{one.code} " not in _part(item.id, "declared")
        for waiting in (one for one in WAITING if one.code in item.measures):
            assert f"{waiting.code} {waiting.zh} · {waiting.en}({waiting.waits_for})" in _part(item.id, "declared")
            assert f"{waiting.code} " not in _part(item.id, "computed")
        for code in item.checks:
            state = "computed" if checks.named(code) in checks.BUILT else "declared"
            assert f"{code} {checks.named(code).zh}" in _part(item.id, state)  # type: ignore[arg-type]
        for name in item.tables:
            is_staged = name.startswith("staged_")
            assert f"`{name}`" in _part(item.id, "staged" if is_staged else "computed")


def test_the_state_of_an_id_follows_from_its_answers() -> None:
    said = {item.id: item.standing.split()[1] for item in PLAN}
    for item in PLAN:
        states = {answer.state for answer in item.answers}
        assert (said[item.id] == "narrative") == (states == {"narrative"}), item.id
        assert (said[item.id] in ("computed", "partly")) == ("computed" in states), item.id
        if said[item.id] == "computed":
            assert not states & {"declared", "staged", "missing"}, item.id
        assert _row(item.id).endswith(f" {said[item.id]} |")
    (total,) = (line for line in PAGE.splitlines() if line.startswith("| 合计 · Total |"))
    counted = Counter(said.values())
    order = ("computed", "partly", "declared", "staged", "checklist", "narrative")
    assert [int(cell) for cell in re.findall(r"\d+", total)] == [113, *(counted[state] for state in order)]


def test_no_id_is_answered_by_data_that_is_only_staged() -> None:
    assert {item.id for item in PLAN if item.standing == "已入库 staged"} == set()


def test_what_nothing_can_answer_says_why_in_both_languages() -> None:
    narratives = [item for item in PLAN if item.because]
    assert [item.id for item in narratives] == ["O13"]
    for item in narratives:
        assert _part(item.id, "narrative").endswith(" · ".join(item.because))
    for item in PLAN:
        for zh, en in (told for told in (item.because, item.missing) if told):
            assert re.search(r"[\u4e00-\u9fff]", zh) and not re.search(r"[\u4e00-\u9fff]", en), item.id


def test_every_item_of_the_checklist_is_on_the_page() -> None:
    borne = {code for item in PLAN for code in item.items}
    rest = PAGE.partition("## 没有编号的工作")[2]
    for code, label in CHECKLIST.labels.items():
        assert f"{label}(事项 {code})" in PAGE
        assert (code in borne) != (f"(事项 {code})" in rest)
    assert {code for code in CHECKLIST.codes if code not in borne} == {f"P{number}" for number in range(2, 10)}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"measures": ("M03",), "because": ("无", "none")},
        {"because": ("无",)},
        {"because": ("无", "")},
        {"measures": ("M03",), "missing": ("无",)},
    ],
)
def test_neither_an_answer_nor_a_reason_or_both_is_an_error(wrong: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="G1"):
        PlanItem("G1", "甲", "a", ("M",), **wrong)  # type: ignore[arg-type]


def test_the_page_is_what_is_declared_and_its_links_lead_somewhere() -> None:
    assert plan.check() == [], "run: python -m pipelines.measures.plan"
    dictionary = (CHECKOUT / "docs" / "dictionary.md").read_text(encoding="utf-8")
    anchors = set(re.findall(r"\(dictionary\.md#([a-z_]+)\)", PAGE))
    assert anchors and {name for name in anchors if f'id="{name}"' not in dictionary} == set()
    lake = set(re.findall(r"`((?:core|mart)_[a-z_]+)", PAGE))
    assert lake and {name for name in lake if f"· `{name}`\n" not in dictionary} == set()
    targets = set(re.findall(r"\]\(([\w.-]+)", PAGE))
    assert targets and all((plan.PATH.parent / target).is_file() for target in targets)


def test_a_changed_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "plan.md"
    plan.write(page)
    assert plan.check(page) == []
    page.write_text(page.read_text(encoding="utf-8").replace("| G4 |", "| G5 |", 1), encoding="utf-8")
    assert plan.check(page)
