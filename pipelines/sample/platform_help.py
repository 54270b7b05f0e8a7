"""Rows of the employment platform about what is done for people: services, training, subsidies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import Quarter
from pipelines.sample import jobs, work
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.jobs import carrier_numbers, carriers
from pipelines.sample.people import days
from pipelines.sample.platform_people import record_numbers, wants_training, wants_work, who, workers
from pipelines.sample.platform_work import NOBODY, POST_AMOUNT, carrier_names, county_villages, staff
from pipelines.sample.register_records import amounts
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import employment_platform

SERVICES = ("岗位推荐", "职业指导", "职业介绍", "政策咨询", "招聘会", "培训推荐")
CAMPAIGNS = {1: "春风行动", 2: "民营企业招聘周"}  # by quarter; the rest of the year is daily work
COURSES = ("缝纫工", "砌筑工", "家政服务", "电子商务", "中式烹调", "养老护理", "油茶栽培", "快递物流")
COURSE_KINDS = ("就业技能培训", "就业技能培训", "就业技能培训", "创业培训", "就业技能培训", "就业技能培训", "农村实用技术培训",
                "岗位技能提升培训")  # fmt: skip
COURSE_TRADES = ("", "", "家政服务", "", "", "养老服务", "", "物流配送")
DAY_RATE, ALLOWANCE, WORKSHOP_RATE, ORGANISER_RATE = 50, 500, 1000, 200  # yuan (L)
START_OF_PLAN = 17_532  # 2018-01-01
_SUBSIDIES = ("JOB_SEEKING", "POST", "TRAINING_LIVING", "WORKSHOP", "ORGANISER")


def _so_far(quarter: Quarter) -> list[Quarter]:
    """The quarters of the year up to this one."""
    return [Quarter(quarter.year, number) for number in range(1, quarter.number + 1)]


def service_rows(now: Snapshot) -> Batch:
    """One row per service of the quarter: most of the willing unemployed get one or two, some of the employed one."""
    people, draws, quarter = now.people, now.draws, now.quarter
    everybody = workers(now)
    seeks = wants_work(now, everybody) & ~people.employed[everybody]
    ids = people.true_id[everybody]
    once = everybody[draws(ids, "served", quarter) < np.where(seeks, 0.7, 0.08)]
    twice = once[draws(people.true_id[once], "served", "again", quarter) < 0.35]
    rows = np.r_[once, twice]
    again = np.r_[np.zeros(len(once), dtype=np.int64), np.ones(len(twice), dtype=np.int64)]
    order = np.lexsort((again, people.true_id[rows], people.village[rows]))
    rows, again = rows[order], again[order]
    ids = people.true_id[rows]
    first, last = days(quarter)
    kind = (np.floor(draws(ids, "served", "kind", quarter) * len(SERVICES)).astype(np.int64) + again) % len(SERVICES)
    day = first + np.floor(draws(ids, "served", "day", quarter) * (last - first - 20)).astype(np.int64) + again * 14
    is_campaign = (draws(ids, "served", "campaign", quarter) < 0.4) & (quarter.number in CAMPAIGNS)
    away = people.employed[rows] & (people.workplace[rows] != jobs.home_codes(now, rows))
    village = pa.array(people.village[rows])
    columns = who(now, rows) | {
        "service_code": coded(list(SERVICES), kind),
        "served_date": dates(day),
        "campaign_code": coded(["日常服务", CAMPAIGNS.get(quarter.number, "日常服务")], is_campaign),
        "provider_name": pc.binary_join_element_wise(now.place_names.town.take(village), "人社所", ""),
        "is_at_destination": yes_no(away & (draws(ids, "served", "there") < 0.5)),
        "has_led_to_work": yes_no(people.employed[rows] & (people.started[rows] > day)),
    }
    return Batch(employment_platform.SERVICE, columns, ids, now.county(rows), digits(day * 10 + kind))


@dataclass(frozen=True)
class Courses:
    """Trainings since 1 January as columns; `person` holds positions of people, days count from 1970."""

    person: Array
    course: Array
    started: Array
    ended: Array
    n_days: Array
    attended: Array


def courses(now: Snapshot) -> Courses:
    """Who of the platform was trained in the year's quarters so far: most of them had asked for it."""
    people, draws = now.people, now.draws
    everybody = workers(now)
    found: list[tuple[Array, ...]] = []
    for quarter in _so_far(now.quarter):
        ids = people.true_id[everybody]
        wants = wants_training(now, everybody, quarter.year)
        rows = everybody[draws(ids, "trained", quarter) < np.where(wants, 0.16, 0.008)]
        ids = people.true_id[rows]
        length = np.array([5, 7, 10, 15, 20])[draws.choice(ids, [2, 3, 3, 1, 1], "trained", "days", quarter)]
        started = days(quarter)[0] + np.floor(draws(ids, "trained", "day", quarter) * 60).astype(np.int64)
        stays = draws(ids, "trained", "stays", quarter)
        attended = np.where(stays < 0.88, length, np.floor(length * stays).astype(np.int64))
        course = np.floor(draws(ids, "trained", "course", quarter) * len(COURSES)).astype(np.int64)
        found.append((rows, course, started, started + length - 1, length, attended))
    return Courses(*(np.concatenate(column) for column in zip(*found, strict=True)))


def training_rows(now: Snapshot) -> Batch:
    """One row per training begun since 1 January."""
    people, draws, last = now.people, now.draws, days(now.quarter)[1]
    made = courses(now)
    order = np.lexsort((made.started, people.true_id[made.person], people.village[made.person]))
    rows, course, started, ended, length, attended = (
        column[order] for column in (made.person, made.course, made.started, made.ended, made.n_days, made.attended)
    )
    ids = people.true_id[rows]
    finished = attended * 5 >= length * 4
    certified = finished & (draws(ids, "trained", "certificate") < 0.6) & (ended + 15 <= last)
    serial = digits(ids * 100 + course, 14)
    county = now.place_names.county.take(pa.array(people.village[rows]))
    columns = who(now, rows) | {
        "course_name": coded(list(COURSES), course),
        "provider_name": pc.binary_join_element_wise(county, "职业培训学校", ""),
        "kind_code": coded(list(COURSE_KINDS), course),
        "mode_code": coded(
            ["集中培训", "弹性培训", "上门培训"], draws.choice(ids, [0.8, 0.12, 0.08], "trained", "mode")
        ),
        "priority_trade_code": coded(list(COURSE_TRADES), course),
        "started_date": dates(started),
        "ended_date": dates(ended),
        "n_days": digits(length),
        "n_attended_days": digits(attended),
        "has_finished": yes_no(finished),
        "has_passed_assessment": yes_no(certified),
        "certificate_name": empty_where(
            ~certified, coded(["培训合格证书", "专项职业能力证书"], draws(ids, "trained", "grade") < 0.3)
        ),
        "certificate_number": empty_where(~certified, pc.binary_join_element_wise("PX", serial, "")),
        "certified_date": dates(ended + 15, blank=~certified),
        "is_home_worker": yes_no(draws(ids, "home") < 0.03),
    }
    item = pc.binary_join_element_wise(dates(started), yes_no(finished, "1", "0"), ":")
    return Batch(employment_platform.TRAINING, columns, ids, now.county(rows), item)


@dataclass(frozen=True)
class _Payments:
    """Payments to people as columns; days count from 1970."""

    person: Array
    number: Array
    kind: Array  # index into _SUBSIDIES
    since: Array
    until: Array
    amount: Array
    paid: Array


def _payments(
    person: Array, number: Array, kind: int, since: Array, until: Array, amount: Array | int, paid: Array
) -> _Payments:
    size = len(person)
    return _Payments(person, number, np.full(size, kind), since, until, np.broadcast_to(amount, size), paid)


def _job_seeking(now: Snapshot) -> list[_Payments]:
    """The one-off allowance of those sent out of their county: mostly once, some not at all, a few twice or undue."""
    people, spells, draws = now.people, now.people.spells, now.draws
    ids = people.true_id[spells.person]
    out = spells.workplace != jobs.home_codes(now, spells.person)
    recent = spells.started >= START_OF_PLAN
    due = np.flatnonzero(out & recent & (spells.channel == jobs.ORG_EXPORT))
    due = due[np.sort(np.unique(spells.person[due], return_index=True)[1])]
    own = np.flatnonzero(recent & (spells.channel == jobs.SPONTANEOUS) & (draws(ids, "allowance", "undue") < 0.003))
    paid = np.r_[due[draws(ids[due], "allowance") < 0.85], own]
    twice = paid[draws(ids[paid], "allowance", "twice") < 0.006]
    made = []
    for which, later, base in ((paid, 0, 0), (twice, 100, 50_000_000)):
        day = spells.started[which] + 45 + np.floor(draws(ids[which], "allowance", "day") * 75).astype(np.int64) + later
        since = spells.started[which]
        made.append(_payments(spells.person[which], base + which, 0, since, since, ALLOWANCE, day))
    return made


def _post_subsidies(now: Snapshot) -> list[_Payments]:
    """The monthly subsidy of post holders, paid for each quarter on its last day."""
    spells, made = now.people.spells, []
    for quarter in _so_far(now.quarter):
        first, last = days(quarter)
        until = np.where(spells.ended == 0, last, np.minimum(spells.ended, last))
        since = np.maximum(spells.started, first)
        which = np.flatnonzero((spells.channel == jobs.PUBLIC_POST) & (until - since >= 10))
        months = np.minimum((until - since)[which] // 30 + 1, 3)
        number = which * 4 + quarter.number - 1
        amount, paid = months * POST_AMOUNT, np.full(len(which), last)
        made.append(_payments(spells.person[which], number, 1, since[which], until[which], amount, paid))
    return made


def _living(now: Snapshot) -> list[_Payments]:
    """The living allowance for the days attended, forty days after the course."""
    made, ids = courses(now), now.people.true_id
    got = now.draws(ids[made.person], "living", now.quarter.year) < 0.8
    number = ids[made.person] * 400 + made.started % 400
    return [
        _payments(made.person[got], number[got], 2, made.started[got], made.ended[got], made.attended[got] * DAY_RATE,
                  made.ended[got] + 40)
    ]  # fmt: skip


def subsidy_rows(now: Snapshot) -> Batch:
    """One row per payment since 1 January: to people, then to workshops and organisers."""
    people, quarter = now.people, now.quarter
    first, last = days(Quarter(quarter.year, 1))[0], days(quarter)[1]
    parts = [*_job_seeking(now), *_post_subsidies(now), *_living(now)]
    person, number, kind, since, until, amount, paid = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("person", "number", "kind", "since", "until", "amount", "paid")
    )
    keep = np.flatnonzero((paid >= first) & (paid <= last))
    keep = keep[np.lexsort((number[keep], kind[keep], people.village[person[keep]]))]
    person, number, kind, since, until, amount, paid = (
        column[keep] for column in (person, number, kind, since, until, amount, paid)
    )
    shops, agents = _workshops(now), _organisers(now)
    who_none = [""] * (len(shops["subsidy_number"]) + len(agents["subsidy_number"]))
    village, pick, size = pa.array(people.village[person]), pa.array(person), len(person)
    registered = people.on_platform[person]
    mine = {
        "subsidy_number": pc.binary_join_element_wise(
            coded(["QZ", "GW", "SH"], kind), digits(number, 12), f"{quarter.year}", ""
        ),
        "region_code": now.village_codes.take(village),
        "county_name": now.place_names.county.take(village),
        "subsidy_code": coded(list(_SUBSIDIES), kind),
        "record_number": empty_where(~registered, record_numbers(now, person)),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "organisation_name": pa.array([""] * size, pa.string()),
        "carrier_number": pa.array([""] * size, pa.string()),
        "period_start_date": dates(since),
        "period_end_date": dates(until),
        "n_beneficiaries": digits(np.ones(size)),
        "paid_amount": amounts(amount),
        "paid_date": dates(paid),
    }
    nobody = dict.fromkeys(("record_number", "name", "id_number"), pa.array(who_none, pa.string()))
    whole = {}
    for name, column in mine.items():
        theirs = [nobody[name]] if name in nobody else [shops[name], agents[name]]
        whole[name] = pa.concat_arrays([column, *theirs])
    total = len(whole["subsidy_number"])
    whole["fund_code"] = coded(["就业补助资金"], np.zeros(total))
    whole["state_code"] = coded(["3"], np.zeros(total))
    columns = {c.name: whole[c.name] for c in employment_platform.SUBSIDY.columns if c.name in whole}
    county = np.r_[now.county(person), shops["county"], agents["county"]]
    true_id = np.r_[people.true_id[person], np.full(total - size, NOBODY)]
    return Batch(employment_platform.SUBSIDY, columns, true_id, county, whole["subsidy_number"])


def _workshops(now: Snapshot) -> dict[str, pa.Array | Array]:
    """The subsidy of workshops, by the registered people they had on 20 June, paid ten days later."""
    year, all_of_them = now.quarter.year, carriers(now)
    day = days(Quarter(year, 2))[1] - 10
    poor = staff(now, all_of_them, day)
    some = (all_of_them.kind == work.CARRIERS.index("WORKSHOP")) & (poor >= 3)
    some &= now.draws(np.arange(len(poor)), "workshop", year) < 0.7
    which = np.flatnonzero(some) if now.quarter.number >= 2 else np.zeros(0, dtype=np.int64)
    pick, same = pa.array(which), np.full(len(which), day)
    numbers = carrier_numbers(now.where, all_of_them).take(pick)
    return _paid_to_organisations(
        now, "CJ", 3, all_of_them.county[which], numbers, carrier_names(now, all_of_them).take(pick), numbers,
        same - 180, same, poor[which], WORKSHOP_RATE, same + 10,
    )  # fmt: skip


def _organisers(now: Snapshot) -> dict[str, pa.Array | Array]:
    """The subsidy of each county's labour agency, by the people it sent out in a quarter; some claim too many."""
    people, spells, parts = now.people, now.people.spells, []
    sent = spells.channel == jobs.ORG_EXPORT
    for quarter in _so_far(now.quarter):
        first, last = days(quarter)
        which = sent & (spells.started >= first) & (spells.started <= last)
        count = np.bincount(now.where.county[people.village[spells.person[which]]], minlength=len(now.where.counties))
        county = np.flatnonzero(count)
        claims = now.draws(county, "organiser", quarter) < 0.1
        parts.append((county, np.full(len(county), quarter.number), count[county] + claims, np.full(len(county), last)))
    county, number, people_sent, paid = (np.concatenate(column) for column in zip(*parts, strict=True))
    text = pc.binary_join_element_wise(
        pa.array(now.where.counties).take(pa.array(county)), digits(number), f"{now.quarter.year}", ""
    )
    agency = pc.binary_join_element_wise(
        now.place_names.county.take(pa.array(county_villages(now)[county])), "劳务服务有限公司", ""
    )
    none = pa.array([""] * len(county), pa.string())
    return _paid_to_organisations(
        now, "ZZ", 4, county, text, agency, none, paid - 80, paid, people_sent, ORGANISER_RATE, paid
    )


def _paid_to_organisations(
    now: Snapshot, prefix: str, kind: int, county: Array, number: pa.Array, name: pa.Array, carrier: pa.Array,
    since: Array, until: Array, n_people: Array, rate: int, paid: Array,
) -> dict[str, pa.Array | Array]:  # fmt: skip
    return {
        "county": now.county_codes[county],
        "subsidy_number": pc.binary_join_element_wise(prefix, number, f"{now.quarter.year}", ""),
        "region_code": digits(now.county_codes[county]),
        "county_name": now.place_names.county.take(pa.array(county_villages(now)[county])),
        "subsidy_code": coded(list(_SUBSIDIES), np.full(len(county), kind)),
        "organisation_name": name,
        "carrier_number": carrier,
        "period_start_date": dates(since),
        "period_end_date": dates(until),
        "n_beneficiaries": digits(n_people),
        "paid_amount": amounts(n_people * rate),
        "paid_date": dates(paid),
    }
