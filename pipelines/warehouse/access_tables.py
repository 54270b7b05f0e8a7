"""Tables of the schema access: who may see what, who read what, and what the database signs readings with.

Part of schema.py, by whose name they are used.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY

from pipelines.warehouse.metadata import metadata

access_event = Table(
    "event",
    metadata,
    Column("event", BigInteger, Identity(always=True), primary_key=True, comment="事件号,大者为准"),
    Column("login", Text, nullable=False, comment="数据库账号"),
    Column(
        "role",
        Text,
        nullable=False,
        comment="角色:operator 运维 / province 省 / city 市 / county 县 / bi 报表工具 / auditor 审计",
    ),
    Column("region_code", Text, nullable=False, comment="可见区划代码(2、4或6位)"),
    Column("outcome", Text, nullable=False, comment="granted 授予 / revoked 收回"),
    Column("reason", Text, nullable=False, comment="理由"),
    Column("decided_by", Text, nullable=False, comment="经办人"),
    Column("decided_at", DateTime(timezone=True), nullable=False, comment="时间"),
    CheckConstraint("outcome IN ('granted', 'revoked')", name="event_outcome"),
    CheckConstraint("role IN ('operator', 'province', 'city', 'county', 'bi', 'auditor')", name="event_role"),
    CheckConstraint("region_code ~ '^36([0-9]{2}([0-9]{2})?)?$'", name="event_region"),
    CheckConstraint("btrim(reason) <> '' AND btrim(decided_by) <> ''", name="event_reason"),
    schema="access",
    comment="授权登记:哪个账号可见哪个区划,只增不改,最后一次为准",
)
Index("event_by_login", access_event.c.login, access_event.c.region_code)

access_county = Table(
    "county",
    metadata,
    Column("county_code", Text, primary_key=True, comment="县区代码(含已撤销的)"),
    schema="access",
    comment="县区:授权给省、市的账号可见其下各县区",
)

access_read = Table(
    "read",
    metadata,
    Column("read", BigInteger, Identity(always=True), primary_key=True, comment="查阅号"),
    Column("login", Text, nullable=False, comment="数据库账号"),
    Column("table_name", Text, nullable=False, comment="查阅的个人名单表"),
    Column("region_codes", ARRAY(Text), nullable=False, comment="查阅时该账号可见的区划"),
    Column("session", Integer, nullable=False, comment="数据库会话号"),
    Column("read_at", DateTime(timezone=True), nullable=False, comment="查阅时间"),
    Column(
        "recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now(), comment="由日志登记的时间"
    ),
    UniqueConstraint("read_at", "session", "login", "table_name", name="read_once"),
    schema="access",
    comment="查阅登记:哪个账号何时查阅了哪张个人名单表,由数据库日志登记,只增不改,期满删除,不含个人信息",
)

access_log_position = Table(
    "log_position",
    metadata,
    Column("file_key", Text, primary_key=True, comment="日志文件(设备号:节点号)"),
    Column("n_bytes", BigInteger, nullable=False, comment="已读字节数"),
    Column("head_bytes", Integer, nullable=False, comment="用以辨认文件的开头字节数"),
    Column("head_hash", Text, nullable=False, comment="开头的 SHA-256"),
    Column("read_at", DateTime(timezone=True), nullable=False, comment="上次读到的时间"),
    schema="access",
    comment="数据库日志读到何处",
)

access_signing_key = Table(
    "signing_key",
    metadata,
    Column("is_key", Boolean, primary_key=True, comment="恒为真:只有一行"),
    Column("inner_key", LargeBinary, nullable=False, comment="内层密钥"),
    Column("outer_key", LargeBinary, nullable=False, comment="外层密钥"),
    CheckConstraint("is_key", name="signing_key_of_one_row"),
    schema="access",
    comment="查阅日志的签名密钥,仅数据库自身使用",
)
