"""Other worlds: provinces with other people of which schema bi would show nothing that contradicts what it shows.

A walk from the true province: somebody is taken out, put in, or is something else, in all quarters or from one on or in the
correction alone; a step that contradicts a figure is not taken. A count that differs between two worlds is not recovered.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np

from tests.disclosure import province as p
from tests.disclosure.attacker import Attack, Name, Sum, cell, flow

Path = dict[p.Issue, p.Person]
_VALUES = {
    "status": p.STATUS, "village": p.VILLAGE, "sex": p.GROUPS["sex"], "age": p.GROUPS["age_band"],
    "nation": p.GROUPS["nation"], "is_covered": (True, False), "reason": (None, *p.REASONS), "link": (0, 1, 2), "county": p.COUNTIES,
    "premium": (0, *p.PREMIUMS),
}  # fmt: skip


def paths(snapshots: dict[p.Issue, p.Snapshot]) -> dict[str, Path]:
    """Everyone's way through the quarters and releases."""
    found: dict[str, Path] = {}
    for issue, people in snapshots.items():
        for key, person in people.items():
            found.setdefault(key, {})[issue] = person
    return found


def unknowns(path: Path, causes: dict[tuple[p.Issue, str], str]) -> Sum:
    """In which unknowns of the attack somebody is counted; `causes` of what befell them, by release and measure."""
    found: Sum = Counter()
    for quarter, release in ((q, r) for q in p.QUARTERS for r in p.RELEASES):
        issue = p.Issue(quarter, release)
        person, number = path.get(issue), p.QUARTERS.index(quarter)
        before = path.get(p.Issue(p.QUARTERS[number - 1], release)) if number else None
        for measure in p.MEASURES:
            if person:
                states = (
                    person.state(measure),
                    *(e for e, has in zip(("sure", "possible"), person.ends(measure), strict=True) if has),
                    *([f"paid {person.premium}"] if person.premium else []),
                    *(["paid and covered"] if person.premium and person.state(measure) == "covered" else []),
                )
                for cut, group in person.groups():
                    found.update(cell(issue, measure, person.county, cut, group, state) for state in states)
            was, now = _place(before, measure), _place(person, measure)
            if number and (was or now):
                found[flow(issue, measure, was, now, causes.get((issue, measure), "none"))] += 1
    # What no correction touches is one unknown for both releases.
    return Counter({name: n // (1 if name[2] else len(p.RELEASES)) for name, n in found.items()})


def _place(person: p.Person | None, measure: str) -> Name:
    if person is None or person.state(measure) not in ("covered", "uncovered"):
        return ()
    return (person.county, person.state(measure) == "covered")


def _causes(key: str, path: Path) -> dict[tuple[p.Issue, str], str]:
    found = {}
    for number, quarter in enumerate(p.QUARTERS[1:]):
        for release in p.RELEASES:
            issue, before = p.Issue(quarter, release), p.Issue(p.QUARTERS[number], release)
            was, now = ({key: path[i]} if i in path else {} for i in (before, issue))
            found.update({(issue, measure): cause for (_, measure), cause in p.causes(was, now).items()})
    return found


class Walk:
    """A walk among the worlds that agree with an attack's constraints, from the true one."""

    def __init__(self, attack: Attack, snapshots: dict[p.Issue, p.Snapshot], seed: int) -> None:
        self.attack, self.draw = attack, random.Random(seed)
        self.paths = paths(snapshots)
        self.parts = {key: unknowns(path, _causes(key, path)) for key, path in self.paths.items()}
        total: Sum = Counter()
        for part in self.parts.values():
            total.update(part)
        self.world = np.zeros(len(attack.names))
        for name, n in total.items():
            self.world[attack.names[name]] = n
        self.said = attack.matrix @ self.world
        self._start = (dict(self.paths), dict(self.parts), self.world, self.said)
        self.n_added = 0

    def back(self) -> None:
        """Start again from the true world."""
        paths, parts, self.world, self.said = self._start
        self.paths, self.parts = dict(paths), dict(parts)

    def step(self, about: Sum) -> bool:
        """Try to change one to three people, the first of them counted in `about` if anybody is; whether it was done."""
        counted = [key for key, part in self.parts.items() if not about.keys().isdisjoint(part)]
        changed = dict([self._proposed(counted or list(self.paths))])
        for _ in range(self.draw.choice((0, 0, 1, 2))):
            key, path = self._proposed(list(self.paths))
            changed.setdefault(key, path)
        parts = {key: unknowns(path, _causes(key, path)) for key, path in changed.items()}
        change: Sum = Counter()
        for key, part in parts.items():
            change.update(part)
            change.subtract(self.parts.get(key, Counter()))
        delta = np.zeros_like(self.world)
        for name, n in change.items():
            if name not in self.attack.names:
                return False
            delta[self.attack.names[name]] = n
        said = self.said + self.attack.matrix @ delta
        if np.any(said < self.attack.low) or np.any(said > self.attack.high):
            return False
        self.world, self.said = self.world + delta, said
        self.paths.update(changed)
        self.parts.update(parts)
        return bool(np.any(delta))

    def _proposed(self, keys: list[str]) -> tuple[str, Path]:
        draw = self.draw
        key = draw.choice(keys)
        path = self.paths[key]
        chance = draw.random()
        if chance < 0.15:
            return key, {}
        if chance < 0.3:
            self.n_added += 1
            other = f"added-{self.n_added}"
            return other, {issue: replace(person, key=other) for issue, person in path.items()}
        field = draw.choice(list(_VALUES))
        value = draw.choice(_VALUES[field])
        if chance < 0.4:
            quarter = draw.choice(p.QUARTERS)
            touched = [
                i
                for i, person in path.items()
                if i == (quarter, 2) and person.county == p.CORRECTED and field != "county"
            ]
        else:
            first = draw.choice((p.QUARTERS[0], *p.QUARTERS))
            touched = [issue for issue in path if issue.quarter >= first]
        changed = {
            issue: replace(person, **{field: value}) if issue in touched else person for issue, person in path.items()
        }
        # Of a county that was not corrected both releases know the same.
        for issue, person in changed.items():
            twin = p.Issue(issue.quarter, 3 - issue.release)
            if person.county != p.CORRECTED and changed.get(twin) != person:
                return key, path
        return key, changed
