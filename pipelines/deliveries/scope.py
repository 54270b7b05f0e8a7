"""For whom a delivery speaks: the province, counties, and 功能区 that send apart from the counties they lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines import regions
from pipelines.periods import Quarter
from pipelines.regions.functional import FunctionalArea, functional_areas
from pipelines.settings import settings

PROVINCE = "province"


def county_codes(quarter: Quarter) -> frozenset[str]:
    """The counties in force on the quarter's last day."""
    return frozenset(division.region_code for division in regions.divisions(quarter.last_day, "county"))


@lru_cache(maxsize=64)
def county_aliases(quarter: Quarter) -> Mapping[str, str]:
    """Former county codes and the code that stands for them on the quarter's last day."""
    current, succession = county_codes(quarter), regions.successions()
    aliases = {}
    for old in succession:
        new = old
        while new not in current and new in succession:
            new = succession[new][0]
        if old not in current and new in current:
            aliases[old] = new
    return aliases


@lru_cache(maxsize=256)
def former_codes(quarter: Quarter, then: Quarter) -> Mapping[str, frozenset[str]]:
    """County of the quarter → the codes of an earlier quarter that it stands for; none where it was founded since."""
    aliases, found = county_aliases(quarter), dict[str, set[str]]()
    for code in county_codes(then):
        found.setdefault(aliases.get(code, code), set()).add(code)
    return {county: frozenset(codes) for county, codes in found.items()}


def areas(quarter: Quarter) -> Mapping[str, FunctionalArea]:
    """The 功能区 that exist on the quarter's last day, by code."""
    return functional_areas(quarter.last_day, settings().reference)


def scope_units(scope: str | Sequence[str], quarter: Quarter) -> tuple[frozenset[str], tuple[str, ...]]:
    """The units a scope means in a quarter, and the words that are none.

    Units are counties of the quarter's last day (former codes replaced) and 功能区 by code; these may be written by name.
    """
    known, aliases, own = county_codes(quarter), county_aliases(quarter), areas(quarter)
    if scope == PROVINCE:
        return known | own.keys(), ()
    names = {name: area.area_code for area in own.values() for name in (area.name, *area.other_names)}
    units = [names.get(word, aliases.get(word, word)) for word in scope]
    is_known = known | own.keys()
    return frozenset(u for u in units if u in is_known), tuple(sorted({u for u in units if u not in is_known}))


@dataclass(frozen=True)
class Scope:
    """The units a delivery speaks for, and how the county of a row becomes one of them.

    aliases  former county code → the county in its place on the quarter's last day; the code of a city or of the
             province (361100, 361199 市本级) → the first county of it for which the delivery speaks
    area_of  county that is not in the scope itself → the 功能区 of the scope that speaks for its rows
    """

    units: frozenset[str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    area_of: Mapping[str, str] = field(default_factory=dict)


def scope_in(quarter: Quarter, units: frozenset[str]) -> Scope:
    """What staging needs to know of a delivery's units in a quarter."""
    area_of: dict[str, str] = {}
    for code, area in sorted(areas(quarter).items()):
        if code in units:
            for county in area.counties - units:
                area_of.setdefault(county, code)
    return Scope(units, {**county_aliases(quarter), **_whole(units & county_codes(quarter))}, area_of)


def _whole(counties: frozenset[str]) -> dict[str, str]:
    """What belongs to a city or the province as a whole (a city's pool, its own units) is filed under one county."""
    filed: dict[str, str] = {}
    for county in sorted(counties):
        for code in ("360000", *(county[:4] + ending for ending in ("00", "01", "99"))):
            filed.setdefault(code, county)
    return filed


def scope_label(scope: str | Sequence[str], quarter: Quarter) -> str:
    """Short name of a scope: '36' province, '3607' a whole city, '360781' one county, '3607x' some counties."""
    if isinstance(scope, str):
        return "36"
    units, _ = scope_units(scope, quarter)
    if len(units) == 1:
        return next(iter(units))
    cities = {code[:4] for code in units}
    if len(cities) == 1:
        city = next(iter(cities))
        return city if {c for c in county_codes(quarter) if c.startswith(city)} == units else f"{city}x"
    return "36x"
