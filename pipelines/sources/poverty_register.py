"""建档立卡 poverty register (全国扶贫开发信息系统), person export. Source: domain.md §2.1.

Quirks: the code AAC001 is a household here and a person in social insurance, so nothing is keyed by such codes;
人编号 and 户编号 are opaque texts of 12 to 19 characters; the ID column may hold a disability certificate (20 characters);
insurance flags are claims entered by hand.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.1"

POVERTY_STATUS = CodeList(
    "poverty_status",
    "脱贫属性",
    {"0": "未脱贫", "1": "已脱贫", "2": "预脱贫", "3": "返贫"},
    "M",
    _HERE,
)
HOUSEHOLD_ATTRIBUTE = CodeList(
    "household_attribute",
    "贫困户属性",
    {"1": "一般贫困户", "4": "低保贫困户", "6": "特困供养贫困户"},
    "M",
    _HERE,
)
RELATION = CodeList(
    "relation",
    "与户主关系",
    {
        "1": "户主", "2": "配偶", "3": "之子", "4": "之女", "5": "之儿媳", "6": "之女婿", "7": "之孙子",
        "8": "之孙女", "9": "之外孙子", "10": "之外孙女", "11": "之父", "12": "之母", "13": "之岳父", "14": "之岳母",
        "15": "之公公", "16": "之婆婆", "17": "之祖父", "18": "之祖母", "19": "之外祖父", "20": "之外祖母", "99": "其他",
    },
    "M",
    _HERE,
)  # fmt: skip
EDUCATION = CodeList(
    "education",
    "文化程度",
    {"1": "文盲或半文盲", "2": "小学", "3": "初中", "4": "高中", "5": "大专及以上", "6": "学龄前儿童"},
    "H",
    _HERE,
)
STUDENT_STATUS = CodeList(
    "student_status",
    "在校生状况",
    {
        "1": "非在校生", "2": "学前教育", "3": "小学", "4": "七年级", "5": "八年级", "6": "九年级", "7": "高中一年级",
        "8": "高中二年级", "9": "高中三年级", "10": "中职一年级", "11": "中职二年级", "12": "中职三年级",
        "13": "高职一年级", "14": "高职二年级", "15": "高职三年级", "16": "大专及以上",
    },
    "M",
    _HERE,
)  # fmt: skip
HEALTH = CodeList("health", "健康状况", {"1": "健康", "2": "长期慢性病", "3": "患有大病", "4": "残疾"}, "M", _HERE)
LABOUR_SKILL = CodeList(
    "labour_skill",
    "劳动技能",
    {"1": "普通劳动力", "2": "技能劳动力", "3": "丧失劳动力", "4": "无劳动力"},
    "M",
    _HERE,
)
SEX = CodeList("sex", "性别", {"1": "男", "2": "女"}, "H", "GB/T 2261.1")

PERSON = SourceTable(
    source="poverty_register",
    entity="person",
    zh="建档立卡贫困人口",
    grain="one row per registered person of the snapshot",
    columns=(
        Column("village_code", "行政村代码", Type.TEXT, "行政村区划代码(12位)", "12-digit village code",
               personal=Personal.QUASI),
        Column("village_name", "行政村", Type.TEXT, "行政村名称", "village name"),
        Column("household_number", "户编号", Type.TEXT, "户编号", "household number"),
        Column("person_number", "人编号", Type.TEXT, "人编号", "person number"),
        Column("name", "姓名", Type.NAME, "姓名", "name", personal=Personal.NAME),
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX),
        Column("id_number", "证件号码", Type.ID_NUMBER, "证件号码", "ID number", aliases=("身份证号码", "身份证号"),
               personal=Personal.ID_NUMBER),
        Column("relation_code", "与户主关系", Type.CODE, "与户主关系", "relation to the head", codes=RELATION),
        Column("nation", "民族", Type.TEXT, "民族", "ethnic group", personal=Personal.SENSITIVE),
        Column("education_code", "文化程度", Type.CODE, "文化程度", "education", codes=EDUCATION),
        Column("student_status_code", "在校生状况", Type.CODE, "在校生状况", "student status", codes=STUDENT_STATUS),
        Column("health_code", "健康状况", Type.CODE, "健康状况", "health", codes=HEALTH, personal=Personal.SENSITIVE),
        Column("labour_skill_code", "劳动技能", Type.CODE, "劳动技能", "labour skill", codes=LABOUR_SKILL),
        Column("work_months", "务工时间(月)", Type.INTEGER, "本年务工月数", "months worked away this year", unit="月"),
        Column("is_pension_claimed", "是否参加城乡居民基本养老保险", Type.FLAG, "登记册手填的养老保险参保标识",
               "pension flag entered by hand"),
        Column("poverty_status_code", "脱贫属性", Type.CODE, "脱贫属性", "poverty status", codes=POVERTY_STATUS),
        Column("household_attribute_code", "贫困户属性", Type.CODE, "贫困户属性", "household attribute",
               codes=HOUSEHOLD_ATTRIBUTE),
        Column("income_amount", "人均纯收入", Type.AMOUNT, "家庭人均纯收入", "net income per head", unit="元",
               personal=Personal.SENSITIVE),
        Column("phone", "联系电话", Type.TEXT, "联系电话", "telephone", personal=Personal.CONTACT, optional=True),
    ),
    key=("person_number",),
    county="village_code",
    file_stem="建档立卡人口信息",
    format=Format.CSV_GB18030,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="poverty_register",
    code="POV",
    zh="建档立卡贫困人口信息系统",
    en="poverty register",
    owners=(Owner("省扶贫办公室", date(2014, 1, 1), date(2021, 5, 31)), Owner("省乡村振兴局", date(2021, 6, 1))),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(PERSON,),
)
