"""
### 计算指标

**何时运行**：该季度人员关联完成（资产 `linked`），分区键是季度。

**做什么**：写出人员×季度表、比对结果和各级覆盖率；人数守恒在此断言；关联率明显落后的人群或地区有几组，写在资产附注中；输入没有变化时直接通过。

**失败时**：磁盘、数据库错误自动重试三次；`ContractBreach`（如人数不守恒）重试无用，先看日志和运行手册。
修好后清除（Clear）失败的任务，或等下一次日历到点，`plan` 会再次放行该季度。

### Measure

**Starts** when the quarter's people have been linked (asset `linked`). **Does**: writes person × quarter, match and
coverage tables, asserts that people are conserved and tells how many groups lag in linkage; passes straight through where its
inputs have not changed.
**When it fails**: disk and database are tried three more times; `ContractBreach` (people not conserved, say) needs a
person. Then clear the failed task, or wait for the next tick: `plan` lets the quarter go again.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, get_current_context, task

from dags.assets import LINKED, MEASURED
from dags.defaults import DEFAULT_ARGS, ENGINE_SLOTS, PRIORITY_QUARTER, START, TAGS
from dags.events import Announcement, announce, quarter_of


@task(
    task_display_name="计算",
    outlets=[MEASURED],
    pool_slots=ENGINE_SLOTS,
    priority_weight=PRIORITY_QUARTER,
    multiple_outputs=False,
)
def measure() -> dict[str, Any]:
    from pipelines.measures.measure import measure as step

    context = get_current_context()
    quarter = quarter_of(context)
    built = step(quarter.key)
    facts = {"quarter": quarter.key, "release": built.release, "rows": dict(built.rows), "skipped": built.skipped}
    facts |= built.facts
    # Announced even where nothing was to be done: an earlier run may have died between its result and its event.
    announce(context, [Announcement(MEASURED, [quarter], facts)])
    return facts


@dag(
    dag_id="measure",
    dag_display_name="5 计算指标",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=LINKED),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "measures"],
)
def measure_quarter() -> None:
    measure()


measure_quarter()
