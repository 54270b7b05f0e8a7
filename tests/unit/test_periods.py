"""Quarters and the clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import periods
from pipelines.periods import Quarter

quarters = st.builds(Quarter, st.integers(1950, 2100), st.integers(1, 4))


@given(quarters)
def test_the_key_names_the_quarter(quarter: Quarter) -> None:
    assert Quarter.parse(quarter.key) == quarter
    assert str(quarter) == quarter.key == f"{quarter.year}Q{quarter.number}"


@given(quarters, st.integers(-100, 100))
def test_shift_is_undone_by_its_opposite(quarter: Quarter, n: int) -> None:
    shifted = quarter.shift(n)
    assert shifted.shift(-n) == quarter
    assert (shifted > quarter) == (n > 0)
    assert shifted.previous.next == shifted.next.previous == shifted


@given(quarters)
def test_days_of_a_quarter(quarter: Quarter) -> None:
    assert quarter.first_day.day == 1 and quarter.first_day.month == quarter.number * 3 - 2
    assert quarter.last_day + timedelta(days=1) == quarter.next.first_day
    assert 90 <= (quarter.last_day - quarter.first_day).days + 1 <= 92


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_quarter_and_no_other(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day


@given(quarters, quarters)
def test_quarters_stand_in_the_order_of_time_and_of_their_keys(a: Quarter, b: Quarter) -> None:
    assert (a < b) == (a.first_day < b.first_day) == (a.key < b.key)


@given(quarters, st.integers(-3, 20))
def test_until_names_every_quarter_once(first: Quarter, n: int) -> None:
    span = list(first.until(first.shift(n)))
    assert span == [first.shift(i) for i in range(n + 1)]


def test_leap_years() -> None:
    assert Quarter(2020, 1).last_day == date(2020, 3, 31)
    assert Quarter(2019, 4).last_day == date(2019, 12, 31)
    assert Quarter(2019, 4).next == Quarter(2020, 1)


@pytest.mark.parametrize(
    "text", ["", "2019", "2019Q0", "2019Q5", "2019q4", "19Q4", "2019Q4 ", " 2019Q4", "2019-Q4", "2019Q44"]
)
def test_what_is_no_quarter_is_refused_with_the_expected_form(text: str) -> None:
    with pytest.raises(ValueError, match="2019Q4"):
        Quarter.parse(text)


@pytest.mark.parametrize(("year", "number"), [(1899, 4), (3000, 1), (2019, 0), (2019, 5)])
def test_impossible_quarters_cannot_be_made(year: int, number: int) -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter(year, number)


def test_now_is_the_present_in_the_zone_of_the_province(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIDUI_NOW", raising=False)
    before = datetime.now(periods.ZONE)
    assert before <= periods.now() <= datetime.now(periods.ZONE)
    assert periods.now().utcoffset() == timedelta(hours=8)


@given(st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1)))
def test_now_is_simulated(moment: datetime) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIDUI_NOW", moment.isoformat())
        assert periods.now() == moment.replace(tzinfo=periods.ZONE)


def test_a_simulated_moment_keeps_its_own_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_NOW", "2019-12-31T16:00:00+00:00")
    assert periods.now() == datetime(2020, 1, 1, tzinfo=periods.ZONE)


def test_a_file_takes_a_running_system_through_a_calendar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = tmp_path / "now"
    monkeypatch.setenv("BIDUI_NOW", f"@{clock}")
    clock.write_text("2019-12-31T08:00\n")
    assert periods.now() == datetime(2019, 12, 31, 8, tzinfo=periods.ZONE)
    clock.write_text("2020-01-10\n")
    assert periods.now() == datetime(2020, 1, 10, tzinfo=periods.ZONE)


def test_a_clock_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_NOW", "tomorrow")
    with pytest.raises(ValueError, match="tomorrow"):
        periods.now()
