"""The ledger, releases, pointers and incidents (ops); empty schemas for what later revisions and publish bring.

Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "r0001_ops"
down_revision = None
branch_labels = None
depends_on = None

_SCHEMAS = {
    "ops": "台账:报送、入库、发布、告警",
    "casework": "入户核查:名单与反馈",
    "ref": "参考数据与参数",
    "generation": "集市各代数据,按发布号分区;读者用 mart",
    "mart": "集市:读者所见的现行数据",
    "bi": "商业智能视图:已脱敏",
}


def upgrade() -> None:
    for name, comment in _SCHEMAS.items():
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
        op.execute(f"COMMENT ON SCHEMA {name} IS '{comment}'")
    op.execute(sa.schema.CreateSequence(sa.Sequence("release_number", schema="ops")))
    op.create_table(
        "delivery",
        sa.Column("system", sa.Text(), nullable=False, comment="系统"),
        sa.Column("delivery_id", sa.Text(), nullable=False, comment="报送批次(落地目录名)"),
        sa.Column("status", sa.Text(), nullable=False, comment="accepted 已接收 / refused 已拒收"),
        sa.Column("quarter", sa.Text(), nullable=True, comment="所属季度"),
        sa.Column("counties", JSONB(), nullable=True, comment="覆盖的县区代码"),
        sa.Column("cut_date", sa.Date(), nullable=True, comment="数据截止日"),
        sa.Column("sender", sa.Text(), nullable=True, comment="报送单位"),
        sa.Column("sequence", sa.Integer(), nullable=True, comment="报送序号,大者为准"),
        sa.Column(
            "files", JSONB(), server_default=sa.text("'[]'"), nullable=False, comment="文件、行数、字节、SHA-256、编码"
        ),
        sa.Column("reasons", JSONB(), server_default=sa.text("'[]'"), nullable=False, comment="拒收原因与改正办法"),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="清单与文件内容的 SHA-256"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="接收时间"),
        sa.PrimaryKeyConstraint("system", "delivery_id"),
        schema="ops",
        comment="报送台账:每个落地目录一行,接收或拒收",
    )
    op.create_table(
        "incident",
        sa.Column("incident", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="事件号"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="时间"),
        sa.Column("kind", sa.Text(), nullable=False, comment="failure 失败 / missing 缺报"),
        sa.Column("dag_id", sa.Text(), nullable=True, comment="流程"),
        sa.Column("task_id", sa.Text(), nullable=True, comment="任务"),
        sa.Column("run_id", sa.Text(), nullable=True, comment="运行号"),
        sa.Column("quarter", sa.Text(), nullable=True, comment="季度"),
        sa.Column("message", sa.Text(), nullable=False, comment="说明与处理办法"),
        sa.Column("detail", JSONB(), server_default=sa.text("'{}'"), nullable=False, comment="明细(系统、县区)"),
        sa.PrimaryKeyConstraint("incident"),
        sa.UniqueConstraint("kind", "quarter", "message", name="incident_once"),
        schema="ops",
        comment="告警与失败记录",
    )
    op.create_table(
        "lake_partition",
        sa.Column("table_name", sa.Text(), nullable=False, comment="表名"),
        sa.Column("quarter", sa.Text(), nullable=False, comment="季度"),
        sa.Column("part", sa.Text(), nullable=False, comment="报送批次(delivery=…)或发布号(release=…)"),
        sa.Column("path", sa.Text(), nullable=False, comment="数据湖内相对路径"),
        sa.Column("n_rows", sa.BigInteger(), nullable=False, comment="行数"),
        sa.Column("content_hash", sa.Text(), nullable=False, comment="按主键排序的内容哈希"),
        sa.Column(
            "committed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="提交时间",
        ),
        sa.PrimaryKeyConstraint("table_name", "quarter", "part"),
        schema="ops",
        comment="数据湖分区台账:只有登记在此的写入才算数",
    )
    op.create_table(
        "mart_declaration",
        sa.Column("table_name", sa.Text(), nullable=False, comment="集市表名"),
        sa.Column("declaration", sa.Text(), nullable=False, comment="列、类型、主键与注释的 SHA-256"),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False, comment="按声明建表时间"),
        sa.PrimaryKeyConstraint("table_name"),
        schema="ops",
        comment="集市表声明:与代码不同时按代码改建",
    )
    op.create_table(
        "release",
        sa.Column("release", sa.BigInteger(), autoincrement=False, nullable=False, comment="发布号(全局递增)"),
        sa.Column("quarter", sa.Text(), nullable=False, comment="季度"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="状态:planned 已计划 / computed 已计算 / published 已发布 / superseded 已被取代",
        ),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="输入指纹"),
        sa.Column(
            "inputs", JSONB(), nullable=False, comment="输入:报送批次及哈希、代码与依赖锁、参数版本、上一季度发布号"
        ),
        sa.Column("content", JSONB(), server_default=sa.text("'{}'"), nullable=False, comment="各表内容哈希与行数"),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False, comment="计划时间"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True, comment="发布时间"),
        sa.PrimaryKeyConstraint("release"),
        schema="ops",
        comment="发布记录:每季度每次计算一行,记录全部输入",
    )
    op.create_index("release_by_quarter", "release", ["quarter", "release"], unique=False, schema="ops")
    op.create_table(
        "current_release",
        sa.Column("quarter", sa.Text(), nullable=False, comment="季度"),
        sa.Column("release", sa.BigInteger(), nullable=False, comment="读者所见发布号"),
        sa.Column("previous_release", sa.BigInteger(), nullable=True, comment="上一代发布号,仍可查询"),
        sa.Column("flipped_at", sa.DateTime(timezone=True), nullable=False, comment="切换时间"),
        sa.ForeignKeyConstraint(
            ["previous_release"],
            ["ops.release.release"],
        ),
        sa.ForeignKeyConstraint(
            ["release"],
            ["ops.release.release"],
        ),
        sa.PrimaryKeyConstraint("quarter"),
        schema="ops",
        comment="发布指针:每季度一行,读者只见这里所指的一代",
    )
    op.create_table(
        "staging",
        sa.Column("system", sa.Text(), nullable=False, comment="系统"),
        sa.Column("delivery_id", sa.Text(), nullable=False, comment="报送批次"),
        sa.Column("table_name", sa.Text(), nullable=False, comment="入库表"),
        sa.Column("quarter", sa.Text(), nullable=False, comment="季度"),
        sa.Column("status", sa.Text(), nullable=False, comment="staged 已入库 / stopped 被质量规则拦下"),
        sa.Column("rows_in", sa.BigInteger(), nullable=False, comment="文件行数"),
        sa.Column("rows_clean", sa.BigInteger(), nullable=False, comment="通过行数"),
        sa.Column("rows_quarantined", sa.BigInteger(), nullable=False, comment="隔离行数"),
        sa.Column("rule_counts", JSONB(), nullable=False, comment="各规则命中行数"),
        sa.Column(
            "staged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="入库时间"
        ),
        sa.ForeignKeyConstraint(
            ["system", "delivery_id"],
            ["ops.delivery.system", "ops.delivery.delivery_id"],
        ),
        sa.PrimaryKeyConstraint("system", "delivery_id", "table_name"),
        schema="ops",
        comment="入库结果:每批次每表一行,行数守恒",
    )


def downgrade() -> None:
    """Refused: it would delete the ledger, from which everything else is rebuilt."""
    raise NotImplementedError("restore a backup instead: this would delete the ledger")
