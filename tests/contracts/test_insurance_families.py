"""Insurance files in every family of headers and codes that domain.md shows: which column is which, and which codes count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from pipelines.deliveries.readers.header import Header, find_header
from pipelines.sources import medical_insurance as medical
from pipelines.sources import social_insurance as social
from pipelines.sources.base import SourceTable

BEFORE, AFTER = medical.NATIONAL_CODES_SINCE - timedelta(days=1), medical.NATIONAL_CODES_SINCE


def header(table: SourceTable, cells: str, day: date = AFTER) -> Header:
    return find_header(table, [(1, cells.split())], "文件.csv", day)


def columns(found: Header) -> Mapping[str, str]:
    """Staged column → the header cell it was found under."""
    return {name: found.cells[place] for name, place in found.positions.items()}


_CODES = "AAC001 AAC003 AAE140 AAC008 AAC031 AAC030 AAA027"


@pytest.mark.parametrize(
    ("numbers", "certificate", "other"),
    [
        ("AAC147", "AAC147", None),
        ("AAC002", "AAC002", None),
        ("AAC058 AAC147 AAC002", "AAC147", "AAC002"),
        ("社会保障号码", "社会保障号码", None),
        ("身份证号码 社会保障号码", "身份证号码", "社会保障号码"),
        ("AAC002身份证号码 AAC147社会保障号码", "AAC002身份证号码", "AAC147社会保障号码"),
        ("身份证号码(AAC002) 社会保障号码(AAC147)", "身份证号码(AAC002)", "社会保障号码(AAC147)"),
    ],
)
@pytest.mark.parametrize("table", [social.PARTICIPATION, medical.PARTICIPATION], ids=lambda table: table.source)
def test_the_certificate_number_is_told_from_the_social_security_number(
    table: SourceTable, numbers: str, certificate: str, other: str | None
) -> None:
    found = columns(header(table, f"{_CODES} {numbers}", BEFORE))
    assert found["id_number"] == certificate
    assert found.get("social_security_number") == other


def test_every_column_of_the_dossier_is_read_by_its_code() -> None:
    codes = """AAC001 AAC002 AAC003 AAC004 AAC005 AAC006 AAC007 AAC058 AAC147 AAC008 AAC031 AAC030 AAC049 AAC066 AAC009
        AAC010 AAC011 AAC016 AAC021 AAC024 AAB001 AAB004 AAB019 AAB998 AAB003 AAB299 AAF101 AAF102 AAF103 AAA027 AAE041
        AAE042 AAE030 AAE031 AAE036 AAE011 AAE005 AAE006 AAE010 AAE013 AAE037 AAE100 AAE016 AAE140"""
    assert header(social.PARTICIPATION, codes).unknown == ()
    payment = "AAC001 AAC002 AAC147 AAC003 AAE003 AAE341 AAA115 AAE140 AAC066 AAE020 AAE036 AAA027"
    assert header(social.PAYMENT, payment).unknown == ()
    benefit = "AAC001 AAC147 AAC003 AAE140 AAE116 AAE117 AAE041 AAE042 AAE019 AAE037 AAE010 AAA027"
    assert header(social.BENEFIT, benefit).unknown == ()
    national = """psn_no psn_cert_type certno psn_name gend naty brdy insutype psn_type psn_insu_stas psn_insu_date
        paus_insu_date cvlserv_flag insuplc_admdvs emp_name psn_idet_type psn_type_lv begntime endtime"""
    found = header(medical.PARTICIPATION, national, BEFORE)
    assert (found.unknown, found.layout) == ((), "")


def test_the_medical_family_is_told_by_its_headers_and_only_else_by_the_day() -> None:
    hrss = "AAC001 AAC002 AAC003 AAE140 AAC008 AAC030 AAA027 AKC020 AKC021 AKB020"
    for day in (BEFORE, AFTER):
        found = header(medical.PARTICIPATION, hrss, day)
        assert (found.layout, found.unknown) == ("hrss_one_number", ())
    names = "个人编号 证件号码 姓名 险种类型 人员参保状态 参保日期 参保地"
    assert header(medical.PARTICIPATION, names, BEFORE).layout == "hrss"
    assert header(medical.PARTICIPATION, names, AFTER).layout == ""
    settled = "AAE072 AKC190 AAC001 AAC147 AAC003 AKA130 AKC264 AKE039 AKC255 AKC261 AKB020 AAE036 AAA027"
    found = header(medical.SETTLEMENT, settled, AFTER)
    assert (found.layout, found.unknown) == ("hrss", ())


def test_codes_mean_what_they_mean_in_their_family() -> None:
    national, hrss = (medical.PARTICIPATION.codes_in(layout) for layout in ("", "hrss"))
    assert "320" not in national["scheme_code"].codes and "3" not in national["state_code"].codes
    assert hrss["scheme_code"].labels["320"] == "公务员医疗补助"
    # 051 to 053 are the registered poor: the same group as the national family's.
    assert hrss["identity_code"].also["051"] == national["identity_code"].also["建档立卡"] == "3"
    # 31 is medical insurance: known there and nowhere else.
    assert "31" not in social.SCHEME.also and hrss["scheme_code"].also["31"] == "310"
