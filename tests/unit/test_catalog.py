"""The catalogue, the SQL files and the vocabulary say the same."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pipelines.catalog import TABLES, Step, Table, marts, of_step
from pipelines.columns import COLUMNS, measures, people
from pipelines.engines import allowed, sql
from pipelines.lake import columns_of
from pipelines.measures import checks
from pipelines.measures.catalogue import MEASURES
from pipelines.measures.figures import FIGURES
from pipelines.measures.parameters import PARAMETERS
from pipelines.periods import Quarter
from pipelines.sources import SOURCES, STAGED
from pipelines.warehouse.marts import marts as published_tables

STEPS: tuple[Step, ...] = ("ingest", "link", "measure", "compare")
LAYERS = ("staged", "core", "checks", "mart", "bi")
BUILT = [table for table in TABLES.values() if table.is_sql]
ENGINE_FILES = [path for path in sql.files() if path.parent.name in ("core", "checks", "mart", "bi")]
each_built = pytest.mark.parametrize("table", BUILT, ids=[table.name for table in BUILT])


def reads(table: Table) -> sql.Reads:
    return sql.tables_read(sql.load(table.name).select)


def test_every_sql_file_makes_a_table_and_every_table_has_its_file() -> None:
    assert {(p.parent.name, p.stem) for p in ENGINE_FILES} == {(t.layer, t.name) for t in BUILT}
    assert [p for p in sql.files() if p.parent.name not in ("core", "checks", "mart", "bi")] == []


@each_built
def test_the_contract_is_the_catalogue(table: Table) -> None:
    contract = sql.load(table.name)
    assert contract.grain == table.keys
    assert contract.layer == table.layer
    assert table.name.startswith(f"{table.layer.removesuffix('s')}_")
    assert set(table.keys) <= set(columns_of(table.name))


@each_built
def test_the_contract_names_exactly_the_tables_the_select_reads(table: Table) -> None:
    contract, named = sql.load(table.name), reads(table)
    assert contract.reads == named.this | named.previous
    assert (contract.quarters == "this, previous") == bool(named.previous)


@each_built
def test_every_column_is_in_the_vocabulary(table: Table) -> None:
    columns = sql.output_columns(sql.load(table.name).select)
    assert [name for name in columns if name not in COLUMNS] == []
    assert [name for name, n in Counter(columns).items() if n > 1] == []


@each_built
def test_sql_says_only_what_both_engines_read_alike(table: Table) -> None:
    assert allowed.faults(sql.load(table.name).select, columns_of) == []


@each_built
def test_sql_reads_only_its_own_and_lower_layers(table: Table) -> None:
    allowed_layers = {
        "core": {"staged", "core", "checks"},
        "checks": {"staged", "core"},
        "mart": {"core", "mart"},
        "bi": {"core", "mart", "bi"},
    }[table.layer]
    named = reads(table)
    assert {
        name: TABLES[name].layer for name in named.this | named.previous if TABLES[name].layer not in allowed_layers
    } == {}


@each_built
def test_a_table_is_made_after_all_it_reads(table: Table) -> None:
    order = [made.name for step in STEPS for made in of_step(step)]
    assert order.index(table.name) == max(order.index(name) for name in {*reads(table).this, table.name})
    # The previous quarter's release is whole, so any table may be read, but none of the staged rows.
    assert all(TABLES[name].layer != "staged" for name in reads(table).previous)


@each_built
def test_parameters_are_known(table: Table) -> None:
    given = {*PARAMETERS.of(Quarter(2019, 4)), *({"has_previous"} if table.step == "compare" else ())}
    assert sql.parameters(sql.load(table.name).select) <= given


def test_the_steps_make_every_table_once() -> None:
    made = [table.name for step in STEPS for table in of_step(step)]
    assert sorted(made) == sorted(TABLES)
    assert {table.name: table.step for table in marts() if table.step not in ("measure", "compare")} == {}


def test_every_published_table_has_a_key_within_a_release() -> None:
    for mart in published_tables():
        assert mart.grain and set(mart.grain) <= set(mart.columns), mart.name


def test_no_word_of_the_vocabulary_is_unused() -> None:
    used = {column for table in TABLES.values() if table.layer != "staged" for column in columns_of(table.name)}
    assert set(COLUMNS) - used == set()
    assert used - set(COLUMNS) == set()


def test_a_word_is_declared_in_one_place() -> None:
    assert set(measures.MEASURES) & set(people.PEOPLE) == set()


def test_the_vocabulary_is_spoken_in_both_languages_and_one_form() -> None:
    for name, column in COLUMNS.items():
        assert re.fullmatch("[a-z][a-z0-9_]*", name)
        assert re.search("[\u4e00-\u9fff]", column.zh), name
        assert column.en and not re.search("[\u4e00-\u9fff]", column.en), name
        assert name.startswith(("is_", "has_")) == (column.type == "BOOLEAN"), name
        assert not name.endswith("_date") or column.type == "DATE", name
        assert not name.endswith(("_amount", "_rate")) or column.type.startswith("DECIMAL"), name
        assert not name.startswith("n_") or column.type == "BIGINT", name


def test_columns_that_a_core_table_takes_from_staged_keep_their_type() -> None:
    """One word for one thing: a column of one name has one type in every table."""
    for staged in STAGED.values():
        for name, declared in staged.staged.items():
            if name in COLUMNS:
                assert COLUMNS[name].type == declared, f"{staged.name}.{name}"


def test_every_declared_table_is_in_the_catalogue_with_a_chinese_name() -> None:
    assert {table.name for table in TABLES.values() if table.layer == "staged"} == set(STAGED)
    assert [table.name for table in TABLES.values() if not re.search("[\u4e00-\u9fff]", table.zh)] == []
    for name, table in TABLES.items():
        assert table.name == name and table.keys and table.layer in LAYERS


def test_tables_without_sql_name_their_columns_and_keys() -> None:
    for table in TABLES.values():
        if table.layer != "staged" and not table.is_sql:
            assert set(table.keys) <= set(table.columns) <= set(COLUMNS)


def test_every_measure_says_which_systems_it_needs() -> None:
    assert len({measure.code for measure in MEASURES}) == len(MEASURES)
    for measure in MEASURES:
        assert measure.systems and set(measure.systems) <= set(SOURCES)
    judged = [
        set(re.findall("'(M[0-9]{2}[A-C]?)'", sql.load(name).select)) for name in ("core_person_measure", "core_judged")
    ]
    assert not judged[0] & judged[1]
    assert judged[0] | judged[1] == {measure.code for measure in MEASURES}


def test_every_figure_is_made_and_every_figure_made_is_declared() -> None:
    declared = {(figure.code, figure.figure) for figure in FIGURES}
    assert len(declared) == len(FIGURES)
    made: set[tuple[str, str]] = set()
    parts = {"M03": "M02", "M08": "M07", "M19": "M18", "M36": "M35"}
    for table in (table for table in TABLES.values() if "_figure" in table.name and table.is_sql):
        select = sql.load(table.name).select
        made |= set(re.findall("'(M[0-9]{2}[A-Z]?)'(?: AS measure_code)?, '([a-z_]+)'", select))
        made |= {("M05", code) for code in re.findall("'([a-z]+)'(?: AS figure_code)? FROM cases", select)}
        made |= {
            ("M37A", code)
            for code in re.findall("'([a-z_]+)'(?: AS figure_code)?, n_[a-z_]+(?: AS n_reported)? FROM reports", select)
        }
    # Of both, people and amounts of their checks: one SELECT each.
    made |= {(code, figure) for code in ("M10", "M12") for figure in ("people", "amount")}
    made |= {(part, "people") for part in parts.values()} | {("M35", "wish")}
    assert made == declared
    for figure in FIGURES:
        assert set(figure.systems) <= set(SOURCES)
        assert (figure.denominator == "—") == (figure.base == "none"), figure
        assert figure.time in {"时点", "本期", "本年累计", "2018年以来累计"}


def test_every_check_gives_one_kind_of_list_and_says_what_it_may_find() -> None:
    assert [check.code for check in checks.CHECKS] == [f"C{number:02}" for number in range(1, 38)]
    assert {check.table for check in checks.BUILT} == {
        table.name for table in TABLES.values() if table.layer == "checks"
    }
    columns = list(columns_of("check_c01"))
    gathered = sql.load("core_check_row").select
    for check in checks.CHECKS:
        assert check.systems and set(check.systems) <= set(SOURCES)
        assert check.action.startswith(("请", "转")), "a check asks, it does not accuse"
    for check in checks.BUILT:
        assert list(columns_of(check.table)) == columns
        told = set(
            re.findall("'([a-z_]+)' AS finding_code|THEN '([a-z_]+)'|ELSE '([a-z_]+)'", sql.load(check.table).select)
        )
        assert set(check.findings) <= {word for words in told for word in words if word}, check.code
        assert f"FROM {check.table}\n" in gathered, check.code
