"""Checks of school-leavers, technical schools, Yulu aid and examinations. Source: domain.md §5.4."""

from pipelines.measures.checks.declared import Check

_REGISTER, _SCHOOL, _YULU = "poverty_register", "technical_school", "yulu"
_PLATFORM, _REGISTRATION, _EDUCATION = "employment_platform", "technical_registration", "national_student_roll"

SCHOOLS = (
    Check(
        "C16", "两后生", "school-leavers",
        "建档立卡的初高中毕业未升学人员(M36 分母;其他学校在校、现役、服刑、出国境的除外,务工的不除外;有意愿而就读中职的按参数):意愿未登记,或有意愿未就读技工院校",
        {"wish_not_recorded": "就读意愿未登记", "wish_not_enrolled": "有就读意愿,未查到技工院校学籍"},
        "请登记就读意愿;有意愿的,协助联系技工院校",
        "G11", "职建处", (_REGISTER, _SCHOOL, _PLATFORM),
    ),
    Check(
        "C17", "技工在校贫困生未享雨露", "registered full-time students without Yulu aid",
        "技工院校全日制正式学籍的建档立卡学生(M38 分母),本学期无雨露补助发放;申请已在办的,过发放宽限月数才列",
        {"not_applied": "应报未报", "under_review": "审核中或待补正", "approved_not_paid": "已批未发", "refused": "审核未通过或已终止"},
        "请核实申请与发放进度;应报未报的,协助申请",
        "O8 K8", "职建处、信息中心", (_REGISTER, _SCHOOL, _YULU),
    ),
    Check(
        "C18", "享雨露不在籍", "Yulu aid without a roll",
        "本学期雨露补助已发放,学校为技工院校而未查到有效学籍;学校为其他院校(仅限教育部门学籍已报送的县)而教育部门学籍未查到在读",
        {"not_on_roll": "享受雨露补助,无技工院校学籍", "not_on_other_roll": "享受雨露补助,教育部门学籍未查到"},
        "请核实学籍与就读学校(学期内毕业、离校的,核实离校时间;在省外就读的,核实外省学籍)",
        "O8", "职建处、信息中心", (_REGISTER, _SCHOOL, _YULU), also={"not_on_other_roll": (_EDUCATION,)},
    ),
    Check(
        "C19", "学籍标注不符", "the roll's mark against the register",
        "学籍标注建档立卡而不在登记册(省外户籍除外);在登记册而学籍未标任何困难",
        {"mark_without_register": "学籍标注建档立卡,登记册未查到", "register_without_mark": "登记册在册,学籍未标困难"},
        "请学校与扶贫办核实并更正标注",
        "O9", "职建处、信息中心", (_REGISTER, _SCHOOL),
    ),
    Check(
        "C20", "助学金、免学费", "grants and fee waivers",
        "在册贫困生(全日制正式学籍)一、二年级本学期无助学金;任一年级无免学费",
        {"no_grant": "一、二年级无助学金", "no_fee_waiver": "无免学费"},
        "请学校核实资助申请与发放",
        "K8", "职建处", (_REGISTER, _SCHOOL),
    ),
    Check(
        "C27", "考试费减免", "examination fees of the registered poor",
        "公务员考试:登记册中的考生未减免笔试费;已减免的考生不在登记册,也未查到低保、特困",
        {"not_waived": "登记册在册,未减免", "waived_not_registered": "已减免,登记册未查到"},
        "请人事考试中心核实考生身份",
        "H9", "省人事考试中心", (_REGISTER, "exam"),
    ),
    Check(
        "C28", "省学籍×部电子注册", "the roll against the national registration",
        "同一学校的省学籍与部电子注册在存在、状态、学校或层次上不一致(入学未满注册宽限月数、注册截止日之后离校的除外);注册人数与统计报表不一致",
        {"roll_not_registered": "有学籍,无电子注册", "registered_not_on_roll": "有电子注册,无学籍", "differs": "状态、学校或层次不一致",
         "statistic_differs": "注册人数与统计报表不一致"},
        "请学校核实并更正学籍或电子注册",
        "O9 K10", "职建处", (_SCHOOL, _REGISTRATION), "school",
    ),
)  # fmt: skip
