"""Who sees what in the warehouse, as the database itself enforces it: groups, policies by row, grants. Nothing by default.

A login is a member of one group (roles.sql), which says what kind of table it may read, and has regions
(`access.event`), which say whose rows. Readers have rights on the views of mart and bi and on nothing behind them; the tables
behind have row-level security that binds their owner too, and asks for the session's login, which no statement can
change. Where a login has no region no row is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import Connection, text

from pipelines.errors import NotReady

PROVINCE = "36"
PREFIX = "bidui_"
POLICY = "seen_by_region"


class Role(StrEnum):
    """The groups of logins."""

    OPERATOR = "operator"  # runs the pipeline: deliveries, runs, counts; nobody's row
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    BI = "bi"  # a BI tool: what disclosure control lets out
    AUDITOR = "auditor"  # who may do what, who read what; no results

    @property
    def group(self) -> str:
        """The database role."""
        return PREFIX + self.value


OFFICES = (Role.PROVINCE, Role.CITY, Role.COUNTY)


class Kind(StrEnum):
    """What one row of a published table is about, hence who may read the table and which of its rows."""

    PEOPLE = "people"  # a person, or a case of one: by county, each reading logged
    COUNTS = "counts"  # a region: those within one's own
    LINKAGE = "linkage"  # the province alone
    PUBLIC = "public"  # a region, disclosure-controlled: those within one's own, and those it lies in
    WORDS = "words"  # the catalogue: anybody who has a region


READERS: Mapping[Kind, tuple[Role, ...]] = {
    Kind.PEOPLE: OFFICES,
    Kind.COUNTS: (*OFFICES, Role.OPERATOR),
    Kind.LINKAGE: (Role.PROVINCE, Role.OPERATOR),
    Kind.PUBLIC: (*OFFICES, Role.BI),
    Kind.WORDS: (*OFFICES, Role.BI, Role.OPERATOR),
}
# Tables of history that some may read whole: they hold no person.
HISTORY: Mapping[Role, tuple[str, ...]] = {
    Role.OPERATOR: (
        "ops.delivery", "ops.staging", "ops.calendar", "ops.release", "ops.current_release", "ops.incident", "ops.gate_decision", "ops.removal",
        "ops.delivery_state", "ops.delivery_timeliness",
    ),
    Role.AUDITOR: (
        "access.event", "access.in_force", "access.read", "casework.list_export", "ops.gate_decision", "ops.release", "ops.current_release",
        "ops.removal",
    ),
}  # fmt: skip

# The planner's estimates, which EXPLAIN shows to everybody, come from all rows, whoever's they are: a value that is common,
# or that bounds a hundredth of the rows, can be found by asking. Of these tables nothing is measured but their size.
UNMEASURED = (Kind.PEOPLE, Kind.COUNTS)

_REGIONS = "(SELECT access.regions())::text[]"
_IN_PROVINCE = f"'{PROVINCE}' = ANY ({_REGIONS})"


def kind_of(table: str, columns: Iterable[str]) -> Kind:
    """What a published table's rows are about, by its columns; what names no region is the province's alone."""
    names = set(columns)
    if "county_code" in names:
        return Kind.PEOPLE
    if "region_code" in names:
        return Kind.PUBLIC if table.startswith("bi_") else Kind.COUNTS
    return Kind.LINKAGE if "n_reviewed" in names else Kind.WORDS


def policy(table: str, kind: Kind) -> str:
    """The condition under which a login sees a row; the pipeline sees all. The look-ups are made once a query."""
    return f"(SELECT access.is_pipeline()) OR ({_seen(table, kind)})"


def _seen(table: str, kind: Kind) -> str:
    if kind is Kind.PEOPLE:
        counties = f"(SELECT access.counties('{table}'))::text[]"
        return f"county_code = ANY ({counties}) OR (county_code IS NULL AND {_IN_PROVINCE})"
    if kind is Kind.LINKAGE:
        return _IN_PROVINCE
    if kind is Kind.WORDS:
        return f"cardinality({_REGIONS}) > 0"
    within = " OR ".join(f"left(region_code, {digits}) = ANY ({_REGIONS})" for digits in (2, 4, 6))
    return f"{within} OR region_code = ANY ((SELECT access.above())::text[])" if kind is Kind.PUBLIC else within


def secure(connection: Connection, table: str, view: str, kind: Kind) -> None:
    """Put the policy on a table and the grants on its view; repeatable, within the caller's transaction."""
    connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    connection.execute(text(f"DROP POLICY IF EXISTS {POLICY} ON {table}"))
    condition = policy(table.rpartition(".")[2], kind)
    connection.execute(text(f"CREATE POLICY {POLICY} ON {table} FOR SELECT USING ({condition})"))
    groups = ", ".join(role.group for role in READERS[kind])
    connection.execute(text(f"GRANT SELECT ON {view} TO {groups}"))


def open_schemas(connection: Connection, counties: Iterable[str]) -> None:
    """What does not hang on one published table: rights on schemas, look-ups and history, the counties there are.

    Repeatable, within the caller's transaction. Raises NotReady where the groups were never made.
    """
    known = set(connection.execute(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'bidui\\_%'")).scalars())
    if missing := sorted({role.group for role in Role} - known):
        raise NotReady(
            f"the database server has no role {', '.join(missing)}: its administrator runs pipelines/warehouse/roles.sql once"
        )
    everybody = ", ".join(role.group for role in Role)
    seers = ", ".join(role.group for role in (*OFFICES, Role.BI, Role.OPERATOR))
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    connection.execute(text(f"GRANT CONNECT ON DATABASE {database} TO {everybody}"))
    connection.execute(
        text(f"GRANT USAGE ON SCHEMA mart TO {', '.join(role.group for role in (*OFFICES, Role.OPERATOR))}")
    )
    connection.execute(
        text(f"GRANT USAGE ON SCHEMA bi TO {', '.join(role.group for role in (*OFFICES, Role.BI, Role.OPERATOR))}")
    )
    connection.execute(text(f"GRANT USAGE ON SCHEMA access TO {everybody}"))
    for function in ("access.is_pipeline()", "access.regions()", "access.counties(text)", "access.above()"):
        connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {seers}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA ref TO {seers}"))
    connection.execute(text(f"GRANT SELECT ON ref.dictionary TO {seers}"))
    for role, tables in HISTORY.items():
        for schema in sorted({table.partition(".")[0] for table in tables}):
            connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role.group}"))
        connection.execute(text(f"GRANT SELECT ON {', '.join(tables)} TO {role.group}"))
    if "bidui_access" in known:
        connection.execute(text("GRANT USAGE ON SCHEMA access TO bidui_access"))
        connection.execute(text("GRANT SELECT, INSERT ON access.event TO bidui_access"))
        connection.execute(text("GRANT SELECT ON access.in_force, access.county TO bidui_access"))
    rows = [{"code": code} for code in sorted(set(counties))]
    connection.execute(text("INSERT INTO access.county (county_code) VALUES (:code) ON CONFLICT DO NOTHING"), rows)
