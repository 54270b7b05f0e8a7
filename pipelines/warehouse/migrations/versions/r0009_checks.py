"""Words of state, quarters and counts are checked by the database too; the view of rights in force says what its columns are.

Revises: r0008_removals
"""

from __future__ import annotations

from alembic import op

revision = "r0009_checks"
down_revision = "r0008_removals"
branch_labels = None
depends_on = None

_QUARTER = "{} ~ '^[0-9]{{4}}Q[1-4]$'"
_CHECKS = {
    "ops.delivery": {"delivery_status": "status IN ('accepted', 'refused')"},
    "ops.lake_partition": {
        "lake_partition_quarter": _QUARTER.format("quarter"),
        "lake_partition_rows": "n_rows >= 0",
    },
    "ops.staging": {
        "staging_status": "status IN ('staged', 'stopped', 'held')",
        "staging_quarter": _QUARTER.format("quarter"),
        "staging_rows": "rows_clean >= 0 AND rows_quarantined >= 0 AND rows_in = rows_clean + rows_quarantined",
    },
    "ops.gate_decision": {"gate_decision_channel": "channel IN ('cli', 'airflow')"},
    "casework.link_decision": {
        "link_decision_channel": "channel IN ('cli', 'workbook')",
        "link_decision_since_quarter": _QUARTER.format("since_quarter"),
    },
    "casework.list_export": {"list_export_quarter": _QUARTER.format("quarter")},
    "ops.calendar": {
        "calendar_state": "state IN ('due', 'late', 'missing', 'received', 'here', 'held', 'stopped', 'refused')",
        "calendar_quarter": _QUARTER.format("quarter"),
    },
    "ops.release": {
        "release_state": "state IN ('planned', 'computed', 'published', 'superseded')",
        "release_quarter": _QUARTER.format("quarter"),
    },
    "ops.current_release": {"current_release_quarter": _QUARTER.format("quarter")},
    "ops.removal": {"removal_amounts": "n_bytes >= 0 AND days >= 0"},
    "ops.incident": {"incident_kind": "kind IN ('failure', 'missing', 'stopped', 'held', 'unsigned')"},
}
_IN_FORCE = {
    "login": "数据库账号",
    "role": "角色",
    "region_code": "可见区划代码(2、4或6位)",
    "decided_by": "经办人",
    "decided_at": "时间",
}


def upgrade() -> None:
    for table, checks in _CHECKS.items():
        schema, _, name = table.partition(".")
        for check, condition in checks.items():
            op.create_check_constraint(check, name, condition, schema=schema)
    for column, meaning in _IN_FORCE.items():
        op.execute(f"COMMENT ON COLUMN access.in_force.{column} IS '{meaning}'")
    op.execute("COMMENT ON TABLE ops.alembic_version IS '仓库的迁移版本'")
    op.execute("COMMENT ON COLUMN ops.alembic_version.version_num IS '最后一次迁移'")


def downgrade() -> None:
    """Takes the checks away; the comments do no harm."""
    for table, checks in _CHECKS.items():
        schema, _, name = table.partition(".")
        for check in checks:
            op.drop_constraint(check, name, schema=schema)
