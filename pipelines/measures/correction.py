"""What a correction changed: one measure of one region in two releases of the same quarter, person by person, with one cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.errors import NotReady
from pipelines.identity.decisions import VERSION as DECISIONS
from pipelines.lake import Lake
from pipelines.measures.catalogue import Measure, named
from pipelines.measures.explain import lists_of_others
from pipelines.periods import Quarter
from pipelines.pseudonyms import VERSION as PSEUDONYMS
from pipelines.releases import Release, all_releases, latest

if TYPE_CHECKING:
    import pandas as pd

_VERDICT = ["system", "record_number", "person_system", "person_record_number", "outcome"]


@dataclass(frozen=True)
class Corrected:
    """What one cause did: people who differ, and by how many denominator and numerator are higher for it.

    `cause`: link_changed (an official's decision came or was taken back), source_corrected:<system> (another delivery counts for the
    person's county), parameter_changed (the policy parameters and nothing else that is ruled), rule_changed (definitions or reference
    data), source_corrected (another county's delivery), quarter_before (the
    release of the quarter before), unexplained.
    """

    cause: str
    people: int
    denominator: int
    numerator: int


@dataclass(frozen=True)
class Correction:
    """The difference of two releases of one quarter; `causes` add up to it."""

    measure_code: str
    region_code: str
    quarter: str
    release: int
    against: int
    denominator: int
    numerator: int
    causes: tuple[Corrected, ...]


def correction(code: str, region: str, quarter: Quarter, against: int) -> Correction:
    """What the newest computed release of a quarter changed against an earlier one of the same quarter.

    Raises NotReady where one of them is not in the lake, ValueError for an unknown measure or a release of another quarter.
    """
    measure = named(code)
    releases = all_releases()
    new, old = latest(releases, quarter), next((r for r in releases if r.release == against), None)
    if new is None or not new.content or old is None or not old.content:
        raise NotReady(
            f"release {against} or the newest of {quarter} was never computed; `bidui status` lists the releases"
        )
    if old.quarter != quarter:
        raise ValueError(f"release {against} is of {old.quarter}, not of {quarter}")
    lake = Lake()
    people = _in_region(lake, new, code, region).join(
        _in_region(lake, old, code, region), how="outer", lsuffix="_new", rsuffix="_old"
    )
    for side in ("new", "old"):
        for half in ("counted", "covered"):
            people[f"{half}_{side}"] = people[f"{half}_{side}"].fillna(0).astype(int)
    people["denominator"] = people["counted_new"] - people["counted_old"]
    people["numerator"] = people["covered_new"] - people["covered_old"]
    differs = people[(people["denominator"] != 0) | (people["numerator"] != 0)].copy()
    differs["cause"] = causes(differs, measure, old.inputs, new.inputs, _decided(lake, old, new))
    totals = differs.groupby("cause").agg(
        people=("numerator", "size"), d=("denominator", "sum"), n=("numerator", "sum")
    )
    made = [Corrected(str(cause), int(row["people"]), int(row["d"]), int(row["n"])) for cause, row in totals.iterrows()]
    return Correction(
        code,
        region,
        quarter.key,
        new.release,
        old.release,
        int(differs["denominator"].sum()),
        int(differs["numerator"].sum()),
        tuple(sorted(made, key=lambda one: (-one.people, one.cause))),
    )


def causes(
    people: pd.DataFrame, measure: Measure, old: Mapping[str, Any], new: Mapping[str, Any], decided: set[str]
) -> list[str]:
    """The cause of each person (index person_key; county_new and county_old), from the inputs of two releases: the first that holds."""
    lists = lists_of_others()
    was, now_is = _deliveries(old), _deliveries(new)
    changed = {key for key in was.keys() | now_is.keys() if was.get(key) != now_is.get(key)}
    versions = [
        {name: v for name, v in inputs["versions"].items() if name not in (DECISIONS, PSEUDONYMS)}
        for inputs in (old, new)
    ]
    ruled = {name for name in versions[0].keys() | versions[1].keys() if versions[0].get(name) != versions[1].get(name)}
    if ruled:
        otherwise = "parameter_changed" if ruled == {"parameters"} else "rule_changed"
    elif changed:
        otherwise = "source_corrected"
    else:
        otherwise = "quarter_before" if old["previous"] != new["previous"] else "unexplained"

    def cause(key: str, counties: tuple[Any, Any]) -> str:
        if key in decided:
            return "link_changed"
        for system in (*measure.systems, *measure.also, *lists):
            if any((system, county) in changed for county in counties):
                return f"source_corrected:{system}"
        return otherwise

    return [cause(str(row.Index), (row.county_new, row.county_old)) for row in people.itertuples()]


def _deliveries(inputs: Mapping[str, Any]) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """(system, county) → the deliveries that count for it, by table."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for delivery in inputs["deliveries"]:
        for table, counties in delivery["tables"].items():
            for county in counties:
                found.setdefault((delivery["system"], county), []).append((table, delivery["fingerprint"]))
    return {key: tuple(sorted(parts)) for key, parts in found.items()}


def _rows(lake: Lake, release: Release, table: str, columns: list[str], **among: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = lake.rows(release, table, columns, **among).to_pandas()
    return frame


def _in_region(lake: Lake, release: Release, code: str, region: str) -> pd.DataFrame:
    """Who is counted in a region: person_key → county, counted, covered."""
    states = _rows(lake, release, "core_person_measure", ["person_key", "state_code"], measure_code=[code])
    places = _rows(lake, release, "core_person_quarter", ["person_key", "county_code", "town_code", "village_code"])
    people = states.merge(places, on="person_key", validate="one_to_one").set_index("person_key")
    level = {9: "town_code", 12: "village_code"}.get(len(region), "county_code")
    # The province is everybody's, also of whom no county is known.
    people = people if region == "36" else people[people[level].fillna("").str.startswith(region)]
    covered = people["state_code"].eq("covered").astype(int)
    counted = covered + people["state_code"].eq("uncovered").astype(int)
    return people[["county_code"]].rename(columns={"county_code": "county"}).assign(counted=counted, covered=covered)


def _decided(lake: Lake, old: Release, new: Release) -> set[str]:
    """Keys of the people of records about which a decision is in force in only one of the releases."""
    verdicts = [
        set(_rows(lake, r, "core_link_verdict", _VERDICT).itertuples(index=False, name=None)) for r in (old, new)
    ]
    altered = verdicts[0] ^ verdicts[1]
    records = {(one[0], one[1]) for one in altered} | {(one[2], one[3]) for one in altered}
    keys: set[str] = set()
    for release in (old, new):
        numbers = sorted({number for _, number in records})
        links = _rows(lake, release, "core_link", ["system", "record_number", "cluster"], record_number=numbers)
        own = [key in records for key in zip(links["system"], links["record_number"], strict=True)]
        clusters = sorted(set(links.loc[own, "cluster"].dropna()))
        keys |= set(_rows(lake, release, "core_person", ["person_key"], cluster=clusters)["person_key"])
    return keys


def told(one: Correction) -> list[str]:
    """The difference in words, a line each."""
    lines = [
        f"{one.measure_code} · {one.region_code} · {one.quarter}: release {one.release} against {one.against}:"
        f" numerator {one.numerator:+,}, denominator {one.denominator:+,}"
    ]
    lines += [
        f"  {cause.cause}: {cause.people:,} people, numerator {cause.numerator:+,}, denominator {cause.denominator:+,}"
        for cause in one.causes
    ]
    return lines if one.causes else [*lines, "  nobody is counted otherwise"]
