"""
### 人员关联

**何时运行**：`plan` 放行一个季度（资产 `quarter_due`），分区键是季度。同一季度可以再次运行。

**做什么**：规范证件号码，按层级把各系统的人对应起来，写出核心表，并报告现行核定条数和因核定而改归的记录数；输入没有变化时直接通过。

**失败时**：磁盘、数据库错误自动重试三次；`ContractBreach` 说明数据或结果违反约定，重试无用，先看日志和运行手册。
修好后清除（Clear）失败的任务，或等下一次日历到点，`plan` 会再次放行该季度。

### Link people

**Starts** when `plan` lets a quarter go (asset `quarter_due`); the partition key is the quarter, and the same quarter
may run again. **Does**: normalises ID numbers, links the people of all systems tier by tier and writes the core
tables, and tells how many decisions of officials are in force and how many records stand elsewhere because of them;
passes straight through where its inputs have not changed. **When it fails**: disk and database are tried
three more times; `ContractBreach` needs a person. Then clear the failed task, or wait for the next tick: `plan` lets
the quarter go again.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, get_current_context, task

from dags.assets import LINKED, QUARTER_DUE
from dags.defaults import DEFAULT_ARGS, ENGINE_SLOTS, PRIORITY_QUARTER, START, TAGS
from dags.events import Announcement, announce, quarter_of


@task(
    task_display_name="关联",
    outlets=[LINKED],
    pool_slots=ENGINE_SLOTS,
    priority_weight=PRIORITY_QUARTER,
    multiple_outputs=False,
)
def link() -> dict[str, Any]:
    from pipelines.identity.link import link as step

    context = get_current_context()
    quarter = quarter_of(context)
    built = step(quarter.key)
    facts = {"quarter": quarter.key, "release": built.release, "rows": dict(built.rows), "skipped": built.skipped}
    facts |= built.facts
    # Announced even where nothing was to be done: an earlier run may have died between its result and its event.
    announce(context, [Announcement(LINKED, [quarter], facts)])
    return facts


@dag(
    dag_id="link",
    dag_display_name="4 人员关联",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=QUARTER_DUE),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "identity"],
)
def link_quarter() -> None:
    link()


link_quarter()
