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
        "建档立卡、年满60周岁且过宽限月数、无核减事由,参加居民养老保险或从未参保,未领取任何养老待遇",
        {"insured_not_drawing": "参加居民养老保险,到龄未领取", "never_insured": "到龄,未参保也未领取"},
        "请核实是否已在外地领取、是否需补缴;符合条件的,协助办理待遇申领",
        "I1", "农保处、省社保中心", (_REGISTER, _SOCIAL),
    ),
    Check(
        "C03", "应代缴未代缴", "premium due from government and not paid",
        "应代缴人员,上一费款所属年度结清后(次年3月31日)仍无政府代缴记录",
        {"not_insured": "未参保", "insured_not_paid": "已参保未代缴"},
        "请核实身份认定时间与代缴台账;应代缴的,协助参保并补代缴",
        "I3", "农保处、省社保中心", (_REGISTER, _CIVIL, _SOCIAL),
    ),
    Check(
        "C04", "不符合条件代缴", "premium paid for somebody not entitled",
        "本年度有政府代缴记录,但当年不属未标注脱贫、低保、特困、重度残疾",
        {"not_entitled": "代缴年度内未查到应代缴身份"},
        "请核实当年身份认定材料;身份成立的补录,确不符合的按规定处理代缴款",
        "I3 O12", "农保处", (_REGISTER, _CIVIL, _SOCIAL),
    ),
    Check(
        "C05", "重复代缴", "premium paid twice by government",
        "同一费款所属年度有两笔以上政府代缴,来自不同统筹区或不同身份标识",
        {"paid_twice": "同一年度重复代缴"},
        "请核实两笔代缴的统筹区与身份;确属重复的,按规定退还一笔",
        "I3 O12", "农保处", (_SOCIAL,),
    ),
    Check(
        "C06", "居保×职保重复参保", "in resident and employee pension in the same months",
        "同一月份既缴居民养老保险又缴职工(机关)养老保险",
        {"both_schemes": "居保与职保缴费月份重叠"},
        "请核实缴费月份;以职工养老保险为准,居民养老保险个人部分按规定退还",
        "I1", "农保处、养老处", (_SOCIAL,),
    ),
    Check(
        "C07", "重复领取", "drawing two pensions in one month",
        "同一月份领取两份基本养老待遇",
        {"two_benefits": "同一月份领取两份养老待遇"},
        "请核实两份待遇是否同属一人;确属重复领取的,按规定暂停一份并清退",
        "O12", "省社保中心", (_SOCIAL,),
    ),
    Check(
        "C08", "死亡后仍发放", "benefit paid after the month of death",
        "养老待遇发放月份晚于死亡月份",
        {"paid_after_death": "死亡次月起仍有待遇发放"},
        "请核实是否健在与死亡日期;确已死亡的,停发并按月数、金额追回",
        "O12", "省社保中心", (_SOCIAL, "deaths"),
    ),
    Check(
        "C09", "服刑期间领取待遇", "benefit paid during a sentence served inside",
        "在监服刑期间(缓刑、监外执行除外)有养老待遇发放",
        {"paid_in_prison": "在监服刑期间有待遇发放"},
        "请核实服刑起止与执行方式;确在监服刑的,按规定暂停待遇",
        "O12", "省社保中心", (_SOCIAL, "prison"),
    ),
    Check(
        "C24", "参保标识不符", "the register's insurance flags against the insurers' files",
        "登记册手填的参保标识与社保、医保系统不一致",
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
        "居民养老待遇中基础养老金低于当地当时最低标准",
        {"below_minimum": "基础养老金低于最低标准"},
        "请核实是否漏调标准或为部分月份发放;应补发的补发",
        "I7", "农保处", (_SOCIAL,),
    ),
    Check(
        "C37", "行动不便上门", "immobile people with something due",
        "行动不便(残疾、重病或80周岁以上)的建档立卡人员,有参保、认证或待遇申领待办",
        {"enrolment_due": "应保未保,待上门办理参保", "benefit_due": "到龄未领,待上门办理待遇", "certificate_due": "因未提供生存证明暂停待遇,待上门认证"},
        "请安排上门服务",
        "I6", "农保处、省社保中心", (_REGISTER, _SOCIAL),
    ),
)  # fmt: skip
