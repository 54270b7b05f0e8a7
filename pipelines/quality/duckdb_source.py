"""Parquet files as a SQLAlchemy source for Great Expectations: an in-memory DuckDB with one view.

Two properties of this source are its reason to exist.

Rows are fetched at once. Great Expectations reads a result after it has returned the connection; returning it rolls
back, and a DuckDB connection holds one result only, so nothing is left to read ("list index out of range" in every
expectation). Results here are single rows of counts, so holding them costs nothing.

Errors quote no data. DuckDB names the offending value in a failed cast, and Great Expectations copies messages and
tracebacks into its results and logs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from duckdb_engine import ConnectionWrapper, CursorWrapper

from pipelines.scratch import WorkFolder

URL = "duckdb:///:memory:"
# These speak of the SQL text, files and memory; every other message may quote a value.
_QUOTABLE = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
)


class BufferedCursor(CursorWrapper):
    """A cursor whose rows outlive the connection's next statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wrapper: BufferedConnection) -> None:
        super().__init__(connection, wrapper)
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.description: list[Any] | None = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        try:
            super().execute(statement, parameters, context)
            self.description = self._connection.description
            self._rows = deque(self._connection.fetchall() if self.description else ())
        except duckdb.Error as error:
            raise without_values(error) from None

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or 1, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows = list(self._rows)
        self._rows.clear()
        return rows


class BufferedConnection(ConnectionWrapper):
    """A handle on a connection that somebody else opens and closes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        return BufferedCursor(self._connection, self)

    def close(self) -> None:
        self.closed = True


def without_values(error: duckdb.Error) -> duckdb.Error:
    """The same kind of error; its message is kept only where it cannot quote a value."""
    if isinstance(error, _QUOTABLE):
        return error
    return type(error)(f"{type(error).__name__}: message withheld, it may quote a value")


@contextmanager
def parquet_view(
    view: str, rows: Sequence[Path] | str, *, memory_limit: str, threads: int, scratch: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which `view` is all rows of Parquet files, or of a DuckDB relation over some; it spills below `scratch` and leaves nothing there.

    The folders' quarter=…/delivery=… are not columns of the view: rules see what the marking pass saw.
    ValueError without files; duckdb.IOException when one is missing.
    """
    if not rows:
        raise ValueError(f"{view}: no Parquet file to validate")
    # Spill files of two processes in one folder would have the same names.
    with WorkFolder(scratch, "quality") as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "threads": threads,
                "temp_directory": str(spill),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            },
        )
        try:
            if isinstance(rows, str):
                connection.sql(f"FROM {rows}").create_view(view)
            else:
                files = [str(path) for path in rows]
                connection.read_parquet(files, hive_partitioning=False).create_view(view)
            yield connection
        finally:
            connection.close()
