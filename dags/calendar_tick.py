"""
### 日历

**何时运行**：按环境变量 `BIDUI_TICK_CRON`（默认每小时整点，北京时间）。

**做什么**：发出一次日历事件（分区键为当前季度），让“安排季度”和“发布”重新检查：到期仍缺可选系统的季度、
因故障漏掉的通知，都在这时补上。

**失败时**：不影响数据；下一个整点会再来。

### Calendar

**Starts** by the cron expression in `BIDUI_TICK_CRON` (default: every hour, Beijing time). **Does**: emits one event
(key: the current quarter), upon which `plan` and `publish` look at everything again: quarters past their day with
optional systems missing, and notices that a failure swallowed. **When it fails**: nothing is lost; the next tick
comes.
"""

from __future__ import annotations

import os

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from dags.assets import CALENDAR
from dags.defaults import DEFAULT_ARGS, PRIORITY_LIGHT, START, TAGS
from dags.events import Announcement, announce


@task(task_display_name="到点", outlets=[CALENDAR], priority_weight=PRIORITY_LIGHT, multiple_outputs=False)
def tick() -> str:
    from pipelines.periods import Quarter, now

    moment = now()
    quarter = Quarter.of(moment.date())
    announce(get_current_context(), [Announcement(CALENDAR, [quarter], {"now": moment.isoformat()})])
    return quarter.key


@dag(
    dag_id="calendar",
    dag_display_name="0 日历",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(os.environ.get("BIDUI_TICK_CRON", "0 * * * *"), timezone="Asia/Shanghai"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "planning"],
)
def calendar() -> None:
    tick()


calendar()
