"""Rows of the technical schools' electronic registration, and the figures the schools report beside it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.batch import Batch, coded, dates, digits
from pipelines.sample.draws import Array
from pipelines.sample.people import days, serial
from pipelines.sample.school_records import (
    MAJORS,
    enrolled_day,
    graduation_day,
    level,
    on_roll,
    roll_numbers,
    school_names,
    stays_to_the_end,
)
from pipelines.sample.schooling import school_year
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import technical_registration

# All rates L: what C28 is there to find.
NEW_REGISTERED, OLD_REGISTERED = 0.92, 0.992  # of the enrolled, in the quarter of enrolment and later
GONE_BUT_REGISTERED = 0.012
OTHER_SCHOOL, OTHER_LEVEL = 0.003, 0.006  # than on the roll
MISREPORTED = 0.10  # of the schools' figures
SCHOOLS = 40


def school_counties(now: Snapshot) -> Array:
    """County code of the quarter in which each school lies: one of the city it is named after."""
    codes = now.county_codes
    places = np.arange(SCHOOLS)
    inside = [np.flatnonzero(codes // 100 == 3601 + city) for city in range(11)]
    return np.array([codes[inside[school % 11][school // 11 % len(inside[school % 11])]] for school in places])


def _registered(now: Snapshot) -> tuple[Array, Array, Array]:
    """(people, school, level) as registered, in the order of the file."""
    draws, study, rows = now.draws, now.study, on_roll(now)
    ids = now.people.true_id[rows]
    is_new = study.enrolled_serial[rows] == serial(now.quarter)
    share = np.select([study.roll_state[rows] == 3, is_new], [GONE_BUT_REGISTERED, NEW_REGISTERED], OLD_REGISTERED)
    there = draws(ids, "registered") < share
    rows, ids = rows[there], ids[there]
    school = np.where(
        draws(ids, "registered", "school") < OTHER_SCHOOL, (study.school[rows] + 1) % SCHOOLS, study.school[rows]
    )
    own = level(now, rows)
    other = draws(ids, "registered", "level") < OTHER_LEVEL
    return rows, school, np.where(other, own % 3 + 1, own)


def registration_rows(now: Snapshot) -> Batch:
    """One row per registered student."""
    people, draws = now.people, now.draws
    rows, school, own_level = _registered(now)
    ids, year = people.true_id[rows], school_year(now.quarter)
    county = school_counties(now)[school]
    entered = enrolled_day(now, rows)
    day = np.minimum(entered + 3 + np.floor(draws(ids, "registered", "day") * 25), days(now.quarter)[1])
    pending = (now.study.enrolled_serial[rows] == serial(now.quarter)) & (draws(ids, "registered", "state") < 0.03)
    columns = {
        "registration_number": pc.binary_join_element_wise("DZ", digits(ids, 10), ""),
        "roll_number": roll_numbers(now, rows),
        "school_year": coded([f"{year}-{year + 1}"], np.zeros(len(rows))),
        "school_code": digits(36_000 + school),
        "school_name": school_names(school),
        "major_name": coded(list(MAJORS), np.floor(draws(ids, "major") * len(MAJORS))),
        "level_code": digits(own_level),
        "study_form_code": digits(now.study.study_form[rows]),
        "name": now.name_text.take(pa.array(rows)),
        "id_number": now.id_text.take(pa.array(rows)),
        "enrolled_date": dates(entered),
        "registered_date": dates(np.maximum(day, entered)),
        "registration_state_code": coded(["1", "2"], pending),
        "hukou_code": digits(now.county(rows)),
        "school_county_code": digits(county),
    }
    return Batch(technical_registration.REGISTRATION, columns, ids, county)


def statistic_rows(now: Snapshot) -> Batch:
    """One row per school, level and study form: what is registered there, some figures misreported.

    `true_id` is negative: the rows are about nobody.
    """
    rows, school, own_level = _registered(now)
    year = school_year(now.quarter)
    start, end = (np.datetime64(f"{y}-09-01").astype(np.int64) for y in (year, year + 1))
    entered = enrolled_day(now, rows)
    left = on_roll(now)
    left = left[(now.study.roll_state[left] == 3) & stays_to_the_end(now, left)]
    done = graduation_day(now, left)
    left = left[(done >= start) & (done < end)]
    cells = _cell(school, own_level, now.study.study_form[rows])
    gone = _cell(now.study.school[left], level(now, left), now.study.study_form[left])
    known = np.unique(np.r_[cells, gone])
    size = len(known)

    def count(which: Array) -> Array:
        return np.bincount(np.searchsorted(known, which), minlength=size)

    students, new, graduates = count(cells), count(cells[(entered >= start) & (entered < end)]), count(gone)
    wrong = now.draws(known, "misreported", year) < MISREPORTED
    slip = np.floor(now.draws(known, "misreported", "by", year) * 9).astype(np.int64) - 4
    students = np.maximum(students + np.where(wrong, slip, 0), new)
    place = known // 100
    county = school_counties(now)[place]
    day = days(now.quarter)[1] - np.floor(now.draws(known, "reported", now.quarter) * 10)
    columns = {
        "school_code": digits(36_000 + place),
        "school_name": school_names(place),
        "school_year": coded([f"{year}-{year + 1}"], np.zeros(size)),
        "level_code": digits(known // 10 % 10),
        "study_form_code": digits(known % 10),
        "n_students": digits(students),
        "n_new_students": digits(new),
        "n_graduates": digits(graduates),
        "reported_date": dates(day),
        "school_county_code": digits(county),
    }
    return Batch(technical_registration.STATISTIC, columns, -1 - known, county)


def _cell(school: Array, own_level: Array, form: Array) -> Array:
    """One number for a school, a level and a study form."""
    result: Array = school * 100 + own_level * 10 + form
    return result
