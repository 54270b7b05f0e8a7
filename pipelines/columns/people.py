"""Who is counted: identity and links, the person, work, school, aid and insurance."""

from __future__ import annotations

from pipelines.columns.column import COUNT, FLAG, TEXT, Column, Shown

_TIER = "T1–T3 按证号、T5–T6 按证据、official 经核定的匹配级别,或未匹配原因:no_usable_id 证号不可用、name_conflict 证号同姓名异、no_data 未报送、not_found 未找到"


def _match(system: str, en: str) -> Column:
    return Column(TEXT, f"{system}匹配结果({_TIER})", f"how the person is linked in {en}, or why not")


PEOPLE: dict[str, Column] = {
    # identity
    "record_number": Column(TEXT, "系统内记录号", "the system's own number of the record", Shown.PSEUDONYM),
    "system_rank": Column("INTEGER", "系统优先序", "whose name and place are believed first"),
    "entity": Column(TEXT, "记录种类", "kind of record within the system"),
    "name": Column(TEXT, "姓名", "name as delivered", Shown.ABSENT),
    "name_key": Column(TEXT, "规范化姓名", "normalised name", Shown.ABSENT),
    "name_written": Column(
        TEXT, "去空格后的姓名", "the name as delivered but for blanks, width and case", Shown.ABSENT
    ),
    "name_head": Column(TEXT, "缺字前的姓名", "the name up to the first lost character", Shown.ABSENT),
    "name_tail": Column(TEXT, "缺字后的姓名", "the name after the last lost character", Shown.ABSENT),
    "name_pinyin": Column(TEXT, "姓名拼音(无声调)", "name in tone-less pinyin", Shown.ABSENT),
    "name_sounds": Column(
        TEXT, "姓名的各种读音", "every reading of the name in tone-less pinyin, each between bars", Shown.ABSENT
    ),
    "name_shape": Column(TEXT, "姓名字形(形近字归一)", "the name with look-alike characters made one", Shown.ABSENT),
    "name_sorted": Column(TEXT, "姓名用字(排序)", "the characters of the name in order", Shown.ABSENT),
    "name_first": Column(
        TEXT, "间隔号前的姓名", "the name up to the interpunct, empty where there is none", Shown.ABSENT
    ),
    "name_former": Column(
        TEXT, "曾用名", "former and other names that stand beside the name, each between bars", Shown.ABSENT
    ),
    "has_gap": Column(FLAG, "姓名是否有缺字", "a character was lost and stands as ?"),
    "id_key": Column(TEXT, "有效证件号码(18位)", "valid 18-character ID number", Shown.MASKED),
    "id_prefix": Column(TEXT, "证件号码前六位", "the first six digits of an ID number: the county that gave it"),
    "id_class": Column(TEXT, "证件号码类别", "what the ID cell holds"),
    "id_number": Column(TEXT, "证件号码(原文)", "ID number as delivered", Shown.MASKED),
    "phone": Column(TEXT, "联系电话", "telephone", Shown.ABSENT),
    "quoted_number": Column(
        TEXT,
        "记录所引的登记册人编号",
        "the person's number in the register, as another system quotes it",
        Shown.ABSENT,
    ),
    "social_security_number": Column(
        TEXT,
        "社会保障号码",
        "social-security number, for most people the ID number once more",
        Shown.MASKED,
    ),
    "quoted_id": Column(TEXT, "记录所引的另一证号", "an ID number that the record holds besides its own", Shown.MASKED),
    "namesakes": Column(
        COUNT, "同县同名的其他参保人数", "other insured people of that name in the county; empty where not counted"
    ),
    "is_settled": Column(FLAG, "证号是否已认定此人", "the ID number says who it is (T1 to T3)"),
    "id_tier": Column(TEXT, "按证号的匹配级别", "link tier by ID number alone"),
    "decision": Column(
        TEXT,
        "认定方式",
        "auto: by ID or accepted evidence; review: a suggestion to be judged; must_link, never_link: an official judged",
    ),
    "person_system": Column(TEXT, "代表此人的记录所在系统", "system of the record that stands for the person"),
    "person_record_number": Column(
        TEXT, "代表此人的记录号", "number of the record that stands for the person", Shown.PSEUDONYM
    ),
    "outcome": Column(TEXT, "核定结果:must_link 是同一人、never_link 不是同一人", "what an official decided"),
    "basis": Column(
        TEXT,
        "核定依据:suggestion 待核定建议、draw 自动关联抽查;空:未记录",
        "what was judged: a suggestion, or an automatic link drawn for a check; NULL: not kept",
    ),
    "linked_cluster": Column(
        TEXT, "认定的同一人分组", "the person the record is linked to by this pair; NULL: none", Shown.ABSENT
    ),
    "record_county_code": Column(TEXT, "记录所在县区代码(6位)", "county of the record"),
    "is_queued": Column(FLAG, "是否列入待核定", "officials are asked about it"),
    "points": Column("DECIMAL(6,2)", "证据分", "points of the levels of evidence"),
    "match_weight": Column(
        "DECIMAL(9,2)", "匹配权重(log2)", "log2 of how much likelier the evidence is for one person"
    ),
    "evidence": Column(TEXT, "证据", "what agrees and what differs, level by level"),
    "tier": Column(
        TEXT,
        "匹配级别:T1–T3 按证号、T5–T6 按证据、official 经核定关联;T4 证号同姓名异、no_usable_id 证号不可用、kept_apart 经核定分开;估计表另有 suggestion 待核定建议、all 合计",
        "link tier",
    ),
    "is_link": Column(
        FLAG,
        "是否为一条关联(代表此人的记录除外,同一编号只计一条)",
        "stands for the link of a record to its person, not being the record with which the person stands",
    ),
    "is_waiting": Column(FLAG, "是否有建议待核定", "a suggestion about the record waits for review"),
    "name_group": Column(
        TEXT,
        "姓名分组:minority 带间隔号、han 其他、unknown 无姓名",
        "name with an interpunct (minority), another (han), or none",
    ),
    "id_form": Column(
        TEXT,
        "证号形式:15_digits 原为15位、18_digits 18位、none 无可用证号",
        "digits of the usable ID number as delivered, or none",
    ),
    "name_level": Column(
        TEXT,
        "姓名相符程度:equal 相同、variant 写法不同、gap 缺字、homophone 同音、look_alike 形近、one_character 差一字、"
        "minority_part 间隔号处截断、former_name 曾用名、swapped 字序不同、different 明显不同、missing 无姓名",
        "how the name agrees with that of the ID's holder",
    ),
    "cluster": Column(TEXT, "同一人分组", "records that are one person in this quarter", Shown.ABSENT),
    "anchor": Column(TEXT, "人员锚点", "what a person is recognised by from quarter to quarter", Shown.ABSENT),
    "first_quarter": Column(TEXT, "首次出现季度", "quarter in which the person was first seen"),
    "since_quarter": Column(TEXT, "锚点生效季度", "quarter from which the anchor names this person"),
    "person_key": Column(
        TEXT,
        "人员内部键(仓库与名单中为假名)",
        "stable key of a person; outside the lake its pseudonym",
        Shown.PSEUDONYM,
    ),
    "other_person_key": Column(
        TEXT, "另一人员内部键(上季度)", "the key that named the same records last quarter", Shown.PSEUDONYM
    ),
    "event_code": Column(
        TEXT,
        "事件:merged 合并(另一人并入此人)、split 拆分(另一人仍在,部分记录归此人)、replaced 换键(同一人改用此键)",
        "merged: another person is this one now; split: the other person goes on without these records;"
        " replaced: this key took the other's place",
    ),
    "cause_code": Column(
        TEXT,
        "依据:official 人工核定、evidence 按证据(T5、T6)、id_number 证号或登记册人编号",
        "what it rests on: an official's decision, evidence (T5, T6), or numbers",
    ),
    "register_number": Column(TEXT, "登记册人编号", "person number in the poverty register", Shown.ABSENT),
    "is_registered": Column(FLAG, "是否建档立卡", "registered poor"),
    # person
    "birth_date": Column("DATE", "出生日期", "birth date, from the ID number", Shown.ABSENT),
    "age": Column("INTEGER", "季末周岁", "completed years at the quarter's last day"),
    "age_band": Column(TEXT, "年龄段", "age band"),
    "sex_code": Column(TEXT, "性别(1男2女)", "sex"),
    "nation_group": Column(TEXT, "民族分组", "han, minority or unknown"),
    "household_number": Column(TEXT, "户编号", "household number"),
    "family_number": Column(TEXT, "家庭编号(民政)", "family number of civil affairs"),
    "kin_household_number": Column(
        TEXT, "家庭其他成员所在的户编号", "household of the register in which the record's family stands"
    ),
    "relation_code": Column(TEXT, "与户主关系", "relation to the head"),
    "education_code": Column(TEXT, "文化程度", "education"),
    "student_status_code": Column(TEXT, "在校生状况", "student status in the register"),
    "health_code": Column(TEXT, "健康状况", "health"),
    "labour_skill_code": Column(TEXT, "劳动技能", "labour skill"),
    "poverty_status_code": Column(TEXT, "脱贫属性", "poverty status"),
    "household_attribute_code": Column(TEXT, "贫困户属性", "household attribute"),
    "is_pension_claimed": Column(FLAG, "登记册手填养老参保标识", "pension flag entered by hand in the register"),
    "is_student": Column(
        FLAG, "是否在校", "at school, by register, technical-school or education department's full-time roll"
    ),
    "is_barred_from_pension": Column(
        FLAG, "不在养老参保范围", "too young for a pension scheme, or at school by the register"
    ),
    "is_dead": Column(FLAG, "名单显示已死亡", "dead by the list of deaths or the police"),
    "is_imprisoned": Column(FLAG, "名单显示在监服刑", "serves a sentence inside"),
    "is_in_army": Column(FLAG, "名单显示现役", "serves in the army"),
    "is_emigrated": Column(FLAG, "名单显示出国(境)定居", "hukou cancelled for settling abroad"),
    "is_hukou_gone": Column(FLAG, "名单显示户口迁出省外或注销", "hukou moved out of the province or cancelled"),
    "has_pension_benefit": Column(FLAG, "是否领取养老待遇", "draws a pension of any basic scheme"),
    "has_pension_benefit_sure": Column(
        FLAG, "不靠证据关联也领取养老待遇", "draws one whatever links by evidence are worth"
    ),
    "has_pension_benefit_possible": Column(
        FLAG, "待核定的建议都成立则领取养老待遇", "draws one if every suggestion that waits were right"
    ),
    "is_severely_disabled": Column(FLAG, "是否重度残疾人(一、二级)", "holds a disability certificate of grade 1 or 2"),
    "is_found_covered": Column(FLAG, "核查反馈为已参保", "found by a visit to be in a basic pension scheme"),
    "is_found_in_other_scheme": Column(
        FLAG, "核查反馈为参加职工或机关养老", "found by a visit to be in an employee or civil-service scheme"
    ),
    "is_minimum_allowance": Column(FLAG, "是否低保对象", "on minimum living allowance"),
    "is_destitute": Column(FLAG, "是否特困人员", "destitute, supported by the state"),
    # jobs, trainings, subsidies
    "is_active": Column(FLAG, "季末是否在岗", "held on the quarter's last day"),
    "employment_form_code": Column(TEXT, "就业形式", "form of employment"),
    "carrier_number": Column(TEXT, "载体编号", "carrier"),
    "employer_name": Column(TEXT, "单位名称", "employer"),
    "employer_code": Column(TEXT, "单位统一社会信用代码", "credit code of the employer"),
    "workplace_code": Column(TEXT, "就业地区划代码(6位)", "workplace, six digits"),
    "is_organised": Column(FLAG, "是否有组织输出(无人报为空)", "sent in an organised way; NULL where nobody says"),
    "is_out_of_county": Column(
        FLAG,
        "就业地是否在户籍县以外(不能判断为空)",
        "the workplace is outside the county of hukou; NULL where that cannot be told",
    ),
    "has_work_trace": Column(FLAG, "平台是否有工资或合同", "the platform has a wage or a contract for it"),
    "attended_days": Column("INTEGER", "出勤天数", "days attended"),
    "subsidy_code": Column(TEXT, "补贴项目", "subsidy"),
    "organisation_code": Column(TEXT, "享受单位统一社会信用代码", "credit code of the organisation paid"),
    "organisation_name": Column(TEXT, "享受单位", "organisation paid"),
    "paid_date": Column("DATE", "发放日期", "paid on"),
    "issue_number": Column(
        TEXT,
        "疑点编号(反馈所填;认得的为库内编号)",
        "number of the case as the feedback bears it; of a case that is known its own",
        Shown.PSEUDONYM,
    ),
    "category_code": Column(
        TEXT,
        "核查类别(统一代码)",
        "what a visit found: N left, N10 to N15 elsewhere, A settled, P pending, E error, X other",
    ),
    "death_month": Column(TEXT, "死亡年月", "month of death"),
    "found_date": Column("DATE", "核查日期(未填为季初)", "day of the visit"),
    # employment, school, aid
    "is_employed": Column(FLAG, "季末是否就业", "employed on the quarter's last day"),
    "is_employed_sure": Column(FLAG, "季末是否就业(不计凭证据的关联)", "the same without links by evidence"),
    "is_employed_possible": Column(FLAG, "季末是否就业(计入待核定的建议)", "the same with every suggestion that waits"),
    "channel_code": Column(TEXT, "就业渠道", "employment channel"),
    "is_on_roll": Column(FLAG, "是否技工院校在籍", "on a technical-school roll"),
    "is_on_roll_sure": Column(FLAG, "是否技工院校在籍(不计凭证据的关联)", "the same without links by evidence"),
    "is_on_roll_possible": Column(
        FLAG, "是否技工院校在籍(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "is_full_time_student": Column(FLAG, "是否全日制在籍", "on a full-time roll"),
    "is_full_time_in_term": Column(
        FLAG, "本学期是否全日制在籍(下学期才入学的不算)", "on a full-time roll, and enrolled before the term ended"
    ),
    "has_graduated_in_term": Column(
        FLAG, "本学期内是否已毕业、结业离校", "left a full-time roll by graduating or completing in the term"
    ),
    "has_roll_poor_mark": Column(FLAG, "学籍是否标注建档立卡", "the roll marks the student as registered poor"),
    "has_roll_hardship": Column(FLAG, "学籍是否标注家庭困难", "the roll names any hardship"),
    "has_yulu": Column(FLAG, "本学期是否已发雨露补助", "Yulu aid paid this term"),
    "has_yulu_sure": Column(FLAG, "本学期是否已发雨露补助(不计凭证据的关联)", "the same without links by evidence"),
    "has_yulu_possible": Column(
        FLAG, "本学期是否已发雨露补助(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "has_yulu_pending": Column(FLAG, "本学期雨露补助是否在审", "Yulu application under way this term"),
    "has_technical_yulu": Column(
        FLAG, "本学期是否已发技工院校雨露补助", "Yulu aid paid for a technical school this term"
    ),
    "yulu_finding_code": Column(TEXT, "学籍×雨露比对结果", "roll against Yulu, both ways"),
    "mark_finding_code": Column(TEXT, "学籍标注×登记册比对结果", "roll mark against register, both ways"),
    "is_unit_employed": Column(FLAG, "是否单位就业", "employed by a unit on the quarter's last day"),
    "is_employed_away": Column(FLAG, "是否在户籍县以外就业", "at work outside the county of hukou"),
    "is_organised_away": Column(FLAG, "是否有组织输出到县外就业", "at work outside it through organised labour export"),
    "is_allowance_due": Column(
        FLAG,
        "是否应享一次性求职补贴(2018年以来有组织到县外就业)",
        "sent to work outside the county since 2018: the job-seeking allowance is due",
    ),
    "is_verified_at_hukou": Column(FLAG, "本季是否由户籍地核实", "verified in the quarter by the place of hukou"),
    "is_verified_at_work": Column(FLAG, "本季是否由就业地核实", "verified in the quarter by the place of work"),
    "has_told_demand": Column(
        FLAG, "是否已登记培训需求(有或无)", "asked whether training is wanted, whatever the answer"
    ),
    "has_school_wish": Column(FLAG, "是否有就读技工院校意愿", "wishes to attend a technical school"),
    "demand_date": Column("DATE", "当年登记培训需求之日", "day of the year since which training is wanted"),
    "school_wish_date": Column(
        "DATE",
        "本年登记就读技工院校意愿的日期(登记时为两后生年龄;以后撤回的仍留)",
        "day on which the year's wish for a technical school was recorded, kept also where it is withdrawn",
    ),
    "last_course_date": Column(
        "DATE", "本年结业的培训最近开班日", "first day of the last course of the year that was finished"
    ),
    "finished_date": Column("DATE", "培训结束日期", "last day of a course that was finished"),
    "has_worked": Column(
        FLAG, "培训后6个月内是否就业(未满6个月为空)", "employed within six months after; NULL while these last"
    ),
    "has_job_seeking_allowance": Column(
        FLAG, "是否领过一次性求职补贴", "was ever paid the one-off job-seeking allowance"
    ),
    "has_living_allowance": Column(
        FLAG, "本年是否领过培训生活费补贴", "paid the living allowance of training this year"
    ),
    "has_unemployment_insurance": Column(FLAG, "是否参加失业保险", "in unemployment insurance"),
    "has_injury_insurance": Column(FLAG, "是否参加工伤保险", "in work-injury insurance"),
    "placed_date": Column("DATE", "首次新就业日期", "day of the first new placement since 2018"),
    "has_held_half_year": Column(
        FLAG, "就业满6个月时是否在业(未满为空)", "in employment six months after; NULL until then"
    ),
    "has_held_year": Column(
        FLAG, "就业满12个月时是否在业(未满为空)", "in employment twelve months after; NULL until then"
    ),
    "school_code": Column(TEXT, "院校编号", "school"),
    "is_in_grant_years": Column(
        FLAG, "是否在一、二年级(助学金年级)", "in the first two years, to which grants are due"
    ),
    "is_graduate": Column(FLAG, "是否本年毕业", "graduated this year"),
    "has_fee_waiver": Column(FLAG, "是否免学费", "pays no fees"),
    "has_grant": Column(FLAG, "本学期是否有助学金", "paid a grant for the term"),
    "has_graduate_job": Column(FLAG, "毕业后是否有就业登记", "has a job as a graduate"),
    "is_covered": Column(FLAG, "是否计入分子(在分母内时)", "counts in the numerator, where in the denominator"),
    "plan_year": Column("INTEGER", "计划年度", "year of the plan"),
    "field_code": Column(TEXT, "专家服务领域", "field of the experts"),
    "n_planned": Column(COUNT, "计划数", "planned"),
    "n_done": Column(COUNT, "完成数", "done"),
    # insurance
    "scheme_code": Column(TEXT, "险种类型", "scheme"),
    "participation_state_code": Column(TEXT, "人员参保状态", "participation state"),
    "payment_state_code": Column(TEXT, "个人缴费状态", "payment state"),
    "premium_year": Column("INTEGER", "费款所属年度", "premium year"),
    "payment_item_code": Column(TEXT, "缴费项目", "payment item"),
    "paid_amount": Column("DECIMAL(18,2)", "缴费或发放金额(元)", "amount paid, yuan"),
    "has_poor_mark": Column(FLAG, "医保是否标注贫困身份", "flagged as poor in medical insurance"),
    "has_pension": Column(FLAG, "是否参加任一基本养老保险", "in any basic pension scheme"),
    "has_pension_sure": Column(
        FLAG, "是否参加任一基本养老保险(不计凭证据的关联)", "the same without links by evidence"
    ),
    "has_pension_possible": Column(
        FLAG, "是否参加任一基本养老保险(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "has_other_pension": Column(
        FLAG, "是否参加职工或机关事业养老保险", "in an employee or civil-service pension scheme"
    ),
    "has_resident_pension": Column(FLAG, "是否参加城乡居民养老保险", "in the resident pension scheme"),
    "has_premium_subsidy": Column(FLAG, "本年度是否已代缴", "premium paid by government this year"),
    "has_premium_subsidy_sure": Column(
        FLAG, "本年度是否已代缴(不计凭证据的关联)", "the same without links by evidence"
    ),
    "has_premium_subsidy_possible": Column(
        FLAG, "本年度是否已代缴(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "premium_subsidy_amount": Column(
        "DECIMAL(18,2)", "本年度代缴金额(元)", "premium paid by government this year, yuan"
    ),
    "has_medical": Column(FLAG, "是否参加任一基本医疗保险", "in any basic medical insurance"),
    "has_medical_sure": Column(
        FLAG, "是否参加任一基本医疗保险(不计凭证据的关联)", "the same without links by evidence"
    ),
    "has_medical_possible": Column(
        FLAG, "是否参加任一基本医疗保险(计入待核定的建议)", "the same with every suggestion that waits"
    ),
    "has_medical_poor_mark": Column(FLAG, "医保参保是否带贫困标识", "insured with the poor flag"),
    # links by system
    "match_poverty_register": _match("建档立卡登记册", "the poverty register"),
    "match_civil_affairs": _match("民政低保特困", "civil affairs"),
    "match_employment_platform": _match("就业信息平台", "the employment platform"),
    "match_technical_school": _match("技工院校学籍", "the technical-school roll"),
    "match_yulu": _match("雨露计划", "the Yulu plan"),
    "match_disabled_federation": _match(
        "残疾人人口基础数据库(重度残疾)", "the disabled persons' federation (the severely disabled)"
    ),
    "match_social_insurance": _match("社会保险", "social insurance"),
    "match_medical_insurance": _match("医疗保险", "medical insurance"),
}
