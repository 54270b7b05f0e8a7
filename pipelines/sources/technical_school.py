"""技工院校学籍管理系统: the student roll (GC51). Source: domain.md §2.4.

Quirks: 家庭困难类型 is single-valued, so 低保 hides 建档立卡; temporary numbers of 18 digits beginning 999 are no IDs;
one province-wide delivery serves a term, that is two quarters.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.4"

ROLL_STATE = CodeList("roll_state", "学籍状态", {"1": "正式学籍", "2": "保留学籍", "3": "已离校"}, "M", _HERE)
STUDY_FORM = CodeList("study_form", "学习形式", {"1": "全日制", "2": "非全日制"}, "M", _HERE)
LEVEL = CodeList("level", "培养层次", {"1": "初级", "2": "中级", "3": "高级", "4": "预备技师"}, "M", _HERE)
HARDSHIP = CodeList(
    "hardship",
    "家庭困难类型",
    {
        "0": "无",
        "1": "低保",
        "2": "建档立卡",
        "3": "残疾学生",
        "4": "孤儿",
        "5": "烈士等子女",
        "6": "优抚子女",
        "7": "残疾人家庭子女",
        "9": "其他",
    },
    "M",
    _HERE,
)

ROLL = SourceTable(
    source="technical_school",
    entity="roll",
    zh="技工院校学籍",
    grain="one row per student roll entry at the cut date",
    columns=(
        Column("roll_number", "AGE547", Type.TEXT, "学籍编号", "roll number", aliases=("学籍编号",)),
        Column("school_code", "AGB020", Type.TEXT, "院校编号", "school code", aliases=("院校编号",)),
        Column("school_name", "AGB021", Type.TEXT, "院校名称", "school", aliases=("院校名称",)),
        Column("major_name", "AGE645", Type.TEXT, "专业名称", "subject", aliases=("专业名称",)),
        Column("name", "AAC003", Type.NAME, "姓名", "name", aliases=("姓名",), personal=Personal.NAME),
        Column("id_number", "AAC147", Type.ID_NUMBER, "证件号码", "ID number", aliases=("证件号码",),
               personal=Personal.ID_NUMBER),
        Column("study_form_code", "AGE628", Type.CODE, "学习形式", "study form", codes=STUDY_FORM,
               aliases=("学习形式",)),
        Column("level_code", "AGE616", Type.CODE, "培养层次", "level", codes=LEVEL, aliases=("培养层次",)),
        Column("enrolled_date", "AGE736", Type.DATE, "入学时间", "enrolled on", aliases=("入学时间",)),
        Column("roll_state_code", "AGE623", Type.CODE, "学籍状态", "roll state", codes=ROLL_STATE,
               aliases=("学籍状态",)),
        Column("hardship_code", "AGC152", Type.CODE, "家庭困难类型", "hardship type", codes=HARDSHIP,
               aliases=("家庭困难类型",), personal=Personal.SENSITIVE),
        Column("hukou_code", "AGC083", Type.TEXT, "户口县(6位)", "hukou county, six digits", aliases=("户口县",),
               personal=Personal.QUASI),
    ),
    key=("roll_number",),
    county="hukou_code",
    file_stem="技工院校学籍",
    format=Format.CSV_GB18030,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="technical_school",
    code="TEC",
    zh="技工院校学籍管理系统",
    en="technical-school roll",
    owners=(Owner("省人力资源和社会保障厅职业能力建设处", date(2010, 1, 1)),),
    cadence=Cadence.QUARTER,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(ROLL,),
)
