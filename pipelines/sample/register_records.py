"""Rows of the poverty register, the employment platform, the technical schools' roll and the Yulu plan."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import work
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.people import days
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import employment_platform, poverty_register, technical_school, yulu

EMPLOYERS = ("鞋业", "服装", "电子", "果业", "油茶", "竹木", "食品", "建材", "家政", "物流", "餐饮", "种养专业合作社")
MAJORS = (
    "数控加工",
    "汽车维修",
    "电子商务",
    "烹饪",
    "电气自动化设备安装与维修",
    "计算机应用与维修",
    "幼儿教育",
    "服装设计与制作",
    "焊接加工",
    "护理",
)
CITIES = ("南昌", "景德镇", "萍乡", "九江", "新余", "鹰潭", "赣州", "吉安", "宜春", "抚州", "上饶")


def household_numbers(household: Array) -> pa.Array:
    """户编号: opaque, fourteen digits."""
    return digits(36_000_000_000_000 + household.astype(np.int64) * 7)


def poverty_register_rows(now: Snapshot) -> Batch:
    """One row per registered person, ordered by village and household."""
    people, quarter, draws = now.people, now.quarter, now.draws
    rows = np.flatnonzero(people.registered & people.alive)
    rows = rows[np.lexsort((people.relation[rows], people.household[rows], people.village[rows]))]
    ids, pick = people.true_id[rows], pa.array(rows)
    village = pa.array(people.village[rows])
    insured = (people.resident_state[rows] > 0) | (people.unit_scheme[rows] > 0)
    claim = insured ^ (draws(ids, "claim") < 0.06)
    months = np.where(
        people.employed[rows], np.floor(draws(ids, "months") * 4).astype(np.int64) + quarter.number * 2 - 1, 0
    )
    poor = now.status[rows] != 1
    income = np.where(poor, 2900, 5200) * np.exp(0.3 * draws.normal(people.household[rows], "income", quarter.year))
    nation = np.where(people.special[rows] >= 0, 2, np.where(people.minority[rows], 1, 0))
    phone = 13_000_000_000 + np.floor(draws(people.household[rows], "phone") * 999_999_999).astype(np.int64)
    columns = {
        "village_code": now.village_codes.take(village),
        "village_name": now.where.names().take(village),
        "household_number": household_numbers(people.household[rows]),
        "person_number": digits(3600_000_000_000_000 + ids * 11),
        "name": now.name_text.take(pick),
        "sex_code": digits(people.sex[rows]),
        "id_number": now.id_text.take(pick),
        "relation_code": digits(people.relation[rows]),
        "nation": coded(["汉族", "畲族", "维吾尔族"], nation),
        "education_code": digits(now.study.education_code[rows]),
        "student_status_code": digits(now.study.student_code[rows]),
        "health_code": digits(now.health[rows]),
        "labour_skill_code": digits(now.skill[rows]),
        "work_months": digits(months),
        "is_pension_claimed": yes_no(claim),
        "poverty_status_code": digits(now.status[rows]),
        "household_attribute_code": digits(people.attribute[rows]),
        "income_amount": amounts(income),
        "phone": empty_where(draws(people.household[rows], "phone", "none") < 0.2, digits(phone)),
    }
    return Batch(poverty_register.PERSON, columns, ids, now.county(rows))


def amounts(value: Array) -> pa.Array:
    """Yuan with two decimals."""
    cents = np.round(np.asarray(value, dtype=np.float64) * 100).astype(np.int64)
    return pc.binary_join_element_wise(digits(cents // 100), digits(cents % 100, 2), ".")


def employment_rows(now: Snapshot) -> Batch:
    """One row per worker on the platform; who lost work keeps the last employer with the day it ended."""
    people, quarter, draws = now.people, now.quarter, now.draws
    rows = np.flatnonzero(people.on_platform & people.alive)
    rows = rows[np.lexsort((people.true_id[rows], people.village[rows]))]
    ids, pick = people.true_id[rows], pa.array(rows)
    employed = people.employed[rows]
    never = people.started[rows] == 0
    first, last = days(quarter)
    name = pc.binary_join_element_wise(
        coded([*CITIES, "广东", "浙江", "福建"], np.floor(draws(ids, "firm") * 14)),
        digits(people.employer[rows], 3, "第"), coded(list(EMPLOYERS), people.employer[rows] % len(EMPLOYERS)), "",
    )  # fmt: skip
    verified = np.where(draws(ids, "verified", quarter) < 0.86, 0, 90)
    day = first - verified + np.floor(draws(ids, "verified", "day", quarter) * (last - first)).astype(np.int64)
    carrier = np.where(never, work.CARRIERS.index("NONE"), people.carrier[rows])
    place = now_places(now, people.workplace[rows])
    columns = {
        "record_number": digits(20_000_000_000 + ids),
        "hukou_code": now.village_codes.take(pa.array(people.village[rows])),
        "household_number": household_numbers(people.household[rows]),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "employment_status_code": coded(["2", "1"], employed),
        "employer_name": empty_where(never, name),
        "workplace_code": empty_where(never, digits(place)),
        "channel_code": empty_where(never, coded(list(work.CHANNELS), people.channel[rows])),
        "carrier_type_code": coded(list(work.CARRIERS), carrier),
        "is_public_post_qualified": yes_no(people.qualified[rows] & ~never),
        "started_date": dates(people.started[rows], blank=never),
        "ended_date": dates(people.ended[rows], blank=employed | never),
        "wage_amount": empty_where(never, amounts(people.wage[rows])),
        "wants_training": yes_no(draws(ids, "wants", "training", quarter.year) < 0.22),
        "wants_work": yes_no(employed | (draws(ids, "wants", "work", quarter.year) < 0.7)),
        "verified_date": dates(day),
    }
    return Batch(employment_platform.WORKER, columns, ids, now.county(rows))


def now_places(now: Snapshot, code: Array) -> Array:
    """Six-digit codes of 2020 as they were written in the quarter; places outside the province stay."""
    final = np.array([int(c) for c in now.where.counties])
    order = np.argsort(final)
    at = np.minimum(np.searchsorted(final[order], code), len(final) - 1)
    known = final[order][at] == code
    result: Array = np.where(known, now.county_codes[order][at], code)
    return result


def school_names(school: Array) -> pa.Array:
    return pc.binary_join_element_wise(
        coded([*CITIES], school % 11),
        coded(["技师学院", "高级技工学校", "工业技工学校", "商贸技工学校"], school // 11),
        "",
    )


def roll_rows(now: Snapshot) -> Batch:
    """One row per entry of the technical schools' roll, leavers of the past year included."""
    people, draws, study = now.people, now.draws, now.study
    rows = np.flatnonzero(study.on_roll)
    rows = rows[np.lexsort((people.true_id[rows], study.school[rows]))]
    ids, pick = people.true_id[rows], pa.array(rows)
    begin = study.enrolled_serial[rows]
    year, autumn = 2000 + begin // 4, begin % 4 == 2
    month, day = np.where(autumn, 9, 3), 1 + np.floor(draws(ids, "enrolled") * 25).astype(np.int64)
    enrolled = pc.binary_join_element_wise(digits(year), digits(month, 2), digits(day, 2), "-")
    columns = {
        "roll_number": pc.binary_join_element_wise("3601", digits(year), digits(ids, 9), ""),
        "school_code": digits(36_000 + study.school[rows]),
        "school_name": school_names(study.school[rows]),
        "major_name": coded(list(MAJORS), np.floor(draws(ids, "major") * len(MAJORS))),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "study_form_code": digits(study.study_form[rows]),
        "level_code": coded(["1", "2", "3", "4"], draws.choice(ids, [0.05, 0.7, 0.22, 0.03], "level")),
        "enrolled_date": enrolled,
        "roll_state_code": digits(study.roll_state[rows]),
        "hardship_code": digits(hardship(now, rows)),
        "hukou_code": digits(now.county(rows)),
    }
    return Batch(technical_school.ROLL, columns, ids, now.county(rows))


def hardship(now: Snapshot, rows: Array) -> Array:
    """The self-declared, single-valued hardship: 低保 hides 建档立卡, some registered say nothing, some others claim it."""
    people, ids = now.people, now.people.true_id[rows]
    u = now.draws(ids, "hardship")
    registered, assisted = people.registered[rows], people.assistance[rows] > 0
    poor = np.select([u < 0.86, u < 0.90], [2, 9], 0)
    other = np.select([u < 0.012, u < 0.02, u < 0.03], [2, 3, 9], 0)
    result: Array = np.where(assisted & (u < 0.7), 1, np.where(registered, poor, other))
    return result


def yulu_rows(now: Snapshot) -> Batch:
    """One row per application of the term."""
    people, draws, aid = now.people, now.draws, now.aid
    rows = np.flatnonzero(aid.applied)
    rows = rows[np.lexsort((people.true_id[rows], people.village[rows]))]
    ids, pick = people.true_id[rows], pa.array(rows)
    heads = people.relation == 1
    order = np.argsort(people.household[heads], kind="stable")
    homes = people.household[heads][order]
    at = np.minimum(np.searchsorted(homes, people.household[rows]), len(homes) - 1)
    head = np.flatnonzero(heads)[order][at]
    head = np.where(homes[at] == people.household[rows], head, rows)
    kind = aid.school_type[rows]
    other = pc.binary_join_element_wise(
        coded(list(CITIES), now.study.school[rows] % 11),
        coded(["", "", "职业中等专业学校", "职业技术学院"], kind), ""
    )  # fmt: skip
    name = pc.if_else(pa.array(kind == 1), school_names(now.study.school[rows]), other)
    applied = aid.start_day + 5 + np.floor(draws(ids, "applied", aid.school_year, aid.term) * 14).astype(np.int64)
    paid = aid.paid_day[rows]
    columns = {
        "application_number": pc.binary_join_element_wise(
            "YL", str(aid.school_year), str(aid.term), digits(ids, 9), ""
        ),
        "school_year": coded([f"{aid.school_year}-{aid.school_year + 1}"], np.zeros(len(rows))),
        "term_code": coded([str(aid.term)], np.zeros(len(rows))),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "household_number": household_numbers(people.household[rows]),
        "head_name": now.name_text.take(pa.array(head)),
        "school_name": name,
        "school_type_code": digits(kind),
        "applied_date": dates(applied),
        "state_code": digits(aid.state[rows]),
        "paid_amount": empty_where(paid == 0, coded(["1500.00"], np.zeros(len(rows)))),
        "paid_date": dates(paid, blank=paid == 0),
        "hukou_code": digits(now.county(rows)),
    }
    return Batch(yulu.PAYMENT, columns, ids, now.county(rows))
