"""Reading delivered files: shapes, quotes, physical lines, encodings, headers, footers, workbooks."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.deliveries.readers import Reading, blocks, read
from pipelines.deliveries.readers.sheets import cell_text
from pipelines.deliveries.reasons import Refused
from pipelines.sources.base import Column, Format, SourceTable, Type

TABLE = SourceTable(
    source="x",
    entity="y",
    zh="样表",
    grain="one row per number",
    columns=(
        Column("number", "编号", Type.TEXT, "编号", "number"),
        Column("name", "姓名", Type.NAME, "姓名", "name", aliases=("AAC003",)),
        Column("place", "地区代码", Type.TEXT, "地区代码", "place"),
        Column("phone", "电话", Type.TEXT, "电话", "telephone", optional=True),
    ),
    key=("number",),
    county="place",
    file_stem="样表",
    format=Format.CSV_UTF8,
)
HEADER = "编号,姓名,地区代码,电话"


def taken(folder: Path, content: str | bytes, declared: str = "") -> tuple[Reading, list[list[str]]]:
    """What the reader makes of a file: the reading, and [line, raw, cells…] of every record."""
    sent = folder / "sent.csv"
    sent.write_bytes(content if isinstance(content, bytes) else content.encode())
    (reading,) = read(sent, TABLE, declared, folder / "numbered")
    records = []
    for path in reading.numbered_files:
        with path.open(encoding="utf-8", newline="") as file:
            records += list(csv.reader(file, delimiter=reading.delimiter))
    return reading, records


def test_physical_lines_survive_quoted_newlines_titles_and_blanks(tmp_path: Path) -> None:
    reading, rows = taken(
        tmp_path, f'样表,,,\r\n\r\n{HEADER}\r\n1,张三,36,\r\n2,"李\r\n四",36,\r\n\r\n3,"王,五",36,"a""b"\r\n'
    )
    assert reading.header.row == 3
    assert rows == [
        ["4", "", "1", "张三", "36", ""],
        ["5", "", "2", "李\n四", "36", ""],
        ["8", "", "3", "王,五", "36", 'a"b'],
    ]
    assert (reading.counts.rows, reading.counts.blank, reading.counts.misshapen) == (3, 1, 0)


def test_lines_of_another_shape_are_kept_apart_and_lose_nothing(tmp_path: Path) -> None:
    reading, rows = taken(tmp_path, f"{HEADER}\n1,张三,36,\n2,李四\n3,王五,36,,多\n4,赵六,36,,\n")
    assert [row[:2] for row in rows] == [["2", ""], ["3", "2,李四"], ["4", "3,王五,36,,多"], ["5", ""]]
    assert (reading.counts.rows, reading.counts.misshapen) == (4, 2)


def test_a_quote_that_is_never_closed_spoils_its_own_line_only(tmp_path: Path) -> None:
    lines = [f"{number},张三,36," for number in range(200)]
    lines[50] = '50,"张三,36,'
    reading, rows = taken(tmp_path, "\n".join([HEADER, *lines]) + "\n")
    assert reading.counts.rows == len(rows) == 200
    assert [row[0] for row in rows if row[1]] == ["52"]
    assert [row[0] for row in rows] == [str(number) for number in range(2, 202)]


@pytest.mark.parametrize("later", ['"3,00",王五,36,', '3,"王五",36,', '3,"王\n五",36,', '"3","王五","36",""'])
def test_nor_does_it_take_the_quoted_cells_of_later_lines(tmp_path: Path, later: str) -> None:
    """The quote that would close it begins a cell of its own line."""
    reading, rows = taken(tmp_path, f'{HEADER}\n1,"张三,36,\n2,李四,36,\n{later}\n4,赵六,36,\n')
    assert reading.counts.rows == 4
    assert [row[0] for row in rows if row[1]] == ["2"]
    assert [row[2][:1] for row in rows] == ["", "2", "3", "4"]


def test_header_cells_of_several_lines(tmp_path: Path) -> None:
    reading, rows = taken(tmp_path, '"样表\n(季报)",,,\n"编\n号",姓名,"地区\n代码",电话\n1,张三,36,\n')
    assert (reading.header.first_row, reading.header.row) == (3, 5)
    assert rows == [["6", "", "1", "张三", "36", ""]]
    _, rows = taken(tmp_path, f'"样表,,,\n{HEADER}\n1,张三,36,\n2,"李\n四",36,\n')
    assert [row[0] for row in rows] == ["3", "4"]


@pytest.mark.parametrize(("titles", "is_found"), [(29, True), (30, False)])
def test_a_header_is_looked_for_as_far_down_as_the_refusal_says(tmp_path: Path, titles: int, is_found: bool) -> None:
    content = '"样\n表",,,\n' * titles + f"{HEADER}\n1,张三,36,\n"
    if is_found:
        assert taken(tmp_path, content)[0].header.row == 2 * titles + 1
    else:
        with pytest.raises(Refused, match="no_header"):
            taken(tmp_path, content)


def test_a_quote_inside_a_plain_cell_is_a_character(tmp_path: Path) -> None:
    _, rows = taken(tmp_path, f'{HEADER}\n1,张"三,36,\n2,李四,36,\n')
    assert [row[3] for row in rows] == ['张"三', "李四"]


def test_an_endless_line_is_cut_and_the_next_one_read(tmp_path: Path) -> None:
    reading, rows = taken(tmp_path, f"{HEADER}\n1,{'长' * 3_000_000},36,\n2,李四,36,\n")
    assert reading.counts.rows == 2
    assert len(rows[0][1]) == 2000
    assert rows[1][:3] == ["3", "", "2"]


def test_footers_are_left_out_and_counted(tmp_path: Path) -> None:
    reading, rows = taken(tmp_path, f"{HEADER}\n1,张三,36,\n2,合计,36,\n合计,2,,\n填表人:王五\n")
    assert [row[2] for row in rows] == ["1", "2"]
    assert (reading.counts.rows, reading.counts.footers) == (2, 2)


@pytest.mark.parametrize(
    ("codec", "found"),
    [("gb18030", "gb18030"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("declared", ["utf-8", "gb18030"])
def test_the_encoding_is_found_whatever_is_declared(tmp_path: Path, codec: str, found: str, declared: str) -> None:
    text = f"{HEADER}\n1,䶮㛃𠮷,36,\n"
    reading, rows = taken(tmp_path, text.encode(codec), declared)
    assert (reading.encoding, rows[0][3], reading.counts.replaced) == (found, "䶮㛃𠮷", 0)


def test_unreadable_bytes_are_counted(tmp_path: Path) -> None:
    reading, rows = taken(tmp_path, HEADER.encode() + "\n1,张三".encode() + b"\xff\x00,36,\n")
    assert (reading.counts.replaced, rows[0][3]) == (2, "张三��")


@pytest.mark.parametrize("delimiter", ["\t", "|", ";"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    reading, rows = taken(tmp_path, f"{HEADER}\n1,张三,36,\n".replace(",", delimiter))
    assert (reading.delimiter, rows[0][2:5]) == (delimiter, ["1", "张三", "36"])


def test_headers_by_alias_in_any_order_with_unknown_and_without_optional_columns(tmp_path: Path) -> None:
    reading, _ = taken(tmp_path, "备用,地区代码 ,aac003,编 号\n,36,张三,1\n")
    assert dict(reading.header.positions) == {"number": 3, "name": 2, "place": 1}
    assert reading.header.unknown == ("备用",)


@pytest.mark.parametrize(
    ("header", "code", "word"),
    [
        ("编号,地区代码", "missing_column", "姓名"),
        ("编号,姓名,姓名,地区代码", "ambiguous_column", "姓名"),
        ("甲,乙,丙", "no_header", "编号"),
    ],
)
def test_headers_that_are_refused(tmp_path: Path, header: str, code: str, word: str) -> None:
    with pytest.raises(Refused) as refused:
        taken(tmp_path, f"{header}\n1,2,3\n")
    (reason,) = refused.value.reasons
    assert reason.code == code
    assert word in reason.text + reason.mend


def test_a_missing_column_names_what_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        taken(tmp_path, "编号,地区代码\n1,36\n")
    assert "AAC003" in refused.value.reasons[0].mend


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0 no book"])
def test_files_that_are_nothing_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused):
        taken(tmp_path, content)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (0.5, "0.5"),
        (360702198001011e0, "360702198001011"),
        (3.607e17, "3.60700000000000E+17"),
        (float("nan"), "NAN"),
        (True, "1"),
        (datetime(2018, 9, 30), "2018-09-30"),
        (date(2018, 9, 30), "2018-09-30"),
        (None, ""),
    ],
)
def test_cells_of_a_workbook(value: object, text: str) -> None:
    assert cell_text(value) == text


cells = st.text(alphabet='1甲," \n\t', max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells, cells, cells), max_size=30), st.integers(1, 60))
def test_well_formed_files_come_back_cell_by_cell(tmp_path: Path, records: list[tuple[str, ...]], block: int) -> None:
    """Also where blocks end inside a line or a quoted cell."""
    sent = tmp_path / "given.csv"
    with sent.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + "\n")
        csv.writer(file, lineterminator="\n").writerows(records)
    kept, blocks.BLOCK_BYTES = blocks.BLOCK_BYTES, block + len(HEADER)
    try:
        reading, rows = taken(tmp_path, sent.read_bytes())
    finally:
        blocks.BLOCK_BYTES = kept
    filled = [list(record) for record in records if any(cell.strip() for cell in record)]
    assert [row[2:] for row in rows] == filled
    assert reading.counts.rows == len(filled)
    assert reading.counts.misshapen == 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='12甲,"\n ', max_size=400))
def test_whatever_follows_the_header_no_line_is_lost(tmp_path: Path, body: str) -> None:
    reading, rows = taken(tmp_path, f"{HEADER}\n{body}\n")
    assert reading.counts.rows == len(rows)
    assert all(len(row) == 2 + 4 for row in rows)
    numbers = [int(row[0]) for row in rows]
    assert numbers == sorted(set(numbers))
    # every filled character is in a row: as cells, or raw where the shape is another
    kept = sum(sum(c in "12甲" for c in "".join(row[1:])) for row in rows)
    assert kept == sum(c in "12甲" for c in body)
