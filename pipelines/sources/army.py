"""军人 in service and discharged. Source: domain.md §2.8, N06 (layout rebuilt, mark L).

Quirks: a soldier's citizen number may be missing, for in service another document counts; only who is in service leaves
the people that should be insured.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Source, SourceTable, Type
from pipelines.sources.hrss_codes import SEX
from pipelines.sources.listed_people import HUKOU, ID_NUMBER, NAME, NAMED_BY

STATE = CodeList(
    "service_state",
    "服役状态",
    {"1": "现役", "2": "退役"},
    "L",
    "domain.md §2.8",
    {
        **dict.fromkeys(("现役军人", "服役", "在役", "在部队服役"), "1"),
        **dict.fromkeys(("退役军人", "退伍", "复员", "转业", "已退役"), "2"),
    },
)

SERVICE = SourceTable(
    source="army",
    entity="service",
    zh="现役和退役军人",
    grain="one row per spell of service at the cut date",
    columns=(
        Column("record_number", "记录编号", Type.TEXT, "记录编号", "number of the record",
               aliases=("入伍批准书编号", "退役证编号", "编号"),
               optional=True, made_of=("name", "id_number", "state_code", "enlisted_date")),
        NAME,
        ID_NUMBER,
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        Column("state_code", "服役状态", Type.CODE, "服役状态", "in service or discharged", codes=STATE,
               aliases=("军人状态", "人员状态", "人员类别", "状态")),
        Column("enlisted_date", "入伍日期", Type.DATE, "入伍日期", "enlisted on", aliases=("入伍时间", "入伍年月日"),
               optional=True),
        Column("discharged_date", "退役日期", Type.DATE, "退役日期", "discharged on",
               aliases=("退役时间", "退伍日期", "退伍时间"), optional=True),
        *HUKOU,
    ),
    key=("record_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="现役和退役军人",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="army",
    code="ARM",
    zh="现役和退役军人信息",
    en="soldiers and veterans",
    owners=(Owner("省军区", date(1950, 1, 1), date(2018, 11, 11)), Owner("省退役军人事务厅", date(2018, 11, 12))),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=4,
    split="province",
    tables=(SERVICE,),
    due_in=(),
)
