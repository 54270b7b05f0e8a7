"""Code lists of the social insurance system. AAE140 is namespaced here: the medical schemes are medical_insurance's."""

from pipelines.sources.base import CodeList

_HERE = "domain.md §2.2"

# 31 of LB101-2000 is medical insurance: a row of it belongs to the medical system and is no scheme here.
SCHEME = CodeList(
    "scheme",
    "险种类型",
    {
        "110": "企业职工基本养老保险",
        "120": "机关事业单位养老保险",
        "170": "城乡居民基本养老保险",
        "210": "失业保险",
        "410": "工伤保险",
        "510": "生育保险",
    },
    "M",
    f"{_HERE}: 110, 210, 410 H; 120, 170, 510 M; two digits (LB101-2000) L",
    also={
        "11": "110",
        "21": "210",
        "41": "410",
        "51": "510",
        "企业职工基本养老": "110",
        "城镇企业职工": "110",
        "城镇企业职工基本养老保险": "110",
        "企业养老": "110",
        "职保": "110",
        "机关事业单位": "120",
        "机关事业单位养老": "120",
        "机关事业单位基本养老保险": "120",
        "机关保": "120",
        "城乡居民": "170",
        "城乡居民基本养老": "170",
        "城乡居民养老保险": "170",
        "居保": "170",
        "失业": "210",
        "职工养老": "110",
        "职工养老保险": "110",
        "职工基本养老保险": "110",
        "机关养老": "120",
        "居民养老": "170",
        "居民养老保险": "170",
        "城乡居民养老": "170",
        "城居保": "170",
        "工伤": "410",
        "生育": "510",
    },
)
# 3 means "interrupted" in one tax interface and "ended" in wrong lists: it stays unknown.
PARTICIPATION_STATE = CodeList(
    "participation_state",
    "人员参保状态",
    {"0": "未参保", "1": "正常参保", "2": "暂停参保", "4": "终止参保"},
    "H",
    _HERE,
    also={"中断参保": "2", "暂停(中断)参保": "2", "参保暂停": "2"},
)
PAYMENT_STATE = CodeList(
    "payment_state",
    "个人缴费状态",
    {"0": "未缴费", "1": "参保缴费", "2": "暂停缴费", "3": "终止缴费"},
    "H",
    _HERE,
    also={"中断缴费": "2", "暂停(中断)缴费": "2"},
)
IDENTITY = CodeList(
    "insured_identity",
    "参保身份",
    {
        "011": "普通",
        "021": "残一级",
        "022": "残二级",
        "023": "残三级",
        "031": "特困一级",
        "032": "特困二级",
        "033": "特困三级",
        "051": "贫困人口一级",
        "052": "贫困人口二级",
        "053": "贫困人口三级",
        "061": "低保一级",
        "062": "低保二级",
        "063": "低保三级",
        "071": "计生特扶",
        "090": "其他",
    },
    "M",
    f"{_HERE}: another province's local values; Jiangxi's own are to be asked for",
    also={"普通参保人员": "011"},
)
PAYMENT_ITEM = CodeList(
    "payment_item",
    "缴费项目",
    {"1": "个人缴费", "3": "省级补贴", "4": "市级补贴", "5": "县级补贴", "6": "集体补助", "11": "政府代缴"},
    "M",
    _HERE,
    also={"代缴": "11"},
)
PAYMENT_TYPE = CodeList(
    "payment_type",
    "缴费类型",
    {"10": "正常应缴", "20": "退收", "31": "补收(中断补缴)", "32": "一次性补收", "33": "退休补收"},
    "M",
    f"{_HERE}: 10, 31 H",
    also={"补收": "31", "中断补缴": "31"},
)
BENEFIT_STATE = CodeList(
    "benefit_state",
    "待遇发放状态",
    {"1": "正常", "2": "暂停", "3": "终止"},
    "M",
    _HERE,
    also={"正常发放": "1", "暂停发放": "2", "终止发放": "3"},
)
PAY_MARK = CodeList(
    "pay_mark",
    "支付标志",
    {"10": "待申请", "20": "申请", "30": "在途", "31": "失败", "40": "实付成功", "41": "实付失败"},
    "M",
    f"{_HERE}: one city",
)
PARTICIPATION_END = CodeList(
    "participation_end",
    "参保终止原因",
    {"6401": "死亡", "6406": "出外定居", "6407": "参加职保", "6499": "其他"},
    "M",
    f"{_HERE}: one province",
)
CONTRIBUTION_PAUSE = CodeList("contribution_pause", "缴费暂停原因", {"6399": "其他"}, "M", f"{_HERE}: one province")
BENEFIT_END = CodeList(
    "benefit_end",
    "待遇终止原因",
    {"1401": "死亡", "1406": "出外定居", "1407": "参加职保", "1499": "其他"},
    "M",
    f"{_HERE}: one province",
)
BENEFIT_PAUSE = CodeList(
    "benefit_pause",
    "待遇暂停原因",
    {"1201": "未提供生存证明", "1202": "被判刑收监", "1299": "其他", "1200": "其他(1200)"},
    "M",
    f"{_HERE}: one province",
)
EMPLOYEE_SCHEME_STATE = CodeList(
    "employee_scheme_state",
    "职保查询结果",
    {"1": "正常参保", "2": "正常待遇", "3": "参保暂停", "4": "一次性退休", "5": "待遇暂停"},
    "M",
    f"{_HERE}: answers of the cross-scheme query",
)
