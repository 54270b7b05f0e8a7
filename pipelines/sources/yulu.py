"""雨露计划: applications and payments per term. Source: domain.md §2.5 (fields rebuilt, mark L).

Quirks: money often goes to the head of the household, so the payee is not the student.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.5"

TERM = CodeList("term", "学期", {"1": "秋季学期", "2": "春季学期"}, "L", _HERE)
STATE = CodeList(
    "yulu_state", "发放状态", {"1": "待审", "2": "已审", "3": "已发", "4": "退回", "5": "终止"}, "L", _HERE
)
SCHOOL_TYPE = CodeList(
    "school_type", "学校类型", {"1": "技工院校", "2": "中等职业学校", "3": "高等职业学校"}, "L", _HERE
)

PAYMENT = SourceTable(
    source="yulu",
    entity="payment",
    zh="雨露计划职业教育补助",
    grain="one row per application of a student for one term",
    columns=(
        Column("application_number", "申请编号", Type.TEXT, "申请编号", "application number"),
        Column("school_year", "学年", Type.TEXT, "学年", "school year, such as 2018-2019"),
        Column("term_code", "学期", Type.CODE, "学期", "term", codes=TERM),
        Column("name", "学生姓名", Type.NAME, "学生姓名", "student", personal=Personal.NAME),
        Column("id_number", "证件号码", Type.ID_NUMBER, "学生证件号码", "ID number", personal=Personal.ID_NUMBER),
        Column("household_number", "户编号", Type.TEXT, "户编号", "household number"),
        Column("head_name", "户主姓名", Type.NAME, "户主姓名", "head of household", personal=Personal.NAME),
        Column("school_name", "学校名称", Type.TEXT, "学校名称", "school"),
        Column("school_type_code", "学校类型", Type.CODE, "学校类型", "school type", codes=SCHOOL_TYPE),
        Column("applied_date", "申请日期", Type.DATE, "申请日期", "applied on"),
        Column("state_code", "发放状态", Type.CODE, "发放状态", "state", codes=STATE),
        Column("paid_amount", "补助金额", Type.AMOUNT, "补助金额", "amount", unit="元", personal=Personal.SENSITIVE),
        Column("paid_date", "发放日期", Type.DATE, "发放日期", "paid on"),
        Column("hukou_code", "户籍地代码", Type.TEXT, "户籍地区划代码(6位)", "hukou county, six digits",
               personal=Personal.QUASI),
    ),
    key=("application_number",),
    county="hukou_code",
    file_stem="雨露计划发放",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="yulu",
    code="YL",
    zh="雨露计划信息服务管理系统",
    en="Yulu education aid",
    owners=(Owner("省扶贫办公室", date(2015, 6, 2), date(2021, 5, 31)), Owner("省乡村振兴局", date(2021, 6, 1))),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(PAYMENT,),
)
