"""技工院校电子注册和统计信息管理系统: registered students and the figures each school reports. Source: domain.md §1.6 O9,
§5.4 C28 (layout rebuilt, mark L; codes are those of the ministry's roll, §2.4).

Quirks: schools register a term after taking students in, so registration lags behind the roll; figures are reported by
school, level and study form, and what is registered at a school must come to the same. Both tables lie where the school
is, since a student from another province is registered here too.
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
from pipelines.sources.technical_school import LEVEL, STUDY_FORM

_HERE = "domain.md §1.6 O9, §5.4 C28"

STATE = CodeList(
    "registration_state",
    "注册状态",
    {"1": "已注册", "2": "待审核", "3": "未通过", "4": "已注销"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("注册", "审核通过", "正常", "有效"), "1"),
        **dict.fromkeys(("待审", "审核中"), "2"),
        **dict.fromkeys(("审核不通过", "退回"), "3"),
        **dict.fromkeys(("注销", "取消注册", "离校"), "4"),
    },
)

_SCHOOL_YEAR = Column("school_year", "学年", Type.SCHOOL_YEAR, "学年", "school year", aliases=("学年度", "统计学年"))
_SCHOOL_CODE = Column("school_code", "院校编号", Type.TEXT, "院校编号", "school code",
                      aliases=("AGB020", "院校代码", "学校编号", "学校代码"))  # fmt: skip
_SCHOOL_NAME = Column("school_name", "院校名称", Type.TEXT, "院校名称", "school",
                      aliases=("AGB021", "学校名称", "学校"), optional=True)  # fmt: skip
_SCHOOL_COUNTY = Column("school_county_code", "院校所在地代码", Type.TEXT, "院校所在县区代码(6位)",
                        "county of the school, six digits",
                        aliases=("院校所在区划", "学校所在地代码", "院校所在地", "院校所在地区划代码", "院校所在县区", "院校所在县", "院校区划代码", "AAB301"))  # fmt: skip
_LEVEL = Column("level_code", "培养层次", Type.CODE, "培养层次", "level", codes=LEVEL,
                aliases=("专业等级", "AGE616", "层次"))  # fmt: skip
_STUDY_FORM = Column("study_form_code", "学习形式", Type.CODE, "学习形式", "study form", codes=STUDY_FORM,
                     aliases=("AGE628",))  # fmt: skip

REGISTRATION = SourceTable(
    source="technical_registration",
    entity="registration",
    zh="技工院校电子注册",
    grain="one row per registered student of the term",
    columns=(
        Column("registration_number", "电子注册号", Type.TEXT, "电子注册号", "registration number",
               aliases=("注册号", "注册编号", "电子注册编号"),
               optional=True, made_of=("roll_number", "name", "id_number", "school_code", "school_year")),
        Column("roll_number", "学籍编号", Type.TEXT, "学籍编号", "number of the roll entry", aliases=("AGE547", "学籍号"),
               optional=True),
        _SCHOOL_YEAR,
        _SCHOOL_CODE,
        _SCHOOL_NAME,
        Column("major_name", "专业名称", Type.TEXT, "专业名称", "subject", aliases=("专业", "AGE645"), optional=True),
        _LEVEL,
        _STUDY_FORM,
        Column("name", "姓名", Type.NAME, "姓名", "name", aliases=("学生姓名", "AAC003"), personal=Personal.NAME),
        Column("id_number", "证件号码", Type.ID_NUMBER, "证件号码", "ID number",
               aliases=("身份证号码", "身份证号", "AAC147"), personal=Personal.ID_NUMBER),
        Column("enrolled_date", "入学时间", Type.DATE, "入学时间", "enrolled on", aliases=("入学日期", "AGE736"),
               optional=True),
        Column("registered_date", "注册日期", Type.DATE, "注册日期", "registered on", aliases=("注册时间",), optional=True),
        Column("registration_state_code", "注册状态", Type.CODE, "注册状态", "state of the registration", codes=STATE),
        Column("hukou_code", "户籍地代码", Type.TEXT, "户籍地区划代码(6位)", "hukou county, six digits",
               aliases=("户口县", "户籍地区划代码", "AGC083"), personal=Personal.QUASI, optional=True),
        _SCHOOL_COUNTY,
    ),
    key=("registration_number",),
    county="school_county_code",
    file_stem="技工院校电子注册",
    format=Format.CSV_UTF8_BOM,
    unique=True,
)  # fmt: skip
STATISTIC = SourceTable(
    source="technical_registration",
    entity="statistic",
    zh="技工院校统计报表",
    grain="one row per school, school year, level and study form as the school reports it",
    columns=(
        _SCHOOL_CODE,
        _SCHOOL_NAME,
        _SCHOOL_YEAR,
        _LEVEL,
        _STUDY_FORM,
        Column("n_students", "在校生数", Type.INTEGER, "在校生数", "students", unit="人",
               aliases=("在校学生数", "在校人数", "在校生人数", "注册人数", "学生数")),
        Column("n_new_students", "招生数", Type.INTEGER, "本学年招生数", "students taken in this school year", unit="人",
               aliases=("招生人数", "新生数"), optional=True),
        Column("n_graduates", "毕业生数", Type.INTEGER, "本学年毕业生数", "graduates of this school year", unit="人",
               aliases=("毕业人数", "毕业生人数"), optional=True),
        Column("reported_date", "填报日期", Type.DATE, "填报日期", "reported on", aliases=("上报日期", "填报时间"),
               optional=True),
        _SCHOOL_COUNTY,
    ),
    key=("school_code", "school_year", "level_code", "study_form_code"),
    county="school_county_code",
    file_stem="技工院校统计报表",
    format=Format.XLSX,
    title_rows=2,
    footer=True,
    unique=True,
    optional=True,
    time=TimeNature.STATE,
)  # fmt: skip

SOURCE = Source(
    name="technical_registration",
    code="TER",
    zh="技工院校电子注册和统计信息管理系统",
    en="technical-school registration and statistics",
    owners=(Owner("省人力资源和社会保障厅职业能力建设处", date(2010, 1, 1)),),
    cadence=Cadence.TERM,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(REGISTRATION, STATISTIC),
    due_in=(1, 3),
)
