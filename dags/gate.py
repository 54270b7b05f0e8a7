"""
### 核定停用报送

**何时运行**：某批报送与以前相差过大而停用（资产 `held`），每批一次；分区键是“系统/批次”。

**做什么**：向操作员提问（Airflow 首页“需要处理”，或本次运行的任务页）：放行，还是维持停用；须写明理由，理由会进入回执，
请勿写个人信息。谁、何时、为什么，记入 ops.gate_decision（只增不改）。放行后该批数据不必重报、不必重读，直接计入，
并唤醒“安排季度”。不答复就一直停用；报送单位也可以改正后用更大的序号重报。命令行 `bidui overrule` 效果相同。

**失败时**：没有写理由会再问一次。数据库错误自动重试三次，答复不会丢；之后清除（Clear）“记录”任务即可。
维持停用后改主意：清除“提问”任务再答一次；放行后要收回：`bidui overrule --uphold`。以最后一次为准。

### Decide on a held delivery

**Starts** when a delivery is held because it differs too much from earlier ones (asset `held`), once for each; the
partition key is system/delivery. **Does**: asks an operator (Airflow's required actions) to let it pass or to keep it
held, with a reason that the receipt will quote, and records who, when and why in ops.gate_decision. A delivery that is
let pass counts as it was staged, without being read again, and wakes `plan`. Without an answer it stays held; its
sender may also correct it. `bidui overrule` does the same. **When it fails**: without a reason it asks again. The
database is tried three more times and the answer is kept; then clear the second task. To let pass what was
kept held clear the first task and answer again; to take a pass back use `bidui overrule --uphold`. The last decision
counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param, PartitionedAssetTimetable, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from dags.assets import HELD, STAGED
from dags.defaults import DEFAULT_ARGS, PRIORITY_LIGHT, START, TAGS
from dags.events import Announcement, announce, delivery_of

LET_PASS, KEEP_HELD = "放行", "维持停用"


class Question(HITLOperator):
    """Asks what to do with the delivery of this run; skipped where there is nothing to decide any more."""

    def execute(self, context: Context) -> Any:
        from pipelines.deliveries.gates import held, question

        open_ = [one for one in held(*delivery_of(context)) if not one.is_decided or context["ti"].try_number > 1]
        if not open_:
            raise AirflowSkipException("不在停用状态，或已有人核定 / it is not held, or somebody has decided")
        self.subject, self.body = question(open_[0])
        return super().execute(context)

    def validate_params_input(self, params_input: Mapping[str, Any]) -> None:
        """Without a usable reason the try fails, and the next one asks again."""
        from pipelines.errors import ContractBreach
        from pipelines.free_text import checked

        super().validate_params_input(params_input)
        try:
            checked(str(params_input.get("reason") or ""), "核定理由", "A reason")
        except ContractBreach as breach:
            raise AirflowException(str(breach)) from None


@task(
    task_display_name="记录",
    outlets=list(STAGED.values()),
    priority_weight=PRIORITY_LIGHT,
    multiple_outputs=False,
)
def record(answer: dict[str, Any]) -> dict[str, Any]:
    from pipelines.deliveries.gates import OVERRULED, UPHELD, decide

    context = get_current_context()
    system, delivery_id = delivery_of(context)
    decided = decide(
        system,
        delivery_id,
        None,
        OVERRULED if answer["chosen_options"] == [LET_PASS] else UPHELD,
        answer["params_input"]["reason"],
        decided_by=answer["responded_by_user"]["id"],
        decided_at=answer["responded_at"],
        channel="airflow",
    )
    facts = {
        "rows_in": decided.rows_in,
        "rows_clean": decided.rows_clean,
        "rows_quarantined": decided.rows_quarantined,
        "deliveries": 1,
        "broken_rules": {},
    }
    quarters = [decided.quarter] if decided.counts else []
    announce(context, [Announcement(STAGED[system], quarters, facts)])
    return {"counts": decided.counts, "still_held_by": list(decided.still_held_by)}


@dag(
    dag_id="gate",
    dag_display_name="8 核定停用报送",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=HELD),
    start_date=START,
    catchup=False,
    # A run waits for a person, for days perhaps, and takes no worker meanwhile: none may stand in another's way.
    max_active_runs=1000,
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "deliveries"],
)
def decide_on_held() -> None:
    ask = Question(
        task_id="ask",
        task_display_name="提问",
        subject="…",
        options=[LET_PASS, KEEP_HELD],
        params={"reason": Param("", type="string", title="理由（必填，会写进回执）", description="Reason, required")},
        execution_timeout=None,
        # Each try is a question; one that was answered without a reason is asked again.
        retries=20,
        priority_weight=PRIORITY_LIGHT,
    )
    record(ask.output)


decide_on_held()
