"""Code lists of the medical insurance system: the national 医保 codes and those of the HRSS model before them."""

from pipelines.sources.base import CodeList

_HERE = "domain.md §2.7"

# 320 stands for residents in some public lists, which is wrong: in the national family it stays unknown.
SCHEME = CodeList(
    "medical_scheme",
    "险种类型",
    {"310": "职工基本医疗保险", "390": "城乡居民基本医疗保险", "510": "生育保险"},
    "H",
    f"{_HERE}: 310, 390 H; 510 M",
    also={
        "职工基本医疗": "310",
        "城镇职工基本医疗保险": "310",
        "职工医保": "310",
        "城乡居民基本医疗": "390",
        "居民医保": "390",
        "城乡居民医保": "390",
        "城乡居民": "390",
        "城镇职工": "310",
        "生育": "510",
    },
)
HRSS_SCHEME = CodeList(
    "medical_scheme_hrss",
    "险种类型(2019年前)",
    {
        **SCHEME.labels,
        "320": "公务员医疗补助",
        "330": "大额医疗费用补助",
        "340": "离休人员医疗保障",
        "350": "补充医疗保险(350)",
        "360": "补充医疗保险(360)",
        "370": "补充医疗保险(370)",
        "380": "补充医疗保险(380)",
    },
    "M",
    "domain.md §2.2: 310, 390 H; two digits (LB101-2000) L",
    also={**SCHEME.also, "31": "310", "51": "510"},
)
# 3 stands for "ended" in some public lists, which is wrong: it stays unknown.
STATE = CodeList(
    "medical_state",
    "人员参保状态",
    {"0": "未参保", "1": "正常参保", "2": "暂停参保", "4": "终止参保"},
    "M",
    _HERE,
    also={"正常": "1", "暂停": "2", "终止": "4", "中断参保": "2", "暂停(中断)参保": "2"},
)
_IDENTITIES = {
    "1": "普通参保人员",
    "2": "特困人员",
    "3": "建档立卡贫困人口",
    "4": "低保对象",
    "5": "重度残疾人",
    "9": "其他",
}
_IDENTITY_WORDS = {
    "普通": "1",
    "特困": "2",
    "特困供养人员": "2",
    "建档立卡": "3",
    "建档立卡人员": "3",
    "贫困人口": "3",
    "精准扶贫": "3",
    "低保": "4",
    "重残": "5",
}
IDENTITY = CodeList(
    "medical_identity",
    "人员身份类别",
    _IDENTITIES,
    "L",
    f"{_HERE} names the groups (特困、低保、建档立卡), not the numbers",
    also=_IDENTITY_WORDS,
)
_LOCAL = {
    "011": "1", "021": "5", "022": "5", "023": "9", "031": "2", "032": "2", "033": "2", "051": "3", "052": "3",
    "053": "3", "061": "4", "062": "4", "063": "4", "071": "9", "090": "9",
}  # fmt: skip
HRSS_IDENTITY = CodeList(
    "medical_identity_hrss",
    "参保身份(2019年前)",
    _IDENTITIES,
    "L",
    "domain.md §2.2, AAC066 of another province, folded into the groups of the national family",
    also={**_IDENTITY_WORDS, **_LOCAL, **{code.lstrip("0"): group for code, group in _LOCAL.items()}},
)
MEDICAL_TYPE = CodeList(
    "medical_type",
    "医疗类别",
    {
        "11": "普通门诊",
        "12": "门诊挂号",
        "13": "急诊",
        "14": "门诊慢特病",
        "19": "意外伤害门诊",
        "21": "普通住院",
        "22": "外伤住院",
        "23": "转外诊治住院",
        "24": "急诊转住院",
        "41": "定点药店购药",
        "51": "生育门诊",
        "52": "生育住院",
        "91": "其他门诊",
        "92": "其他住院",
        "99": "其他",
    },
    "L",
    f"{_HERE} names med_type, not its values",
    also={"门诊": "11", "住院": "21", "门诊慢性病": "14", "门诊特殊慢性病": "14", "转外住院": "23"},
)
SETTLEMENT_KIND = CodeList(
    "settlement_kind",
    "结算方式",
    {"1": "中心手工报销", "2": "联网即时结算", "3": "补充报销"},
    "L",
    "domain.md §1.3 (I13, I15), §5.4 (C26)",
    also={
        "手工报销": "1",
        "手工": "1",
        "手工结算": "1",
        "中心报销": "1",
        "一站式结算": "2",
        "一站式即时结算": "2",
        "即时结算": "2",
        "联网结算": "2",
        "直接结算": "2",
        "一站式": "2",
    },
)
PAYER = CodeList(
    "premium_payer",
    "缴费方",
    {"1": "财政全额补助", "2": "财政定额补助", "3": "个人缴费", "4": "医疗救助资助", "5": "单位缴费", "9": "其他"},
    "L",
    "domain.md §1.3 (I12), §5.4 (C36)",
    also={
        "财政全额": "1",
        "政府全额代缴": "1",
        "财政代缴": "1",
        "财政定额": "2",
        "个人": "3",
        "自缴": "3",
        "自费": "3",
    },
)
FILING_KIND = CodeList(
    "filing_kind",
    "备案类型",
    {"1": "异地安置退休人员", "2": "异地长期居住人员", "3": "常驻异地工作人员", "4": "异地转诊人员", "9": "其他"},
    "L",
    "domain.md §1.3 (I15)",
    also={
        "异地安置": "1",
        "异地长期居住": "2",
        "常驻异地工作": "3",
        "异地转诊": "4",
        "转诊": "4",
        "转诊转院": "4",
        "异地安置退休": "1",
        "外出务工": "3",
    },
)
FILING_STATE = CodeList(
    "filing_state", "备案状态", {"1": "有效", "2": "已撤销", "3": "已到期"}, "L", "domain.md §1.3 (I15)",
    also={"撤销": "2", "到期": "3"},
)  # fmt: skip
