"""Tables of the warehouse that are migrated and not rebuilt (schemas ops, casework, access and ref), declared once.

After a change here: a new revision in migrations/versions (see migrate.py); a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    column,
    func,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from pipelines.warehouse.access_tables import (
    access_county,
    access_event,
    access_log_position,
    access_read,
    access_signing_key,
)
from pipelines.warehouse.metadata import metadata

# Kept in rooms of their own, used by this one's name.
__all__ = ["access_county", "access_event", "access_log_position", "access_read", "access_signing_key", "metadata"]


def _one_of(name: str, column_name: str, *words: str) -> CheckConstraint:
    said = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column_name} IN ({said})", name=name)


def _is_quarter(table_name: str) -> CheckConstraint:
    return CheckConstraint("quarter ~ '^[0-9]{4}Q[1-4]$'", name=f"{table_name}_quarter")


RELEASE_NUMBER = Sequence("release_number", metadata=metadata)

delivery = Table(
    "delivery",
    metadata,
    Column("system", Text, primary_key=True, comment="系统"),
    Column("delivery_id", Text, primary_key=True, comment="报送批次(落地目录名)"),
    Column("status", Text, nullable=False, comment="accepted 已接收 / refused 已拒收"),
    Column("quarter", Text, comment="所属季度"),
    Column("counties", JSONB, comment="覆盖的县区代码"),
    Column("cut_date", Date, comment="数据截止日"),
    Column("sender", Text, comment="报送单位"),
    Column("sequence", Integer, comment="报送序号,大者为准"),
    Column("files", JSONB, nullable=False, server_default=text("'[]'"), comment="文件、行数、字节、SHA-256、编码"),
    Column("reasons", JSONB, nullable=False, server_default=text("'[]'"), comment="拒收原因与改正办法"),
    Column("fingerprint", Text, nullable=False, comment="清单与文件内容的 SHA-256"),
    Column("received_at", DateTime(timezone=True), nullable=False, comment="接收时间"),
    Column("corrects", Text, comment="被更正的批次:本批只含其改正的行;空:整批报送"),
    _one_of("delivery_status", "status", "accepted", "refused"),
    comment="报送台账:每个落地目录一行,接收或拒收",
)

lake_partition = Table(
    "lake_partition",
    metadata,
    Column("table_name", Text, primary_key=True, comment="表名"),
    Column("quarter", Text, primary_key=True, comment="季度"),
    Column("part", Text, primary_key=True, comment="报送批次(delivery=…)或发布号(release=…)"),
    Column("path", Text, nullable=False, comment="数据湖内相对路径"),
    Column("n_rows", BigInteger, nullable=False, comment="行数"),
    Column("content_hash", Text, nullable=False, comment="按主键排序的内容哈希"),
    Column("committed_at", DateTime(timezone=True), nullable=False, server_default=func.now(), comment="提交时间"),
    _is_quarter("lake_partition"),
    CheckConstraint("n_rows >= 0", name="lake_partition_rows"),
    comment="数据湖分区台账:只有登记在此的写入才算数",
)

staging = Table(
    "staging",
    metadata,
    Column("system", Text, primary_key=True, comment="系统"),
    Column("delivery_id", Text, primary_key=True, comment="报送批次"),
    Column("table_name", Text, primary_key=True, comment="入库表"),
    Column("quarter", Text, nullable=False, comment="季度"),
    Column(
        "status", Text, nullable=False, comment="staged 已入库 / stopped 被质量规则拦下 / held 被历史规则停用,待核定"
    ),
    Column("rows_in", BigInteger, nullable=False, comment="文件行数"),
    Column("rows_clean", BigInteger, nullable=False, comment="通过行数"),
    Column("rows_quarantined", BigInteger, nullable=False, comment="隔离行数"),
    Column("rule_counts", JSONB, nullable=False, comment="各规则命中行数"),
    Column("staged_at", DateTime(timezone=True), nullable=False, server_default=func.now(), comment="入库时间"),
    Column(
        "county_counts",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="各县区行数:rows 全部 / repeated 编号重复 / quarantined 其他原因隔离",
    ),
    Column(
        "compared_with",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="历史规则比对的批次:previous 上季度 / year_ago 上年同季度",
    ),
    Column("held_by", JSONB, nullable=False, server_default=text("'{}'"), comment="停用该批次的历史规则及不符的县区"),
    ForeignKeyConstraint(["system", "delivery_id"], ["ops.delivery.system", "ops.delivery.delivery_id"]),
    _one_of("staging_status", "status", "staged", "stopped", "held"),
    _is_quarter("staging"),
    CheckConstraint(
        "rows_clean >= 0 AND rows_quarantined >= 0 AND rows_in = rows_clean + rows_quarantined", name="staging_rows"
    ),
    comment="入库结果:每批次每表一行,行数守恒",
)

gate_decision = Table(
    "gate_decision",
    metadata,
    Column("decision", BigInteger, Identity(always=True), primary_key=True, comment="核定号,大者为准"),
    Column("system", Text, nullable=False, comment="系统"),
    Column("delivery_id", Text, nullable=False, comment="报送批次"),
    Column("rule_id", Text, nullable=False, comment="历史规则"),
    Column("outcome", Text, nullable=False, comment="overruled 放行 / upheld 维持停用"),
    Column("reason", Text, nullable=False, comment="理由"),
    Column("decided_by", Text, nullable=False, comment="核定人账号"),
    Column("decided_at", DateTime(timezone=True), nullable=False, comment="核定时间"),
    Column("channel", Text, nullable=False, comment="cli 命令行 / airflow 网页"),
    ForeignKeyConstraint(["system", "delivery_id"], ["ops.delivery.system", "ops.delivery.delivery_id"]),
    CheckConstraint("outcome IN ('overruled', 'upheld')", name="gate_decision_outcome"),
    CheckConstraint("btrim(reason) <> ''", name="gate_decision_reason"),
    _one_of("gate_decision_channel", "channel", "cli", "airflow"),
    comment="历史规则的核定:每批次每规则每次一行,只增不改,最后一次为准",
)
Index("gate_decision_by_delivery", gate_decision.c.system, gate_decision.c.delivery_id, gate_decision.c.rule_id)

link_decision = Table(
    "link_decision",
    metadata,
    Column("decision", BigInteger, Identity(always=True), primary_key=True, comment="核定号,大者为准"),
    Column("since_quarter", Text, nullable=False, comment="自该季度起适用"),
    Column("outcome", Text, nullable=False, comment="must_link 是同一人 / never_link 不是同一人"),
    Column("system", Text, nullable=False, comment="记录所在系统"),
    Column("record_number", Text, nullable=False, comment="系统内记录号"),
    Column("person_system", Text, nullable=False, comment="另一记录(代表此人)所在系统"),
    Column("person_record_number", Text, nullable=False, comment="另一记录的系统内记录号"),
    Column("reason", Text, nullable=False, comment="理由"),
    Column("decided_by", Text, nullable=False, comment="核定人"),
    Column("decided_at", DateTime(timezone=True), nullable=False, comment="核定时间"),
    Column("channel", Text, nullable=False, comment="cli 命令行 / workbook 核定表导入"),
    Column("tier", Text, comment="核定时的匹配级别;空:早期核定未记录"),
    Column("basis", Text, comment="核定依据:suggestion 待核定建议 / draw 自动关联抽查;空:早期核定未记录"),
    CheckConstraint("outcome IN ('must_link', 'never_link')", name="link_decision_outcome"),
    CheckConstraint("btrim(reason) <> '' AND btrim(decided_by) <> ''", name="link_decision_reason"),
    CheckConstraint("basis IN ('suggestion', 'draw')", name="link_decision_basis"),
    _one_of("link_decision_channel", "channel", "cli", "workbook"),
    CheckConstraint("since_quarter ~ '^[0-9]{4}Q[1-4]$'", name="link_decision_since_quarter"),
    CheckConstraint(
        "(system, record_number) <> (person_system, person_record_number)", name="link_decision_of_two_records"
    ),
    schema="casework",
    comment="同一人核定:两条记录是否为同一人,只增不改,最后一次为准,重新计算时一直有效",
)

list_export = Table(
    "list_export",
    metadata,
    Column("export", BigInteger, Identity(always=True), primary_key=True, comment="导出号"),
    Column("quarter", Text, nullable=False, comment="季度"),
    Column("release", BigInteger, nullable=False, comment="发布号"),
    Column("county_code", Text, comment="县区名单所属县区;空:处室用表(全省)"),
    Column("office", Text, comment="处室用表:employment 就业 / skills 职建 / pension 农保;空:县区名单"),
    Column("n_rows", BigInteger, nullable=False, comment="名单行数"),
    Column("file_hash", Text, nullable=False, comment="文件的 SHA-256"),
    Column("login", Text, nullable=False, comment="导出时的系统账号"),
    Column("exported_by", Text, comment="导出时填报的导出人(--by)"),
    Column("exported_at", DateTime(timezone=True), nullable=False, comment="导出时间"),
    CheckConstraint("(county_code IS NULL) <> (office IS NULL)", name="list_export_of_one"),
    CheckConstraint("btrim(login) <> ''", name="list_export_login"),
    _is_quarter("list_export"),
    schema="casework",
    comment="名单导出登记:谁在何时导出了哪份名单,只增不改,不含个人信息",
)

calendar = Table(
    "calendar",
    metadata,
    Column("system", Text, primary_key=True, comment="系统"),
    Column("quarter", Text, primary_key=True, comment="季度"),
    Column("county_code", Text, primary_key=True, comment="县区代码"),
    Column("due_day", Date, comment="应报日;空:本季度不要求报送"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="due 待报 / late 逾期 / missing 缺报 / received 已接收待入库 / here 已入库 / held 停用待核定"
        " / stopped 被拦下 / refused 被退回",
    ),
    Column("delivery_id", Text, comment="所指报送批次"),
    Column("received_at", DateTime(timezone=True), comment="该批次接收时间"),
    Column("is_on_time", Boolean, comment="是否按时;空:未到期"),
    _one_of("calendar_state", "state", "due", "late", "missing", "received", "here", "held", "stopped", "refused"),
    _is_quarter("calendar"),
    comment="报送日历:每系统每季度每县区一行",
)

# Views, made by the migrations. What became of a delivery, decisions included:
# refused, received (not staged yet), staged, stopped, held.
delivery_state = table(
    "delivery_state", column("system", Text), column("delivery_id", Text), column("state", Text), schema="ops"
)
# Timeliness and completeness of every system and quarter (M46).
delivery_timeliness = table(
    "delivery_timeliness",
    column("system", Text),
    column("quarter", Text),
    column("n_expected", Integer),
    column("n_here", Integer),
    column("n_on_time", Integer),
    column("timeliness_rate"),
    column("n_rows_declared", BigInteger),
    column("n_rows_received", BigInteger),
    column("n_rows_clean", BigInteger),
    column("completeness_rate"),
    schema="ops",
)

release = Table(
    "release",
    metadata,
    Column("release", BigInteger, primary_key=True, autoincrement=False, comment="发布号(全局递增)"),
    Column("quarter", Text, nullable=False, comment="季度"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="状态:planned 已计划 / computed 已计算 / published 已发布 / superseded 已被取代",
    ),
    Column("fingerprint", Text, nullable=False, comment="输入指纹"),
    Column("inputs", JSONB, nullable=False, comment="输入:报送批次及哈希、代码与依赖锁、参数版本、上一季度发布号"),
    Column("content", JSONB, nullable=False, server_default=text("'{}'"), comment="各表内容哈希与行数"),
    Column("planned_at", DateTime(timezone=True), nullable=False, comment="计划时间"),
    Column("published_at", DateTime(timezone=True), comment="发布时间"),
    _one_of("release_state", "state", "planned", "computed", "published", "superseded"),
    _is_quarter("release"),
    comment="发布记录:每季度每次计算一行,记录全部输入",
)
Index("release_by_quarter", release.c.quarter, release.c.release)

current_release = Table(
    "current_release",
    metadata,
    Column("quarter", Text, primary_key=True, comment="季度"),
    Column("release", BigInteger, ForeignKey("ops.release.release"), nullable=False, comment="读者所见发布号"),
    Column("previous_release", BigInteger, ForeignKey("ops.release.release"), comment="上一代发布号,仍可查询"),
    Column("flipped_at", DateTime(timezone=True), nullable=False, comment="切换时间"),
    _is_quarter("current_release"),
    comment="发布指针:每季度一行,读者只见这里所指的一代",
)

mart_declaration = Table(
    "mart_declaration",
    metadata,
    Column("table_name", Text, primary_key=True, comment="集市表名"),
    Column("declaration", Text, nullable=False, comment="列、类型、主键与注释的 SHA-256"),
    Column("built_at", DateTime(timezone=True), nullable=False, comment="按声明建表时间"),
    comment="集市表声明:与代码不同时按代码改建",
)

dictionary = Table(
    "dictionary",
    metadata,
    Column(
        "kind",
        Text,
        primary_key=True,
        comment="种类:table 表、column 列、code 代码、measure 指标、figure 数字、check 核对、finding 核对所得",
    ),
    Column("table_name", Text, primary_key=True, comment="表名;指标、核对为空"),
    Column("column_name", Text, primary_key=True, comment="列名;数字、核对所得为其代码"),
    Column("code", Text, primary_key=True, comment="代码;指标、核对的编号"),
    Column("zh", Text, nullable=False, comment="中文名"),
    Column("en", Text, nullable=False, comment="英文名或说明"),
    Column("type", Text, nullable=False, comment="类型;代码为代码表,数字为单位"),
    Column("meaning", Text, nullable=False, comment="含义:取值、表头、分子分母、规则"),
    Column("source", Text, nullable=False, comment="来源:系统、代码表出处、责任处室"),
    Column("clause", Text, nullable=False, comment="方案条款"),
    _one_of("dictionary_kind", "kind", "table", "column", "code", "measure", "figure", "check", "finding"),
    schema="ref",
    comment="数据字典:每张表、每一列、每个代码、指标和核对的名称、含义、来源和条款,按代码中的声明填写",
)

removal = Table(
    "removal",
    metadata,
    Column("removal", BigInteger, Identity(always=True), primary_key=True, comment="删除号"),
    Column("kind", Text, nullable=False, comment="数据种类(retention.toml)"),
    Column("name", Text, nullable=False, comment="删除了什么:发布号、系统/批次、文件名"),
    Column("n_bytes", BigInteger, nullable=False, comment="字节数"),
    Column("days", Integer, nullable=False, comment="所依的保存天数"),
    Column("removed_at", DateTime(timezone=True), nullable=False, comment="删除时间"),
    CheckConstraint("n_bytes >= 0 AND days >= 0", name="removal_amounts"),
    comment="到期删除登记:何时按何期限删除了什么,只增不改,不含个人信息",
)

incident = Table(
    "incident",
    metadata,
    Column("incident", BigInteger, Identity(always=True), primary_key=True, comment="事件号"),
    Column("at", DateTime(timezone=True), nullable=False, comment="时间"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="failure 失败 / missing 缺报 / stopped 被拦下 / held 停用待核定 / unsigned 无签名的查阅记录",
    ),
    Column("dag_id", Text, comment="流程"),
    Column("task_id", Text, comment="任务"),
    Column("run_id", Text, comment="运行号"),
    Column("quarter", Text, comment="季度"),
    Column("message", Text, nullable=False, comment="说明与处理办法"),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'"), comment="明细(系统、县区)"),
    _one_of("incident_kind", "kind", "failure", "missing", "stopped", "held", "unsigned"),
    comment="告警与失败记录",
)

alert_once = UniqueConstraint(incident.c.kind, incident.c.quarter, incident.c.message, name="incident_once")
incident.append_constraint(alert_once)
