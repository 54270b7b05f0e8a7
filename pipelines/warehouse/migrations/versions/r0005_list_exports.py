"""Who exported which list: one row a workbook, only added.

Revises: r0004_decision_basis
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0005_list_exports"
down_revision = "r0004_decision_basis"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_export",
        sa.Column("export", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="导出号"),
        sa.Column("quarter", sa.Text(), nullable=False, comment="季度"),
        sa.Column("release", sa.BigInteger(), nullable=False, comment="发布号"),
        sa.Column("county_code", sa.Text(), nullable=True, comment="县区名单所属县区;空:处室用表(全省)"),
        sa.Column(
            "office",
            sa.Text(),
            nullable=True,
            comment="处室用表:employment 就业 / skills 职建 / pension 农保;空:县区名单",
        ),
        sa.Column("n_rows", sa.BigInteger(), nullable=False, comment="名单行数"),
        sa.Column("file_hash", sa.Text(), nullable=False, comment="文件的 SHA-256"),
        sa.Column("login", sa.Text(), nullable=False, comment="导出时的系统账号"),
        sa.Column("exported_by", sa.Text(), nullable=True, comment="导出时填报的导出人(--by)"),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False, comment="导出时间"),
        sa.CheckConstraint("(county_code IS NULL) <> (office IS NULL)", name="list_export_of_one"),
        sa.CheckConstraint("btrim(login) <> ''", name="list_export_login"),
        sa.PrimaryKeyConstraint("export"),
        schema="casework",
        comment="名单导出登记:谁在何时导出了哪份名单,只增不改,不含个人信息",
    )
    op.execute(
        "CREATE TRIGGER list_export_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON casework.list_export"
        " FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change()"
    )


def downgrade() -> None:
    """Refused: it would delete who exported what."""
    raise NotImplementedError("restore a backup instead: this would delete who exported what")
