"""The people of the universe as columns, one entry per person, in the order in which they came into the sample."""

from __future__ import annotations

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array
from pipelines.sample.spells import Spells

# Where a person of the universe comes from.
REGISTER, CIVIL, WORKER, STUDENT, AIDED, DISABLED = range(6)

FIELDS: dict[str, str] = {
    "true_id": "int64",
    "number": "int64",  # first 17 digits of the identity number
    "surname": "int16",
    "given1": "int16",
    "given2": "int16",
    "special": "int16",  # index of an interpunct name, -1 for others
    "sex": "int8",  # 1 male, 2 female
    "birth": "int32",  # yyyymmdd
    "village": "int32",  # index into Places.codes
    "household": "int64",
    "relation": "int8",  # code of the register
    "origin": "int8",
    "minority": "bool",
    "alive": "bool",
    "registered": "bool",
    "since": "int16",  # serial of the quarter of entry
    "moved": "int16",  # serial of the quarter of the last move to another village, 0: none
    "moved_from": "int32",  # the village left then
    "left": "int16",  # serial of the quarter in which the person left every list of the universe but insurance, 0: not
    # households repeat on every member
    "rank": "float64",  # position in the order of being lifted, 0 first
    "attribute": "int8",  # 1 ordinary, 4 低保, 6 特困
    "assistance": "int8",  # 0 none, 1 urban 低保, 2 rural 低保, 3 特困: truth of civil affairs
    # insurance
    "resident_state": "int8",  # AAC008 of scheme 170, 0 none
    "resident_payment": "int8",  # AAC031 of scheme 170
    "unit_scheme": "int16",  # 0, 110 or 120
    "unit_state": "int8",
    "unit_place": "int16",  # county index of the employee scheme's pool
    "joined": "int32",  # days since 1970 of the resident scheme
    "unit_joined": "int32",
    "absence": "int8",  # 0 none, 1 army, 2 prison, 3 abroad, 4 insured outside the province
    "subsidy_year": "int16",  # latest premium year paid by government
    "subsidy_day": "int32",
    "paid_year": "int16",  # latest premium year paid by the person
    "paid_day": "int32",
    "medical_scheme": "int16",
    "medical_state": "int8",
    "medical_joined": "int32",
    # work
    "on_platform": "bool",
    "employed": "bool",
    "channel": "int8",
    "carrier": "int8",
    "qualified": "bool",
    "workplace": "int32",  # six digits
    "employer": "int32",
    "started": "int32",  # days since 1970, 0 never
    "ended": "int32",
    "wage": "int32",
    # who is easily taken for whom (alike.py)
    "alike": "int8",  # index into alike.KINDS, 0 for nobody
    "alike_of": "int64",  # the true id of the other
}


class People:
    """Columns by attribute name; `add` appends, everything else works on whole columns."""

    true_id: Array
    number: Array
    surname: Array
    given1: Array
    given2: Array
    special: Array
    sex: Array
    birth: Array
    village: Array
    household: Array
    relation: Array
    origin: Array
    minority: Array
    alive: Array
    registered: Array
    since: Array
    moved: Array
    moved_from: Array
    left: Array
    rank: Array
    attribute: Array
    assistance: Array
    resident_state: Array
    resident_payment: Array
    unit_scheme: Array
    unit_state: Array
    unit_place: Array
    joined: Array
    unit_joined: Array
    absence: Array
    subsidy_year: Array
    subsidy_day: Array
    paid_year: Array
    paid_day: Array
    medical_scheme: Array
    medical_state: Array
    medical_joined: Array
    on_platform: Array
    employed: Array
    channel: Array
    carrier: Array
    qualified: Array
    workplace: Array
    employer: Array
    started: Array
    ended: Array
    wage: Array
    alike: Array
    alike_of: Array

    def __init__(self) -> None:
        for name, kind in FIELDS.items():
            setattr(self, name, np.zeros(0, dtype=kind))
        self.next_household = 1
        self.spells = Spells()
        self.reserved: Array = np.zeros(0, dtype=np.int64)  # numbers of people outside the universe, sorted

    def __len__(self) -> int:
        return len(self.true_id)

    def add(self, size: int, **columns: Array) -> Array:
        """Append people; columns not given are 0. Returns their positions."""
        start = len(self)
        given = {"true_id": np.arange(start, start + size) + 1, "special": np.full(size, -1), **columns}
        given.setdefault("alive", np.ones(size, dtype=bool))
        for name, kind in FIELDS.items():
            values = np.asarray(given.get(name, np.zeros(size)), dtype=kind)
            setattr(self, name, np.concatenate([getattr(self, name), values]))
        return np.arange(start, start + size)

    def age(self, quarter: Quarter) -> Array:
        """Completed years on the quarter's last day."""
        return age_on(self.birth, quarter)


def serial(quarter: Quarter) -> int:
    """Quarters counted from 2000Q1, for arithmetic on columns."""
    return (quarter.year - 2000) * 4 + quarter.number - 1


def days(quarter: Quarter) -> tuple[int, int]:
    """First and last day of the quarter as days since 1970."""
    epoch = np.datetime64("1970-01-01")
    first = (np.datetime64(quarter.first_day) - epoch).astype(int)
    last = (np.datetime64(quarter.last_day) - epoch).astype(int)
    return int(first), int(last)


def age_on(birth: Array, quarter: Quarter) -> Array:
    """Completed years on the quarter's last day."""
    last = quarter.last_day
    result: Array = last.year - birth // 10000 - (birth % 10000 > last.month * 100 + last.day)
    return result


def birthday(birth: Array, years: int) -> Array:
    """Days since 1970 on which people born on a day (yyyymmdd) reach an age."""
    year, month, day = birth // 10000 + years, birth // 100 % 100, birth % 100
    start = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    result: Array = start + day - 1
    return result


def birth_days(year: Array, rng: np.random.Generator) -> Array:
    """A random birthday (yyyymmdd) in each year; none on 29 February."""
    month = rng.integers(1, 13, size=len(year))
    length = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month - 1]
    day = (rng.random(len(year)) * length).astype(np.int64) + 1
    result: Array = year.astype(np.int64) * 10000 + month * 100 + day
    return result
