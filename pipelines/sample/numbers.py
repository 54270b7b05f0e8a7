"""Citizen identity numbers (GB 11643): assignment with historical prefixes, check characters, old 15-digit forms.

Inside the sample a number is the integer of its first 17 digits; the check character follows from it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import regions
from pipelines.sample.draws import Array

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
FIRST_ISSUE = 1984  # identity cards exist since then
_SPAN = 2020 - FIRST_ISSUE + 1


@lru_cache(maxsize=1)
def prefix_history() -> dict[str, Array]:
    """County code of 2020 → the prefix in force in each year from 1984 to 2020."""
    history: dict[str, Array] = {}
    for county_code, first_year, last_year, prefix in regions.prefix_years():
        years = history.setdefault(county_code, np.zeros(_SPAN, dtype=np.int64))
        years[first_year - FIRST_ISSUE : last_year - FIRST_ISSUE + 1] = int(prefix)
    return history


def prefixes(counties: list[str], county: Array, year: Array) -> Array:
    """The six digits a county gave out in a year; counties are 2020 codes, `county` indexes them."""
    history = prefix_history()
    table = np.stack([history[code] for code in counties])
    result: Array = table[county, np.clip(year - FIRST_ISSUE, 0, _SPAN - 1)]
    return result


def assign(prefix: Array, birth: Array, sex: Array, rng: np.random.Generator, *used: Array) -> Array:
    """17-digit numbers for new people, unique among themselves and against each sorted `used`."""
    base = (prefix.astype(np.int64) * 100_000_000 + birth) * 1000
    number = np.zeros(len(base), dtype=np.int64)
    todo = np.arange(len(base))
    for _ in range(60):
        pick = rng.integers(0, 498, size=len(todo)) * 2 + (sex[todo] == 1)
        number[todo] = base[todo] + pick
        order = np.argsort(number, kind="stable")
        ranked = number[order]
        clash = np.zeros(len(base), dtype=bool)
        clash[order[1:]] = ranked[1:] == ranked[:-1]
        for taken in used:
            if len(taken):
                at = np.minimum(np.searchsorted(taken, number), len(taken) - 1)
                clash |= taken[at] == number
        todo = np.flatnonzero(clash)
        if not len(todo):
            return number
    raise ValueError("more people of one county, day and sex than sequence numbers: the scale is too large")


def check_index(number: Array) -> Array:
    """Index into CHECKS for each 17-digit integer."""
    total = np.zeros(len(number), dtype=np.int64)
    rest = number.astype(np.int64).copy()
    for weight in reversed(WEIGHTS):
        total += weight * (rest % 10)
        rest //= 10
    return total % 11


def text(number: Array) -> pa.Array:
    """The 18-character numbers."""
    checks = pa.array(list(CHECKS)).take(pa.array(check_index(number)))
    return pc.binary_join_element_wise(pa.array(number).cast(pa.string()), checks, "")


def fifteen(number18: str) -> str:
    """The form in use before October 1999: no century, no check character."""
    return number18[:6] + number18[8:17]


def passes(number18: str) -> bool:
    """Whether an 18-character text carries the right check character."""
    body, check = number18[:17], number18[17:]
    if len(number18) != 18 or not (body.isascii() and body.isdigit()):
        return False
    return CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11] == check
