"""
### 安排季度

**何时运行**：任何系统有新入库（`staged_*`）、任何季度比对完成（`compared`）、或日历到点（`calendar`）。

**做什么**：更新报送日历；对照台账、已有发布和日历，找出应计算的季度，只放行最早的一个（资产 `quarter_due`）。
一次只有一个季度在“关联 → 计算 → 比对”途中；它比对完成后会再次唤醒本流程，放行下一个。更正数据会使同一季度再次放行。

**失败时**：多半是数据库连不上；下一次入库或日历到点会再试。若报“同一季度无变化却仍应计算”，是程序的判断不一致，
请把日志交给维护人员，流程不会空转。

### Plan quarters

**Starts** on any staged system, any compared quarter or a tick of the calendar. **Does**: brings the delivery
calendar (ops.calendar) up to date; compares ledger, releases
and calendar, and lets the earliest due quarter go (asset `quarter_due`). One quarter at a time is under way through
link → measure → compare; when it has been compared this DAG starts again and lets the next one go. A correction lets
the same quarter go again. **When it fails**: usually the database is out of reach; the next event or tick tries
again. "Still due although nothing changed" is a fault of the program: hand the log to the maintainers; the flow does
not spin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import AssetAny, FixedKeyMapper, PartitionedAssetTimetable, dag, get_current_context, task

from dags.assets import CALENDAR, COMPARED, QUARTER_DUE, STAGED
from dags.defaults import DEFAULT_ARGS, PRIORITY_LIGHT, START, TAGS
from dags.events import Announcement, announce

UNFINISHED = ["null", "scheduled", "queued", "running", "restarting", "up_for_retry"]


def is_under_way(context: Mapping[str, Any]) -> bool:
    """Whether a quarter is on its way; it comes back here by itself, and then everything is looked at again.

    The scheduler makes the next run of the chain before it closes the last one, so open runs leave no gap. Only
    `compare` is also asked for its task: its run may still be open when the quarter has already returned here, and the
    flow would wait for nothing.
    """
    task_instance = context["ti"]

    def is_open(dag_id: str) -> bool:
        return bool(task_instance.get_dr_count(dag_id=dag_id, states=["queued", "running"]))

    if is_open("link") or is_open("measure"):
        return True
    return is_open("compare") and bool(task_instance.get_ti_count(dag_id="compare", states=UNFINISHED))


def unchanged_quarters(context: Mapping[str, Any]) -> set[str]:
    """Quarters that came back with nothing rebuilt, if nothing else started this run; else none."""
    unchanged = set()
    for asset, events in context["triggering_asset_events"].items():
        for event in events:
            if asset.name != COMPARED.name or not event.extra.get("skipped"):
                return set()
            unchanged.add(event.extra["quarter"])
    return unchanged


@task(task_display_name="安排", outlets=[QUARTER_DUE], priority_weight=PRIORITY_LIGHT, multiple_outputs=False)
def plan() -> dict[str, Any]:
    from pipelines.calendar import refresh
    from pipelines.planning import plan as step

    context = get_current_context()
    refresh()
    if is_under_way(context):
        # Nor looked at: a release opened now would change what the steps of the quarter under way work on.
        announce(context, [])
        return {"emitted": None, "under_way": True}
    planned = step()
    facts = {"due": [str(quarter) for quarter in planned.due], "waiting": dict(planned.waiting)}
    if planned.emit is None:
        announce(context, [])
        return facts | {"emitted": None}
    emit = str(planned.emit)
    if emit in unchanged_quarters(context):
        raise AssertionError(f"{emit} went through link, measure and compare unchanged and is still due")
    announce(context, [Announcement(QUARTER_DUE, [emit], facts)])
    return facts | {"emitted": emit}


@dag(
    dag_id="plan",
    dag_display_name="3 安排季度",
    doc_md=__doc__,
    # One key for all events: whatever arrives between two looks of the scheduler makes a single run.
    schedule=PartitionedAssetTimetable(
        assets=AssetAny(*STAGED.values(), COMPARED, CALENDAR),
        default_partition_mapper=FixedKeyMapper("all"),
    ),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "planning"],
)
def plan_quarters() -> None:
    plan()


plan_quarters()
