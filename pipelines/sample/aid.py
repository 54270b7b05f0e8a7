"""Yulu aid of a term: who has an application, in which state, for which kind of school.

The autumn term is worked off in the fourth and the first quarter, the spring term in the second and the third.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sample.people import STUDENT, People, days
from pipelines.sample.places import Places
from pipelines.sample.schooling import VOCATIONAL, school_year, schooling

PAID_AT_ONCE, PAID_LATER = 0.55, 0.93  # of the applications, by the end of the first and of the second quarter


@dataclass(frozen=True)
class Aid:
    """Applications of the term as they stand on the quarter's last day; arrays by person."""

    school_year: int
    term: int  # 1 autumn, 2 spring
    start_day: int  # of applying, days since 1970
    applied: Array
    state: Array  # codes of yulu_state
    school_type: Array  # 1 technical, 2 vocational, 3 higher vocational
    paid_day: Array  # days since 1970, 0 not paid


def aid(people: People, where: Places, quarter: Quarter, draws: Draws) -> Aid:
    """The applications of the term that the quarter works off."""
    ids = people.true_id
    second = quarter.number in (1, 3)
    begin = quarter.previous if second else quarter
    term, year = (1 if begin.number == 4 else 2), school_year(begin)
    study = schooling(people, where, begin, draws)
    code = study.student_code
    technical = study.on_roll & (study.roll_state == 1) & (study.study_form == 1)
    vocational = (study.track == VOCATIONAL) & study.is_fulltime_student & (code >= 10) & (code <= 12)
    higher = study.is_fulltime_student & (code >= 13) & (code <= 15)
    school_type = np.select([technical, vocational, higher], [1, 2, 3], 0)
    share = np.clip(0.93 + 0.04 * where.tilt[where.county[people.village]], 0.6, 0.995)
    own = people.registered & (school_type > 0) & (draws(ids, "yulu", year) < share)
    # A few apply although they left school or were never registered: what the comparison is there to find.
    stray = (
        people.registered & study.on_roll & (study.roll_state == 3) & (draws(ids, "yulu", "stray", year, term) < 0.15)
    )
    foreign = (people.origin == STUDENT) & technical & (draws(ids, "yulu", "foreign", year) < 0.004)
    u, ends = draws(ids, "yulu", "state", year, term), draws(ids, "yulu", "ends", year, term)
    paid = u < (PAID_LATER if second else PAID_AT_ONCE)
    state = np.select([ends < 0.008, ends < 0.015, paid, u < 0.96], [4, 5, 3, 2], 1)
    first, last = days(begin)
    early = first + 25 + np.floor(u / PAID_AT_ONCE * (last - first - 26)).astype(np.int64)
    later = last + 2 + np.floor((u - PAID_AT_ONCE) / (PAID_LATER - PAID_AT_ONCE) * 85).astype(np.int64)
    return Aid(
        school_year=year,
        term=term,
        start_day=first,
        applied=(own | stray | foreign) & people.alive,
        state=state,
        school_type=np.where(school_type == 0, 1, school_type),
        paid_day=np.where(state == 3, np.where(u < PAID_AT_ONCE, early, later), 0),
    )
