"""社会保险: participation in pension schemes and payment detail with the items that show 代缴. Source: domain.md §2.2.

Quirks: a person on benefit has payment state 3 and participation state 1; reading 3 as "left" is a classic error.
One person may hold several personal numbers, one per pool area. AAE140 is namespaced here, never shared with medicine.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.2"

SCHEME = CodeList(
    "scheme",
    "险种类型",
    {"110": "企业职工基本养老保险", "120": "机关事业单位养老保险", "170": "城乡居民基本养老保险"},
    "M",
    _HERE,
)
PARTICIPATION_STATE = CodeList(
    "participation_state",
    "人员参保状态",
    {"0": "未参保", "1": "正常参保", "2": "暂停参保", "4": "终止参保"},
    "H",
    _HERE,
)
PAYMENT_STATE = CodeList(
    "payment_state",
    "个人缴费状态",
    {"0": "未缴费", "1": "参保缴费", "2": "暂停缴费", "3": "终止缴费"},
    "H",
    _HERE,
)
PAYMENT_ITEM = CodeList(
    "payment_item",
    "缴费项目",
    {"1": "个人缴费", "3": "省级补贴", "4": "市级补贴", "5": "县级补贴", "6": "集体补助", "11": "政府代缴"},
    "M",
    _HERE,
)

_PERSON = (
    Column("person_number", "AAC001", Type.TEXT, "个人编号", "personal number", aliases=("个人编号",)),
    Column("id_number", "AAC147", Type.ID_NUMBER, "证件号码", "ID number", aliases=("AAC002", "证件号码", "身份证号码"),
           personal=Personal.ID_NUMBER),
    Column("name", "AAC003", Type.NAME, "姓名", "name", aliases=("姓名",), personal=Personal.NAME),
)  # fmt: skip
_POOL = Column("pool_code", "AAA027", Type.TEXT, "统筹区(6位)", "pool area, six digits", aliases=("统筹区",))

PARTICIPATION = SourceTable(
    source="social_insurance",
    entity="participation",
    zh="养老保险参保人员",
    grain="one row per personal number and scheme at the cut date",
    columns=(
        *_PERSON,
        Column("scheme_code", "AAE140", Type.CODE, "险种类型", "scheme", codes=SCHEME, aliases=("险种类型",)),
        Column("participation_state_code", "AAC008", Type.CODE, "人员参保状态", "participation state",
               codes=PARTICIPATION_STATE, aliases=("人员参保状态",)),
        Column("payment_state_code", "AAC031", Type.CODE, "个人缴费状态", "payment state", codes=PAYMENT_STATE,
               aliases=("个人缴费状态",)),
        Column("joined_date", "AAC030", Type.DATE, "参保日期(本次)", "joined on", aliases=("参保日期",)),
        _POOL,
    ),
    key=("person_number", "scheme_code"),
    county="pool_code",
    file_stem="养老参保",
    format=Format.CSV_UTF8,
)  # fmt: skip

PAYMENT = SourceTable(
    source="social_insurance",
    entity="payment",
    zh="城乡居民养老保险缴费明细",
    grain="one row per personal number, premium year and payment item",
    columns=(
        *_PERSON,
        Column("premium_year", "AAE003", Type.INTEGER, "费款所属年度", "premium year", aliases=("费款所属年度",)),
        Column("payment_item_code", "AAE341", Type.CODE, "缴费项目", "payment item", codes=PAYMENT_ITEM,
               aliases=("缴费项目",)),
        Column("paid_amount", "AAE020", Type.AMOUNT, "缴费金额", "amount paid", unit="元", aliases=("缴费金额",),
               personal=Personal.SENSITIVE),
        Column("booked_date", "AAE036", Type.DATE, "经办日期", "booked on", aliases=("经办日期",)),
        _POOL,
    ),
    key=("person_number", "premium_year", "payment_item_code"),
    county="pool_code",
    file_stem="居保缴费明细",
    format=Format.CSV_UTF8,
)  # fmt: skip

SOURCE = Source(
    name="social_insurance",
    code="INS",
    zh="社会保险信息系统",
    en="social insurance",
    owners=(Owner("省社会保险管理中心", date(2011, 7, 1)),),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(PARTICIPATION, PAYMENT),
)
