"""The environment of the local Airflow, read back by Airflow's own configuration parser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from pipelines.settings import Settings
from pipelines.stack.airflow_settings import CHECKOUT, airflow_environment

READ_BACK = """
import json, sys
from airflow.configuration import conf
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
wanted = json.loads(sys.argv[1])
answer = {f"{section}.{option}": conf.get(section, option) for section, option in wanted}
known = {(s, o) for s in conf.configuration_description for o in conf.configuration_description[s]["options"]}
answer["unknown"] = [f"{s}.{o}" for s, o in wanted if (s, o) not in known]
answer["users"] = [user.username for user in SimpleAuthManager.get_users()]
answer["passwords"] = SimpleAuthManager.get_passwords()
print("ANSWER" + json.dumps(answer))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", postgres_port=5599, airflow_port=8599)


def test_it_is_the_same_every_time_and_its_secrets_are_full_length(settings: Settings) -> None:
    environment = airflow_environment(settings)
    assert airflow_environment(settings) == environment
    Fernet(environment["AIRFLOW__CORE__FERNET_KEY"])
    assert len(environment["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    assert len(environment["AIRFLOW__API__SECRET_KEY"]) >= 64
    assert environment["AIRFLOW__CORE__DAGS_FOLDER"] == str(CHECKOUT / "dags")
    assert (CHECKOUT / "pipelines" / "stack").is_dir()


def test_airflow_itself_understands_every_option(settings: Settings) -> None:
    environment = airflow_environment(settings)
    wanted = [name.lower().split("__")[1:] for name in environment if name.startswith("AIRFLOW__")]
    read = subprocess.run(
        [sys.executable, "-c", READ_BACK, json.dumps(wanted)],
        env=os.environ | environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    answer = json.loads(read.stdout.split("ANSWER", 1)[1])
    assert answer["unknown"] == []
    for section, option in wanted:
        assert answer[f"{section}.{option}"] == environment[f"AIRFLOW__{section}__{option}".upper()]
    # A killed worker or scheduler is noticed within thirty seconds.
    seconds = {option: float(answer[f"scheduler.{option}"]) for section, option in wanted if section == "scheduler"}
    noticed = "task_instance_heartbeat_timeout", "task_instance_heartbeat_timeout_detection_interval"
    assert sum(seconds[option] for option in noticed) <= 30
    assert seconds["scheduler_health_check_threshold"] + seconds["orphaned_tasks_check_interval"] <= 30
    assert answer["core.load_examples"] == "False"
    assert answer["database.sql_alchemy_conn_async"].startswith("postgresql+asyncpg://airflow:")
    assert sorted(answer["users"]) == sorted(answer["passwords"]) == ["admin", "viewer"]
    assert len(set(answer["passwords"].values())) == 2
