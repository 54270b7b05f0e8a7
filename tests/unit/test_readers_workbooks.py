"""Workbooks as offices send them: titles, merged cells, footers, hidden parts, several sheets, formulas, forms of cells."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipelines.deliveries.readers import Reading, ooxml
from tests.unit.delivered import HEADER, column, noted, refused, taken
from tests.unit.packages import NAMESPACE, cell, package, row, sheet

DATA = [["1", "张三", "360702"], ["2", "李四", "360702"]]


def written(path: Path, sheets: dict[str, list[list[Any]]], **options: Any) -> Path:
    with xlsxwriter.Workbook(str(path), options) as book:
        for name, rows in sheets.items():
            made = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                made.write_row(number, 0, cells)
    return path


def one(path: Path) -> tuple[Reading, list[list[str]]]:
    (part,) = taken(path)
    return part


@pytest.mark.parametrize("constant_memory", [True, False])
def test_titles_blanks_footers_and_physical_rows(tmp_path: Path, constant_memory: bool) -> None:
    """Texts stand in the cells in one form of the file, in a part of their own in the other."""
    footers = [["合计", 2, ""], [], ["单位负责人:赵六", "", "填表人:王五"], ["以下空白"], ["第1页 共1页"]]
    rows = [["样表(2018年第4季度)"], [], HEADER, DATA[0], [], [2, "李四", 360702], *footers]
    reading, records = one(written(tmp_path / "样.xlsx", {"表": rows}, constant_memory=constant_memory))
    assert (reading.file_name, reading.sheet, reading.header.row, reading.encoding) == ("样.xlsx", "表", 3, "binary")
    assert records == [["4", "", "1", "张三", "360702"], ["6", "", "2", "李四", "360702"]]
    assert (reading.counts.rows, reading.counts.footers) == (2, 4)
    notes = noted(reading)
    assert "表头在第 3 行,读取 2 行" in notes["read_as"]
    assert "4 行" in notes["footers"]
    assert not any("王五" in text for text in notes.values())


def test_a_total_with_every_cell_filled_is_a_footer_and_a_person_is_none(tmp_path: Path) -> None:
    rows = [[*HEADER, "备注"], [*DATA[0], "合计"], ["合计", "2人", "2", "x"], ["", "小 计", "1", "x"]]
    reading, records = one(written(tmp_path / "a.xlsx", {"表": rows}))
    assert [record[2] for record in records] == ["1"]
    assert reading.counts.footers == 2


def test_several_sheets_are_parts_each_with_its_own_header(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xlsx",
        {
            "填表说明": [["请认真填写"]],
            "章贡区": [HEADER, *DATA],
            "南康区": [["标题"], [], ["备用", "县代码", "姓名", "编号"], ["", "360703", "王五", "1"]],
            "空表": [],
        },
    )
    parts = taken(path)
    assert [(reading.file_name, reading.sheet, reading.counts.rows) for reading, _ in parts] == [
        ("a.xlsx[章贡区]", "章贡区", 2),
        ("a.xlsx[南康区]", "南康区", 1),
    ]
    assert [column(part, "name") for part in parts] == [["张三", "李四"], ["王五"]]
    assert [part[1][0][0] for part in parts] == ["2", "4"]
    assert "填表说明" in noted(parts[0][0])["other_sheets"]
    (part,) = taken(path, sheets=["南康区"])
    assert (part[0].file_name, column(part, "name")) == ("a.xlsx[南康区]", ["王五"])


def test_sheet_names_say_what_the_columns_lack(tmp_path: Path) -> None:
    head, rows = ["编号", "姓名"], [["1", "张三"]]
    sheets = {"章贡区城市低保": [head, *rows], "章贡特困": [head, *rows], "360703农村低保": [head, *rows]}
    parts = taken(written(tmp_path / "a.xlsx", sheets))
    assert [dict(reading.said) for reading, _ in parts] == [
        {"place": "360702", "aid": "01"},
        {"place": "360702", "aid": "03"},
        {"place": "360703", "aid": "02"},
    ]
    (part,) = taken(written(tmp_path / "章贡区.xlsx", {"农村低保": [head, *rows]}))
    assert part[0].said == {"place": "360702", "aid": "02"}


def test_a_sheet_with_a_fault_is_not_dropped_and_another_table_is_no_fault(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", {"一": [HEADER, *DATA], "二": [["编号", "人名", "县代码"], *DATA]})
    (reason,) = refused(path)
    assert reason.code == "missing_column"
    assert "a.xlsx[二]" in reason.text
    path = written(tmp_path / "b.xlsx", {"一": [HEADER, *DATA], "户": [["编号", "户型", "面积"], ["1", "2", "3"]]})
    reading, _ = one(path)
    assert "户" in noted(reading)["other_sheets"]


def test_hidden_sheets_are_neither_read_nor_dropped_in_silence(tmp_path: Path) -> None:
    for hide, path in (("hide", tmp_path / "a.xlsx"), ("very_hidden", tmp_path / "b.xlsx")):
        with xlsxwriter.Workbook(str(path)) as book:
            headers = {"当季": HEADER, "上季": HEADER, "缺列": HEADER[1:], "设置": ["参数"]}
            for name, header in headers.items():
                made = book.add_worksheet(name)
                made.write_row(0, 0, header)
                made.write_row(1, 0, DATA[0])
                if name != "当季":
                    getattr(made, hide)()
        reading, _ = one(path)
        assert reading.sheet == "当季"
        assert "“上季”、“缺列”" in noted(reading)["hidden_sheets"]
        assert "设置" not in noted(reading)["hidden_sheets"]
    with xlsxwriter.Workbook(str(tmp_path / "c.xlsx")) as book:
        book.add_worksheet("封面").write_row(0, 0, [""])
        made = book.add_worksheet("数据")
        made.write_row(0, 0, HEADER)
        made.hide()
    (reason,) = refused(tmp_path / "c.xlsx")
    assert (reason.code, "数据" in reason.text) == ("hidden_sheet", True)


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        made = book.add_worksheet()
        for number, cells in enumerate([[*HEADER, "备用"], *([*cells, "x"] for cells in DATA)]):
            made.write_row(number, 0, cells)
        made.set_column(1, 1, None, None, {"hidden": True})
        made.set_row(2, None, None, {"hidden": True})
    reading, records = one(tmp_path / "a.xlsx")
    assert [record[3] for record in records] == ["张三", "李四"]
    notes = noted(reading)
    assert "姓名" in notes["hidden_columns"]
    assert "备用" not in notes["hidden_columns"]
    assert "1 行" in notes["hidden_rows"]


def test_merged_cells_over_rows_are_filled_down_and_amounts_count_once(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        made, form = book.add_worksheet(), book.add_format()
        made.merge_range(0, 0, 1, 4, "样表", form)
        made.write_row(2, 0, ["编号", "姓名", "县代码", "县", "保障金额"])
        for line, name in enumerate(("甲", "乙", "丙", "", "丁"), 3):
            made.write_row(line, 0, [str(line), name] if name else [])
        made.merge_range(3, 2, 6, 2, "360702", form)
        made.merge_range(3, 3, 7, 3, "章贡区", form)
        made.merge_range(3, 4, 5, 4, 300, form)
        made.write(7, 2, "360703")
        made.merge_range(8, 0, 8, 4, "填表人:王五", form)
    part = one(tmp_path / "a.xlsx")
    assert column(part, "name") == ["甲", "乙", "丙", "丁"]
    assert column(part, "place") == ["360702", "360702", "360702", "360703"]
    assert column(part, "place_name") == ["章贡区"] * 4
    assert column(part, "amount") == ["300", "", "", ""]
    notes = noted(part[0])
    assert "县代码" in notes["merged_filled"]
    assert "保障金额" in notes["merged_amounts"]
    assert part[0].counts.footers == 1


def test_a_merged_group_header_above_sub_headers(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        made, form = book.add_worksheet(), book.add_format()
        made.merge_range(0, 0, 0, 4, "样表", form)
        made.merge_range(1, 0, 2, 0, "编号", form)
        made.merge_range(1, 1, 1, 2, "户主", form)
        made.write_row(2, 1, ["姓名", "证件号码"])
        made.merge_range(1, 3, 2, 3, "县代码", form)
        made.merge_range(1, 4, 2, 4, "姓名", form)
        made.write_row(3, 0, ["1", "李四", "36", "360702", "张三"])
    part = one(tmp_path / "a.xlsx")
    assert (column(part, "head"), column(part, "head_id"), column(part, "name")) == (["李四"], ["36"], ["张三"])
    assert "merged_filled" not in noted(part[0])


def test_formulas_give_their_stored_result(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        made = book.add_worksheet()
        made.write_row(0, 0, [*HEADER, "务工时间"])
        made.write_formula(1, 0, "=1+1", None, 2)
        made.write_formula(1, 1, '="张"&"三"', None, "张三")
        made.write_formula(1, 2, "=NA()", None, "#N/A")
        made.write_formula(1, 3, "=TRUE()", None, True)
    reading, records = one(tmp_path / "a.xlsx")
    assert records[0][2:] == ["2", "张三", "#N/A", "1"]
    assert "1 个单元格" in noted(reading)["formula_errors"]
    # An empty text is a result too, where the cell says that it is a text.
    line = f'<row r="2">{cell("A2", "1")}<c r="B2" t="str"><f>""</f><v></v></c></row>'
    assert one(package(tmp_path / "b.xlsx", {"表": sheet(row(1, HEADER), line)}))[1] == [["2", "", "1", "", ""]]


def test_formulas_without_a_stored_result_are_refused_where_they_matter(tmp_path: Path) -> None:
    head = row(1, [*HEADER, "备用"])
    good = row(2, ["1", "张三", "360702"])

    def made(place: str, content: str = "<f>1+1</f>", last: str = "") -> Path:
        line = f'<row r="3">{cell("A3", "2")}<c r="{place}">{content}</c></row>'
        return package(tmp_path / "a.xlsx", {"表": sheet(head, good, line, last)})

    for content in ("<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>"):
        (reason,) = refused(made("B3", content))
        assert reason.code == "formula_without_result"
        assert "第 3 行" in reason.text
        assert "姓名" in reason.text
    assert one(made("D3"))[0].counts.rows == 2  # a column nobody uses
    total = f'<row r="4">{cell("A4", "合计")}<c r="B4"><f>SUM(B2:B3)</f></c></row>'
    reading, _ = one(made("D3", last=total))
    assert (reading.counts.rows, reading.counts.footers) == (2, 1)
    lone = '<row r="4"><c r="A4"><f>1+1</f></c></row>'
    assert refused(made("D3", last=lone))[0].code == "formula_without_result"


def test_numbers_days_and_texts_as_the_sheet_shows_them(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        made = book.add_worksheet()
        values: list[tuple[Any, str | None, str]] = [
            (3, None, "3"), (0.1 + 0.2, None, "0.3"), (-12.5, None, "-12.5"), (1e-7, None, "1e-07"),
            (360702198001011234, None, "3.60702198001011E+17"), (123456789012345, None, "123456789012345"),
            (360702, "000000000000", "000000360702"), (12.5, "000", "12.5"), (3, "0.00", "3"),
            (1234, "#,##0", "1234"), (1234, "¥#,##0.00;[Red]-¥#,##0.00", "1234"), (0.5, "0%", "0.5"),
            (date(2018, 12, 31), "yyyy-mm-dd", "2018-12-31"), (date(2018, 12, 31), 'yyyy"年"m"月"d"日"', "2018-12-31"),
            (datetime(2018, 12, 31, 8, 30), "yyyy/m/d h:mm", "2018-12-31 08:30:00"), (time(8, 30), "h:mm", "08:30:00"),
            (date(2018, 12, 1), "[$-804]yyyy-mm;@", "2018-12-01"), (3, '"d"0', "3"), (-5, "yyyy", "-5"),
            (1e9, "yyyy-mm-dd", "1000000000"),
            (" 甲\n乙 ", None, " 甲\n乙 "), ("=cmd|' /C calc'!A1", None, "=cmd|' /C calc'!A1"), ("_x0041_", None, "_x0041_"),
            ("007", None, "007"), ("甲\x01乙", None, "甲\x01乙"), ("𠮷", None, "𠮷"),
        ]  # fmt: skip
        made.write_row(0, 0, [*HEADER, "备用"])
        for line, (value, form, _) in enumerate(values, 1):
            made.write_row(line, 0, DATA[0])
            style = book.add_format({"num_format": form}) if form else None
            if isinstance(value, str):
                made.write_string(line, 3, value, style)
            elif isinstance(value, date | time):
                made.write_datetime(line, 3, value, style)
            else:
                made.write_number(line, 3, value, style)
    _, records = one(tmp_path / "a.xlsx")
    assert [record[5] for record in records] == [text for _, _, text in values]


def test_built_in_forms_of_days_and_the_calendar_from_1904(tmp_path: Path) -> None:
    styles = f'<styleSheet xmlns="{NAMESPACE}"><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    styles += "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 31, 57)) + "</cellXfs></styleSheet>"
    days = "".join(f'<c r="{letter}2" s="{style}"><v>43465</v></c>' for style, letter in enumerate("ABCD"))
    content = sheet(row(1, [*HEADER, "备用"]), f'<row r="2">{days}</row>')
    parts = {"xl/styles.xml": styles}
    _, records = one(package(tmp_path / "a.xlsx", {"表": content}, parts))
    assert records[0][2:] == ["43465", "2018-12-31", "2018-12-31", "2018-12-31"]
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx"), {"date_1904": True}) as book:
        made = book.add_worksheet()
        made.write_row(0, 0, HEADER)
        made.write_datetime(1, 0, datetime(2018, 12, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert one(tmp_path / "b.xlsx")[1][0][2] == "2018-12-31"


def test_what_stands_beside_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    texts = (
        f'<sst xmlns="{NAMESPACE}"><si><r><rPr><b/></rPr><t>张</t></r><r><t xml:space="preserve">三</t></r>'
        "<rPh><t>zhang</t></rPh></si><si><t>第二_x000D_行</t></si></sst>"
    )
    line = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c>'
    line += '<c r="C2" t="inlineStr"><is><t>36</t><rPh><t>x</t></rPh></is></c></row>'
    content = sheet(row(1, HEADER), line)
    _, records = one(package(tmp_path / "a.xlsx", {"表": content}, {"xl/sharedStrings.xml": texts}))
    assert records[0][2:] == ["张三", "第二\n行", "36"]


def test_tags_with_a_prefix_and_rows_without_numbers(tmp_path: Path) -> None:
    def cells(texts: list[str]) -> str:
        return "<x:row>" + "".join(f"<x:c t='str'><x:v>{text}</x:v></x:c>" for text in texts) + "</x:row>"

    content = (
        f'<x:worksheet xmlns:x="{NAMESPACE}"><x:sheetData>{cells(HEADER)}{cells(DATA[0])}</x:sheetData></x:worksheet>'
    )
    assert one(package(tmp_path / "a.xlsx", {"表": content}))[1] == [["2", "", *DATA[0]]]


def test_cells_right_of_the_table_are_not_lost(tmp_path: Path) -> None:
    reading, records = one(written(tmp_path / "a.xlsx", {"表": [HEADER, [*DATA[0], "", "旁注"], [*DATA[1], " "]]}))
    assert records == [["2", "1,张三,360702,,旁注", "", "", ""], ["3", "", *DATA[1]]]
    assert reading.counts.misshapen == 1
    assert "1 行" in noted(reading)["misshapen"]


def test_a_workbook_that_stays_open_is_read_once_for_each_sheet(tmp_path: Path) -> None:
    """The list of shared texts is made once; what the templates use stays usable."""
    path = written(tmp_path / "a.xlsx", {"一": [HEADER, *DATA], "二": [HEADER, *DATA]})
    with ooxml.opened(path, "a.xlsx") as book:
        assert [part.name for part in book.parts] == ["一", "二"]
        assert not any(part.hidden for part in book.parts)
