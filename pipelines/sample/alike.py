"""People who are easily taken for each other: shared numbers, twins, neighbours with nearly the same name and number.

Who is made like whom is drawn from the population as it was founded: near in place and age, so that nothing else about
them has to change. Rates are those of `[people]` in a file laid out like defects.toml; with none nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipelines.sample import names
from pipelines.sample.batch import Batch
from pipelines.sample.draws import Array, Draws
from pipelines.sample.insured import FIRST_ID, Crowd
from pipelines.sample.people import People

KINDS = ("", "id_shared", "twin", "look_alike")
SHARED, TWIN, LIKE = 1, 2, 3
NEAR_YEARS = 6  # a neighbour made like another is at most so much older or younger
SAME_NAME = 0.4  # of look-alikes; the others' last character is their own
SAME_DAY = 0.5  # of look-alikes born the same day, their numbers apart in the sequence


def confuse(people: People, county: Array, rates: Mapping[str, float], draws: Draws) -> None:
    """Make some people of the universe twins, look-alikes or sharers of a number; `county` is by village."""
    if rates["twin"]:
        _twins(people, rates["twin"], draws)
    place = county[people.village]
    if rates["look_alike"]:
        order = np.lexsort((people.birth, people.sex, people.village))
        one, other = order[:-1], order[1:]
        near = (place[one] == place[other]) & (people.sex[one] == people.sex[other])
        near &= (people.household[one] != people.household[other]) & (people.special[one] < 0)
        near &= people.special[other] < 0
        near &= np.abs(people.birth[one] // 10000 - people.birth[other] // 10000) <= NEAR_YEARS
        chosen = _apart(near & _free(people, one, other) & _drawn(people, other, rates["look_alike"], "like", draws))
        _liken(people, one[chosen], people, other[chosen], draws)
    if rates["id_shared"]:
        order = np.lexsort((people.birth, people.sex, place))
        one, other = order[:-1], order[1:]
        near = (place[one] == place[other]) & (people.sex[one] == people.sex[other])
        near &= people.household[one] != people.household[other]
        near &= np.abs(people.birth[one] // 10000 - people.birth[other] // 10000) <= NEAR_YEARS
        chosen = _apart(near & _free(people, one, other) & _drawn(people, other, rates["id_shared"], "shares", draws))
        _share(people, one[chosen], people, other[chosen])


def confuse_insured(crowd: Crowd, people: People, county: Array, rates: Mapping[str, float], draws: Draws) -> None:
    """Make some of the insured outside the universe look-alikes of its people, or sharers of their number."""
    place = county[people.village]
    for label, rate in (("like_insured", rates["like_insured"]), ("shared_with_insured", rates["shared_with_insured"])):
        if not rate:
            continue
        mine = np.flatnonzero(
            (draws(people.true_id, "alike", label) < rate) & (people.alike == 0) & (people.special < 0)
        )
        first, last = np.searchsorted(crowd.county, [place[mine], place[mine] + 1])
        theirs = first + np.floor(draws(people.true_id[mine], "alike", label, "whom") * (last - first)).astype(np.int64)
        kept = np.zeros(len(mine), dtype=bool)
        kept[np.unique(theirs, return_index=True)[1]] = True
        kept &= (last > first) & (crowd.alike[np.minimum(theirs, len(crowd) - 1)] == 0)
        mine, theirs = mine[kept], theirs[kept]
        crowd.sex[theirs] = people.sex[mine]
        if label == "like_insured":
            _liken(people, mine, crowd, theirs, draws)
        else:
            _share(people, mine, crowd, theirs)


def mark(batch: Batch, people: People, crowd: Crowd) -> None:
    """Say so in the marks of rows about such people that carry no other defect."""
    if not (people.alike.any() or crowd.alike.any()):
        return
    pairs = [(batch.true_id, batch.marks)] if batch.members is None else [batch.members[2:]]
    for ids, marks in pairs:
        found = np.zeros(len(ids), dtype=np.int64)
        for holders, first in ((people, 1), (crowd, FIRST_ID)):
            at = ids - first
            here = (at >= 0) & (at < len(holders))
            found[here] = holders.alike[at[here]]
        plain = (marks.kind == "") & (found > 0)
        marks.kind[plain] = np.array(KINDS)[found[plain]]


def _drawn(people: People, rows: Array, rate: float, label: str, draws: Draws) -> Array:
    result: Array = draws(people.true_id[rows], "alike", label) < rate
    return result


def _free(people: People, one: Array, other: Array) -> Array:
    """Neither is like anybody yet, nor anybody like them."""
    taken = (people.alike > 0) | np.isin(people.true_id, people.alike_of)
    result: Array = ~taken[one] & ~taken[other]
    return result


def _apart(chosen: Array) -> Array:
    """Of pairs of neighbours in an order, those whose first is not the second of the pair chosen before."""
    result: Array = chosen & ~np.r_[False, chosen[:-1]]
    return result


def _twins(people: People, rate: float, draws: Draws) -> None:
    """A child born the same day as the sibling before, the next number of its sex, one given character in common."""
    order = np.lexsort((people.birth, people.household))
    one, other = order[:-1], order[1:]
    siblings = (people.household[one] == people.household[other]) & _free(people, one, other)
    for relations in ((3, 4), (7, 8)):
        both = np.isin(people.relation[one], relations) & np.isin(people.relation[other], relations)
        chosen = _apart(siblings & both & _drawn(people, other, rate, "twin", draws))
        elder, twin = one[chosen], other[chosen]
        step = np.where(people.sex[elder] == people.sex[twin], 2, np.where(people.sex[elder] == 1, 1, -1))
        number = people.number[elder] + step
        fits = (people.number[elder] % 1000 < 990) & (people.number[elder] % 1000 > 1) & _unused(number, people)
        elder, twin, number = elder[fits], twin[fits], number[fits]
        people.number[twin], people.birth[twin] = number, people.birth[elder]
        people.given1[twin] = people.given1[elder]
        people.alike[twin], people.alike_of[twin] = TWIN, people.true_id[elder]


def _liken(people: People, one: Array, others: People | Crowd, other: Array, draws: Draws) -> None:
    """Give others the name of one, at times another last character, and a number that differs in one digit."""
    ids = others.true_id[other]
    number, birth = people.number[one], people.birth[one].astype(np.int64)
    # Tens or hundreds of the sequence keep the sex; the day's last digit moves by one.
    place = np.where(draws(ids, "alike", "digit") < 0.5, 10, 100)
    digit = number // place % 10
    sequence = number + np.where(digit == 0, 1, -1) * place
    day = birth % 10
    shift = np.where(day == 0, 1, np.where((day == 9) | (birth % 100 == 28), -1, np.where(day == 1, 1, -1)))
    same_day = (draws(ids, "alike", "day") < SAME_DAY) | (birth % 100 > 28)
    number = np.where(same_day, sequence, number + shift * 1000)
    birth = np.where(same_day, birth, birth + shift)
    _, at = np.unique(number, return_index=True)
    fits = np.zeros(len(one), dtype=bool)
    fits[at] = True
    fits &= _unused(number, people) & _unused(number, others)
    one, other, ids, number, birth = one[fits], other[fits], ids[fits], number[fits], birth[fits]
    others.number[other], others.birth[other] = number, birth
    others.surname[other], others.given1[other] = people.surname[one], people.given1[one]
    same = (draws(ids, "alike", "name") < SAME_NAME) | (people.given2[one] == names.NONE)
    others.given2[other] = np.where(same, people.given2[one], others.given2[other])
    others.alike[other], others.alike_of[other] = LIKE, people.true_id[one]


def _share(people: People, one: Array, others: People | Crowd, other: Array) -> None:
    others.number[other], others.birth[other] = people.number[one], people.birth[one]
    others.alike[other], others.alike_of[other] = SHARED, people.true_id[one]


def _unused(number: Array, holders: People | Crowd) -> Array:
    result: Array = ~np.isin(number, holders.number)
    return result
