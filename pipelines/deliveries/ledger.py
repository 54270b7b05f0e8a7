"""The ledger: what arrived, what was staged and which writes to the lake count. Kept in the warehouse, schema ops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, and_, create_engine, select
from sqlalchemy.dialects.postgresql import insert

from pipelines.errors import NotReady
from pipelines.periods import Quarter
from pipelines.settings import settings
from pipelines.warehouse import schema

STAGED_STATUS, STOPPED_STATUS, HELD_STATUS = "staged", "stopped", "held"


@dataclass(frozen=True)
class Delivery:
    """One landing folder as received. `counties` is its scope; a higher `sequence` of the same scope wins.

    `corrects` names the delivery of which this one brings corrected rows only; empty for a whole delivery.
    """

    system: str
    delivery_id: str
    status: str
    fingerprint: str
    received_at: datetime
    quarter: Quarter | None = None
    counties: frozenset[str] = frozenset()
    cut_date: date | None = None
    sender: str = ""
    sequence: int = 0
    files: tuple[Mapping[str, Any], ...] = ()
    reasons: tuple[Mapping[str, str], ...] = ()
    corrects: str = ""


@dataclass(frozen=True)
class Staged:
    """The outcome of staging one table of one delivery; rows_in = rows_clean + rows_quarantined.

    `status`: 'staged', 'stopped' or 'held'; read back, a held delivery is 'staged' once every rule in `held_by` (rule id
    to its words and cases) has been overruled. `county_counts`: county to rows, repeated, quarantined. `compared_with`:
    earlier quarter to the deliveries that history rules looked at.
    """

    system: str
    delivery_id: str
    table_name: str
    quarter: Quarter
    status: str
    rows_in: int
    rows_clean: int
    rows_quarantined: int
    rule_counts: Mapping[str, int] = field(default_factory=dict)
    county_counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    compared_with: Mapping[str, Sequence[str]] = field(default_factory=dict)
    held_by: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Partition:
    """One committed write to the lake; `path` is relative to the lake's root."""

    table_name: str
    quarter: Quarter
    part: str
    path: str
    n_rows: int
    content_hash: str


@lru_cache(maxsize=4)
def _connect(dsn: str) -> Engine:
    return create_engine(dsn, pool_pre_ping=True, pool_size=2, hide_parameters=True)


def warehouse_engine() -> Engine:
    """The connection pool to the warehouse. NotReady when none is configured."""
    dsn = settings().warehouse_dsn
    if not dsn:
        raise NotReady("no warehouse: start the local one with `bidui up --no-airflow` or set BIDUI_WAREHOUSE_DSN")
    return _connect(dsn)


class Ledger:
    """Reads and appends the ledger; every method is one transaction."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine or warehouse_engine()

    def record_delivery(self, delivery: Delivery) -> bool:
        """Append a delivery's receipt; False when the ledger has it already (nothing is changed then)."""
        row = {
            "system": delivery.system,
            "delivery_id": delivery.delivery_id,
            "status": delivery.status,
            "quarter": delivery.quarter.key if delivery.quarter else None,
            "counties": sorted(delivery.counties),
            "cut_date": delivery.cut_date,
            "sender": delivery.sender,
            "sequence": delivery.sequence,
            "files": [dict(file) for file in delivery.files],
            "reasons": [dict(reason) for reason in delivery.reasons],
            "fingerprint": delivery.fingerprint,
            "received_at": delivery.received_at,
            "corrects": delivery.corrects or None,
        }
        statement = insert(schema.delivery).values(row).on_conflict_do_nothing()
        with self.engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def deliveries(
        self, system: str | None = None, quarter: Quarter | None = None, status: str | None = None
    ) -> tuple[Delivery, ...]:
        """Deliveries in the order (system, quarter, sequence, delivery_id), never in order of arrival."""
        table = schema.delivery
        query = select(table).order_by(table.c.system, table.c.quarter, table.c.sequence, table.c.delivery_id)
        if system is not None:
            query = query.where(table.c.system == system)
        if quarter is not None:
            query = query.where(table.c.quarter == quarter.key)
        if status is not None:
            query = query.where(table.c.status == status)
        with self.engine.connect() as connection:
            return tuple(_delivery(dict(row)) for row in connection.execute(query).mappings())

    def states(self) -> dict[tuple[str, str], str]:
        """(system, delivery_id) → refused, received, staged, stopped or held, decisions included."""
        view = schema.delivery_state
        with self.engine.connect() as connection:
            rows = connection.execute(select(view.c.system, view.c.delivery_id, view.c.state))
            return {(row[0], row[1]): row[2] for row in rows}

    def known(self) -> frozenset[tuple[str, str]]:
        """(system, delivery_id) of every landing folder that has its receipt."""
        table = schema.delivery
        with self.engine.connect() as connection:
            return frozenset(
                (row[0], row[1]) for row in connection.execute(select(table.c.system, table.c.delivery_id))
            )

    def commit_staged(self, staged: Iterable[Staged], partitions: Iterable[Partition]) -> None:
        """Make staged tables count, together with their lake partitions: all or none."""
        with self.engine.begin() as connection:
            for item in staged:
                row = {
                    "system": item.system,
                    "delivery_id": item.delivery_id,
                    "table_name": item.table_name,
                    "quarter": item.quarter.key,
                    "status": item.status,
                    "rows_in": item.rows_in,
                    "rows_clean": item.rows_clean,
                    "rows_quarantined": item.rows_quarantined,
                    "rule_counts": dict(item.rule_counts),
                    "county_counts": dict(item.county_counts),
                    "compared_with": dict(item.compared_with),
                    "held_by": dict(item.held_by),
                }
                connection.execute(insert(schema.staging).values(row).on_conflict_do_nothing())
            for partition in partitions:
                connection.execute(
                    insert(schema.lake_partition).values(_partition_row(partition)).on_conflict_do_nothing()
                )

    def commit_partition(self, partition: Partition) -> Partition:
        """Make one lake write count; the partition that counts afterwards (the first one committed wins)."""
        with self.engine.begin() as connection:
            connection.execute(insert(schema.lake_partition).values(_partition_row(partition)).on_conflict_do_nothing())
        committed = self.partition(partition.table_name, partition.quarter, partition.part)
        assert committed is not None
        return committed

    def partition(self, table_name: str, quarter: Quarter, part: str) -> Partition | None:
        """The committed write of a table's part, such as ('core_person', 2019Q4, 'release=7')."""
        table = schema.lake_partition
        query = select(table).where(
            table.c.table_name == table_name, table.c.quarter == quarter.key, table.c.part == part
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return Partition(table_name, quarter, part, row["path"], row["n_rows"], row["content_hash"])

    def staged(self, system: str | None = None, quarter: Quarter | None = None) -> tuple[Staged, ...]:
        """Outcomes of staging as they count now, ordered by quarter, system, table and delivery."""
        table, now = schema.staging, schema.delivery_state
        query = (
            select(table, now.c.state)
            .join(now, and_(now.c.system == table.c.system, now.c.delivery_id == table.c.delivery_id))
            .order_by(table.c.quarter, table.c.system, table.c.table_name, table.c.delivery_id)
        )
        if system is not None:
            query = query.where(table.c.system == system)
        if quarter is not None:
            query = query.where(table.c.quarter == quarter.key)
        with self.engine.connect() as connection:
            return tuple(
                Staged(
                    row["system"], row["delivery_id"], row["table_name"], Quarter.parse(row["quarter"]), row["state"],
                    row["rows_in"], row["rows_clean"], row["rows_quarantined"], row["rule_counts"],
                    row["county_counts"], row["compared_with"], row["held_by"],
                )
                for row in connection.execute(query).mappings()
            )  # fmt: skip


def _partition_row(partition: Partition) -> dict[str, Any]:
    return {
        "table_name": partition.table_name,
        "quarter": partition.quarter.key,
        "part": partition.part,
        "path": partition.path,
        "n_rows": partition.n_rows,
        "content_hash": partition.content_hash,
    }


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(
        system=row["system"],
        delivery_id=row["delivery_id"],
        status=row["status"],
        fingerprint=row["fingerprint"],
        received_at=row["received_at"],
        quarter=Quarter.parse(row["quarter"]) if row["quarter"] else None,
        counties=frozenset(row["counties"] or ()),
        cut_date=row["cut_date"],
        sender=row["sender"] or "",
        sequence=row["sequence"] or 0,
        files=tuple(row["files"]),
        reasons=tuple(row["reasons"]),
        corrects=row["corrects"] or "",
    )
