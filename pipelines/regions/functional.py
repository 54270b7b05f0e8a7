"""功能区: management areas that send data as scopes of their own and lie in one or several counties.

`functional_areas.csv` is reference data with a certainty mark per row. Codes are those of the statistical divisions where
they list the area; codes whose last three digits are 900 or more are this product's own. An office that knows better
keeps its own file of the same columns as `functional_areas.csv` in its reference folder.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("functional_areas.csv")


@dataclass(frozen=True)
class FunctionalArea:
    """One area; `counties` are codes that may have been valid at different times."""

    area_code: str
    name: str
    other_names: tuple[str, ...]
    counties: frozenset[str]
    valid_from: date | None
    valid_to: date | None
    certainty: str

    def is_valid(self, on: date) -> bool:
        """Whether the area exists on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@lru_cache(maxsize=8)
def _all(file: Path) -> tuple[FunctionalArea, ...]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(
            FunctionalArea(
                row["area_code"],
                row["name"],
                tuple(name for name in row["other_names"].split(";") if name),
                frozenset(row["county_codes"].split(";")),
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["certainty"],
            )
            for row in csv.DictReader(lines)
        )


def functional_areas(on: date, reference: Path | None = None) -> Mapping[str, FunctionalArea]:
    """The areas that exist on a day, by code; from the office's own list in `reference` where it keeps one."""
    own = reference / FILE.name if reference is not None else None
    chosen = own if own is not None and own.is_file() else FILE
    return {area.area_code: area for area in _all(chosen) if area.is_valid(on)}
