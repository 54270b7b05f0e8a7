"""人事考试: candidates of the provincial civil-service examination and whether their fee was waived. Source: domain.md §1.4
(H8, H9), §5.4 (C27); the layout is rebuilt (L).

Quirks: a candidate claims to be of a registered household when signing up; whether the fee was waived is another matter.
"""

from datetime import date

from pipelines.sources.base import (
    Cadence,
    CodeList,
    Column,
    Format,
    Owner,
    Personal,
    Source,
    SourceTable,
    TimeNature,
    Type,
)
from pipelines.sources.hrss_codes import REVIEW, SEX
from pipelines.sources.listed_people import HUKOU, ID_NUMBER, NAME, NAMED_BY

_HERE = "domain.md §1.4"

EXAM_KIND = CodeList(
    "exam_kind",
    "考试类别",
    {"1": "公务员录用考试", "2": "事业单位公开招聘考试", "3": "三支一扶招募考试", "9": "其他人事考试"},
    "L",
    _HERE,
    also={"公务员考试": "1", "省考": "1", "公务员": "1", "事业单位招聘": "2", "事业单位": "2", "三支一扶": "3"},
)

CANDIDATE = SourceTable(
    source="exam",
    entity="candidate",
    zh="人事考试报考人员",
    grain="one row per application to an examination of the year",
    columns=(
        Column("application_number", "报名序号", Type.TEXT, "报名序号", "number of the application",
               aliases=("报名编号", "准考证号", "报考序号")),
        Column("exam_year", "考试年度", Type.INTEGER, "考试年度", "year of the examination", unit="年", aliases=("年度",),
               optional=True),
        Column("exam_kind_code", "考试类别", Type.CODE, "考试类别", "kind of examination", codes=EXAM_KIND,
               aliases=("考试类型",), optional=True),
        NAME,
        ID_NUMBER,
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        *HUKOU,
        Column("phone", "联系电话", Type.TEXT, "联系电话", "phone", aliases=("手机号码",), personal=Personal.CONTACT,
               optional=True),
        Column("employer_name", "报考单位", Type.TEXT, "报考单位", "office applied to", optional=True),
        Column("post_name", "报考职位", Type.TEXT, "报考职位", "post applied for", aliases=("报考岗位",), optional=True),
        Column("is_local_post", "是否面向本县户籍", Type.FLAG, "职位是否面向本县户籍", "post reserved for the county's hukou",
               aliases=("是否本县户籍职位",), optional=True),
        Column("is_poor_claimed", "是否建档立卡家庭", Type.FLAG, "报名时申报为建档立卡贫困家庭",
               "claims to be of a registered household", aliases=("是否贫困家庭考生", "是否建档立卡贫困家庭"),
               personal=Personal.SENSITIVE, optional=True),
        Column("review_code", "减免审核", Type.CODE, "减免审核结果", "review of the waiver", codes=REVIEW,
               aliases=("审核结果",), optional=True),
        Column("is_waived", "是否减免", Type.FLAG, "笔试费用是否减免", "fee waived", aliases=("是否减免笔试费用", "减免标志"),
               personal=Personal.SENSITIVE),
        Column("fee_amount", "应缴金额", Type.AMOUNT, "应缴笔试费用", "fee due", unit="元", aliases=("应缴费用",),
               optional=True),
        Column("waived_amount", "减免金额", Type.AMOUNT, "减免金额", "fee waived, amount", unit="元", optional=True),
        Column("applied_date", "报名日期", Type.DATE, "报名日期", "applied on", aliases=("报名时间",), optional=True),
    ),
    key=("application_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="报考人员",
    format=Format.XLSX,
    title_rows=1,
    unique=True,
    time=TimeNature.YEAR,
)  # fmt: skip

SOURCE = Source(
    name="exam",
    code="EXM",
    zh="人事考试管理系统",
    en="personnel examinations",
    owners=(Owner("省人事考试中心", date(2000, 1, 1)),),
    cadence=Cadence.YEAR,
    due_days=20,
    required=False,
    valid_quarters=4,
    split="province",
    tables=(CANDIDATE,),
    due_in=(),
)
