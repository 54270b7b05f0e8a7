"""A list whose sender keeps no numbers is read all the same: the number is made of who the row is about."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from expectations import rules_of
from pipelines.sources import STAGED
from pipelines.sources.base import SourceTable
from tests.contracts.rows import Row, clean_row
from tests.contracts.test_rules import Staged

WORKER = STAGED["staged_employment_platform__worker"]
TRAINING = STAGED["staged_employment_platform__training"]
NUMBERS = "name, record_number, broken_rules"


def staged_rows(
    table: SourceTable, rows: list[Row], folder: Path, columns: str, missing: Collection[str] = ()
) -> list[Any]:
    """Columns of the typed rows of a file that lacks the `missing` ones, in the file's order."""
    import duckdb

    folder.mkdir()
    path = folder / "sent.csv"
    sent = [column for column in table.columns if column.name not in missing]
    lines = [[column.header for column in sent], *[[row[column.name] for column in sent] for row in rows]]
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding="utf-8")
    made = Staged(table, path, folder, rules_of(table.name))
    return duckdb.sql(f"SELECT {columns} FROM '{made.typed}/*.parquet' ORDER BY line_number").fetchall()


def staged(table: SourceTable, rows: list[Row], folder: Path, missing: str) -> list[tuple[str, str, list[str]]]:
    """(name, number, broken rules) of rows sent in a file that lacks a column."""
    return staged_rows(table, rows, folder, NUMBERS, {missing})


def test_the_number_is_the_persons_in_every_table_however_the_id_is_written(tmp_path: Path) -> None:
    rows = [clean_row(WORKER, number) | {"name": name} for number, name in enumerate(("张三", "李四"))]
    found = staged(WORKER, rows, tmp_path / "workers", "record_number")
    numbers = {name: number for name, number, _ in found}
    assert len(set(numbers.values())) == 2
    assert all(not rules for *_, rules in found)
    ids = {row["name"]: row["id_number"] for row in rows}
    trained = [
        clean_row(TRAINING, 5) | {"name": "张 三", "id_number": ids["张三"]},
        clean_row(TRAINING, 6) | {"name": "李四", "id_number": f" {ids['李四'][:6]} {ids['李四'][6:]}"},
    ]
    assert [number for _, number, _ in staged(TRAINING, trained, tmp_path / "trained", "record_number")] == [
        numbers["张三"],
        numbers["李四"],
    ]


def test_two_rows_about_one_person_are_one_and_a_row_about_nobody_has_no_number(tmp_path: Path) -> None:
    first = clean_row(WORKER, 0)
    rows = [first, dict(first), clean_row(WORKER, 1) | {"name": "", "id_number": ""}]
    found = staged(WORKER, rows, tmp_path / "workers", "record_number")
    assert [rules for *_, rules in found] == [[], ["key_repeated"], ["record_number_missing", "name_missing"]]
    assert found[0][1] == found[1][1]
    assert found[2][1] is None
