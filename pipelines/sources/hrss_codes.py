"""National code lists that the HRSS model (金保工程) uses in several systems; labels are those of the standards named."""

from pipelines.sources.base import CodeList

_HERE = "domain.md §2.2"

# AAC002 and AAC147 swap roles between deployments: where a code and a name stand together, the name decides.
CERTIFICATE_NAMES = (
    "证件号码",
    "身份证号码",
    "身份证号",
    "公民身份号码",
    "AAC002身份证号码",
    "身份证号码AAC002",
    "AAC002证件号码",
    "证件号码AAC002",
)
SOCIAL_NUMBER_NAMES = ("社会保障号码", "社会保障号", "AAC147社会保障号码", "社会保障号码AAC147")

SEX = CodeList(
    "sex",
    "性别",
    {"1": "男", "2": "女", "9": "未说明", "0": "未知"},
    "H",
    "GB/T 2261.1",
    also={"男性": "1", "女性": "2", "未说明的性别": "9", "未知的性别": "0"},
)
HUKOU_KIND = CodeList(
    "hukou_kind",
    "户口性质",
    {
        "10": "非农业户口(城镇)",
        "11": "本地非农业户口",
        "12": "外地非农业户口",
        "20": "农业户口(农村)",
        "21": "本地农业户口",
        "22": "外地农业户口",
        "30": "统一居民户口",
    },
    "H",
    f"{_HERE}: 10, 20 H; the others L",
    also={
        "非农业": "10",
        "城镇": "10",
        "非农业户口": "10",
        "非农业(城镇)": "10",
        "农业": "20",
        "农村": "20",
        "农业户口": "20",
        "农业(农村)": "20",
    },
)
EDUCATION = CodeList(
    "education_level",
    "文化程度(GB/T 4658)",
    {
        "10": "研究生教育",
        "11": "博士",
        "14": "硕士",
        "20": "大学本科教育",
        "21": "本科",
        "30": "大学专科教育",
        "31": "专科",
        "40": "中等职业教育",
        "41": "中等职业",
        "44": "职业高中",
        "47": "技工学校",
        "60": "普通高级中学教育",
        "61": "普通高中",
        "70": "初级中学教育",
        "71": "初中",
        "80": "小学教育",
        "81": "小学",
        "90": "其他",
    },
    "H",
    f"{_HERE}; the tens are the standard's groups",
    also={
        "博士研究生": "11",
        "硕士研究生": "14",
        "大学本科": "21",
        "大学": "21",
        "大学专科": "31",
        "大专": "31",
        "中专": "41",
        "职高": "44",
        "技校": "47",
        "高中": "61",
    },
)
POLITICAL_STATUS = CodeList(
    "political_status",
    "政治面貌(GB/T 4762)",
    {
        "01": "中共党员",
        "02": "中共预备党员",
        "03": "共青团员",
        "04": "民革会员",
        "05": "民盟盟员",
        "06": "民建会员",
        "07": "民进会员",
        "08": "农工党党员",
        "09": "致公党党员",
        "10": "九三学社社员",
        "11": "台盟盟员",
        "12": "无党派人士",
        "13": "群众",
    },
    "H",
    f"{_HERE}; the others from the standard",
    also={"党员": "01", "预备党员": "02", "团员": "03"},
)
REVIEW = CodeList(
    "review",
    "审核标志",
    {"0": "未审", "1": "通过", "2": "不通过"},
    "H",
    _HERE,
    also={"未审核": "0", "审核通过": "1", "审核不通过": "2"},
)
