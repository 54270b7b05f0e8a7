"""Who exported which list, when: appended to casework.list_export, never changed. It holds no personal data of the listed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from getpass import getuser
from pathlib import Path

from sqlalchemy import insert, select

from pipelines import free_text
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.periods import Quarter, now
from pipelines.warehouse import schema


@dataclass(frozen=True)
class Written:
    """A list's workbook as it was written: a county's, by code, or an office's view; how many rows."""

    path: Path
    rows: int
    county_code: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class Export:
    """One row of the log."""

    export: int
    quarter: str
    release: int
    county_code: str | None
    office: str | None
    n_rows: int
    file_hash: str
    login: str
    exported_by: str | None
    exported_at: datetime


def record(written: Sequence[Written], quarter: Quarter, release: int, by: str = "") -> None:
    """Append the workbooks to the log, under the account that runs this and whom `by` names.

    A list that cannot be recorded is not handed out: where the log cannot be written the workbooks are removed again.
    """
    if not written:
        return
    try:
        exported_by = free_text.checked(by, "导出人", "who exports") if by.strip() else None
        rows = [
            {
                "quarter": quarter.key,
                "release": release,
                "county_code": one.county_code,
                "office": one.office,
                "n_rows": one.rows,
                "file_hash": _hash(one.path),
                "login": getuser(),
                "exported_by": exported_by,
                "exported_at": now(),
            }
            for one in written
        ]
        with warehouse_engine().begin() as connection:
            connection.execute(insert(schema.list_export), rows)
    except BaseException:
        for one in written:
            one.path.unlink(missing_ok=True)
        raise


def exports(quarter: Quarter | None = None, county: str = "", office: str = "") -> tuple[Export, ...]:
    """The log, oldest first: all of it, or what was exported of a quarter, of a county, for an office."""
    table = schema.list_export
    query = select(table).order_by(table.c.export)
    if quarter is not None:
        query = query.where(table.c.quarter == quarter.key)
    if county:
        query = query.where(table.c.county_code == county)
    if office:
        query = query.where(table.c.office == office)
    with warehouse_engine().connect() as connection:
        return tuple(Export(**row) for row in connection.execute(query).mappings())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
