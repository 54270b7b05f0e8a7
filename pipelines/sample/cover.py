"""Pension and medical cover and the premiums government pays, quarter by quarter, as they truly are."""

from __future__ import annotations

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sample.parameters import parameters
from pipelines.sample.people import People, days, serial
from pipelines.sample.places import Places

EMPLOYEES, CIVIL_SERVICE, RESIDENTS = 110, 120, 170
MEDICAL_EMPLOYEES, MEDICAL_RESIDENTS = 310, 390


def start_pension(people: People, where: Places, is_student: Array, quarter: Quarter, draws: Draws) -> None:
    """Pension cover of people who are new in the sample (no state yet)."""
    pension_of(people, where, is_student, quarter, draws, np.ones(len(people), dtype=bool))


def pension_of(people: People, where: Places, is_student: Array, quarter: Quarter, draws: Draws, who: Array) -> None:
    """Draw the pension cover of those marked in `who`."""
    rates, ids = parameters().pension, people.true_id
    age, last = people.age(quarter), days(quarter)[1]
    county = where.county[people.village]
    uninsured = rates.uninsured * np.exp(0.45 * where.tilt[county] - 0.1)
    u = draws(ids, "pension")
    none = np.where(is_student, u >= rates.student_insured, u < uninsured) | (age < 16)
    pause = draws(ids, "pension", "state")
    paying = np.select([pause < 0.06, pause < 0.07], [2, 4], 1)
    state = np.where(age >= 60, np.where(pause < 0.012, 2, 1), paying)
    payment = np.where(age >= 60, 3, np.select([paying == 1, paying == 2], [1, 2], 3))
    unit = ~none & (age < 60) & ~is_student & people.employed & np.isin(people.channel, (0, 2, 5, 6))
    unit &= draws(ids, "pension", "unit") < rates.unit_insured * 0.5
    set_(people, who & ~none, resident_state=state, resident_payment=payment)
    birth = people.birth // 10000
    opened = (np.maximum(birth + 16, 2011) - 1970) * 365.25 + draws(ids, "joined") * 330
    people.joined[:] = np.where(who, np.minimum(opened, last).astype(np.int64), people.joined)
    _join_unit(people, where, who & unit, quarter, draws, rates.both_active)
    lost = draws(ids, "absence")
    reason = np.select([lost < 0.06, lost < 0.11, lost < 0.13, lost < rates.explained], [1, 2, 3, 4], 0)
    people.absence[:] = np.where(who & none & (age >= 18) & ~is_student, reason, people.absence)


def set_(people: People, who: Array, **columns: Array | int) -> None:
    """Assign columns where `who`."""
    for name, values in columns.items():
        getattr(people, name)[who] = values[who] if isinstance(values, np.ndarray) else values


def _join_unit(people: People, where: Places, who: Array, quarter: Quarter, draws: Draws, both: float) -> None:
    """Enter the employee scheme; the resident account is paused unless somebody forgets to."""
    ids, last = people.true_id, days(quarter)[1]
    inside = np.isin(people.workplace, [int(code) for code in where.counties])
    index = {int(code): i for i, code in enumerate(where.counties)}
    pool = np.array([index.get(int(code), -1) for code in people.workplace[who]], dtype=np.int64)
    home = where.county[people.village[who]]
    scheme = np.where(draws(ids, "pension", "civil") < 0.03, CIVIL_SERVICE, EMPLOYEES)
    set_(people, who, unit_scheme=scheme, unit_state=1)
    people.unit_place[who] = np.where(inside[who], pool, home)
    people.unit_joined[who] = np.maximum(np.minimum(people.started[who] + 20, last - 1), 13000)
    keeps = draws(ids, "pension", "both") < both
    pausing = who & (people.resident_state == 1) & (people.resident_payment == 1) & ~keeps
    set_(people, pausing, resident_state=2, resident_payment=2)


def step_pension(people: People, where: Places, is_student: Array, quarter: Quarter, draws: Draws) -> None:
    """One quarter of enrolling, lapsing, resuming, retiring, entering and leaving employee schemes, dying."""
    rates, ids, now = parameters().pension, people.true_id, serial(quarter)
    age = people.age(quarter)
    u = draws(ids, "pension", now)
    fresh = people.since == now
    if fresh.any():
        pension_of(people, where, is_student, quarter, draws, fresh)
    old, alive = ~fresh, people.alive
    state, payment = people.resident_state.copy(), people.resident_payment.copy()
    none = old & alive & (state == 0) & (age >= 16) & ~is_student & (people.absence == 0) & (people.unit_scheme == 0)
    enrols = none & (u < rates.enrols)
    people.joined[enrols] = days(quarter)[0] + np.floor(u[enrols] / rates.enrols * 85).astype(np.int64)
    paying = old & alive & (state == 1) & (payment == 1)
    paused = old & alive & (state == 2) & (payment == 2) & (people.unit_scheme == 0)
    set_(people, enrols & (age < 60), resident_state=1, resident_payment=1)
    set_(people, paying & (u < rates.lapses), resident_state=2, resident_payment=2)
    set_(people, paying & (u > 1 - rates.ends), resident_state=4, resident_payment=3)
    set_(people, paused & (u < rates.resumes), resident_state=1, resident_payment=1)
    retires = (people.resident_state > 0) & (age >= 60) & (people.resident_payment != 3) & alive
    retires &= draws(ids, "pension", "retires", now) < rates.draws_on_time
    set_(people, (retires & old) | (enrols & (age >= 60)), resident_state=1, resident_payment=3)
    dead = (~alive) & (people.left < now) & (people.resident_state > 0)
    set_(people, dead, resident_state=4, resident_payment=3)
    loses = old & (people.unit_scheme > 0) & ~people.employed & (age < 60)
    people.unit_state[loses] = 2
    again = old & (people.unit_scheme > 0) & people.employed & alive
    people.unit_state[again] = 1
    joins = old & alive & people.employed & (people.unit_scheme == 0) & (age < 60)
    joins &= np.isin(people.channel, (0, 2, 5, 6)) & (draws(ids, "pension", "joins", now) < 0.02)
    _join_unit(people, where, joins, quarter, draws, rates.both_active)


def entitled(people: People, status: Array, is_student: Array, is_severe: Array, quarter: Quarter) -> Array:
    """Whose resident premium government pays (domain.md §5.5): not lifted, 低保 or 特困, severely disabled; 16–59, no other scheme."""
    age = people.age(quarter)
    poor = people.registered & np.isin(status, (0, 2, 3))
    group = poor | (people.assistance > 0) | is_severe
    free = people.alive & ~is_student & (people.unit_scheme == 0) & (people.absence == 0)
    result: Array = group & free & (age >= 16) & (age < 60)
    return result


def premiums(people: People, where: Places, due: Array, quarter: Quarter, draws: Draws) -> None:
    """Book this year's resident premiums up to the quarter's end: by government for those due, by the rest themselves."""
    rates, ids, year = parameters().subsidy, people.true_id, quarter.year
    first, last = days(quarter)
    county = where.county[people.village]
    paying = people.alive & (people.resident_state == 1) & (people.resident_payment == 1)
    reach = np.clip(rates.booked[quarter.number - 1] * (1 - 0.05 * np.abs(where.tilt[county])), 0, 0.985)
    u = draws(ids, "subsidy", year)
    by_government = paying & (u < reach) & (due | (draws(ids, "subsidy", "stray", year) < rates.not_eligible))
    by_government &= people.subsidy_year < year
    day = first + np.floor(draws(ids, "subsidy", "day", year) * (last - first)).astype(np.int64)
    set_(people, by_government, subsidy_year=year, subsidy_day=day)
    top_up = draws(ids, "subsidy", "top", year) < rates.top_up
    own = paying & (people.paid_year < year) & (u < reach * 1.02) & (~due | top_up)
    own &= (people.subsidy_year < year) | top_up
    set_(people, own, paid_year=year, paid_day=day)


def step_medical(people: People, where: Places, quarter: Quarter, draws: Draws, first: bool) -> None:
    """Medical cover: almost everybody, short gaps at birth, at the turn of the year and between schemes."""
    rates, ids, now = parameters().medical, people.true_id, serial(quarter)
    age, last = people.age(quarter), days(quarter)[1]
    county = where.county[people.village]
    fresh = (people.medical_scheme == 0) & (people.since == now) | first
    u = draws(ids, "medical")
    none = u < rates.uninsured * np.exp(0.5 * where.tilt[county] - 0.12) * np.where(people.registered, 1, 4)
    none |= (age == 0) & (draws(ids, "medical", "newborn") < rates.newborn_gap) & (not first)
    state = np.select([draws(ids, "medical", "state") < 0.0008], [2], 1)
    opened = np.maximum(((people.birth // 10000) - 1970) * 365.25 + 200, 13150 + draws(ids, "medical", "since") * 1500)
    set_(people, fresh & ~none, medical_scheme=MEDICAL_RESIDENTS, medical_state=state)
    people.medical_joined[:] = np.where(fresh, np.minimum(opened, last).astype(np.int64), people.medical_joined)
    if not first:
        again = people.alive & ~fresh & ((people.medical_scheme == 0) | (people.medical_state == 2))
        again &= draws(ids, "medical", "again", now) < rates.regained
        people.medical_joined[again & (people.medical_scheme == 0)] = last - 10
        set_(people, again, medical_state=1)
        people.medical_scheme[again & (people.medical_scheme == 0)] = MEDICAL_RESIDENTS
        gap = people.alive & (people.medical_scheme == MEDICAL_RESIDENTS) & (quarter.number == 1)
        gap &= draws(ids, "medical", "gap", now) < rates.restart_gap * 0.5
        set_(people, gap, medical_state=2)
    unit = (people.unit_scheme > 0) & (people.unit_state == 1) & (people.medical_scheme > 0)
    people.medical_scheme[unit & (draws(ids, "medical", "unit") < 0.9)] = MEDICAL_EMPLOYEES
    back = (people.medical_scheme == MEDICAL_EMPLOYEES) & (people.unit_state != 1)
    people.medical_scheme[back] = MEDICAL_RESIDENTS
    dead = (~people.alive) & (people.left < now) & (people.medical_state > 0)
    people.medical_state[dead] = 4
