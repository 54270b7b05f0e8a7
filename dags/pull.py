"""
### 读取业务数据库

**何时运行**：日历到点（`calendar`）；只有在 `BIDUI_DATABASES` 或 `secrets/databases.json` 配置了业务数据库时才有本流程。

**做什么**：上一季度结束后，把各系统约定的视图在同一个只读快照里读成一批报送（CSV 和清单），放进报送目录，每季度一次；
以后的接收、校验与其他报送完全相同。该季度已有报送的系统不再读取，更正请用 `bidui pull`。

**失败时**：`NotReady` 是数据库连不上，会自动重试，下一次日历到点也会再试；`ContractBreach` 是配置或视图不对，
请按提示改正。地址和口令不会出现在日志里。

### Read live databases

**Starts** on a tick of the calendar; this DAG exists only where databases are configured (`BIDUI_DATABASES`, or
`secrets/databases.json`). **Does**: once the quarter has ended, reads each system's agreed views in one read-only
snapshot into a delivery in landing, once a quarter; from there on it is a delivery like any other. A system of which
anything has come for that quarter is left alone: correct with `bidui pull`. **When it fails**: `NotReady` is a database
out of reach: tried again by itself, and at the next tick; `ContractBreach` is a wrong setting or view: mend it as it
says. Addresses and passwords never stand in a log.
"""

from __future__ import annotations

from airflow.sdk import FixedKeyMapper, PartitionedAssetTimetable, dag, task

from dags.assets import CALENDAR
from dags.defaults import DEFAULT_ARGS, PRIORITY_LIGHT, START, TAGS
from pipelines.settings import settings


@task(task_display_name="读取", priority_weight=PRIORITY_LIGHT, multiple_outputs=False)
def pull() -> list[str]:
    from pipelines.deliveries.database import pull_due

    return [f"{folder.parent.name}/{folder.name}" for folder in pull_due()]


@dag(
    dag_id="pull",
    dag_display_name="0 读取业务数据库",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=CALENDAR, default_partition_mapper=FixedKeyMapper("all")),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "deliveries"],
)
def pull_databases() -> None:
    pull()


if settings().databases:
    pull_databases()
