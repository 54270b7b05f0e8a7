"""Files of offices this repository has never seen, in the words of domain.md §2 and §5.1, and what their rows must become.

One block per file: the table, the form it is written in, the headers, the rows, and below each row `→` with staged
columns. In headers and rows `|` ends a cell, `⏎` is a line break in it, `{3}` a valid ID number.
"""

FILES = """
poverty_register.person book 建档立卡贫困人口信息表
省|市|县(市、区、旗)|乡(镇)|行政村|自然村|户编码|人编码|姓 名*|身份证号码(必填)|人数(户人口)|与户主关系|民族|文化程度|在校生状况|健康⏎状况|劳动_技能|务工时间（月）|是否参加大病保险|脱贫属性|贫困户属性|致贫原因|是否危房户|人均纯收入（万元）|手机号码
江西省|赣州市|于都县|贡江镇|||0012|0001|张　三|{1}|3|1-户主|汉族|02:小学|1、非在校生|健康|[1]普通劳动力|6.0|√|已脱贫（享受政策）|一般贫困户(1)|01因病|×|0.45|138
→ county_code=360731; village_code=360731100; id_key={1}; household_number=0012; relation_code=1; education_code=2; student_status_code=1; labour_skill_code=1; work_months=6; is_illness_insured=True; poverty_status_code=1; household_attribute_code=1; main_cause_code=1; is_dangerous_house=False; income_amount=4500.00
江西|赣州|兴国||||0013|0002|李四|{2}44|1|户主|汉|文盲半文盲|非在校生|残疾|弱劳动力或半劳动力|0|否|未脱贫|特困供养贫困户|因残|是|0.2|
→ county_code=360732; id_key={2}; id_class=disability_certificate; education_code=1; labour_skill_code=5; poverty_status_code=0; household_attribute_code=6; main_cause_code=2

poverty_register.household gbk|
县区代码|AAC001|AAC005|AAC006|AAC007|AAC008|AAC009|AAC012|AAR012|工资性收入(元/年)|年度
360731|0012|1|4|1|2|0|1|138|1,200.50|2018年度
→ county_code=360731; standard_code=1; household_attribute_code=4; main_cause_code=1; is_single_child=False; is_martyr_family=True; wage_income_amount=1200.50; data_year=2018

employment_platform.worker book 就业人员信息采集表
姓名|公民身份号码|贫困户编号|户籍所在地|电话|学历|技能|是否就业|就业单位|务工地|就业形式|就业日期|月工资(元/月)|是否签订劳动合同(是/否)|是否参保(1是0否)
张三|{1}|0012|江西省赣州市于都县贡江镇|138|技工学校|焊工|已就业|某厂|广东省深圳市|单位就业|2018. 3. 1|3000|是|1
→ county_code=360731; hukou_code=360731100; education_code=47; employment_status_code=1; employment_form_code=02; started_date=2018-03-01; wage_amount=3000.00; has_contract=True; is_insured=True

employment_platform.spell utf16⇥
AAB299|AAC003|AAC147|AAB004|ACC318|ACC114|ACB983|ACC455|载体类型|渠道
360731|张三|{1}|某扶贫车间|02|20181015|￥2,500.5|政府组织|车间|扶贫车间
→ county_code=360731; started_date=2018-10-15; wage_amount=2500.50; transfer_mode_code=1; carrier_type_code=WORKSHOP

employment_platform.wish csv
户籍县区|姓名|证件号码|未就业原因|是否有就业意愿|意向就业地|期望月薪(元)|是否有培训意愿|创业意愿|登记时间
于都|张三|{1}|照顾家庭|愿意|县内|2500|Y|不愿意|2018年10月1日
→ county_code=360731; wants_work=True; wished_wage_amount=2500.00; wants_training=True; wants_startup=False; asked_date=2018-10-01

employment_platform.service csv
户籍地区划代码|姓名|身份证号|服务类型|服务时间|专项活动|服务机构
360731000000|张三|{1}|专场招聘|2018/10/1 0:00|春风行动|于都县就业局
→ county_code=360731; service_code=JOB_FAIR; served_date=2018-10-01; campaign_code=SPRING

employment_platform.training book 培训花名册
所属县区|姓名|身份证号码⏎(18位)|培训机构|ACA111|培训形式|开班时间|结业时间|培训天数(天)|是否合格
赣州市于都县|张三|{1}|A学校|家政服务员|弹性|2018.10.10|2018.10.20|10|√
→ county_code=360731; course_name=家政服务员; mode_code=FLEXIBLE; started_date=2018-10-10; ended_date=2018-10-20; n_days=10; has_finished=True

employment_platform.subsidy book 就业补贴发放明细表⏎单位:万元
县(市、区)|姓名|证件号码|补贴项目|金额|发放时间|资金来源|支付标志
于都县|张三|{1}|求职补贴|0.05|43374|就业补助资金|40
→ county_code=360731; subsidy_code=JOB_SEEKING; paid_amount=500.00; paid_date=2018-10-01; fund_code=EMPLOYMENT

employment_platform.carrier csv
行政区划代码|载体名称|载体类别|统一信用代码|特色产业|认定时间|用工人数(人)|其中贫困劳动力人数|是否纳入项目规划
360731|某车间|扶贫车间|91360731MA35ABCD1X|茶叶|20180110|20|5|是
→ county_code=360731; carrier_type_code=WORKSHOP; speciality_code=TEA; opened_date=2018-01-10; n_workers=20; is_in_project_plan=True

employment_platform.post csv
县区|姓名|身份证号|岗位类型|岗位名称|上岗时间|离岗时间|月补贴标准(元/人·月)
于都县|张三|{1}|农村保洁|保洁员|2018-01-10|2018-12-20|300
→ county_code=360731; post_kind_code=CLEANING; started_date=2018-01-10; vacated_date=2018-12-20; monthly_amount=300.00

technical_school.roll gbk|
AGE547|AGB020|AGB021|AGE616|AGE628|AGE101|AAC003|AAC004|AAC005|AAC058|AAC147|AGE736|AGE735|AGE739|AGE623|AGE611|AAC009|AGC083|AGE662|AGC152|AGE619
G1|360701|赣州技师学院|1|1|3|张三|1|01|01|{1}|2018-09-01|2018级|1|1|1|20|360731|1|2|1
→ county_code=360731; level_code=1; study_form_code=1; sex_code=1; enrolled_date=2018-09-01; enrolment_year=2018; prior_education_code=1; roll_state_code=1; is_hardship=True; hardship_code=2; aid_application_code=1

technical_school.change csv
学籍编号|姓名|身份证号码|院校名称|异动类别|异动日期|户口县
G1|张三|{1}|赣州技师学院|系统内转出|2018-10-10|于都县
→ county_code=360731; change_code=OUT_INSIDE; changed_date=2018-10-10

technical_school.fee_waiver csv county
学籍编号|姓名|身份证号码|学校名称|免学费标准(元/年)|受助原因|起始日期|截止日期
G1|张三|{1}|于都技校|2850|建档立卡|2018-09-01|2019-07-01
→ county_code=360731; standard_amount=2850.00; started_date=2018-09-01; ended_date=2019-07-01

technical_school.grant csv county
学籍号|学生姓名|公民身份号码|年级|学年|学期|资助金额|发放日期
G1|张三|{1}|一年级|2018～2019学年|第一学期|1,000|2018.10.10
→ county_code=360731; school_year=2018-2019; term_code=1; paid_amount=1000.00; paid_date=2018-10-10

technical_school.graduate_employment csv county
学籍编号|姓名|身份证号|就业方式|就业领域|就业地区|就业日期|工资（元/月）
G1|张三|{1}|合同就业|制造业|广东|2018-10-10|3500
→ county_code=360731; employed_date=2018-10-10; wage_amount=3500.00

technical_school.certificate csv county
学籍编号|姓名|身份证号|证书类型|证书名称|等级|证书编号|发证日期
G1|张三|{1}|职业资格证|车工|五级/初级工|Z1|2018-10-10
→ county_code=360731; kind_code=2; certificate_number=Z1; issued_date=2018-10-10

technical_registration.registration csv
学校所在地|学校编号|学籍号|姓名|身份证号码|学年度|专业等级|学习形式|注册状态|注册时间
于都县|360701|G1|张三|{1}|2018-2019|中级工|全日制|已注册|2018-10-10
→ county_code=360731; school_year=2018-2019; level_code=2; registration_state_code=1; registered_date=2018-10-10

technical_registration.statistic book 技工院校统计表
学校所在地区划代码|学校代码|统计学年|培养层次|学习形式|在校生人数(人)|招生数|毕业生数
360731|360701|2018-2019学年|高级|全日制|100人|40|30
→ county_code=360731; level_code=3; n_students=100; n_new_students=40; n_graduates=30

yulu.payment csv
户籍所在县区|学年|学期|学生姓名|学生身份证号码|户编号|户主|人编号|学校名称|学校类别|入学年月|申请时间|审核状态|补助标准(元/学期)|补助金额|发放状态|发放时间
于都县|2018-2019|秋季学期|张三|{1}|0012|张大|0001|某学院|技师学院|2018年9月|2018/10/8|已审|1500|1,500元|已发放|2018/12/1
→ county_code=360731; term_code=1; school_type_code=1; enrolled_month=201809; applied_date=2018-10-08; standard_amount=1500.00; paid_amount=1500.00; state_code=3; paid_date=2018-12-01

yulu.application csv
县(市、区)代码|学年|学期|姓名|证件号|学校类型|申请日期|审核状态
360731|2018/2019|第一学期|张三|{1}|中职|2018-10-08|退回
→ county_code=360731; school_year=2018-2019; school_type_code=2; review_state_code=4

social_insurance.participation gbk|
AAC001|AAC002|AAC003|AAE140|AAC008|AAC031|AAC049|AAC066|AAA027|AAE042|AAE100
1|{1}|张三|170|1|3|201001|051|360731|9999/12|1
→ county_code=360731; id_key={1}; scheme_code=170; participation_state_code=1; payment_state_code=3; first_joined_month=201001; identity_code=051; end_month=999912; is_valid=True

social_insurance.payment csv
参保地|个人编号|姓名|社会保障号码|证件号码|费款所属年度|缴费项目|实缴金额|险种
于都县|1|张三|{1}|{1}|2018年度|政府代缴|100|城居保
→ county_code=360731; premium_year=2018; payment_item_code=11; paid_amount=100.00; scheme_code=170

social_insurance.contribution csv
统筹区|个人编号|姓名|证件号码|险种类型|费款所属期|缴费类型|缴费基数(元)|个人缴费
360731|1|张三|{1}|110 企业职工基本养老保险|2018年10月|补收|3000|240
→ county_code=360731; scheme_code=110; period_month=201810; payment_type_code=31; base_amount=3000.00; personal_amount=240.00

social_insurance.benefit csv
统筹区名称|个人编号|姓名|身份证号码|险种|待遇发放状态|发放年月|发放金额|AAE117|死亡时间
江西省于都县|1|张三|{1}|居民养老|终止|2018.10|105|实付成功|2018-10-10
→ county_code=360731; scheme_code=170; benefit_state_code=3; benefit_month=201810; benefit_amount=105.00; pay_mark_code=40; death_date=2018-10-10

medical_insurance.participation csv
psn_no|psn_cert_type|certno|psn_name|gend|insutype|psn_type|psn_insu_stas|psn_insu_date|cvlserv_flag|insuplc_admdvs
1|01|{1}|张三|1|390|15|1|2018-01-01|0|360731
→ county_code=360731; scheme_code=390; state_code=1; joined_date=2018-01-01; is_civil_servant=False

medical_insurance.participation gbk|
AAC001|AAC002|AAC003|AAE140|AAC008|AAC030|AAB301|AKC021|AKC020
1|{1}|张三|390|1|20170101|360731|21|K1
→ county_code=360731; id_key={1}; scheme_code=390; joined_date=2017-01-01; card_number=K1

medical_insurance.identity csv
参保地|人员编号|证件号码|人员姓名|身份类别|开始时间|结束时间
于都县|1|{1}|张三|建档立卡贫困人口|2018-01-01|2018-12-31
→ county_code=360731; identity_code=3; identity_since=2018-01-01; identity_until=2018-12-31

medical_insurance.settlement book 结算明细⏎金额单位：万元
统筹区|结算编号|就诊编号|个人编号|身份证号码|姓名|医疗类别|医疗费总额|统筹支付|大病|补充商业|医疗救助|个人账户|现金|结算时间|结算方式
于都县|S1|M1|1|{1}|张三|普通住院|1|0.6|0.1|0.1|0.1|0|0.1|2018-10-10 12:00:00|一站式结算
→ county_code=360731; medical_type_code=21; total_amount=10000.00; pooled_amount=6000.00; cash_amount=1000.00; settled_date=2018-10-10; settlement_kind_code=2

medical_insurance.premium csv
参保地区划|人员编号|证件号码|人员姓名|险种|年度|缴费主体|金额|到账时间
360731|1|{1}|张三|城乡居民医保|2018年|财政全额补助|220|2018-10-10
→ county_code=360731; scheme_code=390; premium_year=2018; payer_code=1; paid_amount=220.00; paid_date=2018-10-10

medical_insurance.filing csv
参保地|人员编号|证件号码|人员姓名|备案类别|备案时间|备案开始时间|备案终止日期|就医地行政区划代码
于都县|1|{1}|张三|转诊转院|2018-10-10|2018-10-11|2018-12-11|440300
→ county_code=360731; filing_kind_code=4; filed_date=2018-10-10; start_date=2018-10-11; end_date=2018-12-11; treated_place_code=440300

civil_affairs.family book 农村低保花名册
区划|家庭编号|户主|户主身份证号|保障人口数|月保障金额(元)|类别|起始年月|姓名|身份证号码|姓名|身份证号码|姓名|身份证号码|姓名|身份证号码|姓名|身份证号码|姓名|身份证号码
于都县贡江镇|J1|张三|{1}|2|612.5|A类|2010年1月|张三|{1}|张四|{2}||||||||
→ county_code=360731; assistance_code=02; covered_members=2; monthly_amount=612.50; class_code=A; start_month=201001; id_key_1={1}; id_key_2={2}; id_key_3=None

disabled_federation.holder csv
县区|姓名|残疾人证号码|残疾类型|残疾级别|证件状态
于都县|张三|{1}41|肢体残疾|一|有效
→ county_code=360731; category_code=4; grade_code=1; state_code=1

deaths.death csv
户籍县|死者姓名|死者身份证号码|死亡时间|数据来源
于都县|张三|{1}|2018年10月1日8时|殡葬
→ county_code=360731; id_key={1}; death_date=2018-10-01; reporter_code=2

prison.sentence csv
县区|姓名|身份证号码|服刑方式|服刑开始时间|服刑结束时间
于都县|张三|{1}|收监执行|2017.11.1|2020.11.1
→ county_code=360731; execution_code=1; started_date=2017-11-01; ended_date=2020-11-01

army.service csv
户籍所在县|姓名|身份证号|状态|入伍时间
于都县|张三|{1}|现役|2017-09-01
→ county_code=360731; state_code=1; enlisted_date=2017-09-01

national_student_roll.student csv
户籍地|学生姓名|身份证件号码|全国学籍号|学校名称|学校类型|年级|入学时间|在籍状态
江西省赣州市于都县|张三|{1}|G1|于都中学|普通高中|高一|2018-09-01|在校
→ county_code=360731; stage_code=4; enrolled_month=201809; state_code=1

hukou_move.move csv
县区|姓名|公民身份证号码|户籍状态|变动时间
于都县|张三|{1}|迁出|2018-10-10
→ county_code=360731; kind_code=2; changed_date=2018-10-10

exam.candidate csv
户籍所在县区|考生姓名|身份证号|准考证号|考试类型|减免标识|减免金额(元)
于都县|张三|{1}|K1|公务员考试|是|100
→ county_code=360731; exam_kind_code=1; is_waived=True; waived_amount=100.00

guaranteed_loan.loan book 创业担保贷款发放表⏎单位：万元
县区|借款人|借款人身份证号码|贷款合同号|借款人类别|贷款金额|发放日期|贴息金额(元)|带动就业人数(人)
于都县|张三|{1}|D1|个人|10|2018-10-01|1200|3
→ county_code=360731; borrower_kind_code=1; loan_amount=100000.00; granted_date=2018-10-01; interest_subsidy_amount=1200.00; workers=3

programme.item csv
县(市、区)|项目类别|年度|领域|计划|实际完成
于都县|春风行动|2018年|教育|2|1
→ county_code=360731; checklist_code=E2B; year=2018; field_code=6; planned=2; done=1

verification_feedback.finding csv
县区代码|村代码|问题编号|姓名|身份证号码|疑点类别|反馈代码|核查时间|死亡月份|备注
360731|360731100201|I1|张三|{1}|应保未保|N01|2018-12-01|201809|已核
→ county_code=360731; village_code=360731100201; check_code=C01; category_code=N01; verified_date=2018-12-01; death_month=201809
"""
