"""What retention removed, when and by which period; only added.

Revises: r0007_reads
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0008_removals"
down_revision = "r0007_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("removal", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="删除号"),
        sa.Column("kind", sa.Text(), nullable=False, comment="数据种类(retention.toml)"),
        sa.Column("name", sa.Text(), nullable=False, comment="删除了什么:发布号、系统/批次、文件名"),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False, comment="字节数"),
        sa.Column("days", sa.Integer(), nullable=False, comment="所依的保存天数"),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False, comment="删除时间"),
        sa.PrimaryKeyConstraint("removal"),
        schema="ops",
        comment="到期删除登记:何时按何期限删除了什么,只增不改,不含个人信息",
    )
    op.execute(
        "CREATE TRIGGER removal_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON ops.removal"
        " FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change()"
    )


def downgrade() -> None:
    """Refused: it would delete what was removed when."""
    raise NotImplementedError("restore a backup instead: this would delete what was removed when")
