"""Rows of the education department's roll: everybody at a school that is no technical school, and last summer's leavers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.batch import Batch, coded, digits
from pipelines.sample.exclusions import listed
from pipelines.sample.schooling import SENIOR, VOCATIONAL, school_year
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import national_student_roll

ON_ROLL = 0.97  # the others study outside the province (L)
NOT_YET_CLOSED = 0.6  # of last summer's leavers of secondary schools, still in the file as graduates (L)
PRIMARY, JUNIOR, SENIOR_SCHOOL, VOCATIONAL_SCHOOL, COLLEGE, UNIVERSITY = 2, 3, 4, 5, 6, 7
FIRST_YEAR = {PRIMARY: 0, JUNIOR: 6, SENIOR_SCHOOL: 9, VOCATIONAL_SCHOOL: 9, COLLEGE: 12, UNIVERSITY: 12}
YEARS = {PRIMARY: 6, JUNIOR: 3, SENIOR_SCHOOL: 3, VOCATIONAL_SCHOOL: 3, COLLEGE: 3, UNIVERSITY: 4}
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级")


def student_rows(now: Snapshot) -> Batch:
    """One row per pupil or student, ordered by village."""
    people, draws, study = now.people, now.draws, now.study
    entry = people.birth // 10000 + 6 + (people.birth // 100 % 100 >= 9)
    year = school_year(now.quarter) - entry
    later = study.is_fulltime_student & (year >= 12)
    stage = np.select(
        [
            (year >= 0) & (year <= 5),
            (year >= 6) & (year <= 8),
            (year >= 9) & (year <= 11) & (study.track == SENIOR),
            (year >= 9) & (year <= 11) & (study.track == VOCATIONAL),
            later & (study.student_code >= 13) & (study.student_code <= 15),
            later & (study.student_code == 16),
        ],
        [PRIMARY, JUNIOR, SENIOR_SCHOOL, VOCATIONAL_SCHOOL, COLLEGE, UNIVERSITY],
        0,
    )
    left = (year == 12) & np.isin(study.track, (SENIOR, VOCATIONAL)) & (stage == 0) & (now.quarter.number >= 3)
    left &= draws(people.true_id, "education", "left") < NOT_YET_CLOSED
    stage = np.where(left, np.where(study.track == SENIOR, SENIOR_SCHOOL, VOCATIONAL_SCHOOL), stage)
    rows = np.flatnonzero(people.alive & (stage > 0) & (draws(people.true_id, "education") < ON_ROLL))
    rows = rows[np.lexsort((people.true_id[rows], people.village[rows]))]
    ids, stage, left = people.true_id[rows], stage[rows], left[rows]
    first, years = (np.array([0, 0, *table.values()])[stage] for table in (FIRST_YEAR, YEARS))
    begin = entry[rows] + first
    grade = np.minimum(year[rows] - first, years - 1)
    village = pa.array(people.village[rows])
    names, pick = now.place_names, pa.array(stage)
    where = [names.town, names.town, names.town, names.town, names.county, names.county, names.city, names.city]
    kinds = ["", "", "中心小学", "初级中学", "高级中学", "职业中等专业学校", "职业技术学院", "大学"]
    school = pa.array([""] * len(rows), pa.string())
    for code in FIRST_YEAR:
        school = pc.if_else(pc.equal(pick, code), where[code].take(village), school)
    school = pc.binary_join_element_wise(school, pa.array(kinds).take(pick), "")
    columns = listed(now, rows) | {
        "roll_number": pc.binary_join_element_wise("G", digits(3_600_000_000_000_000 + ids * 17), ""),
        "school_code": digits(3_600_000_000 + people.village[rows].astype(np.int64) * 10 + stage),
        "school_name": school,
        "stage_code": digits(stage),
        "grade": coded(list(GRADES), grade),
        "class_name": pc.binary_join_element_wise(digits(1 + np.floor(draws(ids, "education", "class") * 4)), "班", ""),
        "study_form_code": coded(["1"], np.zeros(len(rows))),
        "enrolled_month": digits(begin * 100 + 9),
        "due_graduation_month": digits((begin + years) * 100 + 6),
        "state_code": coded(["1", "3"], left),
    }
    return Batch(national_student_roll.STUDENT, columns, ids, now.county(rows))
