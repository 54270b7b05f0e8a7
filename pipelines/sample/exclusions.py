"""Rows of other departments' lists: certificates of disability, deaths, sentences, service in the army, moves of hukou.

What takes a person out of the people that should be insured is the truth of the snapshot; the lists say it as late and
as incompletely as their departments know it. All rates L.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import Quarter
from pipelines.sample import life, names, numbers
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where
from pipelines.sample.draws import Array
from pipelines.sample.people import REGISTER, birth_days, days, serial
from pipelines.sample.school_records import heads
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import army, deaths, disabled_federation, hukou_move, prison

FIRST = Quarter(2018, 3)  # before which nobody is simulated
ARMY, PRISON, ABROAD = 1, 2, 3  # of People.absence
DIED_BEFORE = 0.012  # of heads of registered households, a parent who died in the first nine months of 2018
REPORTED = {"2": 0.6, "3": 0.75}  # of deaths, by funeral and by health departments
CANCELLED, CANCEL_DAYS = 0.85, 200  # of deaths whose hukou is cancelled ever, within so many days
EMIGRANT_CANCELLED = 0.5
SUSPENDED = {"3": 0.0022, "4": 0.0003, "5": 0.0004, "6": 0.0001}  # of adults: sentences served outside
RELEASED = 0.003  # of adults: sentences that ended in the first half of 2018
VETERANS = 0.02  # of men from 20 to 60
GONE_ID = 2_000_000_000  # true ids of people who died before the sample begins start here


def _epoch(text: str) -> int:
    return int(np.datetime64(text).astype(np.int64))


def listed(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    """Who somebody is and where the hukou lies, as every list says it."""
    village, here = pa.array(now.people.village[rows]), now.place_names
    return {
        "name": now.name_text.take(pa.array(rows)),
        "id_number": now.id_text.take(pa.array(rows)),
        "sex_code": digits(now.people.sex[rows]),
        "hukou_code": now.village_codes.take(village),
        "county_name": here.county.take(village),
        "town_name": here.town.take(village),
        "village_name": here.village.take(village),
    }


def disability_rows(now: Snapshot) -> Batch:
    """One row per certificate."""
    said = now.certificates
    rows = np.flatnonzero(said.holds)
    category, grade, valid = said.category[rows], said.grade[rows], said.valid_until[rows]
    again = coded(["", "B1"], said.is_reissued[rows])
    number = pc.binary_join_element_wise(now.id_text.take(pa.array(rows)), digits(category), digits(grade), again, "")
    columns = listed(now, rows) | {
        "certificate_number": number,
        "category_code": digits(category),
        "grade_code": digits(grade),
        "issued_date": dates(said.issued[rows]),
        "valid_until_date": dates(valid),
        "state_code": coded(["2", "1"], said.is_in_force[rows]),
        "guardian_name": empty_where((category != 5) & (category != 6), now.name_text.take(pa.array(heads(now, rows)))),
    }
    item = pc.binary_join_element_wise(digits(grade), dates(valid), ":")
    return Batch(disabled_federation.HOLDER, columns, now.people.true_id[rows], now.county(rows), item)


def _quarter_days(serials: Array) -> Array:
    """First and last day of quarters by their serial numbers, shape (n, 2)."""
    known = np.unique(serials)
    table = np.array([days(Quarter(2000 + int(s) // 4, int(s) % 4 + 1)) for s in known], dtype=np.int64).reshape(-1, 2)
    result: Array = table[np.searchsorted(known, serials)]
    return result


@dataclass(frozen=True)
class _Dead:
    """Everybody who died since January 2018 as far as the cut date, with the day; arrays by death."""

    true_id: Array
    day: Array
    told: dict[str, pa.Array]
    county: Array


def _dead(now: Snapshot) -> _Dead:
    rows = np.flatnonzero(~now.people.alive)
    day = life.death_day(now.people, now.draws)[rows]
    own = _Dead(now.people.true_id[rows], day, listed(now, rows), now.county(rows))
    gone = _gone_before(now)
    return _Dead(
        np.r_[gone.true_id, own.true_id],
        np.r_[gone.day, own.day],
        {name: pa.concat_arrays([gone.told[name], column]) for name, column in own.told.items()},
        np.r_[gone.county, own.county],
    )


def _gone_before(now: Snapshot) -> _Dead:
    """Parents of heads of households who died in 2018 before the sample begins, so that its first list is not empty."""
    people, draws = now.people, now.draws
    first = (people.origin == REGISTER) & (people.since == serial(FIRST)) & (people.relation == 1)
    child = np.flatnonzero(first & (draws(people.true_id, "parent", "died") < DIED_BEFORE))
    ids, rng = people.true_id[child] + GONE_ID, draws.generator("parents")
    sex = np.where(draws(ids, "sex") < 0.5, 1, 2)
    birth = birth_days(people.birth[child] // 10000 - 26, rng)
    given1, given2 = names.given(sex, birth // 10000, rng)
    other = names.surnames(len(ids), rng)
    surname = np.where(sex == 1, people.surname[child], other)
    prefix = people.number[child].astype(np.int64) // 10**11
    sequence = np.floor(draws(ids, "sequence") * 498).astype(np.int64) * 2 + (sex == 1)
    number = (prefix * 10**8 + birth) * 1000 + sequence
    start = _epoch("2018-01-01")
    day = start + np.floor(draws(ids, "death", "day") * (days(FIRST)[1] - start)).astype(np.int64)
    told = listed(now, child) | {
        "name": names.text(surname, given1, given2, np.full(len(ids), -1)),
        "id_number": numbers.text(number),
        "sex_code": digits(sex),
    }
    return _Dead(ids, day, told, now.county(child))


def _cancelled(now: Snapshot, dead: _Dead) -> Array:
    """Days since 1970 on which the dead's hukou was cancelled; beyond the cut date where it is not yet."""
    lag = 3 + np.floor(now.draws(dead.true_id, "cancelled", "lag") ** 3 * CANCEL_DAYS).astype(np.int64)
    ever = now.draws(dead.true_id, "cancelled") < CANCELLED
    return np.where(ever, dead.day + lag, days(now.quarter)[1] + 1)


def death_rows(now: Snapshot) -> Batch:
    """One row per death and department that has reported it by the cut date."""
    dead, draws, last = _dead(now), now.draws, days(now.quarter)[1]
    cancelled = _cancelled(now, dead)
    burnt = dead.day + 1 + np.floor(draws(dead.true_id, "cremated") * 4).astype(np.int64)
    known = [cancelled <= last]
    known += [
        (draws(dead.true_id, "reported", reporter) < share) & (burnt <= last) for reporter, share in REPORTED.items()
    ]
    at = np.concatenate([np.flatnonzero(who) for who in known])
    reporter = np.repeat([1, 2, 3], [int(who.sum()) for who in known])
    order = np.lexsort((reporter, dead.true_id[at], dead.county[at]))
    at, reporter = at[order], reporter[order]
    ids, pick = dead.true_id[at], pa.array(at)
    columns = {name: column.take(pick) for name, column in dead.told.items()} | {
        "record_number": digits(reporter * 10**11 + ids),
        "death_date": dates(dead.day[at]),
        "reporter_code": digits(reporter),
        "cremated_date": dates(burnt[at], blank=reporter != 2),
        "cancelled_date": dates(cancelled[at], blank=reporter != 1),
    }
    return Batch(deaths.DEATH, columns, ids, dead.county[at], digits(reporter))


def sentence_rows(now: Snapshot) -> Batch:
    """Sentences in force since 2018: those inside of the truly absent, others served outside or ended before the sample."""
    people, draws, last = now.people, now.draws, days(now.quarter)[1]
    ids, died = people.true_id, life.death_day(people, draws)
    adult = (people.birth // 10000 <= 1998) & (people.birth // 10000 >= 1950) & (people.absence == 0)
    u = draws(ids, "sentence", "outside")
    kind = np.where(people.absence == PRISON, 1, 0)
    low = 0.0
    for code, share in SUSPENDED.items():
        kind = np.where(adult & (u >= low) & (u < low + share), int(code), kind)
        low += share
    past = adult & (u >= low) & (u < low + RELEASED)
    rows = np.flatnonzero((kind > 0) | past)
    past, inside, kind = past[rows], people.absence[rows] == PRISON, np.where(past[rows], 1, kind[rows])
    begin = _quarter_days(people.since[rows])[:, 0]
    v, length = draws(ids[rows], "sentence", "from"), draws(ids[rows], "sentence", "length")
    started = np.select(
        [inside, past],
        [begin - np.floor(v * 900), _epoch("2015-01-01") + np.floor(v * 700)],
        _epoch("2017-01-01") + np.floor(v * 1300),
    )
    # Who the truth says is in prison stays there beyond the last quarter of the sample.
    ended = np.select(
        [inside, past],
        [_epoch("2021-02-01") + np.floor(length * 2500), _epoch("2018-01-10") + np.floor(length * 170)],
        started + 365 + np.floor(length * 1095),
    )
    dead = np.where(died[rows] > 0, died[rows], _epoch("2100-01-01"))
    released = np.select([dead < ended, past], [dead, ended - np.floor(v * 9)], 0)
    known = (started <= last) & (dead >= started)
    rows, kind, started, ended, released = rows[known], kind[known], started[known], ended[known], released[known]
    columns = listed(now, rows) | {
        "record_number": digits(4_000_000_000 + ids[rows]),
        "execution_code": digits(kind),
        "started_date": dates(started),
        "ended_date": dates(ended),
        "released_date": dates(np.maximum(released, started), blank=(released == 0) | (released > last)),
    }
    return Batch(prison.SENTENCE, columns, ids[rows], now.county(rows))


def service_rows(now: Snapshot) -> Batch:
    """Soldiers in service, as the truth says, and veterans."""
    people, draws = now.people, now.draws
    ids, year = people.true_id, people.birth // 10000
    serving = people.alive & (people.absence == ARMY)
    veteran = people.alive & (people.absence == 0) & (people.sex == 1) & (year >= 1958) & (year <= 1994)
    rows = np.flatnonzero(serving | (veteran & (draws(ids, "veteran") < VETERANS)))
    serves, v = serving[rows], draws(ids[rows], "service", "from")
    begin = _quarter_days(people.since[rows])[:, 0]
    young = (year[rows] + 18 - 1970) * 365 + np.floor(v * 1000) + 100
    enlisted = np.where(serves, begin - 10 - np.floor(v * 350), young)
    columns = listed(now, rows) | {
        "record_number": digits(5_000_000_000 + ids[rows]),
        "state_code": coded(["2", "1"], serves),
        "enlisted_date": dates(enlisted),
        "discharged_date": dates(enlisted + 731, blank=serves),
    }
    return Batch(army.SERVICE, columns, ids[rows], now.county(rows))


def move_rows(now: Snapshot) -> Batch:
    """Moves to another county, told by both; hukou of the dead and of emigrants cancelled."""
    people, draws, last = now.people, now.draws, days(now.quarter)[1]
    old = now.village_county[people.moved_from]
    moved = np.flatnonzero((people.moved > 0) & (old != now.village_county[people.village]))
    when = _quarter_days(people.moved[moved])
    day = when[:, 0] + np.floor(draws(people.household[moved], "moves", "day") * (when[:, 1] - when[:, 0]))
    here, there = listed(now, moved), old[moved]
    left = here | _place(now, people.moved_from[moved])
    dead = _dead(now)
    cancelled = _cancelled(now, dead)
    at = np.flatnonzero(cancelled <= last)
    abroad = np.flatnonzero(
        people.alive & (people.absence == ABROAD) & (draws(people.true_id, "emigrant") < EMIGRANT_CANCELLED)
    )
    gone = _quarter_days(people.since[abroad])[:, 1] - np.floor(
        draws(people.true_id[abroad], "emigrant", "day") * 80
    ).astype(np.int64)
    parts = [here, left, {name: column.take(pa.array(at)) for name, column in dead.told.items()}, listed(now, abroad)]
    sizes = [len(moved), len(moved), len(at), len(abroad)]
    kind = np.repeat([1, 2, 3, 3], sizes)
    why = np.repeat([0, 0, 1, 2], sizes)
    ids = np.r_[people.true_id[moved], people.true_id[moved], dead.true_id[at], people.true_id[abroad]]
    county = np.r_[now.county(moved), there, dead.county[at], now.county(abroad)]
    moves = (
        digits(np.r_[there, there, np.zeros(len(at) + len(abroad))]),
        digits(np.r_[now.county(moved), now.county(moved), np.zeros(len(at) + len(abroad))]),
    )
    columns = {name: pa.concat_arrays([part[name] for part in parts]) for name in here} | {
        "record_number": digits(kind * 10**11 + ids),
        "kind_code": digits(kind),
        "changed_date": dates(np.r_[day, day, cancelled[at], gone]),
        "cancelled_for_code": empty_where(why == 0, digits(why)),
        "reason": coded(["", "家庭搬迁"], kind < 3),
        "from_code": empty_where(kind == 3, moves[0]),
        "to_code": empty_where(kind == 3, moves[1]),
    }
    return Batch(hukou_move.MOVE, columns, ids, county, digits(kind))


def _place(now: Snapshot, village: Array) -> dict[str, pa.Array]:
    pick, here = pa.array(village), now.place_names
    return {
        "hukou_code": now.village_codes.take(pick),
        "county_name": here.county.take(pick),
        "town_name": here.town.take(pick),
        "village_name": here.village.take(pick),
    }
