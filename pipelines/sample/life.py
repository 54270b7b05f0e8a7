"""How the population changes from one quarter to the next: births, deaths, marriages, moves, identification, removal."""

from __future__ import annotations

import numpy as np

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sample.households import PERSONS, settle
from pipelines.sample.parameters import not_lifted, parameters
from pipelines.sample.people import CIVIL, DISABLED, REGISTER, STUDENT, WORKER, People, birth_days, days, serial
from pipelines.sample.places import Places, place_households
from pipelines.sample.schooling import school_year


def found_outsiders(people: People, where: Places, scale: float, start: Quarter, draws: Draws) -> None:
    """Append the people of the universe who are not registered: assisted families, workers, technical students, the severely disabled."""
    rates, rng = parameters().outside, draws.generator("outside")
    total = PERSONS * scale
    families = max(12, round(total * rates.civil / 1.6))
    size = rng.choice([1, 2, 3], size=families, p=[0.55, 0.30, 0.15])
    kind = np.where(rng.random(families) < rates.urban_share, 1, 2)
    kind = np.where((size == 1) & (rng.random(families) < rates.support_share / 0.55), 3, kind)
    village = place_households(where, families, rng, at_least=1)
    household = np.repeat(np.arange(families), size)
    head = np.r_[True, household[1:] != household[:-1]]
    elderly = kind[household] == 3
    age = np.where(head, np.where(elderly, rng.integers(60, 90, len(household)), rng.integers(30, 82, len(household))),
                   rng.integers(1, 75, len(household)))  # fmt: skip
    _outsiders(people, where, draws, rng, start, CIVIL, village[household], household, age, head,
               assistance=kind[household], attribute=np.zeros(len(household)))  # fmt: skip
    workers = max(5, round(total * rates.workers))
    _outsiders(people, where, draws, rng, start, WORKER, place_households(where, workers, rng, 0),
               np.arange(workers), rng.integers(18, 58, workers), np.ones(workers, dtype=bool))  # fmt: skip
    for back in range(3):
        _intake(people, where, round(total * rates.students / 3), start, school_year(start) - back, draws)
    disabled, rng = max(5, round(total * rates.disabled)), draws.generator("outside", "disabled")
    _outsiders(people, where, draws, rng, start, DISABLED, place_households(where, disabled, rng, 0),
               np.arange(disabled), rng.integers(3, 80, disabled), np.ones(disabled, dtype=bool))  # fmt: skip


def _outsiders(
    people: People, where: Places, draws: Draws, rng: np.random.Generator, start: Quarter, origin: int,
    village: Array, household: Array, age: Array, head: Array, **more: Array,
) -> None:  # fmt: skip
    sex = np.where(rng.random(len(age)) < 0.53, 1, 2)
    settle(
        people, where, draws, rng, start, village=village, household=household + people.next_household,
        relation=np.where(head, 1, 99), sex=sex, birth=birth_days(start.year - age - 1, rng),
        origin=np.full(len(age), origin), rank=np.ones(len(age)), **more,
    )  # fmt: skip
    people.next_household += int(household.max()) + 1


def _intake(people: People, where: Places, size: int, quarter: Quarter, autumn: int, draws: Draws) -> None:
    """Technical-school students who are not registered, of the intake of one autumn."""
    rng = draws.generator("intake", autumn)
    size = max(size, 4)
    birth = birth_days(np.full(size, autumn - 15), rng)
    birth = np.where(birth % 10000 >= 900, birth - 10000, birth)  # before September, so that nine years end that summer
    sex = np.where(rng.random(size) < 0.66, 1, 2)
    settle(
        people, where, draws, rng, quarter, village=place_households(where, size, rng, 0),
        household=np.arange(size) + people.next_household, relation=np.full(size, 3), sex=sex, birth=birth,
        origin=np.full(size, STUDENT), rank=np.ones(size),
    )  # fmt: skip
    people.next_household += size


def step(people: People, where: Places, scale: float, quarter: Quarter, draws: Draws) -> None:
    """Carry everybody from the quarter before into this one."""
    flow, ids, now = parameters().flow, people.true_id, serial(quarter)
    age = people.age(quarter)
    hazard = 0.00025 + 0.0006 * np.exp((age - 60) / 9.5)
    dies = people.alive & (draws(ids, "dies", now) < np.minimum(hazard, 0.2))
    people.alive[dies] = False
    people.left[dies & (people.left == 0)] = now
    people.registered[dies] = False
    people.assistance[dies] = 0
    people.on_platform[dies] = False

    grown = people.registered & (age >= 19) & (age < 60) & (people.relation != 1)
    weds_out = grown & (draws(ids, "out", now) < flow.left * 2.2)
    people.registered[weds_out] = False
    homes = people.household
    if quarter.number == 4:
        removed = people.registered & (draws(homes, "removed", now) < flow.removed_in_q4) & (people.attribute == 1)
        people.registered[removed] = False
    moves = (people.origin == REGISTER) & (draws(homes, "moves", now) < flow.moved_county) & people.alive
    if moves.any():
        options = np.flatnonzero(where.is_rural)
        people.moved[moves], people.moved_from[moves] = now, people.village[moves]
        # whole households: the new village hangs on the household's number
        people.village[moves] = options[(draws(homes[moves], "moves", "to", now) * len(options)).astype(np.int64)]
    _arrivals(people, where, scale, quarter, draws)
    if quarter.number == 3:
        _intake(people, where, round(PERSONS * scale * parameters().outside.students / 3), quarter,
                school_year(quarter), draws)  # fmt: skip


def _arrivals(people: People, where: Places, scale: float, quarter: Quarter, draws: Draws) -> None:
    """Births and marriages into registered households; in the fourth quarter newly identified households."""
    flow, now = parameters().flow, serial(quarter)
    rng = draws.generator("arrivals", now)
    age = people.age(quarter)
    hosts = people.registered & people.alive
    parents = np.flatnonzero(hosts & (age >= 20) & (age <= 38) & np.isin(people.relation, (1, 2)))
    bachelors = np.flatnonzero(hosts & (people.relation == 3) & (age >= 21) & (age <= 34))
    total = int(hosts.sum())
    for kind, pool, share in (("born", parents, flow.births), ("wed", bachelors, flow.married_in)):
        count = min(rng.binomial(total, share), len(pool))
        if not count:
            continue
        host = np.sort(rng.choice(pool, size=count, replace=False))
        if kind == "born":
            sex = np.where(rng.random(count) < 0.53, 1, 2)
            month = quarter.number * 3 - 2 + rng.integers(0, 3, count)
            birth = quarter.year * 10000 + month * 100 + rng.integers(1, 29, count)
            relation, surname = np.where(sex == 1, 3, 4), people.surname[host]
        else:
            sex, relation = np.full(count, 2), np.full(count, 5)
            birth = birth_days(people.birth[host] // 10000 + rng.integers(-1, 5, count), rng)
            surname = people.surname[rng.integers(0, len(people), count)]
        settle(
            people, where, draws, rng, quarter, village=people.village[host], household=people.household[host],
            relation=relation, sex=sex, birth=birth, surname=surname, rank=people.rank[host],
            attribute=people.attribute[host], minority=people.minority[host],
            origin=np.full(count, REGISTER), registered=np.ones(count, dtype=bool),
        )  # fmt: skip
    share = not_lifted(quarter)
    homes = round(total * flow.identified_in_q4 / 3) if quarter.number == 4 and share > 0 else 0
    if not homes:
        return
    household = np.repeat(np.arange(homes), 3)
    member = np.tile(np.arange(3), homes)
    village = place_households(where, homes, rng, 0)[household]
    old = rng.integers(30, 62, homes)[household]
    years = np.where(member == 2, np.maximum(old - 27, 1), old - member * 2)
    settle(
        people, where, draws, rng, quarter, village=village, household=household + people.next_household,
        relation=np.array([1, 2, 3])[member], sex=np.array([1, 2, 1])[member],
        birth=birth_days(quarter.year - years - 1, rng), rank=(rng.random(homes) * share)[household],
        attribute=np.ones(len(member)), origin=np.full(len(member), REGISTER),
        registered=np.ones(len(member), dtype=bool),
    )  # fmt: skip
    people.next_household += homes


def poverty_status(people: People, quarter: Quarter, draws: Draws) -> Array:
    """The register's 脱贫属性 (codes 0 to 3) of every person on the quarter's last day."""
    rates = parameters().poverty
    share = not_lifted(quarter)
    poor = people.rank <= share
    coming = not_lifted(quarter.next)
    soon = poor & (people.rank > coming) & (draws(people.household, "soon", quarter.year) < rates.about_to_be_lifted)
    back = ~poor & (share > 0) & (quarter.number < 4)
    back &= draws(people.household, "back", quarter.year) < rates.fell_back
    return np.select([back, soon, poor], [3, 2, 0], 1)


def health(people: People, draws: Draws) -> Array:
    """The register's 健康状况: 1 healthy, 2 chronic, 3 severe illness, 4 disability."""
    old = people.birth // 10000 < 1958
    u = draws(people.true_id, "health")
    elderly = np.select([u < 0.5, u < 0.78, u < 0.86], [1, 2, 3], 4)
    younger = np.select([u < 0.8, u < 0.88, u < 0.92], [1, 2, 3], 4)
    return np.where(people.origin == DISABLED, 4, np.where(old, elderly, younger))


def labour_skill(people: People, is_student: Array, quarter: Quarter, draws: Draws) -> Array:
    """The register's 劳动技能: 1 ordinary, 2 skilled, 3 lost, 4 none."""
    age = people.age(quarter)
    u = draws(people.true_id, "labour")
    able = (age >= 16) & (age < 60) & ~is_student
    weak = np.isin(health(people, draws), (3, 4))
    code = np.where(u < np.where(weak, 0.35, 0.9), np.where(draws(people.true_id, "skilled") < 0.1, 2, 1), 3)
    older = (age >= 60) & (age < 66) & (u < 0.3)
    return np.where(able, code, np.where(older, 1, 4))


def assist(people: People, quarter: Quarter, draws: Draws, first: bool) -> None:
    """Who is covered by 低保 or 特困 this quarter; the register's household attribute lags behind."""
    rates, homes, now = parameters().civil, people.household, serial(quarter)
    inside = people.origin == REGISTER
    if first:
        confirmed = draws(homes, "assist", "confirmed") >= rates.mislabelled
        whole = draws(homes, "assist", "whole") < rates.whole_family
        covered = whole | (people.relation == 1) | (draws(people.true_id, "assist", "one") < 0.25)
        low = inside & (people.attribute == 4) & confirmed & covered
        support = inside & (people.attribute == 6) & confirmed
        people.assistance[:] = np.where(support, 3, np.where(low, 2, people.assistance))
        return
    leaves = (people.assistance > 0) & (draws(homes, "assist", "leaves", now) < rates.leaves)
    people.assistance[leaves] = 0
    joins = inside & people.registered & people.alive & (people.assistance == 0)
    joins &= (draws(homes, "assist", "joins", now) < rates.joins) & ~leaves
    people.assistance[joins] = 2
    if quarter.number == 4:
        people.attribute[joins & (people.attribute == 1)] = 4


def death_day(people: People, draws: Draws) -> Array:
    """Days since 1970 on which the dead died, within the quarter they left; 0 for the living."""
    result = np.zeros(len(people), dtype=np.int64)
    for number in np.unique(people.left[~people.alive]):
        first, last = days(Quarter(2000 + int(number) // 4, int(number) % 4 + 1))
        dead = ~people.alive & (people.left == number)
        result[dead] = first + np.floor(draws(people.true_id[dead], "death", "day") * (last - first + 1))
    return result
