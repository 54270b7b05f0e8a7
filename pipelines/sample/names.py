"""Names as codes: a surname, one or two given characters, or one of the interpunct names.

The text is made where it is written, so that millions of people cost six bytes each.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.draws import Array

NONE = -1


@dataclass(frozen=True)
class Stock:
    """What names are made of; `given` is the alphabet that g1 and g2 index."""

    surnames: list[str]
    weights: Array
    given: list[str]
    pools: dict[str, Array]  # male, female, young, rare → indexes into `given`
    homophones: dict[str, str]  # character → the others of its sound
    traditional: dict[str, str]
    placeholders: str
    interpuncts: str
    minority: list[str]


@lru_cache(maxsize=1)
def stock() -> Stock:
    """The declared characters of names.toml."""
    raw: dict[str, Any] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
    pools = {pool: raw["given"][pool] for pool in ("male", "female", "young", "rare")}
    given = list(dict.fromkeys("".join(pools.values())))
    position = {character: index for index, character in enumerate(given)}
    weights = np.array(list(raw["surnames"].values()), dtype=np.float64)
    sounds = {c: group.replace(c, "") for group in raw["homophones"].values() for c in group}
    return Stock(
        surnames=list(raw["surnames"]),
        weights=weights / weights.sum(),
        given=given,
        pools={pool: np.array([position[c] for c in text]) for pool, text in pools.items()},
        homophones=sounds,
        traditional=raw["traditional"],
        placeholders=raw["given"]["placeholders"],
        interpuncts=raw["minority"]["interpuncts"],
        minority=[f"{a}·{b}" for a, b in product(raw["minority"]["first"], raw["minority"]["last"])],
    )


def surnames(size: int, rng: np.random.Generator) -> Array:
    """Surname codes at their frequencies."""
    return rng.choice(len(stock().surnames), size=size, p=stock().weights).astype(np.int16)


def given(sex: Array, birth_year: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Given-name codes (g1, g2): by sex, the young from characters of their time, NONE where one character is all."""
    size = len(sex)
    first = np.zeros(size, dtype=np.int16)
    second = np.zeros(size, dtype=np.int16)
    is_young = (birth_year >= 1996) & (rng.random(size) < 0.7)
    for pool, who in (("male", ~is_young & (sex == 1)), ("female", ~is_young & (sex == 2)), ("young", is_young)):
        members = stock().pools[pool]
        odds = 1.0 / (np.arange(len(members)) + 12.0)
        odds /= odds.sum()
        count = int(who.sum())
        first[who] = rng.choice(members, size=count, p=odds)
        second[who] = rng.choice(members, size=count, p=odds)
    rare = rng.random(size) < 0.001
    second[rare] = rng.choice(stock().pools["rare"], size=int(rare.sum()))
    single = ~rare & (rng.random(size) < np.where(birth_year >= 1975, 0.22, 0.12))
    second[single] = NONE
    return first, second


def text(surname: Array, first: Array, second: Array, special: Array) -> pa.Array:
    """The names as text."""
    alphabet = pa.array([*stock().given, ""])
    last = len(stock().given)
    plain = pc.binary_join_element_wise(
        pa.array(stock().surnames).take(pa.array(surname)),
        alphabet.take(pa.array(first)),
        alphabet.take(pa.array(np.where(second == NONE, last, second))),
        "",
    )
    if not (special >= 0).any():
        return plain
    whole = pa.array(stock().minority).take(pa.array(np.maximum(special, 0)))
    return pc.if_else(pa.array(special >= 0), whole, plain)
