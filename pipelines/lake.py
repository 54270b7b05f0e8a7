"""The lake: where a table's partitions lie, and how a step makes its tables from SQL files and reference data."""

from __future__ import annotations

import fcntl
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.catalog import TABLES, Step, Table, of_step
from pipelines.columns import COLUMNS
from pipelines.deliveries.ledger import Ledger, Partition
from pipelines.deliveries.scope import former_codes
from pipelines.engines import engine_for, sql
from pipelines.engines.base import Engine, Part
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter
from pipelines.releases import Release
from pipelines.settings import settings
from pipelines.sources import STAGED

if TYPE_CHECKING:
    import pyarrow as pa

    Producer = Callable[[Release, Engine], pa.Table]


def configured_engine() -> Engine:
    """The engine of this installation, open."""
    config = settings()
    return engine_for(
        config.engine,
        threads=config.threads,
        memory_limit=config.memory_limit,
        scratch=config.scratch,
        spark_master=config.spark_master,
        spark_options=config.spark_options,
    )


def columns_of(name: str) -> dict[str, str]:
    """Column names and DuckDB types of any table of the catalogue, in order."""
    table = TABLES[name]
    if table.layer == "staged":
        return STAGED[name].staged
    names = table.columns or sql.output_columns(sql.load(name).select)
    return {column: COLUMNS[column].type for column in names}


def attempt(table: str, quarter: Quarter, part: str) -> tuple[str, Path]:
    """A new folder for one attempt to write a partition: relative to the lake, and absolute. The ledger commits it."""
    relative = f"{TABLES[table].layer}/{table}/quarter={quarter.key}/{part}/attempt={uuid.uuid4().hex[:12]}"
    return relative, settings().lake / relative


def discard_attempts(table: str, quarter: Quarter, part: str, keep: str | None = None) -> None:
    """Remove what killed attempts left behind; `keep` is the committed path, relative to the lake."""
    folder = settings().lake / TABLES[table].layer / table / f"quarter={quarter.key}" / part
    kept = settings().lake / keep if keep else None
    for leftover in folder.glob("*") if folder.is_dir() else ():
        if leftover != kept:
            shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def exclusive(what: str, *, wait: bool = True) -> Iterator[None]:
    """Only one process of this machine writes `what` at a time; the lock ends with its process.

    A worker may die and leave its task alive: the next try would remove that task's attempt as a leftover, after which
    the task would commit a folder that is gone. BlockingIOError, at once, where another has it and `wait` is false.
    """
    folder = settings().scratch
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


class Lake:
    """The lake as releases read and write it: every write is an attempt that the ledger commits."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def committed(self, release: Release, table: str) -> Partition | None:
        """The write of a table that counts for a release."""
        return self.ledger.partition(table, release.quarter, release.part)

    def files_of(self, release: Release, table: str) -> Path:
        """Where the committed files of a release's table lie. NotReady where it is not made."""
        partition = self.committed(release, table)
        if partition is None:
            raise NotReady(f"{table} of {release.quarter} is not made")
        return settings().lake / partition.path

    def rows(self, release: Release, table: str, columns: Sequence[str], **among: Sequence[object]) -> pa.Table:
        """Rows of a release's table whose columns named in `among` hold one of the values. NotReady where it is not made."""
        import pyarrow as pa
        import pyarrow.dataset as ds

        rows = ds.dataset(str(self.files_of(release, table)), format="parquet")
        wanted = ds.scalar(True)
        for name, values in among.items():
            # Typed by the column: no value at all has no type of its own.
            wanted &= ds.field(name).isin(pa.array(values, rows.schema.field(name).type))
        return rows.to_table(list(columns), filter=wanted)

    def write(self, release: Release, table: str, write: Callable[[Path], tuple[int, str]]) -> Partition:
        """One attempt to write a table of a release; `write` fills the folder and gives rows and content hash."""
        discard_attempts(table, release.quarter, release.part)
        relative, path = attempt(table, release.quarter, release.part)
        rows, content_hash = write(path)
        partition = Partition(table, release.quarter, release.part, relative, rows, content_hash)
        return self.ledger.commit_partition(partition)

    def parts_in_force(self, release: Release, table: str) -> list[Part]:
        """The clean rows of a staged table that are in force for a release, delivery by delivery, county by county; under
        the counties' codes of the release's quarter."""
        parts = []
        for delivery in release.inputs["deliveries"]:
            counties = delivery["tables"].get(table)
            if counties is None:
                continue
            quarter = Quarter.parse(delivery["quarter"])
            partition = self.ledger.partition(table, quarter, f"delivery={delivery['delivery_id']}")
            if partition is None:
                raise NotReady(f"{table} of {quarter}, delivery {delivery['delivery_id']}, is not in the lake")
            was = former_codes(release.quarter, quarter)
            renamed = {old: new for new in counties for old in was.get(new, ()) if old != new}
            parts.append(Part(settings().lake / partition.path, frozenset({*counties, *renamed}), renamed))
        return parts

    def scan(self, engine: Engine, release: Release, name: str) -> None:
        """Make a table that a release reads visible; `previous.x` is empty where no quarter came before."""
        table = name.removeprefix("previous.")
        columns = columns_of(table)
        if table in STAGED:
            engine.scan(name, columns, self.parts_in_force(release, table))
            return
        if name.startswith("previous."):
            if release.previous is None:
                engine.scan(name, columns, [])
                return
            quarter, part = release.quarter.previous, f"release={release.previous}"
            partition = self.ledger.partition(table, quarter, part)
        else:
            quarter, part, partition = release.quarter, release.part, self.committed(release, table)
        if partition is None:
            raise NotReady(f"{table} of {quarter} ({part}) is not made: run the step '{TABLES[table].step}' first")
        engine.scan(name, columns, [Part(settings().lake / partition.path)])

    def is_made(self, step: Step, release: Release) -> bool:
        """Whether every table of a step is committed for a release."""
        return all(self.committed(release, table.name) for table in of_step(step))

    def build(
        self,
        step: Step,
        release: Release,
        params: Mapping[str, object],
        producers: Mapping[str, Producer] | None = None,
    ) -> dict[str, Partition]:
        """Make every table of a step for a release; those committed already stand.

        `producers` make the tables that no SQL file makes, from reference data or names, as Arrow tables. Returns the
        committed partition of each table.
        """
        made: dict[str, Partition] = {}
        with exclusive(f"{step}-{release.part}"), configured_engine() as engine:
            visible: set[str] = set()
            for table in of_step(step):
                made[table.name] = self.committed(release, table.name) or self._make(
                    engine, release, table, params, producers or {}, visible
                )
        return made

    def _make(
        self,
        engine: Engine,
        release: Release,
        table: Table,
        params: Mapping[str, object],
        producers: Mapping[str, Producer],
        visible: set[str],
    ) -> Partition:
        if table.is_sql:
            select = sql.load(table.name).select
            reads, wanted = sql.tables_read(select), sql.parameters(select)
            self.see(
                engine,
                release,
                (*sorted(reads.this), *(f"previous.{name}" for name in sorted(reads.previous))),
                visible,
            )
            used = {name: value for name, value in params.items() if name in wanted}
        else:
            if table.name not in producers:
                raise ContractBreach(f"{table.name} has neither a file in sql/ nor a producer")
            self.see(engine, release, table.reads, visible)
            source = f"new_{table.name}"
            engine.register_rows(source, columns_of(table.name), producers[table.name](release, engine))
            select, used = f"SELECT * FROM {source}", {}

        def write(path: Path) -> tuple[int, str]:
            order_by = () if table.is_working else table.keys
            written = engine.write(select, columns_of(table.name), order_by, used, path)
            return written.rows, written.content_hash

        return self.write(release, table.name, write)

    def see(self, engine: Engine, release: Release, names: tuple[str, ...], visible: set[str]) -> None:
        """Scan the tables that are not visible yet, and remember them."""
        for name in names:
            if name not in visible:
                self.scan(engine, release, name)
                visible.add(name)


def content(partitions: Mapping[str, Partition]) -> dict[str, Any]:
    """Rows and content hash of each table, as ops.release records them."""
    return {name: {"rows": part.n_rows, "hash": part.content_hash} for name, part in partitions.items()}
