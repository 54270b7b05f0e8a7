"""Files of several parts in a delivery: all their rows are held against the manifest, and what was found is on record."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.deliveries.manifest import MANIFEST, deliver, sha256_of
from pipelines.deliveries.verify import Findings, verify
from pipelines.periods import ZONE, Quarter
from pipelines.sources import STAGED
from tests.contracts.rows import clean_row, write_file

TABLE = STAGED["staged_poverty_register__person"]
NOW = datetime(2019, 1, 3, tzinfo=ZONE)
HEADERS = [column.header for column in TABLE.columns]


def book(path: Path, sheets: dict[str, range]) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        for name, numbers in sheets.items():
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, HEADERS)
            for line, number in enumerate(numbers, 1):
                cells = clean_row(TABLE, number)
                for place, column in enumerate(TABLE.columns):
                    sheet.write_string(line, place, cells.get(column.name, "") or "")
    return path


def made(folder: Path, *paths: Path) -> Path:
    return deliver(
        {"person": list(paths)},
        "poverty_register",
        Quarter(2018, 4),
        ["360702"],
        date(2018, 12, 31),
        "赣州",
        1,
        folder / "landing",
    )


def checked(folder: Path) -> Findings:
    return verify(folder, "poverty_register", NOW)


def change(folder: Path, **values: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][0] |= values
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def test_rows_of_all_parts_are_held_against_the_manifest(tmp_path: Path) -> None:
    folder = made(tmp_path, book(tmp_path / "a.xlsx", {"甲": range(3), "乙": range(3, 5)}))
    findings = checked(folder)
    assert not findings.reasons
    assert [file["rows"] for file in findings.files] == [5]
    assert {"a.xlsx[甲]" in note.text for note in findings.notes if note.code == "read_as"} == {True, False}
    change(folder, rows=3)
    assert [reason.code for reason in checked(folder).reasons] == ["row_count"]


def test_an_archive_is_delivered_and_read_like_its_files(tmp_path: Path) -> None:
    sent = write_file(TABLE, [clean_row(TABLE, number) for number in range(4)], False, tmp_path / "sent")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(sent, "一.csv")
        archive.write(book(tmp_path / "b.xlsx", {"甲": range(4, 6)}), "二.xlsx")
    findings = checked(made(tmp_path, tmp_path / "a.zip"))
    assert not findings.reasons
    assert [(file["rows"], file["encoding"]) for file in findings.files] == [(6, "binary")]
    assert "encoding" not in {note.code for note in findings.notes}


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    first = book(tmp_path / "a.xlsx", {"甲": range(2), "乙": range(2, 4)})
    second = book(tmp_path / "a.xlsx[甲]", {"甲": range(4, 6)})
    findings = checked(made(tmp_path, first, second))
    assert [reason.code for reason in findings.reasons] == ["file_name"]


def test_sheets_of_one_workbook_may_be_claimed_apart(tmp_path: Path) -> None:
    folder = made(tmp_path, book(tmp_path / "a.xlsx", {"甲": range(3), "乙": range(3, 5)}))
    change(folder, rows=2, sheets=["乙"])
    findings = checked(folder)
    assert not findings.reasons
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for sheets, code in ((["甲"], []), (["乙"], ["file_name"] * 2), ([], ["file_name"] * 2)):
        files = [manifest["files"][0], manifest["files"][0] | {"rows": 3, "sheets": sheets}]
        (folder / MANIFEST).write_text(json.dumps(manifest | {"files": files}, ensure_ascii=False), encoding="utf-8")
        assert [reason.code for reason in checked(folder).reasons] == code, sheets


@pytest.mark.parametrize("cut", [100, 1000])
def test_a_truncated_workbook_is_refused_with_words(tmp_path: Path, cut: int) -> None:
    folder = made(tmp_path, book(tmp_path / "a.xlsx", {"甲": range(3)}))
    path = folder / "a.xlsx"
    path.write_bytes(path.read_bytes()[:-cut])
    change(folder, bytes=path.stat().st_size, sha256=sha256_of(path))
    (reason,) = checked(folder).reasons
    assert reason.code == "damaged_archive"
    assert "没有传完" in reason.mend
