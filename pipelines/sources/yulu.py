"""雨露计划: what became of each student's aid for a term, and the applications. Source: domain.md §2.5 (fields rebuilt, L).

Quirks: many lists number nothing; a student of a term is then told by the student and the term. Money often goes to the head of the household, so the payee is not the student. Aid is a matter of a term, but
it is paid over two quarters (autumn in the fourth and first, spring in the second and third), so each quarter's list is
waited for, and none stands for the quarter after it: the last list of a term knows nobody of the next. Offices that keep
one list send `payment`, with the applications still under review in it; `application` is for those that keep two.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type
from pipelines.sources.technical_school import STUDY_YEARS

_HERE = "domain.md §2.5"

TERM = CodeList(
    "term",
    "学期",
    {"1": "秋季学期", "2": "春季学期"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("秋季", "秋", "秋季学年", "上学期", "第一学期", "第1学期"), "1"),
        **dict.fromkeys(("春季", "春", "春季学年", "下学期", "第二学期", "第2学期"), "2"),
    },
)
STATE = CodeList(
    "yulu_state",
    "发放状态",
    {"1": "待审", "2": "已审", "3": "已发", "4": "退回", "5": "终止"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("待审核", "未审", "未审核"), "1"),
        **dict.fromkeys(("已审核", "审核通过", "待发放", "待发"), "2"),
        **dict.fromkeys(("已发放", "发放成功"), "3"),
        **dict.fromkeys(("已退回", "发放失败"), "4"),
        "已终止": "5",
    },
)
REVIEW_STATE = CodeList(
    "yulu_review_state",
    "审核状态",
    {"1": "待审", "2": "审核通过", "3": "审核不通过", "4": "退回补正"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("待审核", "未审", "未审核", "审核中"), "1"),
        **dict.fromkeys(("已审", "已审核", "通过"), "2"),
        **dict.fromkeys(("不通过", "未通过"), "3"),
        "退回": "4",
    },
)
SCHOOL_TYPE = CodeList(
    "school_type",
    "学校类型",
    {"1": "技工院校", "2": "中等职业学校", "3": "高等职业学校"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("技工学校", "技师学院", "高级技工学校", "技工"), "1"),
        **dict.fromkeys(("中职", "中专", "中等专业学校", "职业高中", "职高", "中等职业"), "2"),
        **dict.fromkeys(("高职", "高职院校", "高职高专", "高等职业院校", "高等职业"), "3"),
    },
)
PAYEE = CodeList("payee", "收款人", {"1": "户主", "2": "本人"}, "L", _HERE, {"学生本人": "2", "学生": "2", "家长": "1"})

_APPLICATION = (
    Column("application_number", "申请编号", Type.TEXT, "申请编号", "application number", aliases=("申请单号", "申请序号"),
           optional=True, made_of=("person_number", "name", "id_number", "school_year", "term_code")),
    Column("school_year", "学年", Type.SCHOOL_YEAR, "学年", "school year, such as 2018-2019", aliases=("学年度",)),
    Column("term_code", "学期", Type.CODE, "学期", "term", codes=TERM),
    Column("name", "学生姓名", Type.NAME, "学生姓名", "student", aliases=("姓名",), personal=Personal.NAME),
    Column("id_number", "证件号码", Type.ID_NUMBER, "学生证件号码", "ID number",
           aliases=("学生证件号码", "身份证号码", "身份证号", "学生身份证号"), personal=Personal.ID_NUMBER),
    Column("household_number", "户编号", Type.TEXT, "户编号", "household number", optional=True),
    Column("head_name", "户主姓名", Type.NAME, "户主姓名", "head of household", aliases=("户主",), personal=Personal.NAME,
           optional=True),
    Column("person_number", "人编号", Type.TEXT, "人编号", "the register's person number", optional=True),
    Column("school_name", "学校名称", Type.TEXT, "学校名称", "school", aliases=("就读学校", "院校名称", "学校"),
           optional=True),
    Column("school_type_code", "学校类型", Type.CODE, "学校类型", "school type", codes=SCHOOL_TYPE,
           aliases=("学校类别", "院校类型")),
    Column("major_name", "专业", Type.TEXT, "专业", "subject", aliases=("专业名称", "所学专业"), optional=True),
    Column("study_years_code", "学制", Type.CODE, "学制", "length of the course", codes=STUDY_YEARS, optional=True),
    Column("enrolled_month", "入学年月", Type.MONTH, "入学年月", "enrolled in month", aliases=("入学时间", "入学日期"),
           optional=True),
    Column("grade", "年级", Type.TEXT, "年级", "grade", aliases=("就读年级",), optional=True),
    Column("applied_date", "申请日期", Type.DATE, "申请日期", "applied on", aliases=("申请时间",), optional=True),
)  # fmt: skip
_REVIEW = Column("review_state_code", "审核状态", Type.CODE, "审核状态", "state of the review", codes=REVIEW_STATE,
                 optional=True)  # fmt: skip
_STANDARD = Column("standard_amount", "补助标准", Type.AMOUNT, "每学期补助标准", "aid per term", unit="元",
                   aliases=("资助标准",), optional=True)  # fmt: skip
_HUKOU = Column("hukou_code", "户籍地代码", Type.TEXT, "户籍地区划代码(6位)", "hukou county, six digits",
                aliases=("户籍地区划代码", "户籍县代码", "户籍地", "户籍县", "户籍县区", "户籍所在县区"), personal=Personal.QUASI)  # fmt: skip

PAYMENT = SourceTable(
    source="yulu",
    entity="payment",
    zh="雨露计划职业教育补助",
    grain="one row per application of a student for one term",
    columns=(
        *_APPLICATION,
        _REVIEW,
        _STANDARD,
        Column("paid_amount", "补助金额", Type.AMOUNT, "补助金额", "amount", unit="元", aliases=("发放金额", "资助金额"),
               personal=Personal.SENSITIVE),
        Column("payee_code", "收款人", Type.CODE, "收款人(户主或本人)", "whose account it is", codes=PAYEE,
               aliases=("账户所有人", "账号所有人"), optional=True),
        Column("bank_name", "开户行", Type.TEXT, "开户行", "bank", aliases=("开户银行",), optional=True),
        Column("account_number", "账号", Type.TEXT, "银行账号", "account", aliases=("银行账号", "银行卡号", "开户账号"),
               personal=Personal.SENSITIVE, optional=True),
        Column("state_code", "发放状态", Type.CODE, "发放状态", "state", codes=STATE),
        Column("paid_date", "发放日期", Type.DATE, "发放日期", "paid on", aliases=("发放时间",)),
        _HUKOU,
    ),
    key=("application_number",),
    county="hukou_code",
    file_stem="雨露计划发放",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
)  # fmt: skip
APPLICATION = SourceTable(
    source="yulu",
    entity="application",
    zh="雨露计划申请",
    grain="one row per application for one term, whatever became of it",
    columns=(
        *_APPLICATION,
        _REVIEW,
        Column("reviewed_date", "审核日期", Type.DATE, "审核日期", "reviewed on", aliases=("审核时间",), optional=True),
        Column("refusal_reason", "不通过原因", Type.TEXT, "审核不通过或退回原因", "why it was refused",
               aliases=("退回原因", "审核意见"), optional=True),
        _STANDARD,
        _HUKOU,
    ),
    key=("application_number",),
    county="hukou_code",
    file_stem="雨露计划申请",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
    optional=True,
)  # fmt: skip

SOURCE = Source(
    name="yulu",
    code="YL",
    zh="雨露计划信息服务管理系统",
    en="Yulu education aid",
    owners=(Owner("省扶贫办公室", date(2015, 6, 2), date(2021, 5, 31)), Owner("省乡村振兴局", date(2021, 6, 1))),
    cadence=Cadence.TERM,
    due_days=10,
    required=False,
    valid_quarters=1,
    split="province",
    tables=(PAYMENT, APPLICATION),
)
