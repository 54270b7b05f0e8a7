"""Plants what is wrong in deliveries, by the kinds and rates of defects.toml, and says what it planted."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import Quarter
from pipelines.sample import damage
from pipelines.sample.batch import Batch, Marks, replaced
from pipelines.sample.draws import Array, Draws
from pipelines.sample.kin import Kin
from pipelines.sample.names import stock
from pipelines.sample.people import serial

FILE = Path(__file__).with_name("defects.toml")
# Systems among which a person's one exclusive defect is drawn; the register is what the others are compared with.
EXCLUSIVE = (
    "employment_platform",
    "technical_school",
    "yulu",
    "social_insurance",
    "medical_insurance",
    "civil_affairs",
)
ALIEN_COUNTY = "430102"  # of another province
MOVED = "moved"
# Columns that say where somebody lives and with whom.
PLACE = frozenset(
    ("village_code", "hukou_code", "city_name", "county_name", "town_name", "village_name", "hamlet_name",
     "hukou_city", "hukou_address", "household_number", "head_name", "phone")
)  # fmt: skip
ENOUGH = 40  # rows; in a shorter list one broken row of each kind could stop the delivery


@dataclass(frozen=True)
class Kind:
    """One kind of identity defect."""

    kind: str
    tier: str
    certainty: str
    rate: Mapping[str, float]
    only: str = ""
    exclusive: bool = False

    def rate_in(self, system: str) -> float:
        return self.rate.get(system, self.rate["default"])


@dataclass(frozen=True)
class Defects:
    """The declared defects; `factor` scales every rate, 0 plants nothing."""

    identity: tuple[Kind, ...]
    people: Mapping[str, float]
    duplicate: Mapping[str, float]
    duplicated: frozenset[str]
    reregister: Mapping[str, float]
    reregistered: frozenset[str]
    malformed: Mapping[str, Mapping[str, list[str]]]
    malformed_rate: float
    mended_a_quarter: float
    factor: float = 1.0


@lru_cache(maxsize=8)
def declared(factor: float = 1.0, file: Path = FILE) -> Defects:
    """The defects of defects.toml, with the rates of another file (`[rate]` by kind, `[people]`) in place of its own.

    Raises ValueError where the other file names a kind that defects.toml does not have.
    """
    raw: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    kinds = {entry["kind"]: entry for entry in raw["identity"]} | {"reregistered": raw["reregistered"]}
    people = {name: rate for name, rate in raw["people"].items() if name != "certainty"}
    mix: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")) if file != FILE else {}
    if unknown := (mix.get("rate", {}).keys() - kinds.keys()) | (mix.get("people", {}).keys() - people.keys()):
        raise ValueError(f"{file.name}: no such kind of defect: {', '.join(sorted(unknown))}")
    for kind, rate in mix.get("rate", {}).items():
        kinds[kind]["rate"] = rate
    return Defects(
        identity=tuple(Kind(**entry) for entry in raw["identity"]),
        people={name: rate * factor for name, rate in (people | mix.get("people", {})).items()},
        duplicate=raw["duplicate"]["rate"],
        duplicated=frozenset(raw["duplicate"]["tables"]),
        reregister=raw["reregistered"]["rate"],
        reregistered=frozenset(raw["reregistered"]["tables"]),
        malformed={kind: tables for kind, tables in raw["malformed"].items() if isinstance(tables, dict)},
        malformed_rate=raw["malformed"]["rate"],
        mended_a_quarter=raw["mended_a_quarter"],
        factor=factor,
    )


def spoil_identity(
    ids: Array, id_text: pa.Array, name: pa.Array, system: str, quarter: Quarter, draws: Draws, defects: Defects,
    kin: Kin,
) -> tuple[pa.Array, pa.Array, Marks]:  # fmt: skip
    """Damage numbers and names of a system's records; each record gets one defect at most."""
    marks = Marks.clean(len(ids))
    is_person = pc.fill_null(pc.not_equal(name, ""), False).to_numpy(zero_copy_only=False)
    marks.tier[~is_person] = "none"  # rows about an organisation or an empty post
    if defects.factor == 0 or not len(ids):
        return id_text, name, marks
    chosen = np.floor(draws(ids, "exclusive") * len(EXCLUSIVE)).astype(np.int64)
    for kind in defects.identity:
        rate = kind.rate_in(system) * defects.factor
        if kind.exclusive:
            if rate == 0 or system not in EXCLUSIVE:
                continue
            rate *= len(EXCLUSIVE)
        if rate == 0:
            continue
        hit = (draws(ids, "defect", system, kind.kind) < rate) & (marks.kind == "") & is_person
        if kind.exclusive:
            hit &= chosen == EXCLUSIVE.index(system)
        rows = np.flatnonzero(hit)
        rows = rows[_in_force(ids[rows], system, kind.kind, quarter, draws, defects)]
        rows = rows[_applies(kind.only, id_text.take(pa.array(rows)), name.take(pa.array(rows)))]
        id_text, name, done = _damage(kind, rows, ids, id_text, name, draws, kin)
        marks.kind[done], marks.tier[done] = kind.kind, kind.tier
    return id_text, name, marks


def _in_force(ids: Array, system: str, kind: str, quarter: Quarter, draws: Draws, defects: Defects) -> Array:
    """Whether a defect has not been mended by the quarter."""
    life = np.log1p(-draws(ids, "mended", system, kind)) / np.log1p(-defects.mended_a_quarter)
    result: Array = serial(quarter) - serial(Quarter(2018, 3)) <= life
    return result


def _applies(only: str, id_text: pa.Array, name: pa.Array) -> Array:
    rare = "".join(stock().given[i] for i in stock().pools["rare"])
    tests: dict[str, Callable[[], Any]] = {
        "": lambda: pc.is_valid(name),
        "child": lambda: pc.greater(pc.utf8_slice_codeunits(id_text, 6, 10), "1999"),
        "old": lambda: pc.less(pc.utf8_slice_codeunits(id_text, 6, 10), "1985"),
        "x": lambda: pc.ends_with(id_text, "X"),
        "three": lambda: pc.and_(pc.greater_equal(pc.utf8_length(name), 3), pc.invert(pc.match_substring(name, "·"))),
        "rare": lambda: pc.match_substring_regex(name, f"[{rare}]"),
        "interpunct": lambda: pc.match_substring(name, "·"),
    }
    result: Array = tests[only]().to_numpy(zero_copy_only=False)
    return result


def _damage(
    kind: Kind, rows: Array, ids: Array, id_text: pa.Array, name: pa.Array, draws: Draws, kin: Kin
) -> tuple[pa.Array, pa.Array, Array]:
    """Apply one kind; rows on which it changes nothing stay clean."""
    if kind.kind == MOVED:
        return id_text, name, rows  # the record stays as it is, its place does not
    is_name = kind.kind.startswith("name_")
    before = (name if is_name else id_text).take(pa.array(rows)).to_pylist()
    chance = draws.bits(ids[rows], "how", kind.kind)
    if kind.kind == "id_parent":
        after = kin.parents_numbers(ids[rows], chance)
    elif kind.kind == "name_relative":
        after = kin.relatives_names(ids[rows], chance)
    else:
        change = damage.CHANGES[kind.kind]
        after = [change(text, int(number)) for text, number in zip(before, chance, strict=True)]
    done = np.array([new is not None and new != old for new, old in zip(after, before, strict=True)], dtype=bool)
    values = [text for text, good in zip(after, done, strict=True) if good and text is not None]
    if is_name:
        return id_text, replaced(name, rows[done], values), rows[done]
    return replaced(id_text, rows[done], values), name, rows[done]


def spoil(batch: Batch, quarter: Quarter, draws: Draws, defects: Defects, kin: Kin) -> None:
    """Identity defects and duplicates of a table with one person a row; a table without people stays as it is."""
    system = batch.table.source
    if not {"id_number", "name"} <= set(batch.columns):
        return
    id_text, name, marks = spoil_identity(
        batch.true_id, batch.columns["id_number"], batch.columns["name"], system, quarter, draws, defects, kin
    )
    batch.columns["id_number"], batch.columns["name"], batch.marks = id_text, name, marks
    _resettle(batch, np.flatnonzero(marks.kind == MOVED), draws)
    if batch.table.name in defects.duplicated:
        rate = defects.duplicate.get(system, defects.duplicate["default"]) * defects.factor
        _repeat(batch, (draws(batch.true_id, "duplicate", system) < rate) & (marks.kind == ""), "duplicate")
    rate = defects.reregister.get(system, defects.reregister["default"]) * defects.factor
    if batch.table.name in defects.reregistered and rate:
        settled = (batch.marks.kind == "") & ~np.isin(batch.true_id, batch.true_id[batch.marks.kind == "duplicate"])
        size = len(batch)
        _repeat(batch, (draws(batch.true_id, "reregistered", system) < rate) & settled, "reregistered")
        _resettle(batch, np.arange(size, len(batch)), draws)


def _repeat(batch: Batch, chosen: Array, kind: str) -> None:
    """Append the chosen rows once more, under other numbers of the source."""
    again = np.flatnonzero(chosen)
    if not len(again):
        return
    size = len(batch)
    batch.repeat(again)
    key = batch.table.key[0]
    number = batch.columns[key].slice(size).to_pylist()
    batch.replace(key, np.arange(size, len(batch)), [text[:1] + "9" + text[2:] + "7" for text in number])
    batch.marks.kind[size:] = kind


def _resettle(batch: Batch, rows: Array, draws: Draws) -> None:
    """Put rows into the household, and at the place, of another row of their county."""
    if not len(rows):
        return
    order = np.argsort(batch.county, kind="stable")
    first, last = (np.searchsorted(batch.county[order], batch.county[rows], side) for side in ("left", "right"))
    there = first + np.floor(draws(batch.true_id[rows], MOVED, "where") * (last - first)).astype(np.int64)
    for column in PLACE & batch.columns.keys():
        batch.replace(column, rows, batch.columns[column].take(pa.array(order[there])).to_pylist())


def spoil_rows(batch: Batch, quarter: Quarter, draws: Draws, defects: Defects, surely: bool) -> None:
    """Break some rows so that the contract must quarantine them; `surely`: at least one of each kind that applies,
    where the table has rows enough."""
    if defects.factor == 0 or not len(batch):
        return
    table, size = batch.table, len(batch)
    counted = np.unique(batch.true_id[batch.marks.kind == "duplicate"])
    free = (batch.marks.kind == "") & ~np.isin(batch.true_id, counted)
    if batch.members is not None:
        free[np.unique(batch.members[0][batch.members[3].kind != ""])] = False
    for kind, tables in defects.malformed.items():
        target = tables.get(table.name)
        if tables and target is None:
            continue
        expected = defects.malformed_rate * defects.factor * size
        part = float(draws(np.array([batch.county[0]]), "malformed", table.name, kind, quarter)[0])
        count = max(int(expected + part), int(surely and size >= ENOUGH))
        order = draws(batch.true_id, "malformed", table.name, kind, quarter)
        order = np.where(free, order, 2.0)
        rows = np.argsort(order, kind="stable")[:count]
        rows = np.sort(rows[order[rows] < 1])
        if target is not None:
            batch.replace(target[0], rows, [target[1]] * len(rows))
        elif kind == "missing_key":
            batch.replace(table.key[0], rows, [""] * len(rows))
        else:
            old = batch.columns[table.county].take(pa.array(rows)).to_pylist()
            batch.replace(table.county, rows, [ALIEN_COUNTY + text[6:] for text in old])
        free[rows] = False
        batch.marks.kind[rows], batch.marks.quarantined[rows] = kind, True
