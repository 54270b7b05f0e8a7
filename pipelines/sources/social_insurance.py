"""社会保险: participation in every scheme, resident premiums with the items that show 代缴, monthly contributions of
employees, benefits in payment. Source: domain.md §2.2.

Quirks: a person on benefit has payment state 3 and participation state 1; reading 3 as "left" is a classic error.
One person may hold several personal numbers, one per pool area. AAE140 is namespaced here, never shared with medicine.
AAC002 and AAC147 swap roles between deployments. What a file calls 证件号码 or 身份证号码 is the certificate; where it has
codes only, AAC147 is (the newer model, with AAC058), and AAC002 where AAC147 is missing. The other number is staged as
`social_security_number`: for a citizen both are one number, and a rule marks rows whose two numbers differ.
The pool of a whole city (360700, 360799) is filed under a county of the delivery's scope.
"""

from datetime import date

from pipelines.sources.base import (
    Cadence,
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
from pipelines.sources.hrss_codes import (
    CERTIFICATE_NAMES,
    EDUCATION,
    HUKOU_KIND,
    POLITICAL_STATUS,
    REVIEW,
    SEX,
    SOCIAL_NUMBER_NAMES,
)
from pipelines.sources.social_insurance_codes import (
    BENEFIT_END,
    BENEFIT_PAUSE,
    BENEFIT_STATE,
    CONTRIBUTION_PAUSE,
    IDENTITY,
    PARTICIPATION_END,
    PARTICIPATION_STATE,
    PAY_MARK,
    PAYMENT_ITEM,
    PAYMENT_STATE,
    PAYMENT_TYPE,
    SCHEME,
)

_NUMBER = Column("person_number", "AAC001", Type.TEXT, "个人编号", "personal number", aliases=("个人编号", "社保编号"))
_ID_NUMBER = Column("id_number", "AAC147", Type.ID_NUMBER, "证件号码", "ID number",
                    aliases=CERTIFICATE_NAMES,
                    personal=Personal.ID_NUMBER)  # fmt: skip
_NAME = Column("name", "AAC003", Type.NAME, "姓名", "name", aliases=("姓名",), personal=Personal.NAME)
_SOCIAL_NUMBER = Column("social_security_number", "AAC002", Type.TEXT, "社会保障号码", "social security number",
                        aliases=SOCIAL_NUMBER_NAMES, personal=Personal.ID_NUMBER, optional=True)  # fmt: skip
_POOL = Column("pool_code", "AAA027", Type.TEXT, "统筹区(6位)", "pool area, six digits",
               aliases=("统筹区", "统筹区编码", "统筹区名称", "参保地", "参保地区划", "参保地行政区划代码", "经办机构所在地", "经办机构所在县区", "AAB301"), in_sheet_name=True)  # fmt: skip
_SCHEME = Column("scheme_code", "AAE140", Type.CODE, "险种类型", "scheme", codes=SCHEME, aliases=("险种类型", "险种"),
                 in_sheet_name=True)  # fmt: skip
_EMPLOYER = (
    Column("employer_number", "AAB001", Type.TEXT, "单位编号", "employer number", aliases=("单位编号",), optional=True),
    Column("employer_name", "AAB004", Type.TEXT, "单位名称", "employer", aliases=("单位名称",), optional=True),
)
_START_MONTH = Column(
    "start_month", "AAE041", Type.MONTH, "开始年月", "first month", aliases=("开始年月",), optional=True
)
_END_MONTH = Column("end_month", "AAE042", Type.MONTH, "终止年月(999912 为长期)", "last month; 999912 is open",
                    aliases=("终止年月",), optional=True)  # fmt: skip
_BOOKED = Column("booked_date", "AAE036", Type.DATE, "经办日期", "booked on", aliases=("经办日期",), optional=True)
_CLERK = (
    Column("clerk_name", "AAE011", Type.TEXT, "经办人", "clerk", aliases=("经办人",), personal=Personal.NAME,
           optional=True),
    Column("review_code", "AAE016", Type.CODE, "审核标志", "review", codes=REVIEW, aliases=("审核", "审核标志"),
           optional=True),
    Column("remark", "AAE013", Type.TEXT, "备注", "remark", aliases=("备注",), personal=Personal.SENSITIVE, optional=True),
)  # fmt: skip
# A file with one number only, under the code or the name that elsewhere is the second one.
_ONE_NUMBER = Layout(
    "one_number",
    "只有一个号码(AAC002 或社会保障号码)的文件",
    {"id_number": ("AAC002", *SOCIAL_NUMBER_NAMES), "social_security_number": ()},
)

_PERSON_BLOCK = (
    Column("certificate_kind", "AAC058", Type.TEXT, "证件类型", "kind of certificate", aliases=("证件类型",),
           optional=True),
    Column("sex_code", "AAC004", Type.CODE, "性别", "sex", codes=SEX, aliases=("性别",), optional=True),
    Column("nation", "AAC005", Type.TEXT, "民族(GB/T 3304 代码或名称)", "nation", aliases=("民族",),
           personal=Personal.QUASI, optional=True),
    Column("birth_date", "AAC006", Type.DATE, "出生日期", "birth date", aliases=("出生日期",), personal=Personal.QUASI,
           optional=True),
    Column("first_work_date", "AAC007", Type.DATE, "参加工作日期", "first day of work", aliases=("参加工作日期",),
           optional=True),
    Column("hukou_kind_code", "AAC009", Type.CODE, "户口性质", "kind of hukou", codes=HUKOU_KIND, aliases=("户口性质",),
           optional=True),
    Column("hukou_address", "AAC010", Type.TEXT, "户口所在地址", "address of hukou",
           aliases=("户口所在地址", "户口所在地"), personal=Personal.CONTACT, optional=True),
    Column("education_code", "AAC011", Type.CODE, "文化程度", "education", codes=EDUCATION, aliases=("文化程度",),
           optional=True),
    Column("employment_state", "AAC016", Type.TEXT, "就业状态", "employment state", aliases=("就业状态",), optional=True),
    Column("employment_certificate", "AAC021", Type.TEXT, "就业创业证号", "employment certificate",
           aliases=("就业创业证号",), personal=Personal.ID_NUMBER, optional=True),
    Column("political_status_code", "AAC024", Type.CODE, "政治面貌", "political status", codes=POLITICAL_STATUS,
           aliases=("政治面貌",), personal=Personal.SENSITIVE, optional=True),
    Column("residence_code", "AAB299", Type.TEXT, "常住/户籍区划(至12位)", "region of residence or hukou, up to 12 digits",
           aliases=("常住/户籍区划", "户籍区划"), personal=Personal.QUASI, optional=True),
    Column("town_name", "AAF101", Type.TEXT, "乡镇", "town", aliases=("乡镇", "乡镇(街道)"), optional=True),
    Column("village_name", "AAF102", Type.TEXT, "村", "village", aliases=("村", "村(社区)"), personal=Personal.QUASI,
           optional=True),
    Column("group_name", "AAF103", Type.TEXT, "组", "village group", aliases=("组", "村组"), personal=Personal.QUASI,
           optional=True),
    Column("phone", "AAE005", Type.TEXT, "电话", "phone", aliases=("电话", "联系电话"), personal=Personal.CONTACT,
           optional=True),
    Column("address", "AAE006", Type.TEXT, "地址", "address", aliases=("地址", "联系地址"), personal=Personal.CONTACT,
           optional=True),
    Column("bank_account", "AAE010", Type.TEXT, "银行账号", "bank account", aliases=("银行账号",),
           personal=Personal.SENSITIVE, optional=True),
)  # fmt: skip

PARTICIPATION = SourceTable(
    source="social_insurance",
    entity="participation",
    zh="社会保险参保人员",
    grain="one row per personal number and scheme at the cut date",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        _SCHEME,
        Column("participation_state_code", "AAC008", Type.CODE, "人员参保状态", "participation state",
               codes=PARTICIPATION_STATE, aliases=("人员参保状态", "参保状态")),
        Column("payment_state_code", "AAC031", Type.CODE, "个人缴费状态", "payment state", codes=PAYMENT_STATE,
               aliases=("个人缴费状态", "缴费状态")),
        Column("joined_date", "AAC030", Type.DATE, "参保日期(本次)", "joined on",
               aliases=("参保日期", "参保日期(本次)", "本次参保日期"), optional=True),
        _POOL,
        Column("first_joined_month", "AAC049", Type.MONTH, "首次参保年月", "first ever insured", aliases=("首次参保年月",),
               optional=True),
        Column("identity_code", "AAC066", Type.CODE, "参保身份", "identity under which insured", codes=IDENTITY,
               aliases=("参保身份",), personal=Personal.SENSITIVE, optional=True),
        Column("ended_reason_code", "参保终止原因", Type.CODE, "参保终止原因", "why participation ended",
               codes=PARTICIPATION_END, aliases=("终止原因", "终止参保原因"), personal=Personal.SENSITIVE, optional=True),
        Column("paused_reason_code", "缴费暂停原因", Type.CODE, "缴费暂停原因", "why contributions pause",
               codes=CONTRIBUTION_PAUSE, aliases=("暂停原因", "暂停缴费原因"), optional=True),
        _START_MONTH,
        _END_MONTH,
        Column("start_date", "AAE030", Type.DATE, "开始日期", "from", aliases=("开始日期",), optional=True),
        Column("end_date", "AAE031", Type.DATE, "终止日期", "until", aliases=("终止日期",), optional=True),
        Column("death_date", "AAE037", Type.DATE, "死亡日期", "date of death", aliases=("死亡日期", "死亡时间"),
               personal=Personal.SENSITIVE, optional=True),
        Column("is_valid", "AAE100", Type.FLAG, "有效标志", "valid", aliases=("有效标志",), optional=True),
        *_EMPLOYER,
        Column("employer_kind", "AAB019", Type.TEXT, "单位类型", "kind of employer", aliases=("单位类型",), optional=True),
        Column("employer_credit_code", "AAB998", Type.TEXT, "统一社会信用代码", "credit code of the employer",
               aliases=("统一社会信用代码", "统一信用代码", "统一信用代码/组织机构代码"), optional=True),
        Column("organisation_code", "AAB003", Type.TEXT, "组织机构代码", "organisation code of the employer",
               aliases=("组织机构代码",), optional=True),
        _SOCIAL_NUMBER,
        *_PERSON_BLOCK,
        _BOOKED,
        *_CLERK,
    ),
    key=("person_number", "scheme_code"),
    county="pool_code",
    file_stem="养老参保",
    format=Format.CSV_UTF8,
    layouts=(_ONE_NUMBER,),
)  # fmt: skip

PAYMENT = SourceTable(
    source="social_insurance",
    entity="payment",
    zh="城乡居民养老保险缴费明细",
    grain="one row per personal number, premium year and payment item",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        Column("premium_year", "AAE003", Type.INTEGER, "费款所属年度", "premium year",
               aliases=("费款所属年度", "费款所属期", "对应年度", "缴费年度"), unit="年"),
        Column("payment_item_code", "AAE341", Type.CODE, "缴费项目", "payment item", codes=PAYMENT_ITEM,
               aliases=("缴费项目",)),
        Column("paid_amount", "AAE020", Type.AMOUNT, "缴费金额", "amount paid", unit="元", aliases=("缴费金额", "实缴金额", "金额"),
               personal=Personal.SENSITIVE),
        _BOOKED,
        _POOL,
        Column("payment_type_code", "AAA115", Type.CODE, "缴费类型", "kind of payment", codes=PAYMENT_TYPE,
               aliases=("缴费类型",), optional=True),
        Column("scheme_code", "AAE140", Type.CODE, "险种类型(空为城乡居民养老)", "scheme; empty: resident pension",
               codes=SCHEME, aliases=("险种类型", "险种"), optional=True),
        Column("identity_code", "AAC066", Type.CODE, "参保身份", "identity under which insured", codes=IDENTITY,
               aliases=("参保身份",), personal=Personal.SENSITIVE, optional=True),
        _START_MONTH,
        _END_MONTH,
        _SOCIAL_NUMBER,
        *_CLERK,
    ),
    key=("person_number", "premium_year", "payment_item_code"),
    county="pool_code",
    file_stem="居保缴费明细",
    format=Format.CSV_UTF8,
    time=TimeNature.YEAR,
    layouts=(_ONE_NUMBER,),
)  # fmt: skip

CONTRIBUTION = SourceTable(
    source="social_insurance",
    entity="contribution",
    zh="单位职工社会保险缴费明细",
    grain="one row per personal number, scheme and month for which something was paid in the quarter",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        _SCHEME,
        Column("period_month", "AAE003", Type.MONTH, "费款所属期(年月)", "month for which is paid",
               aliases=("费款所属期", "费款所属年月", "对应费款所属期")),
        Column("payment_type_code", "AAA115", Type.CODE, "缴费类型", "kind of payment", codes=PAYMENT_TYPE,
               aliases=("缴费类型",), optional=True),
        Column("base_amount", "缴费基数", Type.AMOUNT, "缴费基数", "contribution base", unit="元",
               aliases=("AAE180",), personal=Personal.SENSITIVE, optional=True),
        Column("personal_amount", "个人缴费金额", Type.AMOUNT, "个人缴费金额", "paid by the person", unit="元",
               aliases=("个人缴纳", "个人缴费"), personal=Personal.SENSITIVE, optional=True),
        Column("employer_amount", "单位缴费金额", Type.AMOUNT, "单位缴费金额", "paid by the employer", unit="元",
               aliases=("单位缴纳", "单位缴费"), personal=Personal.SENSITIVE, optional=True),
        *_EMPLOYER,
        _BOOKED,
        _SOCIAL_NUMBER,
        _POOL,
    ),
    key=("person_number", "scheme_code", "period_month"),
    county="pool_code",
    file_stem="职工缴费明细",
    format=Format.CSV_UTF8,
    optional=True,
    time=TimeNature.QUARTER,
    dated_by="period_month",
    layouts=(_ONE_NUMBER,),
)  # fmt: skip

BENEFIT = SourceTable(
    source="social_insurance",
    entity="benefit",
    zh="社会保险待遇发放(养老待遇、失业保险金等)",
    grain="one row per personal number, scheme and benefit month, or one for the span of months it names",
    columns=(
        _NUMBER,
        _ID_NUMBER,
        _NAME,
        _SCHEME,
        Column("benefit_state_code", "AAE116", Type.CODE, "待遇发放状态", "state of the benefit", codes=BENEFIT_STATE,
               aliases=("待遇发放状态", "发放状态"), personal=Personal.SENSITIVE),
        Column("benefit_month", "待遇所属年月", Type.MONTH, "待遇所属年月", "month for which is paid",
               aliases=("AAE003", "待遇年月", "待遇月份", "发放年月", "所属期"), optional=True),
        Column("pay_mark_code", "AAE117", Type.CODE, "支付标志", "payment mark", codes=PAY_MARK, aliases=("支付标志",),
               optional=True),
        Column("benefit_amount", "待遇金额", Type.AMOUNT, "待遇金额", "benefit paid", unit="元",
               aliases=("AAE019", "发放金额", "月待遇金额"), personal=Personal.SENSITIVE,
               optional=True),
        Column("basic_amount", "基础养老金", Type.AMOUNT, "其中:基础养老金", "of it the basic pension", unit="元",
               personal=Personal.SENSITIVE, optional=True),
        Column("months_paid", "发放月数", Type.INTEGER, "发放月数", "months paid", unit="月",
               aliases=("月数", "已领月数"), optional=True),
        Column("months_granted", "核定月数", Type.INTEGER, "核定月数(失业保险金)", "months granted", unit="月",
               aliases=("享受月数", "应领月数"), optional=True),
        _START_MONTH,
        _END_MONTH,
        Column("ended_reason_code", "待遇终止原因", Type.CODE, "待遇终止原因", "why the benefit ended", codes=BENEFIT_END,
               aliases=("终止原因",), personal=Personal.SENSITIVE, optional=True),
        Column("paused_reason_code", "待遇暂停原因", Type.CODE, "待遇暂停原因", "why the benefit is paused",
               codes=BENEFIT_PAUSE, aliases=("暂停原因",), personal=Personal.SENSITIVE, optional=True),
        Column("death_date", "AAE037", Type.DATE, "死亡日期", "date of death", aliases=("死亡日期", "死亡时间"),
               personal=Personal.SENSITIVE, optional=True),
        Column("bank_account", "AAE010", Type.TEXT, "银行账号", "bank account", aliases=("银行账号",),
               personal=Personal.SENSITIVE, optional=True),
        _SOCIAL_NUMBER,
        _BOOKED,
        *_CLERK,
        _POOL,
    ),
    key=("person_number", "scheme_code"),
    county="pool_code",
    file_stem="待遇发放",
    format=Format.CSV_UTF8,
    optional=True,
    time=TimeNature.QUARTER,
    dated_by="benefit_month",
    layouts=(_ONE_NUMBER,),
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
    tables=(PARTICIPATION, PAYMENT, CONTRIBUTION, BENEFIT),
)
