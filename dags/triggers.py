"""Wakes the DAG `receive` while deliveries wait in landing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent


class LandingTrigger(BaseEventTrigger):
    """Emits a wake-up as soon as landing has work, and again every `repeat_seconds` for as long as it has.

    Level, not edge: it claims nothing, moves nothing and remembers nothing, so an event that is lost with a killed
    process is simply sent again. Silent while nothing waits.

    `poll_seconds`: between two looks at landing. `repeat_seconds`: between two wake-ups for the same work.
    """

    def __init__(self, poll_seconds: float, repeat_seconds: float) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds
        self.repeat_seconds = repeat_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return (
            "dags.triggers.LandingTrigger",
            {"poll_seconds": self.poll_seconds, "repeat_seconds": self.repeat_seconds},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        from pipelines.deliveries.receive import waiting

        quiet_until = 0.0
        while True:
            try:
                # A listing may hang on a network share: never in the loop all triggers share.
                has_work = await asyncio.to_thread(waiting)
            except Exception:
                # A trigger that raises is gone for good; an unreadable landing folder comes back.
                self.log.exception("cannot list landing; looking again in %s s", self.poll_seconds)
                has_work = False
            if not has_work:
                quiet_until = 0.0
            elif time.monotonic() >= quiet_until:
                quiet_until = time.monotonic() + self.repeat_seconds
                yield TriggerEvent({"landing": "waiting"})
            await asyncio.sleep(self.poll_seconds)
