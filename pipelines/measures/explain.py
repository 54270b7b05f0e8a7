"""Why a number is what it is, and why a person is counted as they are: answers from the published tables and the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from pipelines import pseudonyms, regions
from pipelines.columns import COLUMNS
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.engines import sql
from pipelines.errors import NotReady
from pipelines.lake import Lake
from pipelines.measures import checks
from pipelines.measures.catalogue import MEASURES, Measure, named
from pipelines.periods import Quarter
from pipelines.releases import Release, all_releases
from pipelines.sources import SOURCES, STAGED

_ENTERED, _LEFT = ("entered_covered", "entered_uncovered"), ("left_covered", "left_uncovered")
_GAINED, _LOST = ("newly_covered", "entered_covered"), ("lapsed", "left_covered")


@dataclass(frozen=True)
class Number:
    """What one measure says of one region: counts of people, rates from 0 to 1; `has_data` false: nothing is known."""

    n_population: int
    n_denominator: int | None
    n_numerator: int | None
    coverage_rate: Decimal | None
    coverage_low_rate: Decimal | None
    coverage_high_rate: Decimal | None
    n_no_data: int
    has_data: bool
    n_counties_missing: int


@dataclass(frozen=True)
class Comparable:
    """Last quarter's figures in today's boundaries, where these changed; None where there was no data."""

    n_denominator_before: int | None
    n_numerator_before: int | None
    coverage_before_rate: Decimal | None


@dataclass(frozen=True)
class Change:
    """What one cause did since last quarter: people who came into the denominator less those who left, the same of the numerator."""

    cause: str
    denominator: int
    numerator: int


@dataclass(frozen=True)
class Basis:
    """A delivery that the number rests on; `is_needed` false: it only says who is left out, or, where `adds`, who counts too."""

    system: str
    delivery_id: str
    quarter: str
    cut_date: str | None
    n_counties: int
    is_needed: bool
    adds: bool = False


@dataclass(frozen=True)
class ExplainedMeasure:
    """One published number with its parts. `before` is last quarter's; `changes` add up to the difference of the two.
    `comparable` is last quarter's in today's boundaries, where the region changed."""

    measure: Measure
    region_code: str
    region_name: str
    quarter: str
    release: int
    number: Number
    excluded: Mapping[str, int]
    before: Number | None
    comparable: Comparable | None
    changes: tuple[Change, ...]
    deliveries: tuple[Basis, ...]


@dataclass(frozen=True)
class ExplainedPerson:
    """One person of one quarter without name and ID number: the place, what they are in each measure, what lists say of them
    and by which row, the cases about them that are open, and the records that are theirs with the tier that links them."""

    person_key: str
    quarter: str
    release: int
    is_registered: bool
    county_code: str | None
    measures: tuple[Mapping[str, Any], ...]
    exclusions: tuple[Mapping[str, Any], ...]
    cases: tuple[Mapping[str, Any], ...]
    records: tuple[Mapping[str, Any], ...]


def words(column: str) -> dict[str, str]:
    """Code to Chinese word, as the column's meaning lists them."""
    listed = COLUMNS[column].zh.partition(":")[2]
    pairs = (entry.strip().partition(" ") for entry in listed.split("、"))
    return {code: word for code, _, word in pairs if word}


def explain_measure(code: str, region: str, quarter: Quarter) -> ExplainedMeasure:
    """The published number of a measure in a region and quarter. NotReady where there is none; ValueError for an unknown measure."""
    measure = named(code)
    keys = {"measure": code, "region": region}
    with warehouse_engine().connect() as connection:

        def rows(query: str, of: Quarter) -> Sequence[Any]:
            return connection.execute(text(query), {**keys, "quarter": of.key}).all()

        cell = (
            f"SELECT {', '.join(Number.__dataclass_fields__)} FROM mart.mart_coverage"
            " WHERE measure_code = :measure AND region_code = :region AND quarter = :quarter AND cut = 'total'"
        )
        found, before = rows(cell, quarter), rows(cell, quarter.previous)
        if not found:
            raise NotReady(
                f"nothing is published of {code} in region {region} in {quarter}; `bidui status` lists what is"
            )
        excluded = rows(
            "SELECT reason_code, n_people FROM mart.mart_coverage_reason WHERE measure_code = :measure"
            " AND region_code = :region AND quarter = :quarter AND cut = 'total' ORDER BY n_people DESC, reason_code",
            quarter,
        )
        comparable = rows(
            f"SELECT {', '.join(Comparable.__dataclass_fields__)} FROM mart.mart_coverage_comparable"
            " WHERE measure_code = :measure AND region_code = :region AND quarter = :quarter AND is_region_changed",
            quarter,
        )
        changes = rows(
            "SELECT change_cause_code, change_code, n_people FROM mart.mart_change WHERE measure_code = :measure"
            " AND region_code = :region AND quarter = :quarter ORDER BY change_cause_code, change_code",
            quarter,
        )
        shown = rows("SELECT release FROM ops.current_release WHERE quarter = :quarter", quarter)
    release = next(r for r in all_releases() if r.release == shown[0][0])
    names = {d.region_code: d.name for d in regions.divisions(quarter.last_day)}
    return ExplainedMeasure(
        measure,
        region,
        names.get(region, region),
        quarter.key,
        release.release,
        Number(*found[0]),
        {reason: int(people) for reason, people in excluded},
        Number(*before[0]) if before else None,
        Comparable(*comparable[0]) if comparable else None,
        _by_cause(changes),
        basis(release, measure.systems, region, measure.also),
    )


def _by_cause(changes: Sequence[Any]) -> tuple[Change, ...]:
    def net(cause: str, plus: tuple[str, ...], minus: tuple[str, ...]) -> int:
        own = [(kind, int(people)) for named, kind, people in changes if named == cause]
        return sum(people for kind, people in own if kind in plus) - sum(
            people for kind, people in own if kind in minus
        )

    causes = sorted({cause for cause, _, _ in changes} - {"none"})
    made = [Change(cause, net(cause, _ENTERED, _LEFT), net(cause, _GAINED, _LOST)) for cause in causes]
    return tuple(sorted(made, key=lambda change: (-abs(change.denominator) - abs(change.numerator), change.cause)))


def lists_of_others() -> list[str]:
    """The systems whose lists say who is left out; a measure can do without them."""
    return sorted({STAGED[name].source for name in sql.load("core_listed_row").reads if name in STAGED})


def basis(release: Release, systems: Sequence[str], region: str, also: Sequence[str] = ()) -> tuple[Basis, ...]:
    """The deliveries of a release that speak of a region: those of the systems needed, then those that add people (`also`)
    and the lists of who is left out."""
    lists, found = lists_of_others(), []
    for delivery in release.inputs["deliveries"]:
        system = delivery["system"]
        # A village's number rests on what its county sent.
        within = {c for counties in delivery["tables"].values() for c in counties if c[: len(region)] == region[:6]}
        if within and system in (*systems, *also, *lists):
            found.append(
                Basis(
                    system,
                    delivery["delivery_id"],
                    delivery["quarter"],
                    delivery["cut_date"],
                    len(within),
                    system in systems,
                    system in also,
                )
            )
    return tuple(sorted(found, key=lambda one: (not one.is_needed, one.system, one.delivery_id)))


def explain_person(person_key: str, quarter: Quarter | None = None) -> ExplainedPerson:
    """What the newest release of a quarter (by default of the last one) says of a person, named as the warehouse does or by
    the key in the lake. NotReady where nobody has it."""
    releases = [r for r in all_releases() if r.content and quarter in (None, r.quarter)]
    if not releases:
        raise NotReady(f"nothing is computed of {quarter or 'any quarter'}; `bidui status` lists what is")
    release, lake = max(releases, key=lambda r: (r.quarter, r.release)), Lake()

    def rows(table: str, columns: list[str], **among: object) -> tuple[Mapping[str, Any], ...]:
        wanted = {name: value if isinstance(value, tuple) else (value,) for name, value in among.items()}
        return tuple(lake.rows(release, table, columns, **wanted).to_pylist())

    shown = person_key
    everybody = lake.rows(release, "core_person", ["person_key"])["person_key"].to_pylist()
    person_key = pseudonyms.originals([shown], everybody).get(shown, shown)
    people = rows("core_person", ["cluster", "is_registered"], person_key=person_key)
    if not people:
        raise NotReady(f"nobody has the key {shown} in {release.quarter}, release {release.release}")
    place = rows("core_person_quarter", ["county_code"], person_key=person_key)
    links = rows("core_link", ["system", "entity", "tier", "decision", "system_rank"], cluster=people[0]["cluster"])
    ordered = sorted(links, key=lambda link: (link["system_rank"], link["entity"], link["tier"]))
    return ExplainedPerson(
        shown,
        release.quarter.key,
        release.release,
        people[0]["is_registered"],
        place[0]["county_code"] if place else None,
        rows("core_person_measure", ["measure_code", "state_code", "reason_code"], person_key=person_key),
        rows(
            "core_exclusion",
            ["reason_code", "system", "delivery_id", "file_name", "line_number", "since_date", "until_date"],
            person_key=person_key,
        ),
        rows(
            "core_case",
            ["check_code", "finding_code", "case_state_code", "first_quarter", "n_quarters"],
            person_key=person_key,
            case_state_code=checks.OPEN,
        )
        if lake.committed(release, "core_case")
        else (),
        tuple({name: link[name] for name in ("system", "entity", "tier", "decision")} for link in ordered),
    )


def told_measure(explained: ExplainedMeasure) -> list[str]:
    """The explanation in words, a line each."""
    measure, number, before = explained.measure, explained.number, explained.before
    lines = [
        f"{measure.code} {measure.zh} · {explained.region_name} {explained.region_code} · {explained.quarter} (release {explained.release})"
    ]
    if not number.has_data:
        lines.append(f"无数据 no data: a system it needs said nothing ({', '.join(measure.systems)})")
    else:
        lines += [
            f"{_rate(number.coverage_rate)} = {number.n_numerator:,} / {number.n_denominator:,}"
            f" (at least {_rate(number.coverage_low_rate)}, at most {_rate(number.coverage_high_rate)}, whatever linkage turns out to be)",
            f"  分子 numerator: {measure.numerator}",
            f"  分母 denominator: {measure.denominator}",
        ]
    if number.n_counties_missing:
        lines.append(f"  counties without data: {number.n_counties_missing}, people in them: {number.n_no_data:,}")
    reasons = words("reason_code")
    if explained.excluded:
        lines.append(f"核减 excluded of {number.n_population:,} people:")
        lines += [f"  {reasons.get(code, code)} {code}: {people:,}" for code, people in explained.excluded.items()]
    comparable = explained.comparable
    if comparable is not None and comparable.n_denominator_before is not None:
        lines.append(
            f"区划有变,按本季度区划的上季度 last quarter in today's boundaries: {_rate(comparable.coverage_before_rate)}"
            f" = {comparable.n_numerator_before:,} / {comparable.n_denominator_before:,}"
        )
    if before is not None and before.has_data:
        lines.append(
            f"上季度 last quarter: {_rate(before.coverage_rate)} = {before.n_numerator:,} / {before.n_denominator:,}; since then, by cause"
            " (numerator, denominator):"
        )
        causes = words("change_cause_code")
        lines += [
            f"  {causes.get(change.cause, change.cause)} {change.cause}: {change.numerator:+,}, {change.denominator:+,}"
            for change in explained.changes
        ]
        both = (sum(c.numerator for c in explained.changes), sum(c.denominator for c in explained.changes))
        lines.append(f"  合计 sum: {both[0]:+,}, {both[1]:+,}")
    lines.append("依据的报送 deliveries it rests on:")
    lines += [
        f"  {SOURCES[one.system].zh} {one.delivery_id} ({one.quarter}, cut {one.cut_date or 'unknown'}, {one.n_counties} counties)"
        + ("" if one.is_needed else " 有则计入" if one.adds else " 仅用于核减")
        for one in explained.deliveries
    ]
    return lines


def told_person(explained: ExplainedPerson) -> list[str]:
    """The explanation in words, a line each, without name and ID number."""
    reasons, names = words("reason_code"), {measure.code: measure.zh for measure in MEASURES}
    lines = [
        f"{explained.person_key} · {explained.quarter} (release {explained.release}) · county {explained.county_code or 'unknown'}"
        f" · {'建档立卡 registered' if explained.is_registered else '未建档立卡 not registered'}",
        "指标 measures:",
    ]
    for row in sorted(explained.measures, key=lambda row: str(row["measure_code"])):
        why = f" ({reasons.get(row['reason_code'], '')} {row['reason_code']})" if row["reason_code"] else ""
        lines.append(f"  {row['measure_code']} {names.get(row['measure_code'], '')}: {row['state_code']}{why}")
    if explained.exclusions:
        lines.append("名单所示 what lists say (to verify where it is not so):")
        lines += [
            f"  {reasons.get(row['reason_code'], '')} {row['reason_code']}: {SOURCES[row['system']].zh}, delivery {row['delivery_id']},"
            f" {row['file_name']} line {row['line_number']}, from {row['since_date'] or 'unknown'} until {row['until_date'] or 'open'}"
            for row in explained.exclusions
        ]
    if explained.cases:
        lines.append("待核实 to verify:")
        lines += [
            _case(row) for row in sorted(explained.cases, key=lambda row: (row["check_code"], row["finding_code"]))
        ]
    lines.append("记录 records:")
    lines += [
        f"  {SOURCES[row['system']].zh} {row['entity']}: {row['tier']}, {row['decision'] or 'alone'}"
        for row in explained.records
    ]
    return lines


def _case(row: Mapping[str, Any]) -> str:
    check = checks.named(row["check_code"])
    state = words("case_state_code")[row["case_state_code"]]
    return (
        f"  {check.code} {check.zh}: {check.findings.get(row['finding_code'], '')} {row['finding_code']}, {state} {row['case_state_code']},"
        f" since {row['first_quarter']}, found in {row['n_quarters']} quarters. {check.action}"
    )


def _rate(rate: Decimal | None) -> str:
    return "—" if rate is None else f"{rate:.2%}"
