"""Makes the sample province: simulates it from 2018Q3 on and writes the deliveries and the truth of the quarters asked."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from pipelines.periods import Quarter
from pipelines.regions import divisions, history
from pipelines.sample import alike, benefits, cover, defects, insurance_records, life, told, truth, work
from pipelines.sample.batch import Batch
from pipelines.sample.defects import Defects
from pipelines.sample.disability import certificates
from pipelines.sample.draws import Array, Draws
from pipelines.sample.extracts import EXTRACTS
from pipelines.sample.files import Written, write_table
from pipelines.sample.habits import habit, told_by_name
from pipelines.sample.households import PERSONS, found_households
from pipelines.sample.insured import PRESENT, Crowd
from pipelines.sample.kin import Kin
from pipelines.sample.people import People
from pipelines.sample.places import Places, places
from pipelines.sample.schooling import schooling
from pipelines.sample.snapshot import Snapshot, snapshot
from pipelines.sources import SOURCES, STAGED, civil_affairs, medical_insurance, social_insurance
from pipelines.sources.base import Source, SourceTable

FIRST = Quarter(2018, 3)
FULL_PENSION, FULL_MEDICAL = 18_000_000, 46_000_000  # insured in the whole province
OWN_PENSION, OWN_MEDICAL = 2_600_000, 3_500_000  # of them people of the universe
ADULTS = 0.8  # of the crowd old enough for a pension account
Progress = Callable[[str, float], None]


@dataclass
class Summary:
    """What was written: rows by system and quarter, people of the universe, planted defects by kind."""

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    registered: dict[str, int] = field(default_factory=dict)
    not_lifted: dict[str, int] = field(default_factory=dict)
    universe: dict[str, int] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    deliveries: int = 0


@dataclass(frozen=True)
class _Job:
    out: Path
    truth: Path | None
    defects: Defects
    systems: tuple[str, ...]
    tables: frozenset[str]
    counties: frozenset[str]
    sequence: int
    pension_share: float
    medical_share: float
    habits: float
    split: str


def make_province(
    scale: float,
    quarters: Sequence[Quarter],
    seed: int,
    out: Path,
    *,
    truth_folder: Path | None,
    reference: Path | None = None,
    defect_factor: float = 1.0,
    defects_file: Path = defects.FILE,
    habits: float = 1.0,
    crowd: float = 2.4,
    full_insured: bool = False,
    systems: Sequence[str] = (),
    tables: Sequence[str] = (),
    counties: Sequence[str] = (),
    sequence: int = 1,
    split: Literal["", "county", "province"] = "",
    progress: Progress | None = None,
) -> Summary:
    """Write `out/<system>/<quarter>/<city or 36>/` for every quarter, each set with a delivery.json written last.

    `scale` is people per person of the province (0.01 is 1:100). `truth_folder` receives the truth (None: none),
    `reference` the file deep_villages.csv. `defect_factor` scales the rates of `defects_file`, 0 plants nothing;
    `habits` scales those of habits.toml, 0 sends every file as its declaration says. `split`: every county sends
    everything itself, or the province sends it all at once, instead of cities and the province. The insured outside the universe number `crowd` times the registered (with the universe, about three medical rows per
    registered person), with `full_insured` as many as make 18 million pension and 46 million medical rows times the scale. `systems`, `tables` (by their staged names) and
    `counties` (codes of the quarter) restrict what is written, as for a correction with a higher `sequence`: same seed
    and scale, same people. Deterministic in all arguments.
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale {scale} is not in (0, 1]")
    wanted = sorted(set(quarters))
    if not wanted or wanted[0] < FIRST or wanted[-1] > Quarter(2020, 4):
        raise ValueError("the sample knows the quarters 2018Q3 to 2020Q4")
    size, pension_share, medical_share = round(PERSONS * scale * crowd), 1.0, 1.0
    if full_insured:
        size = max(round((FULL_MEDICAL - OWN_MEDICAL) * scale / PRESENT), 1)
        pension_share = (FULL_PENSION - OWN_PENSION) / (FULL_MEDICAL - OWN_MEDICAL) / ADULTS
    job = _Job(
        out=out,
        truth=truth_folder,
        defects=defects.declared(defect_factor, defects_file),
        systems=tuple(systems) or tuple(SOURCES),
        tables=frozenset(tables) or frozenset(STAGED),
        counties=frozenset(counties),
        sequence=sequence,
        pension_share=pension_share,
        medical_share=medical_share,
        habits=habits,
        split=split,
    )
    draws = Draws(seed)
    where = places(draws)
    if reference is not None:
        _write_deep_villages(reference, where)
    summary, done = Summary(), 0
    people = People()
    the_crowd: Crowd | None = None
    tell = progress or (lambda _what, _share: None)
    for quarter in FIRST.until(wanted[-1]):
        tell(quarter.key, done / len(wanted))
        now = _advance(people, where, scale, quarter, draws, job.defects)
        if the_crowd is None:
            the_crowd = Crowd(size, where, FIRST, draws, np.sort(people.number))
            alike.confuse_insured(the_crowd, people, where.county, job.defects.people, draws)
            people.reserved = np.sort(the_crowd.number)
        if quarter in wanted:
            for system in job.systems:
                tell(f"{quarter} {system}", done / len(wanted))
                _deliver(now, the_crowd, system, job, summary)
            _count(now, summary)
            if job.truth is not None:
                truth.write_state(job.truth, now)
            done += 1
    if job.truth is not None:
        truth.write_people(job.truth, now)
        truth.write_alike(job.truth, now, the_crowd)
    tell("done", 1.0)
    return summary


def _advance(people: People, where: Places, scale: float, quarter: Quarter, draws: Draws, spoils: Defects) -> Snapshot:
    """Bring everybody to the quarter's last day."""
    first = quarter == FIRST
    if first:
        found_households(people, where, scale, quarter, draws)
        life.found_outsiders(people, where, scale, quarter, draws)
        alike.confuse(people, where.county, spoils.people, draws)
    else:
        life.step(people, where, scale, quarter, draws)
    life.assist(people, quarter, draws, first)
    study = schooling(people, where, quarter, draws)
    student = study.is_fulltime_student
    skill = life.labour_skill(people, study.student_code > 1, quarter, draws)
    labour = work.is_labour(people, skill, student, quarter)
    work.step(people, where, labour, quarter, draws, first)
    if first:
        cover.start_pension(people, where, student, quarter, draws)
    else:
        cover.step_pension(people, where, student, quarter, draws)
    cover.step_medical(people, where, quarter, draws, first)
    disabled = certificates(people, quarter, draws)
    due = cover.entitled(people, life.poverty_status(people, quarter, draws), student, disabled.is_severe, quarter)
    cover.premiums(people, where, due, quarter, draws)
    return snapshot(people, where, quarter, draws, study, skill, labour, disabled)


def _deliver(now: Snapshot, crowd: Crowd, system: str, job: _Job, summary: Summary) -> None:
    """Build, damage and write one system's tables of one quarter."""
    source = SOURCES[system]
    if source.due_in and now.quarter.number not in source.due_in:
        return
    cities = [d.region_code for d in divisions(now.quarter.last_day, "city")]
    # One table of each kind surely gets each kind of malformed row: in a city that changes with the quarter.
    chosen = cities[int(now.draws(np.array([0]), "surely", system, now.quarter)[0] * len(cities))]
    sets: dict[str, list[tuple[Batch, Written]]] = {}
    names = {int(d.region_code): d.name for d in history() if d.level == "county"}
    records: list[pa.Table] = []
    said: dict[str, list[pa.Table]] = {}
    for batch, scopes in _batches(now, crowd, system, job, cities, chosen):
        for scope in scopes:
            rows = np.flatnonzero(_in_scope(batch, scope, job.counties))
            if not len(rows):
                continue  # an office with nothing to say sends no file
            titles = (f"{_place(scope)}{batch.table.zh}", f"数据截止日期:{now.quarter.last_day}")
            stem = (
                f"{batch.stem or batch.table.file_stem}_{_place(scope)}_{now.quarter.year}年第{now.quarter.number}季度"
            )
            pick = pa.array(rows)
            columns = {name: column.take(pick) for name, column in batch.columns.items()}
            folder = job.out / system / now.quarter.key / scope
            how = habit(batch.table, scope, now.quarter, now.draws, job.habits)
            if how.names:
                columns = told_by_name(batch.table, columns, batch.county[rows])
            sheets = [names[code] for code in batch.county[rows].tolist()] if how.form == "sheets" else ()
            written = write_table(folder, stem, batch.table, columns, titles, sheets, how, batch.layout)
            sets.setdefault(scope, []).append((batch, written))
            if job.truth is not None:
                name = f"{system}/{now.quarter}/{scope}"
                for part in written.parts:
                    records.append(truth.records(batch, rows[part.rows], part, now.quarter.key, name))
                    if (table := told.told(batch, rows[part.rows], part)) is not None:
                        said.setdefault(batch.table.entity, []).append(table)
            totals = summary.rows.setdefault(system, {})
            totals[now.quarter.key] = totals.get(now.quarter.key, 0) + written.rows
        _tally(batch, system, summary)
    for scope, files in sorted(sets.items()):
        _write_delivery(now, source, scope, files, job)
        summary.deliveries += 1
    if job.truth is not None:
        truth.write_records(job.truth, f"{system}_{now.quarter}", records)
        for entity, tables in said.items():
            told.write_told(job.truth, f"{system}_{entity}_{now.quarter}", tables)


def _batches(
    now: Snapshot, crowd: Crowd, system: str, job: _Job, cities: list[str], chosen: str
) -> Iterator[tuple[Batch, list[str]]]:
    """Each table with the scopes it is written for; the insurance tables city by city, to hold few rows at a time."""
    counties = [d.region_code for d in divisions(now.quarter.last_day, "county")]
    by_city = SOURCES[system].split == "city" and job.split != "province"
    scopes = counties if job.split == "county" else cities if by_city else ["36"]

    kin = Kin(now)

    def spoiled(batch: Batch, surely: bool) -> Batch:
        if batch.members is None:
            defects.spoil(batch, now.quarter, now.draws, job.defects, kin)
        alike.mark(batch, now.people, crowd)
        defects.spoil_rows(batch, now.quarter, now.draws, job.defects, surely)
        return batch

    for table in SOURCES[system].tables:
        if table.name in EXTRACTS and table.name in job.tables:
            yield spoiled(EXTRACTS[table.name](now), True), scopes
    if system == "civil_affairs" and civil_affairs.FAMILY.name in job.tables:
        rows, _, _ = insurance_records.assisted(now)
        id_text, name, marks = defects.spoil_identity(
            now.people.true_id[rows], now.id_text.take(pa.array(rows)), now.name_text.take(pa.array(rows)),
            system, now.quarter, now.draws, job.defects, kin,
        )  # fmt: skip
        yield spoiled(insurance_records.civil_rows(now, id_text, name, marks), True), scopes
        return
    insured: list[tuple[SourceTable, Callable[[int], Batch]]] = [
        (medical_insurance.PARTICIPATION, lambda of: insurance_records.medical_rows(now, crowd, job.medical_share, of)),
        (social_insurance.PARTICIPATION, lambda of: insurance_records.pension_rows(now, crowd, job.pension_share, of)),
        (social_insurance.PAYMENT, lambda of: insurance_records.payment_rows(now, crowd, job.pension_share, of)),
        (social_insurance.PARTICIPATION, lambda of: benefits.other_scheme_rows(now, of)),
    ]
    wanted = [make for table, make in insured if table.source == system and table.name in job.tables]
    for city in cities if wanted else ():
        parts = [code for code in scopes if code.startswith(city)] or scopes
        for make in wanted:
            batch = make(int(city))
            if job.split == "province":
                batch.stem = f"{batch.stem or batch.table.file_stem}_{_place(city)}"
            yield spoiled(batch, city == chosen), parts


def _in_scope(batch: Batch, scope: str, counties: frozenset[str]) -> Array:
    mine = batch.county // 10 ** (6 - len(scope)) == int(scope)
    result: Array = mine & np.isin(batch.county, [int(code) for code in counties]) if counties else mine
    return result


def _place(scope: str) -> str:
    return next(d.name for d in history() if d.region_code == scope)


def _write_delivery(now: Snapshot, source: Source, scope: str, files: list[tuple[Batch, Written]], job: _Job) -> None:
    """delivery.json: what a manifest needs to know beyond the bytes."""
    day = now.quarter.last_day
    codes = [d.region_code for d in divisions(day, "county") if d.region_code.startswith(scope)]
    if job.counties:
        codes = [code for code in codes if code in job.counties]
    owner = next(o for o in source.owners if o.since <= day and (o.until is None or day <= o.until))
    sender = owner.zh if scope == "36" else owner.zh.replace("省", _place(scope), 1)
    content = {
        "system": source.name,
        "quarter": now.quarter.key,
        "scope": codes if scope != "36" or job.counties else "province",
        "cut_date": day.isoformat(),
        "sender": sender,
        "sequence": job.sequence,
        "files": [
            {
                "name": written.name,
                "table": batch.table.entity,
                "format": str(written.format),
                "encoding": written.encoding,
                "rows": written.rows,
            }
            for batch, written in files
        ],
    }
    path = job.out / source.name / now.quarter.key / scope / "delivery.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _write_deep_villages(folder: Path, where: Places) -> None:
    """deep_villages.csv: every code the 269 drawn villages had in the plan period."""
    deep = {code for code, is_deep in zip(where.codes, where.is_deep, strict=True) if is_deep}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "deep_villages.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["village_code", "village_name", "current_code"])
        for d in history():
            current = d.successor_code or d.region_code
            if d.level == "village" and current in deep:
                rows.writerow([d.region_code, d.name, current])


def _count(now: Snapshot, summary: Summary) -> None:
    registered = now.people.registered & now.people.alive
    summary.registered[now.quarter.key] = int(registered.sum())
    summary.not_lifted[now.quarter.key] = int((registered & (now.status != 1)).sum())
    summary.universe[now.quarter.key] = int(now.in_universe.sum())


def _tally(batch: Batch, system: str, summary: Summary) -> None:
    marks = [batch.marks] if batch.members is None else [batch.marks, batch.members[3]]
    for mark in marks:
        for kind, count in zip(*np.unique(mark.kind[mark.kind != ""], return_counts=True), strict=True):
            summary.planted[str(kind)] = summary.planted.get(str(kind), 0) + int(count)
    hurt = int(batch.marks.quarantined.sum())
    summary.quarantined[system] = summary.quarantined.get(system, 0) + hurt
