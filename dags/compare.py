"""
### 与上季度比对

**何时运行**：该季度指标计算完成（资产 `measured`），分区键是季度。

**做什么**：与上一季度逐人比对：新覆盖、脱保、仍未覆盖、进入、退出，每人一个原因；再核对本期各表的勾稽关系，
有一项不符即不发布。完成后唤醒“发布”，并再次唤醒“安排季度”，由它放行下一个季度。

**失败时**：磁盘、数据库错误自动重试三次；`ContractBreach`（如勾稽不符）重试无用，先看日志和运行手册“勾稽不符”。
修好后清除（Clear）失败的任务，或等下一次日历到点，`plan` 会再次放行该季度。

### Compare with the quarter before

**Starts** when the quarter has been measured (asset `measured`). **Does**: compares person by person with the quarter
before: newly covered, lapsed, still uncovered, entered, left, each for one cause; then holds all counts of the
release against each other: where two that must agree do not, nothing is published. Then wakes `publish`, and `plan`,
which lets the next quarter go. **When it fails**: disk and database are tried three more times; `ContractBreach`
(counts that do not agree, say) needs a person. Then clear the failed task, or wait for the next tick.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, get_current_context, task

from dags.assets import COMPARED, MEASURED
from dags.defaults import DEFAULT_ARGS, ENGINE_SLOTS, PRIORITY_QUARTER, START, TAGS
from dags.events import Announcement, announce, quarter_of


@task(
    task_display_name="比对",
    outlets=[COMPARED],
    pool_slots=ENGINE_SLOTS,
    priority_weight=PRIORITY_QUARTER,
    multiple_outputs=False,
)
def compare() -> dict[str, Any]:
    from pipelines.measures.compare import compare as step

    context = get_current_context()
    quarter = quarter_of(context)
    built = step(quarter.key)
    facts = {"quarter": quarter.key, "release": built.release, "rows": dict(built.rows), "skipped": built.skipped}
    facts |= built.facts
    # Announced even where nothing was to be done: an earlier run may have died between its result and its event.
    announce(context, [Announcement(COMPARED, [quarter], facts)])
    return facts


@dag(
    dag_id="compare",
    dag_display_name="6 季度比对",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=MEASURED),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "measures"],
)
def compare_quarter() -> None:
    compare()


compare_quarter()
