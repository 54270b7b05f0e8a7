"""A sample province in a home of its own, brought through the real steps.

Made of one quarter and of the tables that linkage reads; files come as declared (no habits) and the province sends them
all at once, since what is measured is linkage and not reading. Two processes ingest at once; PostgreSQL is the embedded one and goes afterwards.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from pipelines.catalog import of_step
from pipelines.engines import sql
from pipelines.periods import Quarter
from pipelines.settings import settings
from pipelines.sources import STAGED
from pipelines.stack.postgres import PostgresServer

QUARTER = Quarter(2018, 3)  # the first the sample knows: every system is due in it, and no earlier one has to be made
PROCESSES = 2
INGEST_MEMORY, LINK_MEMORY = "1GiB", "2GiB"  # of an engine; two of the first, one of the second at a time
# The systems by how long they take to ingest, so that two processes end at about the same time.
LONGEST_FIRST = ("poverty_register", "social_insurance", "medical_insurance", "employment_platform")
Tell = Callable[[str], None]
Step = tuple[str, Callable[[Path], Any]]


@dataclass
class Spent:
    """Seconds by phase, and the largest sum of resident memory of all processes started for it, in GiB."""

    seconds: dict[str, float] = field(default_factory=dict)
    gib: float = 0.0

    @contextmanager
    def phase(self, name: str, tell: Tell) -> Iterator[None]:
        """Time one phase."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began
        tell(f"  {name}: {self.seconds[name]:.1f} s")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at memory twice a second."""
        done = threading.Event()
        me = psutil.Process()
        others = {process.pid for process in me.children(recursive=True)}

        def look() -> None:
            while not done.wait(0.5):
                total = 0
                for process in me.children(recursive=True):
                    try:
                        total += 0 if process.pid in others else process.memory_info().rss
                    except psutil.NoSuchProcess:
                        continue
                self.gib = max(self.gib, total / 2**30)

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def tables_read() -> tuple[str, ...]:
    """The staged tables that the step `link` reads."""
    read = {name for table in of_step("link") if table.is_sql for name in sql.load(table.name).reads}
    return tuple(sorted(read & STAGED.keys()))


def in_sample(
    home: Path, scale: float, mix: Path, seed: int, steps: Sequence[Step], spent: Spent, tell: Tell
) -> list[Any]:
    """Make, deliver, receive and ingest a province below `home` and plan its quarter; then do the steps, one by one.

    A step is a name and a function that can be imported; it gets the folder of the truth and runs in a process whose
    settings are those of the home. Returns what they gave. The server's data goes in the end, the lake stays.
    """
    server = PostgresServer(home, _free_port())
    context = multiprocessing.get_context("spawn")

    def pool(processes: int, threads: int, memory: str) -> ProcessPoolExecutor:
        own = (home, server.port, threads, memory)
        return ProcessPoolExecutor(processes, mp_context=context, initializer=_inside, initargs=own)

    try:
        with spent.watched():
            with pool(PROCESSES, 1, INGEST_MEMORY) as workers:
                with spent.phase("make", tell):
                    workers.submit(make, scale, mix, seed).result()
                with spent.phase("receive", tell):
                    systems = workers.submit(receive).result()
                with spent.phase("ingest", tell):
                    first = [system for system in LONGEST_FIRST if system in systems]
                    order = [*first, *sorted(systems - set(first))]
                    for done in [workers.submit(ingest, system) for system in order]:
                        done.result()
            with pool(1, PROCESSES, LINK_MEMORY) as workers:
                workers.submit(plan).result()
                given = []
                for name, step in steps:
                    with spent.phase(name, tell):
                        given.append(workers.submit(step, home / "truth").result())
        return given
    finally:
        server.remove()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _inside(home: Path, port: int, threads: int, memory: str) -> None:
    """Settings of a process: those of the home, whatever those of the process that asked."""
    for name in [name for name in os.environ if name.startswith("BIDUI_") and name != "BIDUI_POSTGRES_BIN"]:
        del os.environ[name]
    os.environ |= {
        "BIDUI_HOME": str(home),
        "BIDUI_POSTGRES_PORT": str(port),
        "BIDUI_THREADS": str(threads),
        "BIDUI_MEMORY_LIMIT": memory,
        "BIDUI_SETTLE_MINUTES": "0",  # systems that linkage does not read are never sent
    }
    settings.cache_clear()
    # Libraries show progress on standard output, which belongs to the report.
    log = settings().logs / "evaluation.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)


def make(scale: float, mix: Path, seed: int) -> None:
    """The province in the home's outbox, the truth beside it."""
    from pipelines.sample.province import make_province
    from pipelines.sample.run import outbox, truth

    make_province(
        scale, [QUARTER], seed, outbox(), truth_folder=truth(), reference=settings().reference,
        defects_file=mix, habits=0.0, tables=tables_read(), split="province",
    )  # fmt: skip


def receive() -> set[str]:
    """Every delivery into landing and its receipt; gives the systems. Raises RuntimeError where one is refused."""
    from pipelines.deliveries.receive import receive as step
    from pipelines.sample.run import deliver_sample
    from pipelines.stack.local import start_warehouse

    start_warehouse(settings())
    deliver_sample()
    received = step()
    if refused := [one.delivery_id for one in received if not one.accepted]:
        raise RuntimeError(f"deliveries of the sample were refused: {', '.join(refused)}")
    return {one.system for one in received}


def ingest(system: str) -> None:
    """One system's deliveries into the lake. Raises RuntimeError where a rule stops or holds one."""
    from pipelines.deliveries.ingest import ingest as step

    done = step(system, QUARTER.key)
    if not done.committed or done.held:
        raise RuntimeError(f"{system}: a delivery of the sample was stopped or held")


def plan() -> None:
    """Open the quarter's release. Raises RuntimeError where it is not due."""
    from pipelines.calendar import refresh
    from pipelines.planning import plan as step

    refresh()
    planned = step()
    if planned.emit != QUARTER.key:
        raise RuntimeError(f"{QUARTER} is not due: {planned.waiting.get(QUARTER.key, '')}")


def link(_truth: Path) -> None:
    """The quarter's release, linked."""
    from pipelines.identity.link import link as step

    step(QUARTER.key)
