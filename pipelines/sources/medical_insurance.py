"""医疗保险: participation, identities, settlements with their four layers, premium payers, out-of-area filing.
Source: domain.md §2.7.

Quirks: insutype and psn_insu_stas are codes of this system only; some public lists give 320 for residents and 3 for
ended, both wrong against real data. Ownership left 人社 for 医保 at the end of 2018; every table is read in the national
names (psn_*) and in those of the HRSS model before them (AAC, AKB, AKC). Chinese headers belong to both: there the
delivery's day decides, by `NATIONAL_CODES_SINCE`.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from pipelines.sources.base import (
    Cadence,
    CodeList,
    Column,
    Format,
    Layout,
    Owner,
    Personal,
    Source,
    SourceTable,
    TimeNature,
    Type,
)
from pipelines.sources.hrss_codes import CERTIFICATE_NAMES, SEX, SOCIAL_NUMBER_NAMES
from pipelines.sources.medical_insurance_codes import (
    FILING_KIND,
    FILING_STATE,
    HRSS_IDENTITY,
    HRSS_SCHEME,
    IDENTITY,
    MEDICAL_TYPE,
    PAYER,
    SCHEME,
    SETTLEMENT_KIND,
    STATE,
)

# A parameter (domain.md §6.7): the new owner's first day (§2.7). Some offices may have changed their files only in 2021.
NATIONAL_CODES_SINCE = date(2019, 1, 1)

_PLACE_WORDS = ("参保地", "参保地区划", "参保地医保区划", "参保地行政区划代码", "统筹区", "统筹区编码", "统筹区名称")
_NUMBER = Column("person_number", "psn_no", Type.TEXT, "人员编号", "personal number", aliases=("人员编号", "个人编号"))
_ID_NUMBER = Column("id_number", "certno", Type.ID_NUMBER, "证件号码", "ID number", aliases=CERTIFICATE_NAMES,
                    personal=Personal.ID_NUMBER)  # fmt: skip
_NAME = Column("name", "psn_name", Type.NAME, "姓名", "name", aliases=("姓名", "人员姓名"), personal=Personal.NAME)
_SCHEME = Column("scheme_code", "insutype", Type.CODE, "险种类型", "scheme", codes=SCHEME, aliases=("险种类型", "险种"),
                 in_sheet_name=True)  # fmt: skip
_SOCIAL_NUMBER = Column("social_security_number", "社会保障号码", Type.TEXT, "社会保障号码", "social security number",
                        aliases=("社会保障号",), personal=Personal.ID_NUMBER, optional=True)  # fmt: skip
_PLACE = Column("place_code", "insuplc_admdvs", Type.TEXT, "参保地区划(6位)", "place of insurance, six digits",
                aliases=_PLACE_WORDS, in_sheet_name=True)  # fmt: skip
_IDENTITY = (
    Column("identity_code", "psn_idet_type", Type.CODE, "人员身份类别", "identity (registered poor, 低保, 特困 …)",
           codes=IDENTITY, aliases=("人员身份类别", "身份类别"), personal=Personal.SENSITIVE),
    Column("identity_level", "psn_type_lv", Type.TEXT, "人员类别等级", "grade of the identity", aliases=("人员类别等级",),
           personal=Personal.SENSITIVE, optional=True),
    Column("identity_since", "begntime", Type.DATE, "身份开始时间", "identity from", aliases=("身份开始时间", "开始时间"),
           optional=True),
    Column("identity_until", "endtime", Type.DATE, "身份结束时间", "identity until", aliases=("身份结束时间", "结束时间"),
           optional=True),
)  # fmt: skip
_PERSON_HRSS: dict[str, tuple[str, ...]] = {
    "person_number": ("AAC001", "个人编号"),
    "id_number": ("AAC147", *CERTIFICATE_NAMES),
    "social_security_number": ("AAC002", *SOCIAL_NUMBER_NAMES),
    "name": ("AAC003", "姓名"),
    "place_code": ("AAA027", "AAB301", *_PLACE_WORDS),
}
_SCHEME_HRSS = {"scheme_code": ("AAE140", "险种类型", "险种")}


def _hrss(headers: Mapping[str, tuple[str, ...]], codes: Mapping[str, CodeList]) -> tuple[Layout, ...]:
    """The family before the national codes, with one number of the person or (AAC002 beside AAC147) with two."""
    both, until = _PERSON_HRSS | dict(headers), NATIONAL_CODES_SINCE - timedelta(days=1)
    one = both | {"id_number": ("AAC002", *SOCIAL_NUMBER_NAMES), "social_security_number": ()}
    return (
        Layout("hrss", "人社编码(2019年前)", both, codes, until=until),
        Layout("hrss_one_number", "人社编码(2019年前,只有 AAC002)", one, codes, until=until),
    )


PARTICIPATION = SourceTable(
    source="medical_insurance",
    entity="participation",
    zh="基本医疗保险参保人员",
    grain="one row per personal number and scheme at the cut date",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        _SCHEME,
        Column("state_code", "psn_insu_stas", Type.CODE, "人员参保状态", "state", codes=STATE,
               aliases=("人员参保状态", "参保状态")),
        Column("joined_date", "psn_insu_date", Type.DATE, "参保日期", "insured since", aliases=("参保日期", "个人参保日期"),
               optional=True),
        Column("has_poor_mark", "poor_flag", Type.FLAG, "贫困人口身份标识", "flagged as registered poor",
               aliases=("贫困标识", "建档立卡标识"), personal=Personal.SENSITIVE, optional=True),
        _PLACE,
        Column("paused_date", "paus_insu_date", Type.DATE, "暂停参保日期", "paused on", aliases=("暂停参保日期",),
               optional=True),
        Column("certificate_kind", "psn_cert_type", Type.TEXT, "证件类型(01 身份证)", "kind of certificate; 01: ID card",
               aliases=("证件类型",), optional=True),
        Column("sex_code", "gend", Type.CODE, "性别", "sex", codes=SEX, aliases=("性别",), optional=True),
        Column("nation", "naty", Type.TEXT, "民族", "nation", aliases=("民族",), personal=Personal.QUASI, optional=True),
        Column("birth_date", "brdy", Type.DATE, "出生日期", "birth date", aliases=("出生日期",), personal=Personal.QUASI,
               optional=True),
        Column("person_kind", "psn_type", Type.TEXT, "人员类别", "kind of insured person",
               aliases=("人员类别", "医疗人员类别"), optional=True),
        Column("is_civil_servant", "cvlserv_flag", Type.FLAG, "公务员标志", "civil servant", aliases=("公务员标志",),
               optional=True),
        Column("employer_name", "emp_name", Type.TEXT, "单位名称", "employer", aliases=("单位名称",), optional=True),
        Column("card_number", "医保卡号", Type.TEXT, "卡号", "card number", aliases=("卡号", "社保卡号"),
               personal=Personal.ID_NUMBER, optional=True),
        Column("hospital_code", "定点医院", Type.TEXT, "定点医院", "designated hospital", aliases=("医院",), optional=True),
        Column("identity_code", "psn_idet_type", Type.CODE, "人员身份类别", "identity (registered poor, 低保, 特困 …)",
               codes=IDENTITY, aliases=("人员身份类别", "身份类别"), personal=Personal.SENSITIVE, optional=True),
        *_IDENTITY[1:],
        _SOCIAL_NUMBER,
    ),
    key=("person_number", "scheme_code"),
    county="place_code",
    file_stem="医保参保",
    format=Format.CSV_UTF8_BOM,
    layouts=_hrss(
        _SCHEME_HRSS
        | {
            "state_code": ("AAC008", "人员参保状态", "参保状态"),
            "joined_date": ("AAC030", "参保日期"),
            "has_poor_mark": ("贫困人口标识", "贫困标识"),
            "paused_date": ("AAE031", "终止日期"),
            "certificate_kind": ("AAC058", "证件类型"),
            "sex_code": ("AAC004", "性别"),
            "nation": ("AAC005", "民族"),
            "birth_date": ("AAC006", "出生日期"),
            "person_kind": ("AKC021", "医疗人员类别"),
            "card_number": ("AKC020", "卡号"),
            "hospital_code": ("AKB020", "医院"),
            "employer_name": ("AAB004", "单位名称"),
            "identity_code": ("AAC066", "参保身份"),
        },
        {"scheme_code": HRSS_SCHEME, "identity_code": HRSS_IDENTITY},
    ),
)  # fmt: skip

IDENTITY_LIST = SourceTable(
    source="medical_insurance",
    entity="identity",
    zh="医保人员身份信息",
    grain="one row per personal number and identity (特困, 低保, 建档立卡 …)",
    columns=(_NUMBER, _ID_NUMBER, _NAME, *_IDENTITY, _SOCIAL_NUMBER, _PLACE),
    key=("person_number", "identity_code"),
    county="place_code",
    file_stem="医保身份",
    format=Format.CSV_UTF8_BOM,
    optional=True,
    layouts=_hrss(
        {
            "identity_code": ("AAC066", "参保身份"),
            "identity_since": ("AAE030", "开始日期"),
            "identity_until": ("AAE031", "终止日期"),
        },
        {"identity_code": HRSS_IDENTITY},
    ),
)

SETTLEMENT = SourceTable(
    source="medical_insurance",
    entity="settlement",
    zh="医疗费用结算",
    grain="one row per settlement of the quarter",
    columns=(
        Column("settlement_number", "setl_id", Type.TEXT, "结算ID", "settlement number",
               aliases=("结算ID", "结算编号", "单据号")),
        Column("visit_number", "mdtrt_id", Type.TEXT, "就诊ID", "number of the visit or admission",
               aliases=("就诊ID", "就诊编号", "住院号")),
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        Column("scheme_code", "insutype", Type.CODE, "险种类型", "scheme", codes=SCHEME, aliases=("险种类型", "险种"),
               optional=True),
        Column("medical_type_code", "med_type", Type.CODE, "医疗类别", "kind of treatment", codes=MEDICAL_TYPE,
               aliases=("医疗类别",), personal=Personal.SENSITIVE),
        Column("total_amount", "medfee_sumamt", Type.AMOUNT, "医疗费总额", "total cost", unit="元",
               aliases=("医疗费总额", "总费用"), personal=Personal.SENSITIVE),
        Column("pooled_amount", "hifp_pay", Type.AMOUNT, "统筹基金支付", "paid by the pooled fund", unit="元",
               aliases=("统筹基金支付", "基本医保统筹支付", "基本医保支付", "统筹支付", "统筹"), personal=Personal.SENSITIVE),
        Column("severe_illness_amount", "hifmi_pay", Type.AMOUNT, "大病保险支付", "paid by severe-illness insurance",
               unit="元", aliases=("大病保险支付", "大病"), personal=Personal.SENSITIVE, optional=True),
        Column("commercial_amount", "补充商业保险支付", Type.AMOUNT, "重大疾病商业补充保险支付",
               "paid by supplementary commercial insurance", unit="元",
               aliases=("othfund_pay", "商业补充保险支付", "重大疾病商业补充保险支付", "补充商业"),
               personal=Personal.SENSITIVE, optional=True),
        Column("assistance_amount", "maf_pay", Type.AMOUNT, "医疗救助支付", "paid by medical assistance", unit="元",
               aliases=("医疗救助支付", "医疗救助"), personal=Personal.SENSITIVE, optional=True),
        Column("account_amount", "acct_pay", Type.AMOUNT, "个人账户支付", "paid from the personal account", unit="元",
               aliases=("个人账户支付", "个人账户"), personal=Personal.SENSITIVE, optional=True),
        Column("cash_amount", "psn_cash_pay", Type.AMOUNT, "个人现金支付", "paid in cash", unit="元",
               aliases=("个人现金支付", "现金", "现金支付"), personal=Personal.SENSITIVE, optional=True),
        Column("hospital_code", "fixmedins_code", Type.TEXT, "定点医药机构编号", "hospital",
               aliases=("定点医药机构编号", "医疗机构编号"), optional=True),
        Column("hospital_name", "fixmedins_name", Type.TEXT, "定点医药机构名称", "hospital's name",
               aliases=("定点医药机构名称", "医疗机构名称", "医院名称"), optional=True),
        Column("treated_place_code", "mdtrtarea_admvs", Type.TEXT, "就医地区划(6位)", "where treated, six digits",
               aliases=("就医地", "就医地区划"), optional=True),
        Column("settled_place_code", "setl_place", Type.TEXT, "报销地(结算地)区划(6位)", "where settled, six digits",
               aliases=("报销地", "结算地"), optional=True),
        Column("settlement_kind_code", "setl_type", Type.CODE, "结算方式", "how settled", codes=SETTLEMENT_KIND,
               aliases=("结算方式", "结算类别"), optional=True),
        Column("admitted_date", "adm_time", Type.DATE, "入院日期", "admitted on", aliases=("入院日期", "入院时间"),
               personal=Personal.SENSITIVE, optional=True),
        Column("discharged_date", "dscg_time", Type.DATE, "出院日期", "discharged on", aliases=("出院日期", "出院时间"),
               personal=Personal.SENSITIVE, optional=True),
        Column("settled_date", "setl_time", Type.DATE, "结算时间", "settled on", aliases=("结算时间", "结算日期")),
        _SOCIAL_NUMBER,
        _PLACE,
    ),
    key=("settlement_number",),
    county="place_code",
    file_stem="医保结算",
    format=Format.CSV_UTF8_BOM,
    unique=True,
    optional=True,
    time=TimeNature.QUARTER,
    dated_by="settled_date",
    layouts=_hrss(
        _SCHEME_HRSS
        | {
            "settlement_number": ("AAE072", "单据号", "结算ID", "结算编号"),
            "visit_number": ("AKC190", "住院号", "就诊ID", "就诊编号"),
            "medical_type_code": ("AKA130", "医疗类别"),
            "total_amount": ("AKC264", "医疗费总额", "总费用"),
            "pooled_amount": ("AKE039", "统筹基金支付", "基本医保统筹支付", "统筹支付", "统筹"),
            "severe_illness_amount": ("大病保险支付", "大病"),
            "commercial_amount": ("补充商业保险支付", "商业补充保险支付", "补充商业"),
            "assistance_amount": ("医疗救助支付", "医疗救助"),
            "account_amount": ("AKC255", "个人账户支付", "个人账户"),
            "cash_amount": ("AKC261", "个人现金支付", "现金支付", "现金"),
            "hospital_code": ("AKB020", "医院"),
            "hospital_name": ("AKB021", "医院名称"),
            "treated_place_code": ("就医地", "就医地区划"),
            "settled_place_code": ("报销地", "结算地"),
            "settlement_kind_code": ("结算方式", "结算类别"),
            "admitted_date": ("入院日期", "入院时间"),
            "discharged_date": ("出院日期", "出院时间"),
            "settled_date": ("AAE036", "结算时间", "经办日期"),
        },
        {"scheme_code": HRSS_SCHEME},
    ),
)  # fmt: skip

PREMIUM = SourceTable(
    source="medical_insurance",
    entity="premium",
    zh="居民医保保费缴纳",
    grain="one row per personal number, premium year and payer",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        Column("scheme_code", "insutype", Type.CODE, "险种类型", "scheme", codes=SCHEME, aliases=("险种类型", "险种"),
               optional=True),
        Column("premium_year", "参保年度", Type.INTEGER, "参保年度", "premium year", unit="年",
               aliases=("AAE003", "缴费年度", "费款所属年度", "年度")),
        Column("payer_code", "缴费方", Type.CODE, "缴费方", "who paid", codes=PAYER,
               aliases=("缴费方式", "缴费主体", "缴费人类别", "出资方", "补助方式", "资助方式"), personal=Personal.SENSITIVE),
        Column("paid_amount", "缴费金额", Type.AMOUNT, "缴费金额", "amount paid", unit="元", aliases=("AAE020", "金额"),
               personal=Personal.SENSITIVE),
        Column("paid_date", "缴费日期", Type.DATE, "缴费日期", "paid on", aliases=("AAE036", "到账日期"), optional=True),
        _SOCIAL_NUMBER,
        _PLACE,
    ),
    key=("person_number", "premium_year", "payer_code"),
    county="place_code",
    file_stem="居民医保缴费",
    format=Format.CSV_UTF8_BOM,
    optional=True,
    time=TimeNature.YEAR,
    layouts=_hrss(_SCHEME_HRSS, {"scheme_code": HRSS_SCHEME}),
)  # fmt: skip

FILING = SourceTable(
    source="medical_insurance",
    entity="filing",
    zh="异地就医备案",
    grain="one row per filing in force in the quarter",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        Column("filing_kind_code", "备案类型", Type.CODE, "备案类型", "kind of filing", codes=FILING_KIND,
               aliases=("备案类别", "异地就医类型"), optional=True),
        Column("filed_date", "备案日期", Type.DATE, "备案日期", "filed on", aliases=("备案时间", "登记日期")),
        Column("start_date", "备案开始日期", Type.DATE, "备案开始日期", "valid from", aliases=("begndate", "开始日期"),
               optional=True),
        Column("end_date", "备案结束日期", Type.DATE, "备案结束日期", "valid until", aliases=("enddate", "结束日期"),
               optional=True),
        Column("treated_place_code", "就医地区划", Type.TEXT, "就医地区划", "where treatment is sought",
               aliases=("mdtrtarea_admvs", "就医地", "就医地区划代码"), personal=Personal.SENSITIVE),
        Column("hospital_name", "就医定点医疗机构", Type.TEXT, "就医定点医疗机构", "hospital",
               aliases=("fixmedins_name", "医院名称"), optional=True),
        Column("filing_state_code", "备案状态", Type.CODE, "备案状态", "state of the filing", codes=FILING_STATE,
               optional=True),
        _SOCIAL_NUMBER,
        _PLACE,
    ),
    key=("person_number", "filed_date"),
    county="place_code",
    file_stem="异地就医备案",
    format=Format.XLSX,
    optional=True,
    layouts=_hrss({}, {}),
)  # fmt: skip

SOURCE = Source(
    name="medical_insurance",
    code="MED",
    zh="医疗保险信息系统",
    en="medical insurance",
    owners=(
        Owner("省人力资源和社会保障厅医疗保险处", date(1998, 12, 14), date(2018, 12, 31)),
        Owner("省医疗保障局", date(2019, 1, 1)),
    ),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(PARTICIPATION, IDENTITY_LIST, SETTLEMENT, PREMIUM, FILING),
)
