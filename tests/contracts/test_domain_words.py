"""Headers and words of domain.md §2.1 and §2.3, written as that page writes them, are all known."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.deliveries.cells import code_words
from pipelines.deliveries.readers.header import find_header
from pipelines.sources import STAGED

EXPORT = (
    "省 市 县(市、区、旗) 乡(镇) 行政村 自然村 户编号 人编号 姓名 证件号码 人数 与户主关系 民族 文化程度 在校生状况 健康状况 劳动技能 务工时间(月) "
    "是否参加大病保险 脱贫属性 贫困户属性 致贫原因1 危房户 是否解决安全饮用水 人均纯收入 联系电话"
)
MEMBER_FORM = "政治面貌 务工区域 是否现役军人 是否参加城乡居民基本医疗保险 是否参加城乡居民基本养老保险 是否参加城镇职工基本养老保险 是否享受低保"
SINCE_2020 = "户类型 监测对象类型 风险是否消除 首次识别时间 人员识别时间"
PERSON_CODES = (
    "AAB001 AAB002 AAB003 AAB004 AAB006 AAB007 AAB008 AAB009 AAB010 AAB011 AAB012 AAB017 AAB019 AAB014 AAR040"
)
HOUSEHOLD_CODES = "AAC001 AAC004 AAC005 AAC006 AAC007 AAC008 AAC009 AAC012 AAR012"
INCOME = "工资性收入 生产经营性收入 财产性收入 转移性收入"
EMPLOYED = "姓名 身份证号码 户编号 户籍地 联系电话 文化程度 技能 就业状态 就业单位 就业地 就业形式 就业时间 月工资 是否签订劳动合同 是否参保"
UNEMPLOYED = "姓名 身份证号码 户编号 户籍地 未就业原因 就业意愿 意向就业地 意向工种 意向工资 培训意愿 创业意愿 已接受服务 已享受政策"
REGISTERED = "姓名 身份证号码 户籍地 ACC318 ACC114 ACA111 AAB054 AAE043 AJC093 AAB004"
AIDED = "姓名 身份证号码 户籍地 AAC316 ACC987 ACC455 ACC369 ACC361 ACB983 AAC021"


@pytest.mark.parametrize(
    ("table", "headers"),
    [
        ("staged_poverty_register__person", EXPORT),
        ("staged_poverty_register__person", EXPORT.replace("人数", "人数(户人口)")),
        ("staged_poverty_register__person", f"{EXPORT} {MEMBER_FORM} {SINCE_2020}"),
        ("staged_poverty_register__person", f"{EXPORT} 批次号 数据年度 上报时间 上报单位"),
        ("staged_poverty_register__person", f"行政村代码 AAC001 脱贫属性 {PERSON_CODES}"),
        ("staged_poverty_register__household", f"行政村代码 {HOUSEHOLD_CODES} {INCOME} {SINCE_2020.rsplit(' ', 1)[0]}"),
        ("staged_employment_platform__worker", EMPLOYED),
        ("staged_employment_platform__worker", UNEMPLOYED),
        ("staged_employment_platform__worker", AIDED),
        ("staged_employment_platform__spell", REGISTERED),
    ],
)
def test_every_header_is_known(table: str, headers: str) -> None:
    found = find_header(STAGED[table], [(1, headers.split())], "sent.csv", date(2018, 12, 31))
    assert found.unknown == ()
    assert len(found.positions) == len(headers.split())


@pytest.mark.parametrize(
    ("table", "column", "word", "code"),
    [
        ("staged_poverty_register__person", "poverty_status_code", "已脱贫(享受政策)", "1"),
        ("staged_poverty_register__person", "poverty_status_code", "已脱贫(不再享受政策)", "NO_POLICY"),
        ("staged_poverty_register__person", "household_attribute_code", "五保贫困户", "6"),
        ("staged_poverty_register__person", "education_code", "本科及以上", "5"),
        ("staged_poverty_register__person", "labour_skill_code", "弱劳动力或半劳动力", "5"),
        ("staged_poverty_register__person", "work_area_code", "乡(镇)外县内", "2"),
        ("staged_employment_platform__worker", "channel_code", "有组织输出", "ORG_EXPORT"),
        ("staged_employment_platform__worker", "channel_code", "公益性岗位", "PUBLIC_POST"),
        ("staged_employment_platform__worker", "carrier_type_code", "扶贫车间", "WORKSHOP"),
        ("staged_employment_platform__worker", "transfer_mode_code", "农村劳务(组织)", "6"),
        ("staged_employment_platform__worker", "transfer_status_code", "农合/本县就业", "06"),
        ("staged_employment_platform__worker", "population_class_code", "年满16(在校)", "02"),
        ("staged_employment_platform__post", "post_kind_code", "护路", "ROAD"),
        ("staged_employment_platform__training", "mode_code", "弹性培训", "FLEXIBLE"),
    ],
)
def test_the_words_stand_for_their_codes(table: str, column: str, word: str, code: str) -> None:
    codes = STAGED[table].column(column).codes
    assert codes is not None
    assert code_words(codes)[word] == code
