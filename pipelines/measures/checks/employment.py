"""Checks of employment, training, subsidies, carriers and unemployment benefit. Source: domain.md §5.4."""

from pipelines.measures.checks.declared import Check

_REGISTER, _PLATFORM, _SOCIAL = "poverty_register", "employment_platform", "social_insurance"

EMPLOYMENT = (
    Check(
        "C10", "在校×就业", "at school and employed by a unit",
        "全日制正式学籍,同时单位就业并参保(实习、新型学徒除外)",
        {"student_employed": "在校期间单位就业并参保"},
        "请核实学籍与就业登记哪一项未更新",
        "O9 E1", "职建处、省就业局", ("technical_school", _PLATFORM, _SOCIAL),
    ),
    Check(
        "C11", "领取失业金×就业", "unemployment benefit while employed",
        "领取失业保险金的月份同时有职工保险缴费或就业登记",
        {"benefit_while_employed": "领取失业金月份有就业"},
        "请核实再就业时间;确已就业的,停发并按规定处理",
        "I11", "就业处", (_SOCIAL, _PLATFORM),
    ),
    Check(
        "C12", "登记就业但无参保或用工记录", "said to be employed, with no trace of it",
        "平台登记省内单位就业,连续两个季度无参保、工资、合同记录",
        {"no_trace": "登记省内单位就业,无参保、工资、合同"},
        "请核实是否仍在该单位就业,更新就业信息",
        "O7 I10", "省就业局", (_PLATFORM, _SOCIAL),
    ),
    Check(
        "C13", "登记未就业但有参保缴费", "said to be unemployed, insured by a unit",
        "平台登记未就业,但有单位职工养老保险缴费(灵活就业人员除外)",
        {"insured_by_unit": "登记未就业,单位为其缴纳职工养老保险"},
        "请核实就业状态,更新平台登记",
        "O7", "省就业局", (_PLATFORM, _SOCIAL),
    ),
    Check(
        "C14", "求职补贴", "job-seeking allowance",
        "有组织到县外就业应发未发;未到县外或非有组织而已发;同一人多次发放",
        {"due_not_paid": "符合条件未发放", "paid_not_due": "已发放,未查到有组织的县外就业", "paid_twice": "多次发放"},
        "请核实外出务工与补贴发放记录",
        "E15", "省就业局、农民工处", (_PLATFORM,),
    ),
    Check(
        "C15", "培训生活费补贴", "living allowance of trainees",
        "培训出勤天数与已付补贴不符;未出勤而已付;两班时间重叠;在校、服刑或死亡后参训",
        {"due_not_paid": "参训未付生活费", "paid_without_attendance": "已付,无出勤记录", "overlapping": "两个培训班时间重叠",
         "trained_when_away": "在校、服刑或死亡后仍有参训记录"},
        "请核实签到、考勤与发放凭证",
        "K2 K7", "职建处、省就业局", (_PLATFORM,),
    ),
    Check(
        "C22", "公益性岗位", "public-welfare posts",
        "在岗人员已死亡、超龄、兼两岗、超期,或同时在单位参保;专岗在岗人员不在登记册",
        {"dead": "在岗人员名单显示已死亡", "over_age": "超过年龄", "two_posts": "兼两个岗位", "over_term": "超过期限",
         "on_payroll": "同时由单位缴纳职工养老保险", "not_registered": "专岗在岗人员不在登记册"},
        "请核实在岗情况与岗位期限,更新岗位台账",
        "E18 E19", "省就业局", (_PLATFORM,),
    ),
    Check(
        "C23", "就业扶贫载体", "carriers",
        "申报或领取补贴的贫困用工不在登记册;一人在两个载体;连续两个季度无贫困用工",
        {"worker_not_registered": "按贫困劳动力申报的用工不在登记册", "worker_in_two": "一人在两个载体", "no_poor_worker": "两个季度无贫困用工"},
        "请核实载体用工名册(其他用工非贫困户属正常)",
        "E6 E9", "省就业局", (_REGISTER, _PLATFORM), "carrier",
    ),
    Check(
        "C29", "未就业有意愿未服务", "unemployed, willing, not served",
        "未就业且有就业意愿的贫困劳动力,本季度没有任何公共就业服务",
        {"not_served": "有就业意愿,本季度无服务记录"},
        "请安排职业指导、职业介绍等服务",
        "E3", "省就业局、市场处", (_REGISTER, _PLATFORM),
    ),
    Check(
        "C30", "就业后未参保", "employed by a unit and not insured",
        "单位就业的贫困劳动力未参加职工养老、失业或工伤保险",
        {"no_pension": "无职工养老保险", "no_unemployment": "无失业保险", "no_injury": "无工伤保险"},
        "请核实劳动关系;督促单位依法参保",
        "I10", "就业处", (_REGISTER, _PLATFORM, _SOCIAL),
    ),
    Check(
        "C31", "失业金应发未发", "unemployment benefit due and not claimed",
        "参加失业保险满一年、非本人意愿失业并登记,未领取失业保险金",
        {"not_claimed": "符合条件未领取"},
        "请告知本人申领条件并协助办理",
        "I11", "就业处", (_REGISTER, _PLATFORM, _SOCIAL),
    ),
    Check(
        "C32", "车间补贴", "workshop subsidies",
        "符合条件的载体未获补贴;已获补贴的载体不符合条件",
        {"qualified_not_paid": "符合条件未获补贴", "paid_not_qualified": "已获补贴,台账未标符合条件"},
        "请核实载体认定与补贴发放记录",
        "E9", "省就业局", (_PLATFORM,), "carrier",
    ),
    Check(
        "C33", "组织输出服务补助", "service subsidy to organisers",
        "组织机构申报的输出人数多于核实到的有组织县外就业人数",
        {"claimed_more": "申报人数多于可核实人数"},
        "请核实输出人员名册",
        "E16", "省就业局", (_PLATFORM,), "organisation",
    ),
    Check(
        "C34", "创业稳定就业", "start-ups that kept a poor worker for a year",
        "创业实体吸纳贫困劳动力满12个月,尚未考虑奖补(政策为「可给予」)",
        {"award_open": "满12个月,未见奖补"},
        "请研究是否给予奖补",
        "E21", "省就业局、创贷中心", (_REGISTER, _PLATFORM),
    ),
)  # fmt: skip
