"""What is here, by quarter: deliveries with their rows, the calendar, releases with their state, what needs a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from pipelines.calendar import MISSING, STATES, Line, refresh, timeliness
from pipelines.deliveries.gates import Held, held
from pipelines.deliveries.ledger import Ledger, warehouse_engine
from pipelines.releases import SUPERSEDED, all_releases
from pipelines.warehouse import schema


@dataclass(frozen=True)
class Deliveries:
    """One system in one quarter; rows_in = rows_clean + rows_quarantined."""

    quarter: str
    system: str
    deliveries: int
    refused: int
    rows_in: int
    rows_clean: int
    rows_quarantined: int


@dataclass(frozen=True)
class ReleaseLine:
    """The newest release of a quarter."""

    quarter: str
    release: int
    state: str


@dataclass(frozen=True)
class CalendarLine:
    """One system in one quarter: how many counties stand in which state of the calendar, and M46."""

    quarter: str
    system: str
    due_day: date | None
    states: Mapping[str, int]
    n_expected: int
    n_on_time: int
    timeliness_rate: Decimal | None
    completeness_rate: Decimal | None


@dataclass(frozen=True)
class Overview:
    """`silent` names the quarters past their day for which nobody sent anything; `calendar` leaves them out."""

    deliveries: tuple[Deliveries, ...]
    calendar: tuple[CalendarLine, ...]
    silent: tuple[str, ...]
    held: tuple[Held, ...]
    releases: tuple[ReleaseLine, ...]
    incidents: tuple[str, ...]


def counties(system: str | None = None, quarter: str | None = None) -> tuple[Line, ...]:
    """The calendar county by county; of one system or quarter where they are named."""
    return tuple(line for line in refresh() if system in (None, line.system) and quarter in (None, line.quarter))


def _calendar() -> tuple[CalendarLine, ...]:
    states: dict[tuple[str, str], Counter[str]] = {}
    days: dict[tuple[str, str], date | None] = {}
    for line in refresh():
        states.setdefault((line.quarter, line.system), Counter())[line.state] += 1
        days[line.quarter, line.system] = line.due_day
    return tuple(
        CalendarLine(
            one.quarter,
            one.system,
            days[one.quarter, one.system],
            {state: count for state in STATES if (count := states[one.quarter, one.system][state])},
            one.n_expected,
            one.n_on_time,
            one.timeliness_rate,
            one.completeness_rate,
        )
        for one in timeliness()
    )


def overview() -> Overview:
    """The state of the whole installation; brings ops.calendar up to date."""
    ledger = Ledger()
    count: Counter[tuple[str, str, str]] = Counter()
    for delivery in ledger.deliveries():
        count[(delivery.quarter.key if delivery.quarter else "?", delivery.system, delivery.status)] += 1
    rows: dict[tuple[str, str], list[int]] = {}
    for staged in ledger.staged():
        total = rows.setdefault((staged.quarter.key, staged.system), [0, 0, 0])
        for index, value in enumerate((staged.rows_in, staged.rows_clean, staged.rows_quarantined)):
            total[index] += value
    keys = sorted({(quarter, system) for quarter, system, _ in count})
    deliveries = tuple(
        Deliveries(q, s, count[(q, s, "accepted")], count[(q, s, "refused")], *rows.get((q, s), [0, 0, 0]))
        for q, s in keys
    )
    newest = {r.quarter.key: r for r in all_releases() if r.state != SUPERSEDED}
    releases = tuple(ReleaseLine(key, r.release, r.state) for key, r in sorted(newest.items()))
    table = schema.incident
    with warehouse_engine().connect() as connection:
        query = select(table.c.message).order_by(table.c.incident.desc()).limit(20)
        incidents = tuple(row[0] for row in connection.execute(query))
    calendar = _calendar()
    heard = {line.quarter for line in calendar if line.states.keys() != {MISSING}}
    return Overview(
        deliveries,
        tuple(line for line in calendar if line.quarter in heard),
        tuple(sorted({line.quarter for line in calendar} - heard)),
        held(),
        releases,
        incidents,
    )


def show(view: Overview, out: Console) -> None:
    """Write an overview for people."""
    _table(
        out,
        "Deliveries 报送",
        ("quarter", "system", "deliveries", "refused", "rows in", "clean", "quarantined"),
        (astuple(line) for line in view.deliveries),
    )
    _table(
        out,
        "Calendar 报送日历",
        ("quarter", "system", "due", "counties", "timeliness", "completeness"),
        (
            (
                line.quarter,
                line.system,
                line.due_day or "",
                ", ".join(f"{count} {state}" for state, count in line.states.items()),
                _percent(line.timeliness_rate),
                _percent(line.completeness_rate),
            )
            for line in view.calendar
        ),
    )
    if view.silent:
        out.print(f"nobody sent anything for {', '.join(view.silent)}")
    for held_ in view.held:
        for rule in held_.rules:
            out.print(f"[yellow]held 停用待核定: {held_.system} {held_.delivery_id} {rule.rule_id} {rule.text}")
            for zh, _ in rule.cases:
                out.print(f"    {zh}", highlight=False)
    _table(out, "Releases 发布", ("quarter", "release", "state"), (astuple(line) for line in view.releases))
    for message in view.incidents:
        out.print(f"[yellow]{message}")


def show_calendar(lines: Iterable[Line], out: Console) -> None:
    """Write the calendar county by county, for people."""
    _table(
        out,
        "Calendar 报送日历",
        ("quarter", "system", "county", "due", "state", "delivery", "received", "on time"),
        (
            (
                line.quarter,
                line.system,
                line.county_code,
                line.due_day or "",
                line.state,
                line.delivery_id or "",
                f"{line.received_at:%Y-%m-%d %H:%M}" if line.received_at else "",
                {None: "", True: "yes", False: "no"}[line.is_on_time],
            )
            for line in lines
        ),
    )


def _table(out: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


def _percent(rate: Decimal | None) -> str:
    return "" if rate is None else f"{100 * rate:.1f} %"
