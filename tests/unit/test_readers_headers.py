"""Headers as people write them: which column each cell names, over one row or several, in which family of names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.deliveries.readers import Reading
from pipelines.sources.base import Column, Type
from tests.unit import delivered
from tests.unit.delivered import HEADER, TABLE, column, noted, refused, taken

DATA = ["1", "张三", "360702"]


def sent(folder: Path, *rows: list[str], name: str = "样表.csv") -> Path:
    path = folder / name
    path.write_text(
        "".join(",".join(f'"{c}"' if "," in c else c for c in row) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def one(path: Path, day: date | None = None) -> tuple[Reading, list[list[str]]]:
    (part,) = taken(path, day=day)
    return part


@pytest.mark.parametrize(
    "cell",
    [
        "姓名",
        "姓 名",
        "姓名*",
        "*姓名",
        "★姓名",
        "姓名:",
        "“姓名”",
        "2.姓名",
        "(2)姓名",
        "2、姓名",
        "\ufeff姓名\u200b",
        "AAC003",
        "AAC003",
        "aac003",
        "AAC003 姓名",
        "AAC003姓名",
        "AAC003_姓名",
        "姓名AAC003",
        "姓名(AAC003)",
        "姓名(AAC003)",
        "AAC003【姓名】",
        "AAC003(人员姓名)",
        "xm 姓名",
        "姓名(必填)",
        "姓名(必填,文本)",
        "(必填)姓名",
        "姓名[选填]",
    ],
)
def test_a_cell_names_a_column_however_it_is_written(tmp_path: Path, cell: str) -> None:
    part = one(sent(tmp_path, ["编号", cell, "县代码"], DATA))
    assert column(part, "name") == ["张三"]
    assert part[0].header.unknown == ()


@pytest.mark.parametrize("cell", ["姓名(配偶)", "姓名拼音", "曾用姓名", "AAC004 姓名2", "AAB301 姓名", "AAC004", "名"])
def test_a_cell_that_names_something_else_is_not_taken(tmp_path: Path, cell: str) -> None:
    (reason,) = refused(sent(tmp_path, ["编号", cell, "县代码"], DATA))
    assert reason.code == "missing_column"
    for word in ("姓名", "AAC003", cell):
        assert word in reason.mend
    assert "AAC003" in reason.mend_en


def test_headers_that_differ_by_what_they_say_of_a_thing_are_not_confused(tmp_path: Path) -> None:
    for other in ("县人数", "县序", "县"):
        codes = {reason.code for reason in refused(sent(tmp_path, ["编号", "姓名", other], DATA))}
        assert codes == {"missing_column"}, other
    part = one(sent(tmp_path, ["编号", "姓名", "县(代码)", "县"], [*DATA, "章贡区"]))
    assert (column(part, "place"), column(part, "place_name")) == (["360702"], ["章贡区"])
    # A hint in brackets is none where the word in it makes another name.
    part = one(sent(tmp_path, ["编号", "姓名", "县代码", "县(名称)"], [*DATA, "章贡区"]))
    assert part[0].header.unknown == ("县(名称)",)


def test_units_in_headers_are_checked(tmp_path: Path) -> None:
    part = one(sent(tmp_path, [*HEADER, "保障金额(元)", "务工时间(个月)"], [*DATA, "12.5", "3"]))
    assert column(part, "amount") == ["12.5"]
    assert not part[0].header.units
    part = one(sent(tmp_path, [*HEADER, "保障金额/万元", "务工时间"], [*DATA, "12.5", "3"]))
    assert part[0].header.units == {"amount": "万元"}
    assert "万元" in noted(part[0])["ten_thousand"]
    for cell in ("务工时间(天)", "保障金额(千元)"):
        (reason,) = refused(sent(tmp_path, [*HEADER, cell], [*DATA, "3"]))
        assert reason.code == "other_unit"
        assert cell in reason.text


def test_what_was_renamed_and_what_is_unknown_is_said(tmp_path: Path) -> None:
    part = one(sent(tmp_path, ["备用", "县代码", "AAC003", "编号"], ["x", "360702", "张三", "1"]))
    notes = noted(part[0])
    assert "AAC003→姓名" in notes["renamed_columns"]
    assert "编号" not in notes["renamed_columns"]
    assert "备用" in notes["unknown_columns"]
    assert "第 1 行" in notes["read_as"]


def test_a_column_without_a_name_is_unknown_too(tmp_path: Path) -> None:
    part = one(sent(tmp_path, ["编号", "", "姓名", "备用", "县代码"], ["1", "某", "张三", "x", "360702"]))
    assert "“备用”、“第2列”" in noted(part[0])["unknown_columns"]


def test_a_group_header_above_its_columns(tmp_path: Path) -> None:
    path = sent(
        tmp_path,
        ["2018年样表", "", "", "", "", ""],
        ["编号", "户主", "", "县代码", "本人", "备注"],
        ["", "姓名", "证件号码", "", "姓名", ""],
        ["1", "李四", "360702", "360702", "张三", ""],
    )
    part = one(path)
    assert {name: column(part, name) for name in ("head", "head_id", "name", "place")} == {
        "head": ["李四"], "head_id": ["360702"], "name": ["张三"], "place": ["360702"],
    }  # fmt: skip
    assert (part[0].header.first_row, part[0].header.row) == (2, 3)
    assert part[0].header.cells == ("编号", "户主/姓名", "户主/证件号码", "县代码", "本人/姓名", "备注")
    assert "第 2–3 行" in noted(part[0])["read_as"]


def test_codes_in_one_row_and_labels_in_the_next(tmp_path: Path) -> None:
    for first, second in (
        (["XYZ001", "AAC003", "AAB301"], HEADER),
        (HEADER, ["XYZ001", "AAC003", "AAB301"]),
        (HEADER, ["XYZ001", "XYZ002", "XYZ003"]),
        (HEADER, ["no_x", "name_x", "county_code"]),
        (HEADER, HEADER),
    ):
        part = one(sent(tmp_path, first, second, DATA, ["2", "李四", "360702"]))
        assert column(part, "number") == ["1", "2"]
        assert part[0].header.row == 2


@pytest.mark.parametrize("numbers", [["1", "2", "3"], ["(1)", "(2)", "(3)"], ["甲", "乙", "1"], ["甲", "1", "2"]])
def test_a_row_of_column_numbers_belongs_to_the_header(tmp_path: Path, numbers: list[str]) -> None:
    part = one(sent(tmp_path, HEADER, numbers, DATA))
    assert column(part, "number") == ["1"]


def test_the_first_record_is_never_taken_for_header(tmp_path: Path) -> None:
    for record in (["1", "姓名", "360702"], ["1", "2", "360702"], ["A1", "B_2", "36"], ["编号", "", ""]):
        part = one(sent(tmp_path, HEADER, record, DATA))
        assert [row[2:] for row in part[1]] == [record, DATA]


def test_short_records_below_codes_are_no_labels(tmp_path: Path) -> None:
    part, rows = one(sent(tmp_path, ["AAC001", "AAC003", "AAB301"], ["1", "张三", "章贡区"], ["2", "李四", "章贡区"]))
    assert (part.header.row, len(rows)) == (1, 2)


def test_columns_that_share_a_name_are_taken_in_order(tmp_path: Path) -> None:
    part = one(sent(tmp_path, [*HEADER, "家庭成员", "家庭成员"], [*DATA, "甲", "乙"]))
    assert (column(part, "member_1"), column(part, "member_2")) == (["甲"], ["乙"])
    part = one(sent(tmp_path, [*HEADER, "家庭成员", "成员1"], [*DATA, "乙", "甲"]))
    assert (column(part, "member_1"), column(part, "member_2")) == (["甲"], ["乙"])
    (reason,) = refused(sent(tmp_path, [*HEADER, "家庭成员", "家庭成员", "家庭成员"], [*DATA, "甲", "乙", "丙"]))
    assert reason.code == "ambiguous_column"


def test_the_headers_decide_between_layouts(tmp_path: Path) -> None:
    old = sent(tmp_path, ["AAC001", "姓名", "县代码", "AXC001"], [*DATA, "1"])
    for day in (None, date(2018, 6, 30), date(2020, 6, 30)):
        reading, _ = one(old, day)
        assert (reading.layout, reading.header.positions["aid"]) == ("old", 3)
    assert TABLE.codes_in("old")["aid"] is delivered.OLD_AID
    assert "旧格式" in noted(reading)["layout"]
    own = sent(tmp_path, [*HEADER, "救助类别"], [*DATA, "01"])
    assert one(own, date(2018, 6, 30))[0].layout == ""
    assert "现行" in noted(one(own)[0])["layout"]


def test_where_headers_belong_to_both_layouts_the_day_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = replace(TABLE, layouts=(replace(TABLE.layouts[0], headers={"aid": ("救助类别", "AXC001")}),))
    monkeypatch.setattr(delivered, "TABLE", both)
    path = sent(tmp_path, [*HEADER, "救助类别"], [*DATA, "1"])
    assert one(path, date(2018, 12, 31))[0].layout == "old"
    assert one(path, date(2019, 1, 1))[0].layout == ""
    assert one(path)[0].layout == ""


def test_a_file_name_may_say_the_county_and_the_kind(tmp_path: Path) -> None:
    path = sent(tmp_path, ["编号", "姓名"], ["1", "张三"], name="2018年章贡区农村低保花名册.csv")
    reading, _ = one(path, date(2018, 12, 31))
    assert reading.said == {"place": "360702", "aid": "02"}
    assert "县代码:360702" in noted(reading)["said_by_name"]
    # What a column says needs no name.
    path = sent(tmp_path, HEADER, ["1", "张三", "360703"], name="章贡区.csv")
    assert one(path)[0].said == {}


@pytest.mark.parametrize(
    ("title", "aid"),
    [
        ("城市低保", "01"),
        ("2018年章贡特困人员名册", "03"),
        ("城市", "01"),
        ("农村", ""),
        ("低保户", ""),
        ("农村五保", ""),
        ("城市特困", ""),
        ("城市低保和农村低保", ""),
        ("救助", ""),
    ],
)
def test_a_name_says_a_code_only_where_it_says_exactly_one(tmp_path: Path, title: str, aid: str) -> None:
    path = sent(tmp_path, HEADER, DATA, name=f"{title}.csv")
    assert one(path)[0].said.get("aid", "") == aid


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("章贡", "360702"),
        ("360703名册", "360703"),
        ("南昌县", "360121"),
        ("南昌高新区", "360111400"),
        ("龙南2018", "360727"),
    ],
)
def test_a_name_says_a_county_by_name_or_code(tmp_path: Path, title: str, place: str) -> None:
    path = sent(tmp_path, ["编号", "姓名"], ["1", "张三"], name=f"{title}.csv")
    assert one(path, date(2018, 12, 31))[0].said == {"place": place}


@pytest.mark.parametrize(
    "name",
    ["赣州市.csv", "章贡区和南康区.csv", "名册.csv", "南昌.csv", "南昌市.csv", "上饶经济区.csv", "章贡高新园.csv"],
)
def test_a_name_that_says_no_one_county_says_none(tmp_path: Path, name: str) -> None:
    (reason,) = refused(sent(tmp_path, ["编号", "姓名"], ["1", "张三"], name=name))
    assert "工作表的名称" in reason.mend


def test_more_columns_than_any_table_has(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(HEADER + [f"c{n}" for n in range(2000)]) + "\n", encoding="utf-8")
    assert refused(path)[0].code == "too_many_columns"
    path.write_text(",".join(HEADER) + "," * 2000 + "\n1,张三,36" + "," * 2000 + "\n", encoding="utf-8")
    assert one(path)[0].counts.rows == 1


def test_layouts_lack_what_they_do_not_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Column("second", "AAC002", Type.TEXT, "二", "second", optional=True)
    layout = replace(TABLE.layouts[0], headers={"number": ("AAC002",), "second": ()}, codes={})
    table = replace(TABLE, columns=(*TABLE.columns, extra), layouts=(layout,))
    monkeypatch.setattr(delivered, "TABLE", table)
    reading, _ = one(sent(tmp_path, ["AAC002", "姓名", "县代码"], DATA))
    assert (reading.layout, "second" in reading.header.positions) == ("old", False)
    reading, _ = one(sent(tmp_path, ["编号", "AAC002", "姓名", "县代码"], ["1", "2", "张三", "36"]))
    assert (reading.layout, reading.header.positions["second"]) == ("", 1)


def test_a_row_above_belongs_to_the_header_where_it_alone_names_a_column_nobody_agreed_on(tmp_path: Path) -> None:
    part = one(sent(tmp_path, ["基本情况", "", "", "本单位附记"], ["编号", "姓名", "县代码", ""], [*DATA, "甲"]))
    assert part[0].header.unknown == ("本单位附记",)
    assert part[0].counts.misshapen == 0


def test_a_line_above_the_header_says_the_unit_of_amounts_that_say_none(tmp_path: Path) -> None:
    part = one(sent(tmp_path, ["某表", "单位:万元"], [*HEADER, "保障金额"], [*DATA, "1.5"]))
    assert part[0].header.units == {"amount": "万元"}
    part = one(sent(tmp_path, ["某表", "单位:万元"], [*HEADER, "保障金额(元/月)"], [*DATA, "1.5"]))
    assert not part[0].header.units
    (reason,) = refused(sent(tmp_path, ["某表", "单位:千元"], [*HEADER, "保障金额"], [*DATA, "1.5"]))
    assert reason.code == "other_unit"
