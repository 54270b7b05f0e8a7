"""Code lists of the employment platform. Source: domain.md §2.3; the plan's words for carriers, posts and industries.

Where only one code of a list is published (失业原因 20) or none (未就业原因), the column is text: a guessed list would
quarantine true rows. Codes in Latin letters are ours: senders write the Chinese words.
"""

from dataclasses import replace

from pipelines.sources import hrss_codes
from pipelines.sources.base import CodeList

HERE = "domain.md §2.3"

STATUS = CodeList(
    "employment_status",
    "就业状态",
    {"1": "已就业", "2": "未就业"},
    "L",
    HERE,
    also={"就业": "1", "在业": "1", "就业人员": "1", "失业": "2", "待业": "2", "无业": "2", "未就业人员": "2"},
)
CHANNEL = CodeList(
    "channel",
    "就业渠道",
    {
        "WORKSHOP": "扶贫车间吸纳", "RETURN_STARTUP": "返乡创业带动", "ORG_EXPORT": "有组织劳务输出",
        "PUBLIC_POST": "公益性岗位安置", "PARK": "园区", "LEAD_BASE": "龙头基地", "COOP": "合作社",
        "INFORMAL": "非正规就业组织", "POST": "就业扶贫专岗", "SELF": "自主创业", "SPONTANEOUS": "自发外出", "OTHER": "其他",
    },
    "L",
    HERE,
    also={
        "扶贫车间": "WORKSHOP", "就业扶贫车间": "WORKSHOP", "返乡创业": "RETURN_STARTUP", "创业带动": "RETURN_STARTUP",
        "有组织输出": "ORG_EXPORT", "有组织劳务": "ORG_EXPORT", "劳务输出": "ORG_EXPORT", "公益性岗位": "PUBLIC_POST",
        "公益岗位": "PUBLIC_POST", "就业扶贫园区": "PARK", "龙头企业扶贫基地": "LEAD_BASE", "龙头企业": "LEAD_BASE",
        "新型农村合作社": "COOP", "农民专业合作社": "COOP", "专岗": "POST", "自发外出务工": "SPONTANEOUS",
        "自行外出": "SPONTANEOUS", "其它": "OTHER",
    },
)  # fmt: skip
CARRIER = CodeList(
    "carrier_type",
    "载体类型",
    {
        "PARK": "就业扶贫园区",
        "LEAD_BASE": "龙头企业扶贫基地",
        "WORKSHOP": "就业扶贫车间",
        "COOP": "新型农村合作社",
        "INFORMAL": "非正规就业组织",
        "POST": "就业扶贫专岗",
        "NONE": "无",
    },
    "S",
    "plan, section three; domain.md §1.1 E6",
    also={
        "园区": "PARK", "扶贫园区": "PARK", "龙头基地": "LEAD_BASE", "龙头企业": "LEAD_BASE", "扶贫车间": "WORKSHOP", "车间": "WORKSHOP",
        "合作社": "COOP", "农民专业合作社": "COOP", "专岗": "POST", "扶贫专岗": "POST", "非载体": "NONE",
    },
)  # fmt: skip
FORM = CodeList(
    "employment_form",
    "就业形式",
    {"02": "单位就业", "SELF": "自主创业", "FLEXIBLE": "灵活就业", "PUBLIC_POST": "公益性岗位", "FARM": "务农", "OTHER": "其他"},
    "M",
    f"{HERE}: 02; the others L",
    also={
        "单位招用": "02", "企业就业": "02", "个体经营": "SELF", "创业": "SELF", "公益性岗位就业": "PUBLIC_POST",
        "公益岗位": "PUBLIC_POST", "其它": "OTHER",
    },
)  # fmt: skip
CATEGORY = CodeList(
    "employment_category", "就业类别", {"1": "失业转就业", "2": "初次就业", "3": "其他"}, "M", HERE, also={"初次": "2"}
)
REGISTRATION = CodeList(
    "registration",
    "登记类别",
    {"1": "就业登记", "2": "失业登记"},
    "L",
    f"{HERE}: DY13, DY14",
    also={"就业": "1", "失业": "2"},
)
POPULATION = CodeList(
    "population_class",
    "人口资源分类",
    {
        "01": "未满16", "02": "年满16(在校)", "03": "适龄劳动力", "04": "判刑劳改", "05": "现役军人", "06": "出国定居",
        "07": "法定退休/老人", "08": "丧失劳动力", "09": "死亡", "10": "失踪",
    },
    "M",
    HERE,
    also={"未满16周岁": "01", "年满16周岁(在校)": "02", "在校学生": "02", "法定退休": "07", "老人": "07"},
)  # fmt: skip
TRANSFER_STATUS = CodeList(
    "transfer_status",
    "转移状况",
    {
        "02": "务农", "03": "返乡未就业", "04": "外出务工", "05": "自主创业", "06": "农合/本县就业", "07": "灵活就业", "99": "无",
    },
    "M",
    HERE,
    also={"农合": "06", "本县就业": "06", "县内就业": "06"},
)  # fmt: skip
TRANSFER_MODE = CodeList(
    "transfer_mode",
    "转移方式",
    {"1": "政府组织", "2": "自发", "3": "企业组织", "5": "就业扶贫车间", "6": "农村劳务(组织)", "7": "其他"},
    "M",
    HERE,
    also={"自发外出": "2", "扶贫车间": "5", "农村劳务": "6", "农村劳务组织": "6", "其它": "7"},
)
ORGANISED_MODES = ("1", "3", "6")  # L
VERIFIED_SIDE = CodeList(
    "verified_side",
    "核实方",
    {"1": "户籍地", "2": "就业地"},
    "L",
    HERE,
    also={"户籍地核实": "1", "户籍所在地": "1", "就业地核实": "2", "务工地": "2", "就业所在地": "2"},
)
SEX = hrss_codes.SEX
EDUCATION = replace(
    hrss_codes.EDUCATION,
    # The basic list comes from the poverty register and brings its words along.
    also={
        **hrss_codes.EDUCATION.also, "大专及以上": "31", "本科及以上": "21", "职业中学": "44", "中技": "47", "普高": "61",
        "初级中学": "71", "文盲": "90", "半文盲": "90", "文盲或半文盲": "90", "学龄前儿童": "90", "其它": "90",
    },
)  # fmt: skip
SERVICE = CodeList(
    "service",
    "服务项目",
    {
        "GUIDANCE": "职业指导", "INTRODUCTION": "职业介绍", "VACANCY": "岗位推荐", "JOB_FAIR": "招聘会",
        "TRAINING": "培训推荐", "STARTUP": "创业服务", "RIGHTS": "劳动维权", "POLICY": "政策咨询", "EMPLOYMENT": "就业服务",
        "OTHER": "其他",
    },
    "L",
    "plan, section three: 职业指导, 职业介绍, 就业服务, 劳动维权 S; the others L",
    also={
        "推荐岗位": "VACANCY", "岗位信息": "VACANCY", "专场招聘": "JOB_FAIR", "职业培训": "TRAINING", "培训": "TRAINING",
        "创业指导": "STARTUP", "维权服务": "RIGHTS", "政策宣传": "POLICY", "其它": "OTHER",
    },
)  # fmt: skip
CAMPAIGN = CodeList(
    "campaign",
    "服务活动",
    {"AID_MONTH": "就业援助月", "SPRING": "春风行动", "PRIVATE_WEEK": "民营企业招聘周", "NONE": "日常服务"},
    "S",
    "plan, section three; domain.md §1.1 E2",
    also={"无": "NONE", "日常": "NONE"},
)
TRAINING_KIND = CodeList(
    "training_kind",
    "培训类型",
    {
        "SKILL": "就业技能培训", "UPGRADE": "岗位技能提升培训", "STARTUP": "创业培训", "APPRENTICE": "企业新型学徒制培训",
        "ABILITY": "专项职业能力培训", "FARM": "农村实用技术培训", "OTHER": "其他",
    },
    "L",
    "plan, section four: 企业新型学徒制, 专项职业能力 S; the others L",
    also={
        "职业技能培训": "SKILL", "技能培训": "SKILL", "岗位培训": "UPGRADE", "企业新型学徒制": "APPRENTICE",
        "新型学徒制": "APPRENTICE", "实用技术培训": "FARM", "其它": "OTHER",
    },
)  # fmt: skip
TRAINING_MODE = CodeList(
    "training_mode",
    "培训方式",
    {"CENTRAL": "集中培训", "FLEXIBLE": "弹性培训", "HOME": "上门培训"},
    "S",
    "plan, section four; domain.md §1.2 K3",
    also={"集中": "CENTRAL", "弹性": "FLEXIBLE", "上门": "HOME"},
)
PRIORITY_TRADE = CodeList(
    "priority_trade",
    "重点工种",
    {"DOMESTIC": "家政服务", "LOGISTICS": "物流配送", "ELDER_CARE": "养老服务", "OTHER": "其他"},
    "S",
    "plan, section four; domain.md §1.2 K5",
    also={"家政": "DOMESTIC", "物流": "LOGISTICS", "养老": "ELDER_CARE", "养老护理": "ELDER_CARE", "其它": "OTHER"},
)
SUBSIDY = CodeList(
    "subsidy",
    "补贴项目",
    {
        "JOB_SEEKING": "一次性求职补贴", "TRAINING_LIVING": "培训生活费补贴", "TRAINING_FEE": "职业培训补贴",
        "POST": "公益性岗位补贴", "SOCIAL_INSURANCE": "社会保险补贴", "WORKSHOP": "就业扶贫车间补贴",
        "ORGANISER": "就业创业服务补助", "STARTUP_STABLE": "创业稳定就业奖补", "INCUBATOR": "创业孵化基地奖补",
        "JOB_STABILITY": "稳岗补贴", "SKILL_UPGRADE": "技能提升补贴", "WORK_RELIEF": "劳务补助", "OTHER": "其他",
    },
    "S",
    "plan, sections three, four and seven; domain.md §1.1 E9–E21, §1.2 K2, §1.5 D5",
    also={
        "求职补贴": "JOB_SEEKING", "培训期间生活费补贴": "TRAINING_LIVING", "求职创业补贴": "JOB_SEEKING", "生活费补贴": "TRAINING_LIVING",
        "生活补贴": "TRAINING_LIVING", "培训补贴": "TRAINING_FEE", "岗位补贴": "POST", "专岗补贴": "POST",
        "社保补贴": "SOCIAL_INSURANCE", "车间补贴": "WORKSHOP", "扶贫车间补贴": "WORKSHOP", "组织输出服务补助": "ORGANISER",
        "创业奖补": "STARTUP_STABLE", "返乡创业奖补": "STARTUP_STABLE", "孵化基地奖补": "INCUBATOR", "以工代赈": "WORK_RELIEF",
        "以奖代补": "WORK_RELIEF", "其它": "OTHER",
    },
)  # fmt: skip
FUND = CodeList(
    "fund",
    "资金来源",
    {
        "EMPLOYMENT": "就业补助资金", "POVERTY": "财政专项扶贫资金", "UNEMPLOYMENT": "失业保险基金", "OTHER": "其他",
    },
    "L",
    "plan, section three: 就业补助资金 S; the others L",
    also={"就业专项资金": "EMPLOYMENT", "扶贫资金": "POVERTY", "其它": "OTHER"},
)  # fmt: skip
PAYMENT_STATE = CodeList(
    "payment_state",
    "发放状态",
    {"1": "待审", "2": "已审", "3": "已发", "4": "退回", "5": "终止"},
    "L",
    f"{HERE}; words as in domain.md §2.5",
    also={
        "待审核": "1",
        "待申请": "1",
        "申请": "1",
        "已审核": "2",
        "在途": "2",
        "已发放": "3",
        "实付成功": "3",
        "已退回": "4",
        "失败": "4",
        "实付失败": "4",
        "10": "1",
        "20": "1",
        "30": "2",
        "31": "4",
        "40": "3",
        "41": "4",
    },
)
POST_KIND = CodeList(
    "post_kind",
    "岗位类别",
    {
        "CLEANING": "农村保洁", "SECURITY": "治安", "ROAD": "护路", "WATER": "管水", "DISABLED": "扶残助残",
        "ELDER": "养老护理", "OTHER": "其他",
    },
    "S",
    "plan, section three; domain.md §1.1 E18",
    also={
        "保洁": "CLEANING", "保洁员": "CLEANING", "农村保洁员": "CLEANING", "治安巡逻": "SECURITY", "护路员": "ROAD",
        "道路养护": "ROAD", "管水员": "WATER", "助残": "DISABLED", "养老": "ELDER", "其它": "OTHER",
    },
)  # fmt: skip
POST_STATE = CodeList(
    "post_state",
    "岗位状态",
    {"1": "在岗", "2": "空缺", "3": "腾退"},
    "L",
    "plan, section three: 新增和腾退的公益性岗位",
    also={"已安置": "1", "空岗": "2", "已腾退": "3"},
)
SPECIALITY = CodeList(
    "speciality",
    "特色产业",
    {
        "RICE": "稻米", "VEGETABLE": "蔬菜", "FRUIT": "果业", "LIVESTOCK": "畜牧业", "AQUATIC": "水产",
        "LEISURE": "休闲农业和乡村旅游", "TEA": "茶叶", "HERB": "中药材", "CAMELLIA": "油茶", "NONE": "非特色产业",
    },
    "S",
    "plan, section three; domain.md §1.1 E7",
    also={"畜牧": "LIVESTOCK", "休闲农业": "LEISURE", "乡村旅游": "LEISURE", "无": "NONE", "其他": "NONE", "其它": "NONE"},
)  # fmt: skip
