"""
### 入库与校验（每个系统一个）

**何时运行**：该系统某季度有新核收的报送（资产 `received_<系统>`）。分区键是季度。

**做什么**：一次取走本系统本季度所有待入库的报送：读取、定型、规范化、标记违规、用 Great Expectations 校验，
再分成合格行和隔离行。严重违规的行进入隔离区，原文件、行号和规则编号都在；合格行对外可见后才通知下一步。
与以前的报送相差过大的整批停用，由“核定停用报送”请人决定。

**失败时**：`ContractBreach` 表示整张表不可信（如关键列缺失、隔离过多），请联系报送单位改正重报，重报会自动入库；
磁盘、数据库之类的错误会自动重试三次。修好环境后清除（Clear）失败的任务即可，重复运行结果不变。

### Type, check and stage (one DAG per system)

**Starts** when deliveries of the system were received for a quarter (asset `received_<system>`); the partition key is
the quarter. **Does**: takes all waiting deliveries of that system and quarter: read, type, normalise, mark, validate,
split into clean and quarantined rows; a delivery that differs too much from earlier ones is held, and the DAG `gate`
asks somebody. **When it fails**: `ContractBreach` means the table as a whole cannot be
trusted: have the sender correct and send again, which starts this by itself. Trouble with disk or database is tried
three more times; once it is mended, clear the failed task. Running twice changes nothing.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, PartitionedAssetTimetable, dag, get_current_context, task

from dags.assets import HELD, RECEIVED, STAGED
from dags.defaults import DEFAULT_ARGS, ENGINE_SLOTS, START, TAGS
from dags.events import Announcement, announce, delivery_key, is_again, quarter_of
from pipelines.sources import SOURCES


def ingest_of(system: str, zh: str) -> DAG:
    """The DAG that ingests one system's deliveries."""

    @task(
        task_id="ingest",
        task_display_name="入库",
        outlets=[STAGED[system], HELD],
        pool_slots=ENGINE_SLOTS,
        multiple_outputs=False,
    )
    def ingest() -> dict[str, Any]:
        from pipelines.deliveries.gates import undecided
        from pipelines.deliveries.ingest import ingest as step

        context = get_current_context()
        quarter = quarter_of(context)
        ingested = step(system, quarter.key)
        counts = {
            "rows_in": ingested.rows_in,
            "rows_clean": ingested.rows_clean,
            "rows_quarantined": ingested.rows_quarantined,
            "deliveries": ingested.deliveries,
            "broken_rules": ingested.broken_rules,
        }
        news = []
        if ingested.committed or is_again(context):
            news.append(Announcement(STAGED[system], [quarter], counts))
        held = undecided(system, quarter) if is_again(context) else ingested.held
        news.append(Announcement(HELD, [delivery_key(system, delivery) for delivery in held], {}))
        announce(context, news)
        return counts

    @dag(
        dag_id=f"ingest_{system}",
        dag_display_name=f"2 入库 {zh}",
        doc_md=__doc__,
        schedule=PartitionedAssetTimetable(assets=RECEIVED[system]),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        tags=[*TAGS, "deliveries", system],
    )
    def ingest_system() -> None:
        ingest()

    return ingest_system()


for _name, _source in SOURCES.items():
    ingest_of(_name, _source.zh)
