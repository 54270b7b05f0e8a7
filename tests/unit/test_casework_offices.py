"""The offices' views: what their queries count, and what stands in the workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from pipelines.casework import offices
from pipelines.casework.office_queries import QUERIES
from pipelines.casework.workbooks import workbook
from pipelines.engines import sql
from pipelines.engines.allowed import faults
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.lake import columns_of
from pipelines.measures.parameters import PARAMETERS
from pipelines.periods import Quarter

QUARTER = Quarter.parse("2019Q1")
ROW = {"delivery_id": "D1", "file_name": "f.csv"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(1, "1GiB", tmp_path) as made:
        yield made


def ask(engine: DuckDBEngine, name: str, tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, object]]:
    select = QUERIES[name]
    reads = sql.tables_read(select)
    for table in (*reads.this, *(f"previous.{one}" for one in reads.previous)):
        columns = columns_of(table.removeprefix("previous."))
        rows = tables.get(table, [])
        given = {column for row in rows for column in row}
        assert given <= set(columns), table
        engine.register_rows(table, columns, pa.table({c: [row.get(c) for row in rows] for c in sorted(given)}))
    params = {key: value for key, value in PARAMETERS.of(QUARTER).items() if key in sql.parameters(select)}
    return engine.query(select, params)


def about(person: str, system: str, entity: str, line: int) -> dict[str, Any]:
    return {"person_key": person, "system": system, "entity": entity, "line_number": line, **ROW}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_says_only_what_both_engines_read_alike(name: str) -> None:
    assert faults(QUERIES[name], columns_of) == []


def test_every_query_belongs_to_an_office() -> None:
    assert sorted(QUERIES) == sorted(name for office in offices.OFFICES.values() for name in office.queries)


def test_new_lost_and_employed_are_of_the_register_and_a_changed_channel_is_neither(engine: DuckDBEngine) -> None:
    def person(key: str, channel: str | None, registered: bool = True) -> dict[str, Any]:
        return {
            "person_key": key, "county_code": "360731", "is_registered": registered,
            "is_employed": channel is not None, "channel_code": channel,
        }  # fmt: skip

    this = [person("new", "PARK"), person("stays", "PARK"), person("lost", None), person("other", "COOP", False)]
    before = [person("new", None), person("stays", "COOP"), person("lost", "COOP"), person("gone", "COOP")]
    found = ask(engine, "employed", {"core_person_quarter": this, "previous.core_person_quarter": before})
    assert [(r["channel_code"], r["n_employed"], r["n_new"], r["n_lost"]) for r in found] == [
        ("COOP", 0, 0, 2),
        ("PARK", 2, 1, 0),
    ]


def test_since_2018_somebody_of_two_channels_counts_once_among_all(engine: DuckDBEngine) -> None:
    def spell(line: int, channel: str, ended: date | None) -> dict[str, Any]:
        return {
            "line_number": line,
            "channel_code": channel,
            "started_date": date(2017, 1, 1),
            "ended_date": ended,
            **ROW,
        }

    spells = [spell(1, "PARK", date(2018, 1, 1)), spell(2, "COOP", None), spell(3, "POST", date(2017, 12, 31))]
    tables = {
        "staged_employment_platform__spell": spells,
        "core_person_row": [about("k1", "employment_platform", "spell", line) for line in (1, 2, 3)],
        "core_person_quarter": [{"person_key": "k1", "county_code": "360731", "is_registered": True}],
    }
    found = ask(engine, "employed_since_2018", tables)
    assert {(r["channel_code"], r["n_since_2018"]) for r in found} == {("PARK", 1), ("COOP", 1), ("ALL", 1)}


def test_the_ledger_has_what_government_paid_for_the_premium_year(engine: DuckDBEngine) -> None:
    def item(line: int, kind: str, year: int) -> dict[str, Any]:
        return {
            "line_number": line,
            "payment_item_code": kind,
            "premium_year": year,
            "paid_amount": Decimal(100),
            **ROW,
        }

    found = ask(
        engine,
        "subsidised",
        {
            "staged_social_insurance__payment": [item(1, "11", 2019), item(2, "1", 2019), item(3, "11", 2018)],
            "staged_social_insurance__participation": [
                {"line_number": 4, "scheme_code": "170", "identity_code": "051", **ROW},
                {"line_number": 5, "scheme_code": "110", "identity_code": "090", **ROW},
            ],
            "core_person_row": [about("k1", "social_insurance", "payment", line) for line in (1, 2, 3)]
            + [about("k1", "social_insurance", "participation", line) for line in (4, 5)],
            "core_parameter": [
                {"region_code": "36", "is_returned_not_lifted": False, "is_pre_lifted_not_lifted": False},
                {"region_code": "360731", "is_returned_not_lifted": True, "is_pre_lifted_not_lifted": False},
            ],
            "core_person": [{"person_key": "k1", "name": "王小明", "id_key": "360731197001010012"}],
            "core_person_quarter": [
                {"person_key": "k1", "county_code": "360731", "is_registered": True, "poverty_status_code": "3"}
            ],
        },
    )
    assert [(row["line_number"], row["is_not_lifted"], row["identity_code"]) for row in found] == [(1, True, "051")]


def test_schools_count_their_own_students_and_payments_those_not_on_a_roll(engine: DuckDBEngine) -> None:
    marts = [
        {"person_key": "k1", "is_on_roll": True, "is_full_time_student": True, "is_registered": True, "has_yulu": False,
         "county_code": "360731", "yulu_finding_code": "roll_without_yulu", "mark_finding_code": "consistent"},
        {"person_key": "k2", "is_on_roll": False, "is_full_time_student": False, "is_registered": True, "has_yulu": True,
         "county_code": "360731", "yulu_finding_code": "yulu_without_roll", "mark_finding_code": "not_on_roll"},
    ]  # fmt: skip
    tables = {
        "mart_school_yulu": marts,
        "core_person_row": [
            about("k1", "technical_school", "roll", 1), about("k2", "technical_school", "roll", 2), about("k2", "yulu", "payment", 5)
        ],
        "staged_technical_school__roll": [
            {"line_number": 1, "school_code": "S1", "school_name": "于都技校", "roll_state_code": "1", **ROW},
            {"line_number": 2, "school_code": "S1", "school_name": "于都技校", "roll_state_code": "3", **ROW},
        ],
        "staged_yulu__payment": [
            {"line_number": 5, "school_name": "于都技校", "school_year": "2018-2019", "term_code": "1", "state_code": "3",
             "school_type_code": "1", "paid_amount": Decimal(1500), **ROW}
        ],
    }  # fmt: skip
    (school,) = ask(engine, "schools", tables)
    assert (school["school_name"], school["n_students"], school["n_without_yulu"]) == ("于都技校", 1, 1)
    (paid,) = ask(engine, "yulu_schools", tables)
    assert (paid["n_people"], paid["n_not_on_roll"], paid["paid_amount"]) == (1, 1, Decimal(1500))


def test_the_ledger_s_workbook_sums_by_label_and_masks_the_number(tmp_path: Path) -> None:
    row = {
        "county_code": "360731", "town_code": None, "person_key": "k1", "name": "王小明", "id_key": "360731197001010012",
        "premium_year": 2019, "identity_code": "051", "pool_code": "360731", "paid_amount": Decimal("100.50"),
        "booked_date": date(2019, 2, 1), "line_number": 2, "is_minimum_allowance": True, "is_destitute": False, "is_not_lifted": True,
        **ROW,
    }  # fmt: skip
    rows = [row, row | {"person_key": "k2", "id_key": None, "line_number": 3}]
    names = {"3607": "赣州市", "360731": "于都县"}
    path = tmp_path / "ledger.xlsx"
    with workbook(path, "台账", date(2019, 3, 31)) as book:
        sheets = offices.OFFICES["pension"].write(book, "台账", {"subsidised": rows}, names)
    read = CalamineWorkbook.from_path(str(path))
    assert sheets == {"汇总": 1, "赣州市": 2}
    total, ledger = (read.get_sheet_by_name(name).to_python() for name in sheets)
    assert total[-1][:4] == ["赣州市", "于都县", "未标注脱贫、低保", "贫困人口一级"] and total[-1][4:] == [2, 2, 201]
    assert [line[3] for line in ledger[-2:]] == ["360731********0012", ""]
