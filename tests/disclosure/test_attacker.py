"""Nobody recovers a small count from all that schema bi shows together; where the protection is left out, the same attack does."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from pipelines.engines.duckdb import DuckDBEngine
from pipelines.measures.parameters import PARAMETERS
from pipelines.periods import Quarter
from tests.disclosure import province as p
from tests.disclosure.attacker import Attack, Method, Name
from tests.disclosure.worlds import Walk

pytestmark = [pytest.mark.minutes(2)]

_IN_FORCE = PARAMETERS.of(Quarter.parse(p.QUARTERS[0]))
SMALL_CELL, BASE = int(str(_IN_FORCE["small_cell"])), int(str(_IN_FORCE["rounding_base"]))
STEPS, STEPS_FROM_THE_TRUTH = 60_000, 1_500


class Case(NamedTuple):
    """An attack, a walk from the truth, and the small counts that are sought: 1 to 4 people, or a difference of so many."""

    attack: Attack
    walk: Walk
    targets: list[Name]


Making = Callable[[int, int, int], Case]


@pytest.fixture
def made(tmp_path: Path) -> Making:
    def make(seed: int, small_cell: int, base: int) -> Case:
        snapshots = p.drawn(seed)
        with DuckDBEngine(1, "1GiB", tmp_path) as engine:
            shown = p.published(engine, snapshots, small_cell, base)
        attack = Attack(shown, Method(small_cell, base))
        walk = Walk(attack, snapshots, seed)
        # The attacker's intervals hold the truth, or what is not recovered would say nothing.
        assert attack.agrees(walk.world)
        names = list(attack.counts)
        size = np.abs(attack.matrix_of(names) @ walk.world)
        return Case(attack, walk, [name for name, n in zip(names, size, strict=True) if 1 <= n < SMALL_CELL])

    return make


def unsettled(case: Case, seed: int) -> list[Name]:
    """Those of the targets that had their true value in every world of a walk."""
    matrix = case.attack.matrix_of(case.targets)
    true, draw = matrix @ case.walk.world, random.Random(seed)
    is_open = np.ones(len(case.targets), bool)
    for step in range(STEPS):
        if step % STEPS_FROM_THE_TRUTH == 0:
            case.walk.back()
        if step % 20 == 0:
            left = np.flatnonzero(is_open)
            if not len(left):
                return []
            about = case.attack.counts[case.targets[draw.choice(list(left))]]
        if case.walk.step(about):
            is_open &= matrix @ case.walk.world == true
    return [name for name, still in zip(case.targets, is_open, strict=True) if still]


def ends(case: Case, name: Name) -> tuple[int, int] | None:
    return case.attack.ends(case.attack.matrix_of([name]).toarray()[0])


@pytest.mark.parametrize("seed", [1, 2])
def test_no_small_count_is_recovered(made: Making, seed: int) -> None:
    case = made(seed, SMALL_CELL, BASE)
    kinds = {str(name[0]) for name in case.targets}
    assert kinds >= {
        "n_uncovered",
        "n_numerator",
        "n_denominator",
        "n_population",
        "in_school",
        "lapsed",
        "difference",
        "M09",
        "paid 300",
        "M11",
    }
    assert len(case.targets) > 3000
    # What no walk settles is put to the proof.
    recovered = [name for name in unsettled(case, seed) if (found := ends(case, name)) is None or found[0] == found[1]]
    assert recovered == []


def test_without_protection_every_small_count_is_recovered(made: Making) -> None:
    case = made(1, 1, 1)
    shown = [name for name in case.targets if str(name[0]).startswith("n_")]
    for name in random.Random(1).sample(shown, 5):
        found = ends(case, name)
        assert found is not None and found[0] == found[1]


def test_counts_that_are_only_withheld_are_recovered_by_subtraction(made: Making) -> None:
    case = made(1, SMALL_CELL, 1)
    uncovered = [name for name in case.targets if name[0] == "n_uncovered"]
    found = [ends(case, name) for name in random.Random(1).sample(uncovered, 20)]
    assert sum(pair is not None and pair[0] == pair[1] for pair in found) >= 10


def test_the_method_withholds_and_shows_what_the_attacker_supposes() -> None:
    method = Method(5, 5)
    assert (method.withheld(), method.shown(5), method.shown(100)) == ((0, 8), (5, 13), (92, 108))
    assert (Method(5, 1).withheld(), Method(5, 1).shown(7)) == ((0, 4), (7, 7))
    # Everyone's premium the same: no more is told of the amount than of the people.
    assert (method.amount(10000, 100), method.amount(None, 0)) == ((9150, 10849), (0, 2799))
