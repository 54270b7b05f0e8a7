"""DuckDB over the text files of one machine: what staging needs, whichever engine computes the lake.

SELECTs come whole from pipelines.deliveries.staging; they name files and no table of the lake, so nothing is bound or
transpiled here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pipelines.engines import content
from pipelines.engines.arrow_parts import ROW_GROUP_ROWS
from pipelines.engines.base import Written, fresh_folder
from pipelines.engines.duckdb import connect, without_values
from pipelines.scratch import WorkFolder

if TYPE_CHECKING:
    import pyarrow as pa


class TextFileEngine:
    """One in-memory DuckDB; it spills into a folder of its own below `scratch`, removed on leaving."""

    def __init__(self, threads: int, memory_limit: str, scratch: Path) -> None:
        self._spill = WorkFolder(scratch, "text-files")
        self._connection = connect(threads, memory_limit, self._spill.path)
        self.threads = threads
        # It makes a join over all rows of every list of words, also of those that few rows are compared with.
        self._connection.execute("SET disabled_optimizers = 'in_clause'")

    def write(self, select: str, folder: Path) -> int:
        """Write a SELECT's rows as Parquet into a new folder, in the SELECT's own order; how many.

        FileExistsError where the folder exists; it appears whole or not at all.
        """
        with fresh_folder(folder) as partial:
            partial.mkdir()
            target = str(partial / "part-00000.parquet").replace("'", "''")
            with without_values():
                row = self._connection.execute(
                    f"COPY ({select}\n) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
                ).fetchone()
        return int(row[0]) if row else 0

    def query(self, select: str) -> list[tuple[Any, ...]]:
        """Rows of a small result; several threads may ask at once."""
        with without_values(), self._connection.cursor() as cursor:
            return cursor.execute(select).fetchall()

    @contextmanager
    def for_threads(self) -> Iterator[None]:
        """While several threads ask at once, each does its own work: helpers of DuckDB's would cost a quarter more.

        Arrow takes its memory from the system meanwhile: its own pools give that of large pieces back after each of
        them, and to have it anew for the next costs a tenth of all staging.
        """
        import pyarrow as pa

        pool = pa.default_memory_pool()
        self.query("SET threads = 1")
        pa.set_memory_pool(pa.system_memory_pool())
        try:
            yield
        finally:
            pa.set_memory_pool(pool)
            self.query(f"SET threads = {self.threads}")

    def arrow(self, select: str) -> pa.Table:
        """A SELECT's rows in memory, in its own order; several threads may ask at once."""
        with without_values(), self._connection.cursor() as cursor:
            return cursor.execute(select).to_arrow_table()

    def batches(self, select: str) -> Iterator[pa.Table]:
        """A SELECT's rows, in its own order, some at a time."""
        import pyarrow as pa

        with without_values(), self._connection.cursor() as cursor:
            for batch in cursor.execute(select).to_arrow_reader(ROW_GROUP_ROWS):
                yield pa.Table.from_batches([batch])

    def content(self, folder: Path, columns: Mapping[str, str], key: Sequence[str]) -> Written:
        """Rows and content hash of a written folder. ContractBreach where rows share a key."""
        with without_values():
            return content.written(self._connection, folder, columns, key)

    def close(self) -> None:
        """Free memory and spilled files."""
        self._connection.close()
        self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
