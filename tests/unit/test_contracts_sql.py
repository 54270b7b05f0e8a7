"""Every SQL file keeps its contract: header, catalogue, tables read, columns, and what both engines understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.catalog import TABLES
from pipelines.columns import COLUMNS
from pipelines.engines import sql
from pipelines.engines.allowed import check_allowed
from pipelines.lake import columns_of

ENGINE_LAYERS = ("core", "mart", "bi", "checks")
FILES = [path for path in sql.files() if path.parent.name in ENGINE_LAYERS]
# A layer reads those before it, and its own.
BELOW = {
    "core": {"staged", "core", "checks"},
    "mart": {"core", "mart"},
    "bi": {"core", "mart", "bi"},
    "checks": {"staged", "core"},
}


@pytest.fixture(params=FILES, ids=[path.stem for path in FILES])
def contract(request: pytest.FixtureRequest) -> sql.Contract:
    path: Path = request.param
    return sql.contract(path)


def test_there_are_files() -> None:
    assert FILES


def test_reads_and_quarters_are_as_declared(contract: sql.Contract) -> None:
    reads = sql.tables_read(contract.select)
    assert reads.this | reads.previous == contract.reads
    assert bool(reads.previous) == (contract.quarters == "this, previous")


def test_it_reads_lower_layers_only(contract: sql.Contract) -> None:
    for table in contract.reads:
        assert TABLES[table].layer in BELOW[contract.layer], table


def test_it_reads_only_what_is_made_before(contract: sql.Contract) -> None:
    order = list(TABLES)
    for table in sql.tables_read(contract.select).this:
        assert order.index(table) < order.index(contract.table), table


def test_it_is_in_the_catalogue(contract: sql.Contract) -> None:
    table = TABLES[contract.table]
    assert (table.layer, table.keys) == (contract.layer, contract.grain)
    assert table.is_sql


def test_its_columns_are_in_the_vocabulary(contract: sql.Contract) -> None:
    columns = sql.output_columns(contract.select)
    assert set(columns) - set(COLUMNS) == set()
    assert set(contract.grain) <= set(columns)


def test_both_engines_understand_it(contract: sql.Contract) -> None:
    check_allowed(contract.select, columns_of)


def test_every_table_made_by_sql_has_a_file() -> None:
    assert {t.name for t in TABLES.values() if t.is_sql} == {p.stem for p in FILES}
