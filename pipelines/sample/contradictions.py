"""What lists say against each other, rarely: what the cross-checks C05, C07, C09, C10, C12, C13 and C31 are there to find.

None of it is simulated. It is laid over the people as they stand at a quarter's end, by draws of its own, so that nobody's
life depends on it: neither the quarters to come nor anybody else's rows are other than without it.
"""

from __future__ import annotations

import copy

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample import cover, work
from pipelines.sample.draws import Array, Draws
from pipelines.sample.parameters import parameters
from pipelines.sample.people import People, birthday, days
from pipelines.sample.places import Places
from pipelines.sample.schooling import Schooling

PRISON = 2  # of People.absence
DRAWING = 3  # of People.resident_payment
OLD = (1943, 1957)  # born in these years: old enough to draw from the first quarter on, and not too old for prison
_CHANGED = (
    "absence", "resident_state", "resident_payment", "unit_scheme", "unit_state", "unit_place", "unit_joined", "on_platform",
    "employed", "channel", "carrier", "workplace", "employer", "started", "wage",
)  # fmt: skip


def overlaid(people: People, where: Places, study: Schooling, quarter: Quarter, draws: Draws) -> People:
    """The people as the lists of the quarter show them; those given stay as they are."""
    shown = copy.copy(people)
    for name in _CHANGED:
        setattr(shown, name, getattr(people, name).copy())
    _imprison(shown, draws)
    _keep_on_payroll(shown, quarter, draws)
    _send_students_to_work(shown, where, study, quarter, draws)
    return shown


def _imprison(people: People, draws: Draws) -> None:
    """Pensioners who have been in prison since before the sample, and whose pension nobody stopped (C09)."""
    born = people.birth // 10000
    inside = (people.absence == 0) & (people.resident_state > 0) & (people.resident_payment == DRAWING)
    inside &= (born >= OLD[0]) & (born <= OLD[1])
    inside &= draws(people.true_id, "contradiction", "prison") < parameters().contradictions.paid_in_prison
    people.absence[inside] = PRISON


def _keep_on_payroll(people: People, quarter: Quarter, draws: Draws) -> None:
    """Of those whom the platform calls unemployed some for whom their unit pays on (C13)."""
    paid = people.on_platform & people.alive & ~people.employed & (people.unit_scheme > 0) & (people.unit_state == 2)
    paid &= people.age(quarter) < 60
    paid &= draws(people.true_id, "contradiction", "payroll") < parameters().contradictions.unit_pays_on
    people.unit_state[paid] = 1


def _send_students_to_work(people: People, where: Places, study: Schooling, quarter: Quarter, draws: Draws) -> None:
    """Full-time students of technical schools whom a firm employs and insures since their first year (C10)."""
    ids, last = people.true_id, days(quarter)[1]
    rows = np.flatnonzero(
        study.on_roll & (study.roll_state == 1) & study.is_fulltime_student & people.alive
        & (people.started == 0) & (people.unit_scheme == 0) & ~people.on_platform
        & (draws(ids, "contradiction", "student") < parameters().contradictions.student_employed)
    )  # fmt: skip
    enrolled = study.enrolled_serial[rows]
    spring = np.array([days(Quarter(2000 + int(n) // 4, int(n) % 4 + 1))[0] for n in enrolled + 2], dtype=np.int64)
    began = np.maximum(spring, birthday(people.birth[rows], 16)) + np.floor(
        draws(ids[rows], "contradiction", "since") * 60
    )
    known = began + 20 <= last
    rows, began = rows[known], began[known]
    home = where.county[people.village[rows]]
    codes = np.array([int(code) for code in where.counties])
    paused = (people.resident_state[rows] == 1) & (people.resident_payment[rows] == 1)
    for name, values in (
        ("resident_state", np.where(paused, 2, people.resident_state[rows])),
        ("resident_payment", np.where(paused, 2, people.resident_payment[rows])),
        ("unit_scheme", cover.EMPLOYEES), ("unit_state", 1), ("unit_place", home), ("unit_joined", began + 20),
        ("on_platform", True), ("employed", True), ("started", began), ("workplace", codes[home]),
        ("channel", work.CHANNELS.index("ORG_EXPORT")), ("carrier", work.CARRIERS.index("NONE")),
        ("employer", np.floor(draws(ids[rows], "contradiction", "employer") * 900)), ("wage", 2000),
    ):  # fmt: skip
        getattr(people, name)[rows] = values


def pool_elsewhere(people: People, where: Places, draws: Draws) -> Array:
    """The county index of the pool in which somebody has a second account of the resident pension; -1 for most.

    So government pays a premium twice (C05), or two pensions are drawn for one month (C07).
    """
    rates, ids, size = parameters().contradictions, people.true_id, len(where.counties)
    drawing = people.resident_payment == DRAWING
    u = draws(ids, "contradiction", "account")
    has = (people.resident_state > 0) & (
        u < np.where(drawing, rates.second_account_drawing, rates.second_account_paying)
    )
    has &= drawing | (people.subsidy_year > 0)
    step = 1 + np.floor(draws(ids, "contradiction", "pool") * (size - 1)).astype(np.int64)
    return np.where(has, (where.county[people.village] + step) % size, -1)
