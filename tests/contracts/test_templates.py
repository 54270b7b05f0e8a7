"""A new sender: takes the template, fills it in with an office program, drops it, reads the receipt."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.deliveries.cells import code_words
from pipelines.deliveries.cover import COVER_SHEET, FIELDS, parse, places, scope_text
from pipelines.deliveries.filled import manifest_of, templates_in
from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.ledger import Ledger
from pipelines.deliveries.manifest import MANIFEST
from pipelines.deliveries.readers import ooxml
from pipelines.deliveries.readers.header import find_header
from pipelines.deliveries.readers.sheet_xml import XmlSheet
from pipelines.deliveries.readers.sheets import Facts
from pipelines.deliveries.reasons import Refused
from pipelines.deliveries.receive import receipt_of, receive, waiting
from pipelines.deliveries.scope import PROVINCE, areas, scope_units
from pipelines.deliveries.template import (
    CODES_SHEET,
    KIND,
    code_choices,
    sheet_columns,
    sheet_name,
    table_of_sheet,
    write_template,
)
from pipelines.periods import Quarter
from pipelines.settings import settings
from pipelines.sources import SOURCES, STAGED
from pipelines.sources.base import SourceTable, Type
from tests.contracts import libreoffice
from tests.contracts.rows import clean_row
from tests.contracts.workbooks import HEADER_ROW, age, drop, sheets_of, written

SYSTEM = "civil_affairs"
FAMILY = SOURCES[SYSTEM].tables[0]
SCHOOL = SOURCES["technical_school"]
COVER = {
    "所属季度": "2018Q4",
    "报送范围": "360702 章贡区",
    "数据截止日": "2018-12-31",
    "报送单位": "章贡区民政局",
}
Cells = list[tuple[str, str, str]]
Filler = Callable[[Path, Path, Cells, Path], Path]


def cell_name(row: int, place: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row - 1, place))


def typed(path: Path, cover: Mapping[str, str], rows: Mapping[str, list[dict[str, str]]]) -> Cells:
    """What a person types into a template: the cover, and per table rows (header → text)."""
    sheets = sheets_of(path)
    cells = []
    for number, row in enumerate(sheets[COVER_SHEET], 1):
        if (label := row[0].rstrip("*")) in cover:
            cells.append((COVER_SHEET, cell_name(number, 1), cover[label]))
    for sheet, given in rows.items():
        headers = [cell.rstrip("*") for cell in sheets[sheet][HEADER_ROW - 1]]
        for number, record in enumerate(given, HEADER_ROW + 1):
            cells += [(sheet, cell_name(number, headers.index(name)), text) for name, text in record.items()]
    return cells


def by_libreoffice(source: Path, target: Path, cells: Cells, folder: Path) -> Path:
    if libreoffice.SOFFICE is None:
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-calc)")
    return libreoffice.fill(source, target, cells, folder)


def by_hand(source: Path, target: Path, cells: Cells, _: Path) -> Path:
    """With nothing installed: read by one library, written anew by another, without the template's formats."""
    from xlsxwriter.utility import xl_cell_to_rowcol

    sheets = sheets_of(source)
    for sheet, cell, text in cells:
        row, place = xl_cell_to_rowcol(cell)
        rows = sheets[sheet]
        rows += [[""] * len(rows[0]) for _ in range(row + 1 - len(rows))]
        rows[row][place] = text
    return written(target, sheets)


FILLERS: dict[str, Filler] = {"libreoffice": by_libreoffice, "by hand": by_hand}


def record(table: SourceTable, number: int) -> dict[str, str]:
    """A clean row as a person fills it in: by header, codes as the drop-down offers them."""
    row = clean_row(table, number)
    cells = {}
    for column in sheet_columns(table):
        assert column.column is not None
        text = row[column.column.name]
        if column.column.codes is not None and text in column.column.codes.labels:
            text = next(choice for choice in code_choices(column.column.codes) if choice.split(" ")[0] == text)
        if text:
            cells[column.header] = text
    return cells


@pytest.mark.parametrize("system", sorted(SOURCES))
def test_every_sheet_of_every_template_is_read_as_declared(system: str, tmp_path: Path) -> None:
    source = SOURCES[system]
    path = write_template(system, tmp_path / "t.xlsx")
    assert path.read_bytes() == write_template(system, tmp_path / "again.xlsx").read_bytes()
    with ooxml.opened(path, path.name) as book:
        parts = {part.name: part for part in book.parts}
        assert list(parts) == [COVER_SHEET, *(sheet_name(table) for table in source.tables), CODES_SHEET]
        for table in source.tables:
            assert table_of_sheet(source, sheet_name(table)) is table
            assert table_of_sheet(source, sheet_name(table, 2)) is table
            rows = [(row.number, row.cells) for row in XmlSheet(book, parts[sheet_name(table)]).rows(Facts())]
            for day in (date(2018, 12, 31), date(2020, 12, 31)):
                header = find_header(table, rows, path.name, day)
                assert (header.row, header.layout) == (HEADER_ROW, ""), table.name
                shown = [column.column.name for column in sheet_columns(table) if column.column]
                assert dict(header.positions) == {name: place for place, name in enumerate(shown)}, table.name


def test_every_choice_of_every_drop_down_is_a_code_that_is_read() -> None:
    for table in STAGED.values():
        for column in table.columns:
            if column.codes is not None:
                words = code_words(column.codes)
                assert [words[choice.upper()] for choice in code_choices(column.codes)] == list(column.codes.labels)
    assert set(KIND) == set(Type)


@pytest.mark.parametrize("quarter", [Quarter(2018, 3), Quarter(2018, 4), Quarter(2020, 4)])
def test_every_place_of_the_cover_means_itself(quarter: Quarter) -> None:
    own = [place for place in places(quarter) if place.split(" ")[0] in areas(quarter)]
    for place in (*places(quarter)[:3], *places(quarter)[3::11], *own):
        values = {field.name: "x" for field in FIELDS} | {
            "system": SYSTEM, "quarter": quarter.key, "cut_date": "2018-12-31", "sequence": "1", "scope": place,
        }  # fmt: skip
        cover = parse(values)
        assert cover == parse(values | {"scope": place.split(" ")[-1]})
        units, unknown = scope_units(cover.scope, quarter)
        assert units and not unknown
        assert parse(values | {"scope": scope_text(units, quarter)}) == cover
    assert scope_text(scope_units(PROVINCE, quarter)[0], quarter) == "全省"


def filled(
    folder: Path, cover: Mapping[str, str] = COVER, rows: Mapping[str, Any] | None = None, system: str = SYSTEM
) -> Path:
    """A template filled in by hand; by default ten clean families."""
    path = write_template(system, folder / f"{system}.xlsx")
    given = {FAMILY.zh: [record(FAMILY, number) for number in range(10)]} if rows is None else rows
    return by_hand(path, folder / "filled.xlsx", typed(path, cover, given), folder)


@pytest.mark.stack
@pytest.mark.parametrize("filler", FILLERS)
def test_a_filled_template_is_a_delivery(filler: str, home: Path, tmp_path: Path) -> None:
    path = write_template(SYSTEM, tmp_path / "低保.xlsx")
    rows = [record(FAMILY, number) for number in range(6)]
    free = {*FAMILY.key, *FAMILY.named_by, FAMILY.county}
    text = next(
        one
        for one in sheet_columns(FAMILY)
        if one.column and one.column.type is Type.TEXT and one.column.name not in free
    )
    assert text.column is not None
    numbers = ("007", "360702198001010013")  # what a spreadsheet turns into other numbers
    for row, number in zip(rows, numbers, strict=False):
        row[text.header] = number
    cells = typed(path, COVER, {FAMILY.zh: rows})
    done = FILLERS[filler](path, tmp_path / "民政低保.xlsx", cells, tmp_path)
    name = drop(done, SYSTEM, "章贡区第四季度")
    assert waiting()
    assert [one.accepted for one in receive()] == [True], receipt_of(SYSTEM, name).read_text(encoding="utf-8")
    folder = settings().landing / SYSTEM / name
    assert [path.name for path in folder.iterdir()] == ["民政低保.xlsx"]
    receipt = receipt_of(SYSTEM, name).read_text(encoding="utf-8")
    assert "结果:已接收" in receipt
    assert "章贡区民政局" in receipt
    assert f"民政低保.xlsx({FAMILY.zh}):6 行" in receipt
    made = json.loads((settings().receipts / SYSTEM / f"{name}.manifest.json").read_text(encoding="utf-8"))
    assert (made["system"], made["quarter"], made["scope"]) == (SYSTEM, "2018Q4", ["360702"])
    assert [(file["table"], file["rows"], file["sheets"]) for file in made["files"]] == [("family", 6, [FAMILY.zh])]
    staged = ingest(SYSTEM, "2018Q4")
    assert (staged.rows_in, staged.rows_clean, staged.rows_quarantined) == (6, 6, 0)
    import duckdb

    partition = Ledger().partition(FAMILY.name, Quarter(2018, 4), f"delivery={name}")
    assert partition is not None
    files = f"'{settings().lake / partition.path}/*.parquet'"
    found = duckdb.sql(f"SELECT {text.column.name}, id_class_1 FROM {files} ORDER BY line_number").fetchall()
    assert [row[0] for row in found[:2]] == list(numbers)
    assert {row[1] for row in found} == {"valid"}
    assert not waiting()


@pytest.mark.stack
def test_one_workbook_fills_several_tables_and_empty_sheets_are_not_sent(home: Path, tmp_path: Path) -> None:
    first, second = SCHOOL.tables[0], SCHOOL.tables[2]
    rows = {table.zh: [record(table, number) for number in range(4)] for table in (first, second)}
    path = filled(tmp_path, COVER, rows, "technical_school")
    name = drop(path, "technical_school", "a")
    assert [one.accepted for one in receive()] == [True], receipt_of("technical_school", name).read_text(
        encoding="utf-8"
    )
    ingest("technical_school", "2018Q4")
    assert {(one.table_name, one.rows_clean) for one in Ledger().staged()} == {(first.name, 4), (second.name, 4)}


def test_deliver_puts_a_template_into_landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    try:
        path = filled(tmp_path)
        run = CliRunner().invoke(app, ["deliver", "--template", str(path)])
        assert run.exit_code == 0, run.output
        folder = settings().landing / SYSTEM / "2018Q4-360702-001"
        assert sorted(path.name for path in folder.iterdir()) == ["filled.xlsx", MANIFEST]
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]
        assert CliRunner().invoke(app, ["deliver", "--template", str(path)]).exit_code == 0  # the same once more
        for command in (["template"], ["template", "--system", SYSTEM, "--out", str(tmp_path / "x.xlsx")]):
            run = CliRunner().invoke(app, command)
            assert run.exit_code == 0
            assert SYSTEM in run.output
        assert templates_in(tmp_path) == tuple(sorted([tmp_path / "civil_affairs.xlsx", path, tmp_path / "x.xlsx"]))
        assert CliRunner().invoke(app, ["template", "--system", "nothing"]).exit_code == 2
    finally:
        settings.cache_clear()


MISTAKES: dict[str, tuple[dict[str, str], set[str], str]] = {
    "nothing filled in": (
        dict.fromkeys(COVER, ""), {"cover_missing"}, "所属季度",
    ),
    "half filled": ({"报送单位": ""}, {"cover_missing"}, "报送单位"),
    "no quarter": ({"所属季度": "去年"}, {"cover_value"}, "所属季度"),
    "no such quarter": ({"所属季度": "2018Q5"}, {"cover_value"}, "所属季度"),
    "no such place": ({"报送范围": "章贡区、火星"}, {"cover_value"}, "火星"),
    "no place": ({"报送范围": "、"}, {"cover_value"}, "报送范围"),
    "no day": ({"数据截止日": "2018-12-32"}, {"cover_value"}, "数据截止日"),
    "no number": ({"报送序号": "第一次"}, {"cover_value"}, "报送序号"),
    "zero": ({"报送序号": "0"}, {"cover_value"}, "报送序号"),
    "another system": ({"报送系统": "税务"}, {"cover_value"}, "报送系统"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_wrong_or_half_filled_cover_is_refused_with_what_to_fill_in(case: str, tmp_path: Path) -> None:
    change, codes, word = MISTAKES[case]
    with pytest.raises(Refused) as caught:
        manifest_of(filled(tmp_path, COVER | change))
    assert {reason.code for reason in caught.value.reasons} == codes
    assert any(word in reason.text for reason in caught.value.reasons)
    assert all(COVER_SHEET in reason.mend or "名称或代码" in reason.mend for reason in caught.value.reasons)


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        ({"所属季度": "2018年第四季度"}, ("quarter", "2018Q4")),
        ({"所属季度": "2018年4季度"}, ("quarter", "2018Q4")),
        ({"数据截止日": "2018年12月31日"}, ("cut_date", "2018-12-31")),
        ({"数据截止日": "20181231"}, ("cut_date", "2018-12-31")),
        ({"报送范围": "章贡区，360703"}, ("scope", ["360702", "360703"])),
        ({"报送范围": "全省"}, ("scope", "province")),
        ({"报送序号": "12"}, ("sequence", 12)),
    ],
)
def test_a_cover_is_read_as_people_write_it(written_as: dict[str, str], meant: tuple[str, Any], tmp_path: Path) -> None:
    assert manifest_of(filled(tmp_path, COVER | written_as)).model_dump()[meant[0]] == meant[1]


def refused(name: str) -> list[str]:
    (found,) = [one for one in Ledger().deliveries(SYSTEM) if one.delivery_id == name]
    return [reason["code"] for reason in found.reasons]


@pytest.mark.stack
def test_a_template_waits_until_it_is_quiet_closed_and_whole(home: Path, tmp_path: Path) -> None:
    name = drop(filled(tmp_path), SYSTEM, "a")
    folder = settings().landing / SYSTEM / name
    age(folder, settings().template_quiet_seconds - 5)
    assert not waiting()
    age(folder, settings().template_quiet_seconds + 1)
    assert waiting()
    (folder / "~$filled.xlsx").write_bytes(b"")  # somebody has it open
    age(folder, settings().template_quiet_seconds + 1)
    assert not waiting()
    (folder / "~$filled.xlsx").unlink()
    whole = (folder / "filled.xlsx").read_bytes()
    (folder / "filled.xlsx").write_bytes(whole[:-100])  # still being written
    age(folder, settings().template_quiet_seconds + 1)
    assert not waiting()
    age(folder, 60 * settings().quiet_minutes + 1)
    assert [one.accepted for one in receive()] == [False]
    assert refused(name) == ["no_manifest"]


@pytest.mark.stack
def test_a_workbook_that_is_no_template_waits_for_its_manifest(home: Path, tmp_path: Path) -> None:
    name = drop(written(tmp_path / "名单.xlsx", {"名单": [["家庭编号"], ["1"]]}), SYSTEM, "a")
    assert not waiting()
    age(settings().landing / SYSTEM / name, 60 * settings().quiet_minutes + 1)
    receive()
    assert refused(name) == ["no_manifest"]
    assert "bidui template" in receipt_of(SYSTEM, name).read_text(encoding="utf-8")


@pytest.mark.stack
def test_templates_that_cannot_be_told_what_they_are_say_why(home: Path, tmp_path: Path) -> None:
    empty = drop(filled(tmp_path, rows={}), SYSTEM, "empty")
    half = drop(filled(tmp_path, COVER | {"所属季度": ""}), SYSTEM, "half")
    late = drop(filled(tmp_path, COVER | {"所属季度": "2016Q1"}), SYSTEM, "late")
    other = drop(filled(tmp_path), "yulu", "other")
    sheets = sheets_of(filled(tmp_path))
    sheets["章贡区"] = sheets.pop(FAMILY.zh)
    renamed = drop(written(tmp_path / "renamed.xlsx", sheets), SYSTEM, "renamed")
    two = drop(filled(tmp_path), SYSTEM, "two")
    shutil.copyfile(tmp_path / "filled.xlsx", settings().landing / SYSTEM / two / "second.xlsx")
    age(settings().landing / SYSTEM / two, 60)
    answers = {one.delivery_id: one.accepted for one in receive()}
    assert answers == dict.fromkeys((empty, half, late, renamed, two, other), False)
    assert refused(empty) == ["template_empty"]
    assert refused(half) == ["cover_missing"]
    assert refused(late) == ["cut_date"]
    assert refused(renamed) == ["unknown_sheet"]
    assert refused(two) == ["several_templates"]
    assert "放在“yulu”的目录下" in receipt_of("yulu", other).read_text(encoding="utf-8")
    for name in (empty, half, late, renamed, two):
        text = receipt_of(SYSTEM, name).read_text(encoding="utf-8")
        assert "怎么改" in text
        assert "How:" in text


def test_a_template_holds_no_formula(tmp_path: Path) -> None:
    for system in SOURCES:
        with zipfile.ZipFile(write_template(system, tmp_path / f"{system}.xlsx")) as package:
            for name in package.namelist():
                if name.startswith("xl/worksheets/sheet"):
                    assert "<f>" not in package.read(name).decode(), (system, name)
