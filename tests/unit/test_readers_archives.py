"""Archives, Parquet and XLS: several files in one, each a part; what packers and systems leave beside them."""

from __future__ import annotations

import decimal
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.deliveries.readers import Reading
from tests.unit.delivered import HEADER, column, noted, refused, taken
from tests.unit.packages import package, row, sheet

TEXT = ",".join(HEADER) + "\n1,张三,360702\n2,李四,360702\n"
XLS = Path(__file__).parent / "files" / "offices.xls"


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_every_data_file_of_an_archive_is_a_part(tmp_path: Path) -> None:
    book = package(tmp_path / "b.xlsx", {"一": sheet(row(1, HEADER), row(2, ["3", "王五", "360703"]))}).read_bytes()
    table = parquet(tmp_path / "t", {"编号": ["4"], "姓名": ["赵六"], "县代码": ["360704"]}).read_bytes()
    path = zipped(
        tmp_path / "a.zip",
        {
            "章贡区/一.csv": TEXT,
            "二.txt": TEXT.replace(",", "|").encode("gb18030"),
            "b.xlsx": book,
            "c.parquet": table,
            "旧.xls": XLS.read_bytes(),
            "__MACOSX/._一.csv": b"\x00\x05\x16\x07",
            ".DS_Store": b"\x00\x00\x00\x01Bud1",
            "~$b.xlsx": b"x",
            "Thumbs.db": b"x",
            "说明.docx": b"PK",
            "空/": b"",
        },
    )
    parts = taken(path)
    assert [(reading.file_name, reading.encoding, reading.counts.rows) for reading, _ in parts] == [
        ("a.zip/b.xlsx", "binary", 1),
        ("a.zip/c.parquet", "binary", 1),
        ("a.zip/二.txt", "gb18030", 2),
        ("a.zip/旧.xls[章贡区]", "binary", 3),
        ("a.zip/旧.xls[南康区]", "binary", 1),
        ("a.zip/章贡区/一.csv", "utf-8", 2),
    ]
    assert [column(part, "name")[0] for part in parts] == ["王五", "赵六", "张三", "甲", "丁", "张三"]
    assert "说明.docx" in noted(parts[0][0])["other_files"]


def test_names_in_an_archive_are_read_as_their_packer_meant_them(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    raw = "低保名册".encode("gb18030")
    zipped(path, {"x" * len(raw) + ".csv": TEXT})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    assert taken(path)[0][0].file_name == "a.zip/低保名册.csv"


def test_all_files_of_an_archive_or_none(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"一.csv": TEXT, "二.csv": "编号,县代码\n1,36\n", "三.csv": "x\n"})
    reasons = refused(path)
    assert {(reason.code, "二.csv" in reason.text) for reason in reasons} == {
        ("missing_column", True),
        ("no_header", False),
    }


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "empty_archive"),
        ({"说明.pdf": b"%PDF"}, "empty_archive"),
        ({"一.csv": TEXT, "b.rar": b"Rar!\x1a\x07\x00"}, "form_not_read"),
        ({"../一.csv": TEXT}, "path_in_archive"),
        ({"/etc/一.csv": TEXT}, "path_in_archive"),
        ({"C:\\一.csv": TEXT}, "path_in_archive"),
        ({"a\\..\\..\\一.csv": TEXT}, "path_in_archive"),
        ({"一.csv": TEXT, "一.CSV": TEXT}, "same_name_twice"),
    ],
)
def test_archives_that_are_refused(tmp_path: Path, members: dict[str, bytes | str], code: str) -> None:
    assert {reason.code for reason in refused(zipped(tmp_path / "a.zip", members))} == {code}


def test_an_archive_in_an_archive_is_refused_and_a_workbook_is_none(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"一.csv": TEXT})
    assert refused(zipped(tmp_path / "a.zip", {"b.zip": inner.read_bytes()}))[0].code == "nested_archive"
    assert refused(zipped(tmp_path / "b.zip", {"b.csv": inner.read_bytes()}))[0].code == "nested_archive"


def test_links_and_passwords_in_archives_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("一.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(tmp_path / "a.zip")[0].code == "link_in_archive"
    path = zipped(tmp_path / "b.zip", {"一.csv": TEXT})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refused(path)[0].code == "encrypted"


def one(path: Path) -> tuple[Reading, list[list[str]]]:
    (part,) = taken(path)
    return part


def test_parquet_is_read_by_its_column_names(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        {
            "县代码": pa.array([360702, None, 360703]),
            "姓名": pa.array(["张三", "李\r\n四", '王"五,']).dictionary_encode(),
            "编号": pa.array([360702198001011234, 2, 3]),
            "保障金额": pa.array([decimal.Decimal("12.50"), None, decimal.Decimal("0.00")]),
            "户主姓名": pa.array([b"\xe5\xbc\xa0", b"\xff", None]),
            "日": pa.array([date(2018, 12, 31), None, date(2019, 1, 1)]),
            "时": pa.array([datetime(2018, 12, 31), datetime(2018, 12, 31, 8), None]),
            "数": pa.array([3.0, 0.5, 3.607e17]),
            "真": pa.array([True, False, None]),
            "列": pa.array([[1], [], None]),
        },
        row_group_size=2,
    )
    reading, records = one(path)
    assert records == [
        ["1", "", "360702", "张三", "360702198001011234", "12.50", "张", "2018-12-31", "2018-12-31", "3", "1", "[1]"],
        ["2", "", "", "李\n四", "2", "", "�", "", "2018-12-31 08:00:00", "0.5", "0", "[]"],
        ["3", "", "360703", '王"五,', "3", "0.00", "", "2019-01-01", "", "3.60700000000000E+17", "", ""],
    ]
    assert (reading.counts.replaced, reading.header.row) == (1, 0)
    assert "Parquet" in noted(reading)["read_as"]
    assert refused(parquet(tmp_path / "b.parquet", {"编号": ["1"]}))[0].code == "missing_column"


def test_a_long_row_of_parquet_is_kept_apart(tmp_path: Path) -> None:
    columns = {"编号": ["1", "2"], "姓名": ["长" * 10_000_000, "李四"], "县代码": ["36", "36"]}
    reading, records = one(parquet(tmp_path / "a.parquet", columns))
    assert records[0][1].startswith("1,长长")
    assert [record[2:] for record in records] == [["", "", ""], ["2", "李四", "36"]]
    assert (reading.counts.misshapen, len(records[0][1])) == (1, 2000)


def test_an_xls_workbook(tmp_path: Path) -> None:
    path = tmp_path / "名册.xls"
    path.write_bytes(XLS.read_bytes())
    first, second = taken(path)
    assert first[1] == [
        ["3", "", "1", "甲", "360702", "章贡区", "300.5", "2018-12-31"],
        ["4", "", "2", "乙", "360702", "章贡区", "3", "3.60702198001011E+17"],
        ["5", "", "3", "丙", "360702", "章贡区", "", ""],
    ]
    assert column(second, "name") == ["丁"]
    notes = noted(first[0])
    assert "旧" in notes["hidden_sheets"]
    assert "县代码" in notes["merged_filled"]
    assert first[0].counts.footers == 1
    (part,) = taken(path, sheets=("南康区",))
    assert part[0].file_name == "名册.xls[南康区]"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>\xe7\xbc\x96\xe5\x8f\xb7</td></tr></table></html>",
        b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>',
        b"%PDF-1.4",
        b"Rar!\x1a\x07\x01\x00",
        b"7z\xbc\xaf\x27\x1c\x00",
        b"\x1f\x8b\x08\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
    ],
)
def test_forms_that_are_known_and_not_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "样表.xls"
    path.write_bytes(content)
    (reason,) = refused(path)
    assert reason.code == "form_not_read"
    assert "XLSX" in reason.mend


def test_a_workbook_with_a_password_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "样表.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    assert refused(path)[0].code == "encrypted"
