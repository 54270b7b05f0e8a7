"""Checks of medical insurance and settlement. Source: domain.md §5.4."""

from pipelines.measures.checks.declared import Check

_REGISTER, _MEDICAL = "poverty_register", "medical_insurance"

MEDICAL = (
    Check(
        "C21", "医保未参保、重复、身份标识缺失", "not insured, insured twice, no flag of poverty",
        "健在的建档立卡人员(未参保一项扣除现役、服刑、出国定居),在医保系统中未正常参保,或在两个人员编号、两个险种下同时正常参保,或参保而参保行与身份信息均无贫困标识",
        {"not_insured": "未查到正常参保", "insured_twice": "两处同时正常参保", "no_poor_mark": "参保但无贫困身份标识"},
        "请核实是否在省外参保、现役或服刑;未参保的协助参保,重复的保留一处,标识缺失的补标",
        "I12", "医保处、信息中心", (_REGISTER, _MEDICAL),
    ),
    Check(
        "C26", "一站式结算", "not settled in one stop",
        "建档立卡人员在本县住院,本期有手工报销或补充报销的结算,列出同一次住院的全部结算;金额为手工、补充结算中各项基金支付",
        {"settled_by_hand": "县域内住院有手工结算"},
        "请核实未能一站式结算的原因(系统、身份标识、窗口);层次未达起付线不算",
        "I13", "医保处", (_REGISTER, _MEDICAL),
    ),
    Check(
        "C36", "自缴医保费", "paid the premium that government covers",
        "建档立卡人员本人缴纳了本年度或下一年度居民医保费(全额退回的除外)",
        {"paid_by_person": "本人缴纳居民医保费"},
        "请核实身份认定时间与缴费时间;应由财政补助的,按规定退还",
        "I12", "医保处", (_REGISTER, _MEDICAL),
    ),
    Check(
        "C25", "财产与工商登记", "property and business registered",
        "建档立卡人员名下有车辆、不动产或企业登记",
        {"property": "有车辆、不动产或企业登记"},
        "转扶贫办核实,不据此核减任何人",
        "G1", "规财处", (_REGISTER,),
    ),
)  # fmt: skip
