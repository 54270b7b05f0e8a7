"""Rows of the poverty register: persons and households, as 省扶贫开发大数据平台 passes them on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import names
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.people import days, serial
from pipelines.sample.register_records import amounts, household_numbers
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import poverty_register

CAUSES = {  # 致贫原因 and their shares (L)
    "因病": 0.42, "因残": 0.17, "因学": 0.08, "因灾": 0.02, "缺土地": 0.01, "缺水": 0.002, "缺技术": 0.12, "缺劳力": 0.08,
    "缺资金": 0.05, "交通条件落后": 0.01, "自身发展动力不足": 0.03, "因婚": 0.003, "其他": 0.005,
}  # fmt: skip
HAMLETS = ("上屋组", "下屋组", "新屋组", "老屋组", "塘边组", "坪上组", "坳背组", "河背组", "石下组", "樟树下组")
MEASURES = ("产业扶贫", "就业扶贫", "健康扶贫", "教育扶贫", "危房改造", "兜底保障")
MONITORING = 2020  # the year in which 监测对象 came in
FOUNDED = 16_161  # 2014-04-01, when the first registration began, in days since 1970
ARMY = 1


def _order(now: Snapshot) -> Array:
    """The registered in the order of the file: by village and household, the head first."""
    people = now.people
    rows = np.flatnonzero(people.registered & people.alive)
    result: Array = rows[np.lexsort((people.relation[rows], people.household[rows], people.village[rows]))]
    return result


def _places(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    village = pa.array(now.people.village[rows])
    hamlet = np.floor(now.draws(now.people.household[rows], "hamlet") * len(HAMLETS))
    here = now.place_names
    return {
        "village_code": now.village_codes.take(village),
        "province_name": _same("江西省", rows),
        "city_name": here.city.take(village),
        "county_name": here.county.take(village),
        "town_name": here.town.take(village),
        "village_name": here.village.take(village),
        "hamlet_name": coded(list(HAMLETS), hamlet),
    }


def _same(text: str, rows: Array) -> pa.Array:
    return coded([text], np.zeros(len(rows)))


def _is_poor(now: Snapshot, rows: Array) -> Array:
    result: Array = now.status[rows] != 1
    return result


def _income(now: Snapshot, rows: Array) -> Array:
    """Net income per head of the household, yuan a year."""
    homes = now.people.household[rows]
    spread = np.exp(0.3 * now.draws.normal(homes, "income", now.quarter.year))
    result: Array = np.where(_is_poor(now, rows), 2900, 5200) * spread
    return result


def phones(now: Snapshot, rows: Array) -> pa.Array:
    homes, draws = now.people.household[rows], now.draws
    phone = 13_000_000_000 + np.floor(draws(homes, "phone") * 999_999_999).astype(np.int64)
    return empty_where(draws(homes, "phone", "none") < 0.2, digits(phone))


def _housing(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    homes, poor = now.people.household[rows], _is_poor(now, rows)
    return {
        "is_dangerous_house": yes_no(now.draws(homes, "house") < np.where(poor, 0.04, 0.002)),
        "has_safe_water": yes_no(now.draws(homes, "water") >= np.where(poor, 0.03, 0.002)),
    }


def _status(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    people = now.people
    cause = now.draws.choice(people.household[rows], list(CAUSES.values()), "cause")
    return {
        "poverty_status_code": digits(now.status[rows]),
        "household_attribute_code": digits(people.attribute[rows]),
        "main_cause_code": coded(list(CAUSES), cause),
    }


def _identified(now: Snapshot, rows: Array) -> Array:
    """Day on which the household was first identified: in the first years, or in the quarter in which it came in."""
    people = now.people
    homes = people.household[rows]
    early = FOUNDED + np.floor(now.draws(homes, "identified") ** 2 * 1300).astype(np.int64)
    head = people.relation[rows] == 1
    founded = np.full(int(homes.max(initial=0)) + 1, people.since.min(), dtype=np.int64)
    founded[homes[head]] = people.since[rows][head]
    return np.where(founded[homes] > people.since.min(), _first_day(founded[homes]) + 60, early)


def _first_day(quarter: Array) -> Array:
    """First day, since 1970, of quarters counted from 2000Q1."""
    months = (quarter.astype(np.int64) * 3 + (2000 - 1970) * 12).astype("datetime64[M]")
    result: Array = months.astype("datetime64[D]").astype(np.int64)
    return result


def _since_2020(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    """What the register knows since 2020; earlier exports lack the columns."""
    if now.quarter.year < MONITORING:
        return {}
    homes, poor = now.people.household[rows], _is_poor(now, rows)
    watched = ~poor & (now.draws(homes, "monitored") < 0.015)
    return {
        "household_kind": coded(["脱贫户", "未脱贫户"], poor),
        "monitored_kind": empty_where(~watched, _same("脱贫不稳定户", rows)),
        "is_risk_gone": empty_where(~watched, yes_no(now.draws(homes, "risk", serial(now.quarter)) < 0.3)),
        "identified_date": dates(_identified(now, rows)),
    }


def _envelope(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    quarter, village = now.quarter, pa.array(now.people.village[rows])
    city = pc.utf8_slice_codeunits(now.village_codes.take(village), 0, 4)
    return {
        "data_year": _same(str(quarter.year), rows),
        "batch_number": pc.binary_join_element_wise(f"FP{quarter.key}", city, "-"),
        "reported_date": dates(np.full(len(rows), days(quarter)[1] + 3)),
        "reporting_office": pc.binary_join_element_wise(now.place_names.city.take(village), "扶贫办公室", ""),
    }


def _work_area(now: Snapshot, rows: Array) -> Array:
    """1 town, 2 county, 3 province, 4 beyond, by where the person is employed; 0 not employed."""
    people, where = now.people, now.where
    codes = np.array([int(code) for code in where.counties])
    home, work = codes[where.county[people.village[rows]]], people.workplace[rows]
    near = 1 + (now.draws(people.true_id[rows], "town") < 0.45)
    area = np.select([work == home, work // 10000 == home // 10000], [near, 3], 4)
    return np.where(people.employed[rows], area, 0)


def person_rows(now: Snapshot) -> Batch:
    """One row per registered person, ordered by village and household."""
    people, quarter, draws = now.people, now.quarter, now.draws
    rows = _order(now)
    ids, pick = people.true_id[rows], pa.array(rows)
    insured = (people.resident_state[rows] > 0) | (people.unit_scheme[rows] > 0)
    months = np.where(
        people.employed[rows], np.floor(draws(ids, "months") * 4).astype(np.int64) + quarter.number * 2 - 1, 0
    )
    nation = np.where(people.special[rows] >= 0, 2, np.where(people.minority[rows], 1, 0))
    area = _work_area(now, rows)
    age, party = now.age[rows], draws(ids, "party")
    political = np.select([(age >= 30) & (party < 0.05), (age >= 14) & (age < 28) & (party < 0.3)], [0, 1], 2)
    come = (people.since[rows] == serial(quarter)) & (people.since[rows] > people.since.min())
    change = np.select([come & (age == 0), come & (people.relation[rows] == 5)], [1, 2], 0)
    columns = _places(now, rows) | {
        "household_number": household_numbers(people.household[rows]),
        "person_number": digits(3600_000_000_000_000 + ids * 11),
        "name": now.name_text.take(pick),
        "sex_code": digits(people.sex[rows]),
        "id_number": now.id_text.take(pick),
        "household_size": digits(_sizes(people.household[rows])),
        "relation_code": digits(people.relation[rows]),
        "nation": coded(["汉族", "畲族", "维吾尔族"], nation),
        "political_code": coded(["党员", "共青团员", "群众"], political),
        "education_code": digits(now.study.education_code[rows]),
        "student_status_code": digits(now.study.student_code[rows]),
        "health_code": digits(now.health[rows]),
        "labour_skill_code": digits(now.skill[rows]),
        "work_area_code": empty_where(area == 0, digits(area)),
        "work_months": digits(months),
        "is_in_service": yes_no(people.absence[rows] == ARMY),
        "is_illness_insured": yes_no(_claimed(now, rows, people.medical_state[rows] == 1, "illness", 0.02)),
        "is_medical_claimed": yes_no(_claimed(now, rows, people.medical_scheme[rows] == 390, "medical", 0.02)),
        "is_pension_claimed": yes_no(insured ^ (draws(ids, "claim") < 0.06)),
        "is_employee_pension_claimed": yes_no(_claimed(now, rows, people.unit_state[rows] == 1, "unit", 0.015)),
        "is_allowance_claimed": yes_no(_claimed(now, rows, people.assistance[rows] > 0, "allowance", 0.02)),
        **_status(now, rows),
        **_housing(now, rows),
        "income_amount": amounts(_income(now, rows)),
        "phone": phones(now, rows),
        "natural_change_code": coded(["", "新生儿", "婚入"], change),
    }
    if since_2020 := _since_2020(now, rows):
        identified = np.maximum(_identified(now, rows), _born(people.birth[rows]))
        identified = np.where(people.since[rows] > people.since.min(), _first_day(people.since[rows]) + 75, identified)
        columns |= since_2020 | {"person_identified_date": dates(identified)}
    return Batch(poverty_register.PERSON, columns | _envelope(now, rows), ids, now.county(rows))


def _claimed(now: Snapshot, rows: Array, truth: Array, label: str, wrong: float) -> Array:
    """What was entered by hand: the truth, wrong for some."""
    result: Array = truth ^ (now.draws(now.people.true_id[rows], "claim", label) < wrong)
    return result


def _sizes(household: Array) -> Array:
    """Members of each row's household among the rows."""
    _, which, count = np.unique(household, return_inverse=True, return_counts=True)
    result: Array = count[which]
    return result


def _born(birth: Array) -> Array:
    """Birthday as days since 1970."""
    month = ((birth // 10000 - 1970) * 12 + birth // 100 % 100 - 1).astype("datetime64[M]")
    result: Array = month.astype("datetime64[D]").astype(np.int64) + birth % 100 - 1
    return result


def household_rows(now: Snapshot) -> Batch:
    """One row per household with registered members, in the order of the persons; true_id is the head's."""
    people, draws = now.people, now.draws
    everybody = _order(now)
    size = _sizes(people.household[everybody])
    first = np.r_[True, people.household[everybody][1:] != people.household[everybody][:-1]]
    rows, size = everybody[first], size[first]
    homes, pick = people.household[rows], pa.array(rows)
    total = _income(now, rows) * size
    share = 0.25 + 0.5 * draws(homes, "income", "wages")
    idle = draws(homes, "income", "wages", "none") < 0.2
    wages, given = np.where(idle, 0, total * share), total * np.where(idle, 0.6, 0.2)
    rent = np.where(draws(homes, "income", "rent") < 0.15, total * 0.04, 0)
    measure = np.floor(draws(homes, "measure", now.quarter.year) * len(MEASURES))
    other = np.floor(draws(homes, "cause", "other") * len(CAUSES))
    account = 6_228_000_000_000_000 + np.floor(draws(homes, "account") * 10**12).astype(np.int64)
    columns = _places(now, rows) | {
        "household_number": household_numbers(homes),
        "head_name": now.name_text.take(pick),
        "head_id_number": now.id_text.take(pick),
        "household_size": digits(size),
        "standard_code": coded(["国家标准", "省定标准"], draws(homes, "standard") < 0.01),
        **_status(now, rows),
        "other_causes": empty_where(draws(homes, "cause", "others") < 0.5, coded(list(CAUSES), other)),
        "is_single_child": yes_no(draws(homes, "single") < 0.03),
        "is_martyr_family": yes_no(draws(homes, "martyr") < 0.004),
        "bank_account": digits(account),
        "phone": phones(now, rows),
        "wage_income_amount": amounts(wages),
        "business_income_amount": amounts(total - wages - given - rent),
        "property_income_amount": amounts(rent),
        "transfer_income_amount": amounts(given),
        "income_amount": amounts(_income(now, rows)),
        **_housing(now, rows),
        "helper_name": _helpers(now, rows),
        "helper_office": pc.binary_join_element_wise(
            now.place_names.county.take(pa.array(people.village[rows])), _same("驻村工作队", rows), ""
        ),
        "measures": coded(list(MEASURES), measure),
        **_since_2020(now, rows),
        **_envelope(now, rows),
    }
    return Batch(poverty_register.HOUSEHOLD, columns, people.true_id[rows], now.county(rows))


def _helpers(now: Snapshot, rows: Array) -> pa.Array:
    """Invented officials: four to a village."""
    seat = now.people.village[rows].astype(np.int64) * 4 + now.people.household[rows] % 4
    stock, pool = names.stock(), names.stock().pools["male"]
    surname = now.draws.choice(seat, stock.weights, "helper")
    given = [pool[np.floor(now.draws(seat, "helper", part) * len(pool)).astype(np.int64)] for part in (1, 2)]
    return names.text(surname, given[0], given[1], np.full(len(rows), -1))
