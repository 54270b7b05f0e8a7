"""The DAG that reads live databases exists where some are configured, and is then fit for operation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
CONFIGURED = {"civil_affairs": {"dsn": "postgresql://a:geheim@b/c", "views": {"family": "v"}, "sender": "省民政厅"}}
_SCRIPT = """
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags/pull.py", bundle_path=None, bundle_name="dags")
assert bag.import_errors == {}, bag.import_errors
found = {
    dag_id: {
        "starts": [asset.name for asset in [dag.timetable.asset_condition]],
        "runs": dag.max_active_runs,
        "doc": dag.doc_md,
        "tasks": [[task.task_id, task.owner, task.retries, task.pool_slots, len(task.outlets)] for task in dag.tasks],
    }
    for dag_id, dag in bag.dags.items()
}
print(json.dumps(found))
"""


@pytest.mark.parametrize("configured", [{}, CONFIGURED])
def test_it_exists_where_a_database_is_configured(configured: dict[str, object], tmp_path: Path) -> None:
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(CHECKOUT),
        "BIDUI_HOME": str(tmp_path / "home"),
        "BIDUI_DATABASES": json.dumps(configured),
    }
    run = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert "geheim" not in run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    if not configured:
        assert found == {}
        return
    (dag,) = found.values()
    assert (dag["starts"], dag["runs"]) == (["calendar"], 1)
    for words in ("**何时运行**", "**做什么**", "**失败时**", "**Starts**", "**Does**", "**When it fails**"):
        assert words in " ".join(dag["doc"].split())
    assert dag["tasks"] == [["pull", "bidui", 3, 1, 0]]
