"""Policy parameters: which value holds where and when, and that none is written down for nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.catalog import TABLES
from pipelines.columns import COLUMNS
from pipelines.engines import sql
from pipelines.errors import ContractBreach
from pipelines.measures import checks
from pipelines.measures.catalogue import MEASURES
from pipelines.measures.figures import FIGURES
from pipelines.measures.parameters import FILE, PARAMETERS, planned
from pipelines.measures.waiting import WAITING
from pipelines.periods import Quarter
from pipelines.settings import CHECKOUT, settings

Q = Quarter.parse
TYPES = {"integer": "INTEGER", "boolean": "BOOLEAN", "amount": "DECIMAL(18,2)", "rate": "DECIMAL(9,6)", "date": "DATE"}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The installation's own file, not there yet."""
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "reference").mkdir()
    yield tmp_path / "reference" / "parameters.toml"
    settings.cache_clear()


def in_county(name: str, quarter: str, region: str) -> object:
    columns = PARAMETERS.by_county(Q(quarter))
    return columns[name][columns["region_code"].index(region)]


def test_the_nearest_region_wins(own: Path) -> None:
    own.write_text(
        '[pension_from_age]\nentries = [{region = "36", value = 17}, {region = "3607", value = 18}, {region = "360731", value = 19}]\n'
    )
    found = [
        PARAMETERS.value("pension_from_age", int, Q("2019Q4"), code)
        for code in ("36", "3601", "3607", "360731", "360732")
    ]
    assert found == [17, 17, 18, 19, 18]
    assert [in_county("pension_from_age", "2019Q4", code) for code in ("36", "360102", "360731", "360732")] == [
        17,
        17,
        19,
        18,
    ]


def test_what_holds_is_what_holds_on_the_last_day_of_the_quarter(own: Path) -> None:
    own.write_text(
        '[feedback_due_days]\nentries = [{value = 20, since = "2019Q1", until = "2019Q2"}, {value = 10, since = 2019-09-30, until = 2019-12-30}]\n'
    )
    found = {
        key: PARAMETERS.of(Q(key))["feedback_due_days"] for key in ("2018Q4", "2019Q1", "2019Q2", "2019Q3", "2019Q4")
    }
    assert found == {"2018Q4": 30, "2019Q1": 20, "2019Q2": 20, "2019Q3": 10, "2019Q4": 30}


def test_what_was_set_for_a_county_holds_on_under_its_new_name_and_ends_where_it_went_into_another(own: Path) -> None:
    own.write_text(
        '[pension_from_age]\nentries = [{region = "361121", value = 17}, {region = "360105", value = 18}, {region = "360727", value = 19},'
        ' {region = "360783", value = 20, since = "2020Q3"}]\n'
    )
    assert in_county("pension_from_age", "2019Q2", "361121") == in_county("pension_from_age", "2019Q3", "361104") == 17
    assert in_county("pension_from_age", "2019Q3", "360105") == 18
    assert in_county("pension_from_age", "2019Q4", "360112") == in_county("pension_from_age", "2019Q4", "360113") == 16
    # The new name's own value comes before the old one's.
    assert [in_county("pension_from_age", quarter, "360783") for quarter in ("2020Q2", "2020Q3")] == [19, 20]


def test_a_target_is_shared_out_and_not_passed_down(own: Path) -> None:
    shares = [PARAMETERS.value("target_people", int, Q("2019Q4"), code) for code in ("36", "3607", "360731")]
    assert shares == [100_000, None, None]
    own.write_text('[target_people]\nentries = [{region = "3607", value = 30000}]\n')
    shares = [PARAMETERS.value("target_people", int, Q("2019Q4"), code) for code in ("36", "3607", "360731")]
    assert shares == [100_000, 30_000, None]


def test_a_release_keeps_the_parameters_with_which_it_was_planned(own: Path) -> None:
    own.write_text("[pension_from_age]\nvalue = 18\n", encoding="utf-8")
    kept = {"own_parameters": PARAMETERS.own}
    own.unlink()
    assert PARAMETERS.value("pension_from_age", int, Q("2019Q4")) == 16
    assert planned(kept).value("pension_from_age", int, Q("2019Q4")) == 18
    assert planned({}).value("pension_from_age", int, Q("2019Q4")) == 16


def test_days_and_amounts_have_their_type(own: Path) -> None:
    assert PARAMETERS.of(Q("2019Q4"))["premium_close_date"] == date(2020, 3, 31)
    assert PARAMETERS.value("basic_pension_minimum_amount", Decimal, Q("2018Q1")) == 105
    assert PARAMETERS.value("basic_pension_minimum_amount", Decimal, Q("2017Q4")) is None
    assert PARAMETERS.value("job_seeking_allowance_amount", Decimal, Q("2019Q4"), "360731") is None
    with pytest.raises(TypeError, match="is_paused_insured is bool, not int"):
        PARAMETERS.value("is_paused_insured", int, Q("2019Q4"))


def test_the_version_follows_values_and_not_words(own: Path) -> None:
    before = PARAMETERS.version
    own.write_text('[pension_from_age]\nsource = "省厅通知"\n')
    assert PARAMETERS.version == before
    own.write_text('[pension_from_age]\nentries = [{region = "360731", value = 16, since = "2020Q4"}]\n')
    assert PARAMETERS.version != before


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[pension_age]\nvalue = 16\n", "there is no parameter pension_age"),
        ('[pension_from_age]\nby = "province"\n', "by cannot be set"),
        (
            '[pension_from_age]\nentries = [{value = 16, since = "2019Q2", until = "2019Q1"}]\n',
            "it ends on 2019-03-31 before it begins",
        ),
        ("[pension_from_age]\nvalue = true\n", "True is no integer"),
        ("[is_paused_insured]\nvalue = 1\n", "1 is no boolean"),
        ("[medical_out_of_pocket_rate]\nvalue = 10\n", "10 is no rate from 0 to 1"),
        ('[premium_close_date]\nvalue = "03-32"\n', "premium_close_date"),
        ('[pension_from_age]\nentries = [{region = "3699", value = 16}]\n', "3699 is no province, city or county"),
        ('[pension_from_age]\nentries = [{value = 16, from = "2019Q1"}]\n', "from"),
        ('[pension_from_age]\nentries = [{value = 16, since = "2019"}]\n', "2019"),
        (
            '[pension_from_age]\nentries = [{value = 16, until = "2019Q1"}, {value = 17, since = 2019-03-31}]\n',
            "two values for 36 at once",
        ),
        ("pension_from_age = \n", "cannot be read"),
    ],
)
def test_an_own_file_that_cannot_be_meant_is_refused_and_says_where(own: Path, written: str, said: str) -> None:
    own.write_text(written)
    with pytest.raises(ContractBreach, match=said):
        PARAMETERS.of(Q("2019Q4"))


def test_the_county_s_parameters_are_the_columns_of_core_parameter() -> None:
    columns = TABLES["core_parameter"].columns
    assert columns == tuple(PARAMETERS.by_county(Q("2019Q4")))
    assert {name: COLUMNS[name].type for name in columns[1:]} == {
        name: TYPES[one.kind] for name, one in PARAMETERS.declared.items() if one.by == "county"
    }


def used() -> set[str]:
    """Parameters that some SQL file asks for, or that Python names."""
    selects = [sql.load(path.stem).select for path in sql.files()]
    named = {name for select in selects for name in sql.parameters(select)}
    read = " ".join(select for select in selects if "core_parameter" in select)
    python = " ".join(
        file.read_text(encoding="utf-8")
        for folder in ("pipelines", "dags")
        for file in (CHECKOUT / folder).rglob("*.py")
        if file.name != "catalog.py" and file.parent.name != "columns"
    )
    return {
        name
        for name in PARAMETERS.declared
        if name in named or re.search(rf"\b{name}\b", read) or f'"{name}"' in python
    }


def test_every_parameter_is_used_or_says_for_what_it_stands() -> None:
    known = {one.code for one in (*checks.CHECKS, *MEASURES, *FIGURES, *WAITING)} | {"bi"}
    declared = PARAMETERS.declared
    assert {name for name, one in declared.items() if not one.used_for} == used()
    assert {word for one in declared.values() for word in one.used_for} <= known


def test_every_parameter_is_told_in_both_languages() -> None:
    for name, one in PARAMETERS.declared.items():
        assert re.search("[\u4e00-\u9fff]", one.zh) and not re.search("[\u4e00-\u9fff]", one.en), name
        assert name.startswith("is_") == (one.kind == "boolean"), name
        assert name.endswith(f"_{one.kind}") or one.kind not in ("amount", "rate"), name
    assert FILE.name == "parameters.toml"
