"""The reader of the flow's test notices what it is there to notice."""

from __future__ import annotations

import threading

import psycopg2
import pytest

from pipelines.measures import catalogue
from tests.integration.stack.reader import Reader, State

MEASURES = tuple(measure.code for measure in catalogue.MEASURES)
ROWS = 8 * len(MEASURES)
# Release 1 and 2 of two quarters, then 3 and 4 of the same: number to quarter, the release it reads, rows.
RELEASES = {1: ("2018Q3", None, ROWS), 2: ("2018Q4", 1, ROWS), 3: ("2018Q3", None, ROWS), 4: ("2018Q4", 3, ROWS)}


def state(*releases: int, rows: int = 8, counties: int = 100, measures: tuple[str, ...] = MEASURES) -> State:
    return tuple((RELEASES[one][0], one, measure, rows, counties) for one in releases for measure in measures)


def check(*states: State) -> None:
    reader = Reader(lambda: psycopg2.connect(""), list(states))
    reader._thread = threading.current_thread()
    reader.check(RELEASES)


def test_whole_quarters_that_change_together_are_fine() -> None:
    check((), state(1), state(1, 2), state(3, 4))


@pytest.mark.parametrize(
    "states",
    [
        pytest.param([state(1, 2), state(2)], id="a quarter missing"),
        pytest.param([state(1, 2), ()], id="all missing"),
        pytest.param([state(1, 2), state(3, 2)], id="half of a flip"),
        pytest.param([state(1, 3)], id="two releases of a quarter at once"),
        pytest.param([state(1, rows=7)], id="rows missing"),
        pytest.param([state(1, counties=99)], id="a county missing"),
        pytest.param([state(1, rows=9, measures=MEASURES[1:])], id="a measure missing"),
    ],
)
def test_anything_else_is_noticed(states: list[State]) -> None:
    with pytest.raises(AssertionError):
        check(*states)
