"""Rows of employees' contributions, of their other schemes, and of pensions and unemployment benefits in payment."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipelines.sample import cover, life
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where
from pipelines.sample.draws import Array
from pipelines.sample.insurance_records import EMPLOYEE_ACCOUNT, FIRST_ACCOUNT, SECOND_ACCOUNT
from pipelines.sample.people import birthday, days, serial
from pipelines.sample.register_records import amounts
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import social_insurance

UNEMPLOYMENT, INJURY, MATERNITY = 210, 410, 510
SHARES = {UNEMPLOYMENT: 0.78, INJURY: 0.94, MATERNITY: 0.70}  # of those in an employee scheme (L)
CLAIM_DAYS = 365  # for which unemployment benefit is drawn
CLAIMS = 0.35  # of employees out of work, who draw unemployment benefit (L)
CLAIMS_AT_WORK = 0.004  # of employees at work: what C11 is there to find
PAID_TO_THE_DEAD = 0.12  # of the dead of the last two quarters (C08)
BASIC_PENSION = {2018: 105, 2019: 105, 2020: 110}  # yuan a month, recalled (L)


def _account(rows: Array, now: Snapshot) -> pa.Array:
    """Personal numbers of employees."""
    return digits(EMPLOYEE_ACCOUNT + now.people.true_id[rows])


def _months(now: Snapshot) -> Array:
    """The quarter's three months, such as 201810."""
    first: Array = now.quarter.year * 100 + now.quarter.number * 3 - 2 + np.arange(3)
    return first


def _month(day: Array) -> Array:
    """Days since 1970 as year and month."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    result: Array = (1970 + month // 12) * 100 + month % 12 + 1
    return result


def _employees(now: Snapshot) -> Array:
    people = now.people
    return np.flatnonzero((people.unit_scheme > 0) & people.alive)


def _in(scheme: int, rows: Array, now: Snapshot) -> Array:
    """Which employees are in a scheme beside the pension."""
    result: Array = now.draws(now.people.true_id[rows], "scheme", scheme) < SHARES[scheme]
    return result


def other_scheme_rows(now: Snapshot, city: int) -> Batch:
    """Participation of a city's employees in unemployment, injury and maternity insurance: a file of its own."""
    people, everyone = now.people, _employees(now)
    everyone = everyone[now.county_codes[people.unit_place[everyone]] // 100 == city]
    picked = [(scheme, everyone[_in(scheme, everyone, now)]) for scheme in SHARES]
    rows = np.concatenate([chosen for _, chosen in picked])
    scheme = np.concatenate([np.full(len(chosen), number) for number, chosen in picked])
    pick, state, county = pa.array(rows), people.unit_state[rows], now.county_codes[people.unit_place[rows]]
    columns = {
        "person_number": _account(rows, now),
        "id_number": now.id_text.take(pick),
        "name": now.name_text.take(pick),
        "scheme_code": digits(scheme),
        "participation_state_code": digits(state),
        "payment_state_code": digits(np.where(state == 4, 3, state)),
        "joined_date": dates(people.unit_joined[rows], "%Y%m%d"),
        "pool_code": digits(county),
        "employer_number": digits(360_000 + people.employer[rows]),
        "sex_code": digits(people.sex[rows]),
    }
    return Batch(social_insurance.PARTICIPATION, columns, people.true_id[rows], county, digits(scheme), stem="五险参保")


def contribution_rows(now: Snapshot) -> Batch:
    """One row per employee at work, scheme and month of the quarter."""
    people, draws = now.people, now.draws
    active = _employees(now)
    active = active[people.unit_state[active] == 1]
    schemes = [(0, active), *((scheme, active[_in(scheme, active, now)]) for scheme in SHARES)]
    who = np.concatenate([chosen for _, chosen in schemes])
    scheme = np.concatenate([np.full(len(c), s) for s, c in schemes])
    scheme = np.where(scheme == 0, people.unit_scheme[who], scheme)
    rows, scheme, month = np.repeat(who, 3), np.repeat(scheme, 3), np.tile(_months(now), len(who))
    paid = month >= _month(people.unit_joined[rows])
    rows, scheme, month = rows[paid], scheme[paid], month[paid]
    order = np.lexsort((month, scheme, people.true_id[rows], people.unit_place[rows]))
    rows, scheme, month = rows[order], scheme[order], month[order]
    ids, pick, county = people.true_id[rows], pa.array(rows), now.county_codes[people.unit_place[rows]]
    base = np.maximum(people.wage[rows], 2800)
    own = np.select([np.isin(scheme, (cover.EMPLOYEES, cover.CIVIL_SERVICE)), scheme == UNEMPLOYMENT], [0.08, 0.005], 0)
    employer = np.select(
        [np.isin(scheme, (cover.EMPLOYEES, cover.CIVIL_SERVICE)), scheme == UNEMPLOYMENT, scheme == INJURY],
        [0.16, 0.005, 0.004], 0.008,
    )  # fmt: skip
    last = days(now.quarter)[1]
    booked = np.minimum(
        (month // 100 * 12 + month % 100 - 1 - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        + 14 + np.floor(draws(ids, "contribution", "day") * 12).astype(np.int64), last,
    )  # fmt: skip
    columns = {
        "person_number": _account(rows, now),
        "id_number": now.id_text.take(pick),
        "name": now.name_text.take(pick),
        "scheme_code": digits(scheme),
        "period_month": digits(month),
        "payment_type_code": coded(["10", "31"], draws(ids, "contribution", "late", now.quarter) < 0.02),
        "base_amount": amounts(base),
        "personal_amount": amounts(base * own),
        "employer_amount": amounts(base * employer),
        "employer_number": digits(360_000 + people.employer[rows]),
        "booked_date": dates(booked, "%Y%m%d"),
        "pool_code": digits(county),
    }
    return Batch(social_insurance.CONTRIBUTION, columns, ids, county, digits(scheme * 1_000_000 + month))


def insured_jobless(now: Snapshot, rows: Array) -> Array:
    """Which of the people have lost a job in which they were insured against unemployment."""
    people = now.people
    lost = (people.unit_scheme[rows] == cover.EMPLOYEES) & (people.unit_state[rows] == 2) & ~people.employed[rows]
    result: Array = lost & (people.ended[rows] > 0) & (now.age[rows] < 60) & _in(UNEMPLOYMENT, rows, now)
    return result


def benefit_rows(now: Snapshot) -> Batch:
    """One row per account and benefit: its state at the quarter's end, the last month paid and how many in the quarter."""
    people, draws, age = now.people, now.draws, now.age
    first, last = days(now.quarter)
    months = _months(now)
    death = life.death_day(people, draws)
    recent = ~people.alive & (people.left >= serial(now.quarter) - 2)
    still = recent & (draws(people.true_id, "benefit", "dead") < PAID_TO_THE_DEAD)
    # An office learns of a death in the quarter after it; until then the benefit is paid on.
    known = recent & ~still & (death < first)
    draws_pension = (people.resident_payment == 3) & np.isin(people.resident_state, (1, 2, 4)) & (age >= 60)
    pension = np.flatnonzero(draws_pension & (people.alive & (people.resident_state < 4) | recent))
    jobless = (people.unit_scheme == cover.EMPLOYEES) & people.alive & (age < 60)
    jobless &= draws(people.true_id, "scheme", UNEMPLOYMENT) < SHARES[UNEMPLOYMENT]
    out = (people.unit_state == 2) & (people.ended > last - CLAIM_DAYS) & (draws(people.true_id, "claims") < CLAIMS)
    at_work = (people.unit_state == 1) & (draws(people.true_id, "claims", "work", now.quarter.year) < CLAIMS_AT_WORK)
    unemployed = np.flatnonzero(jobless & (out | at_work))
    second = pension[people.alive[pension] & (now.second_pool[pension] > 0)]
    rows = np.r_[pension, second, unemployed]
    account = np.repeat([FIRST_ACCOUNT, SECOND_ACCOUNT, EMPLOYEE_ACCOUNT], [len(pension), len(second), len(unemployed)])
    unit, is_second = account == EMPLOYEE_ACCOUNT, account == SECOND_ACCOUNT
    ids, pick = people.true_id[rows], pa.array(rows)
    state = np.where(known[rows], 3, np.where(~unit & (people.resident_state[rows] == 2), 2, 1))
    since = np.where(unit, people.ended[rows] + 31, birthday(people.birth[rows], 60))
    since = np.where(unit & (people.ended[rows] == 0), people.unit_joined[rows], since)
    begin = np.minimum(_month(since), months[2])
    paid = np.where(state == 1, np.clip((months[None, :] >= begin[:, None]).sum(axis=1), 1, 3), 0)
    saved = np.where(is_second, draws(ids, "benefit", "own", "second"), draws(ids, "benefit", "own"))
    monthly = np.where(unit, 1100, BASIC_PENSION[now.quarter.year] + np.round(8 + saved * 90))
    below = (account == FIRST_ACCOUNT) & (draws(ids, "benefit", "below") < 0.003)  # what C35 is there to find
    monthly = np.where(below, 80, monthly)
    granted = 3 + np.floor(draws(ids, "granted") * 10).astype(np.int64)
    county = np.where(unit, now.county_codes[people.unit_place[rows]], now.county(rows))
    county = np.where(is_second, now.second_pool[rows], county)
    nothing = state != 1
    columns = {
        "person_number": digits(account + ids),
        "id_number": now.id_text.take(pick),
        "name": now.name_text.take(pick),
        "scheme_code": digits(np.where(unit, UNEMPLOYMENT, cover.RESIDENTS)),
        "benefit_state_code": digits(state),
        "benefit_month": empty_where(nothing, digits(np.full(len(rows), months[2]))),
        "pay_mark_code": empty_where(
            nothing, coded(["40", "41"], draws(ids, "benefit", "bounced", now.quarter) < 0.004)
        ),
        "benefit_amount": empty_where(nothing, amounts(monthly)),
        "basic_amount": empty_where(
            nothing | unit | below, amounts(np.full(len(rows), BASIC_PENSION[now.quarter.year]))
        ),
        "months_paid": digits(paid),
        "months_granted": empty_where(~unit, digits(granted)),
        "start_month": digits(begin),
        "end_month": empty_where(~known[rows], digits(np.maximum(_month(death[rows]), begin))),
        "ended_reason_code": empty_where(~known[rows], coded(["1401"], np.zeros(len(rows)))),
        "paused_reason_code": empty_where(state != 2, coded(["1201", "1202"], people.absence[rows] == 2)),
        "death_date": dates(death[rows], "%Y%m%d", blank=~known[rows]),
        "pool_code": digits(county),
    }
    return Batch(social_insurance.BENEFIT, columns, ids, county, digits(np.where(unit, UNEMPLOYMENT, cover.RESIDENTS)))
