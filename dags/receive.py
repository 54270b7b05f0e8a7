"""
### 接收报送

**何时运行**：报送目录 landing 里有未答复的报送时，由监视器唤醒（数秒内）；也可用 REST 接口向资产 `landing` 推送事件。
静置 10 分钟仍没有 manifest.json 的文件夹同样会得到回执。已核收却迟迟没有入库的报送（通知丢失），每 10 分钟重新通知一次。

**做什么**：核对清单、校验和、行数、所属季度和范围，在 receipts 写回执，在台账登记，然后按系统和季度通知入库。
被拒收的报送不会改变任何已发布的数据。

**失败时**：看任务日志和 ops_incident。常见原因是目录不可读、磁盘已满或数据库连不上；排除后不必手工触发，
只要还有报送在等，监视器会再次唤醒。某个报送被拒收不算失败，原因和改法写在回执里。

### Receive deliveries

**Starts** when landing holds deliveries without a receipt (woken by a watcher within seconds), or by a REST event on
the asset `landing`; and every ten minutes while something received long ago was never staged, because its notice was
lost. **Does**: verifies manifest, checksums, row counts, period and scope, writes receipts and ledger
rows, and announces what was accepted by system and quarter. **When it fails**: look at the log and ops_incident;
usually a folder, a disk or the database is out of reach. Mend that; the watcher wakes the DAG again while anything
waits. A refused delivery is no failure: its receipt says what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from airflow.sdk import dag, get_current_context, task

from dags.assets import LANDING, RECEIVED
from dags.defaults import DEFAULT_ARGS, PRIORITY_LIGHT, START, TAGS
from dags.events import Announcement, announce, is_again
from dags.triggers import OVERLOOKED


def was_sent_for_overlooked(context: Mapping[str, Any]) -> bool:
    """Whether the watcher woke this run because notices of earlier deliveries may be lost.

    Only then are they announced again: at every arrival, one that cannot be staged would be tried without end.
    """
    events = (event for found in context["triggering_asset_events"].values() for event in found)
    return any((event.extra.get("payload") or {}).get("landing") == OVERLOOKED for event in events)


@task(task_display_name="核收", outlets=list(RECEIVED.values()), priority_weight=PRIORITY_LIGHT, multiple_outputs=False)
def receive() -> dict[str, int]:
    from pipelines.calendar import refresh
    from pipelines.deliveries.receive import outstanding, overlooked
    from pipelines.deliveries.receive import receive as step

    context = get_current_context()
    answered = step()
    refresh()  # a refusal is heard of by nobody else
    accepted = [one for one in answered if one.accepted]
    again: tuple[Any, ...] = ()
    if is_again(context):
        again = outstanding()
    elif was_sent_for_overlooked(context):
        again = overlooked()
    by_system: dict[str, list[Any]] = defaultdict(list)
    for one in {(one.system, one.delivery_id): one for one in (*accepted, *again)}.values():
        by_system[one.system].append(one)
    announce(
        context,
        [
            Announcement(
                RECEIVED[system],
                {one.quarter for one in deliveries},
                {"deliveries": [one.delivery_id for one in deliveries]},
            )
            for system, deliveries in by_system.items()
        ],
    )
    return {"accepted": len(accepted), "refused": len(answered) - len(accepted)}


@dag(
    dag_id="receive",
    dag_display_name="1 接收报送",
    doc_md=__doc__,
    schedule=[LANDING],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "deliveries"],
)
def receive_deliveries() -> None:
    receive()


receive_deliveries()
