"""Rows of the employment platform about people: its two forms, spells since 2018, wishes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import Quarter
from pipelines.sample import jobs
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, join, yes_no
from pipelines.sample.benefits import CLAIM_DAYS, CLAIMS, insured_jobless
from pipelines.sample.draws import Array
from pipelines.sample.jobs import Jobs
from pipelines.sample.parameters import parameters
from pipelines.sample.people import days
from pipelines.sample.poverty_records import phones
from pipelines.sample.register_records import amounts, household_numbers, now_places
from pipelines.sample.schooling import TECHNICAL
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import employment_platform

REASONS = ("照顾家庭", "缺乏技能", "身体原因", "无合适岗位", "临时返乡", "其他")
SKILLS = ("", "缝纫工", "电工", "焊工", "家政服务员", "砌筑工", "中式烹调师", "养老护理员")
SCHOOLING = ("其他", "其他", "小学", "初中", "高中", "大专", "其他")  # by 文化程度 of the register
ARMY, PRISON, ABROAD = 1, 2, 3  # kinds of absence
LOST = 3  # 丧失劳动力


def record_numbers(now: Snapshot, rows: Array) -> pa.Array:
    """记录编号 of people."""
    return digits(20_000_000_000 + now.people.true_id[rows])


def who(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    """The columns every table about people begins with."""
    people, pick = now.people, pa.array(rows)
    village = pa.array(people.village[rows])
    return {
        "record_number": record_numbers(now, rows),
        "hukou_code": now.village_codes.take(village),
        "county_name": now.place_names.county.take(village),
        "town_name": now.place_names.town.take(village),
        "village_name": now.place_names.village.take(village),
        "household_number": household_numbers(people.household[rows]),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
    }


def workers(now: Snapshot) -> Array:
    """Positions of those on the platform, by village."""
    people = now.people
    rows = np.flatnonzero(people.on_platform & people.alive)
    result: Array = rows[np.lexsort((people.true_id[rows], people.village[rows]))]
    return result


def wants_work(now: Snapshot, rows: Array) -> Array:
    result: Array = now.people.employed[rows] | (
        now.draws(now.people.true_id[rows], "wants", "work", now.quarter.year) < 0.7
    )
    return result


def wants_training(now: Snapshot, rows: Array, year: int) -> Array:
    result: Array = now.draws(now.people.true_id[rows], "wants", "training", year) < 0.22
    return result


def _wants_startup(now: Snapshot, rows: Array) -> Array:
    result: Array = now.draws(now.people.true_id[rows], "wants", "startup", now.quarter.year) < 0.03
    return result


def _wished(now: Snapshot, rows: Array, wants: Array) -> dict[str, pa.Array]:
    """Wished place, trade and wage of those who want work and have none."""
    ids = now.people.true_id[rows]
    trade = np.floor(now.draws(ids, "wish", "trade") * len(jobs.TRADES))
    place = np.floor(now.draws(ids, "wish", "place") * 4)
    wage = np.round((2500 + 2500 * now.draws(ids, "wish", "wage")) / 100) * 100
    return {
        "wished_place": empty_where(~wants, coded(["本乡镇", "本县", "省内", "广东省"], place)),
        "wished_trade": empty_where(~wants, coded(list(jobs.TRADES), trade)),
        "wished_wage_amount": empty_where(~wants, amounts(wage)),
    }


def _has_contract(now: Snapshot, held: Jobs) -> Array:
    ids = now.people.true_id[held.person]
    share = np.select(
        [np.isin(held.channel, (jobs.WORKSHOP, jobs.ORG_EXPORT, jobs.PUBLIC_POST)), held.channel == jobs.SELF],
        [0.85, 0],
        0.5,
    )
    result: Array = now.draws(ids, "contract") < share
    return result


def _is_untraced(now: Snapshot, held: Jobs) -> Array:
    """Units' jobs of which, beside that they are held, nothing is told (C12)."""
    ids = now.people.true_id[held.person]
    result: Array = (jobs.form(now, held) == 0) & (now.people.unit_scheme[held.person] == 0)
    result &= now.draws(ids, "contradiction", "untraced") < parameters().contradictions.untraced
    return result


def worker_rows(now: Snapshot) -> Batch:
    """One row per worker on the platform; who lost work keeps the last employer with the day it ended."""
    people, quarter, draws = now.people, now.quarter, now.draws
    rows = workers(now)
    ids, held = people.true_id[rows], Jobs.held(now, rows)
    employed = people.employed[rows]
    never = people.started[rows] == 0
    first, last = days(quarter)
    verified = np.where(draws(ids, "verified", quarter) < 0.86, 0, 90)
    day = first - verified + np.floor(draws(ids, "verified", "day", quarter) * (last - first)).astype(np.int64)
    away = held.workplace != jobs.home_codes(now, rows)
    absence, age = people.absence[rows], now.age[rows]
    kind = np.select(
        [absence == ARMY, absence == PRISON, absence == ABROAD, age >= 60, now.skill[rows] == LOST], [5, 4, 6, 7, 8], 3
    )
    move = np.select(
        [employed & (held.channel == jobs.SELF), employed & away, employed, ~never & away], [5, 4, 6, 3],
        np.where(draws(ids, "farms") < 0.6, 2, 99),
    )  # fmt: skip
    wants = wants_work(now, rows)
    insured = employed & (people.unit_scheme[rows] > 0) & (people.unit_state[rows] == 1)
    untraced = _is_untraced(now, held)
    skilled = now.skill[rows] == 2
    skill = np.where(skilled, 1 + np.floor(draws(ids, "skill") * (len(SKILLS) - 1)), 0)
    columns = who(now, rows) | {
        "sex_code": coded(["", "男", "女"], people.sex[rows]),
        "education_code": coded(list(SCHOOLING), now.study.education_code[rows]),
        "skill": coded(list(SKILLS), skill),
        "phone": phones(now, rows),
        "population_class_code": digits(kind, 2),
        "employment_status_code": coded(["2", "1"], employed),
        "transfer_status_code": digits(move, 2),
        **jobs.columns(now, held, never),
        "started_date": dates(people.started[rows], blank=never),
        "ended_date": dates(people.ended[rows], blank=employed | never),
        "wage_amount": empty_where(never | untraced, amounts(people.wage[rows])),
        "has_contract": empty_where(never, yes_no(_has_contract(now, held) & ~untraced)),
        "is_insured": empty_where(never, yes_no(insured)),
        "unemployed_reason": empty_where(employed, coded(list(REASONS), np.floor(draws(ids, "idle") * len(REASONS)))),
        "wants_work": yes_no(wants),
        **_wished(now, rows, wants & ~employed),
        "wants_training": yes_no(wants_training(now, rows, quarter.year)),
        "wants_startup": yes_no(_wants_startup(now, rows)),
        "is_home_worker": yes_no(employed & (held.channel == jobs.OTHER) & (draws(ids, "home") < 0.1)),
        "services": coded(["", "职业指导", "岗位推荐"], np.floor(draws(ids, "served", "ever") * 3)),
        "policies": empty_where(
            never | (held.channel != jobs.PUBLIC_POST), coded(["公益性岗位补贴"], np.zeros(len(rows)))
        ),
        "certificate_number": empty_where(draws(ids, "certificate") < 0.7, digits(3_600_000_000_000_000 + ids)),
        "aid_kind": empty_where(draws(ids, "aid") < 0.9, coded(["建档立卡贫困劳动力"], np.zeros(len(rows)))),
        "aid_date": dates(17_000 + np.floor(draws(ids, "aid", "day") * 500), blank=draws(ids, "aid") < 0.9),
        "verified_date": dates(day),
        "verified_side_code": coded(["户籍地", "就业地"], employed & away),
    }
    # When verified and whether there; at work out of the county by its code of today, in a unit, sent since 2018.
    out = employed & (now_places(now, held.workplace) != now.county(rows))
    sent = out & (held.channel == jobs.ORG_EXPORT) & (people.started[rows] >= days(Quarter(2018, 1))[0])
    told = (employed & away, out, employed & (jobs.form(now, held) == 0), sent)
    marks = [yes_no(flag, "1", "0") for flag in told]
    item = pc.binary_join_element_wise(dates(day), *marks, ":")
    return Batch(employment_platform.WORKER, columns, ids, now.county(rows), item)


def spell_rows(now: Snapshot) -> Batch:
    """One row per job since 2018 of everybody on the platform, and per registration as unemployed that stands or ran out."""
    people, spells = now.people, now.people.spells
    on = (people.on_platform & people.alive)[spells.person]
    which = np.flatnonzero(on & ((spells.ended == 0) | (spells.ended >= days(Quarter(2018, 1))[0])))
    rows = spells.person[which]
    which = which[np.lexsort((spells.started[which], people.true_id[rows], people.village[rows]))]
    held = Jobs.of_spells(now, which)
    rows, started, ended = held.person, spells.started[which], spells.ended[which]
    ids, never = people.true_id[rows], np.zeros(len(rows), dtype=bool)
    registered = np.minimum(
        started + np.floor(now.draws(ids, "registered") * 25).astype(np.int64), days(now.quarter)[1]
    )
    insured, untraced = (people.unit_scheme[rows] > 0) & (people.unit_state[rows] == 1), _is_untraced(now, held)
    again = np.r_[False, rows[1:] == rows[:-1]] if len(rows) else never
    columns = who(now, rows) | {
        "registration_code": coded(["就业登记"], never),
        "started_date": dates(started),
        "ended_date": dates(ended, blank=ended == 0),
        "registered_date": dates(registered),
        "category_code": coded(["2", "1"], again),
        **jobs.columns(now, held, never),
        "wage_amount": empty_where(untraced, amounts(spells.wage[which])),
        "has_contract": yes_no(_has_contract(now, held) & ~untraced),
        "is_insured": empty_where(ended != 0, yes_no(insured)),
        "unemployed_reason": coded([""], never),
    }
    jobs_held = Batch(employment_platform.SPELL, columns, ids, now.county(rows), dates(started))
    return join(jobs_held, _unemployed_rows(now))


def _unemployed_rows(now: Snapshot) -> Batch:
    """Registrations as unemployed: of those who draw unemployment benefit, for as long as they may, and of some who do not
    (C31, where they did not leave of their own will)."""
    people, draws, last = now.people, now.draws, days(now.quarter)[1]
    everybody = workers(now)
    rows = everybody[insured_jobless(now, everybody) & (people.ended[everybody] + 25 < last)]
    claims = draws(people.true_id[rows], "claims") < CLAIMS
    registers = (
        draws(people.true_id[rows], "contradiction", "unclaimed") < parameters().contradictions.registers_unclaimed
    )
    rows, claims = rows[claims | registers], claims[claims | registers]
    ids, started = people.true_id[rows], people.ended[rows].astype(np.int64) + 1
    never, ended = np.ones(len(rows), dtype=bool), started + CLAIM_DAYS
    reason = draws.choice(ids, [0.3, 0.2, 0.1, 0.4], "contradiction", "reason")
    reason = np.where(claims & (reason == 3), 0, reason)
    columns = who(now, rows) | {
        "registration_code": coded(["失业登记"], np.zeros(len(rows))),
        "started_date": dates(started),
        "ended_date": dates(ended, blank=~claims | (ended > last)),
        "registered_date": dates(started + np.floor(draws(ids, "contradiction", "registered") * 20).astype(np.int64)),
        "category_code": coded([""], np.zeros(len(rows))),
        **jobs.columns(now, Jobs.held(now, rows), never),
        "wage_amount": coded([""], np.zeros(len(rows))),
        "has_contract": coded([""], np.zeros(len(rows))),
        "is_insured": coded([""], np.zeros(len(rows))),
        "unemployed_reason": coded(["20", "劳动合同终止", "单位裁员", "本人辞职"], reason),
    }
    return Batch(employment_platform.SPELL, columns, ids, now.county(rows), dates(started))


def wish_rows(now: Snapshot) -> Batch:
    """One row per worker asked this year, and per school-leaver asked about technical schools."""
    people, draws = now.people, now.draws
    ids = people.true_id
    asked = people.on_platform & people.alive & (draws(ids, "asked", now.quarter.year) < 0.95)
    leaver = people.registered & people.alive & (now.age >= 14) & (now.age <= 22)
    leaver &= np.isin(now.study.student_code, (1, 6, 9)) & ~asked & (draws(ids, "asked", "school") < 0.9)
    rows = np.flatnonzero(asked | leaver)
    rows = rows[np.lexsort((ids[rows], people.village[rows]))]
    ids, young = ids[rows], leaver[rows]
    first, _ = days(Quarter(now.quarter.year, 1))
    wants = wants_work(now, rows) & ~people.employed[rows] & ~young
    trained = wants_training(now, rows, now.quarter.year)
    school = (now.study.track[rows] == TECHNICAL) | (draws(ids, "wants", "school") < 0.12)
    trade = coded(list(SKILLS[1:]), np.floor(draws(ids, "wish", "course") * (len(SKILLS) - 1)))
    columns = who(now, rows) | {
        "asked_date": dates(first + np.floor(draws(ids, "asked", "day", now.quarter.year) * 80)),
        "wants_work": empty_where(young, yes_no(wants_work(now, rows))),
        "wants_to_leave": empty_where(young, yes_no(wants & (draws(ids, "wish", "place") >= 0.5))),
        **_wished(now, rows, wants),
        "wants_training": empty_where(young, yes_no(trained)),
        "training_trade": empty_where(young | ~trained, trade),
        "wants_startup": empty_where(young, yes_no(_wants_startup(now, rows))),
        "wants_technical_school": empty_where(~young, yes_no(school)),
        "wished_school": empty_where(
            ~(young & school), coded(["技师学院", "技工学校"], draws(ids, "wish", "school") < 0.6)
        ),
    }
    # What is said of training: nothing of school-leavers, else whether it is wanted, and since when.
    item = empty_where(young, pc.binary_join_element_wise(yes_no(trained, "1", "0"), columns["asked_date"], ":"))
    return Batch(employment_platform.WISH, columns, ids, now.county(rows), item)
