"""What every engine can do: make lake tables visible to SQL, run one SELECT, write one partition, count.

Nothing outside this package knows which engine runs. All SQL is DuckDB's dialect within `allowed.FUNCTIONS`.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from pipelines.errors import ContractBreach, NotReady

if TYPE_CHECKING:
    import pyarrow as pa

PREVIOUS = "previous"
SCOPE_COLUMN = "scope_code"
COUNTY_COLUMNS = ("county_code", SCOPE_COLUMN)
_NAME = re.compile(r"(?:previous\.)?[a-z][a-z0-9_]*")


class EngineFailure(Exception):
    """An engine could not do its work. Carries the kind of failure and never a value from the data."""


@dataclass(frozen=True)
class Part:
    """One folder of Parquet files that holds rows of a table.

    `scope` keeps only rows whose `scope_code` is among them; None keeps every row, an empty set none. `renamed` are codes
    of counties that have another one since: the rows are read as if they had been written under that.
    """

    path: Path
    scope: frozenset[str] | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)

    def files(self) -> list[Path]:
        """Parquet files in the order their rows were written. Raises NotReady where there is none."""
        files = sorted(self.path.glob("*.parquet"))
        if not files:
            raise NotReady(f"no Parquet file in {self.path}: the partition was never written or was removed")
        return files


@dataclass(frozen=True)
class Written:
    """A written partition: how many rows, and the hash of their content in key order (see content.py)."""

    rows: int
    content_hash: str


class Engine(Protocol):
    """Runs the SQL files over the lake. A context manager: leaving it frees memory, spill files and sessions."""

    name: str

    def scan(self, name: str, columns: Mapping[str, str], parts: Sequence[Part]) -> None:
        """Make the rows of `parts` visible as table `name` ("core_person" or "previous.core_person").

        `columns` maps each column to its DuckDB type; other columns in the files stay unseen. No parts: an empty table
        with these columns. A second scan of the same name replaces the first. Raises NotReady for a part without
        files, ContractBreach for a part that lacks a column.
        """

    def write(
        self,
        select: str,
        columns: Mapping[str, str],
        order_by: Sequence[str],
        params: Mapping[str, object],
        path: Path,
    ) -> Written:
        """Run one SELECT and write its rows, ordered by the key `order_by`, as Parquet into the new folder `path`; where
        that is empty, in any order and without a content hash.

        The output has exactly `columns`, in that order and with those types. Raises ContractBreach where the SELECT
        gives a column too few or too many, one of another kind of type, or two rows with the same key; FileExistsError
        where `path` exists. The folder appears whole or not at all.
        """

    def count(self, name: str) -> int:
        """Rows of a table that was scanned or registered."""

    def query(self, select: str, params: Mapping[str, object]) -> list[dict[str, object]]:
        """Rows of a small result as Python values (int, str, bool, date, datetime, Decimal, float, list, None)."""

    def register_rows(self, name: str, columns: Mapping[str, str], rows: pa.Table) -> None:
        """Make a small table made in Python visible as `name`; columns are taken by name, absent ones are NULL."""

    def close(self) -> None:
        """Free what the engine holds; twice is harmless."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def view_name(name: str) -> str:
    """The engine's own name of a table: `previous.core_x` becomes `previous__core_x`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a table name: lower-case letters, digits and _, at most 'previous.' before")
    return name.replace(".", "__")


@contextmanager
def fresh_folder(path: Path) -> Iterator[Path]:
    """A temporary sibling that becomes `path` by one rename when the block ends well, and vanishes when it does not."""
    if path.exists():
        raise FileExistsError(f"{path} exists already; every attempt writes to a folder of its own")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        yield partial
        partial.rename(path)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def require_columns(name: str, wanted: Mapping[str, str], found: Sequence[str]) -> None:
    """Raises ContractBreach naming the columns that a scanned part lacks."""
    missing = [column for column in wanted if column not in set(found)]
    if missing:
        raise ContractBreach(f"{name}: the Parquet files lack the column(s) {', '.join(missing)}")
