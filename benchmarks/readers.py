"""Readers who look at every published table again and again, at every isolation level, while releases are published."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from benchmarks.small_releases import Shown, read

if TYPE_CHECKING:
    import psycopg2.extensions

LIMIT_SECONDS = 0.2
LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
_SNAPSHOTS = ("REPEATABLE READ", "SERIALIZABLE")
# A long transaction sees that many publications, then ends; with it end the generations it has kept.
_LONG = 10
_PAUSE_SECONDS = 0.03


@dataclass
class Reader:
    """One who looks twice in a transaction, or, where it is long, again and again in one; and what came of it."""

    level: str
    is_long: bool
    looks: int = 0
    longest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The level, and whether its transactions are long."""
        return f"{self.level.lower()}{', long' if self.is_long else ''}"


class Readers:
    """A reader of each level and one whose transactions are long, each in a thread. A context manager: they read inside it.

    `shown` is what is published when they begin. A look that meets anything but a whole publication is wrong, or
    one older than what the reader saw before, or in a snapshot another than before; so is one that waits for a lock
    for longer than the limit.
    """

    def __init__(self, connect: Callable[[], psycopg2.extensions.connection], shown: Shown) -> None:
        self._connect = connect
        self._allowed = [shown]
        self._stop = threading.Event()
        self.readers = [Reader(level, False) for level in LEVELS] + [Reader("REPEATABLE READ", True)]
        self._threads = [threading.Thread(target=self._look_on, args=(reader,)) for reader in self.readers]

    @contextmanager
    def publication(self, shown: Shown) -> Iterator[None]:
        """Inside it `shown` is published; every reader must have looked meanwhile, or nothing would be proved."""
        self._allowed.append(shown)
        before = [reader.looks for reader in self.readers]
        yield
        looks = {reader.name: reader.looks - had for reader, had in zip(self.readers, before, strict=True)}
        assert self.wrong or min(looks.values()) > 2, f"not everybody looked: {looks}"

    @property
    def wrong(self) -> list[str]:
        """What no reader may see, each told once."""
        return [f"{reader.name}: {what}" for reader in self.readers for what in reader.wrong]

    def _look_on(self, reader: Reader) -> None:
        connection = self._connect()
        try:
            connection.set_session(isolation_level=reader.level)
            oldest = 0
            while not (self._stop.is_set() or reader.wrong):
                oldest = self._transaction(connection, reader, oldest)
                time.sleep(_PAUSE_SECONDS)
        except Exception as error:  # a thread's own is lost
            reader.wrong.append(repr(error))
        finally:
            connection.close()

    def _transaction(self, connection: psycopg2.extensions.connection, reader: Reader, oldest: int) -> int:
        """The publication seen last. What is about to be published is in the list before it is, and nobody goes back."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LIMIT_SECONDS * 1000:.0f}ms'")
        first, ends = self._look(connection, reader, oldest), len(self._allowed) + _LONG
        seen = first
        while not (self._stop.is_set() or reader.wrong):
            time.sleep(_PAUSE_SECONDS)
            seen = self._look(connection, reader, seen)
            if reader.level in _SNAPSHOTS and seen != first:
                reader.wrong.append(f"publication {seen} after {first} in one transaction")
            if not reader.is_long or len(self._allowed) >= ends:
                break
        connection.rollback()
        return seen

    def _look(self, connection: psycopg2.extensions.connection, reader: Reader, oldest: int) -> int:
        began = time.monotonic()
        seen = read(connection)
        reader.longest = max(reader.longest, time.monotonic() - began)
        reader.looks += 1
        if seen not in self._allowed[oldest:]:
            reader.wrong.append(f"saw {seen}")
            return oldest
        return self._allowed.index(seen, oldest)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        deadline = time.monotonic() + 30
        while any(reader.looks < 2 for reader in self.readers) and not self.wrong and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
