"""History gates and their decisions, partial corrections, the delivery calendar, timeliness and completeness (M46).

Revises: r0001_ops
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "r0002_gates"
down_revision = "r0001_ops"
branch_labels = None
depends_on = None

# A rule holds a delivery until its last decision overrules it.
_DELIVERY_STATE = """
CREATE VIEW ops.delivery_state AS
WITH decided AS (
  SELECT DISTINCT ON (system, delivery_id, rule_id) system, delivery_id, rule_id, outcome
  FROM ops.gate_decision
  ORDER BY system, delivery_id, rule_id, decision DESC
),
holding AS (
  SELECT system, delivery_id, rule_id
  FROM ops.staging CROSS JOIN LATERAL jsonb_object_keys(held_by) AS held(rule_id)
  LEFT JOIN decided USING (system, delivery_id, rule_id)
  WHERE decided.outcome IS DISTINCT FROM 'overruled'
)
SELECT system, delivery_id,
  CASE
    WHEN delivery.status = 'refused' THEN 'refused'
    WHEN count(staging.table_name) = 0 THEN 'received'
    WHEN bool_or(staging.status = 'stopped') THEN 'stopped'
    WHEN EXISTS (
      SELECT FROM holding WHERE holding.system = delivery.system AND holding.delivery_id = delivery.delivery_id
    ) THEN 'held'
    ELSE 'staged'
  END AS state
FROM ops.delivery LEFT JOIN ops.staging USING (system, delivery_id)
GROUP BY system, delivery_id, delivery.system, delivery.delivery_id, delivery.status
"""

_TIMELINESS = """
CREATE VIEW ops.delivery_timeliness AS
WITH days AS (
  SELECT system, quarter,
    count(*) FILTER (WHERE due_day IS NOT NULL) AS n_expected,
    count(*) FILTER (WHERE due_day IS NOT NULL AND state = 'here') AS n_here,
    count(*) FILTER (WHERE due_day IS NOT NULL AND is_on_time) AS n_on_time,
    bool_or(due_day IS NOT NULL AND is_on_time IS NULL) AS is_open
  FROM ops.calendar
  GROUP BY system, quarter
),
declared AS (
  SELECT system, quarter, sum((file ->> 'rows')::bigint) AS n_rows_declared
  FROM ops.delivery CROSS JOIN LATERAL jsonb_array_elements(files) AS sent(file)
  WHERE status = 'accepted'
  GROUP BY system, quarter
),
received AS (
  SELECT system, quarter, sum(rows_in) AS n_rows_received, sum(rows_clean) AS n_rows_clean
  FROM ops.staging JOIN ops.delivery_state USING (system, delivery_id)
  WHERE state = 'staged'
  GROUP BY system, quarter
)
SELECT system, quarter, n_expected, n_here, n_on_time,
  CASE WHEN NOT is_open THEN round(n_on_time::numeric / nullif(n_expected, 0), 4) END AS timeliness_rate,
  coalesce(n_rows_declared, 0)::bigint AS n_rows_declared,
  coalesce(n_rows_received, 0)::bigint AS n_rows_received,
  coalesce(n_rows_clean, 0)::bigint AS n_rows_clean,
  round(coalesce(n_rows_received, 0) / nullif(n_rows_declared, 0), 4) AS completeness_rate
FROM days LEFT JOIN declared USING (system, quarter) LEFT JOIN received USING (system, quarter)
"""

_VIEW_COMMENTS = {
    "delivery_state": (
        "报送批次现状:含历史规则的核定结果",
        {
            "system": "系统",
            "delivery_id": "报送批次",
            "state": "refused 已拒收 / received 待入库 / staged 已入库 / stopped 被拦下 / held 停用待核定",
        },
    ),
    "delivery_timeliness": (
        "数据报送及时率与完整率(M46),每系统每季度一行",
        {
            "system": "系统",
            "quarter": "季度",
            "n_expected": "应报县区数",
            "n_here": "已入库县区数",
            "n_on_time": "按时报送县区数",
            "timeliness_rate": "及时率:按时报送 ÷ 应报;空:未到期",
            "n_rows_declared": "已接收批次的清单行数",
            "n_rows_received": "计入结果的批次行数",
            "n_rows_clean": "其中通过行数",
            "completeness_rate": "完整率:计入行数 ÷ 清单行数",
        },
    ),
}


def upgrade() -> None:
    op.add_column(
        "delivery",
        sa.Column("corrects", sa.Text(), nullable=True, comment="被更正的批次:本批只含其改正的行;空:整批报送"),
        schema="ops",
    )
    _staging()
    _gate_decision()
    _calendar()
    op.alter_column(
        "incident",
        "kind",
        schema="ops",
        comment="failure 失败 / missing 缺报 / stopped 被拦下 / held 停用待核定",
        existing_comment="failure 失败 / missing 缺报",
        existing_type=sa.Text(),
        existing_nullable=False,
    )
    op.execute(_DELIVERY_STATE)
    op.execute(_TIMELINESS)
    for view, (words, columns) in _VIEW_COMMENTS.items():
        op.execute(f"COMMENT ON VIEW ops.{view} IS '{words}'")
        for column, meaning in columns.items():
            op.execute(f"COMMENT ON COLUMN ops.{view}.{column} IS '{meaning}'")


def _staging() -> None:
    op.alter_column(
        "staging",
        "status",
        schema="ops",
        comment="staged 已入库 / stopped 被质量规则拦下 / held 被历史规则停用,待核定",
        existing_comment="staged 已入库 / stopped 被质量规则拦下",
        existing_type=sa.Text(),
        existing_nullable=False,
    )
    for name, comment in (
        ("county_counts", "各县区行数:rows 全部 / repeated 编号重复 / quarantined 其他原因隔离"),
        ("compared_with", "历史规则比对的批次:previous 上季度 / year_ago 上年同季度"),
        ("held_by", "停用该批次的历史规则及不符的县区"),
    ):
        op.add_column(
            "staging",
            sa.Column(name, JSONB(), server_default=sa.text("'{}'"), nullable=False, comment=comment),
            schema="ops",
        )


def _gate_decision() -> None:
    op.create_table(
        "gate_decision",
        sa.Column("decision", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="核定号,大者为准"),
        sa.Column("system", sa.Text(), nullable=False, comment="系统"),
        sa.Column("delivery_id", sa.Text(), nullable=False, comment="报送批次"),
        sa.Column("rule_id", sa.Text(), nullable=False, comment="历史规则"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="overruled 放行 / upheld 维持停用"),
        sa.Column("reason", sa.Text(), nullable=False, comment="理由"),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="核定人账号"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="核定时间"),
        sa.Column("channel", sa.Text(), nullable=False, comment="cli 命令行 / airflow 网页"),
        sa.ForeignKeyConstraint(["system", "delivery_id"], ["ops.delivery.system", "ops.delivery.delivery_id"]),
        sa.CheckConstraint("outcome IN ('overruled', 'upheld')", name="gate_decision_outcome"),
        sa.CheckConstraint("btrim(reason) <> ''", name="gate_decision_reason"),
        sa.PrimaryKeyConstraint("decision"),
        schema="ops",
        comment="历史规则的核定:每批次每规则每次一行,只增不改,最后一次为准",
    )
    op.create_index(
        "gate_decision_by_delivery", "gate_decision", ["system", "delivery_id", "rule_id"], unique=False, schema="ops"
    )
    # Who decided what, when and why must stand, also against whoever may write to the table.
    op.execute(
        "CREATE FUNCTION ops.refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'rows of % are only added, never changed', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER gate_decision_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON ops.gate_decision"
        " FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change()"
    )


def _calendar() -> None:
    op.create_table(
        "calendar",
        sa.Column("system", sa.Text(), nullable=False, comment="系统"),
        sa.Column("quarter", sa.Text(), nullable=False, comment="季度"),
        sa.Column("county_code", sa.Text(), nullable=False, comment="县区代码"),
        sa.Column("due_day", sa.Date(), nullable=True, comment="应报日;空:本季度不要求报送"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="due 待报 / late 逾期 / missing 缺报 / received 已接收待入库 / here 已入库 / held 停用待核定"
            " / stopped 被拦下 / refused 被退回",
        ),
        sa.Column("delivery_id", sa.Text(), nullable=True, comment="所指报送批次"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True, comment="该批次接收时间"),
        sa.Column("is_on_time", sa.Boolean(), nullable=True, comment="是否按时;空:未到期"),
        sa.PrimaryKeyConstraint("system", "quarter", "county_code"),
        schema="ops",
        comment="报送日历:每系统每季度每县区一行",
    )


def downgrade() -> None:
    """Refused: it would delete decisions that people made."""
    raise NotImplementedError("restore a backup instead: this would delete decisions")
