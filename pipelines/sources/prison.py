"""服刑人员 from the department of justice. Source: domain.md §2.8, C09, N05 (layout rebuilt, mark L).

Quirks: only who serves inside loses the claim to a pension for that time; 缓刑 and 监外执行 stand apart, and so do parole
and control. The list is cumulative: benefits are held against sentences that have ended meanwhile.
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

EXECUTION = CodeList(
    "execution",
    "执行方式",
    {"1": "监狱服刑", "2": "看守所服刑", "3": "缓刑", "4": "监外执行", "5": "假释", "6": "管制"},
    "L",
    "domain.md §2.8, C09",
    {
        **dict.fromkeys(("服刑", "在监服刑", "收监", "收监执行", "监狱", "在监", "监内执行", "在押"), "1"),
        **dict.fromkeys(("看守所",), "2"),
        **dict.fromkeys(("缓刑考验期",), "3"),
        **dict.fromkeys(("暂予监外执行", "保外就医"), "4"),
    },
)

SENTENCE = SourceTable(
    source="prison",
    entity="sentence",
    zh="服刑人员",
    grain="one row per sentence and way of serving it, in force at any time since 1 January 2018",
    columns=(
        Column("record_number", "记录编号", Type.TEXT, "记录编号", "number of the record",
               aliases=("罪犯编号", "服刑人员编号", "编号"),
               optional=True, made_of=("name", "id_number", "execution_code", "started_date")),
        NAME,
        ID_NUMBER,
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        Column("execution_code", "执行方式", Type.CODE, "执行方式", "how the sentence is served", codes=EXECUTION,
               aliases=("刑罚执行方式", "执行类别", "服刑方式"), personal=Personal.SENSITIVE),
        Column("started_date", "刑期起日", Type.DATE, "刑期起日", "served from",
               aliases=("刑期起始日期", "收监日期", "入监日期", "入狱日期", "服刑开始日期", "开始日期"), personal=Personal.SENSITIVE),
        Column("ended_date", "刑期止日", Type.DATE, "刑期止日", "sentence ends on",
               aliases=("刑期终止日期", "刑满日期", "服刑结束日期", "终止日期"), personal=Personal.SENSITIVE, optional=True),
        Column("released_date", "释放日期", Type.DATE, "实际释放日期", "released on", aliases=("出监日期", "实际释放日期"),
               personal=Personal.SENSITIVE, optional=True),
        *HUKOU,
    ),
    key=("record_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="服刑人员信息",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
    time=TimeNature.SINCE_2018,
)  # fmt: skip

SOURCE = Source(
    name="prison",
    code="PRI",
    zh="服刑人员信息",
    en="people serving sentences",
    owners=(Owner("省司法厅", date(1979, 9, 13)),),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(SENTENCE,),
    due_in=(),
)
