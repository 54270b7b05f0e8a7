"""Whose number or name stands on somebody's record by mistake: a parent's, or another member's of the household."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.sample.draws import Array
from pipelines.sample.snapshot import Snapshot

CHILDHOOD = 18
LARGEST = 8  # members looked at, more than any household of the sample has
# Relation to the head of the household: who is a parent of whom.
CHILDREN, GRANDCHILDREN, COUPLE, SONS = (3, 4), (7, 8), (1, 2), (3, 5)


class Kin:
    """Households of one quarter; people are asked for by true id, those outside the universe have none here."""

    def __init__(self, now: Snapshot) -> None:
        self.now = now

    def parents_numbers(self, ids: Array, chance: Array) -> list[str | None]:
        """The number of a parent of each child under 18, None where none lives in the household."""
        people, child = self.now.people, self._known(ids)
        relation, age = people.relation, self.now.age

        def fits(one: Array, other: Array) -> Array:
            parent = np.isin(relation[one], CHILDREN) & np.isin(relation[other], COUPLE)
            parent |= np.isin(relation[one], GRANDCHILDREN) & np.isin(relation[other], SONS)
            result: Array = parent & (age[one] < CHILDHOOD) & (age[other] - age[one] >= CHILDHOOD)
            return result

        return self._text(self.now.id_text, self._member(child, chance, fits))

    def relatives_names(self, ids: Array, chance: Array) -> list[str | None]:
        """The name of another member, None for who lives alone."""
        return self._text(self.now.name_text, self._member(self._known(ids), chance, np.not_equal))

    def _known(self, ids: Array) -> Array:
        """Positions of people, -1 for those outside the universe."""
        return np.where((ids > 0) & (ids <= len(self.now.people)), ids - 1, -1)

    @cached_property
    def _homes(self) -> tuple[Array, Array, Array]:
        """(people by household, place of each in that order, first place of each one's household)."""
        homes = self.now.people.household
        order = np.argsort(homes, kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return order, place, np.searchsorted(homes[order], homes)

    def _member(self, rows: Array, chance: Array, fits: Callable[[Array, Array], Array]) -> Array:
        """A member of each one's household that fits, looked for from a drawn one on; -1 where there is none."""
        order, _, first = self._homes
        homes = self.now.people.household
        size = np.bincount(homes)[homes[rows]]
        found = np.full(len(rows), -1)
        start = (chance % np.uint64(LARGEST)).astype(np.int64)
        for step in range(LARGEST):
            other = order[np.minimum(first[rows] + (start + step) % np.maximum(size, 1), len(order) - 1)]
            good = (found < 0) & (rows >= 0) & fits(rows, other)
            found[good] = other[good]
        return found

    @staticmethod
    def _text(column: pa.Array, rows: Array) -> list[str | None]:
        return [
            text if row >= 0 else None
            for row, text in zip(rows, column.take(pa.array(np.maximum(rows, 0))).to_pylist(), strict=True)
        ]
