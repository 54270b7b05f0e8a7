"""Who holds a certificate of disability: of most of those whom the register calls disabled, in or out of it. All rates L."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sample.life import health
from pipelines.sample.people import DISABLED, People, days

CERTIFIED = 0.8  # of the disabled
CATEGORIES = [0.15, 0.24, 0.01, 0.30, 0.07, 0.08, 0.15]
GRADES = [0.16, 0.26, 0.28, 0.30]
SEVERE_GRADES = GRADES[:2]
REISSUED = 0.05
ISSUED_FROM, ISSUED_DAYS, VALID_DAYS = "2009-01-01", 3400, 3652


@dataclass(frozen=True)
class Certificates:
    """By person; what a certificate says is said of everybody and true of who `holds` one. Days since 1970."""

    holds: Array
    category: Array
    grade: Array
    is_reissued: Array
    issued: Array
    valid_until: Array
    is_in_force: Array

    @property
    def is_severe(self) -> Array:
        """Grade 1 or 2 by a certificate in force."""
        result: Array = self.holds & self.is_in_force & (self.grade <= 2)
        return result


def certificates(people: People, quarter: Quarter, draws: Draws) -> Certificates:
    """The certificates of the living on the quarter's last day."""
    ids, last = people.true_id, days(quarter)[1]
    grade = 1 + np.where(
        people.origin == DISABLED,
        draws.choice(ids, SEVERE_GRADES, "disability", "grade"),
        draws.choice(ids, GRADES, "disability", "grade"),
    )
    born = (people.birth // 10000 - 1970) * 365 + 400
    first = np.datetime64(ISSUED_FROM).astype(np.int64)
    issued = np.maximum(first + np.floor(draws(ids, "disability", "day") * ISSUED_DAYS), born)
    issued = np.minimum(issued, last)
    valid = issued + VALID_DAYS
    is_certified = (people.origin == DISABLED) | (draws(ids, "disability") < CERTIFIED)
    return Certificates(
        holds=people.alive & (health(people, draws) == 4) & is_certified,
        category=1 + draws.choice(ids, CATEGORIES, "disability", "category"),
        grade=grade,
        is_reissued=draws(ids, "disability", "again") < REISSUED,
        issued=issued,
        valid_until=valid,
        is_in_force=valid > last,
    )
