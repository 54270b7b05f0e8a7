"""Jiangxi's administrative divisions, province to village, as valid on any day of 2018–2020.

`divisions.csv.gz` is reference data, one row per region code and time of validity (README.md beside it says how it
was derived); this module only reads it.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

Level = Literal["province", "city", "county", "town", "village"]
LEVELS: tuple[Level, ...] = ("province", "city", "county", "town", "village")
FILE = Path(__file__).with_name("divisions.csv.gz")
PREFIXES = Path(__file__).with_name("prefixes.csv")
# 井冈山 before 1984 and 宁冈, which went into it in 2000; 广昌 before it passed to 抚州 (domain.md §3.2). One prefix per county
# and year, as prefixes.csv has them, leaves these out.
_ALSO = {"360881": ("362433", "362432"), "361030": ("362138",)}


class Division(NamedTuple):
    """One division under one code.

    Codes nest by prefix (2, 4, 6, 9, 12 digits). `valid_from` is the first day of the code, `valid_to` the first day
    on which it is no longer valid, None where no change falls into 2018–2020. `successor_code` names the code that
    took over the place (a county merged away names the county it went into). `is_poor_county` marks the 25 poor
    counties and every place in them.
    """

    region_code: str
    name: str
    level: Level
    parent_code: str
    valid_from: date | None
    valid_to: date | None
    successor_code: str
    is_poor_county: bool

    def is_valid(self, on: date) -> bool:
        """Whether the code is in force on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@lru_cache(maxsize=1)
def history() -> tuple[Division, ...]:
    """Every code of the plan period, ordered by level and code."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as lines:
        return tuple(
            Division(
                row["region_code"],
                row["name"],
                cast(Level, row["level"]),
                row["parent_code"],
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["successor_code"],
                row["is_poor_county"] == "1",
            )
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=32)
def divisions(on: date, level: Level | None = None) -> tuple[Division, ...]:
    """The divisions in force on a day, ordered by level and code; only one level where it is named."""
    return tuple(d for d in history() if (level is None or d.level == level) and d.is_valid(on))


def successions() -> dict[str, tuple[str, date]]:
    """Old code → (code that took over, first day), for every division whose code ended in the plan period."""
    return {d.region_code: (d.successor_code, d.valid_to) for d in history() if d.valid_to and d.successor_code}


class PrefixYears(NamedTuple):
    """The first six digits of the ID numbers that a county gave out in some years; counties under their codes of 2020."""

    county_code: str
    first_year: int
    last_year: int
    prefix: str


@lru_cache(maxsize=1)
def prefix_years() -> tuple[PrefixYears, ...]:
    """The prefixes of every county from 1984, when numbers were first given, to 2020."""
    with PREFIXES.open(encoding="utf-8", newline="") as lines:
        return tuple(
            PrefixYears(row["county_code"], int(row["first_year"]), int(row["last_year"]), row["prefix"])
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=1)
def id_prefixes() -> dict[str, frozenset[str]]:
    """County code → every prefix that ID numbers of its people may have, for each code of the plan period.

    The year does not matter: who was registered late has a later prefix than those born in the same year (domain.md
    §3.1). Where towns passed from one county to another, both have the prefixes of both.
    """
    own: dict[str, set[str]] = {d.region_code: {d.region_code} for d in history() if d.level == "county"}
    for years in prefix_years():
        own[years.county_code].add(years.prefix)
    for county, prefixes in _ALSO.items():
        own[county].update(prefixes)
    passed = {(old[:6], new[:6]) for old, (new, _) in successions().items()}
    related = {code: {code, *(b for a, b in passed if a == code), *(a for a, b in passed if b == code)} for code in own}
    return {code: frozenset().union(*(own[other] for other in others)) for code, others in related.items()}
