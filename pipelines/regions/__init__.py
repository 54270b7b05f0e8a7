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
