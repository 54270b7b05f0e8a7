"""残联 holders of disability certificates. Source: domain.md §2.8, §3.1 (layout rebuilt, mark L).

Quirks: a certificate's number is the ID number, a digit for the category, one for the grade: 20 characters, with B1, B2 …
behind it on a re-issue. Offices often send it alone, without an ID column: then its first 18 characters are the number.
重度残疾 is grade 1 and 2.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type
from pipelines.sources.hrss_codes import SEX
from pipelines.sources.listed_people import HUKOU, ID_NUMBER, NAME, NAMED_BY

CATEGORY = CodeList(
    "disability_category",
    "残疾类别",
    {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"},
    "H",
    "GB/T 26341-2010; domain.md §3.1",
    {
        f"{label}残疾": code
        for code, label in zip("1234567", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), strict=True)
    },
)
GRADE = CodeList(
    "disability_grade",
    "残疾等级",
    {"1": "一级", "2": "二级", "3": "三级", "4": "四级"},
    "H",
    "GB/T 26341-2010; domain.md §3.1",
    {f"{digit}级": digit for digit in "1234"}
    | {"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4"}
    | {"一": "1", "二": "2", "三": "3", "四": "4"},
)
STATE = CodeList(
    "disability_certificate_state",
    "证件状态",
    {"1": "有效", "2": "过期", "3": "注销"},
    "L",
    "domain.md §2.8",
    {**dict.fromkeys(("正常", "在用"), "1"), "已过期": "2", "已注销": "3"},
)

HOLDER = SourceTable(
    source="disabled_federation",
    entity="holder",
    zh="持证残疾人",
    grain="one row per disability certificate at the cut date",
    columns=(
        Column("certificate_number", "残疾人证号", Type.TEXT, "残疾人证号(20位)", "certificate number, 20 characters",
               aliases=("残疾证号", "残疾人证件号", "残疾人证号码", "残疾证号码"), personal=Personal.ID_NUMBER),
        NAME,
        Column("id_number", ID_NUMBER.header, Type.ID_NUMBER, ID_NUMBER.zh, ID_NUMBER.en, aliases=ID_NUMBER.aliases,
               personal=Personal.ID_NUMBER, optional=True),
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        Column("category_code", "残疾类别", Type.CODE, "残疾类别", "category of disability", codes=CATEGORY,
               aliases=("残疾类型",), personal=Personal.SENSITIVE),
        Column("grade_code", "残疾等级", Type.CODE, "残疾等级", "grade of disability", codes=GRADE,
               aliases=("残疾级别",), personal=Personal.SENSITIVE),
        Column("issued_date", "发证日期", Type.DATE, "发证日期", "issued on", aliases=("发证时间", "初次发证日期"),
               optional=True),
        Column("valid_until_date", "有效期至", Type.DATE, "有效期至", "valid until", aliases=("有效期止", "到期日期"),
               optional=True),
        Column("state_code", "证件状态", Type.CODE, "证件状态", "state of the certificate", codes=STATE, optional=True),
        Column("guardian_name", "监护人姓名", Type.NAME, "监护人姓名", "guardian", aliases=("监护人",),
               personal=Personal.NAME, optional=True),
        *HUKOU,
    ),
    key=("certificate_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="持证残疾人名册",
    format=Format.XLSX,
    title_rows=1,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="disabled_federation",
    code="DPF",
    zh="残疾人人口基础数据库",
    en="disabled persons' federation",
    owners=(Owner("省残疾人联合会", date(1988, 1, 1)),),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=4,
    split="province",
    tables=(HOLDER,),
    due_in=(),
)
