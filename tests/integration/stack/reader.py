"""Somebody who reads the warehouse all the time and remembers every state that was ever shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psycopg2

from pipelines.measures.catalogue import MEASURES

# One statement, as a reader's own would be: every quarter with its release, measures and rows.
_LOOK = """
    SELECT quarter, release, measure_code, count(*), count(*) FILTER (WHERE region_level = 'county' AND cut = 'total')
    FROM mart.mart_coverage GROUP BY quarter, release, measure_code ORDER BY 1, 2, 3
"""
# What changes whenever another release is shown: the pointers, and which partitions there are. A look counts every row of
# every release, which looked at ten times a second would keep a core busy as long as the flow runs.
_SIGNS = """
    SELECT (SELECT array_agg(shown::text ORDER BY quarter) FROM ops.current_release AS shown),
           (SELECT array_agg(inhrelid::bigint ORDER BY inhrelid) FROM pg_inherits)
"""
_REST = 2.0  # seconds after which it is looked at all the same
State = tuple[tuple[str, int, str, int, int], ...]


@dataclass
class Reader:
    """A thread that looks at mart.mart_coverage again and again, at once when there are signs of a change; every new state
    is kept, in order."""

    connect: Callable[[], psycopg2.extensions.connection]
    states: list[State] = field(default_factory=list)
    looks: int = 0
    longest_seconds: float = 0.0
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(10)

    def _read(self) -> None:
        connection, known, looked = self.connect(), None, 0.0
        try:
            with connection.cursor() as cursor:
                while not self._stop.wait(0.1):
                    began = time.monotonic()
                    try:
                        cursor.execute(_SIGNS)
                        signs = cursor.fetchone()
                        if signs == known and began < looked + _REST:
                            continue
                        cursor.execute(_LOOK)
                        state: State = tuple(cursor.fetchall())
                    except psycopg2.Error as error:
                        # Before the first publication there is no table to read; afterwards there is no excuse.
                        if error.pgcode != "42P01" or self.states:
                            self.trouble.append(str(error))
                        continue
                    known, looked = signs, began
                    self.looks += 1
                    self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
                    if not self.states or self.states[-1] != state:
                        self.states.append(state)
        finally:
            connection.close()

    def check(self, releases: dict[int, tuple[str, int | None, int]]) -> None:
        """Every state seen was whole. `releases`: number to quarter, the release before that it reads, rows recorded."""
        assert self._thread.is_alive()
        assert self.trouble == []
        seen: set[str] = set()
        for state in self.states:
            shown: dict[str, set[int]] = {}
            rows: dict[int, int] = {}
            measures: dict[int, set[str]] = {}
            for quarter, release, measure, count, counties in state:
                shown.setdefault(quarter, set()).add(release)
                rows[release] = rows.get(release, 0) + count
                measures.setdefault(release, set()).add(measure)
                assert counties == 100, (quarter, release, measure, counties)
            assert seen <= set(shown), f"{seen - set(shown)} went missing"
            seen |= set(shown)
            for quarter, numbers in shown.items():
                assert len(numbers) == 1, f"two releases of {quarter} at once: {numbers}"
                (number,) = numbers
                assert len(measures[number]) == len(MEASURES), (number, measures[number])
                of, reads, recorded = releases[number]
                assert (of, recorded) == (quarter, rows[number]), f"release {number} was partly there"
                if reads is not None:
                    assert {reads} in shown.values(), f"{quarter} was shown beside a release it did not read"
