"""Schools, Yulu, civil affairs and 残联 as senders word them: domain.md §2.4–2.6 and §3.1, read without a change of code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from expectations import rules_of
from pipelines.deliveries.readers import read
from pipelines.deliveries.scope import scope_in, scope_units
from pipelines.deliveries.staging import typed_select
from pipelines.periods import Quarter
from pipelines.sources import STAGED
from tests.contracts.rows import id_number

QUARTER = Quarter(2018, 4)
IDS = [id_number(n) for n in range(8)]


def staged(table: str, path: Path) -> list[dict[str, Any]]:
    """The typed rows of a file with the rules they break."""
    files = read(path, STAGED[table], "", path.parent / "numbered", QUARTER.last_day)
    scope = scope_in(QUARTER, scope_units("province", QUARTER)[0])
    select = typed_select(STAGED[table], files, "d", scope, QUARTER.last_day, rules_of(table))
    found = duckdb.sql(select)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def text(path: Path, headers: str, *rows: Sequence[str]) -> Path:
    lines = [",".join(headers.split()), *(",".join(row) for row in rows)]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    return path


def test_urban_and_rural_families_on_sheets_of_their_own(tmp_path: Path) -> None:
    """Other columns on each sheet, the kind of assistance in the sheet's name, pairs numbered here and not there."""
    city = [
        "家庭编号",
        "区划",
        "户主姓名",
        "户主证件",
        "保障人口数",
        "保障金额",
        "类别",
        "姓名",
        "身份证号",
        "姓名",
        "身份证号",
        "起始年月",
    ]
    country = [
        "序号",
        "乡镇",
        "家庭编号",
        "区划",
        "户主姓名",
        "姓名1",
        "身份证号1",
        "姓名2",
        "身份证号2",
        "保障人口数",
        "保障金额",
        "类别",
        "停保年月",
        "停保原因",
    ]
    path = workbook(
        tmp_path / "2018年12月花名册.xlsx",
        {
            "城市低保": [
                ["城市低保花名册"], city,
                ["F1", "360702001", "张三", IDS[0], "2", "800", "全额", "张三", IDS[0], "张四", IDS[1], "2016年3月"],
            ],
            "农村低保": [
                ["农村低保花名册"], country,
                ["1", "某乡", "F2", "360702100", "李四", "李四", IDS[2], "李五", IDS[3], "2", "500", "B类", "201902", "死亡"],
            ],
        },
    )  # fmt: skip
    families = {row["family_number"]: row for row in staged("staged_civil_affairs__family", path)}
    urban, rural = families["F1"], families["F2"]
    assert (urban["assistance_code"], rural["assistance_code"]) == ("01", "02")
    assert [urban["id_key_1"], urban["id_key_2"], urban["id_key_3"]] == [IDS[0], IDS[1], None]
    assert [rural["name_1"], rural["name_2"]] == ["李四", "李五"]
    assert (urban["class_code"], rural["class_code"], urban["start_month"]) == ("FULL", "B", "201603")
    assert (rural["stop_month"], rural["stop_reason"], rural["county_code"]) == ("201902", "死亡", "360702")


def test_members_under_a_header_of_two_rows_and_a_family_without_number(tmp_path: Path) -> None:
    rows = [
        ["区划", "供养方式", "自理能力", "家庭成员1", "", "家庭成员2", ""],
        ["", "", "", "姓名", "身份证号", "姓名", "身份证号"],
        ["360702100", "集中", "半自理", "王五", IDS[4], "", ""],
    ]
    (row,) = staged("staged_civil_affairs__family", workbook(tmp_path / "特困.xlsx", {"农村特困": rows}))
    assert row["family_number"] and row["broken_rules"] == []
    assert (row["assistance_code"], row["support_code"], row["self_care_code"]) == ("03", "CENTRAL", "2")
    assert (row["name_1"], row["id_key_1"], row["name_2"]) == ("王五", IDS[4], None)


ROLL = (
    "学籍编码 学籍编号 人员编号 院校编号 院校名称 院校专业编码 专业名称 专业等级 学习形式 学制 姓名 性别 民族 出生日期 证件类型 证件号码 班级"
    " 学号 入学时间 招生年份 以前学历 入学前技能水平 是否新型学徒 学籍状态 数据状态 户口性质 户口所在地址 户口省 户口市 户口县 是否家庭困难"
    " 家庭困难类型 连片特困 三区三州 资助申请类型 结业时间 应毕业时间 结业转毕业时间 社保卡号"
)
CODES = (
    "AGC156 AGE547 AAC001 AGB020 AGB021 AGE655 AGE645 AGE616 AGE628 AGE101 AAC003 AAC004 AAC005 AAC006 AAC058 AAC147 AGE737"
    " AAC136 AGE736 AGE735 AGE739 AGC168 AGC167 AGE623 AGE611 AAC009 AAC010 AGC158 AGC157 AGC083 AGE662"
    " AGC152 AGE664 AGE663 AGE619 AGE777 AGE778 AGE779 AAZ500"
)


def test_the_roll_under_words_and_under_codes(tmp_path: Path) -> None:
    head = [
        "1",
        "X1",
        "9",
        "36001",
        "某技工学校",
        "01",
        "焊接",
        "中级",
        "全日制",
        "三年制",
        "张三",
        "男",
        "汉族",
        "1980-01-01",
    ]
    body = [
        "居民身份证",
        IDS[1],
        "1班",
        "7",
        "2018-09-01",
        "2018",
        "初中",
        "无",
        "否",
        "正式学籍",
        "正常",
        "农业",
        "某地",
    ]
    tail = ["江西省", "赣州市", "360702", "是", "建档立卡", "否", "否", "都申请", "", "2021-07-01", "", ""]
    (words,) = staged("staged_technical_school__roll", text(tmp_path / "words.csv", ROLL, [*head, *body, *tail]))
    tail[4] = "8"
    (codes,) = staged("staged_technical_school__roll", text(tmp_path / "codes.csv", CODES, [*head, *body, *tail]))
    assert words["broken_rules"] == codes["broken_rules"] == []
    assert (words["hardship_code"], codes["hardship_code"]) == ("2", "9")
    for row in (words, codes):
        assert (row["roll_number"], row["level_code"], row["study_years_code"]) == ("X1", "2", "3")
        assert (row["hukou_kind_code"], row["prior_education_code"], row["county_code"]) == ("20", "1", "360702")


def test_aid_of_a_student_whom_no_number_names(tmp_path: Path) -> None:
    headers = (
        "学年 学期 学生姓名 证件号码 户编号 户主 人编号 学校名称 学校类型 专业 学制 入学年月 年级 申请日期 审核状态 补助标准 补助金额 开户行 账号"
        " 发放状态 发放日期 户籍地代码"
    )
    rows = [
        ["2018—2019学年", term, "张三", IDS[1], "1", "张父", "2", "某校", "技工院校", "焊接", "3年", "2018.09", "一年级",
         "2018/10/1", "已审", "1500", "1500元", "农行", "6222", "已发", "2018-12-1", "360702"]
        for term in ("秋季", "春季")
    ]  # fmt: skip
    autumn, spring = staged("staged_yulu__payment", text(tmp_path / "雨露.csv", headers, *rows))
    assert autumn["broken_rules"] == spring["broken_rules"] == []
    assert autumn["application_number"] != spring["application_number"]
    assert (autumn["school_year"], autumn["term_code"], spring["term_code"]) == ("2018-2019", "1", "2")
    assert (autumn["head_name"], autumn["state_code"], autumn["paid_date"]) == ("张父", "3", date(2018, 12, 1))


def test_a_certificate_is_enough_to_tell_a_disabled_person(tmp_path: Path) -> None:
    headers = "残疾人证号 姓名 残疾类别 残疾等级 户籍地代码"
    path = text(
        tmp_path / "残联.csv",
        headers,
        [f"{IDS[2]}42B1", "张三", "肢体残疾", "二级", "360702"],
        [f"{IDS[3]}31", "李四", "言语", "2", "360702"],
    )
    first, second = staged("staged_disabled_federation__holder", path)
    assert (first["category_code"], first["grade_code"], first["broken_rules"]) == ("4", "2", [])
    assert second["broken_rules"] == ["grade_differs_from_certificate"]


def test_temporary_numbers_of_schools_are_no_ids(tmp_path: Path) -> None:
    headers = "学籍号 姓名 身份证号码 学段 学籍状态 户籍地代码"
    path = text(tmp_path / "学籍.csv", headers, ["G1", "小明", "999360000000112345", "小学", "在读", "360702"])
    (row,) = staged("staged_national_student_roll__student", path)
    assert (row["id_class"], row["id_key"], row["broken_rules"]) == ("temporary", None, ["id_number_temporary"])
