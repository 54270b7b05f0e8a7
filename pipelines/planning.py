"""Which quarters are due: those whose inputs differ from their last release and that are complete or past their day."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from pipelines import periods, pseudonyms, regions
from pipelines.deliveries.ledger import Delivery, Ledger, warehouse_engine
from pipelines.deliveries.scope import areas, county_codes, former_codes
from pipelines.identity import decisions as link_decisions
from pipelines.incidents import record_once
from pipelines.measures import catalogue, checks, figures
from pipelines.measures.parameters import PARAMETERS
from pipelines.periods import Quarter
from pipelines.releases import PLANNED, Release, all_releases, latest, open_release
from pipelines.settings import CHECKOUT, settings
from pipelines.sources import SOURCES
from pipelines.sources.base import Source
from pipelines.steps import Planned

_PLAN_LOCK = 7_260_001  # advisory lock: two plans at once would give two numbers to the same inputs


@dataclass(frozen=True)
class Arrived:
    """An accepted delivery as planning sees it, with the staged tables it fills.

    `staged`: True staged, False stopped by a rule, None still to come.
    """

    system: str
    delivery_id: str
    quarter: Quarter
    counties: frozenset[str]
    sequence: int
    cut_date: date | None
    fingerprint: str
    received_at: datetime
    staged: bool | None
    tables: frozenset[str]

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other delivery."""
        return self.system, self.delivery_id


@dataclass(frozen=True)
class InForce:
    """The counties for which one delivery's rows of one table count in a quarter."""

    delivery: Arrived
    table: str
    counties: frozenset[str]


@dataclass(frozen=True)
class Calendar:
    """What is expected when: the systems, the counties of a quarter, and how long an incomplete quarter settles.

    `areas` are 功能区 that may send apart from their counties; nobody waits for them.
    """

    sources: Mapping[str, Source]
    counties: Callable[[Quarter], frozenset[str]]
    settle: timedelta = timedelta(hours=1)
    areas: Callable[[Quarter], frozenset[str]] = lambda _quarter: frozenset()

    def closes(self, quarter: Quarter) -> datetime:
        """The moment from which a quarter no longer waits: the end of the last due day of any system due in it."""
        days = max(source.due_days for source in self.sources.values() if quarter.number in source.due_in)
        return datetime.combine(quarter.last_day + timedelta(days=days + 1), datetime.min.time(), periods.ZONE)


@dataclass(frozen=True)
class Due:
    """A quarter to compute: what goes in, its fingerprint, and what is missing (system to counties)."""

    quarter: Quarter
    fingerprint: str
    inputs: Mapping[str, Any]
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What else goes into a release beside deliveries: parameters and reference data by their versions, and officials'
    decisions on links: the last one's number, by the quarter from which they hold."""

    versions: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[Quarter, int] = field(default_factory=dict)

    def of(self, quarter: Quarter) -> dict[str, str]:
        """The versions that a release of the quarter is made with."""
        decided = [number for since, number in self.decisions.items() if since <= quarter]
        return {**self.versions, "link_decisions": str(max(decided))} if decided else dict(self.versions)


def in_force(
    arrived: Iterable[Arrived], source: Source, table: str, quarter: Quarter, counties: frozenset[str]
) -> tuple[InForce, ...]:
    """Which delivery's rows of a table count for each county (or 功能区 that sends apart): the newest quarter within validity, then the highest
    sequence.

    Table by table, since a delivery may bring some tables of its system and leave the others as they are. The order of
    arrival never matters. Deliveries that a rule stopped count for nothing. A county that has another code since the
    delivery is spoken of where all that it was then is.
    """
    oldest = quarter.shift(1 - source.valid_quarters)
    candidates = sorted(
        (
            d
            for d in arrived
            if d.system == source.name and d.staged and table in d.tables and oldest <= d.quarter <= quarter
        ),
        key=lambda d: (d.quarter, d.sequence, d.delivery_id),
        reverse=True,
    )
    left, chosen = set(counties), []
    for candidate in candidates:
        former = former_codes(quarter, candidate.quarter)
        new = {c for c in left - candidate.counties if c not in former.get(c, {c}) and former[c] <= candidate.counties}
        covered = candidate.counties & left | new
        if covered:
            chosen.append(InForce(candidate, table, frozenset(covered)))
            left -= covered
    return tuple(chosen)


def due_quarters(
    arrived: Sequence[Arrived],
    releases: Sequence[Release],
    calendar: Calendar,
    now: datetime,
    context: Context | None = None,
) -> tuple[tuple[Due, ...], dict[str, str]]:
    """The quarters to compute, earliest first, and for every other quarter with deliveries why it waits.

    A quarter is due when its inputs (rows in force, versions, last quarter's result) differ from its latest release and
    it is complete; or past its day with only optional systems or some counties missing, once no delivery of it came for
    the settling time. Pure: all it knows is in its arguments.
    """
    due: list[Due] = []
    waiting: dict[str, str] = {}
    computed: dict[Quarter, tuple[str, int | None]] = {}  # fingerprint and number of what a later quarter would read
    unsettled: Quarter | None = None
    for quarter in sorted({d.quarter for d in arrived}):
        own = [d for d in arrived if d.quarter == quarter]
        last = latest(releases, quarter)
        if last is not None:
            computed[quarter] = (last.fingerprint, last.release)
        coming = sum(d.staged is None for d in own)
        if coming:
            waiting[quarter.key] = f"{coming} deliveries are being staged"
            unsettled = unsettled or quarter
            continue
        chosen, missing, absent = _inputs(arrived, calendar, quarter)
        settled = max(d.received_at for d in own) + calendar.settle <= now
        if missing:
            if now < calendar.closes(quarter):
                waiting[quarter.key] = f"until its day {calendar.closes(quarter):%Y-%m-%d}: {_words(missing)}"
                continue
            if absent:
                waiting[quarter.key] = f"required and absent: {', '.join(absent)}"
                continue
            if not settled:
                waiting[quarter.key] = f"incomplete, settling until no delivery came for {calendar.settle}"
                unsettled = unsettled or quarter
                continue
        if unsettled is not None and last is None:
            waiting[quarter.key] = f"{unsettled} before it is still arriving"
            continue
        candidate = _due(quarter, chosen, missing, computed.get(quarter.previous), context or Context())
        if last is None or last.fingerprint != candidate.fingerprint or _reads_another(last, computed):
            due.append(candidate)
            computed[quarter] = (candidate.fingerprint, None)
    return tuple(due), waiting


def _reads_another(last: Release, computed: Mapping[Quarter, tuple[str, int | None]]) -> bool:
    """Whether the quarter before has a newer release with the same inputs: both must be shown together."""
    before = computed.get(last.quarter.previous)
    return before is not None and before[1] is not None and before[1] != last.previous


def _inputs(
    arrived: Sequence[Arrived], calendar: Calendar, quarter: Quarter
) -> tuple[list[InForce], dict[str, tuple[str, ...]], list[str]]:
    counties, areas = calendar.counties(quarter), calendar.areas(quarter)
    chosen: list[InForce] = []
    missing: dict[str, tuple[str, ...]] = {}
    absent = []
    for source in calendar.sources.values():
        left: set[str] = set()
        for table in source.tables:
            parts = in_force(arrived, source, table.name, quarter, counties | areas)
            chosen += parts
            if not table.optional:
                left |= counties.difference(*(part.counties for part in parts))
        # What is not due in this quarter is not waited for; where it is still valid it is used all the same.
        if left and quarter.number in source.due_in:
            missing[source.name] = tuple(sorted(left))
            if source.required and left == counties:
                absent.append(source.name)
    return chosen, missing, absent


def _due(
    quarter: Quarter,
    chosen: Sequence[InForce],
    missing: Mapping[str, tuple[str, ...]],
    previous: tuple[str, int | None] | None,
    context: Context,
) -> Due:
    by_delivery = {part.delivery.key: part.delivery for part in chosen}
    deliveries = [
        {
            "system": delivery.system,
            "delivery_id": delivery.delivery_id,
            "quarter": delivery.quarter.key,
            "cut_date": delivery.cut_date.isoformat() if delivery.cut_date else None,
            "fingerprint": delivery.fingerprint,
            "tables": {part.table: sorted(part.counties) for part in chosen if part.delivery.key == key},
        }
        for key, delivery in sorted(by_delivery.items())
    ]
    read = {"quarter": quarter.previous.key, "fingerprint": previous[0]} if previous else None
    identity = {"quarter": quarter.key, "deliveries": deliveries, "versions": context.of(quarter), "previous": read}
    fingerprint = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    inputs = {
        **identity,
        "missing": {system: list(counties) for system, counties in missing.items()},
        "previous": {**read, "release": previous[1]} if read and previous else None,
    }
    return Due(quarter, fingerprint, inputs, missing)


def _words(missing: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{system} lacks {len(counties)} counties" for system, counties in sorted(missing.items()))


def arrived(ledger: Ledger) -> tuple[Arrived, ...]:
    """Every accepted delivery with what became of it."""
    outcome: dict[tuple[str, str], bool] = {}
    for staged in ledger.staged():
        key = (staged.system, staged.delivery_id)
        outcome[key] = outcome.get(key, True) and staged.status == "staged"
    return tuple(_arrived(delivery, outcome) for delivery in ledger.deliveries(status="accepted"))


def _arrived(delivery: Delivery, outcome: Mapping[tuple[str, str], bool]) -> Arrived:
    assert delivery.quarter is not None
    return Arrived(
        delivery.system,
        delivery.delivery_id,
        delivery.quarter,
        delivery.counties,
        delivery.sequence,
        delivery.cut_date,
        delivery.fingerprint,
        delivery.received_at,
        outcome.get((delivery.system, delivery.delivery_id)),
        frozenset(str(file["table_name"]) for file in delivery.files),
    )


def calendar() -> Calendar:
    """The calendar of this installation."""
    return Calendar(SOURCES, county_codes, timedelta(minutes=settings().settle_minutes), lambda q: frozenset(areas(q)))


def context() -> Context:
    """Versions of everything beside deliveries that changes numbers."""
    versions = {
        "parameters": PARAMETERS.version,
        "measures": catalogue.VERSION,
        "figures": figures.VERSION,
        "checks": checks.VERSION,
        pseudonyms.VERSION: pseudonyms.ring()[0].number,
    }
    for name in ("deep_villages.csv",):
        file = settings().reference / name
        versions[name] = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "none"
    return Context(versions, link_decisions.versions())


def code_version() -> dict[str, str]:
    """The commit and the dependency lock a release is computed with; 'unknown' outside a checkout."""
    commit = _git("rev-parse", "HEAD")
    lock = CHECKOUT / "requirements.lock"
    return {
        "commit": commit or "unknown",
        "changed": "yes" if commit and _git("status", "--porcelain", "--untracked-files=no") else "no",
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "unknown",
    }


def _git(*words: str) -> str:
    try:
        run = subprocess.run(["git", "-C", str(CHECKOUT), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return run.stdout.strip()


def plan() -> Planned:
    """Open the release of the earliest due quarter and name it; idempotent, and safe to run twice at once.

    Only the earliest is opened: each quarter reads the one before it, and its computation starts this step again.
    """
    ledger = Ledger()
    with warehouse_engine().begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PLAN_LOCK})
        releases = all_releases()
        due, waiting = due_quarters(arrived(ledger), releases, calendar(), periods.now(), context())
        # A release that was opened and never finished is named again: whoever was to make it may have died.
        open_ = [r.quarter for r in releases if r.state == PLANNED]
        emit = min(open_, default=None)
        if due and (emit is None or due[0].quarter <= emit):
            first = due[0]
            # The text itself: who computes or rebuilds the release later must not meet a file that has been changed since.
            kept = {**first.inputs, **code_version(), "own_parameters": PARAMETERS.own}
            open_release(connection, first.quarter, first.fingerprint, kept, periods.now())
            emit = first.quarter
    for item in due:
        if item.quarter == emit and item.missing:
            record_once("missing", item.quarter.key, _alert(item), {s: list(c) for s, c in item.missing.items()})
    return Planned(tuple(item.quarter.key for item in due), emit.key if emit else None, waiting)


def _alert(due: Due) -> str:
    names = {division.region_code: division.name for division in regions.divisions(due.quarter.last_day, "county")}
    lines = []
    for system, counties in sorted(due.missing.items()):
        every = len(counties) == len(names)
        which = "全部县区" if every else "、".join(names.get(code, code) for code in counties)
        lines.append(f"{SOURCES[system].zh}缺报:{which}")
    return f"{due.quarter} 到期仍缺报,相应单元格显示“无数据”;补报后自动重新发布。" + ";".join(lines)
