"""What all DAGs share: owner, tags, retries, pools and what happens when a task has failed for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

OWNER = "bidui"
TAGS = ["bidui", "比对"]
# Any moment before the first run: nothing here catches up on the past.
START = pendulum.datetime(2015, 1, 1, tz="Asia/Shanghai")

# A task with an engine in it takes two slots of the default pool, so that of 5 slots two such tasks and a light one run.
# No pool of our own: Airflow leaves the tasks of a pool that nobody created waiting for ever, and says so only in a log.
ENGINE_SLOTS = 2
# Seconds of work that everything else waits for come first, then a quarter on its way, then what is still to be read.
PRIORITY_LIGHT = 100
PRIORITY_QUARTER = 10

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception="pipelines.errors.ContractBreach",
            action=RetryAction.FAIL,
            reason="数据违反约定，重试无用，请看日志 / a contract is broken: trying again cannot help",
        ),
        RetryRule(
            exception=[AssertionError, AttributeError, ImportError, LookupError, NameError, SyntaxError, TypeError],
            action=RetryAction.FAIL,
            reason="程序错误，重试无用 / a fault of the program: trying again cannot help",
        ),
    ],
    # Whatever else stops a step is taken for trouble with disk, network or database. Those exceptions are not named
    # here because Airflow imports every class a rule names while it parses, DuckDB with them.
    default=RetryAction.DEFAULT,
)


def incident_message(exception: object) -> str:
    """What may be written down about a failure: never a value out of somebody's row.

    Our own errors and the operating system's carry no data; any other text may quote a cell, so only its kind is kept.
    """
    from pipelines.errors import ContractBreach, NotReady

    if isinstance(exception, ContractBreach | NotReady | OSError):
        return f"{type(exception).__name__}: {exception}"
    if isinstance(exception, BaseException):
        return f"{type(exception).__name__}（详见任务日志 / see the task log）"
    return "任务进程失联或被终止 / the task's process was lost or killed"


def record_incident(context: Mapping[str, Any]) -> None:
    """Writes the failure of a task that will not be tried again to ops_incident and calls the webhook."""
    from pipelines.incidents import record

    task_instance = context["ti"]
    record(
        task_instance.dag_id,
        task_instance.task_id,
        task_instance.run_id,
        getattr(context.get("dag_run"), "partition_key", None),
        incident_message(context.get("exception")),
    )


DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_policy": RETRY_POLICY,
    "execution_timeout": timedelta(hours=6),
    "on_failure_callback": record_incident,
}
