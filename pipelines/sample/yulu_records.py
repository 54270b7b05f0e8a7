"""Rows of the Yulu plan: what became of each student's aid, and the applications."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.batch import Batch, coded, dates, digits, empty_where
from pipelines.sample.draws import Array
from pipelines.sample.people import serial
from pipelines.sample.register_records import CITIES, amounts, household_numbers
from pipelines.sample.school_records import GRADES, MAJORS, heads, school_names
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import yulu

PER_TERM = 1500  # yuan (M)
TO_HEAD = 0.6  # of payments, into the account of the head of the household (L)
PART_TIME_APPLIES = 0.35  # of registered part-time students, whose application is refused (L)
BANKS = ("江西省农村信用社", "中国农业银行", "中国邮政储蓄银行")


def _applied(now: Snapshot, rows: Array) -> Array:
    aid = now.aid
    ids = now.people.true_id[rows]
    result: Array = aid.start_day + 5 + np.floor(now.draws(ids, "applied", aid.school_year, aid.term) * 14)
    return result.astype(np.int64)


def _application(now: Snapshot, rows: Array, kind: Array) -> dict[str, pa.Array]:
    """The columns that payments and applications share."""
    people, draws, aid = now.people, now.draws, now.aid
    ids, same = people.true_id[rows], np.zeros(len(rows))
    school = now.study.school[rows]
    other = pc.binary_join_element_wise(
        coded(list(CITIES), school % 11), coded(["", "", "职业中等专业学校", "职业技术学院"], kind), ""
    )  # fmt: skip
    year = np.clip((serial(now.quarter) - now.study.enrolled_serial[rows]) // 4, 0, 2)
    begin = now.study.enrolled_serial[rows]
    technical = (2000 + begin // 4) * 100 + np.where(begin % 4 == 2, 9, 3)
    return {
        "application_number": pc.binary_join_element_wise(
            "YL", str(aid.school_year), str(aid.term), digits(ids, 9), ""
        ),
        "school_year": coded([f"{aid.school_year}-{aid.school_year + 1}"], same),
        "term_code": coded([str(aid.term)], same),
        "name": now.name_text.take(pa.array(rows)),
        "id_number": now.id_text.take(pa.array(rows)),
        "household_number": household_numbers(people.household[rows]),
        "head_name": now.name_text.take(pa.array(heads(now, rows))),
        "person_number": empty_where(~people.registered[rows], digits(3600_000_000_000_000 + ids * 11)),
        "school_name": pc.if_else(pa.array(kind == 1), school_names(school), other),
        "school_type_code": digits(kind),
        "major_name": coded(list(MAJORS), np.floor(draws(ids, "major") * len(MAJORS))),
        "study_years_code": coded(["3"], same),
        "enrolled_month": digits(np.where(kind == 1, technical, (aid.school_year - year) * 100 + 9)),
        "grade": coded(list(GRADES), year),
        "applied_date": dates(_applied(now, rows)),
    }


def payment_rows(now: Snapshot) -> Batch:
    """One row per application of the term."""
    people, draws, aid = now.people, now.draws, now.aid
    rows = np.flatnonzero(aid.applied)
    rows = rows[np.lexsort((people.true_id[rows], people.village[rows]))]
    ids, paid = people.true_id[rows], aid.paid_day[rows]
    own = draws(ids, "yulu", "payee") >= TO_HEAD
    account = 6_221_000_000_000_000 + np.floor(draws(ids, "yulu", "account") * 10**12).astype(np.int64)
    columns = _application(now, rows, aid.school_type[rows]) | {
        "review_state_code": coded(["1", "1", "2", "2", "4", "2"], aid.state[rows]),
        "standard_amount": amounts(np.full(len(rows), PER_TERM)),
        "paid_amount": empty_where(paid == 0, amounts(np.full(len(rows), PER_TERM))),
        "payee_code": coded(["1", "2"], own),
        "bank_name": coded(list(BANKS), np.floor(draws(ids, "yulu", "bank") * len(BANKS))),
        "account_number": digits(account),
        "state_code": digits(aid.state[rows]),
        "paid_date": dates(paid, blank=paid == 0),
        "hukou_code": digits(now.county(rows)),
    }
    return Batch(yulu.PAYMENT, columns, ids, now.county(rows))


def application_rows(now: Snapshot) -> Batch:
    """One row per application of the term, the refused ones too, who stand on no list of payments."""
    people, draws, aid = now.people, now.draws, now.aid
    refused = people.registered & people.alive & ~aid.applied
    refused &= now.study.on_roll & (now.study.roll_state != 3) & (now.study.study_form == 2)
    refused &= draws(people.true_id, "yulu", "refused", aid.school_year, aid.term) < PART_TIME_APPLIES
    rows = np.flatnonzero(aid.applied | refused)
    rows = rows[np.lexsort((people.true_id[rows], people.village[rows]))]
    ids, no = people.true_id[rows], refused[rows]
    review = np.where(no, 3, np.array([1, 1, 2, 2, 4, 2])[aid.state[rows]])
    day = _applied(now, rows) + 7 + np.floor(draws(ids, "yulu", "review", aid.school_year, aid.term) * 14)
    columns = _application(now, rows, np.where(no, 1, aid.school_type[rows])) | {
        "review_state_code": digits(review),
        "reviewed_date": dates(day, blank=review == 1),
        "refusal_reason": coded(["", "非全日制学籍", "银行账号有误"], np.where(no, 1, np.where(review == 4, 2, 0))),
        "standard_amount": amounts(np.full(len(rows), PER_TERM)),
        "hukou_code": digits(now.county(rows)),
    }
    return Batch(yulu.APPLICATION, columns, ids, now.county(rows))
