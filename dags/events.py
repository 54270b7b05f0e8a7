"""What a running task reads from its run and what it announces: quarters, counts and ids, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow.sdk import Asset

from pipelines.errors import ContractBreach
from pipelines.periods import Quarter

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Announcement:
    """One asset's news: the partitions it is about, quarters as a rule, and the counts each of these events carries."""

    asset: Asset
    partitions: Iterable[object]
    facts: Facts


def quarter_of(context: Mapping[str, Any]) -> Quarter:
    """The quarter this run is for; a run started by hand must name it as its partition key."""
    key = context["dag_run"].partition_key
    if key is None:
        raise ContractBreach(
            "这次运行没有指定季度：请在触发时填写分区键，例如 2019Q4。 / "
            "This run names no quarter: give a partition key such as 2019Q4 when triggering it."
        )
    return Quarter.parse(key)


def delivery_key(system: str, delivery_id: str) -> str:
    """The partition key that names a delivery."""
    return f"{system}/{delivery_id}"


def delivery_of(context: Mapping[str, Any]) -> tuple[str, str]:
    """System and name of the delivery this run is about; a run started by hand must name it as its partition key."""
    system, _, delivery_id = (context["dag_run"].partition_key or "").partition("/")
    if not delivery_id:
        raise ContractBreach(
            "这次运行没有指定报送：请在触发时填写分区键“系统/批次”。 / "
            "This run names no delivery: give system/delivery as partition key when triggering it."
        )
    return system, delivery_id


def announce(context: Mapping[str, Any], announcements: Iterable[Announcement]) -> None:
    """Emits exactly these events when the task succeeds, and none for any other outlet of the task.

    Airflow emits an event for every declared outlet of a task that succeeds, without a key where none was set.
    Declared outlets draw the asset graph; here the running copy of the task keeps only those that have news.
    """
    kept = []
    for announcement in announcements:
        keys = sorted(str(partition) for partition in announcement.partitions)
        if not keys:
            continue
        event = context["outlet_events"][announcement.asset]
        event.add_partitions(keys)
        # Airflow sends the keys in the order of this collection; a set would start the quarters in any order.
        event.partition_keys = dict.fromkeys(keys)
        event.extra = dict(announcement.facts)
        kept.append(announcement.asset)
    context["task"].outlets = kept


def is_again(context: Mapping[str, Any]) -> bool:
    """Whether an earlier try may have committed its work and died before its event was registered.

    Such a try leaves nothing to do, so the next one must announce what it finds done.
    """
    return bool(context["ti"].try_number > 1)
