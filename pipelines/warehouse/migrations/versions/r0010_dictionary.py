"""The data dictionary: what every table, column, code, measure and cross-check means, for who has a region.

Revises: r0009_checks
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0010_dictionary"
down_revision = "r0009_checks"
branch_labels = None
depends_on = None

_COMMENTS = {
    "kind": "种类:table 表、column 列、code 代码、measure 指标、figure 数字、check 核对、finding 核对所得",
    "table_name": "表名;指标、核对为空",
    "column_name": "列名;数字、核对所得为其代码",
    "code": "代码;指标、核对的编号",
    "zh": "中文名",
    "en": "英文名或说明",
    "type": "类型;代码为代码表,数字为单位",
    "meaning": "含义:取值、表头、分子分母、规则",
    "source": "来源:系统、代码表出处、责任处室",
    "clause": "方案条款",
}


def upgrade() -> None:
    op.create_table(
        "dictionary",
        *(sa.Column(name, sa.Text(), nullable=False, comment=comment) for name, comment in _COMMENTS.items()),
        sa.PrimaryKeyConstraint("kind", "table_name", "column_name", "code"),
        sa.CheckConstraint(
            "kind IN ('table', 'column', 'code', 'measure', 'figure', 'check', 'finding')", name="dictionary_kind"
        ),
        schema="ref",
        comment="数据字典:每张表、每一列、每个代码、指标和核对的名称、含义、来源和条款,按代码中的声明填写",
    )
    op.execute("ALTER TABLE ref.dictionary ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY seen_with_a_region ON ref.dictionary FOR SELECT USING (cardinality((SELECT access.regions())) > 0)"
    )


def downgrade() -> None:
    op.drop_table("dictionary", schema="ref")
