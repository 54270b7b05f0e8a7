"""The delivery calendar: what is due, here, late or stuck, by system, quarter and county; timeliness and completeness.

Kept in ops.calendar for whoever asks the warehouse; made anew from the ledger and the clock, so it can always be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, delete, insert, select, text, tuple_

from pipelines import periods
from pipelines.deliveries.ledger import STAGED_STATUS, Delivery, Ledger, warehouse_engine
from pipelines.periods import Quarter
from pipelines.planning import Arrived, Calendar, arrived, calendar, in_force
from pipelines.sources.base import Source
from pipelines.warehouse import schema

DUE, LATE, MISSING, HERE = "due", "late", "missing", "here"
RECEIVED, HELD, STOPPED, REFUSED = "received", "held", "stopped", "refused"
STATES = (HERE, DUE, LATE, MISSING, RECEIVED, HELD, STOPPED, REFUSED)
_SILENT_QUARTERS = 4
_LOCK = 7_260_002  # advisory lock: two writers at once would write the same rows
# PostgreSQL reads a list of keys as nested conditions: of ten thousand its stack overflows.
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Line:
    """What a county owes of one system for one quarter, and what became of it.

    due_day      last day on which it is on time; None where the quarter asks for nothing
    state        here: every table that must come counts; received: not staged yet; held, stopped, refused: what came last
                 does not count; else by the clock: due until the day, late until the quarter no longer waits, missing after
    delivery_id  the delivery the state speaks of, and when it was received
    is_on_time   None while its day has not passed and nothing is here
    """

    system: str
    quarter: str
    county_code: str
    due_day: date | None
    state: str
    delivery_id: str | None
    received_at: datetime | None
    is_on_time: bool | None


@dataclass(frozen=True)
class Timeliness:
    """M46 for one system and quarter: counties on time ÷ counties expected; rows that count ÷ rows in the manifests.

    A rate is None where nothing was expected, the day has not come, or nothing was accepted.
    """

    system: str
    quarter: str
    n_expected: int
    n_here: int
    n_on_time: int
    timeliness_rate: Decimal | None
    n_rows_declared: int
    n_rows_received: int
    n_rows_clean: int
    completeness_rate: Decimal | None


def lines(
    arrived: Iterable[Arrived],
    deliveries: Iterable[Delivery],
    states: Mapping[tuple[str, str], str],
    calendar: Calendar,
    now: datetime,
) -> tuple[Line, ...]:
    """Every line from the first quarter with a delivery to the present one, ordered by system, quarter and county.

    Where nobody has sent anything for longer than a year the calendar stops there. `deliveries` are those received,
    refused ones included; `states` is what became of each. Pure.
    """
    came: dict[str, list[Arrived]] = defaultdict(list)
    for one in arrived:
        came[one.system].append(one)
    sent: dict[tuple[str, Quarter], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.quarter is not None:
            sent[delivery.system, delivery.quarter].append(delivery)
    if not sent:
        return ()
    quarters = {quarter for _, quarter in sent}
    last = max(quarters)
    span = min(quarters).until(max(last, min(Quarter.of(_day(now)), last.shift(_SILENT_QUARTERS))))
    found: list[Line] = []
    for quarter in span:
        counties = calendar.counties(quarter)
        is_open = now < calendar.closes(quarter)
        for source in calendar.sources.values():
            own = sent[source.name, quarter]
            found += _of_quarter(source, quarter, counties, came[source.name], own, states, is_open, now)
    return tuple(sorted(found, key=lambda line: (line.system, line.quarter, line.county_code)))


def _of_quarter(
    source: Source,
    quarter: Quarter,
    counties: frozenset[str],
    came: Sequence[Arrived],
    sent: Sequence[Delivery],
    states: Mapping[tuple[str, str], str],
    is_open: bool,
    now: datetime,
) -> Iterable[Line]:
    due_day = quarter.last_day + timedelta(days=source.due_days) if quarter.number in source.due_in else None
    today = _day(now)
    here = _here(came, source, quarter, counties)
    by_day = [one for one in came if due_day is not None and _day(one.received_at) <= due_day]
    on_time = _here(by_day, source, quarter, counties).keys()
    last: dict[str, Delivery] = {}
    for delivery in sorted(sent, key=lambda one: (one.sequence, one.delivery_id)):
        last |= dict.fromkeys(delivery.counties, delivery)
    for county in counties:
        if due_day is None and county not in last:
            continue
        passed = due_day is not None and today > due_day
        is_on_time = county in on_time if passed or county in here else None
        if county in here:
            one = here[county]
            yield _line(source, quarter, county, due_day, HERE, one, is_on_time if due_day is not None else None)
        elif county in last and (state := states[source.name, last[county].delivery_id]) != STAGED_STATUS:
            yield _line(source, quarter, county, due_day, state, last[county], is_on_time)
        else:
            state = DUE if not passed else LATE if is_open else MISSING
            yield _line(source, quarter, county, due_day, state, None, is_on_time)


def _here(came: Sequence[Arrived], source: Source, quarter: Quarter, counties: frozenset[str]) -> dict[str, Arrived]:
    """Counties whose every core table counts with rows of this very quarter, and the last of the deliveries they stand in."""
    found: dict[str, Arrived] = {}
    whole = set(counties)
    for table in source.core_tables:
        covered: set[str] = set()
        for part in in_force(came, source, table.name, quarter, counties):
            if part.delivery.quarter == quarter:
                covered |= part.counties
                for county in part.counties:
                    known = found.setdefault(county, part.delivery)
                    found[county] = max(known, part.delivery, key=lambda one: (one.sequence, one.delivery_id))
        whole &= covered
    return {county: delivery for county, delivery in found.items() if county in whole}


def _line(
    source: Source,
    quarter: Quarter,
    county: str,
    due_day: date | None,
    state: str,
    delivery: Arrived | Delivery | None,
    is_on_time: bool | None,
) -> Line:
    return Line(
        source.name,
        quarter.key,
        county,
        due_day,
        state,
        delivery.delivery_id if delivery else None,
        delivery.received_at if delivery else None,
        is_on_time,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(periods.ZONE).date()


def current() -> tuple[Line, ...]:
    """The calendar of this installation, now."""
    ledger = Ledger()
    return lines(arrived(ledger), ledger.deliveries(), ledger.states(), calendar(), periods.now())


def refresh() -> tuple[Line, ...]:
    """Bring ops.calendar up to date; the calendar. Only lines that changed are written, all in one transaction."""
    with warehouse_engine().begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        found = current()
        _write(connection, found)
    return found


def _write(connection: Connection, found: Sequence[Line]) -> None:
    table = schema.calendar
    columns = [table.c[one.name] for one in fields(Line)]
    key = tuple_(table.c.system, table.c.quarter, table.c.county_code)
    written = {Line(*row) for row in connection.execute(select(*columns))}
    wanted = set(found)
    gone = [astuple(line)[:3] for line in written - wanted]
    for first in range(0, len(gone), _AT_ONCE):
        connection.execute(delete(table).where(key.in_(gone[first : first + _AT_ONCE])))
    if new := [{one.name: getattr(line, one.name) for one in fields(Line)} for line in found if line not in written]:
        connection.execute(insert(table), new)


def timeliness() -> tuple[Timeliness, ...]:
    """M46 of every system and quarter, as ops.calendar was last brought up to date; ordered by quarter and system."""
    view = schema.delivery_timeliness
    query = select(*[view.c[one.name] for one in fields(Timeliness)]).order_by(view.c.quarter, view.c.system)
    with warehouse_engine().connect() as connection:
        return tuple(Timeliness(*row) for row in connection.execute(query))
