"""Everything that is really true of everybody on a quarter's last day, computed once and read by records and truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.periods import Quarter
from pipelines.sample import life, names, numbers
from pipelines.sample.aid import Aid, aid
from pipelines.sample.contradictions import overlaid, pool_elsewhere
from pipelines.sample.cover import entitled
from pipelines.sample.disability import Certificates
from pipelines.sample.draws import Array, Draws
from pipelines.sample.people import People
from pipelines.sample.places import PlaceNames, Places, county_codes_on, place_names
from pipelines.sample.schooling import Schooling


@dataclass(frozen=True)
class Snapshot:
    """One quarter: people with what follows from their state, and the codes of that day."""

    quarter: Quarter
    people: People
    where: Places
    draws: Draws
    study: Schooling
    aid: Aid
    age: Array
    status: Array  # 脱贫属性
    skill: Array
    health: Array
    certificates: Certificates
    is_labour: Array
    is_entitled: Array  # premium paid by government is due
    village_codes: pa.Array  # by village index
    village_county: Array  # by village index, six digits
    county_codes: Array  # by county index, integers
    id_text: pa.Array  # by person
    name_text: pa.Array

    def county(self, rows: Array) -> Array:
        """County of residence (six digits) of people: the one their village's code says."""
        result: Array = self.village_county[self.people.village[rows]]
        return result

    @cached_property
    def place_names(self) -> PlaceNames:
        """By village index, as of the quarter."""
        return place_names(self.village_codes, self.quarter)

    @cached_property
    def second_pool(self) -> Array:
        """By person: the county (six digits) of a second account of the resident pension, 0 for most."""
        index = pool_elsewhere(self.people, self.where, self.draws)
        code = np.where(index < 0, 0, self.county_codes[index])
        return np.where(code == self.county(np.arange(len(code))), 0, code)

    @property
    def in_universe(self) -> Array:
        """In a list that some measure counts."""
        p = self.people
        result: Array = p.registered | (p.assistance > 0) | p.on_platform | self.study.on_roll | self.aid.applied
        result |= self.certificates.is_severe
        return result & p.alive


def snapshot(
    people: People, where: Places, quarter: Quarter, draws: Draws, study: Schooling, skill: Array, is_labour: Array,
    certificates: Certificates,
) -> Snapshot:  # fmt: skip
    """The snapshot of a quarter whose state is complete."""
    people = overlaid(people, where, study, quarter, draws)
    status = life.poverty_status(people, quarter, draws)
    codes = where.codes_on(quarter)
    return Snapshot(
        quarter=quarter,
        people=people,
        where=where,
        draws=draws,
        study=study,
        aid=aid(people, where, quarter, draws),
        age=people.age(quarter),
        status=status,
        skill=skill,
        health=life.health(people, draws),
        certificates=certificates,
        is_labour=is_labour,
        is_entitled=entitled(people, status, study.is_fulltime_student, certificates.is_severe, quarter),
        village_codes=codes,
        village_county=np.array([int(code[:6]) for code in codes.to_pylist()]),
        county_codes=county_codes_on(where.counties, quarter),
        id_text=numbers.text(people.number),
        name_text=names.text(people.surname, people.given1, people.given2, people.special),
    )
