"""
### 发布

**何时运行**：某季度比对完成（资产 `compared`），以及每次日历到点。

**做什么**：把所有已算好、且前后季度一致的发布装入数据库，在一个事务里一起切换；读者看到的要么是整个旧季度，
要么是整个新季度。还在等前面季度的发布下次再发。

**失败时**：切换之前的任何失败都不影响已发布的数据。数据库错误自动重试三次；修好后清除（Clear）失败的任务，
或等下一次日历到点，未切换的发布会补发。

### Publish

**Starts** when a quarter has been compared (asset `compared`) and on every tick of the calendar. **Does**: loads
every computed release that is consistent with its neighbours and flips them in one transaction: a reader sees a whole
quarter, the old one or the new one. What still waits for an earlier quarter is published next time. **When it
fails**: nothing published is touched before the flip. The database is tried three more times; then clear the failed
task or wait for the next tick.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, get_current_context, task

from dags.assets import CALENDAR, COMPARED, RELEASED
from dags.defaults import DEFAULT_ARGS, ENGINE_SLOTS, PRIORITY_QUARTER, START, TAGS
from dags.events import Announcement, announce, is_again, quarter_of


@task(
    task_display_name="发布",
    outlets=[RELEASED],
    pool_slots=ENGINE_SLOTS,
    priority_weight=PRIORITY_QUARTER,
    multiple_outputs=False,
)
def publish() -> dict[str, Any]:
    from pipelines.warehouse.publish import publish as step

    context = get_current_context()
    quarter = quarter_of(context)
    published = step(quarter.key)
    facts = {
        "releases": {str(one): release for one, release in published.flipped.items()},
        "waiting_for": [str(one) for one in published.waiting_for],
    }
    flipped = set(facts["releases"]) | ({quarter.key} if is_again(context) else set())
    announce(context, [Announcement(RELEASED, flipped, facts)])
    return facts


@dag(
    dag_id="publish",
    dag_display_name="7 发布",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=COMPARED | CALENDAR),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "publishing"],
)
def publish_releases() -> None:
    publish()


publish_releases()
