"""The default engine: DuckDB in memory over Parquet, spilling to disk; no database file, hence no writer lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pipelines.engines import content, sql
from pipelines.engines.base import (
    COUNTY_COLUMNS,
    SCOPE_COLUMN,
    EngineFailure,
    Part,
    Written,
    fresh_folder,
    require_columns,
    view_name,
)
from pipelines.engines.content import quoted
from pipelines.engines.types import require_output
from pipelines.scratch import WorkFolder

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

# Messages of these speak of names and files; the others may quote a value of a row.
_SAFE = (
    "BinderException",
    "CatalogException",
    "ParserException",
    "SyntaxException",
    "IOException",
    "OutOfMemoryException",
)


@contextmanager
def without_values() -> Iterator[None]:
    """Turns an error of DuckDB into EngineFailure that names its kind and quotes no value of a row."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        name = type(error).__name__
        detail = str(error) if name in _SAFE else "the values are not shown"
        raise EngineFailure(f"DuckDB {name}: {detail}") from None


def connect(threads: int, memory_limit: str, scratch: Path) -> DuckDBPyConnection:
    """An in-memory database of its own that spills into `scratch` and keeps the order of rows."""
    import duckdb

    return duckdb.connect(
        config={
            "threads": str(threads),
            "memory_limit": memory_limit,
            "temp_directory": str(scratch),
            "preserve_insertion_order": "true",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )


class DuckDBEngine:
    """Engine over one in-memory DuckDB. `scratch` takes a folder of its own for spilled data, removed by close()."""

    name = "duckdb"

    def __init__(self, threads: int, memory_limit: str, scratch: Path) -> None:
        self._spill = WorkFolder(scratch, "duckdb")
        self._connection = connect(threads, memory_limit, self._spill.path)

    def scan(self, name: str, columns: Mapping[str, str], parts: Sequence[Part]) -> None:
        selects = [self._select(name, columns, part) for part in parts]
        if not selects:
            nulls = ", ".join(f"CAST(NULL AS {t}) AS {quoted(c)}" for c, t in columns.items())
            selects = [f"SELECT {nulls} WHERE false"]
        with without_values():
            self._drop(name)
            self._connection.execute(f"CREATE VIEW {view_name(name)} AS {' UNION ALL '.join(selects)}")

    def _select(self, name: str, columns: Mapping[str, str], part: Part) -> str:
        paths = ", ".join(_text(str(file)) for file in part.files())
        source = f"read_parquet([{paths}], hive_partitioning=false)"
        with without_values():
            found = [row[0] for row in self._connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        require_columns(name, columns, [*found])
        casts = ", ".join(f"CAST({_today(c, part.renamed)} AS {t}) AS {quoted(c)}" for c, t in columns.items())
        if part.scope is None:
            return f"SELECT {casts} FROM {source}"
        require_columns(name, {SCOPE_COLUMN: "VARCHAR"}, found)
        kept = f"{SCOPE_COLUMN} IN ({', '.join(_text(c) for c in sorted(part.scope))})" if part.scope else "false"
        return f"SELECT {casts} FROM {source} WHERE {kept}"

    def _drop(self, name: str) -> None:
        view = view_name(name)
        found = self._connection.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_name = $n", {"n": view}
        ).fetchall()
        for (kind,) in found:
            self._connection.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {view}")

    def write(
        self,
        select: str,
        columns: Mapping[str, str],
        order_by: Sequence[str],
        params: Mapping[str, object],
        path: Path,
    ) -> Written:
        body = sql.bind(select, params)
        with without_values():
            found = [(row[0], row[1]) for row in self._connection.execute(f"DESCRIBE {body}").fetchall()]
        require_output(found, columns, "duckdb")
        casts = ", ".join(f"CAST({quoted(c)} AS {t}) AS {quoted(c)}" for c, t in columns.items())
        order = "ORDER BY " + ", ".join(f"{quoted(c)} ASC NULLS FIRST" for c in order_by) if order_by else ""
        # What has no order is read by the next tables and then no more: quickly written counts for more than small.
        compression = "zstd" if order_by else "snappy"
        with fresh_folder(path) as partial:
            partial.mkdir()
            target = _text(str(partial / "part-00000.parquet"))
            with without_values():
                self._connection.execute(
                    f"COPY (SELECT {casts} FROM ({body}) {order}) TO {target} (FORMAT parquet, COMPRESSION {compression})"
                )
                if not order_by:
                    return content.counted(partial)
                return content.written(self._connection, partial, columns, order_by)

    def count(self, name: str) -> int:
        with without_values():
            row = self._connection.execute(f"SELECT count(*) FROM {view_name(name)}").fetchone()
        assert row is not None
        return int(row[0])

    def query(self, select: str, params: Mapping[str, object]) -> list[dict[str, object]]:
        with without_values():
            cursor = self._connection.execute(sql.bind(select, params))
            names = [d[0] for d in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def register_rows(self, name: str, columns: Mapping[str, str], rows: pa.Table) -> None:
        present = set(rows.column_names)
        casts = ", ".join(
            f"CAST({quoted(c) if c in present else 'NULL'} AS {t}) AS {quoted(c)}" for c, t in columns.items()
        )
        with without_values():
            self._drop(name)
            self._connection.register("registered_rows", rows)
            self._connection.execute(f"CREATE TABLE {view_name(name)} AS SELECT {casts} FROM registered_rows")
            self._connection.unregister("registered_rows")

    def close(self) -> None:
        self._connection.close()
        self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _today(column: str, renamed: Mapping[str, str]) -> str:
    """A column as it is read: codes of counties as they are today."""
    if not renamed or column not in COUNTY_COLUMNS:
        return quoted(column)
    cases = " ".join(f"WHEN {_text(old)} THEN {_text(new)}" for old, new in sorted(renamed.items()))
    return f"CASE {quoted(column)} {cases} ELSE {quoted(column)} END"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
