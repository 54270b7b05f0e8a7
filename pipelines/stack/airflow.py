"""Airflow on one machine: scheduler, DAG processor, triggerer and API server as processes of their own.

Separate processes rather than ``airflow standalone``: each has its log, and one can be killed and started by itself.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil

from pipelines.stack.airflow_settings import airflow_environment, airflow_home, base_url, user_passwords
from pipelines.stack.background import BackgroundProcess
from pipelines.stack.postgres import PostgresServer
from pipelines.stack.processes import StackError, exclusive, require_free_port
from pipelines.stack.rest import AirflowRest

if TYPE_CHECKING:
    from pipelines.settings import Settings

PRELOAD = Path(__file__).with_name("preload")
PORT_VARIABLE = "BIDUI_AIRFLOW_PORT"
BOOT_SECONDS = 180.0
Progress = Callable[[str], None]

# Task logs lie on this machine's disk, where the API server reads them: no log servers, hence no ports 8793 and 8794.
COMPONENTS: dict[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
# How the health report names the components that beat.
_HEARTS = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}


# Title Airflow gives the process of a task; its parent, an executor's worker, has "LocalExecutor: " before the id.
_TASK_TITLE = "airflow worker -- "


@dataclass(frozen=True)
class TaskProcess:
    """A running task: its process, the executor's worker that watches over it, and the task instance's id."""

    pid: int
    worker_pid: int
    task_instance_id: str


class LocalAirflow:
    """The Airflow of one home, its metadata in that home's PostgreSQL."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = base_url(settings)
        self.folder = airflow_home(settings)
        executable = str(Path(sys.prefix) / "bin" / "airflow")
        self.components = {
            name: BackgroundProcess(
                name=f"airflow {name}",
                command=(executable, *arguments),
                folder=self.folder,
                log=settings.logs / f"{name}.log",
                pid_file=self.folder / "pids" / f"{name}.json",
            )
            for name, arguments in COMPONENTS.items()
        }
        self._lock = settings.home / "airflow.lock"

    def migrate(self) -> None:
        """Bring the metadata database to this Airflow's version; at once where it is there already.

        Needs PostgreSQL running. May run while other things happen; ``start`` calls it too.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self._lock.with_suffix(".migrate.lock")):
            self._migrate()

    def start(self, progress: Progress = lambda _: None) -> None:
        """Start what does not run and return once all of it is healthy; PostgreSQL must run.

        ``progress`` is told in a few words what is being waited for. Raises StackError: port taken, a component that
        ended (with the end of its log), or no health within three minutes.
        """
        self.settings.home.mkdir(parents=True, exist_ok=True)
        with exclusive(self._lock):
            if not self.components["api-server"].is_running():
                # Left over from a killed server, they would hold the port.
                self.components["api-server"].stop(patience=0.0)
                require_free_port(
                    self.settings.airflow_port,
                    purpose="Airflow",
                    variable=PORT_VARIABLE,
                    usual_holders="another web server or a second copy of this project (try: make down there)",
                )
            # A killed forerunner's last heartbeat looks healthy for a while: who starts now has to show a newer one.
            now = datetime.now(UTC)
            since = {name: now for name, component in self.components.items() if not component.is_running()}
            try:
                # The API server takes longest to load and asks nothing of the database while it does.
                self.start_component("api-server")
                progress("preparing Airflow's database")
                self.migrate()
                for name in ("dag-processor", "scheduler", "triggerer"):
                    self.start_component(name)
                self._wait_until_healthy(since, progress)
            except BaseException:
                self._stop()
                raise

    def start_component(self, name: str) -> None:
        """Start one of COMPONENTS unless it runs, and return at once; what a killed one left behind is ended first."""
        environment = self._environment()
        if name == "scheduler":
            environment["PYTHONPATH"] = os.pathsep.join([str(PRELOAD), environment["PYTHONPATH"]])
        self.components[name].start(environment)

    def kill_component(self, name: str) -> None:
        """SIGKILL one component alone, as a crash would; its tasks and workers live on until it is started again."""
        self.components[name].kill()

    def stop(self) -> None:
        """Stop all components and everything they started; raises StackError where a process survives."""
        with exclusive(self._lock):
            self._stop()

    def task_processes(self) -> list[TaskProcess]:
        """The tasks that run at this moment; for tests that kill one of them, and for status displays."""
        found = []
        for pid in self.components["scheduler"].members():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                title = " ".join(process.cmdline())
                if title.startswith(_TASK_TITLE) and "LocalExecutor" not in title:
                    found.append(TaskProcess(pid, process.ppid(), title.removeprefix(_TASK_TITLE).strip()))
        return found

    def is_running(self) -> bool:
        """Whether all components run and report health."""
        if not all(component.is_running() for component in self.components.values()):
            return False
        try:
            return not self._ill(self.health(), {})
        except httpx.HTTPError:
            return False

    def health(self) -> dict[str, Any]:
        """Airflow's own health report; httpx.HTTPError where nobody answers."""
        with self.rest() as rest:
            return rest.health()

    def rest(self, user: str = "admin") -> AirflowRest:
        """A REST client logged in as one of the local users."""
        return AirflowRest(self.url, user, user_passwords(self.settings)[user])

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        # Where it is set, four processes compile a thousand modules each at every start.
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)
        return inherited | airflow_environment(self.settings)

    def _stop(self) -> None:
        # Together, so that their goodbyes overlap; a task that still runs is cut off, as every step allows.
        for component in self.components.values():
            component.ask_to_stop()
        with ThreadPoolExecutor(len(self.components)) as pool:
            list(pool.map(BackgroundProcess.stop, self.components.values()))

    def _migrate(self) -> None:
        stamp = self.folder / "migrated"
        wanted = version("apache-airflow-core")
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted and self._has_tables():
            return
        log = self.settings.logs / "airflow-migrate.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(Path(sys.prefix) / "bin" / "airflow"), "db", "migrate"]
        with log.open("ab") as output:
            done = subprocess.run(
                command, env=self._environment(), cwd=self.folder, stdout=output, stderr=subprocess.STDOUT, check=False
            )
        if done.returncode != 0:
            raise StackError(f"Airflow's database could not be prepared; see {log}.")
        stamp.write_text(wanted, encoding="ascii")

    def _has_tables(self) -> bool:
        server = PostgresServer(self.settings.home, self.settings.postgres_port)
        with server.administrator("airflow") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL")
            return bool((cursor.fetchone() or (False,))[0])

    def _wait_until_healthy(self, since: dict[str, datetime], progress: Progress) -> None:
        deadline = time.monotonic() + BOOT_SECONDS
        told = ""
        while time.monotonic() < deadline:
            for component in self.components.values():
                if not component.is_running():
                    raise StackError(f"{component.name} ended while Airflow was starting; {component.last_words()}")
            try:
                missing = self._ill(self.health(), since)
            except httpx.HTTPError:
                missing = ["api-server"]
            if not missing:
                return
            message = f"waiting for Airflow's {', '.join(missing)}"
            if message != told:
                progress(message)
                told = message
            time.sleep(0.2)
        raise StackError(
            f"Airflow is not healthy after {BOOT_SECONDS:.0f} s ({told}); logs are in {self.settings.logs}."
        )

    @staticmethod
    def _ill(health: dict[str, Any], since: dict[str, datetime]) -> list[str]:
        """Components that report no health, or whose last heartbeat is from before their moment in ``since``."""
        ill = []
        for name, key in _HEARTS.items():
            report = health.get(key) or {}
            beat = report.get(f"latest_{key}_heartbeat")
            old = not beat or (name in since and datetime.fromisoformat(beat) < since[name])
            if old or report.get("status") != "healthy":
                ill.append(name)
        return ill
