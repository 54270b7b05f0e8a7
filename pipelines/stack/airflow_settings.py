"""The environment the local Airflow runs in: every setting that differs from Airflow's defaults, and why."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.stack.credentials import keep_secret, secrets_folder, write_secret
from pipelines.stack.postgres import PostgresServer
from pipelines.stack.processes import LOOPBACK

if TYPE_CHECKING:
    from pipelines.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
USERS = {"admin": "admin", "viewer": "viewer"}
_NO_PROXY = f"{LOOPBACK},localhost"


def airflow_home(settings: Settings) -> Path:
    """Folder of Airflow's own files."""
    return settings.home / "airflow"


def base_url(settings: Settings) -> str:
    """Address of Airflow's pages and REST API."""
    return f"http://{LOOPBACK}:{settings.airflow_port}"


def user_passwords(settings: Settings) -> dict[str, str]:
    """Password per local user; made at random once, kept in home/secrets/airflow-users.json."""
    path = secrets_folder(settings.home) / "airflow-users.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = USERS.keys() - kept.keys()
    if missing:
        kept |= {user: secrets.token_urlsafe(12) for user in missing}
        write_secret(path, json.dumps(kept))
    return kept


def airflow_environment(settings: Settings) -> dict[str, str]:
    """Variables that make any ``airflow`` command act on the local Airflow of ``settings.home``.

    Makes the secrets it names where they do not exist yet. Merge it over os.environ.
    """
    user_passwords(settings)
    home, server = settings.home, PostgresServer(settings.home, settings.postgres_port)
    metadata = server.address("airflow", "airflow", keep_secret(home, "airflow.password"))
    options: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": CHECKOUT / "dags",
            "plugins_folder": CHECKOUT / "dags" / "plugins",
            "load_examples": False,
            "executor": "LocalExecutor",
            # The default forks 32 workers.
            "parallelism": 4,
            # A step that computes takes two slots, a light one takes one (dags/defaults.py).
            "default_pool_task_slot_count": 5,
            "dags_are_paused_at_creation": False,
            "fernet_key": _fernet_key(home),
            "simple_auth_manager_users": ",".join(f"{user}:{role}" for user, role in USERS.items()),
            "simple_auth_manager_passwords_file": secrets_folder(home) / "airflow-users.json",
            "execution_api_server_url": f"{base_url(settings)}/execution/",
            # getfqdn, the default, waits for the name service on machines that have none.
            "hostname_callable": "socket.gethostname",
            "killed_task_cleanup_time": 10,
            "min_serialized_dag_update_interval": 5,
        },
        "database": {
            "sql_alchemy_conn": metadata,
            "sql_alchemy_conn_async": metadata.replace("+psycopg2", "+asyncpg"),
            # LocalAirflow.start sees to it, and the API server may then load while the migration still runs.
            "check_migrations": False,
        },
        "api": {
            "host": LOOPBACK,
            "port": settings.airflow_port,
            "base_url": base_url(settings),
            "workers": 1,
            "secret_key": keep_secret(home, "airflow-api-secret-key", 64),
        },
        "api_auth": {"jwt_secret": keep_secret(home, "airflow-jwt-secret", 64)},
        "scheduler": {
            # A killed worker's task is taken up again within the sum of the next two, a killed scheduler's within
            # the two after them; the defaults are 300 s and 10 s, 30 s and 300 s.
            "task_instance_heartbeat_timeout": 25,
            "task_instance_heartbeat_timeout_detection_interval": 5,
            "scheduler_health_check_threshold": 20,
            "orphaned_tasks_check_interval": 10,
            "task_queued_timeout": 120,
            "task_queued_timeout_check_interval": 15,
            "trigger_timeout_check_interval": 10,
            # Each hop of the event chain waits for the next look, and there are dozens of hops.
            "scheduler_idle_sleep_time": 0.3,
        },
        # A task waits out a restart of the API server: five tries, the default, end after some ten seconds.
        "workers": {"min_heartbeat_interval": 3, "execution_api_timeout": 20, "execution_api_retries": 8},
        "triggerer": {"triggerer_health_check_threshold": 20},
        "dag_processor": {
            "refresh_interval": 5,
            "bundle_refresh_check_interval": 1,
            # A changed file is read at once all the same; an unchanged one need not cost a core every 30 s.
            "min_file_process_interval": 600,
        },
        "logging": {
            "base_log_folder": settings.logs / "airflow",
            "dag_processor_child_process_log_directory": settings.logs / "airflow" / "dag_processor",
            "uvicorn_logging_level": "WARNING",
            "colored_console_log": False,
            "namespace_levels": "py.warnings=ERROR,http.access=WARNING",
        },
    }
    variables = {
        f"AIRFLOW__{section.upper()}__{option.upper()}": str(value)
        for section, chosen in options.items()
        for option, value in chosen.items()
    }
    return variables | {
        "AIRFLOW_HOME": str(airflow_home(settings)),
        "BIDUI_HOME": str(home),
        "BIDUI_POSTGRES_PORT": str(settings.postgres_port),
        "BIDUI_AIRFLOW_PORT": str(settings.airflow_port),
        "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(CHECKOUT),
        "NO_PROXY": _NO_PROXY,
        "no_proxy": _NO_PROXY,
        # Neither Great Expectations nor anything else reports usage from a machine with personal data.
        "GX_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def _fernet_key(home: Path) -> str:
    path = secrets_folder(home) / "airflow-fernet-key"
    if not path.exists():
        write_secret(path, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"))
    return path.read_text(encoding="ascii").strip()
