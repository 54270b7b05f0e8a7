"""The sample province: deterministic, in the offices' formats, and its truth says exactly what its files hold."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.deliveries.asked import Asked
from pipelines.deliveries.readers import read
from pipelines.deliveries.scope import scope_units
from pipelines.deliveries.staging import is_quarantined
from pipelines.deliveries.typed import write_typed
from pipelines.engines.text_files import TextFileEngine
from pipelines.periods import Quarter
from pipelines.sample import Summary, make_province
from pipelines.sample.defects import declared
from pipelines.sources import SOURCES

pytestmark = pytest.mark.minutes(2)
QUARTERS = [Quarter(2018, 3), Quarter(2018, 4), Quarter(2020, 1)]
SCALE, SEED = 0.002, 11


@dataclass(frozen=True)
class Made:
    out: Path
    truth: Path
    reference: Path
    summary: Summary

    def notes(self, quarter: Quarter | str = "*") -> Iterator[tuple[Path, dict[str, Any]]]:
        for note in sorted(self.out.glob(f"*/{quarter}/*/delivery.json")):
            yield note.parent, json.loads(note.read_text(encoding="utf-8"))

    def records(self) -> str:
        return f"read_parquet('{self.truth}/truth_record/*.parquet')"

    def states(self) -> str:
        return f"read_parquet('{self.truth}/truth_state/*.parquet')"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    home = tmp_path_factory.mktemp("province")
    summary = make_province(
        SCALE, QUARTERS, SEED, home / "out", truth_folder=home / "truth", reference=home / "reference"
    )
    return Made(home / "out", home / "truth", home / "reference", summary)


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def make(name: str, seed: int) -> dict[str, str]:
        home = tmp_path / name
        make_province(
            0.001, QUARTERS[:1], seed, home / "out", truth_folder=home / "truth", reference=home / "reference"
        )
        return _digest(home)

    first = make("first", 5)
    assert len(first) > 60
    assert make("second", 5) == first
    assert make("third", 6) != first


def test_every_system_delivers_every_quarter_in_its_declared_split(made: Made) -> None:
    sets = {(note["system"], note["quarter"], folder.name) for folder, note in made.notes()}
    for source in SOURCES.values():
        for quarter in QUARTERS:
            if source.due_in and quarter.number not in source.due_in:
                continue
            scopes = {scope for system, key, scope in sets if (system, key) == (source.name, quarter.key)}
            wanted = 11 if source.split == "city" else 1
            # What was found on visits comes from where somebody was visited: not every city at this scale.
            few = source.name == "verification_feedback"
            assert len(scopes) == wanted or (few and wanted > len(scopes) > 5), (source.name, quarter)


def test_files_are_read_whatever_their_form_and_hold_the_rows_announced(made: Made) -> None:
    formats = set()
    for folder, note in made.notes():
        for file in note["files"]:
            table = next(t for t in SOURCES[note["system"]].tables if t.entity == file["table"])
            parts = read(folder / file["name"], table, file["encoding"])
            assert sum(part.counts.rows for part in parts) == file["rows"], file["name"]
            for found in parts:
                assert found.counts.misshapen == 0
                assert set(found.header.unknown) <= {"本单位备注"}
                assert set(found.header.positions) >= {column.name for column in table.columns if not column.optional}
            formats.add(file["format"])
    assert {"csv_gb18030", "csv_utf8", "csv_utf8_bom", "xlsx"} <= formats


def test_rules_quarantine_exactly_the_rows_of_the_truth_and_ids_read_as_planted(made: Made, tmp_path: Path) -> None:
    # One quarter: what is quarantined in earlier ones, and which tier each record is of, tests/integration/test_truth.py
    # holds against the truth after a whole run.
    truth, engine = duckdb.connect(), TextFileEngine(1, "1GiB", tmp_path)
    columns = "delivery, file_name, line_number, true_id, kind, tier, is_quarantined"
    truth.execute(f"CREATE TABLE records AS SELECT {columns} FROM {made.records()}")
    unusable, quarter = 0, QUARTERS[-1]
    for folder, note in made.notes(quarter):
        units, _ = scope_units(note["scope"], quarter)
        for file in note["files"]:
            table = next(t for t in SOURCES[note["system"]].tables if t.entity == file["table"])
            rules = importlib.import_module(f"expectations.{table.name}").RULES
            scratch = tmp_path / folder.name / file["name"]
            scratch.mkdir(parents=True)
            readings = read(folder / file["name"], table, file["encoding"], scratch / "numbered")
            cut = date.fromisoformat(note["cut_date"])
            typed = write_typed(engine, scratch, Asked(table, "d", quarter, units, cut, rules), readings)
            truth.execute(f"CREATE OR REPLACE TEMP TABLE typed AS FROM read_parquet('{typed.rows}/*.parquet')")
            shutil.rmtree(scratch)
            lines = truth.execute(
                f"SELECT file_name, line_number FROM typed WHERE {is_quarantined(rules)} ORDER BY ALL"
            ).fetchall()
            planted = truth.execute(
                "SELECT DISTINCT file_name, line_number FROM records WHERE is_quarantined"
                " AND delivery = ? AND starts_with(file_name, ?) ORDER BY ALL",
                [f"{note['system']}/{quarter}/{folder.name}", file["name"]],
            ).fetchall()
            assert lines == planted, file["name"]
            if "id_key" not in table.staged:
                continue
            wrong = truth.execute(
                f"""SELECT r.kind, t.id_class, r.tier FROM typed AS t
                    JOIN records AS r ON r.file_name = t.file_name AND r.line_number = t.line_number
                    LEFT JOIN read_parquet('{made.truth}/truth_person.parquet') AS p ON p.true_id = r.true_id
                    WHERE r.delivery = ? AND ((t.id_key IS NULL) <> (r.tier = 'none')
                       OR (r.tier <> 'none' AND t.id_key <> p.id_number)
                       OR ((t.id_class = 'upgraded_15') <> (r.tier = 'T2')))""",
                [f"{note['system']}/{quarter}/{folder.name}"],
            ).fetchall()
            assert wrong == []
            unusable += truth.execute("SELECT count(*) FROM typed WHERE id_key IS NULL").fetchall()[0][0]
    assert unusable > 100


def test_every_declared_defect_is_planted(made: Made) -> None:
    kinds = (
        {kind.kind for kind in declared().identity if any(kind.rate.values())}
        | set(declared().malformed)
        | {"duplicate"}
    )
    rare = {"name_rare_lost", "id_temporary", "id_placeholder"}  # too few people at this scale
    assert kinds - rare <= set(made.summary.planted)


def test_nobody_carries_two_exclusive_defects_and_none_stands_in_the_register(made: Made) -> None:
    exclusive = tuple(kind.kind for kind in declared().identity if kind.exclusive)
    found = duckdb.sql(
        f"""SELECT count(*), count(*) FILTER (WHERE systems > 1), count(*) FILTER (WHERE in_register) FROM (
              SELECT true_id, count(DISTINCT system) AS systems, bool_or(system = 'poverty_register') AS in_register
              FROM {made.records()} WHERE kind IN {exclusive} GROUP BY true_id)"""
    ).fetchall()[0]
    assert found[0] > 100
    assert found[1:] == (0, 0)


def test_people_step_down_as_published_and_each_county_has_some(made: Made) -> None:
    rows = duckdb.sql(
        f"""SELECT quarter, count(*), avg((poverty_status_code <> '1')::INT), count(DISTINCT county_code)
            FROM {made.states()} WHERE is_registered GROUP BY quarter ORDER BY quarter"""
    ).fetchall()
    for (quarter, people, share, counties), expected in zip(rows, (0.2874, 0.1671, 0.0315), strict=True):
        assert abs(people - 6091) < 6091 * 0.02, quarter
        assert share == pytest.approx(expected, abs=0.012), quarter
        assert counties == 100, quarter


def test_coverage_lies_where_published_figures_put_it(made: Made) -> None:
    pension, medical, work = duckdb.sql(
        f"""SELECT avg((resident_state_code IN ('1', '2') OR unit_scheme_code <> '')::INT) FILTER (WHERE age >= 16),
                   avg((medical_state_code = '1')::INT), avg(is_employed::INT) FILTER (WHERE is_labour)
            FROM {made.states()} WHERE is_registered AND quarter = '2018Q3'"""
    ).fetchall()[0]
    assert 0.90 < pension < 0.97
    assert 0.993 < medical < 0.9995
    assert 0.45 < work < 0.75


def test_a_correction_of_one_county_holds_the_same_people(made: Made, tmp_path: Path) -> None:
    make_province(
        SCALE, QUARTERS[:1], SEED, tmp_path / "out", truth_folder=tmp_path / "truth", defect_factor=0,
        systems=["poverty_register"], counties=["360731"], sequence=2,
    )  # fmt: skip
    (note,) = (json.loads(path.read_text()) for path in tmp_path.glob("out/*/*/*/delivery.json"))
    assert (note["scope"], note["sequence"]) == (["360731"], 2)
    people = duckdb.sql(
        f"SELECT true_id FROM {made.states()} WHERE is_registered AND county_code = '360731' AND quarter = '2018Q3'"
    ).fetchall()
    again = duckdb.sql(f"SELECT true_id, tier, kind FROM '{tmp_path}/truth/truth_record/*.parquet'").fetchall()
    assert {row[0] for row in again} == {row[0] for row in people}
    assert {row[1:] for row in again} == {("T1", "")}


def test_269_villages_are_deep_under_every_code_they_had(made: Made) -> None:
    rows = [line.split(",") for line in (made.reference / "deep_villages.csv").read_text().splitlines()]
    assert rows[0] == ["village_code", "village_name", "current_code"]
    assert len({row[2] for row in rows[1:]}) == 269
    assert len({row[0] for row in rows[1:]}) >= 269


def test_scale_and_quarters_out_of_range_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="scale"):
        make_province(0, QUARTERS, 1, tmp_path, truth_folder=None)
    with pytest.raises(ValueError, match="2018Q3"):
        make_province(0.001, [Quarter(2018, 2)], 1, tmp_path, truth_folder=None)


def test_no_two_people_share_a_number(made: Made) -> None:
    shared = duckdb.sql(
        f"SELECT count(*) FROM (SELECT id_number FROM '{made.truth}/truth_person.parquet' GROUP BY 1 HAVING count(*) > 1)"
    ).fetchall()
    assert shared == [(0,)]
