"""Random draws that depend on who and what, never on the order of asking.

A trait or an event of a person is a hash of (seed, label, person), so that adding a rule, a system or a quarter changes
nothing else in the province.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Draws:
    """Uniform numbers in [0, 1) by seed, labels and integer ids."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def key(self, *labels: object) -> int:
        """The 64-bit key of a label, also the seed of a generator for bulk draws."""
        text = "|".join(str(label) for label in (self.seed, *labels))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")

    def generator(self, *labels: object) -> np.random.Generator:
        """A generator of its own for one bulk job."""
        return np.random.default_rng(self.key(*labels))

    def bits(self, ids: Array, *labels: object) -> Array:
        """One unsigned 64-bit number per id (SplitMix64 finaliser)."""
        with np.errstate(over="ignore"):
            x = ids.astype(np.uint64) + np.uint64(self.key(*labels))
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            return x ^ (x >> np.uint64(31))

    def __call__(self, ids: Array, *labels: object) -> Array:
        """One uniform number per id."""
        return (self.bits(ids, *labels) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def choice(self, ids: Array, weights: list[float] | Array, *labels: object) -> Array:
        """One index per id, drawn by weight."""
        cumulated = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(cumulated / cumulated[-1], self(ids, *labels), side="right").astype(np.int64)

    def normal(self, ids: Array, *labels: object) -> Array:
        """One standard normal number per id (Box–Muller)."""
        radius = np.sqrt(-2.0 * np.log1p(-self(ids, *labels, "radius")))
        return radius * np.cos(2.0 * np.pi * self(ids, *labels, "angle"))
