"""Every job anybody of the sample has had, in the order in which they were taken up: what 2018年以来累计 lists are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.sample.draws import Array

if TYPE_CHECKING:
    from pipelines.sample.people import People

_TAKEN = ("started", "channel", "carrier", "workplace", "employer", "wage", "qualified")


class Spells:
    """Columns, one entry per job; `person` is the position of the one who has it, `ended` is 0 while it lasts."""

    person: Array
    started: Array
    ended: Array
    channel: Array
    carrier: Array
    workplace: Array
    employer: Array
    wage: Array
    qualified: Array

    def __init__(self) -> None:
        for name in ("person", "ended", *_TAKEN):
            setattr(self, name, np.zeros(0, dtype=np.int64))
        self._last: Array = np.zeros(0, dtype=np.int64)  # by person: the latest job

    def __len__(self) -> int:
        return len(self.person)

    def begin(self, people: People, rows: Array) -> None:
        """The people at these positions have just taken up the jobs that their columns name."""
        self._last = np.concatenate([self._last, np.zeros(len(people) - len(self._last), dtype=np.int64)])
        self._last[rows] = np.arange(len(self), len(self) + len(rows))
        for name in _TAKEN:
            taken = getattr(people, name)[rows].astype(np.int64)
            setattr(self, name, np.concatenate([getattr(self, name), taken]))
        self.person = np.concatenate([self.person, rows])
        self.ended = np.concatenate([self.ended, np.zeros(len(rows), dtype=np.int64)])

    def end(self, people: People, rows: Array) -> None:
        """The people at these positions have lost the jobs they had."""
        self.ended[self._last[rows]] = people.ended[rows]
