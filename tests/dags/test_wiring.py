"""What every DAG owes its operators, and which asset starts what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SYSTEMS = (
    "army",
    "civil_affairs",
    "deaths",
    "disabled_federation",
    "employment_platform",
    "exam",
    "guaranteed_loan",
    "hukou_move",
    "medical_insurance",
    "national_student_roll",
    "poverty_register",
    "prison",
    "programme",
    "social_insurance",
    "technical_registration",
    "technical_school",
    "verification_feedback",
    "yulu",
)

# DAG: (assets any of which starts it, assets it announces)
GRAPH = {
    "receive": ({"landing"}, {f"received_{system}" for system in SYSTEMS}),
    **{f"ingest_{system}": ({f"received_{system}"}, {f"staged_{system}", "held"}) for system in SYSTEMS},
    "gate": ({"held"}, {f"staged_{system}" for system in SYSTEMS}),
    "calendar": (set(), {"calendar"}),
    "plan": ({*(f"staged_{system}" for system in SYSTEMS), "compared", "calendar"}, {"quarter_due"}),
    "link": ({"quarter_due"}, {"linked"}),
    "measure": ({"linked"}, {"measured"}),
    "compare": ({"measured"}, {"compared"}),
    "publish": ({"compared", "calendar"}, {"released"}),
    "retention": (set(), set()),
}


def _starts(dag: Any) -> set[str]:
    """Names of the assets any one of which starts a DAG; fails where it waits for several at once."""
    from airflow.sdk import AssetAny

    condition = getattr(dag.timetable, "asset_condition", None)
    if condition is None:
        return set()
    parts = list(getattr(condition, "objects", [condition]))
    # With `A & B` a correction of A alone would open a partition that never completes.
    assert len(parts) == 1 or isinstance(condition, AssetAny), dag.dag_id
    return {part.name for part in parts}


def test_the_asset_graph_is_the_designed_one(dags: dict) -> None:
    found = {
        dag_id: (_starts(dag), {asset.name for task in dag.tasks for asset in task.outlets})
        for dag_id, dag in dags.items()
    }
    assert found == GRAPH


@pytest.mark.parametrize("dag_id", sorted(GRAPH))
def test_every_dag_is_fit_for_operation(dags: dict, dag_id: str) -> None:
    from dags.defaults import record_incident

    dag = dags[dag_id]
    # Every run of `gate` waits for a person.
    assert dag.max_active_runs == (1000 if dag_id == "gate" else 1)
    assert dag.catchup is False
    assert {"bidui", "比对"} <= set(dag.tags)
    for words in ("**何时运行**", "**做什么**", "**失败时**", "**Starts**", "**Does**", "**When it fails**"):
        assert words in " ".join(dag.doc_md.split()), f"the manual lacks {words}"
    assert any("\u4e00" <= character <= "\u9fff" for character in dag.dag_display_name)
    assert 1 <= len(dag.tasks) <= 2
    for task in dag.tasks:
        assert task.owner == "bidui"
        assert task.on_failure_callback in (record_incident, [record_incident])
        assert task.retries >= 2
        assert task.retry_delay.total_seconds() <= 30
        assert (task.execution_timeout is None) == (task.task_id == "ask")
        assert any("\u4e00" <= character <= "\u9fff" for character in task.task_display_name)
        # A pool of our own would have to be created first; until then Airflow lets its tasks wait for ever.
        assert task.pool == "default_pool"


def test_heavy_tasks_take_two_slots_and_light_ones_go_first(dags: dict) -> None:
    slots = {dag_id: dag.tasks[0].pool_slots for dag_id, dag in dags.items()}
    light = {"receive", "plan", "calendar", "gate", "retention"}
    assert {dag_id for dag_id, taken in slots.items() if taken == 1} == light
    weights = {dag_id: dag.tasks[0].priority_weight for dag_id, dag in dags.items()}
    ingests = {weight for dag_id, weight in weights.items() if dag_id.startswith("ingest_")}
    assert max(ingests) < weights["link"] == weights["publish"] < min(weights[dag_id] for dag_id in light)


def test_reading_the_dags_imports_nothing_heavy() -> None:
    """Airflow reads these files again and again and before every task."""
    script = """
import importlib, json, pathlib, sys
for file in sorted(pathlib.Path("dags").glob("*.py")):
    importlib.import_module("dags" if file.stem == "__init__" else f"dags.{file.stem}")
print(json.dumps(sorted(sys.modules)))
"""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in json.loads(run.stdout.splitlines()[-1])}
    assert not loaded & {"pandas", "pyspark", "duckdb", "great_expectations", "pyarrow", "numpy"}
