"""C18 and C19 list the same people as mart_school_yulu, whatever the flags and whatever a county has sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from pipelines.engines import sql
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.lake import columns_of

SYSTEMS = ("poverty_register", "technical_school", "yulu")
FLAGS = (
    "is_registered",
    "is_on_roll",
    "has_roll_poor_mark",
    "has_roll_hardship",
    "has_technical_yulu",
    "has_graduated_in_term",
)
PARAMS = {"quarter": "2019Q1", "school_year": "2018-2019", "term_code": "1", "term_start": dt.date(2018, 9, 1)}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    """Everyone who may be, in every county that may be: each with an entry of the roll and a payment that fit the flags."""
    people, scopes, rows, entries, payments = [], [], [], [], []
    for number, sent in enumerate(product((True, False), repeat=len(SYSTEMS))):
        county = f"3607{number:02}"
        scopes += [{"system": s, "county_code": county, "has_data": d} for s, d in zip(SYSTEMS, sent, strict=True)]
        for values in product((True, False), repeat=len(FLAGS)):
            flags = dict(zip(FLAGS, values, strict=True))
            marks = flags["has_roll_poor_mark"], flags["has_roll_hardship"]
            if marks == (True, False) or (any(marks) and not flags["is_on_roll"]):
                continue
            if flags["has_graduated_in_term"] and flags["is_on_roll"]:
                continue
            line = len(people) + 1
            key, place = f"k{line}", {"delivery_id": "D1", "file_name": "f.csv", "line_number": line}
            people.append({"person_key": key, "county_code": county, **flags})
            rows.append({"person_key": key, "system": "technical_school", "entity": "roll", **place})
            rows.append({"person_key": key, "system": "yulu", "entity": "payment", **place})
            hardship = {(True, True): "2", (False, True): "1", (False, False): "0"}[marks]
            state = "1" if flags["is_on_roll"] else "3"
            entries.append({"roll_state_code": state, "hardship_code": hardship, **place})
            paid = "3" if flags["has_technical_yulu"] else "1"
            term = {"school_year": "2018-2019", "term_code": "1"}
            payments.append({"state_code": paid, "school_type_code": "1", **term, **place})
    tables = {
        "core_person_quarter": people, "core_source_scope": scopes, "core_person_row": rows,
        "staged_technical_school__roll": entries, "staged_yulu__payment": payments,
    }  # fmt: skip
    with DuckDBEngine(1, "1GiB", tmp_path_factory.mktemp("spill")) as made:
        for name, told in tables.items():
            given: dict[str, list[Any]] = {column: [row[column] for row in told] for column in told[0]}
            made.register_rows(name, columns_of(name), pa.table(given))
        for name in ("core_exclusion", "staged_national_student_roll__student"):
            made.scan(name, columns_of(name), [])
        yield made


def answers(engine: DuckDBEngine, name: str) -> list[dict[str, object]]:
    select = sql.load(name).select
    return engine.query(select, {key: value for key, value in PARAMS.items() if key in sql.parameters(select)})


@pytest.mark.parametrize(
    ("check", "column", "named"),
    [
        ("check_c18", "yulu_finding_code", {"yulu_without_roll": "not_on_roll"}),
        ("check_c19", "mark_finding_code", {w: w for w in ("mark_without_register", "register_without_mark")}),
    ],
)
def test_a_check_lists_whom_the_mart_finds(
    engine: DuckDBEngine, check: str, column: str, named: dict[str, str]
) -> None:
    mart = {(r["person_key"], named[str(r[column])]) for r in answers(engine, "mart_school_yulu") if r[column] in named}
    listed = {(row["person_key"], row["finding_code"]) for row in answers(engine, check)}
    assert listed == mart and {finding for _, finding in mart} == set(named.values())
