"""建档立卡 poverty register (全国扶贫开发信息系统): households and persons. Source: domain.md §2.1.

Quirks: the code AAC001 is a household here and a person in social insurance, so nothing is keyed by such codes;
人编号 and 户编号 are opaque texts of 12 to 19 characters; the ID column may hold a disability certificate (20 characters);
the export names the place (县、乡、行政村) and has neither code nor sex; insurance flags are claims entered by hand.

The same rows come from the system's own export, under the physical codes of its database (tables AC01 and AB01), and
through 省扶贫开发大数据平台, which puts its envelope around them: title lines, and batch, year, time and office beside every
row. One table reads all three: the codes are aliases, since no code means two things here, and the envelope is columns.
Values without a published list (户类型, 监测对象类型) are kept as text: a guessed list would quarantine true rows.
"""

from dataclasses import replace
from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type
from pipelines.sources.hrss_codes import POLITICAL_STATUS

_HERE = "domain.md §2.1"

POVERTY_STATUS = CodeList(
    "poverty_status",
    "脱贫属性",
    {
        "0": "未脱贫", "1": "已脱贫", "2": "预脱贫", "3": "返贫",
        # Exports know these two by their words only; the codes are ours.
        "NO_POLICY": "已脱贫(不再享受政策)", "CANCELLED": "注销",
    },
    "M",
    _HERE,
    also={
        "脱贫": "1", "已脱贫(享受政策)": "1", "脱贫(享受政策)": "1",
        "已脱贫(不再享受政策)": "NO_POLICY", "脱贫(不再享受政策)": "NO_POLICY", "已脱贫(不享受政策)": "NO_POLICY",
        "新识别": "0", "未脱贫(新识别)": "0", "返贫户": "3", "已注销": "CANCELLED",
    },
)  # fmt: skip
HOUSEHOLD_ATTRIBUTE = CodeList(
    "household_attribute",
    "贫困户属性",
    {"1": "一般贫困户", "2": "低保户", "3": "五保户", "4": "低保贫困户", "5": "一般农户", "6": "特困供养贫困户"},
    "M",
    _HERE,
    also={"五保贫困户": "6", "特困供养户": "6", "特困贫困户": "6"},
)
STANDARD = CodeList("standard", "识别标准", {"1": "国家标准", "2": "省定标准", "3": "市定标准"}, "M", _HERE)
CAUSE = CodeList(
    "cause",
    "致贫原因",
    {
        "1": "因病", "2": "因残", "3": "因学", "4": "因灾", "5": "缺土地", "6": "缺水", "7": "缺技术", "8": "缺劳力",
        "9": "缺资金", "10": "交通条件落后", "11": "自身发展动力不足", "12": "因婚", "99": "其他",
    },
    "M",
    _HERE,
    also={"缺劳动力": "8", "交通落后": "10", "自身发展力不足": "11", "其它": "99"},
)  # fmt: skip
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
    also={
        "本人": "1", "本人或户主": "1", "之配偶": "2", "妻": "2", "夫": "2", "子": "3", "女": "4", "儿媳": "5", "女婿": "6",
        "孙子": "7", "孙女": "8", "外孙子": "9", "外孙女": "10", "父": "11", "母": "12", "父亲": "11", "母亲": "12",
        "岳父": "13", "岳母": "14", "公公": "15", "婆婆": "16", "祖父": "17", "祖母": "18", "外祖父": "19", "外祖母": "20",
        "其它": "99",
    },
)  # fmt: skip
EDUCATION = CodeList(
    "education",
    "文化程度",
    {"1": "文盲或半文盲", "2": "小学", "3": "初中", "4": "高中", "5": "大专及以上", "6": "学龄前儿童"},
    "H",
    _HERE,
    also={"文盲": "1", "半文盲": "1", "文盲半文盲": "1", "文盲、半文盲": "1", "大专": "5", "本科": "5", "本科及以上": "5",
          "学龄前": "6"},
)  # fmt: skip
_GRADES = "一二三"
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
    also={
        "非在校": "1", "不在校": "1", "学龄前儿童": "2", "初中一年级": "4", "初中二年级": "5", "初中三年级": "6",
        **{f"普通高中{grade}年级": str(7 + year) for year, grade in enumerate(_GRADES)},
        **{f"{word}{grade}年级": str(10 + year) for year, grade in enumerate(_GRADES) for word in ("中等职业学校", "技工学校")},
        # A 技师学院 takes people after senior school, as a higher vocational school does.
        **{f"{word}{grade}年级": str(13 + year) for year, grade in enumerate(_GRADES) for word in ("高职高专", "技师学院")},
        "技师学院四年级": "15", "大专": "16", "本科": "16", "本科及以上": "16",
    },
)  # fmt: skip
HEALTH = CodeList(
    "health", "健康状况", {"1": "健康", "2": "长期慢性病", "3": "患有大病", "4": "残疾"}, "M", _HERE,
    also={"良好": "1", "患有长期慢性病": "2", "慢性病": "2", "大病": "3", "残疾人": "4"},
)  # fmt: skip
LABOUR_SKILL = CodeList(
    "labour_skill",
    "劳动技能",
    {"1": "普通劳动力", "2": "技能劳动力", "3": "丧失劳动力", "4": "无劳动力", "5": "弱劳动力或半劳动力"},
    "M",
    _HERE,
    also={"丧失劳动能力": "3", "无劳动能力": "4", "弱劳动力": "5", "半劳动力": "5", "弱半劳动力": "5", "弱/半劳动力": "5"},
)  # fmt: skip
WORK_AREA = CodeList(
    "work_area",
    "务工区域",
    {"1": "乡(镇)内", "2": "乡(镇)外县内", "3": "县外省内", "4": "省外", "99": "其他"},
    "M",
    _HERE,
    also={
        "乡镇内": "1", "乡内": "1", "乡镇外县内": "2", "乡外县内": "2", "其它": "99",
    },
)  # fmt: skip
NATURAL_CHANGE = CodeList(
    "natural_change",
    "人口自然变更",
    {
        "BORN": "新生儿", "MARRIED_IN": "婚入", "MOVED_IN": "户籍迁入", "GAIN": "自然增加(其他)",
        "DIED": "死亡", "MARRIED_OUT": "婚出", "MOVED_OUT": "户籍迁出", "SPLIT": "分户", "MISSING": "失踪",
        "LOSS": "自然减少(其他)",
    },
    "M",
    f"{_HERE}: labels; the codes are ours",
    also={
        "自然增加": "GAIN", "自然增加(其他)": "GAIN", "自然减少": "LOSS", "自然减少(其他)": "LOSS", "出生": "BORN",
        "新生": "BORN", "嫁入": "MARRIED_IN", "迁入": "MOVED_IN", "去世": "DIED", "嫁出": "MARRIED_OUT", "出嫁": "MARRIED_OUT",
        "迁出": "MOVED_OUT",
    },
)  # fmt: skip
SEX = CodeList("sex", "性别", {"1": "男", "2": "女"}, "H", "GB/T 2261.1", also={"男性": "1", "女性": "2"})

_PLACE = (
    Column("village_code", "行政村代码", Type.TEXT, "行政村区划代码(12位)", "12-digit village code", optional=True,
           aliases=("行政村区划代码", "村代码", "村级代码", "AAB301"), personal=Personal.QUASI),
    Column("province_name", "省", Type.TEXT, "省", "province", aliases=("省份", "省(区、市)"), optional=True),
    Column("city_name", "市", Type.TEXT, "设区市", "city", aliases=("设区市", "市(州)", "地市"), optional=True),
    Column("county_name", "县(市、区、旗)", Type.TEXT, "县(市、区)", "county", optional=True,
           aliases=("县(市、区)", "县(区)", "县(市)", "县", "县区", "区县", "县名", "省/市/县(市、区、旗)")),
    Column("town_name", "乡(镇)", Type.TEXT, "乡(镇)", "town", optional=True,
           aliases=("乡镇", "乡(镇、街道)", "乡镇(街道)", "乡(镇)名称")),
    Column("village_name", "行政村", Type.TEXT, "行政村名称", "village name", aliases=("行政村名称", "村(社区)", "村"),
           optional=True),
    Column("hamlet_name", "自然村", Type.TEXT, "自然村", "hamlet", aliases=("自然村(组)", "村民小组", "组"),
           personal=Personal.QUASI, optional=True),
)  # fmt: skip
_PLACE_NAMES = ("county_name", "town_name", "village_name")
_STATUS = (
    Column("poverty_status_code", "脱贫属性", Type.CODE, "脱贫属性", "poverty status", codes=POVERTY_STATUS),
    Column("household_attribute_code", "贫困户属性", Type.CODE, "贫困户属性", "household attribute", optional=True,
           codes=HOUSEHOLD_ATTRIBUTE, aliases=("户属性", "AAC006")),
    Column("main_cause_code", "致贫原因1", Type.CODE, "主要致贫原因", "main cause of poverty", codes=CAUSE, optional=True,
           aliases=("致贫原因", "主要致贫原因", "AAC007"), personal=Personal.SENSITIVE),
)  # fmt: skip
_HOUSING = (
    Column("is_dangerous_house", "危房户", Type.FLAG, "是否危房户", "lives in an unsafe house", aliases=("是否危房户",),
           optional=True),
    Column("has_safe_water", "是否解决安全饮用水", Type.FLAG, "是否解决安全饮用水", "has safe drinking water",
           aliases=("是否解决安全饮水",), optional=True),
)  # fmt: skip
_INCOME = Column("income_amount", "人均纯收入", Type.AMOUNT, "家庭人均纯收入", "net income per head", unit="元",
                 aliases=("家庭人均纯收入", "年人均纯收入"), personal=Personal.SENSITIVE, optional=True)  # fmt: skip
_SIZE = Column("household_size", "人数", Type.INTEGER, "户人口数", "members of the household", unit="人", optional=True,
               aliases=("人数(户人口)", "户人口", "户人口数", "家庭人口", "家庭人口数"))  # fmt: skip
_PHONE = Column("phone", "联系电话", Type.TEXT, "联系电话", "telephone", aliases=("电话", "AAR012"),
                personal=Personal.CONTACT, optional=True)  # fmt: skip
_SINCE_2020 = (
    Column("household_kind", "户类型", Type.TEXT, "户类型(2020年后)", "kind of household, after 2020", optional=True),
    Column("monitored_kind", "监测对象类型", Type.TEXT, "监测对象类型(2020年后)", "kind of monitoring, after 2020",
           aliases=("监测对象类别",), personal=Personal.SENSITIVE, optional=True),
    Column("is_risk_gone", "风险是否消除", Type.FLAG, "返贫致贫风险是否消除(2020年后)", "risk has gone, after 2020",
           aliases=("风险是否已消除",), optional=True),
    Column("identified_date", "首次识别时间", Type.DATE, "户首次识别时间(2020年后)", "household first identified on",
           optional=True),
)  # fmt: skip
# What 省扶贫开发大数据平台 puts beside every row it passes on (rebuilt, L); the year is also the database's own AAR040.
_ENVELOPE = (
    Column("data_year", "数据年度", Type.INTEGER, "数据年度", "year of the register", unit="年", optional=True,
           aliases=("年度", "数据年份", "AAR040")),
    Column("batch_number", "批次号", Type.TEXT, "平台交换批次号", "batch of the exchange", aliases=("交换批次号", "数据批次"),
           optional=True),
    Column("reported_date", "上报时间", Type.DATE, "平台上报时间", "passed on to the exchange on", optional=True,
           aliases=("上报日期", "数据上报时间")),
    Column("reporting_office", "上报单位", Type.TEXT, "平台上报单位", "office that passed it on", aliases=("数据上报单位",),
           optional=True),
)  # fmt: skip

HOUSEHOLD = SourceTable(
    source="poverty_register",
    entity="household",
    zh="建档立卡贫困户",
    grain="one row per registered household of the snapshot",
    columns=(
        *_PLACE,
        Column("household_number", "户编号", Type.TEXT, "户编号", "household number", aliases=("AAC001",)),
        Column("head_name", "户主姓名", Type.NAME, "户主姓名", "head of the household", aliases=("户主", "姓名"),
               personal=Personal.NAME, optional=True),
        Column("head_id_number", "户主证件号码", Type.ID_NUMBER, "户主证件号码", "ID number of the head", optional=True,
               aliases=("户主身份证号码", "户主身份证号", "证件号码"), personal=Personal.ID_NUMBER),
        _SIZE,
        Column("standard_code", "识别标准", Type.CODE, "识别标准", "standard of identification", codes=STANDARD,
               aliases=("AAC005",), optional=True),
        replace(_STATUS[0], optional=True),  # a household's members say it as well
        *_STATUS[1:],
        Column("other_causes", "其他致贫原因", Type.TEXT, "其他致贫原因(不超过两个)", "other causes, two at most",
               aliases=("次要致贫原因", "致贫原因2", "AAC008"), personal=Personal.SENSITIVE, optional=True),
        Column("is_single_child", "独生子女户", Type.FLAG, "是否独生子女户", "has a single child", optional=True,
               aliases=("是否独生子女户", "AAC009")),
        Column("is_martyr_family", "军烈属", Type.FLAG, "是否军烈属", "family of a soldier or martyr", optional=True,
               aliases=("是否军烈属", "烈军属", "AAC012")),
        Column("bank_account", "银行账号", Type.TEXT, "开户银行账号", "bank account", aliases=("开户银行账号", "账号", "AAC004"),
               personal=Personal.SENSITIVE, optional=True),
        _PHONE,
        Column("wage_income_amount", "工资性收入", Type.AMOUNT, "年工资性收入", "income from wages", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        Column("business_income_amount", "生产经营性收入", Type.AMOUNT, "年生产经营性收入", "income from business", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        Column("property_income_amount", "财产性收入", Type.AMOUNT, "年财产性收入", "income from property", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        Column("transfer_income_amount", "转移性收入", Type.AMOUNT, "年转移性收入", "income from transfers", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        _INCOME,
        *_HOUSING,
        Column("helper_name", "帮扶责任人", Type.NAME, "帮扶责任人", "official who helps", aliases=("帮扶干部", "帮扶联系人"),
               personal=Personal.NAME, optional=True),
        Column("helper_office", "帮扶单位", Type.TEXT, "帮扶单位", "office that helps", aliases=("帮扶责任人单位",),
               optional=True),
        Column("measures", "帮扶措施", Type.TEXT, "本年帮扶措施", "measures of the year", aliases=("年度帮扶措施",),
               optional=True),
        *_SINCE_2020,
        *_ENVELOPE,
    ),
    key=("household_number",),
    county="village_code",
    named_by=_PLACE_NAMES,
    file_stem="建档立卡户信息",
    format=Format.CSV_GB18030,
    unique=True,
    optional=True,
)  # fmt: skip

PERSON = SourceTable(
    source="poverty_register",
    entity="person",
    zh="建档立卡贫困人口",
    grain="one row per registered person of the snapshot",
    columns=(
        *_PLACE,
        Column("household_number", "户编号", Type.TEXT, "户编号", "household number", aliases=("AAC001",)),
        Column("person_number", "人编号", Type.TEXT, "人编号", "person number", aliases=("AAB001",)),
        Column("name", "姓名", Type.NAME, "姓名", "name", aliases=("AAB002",), personal=Personal.NAME),
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, aliases=("AAB003",), optional=True),
        Column("id_number", "证件号码", Type.ID_NUMBER, "证件号码", "ID number", personal=Personal.ID_NUMBER,
               aliases=("身份证号码", "身份证号", "公民身份号码", "AAB004")),
        _SIZE,
        Column("relation_code", "与户主关系", Type.CODE, "与户主关系", "relation to the head", codes=RELATION,
               aliases=("户主关系", "AAB006"), optional=True),
        Column("nation", "民族", Type.TEXT, "民族", "ethnic group", aliases=("AAB007",), personal=Personal.SENSITIVE,
               optional=True),
        Column("political_code", "政治面貌", Type.CODE, "政治面貌", "political affiliation", codes=POLITICAL_STATUS,
               personal=Personal.SENSITIVE, optional=True),
        Column("education_code", "文化程度", Type.CODE, "文化程度", "education", codes=EDUCATION, aliases=("AAB008",)),
        Column("student_status_code", "在校生状况", Type.CODE, "在校生状况", "student status", codes=STUDENT_STATUS,
               aliases=("在校生状态", "在校情况", "AAB009")),
        Column("health_code", "健康状况", Type.CODE, "健康状况", "health", codes=HEALTH, aliases=("AAB017",),
               personal=Personal.SENSITIVE, optional=True),
        Column("labour_skill_code", "劳动技能", Type.CODE, "劳动技能", "labour skill", codes=LABOUR_SKILL,
               aliases=("劳动能力", "AAB010")),
        Column("work_area_code", "务工区域", Type.CODE, "务工区域", "where the person works away", codes=WORK_AREA,
               aliases=("务工地点", "AAB011"), optional=True),
        Column("work_months", "务工时间(月)", Type.INTEGER, "本年务工月数", "months worked away this year", unit="月",
               aliases=("务工时间", "务工月数", "AAB012"), optional=True),
        Column("is_in_service", "是否现役军人", Type.FLAG, "是否现役军人", "serves in the army",
               aliases=("现役军人", "AAB019"), optional=True),
        Column("is_illness_insured", "是否参加大病保险", Type.FLAG, "登记册手填的大病保险标识",
               "serious-illness flag entered by hand", aliases=("参加大病保险",), personal=Personal.SENSITIVE, optional=True),
        Column("is_medical_claimed", "是否参加城乡居民基本医疗保险", Type.FLAG, "登记册手填的医疗保险参保标识",
               "medical flag entered by hand", aliases=("是否参加城乡居民医疗保险", "是否参加新型农村合作医疗"), optional=True),
        Column("is_pension_claimed", "是否参加城乡居民基本养老保险", Type.FLAG, "登记册手填的居民养老保险参保标识",
               "resident pension flag entered by hand", aliases=("是否参加城乡居民养老保险", "AAB014"), optional=True),
        Column("is_employee_pension_claimed", "是否参加城镇职工基本养老保险", Type.FLAG, "登记册手填的职工养老保险参保标识",
               "employee pension flag entered by hand", aliases=("是否参加职工基本养老保险",), optional=True),
        Column("is_allowance_claimed", "是否享受低保", Type.FLAG, "登记册手填的低保标识",
               "low-income allowance flag entered by hand", aliases=("是否享受低保政策", "是否低保"),
               personal=Personal.SENSITIVE, optional=True),
        *_STATUS,
        *_HOUSING,
        _INCOME,
        _PHONE,
        Column("natural_change_code", "人口自然变更", Type.CODE, "人口自然变更", "how the person came or went",
               codes=NATURAL_CHANGE, aliases=("自然变更原因", "自然变更"), optional=True),
        *_SINCE_2020,
        Column("person_identified_date", "人员识别时间", Type.DATE, "人员识别时间(2020年后)", "person identified on",
               optional=True),
        *_ENVELOPE,
    ),
    key=("person_number",),
    county="village_code",
    named_by=_PLACE_NAMES,
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
    tables=(PERSON, HOUSEHOLD),
)
