"""A county's list: its towns as sheets, households together, only its own people, no full ID number, the answers to choose."""

from __future__ import annotations

import re
import stat
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from pipelines.casework import lists
from pipelines.casework.evidence import in_words
from pipelines.casework.workbooks import masked
from pipelines.deliveries.manifest import deliver
from pipelines.deliveries.verify import verify
from pipelines.periods import ZONE, Quarter
from pipelines.pseudonyms import Key

QUARTER = Quarter.parse("2019Q1")
COUNTY, TOWN, OTHER_TOWN = "360731", "360731101", "360731102"
IDS = {"k1": "360731197001010012", "k2": "36073119720202002X", "k3": "360731198003030033", "k9": "360732199004040044"}


def case(
    check: str, finding: str, person: str | None, town: str | None, household: str | None, **more: Any
) -> dict[str, Any]:
    subject = person or "S1"
    return {
        "case_code": f"{check}-{finding}-{subject}", "check_code": check, "finding_code": finding, "subject_code": subject,
        "person_key": person, "county_code": COUNTY, "town_code": town, "village_code": f"{town}201" if town else None,
        "household_number": household, "case_state_code": "carried", "first_quarter": "2018Q3", "last_quarter": "2019Q1",
        "n_quarters": 3, "n_months": None, "finding_amount": None,
    } | more  # fmt: skip


KEY = Key("k" * 32)
CASES = [
    case("C01", "not_insured", "k1", TOWN, "h2"),
    case("C21", "not_insured", "k3", TOWN, "h1"),
    case("C08", "paid_after_death", "k2", TOWN, "h2", n_months=2),
    case("C01", "not_insured", "k2", TOWN, "h2", case_state_code="not_checked", last_quarter="2018Q4"),
    case("C01", "not_insured", "k4", None, None),
    case("C01", "not_insured", "k3", OTHER_TOWN, "h5", case_code="other town"),
    case("C28", "differs", None, None, None),
    case("C01", "not_insured", "k9", "360732101", "h9", county_code="360732"),
]
EVIDENCE = [("C01-not_insured-k1", "poverty_register", "person", "D1", "p.csv", 7)] + [
    ("C08-paid_after_death-k2", "social_insurance", "benefit", "D2", "b.csv", line) for line in range(30, 10, -1)
]


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({column: [row[column] for row in rows] for column in lists.COLUMNS[name]})


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    from pipelines.measures.checks import CHECKS

    checks = [
        {"check_code": c.code, "check_name": c.zh, "finding_code": finding, "finding_text": text, "action_text": c.action, "office": c.office}
        for c in CHECKS
        for finding, text in c.findings.items()
    ]  # fmt: skip
    people = [
        {"person_key": key, "name": f"姓名{key}", "id_key": IDS.get(key)} for key in ("k1", "k2", "k3", "k4", "k9")
    ]
    evidence = [dict(zip(lists.COLUMNS["mart_case_evidence"], row, strict=True)) for row in EVIDENCE]
    made = {"mart_case": CASES, "mart_case_evidence": evidence, "mart_check": checks, "core_person": people}
    return {name: table(name, rows) for name, rows in made.items()}


@pytest.fixture(scope="module")
def made(tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> lists.CountyList:
    return lists.write_county(tmp_path_factory.mktemp("lists"), QUARTER, 3, COUNTY, tables, KEY)


def sheet(made: lists.CountyList, name: str) -> list[dict[str, str]]:
    """Rows of a sheet by header; the header is the line that ends with the case's number."""
    lines = CalamineWorkbook.from_path(made.path).get_sheet_by_name(name).to_python(skip_empty_area=False)
    at = next(place for place, line in enumerate(lines) if str(line[-1]) in ("疑点编号", "核对编码"))
    return [dict(zip(map(str, lines[at]), map(str, line), strict=True)) for line in lines[at + 1 :]]


def parts(made: lists.CountyList) -> str:
    with zipfile.ZipFile(made.path) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist())


def test_each_town_has_its_sheet_and_bodies_and_the_unplaced_their_own(made: lists.CountyList) -> None:
    names = CalamineWorkbook.from_path(made.path).sheet_names
    towns = names[2:-2]
    assert names[:2] == ["汇总", lists.CODES] and names[-2:] == [lists.NO_TOWN, lists.BODIES]
    assert len(towns) == 2 and made.towns == 2 and (made.cases, made.people) == (7, 4)
    assert [row["对象编号"] for row in sheet(made, lists.BODIES)] == ["S1"]
    assert [row["姓名"] for row in sheet(made, lists.NO_TOWN)] == ["姓名k4"]


def test_the_people_of_a_household_stand_together_with_the_reason_in_words(made: lists.CountyList) -> None:
    rows = sheet(made, CalamineWorkbook.from_path(made.path).sheet_names[2])
    assert [(row["户编号"], row["姓名"], row["疑点类型"]) for row in rows] == [
        ("h1", "姓名k3", "C21 医保未参保、重复、身份标识缺失"),
        ("h2", "姓名k1", "C01 应保未保"),
        ("h2", "姓名k2", "C01 应保未保"),
        ("h2", "姓名k2", "C08 死亡后仍发放"),
    ]
    assert rows[1]["依据"].endswith("批次 D1,p.csv 第 7 行") and rows[1]["首次季度"] == "2018Q3"
    assert float(rows[1]["季度数"]) == 3 and rows[1]["状态"] == "滚存" and rows[1]["请核实"].startswith("请核实")
    assert rows[2]["状态"] == "所需系统未报送" and "2018Q4" in rows[2]["依据"]
    assert rows[3]["疑点"] == "死亡次月起仍有待遇发放(2 个月)"
    assert all(row["核查类别"] == "" and row["责任处室"] for row in rows)


def test_only_the_county_s_own_people_and_no_full_id_number_are_in_the_file(made: lists.CountyList) -> None:
    text = parts(made)
    assert "姓名k1" in text and "姓名k9" not in text and "h9" not in text
    assert masked(IDS["k2"]) == "360731********002X" and masked(IDS["k2"]) in text
    assert not [key for key, number in IDS.items() if number in text]
    assert not re.search(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])", text)


def test_the_answers_are_chosen_from_the_feedback_s_categories(made: lists.CountyList) -> None:
    from pipelines.sources.verification_feedback import CLASSES

    with zipfile.ZipFile(made.path) as book:
        town = book.read("xl/worksheets/sheet3.xml").decode()
    assert f"<formula1>'{lists.CODES}'!$A$3:$A${len(CLASSES) + 2}</formula1>" in town
    assert 'sqref="M5:M8"' in town, "the column 核查类别"
    codes = CalamineWorkbook.from_path(made.path).get_sheet_by_name(lists.CODES).to_python()
    assert [str(line[0])[:3] for line in codes[2:]] == list(CLASSES)


def test_it_prints_on_a4_landscape_with_its_headers_and_only_its_owner_reads_it(made: lists.CountyList) -> None:
    with zipfile.ZipFile(made.path) as book:
        town, defined = book.read("xl/worksheets/sheet3.xml").decode(), book.read("xl/workbook.xml").decode()
    assert 'paperSize="9"' in town and 'orientation="landscape"' in town and 'fitToHeight="0"' in town
    assert "于都县铁山垅镇" in town.split("<oddHeader>")[1] and "!$4:$4</definedName>" in defined
    assert stat.S_IMODE(Path(made.path).stat().st_mode) == 0o600


def test_the_same_rows_give_the_same_bytes(made: lists.CountyList, tables: dict[str, pa.Table], tmp_path: Path) -> None:
    turned = {name: rows.take(list(reversed(range(rows.num_rows)))) for name, rows in tables.items()}
    again = lists.write_county(tmp_path, QUARTER, 3, COUNTY, turned, KEY)
    assert Path(again.path).read_bytes() == Path(made.path).read_bytes()


def test_of_many_rows_of_a_file_the_first_are_named(tables: dict[str, pa.Table]) -> None:
    told = in_words(tables["mart_case_evidence"])["C08-paid_after_death-k2"]
    assert told.endswith("b.csv 第 11、12、13、14、15、16、17、18、19、20、21、22 等 20 行")


def test_the_workbook_is_read_as_a_delivery_of_the_feedback(made: lists.CountyList, tmp_path: Path) -> None:
    folder = deliver(
        {"finding": [Path(made.path)]},
        "verification_feedback",
        QUARTER,
        [COUNTY],
        date(2019, 4, 30),
        "于都县",
        1,
        tmp_path,
    )
    found = verify(folder, "verification_feedback", datetime(2019, 5, 3, tzinfo=ZONE))
    assert found.reasons == [] and [file["rows"] for file in found.files] == [6], "the people's cases, not the body's"
    (others,) = [note.text for note in found.notes if note.code == "other_sheets"]
    assert all(name in others for name in ("汇总", lists.CODES, lists.BODIES))
