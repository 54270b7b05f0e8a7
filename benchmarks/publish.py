"""Publication: 3 million people of 40 columns from the lake until readers see them; and readers while it happens.

The load is measured against its limit, set when keys were loaded as they are, and against COPY of CSV into the same table,
which psycopg2 sends from a file that is there already; then with the pseudonyms people get on the way. All else is what
`bidui publish` does of a release: index, count, analyse, attach, flip. The readers look at every published table at every
isolation level while a small release is published a hundred times.
BENCH_PUBLISH_ROWS=1e5 takes fewer rows.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.server import started, warehouse

if TYPE_CHECKING:
    import psycopg2.extensions
    from sqlalchemy import Connection

    from pipelines.deliveries.ledger import Partition
    from pipelines.releases import Release

ROWS = int(float(os.environ.get("BENCH_PUBLISH_ROWS", "3e6")))
LIMIT_RATE = 400_000
ROUNDS, PUBLICATIONS = 3, 100


def run() -> str:
    """A server of its own, which goes afterwards; says rates, shares of the limits, what readers met."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = started(Path(folder) / "server")
        try:
            with warehouse(server, "reference", Path(folder) / "home"):
                loaded = _reference_load(Path(folder))
            with warehouse(server, "readers", Path(folder) / "small"):
                read = _publications()
        finally:
            server.remove()
    return f"{loaded}\n{read}"


def _reference_load(folder: Path) -> str:
    """The rounds, each a release of its own with the same rows, and the peer after each."""
    from benchmarks.reference_load import REFERENCE
    from pipelines.deliveries.ledger import warehouse_engine
    from pipelines.warehouse import generations
    from pipelines.warehouse.marts import build

    partition, csv = _made(folder / "people.csv")
    rounds: list[Mapping[str, float]] = []
    with warehouse_engine().connect() as connection:
        build(connection, (REFERENCE,))
        for _ in range(ROUNDS):
            generations.sweep(connection, warehouse_engine())
            rounds.append(_round(connection, _computed(partition)) | {"copy": _copied_by_psycopg2(csv)})
    seconds = {what: statistics.median(one[what] for one in rounds) for what in rounds[0]}
    plain, rate, peer, whole = (ROWS / seconds[what] for what in ("plain", "load", "copy", "whole"))
    return (
        f"publication of {ROWS:,} people of {len(REFERENCE.columns)} columns: {plain:,.0f} rows/s loaded as they are,"
        f" {plain / LIMIT_RATE:.2f} of the limit of {LIMIT_RATE:,}; COPY of CSV by psycopg2 {peer:,.0f} rows/s, the load is"
        f" {plain / peer:.1f} times as fast; with pseudonyms {rate:,.0f} rows/s, and {whole:,.0f} rows/s until readers see"
        f" them: load {seconds['load']:.1f} s, index, count, analyse and attach {seconds['attach']:.1f} s,"
        f" flip {seconds['flip']:.2f} s"
        f" (medians of {ROUNDS})"
    )


def _made(csv: Path) -> tuple[Partition, Path]:
    """The rows in the lake, and as CSV for the peer; not what is measured."""
    import duckdb

    from benchmarks.reference_load import REFERENCE, rows_sql
    from benchmarks.small_releases import QUARTER
    from pipelines.deliveries.ledger import Partition
    from pipelines.engines.duckdb import DuckDBEngine
    from pipelines.settings import settings

    own = settings()
    relative = f"mart/{REFERENCE.name}"
    path = own.lake / relative
    with DuckDBEngine(own.threads, own.memory_limit, own.scratch) as engine:
        written = engine.write(rows_sql(QUARTER, ROWS), REFERENCE.columns, REFERENCE.keys, {}, path)
    duckdb.sql(
        f"COPY (SELECT 0 AS release, * FROM read_parquet('{path}/*.parquet', hive_partitioning = false)) TO '{csv}'"
    )
    return Partition(REFERENCE.name, QUARTER, "release=0", relative, written.rows, written.content_hash), csv


def _computed(partition: Partition) -> Release:
    from benchmarks.small_releases import computed, opened

    release = opened(partition.quarter, None)
    return computed(release, [replace(partition, part=release.part)])


def _round(connection: Connection, release: Release) -> dict[str, float]:
    """Seconds of each step as publish takes it, and of the whole way."""
    from benchmarks.reference_load import REFERENCE
    from pipelines.warehouse import publish
    from pipelines.warehouse.load import Loader

    with Loader() as loader:
        began = time.perf_counter()
        publish.load(connection, loader, replace(REFERENCE, pseudonyms=frozenset()), release)
        plain = time.perf_counter() - began
    marks = [time.perf_counter()]
    with Loader() as loader:
        marks.append(time.perf_counter())
        publish.load(connection, loader, REFERENCE, release)
        marks.append(time.perf_counter())
        assert publish.attach(connection, REFERENCE, release) == ROWS
        marks.append(time.perf_counter())
    assert publish.flip(connection, {release.quarter: release})
    marks.append(time.perf_counter())
    steps = (later - earlier for earlier, later in pairwise(marks))
    seconds = dict(zip(("connect", "load", "attach", "flip"), steps, strict=True))
    return seconds | {"plain": plain, "whole": marks[-1] - marks[0]}


def _copied_by_psycopg2(csv: Path) -> float:
    """Seconds of the peer: a table of the same types, made and filled in one transaction as the load makes its own."""
    from benchmarks.reference_load import REFERENCE

    connection = _connect()
    try:
        with connection.cursor() as cursor, csv.open("rb") as rows:
            began = time.perf_counter()
            cursor.execute(f"CREATE TABLE generation.peer (LIKE generation.{REFERENCE.name})")
            cursor.copy_expert("COPY generation.peer FROM STDIN (FORMAT csv, HEADER true)", rows)
            connection.commit()
            seconds = time.perf_counter() - began
            cursor.execute("DROP TABLE generation.peer")
            connection.commit()
    finally:
        connection.close()
    return seconds


def _connect() -> psycopg2.extensions.connection:
    import psycopg2

    from pipelines.settings import settings

    return psycopg2.connect(settings().warehouse_dsn.replace("+psycopg2", ""))


def _publications() -> str:
    """A small release of every mart, published again and again with readers looking on."""
    from benchmarks.readers import LIMIT_SECONDS, Readers
    from benchmarks.small_releases import QUARTER, compute, compute_again, expected
    from benchmarks.small_releases import ROWS as FEW
    from pipelines.warehouse import publish

    made = [compute(QUARTER), compute(QUARTER, rows=2 * FEW)]
    publish.publish()
    spent = []
    with Readers(_connect, expected(made[-1])) as readers:
        time.sleep(2)
        alone = max(reader.longest for reader in readers.readers)
        for turn in range(PUBLICATIONS):
            release = compute_again(made[turn % 2])
            began = time.perf_counter()
            with readers.publication(expected(release)):
                publish.publish()
            spent.append(time.perf_counter() - began)
    longest = max(readers.readers, key=lambda reader: reader.longest)
    return (
        f"  {PUBLICATIONS} publications of a small release, {statistics.median(spent):.1f} s each, before"
        f" {len(readers.readers)} readers who looked {sum(reader.looks for reader in readers.readers):,} times at every table:"
        f" {len(readers.wrong)} saw a quarter that was missing, partial or older than before; the longest look took"
        f" {longest.longest * 1000:.0f} ms ({longest.name}) of the limit of {LIMIT_SECONDS * 1000:.0f},"
        f" while nothing was published {alone * 1000:.0f} ms"
    )
