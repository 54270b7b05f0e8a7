"""
### 查阅登记与到期删除

**何时运行**：每天 3:30（北京时间）。

**做什么**：一、从数据库日志登记谁在何时查阅了哪张个人名单（`access.read`）；二、按 `retention.toml` 的保存期限删除到期且
不再需要的数据，登记在 `ops.removal`。在用的发布及其上一代、未结的问题、核定所需的数据一律保留；落地目录只报告，从不改动。

**失败时**：不影响已发布的数据；两项互不等待，第二天会从上次停下的地方接着做。日志读不到时请看提示中的环境变量。

### Readings and retention

**Starts** every day at 3:30, Beijing time. **Does**: takes in from the database server's log who read which table of people
(`access.read`), and removes what is past its period in `retention.toml` and not needed, noting it in `ops.removal`. What is shown,
the generation before, open cases and what decisions rest on always stay; landing is reported, never changed. **When it fails**:
nothing published is touched; neither task waits for the other, and the next day goes on where this one stopped. Where the log
cannot be read the message names the variable.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import CronTriggerTimetable, dag, task

from dags.defaults import DEFAULT_ARGS, PRIORITY_LIGHT, START, TAGS


@task(task_display_name="登记查阅", priority_weight=PRIORITY_LIGHT, multiple_outputs=False)
def collect() -> dict[str, int]:
    from pipelines.warehouse.audit import collect as step

    done = step()
    return {"files": done.files, "reads": done.reads, "unsigned": done.unsigned}


@task(task_display_name="到期删除", priority_weight=PRIORITY_LIGHT, multiple_outputs=False)
def retain() -> list[dict[str, Any]]:
    from pipelines.retention.enforce import retain as step

    return [one.counts for one in step()]


@dag(
    dag_id="retention",
    dag_display_name="9 查阅登记与到期删除",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("30 3 * * *", timezone="Asia/Shanghai"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "access"],
)
def retention() -> None:
    collect()
    retain()


retention()
