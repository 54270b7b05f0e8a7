"""Where people of the sample live: villages under the code of each quarter, weights of counties, deep-poverty villages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from pipelines.periods import Quarter
from pipelines.regions import divisions, successions
from pipelines.sample.draws import Array, Draws

LAST_DAY = date(2020, 12, 31)
DEEP_VILLAGES = 269
POOR_COUNTY_SHARE = 0.625  # domain.md §4: 60–65 % of the registered live in the 25 counties


@dataclass(frozen=True)
class Places:
    """Villages in the order of their codes of 2020-12-31; a person's `village` indexes them."""

    codes: list[str]  # of 2020-12-31
    counties: list[str]  # of 2020-12-31
    county: Array  # village → index into counties
    is_poor_county: Array  # county → bool
    is_rural: Array  # village → is a 村委会 (part 200–399)
    is_deep: Array  # village → one of the 269
    weight: Array  # village → share of the registered
    tilt: Array  # county → standard normal, makes counties differ

    def codes_on(self, quarter: Quarter) -> pa.Array:
        """Every village's code in force on the quarter's last day."""
        before = _backwards(quarter.last_day)
        return pa.array([before.get(code, code) for code in self.codes])


@dataclass(frozen=True)
class PlaceNames:
    """The names of a village's city, county, town and of itself on a day, by village index."""

    city: pa.Array
    county: pa.Array
    town: pa.Array
    village: pa.Array


def place_names(codes: pa.Array, quarter: Quarter) -> PlaceNames:
    """What the villages' codes of the quarter's last day are called then."""
    names = {d.region_code: d.name for d in divisions(quarter.last_day)}
    return PlaceNames(*(pa.array([names[code[:size]] for code in codes.to_pylist()]) for size in (4, 6, 9, 12)))


def _backwards(on: date) -> dict[str, str]:
    """Code of 2020-12-31 → code in force on a day, where it was another one."""
    return {new: old for old, (new, since) in successions().items() if len(old) == 12 and on < since}


def places(draws: Draws) -> Places:
    """The province's places. The list of the 269 deep-poverty villages is not public: they are drawn at random among
    the villages of the 25 poor counties."""
    villages = divisions(LAST_DAY, "village")
    counties = divisions(LAST_DAY, "county")
    index = {d.region_code: i for i, d in enumerate(counties)}
    codes = [d.region_code for d in villages]
    county = np.array([index[code[:6]] for code in codes])
    is_poor = np.array([d.is_poor_county for d in counties])
    part = np.array([int(code[9:12]) for code in codes])
    is_rural = (part >= 200) & (part < 400)
    rng = draws.generator("places")
    deep = np.zeros(len(codes), dtype=bool)
    candidates = np.flatnonzero(is_poor[county] & is_rural)
    deep[rng.choice(candidates, size=DEEP_VILLAGES, replace=False)] = True
    weight = np.where(is_rural, rng.gamma(3.0, 1.0, size=len(codes)), 0.0) * np.where(deep, 2.5, 1.0)
    weight *= np.exp(0.35 * rng.standard_normal(len(counties)))[county]
    poor = is_poor[county]
    weight[poor] *= POOR_COUNTY_SHARE / weight[poor].sum()
    weight[~poor] *= (1 - POOR_COUNTY_SHARE) / weight[~poor].sum()
    return Places(
        codes=codes,
        counties=[d.region_code for d in counties],
        county=county,
        is_poor_county=is_poor,
        is_rural=is_rural,
        is_deep=deep,
        weight=weight,
        tilt=rng.standard_normal(len(counties)),
    )


def place_households(where: Places, count: int, rng: np.random.Generator, at_least: int) -> Array:
    """A village for each household by weight, every county of 2018 and of 2020 with some at any scale."""
    village = rng.choice(len(where.codes), size=count, p=where.weight)
    before = _backwards(Quarter(2018, 3).last_day)
    county18 = np.array([int(before.get(code, code)[:6]) for code in where.codes])
    county20 = np.array([int(code[:6]) for code in where.codes])
    slot = 0
    for codes in (county18, county20):
        for code in np.unique(codes):
            missing = at_least - int((codes[village] == code).sum())
            if missing <= 0:
                continue
            options = np.flatnonzero((codes == code) & where.is_rural)
            if not len(options):
                options = np.flatnonzero(codes == code)
            village[slot : slot + missing] = rng.choice(options, size=missing)
            slot += missing
    return village


def county_codes_on(counties: list[str], quarter: Quarter) -> Array:
    """County code of 2020-12-31 → the code in force on the quarter's last day, as integers in the order given.

    红谷滩区 was formed of parts of two districts; before, what concerned it lay with 东湖区.
    """
    old = {new: code for code, (new, since) in successions().items() if len(code) == 6 and quarter.last_day < since}
    valid = {d.region_code for d in divisions(quarter.last_day, "county")}
    parts = {d.region_code: d.region_code if d.region_code in valid else old.get(d.region_code, "360102")
             for d in divisions(LAST_DAY, "county")}  # fmt: skip
    return np.array([int(parts[code]) for code in counties])
