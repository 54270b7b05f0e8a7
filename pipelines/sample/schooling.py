"""Schooling as a function of birth, a person's draws and the quarter: what the register should say, who is on a
technical school's roll.

Primary school starts in the September after the sixth birthday; nine years later roads part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sample.people import STUDENT, People, serial
from pipelines.sample.places import Places

LEFT, SENIOR, VOCATIONAL, TECHNICAL = range(4)
TECHNICAL_YEARS = 3
LAG_IN_REGISTER = 0.08  # students whose school year the register has not caught up with


def school_year(quarter: Quarter) -> int:
    """The year in which the school year of the quarter's last day began."""
    return quarter.year if quarter.number >= 3 else quarter.year - 1


@dataclass(frozen=True)
class Schooling:
    """Per person: track after junior school, technical-school spell in serial quarters, codes of the quarter."""

    track: Array
    is_fulltime_student: Array  # of any school past the ninth year, truly
    student_code: Array  # as the register says
    education_code: Array
    on_roll: Array  # has an entry in the technical schools' file
    roll_state: Array  # 1 formal, 2 kept, 3 left
    study_form: Array  # 1 full-time, 2 part-time
    enrolled_serial: Array
    left_serial: Array  # first quarter off the technical schools' roll
    school: Array


def schooling(people: People, where: Places, quarter: Quarter, draws: Draws) -> Schooling:
    """Everything about schools in one quarter."""
    ids, now = people.true_id, serial(quarter)
    birth_year, month = people.birth // 10000, people.birth // 100 % 100
    entry = birth_year + 6 + (month >= 9)
    year = school_year(quarter) - entry  # 0 in the first year of primary school
    age = people.age(quarter)
    is_outside_student = people.origin == STUDENT
    tilt = 0.06 * where.tilt[where.county[people.village]]

    track = draws.choice(ids, [0.16, 0.46, 0.20, 0.18], "track")
    track = np.where(draws(ids, "track", "county") < tilt, LEFT, track)
    track = np.where(is_outside_student, TECHNICAL, track)
    # A school-leaver may come back to a technical school one to three years late, in autumn or in spring.
    late = (track == LEFT) & (draws(ids, "late") < 0.45)
    delay = np.where(late, 4 + np.floor(draws(ids, "late", "when") * 6).astype(np.int64) * 2, 0)
    first = (entry + 9 - 2000) * 4 + 2 + delay
    stay = TECHNICAL_YEARS * 4
    drop = np.where(draws(ids, "drop") < 0.10, 1 + np.floor(draws(ids, "drop", "when") * 10).astype(np.int64), stay)
    end = first + np.minimum(drop, stay)  # first quarter off the roll
    technical = (track == TECHNICAL) | late
    enrolled = technical & (first <= now) & (now < end)
    kept = enrolled & (draws(ids, "kept", quarter.year) < 0.02)
    gone = technical & (end <= now) & (now < end + 4)

    senior = (track == SENIOR) & (year >= 9) & (year <= 11)
    vocational = (track == VOCATIONAL) & (year >= 9) & (year <= 11)
    goes_on = np.select(
        [track == SENIOR, track == VOCATIONAL, technical],
        [draws(ids, "higher") < 0.72, draws(ids, "higher") < 0.25, draws(ids, "higher") < 0.08],
        False,
    )
    is_college = draws(ids, "college") < np.where(track == SENIOR, 0.6, 0.05)
    higher = goes_on & ~late & (year >= 12) & (year <= np.where(is_college, 15, 14))
    part_time = draws(ids, "form") < 0.04
    fulltime = senior | vocational | higher | (enrolled & ~part_time & ~kept)

    code = np.ones(len(ids), dtype=np.int64)
    code = np.where((age >= 3) & (year < 0), 2, code)
    code = np.where((year >= 0) & (year <= 5), 3, code)
    code = np.where((year >= 6) & (year <= 8), year - 2, code)
    code = np.where(senior, year - 2, code)
    code = np.where(vocational, year + 1, code)
    grade = np.clip((now - first) // 4, 0, 2)
    code = np.where(enrolled & ~part_time, 10 + grade, code)
    code = np.where(higher & ~is_college, year + 1, code)
    code = np.where(higher & is_college, 16, code)
    lagging = (code >= 10) & (code <= 12) & (draws(ids, "lag", school_year(quarter)) < LAG_IN_REGISTER)
    code = np.where(lagging, 1, code)

    adult = np.select(
        [age >= 60, age >= 40],
        [
            1 + draws.choice(ids, [0.35, 0.5, 0.15], "education"),
            1 + draws.choice(ids, [0.06, 0.4, 0.5, 0.04], "education"),
        ],
        1 + draws.choice(ids, [0.01, 0.12, 0.65, 0.16, 0.06], "education"),
    )
    education = np.select(
        [year < 0, year <= 8, year <= 11, year <= 16],
        [6, 2, 3, np.where(higher | (goes_on & ~late), 4, np.where(track == LEFT, 3, 4))],
        adult,
    )
    return Schooling(
        track=track,
        is_fulltime_student=fulltime,
        student_code=code,
        education_code=education,
        on_roll=(enrolled | gone) & people.alive,
        roll_state=np.select([kept, enrolled], [2, 1], 3),
        study_form=np.where(part_time, 2, 1),
        enrolled_serial=first,
        left_serial=end,
        school=draws.choice(ids, list(1.0 / (np.arange(40) + 6.0)), "school"),
    )
