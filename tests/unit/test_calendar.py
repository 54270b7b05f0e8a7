"""The delivery calendar: every state of a county's line, from the ledger's words and the clock alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.calendar import DUE, HERE, LATE, MISSING, STATES, Line, lines
from pipelines.deliveries.ledger import Delivery
from pipelines.periods import ZONE, Quarter
from pipelines.planning import Arrived, Calendar
from pipelines.sources.base import Cadence, Column, Format, Owner, Source, SourceTable, Type

A, B = "360121", "360122"
Q1, Q2 = Quarter(2019, 1), Quarter(2019, 2)
CORE, MORE, EXTRA = (f"staged_insurance__{entity}" for entity in ("main", "detail", "extra"))


def source(
    name: str, entities: Iterable[str], due_days: int, due_in: tuple[int, ...], valid_quarters: int = 1
) -> Source:
    columns = (Column("number", "编号", Type.TEXT, "编号", "number"), Column("county", "县", Type.TEXT, "县", "county"))
    tables = tuple(
        SourceTable(
            name, entity, entity, "one row", columns, ("number",), "county", entity, Format.CSV_UTF8,
            optional=entity == "extra",
        )
        for entity in entities
    )  # fmt: skip
    return Source(
        name, name, name, name, (Owner(name, date(2010, 1, 1)),), Cadence.QUARTER, due_days, True, valid_quarters, "city",
        tables, due_in,
    )  # fmt: skip


SYSTEMS = {
    "insurance": source("insurance", ("main", "detail", "extra"), 5, (1, 2, 3, 4)),
    "school": source("school", ("roll",), 10, (1, 3), valid_quarters=2),
}
CALENDAR = Calendar(SYSTEMS, lambda _quarter: frozenset({A, B}))
OPEN, AFTER_DAY, CLOSED = (datetime(2019, 4, day, 12, tzinfo=ZONE) for day in (5, 6, 11))


class Book:
    """A ledger in the making."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.arrived: list[Arrived] = []
        self.states: dict[tuple[str, str], str] = {}

    def add(
        self, state: str, *, system: str = "insurance", quarter: Quarter = Q1, counties: Iterable[str] = (A,),
        sequence: int = 1, day: int = 2, tables: Iterable[str] = (CORE, MORE),
    ) -> str:  # fmt: skip
        name, at = f"d{len(self.deliveries)}", datetime(2019, 4, day, 9, tzinfo=ZONE)
        status = "refused" if state == "refused" else "accepted"
        self.deliveries.append(Delivery(system, name, status, "f", at, quarter, frozenset(counties), sequence=sequence))
        self.states[system, name] = state
        if status == "accepted":
            counts = None if state == "received" else state == "staged"
            self.arrived.append(
                Arrived(system, name, quarter, frozenset(counties), sequence, None, "f", at, counts, frozenset(tables))
            )
        return name

    def lines(self, now: datetime) -> tuple[Line, ...]:
        return lines(self.arrived, self.deliveries, self.states, CALENDAR, now)

    def line(self, now: datetime, county: str = A, quarter: Quarter = Q1, system: str = "insurance") -> Line:
        (found,) = [
            one for one in self.lines(now)
            if (one.county_code, one.quarter, one.system) == (county, quarter.key, system)
        ]  # fmt: skip
        return found


def test_no_delivery_no_calendar() -> None:
    assert Book().lines(OPEN) == ()


@pytest.mark.parametrize(
    ("now", "state", "is_on_time"), [(OPEN, DUE, None), (AFTER_DAY, LATE, False), (CLOSED, MISSING, False)]
)
def test_a_county_that_sends_nothing_is_due_then_late_then_missing(
    now: datetime, state: str, is_on_time: bool | None
) -> None:
    book = Book()
    book.add("staged", counties=[B])
    line = book.line(now)
    assert (line.due_day, line.state, line.delivery_id, line.is_on_time) == (date(2019, 4, 5), state, None, is_on_time)


@pytest.mark.parametrize("state", ["received", "held", "stopped", "refused"])
@pytest.mark.parametrize(("now", "is_on_time"), [(OPEN, None), (CLOSED, False)])
def test_what_came_and_does_not_count_says_so(state: str, now: datetime, is_on_time: bool | None) -> None:
    book = Book()
    name = book.add(state)
    line = book.line(now)
    assert (line.state, line.delivery_id, line.is_on_time) == (state, name, is_on_time)
    assert line.received_at == datetime(2019, 4, 2, 9, tzinfo=ZONE)


def test_here_on_time_and_here_too_late() -> None:
    book = Book()
    book.add("staged", counties=[A], day=5)
    book.add("staged", counties=[B], day=6)
    assert (book.line(CLOSED, A).state, book.line(CLOSED, A).is_on_time) == (HERE, True)
    assert (book.line(CLOSED, B).state, book.line(CLOSED, B).is_on_time) == (HERE, False)


def test_a_correction_after_the_day_leaves_the_county_on_time() -> None:
    book = Book()
    book.add("staged", day=3)
    name = book.add("staged", day=9, sequence=2)
    line = book.line(CLOSED)
    assert (line.state, line.delivery_id, line.is_on_time) == (HERE, name, True)


def test_a_correction_that_does_not_count_leaves_what_counts() -> None:
    book = Book()
    name = book.add("staged")
    book.add("held", sequence=2)
    assert (book.line(OPEN).state, book.line(OPEN).delivery_id) == (HERE, name)


def test_of_several_that_do_not_count_the_highest_sequence_speaks() -> None:
    book = Book()
    name = book.add("stopped", sequence=3, day=1)
    book.add("refused", sequence=2, day=4)
    assert (book.line(OPEN).state, book.line(OPEN).delivery_id) == ("stopped", name)


def test_every_table_that_must_come_is_needed() -> None:
    book = Book()
    book.add("staged", tables=[CORE])
    assert (book.line(OPEN).state, book.line(OPEN).is_on_time) == (DUE, None)
    assert book.line(AFTER_DAY).state == LATE
    second = book.add("staged", tables=[MORE], sequence=2, day=7)
    line = book.line(CLOSED)
    assert (line.state, line.delivery_id, line.is_on_time) == (HERE, second, False)


def test_a_quarter_that_asks_for_nothing_shows_only_what_came() -> None:
    book = Book()
    book.add("staged", system="school", quarter=Q1, tables=["staged_school__roll"])
    summer = datetime(2019, 7, 2, tzinfo=ZONE)
    assert [line for line in book.lines(summer) if (line.system, line.quarter) == ("school", Q2.key)] == []
    book.add("staged", system="school", quarter=Q2, tables=["staged_school__roll"])
    (line,) = [line for line in book.lines(summer) if (line.system, line.quarter) == ("school", Q2.key)]
    assert (line.county_code, line.due_day, line.state, line.is_on_time) == (A, None, HERE, None)


def test_an_old_delivery_that_is_still_valid_is_not_this_quarters() -> None:
    systems = {"insurance": source("insurance", ("main",), 5, (1, 2, 3, 4), valid_quarters=2)}
    calendar = Calendar(systems, lambda _quarter: frozenset({A}))
    book = Book()
    book.add("staged", tables=[CORE])
    found = lines(book.arrived, book.deliveries, book.states, calendar, datetime(2019, 7, 2, tzinfo=ZONE))
    assert [(line.quarter, line.state) for line in found] == [("2019Q1", HERE), ("2019Q2", DUE), ("2019Q3", DUE)]


def test_after_a_year_of_silence_the_calendar_stops() -> None:
    book = Book()
    book.add("staged")
    assert {line.quarter for line in book.lines(datetime(2019, 8, 1, tzinfo=ZONE))} == {"2019Q1", "2019Q2", "2019Q3"}
    assert max(line.quarter for line in book.lines(datetime(2026, 8, 1, tzinfo=ZONE))) == "2020Q1"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["staged", "received", "held", "stopped", "refused"]),
            st.sampled_from([Q1, Q2]),
            st.sets(st.sampled_from([A, B]), min_size=1),
            st.integers(1, 3),
            st.integers(1, 30),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 200),
    st.randoms(),
)
def test_one_line_for_every_county_and_quarter_whatever_the_order(
    given_: list[tuple[str, Quarter, set[str], int, int]], days: int, random: object
) -> None:
    book = Book()
    for state, quarter, counties, sequence, day in given_:
        book.add(state, quarter=quarter, counties=counties, sequence=sequence, day=day)
    now = datetime(2019, 4, 1, tzinfo=ZONE) + timedelta(days=days)
    found = book.lines(now)
    keys = [(line.system, line.quarter, line.county_code) for line in found]
    assert keys == sorted(set(keys))
    insured = [line for line in found if line.system == "insurance"]
    quarters = {line.quarter for line in insured}
    assert len(insured) == 2 * len(quarters)
    assert {line.state for line in found} <= set(STATES)
    for shuffled in (book.arrived, book.deliveries):
        random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert book.lines(now) == found
