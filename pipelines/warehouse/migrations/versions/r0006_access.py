"""Who may see which region, only added, and the look-ups by which row-level security asks for the session's login.

Revises: r0005_list_exports
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0006_access"
down_revision = "r0005_list_exports"
branch_labels = None
depends_on = None

# session_user is whom the session logged in as: no SET changes it. Within the function current_user is its owner, who owns
# the tables too: the pipeline.
_IS_PIPELINE = """
CREATE FUNCTION access.is_pipeline() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT session_user = current_user
$$
"""
_REGIONS = """
CREATE FUNCTION access.regions() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(region_code ORDER BY region_code), '{}') FROM access.in_force WHERE login = session_user
$$
"""
_ABOVE = """
CREATE FUNCTION access.above() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(DISTINCT left(r.code, n.digits)), '{}')
    FROM unnest(access.regions()) AS r (code)
    CROSS JOIN (VALUES (2), (4)) AS n (digits)
$$
"""
# What is written to the server's log stays there if the reader's transaction is rolled back.
_COUNTIES = """
CREATE FUNCTION access.counties(asked_table text) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    mine text[] := access.regions();
BEGIN
    RAISE LOG 'bidui read: login=% table=% regions=%', session_user, asked_table, mine;
    RETURN coalesce(
        (
            SELECT array_agg(c.county_code)
            FROM access.county AS c
            WHERE left(c.county_code, 2) = ANY (mine) OR left(c.county_code, 4) = ANY (mine) OR left(c.county_code, 6) = ANY (mine)
        ),
        '{}'
    );
END
$$
"""


def upgrade() -> None:
    op.execute("CREATE SCHEMA access")
    op.execute("COMMENT ON SCHEMA access IS '授权:账号、可见区划、查询登记'")
    op.create_table(
        "event",
        sa.Column("event", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="事件号,大者为准"),
        sa.Column("login", sa.Text(), nullable=False, comment="数据库账号"),
        sa.Column(
            "role",
            sa.Text(),
            nullable=False,
            comment="角色:operator 运维 / province 省 / city 市 / county 县 / bi 报表工具 / auditor 审计",
        ),
        sa.Column("region_code", sa.Text(), nullable=False, comment="可见区划代码(2、4或6位)"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="granted 授予 / revoked 收回"),
        sa.Column("reason", sa.Text(), nullable=False, comment="理由"),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="经办人"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="时间"),
        sa.CheckConstraint("outcome IN ('granted', 'revoked')", name="event_outcome"),
        sa.CheckConstraint("role IN ('operator', 'province', 'city', 'county', 'bi', 'auditor')", name="event_role"),
        sa.CheckConstraint("region_code ~ '^36([0-9]{2}([0-9]{2})?)?$'", name="event_region"),
        sa.CheckConstraint("btrim(reason) <> '' AND btrim(decided_by) <> ''", name="event_reason"),
        sa.PrimaryKeyConstraint("event"),
        schema="access",
        comment="授权登记:哪个账号可见哪个区划,只增不改,最后一次为准",
    )
    op.create_index("event_by_login", "event", ["login", "region_code"], unique=False, schema="access")
    op.create_table(
        "county",
        sa.Column("county_code", sa.Text(), nullable=False, comment="县区代码(含已撤销的)"),
        sa.PrimaryKeyConstraint("county_code"),
        schema="access",
        comment="县区:授权给省、市的账号可见其下各县区",
    )
    op.execute(
        "CREATE TRIGGER event_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON access.event"
        " FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change()"
    )
    op.execute(
        "CREATE VIEW access.in_force AS SELECT login, role, region_code, decided_by, decided_at FROM ("
        " SELECT DISTINCT ON (login, region_code) * FROM access.event ORDER BY login, region_code, event DESC"
        ") AS last WHERE outcome = 'granted'"
    )
    op.execute("COMMENT ON VIEW access.in_force IS '现行授权'")
    for function in (_IS_PIPELINE, _REGIONS, _ABOVE, _COUNTIES):
        op.execute(function)
    for name in ("access.is_pipeline()", "access.regions()", "access.above()", "access.counties(text)"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """Refused: it would delete who was let in by whom."""
    raise NotImplementedError("restore a backup instead: this would delete who was let in by whom")
