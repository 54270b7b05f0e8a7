"""One installation under test: real PostgreSQL, real Airflow, deliveries brought into landing, nothing started by hand."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from pipelines.deliveries.manifest import deliver
from pipelines.periods import Quarter
from pipelines.sample.province import make_province
from pipelines.settings import settings
from pipelines.stack.airflow import LocalAirflow, TaskProcess
from pipelines.stack.local import start_warehouse
from pipelines.stack.postgres import PostgresServer
from pipelines.stack.rest import AirflowRest

CHECKOUT = Path(__file__).resolve().parents[3]
SCALE, SEED = 0.001, 36
T = TypeVar("T")
Rows = list[tuple[Any, ...]]
Hashes = dict[str, dict[str, tuple[int, str]]]  # quarter -> table -> rows and content hash


def free_ports(number: int) -> list[int]:
    """Ports nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def until(what: str, look: Callable[[], T], seconds: float, pause: float = 0.25) -> T:
    """The first true answer of `look`; AssertionError naming `what` when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(pause)
    return found


@dataclass(frozen=True)
class RunningTask:
    """A task that ran when it was looked at: Airflow said so, and its processes were alive."""

    dag_id: str
    run_id: str
    task_id: str
    try_number: int
    process: TaskProcess


@dataclass(frozen=True)
class Hit:
    """A blow that hit a running task."""

    phase: str
    blow: str
    task: RunningTask


@dataclass
class Flow:
    """An installation whose clock stands still at the moment written in a file; the environment names it (BIDUI_*)."""

    home: Path
    clock: Path
    server: PostgresServer
    airflow: LocalAirflow
    rest: AirflowRest
    dsn: str = field(repr=False)

    # -- the calendar and the senders -------------------------------------------------------------------------------

    def set_clock(self, moment: str) -> None:
        part = self.clock.with_suffix(".part")
        part.write_text(moment, encoding="ascii")
        part.replace(self.clock)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock.read_text())

    def send(self, outbox: Path, leave_out: Callable[[dict[str, Any]], bool] = lambda _: False) -> list[Path]:
        """Bring what lies in an outbox into landing, but for what is left out; the landing folders."""
        return bring(outbox, self.home / "landing", leave_out)

    # -- what the warehouse says ------------------------------------------------------------------------------------

    def connect(self) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(self.dsn.replace("+psycopg2", ""))
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        return connection

    def query(self, sql: str, *values: object) -> Rows:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def hashes(self) -> Hashes:
        """Rows and content hash of every table of the releases that readers see."""
        return shown_hashes(self.query)

    def shown(self) -> dict[str, int]:
        """Quarter to the release that readers see."""
        return dict(self.query("SELECT quarter, release FROM ops.current_release ORDER BY quarter"))

    def is_idle(self) -> bool:
        """Whether Airflow has nothing under way but its wake-ups: a run of the paused calendar stays queued."""
        return not any(
            run["dag_id"] != "calendar"
            for state in ("queued", "running")
            for run in self.rest.get("dags/~/dagRuns", state=state, limit=50)["dag_runs"]
        )

    def failures(self) -> Rows:
        return self.query("SELECT dag_id, task_id, quarter, message FROM ops.incident WHERE kind = 'failure'")

    def await_answered(self, folders: Sequence[Path], seconds: float = 120) -> None:
        """Wait until every delivery has its receipt and its ledger row."""
        wanted = {(folder.parent.name, folder.name) for folder in folders}

        def answered() -> bool:
            return wanted <= set(self.query("SELECT system, delivery_id FROM ops.delivery"))

        until(f"{len(wanted)} deliveries are answered", answered, seconds)

    def await_staged(self, seconds: float = 240) -> None:
        """Wait until every accepted delivery is staged."""
        open_ = (
            "SELECT d.system, d.delivery_id FROM ops.delivery d LEFT JOIN ops.staging s USING (system, delivery_id)"
            " WHERE d.status = 'accepted' AND s.system IS NULL"
        )
        until("all deliveries are staged", lambda: not self.query(open_), seconds)

    def await_shown(self, quarters: Iterable[str], seconds: float = 300, after: int = 0) -> dict[str, int]:
        """Wait until readers see a release of each quarter with a number above `after`; stops at a failed task."""
        wanted = set(quarters)

        def look() -> dict[str, int]:
            shown = self.shown()
            failures = self.failures()
            assert not failures, failures
            return shown if wanted <= {quarter for quarter, release in shown.items() if release > after} else {}

        return until(f"{sorted(wanted)} are published", look, seconds)

    # -- running tasks, and blows to them ---------------------------------------------------------------------------

    def running(self, dag_id: str, try_number: int = 0) -> RunningTask | None:
        """A task that runs now, seen by Airflow and by the machine; of the DAG or DAGs with that name or beginning."""
        processes = {one.task_instance_id: one for one in self.airflow.task_processes()}
        for found in self.rest.get("dags/~/dagRuns/~/taskInstances", state="running", limit=100)["task_instances"]:
            process = processes.get(found["id"])
            if process is not None and found["dag_id"].startswith(dag_id) and found["try_number"] > try_number:
                return RunningTask(found["dag_id"], found["dag_run_id"], found["task_id"], found["try_number"], process)
        return None

    def tries(self, task: RunningTask) -> dict[int, str]:
        """What Airflow says became of each try of a task."""
        path = f"dags/{task.dag_id}/dagRuns/{quote(task.run_id, safe='')}/taskInstances/{task.task_id}/tries"
        return {one["try_number"]: one["state"] for one in self.rest.get(path)["task_instances"]}

    def await_running(self, dag_id: str, seconds: float = 120, try_number: int = 0) -> RunningTask:
        return until(f"a task of {dag_id} runs", lambda: self.running(dag_id, try_number), seconds, 0.1)

    def sessions_waiting_for(self, table: str) -> int:
        """How many sessions have asked for a lock on ops.<table> (or one of its rows) and do not get it."""
        asked = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query ~* %s"
        )
        return len(self.query(asked, rf"ops\.{table}\M"))

    def is_held_up(self, pid: int, table: str) -> bool:
        """Whether a task waits for a lock file of its own step, or is the second to wait for ops.<table>."""
        has_lock_file = any(file.path.endswith(".lock") for file in psutil.Process(pid).open_files())
        return has_lock_file or self.sessions_waiting_for(table) > 1

    def prove_running(self, task: RunningTask) -> None:
        """Airflow calls this very task running, and its process and the worker over it are alive, at this moment."""
        assert self.running(task.dag_id) == task, task
        for pid in (task.process.pid, task.process.worker_pid):
            assert psutil.Process(pid).status() != psutil.STATUS_ZOMBIE

    def kill_worker(self, task: RunningTask, *, with_task: bool = True) -> None:
        """SIGKILL to the executor's worker and, as when a machine dies, to the task under it."""
        self.prove_running(task)
        pids = [task.process.worker_pid, *([task.process.pid] if with_task else [])]
        for pid in pids:
            psutil.Process(pid).kill()
        until("the killed processes are gone", lambda: not any(_alive(pid) for pid in pids), 10, 0.05)

    def kill_scheduler(self, task: RunningTask) -> None:
        """SIGKILL to the scheduler while the task runs, then a start, which ends what the dead one left behind."""
        self.prove_running(task)
        self.airflow.kill_component("scheduler")
        assert not self.airflow.components["scheduler"].is_running()
        assert _alive(task.process.pid), "the blow was meant for the scheduler alone"
        self.airflow.start_component("scheduler")
        assert not _alive(task.process.pid)

    def disturb(self, blows: Mapping[str, str], quarter: str, send: Callable[[], Sequence[Path]]) -> list[Hit]:
        """Send deliveries of one quarter and strike a running task of each phase, held at a known point by a lock.

        `blows`: phase (receive, staging, link, flip) to what dies: worker (with its task), worker alone, scheduler.
        """
        hits = []
        after = max(self.shown().values())

        def strike(phase: str, dag_id: str, table: str, let_go: Callable[[], None]) -> None:
            until(f"a step waits for ops.{table}", lambda: self.sessions_waiting_for(table), 90, 0.05)
            task = self.await_running(dag_id)
            blow = blows[phase]
            if blow == "scheduler":
                self.kill_scheduler(task)
            else:
                self.kill_worker(task, with_task=blow == "worker")
            if blow == "worker alone":
                # The task lives on, and the lock keeps it until its successor runs beside it.
                successor = self.await_running(task.dag_id, try_number=task.try_number).process.pid
                until("its successor waits too", lambda: self.is_held_up(successor, table), 60)
                assert _alive(task.process.pid)
            let_go()
            hits.append(Hit(phase, blow, task))

        with self.holding("LOCK TABLE ops.staging IN SHARE MODE") as let_staging_go:
            with self.holding("LOCK TABLE ops.delivery IN SHARE MODE") as let_receive_go:
                sent = send()
                strike("receive", "receive", "delivery", let_receive_go)
            self.await_answered(sent)
            strike("staging", "ingest_", "staging", let_staging_go)
        planned = "SELECT release FROM ops.release WHERE quarter = %s AND state = 'planned' AND release > %s"
        until(f"a release of {quarter} is planned", lambda: self.query(planned, quarter, after), 300, 0.05)
        with self.holding("LOCK TABLE ops.lake_partition IN SHARE MODE") as let_link_go:
            strike("link", "link", "lake_partition", let_link_go)
        # The flip reads its releases FOR UPDATE after everything is loaded; nothing else minds this lock.
        held = f"SELECT 1 FROM ops.release WHERE quarter = '{quarter}' FOR KEY SHARE"
        with self.holding(held) as let_flip_go:
            until("a flip waits", lambda: self.sessions_waiting_for("release"), 300, 0.05)
            loaded = self.query("SELECT DISTINCT release FROM generation.mart_coverage WHERE quarter = %s", quarter)
            assert max(loaded)[0] > self.shown().get(quarter, 0), "loaded, and not shown yet"
            strike("flip", "publish", "release", let_flip_go)
        return hits

    @contextmanager
    def holding(self, statement: str) -> Iterator[Callable[[], None]]:
        """Hold the locks a statement takes; they are given back by the function yielded, at the latest at the end."""
        connection = psycopg2.connect(self.dsn.replace("+psycopg2", ""))
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            yield connection.rollback
        finally:
            connection.close()


def bring(outbox: Path, landing: Path, leave_out: Callable[[dict[str, Any]], bool] = lambda _: False) -> list[Path]:
    """Make delivery folders of what lies in an outbox, but for what is left out."""
    folders = []
    for note in sorted(outbox.glob("*/*/*/delivery.json")):
        sent = json.loads(note.read_text(encoding="utf-8"))
        if leave_out(sent):
            continue
        files: dict[str, list[Path]] = {}
        for file in sent["files"]:
            files.setdefault(file["table"], []).append(note.parent / file["name"])
        folders.append(
            deliver(
                files, sent["system"], Quarter.parse(sent["quarter"]), sent["scope"],
                date.fromisoformat(sent["cut_date"]), sent["sender"], sent["sequence"], landing,
            )
        )  # fmt: skip
    return folders


def _alive(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def shown_hashes(query: Callable[[str], Rows]) -> Hashes:
    rows = query("SELECT c.quarter, r.content FROM ops.current_release c JOIN ops.release r USING (release)")
    return {quarter: {table: (one["rows"], one["hash"]) for table, one in content.items()} for quarter, content in rows}


@dataclass(frozen=True)
class Undisturbed:
    """The same deliveries in a home and a warehouse of their own, run in one process without Airflow."""

    flow: Flow
    home: Path
    dsn: str = field(repr=False)

    def fetch(self) -> None:
        """Take over what has arrived at the flow's landing."""
        shutil.copytree(self.flow.home / "landing", self.home / "landing", copy_function=_link, dirs_exist_ok=True)
        shutil.copytree(self.flow.home / "reference", self.home / "reference", dirs_exist_ok=True)

    def overrule(self, system: str, delivery_id: str) -> None:
        """Let a held delivery pass."""
        which = ["--system", system, "--delivery", delivery_id, "--rule", "insured_fell"]
        self._execute("-m", "pipelines.cli", "overrule", *which, "--reason", "人数属实")

    def _execute(self, *words: str) -> None:
        environment = os.environ | {
            "BIDUI_HOME": str(self.home), "BIDUI_WAREHOUSE_DSN": self.dsn, "PYTHONPATH": str(CHECKOUT),
        }  # fmt: skip
        ran = subprocess.run(
            [sys.executable, *words], cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )
        with (self.home.parent / "undisturbed.txt").open("a", encoding="utf-8") as said:
            said.write(ran.stdout + ran.stderr)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]

    def run(self) -> Hashes:
        """Run what has come since the last time; what its readers see then."""
        self._execute(
            "-c",
            "from pipelines.warehouse.migrate import migrate; from pipelines.runner import run_all;"
            " migrate(); run_all(None, print)",
        )
        connection = psycopg2.connect(self.dsn.replace("+psycopg2", ""))
        try:
            with connection.cursor() as cursor:

                def query(sql: str) -> Rows:
                    cursor.execute(sql)
                    return list(cursor.fetchall())

                return shown_hashes(query)
        finally:
            connection.close()


def _link(source: str, target: str) -> None:
    with suppress(FileExistsError):
        os.link(source, target)


def make_outbox(folder: Path, quarter: str, reference: Path | None = None, **how: Any) -> Path:
    """What the offices of the sample province have to send for a quarter, added to what they have to send already."""
    make_province(SCALE, [Quarter.parse(quarter)], SEED, folder, truth_folder=None, reference=reference, **how)
    return folder


@contextmanager
def installed(folder: Path, moment: str) -> Iterator[Flow]:
    """A flow with everything running, the clock at `moment`; all of it is stopped at the end, whatever happens."""
    import pytest

    home, clock = folder / "home", folder / "clock"
    clock.write_text(moment, encoding="ascii")
    postgres, webserver = free_ports(2)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("BIDUI_")]:
            patch.delenv(name)
        wanted = {
            "HOME": home, "POSTGRES_PORT": postgres, "AIRFLOW_PORT": webserver, "NOW": f"@{clock}",
            "THREADS": 1, "MEMORY_LIMIT": "1GiB", "TICK_CRON": "* * * * *", "WATCH_OVERLOOKED_SECONDS": 10,
        }  # fmt: skip
        for name, value in wanted.items():
            patch.setenv(f"BIDUI_{name}", str(value))
        # What is left in the folder for temporary files is looked at too.
        (folder / "tmp").mkdir()
        patch.setenv("TMPDIR", str(folder / "tmp"))
        settings.cache_clear()
        server, airflow = PostgresServer(home, postgres), None
        try:
            start_warehouse(settings())
            airflow = LocalAirflow(settings())
            airflow.start()
            with airflow.rest() as rest:
                yield Flow(home, clock, server, airflow, rest, settings().warehouse_dsn)
        finally:
            from pipelines.deliveries.ledger import warehouse_engine

            warehouse_engine().dispose()
            try:
                if airflow is not None:
                    airflow.stop()
            finally:
                server.remove()
                settings.cache_clear()
