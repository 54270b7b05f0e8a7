"""Small computed releases of every published table, and what readers must see of them: for tests and for timing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines import pseudonyms
from pipelines.deliveries.ledger import Ledger, Partition, warehouse_engine
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.lake import attempt
from pipelines.periods import Quarter, now
from pipelines.releases import Release, all_releases, mark_computed, open_release
from pipelines.settings import settings
from pipelines.warehouse import marts

if TYPE_CHECKING:
    import psycopg2.extensions

ROWS = 40
QUARTER = Quarter(2019, 4)
Shown = dict[str, dict[str | None, tuple[int, int]]]  # mart -> quarter -> (release, rows)


def compute(
    quarter: Quarter, previous: Release | None = None, rows: int = ROWS, large: Mapping[str, int] | None = None
) -> Release:
    """A computed release: every mart with that many rows in the lake, recorded as the steps record it."""
    release = opened(quarter, previous)
    partitions = []
    with DuckDBEngine(2, "1GiB", settings().scratch) as engine:
        for mart in marts.marts():
            relative, path = attempt(mart.name, quarter, release.part)
            number = (large or {}).get(mart.name, _rows_of(mart, rows))
            written = engine.write(_rows(mart, release, number), mart.columns, mart.keys, {}, path)
            partitions.append(Partition(mart.name, quarter, release.part, relative, written.rows, written.content_hash))
    return computed(release, partitions)


def compute_again(like: Release, previous: Release | None = None) -> Release:
    """A computed release of the same quarter with the same rows, from the same files: in a fraction of the time."""
    release, ledger = opened(like.quarter, previous), Ledger()
    partitions = []
    for mart in marts.marts():
        made = ledger.partition(mart.name, like.quarter, like.part)
        assert made is not None
        partitions.append(Partition(mart.name, like.quarter, release.part, made.path, made.n_rows, made.content_hash))
    return computed(release, partitions)


def opened(quarter: Quarter, previous: Release | None) -> Release:
    """A planned release."""
    inputs = {
        "previous": {"quarter": previous.quarter.key, "release": previous.release} if previous else None,
        "versions": {pseudonyms.VERSION: pseudonyms.ring()[0].number},
    }
    with warehouse_engine().begin() as connection:
        return open_release(connection, quarter, "f" * 8, inputs, now())


def computed(release: Release, partitions: list[Partition]) -> Release:
    """The release, computed: with these partitions in the ledger."""
    ledger = Ledger()
    for partition in partitions:
        ledger.commit_partition(partition)
    mark_computed(release, {one.table_name: {"rows": one.n_rows, "hash": one.content_hash} for one in partitions})
    return next(one for one in all_releases() if one.release == release.release)


def _rows_of(mart: marts.Mart, rows: int) -> int:
    """As many, but of what is said once a quarter one."""
    return rows if mart.grain != ("quarter",) else 1


def _rows(mart: marts.Mart, release: Release, rows: int) -> str:
    def value(name: str, kind: str) -> str:
        if name == "quarter":
            return f"'{release.quarter.key}'"
        made = {
            "VARCHAR": f"'{name}-' || substr(sha256(CAST(i AS VARCHAR)), 1, 24)"
            if name in mart.pseudonyms
            else f"'{name} 测试\\\"'' ' || i",
            "BOOLEAN": "i % 2 = 0",
            "DATE": "CAST('2019-01-01' AS DATE) + CAST(i % 900 AS INTEGER)",
        }.get(kind, f"CAST((i + {release.release}) % 900 AS {kind})")
        return made if name in mart.keys else f"CASE WHEN i % 7 = 0 THEN NULL ELSE {made} END"

    columns = ", ".join(f"{value(name, kind)} AS {name}" for name, kind in mart.columns.items())
    return f"SELECT {columns} FROM range({rows}) AS numbers(i)"


def read(connection: psycopg2.extensions.connection) -> Shown:
    """What every mart shows, in one statement."""
    parts = []
    for mart in marts.marts():
        quarter = "quarter" if "quarter" in mart.columns else "NULL"
        parts.append(
            f"SELECT '{mart.name}', {quarter}, release, count(*) FROM {marts.view_name(mart.name)} GROUP BY 1, 2, 3"
        )
    shown: Shown = {mart.name: {} for mart in marts.marts()}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for mart_name, quarter_key, release, rows in cursor.fetchall():
            assert quarter_key not in shown[mart_name], f"{mart_name} shows two releases of {quarter_key}"
            shown[mart_name][quarter_key] = (release, rows)
    return shown


def expected(*releases: Release) -> Shown:
    """What every mart must show when exactly these releases are published."""
    latest = max(releases, key=lambda one: one.quarter)
    shown: Shown = {}
    for mart in marts.marts():
        shown[mart.name] = {r.quarter.key: (r.release, r.content[mart.name]["rows"]) for r in releases}
        if "quarter" not in mart.columns:
            shown[mart.name] = {None: (latest.release, latest.content[mart.name]["rows"])}
    return shown
