"""死亡信息 from police, funeral and health departments. Source: domain.md §2.8, §5.2, C08, N01 (layout rebuilt, mark L).

Quirks: three departments report the same death, each in its own time and with another day; police know it when the hukou
is cancelled, often months later. The list is cumulative, so that what was paid after a death is found however late the
death becomes known.
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
from pipelines.sources.hrss_codes import SEX
from pipelines.sources.listed_people import HUKOU, ID_NUMBER, NAME, NAMED_BY

REPORTER = CodeList(
    "death_reporter",
    "信息来源",
    {"1": "公安户口注销", "2": "殡葬火化", "3": "卫健死亡医学证明"},
    "L",
    "domain.md §2.8",
    {
        **dict.fromkeys(("公安", "公安户籍", "户口注销", "公安局"), "1"),
        **dict.fromkeys(("殡葬", "民政", "火化", "殡仪馆", "民政殡葬"), "2"),
        **dict.fromkeys(("卫健", "卫生健康", "死亡医学证明", "医院", "卫计"), "3"),
    },
)

DEATH = SourceTable(
    source="deaths",
    entity="death",
    zh="死亡人员",
    grain="one row per death and department that reported it since 1 January 2018",
    columns=(
        Column("record_number", "登记编号", Type.TEXT, "死亡登记编号", "number of the record",
               aliases=("死亡证明编号", "死亡医学证明编号", "火化证编号", "记录编号"),
               optional=True, made_of=("name", "id_number", "death_date", "reporter_code")),
        NAME,
        ID_NUMBER,
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        Column("death_date", "死亡日期", Type.DATE, "死亡日期", "died on", aliases=("死亡时间", "AAE037", "去世日期"),
               personal=Personal.SENSITIVE),
        Column("reporter_code", "信息来源", Type.CODE, "信息来源", "department that reported it", codes=REPORTER,
               aliases=("数据来源", "来源")),
        Column("cremated_date", "火化日期", Type.DATE, "火化日期", "cremated on", aliases=("火化时间",), optional=True),
        Column("cancelled_date", "户口注销日期", Type.DATE, "户口注销日期", "hukou cancelled on",
               aliases=("注销日期", "销户日期"), optional=True),
        *HUKOU,
    ),
    key=("record_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="死亡人员信息",
    format=Format.CSV_GB18030,
    unique=True,
    time=TimeNature.SINCE_2018,
    dated_by="death_date",
)  # fmt: skip

SOURCE = Source(
    name="deaths",
    code="DTH",
    zh="死亡信息(公安、殡葬、卫健)",
    en="deaths",
    owners=(Owner("省公安厅", date(1958, 1, 9)),),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(DEATH,),
    due_in=(),
)
