"""Officials' decisions whether two records are one person.

Revises: r0002_gates
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0003_link_decisions"
down_revision = "r0002_gates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_decision",
        sa.Column("decision", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="核定号,大者为准"),
        sa.Column("since_quarter", sa.Text(), nullable=False, comment="自该季度起适用"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="must_link 是同一人 / never_link 不是同一人"),
        sa.Column("system", sa.Text(), nullable=False, comment="记录所在系统"),
        sa.Column("record_number", sa.Text(), nullable=False, comment="系统内记录号"),
        sa.Column("person_system", sa.Text(), nullable=False, comment="另一记录(代表此人)所在系统"),
        sa.Column("person_record_number", sa.Text(), nullable=False, comment="另一记录的系统内记录号"),
        sa.Column("reason", sa.Text(), nullable=False, comment="理由"),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="核定人"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="核定时间"),
        sa.Column("channel", sa.Text(), nullable=False, comment="cli 命令行 / workbook 核定表导入"),
        sa.CheckConstraint("outcome IN ('must_link', 'never_link')", name="link_decision_outcome"),
        sa.CheckConstraint("btrim(reason) <> '' AND btrim(decided_by) <> ''", name="link_decision_reason"),
        sa.CheckConstraint(
            "(system, record_number) <> (person_system, person_record_number)", name="link_decision_of_two_records"
        ),
        sa.PrimaryKeyConstraint("decision"),
        schema="casework",
        comment="同一人核定:两条记录是否为同一人,只增不改,最后一次为准,重新计算时一直有效",
    )
    op.execute(
        "CREATE TRIGGER link_decision_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON casework.link_decision"
        " FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change()"
    )


def downgrade() -> None:
    """Refused: it would delete decisions that people made."""
    raise NotImplementedError("restore a backup instead: this would delete decisions")
