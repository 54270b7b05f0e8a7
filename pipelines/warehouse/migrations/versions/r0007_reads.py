"""Who read which table of people, kept from the server's log; a reading says so under a signature only this database makes.

Revises: r0006_access
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "r0007_reads"
down_revision = "r0006_access"
branch_labels = None
depends_on = None

# RFC 2104's construction over two keys of their own. Whoever may run a statement can write any words to the log, as the text
# of an error, and a name that fails to log in may hold a line break.
_SIGNATURE = """
CREATE FUNCTION access.signature(words text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT encode(sha256(outer_key || sha256(inner_key || convert_to(words, 'UTF8'))), 'hex') FROM access.signing_key
$$
"""
_COUNTIES = """
CREATE OR REPLACE FUNCTION access.counties(asked_table text)
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    mine text[] := access.regions();
    words text;
BEGIN
    IF asked_table !~ '^[a-z][a-z0-9_]*$' OR to_regclass('generation.' || asked_table) IS NULL THEN
        RAISE EXCEPTION 'no such table';
    END IF;
    words := format(
        'login=%s table=%s regions=%s database=%s session=%s at=%s',
        session_user, asked_table, mine, current_database(), pg_backend_pid(),
        to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    );
    RAISE LOG 'bidui read: % signature=%', words, access.signature(words);
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
# 网络安全法 asks for six months of logs: no parameter shortens that, and no statement of the pipeline.
_STANDS = """
CREATE FUNCTION access.refuse_change_of_reads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.read_at < now() - interval '6 months' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are only added, and removed after six months at the earliest', TG_TABLE_NAME;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "read",
        sa.Column("read", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="查阅号"),
        sa.Column("login", sa.Text(), nullable=False, comment="数据库账号"),
        sa.Column("table_name", sa.Text(), nullable=False, comment="查阅的个人名单表"),
        sa.Column("region_codes", postgresql.ARRAY(sa.Text()), nullable=False, comment="查阅时该账号可见的区划"),
        sa.Column("session", sa.Integer(), nullable=False, comment="数据库会话号"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False, comment="查阅时间"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="由日志登记的时间",
        ),
        sa.PrimaryKeyConstraint("read"),
        sa.UniqueConstraint("read_at", "session", "login", "table_name", name="read_once"),
        schema="access",
        comment="查阅登记:哪个账号何时查阅了哪张个人名单表,由数据库日志登记,只增不改,期满删除,不含个人信息",
    )
    op.create_table(
        "log_position",
        sa.Column("file_key", sa.Text(), nullable=False, comment="日志文件(设备号:节点号)"),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False, comment="已读字节数"),
        sa.Column("head_bytes", sa.Integer(), nullable=False, comment="用以辨认文件的开头字节数"),
        sa.Column("head_hash", sa.Text(), nullable=False, comment="开头的 SHA-256"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False, comment="上次读到的时间"),
        sa.PrimaryKeyConstraint("file_key"),
        schema="access",
        comment="数据库日志读到何处",
    )
    op.create_table(
        "signing_key",
        sa.Column("is_key", sa.Boolean(), nullable=False, comment="恒为真:只有一行"),
        sa.Column("inner_key", sa.LargeBinary(), nullable=False, comment="内层密钥"),
        sa.Column("outer_key", sa.LargeBinary(), nullable=False, comment="外层密钥"),
        sa.CheckConstraint("is_key", name="signing_key_of_one_row"),
        sa.PrimaryKeyConstraint("is_key"),
        schema="access",
        comment="查阅日志的签名密钥,仅数据库自身使用",
    )
    op.execute(
        "COMMENT ON COLUMN ops.incident.kind IS"
        " 'failure 失败 / missing 缺报 / stopped 被拦下 / held 停用待核定 / unsigned 无签名的查阅记录'"
    )
    random = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
    op.execute(f"INSERT INTO access.signing_key VALUES (true, {random}, {random})")
    for function in (_SIGNATURE, _COUNTIES, _STANDS):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION access.signature(text) FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION access.refuse_change_of_reads() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER read_stands BEFORE UPDATE OR DELETE ON access.read"
        " FOR EACH ROW EXECUTE FUNCTION access.refuse_change_of_reads()"
    )
    op.execute(
        "CREATE TRIGGER read_stands_whole BEFORE TRUNCATE ON access.read"
        " FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change_of_reads()"
    )


def downgrade() -> None:
    """Refused: it would delete who read what."""
    raise NotImplementedError("restore a backup instead: this would delete who read what")
