"""What went wrong or is missing: a row in ops.incident and, where one is configured, a call of the webhook."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from pipelines import periods
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.settings import settings
from pipelines.warehouse import schema

log = logging.getLogger(__name__)


def record(dag_id: str, task_id: str, run_id: str, quarter: str | None, message: str) -> None:
    """A failed task: what failed, for which quarter, and what to do."""
    _write(
        {
            "kind": "failure",
            "dag_id": dag_id,
            "task_id": task_id,
            "run_id": run_id,
            "quarter": quarter,
            "message": message,
        }
    )


def record_once(kind: str, quarter: str | None, message: str, detail: Mapping[str, Any]) -> None:
    """A finding that stays the same until something changes, such as a missing delivery: told once."""
    _write({"kind": kind, "quarter": quarter, "message": message, "detail": dict(detail)})


def _write(row: dict[str, Any]) -> None:
    row["at"] = periods.now()
    statement = insert(schema.incident).values(row).on_conflict_do_nothing().returning(schema.incident.c.incident)
    with warehouse_engine().begin() as connection:
        new = connection.execute(statement).scalar_one_or_none()
    if new is not None and settings().webhook_url:
        _post(settings().webhook_url, {**row, "at": row["at"].isoformat(), "incident": new})


def _post(url: str, body: Mapping[str, Any]) -> None:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5):  # the address is the operator's own setting
            pass
    except OSError as error:  # an alert that cannot be delivered must not fail the run; the row stands
        log.warning("webhook not reached: %s", type(error).__name__)
