"""What a decision on a link judged: the tier that the pair had, and whether it was suggested or drawn.

Revises: r0003_link_decisions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0004_decision_basis"
down_revision = "r0003_link_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, comment in (
        ("tier", "核定时的匹配级别;空:早期核定未记录"),
        ("basis", "核定依据:suggestion 待核定建议 / draw 自动关联抽查;空:早期核定未记录"),
    ):
        op.add_column("link_decision", sa.Column(name, sa.Text(), nullable=True, comment=comment), schema="casework")
    op.create_check_constraint(
        "link_decision_basis", "link_decision", "basis IN ('suggestion', 'draw')", schema="casework"
    )


def downgrade() -> None:
    """Refused: it would delete what people's decisions were about."""
    raise NotImplementedError("restore a backup instead: this would delete what decisions were about")
