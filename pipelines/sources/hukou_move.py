"""公安户籍变动: moves in and out and cancellations. Source: domain.md §2.8, N03, N04 (layout rebuilt, mark L).

Quirks: a death cancels the hukou only when the family reports it, sometimes never (死亡未销户). A move inside the province
stands twice, as a move out where the person left and as a move in where the person came to. The list is cumulative; an
office that is asked about given people answers with 户籍状态 instead, 正常 for those to whom nothing happened.
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

KIND = CodeList(
    "hukou_change",
    "变动类型",
    {"1": "迁入", "2": "迁出", "3": "注销", "4": "死亡", "0": "正常"},
    "L",
    "domain.md §2.8",
    {
        **dict.fromkeys(("户口迁入", "户籍迁入", "落户"), "1"),
        **dict.fromkeys(("户口迁出", "户籍迁出"), "2"),
        **dict.fromkeys(("户口注销", "户籍注销", "销户"), "3"),
        **dict.fromkeys(("死亡注销", "已死亡"), "4"),
        **dict.fromkeys(("在册", "正常户口"), "0"),
    },
)
REASON = CodeList(
    "hukou_cancelled_for",
    "注销原因",
    {"1": "死亡", "2": "出国(境)定居", "3": "参军入伍", "4": "重复户口", "9": "其他"},
    "L",
    "domain.md §2.8, N01, N04, N08",
    {
        **dict.fromkeys(("死亡注销",), "1"),
        **dict.fromkeys(("出国定居", "出境定居", "出国(境)", "加入外国国籍"), "2"),
        **dict.fromkeys(("参军", "入伍", "服兵役"), "3"),
        **dict.fromkeys(("重复", "重户", "双重户口"), "4"),
        "其它": "9",
    },
)

MOVE = SourceTable(
    source="hukou_move",
    entity="move",
    zh="户籍变动",
    grain="one row per move or cancellation booked by a county's police since 1 January 2018",
    columns=(
        Column("record_number", "业务编号", Type.TEXT, "户籍业务编号", "number of the record",
               aliases=("记录编号", "业务流水号", "编号"),
               optional=True, made_of=("name", "id_number", "kind_code", "changed_date")),
        NAME,
        ID_NUMBER,
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        Column("kind_code", "变动类型", Type.CODE, "变动类型", "move in, move out or cancellation", codes=KIND,
               aliases=("变动类别", "户籍状态", "业务类型")),
        Column("changed_date", "变动日期", Type.DATE, "变动日期", "changed on",
               aliases=("变动时间", "迁移日期", "迁入日期", "迁出日期", "注销日期"), optional=True),
        Column("cancelled_for_code", "注销原因", Type.CODE, "注销原因", "why the hukou was cancelled", codes=REASON,
               optional=True),
        Column("reason", "迁移原因", Type.TEXT, "迁移原因", "why the person moved", aliases=("变动原因", "迁移事由"),
               optional=True),
        Column("from_code", "迁出地代码", Type.TEXT, "迁出地区划代码(6位)", "region left, six digits",
               aliases=("迁出地区划代码", "原户籍地代码"), personal=Personal.QUASI, optional=True),
        Column("to_code", "迁入地代码", Type.TEXT, "迁入地区划代码(6位)", "region moved to, six digits",
               aliases=("迁入地区划代码", "现户籍地代码", "迁往地代码"), personal=Personal.QUASI, optional=True),
        *HUKOU,
    ),
    key=("record_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="户籍变动",
    format=Format.CSV_GB18030,
    unique=True,
    time=TimeNature.SINCE_2018,
    dated_by="changed_date",
)  # fmt: skip

SOURCE = Source(
    name="hukou_move",
    code="POL",
    zh="公安户籍变动信息",
    en="police: moves and cancellations of hukou",
    owners=(Owner("省公安厅", date(1958, 1, 9)),),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(MOVE,),
    due_in=(),
)
