"""Work: who is on the poor-labour platform, employed by whom, through which channel, since when."""

from __future__ import annotations

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sample.parameters import parameters
from pipelines.sample.people import WORKER, People, days, serial
from pipelines.sample.places import Places

CHANNELS = ("WORKSHOP", "RETURN_STARTUP", "ORG_EXPORT", "PUBLIC_POST", "SELF", "SPONTANEOUS", "OTHER")
CHANNEL_SHARES = [0.07, 0.03, 0.08, 0.10, 0.07, 0.48, 0.17]
CARRIERS = ("PARK", "LEAD_BASE", "WORKSHOP", "COOP", "INFORMAL", "POST", "NONE")
OUTSIDE = (440300, 440100, 441900, 330100, 330200, 330700, 350200, 350500, 310115, 320500)  # where people go to work


def is_labour(people: People, skill: Array, is_student: Array, quarter: Quarter) -> Array:
    """Registered labour force: able, 16–59, not at school (domain.md §2.1, rule for P2)."""
    age = people.age(quarter)
    result: Array = people.registered & people.alive & np.isin(skill, (1, 2)) & (age >= 16) & (age < 60) & ~is_student
    return result


def step(people: People, where: Places, labour: Array, quarter: Quarter, draws: Draws, first: bool) -> None:
    """Find and lose work; `labour` is the registered labour force of the quarter."""
    rates, ids, now = parameters().work, people.true_id, serial(quarter)
    county = where.county[people.village]
    age = people.age(quarter)
    outside = (people.origin == WORKER) & people.alive & (age < 60)
    pool = labour | outside
    people.on_platform[:] = (labour & (draws(ids, "platform") < rates.on_platform)) | outside
    day_one, last = days(quarter)
    fit = np.clip(1 + 0.14 * where.tilt[county], 0.6, 1.4)
    if first:
        found = pool & (draws(ids, "employed") < np.minimum(rates.employed * fit, 0.95))
        _hire(people, where, found, draws, now)
        back = np.floor(draws(ids, "since") ** 1.5 * 900).astype(np.int64)
        people.started[found] = (last - 3 - back)[found]
        people.spells.begin(people, np.flatnonzero(found))
        return
    loses = people.employed & pool & (draws(ids, "loses", now) < rates.loses / fit)
    retires = people.employed & ~pool
    finds = pool & ~people.employed & (draws(ids, "finds", now) < rates.finds * fit)
    day = day_one + np.floor(draws(ids, "work", "day", now) * (last - day_one)).astype(np.int64)
    ends = loses | retires
    people.employed[ends] = False
    people.ended[ends] = np.maximum(day, people.started + 1)[ends]
    people.spells.end(people, np.flatnonzero(ends))
    _hire(people, where, finds, draws, now)
    people.started[finds] = day[finds]
    people.ended[finds] = 0
    people.spells.begin(people, np.flatnonzero(finds))


def _hire(people: People, where: Places, who: Array, draws: Draws, now: int) -> None:
    ids = people.true_id
    channel = draws.choice(ids, CHANNEL_SHARES, "channel", now)
    other = draws.choice(ids, [0.18, 0.12, 0.0, 0.12, 0.06, 0.0, 0.52], "carrier", now)
    carrier = np.select([channel == 0, channel == 3, channel == 6], [2, 5, other], 6)
    county = where.county[people.village]
    codes = np.array([int(code) for code in where.counties])
    far = np.array(OUTSIDE)[draws.choice(ids, [5, 3, 3, 3, 2, 2, 2, 2, 1, 2], "far", now)]
    near = codes[np.floor(draws(ids, "near", now) * len(codes)).astype(np.int64)]
    away = draws(ids, "away", now)
    goes = np.isin(channel, (2, 5))
    place = np.where(goes & (away < 0.72), far, np.where(goes & (away < 0.92), near, codes[county]))
    pay = np.array([1900, 2200, 3600, 700, 2600, 3900, 2300])[channel]
    wage = np.round(pay * np.exp(0.22 * draws.normal(ids, "wage", now)) / 50) * 50
    for name, values in (
        ("channel", channel), ("carrier", carrier), ("workplace", place), ("wage", wage),
        ("qualified", (channel == 3)),
        ("employer", np.floor(draws(ids, "employer", now) * 900).astype(np.int64)),
        ("employed", np.ones(len(ids), dtype=bool)),
    ):  # fmt: skip
        getattr(people, name)[who] = values[who]
