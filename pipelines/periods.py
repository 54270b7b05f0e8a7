"""The quarter, partition key of everything, and the one place that reads the clock."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_KEY = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter; its text form, such as '2019Q4', is the partition key."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2999 and 1 <= self.number <= 4):
            raise ValueError(f"not a quarter: {self.year}Q{self.number}")

    @classmethod
    def parse(cls, key: str) -> Quarter:
        """The quarter a key names; ValueError with the expected form when it names none."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(f"not a quarter: {key!r}; write it like 2019Q4")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter in which a day lies."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    def shift(self, quarters: int) -> Quarter:
        """The quarter that many quarters later (earlier where negative)."""
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    @property
    def key(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def previous(self) -> Quarter:
        return self.shift(-1)

    @property
    def next(self) -> Quarter:
        return self.shift(1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    def until(self, last: Quarter) -> Iterator[Quarter]:
        """Every quarter from this one to `last`, both included."""
        current = self
        while current <= last:
            yield current
            current = current.next

    def __str__(self) -> str:
        return self.key


def now() -> datetime:
    """The present moment in the province's time zone.

    BIDUI_NOW simulates it: an ISO 8601 moment, or '@' and the path of a file that holds one, so that a running system
    can be taken through a calendar.
    """
    simulated = os.environ.get("BIDUI_NOW", "")
    if simulated.startswith("@"):
        simulated = Path(simulated[1:]).read_text().strip()
    if not simulated:
        return datetime.now(ZONE)
    moment = datetime.fromisoformat(simulated)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
