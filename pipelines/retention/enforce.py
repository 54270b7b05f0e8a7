"""Removes what is past its period and not needed, and says what went, what stays and why. Repeatable; killed, it goes on."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, tuple_

from pipelines import periods as clock
from pipelines.catalog import TABLES
from pipelines.deliveries.ledger import Delivery, Ledger, warehouse_engine
from pipelines.deliveries.staging import QUARANTINE
from pipelines.errors import NotReady
from pipelines.lake import columns_of, exclusive
from pipelines.releases import Release
from pipelines.retention.declared import Period, declared
from pipelines.retention.needed import YOUNG, Key, needed_deliveries, needed_releases, releases_by_age
from pipelines.scratch import sweep
from pipelines.settings import settings
from pipelines.sources import STAGED
from pipelines.warehouse import access, audit, schema

UNREAD = "not_all_recorded"


@dataclass(frozen=True)
class Enforced:
    """One kind of data: what was removed (or would be, or is for somebody else to remove), and what stays by reason."""

    kind: str
    zh: str
    days: int | None
    removed: tuple[str, ...]
    n_bytes: int
    kept: Mapping[str, int]
    is_only_told: bool

    @property
    def counts(self) -> dict[str, Any]:
        """The same in numbers."""
        number = "n_due" if self.is_only_told else "n_removed"
        return {
            "kind": self.kind,
            "days": self.days,
            number: len(self.removed),
            "bytes": self.n_bytes,
            "kept": dict(self.kept),
        }


@dataclass(frozen=True)
class _Thing:
    """What goes as a whole: its folders and files, and the rows of the ledger that say they count."""

    name: str
    paths: tuple[Path, ...]
    partitions: tuple[tuple[str, str, str], ...] = ()  # table, quarter, part

    @property
    def n_bytes(self) -> int:
        files = (file for path in self.paths for file in ([path] if path.is_file() else path.rglob("*")))
        return sum(file.lstat().st_size for file in files if not file.is_dir())


def retain(*, dry_run: bool = False) -> tuple[Enforced, ...]:
    """Enforce every period, kind by kind; with `dry_run` nothing is touched and the answer is the same."""
    with exclusive("retention"):
        if not dry_run:
            sweep(settings().scratch)  # what a killed process put aside, where nothing has run since
        return tuple(_KINDS[kind](kind, period, dry_run) for kind, period in declared().items())


def _release_tables(kind: str, period: Period, dry_run: bool) -> Enforced:
    found = releases_by_age()
    why = needed_releases(found, clock.now() - period.length)
    names = _of_people()
    gone = [_of_release(one.release, names) for one in found if one.release.release not in why]
    return _remove(kind, period, dry_run, gone, Counter(why.values()))


def _of_people() -> tuple[str, ...]:
    """The computed tables that hold people's rows. Counts by region stay."""
    marts = [table.name for table in TABLES.values() if table.layer in ("mart", "bi")]
    counts = {name for name in marts if access.kind_of(name, columns_of(name)) is not access.Kind.PEOPLE}
    return tuple(table.name for table in TABLES.values() if table.layer != "staged" and table.name not in counts)


def _of_release(release: Release, names: Iterable[str]) -> _Thing:
    quarter = release.quarter.key
    folders = tuple(settings().lake / TABLES[name].layer / name / f"quarter={quarter}" / release.part for name in names)
    return _Thing(str(release.release), folders, tuple((name, quarter, release.part) for name in names))


def _deliveries(kind: str, period: Period, dry_run: bool) -> Enforced:
    why = _needed_deliveries(period)
    accepted = [one for one in Ledger().deliveries(status="accepted") if (one.system, one.delivery_id) not in why]
    return _remove(kind, period, dry_run, map(_of_delivery, accepted), Counter(why.values()))


def _needed_deliveries(period: Period) -> Mapping[Key, str]:
    found = releases_by_age()
    stay = needed_releases(found, clock.now() - declared()["release_tables"].length)
    kept = [one.release for one in found if one.release.release in stay]
    return needed_deliveries(kept, clock.now() - period.length)


def _of_delivery(delivery: Delivery) -> _Thing:
    assert delivery.quarter is not None
    quarter, part = delivery.quarter.key, f"delivery={delivery.delivery_id}"
    names = [name for name, table in STAGED.items() if name.startswith(f"staged_{delivery.system}__")]
    folders = [
        settings().lake / layer / name / f"quarter={quarter}" / part
        for name in names
        for layer in ("staged", QUARANTINE)
    ]
    tables = [*names, *(f"{QUARANTINE}_{name}" for name in names)]
    return _Thing(
        f"{delivery.system}/{delivery.delivery_id}", tuple(folders), tuple((name, quarter, part) for name in tables)
    )


def _landing(kind: str, period: Period, dry_run: bool) -> Enforced:
    why = dict(_needed_deliveries(period))
    due = []
    for one in Ledger().deliveries():
        folder = settings().landing / one.system / one.delivery_id
        if (one.system, one.delivery_id) in why or not folder.is_dir():
            continue
        if one.received_at >= clock.now() - period.length:
            why[one.system, one.delivery_id] = YOUNG
        else:
            due.append(_Thing(f"{one.system}/{one.delivery_id}", (folder,)))
    return _remove(kind, period, dry_run, due, Counter(why.values()))


def _reads(kind: str, period: Period, dry_run: bool) -> Enforced:
    table = schema.access_read
    # The database's clock, as in the rows: it refuses to delete a younger one.
    is_old = table.c.read_at < func.now() - period.length
    with warehouse_engine().begin() as connection:
        days = select(func.date(table.c.read_at), func.count()).where(is_old).group_by(func.date(table.c.read_at))
        old = connection.execute(days.order_by(func.date(table.c.read_at))).all()
        kept = connection.execute(select(func.count()).select_from(table).where(~is_old)).scalar_one()
        names = tuple(f"{day:%Y-%m-%d}: {n}" for day, n in old)
        if old and not dry_run:
            connection.execute(delete(table).where(is_old))
            _note(connection, kind, period, [(name, 0) for name in names])
    return Enforced(kind, period.zh, period.days, names, 0, {YOUNG: kept}, False)


def _database_log(kind: str, period: Period, dry_run: bool) -> Enforced:
    """All but the newest file, which the server may hold open."""
    try:
        files = audit.log_files()[:-1]
    except NotReady:
        files = ()
    return _files(kind, period, dry_run, files, lambda file: None if audit.is_taken_in(file) else UNREAD)


def _task_logs(kind: str, period: Period, dry_run: bool) -> Enforced:
    folder = settings().logs / "airflow"
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink()]
    return _files(kind, period, dry_run, files, lambda _: None)


def _files(
    kind: str, period: Period, dry_run: bool, files: Iterable[Path], needs: Callable[[Path], str | None]
) -> Enforced:
    # A file's own time is the machine's, whatever calendar is simulated.
    before = (datetime.now(UTC) - period.length).timestamp()
    kept: Counter[str] = Counter()
    gone = []
    for file in files:
        reason = YOUNG if file.stat().st_mtime >= before else needs(file)
        if reason:
            kept[reason] += 1
        else:
            gone.append(_Thing(file.name, (file,)))
    return _remove(kind, period, dry_run, gone, kept)


def _for_good(kind: str, period: Period, _dry_run: bool) -> Enforced:
    return Enforced(kind, period.zh, None, (), 0, {}, False)


_KINDS: Mapping[str, Callable[[str, Period, bool], Enforced]] = {
    "release_tables": _release_tables,
    "deliveries": _deliveries,
    "landing": _landing,
    "reads": _reads,
    "database_log": _database_log,
    "task_logs": _task_logs,
    "records": _for_good,
}


def _remove(kind: str, period: Period, dry_run: bool, gone: Iterable[_Thing], kept: Mapping[str, int]) -> Enforced:
    """Each thing: out of the ledger and noted in one transaction, then off the disk; what a kill left goes next time."""
    removed, n_bytes = [], 0
    for thing in _there(gone):
        size = thing.n_bytes
        if not dry_run and not period.is_only_told:
            with warehouse_engine().begin() as connection:
                _uncommit(connection, thing)
                _note(connection, kind, period, [(thing.name, size)])
            for path in thing.paths:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        removed.append(thing.name)
        n_bytes += size
    return Enforced(kind, period.zh, period.days, tuple(removed), n_bytes, dict(kept), period.is_only_told)


def _there(gone: Iterable[_Thing]) -> Iterator[_Thing]:
    """Without what was removed before: no folder and no row."""
    table = schema.lake_partition
    with warehouse_engine().connect() as connection:
        rows = connection.execute(select(table.c.table_name, table.c.quarter, table.c.part)).all()
    counted = {(row[0], row[1], row[2]) for row in rows}
    for thing in gone:
        paths = tuple(path for path in thing.paths if path.exists())
        partitions = tuple(one for one in thing.partitions if one in counted)
        if paths or partitions:
            yield replace(thing, paths=paths, partitions=partitions)


def _uncommit(connection: Connection, thing: _Thing) -> None:
    table = schema.lake_partition
    if thing.partitions:
        rows = tuple_(table.c.table_name, table.c.quarter, table.c.part).in_(thing.partitions)
        connection.execute(delete(table).where(rows))


def _note(connection: Connection, kind: str, period: Period, removed: Iterable[tuple[str, int]]) -> None:
    rows = [
        {"kind": kind, "name": name, "n_bytes": size, "days": period.days, "removed_at": clock.now()}
        for name, size in removed
    ]
    connection.execute(insert(schema.removal), rows)
