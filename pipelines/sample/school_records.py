"""Rows of the technical schools' roll system: entries, changes, fee waivers, grants, jobs of graduates, certificates."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import Quarter
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.people import days, serial
from pipelines.sample.register_records import CITIES, amounts
from pipelines.sample.schooling import TECHNICAL_YEARS, school_year
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import technical_school

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
GRADES = ("一年级", "二年级", "三年级")
# All rates L; those of aid are set so that C20 finds somebody.
WAIVED = {"poor": 0.96, "other": 0.90}
WAIVED_AMOUNT = 3200  # yuan a year
GRANTED = 0.94  # of those in hardship in the first two years
GRANT_AMOUNT = 1000  # yuan a term
EMPLOYED = 0.88  # of graduates
CERTIFIED = {"1": 0.98, "2": 0.85}
CORRECTED, MOVED_CLASS = 0.012, 0.008  # a quarter
GRANT_TERMS = {3: (), 4: (1,), 1: (1,), 2: (1, 2)}  # by quarter: terms of the school year paid so far


def school_names(school: Array) -> pa.Array:
    return pc.binary_join_element_wise(
        coded([*CITIES], school % 11),
        coded(["技师学院", "高级技工学校", "工业技工学校", "商贸技工学校"], school // 11),
        "",
    )


def heads(now: Snapshot, rows: Array) -> Array:
    """The head of each one's household, or the person where there is none."""
    found = _of_household(now, rows, 1)
    return np.where(found < 0, rows, found)


def _of_household(now: Snapshot, rows: Array, relation: int) -> Array:
    """Position of the member with a relation to the head, -1 where there is none."""
    people = now.people
    members = np.flatnonzero(people.relation == relation)
    order = np.argsort(people.household[members], kind="stable")
    homes = people.household[members][order]
    at = np.minimum(np.searchsorted(homes, people.household[rows]), len(homes) - 1)
    result: Array = np.where(homes[at] == people.household[rows], members[order][at], -1)
    return result


def hardship(now: Snapshot, rows: Array) -> Array:
    """The self-declared, single-valued hardship: 低保 hides 建档立卡, some registered say nothing, some others claim it."""
    people, ids = now.people, now.people.true_id[rows]
    u = now.draws(ids, "hardship")
    registered, assisted = people.registered[rows], people.assistance[rows] > 0
    poor = np.select([u < 0.86, u < 0.90], [2, 9], 0)
    other = np.select([u < 0.012, u < 0.02, u < 0.03], [2, 3, 9], 0)
    result: Array = np.where(assisted & (u < 0.7), 1, np.where(registered, poor, other))
    return result


def level(now: Snapshot, rows: Array) -> Array:
    """培养层次 of students: 1 to 4."""
    result: Array = 1 + now.draws.choice(now.people.true_id[rows], [0.05, 0.7, 0.22, 0.03], "level")
    return result


def on_roll(now: Snapshot) -> Array:
    """Who has an entry, in the order of the file."""
    rows = np.flatnonzero(now.study.on_roll)
    result: Array = rows[np.lexsort((now.people.true_id[rows], now.study.school[rows]))]
    return result


def enrolled_day(now: Snapshot, rows: Array) -> Array:
    """Days since 1970: in September, late-comers of spring in March."""
    begin = now.study.enrolled_serial[rows]
    month = np.where(begin % 4 == 2, 9, 3)
    day = np.floor(now.draws(now.people.true_id[rows], "enrolled") * 25).astype(np.int64)
    result: Array = _day(2000 + begin // 4, month, 1) + day
    return result


def _day(year: Array, month: Array, day: int) -> Array:
    months = np.datetime64("1970-01", "M") + ((year - 1970) * 12 + month - 1).astype("timedelta64[M]")
    result: Array = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return result


def graduation_day(now: Snapshot, rows: Array) -> Array:
    """Days since 1970 on which the course ends: 1 July or 15 January of the last year."""
    begin = now.study.enrolled_serial[rows]
    year, autumn = 2000 + begin // 4 + TECHNICAL_YEARS, begin % 4 == 2
    return np.where(autumn, _day(year, np.full(len(rows), 7), 1), _day(year, np.full(len(rows), 1), 15))


def stays_to_the_end(now: Snapshot, rows: Array) -> Array:
    """Who does not drop out of the course."""
    result: Array = now.study.left_serial[rows] - now.study.enrolled_serial[rows] == TECHNICAL_YEARS * 4
    return result


def roll_numbers(now: Snapshot, rows: Array) -> pa.Array:
    year = 2000 + now.study.enrolled_serial[rows] // 4
    return pc.binary_join_element_wise("3601", digits(year), digits(now.people.true_id[rows], 9), "")


def _student(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    """The columns that every table of the system has."""
    school = now.study.school[rows]
    return {
        "roll_number": roll_numbers(now, rows),
        "name": now.name_text.take(pa.array(rows)),
        "id_number": now.id_text.take(pa.array(rows)),
        "school_code": digits(36_000 + school),
        "school_name": school_names(school),
        "hukou_code": digits(now.county(rows)),
    }


def _parents(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    """Father and mother of the children of a head of household and the spouse."""
    head, spouse = _of_household(now, rows, 1), _of_household(now, rows, 2)
    is_child = np.isin(now.people.relation[rows], (3, 4))
    columns = {}
    for parent, sex in (("father", 1), ("mother", 2)):
        found = np.select(
            [is_child & (who >= 0) & (now.people.sex[who] == sex) for who in (head, spouse)], [head, spouse], -1
        )
        pick, unknown = pa.array(np.maximum(found, 0)), found < 0
        columns[f"{parent}_name"] = empty_where(unknown, now.name_text.take(pick))
        columns[f"{parent}_id_number"] = empty_where(unknown, now.id_text.take(pick))
    return columns


def _origin(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    """Where the hukou lies and what kind it is."""
    people = now.people
    village, here = pa.array(people.village[rows]), now.place_names
    return {
        "hukou_kind_code": coded(["20", "10"], now.draws(people.true_id[rows], "hukou") < 0.07),
        "hukou_address": pc.binary_join_element_wise(
            here.county.take(village), here.town.take(village), here.village.take(village), ""
        ),
        "hukou_province": coded(["江西省"], np.zeros(len(rows))),
        "hukou_city": here.city.take(village),
        "is_contiguous_poor_area": yes_no(now.where.is_poor_county[now.where.county[people.village[rows]]]),
        "is_three_regions": coded(["否"], np.zeros(len(rows))),
    }


def roll_rows(now: Snapshot) -> Batch:
    """One row per entry of the technical schools' roll, leavers of the past year included."""
    people, draws, study, rows = now.people, now.draws, now.study, on_roll(now)
    ids, same = people.true_id[rows], np.zeros(len(rows))
    birth, year = people.birth[rows].astype(np.int64), 2000 + study.enrolled_serial[rows] // 4
    major = np.floor(draws(ids, "major") * len(MAJORS)).astype(np.int64)
    declared, left = hardship(now, rows), study.roll_state[rows] == 3
    graduate, due = left & stays_to_the_end(now, rows), graduation_day(now, rows)
    only_completed = graduate & (draws(ids, "completed") < 0.03)
    dropped = np.where(draws(ids, "dropped", "where") < 0.8, 3, 5)
    leaving = np.select([only_completed, graduate, left], [2, 1, dropped], 0)
    nation = np.where(people.special[rows] >= 0, 2, np.where(people.minority[rows], 1, 0))
    aid = np.where(declared > 0, 1, np.where(draws(ids, "aid") < 0.9, 4, 2))
    columns = _student(now, rows) | _origin(now, rows) | _parents(now, rows) | {
        "internal_number": digits(70_000_000_000 + ids * 3),
        "person_number": digits(8_000_000_000 + ids),
        "major_code": digits(major + 101, 4),
        "major_name": coded(list(MAJORS), major),
        "level_code": digits(level(now, rows)),
        "study_form_code": digits(study.study_form[rows]),
        "study_years_code": coded([str(TECHNICAL_YEARS)], same),
        "sex_code": digits(people.sex[rows]),
        "nation": coded(["汉族", "畲族", "维吾尔族"], nation),
        "birth_date": pc.binary_join_element_wise(
            digits(birth // 10000), digits(birth // 100 % 100, 2), digits(birth % 100, 2), "-"
        ),
        "certificate_type": coded(["居民身份证"], same),
        "class_name": pc.binary_join_element_wise(
            digits(year % 100, 2), coded([name[:2] for name in MAJORS], major),
            digits(1 + np.floor(draws(ids, "class") * 4), 0), "班", "",
        ),
        "student_number": digits(year * 100_000 + ids % 100_000),
        "enrolled_date": dates(enrolled_day(now, rows)),
        "enrolment_year": digits(year),
        "prior_education_code": coded(["1", "2"], draws(ids, "prior") < 0.06),
        "prior_skill": coded(["无"], same),
        "is_new_apprentice": yes_no(draws(ids, "apprentice") < 0.01),
        "roll_state_code": digits(study.roll_state[rows]),
        "leaving_code": empty_where(leaving == 0, digits(leaving)),
        "data_state_code": coded(["1"], same),
        "is_hardship": yes_no(declared > 0),
        "hardship_code": digits(declared),
        "aid_application_code": digits(aid),
        "completed_date": dates(due, blank=~only_completed),
        "due_graduation_date": dates(due),
        "converted_date": coded([""], same),
        "social_card_number": digits(ids, 8, "F"),
    }  # fmt: skip
    item = pc.binary_join_element_wise(digits(year), digits(leaving), dates(due), ":")
    return Batch(technical_school.ROLL, columns, ids, now.county(rows), item)


def change_rows(now: Snapshot) -> Batch:
    """What happened on the roll in the quarter: graduations, leavers, other classes, corrections."""
    study, draws, quarter, here = now.study, now.draws, now.quarter, on_roll(now)
    first, last = days(quarter)
    ids = now.people.true_id[here]
    leaves = study.left_serial[here] == serial(quarter)
    stays = stays_to_the_end(now, here)
    only_completed = draws(ids, "completed") < 0.03
    outside = draws(ids, "dropped", "where") >= 0.8
    stayed = study.roll_state[here] != 3
    kinds = {
        "GRADUATION": leaves & stays & ~only_completed,
        "COMPLETION": leaves & stays & only_completed,
        "STATE": leaves & ~stays & ~outside,
        "OUT_OUTSIDE": leaves & ~stays & outside,
        "CLASS_MAJOR": stayed & (draws(ids, "class", "other", quarter) < MOVED_CLASS),
        "CORRECTION": stayed & (draws(ids, "corrected", quarter) < CORRECTED),
    }
    words = {
        "GRADUATION": ("正式学籍", "毕业", ""),
        "COMPLETION": ("正式学籍", "结业", "补考未通过"),
        "STATE": ("正式学籍", "退学", "本人申请"),
        "OUT_OUTSIDE": ("正式学籍", "转出", "随家庭迁居"),
        "CLASS_MAJOR": ("原班级", "现班级", "本人申请"),
        "CORRECTION": ("原信息", "现信息", "登记有误"),
    }
    chosen = [(kind, np.flatnonzero(who)) for kind, who in kinds.items()]
    at = np.concatenate([who for _, who in chosen])
    kind = np.concatenate([np.full(len(who), place) for place, (_, who) in enumerate(chosen)]).astype(np.int64)
    rows = here[at]
    day = first + np.floor(draws(ids[at], "changed", quarter) * (last - first + 1))
    day = np.where(kind < 2, np.clip(graduation_day(now, rows), first, last), day)
    columns = _student(now, rows) | {
        "change_code": coded([technical_school.CHANGE.labels[name] for name in kinds], kind),
        "changed_date": dates(day),
        **{
            name: coded([words[k][place] for k in kinds], kind)
            for place, name in enumerate(("before", "after", "reason"))
        },
    }
    return Batch(technical_school.ROLL_CHANGE, columns, ids[at], now.county(rows), coded(list(kinds), kind))


def _studying(now: Snapshot) -> Array:
    rows = on_roll(now)
    result: Array = rows[(now.study.roll_state[rows] == 1) & (now.study.study_form[rows] == 1)]
    return result


def fee_waiver_rows(now: Snapshot) -> Batch:
    """One row per student who pays no fees."""
    rows = _studying(now)
    poor = hardship(now, rows) > 0
    rows = rows[now.draws(now.people.true_id[rows], "waived") < np.where(poor, WAIVED["poor"], WAIVED["other"])]
    why = coded(["农村户籍", *technical_school.HARDSHIP.labels.values()], _reason(now, rows))
    columns = _student(now, rows) | {
        "standard_amount": amounts(np.full(len(rows), WAIVED_AMOUNT)),
        "reason": why,
        "started_date": dates(enrolled_day(now, rows)),
        "ended_date": dates(graduation_day(now, rows)),
    }
    return Batch(technical_school.FEE_WAIVER, columns, now.people.true_id[rows], now.county(rows))


def _reason(now: Snapshot, rows: Array) -> Array:
    """Place of the hardship among the labels, 0 for none."""
    codes = np.array([int(code) for code in technical_school.HARDSHIP.labels])
    declared = hardship(now, rows)
    return np.where(declared == 0, 0, np.searchsorted(codes, declared) + 1)


def grant_rows(now: Snapshot) -> Batch:
    """One row per grant of the school year: to those in hardship in the first two years, term by term."""
    quarter, draws, rows = now.quarter, now.draws, _studying(now)
    rows = rows[hardship(now, rows) > 0]
    year = school_year(quarter)
    parts = []
    for term in GRANT_TERMS[quarter.number]:
        begins = serial(Quarter(year, 3)) if term == 1 else serial(Quarter(year + 1, 1))
        stood = begins - now.study.enrolled_serial[rows]
        due = (stood >= 0) & (stood < 8) & (draws(now.people.true_id[rows], "grant", year, term) < GRANTED)
        parts.append((term, rows[due], stood[due] // 4))
    picked = np.concatenate([np.empty(0, dtype=np.int64), *(who for _, who, _ in parts)])
    terms = np.repeat([number for number, _, _ in parts], [len(who) for _, who, _ in parts])
    grade = np.concatenate([np.empty(0), *(stood for _, _, stood in parts)])
    ids = now.people.true_id[picked]
    paid = np.where(terms == 1, days(Quarter(year, 4))[0] + 35, days(Quarter(year + 1, 2))[0] + 20)
    columns = _student(now, picked) | {
        "school_year": coded([f"{year}-{year + 1}"], np.zeros(len(picked))),
        "grade": coded(list(GRADES), grade),
        "term_code": digits(terms),
        "paid_amount": amounts(np.full(len(picked), GRANT_AMOUNT)),
        "payment_kind": coded(["中职卡"], np.zeros(len(picked))),
        "paid_date": dates(paid + np.floor(draws(ids, "grant", "day", year) * 20)),
    }
    return Batch(technical_school.GRANT, columns, ids, now.county(picked), digits(terms))


def _graduates(now: Snapshot) -> Array:
    rows = on_roll(now)
    result: Array = rows[(now.study.roll_state[rows] == 3) & stays_to_the_end(now, rows)]
    return result


def employment_rows(now: Snapshot) -> Batch:
    """One row per graduate of the past year who has found work."""
    draws, rows = now.draws, _graduates(now)
    ids = now.people.true_id[rows]
    day = graduation_day(now, rows) + 5 + np.floor(draws(ids, "graduate", "when") * 85).astype(np.int64)
    works = (draws(ids, "graduate") < EMPLOYED) & (day <= days(now.quarter)[1])
    rows, ids, day = rows[works], ids[works], day[works]
    wage = np.round(2800 * np.exp(0.25 * draws.normal(ids, "graduate", "wage")) / 50) * 50
    place = draws.choice(ids, [0.5, 0.2, 0.15, 0.15], "graduate", "place")
    columns = _student(now, rows) | {
        "employment_way": coded(["学校推荐", "自主择业", "自主创业"], draws.choice(ids, [0.7, 0.27, 0.03], "way")),
        "field": coded(["第二产业", "第三产业", "第一产业"], draws.choice(ids, [0.55, 0.43, 0.02], "field")),
        "workplace": coded(["江西省", "广东省", "浙江省", "福建省"], place),
        "employer_name": pc.binary_join_element_wise(
            coded(["江西", "广东", "浙江", "福建"], place), digits(1 + np.floor(draws(ids, "firm") * 400), 3, "第"),
            "制造有限公司", "",
        ),
        "employed_date": dates(day),
        "wage_amount": amounts(wage),
    }  # fmt: skip
    return Batch(technical_school.GRADUATE_EMPLOYMENT, columns, ids, now.county(rows))


def certificate_rows(now: Snapshot) -> Batch:
    """School-leaving and vocational certificates of the past year's graduates."""
    draws, graduates = now.draws, _graduates(now)
    graduates = graduates[draws(now.people.true_id[graduates], "completed") >= 0.03]
    ids = now.people.true_id[graduates]
    chosen = [graduates[draws(ids, "certified", kind) < share] for kind, share in CERTIFIED.items()]
    rows, kind = np.concatenate(chosen), np.repeat([1, 2], [len(who) for who in chosen])
    ids = now.people.true_id[rows]
    major = np.floor(draws(ids, "major") * len(MAJORS)).astype(np.int64)
    columns = _student(now, rows) | {
        "kind_code": digits(kind),
        "certificate_name": pc.if_else(pa.array(kind == 1), "毕业证书", coded(list(MAJORS), major)),
        "certificate_level": empty_where(kind == 1, coded(["", "五级", "四级", "三级", "二级"], level(now, rows))),
        "certificate_number": digits(36_000_000_000_000 + kind * 10**12 + ids * 13),
        "issued_date": dates(graduation_day(now, rows)),
    }
    return Batch(technical_school.SCHOOL_CERTIFICATE, columns, ids, now.county(rows), digits(kind))
