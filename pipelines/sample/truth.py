"""The truth beside the deliveries: who is who, what is really true of each person and quarter, what each row carries.

It lies in a folder that no step of the pipeline reads; the independent count and the evaluation of linkage read it.

truth_person: one row per person ever in a list of the universe (true_id from 1).
truth_state: one row per such person and quarter, what holds on its last day; `in_universe` says whether a list names
them. Codes are the sources' own; the student, labour and poverty codes are those the register was given.
truth_record: one row per delivered person and physical line (from 1, as a text editor or a spreadsheet counts; in a
family row `position` is the member's place, else 0). true_id from 10^9 are insured people outside the universe, from
2·10^9 those who died before the sample begins; a negative one is nobody's: the row is about a school. `item`
tells several rows of one person apart (the scheme, premium year and item) or says what the row says: the finding and its
day, grade of disability and until when, day of verification, whether there, whether away, in a unit, sent since 2018; whether training is wanted
and since when; day and end of a course; year of enrolment, how left and when due. `kind` is what was planted ('' nothing),
`tier` what the record alone leaves linkable: T1, T2, T3; T4 (its number is the person's, its name somebody else's: no
match); other (a sound number, but a parent's or one the person had before); none (no usable number). A record links to
the register where both are T1 to T3 and neither is quarantined. Of people who are easily taken for each other
(alike.py) records without a defect of their own have that as their kind, and truth_alike says who is like whom: one row
per person so made, with `kind` and `other_id`; a number shared by two stands in the records of both.
truth_told: what rows say of money, days and places (told.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sample import alike, work
from pipelines.sample.batch import Batch, Marks, coded, dates, digits
from pipelines.sample.draws import Array
from pipelines.sample.files import Part
from pipelines.sample.insurance_records import poor_marks
from pipelines.sample.insured import Crowd
from pipelines.sample.school_records import hardship
from pipelines.sample.snapshot import Snapshot

ORIGINS = ["register", "civil_affairs", "employment_platform", "technical_school", "yulu", "disabled_federation"]
ABSENCES = ["", "army", "prison", "abroad", "insured_elsewhere"]


def write_people(folder: Path, now: Snapshot) -> None:
    """truth_person.parquet, everybody who ever was in the sample by the last quarter."""
    p = now.people
    table = pa.table(
        {
            "true_id": p.true_id,
            "id_number": now.id_text,
            "name": now.name_text,
            "sex_code": digits(p.sex),
            "birth_date": digits(p.birth),
            "true_household": p.household,
            "origin": coded(ORIGINS, p.origin),
            "is_minority": p.minority,
        }
    )
    write(folder / "truth_person.parquet", table)


def write_alike(folder: Path, now: Snapshot, crowd: Crowd | None) -> None:
    """truth_alike.parquet, where anybody was made like another."""
    found = [
        pa.table(
            {
                "true_id": holders.true_id[holders.alike > 0],
                "kind": coded([*alike.KINDS], holders.alike[holders.alike > 0]),
                "other_id": holders.alike_of[holders.alike > 0],
            }
        )
        for holders in (now.people, crowd)
        if holders is not None and holders.alike.any()
    ]
    if found:
        write(folder / "truth_alike.parquet", pa.concat_tables(found))


def write_state(folder: Path, now: Snapshot) -> None:
    """truth_state/<quarter>.parquet."""
    p, study, aid = now.people, now.study, now.aid
    everybody = np.arange(len(p))
    year = now.quarter.year
    never = p.started == 0
    channels, carriers = work.CHANNELS, work.CARRIERS
    village = now.village_codes.take(pa.array(p.village))
    columns: dict[str, object] = {
        "true_id": p.true_id,
        "quarter": coded([now.quarter.key], np.zeros(len(p))),
        "is_alive": p.alive,
        "in_universe": now.in_universe,
        "is_registered": p.registered & p.alive,
        "village_code": village,
        "county_code": digits(now.county(everybody)),
        "is_deep_village": now.where.is_deep[p.village],
        "age": now.age.astype(np.int16),
        "poverty_status_code": digits(now.status),
        "household_attribute_code": digits(p.attribute),
        "student_status_code": digits(study.student_code),
        "education_code": digits(study.education_code),
        "health_code": digits(now.health),
        "labour_skill_code": digits(now.skill),
        "is_fulltime_student": study.is_fulltime_student,
        "is_labour": now.is_labour,
        "assistance_code": coded(["", "01", "02", "03"], p.assistance * p.alive),
        "absence": coded(ABSENCES, p.absence),
        "resident_state_code": digits(p.resident_state),
        "resident_payment_code": digits(p.resident_payment),
        "unit_scheme_code": coded(["", "110", "120"], np.select([p.unit_scheme == 110, p.unit_scheme == 120], [1, 2], 0)),
        "unit_state_code": digits(p.unit_state),
        "is_subsidy_due": now.is_entitled,
        "is_subsidy_paid": p.subsidy_year == year,
        "is_premium_paid_by_self": p.paid_year == year,
        "medical_scheme_code": coded(["", "310", "390"], np.select([p.medical_scheme == 310, p.medical_scheme == 390], [1, 2], 0)),
        "medical_state_code": digits(p.medical_state),
        "has_medical_mark": poor_marks(now, everybody),
        "on_platform": p.on_platform & p.alive,
        "is_employed": p.employed & p.on_platform & p.alive,
        "channel_code": pa.array(np.where(never, "", np.array(channels)[p.channel])),
        "carrier_type_code": pa.array(np.where(never, "NONE", np.array(carriers)[p.carrier])),
        "is_public_post_qualified": p.qualified & ~never,
        "started_date": dates(p.started, blank=never),
        "ended_date": dates(p.ended, blank=p.employed | never),
        "on_roll": study.on_roll,
        "roll_state_code": coded(["", "1", "2", "3"], study.roll_state * study.on_roll),
        "study_form_code": coded(["", "1", "2"], study.study_form * study.on_roll),
        "hardship_code": digits(hardship(now, everybody)),
        "yulu_applied": aid.applied,
        "yulu_state_code": coded(["", "1", "2", "3", "4", "5"], aid.state * aid.applied),
        "yulu_school_type_code": coded(["", "1", "2", "3"], aid.school_type * aid.applied),
        "yulu_paid": aid.applied & (aid.state == 3),
    }  # fmt: skip
    write(folder / "truth_state" / f"{now.quarter.key}.parquet", pa.table(columns))


def records(batch: Batch, rows: Array, part: Part, quarter: str, delivery: str) -> pa.Table:
    """truth_record of one part of a file; `rows` are the batch's rows in the order written."""
    assert batch.item is not None
    line = part.first_line + np.arange(len(rows))
    if batch.members is None:
        return _records(batch, batch.true_id[rows], line, batch.marks, rows, batch.item.take(pa.array(rows)),
                        np.zeros(len(rows)), batch.marks.quarantined[rows], part.name, quarter, delivery)  # fmt: skip
    family, position, true_id, marks = batch.members
    at = np.full(len(batch), -1)
    at[rows] = line
    here = np.flatnonzero(at[family] >= 0)
    here = here[np.lexsort((position[here], at[family[here]]))]
    own = family[here]
    kind = np.where(batch.marks.kind[own] != "", batch.marks.kind[own], marks.kind[here])
    whole = Marks(kind, marks.tier[here], batch.marks.quarantined[own])
    every = np.arange(len(here))
    return _records(batch, true_id[here], at[own], whole, every, batch.item.take(pa.array(own)), position[here],
                    whole.quarantined, part.name, quarter, delivery)  # fmt: skip


def _records(
    batch: Batch, true_id: Array, line: Array, marks: Marks, rows: Array, item: pa.Array, position: Array,
    quarantined: Array, file: str, quarter: str, delivery: str,
) -> pa.Table:  # fmt: skip
    size = len(true_id)

    def same(text: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(np.zeros(size, dtype=np.int32), [text])

    return pa.table(
        {
            "system": same(batch.table.source),
            "entity": same(batch.table.entity),
            "quarter": same(quarter),
            "delivery": same(delivery),
            "file_name": same(file),
            "line_number": line.astype(np.int64),
            "position": position.astype(np.int8),
            "true_id": true_id,
            "item": item.dictionary_encode() if size else item.cast(pa.dictionary(pa.int32(), pa.string())),
            "kind": _small(marks.kind[rows]),
            "tier": _small(marks.tier[rows]),
            "is_quarantined": quarantined,
        }
    )


def _small(values: Array) -> pa.DictionaryArray:
    words, index = np.unique(values, return_inverse=True)
    return pa.DictionaryArray.from_arrays(index.astype(np.int32), [str(word) for word in words])


def write_records(folder: Path, name: str, tables: list[pa.Table]) -> None:
    """truth_record/<name>.parquet."""
    filled = [table for table in tables if table.num_rows]
    if filled:
        write(folder / "truth_record" / f"{name}.parquet", pa.concat_tables(filled).unify_dictionaries())


def write(path: Path, table: pa.Table) -> None:
    """One file of the truth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")
