"""民政 低保 and 特困: one row per family with up to six pairs of name and ID. Source: domain.md §2.6.

Quirks: only covered members appear, so the members of a 低保 household are more than the rows say; staging keeps the
family row as sent, core unpivots it. Urban and rural families stand on sheets of their own, whose columns differ and whose
name says the kind of assistance. Places are written as codes or as names of county, town and village.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.6"
MEMBERS = 6

# 城市特困 has no code in the list that is known: such rows are quarantined and shown, not taken for rural ones.
ASSISTANCE = CodeList(
    "assistance",
    "救助类别",
    {"01": "城市低保", "02": "农村低保", "03": "农村五保(特困)"},
    "M",
    _HERE,
    {
        **dict.fromkeys(("城镇低保", "城低保", "城市居民最低生活保障", "城市最低生活保障", "城市"), "01"),
        **dict.fromkeys(("农低保", "农村居民最低生活保障", "农村最低生活保障", "农村"), "02"),
        **dict.fromkeys(("农村特困", "农村五保", "五保", "特困", "特困供养", "特困人员", "农村特困人员", "农村特困供养"), "03"),
    },
)  # fmt: skip
COVER = CodeList(
    "assistance_class",
    "保障类别",
    {"FULL": "全额", "PART": "差额", "A": "A类", "B": "B类", "C": "C类"},
    "L",
    f"{_HERE}: words only, the codes are ours",
    {
        "全额低保": "FULL",
        "全额保障": "FULL",
        "差额低保": "PART",
        "差额保障": "PART",
        "一类": "A",
        "二类": "B",
        "三类": "C",
    },
)
# Only 04 is known; the number of 集中 is not.
SUPPORT = CodeList(
    "support",
    "供养方式",
    {"04": "分散供养", "CENTRAL": "集中供养"},
    "M",
    _HERE,
    {"分散": "04", "集中": "CENTRAL"},
)
SELF_CARE = CodeList(
    "self_care",
    "自理能力",
    {"1": "具备生活自理能力", "2": "部分丧失生活自理能力", "3": "完全丧失生活自理能力"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("全自理", "自理", "能自理", "完全自理", "有自理能力"), "1"),
        **dict.fromkeys(("半自理", "半护理", "半失能", "部分自理", "部分丧失"), "2"),
        **dict.fromkeys(("全护理", "不能自理", "失能", "全失能", "无自理能力", "完全丧失"), "3"),
    },
)


def _member(position: int) -> tuple[Column, Column]:
    """Name and ID number of one covered member, under the headers that senders number in many ways."""
    kinds = ("身份证号", "身份证号码", "证件号码")
    names, numbers = [], []
    for who in ("成员", "家庭成员", "保障对象", "保障人员"):
        names += [f"{who}{position}姓名", f"{who}姓名{position}", f"{who}{position}"]
        numbers += [f"{who}{position}{what}" for what in kinds] + [f"{who}{what}{position}" for what in kinds]
    for who in ("成员", "家庭成员"):
        numeral = "一二三四五六"[position - 1]
        names.append(f"{who}{numeral}姓名")
        numbers += [f"{who}{numeral}{what}" for what in kinds[:2]]
    numbers += [f"{what}{position}" for what in kinds[1:]]
    # Pairs that are not numbered at all are taken in their order.
    names += ["姓名", "成员姓名", "保障对象姓名"]
    numbers += [*kinds, "成员身份证号", "保障对象身份证号"]
    return (
        Column(f"name_{position}", f"姓名{position}", Type.NAME, f"保障对象{position}姓名", f"name of member {position}",
               aliases=tuple(names), personal=Personal.NAME, optional=position > 1),
        Column(f"id_number_{position}", f"身份证号{position}", Type.ID_NUMBER, f"保障对象{position}身份证号",
               f"ID number of member {position}", aliases=tuple(numbers), personal=Personal.ID_NUMBER,
               optional=position > 1),
    )  # fmt: skip


FAMILY = SourceTable(
    source="civil_affairs",
    entity="family",
    zh="低保特困家庭",
    grain="one row per assisted family at the cut date",
    columns=(
        Column("family_number", "家庭编号", Type.TEXT, "家庭编号", "family number",
               aliases=("家庭编码", "保障证号", "低保证号", "低保证编号", "供养证号"), optional=True,
               made_of=("head_name", "head_id_number", "name_1", "id_number_1")),
        Column("assistance_code", "救助类别", Type.CODE, "救助类别", "kind of assistance", codes=ASSISTANCE,
               aliases=("救助类型", "救助种类", "低保类型", "保障类型"), personal=Personal.SENSITIVE, in_sheet_name=True),
        Column("town_code", "乡镇代码", Type.TEXT, "乡镇区划代码(9位)", "town, nine digits",
               aliases=("区划", "所属区划", "乡镇区划代码"), personal=Personal.QUASI,
               optional=True),
        Column("county_name", "县(市、区)", Type.TEXT, "县(市、区)", "county",
               aliases=("县(市、区、旗)", "县(区)", "县区", "区县", "县", "县市区"), optional=True),
        Column("town_name", "乡镇", Type.TEXT, "乡镇(街道)", "town",
               aliases=("乡(镇)", "乡镇(街道)", "乡(镇、街道)", "街道(乡镇)"), optional=True),
        Column("village_name", "村", Type.TEXT, "村(社区)", "village",
               aliases=("村(社区)", "村(居)", "行政村", "村居", "社区"), personal=Personal.QUASI, optional=True),
        Column("head_name", "户主姓名", Type.NAME, "户主姓名", "head of the family",
               aliases=("户主", "申请人姓名", "申请人"), personal=Personal.NAME, optional=True),
        Column("head_id_number", "户主证件号码", Type.ID_NUMBER, "户主证件号码", "ID number of the head",
               aliases=("户主身份证号", "户主证件", "户主身份证号码", "户主身份证", "申请人身份证号"),
               personal=Personal.ID_NUMBER, optional=True),
        Column("covered_members", "保障人口", Type.INTEGER, "保障人口数", "members covered", unit="人",
               aliases=("保障人口数", "保障人数", "救助人数", "享受人数", "供养人数"), optional=True),
        Column("monthly_amount", "保障金额", Type.AMOUNT, "月保障金额", "monthly amount", unit="元",
               aliases=("月保障金额", "月保障金", "救助金额", "户月保障金", "月补助金额", "供养金额"),
               personal=Personal.SENSITIVE, optional=True),
        Column("class_code", "保障类别", Type.CODE, "保障类别(全额、差额或A、B、C类)", "class of cover", codes=COVER,
               aliases=("类别", "低保类别", "保障级别"), personal=Personal.SENSITIVE, optional=True),
        Column("start_month", "起始年月", Type.MONTH, "起始年月", "since month",
               aliases=("起保年月", "保障起始年月", "享受起始年月", "开始年月", "起始日期", "起保日期"), optional=True),
        Column("stop_month", "停保年月", Type.MONTH, "停保年月", "assisted until month",
               aliases=("停止年月", "终止年月", "停发年月", "停保日期"), optional=True),
        Column("stop_reason", "停保原因", Type.TEXT, "停保原因", "why the assistance ended",
               aliases=("停止原因", "终止原因", "停发原因"), personal=Personal.SENSITIVE, optional=True),
        Column("support_code", "供养方式", Type.CODE, "特困供养方式", "how the destitute are supported", codes=SUPPORT,
               aliases=("特困供养方式",), personal=Personal.SENSITIVE, optional=True),
        Column("self_care_code", "自理能力", Type.CODE, "特困人员生活自理能力", "ability to care for oneself",
               codes=SELF_CARE, aliases=("生活自理能力", "自理能力等级"), personal=Personal.SENSITIVE, optional=True),
        *(column for position in range(1, MEMBERS + 1) for column in _member(position)),
    ),
    key=("family_number",),
    county="town_code",
    named_by=("county_name", "town_name", "village_name"),
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
