"""Loads one table of one release from the lake's Parquet files into PostgreSQL: DuckDB and its postgres extension.

The extension comes as a wheel: nothing is downloaded. A table is made and filled in one transaction, so a killed load
leaves nothing; PostgreSQL with wal_level = minimal then need not log the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import make_url

from pipelines import pseudonyms
from pipelines.engines.base import EngineFailure, Part, require_columns
from pipelines.engines.duckdb import connect
from pipelines.errors import NotReady
from pipelines.scratch import WorkFolder
from pipelines.settings import settings
from pipelines.warehouse.marts import GENERATION, Mart

if TYPE_CHECKING:
    from pipelines.releases import Release

_EXTENSION = "duckdb_extension_postgres_scanner"
# What an error may say: words and the names of tables and columns, but no quoted value, long number or Chinese text.
_VALUE = re.compile(r"'[^']*'|[^\x00-\x7f]+|\d{6,}")
# The server's own line; the query that failed may stand before it, the row and its values after.
_SAID = re.compile(r"(ERROR|FATAL):[^\n]*")
_QUOTED = re.compile(r'"([^"]*)"')


def generation_table(mart: str, release: int) -> str:
    """Name, within schema generation, of the table that holds one release of a mart."""
    return f"{mart}_r{release}"


class Loader:
    """A DuckDB that writes into the warehouse. A context manager: leaving it closes its connections."""

    def __init__(self) -> None:
        config = settings()
        self._spill = WorkFolder(config.scratch, "publish")
        # Rows are written by one thread, in the files' order. A second one would wait for it in a busy loop, on the core
        # that PostgreSQL takes them on.
        self._duckdb = connect(1, config.memory_limit, self._spill.path)
        self._known: frozenset[str] = frozenset()
        self._keys: set[str] = set()
        with self._without_values("connecting to the warehouse"):
            self._duckdb.load_extension(str(_extension()))
            self._attach(config.warehouse_dsn)

    def _attach(self, dsn: str) -> None:
        url = make_url(dsn)
        # A secret, because messages and duckdb_databases() repeat what ATTACH itself is given.
        words = {"HOST": url.host, "PORT": url.port, "DATABASE": url.database, "USER": url.username}
        said = ", ".join(f"{word} {_text(str(value))}" for word, value in words.items() if value is not None)
        password = f", PASSWORD {_text(str(url.password))}" if url.password is not None else ""
        self._duckdb.execute(f"CREATE SECRET warehouse (TYPE postgres, {said}{password})")
        options = {"application_name": "bidui publish", **url.query}
        libpq = " ".join(f"{name}='{_escaped(str(value))}'" for name, value in options.items())
        # Other schemas would be listed anew for every table.
        kind = f"TYPE postgres, SECRET warehouse, SCHEMA {_text(GENERATION)}"
        self._duckdb.execute(f"ATTACH {_text(libpq)} AS warehouse ({kind})")

    def load(self, mart: Mart, release: Release, folder: Path) -> None:
        """Make generation.<mart>_r<n>, typed and checked, and fill it from the Parquet files in `folder`.

        A column that the files lack is NULL: the release was computed before it was declared; a key must be there.
        Digests that name people are replaced by their pseudonyms on the way. Raises ContractBreach for a missing key,
        NotReady without files or without the release's key of pseudonyms, EngineFailure where the load fails.
        """
        table = generation_table(mart.name, release.release)
        files = ", ".join(_text(str(file)) for file in Part(folder).files())
        source = f"read_parquet([{files}], hive_partitioning = false)"
        self._known = frozenset((table, mart.name, *mart.columns))
        with self._without_values(f"loading {table}"):
            found = [row[0] for row in self._duckdb.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        require_columns(mart.name, dict.fromkeys(mart.keys, ""), found)
        present = [name for name in mart.columns if name in found]
        shown = {name: f'"{name}"' for name in present}
        for name in mart.pseudonyms.intersection(present):
            shown[name] = f'{self._pseudonym(release)}("{name}")'
        casts = ", ".join(f"CAST({shown[name]} AS {mart.columns[name]})" for name in present)
        names = ", ".join(["release", *present])
        with self._without_values(f"loading {table}"):
            self._duckdb.execute("BEGIN")
            try:
                self._duckdb.execute("CALL postgres_execute('warehouse', $ddl)", {"ddl": _ddl(mart, release, table)})
                self._duckdb.execute(
                    f"INSERT INTO warehouse.{GENERATION}.{table} ({names}) SELECT {release.release}, {casts} FROM {source}"
                )
                self._duckdb.execute("COMMIT")
            except BaseException:
                self._duckdb.execute("ROLLBACK")
                raise

    def _pseudonym(self, release: Release) -> str:
        """The SQL function that gives the pseudonyms of a release."""
        from duckdb.func import PythonUDFType

        key = pseudonyms.of(release.inputs)
        name = f"pseudonym_{key.number}"
        if name not in self._keys:
            self._duckdb.create_function(name, _every(key), ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW)
            self._keys.add(name)
        return name

    def close(self) -> None:
        """Close the connections; twice is harmless."""
        self._duckdb.close()
        self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _without_values(self, doing: str) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            raise EngineFailure(f"{doing}: {type(error).__name__}: {without_values(str(error), self._known)}") from None


def _every(key: pseudonyms.Key) -> Callable[[Any], Any]:
    """What replaces the digests in a column of texts; the function is only asked for those that are there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def shown(column: Any) -> Any:
        # Looked at together in a tenth of the time; what they are not is rare.
        digests = pc.all(pc.match_substring_regex(column, f"^(?:{pseudonyms.DIGEST})$")).as_py()
        of_text = key.replaced if digests else key.shown
        return pa.array([of_text(text) for text in column.to_pylist()], pa.string())

    return shown


def without_values(message: str, known: frozenset[str] = frozenset()) -> str:
    """What PostgreSQL says is wrong, one line, without what a row or a password may have put there.

    Quoted words stay where they are `known` names of tables and columns.
    """
    said = _SAID.search(message)
    line = said[0] if said else (message.strip().splitlines() or [""])[0]
    line = re.sub(r"password=\S+", "password=…", line)
    line = _QUOTED.sub(lambda quoted: quoted[0] if quoted[1] in known else "…", line)
    return _VALUE.sub("…", line)


def _ddl(mart: Mart, release: Release, table: str) -> str:
    checks = [f"CONSTRAINT is_release CHECK (release = {release.release})"]
    if "quarter" in mart.columns:
        # Lets the planner leave out the partitions of other quarters.
        checks.append(f"CONSTRAINT is_quarter CHECK (quarter = '{release.quarter.key}')")
    parts = ", ".join([f"LIKE {GENERATION}.{mart.name} INCLUDING COMMENTS", *checks])
    # What the parent says of statistics holds for partitions it has, not for those it gets.
    altered = ", ".join([*(f"ALTER COLUMN {key} SET NOT NULL" for key in mart.keys), *filter(None, [mart.unmeasured])])
    return (
        f"CREATE TABLE {GENERATION}.{table} ({parts}); ALTER TABLE {GENERATION}.{table} {altered}; "
        f"COMMENT ON TABLE {GENERATION}.{table} IS {_text(f'{mart.zh},{release.quarter.key} 季度第 {release.release} 号发布')}"
    )


def _extension() -> Path:
    import duckdb

    name = f"extensions/v{duckdb.__version__}/postgres_scanner.duckdb_extension"
    path = Path(str(resources.files(_EXTENSION))) / name
    if not path.is_file():
        raise NotReady(f"{_EXTENSION} holds no extension for DuckDB {duckdb.__version__}: install the pinned versions")
    return path


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
