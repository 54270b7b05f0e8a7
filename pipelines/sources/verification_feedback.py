"""核查反馈: the lists to visit as towns return them, one finding per person. Source: domain.md §5.2 (6, 7), §5.3.

Quirks: two code lists are in use. The extended one has a code per kind of outcome; the one of Hunan's full-coverage drive
has an outcome (0, 1, 2) beside its code, and 011 means two things by it. `CANONICAL` says which extended code each pair is.
"""

from collections.abc import Mapping
from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type
from pipelines.sources.social_insurance_codes import EMPLOYEE_SCHEME_STATE

_HERE = "domain.md §5.3"

_EXTENDED = {
    "N01": "死亡",
    "N02": "宣告失踪或死亡",
    "N03": "户口迁出",
    "N04": "户口注销/空挂",
    "N05": "服刑",
    "N06": "现役",
    "N07": "在校学生",
    "N08": "出国境定居",
    "N09": "未满16周岁",
    "N10": "省内职保(缴费)",
    "N11": "省内职保(退休)",
    "N12": "机关事业",
    "N13": "省外职保",
    "N14": "省外居保/异地居保",
    "N15": "已参居保",
    "A01": "已办理参保",
    "A02": "已办理待遇",
    "A03": "已补代缴",
    "P01": "拒绝参保",
    "P02": "联系不上",
    "P03": "外出待办",
    "P04": "证件缺失待办",
    "E01": "证件号码错误",
    "E02": "姓名错误",
    "E03": "非贫困户/已清退",
    "E04": "重复人员",
    "X99": "其他(必填说明)",
}
_HUNAN = {
    "200": "参加(省内)职工养老",
    "201": "参加机关事业养老",
    "202": "参加省外职工养老",
    "203": "在校学生(203)",
    "204": "现役军人",
    "205": "服刑人员",
    "206": "出国(境)人员",
    "207": "死亡未销户",
    "208": "其他(208)",
    "011": "已在本地参加居保或无参保意愿",
}
CATEGORY = CodeList(
    "feedback_category",
    "核查类别",
    _EXTENDED | _HUNAN,
    "M",
    f"{_HERE}: 200–208, 011 in use in Hunan M; N, A, P, E, X the recommended set D",
    also={
        "已参居保(号码/姓名差异,附正确号)": "N15",
        "证件号码错误(更正为…)": "E01",
        "其他": "X99",
        "参加省内职工养老": "200",
        "出国人员": "206",
        "空挂户": "N04",
        "迁出": "N03",
        "注销": "N04",
        "异地居保": "N14",
        "无参保意愿": "P01",
        "自愿放弃": "P01",
        "无参保意愿(自愿放弃)": "P01",
        "已在本地参加居保": "N15",
    },
)
OUTCOME = CodeList(
    "feedback_outcome", "核查结果", {"0": "不需参加居保", "1": "已参保", "2": "无意愿"}, "M", f"{_HERE}: Hunan"
)
# (outcome, Hunan's code) → the extended code; 208 gathers reasons that only its remark tells apart.
CANONICAL: Mapping[tuple[str, str], str] = {
    ("0", "200"): "N10",
    ("0", "201"): "N12",
    ("0", "202"): "N13",
    ("0", "203"): "N07",
    ("0", "204"): "N06",
    ("0", "205"): "N05",
    ("0", "206"): "N08",
    ("0", "207"): "N01",
    ("0", "208"): "X99",
    ("1", "011"): "N15",
    ("2", "011"): "P01",
}
# What an answer does to a measure of coverage: extended code → class.
CLASSES: Mapping[str, str] = {
    code: (
        "elsewhere"  # covered by another scheme or place: counts in the numerator
        if "N10" <= code <= "N15"
        else {"N": "left", "A": "settled", "P": "pending", "E": "error", "X": "other"}[code[0]]
    )
    for code in _EXTENDED
}
CHECK = CodeList(
    "check",
    "疑点类型",
    {
        "C01": "应保未保", "C02": "到龄未领", "C03": "应代缴未代缴", "C04": "不符合条件代缴", "C05": "重复代缴",
        "C06": "居保×职保重复参保", "C07": "重复领取", "C08": "死亡仍发放", "C09": "服刑期间领取待遇",
        "C10": "在校×就业/失业登记", "C11": "领取失业金×就业", "C12": "登记就业但无参保或用工记录",
        "C13": "登记未就业但有参保缴费", "C14": "求职补贴", "C15": "培训生活费", "C16": "两后生",
        "C17": "技工在校贫困生未享雨露", "C18": "享雨露不在籍", "C19": "学籍标注不符", "C20": "助学金/免学费",
        "C21": "医保未参保/重复/身份标识缺失", "C22": "公益性岗位", "C23": "载体", "C24": "参保标识不符",
        "C25": "财产与工商登记", "C26": "一站式", "C27": "考试费减免", "C28": "省学籍×部电子注册",
        "C29": "未就业有意愿未服务", "C30": "就业后未参保", "C31": "失业金应发未发", "C32": "车间补贴",
        "C33": "组织输出服务补助", "C34": "创业稳定就业", "C35": "低于最低待遇标准", "C36": "自缴医保费",
        "C37": "行动不便上门",
    },
    "D",
    "domain.md §5.4",
    also={"疑似死亡": "C08"},
)  # fmt: skip

FINDING = SourceTable(
    source="verification_feedback",
    entity="finding",
    zh="核查反馈名单",
    grain="one row per issue of a list sent out",
    columns=(
        Column("issue_number", "疑点编号", Type.TEXT, "疑点编号", "number of the issue", aliases=("问题编号", "疑点序号", "序号", "编号")),
        Column("batch_number", "下发批次", Type.TEXT, "下发批次", "batch in which it was sent out",
               aliases=("批次号", "批次"), optional=True),
        Column("check_code", "疑点类型", Type.CODE, "疑点类型", "check that found it", codes=CHECK,
               aliases=("比对类型", "名单类型"), optional=True),
        Column("town_code", "乡镇代码", Type.TEXT, "乡镇代码(9位)", "town, nine digits", aliases=("乡镇(街道)代码",),
               optional=True),
        Column("village_code", "村代码", Type.TEXT, "村(社区)代码(12位)", "village, twelve digits",
               aliases=("行政村代码", "村(社区)代码", "村居代码"), personal=Personal.QUASI, optional=True),
        Column("county_name", "县(市、区)", Type.TEXT, "县(市、区)", "county", aliases=("县区", "区县"), in_sheet_name=True,
               optional=True),
        Column("town_name", "乡镇", Type.TEXT, "乡镇(街道)", "town", aliases=("乡(镇)", "乡镇(街道)"), optional=True),
        Column("village_name", "村", Type.TEXT, "村(社区)", "village", aliases=("行政村", "村(社区)"),
               personal=Personal.QUASI, optional=True),
        Column("name", "姓名", Type.NAME, "姓名", "name", personal=Personal.NAME),
        Column("id_number", "身份证号码", Type.ID_NUMBER, "身份证号码", "ID number", aliases=("证件号码", "身份证号"),
               personal=Personal.ID_NUMBER),
        Column("police_state", "户籍状态", Type.TEXT, "提示:户籍状态", "hint: state of the hukou",
               aliases=("公安户籍状态",), personal=Personal.SENSITIVE, optional=True),
        Column("employee_state_code", "省内职保", Type.CODE, "提示:省内职保查询结果", "hint: employee scheme in the province",
               codes=EMPLOYEE_SCHEME_STATE, aliases=("省内职保状态",), optional=True),
        Column("outside_scheme", "省外参保", Type.TEXT, "提示:省外参保(地区+险种)", "hint: area and scheme outside the province",
               aliases=("全国比对结果", "省外参保情况"), optional=True),
        Column("is_in_school", "是否在校", Type.FLAG, "提示:是否在校", "hint: in school", aliases=("在校标志",),
               optional=True),
        Column("previous_finding", "上次核查结果", Type.TEXT, "提示:上次核查结果", "hint: previous finding", optional=True),
        Column("outcome_code", "核查结果", Type.CODE, "核查结果(湖南口径)", "outcome, Hunan's list", codes=OUTCOME,
               optional=True),
        Column("category_code", "核查类别", Type.CODE, "核查类别", "finding", codes=CATEGORY,
               aliases=("反馈类别", "原因类别", "核查代码", "反馈代码", "结果代码", "情形代码", "未参保原因"), personal=Personal.SENSITIVE),
        Column("is_alive", "正常", Type.FLAG, "生存状态:正常", "alive", aliases=("健在", "生存"), optional=True),
        Column("is_dead", "死亡", Type.FLAG, "生存状态:死亡", "dead", aliases=("已死亡",), personal=Personal.SENSITIVE,
               optional=True),
        Column("is_abnormal", "异常", Type.FLAG, "生存状态:异常", "abnormal", personal=Personal.SENSITIVE, optional=True),
        Column("death_month", "死亡年月", Type.MONTH, "死亡年月(6位)", "month of death", aliases=("死亡时间", "死亡月份"),
               personal=Personal.SENSITIVE, optional=True),
        Column("stopped_month", "停发年月", Type.MONTH, "暂停(停发)年月", "month since when nothing is paid",
               aliases=("暂停年月",), optional=True),
        Column("overpaid_months", "多发月数", Type.INTEGER, "多发月数", "months overpaid", unit="月", optional=True),
        Column("overpaid_amount", "多发金额", Type.AMOUNT, "多发金额", "amount overpaid", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        Column("recovered_amount", "追回金额", Type.AMOUNT, "追回金额", "amount recovered", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        Column("corrected_number", "更正后证件号码", Type.TEXT, "更正后的证件号码", "corrected ID number",
               aliases=("正确证件号码", "正确号码"), personal=Personal.ID_NUMBER, optional=True),
        Column("corrected_name", "更正后姓名", Type.NAME, "更正后的姓名", "corrected name", aliases=("正确姓名",),
               personal=Personal.NAME, optional=True),
        Column("remark", "说明", Type.TEXT, "说明(“其他”必填)", "remark, required for 'other'", aliases=("备注", "情况说明"),
               personal=Personal.SENSITIVE, optional=True),
        Column("verified_date", "核查日期", Type.DATE, "核查日期", "verified on", aliases=("核查时间", "反馈日期"),
               optional=True),
        Column("clerk_name", "核查人", Type.TEXT, "核查人", "who verified", personal=Personal.NAME, optional=True),
    ),
    key=("issue_number",),
    county="village_code",
    named_by=("county_name", "town_name", "village_name"),
    file_stem="核查反馈",
    format=Format.XLSX,
    title_rows=1,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="verification_feedback",
    code="FB",
    zh="核查反馈",
    en="verification feedback",
    owners=(Owner("省社会保险管理中心", date(2011, 7, 1)),),
    cadence=Cadence.QUARTER,
    due_days=30,
    required=False,
    valid_quarters=1,
    split="city",
    tables=(FINDING,),
    due_in=(),  # it answers lists of the quarter before, so no quarter waits for it
)
