"""Wakes the DAG `receive` while deliveries wait in landing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

# What an event says whose cause is not a folder in landing but a notice that never arrived.
OVERLOOKED = "overlooked"


class LandingTrigger(BaseEventTrigger):
    """Emits a wake-up as soon as landing has work, and again every `repeat_seconds` for as long as it has.

    Level, not edge: it claims nothing, moves nothing and remembers nothing, so an event that is lost with a killed
    process is simply sent again. Silent while nothing waits.

    `poll_seconds`: between two looks at landing. `repeat_seconds`: between two wake-ups for the same work.
    `overlooked_seconds`: between two looks for deliveries that were received long ago and never staged; rare, because
    one that cannot be staged is tried again each time.
    """

    def __init__(self, poll_seconds: float, repeat_seconds: float, overlooked_seconds: float) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds
        self.repeat_seconds = repeat_seconds
        self.overlooked_seconds = overlooked_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return (
            "dags.triggers.LandingTrigger",
            {
                "poll_seconds": self.poll_seconds,
                "repeat_seconds": self.repeat_seconds,
                "overlooked_seconds": self.overlooked_seconds,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        from pipelines.deliveries.receive import overlooked, waiting

        quiet_until, look_again = 0.0, time.monotonic() + self.overlooked_seconds
        while True:
            if not await self._is_true(waiting):
                quiet_until = 0.0
            elif time.monotonic() >= quiet_until:
                quiet_until = time.monotonic() + self.repeat_seconds
                yield TriggerEvent({"landing": "waiting"})
            if time.monotonic() >= look_again:
                look_again = time.monotonic() + self.overlooked_seconds
                if await self._is_true(overlooked):
                    yield TriggerEvent({"landing": OVERLOOKED})
            await asyncio.sleep(self.poll_seconds)

    async def _is_true(self, question: Callable[[], object]) -> bool:
        try:
            # A listing may hang on a network share: never in the loop all triggers share.
            return bool(await asyncio.to_thread(question))
        except Exception:
            # A trigger that raises is gone for good; an unreadable landing folder comes back.
            self.log.exception("cannot look at landing or the ledger; looking again in %s s", self.poll_seconds)
            return False
