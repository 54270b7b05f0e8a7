"""Every staged table: a clean delivery passes, and each rule has one defect that it and no other rule catches."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from expectations import rules_of, table_rules_of
from pipelines.deliveries import staging
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.readers import read
from pipelines.deliveries.typed import write_typed
from pipelines.engines.text_files import TextFileEngine
from pipelines.periods import Quarter
from pipelines.quality.rules import Rule
from pipelines.quality.validate import validate
from pipelines.quality.verdict import Verdict
from pipelines.sources import STAGED
from pipelines.sources.base import SourceTable
from tests.contracts.defects import own_table_defect
from tests.contracts.rows import COUNTY, Row, clean_row, defect, write_file

CLEAN_ROWS = 120
CUT_DATE = date(2018, 12, 31)
TABLES = sorted(STAGED)


class Staged:
    """A file read, typed and marked as ingest does it."""

    def __init__(self, table: SourceTable, path: Path, folder: Path, rules: tuple[Rule, ...]) -> None:
        self.table, self.folder, self.rules = table, folder, rules
        self.files = read(path, table, "", folder / "numbered", CUT_DATE)
        with TextFileEngine(1, "1GiB", folder) as engine:
            asked = Asked(table, "d1", Quarter.of(CUT_DATE), frozenset({COUNTY}), CUT_DATE, rules)
            typed = write_typed(engine, folder, asked, self.files)
            assert isinstance(typed.rows, Path)
            self.typed, self.rows = typed.rows, typed.n_rows
            self.clean = engine.write(staging.clean_select(table, self.typed, rules), folder / "clean")
            self.quarantined = engine.write(
                staging.quarantine_select(table, self.typed, self.files, rules), folder / "quarantine"
            )
            self.marks: list[list[str]] = [
                list(row[0])
                for row in engine.query(
                    f"SELECT broken_rules FROM '{self.typed}/*.parquet' ORDER BY file_name, line_number"
                )
            ]

    def verdict(self, docs: Path) -> Verdict:
        return validate(
            self.table.name,
            sorted(self.typed.glob("*.parquet")),
            self.rules,
            table_rules_of(self.table.name),
            delivery="d1",
            docs_dir=docs,
        )


@pytest.mark.parametrize("name", TABLES)
def test_clean_delivery_passes(name: str, tmp_path: Path) -> None:
    table = STAGED[name]
    path = write_file(table, [clean_row(table, n) for n in range(CLEAN_ROWS)], False, tmp_path / "sent")
    staged = Staged(table, path, tmp_path, rules_of(name))
    assert staged.marks == [[]] * CLEAN_ROWS
    assert (staged.rows, staged.clean, staged.quarantined) == (CLEAN_ROWS, CLEAN_ROWS, 0)
    verdict = staged.verdict(tmp_path / "docs")
    assert not any(finding.n_broken for finding in verdict.findings)


@pytest.mark.parametrize("name", TABLES)
def test_each_rule_catches_its_own_defect_and_no_other_does(name: str, tmp_path: Path) -> None:
    table, rules = STAGED[name], rules_of(name)
    rows: list[Row] = [clean_row(table, n) for n in range(CLEAN_ROWS)]
    expected: list[list[str]] = [[] for _ in rows]
    for number, rule in enumerate(rules, CLEAN_ROWS):
        if rule.rule_id == "row_shape":
            continue
        broken = defect(table, rule.rule_id, clean_row(table, number), rows[0])
        assert broken is not None, f"no defect is declared for rule {rule.rule_id}"
        rows.append(broken)
        expected.append([rule.rule_id])
    expected.append(["row_shape"])
    staged = Staged(table, write_file(table, rows, True, tmp_path / "sent"), tmp_path, rules)
    assert staged.marks == expected
    critical = sum(rule.severity == "critical" for rule in rules)
    assert (staged.clean, staged.quarantined) == (len(expected) - critical, critical)
    verdict = staged.verdict(tmp_path / "docs")
    verdict.assert_marks(Counter(rule_id for marks in staged.marks for rule_id in marks))
    assert verdict.counts == {rule.rule_id: 1 for rule in rules}
    assert not verdict.stopping


@pytest.mark.parametrize(
    ("name", "rule_id"), [(name, rule.rule_id) for name in TABLES for rule in table_rules_of(name)]
)
def test_each_table_rule_finds_its_own_defect(name: str, rule_id: str, tmp_path: Path) -> None:
    table = STAGED[name]
    own = own_table_defect(table, rule_id)
    rows = {
        "no_rows": [],
        "mostly_quarantined": [
            clean_row(table, n) if n < 10 else clean_row(table, n) | {table.county: "360102"} for n in range(21)
        ],
        "many_repeated": [clean_row(table, n % 200) for n in range(220)],
    }.get(rule_id, [clean_row(table, n) | dict(cells) for n, cells in enumerate(own)])
    staged = Staged(table, write_file(table, rows, False, tmp_path / "sent"), tmp_path, rules_of(name))
    verdict = staged.verdict(tmp_path / "docs")
    assert [f.rule_id for f in verdict.findings if f.scope == "table" and f.n_broken] == [rule_id]
    critical = any(rule.rule_id == rule_id and rule.severity == "critical" for rule in table_rules_of(name))
    assert [finding.rule_id for finding in verdict.stopping] == [rule_id] * critical


def test_no_table_rule_without_its_defect() -> None:
    known = {"no_rows", "mostly_quarantined", "many_repeated"}
    for name in TABLES:
        for rule in table_rules_of(name):
            assert rule.rule_id in known or own_table_defect(STAGED[name], rule.rule_id), (name, rule.rule_id)
