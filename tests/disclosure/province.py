"""Small provinces drawn at random, and what schema bi would publish of them: computed by the real SQL files on DuckDB."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.engines import sql
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.lake import columns_of

COUNTIES = ("360121", "360122", "360222", "360223")
CITIES = ("3601", "3602")
# M04 counts M03's people and leaves nobody out.
MEASURES = ("M03", "M04")
REASONS = ("in_school", "dead", "in_army")
ENTERED, LEFT, TURNED = ("entered_register",), ("left_register",), ("cover_began", "cover_lapsed", "link_changed")
# The one county that sends a correction: of it alone the second release of a quarter knows otherwise.
CORRECTED = COUNTIES[0]
QUARTERS = ("2019Q2", "2019Q3", "2019Q4")
RELEASES = (1, 2)

STATUS, VILLAGE = ("0", "1", "none"), ("deep", "other")
GROUPS: dict[str, tuple[str, ...]] = {
    "total": ("all",),
    "poverty_status": STATUS,
    "deep_poverty_village": VILLAGE,
    "sex": ("1", "2"),
    "age_band": ("16-24", "25-44", "60+"),
    "nation": ("han", "minority"),
    "poverty_status_by_village": tuple(f"{s}:{v}" for s in STATUS for v in VILLAGE),
}
CELLS = tuple((cut, group) for cut, groups in GROUPS.items() for group in groups)

# Premiums that government pays for somebody, in yuan: M09 counts the people and adds up the amounts.
PREMIUMS = (100, 300)
LABELS = STATUS
FIGURES = (
    ("M02", "people", "none"),
    ("M09", "people", "none"),
    ("M09", "amount", "none"),
    ("M11", "both_schemes", "part"),
)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Person:
    """One person in one quarter. `reason`: why left out of M03; `link`: 0 by number, 1 by evidence, 2 a suggestion waits."""

    key: str
    county: str
    status: str
    village: str
    sex: str
    age: str
    nation: str
    is_covered: bool
    reason: str | None
    link: int
    premium: int

    def groups(self) -> Iterable[tuple[str, str]]:
        """The groups in which the person is counted, as an attacker knows them from the dictionary."""
        by = f"{self.status}:{self.village}"
        return zip(GROUPS, ("all", self.status, self.village, self.sex, self.age, self.nation, by), strict=True)

    def state(self, measure: str) -> str:
        """The state in a measure: covered, uncovered, or the reason of exclusion."""
        if measure == "M03" and self.reason:
            return self.reason
        return "covered" if self.is_covered else "uncovered"

    def ends(self, measure: str) -> tuple[bool, bool]:
        """Whether the person is in the numerator at least, and at most."""
        state = self.state(measure)
        return state == "covered" and self.link == 0, state == "covered" or (state == "uncovered" and self.link == 2)


Snapshot = dict[str, Person]


class Issue(NamedTuple):
    """A quarter as one release counts it."""

    quarter: str
    release: int


@dataclass(frozen=True)
class Published:
    """The rows of the four tables of schema bi, and for the test alone the people behind them."""

    coverage: Rows
    reasons: Rows
    changes: Rows
    figures: Rows
    people: Snapshot
    causes: dict[tuple[str, str], str]


def _drawn(draw: random.Random, key: str, county: str) -> Person:
    return Person(
        key, county, draw.choices(STATUS, (2, 6, 1))[0], draw.choices(VILLAGE, (1, 4))[0], draw.choice("12"),
        draw.choices(GROUPS["age_band"], (1, 4, 2))[0], draw.choices(GROUPS["nation"], (9, 1))[0],
        draw.random() < 0.8, draw.choices((None, *REASONS), (16, 2, 1, 1))[0], draw.choices((0, 1, 2), (16, 1, 1))[0],
        draw.choices((0, *PREMIUMS), (3, 2, 1))[0],
    )  # fmt: skip


def drawn(seed: int, smallest: int = 15, largest: int = 90) -> dict[Issue, Snapshot]:
    """The people of every quarter as both releases know them; a county has so many, most of its groups a handful."""
    draw = random.Random(seed)
    snapshots: dict[Issue, Snapshot] = {}
    people: Snapshot = {}
    for county in COUNTIES:
        for n in range(draw.randint(smallest, largest)):
            people[f"{county}-{n}"] = _drawn(draw, f"{county}-{n}", county)
    for quarter in QUARTERS:
        if quarter != QUARTERS[0]:
            people = _a_quarter_later(draw, people, quarter)
        snapshots[Issue(quarter, 1)] = people
        snapshots[Issue(quarter, 2)] = {
            key: replace(p, is_covered=not p.is_covered) if p.county == CORRECTED and draw.random() < 0.05 else p
            for key, p in people.items()
        }
    return snapshots


def _a_quarter_later(draw: random.Random, people: Snapshot, quarter: str) -> Snapshot:
    later: Snapshot = {}
    for key, before in people.items():
        person, chance = before, draw.random()
        if chance < 0.02:
            continue
        if chance < 0.04:
            person = replace(before, county=draw.choice(COUNTIES))
        elif chance < 0.1:
            person = replace(before, is_covered=not before.is_covered)
        elif chance < 0.12:
            person = replace(before, reason=draw.choice((None, *REASONS)))
        elif chance < 0.15:
            person = replace(before, premium=draw.choice((0, *PREMIUMS)))
        later[key] = person
    for county in COUNTIES:
        for n in range(draw.randint(0, 3)):
            later[f"{county}-{quarter}-{n}"] = _drawn(draw, f"{county}-{quarter}-{n}", county)
    return later


def causes(was: Snapshot, now: Snapshot) -> dict[tuple[str, str], str]:
    """A cause for everyone who is not what they were, as core_person_change gives it: drawn by the person's name."""
    found = {}
    for key in sorted({*was, *now}):
        for measure in MEASURES:
            before = _covered(was.get(key), measure)
            after = _covered(now.get(key), measure)
            if before != after:
                kinds = ENTERED if before is None else LEFT if after is None else TURNED
                found[key, measure] = kinds[sum(key.encode()) % len(kinds)]
    return found


def _covered(person: Person | None, measure: str) -> bool | None:
    state = person.state(measure) if person else None
    return None if state not in ("covered", "uncovered") else state == "covered"


def published(
    engine: DuckDBEngine, snapshots: dict[Issue, Snapshot], small_cell: int, rounding_base: int
) -> dict[Issue, Published]:
    """What schema bi shows of every release: the SQL files from core_cell and core_figure on, run over the people."""
    params = {
        "small_cell": small_cell, "rounding_base": rounding_base, "rate_from_people": 100,
        "placement_start_date": date(2018, 1, 1), "last_day": date(2019, 12, 31),
    }  # fmt: skip
    shown = {}
    for issue, people in snapshots.items():
        number = QUARTERS.index(issue.quarter)
        was = snapshots[Issue(QUARTERS[number - 1], issue.release)] if number else {}
        why = causes(was, people)
        numbers = _register_people(engine, "", people)
        _register_figures(engine, people, numbers)
        _register_people(engine, "previous.", was)
        _register(engine, "core_person_change", [
            {"person_key": key, "measure_code": measure, "change_cause_code": cause} for (key, measure), cause in why.items()
        ])  # fmt: skip
        for name in ("core_region", "previous.core_region"):
            _register(engine, name, [{"region_code": r, "region_level": level(r)} for r in ("36", *CITIES, *COUNTIES)])
        systems = [{"measure_code": m, "system": "register"} for m in MEASURES]
        _register(engine, "core_measure_source", systems)
        _register(engine, "mart_measure", [{"measure_code": m, "is_headline": True} for m in MEASURES])
        _register(engine, "core_source_scope", [
            {"system": "register", "county_code": c, "has_data": True} for c in COUNTIES
        ])  # fmt: skip
        given = {**params, "quarter": issue.quarter, "has_previous": bool(number)}
        made = {}
        for table in (
            "core_cell", "mart_coverage", "mart_change", "core_figure", "bi_coverage", "bi_coverage_reason", "bi_change", "bi_figure",
        ):  # fmt: skip
            select = sql.load(table).select
            asked = sql.parameters(select)
            made[table] = engine.query(select, {name: given[name] for name in asked})
            if table in ("core_cell", "mart_coverage", "mart_change", "core_figure", "bi_coverage"):
                _register(engine, table, made[table])
        shown[issue] = Published(
            made["bi_coverage"], made["bi_coverage_reason"], made["bi_change"], made["bi_figure"],
            people, why if number else {},
        )  # fmt: skip
    return shown


def level(region: str) -> str:
    """The level of a region code."""
    return {2: "province", 4: "city", 6: "county"}[len(region)]


def _register_people(engine: DuckDBEngine, prefix: str, people: Snapshot) -> dict[str, int]:
    keys = [{"person_key": key} for key in people]
    _register(engine, "core_person", keys)
    random_numbers = engine.query("SELECT person_key, record_key(person_key) AS record_key FROM core_person", {})
    number = {row["person_key"]: row["record_key"] for row in random_numbers}
    _register(engine, f"{prefix}core_person_quarter", [
        {
            "person_key": p.key, "record_key": number[p.key], "county_code": p.county,
            "poverty_status_code": None if p.status == "none" else p.status, "sex_code": p.sex,
            "is_deep_poverty_village": p.village == "deep", "age_band": p.age, "nation_group": p.nation,
        }
        for p in people.values()
    ])  # fmt: skip
    _register(engine, f"{prefix}core_person_measure", [
        {
            "person_key": p.key, "measure_code": m, "state_code": "excluded" if p.state(m) in REASONS else p.state(m),
            "reason_code": p.state(m) if p.state(m) in REASONS else None, "is_sure": p.ends(m)[0], "is_possible": p.ends(m)[1],
        }
        for p in people.values()
        for m in MEASURES
    ])  # fmt: skip
    return number


def _register_figures(engine: DuckDBEngine, people: Snapshot, number: dict[str, int]) -> None:
    """The counties' figures as core_figure_people and core_figure_case give them."""
    parts: defaultdict[tuple[str, ...], list[tuple[int, int, int]]] = defaultdict(list)
    for p in people.values():
        key, premium = number[p.key], p.premium
        groups = {"total": "all", "poverty_status": p.status, "label": p.status}
        for cut, group in groups.items():
            if cut != "label" and p.state("M03") not in REASONS:
                parts["M02", "people", p.county, cut, group].append((key, 1, 0))
            if cut != "poverty_status" and premium:
                parts["M09", "people", p.county, cut, group].append((key, 1, 0))
                parts["M09", "amount", p.county, cut, group].append((key, premium, 0))
            if cut != "poverty_status" and p.state("M04") == "covered":
                parts["M11", "both_schemes", p.county, cut, group].append((key, 1 if premium else 0, 1))
    rows = [
        {
            "measure_code": measure, "figure_code": figure, "region_code": county, "cut": cut, "group_code": group,
            "figure_value": Decimal(sum(v for _, v, _ in told)), "figure_base": Decimal(len(told)) if measure == "M11" else None,
            "figure_key": sum(k for k, v, _ in told if v), "figure_largest": Decimal(max(v for _, v, _ in told)),
            "base_key": sum(k for k, _, _ in told) if measure == "M11" else None, "base_largest": Decimal(1) if measure == "M11" else None,
        }
        for (measure, figure, county, cut, group), told in parts.items()
    ]  # fmt: skip
    _register(engine, "core_figure_people", [row for row in rows if row["measure_code"] != "M11"])
    _register(engine, "core_figure_case", [row for row in rows if row["measure_code"] == "M11"])
    for name in (
        "medical", "work", "training", "labour", "help", "insurance", "school", "placement", "record", "plan",
    ):  # fmt: skip
        _register(engine, f"core_figure_{name}", [])
    _register(engine, "core_target", [])
    kinds = [
        {"measure_code": m, "figure_code": f, "base_kind": base, "disclosure_code": "protected"}
        for m, f, base in FIGURES
    ]
    _register(engine, "core_figure_kind", kinds)
    sources = [{"measure_code": m, "figure_code": f, "system": "register"} for m, f, _ in FIGURES]
    _register(engine, "core_figure_source", sources)


def largest(people: Snapshot, region: str, label: str | None) -> int:
    """The largest premium of a region's people, of one label or of all."""
    return max(
        (p.premium for p in people.values() if p.county.startswith(region) and label in (None, p.status)), default=0
    )


_ARROW = {
    "VARCHAR": pa.string(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DECIMAL(9,6)": pa.decimal128(9, 6),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
}  # fmt: skip


def _register(engine: DuckDBEngine, name: str, rows: Rows) -> None:
    columns = columns_of(name.removeprefix("previous."))
    given = list(rows[0]) if rows else [next(iter(columns))]
    arrays = {column: pa.array([row[column] for row in rows], _ARROW[columns[column]]) for column in given}
    engine.register_rows(name, columns, pa.table(arrays))
