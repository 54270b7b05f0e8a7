"""A province's medical insurance in one delivery, received, staged and validated: against DuckDB on the same CSV.

DuckDB parses that CSV and writes it as Parquet, as the lake is compressed: once with every cell as the text it is, which
is what staging has to keep, once with the types it guesses (a personal number of twenty digits becomes a DOUBLE).
BENCH_ROWS=46000000 takes a whole province: 8 GB below the folder for temporary files, and a quarter of an hour.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.server import started

ROWS = int(float(os.environ.get("BENCH_ROWS", "4600000")))
LIMIT_RATIO, LIMIT_GIB = 3.0, 4.0
QUARTER, CUT_DATE = "2018Q4", date(2018, 12, 31)
PEERS = {"every cell as text": ", all_varchar = true", "types guessed": ""}

_MEASURED = """
import json, resource, sys, time
from benchmarks import medical
medical.load()
began, spent = time.perf_counter(), time.process_time()
medical.{function}(*sys.argv[1:])
spent, seconds = time.process_time() - spent, time.perf_counter() - began
print(json.dumps([seconds, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20]))
"""


def run() -> str:
    """Make the file, deliver it, measure; the ratios are of processor time, since other work may share the machine."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home, sent = Path(folder), Path(folder) / "医保参保.csv"
        _measure("make", sent)
        peers = {name: _measure("parse_and_write", sent, how) for name, how in PEERS.items()}
        os.environ["BIDUI_HOME"] = str(home / "home")
        server = started(home / "postgres")
        try:
            os.environ["BIDUI_WAREHOUSE_DSN"] = server.ensure_database("bench", "bidui")
            _measure("deliver", sent)
            received, staged = _measure("receive"), _measure("ingest")
        finally:
            server.remove()
    lines = [
        f"medical insurance, {ROWS:,} rows in one delivery: received in {received[0]:.0f} s, {received[2]:.2f} GiB;"
        f" staged and validated in {staged[0]:.0f} s, {staged[1]:.0f} s of processor time,"
        f" {staged[2]:.2f} GiB of its limit of {LIMIT_GIB:.0f}"
    ]
    lines += [
        f"  DuckDB, CSV to Parquet, {name}: {seconds:.0f} s, {spent:.1f} s of processor time; staging takes"
        f" {staged[1] / spent:.2f} times that, {staged[0] / seconds:.2f} times by the clock (limit {LIMIT_RATIO:.0f})"
        for name, (seconds, spent, _) in peers.items()
    ]
    return "\n".join(lines)


def _measure(function: str, *args: object) -> tuple[float, float, float]:
    """Seconds, processor seconds and GiB of a step in a process of its own, without its imports."""
    command = [sys.executable, "-c", _MEASURED.format(function=function), *map(str, args)]
    child = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, spent, memory = json.loads(child.stdout.splitlines()[-1])
    return float(seconds), float(spent), float(memory)


def load() -> None:
    """What a process loads once, however many deliveries it stages."""
    from pipelines.deliveries import ingest, receive  # noqa: F401
    from pipelines.quality.validate import prepare

    prepare().join()


def make(sent: str) -> None:
    """The CSV."""
    from benchmarks.medical_csv import write_medical_csv
    from pipelines.periods import Quarter

    write_medical_csv(Path(sent), ROWS, Quarter.parse(QUARTER))


def parse_and_write(sent: str, how: str) -> None:
    """What the time is compared with."""
    import duckdb

    from pipelines.settings import settings

    own = settings()
    with duckdb.connect(config={"threads": own.threads, "memory_limit": own.memory_limit}) as connection:
        select = f"FROM read_csv('{sent}'{how})"
        connection.execute(f"COPY ({select}) TO '{sent}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    Path(f"{sent}.parquet").unlink()


def deliver(sent: str) -> None:
    """The file in landing, with its manifest."""
    from pipelines.deliveries import manifest
    from pipelines.periods import Quarter
    from pipelines.settings import settings
    from pipelines.warehouse.migrate import migrate

    migrate()
    files = {"participation": [Path(sent)]}
    quarter = Quarter.parse(QUARTER)
    manifest.deliver(files, "medical_insurance", quarter, "province", CUT_DATE, "省医疗保障局", 1, settings().landing)


def receive() -> None:
    """Checks against the manifest."""
    from pipelines.deliveries import receive as receiving

    (answer,) = receiving.receive()
    assert answer.accepted


def ingest() -> None:
    """From the file to the lake and its ledger."""
    from pipelines.deliveries import ingest as staging

    done = staging.ingest("medical_insurance", QUARTER)
    assert done.rows_in == ROWS == done.rows_clean + done.rows_quarantined
    assert done.rows_quarantined
