"""Insured people who are in no list of the universe: the crowd the comparison has to find the poor in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipelines.periods import Quarter
from pipelines.sample import cover, names, numbers
from pipelines.sample.draws import Array, Draws
from pipelines.sample.people import age_on, birth_days, days, serial
from pipelines.sample.places import Places

FIRST_ID = 1_000_000_000  # their true ids start here, beyond anybody of the universe
PRESENT = 0.8  # of the crowd insured in the first quarter; the others join later


class Crowd:
    """Columns of the insured outside the universe; states follow from draws and the quarter."""

    def __init__(self, size: int, where: Places, start: Quarter, draws: Draws, used: Array) -> None:
        rng = draws.generator("crowd")
        self.draws, self.start = draws, start
        self.true_id = np.arange(size, dtype=np.int64) + FIRST_ID
        weight = np.exp(0.5 * rng.standard_normal(len(where.counties))) * np.bincount(
            where.county, minlength=len(where.counties)
        )
        self.county = np.sort(rng.choice(len(where.counties), size=size, p=weight / weight.sum()).astype(np.int16))
        self.city = np.array([int(code[:4]) for code in where.counties], dtype=np.int16)[self.county]
        age = (rng.beta(1.5, 2.0, size=size) * 95).astype(np.int64)
        self.birth = birth_days(start.year - age - 1, rng).astype(np.int32)
        self.sex = np.where(rng.random(size) < 0.515, 1, 2).astype(np.int8)
        self.surname = names.surnames(size, rng)
        self.given1, self.given2 = names.given(self.sex, self.birth // 10000, rng)
        issued = np.maximum(self.birth // 10000, numbers.FIRST_ISSUE + rng.integers(0, 6, size))
        prefix = numbers.prefixes(where.counties, self.county.astype(np.int64), issued)
        self.number = numbers.assign(prefix, self.birth.astype(np.int64), self.sex, rng, used)
        self.alike = np.zeros(size, dtype=np.int8)  # index into alike.KINDS, and the true id of the other
        self.alike_of = np.zeros(size, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.true_id)

    def here(self, quarter: Quarter, label: str, share: float, city: int) -> Array:
        """Positions of those insured in a city in the quarter; about 0.5 % join each quarter."""
        now, begin = serial(quarter), serial(self.start)
        first, last = np.searchsorted(self.city, [city, city + 1])
        ids = self.true_id[first:last]
        comes = begin - 40 + np.floor(self.draws(ids, label, "comes") * 80).astype(np.int64)
        comes = np.where(self.draws(ids, label, "new") < 0.4, comes, begin - 1)
        result: Array = np.flatnonzero((self.draws(ids, label) < share) & (comes <= now)) + first
        return result

    def take(self, rows: Array) -> tuple[pa.Array, pa.Array]:
        """(ID text, name text) of some."""
        special = np.full(len(rows), -1)
        return (
            numbers.text(self.number[rows]),
            names.text(self.surname[rows], self.given1[rows], self.given2[rows], special),
        )

    def pension(self, rows: Array, quarter: Quarter) -> tuple[Array, Array, Array]:
        """(scheme, participation state, payment state)."""
        age = age_on(self.birth[rows], quarter)
        ids, now = self.true_id[rows], serial(quarter)
        employee = self.draws(ids, "scheme") < 0.24
        u = self.draws(ids, "crowd", "state")
        flips = self.draws(ids, "crowd", "flips", now) < 0.004
        paused = (u < 0.07) ^ flips
        state = np.where(paused, 2, 1)
        payment = np.where(age >= 60, 3, state)
        scheme = np.where(employee, np.where(u > 0.93, cover.CIVIL_SERVICE, cover.EMPLOYEES), cover.RESIDENTS)
        return scheme, state, payment

    def joined(self, rows: Array, quarter: Quarter) -> Array:
        """Day of joining, before the quarter's end."""
        opened = (np.maximum(self.birth[rows] // 10000 + 16, 2011) - 1970) * 365.25
        opened = opened + self.draws(self.true_id[rows], "joined") * 330
        result: Array = np.minimum(opened, days(quarter)[0] - 1).astype(np.int64)
        return result
