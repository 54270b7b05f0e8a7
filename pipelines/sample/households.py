"""The registered households at the start: sizes, members with ages that fit, names that run in families.

Sized by domain.md §4: 3,045,700 people in 888,700 households at 1:1, a quarter of them under 16 and a fifth 60 or older.
"""

from __future__ import annotations

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample import names, numbers
from pipelines.sample.draws import Array, Draws
from pipelines.sample.people import REGISTER, People, birth_days, serial
from pipelines.sample.places import Places, place_households

HOUSEHOLDS = 888_700
PERSONS = 3_045_700
NUMBERED_ELSEWHERE = 0.06  # people whose number was given out by another county

# Roles of the members after the head: s spouse, c child, p parent, d son with wife, g grandchild.
TEMPLATES: dict[int, list[tuple[str, float]]] = {
    1: [("", 1.0)],
    2: [("s", 0.60), ("c", 0.20), ("p", 0.20)],
    3: [("sc", 0.54), ("cc", 0.09), ("sp", 0.18), ("cp", 0.19)],
    4: [("scc", 0.58), ("scp", 0.26), ("ccp", 0.16)],
    5: [("sccp", 0.46), ("sccc", 0.20), ("scpp", 0.18), ("sdDg", 0.16)],
    6: [("sccpp", 0.36), ("scccp", 0.26), ("sdDgg", 0.38)],
    7: [("scccpp", 0.45), ("sdDggp", 0.55)],
}
SIZES = {1: 0.135, 2: 0.17, 3: 0.205, 4: 0.245, 5: 0.14, 6: 0.075, 7: 0.03}


def found_households(people: People, where: Places, scale: float, start: Quarter, draws: Draws) -> None:
    """Append the registered of the start quarter."""
    rng = draws.generator("households")
    total = round(PERSONS * scale)
    count = round(HOUSEHOLDS * scale)
    sizes = rng.choice(list(SIZES), size=count, p=np.array(list(SIZES.values())) / sum(SIZES.values()))
    sizes = _exactly(sizes, total, rng)
    village = place_households(where, count, rng, at_least=3)
    household, relation, sex, age, lineage = _members(sizes, rng)
    place = village[household]
    birth = birth_days(start.year - age - 1, rng)
    order = _order_of_lifting(where, village, sizes, rng)
    attribute = _attributes(sizes, age, household, relation, rng)
    minority = rng.random(count) < 0.012
    settle(
        people, where, draws, rng, start,
        household=household + people.next_household, village=place, relation=relation, sex=sex, birth=birth,
        surname=lineage, rank=order[household], attribute=attribute[household], minority=minority[household],
        origin=np.full(len(place), REGISTER), registered=np.ones(len(place), dtype=bool),
    )  # fmt: skip
    people.next_household += count


def settle(
    people: People, where: Places, draws: Draws, rng: np.random.Generator, quarter: Quarter, **columns: Array
) -> Array:
    """Give people names and numbers and append them; `columns` holds sex, birth, village and, where known, surname."""
    birth, sex, village = columns["birth"], columns["sex"], columns["village"]
    size = len(birth)
    year = birth // 10000
    if "surname" not in columns:
        columns["surname"] = names.surnames(size, rng)
    first, second = names.given(sex, year, rng)
    special = np.full(size, -1)
    is_special = columns.get("minority", np.zeros(size, dtype=bool)) & (rng.random(size) < 0.15)
    special[is_special] = rng.integers(0, len(names.stock().minority), size=int(is_special.sum()))
    county = where.county[village].copy()
    elsewhere = rng.random(size) < NUMBERED_ELSEWHERE
    county[elsewhere] = rng.integers(0, len(where.counties), size=int(elsewhere.sum()))
    # Cards came in 1984 and reached the villages over the next years; the young get a number at birth.
    issued = np.maximum(year, numbers.FIRST_ISSUE + (rng.random(size) ** 2 * 8).astype(np.int64))
    number = numbers.assign(
        numbers.prefixes(where.counties, county, issued),
        birth.astype(np.int64),
        sex,
        rng,
        np.sort(people.number),
        people.reserved,
    )
    since = np.full(size, serial(quarter))
    return people.add(size, number=number, given1=first, given2=second, special=special, since=since, **columns)


def _exactly(sizes: Array, total: int, rng: np.random.Generator) -> Array:
    """Household sizes nudged until they add up to the total."""
    sizes = sizes.copy()
    while (gap := total - int(sizes.sum())) != 0:
        step = 1 if gap > 0 else -1
        able = np.flatnonzero((sizes < 7) if step > 0 else (sizes > 1))
        pick = rng.choice(able, size=min(abs(gap), len(able)), replace=False)
        sizes[pick] += step
    return sizes


def _members(sizes: Array, rng: np.random.Generator) -> tuple[Array, Array, Array, Array, Array]:
    """(household, relation, sex, age, surname) of every member; ages in completed years at the start."""
    parts: list[tuple[Array, ...]] = []
    for size, templates in TEMPLATES.items():
        homes = np.flatnonzero(sizes == size)
        kind = rng.choice(len(templates), size=len(homes), p=[share for _, share in templates])
        for which, (roles, _) in enumerate(templates):
            parts.extend(_family(homes[kind == which], roles, rng))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[5], columns[0]))
    household, relation, sex, age, surname = (column[order] for column in columns[:5])
    return household, relation, sex, age, surname


def _family(homes: Array, roles: str, rng: np.random.Generator) -> list[tuple[Array, ...]]:
    """The members of households of one make: (household, relation, sex, age, surname, position)."""
    n = len(homes)

    def about(mean: float, spread: float, low: float, high: float) -> Array:
        return np.clip(rng.normal(mean, spread, size=n), low, high).astype(np.int64)

    if "d" in roles:
        head = about(59, 5, 48, 74)
    elif "p" in roles:
        head = about(38, 8, 24, 62)
    elif "c" in roles:
        head = about(38.5, 8.5, 23, 64)
    else:
        head = about(67 if not roles else 65, 11, 28, 92)
    male = rng.random(n) < 0.86
    line = names.surnames(n, rng)
    head_sex = np.where(male, 1, 2)
    own = np.where(male | ("s" not in roles), line, names.surnames(n, rng))
    members: list[tuple[Array, Array, Array, Array]] = [(np.ones(n), head_sex, head, own)]
    child_age = np.full(n, 99, dtype=np.int64)
    parents = 0
    for role in roles:
        if role == "s":
            gap = about(2, 2.5, -6, 10)
            members.append(
                (np.full(n, 2), 3 - head_sex, np.maximum(head - np.where(male, gap, -gap), 20),
                 np.where(male, names.surnames(n, rng), line))
            )  # fmt: skip
        elif role in "cd":
            boy = rng.random(n) < (1.0 if role == "d" else 0.54)
            at_birth = about(28.5, 4.5, 19, 44)
            child_age = np.maximum(head - at_birth, 0)
            members.append((np.where(boy, 3, 4), np.where(boy, 1, 2), child_age, line))
        elif role == "D":
            age = np.maximum(child_age - about(2, 2, -3, 7), 19)
            members.append((np.full(n, 5), np.full(n, 2), age, names.surnames(n, rng)))
        elif role == "g":
            boy = rng.random(n) < 0.54
            age = np.clip(child_age - about(24, 3, 19, 38), 0, 17)
            members.append((np.where(boy, 7, 8), np.where(boy, 1, 2), age, line))
        else:
            parents += 1
            father = rng.random(n) < (0.4 if roles.count("p") == 1 else (1.0 if parents == 1 else 0.0))
            age = np.minimum(head + about(27, 4, 18, 42), 99)
            members.append(
                (np.where(father, 11, 12), np.where(father, 1, 2), age, np.where(father, own, names.surnames(n, rng)))
            )
    return [(homes, *member, np.full(n, position)) for position, member in enumerate(members)]


def _order_of_lifting(where: Places, village: Array, sizes: Array, rng: np.random.Generator) -> Array:
    """Each household's position in (0, 1] by people, 0 for those still poor the longest."""
    county = where.county[village]
    score = rng.random(len(village)) - 0.12 * where.is_deep[village] - 0.05 * where.is_poor_county[county]
    score += 0.08 * where.tilt[county]
    order = np.argsort(score, kind="stable")
    position = np.empty(len(village))
    position[order] = np.cumsum(sizes[order]) / sizes.sum()
    return position


def _attributes(sizes: Array, age: Array, household: Array, relation: Array, rng: np.random.Generator) -> Array:
    """Household attribute: 特困 are small and old, 低保 are two fifths, the rest ordinary."""
    head_age = np.zeros(len(sizes), dtype=np.int64)
    head_age[household[relation == 1]] = age[relation == 1]
    draw = rng.random(len(sizes))
    support = (sizes <= 2) & (head_age >= 60) & (draw < 0.45)
    return np.where(support, 6, np.where(rng.random(len(sizes)) < 0.42, 4, 1))
