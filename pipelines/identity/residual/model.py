"""What agreement is worth: points that decide, and weights that say how much more often people agree than strangers.

Points, thresholds and grounds are written down in models.toml. Weights come from weights.csv, which training.py makes
with Splink and which is kept, so that a pair weighs the same on every machine: log2(m / u), rounded to hundredths.
m is the share of pairs of one person that reach a level, u the share of pairs of two people (Fellegi and Sunter 1969).
"""

from __future__ import annotations

import csv
import math
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.identity.residual.comparisons import COMPARISONS, MISSING

MODELS = Path(__file__).with_name("models.toml")
WEIGHTS = Path(__file__).with_name("weights.csv")
Levels = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Ground:
    """Levels of which each comparison named must show one."""

    name: str
    levels: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Model:
    """A section of models.toml with its weights; `weights` by comparison and level, in bits."""

    name: str
    accept: int
    review: int
    margin: int
    choices: int
    points: Levels
    weights: dict[str, dict[str, Decimal]]
    grounds: tuple[Ground, ...] = ()
    labels: dict[str, str] | None = None

    def label(self, comparison: str) -> str:
        return (self.labels or {}).get(comparison, comparison)

    def __post_init__(self) -> None:
        known = {comparison.name: {level.name for level in comparison.levels} for comparison in COMPARISONS}
        named = [(c, level) for c, levels in self.points.items() for level in levels]
        named += [(c, level) for ground in self.grounds for c, levels in ground.levels.items() for level in levels]
        named += [(c, MISSING) for c in self.labels or {}]
        for comparison, level in named:
            if level not in known.get(comparison, ()):
                raise ValueError(f"model {self.name}: no level {level} of {comparison}")


def read_weights(name: str, path: Path = WEIGHTS) -> dict[str, dict[str, Decimal]]:
    """Weights in bits by comparison and level from a file of (model, comparison, level, m, u)."""
    weights: dict[str, dict[str, Decimal]] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["model"] == name:
                    bits = Decimal(f"{math.log2(float(row['m']) / float(row['u'])):.2f}")
                    weights.setdefault(row["comparison"], {})[row["level"]] = bits
    return weights


@cache
def model(name: str) -> Model:
    """The model of that name; KeyError where there is none, ValueError where it names a level that does not exist."""
    section: dict[str, Any] = tomllib.loads(MODELS.read_text(encoding="utf-8"))[name]
    grounds = tuple(
        Ground(ground, {comparison: tuple(levels) for comparison, levels in needed.items()})
        for ground, needed in section.pop("grounds", {}).items()
    )
    return Model(name=name, grounds=grounds, weights=read_weights(name), **section)
