"""Checks of pensions and of premiums that government pays. Source: domain.md §5.4, §5.5."""

from pipelines.measures.checks.declared import Check

_REGISTER, _SOCIAL, _CIVIL = "poverty_register", "social_insurance", "civil_affairs"

PENSION = (
    Check(
        "C01", "应保未保", "should be insured and is not",
        "建档立卡、年满16周岁、无核减事由,未参加任何基本养老保险",
        {"not_insured": "未查到任何基本养老保险"},
        "请核实是否已在外省或其他制度参保、是否有核减事由;确未参保的,动员并协助参保",
        "I1 G12 O10", "农保处、省社保中心", (_REGISTER, _SOCIAL),
    ),
    Check(
        "C02", "到龄未领", "of age and drawing no pension",
        "建档立卡、年满60周岁且过宽限月数、无核减事由、不在职工(机关)养老保险,参加居民养老保险(含暂停待遇)或从未参保,参保状态与发放明细均无正在领取的养老待遇;"
        "参保已终止的归入 C01",
        {"insured_not_drawing": "参加居民养老保险,到龄未领取", "never_insured": "到龄,从未参保也未领取"},
        "请核实是否已在外地领取、是否需补缴;符合条件的,协助办理待遇申领",
        "I1", "农保处、省社保中心", (_REGISTER, _SOCIAL),
    ),
    Check(
        "C03", "应代缴未代缴", "premium due from government and not paid",
        "上年第四季度属应代缴人员而未代缴的,于次年第一季度(3月31日)结清时仍无该费款所属年度的政府代缴记录;此后各季滚存,至查到代缴为止;已死亡的不列;"
        "参保情况以上年末为准",
        {"not_insured": "未参加居民养老保险", "insured_not_paid": "已参保未代缴"},
        "请核实身份认定时间与代缴台账;应代缴的,协助参保并补代缴",
        "I3", "农保处、省社保中心", (_REGISTER, _CIVIL, _SOCIAL),
    ),
    Check(
        "C04", "不符合条件代缴", "premium paid for somebody not entitled",
        "本年度有政府代缴记录(已退收的除外),但首次查到该记录的季度及年内上一季度均不属未标注脱贫(含预脱贫、返贫)、低保、特困、重度残疾(一、二级);"
        "残联未报送的县,登记册健康状况为残疾或不明的不列",
        {"not_entitled": "代缴年度内未查到应代缴身份"},
        "请核实当年身份认定材料;身份成立的补录,确不符合的按规定处理代缴款",
        "I3 O12", "农保处", (_REGISTER, _CIVIL, _SOCIAL),
    ),
    Check(
        "C05", "重复代缴", "premium paid twice by government",
        "同一费款所属年度有两笔以上政府代缴(扣除退收),来自不同县区或不同参保身份;代缴之外本人另行缴费不算;金额为首笔以外各笔",
        {"paid_twice": "同一年度重复代缴"},
        "请核实两笔代缴的统筹区与身份;确属重复的,按规定退还一笔",
        "I3 O12", "农保处", (_SOCIAL,),
    ),
    Check(
        "C06", "居保×职保重复参保", "in resident and employee pension in the same months",
        "职工(机关)养老保险有缴费的月份,同时为本人缴纳的居民养老保险费所覆盖:缴费明细写明起止年月的,以起止年月为准;未写明的按全年计,"
        "但仅限两个制度目前均为正常缴费的人员(年内转换制度的不列);已退收的不算",
        {"both_schemes": "居保与职保缴费月份重叠"},
        "请核实缴费月份;以职工养老保险为准,居民养老保险个人部分按规定退还",
        "I1", "农保处、养老处", (_SOCIAL,),
    ),
    Check(
        "C07", "重复领取", "drawing two pensions in one month",
        "同一月份在两个险种或两个个人编号下实付养老待遇;月数、金额计第一份(职工、机关在先)以外的各份;一行含多个月的按发放月数,至多三个月",
        {"two_benefits": "同一月份领取两份养老待遇"},
        "请核实两份待遇是否同属一人;确属重复领取的,按规定暂停一份并清退",
        "O12", "省社保中心", (_SOCIAL,),
    ),
    Check(
        "C08", "死亡后仍发放", "benefit paid after the month of death",
        "实付养老待遇的所属月份晚于名单所示死亡月份(多个日期取最早);含上季度在册、本季度已退出各名册的死亡人员;一行含多个月的按发放月数,至多三个月,只计死亡次月以后",
        {"paid_after_death": "死亡次月起仍有待遇发放"},
        "请核实是否健在与死亡日期;确已死亡的,停发并按月数、金额追回",
        "O12", "省社保中心", (_SOCIAL, "deaths"),
    ),
    Check(
        "C09", "服刑期间领取待遇", "benefit paid during a sentence served inside",
        "实付养老待遇的所属月份整月在监狱或看守所服刑(缓刑、监外执行、假释、管制除外),已释放的至释放前一日;一行含多个月的按发放月数,至多三个月",
        {"paid_in_prison": "在监服刑期间有待遇发放"},
        "请核实服刑起止与执行方式;确在监服刑的,按规定暂停待遇",
        "O12", "省社保中心", (_SOCIAL, "prison"),
    ),
    Check(
        "C24", "参保标识不符", "the register's insurance flags against the insurers' files",
        "登记册手填的参保标识与社保、医保系统不一致:填已参加(居民或职工)养老保险而查无任何养老保险,或已参保而两项标识均非「是」;填已参加居民医保而查无正常参保,"
        "或居民医保正常参保而填「否」;标识为空的不比,死亡人员不比,只比双方均已报送的县",
        {
            "pension_claimed_not_found": "登记册填已参加养老保险,社保系统未查到",
            "pension_found_not_claimed": "社保系统已参加养老保险,登记册填未参加",
            "medical_claimed_not_found": "登记册填已参加居民医保,医保系统未查到",
            "medical_found_not_claimed": "医保系统已参保,登记册填未参加居民医保",
        },
        "请扶贫办核实并更正登记册标识;以社保、医保系统为准",
        "I1 I12", "农保处、信息中心", (_REGISTER, _SOCIAL, "medical_insurance"),
    ),
    Check(
        "C35", "低于最低待遇标准", "pension below the minimum",
        "实付居民养老待遇中基础养老金(明细未列的,以待遇总额计)低于最低标准;金额为差额",
        {"below_minimum": "基础养老金低于最低标准"},
        "请核实是否漏调标准或为部分月份发放;应补发的补发",
        "I7", "农保处", (_SOCIAL,),
    ),
    Check(
        "C37", "行动不便上门", "immobile people with something due",
        "建档立卡人员中登记册健康状况为长期慢性病、大病、残疾,或持有效残疾人证,或80周岁以上(名册未直接标明行动不便,以此代替),有参保、认证或待遇申领待办",
        {"enrolment_due": "应保未保,待上门办理参保", "benefit_due": "已参保,到龄未领,待上门办理待遇", "certificate_due": "因未提供生存证明暂停待遇,待上门认证"},
        "请安排上门服务",
        "I6", "农保处、省社保中心", (_REGISTER, _SOCIAL),
    ),
)  # fmt: skip
