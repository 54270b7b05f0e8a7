"""技工院校学籍管理系统: rolls, changes, fee waivers, grants, jobs of graduates, certificates. Source: domain.md §2.4.

Quirks: 家庭困难类型 is single-valued, so 低保 hides 建档立卡; temporary numbers of 18 digits beginning 999 are no IDs; a
roll changes by the term, so a delivery serves two quarters. The school card (GE11) says nothing that is compared and is
not taken.
"""

from collections.abc import Iterable
from dataclasses import replace
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
from pipelines.sources.hrss_codes import HUKOU_KIND, SEX

_HERE = "domain.md §2.4"

ROLL_STATE = CodeList(
    "roll_state", "学籍状态", {"1": "正式学籍", "2": "保留学籍", "3": "已离校"}, "M", _HERE, {"在校": "1", "离校": "3"}
)
LEAVING = CodeList(
    "leaving",
    "离校类别",
    {"1": "毕业", "2": "结业", "3": "退学", "4": "系统内转出", "5": "系统外转出"},
    "M",
    _HERE,
    {"转出(系统内)": "4", "转出(系统外)": "5"},
)
DATA_STATE = CodeList("data_state", "数据状态", {"1": "正常", "2": "应毕业"}, "M", _HERE, {"应毕业(超期未办结)": "2"})
STUDY_FORM = CodeList("study_form", "学习形式", {"1": "全日制", "2": "非全日制"}, "M", _HERE)
LEVEL = CodeList(
    "level",
    "培养层次",
    {"1": "初级", "2": "中级", "3": "高级", "4": "预备技师"},
    "M",
    _HERE,
    {"初级工": "1", "中级工": "2", "高级工": "3", "技师": "4", "预备技师(技师)": "4"},
)
_YEARS = {"1": "一年", "2": "二年", "3": "三年", "4": "四年", "5": "五年", "6": "六年"}
STUDY_YEARS = CodeList(
    "study_years",
    "学制",
    _YEARS,
    "M",
    _HERE,
    {
        spelling: code
        for code, label in _YEARS.items()
        for spelling in (f"{code}年", f"{code}年制", f"{label}制", f"{code}.0")
    }
    | {"两年": "2", "两年制": "2"},
)
HARDSHIP = CodeList(
    "hardship",
    "家庭困难类型",
    {
        "0": "无",
        "1": "低保(含特困供养)",
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
    {"8": "9", "低保": "1", "特困供养": "1", "建档立卡贫困家庭": "2", "建档立卡家庭": "2"},
)
AID_APPLICATION = CodeList(
    "aid_application",
    "资助申请类型",
    {"1": "都申请", "2": "都不申请", "3": "只助学金", "4": "只免学费"},
    "M",
    _HERE,
    {"只申请助学金": "3", "只申请免学费": "4"},
)
PRIOR_EDUCATION = CodeList(
    "prior_education",
    "入学前文化程度",
    {"1": "初中", "2": "高中", "3": "技校", "4": "大专", "7": "中职", "12": "职高", "13": "中专"},
    "M",
    _HERE,
    {"初中毕业": "1", "高中毕业": "2", "普通高中": "2", "技工学校": "3", "中等职业学校": "7", "职业高中": "12"},
)
# The ministry names the kinds and gives no numbers for them.
CHANGE = CodeList(
    "roll_change",
    "异动类型",
    {
        "CORRECTION": "信息修改",
        "STATE": "异动状态",
        "CLASS_MAJOR": "转班/专业",
        "OUT_INSIDE": "转出(系统内)",
        "OUT_OUTSIDE": "转出(系统外)",
        "IN_INSIDE": "转入(系统内)",
        "IN_OUTSIDE": "转入(系统外)",
        "WARNING": "预警",
        "COMPLETION": "结业",
        "GRADUATION": "毕业",
    },
    "L",
    _HERE,
    {
        **dict.fromkeys(("状态异动", "学籍状态异动"), "STATE"),
        **dict.fromkeys(("转班", "转专业", "转班级", "转班或专业"), "CLASS_MAJOR"),
        **dict.fromkeys(("系统内转出",), "OUT_INSIDE"),
        **dict.fromkeys(("系统外转出",), "OUT_OUTSIDE"),
        **dict.fromkeys(("系统内转入",), "IN_INSIDE"),
        **dict.fromkeys(("系统外转入",), "IN_OUTSIDE"),
        **dict.fromkeys(("学籍预警",), "WARNING"),
    },
)
TERM = CodeList(
    "term",
    "学期",
    {"1": "秋季学期", "2": "春季学期"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("秋季", "秋", "上学期", "第一学期", "第1学期", "01"), "1"),
        **dict.fromkeys(("春季", "春", "下学期", "第二学期", "第2学期", "02"), "2"),
    },
)
CERTIFICATE = CodeList(
    "certificate",
    "证书类别",
    {"1": "毕业证", "2": "职业资格证"},
    "L",
    _HERE,
    {"毕业证书": "1", "职业资格证书": "2", "职业技能等级证书": "2"},
)

_ROLL_NUMBER = Column("roll_number", "AGE547", Type.TEXT, "学籍编号", "roll number", aliases=("学籍编号", "学籍号"))
_INTERNAL_NUMBER = Column("internal_number", "AGC156", Type.TEXT, "学籍编码(内部键)", "the system's own key",
                          aliases=("学籍编码",), optional=True)  # fmt: skip
# The database's other tables know an entry by the system's own key.
_ROLL_OR_KEY = replace(_ROLL_NUMBER, optional=True, made_of=("internal_number", "name", "id_number"))
_SCHOOL = (
    Column("school_code", "AGB020", Type.TEXT, "院校编号", "school code", aliases=("院校编号", "院校代码", "学校编号"),
           optional=True),
    Column("school_name", "AGB021", Type.TEXT, "院校名称", "school", aliases=("院校名称", "学校名称", "学校"),
           optional=True),
)  # fmt: skip
_PERSON = (
    Column("name", "AAC003", Type.NAME, "姓名", "name", aliases=("姓名", "学生姓名"), personal=Personal.NAME),
    Column("id_number", "AAC147", Type.ID_NUMBER, "证件号码", "ID number",
           aliases=("证件号码", "身份证号码", "身份证号", "身份证件号码"), personal=Personal.ID_NUMBER),
)  # fmt: skip
_HUKOU = Column("hukou_code", "AGC083", Type.TEXT, "户口县(6位)", "hukou county, six digits",
                aliases=("户口县", "户口所在县", "户籍县", "户籍县区", "户籍所在县区", "户籍县代码", "户籍地代码", "户籍地"), personal=Personal.QUASI)  # fmt: skip


def _parent(name: str, zh: str, en: str) -> tuple[Column, Column]:
    return (
        Column(f"{name}_name", f"{zh}姓名", Type.NAME, f"{zh}姓名", f"{en}'s name", personal=Personal.NAME,
               optional=True),
        Column(f"{name}_id_number", f"{zh}证件号码", Type.ID_NUMBER, f"{zh}证件号码", f"{en}'s ID number",
               aliases=(f"{zh}证件", f"{zh}身份证号", f"{zh}身份证号码"), personal=Personal.ID_NUMBER, optional=True),
    )  # fmt: skip


ROLL = SourceTable(
    source="technical_school",
    entity="roll",
    zh="技工院校学籍",
    grain="one row per student roll entry at the cut date",
    columns=(
        _ROLL_NUMBER,
        _INTERNAL_NUMBER,
        Column("person_number", "AAC001", Type.TEXT, "人员编号", "person number", aliases=("人员编号",), optional=True),
        *_SCHOOL,
        Column("major_code", "AGE655", Type.TEXT, "院校专业编码", "the school's code of the subject",
               aliases=("院校专业编码", "专业编码", "专业代码"), optional=True),
        Column("major_name", "AGE645", Type.TEXT, "专业名称", "subject", aliases=("专业名称", "专业"), optional=True),
        Column("level_code", "AGE616", Type.CODE, "专业等级(培养层次)", "level", codes=LEVEL,
               aliases=("专业等级", "培养层次"), optional=True),
        Column("study_form_code", "AGE628", Type.CODE, "学习形式", "study form", codes=STUDY_FORM,
               aliases=("学习形式",)),
        Column("study_years_code", "AGE101", Type.CODE, "学制", "length of the course", codes=STUDY_YEARS,
               aliases=("学制",), optional=True),
        *_PERSON,
        Column("sex_code", "AAC004", Type.CODE, "性别", "sex", codes=SEX, aliases=("性别",), optional=True),
        Column("nation", "AAC005", Type.TEXT, "民族", "ethnic group (GB/T 3304)", aliases=("民族",),
               personal=Personal.SENSITIVE, optional=True),
        Column("birth_date", "AAC006", Type.DATE, "出生日期", "born on", aliases=("出生日期", "出生年月日"),
               personal=Personal.QUASI, optional=True),
        Column("certificate_type", "AAC058", Type.TEXT, "证件类型", "kind of identity document", aliases=("证件类型",),
               optional=True),
        Column("class_name", "AGE737", Type.TEXT, "班级", "class", aliases=("班级", "班级名称"), optional=True),
        Column("student_number", "AAC136", Type.TEXT, "学号", "the school's number of the student", aliases=("学号",),
               optional=True),
        Column("enrolled_date", "AGE736", Type.DATE, "入学时间", "enrolled on", aliases=("入学时间", "入学日期"),
               optional=True),
        Column("enrolment_year", "AGE735", Type.INTEGER, "招生年份", "year of enrolment", unit="年",
               aliases=("招生年份",), optional=True),
        Column("prior_education_code", "AGE739", Type.CODE, "以前学历(入学前文化程度)", "education before",
               codes=PRIOR_EDUCATION, aliases=("以前学历", "入学前文化程度"), optional=True),
        Column("prior_skill", "AGC168", Type.TEXT, "入学前技能水平", "skill before", aliases=("入学前技能水平",),
               optional=True),
        Column("is_new_apprentice", "AGC167", Type.FLAG, "是否新型学徒", "an enterprise's new-type apprentice",
               aliases=("是否新型学徒", "新型学徒"), optional=True),
        Column("roll_state_code", "AGE623", Type.CODE, "学籍状态", "roll state", codes=ROLL_STATE,
               aliases=("学籍状态",)),
        Column("leaving_code", "离校类别", Type.CODE, "离校类别", "how the student left", codes=LEAVING, optional=True),
        Column("data_state_code", "AGE611", Type.CODE, "数据状态", "whether overdue for graduation", codes=DATA_STATE,
               aliases=("数据状态",), optional=True),
        Column("hukou_kind_code", "AAC009", Type.CODE, "户口性质", "kind of hukou", codes=HUKOU_KIND,
               aliases=("户口性质", "户籍性质"), optional=True),
        Column("hukou_address", "AAC010", Type.TEXT, "户口所在地址", "hukou address",
               aliases=("户口所在地址", "户口所在地", "户籍地址"), personal=Personal.CONTACT, optional=True),
        Column("hukou_province", "AGC158", Type.TEXT, "户口省", "hukou province", aliases=("户口省",), optional=True),
        Column("hukou_city", "AGC157", Type.TEXT, "户口市", "hukou city", aliases=("户口市",), optional=True),
        _HUKOU,
        Column("is_hardship", "AGE662", Type.FLAG, "是否家庭困难", "declared to be in hardship",
               aliases=("是否家庭困难", "家庭困难"), personal=Personal.SENSITIVE, optional=True),
        Column("hardship_code", "AGC152", Type.CODE, "家庭困难类型", "hardship type", codes=HARDSHIP,
               aliases=("家庭困难类型",), personal=Personal.SENSITIVE),
        Column("is_contiguous_poor_area", "AGE664", Type.FLAG, "连片特困地区", "from a contiguous poor area",
               aliases=("连片特困", "连片特困地区", "是否连片特困"), optional=True),
        Column("is_three_regions", "AGE663", Type.FLAG, "三区三州", "from the three regions and three prefectures",
               aliases=("三区三州", "是否三区三州"), optional=True),
        Column("aid_application_code", "AGE619", Type.CODE, "资助申请类型", "aid applied for", codes=AID_APPLICATION,
               aliases=("资助申请类型",), optional=True),
        *_parent("father", "父亲", "father"),
        *_parent("mother", "母亲", "mother"),
        Column("completed_date", "AGE777", Type.DATE, "结业时间", "completed without graduating on",
               aliases=("结业时间",), optional=True),
        Column("due_graduation_date", "AGE778", Type.DATE, "应毕业时间", "due to graduate on", aliases=("应毕业时间",),
               optional=True),
        Column("converted_date", "AGE779", Type.DATE, "结业转毕业时间", "completion turned into graduation on",
               aliases=("结业转毕业时间",), optional=True),
        Column("social_card_number", "AAZ500", Type.TEXT, "社保卡号", "social security card", aliases=("社保卡号",),
               personal=Personal.SENSITIVE, optional=True),
    ),
    key=("roll_number",),
    county="hukou_code",
    file_stem="技工院校学籍",
    format=Format.CSV_GB18030,
    unique=True,
)  # fmt: skip


def _side_table(
    entity: str, zh: str, grain: str, key: tuple[str, ...], columns: Iterable[Column], *, time: TimeNature,
    dated_by: str = "", unique: bool = False,
) -> SourceTable:  # fmt: skip
    """A further table of the roll system: the student of a roll entry, the table's own columns, the hukou county."""
    return SourceTable(
        source="technical_school",
        entity=entity,
        zh=zh,
        grain=grain,
        columns=(_ROLL_OR_KEY, _INTERNAL_NUMBER, *_PERSON, *_SCHOOL, *columns, replace(_HUKOU, optional=True)),
        key=key,
        county="hukou_code",
        file_stem=zh,
        format=Format.CSV_GB18030,
        unique=unique,
        optional=True,
        time=time,
        dated_by=dated_by,
    )


ROLL_CHANGE = _side_table(
    "change",
    "技工院校学籍异动",
    "one row per change of a roll entry (GC60) in the quarter",
    ("roll_number", "change_code", "changed_date"),
    (
        Column("change_code", "异动类型", Type.CODE, "异动类型", "kind of change", codes=CHANGE, aliases=("异动类别",)),
        Column("changed_date", "异动时间", Type.DATE, "异动时间", "changed on", aliases=("异动日期",)),
        Column(
            "before", "异动前", Type.TEXT, "异动前内容", "as it stood before", aliases=("异动前内容",), optional=True
        ),
        Column(
            "after", "异动后", Type.TEXT, "异动后内容", "as it stands since", aliases=("异动后内容",), optional=True
        ),
        Column("reason", "异动原因", Type.TEXT, "异动原因", "reason", optional=True),
    ),
    time=TimeNature.QUARTER,
    dated_by="changed_date",
    unique=True,
)
FEE_WAIVER = _side_table(
    "fee_waiver",
    "技工院校免学费",
    "one row per span in which a student pays no fees (GC52)",
    ("roll_number", "started_date"),
    (
        Column("standard_amount", "免学费标准", Type.AMOUNT, "每年免学费标准", "fees waived a year", unit="元",
               aliases=("标准", "免学费金额"), personal=Personal.SENSITIVE, optional=True),
        Column("reason", "受助原因", Type.TEXT, "受助原因", "why the student is aided", personal=Personal.SENSITIVE,
               optional=True),
        Column("started_date", "受助开始日期", Type.DATE, "受助开始日期", "waived from",
               aliases=("开始日期", "起始日期", "免学费开始日期", "受助起始日期")),
        Column("ended_date", "受助终止日期", Type.DATE, "受助终止日期", "waived until",
               aliases=("终止日期", "结束日期", "截止日期", "免学费终止日期", "受助截止日期"), optional=True),
    ),
    time=TimeNature.STATE,
    unique=True,
)  # fmt: skip
GRANT = _side_table(
    "grant",
    "技工院校助学金",
    "one row per grant paid to a student for a term of the school year (GC53)",
    ("roll_number", "grade", "term_code"),
    (
        Column("school_year", "学年", Type.SCHOOL_YEAR, "学年", "school year", optional=True),
        Column("grade", "年级", Type.TEXT, "年级", "grade"),
        Column("term_code", "学期", Type.CODE, "学期", "term", codes=TERM),
        Column("paid_amount", "助学金金额", Type.AMOUNT, "发放金额", "amount paid", unit="元",
               aliases=("金额", "发放金额", "资助金额"), personal=Personal.SENSITIVE),
        Column("payment_kind", "发放类型", Type.TEXT, "发放类型", "how it is paid", aliases=("发放方式",), optional=True),
        Column("paid_date", "发放日期", Type.DATE, "发放日期", "paid on", aliases=("发放时间",), optional=True),
    ),
    time=TimeNature.YEAR,
)  # fmt: skip
GRADUATE_EMPLOYMENT = _side_table(
    "graduate_employment",
    "技工院校毕业生就业",
    "one row per job of a graduate as known on the cut date (GC55)",
    ("roll_number",),
    (
        Column("employment_way", "就业方式", Type.TEXT, "就业方式", "way into the job", aliases=("方式",), optional=True),
        Column("field", "就业领域", Type.TEXT, "就业领域", "field of work", aliases=("领域", "就业行业"), optional=True),
        Column("workplace", "就业地区", Type.TEXT, "就业地区", "where the job is", aliases=("地区", "就业地点"),
               optional=True),
        Column("employer_name", "就业单位", Type.TEXT, "就业单位", "employer", aliases=("单位名称",), optional=True),
        Column("employed_date", "就业时间", Type.DATE, "就业时间", "employed since", aliases=("时间", "就业日期")),
        Column("wage_amount", "工资", Type.AMOUNT, "月工资", "monthly wage", unit="元", aliases=("月工资", "就业工资"),
               personal=Personal.SENSITIVE, optional=True),
    ),
    time=TimeNature.STATE,
)  # fmt: skip
SCHOOL_CERTIFICATE = _side_table(
    "certificate",
    "技工院校证书",
    "one row per school-leaving (GC54) or vocational certificate (GC56) of a student on the roll file",
    ("certificate_number", "kind_code"),
    (
        Column("kind_code", "证书类别", Type.CODE, "证书类别", "kind of certificate", codes=CERTIFICATE,
               aliases=("证书类型",)),
        Column("certificate_name", "证书名称", Type.TEXT, "证书名称", "certificate",
               aliases=("名称", "职业资格证书名称", "职业(工种)"), optional=True),
        Column("certificate_level", "证书等级", Type.TEXT, "证书等级", "level of the certificate",
               aliases=("等级", "职业资格等级"), optional=True),
        Column("certificate_number", "证书编号", Type.TEXT, "证书编号", "number of the certificate",
               aliases=("编号", "毕业证书编号", "毕业证编号", "职业资格证书编号", "证书号码"), optional=True,
               made_of=("roll_number", "kind_code", "certificate_name", "certificate_level")),
        Column("issued_date", "发证时间", Type.DATE, "发证时间", "issued on", aliases=("时间", "发证日期", "毕业时间"),
               optional=True),
    ),
    time=TimeNature.STATE,
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
    tables=(ROLL, ROLL_CHANGE, FEE_WAIVER, GRANT, GRADUATE_EMPLOYMENT, SCHOOL_CERTIFICATE),
)
