"""Every asset the DAGs announce; an event means that the data behind it is checked and committed.

One staged asset per system, not per table: a run commits all tables of its system together and counts them together,
and `plan` reads the ledger, not the events. Tables and their lineage are in pipelines.catalog.
All but `landing` are partitioned: the key is the quarter, such as 2019Q4; of `held` it is the delivery.
"""

from __future__ import annotations

import os

from airflow.sdk import Asset, AssetWatcher

from dags.triggers import LandingTrigger
from pipelines.sources import SOURCES

GROUP = "bidui"


def _asset(name: str, path: str, zh: str) -> Asset:
    return Asset(name, uri=f"bidui://{path}", group=GROUP, extra={"zh": zh})


LANDING = Asset(
    "landing",
    uri="bidui://flow/landing",
    group=GROUP,
    extra={"zh": "报送目录有待接收的报送"},
    watchers=[
        AssetWatcher(
            name="landing_watcher",
            trigger=LandingTrigger(
                poll_seconds=float(os.environ.get("BIDUI_WATCH_SECONDS", "2")),
                repeat_seconds=float(os.environ.get("BIDUI_WATCH_REPEAT_SECONDS", "5")),
                overlooked_seconds=float(os.environ.get("BIDUI_WATCH_OVERLOOKED_SECONDS", "600")),
            ),
        )
    ],
)
RECEIVED = {
    name: _asset(f"received_{name}", f"received/{name}", f"{source.zh}：报送已核收") for name, source in SOURCES.items()
}
STAGED = {
    name: _asset(f"staged_{name}", f"lake/staged/{name}", f"{source.zh}：已入库并通过校验")
    for name, source in SOURCES.items()
}
HELD = _asset("held", "flow/held", "停用待核定的报送")
CALENDAR = _asset("calendar", "flow/calendar", "日历：到点检查各季度是否应计算")
QUARTER_DUE = _asset("quarter_due", "flow/quarter_due", "应计算的季度")
LINKED = _asset("linked", "lake/core/linked", "人员关联完成")
MEASURED = _asset("measured", "lake/mart/measured", "指标计算完成")
COMPARED = _asset("compared", "lake/mart/compared", "与上季度比对完成")
RELEASED = _asset("released", "warehouse/released", "已发布")
