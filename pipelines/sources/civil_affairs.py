"""民政 低保 and 特困: one row per family with up to six pairs of name and ID. Source: domain.md §2.6.

Quirks: only covered members appear, so the members of a 低保 household are more than the rows say; staging keeps the
family row as sent, core unpivots it.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.6"

ASSISTANCE = CodeList("assistance", "救助类别", {"01": "城市低保", "02": "农村低保", "03": "农村特困"}, "M", _HERE)
MEMBERS = 6

FAMILY = SourceTable(
    source="civil_affairs",
    entity="family",
    zh="低保特困家庭",
    grain="one row per assisted family at the cut date",
    columns=(
        Column("family_number", "家庭编号", Type.TEXT, "家庭编号", "family number"),
        Column("assistance_code", "救助类别", Type.CODE, "救助类别", "kind of assistance", codes=ASSISTANCE,
               personal=Personal.SENSITIVE),
        Column("town_code", "乡镇代码", Type.TEXT, "乡镇区划代码(9位)", "town, nine digits", personal=Personal.QUASI),
        Column("covered_members", "保障人口", Type.INTEGER, "保障人口数", "members covered", unit="人"),
        Column("monthly_amount", "保障金额", Type.AMOUNT, "月保障金额", "monthly amount", unit="元",
               personal=Personal.SENSITIVE),
        Column("start_month", "起始年月", Type.MONTH, "起始年月", "since month"),
        *(
            column
            for position in range(1, MEMBERS + 1)
            for column in (
                Column(f"name_{position}", f"姓名{position}", Type.NAME, f"保障对象{position}姓名",
                       f"name of member {position}", personal=Personal.NAME),
                Column(f"id_number_{position}", f"身份证号{position}", Type.ID_NUMBER, f"保障对象{position}身份证号",
                       f"ID number of member {position}", personal=Personal.ID_NUMBER),
            )
        ),
    ),
    key=("family_number",),
    county="town_code",
    file_stem="低保特困花名册",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="civil_affairs",
    code="CIV",
    zh="民政社会救助信息系统",
    en="civil affairs assistance",
    owners=(Owner("省民政厅", date(2007, 1, 1)),),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(FAMILY,),
)
