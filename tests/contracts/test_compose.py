"""docker-compose.yml is sound to Docker Compose itself, refuses to start without secrets, and says what the code says.

What this cannot prove: that images exist and containers run; no daemon is needed here.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.settings import Settings
from pipelines.stack import postgres
from pipelines.stack.airflow_settings import airflow_environment

CHECKOUT = Path(__file__).resolve().parents[2]
TEXT = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
REQUIRED = sorted({name for name, mode, _ in VARIABLE.findall(TEXT) if mode == "?"})
SECRET = re.compile(r"PASSWORD|SECRET|FERNET_KEY|TOKEN|_DSN|_CONN")
# Where a production differs from one machine: what is secret, where things lie, who may log in.
DIFFERENT = {
    "AIRFLOW__CORE__DAGS_FOLDER",
    "AIRFLOW__CORE__PLUGINS_FOLDER",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC",
    "AIRFLOW__API__HOST",
    "AIRFLOW__API__PORT",
    "AIRFLOW__API__BASE_URL",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER",
    "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY",
}
ONE_MACHINE_ONLY = {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"}


def compose_binary() -> Path:
    # Its Python wrapper always exits 0.
    spec = importlib.util.find_spec("compose")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).with_name("docker-compose")


def filled_in(example: str = EXAMPLE) -> dict[str, str]:
    """The variables of .env.example as an office fills them in: every empty one set, the addresses uncommented."""
    given = dict(re.findall(r"^(?:# (?=AIRFLOW__|BIDUI_))?(\w+)=(.*)$", example, re.MULTILINE))
    return {name: value or ("/srv/tls" if name.endswith("_DIR") else f"given-{name}") for name, value in given.items()}


def check(text: str, variables: dict[str, str], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "docker-compose.yml").write_text(text, encoding="utf-8")
    lines = "".join(f"{name}={value}\n" for name, value in variables.items())
    (folder / ".env").write_text(lines, encoding="utf-8")
    command = [str(compose_binary()), "--profile", "*", "-f", "docker-compose.yml", "config", *options]
    return subprocess.run(
        command, cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )


@cache
def raw() -> dict[str, Any]:
    return dict(yaml.safe_load(TEXT))


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    done = check(TEXT, filled_in(), tmp_path_factory.mktemp("compose"))
    assert done.returncode == 0, done.stderr
    return dict(yaml.safe_load(done.stdout)["services"])


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in (service.get("environment") or {}).items()}


def test_the_services_of_production_are_there(services: dict[str, dict[str, Any]]) -> None:
    airflow = {"airflow-init", "api-server", "scheduler", "dag-processor", "triggerer"}
    assert airflow | {"postgres", "databases", "bidui", "spark-master", "spark-worker"} == set(services)
    assert {name for name, one in services.items() if one.get("profiles") == ["spark"]} == {
        "spark-master",
        "spark-worker",
    }


@pytest.mark.parametrize("name", REQUIRED)
def test_compose_refuses_to_start_without(name: str, tmp_path: Path) -> None:
    for incomplete in (filled_in() | {name: ""}, {k: v for k, v in filled_in().items() if k != name}):
        refused = check(TEXT, incomplete, tmp_path, "-q")
        assert refused.returncode != 0
        assert name in refused.stderr


def test_the_example_alone_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(TEXT, encoding="utf-8")
    (tmp_path / ".env").write_text(EXAMPLE, encoding="utf-8")
    command = [str(compose_binary()), "config", "-q"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def secrets_with_a_default(text: str) -> list[str]:
    """Variables with a secret's name that have a default, and settings with one that are not wholly a variable."""
    optional = [name for name, mode, _ in VARIABLE.findall(text) if SECRET.search(name) and mode != "?"]
    settings = re.findall(r"^\s+(\w+): *(\S.*)$", text, re.MULTILINE)
    literal = [name for name, value in settings if SECRET.search(name) and not VARIABLE.fullmatch(value)]
    return sorted({*optional, *literal})


def test_no_secret_has_a_default() -> None:
    assert secrets_with_a_default(TEXT) == []
    assert all(not value for name, value in re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE) if SECRET.search(name))


@pytest.mark.parametrize(
    "change",
    [
        ("${POSTGRES_PASSWORD:?see .env.example}", "${POSTGRES_PASSWORD:-postgres}"),
        ("${AIRFLOW__API_AUTH__JWT_SECRET:?see .env.example}", "airflow"),
    ],
)
def test_a_default_secret_would_be_noticed(change: tuple[str, str]) -> None:
    assert change[0] in TEXT
    assert secrets_with_a_default(TEXT.replace(*change))


@pytest.mark.parametrize(
    "change",
    [
        ("  internal: true", "  internal: maybe"),
        ("inside:\n    internal: true\n  outside: {}", "inside:\n    internal: true"),
        ("volumes:\n  postgres:\n", "volumes:\n"),
        ("      databases:\n        condition", "      database:\n        condition"),
    ],
)
def test_a_broken_reference_would_be_noticed(change: tuple[str, str], tmp_path: Path) -> None:
    assert change[0] in TEXT
    assert check(TEXT.replace(*change), filled_in(), tmp_path, "-q").returncode != 0


def test_compose_lint_finds_nothing_grave(tmp_path: Path) -> None:
    # As committed, and as mounted; what an office's .env holds is its own, and whoever commands Docker can read it.
    check(TEXT, {name: value for name, value in filled_in().items() if not SECRET.search(name)}, tmp_path, "-q")
    command = [sys.executable, "-m", "compose_lint", "check", "--fail-on", "high", "docker-compose.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_names_every_variable_and_no_other() -> None:
    used = {name for name, _, _ in VARIABLE.findall(TEXT)}
    explained = set(filled_in())
    inner = {name for name, _, _ in VARIABLE.findall(EXAMPLE)}
    assert explained == used | inner
    defaults = {name: default for name, mode, default in VARIABLE.findall(TEXT) if mode == "-"}
    shown = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert {name: shown[name] for name in defaults} == defaults


def test_airflow_runs_as_on_one_machine(services: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    local = {
        name: value
        for name, value in airflow_environment(Settings(home=tmp_path)).items()
        if name.startswith("AIRFLOW__") and name not in ONE_MACHINE_ONLY
    }
    for name in ("airflow-init", "api-server", "scheduler", "dag-processor", "triggerer"):
        there = environment_of(services[name])
        assert set(local) <= set(there), name
        assert {k: there[k] for k in local.keys() - DIFFERENT} == {k: local[k] for k in local.keys() - DIFFERENT}, name
    added = {k for k in environment_of(services["scheduler"]) if k.startswith("AIRFLOW__")} - set(local)
    assert added == {"AIRFLOW__CORE__AUTH_MANAGER", "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"}


def test_every_bidui_variable_is_one_the_code_reads(services: dict[str, dict[str, Any]]) -> None:
    known = {f"BIDUI_{field.upper()}" for field in Settings.model_fields}
    code = "".join(file.read_text(encoding="utf-8") for file in (CHECKOUT / "dags").glob("*.py"))
    known |= set(re.findall(r"\bBIDUI_[A-Z_]+", code))
    for name, service in services.items():
        said = {variable for variable in environment_of(service) if variable.startswith("BIDUI_")}
        if name != "databases":
            assert said <= known, name
        assert "BIDUI_NOW" not in said


def test_only_a_real_auth_manager_is_let_through(services: dict[str, dict[str, Any]]) -> None:
    script = services["airflow-init"]["command"][-1].replace("$$", "$")
    simple = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
    for manager in (simple, "no.such.Manager"):
        environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "AIRFLOW__CORE__AUTH_MANAGER": manager}
        done = subprocess.run(["sh", "-euc", script], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert ("SimpleAuthManager" if manager == simple else "ModuleNotFoundError") in done.stderr


def test_the_database_server_logs_no_personal_data(services: dict[str, dict[str, Any]]) -> None:
    local = dict(re.findall(r"^(log_\w+) = '?([^'\n]*?)'?$", postgres._CONFIGURATION, re.MULTILINE))
    command = services["postgres"]["command"][-1]
    there = dict(re.findall(r"-c (log_\w+)=(\S+)", command))
    wanted = (
        "statement",
        "min_error_statement",
        "error_verbosity",
        "parameter_max_length",
        "parameter_max_length_on_error",
    )
    names = [f"log_{word}" for word in wanted]
    assert {name: there[name] for name in names} == {name: local[name] for name in names}


def test_every_container_is_held_in(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["user"].split(":")[0] not in {"0", "root"}, name
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}, name
        # Compose copies inline configs and secrets into the container, which a read-only one refuses at its start.
        assert "configs" not in service and "secrets" not in service, name
        published = [port for port in service.get("ports", []) if port.get("host_ip") != "127.0.0.1"]
        assert not published, name
        if service["restart"] != "no":
            assert "healthcheck" in service, name


def test_images_have_exact_tags() -> None:
    images = {service["image"] for service in raw()["services"].values() if "image" in service}
    dockerfile = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert bases and all(re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", base) for base in bases)
    for image in images:
        assert re.fullmatch(r"postgres:18\.\d+-bookworm|bidui:\$\{BIDUI_TAG:\?[^}]*\}", image), image
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)[-1] == "10001:10001"


def test_the_image_takes_every_versioned_file() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    ignored = [
        line.removeprefix("**/").rstrip("/")
        for line in (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    left_out = [
        path
        for path in listed.splitlines()
        if any(fnmatch(part, pattern) for part in Path(path).parts for pattern in ignored)
    ]
    assert left_out == []
