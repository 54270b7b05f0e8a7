"""Checks of employment, training, subsidies, carriers and unemployment benefit. Source: domain.md §5.4."""

from pipelines.measures.checks.declared import Check

_REGISTER, _PLATFORM, _SOCIAL = "poverty_register", "employment_platform", "social_insurance"

EMPLOYMENT = (
    Check(
        "C10", "在校×就业", "at school and employed by a unit",
        "全日制正式学籍,入学后单位就业,本季度单位为其缴纳职工养老保险(临近毕业的实习期、新型学徒除外)",
        {"student_employed": "在校期间单位就业并参保"},
        "请核实学籍与就业登记哪一项未更新",
        "O9 E1", "职建处、省就业局", ("technical_school", _PLATFORM, _SOCIAL),
    ),
    Check(
        "C11", "领取失业金×就业", "unemployment benefit while employed",
        "已发失业保险金的月份,同时有单位缴纳的职工养老、失业保险,或整月有就业登记(务农除外)",
        {"benefit_while_employed": "领取失业金月份有就业"},
        "请核实再就业时间;确已就业的,停发并按规定处理",
        "I11", "就业处", (_SOCIAL, _PLATFORM),
    ),
    Check(
        "C12", "登记就业但无参保或用工记录", "said to be employed, with no trace of it",
        "平台登记省内单位就业,连续两个季度没有工资、合同,也查不到单位参保缴费",
        {"no_trace": "连续两个季度登记省内单位就业,无参保、工资、合同"},
        "请核实是否仍在该单位就业,更新就业信息",
        "O7 I10", "省就业局", (_PLATFORM, _SOCIAL),
    ),
    Check(
        "C13", "登记未就业但有参保缴费", "said to be unemployed, insured by a unit",
        "季末月以前平台已登记未就业,但季末月有单位为其缴纳职工养老保险(个人缴费的灵活就业人员除外)",
        {"insured_by_unit": "登记未就业,单位为其缴纳职工养老保险"},
        "请核实就业状态,更新平台登记",
        "O7", "省就业局", (_PLATFORM, _SOCIAL),
    ),
    Check(
        "C14", "求职补贴", "job-seeking allowance",
        "建档立卡人员有组织到户籍县以外就业,过发放期限仍未发;已发,而平台所有就业均在县内或非有组织;同一人多次发放",
        {"due_not_paid": "符合条件未发放", "paid_not_due": "已发放,未查到有组织的县外就业", "paid_twice": "多次发放"},
        "请核实外出务工与补贴发放记录",
        "E15", "省就业局、农民工处", (_REGISTER, _PLATFORM),
    ),
    Check(
        "C15", "培训生活费补贴", "living allowance of trainees",
        "培训有出勤,过发放期限仍未付生活费;已付与出勤天数×标准不符;已付而无出勤的培训;两班时间重叠;在校、服刑或死亡后参训",
        {"due_not_paid": "参训未付生活费", "amount_differs": "已付金额与出勤天数×标准不符", "paid_without_attendance": "已付,无出勤记录", "overlapping": "两个培训班时间重叠",
         "trained_when_away": "在校、服刑或死亡后仍有参训记录"},
        "请核实签到、考勤与发放凭证",
        "K2 K7", "职建处、省就业局", (_REGISTER, _PLATFORM),
    ),
    Check(
        "C22", "公益性岗位", "public-welfare posts",
        "在岗人员名单显示已死亡、超龄、兼两岗、超期,或季末月由其他单位缴纳职工养老保险;专岗在岗人员不在登记册",
        {"dead": "在岗人员名单显示已死亡", "over_age": "超过年龄", "two_posts": "兼两个岗位", "over_term": "超过期限",
         "on_payroll": "同时由其他单位缴纳职工养老保险", "not_registered": "专岗在岗人员不在登记册"},
        "请核实在岗情况与岗位期限,更新岗位台账",
        "E18 E19", "省就业局", (_REGISTER, _PLATFORM, _SOCIAL),
    ),
    Check(
        "C23", "就业扶贫载体", "carriers",
        "平台所示载体贫困用工不在登记册;一人同时在两个载体;连续两个季度平台未见贫困用工,载体也未申报",
        {"worker_not_registered": "按贫困劳动力申报的用工不在登记册", "worker_in_two": "一人在两个载体", "no_poor_worker": "两个季度无贫困用工"},
        "请核实载体用工名册(其他用工非贫困户属正常)",
        "E6 E9", "省就业局", (_REGISTER, _PLATFORM), "carrier",
    ),
    Check(
        "C29", "未就业有意愿未服务", "unemployed, willing, not served",
        "未就业且有就业意愿的贫困劳动力,本季度没有任何公共就业服务记录(服刑、现役、户口已不在省内的除外)",
        {"not_served": "有就业意愿,本季度无服务记录"},
        "请安排职业指导、职业介绍等服务",
        "E3", "省就业局、市场处", (_REGISTER, _PLATFORM),
    ),
    Check(
        "C30", "就业后未参保", "employed by a unit and not insured",
        "省内单位就业满30日的贫困劳动力,查不到职工养老、失业或工伤保险(在省外就业的,省内查不到,不列)",
        {"no_pension": "无职工养老保险", "no_unemployment": "无失业保险", "no_injury": "无工伤保险"},
        "请核实劳动关系;督促单位依法参保",
        "I10", "就业处", (_REGISTER, _PLATFORM, _SOCIAL),
    ),
    Check(
        "C31", "失业金应发未发", "unemployment benefit due and not claimed",
        "参加失业保险满一年、非本人意愿中断就业并登记失业、现未就业未领养老待遇的贫困劳动力,失业以来未领取失业保险金",
        {"not_claimed": "符合条件未领取"},
        "请核实缴费月数(农民合同制工人可能适用一次性生活补助),告知本人申领条件并协助办理",
        "I11", "就业处", (_REGISTER, _PLATFORM, _SOCIAL),
    ),
    Check(
        "C32", "车间补贴", "workshop subsidies",
        "台账标为符合条件的在办扶贫车间,一个补贴周期内未获补贴;本年已获补贴的车间,台账标为不符合条件",
        {"qualified_not_paid": "符合条件未获补贴", "paid_not_qualified": "本年已获补贴,台账标为不符合条件"},
        "请核实载体认定与补贴发放记录",
        "E9", "省就业局", (_PLATFORM,), "carrier",
    ),
    Check(
        "C33", "组织输出服务补助", "service subsidy to organisers",
        "本年各组织机构在一县申报的输出人数合计,多于平台所示该县人员本年有组织县外就业人次",
        {"claimed_more": "所在县申报输出人数合计多于可核实人次"},
        "请核实输出人员名册",
        "E16", "省就业局", (_PLATFORM,), "organisation",
    ),
    Check(
        "C34", "创业稳定就业", "start-ups that kept a poor worker for a year",
        "返乡创业带动就业的建档立卡人员在岗满12个月,未见创业实体获得奖补(政策为「可给予」,并非应得)",
        {"award_open": "满12个月,未见奖补"},
        "请研究是否给予奖补",
        "E21", "省就业局、创贷中心", (_REGISTER, _PLATFORM),
    ),
)  # fmt: skip
