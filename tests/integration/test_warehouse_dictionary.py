"""ref.dictionary says of every table, column, code, measure and cross-check what the declarations say, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.measures.catalogue import MEASURES
from pipelines.sources import STAGED
from pipelines.warehouse import dictionary, schema
from pipelines.warehouse.marts import build, marts

pytestmark = pytest.mark.stack


def _kept() -> set[tuple[str, ...]]:
    with warehouse_engine().connect() as connection:
        return {tuple(row) for row in connection.execute(select(schema.dictionary))}


def test_what_is_declared_is_said_in_chinese_once() -> None:
    entries = dictionary.entries()
    keys = [tuple(one[name] for name in dictionary.KEY) for one in entries]
    assert len(keys) == len({*keys}) and all(one["zh"] for one in entries)
    columns = {(one["table_name"], one["column_name"]) for one in entries if one["kind"] == "column"}
    assert {(mart.name, name) for mart in marts() for name in mart.columns} <= columns
    assert {(table.name, name) for table in STAGED.values() for one in table.columns for name in one.staged} <= columns
    assert {one["code"] for one in entries if one["kind"] == "measure"} == {measure.code for measure in MEASURES}
    coded = {
        (table.name, one.name, code)
        for table in STAGED.values()
        for one in table.columns
        if one.codes
        for code in one.codes.codes
    }
    assert {(e["table_name"], e["column_name"], e["code"]) for e in entries if e["kind"] == "code"} == coded
    assert all(one["en"] for one in entries if one["kind"] in ("measure", "figure", "check"))
    assert all(one["clause"] for one in entries if one["kind"] in ("measure", "figure", "check"))


def test_the_warehouse_is_filled_once_and_mended_where_it_says_something_else(home: Path) -> None:
    wanted = {tuple(one[column.name] for column in schema.dictionary.columns) for one in dictionary.entries()}
    with warehouse_engine().begin() as connection:
        assert dictionary.fill(connection) == len(wanted)
    with warehouse_engine().begin() as connection:
        assert dictionary.fill(connection) == 0
    assert _kept() == wanted
    table = schema.dictionary
    for change in (
        update(table).where(table.c.kind == "measure").values(zh="别的"),
        delete(table).where(table.c.kind == "code"),
    ):
        with warehouse_engine().begin() as connection:
            connection.execute(change)
        with warehouse_engine().begin() as connection:
            assert dictionary.fill(connection) == len(wanted)
        assert _kept() == wanted


def test_what_readers_see_of_a_column_is_in_it_too(home: Path) -> None:
    """Comments of published columns and of history come from the same declarations."""
    with warehouse_engine().connect() as connection:
        build(connection, marts())
        with connection.begin():
            dictionary.fill(connection)
        rows = connection.execute(
            text(
                "SELECT n.nspname, c.relname, a.attname, col_description(c.oid, a.attnum) FROM pg_class AS c"
                " JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid"
                " WHERE n.nspname IN ('mart', 'bi', 'ops', 'casework', 'access', 'ref') AND c.relkind IN ('r', 'v')"
                " AND a.attnum > 0 AND NOT a.attisdropped"
            )
        ).all()
    said = {(row[1], row[2]): row for row in _kept() if row[0] == "column"}
    history = {table.fullname for table in schema.metadata.sorted_tables}
    compared = 0
    for space, table, column, comment in rows:
        name = table if space in ("mart", "bi") else f"{space}.{table}"
        if (column == "release" and space in ("mart", "bi")) or (space not in ("mart", "bi") and name not in history):
            continue
        assert comment.startswith(said[name, column][4]), (name, column)
        compared += 1
    assert compared > 400
