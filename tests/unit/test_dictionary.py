"""The dictionary says what the code declares, all of it, and changes when a declaration does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import dictionary
from pipelines.catalog import TABLES
from pipelines.columns import COLUMNS, Column
from pipelines.lake import columns_of
from pipelines.measures.catalogue import MEASURES
from pipelines.measures.parameters import of_product
from pipelines.sources import STAGED
from pipelines.warehouse import schema


def test_the_written_dictionary_is_the_declared_one() -> None:
    difference = dictionary.check()
    assert not difference, "run: python -m pipelines.dictionary\n" + "\n".join(difference[:40])


def test_a_changed_declaration_shows_as_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "docs" / "dictionary.md"
    assert dictionary.check(path)
    dictionary.write(path)
    assert dictionary.check(path) == []
    monkeypatch.setitem(COLUMNS, "n_excluded", Column("BIGINT", "另一种说法", "something else"))
    changed = dictionary.check(path)
    assert [line for line in changed if line.startswith("+|") and "另一种说法" in line]


def test_everything_declared_is_there() -> None:
    text = dictionary.render()
    for table in TABLES.values():
        assert f"{table.zh} · `{table.name}`" in text, table.name
        assert all(f"`{column}`" in text for column in columns_of(table.name)), table.name
    for staged in STAGED.values():
        for column in staged.columns:
            assert column.header in text
            assert all(alias in text for alias in column.aliases)
            if column.codes:
                assert all(f"`{code}` {label}" in text for code, label in column.codes.labels.items())
    assert all(measure.zh in text for measure in MEASURES)
    assert all(f"| `{name}` | {one.zh} |" in text for name, one in of_product().items())
    assert all(f"`{table.schema}.{table.name}`" in text for table in schema.metadata.tables.values())


def test_every_row_of_a_table_has_as_many_cells_as_its_header() -> None:
    width = 0
    for line in dictionary.render().splitlines():
        if not line.startswith("| "):
            width = 0
            continue
        cells = line.replace("\\|", "").count("|")
        width = width or cells
        assert cells == width, line
