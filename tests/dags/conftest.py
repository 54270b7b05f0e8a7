"""The DAGs as Airflow itself reads them, without a database or a running Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def dags(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """Every DAG by its id; fails on an import error."""
    with pytest.MonkeyPatch.context() as patch:
        # Airflow writes its configuration where it is first imported; never into the home of whoever tests.
        patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        patch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(CHECKOUT / "dags"))
        patch.syspath_prepend(str(CHECKOUT))
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(CHECKOUT / "dags", bundle_path=CHECKOUT / "dags", bundle_name="dags")
        assert bag.import_errors == {}
        yield dict(bag.dags)
