"""Attempts on the server itself: its catalogue, files, large objects, extensions, roles, and code of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.access.attempts import NOTHING, Attempt, refused
from tests.access.rules import Login, View

# What everybody may ask of any PostgreSQL; it must say nothing of a row.
_CATALOGUE = (
    "pg_stats", "pg_stats_ext", "pg_stats_ext_exprs", "pg_class", "pg_policies", "pg_proc", "pg_views", "pg_roles", "pg_stat_activity",
    "pg_stat_user_tables", "pg_prepared_statements", "pg_locks", "pg_description", "pg_constraint", "pg_index", "pg_cursors",
    "pg_partitioned_table", "pg_attribute", "pg_attrdef", "pg_trigger", "pg_db_role_setting", "pg_settings", "pg_auth_members",
    "pg_stat_progress_analyze", "pg_seclabels", "pg_publication_tables", "pg_largeobject_metadata", "information_schema.tables",
    "information_schema.columns", "information_schema.routines", "information_schema.views", "information_schema.role_table_grants",
    "information_schema.enabled_roles", "information_schema.check_constraints",
)  # fmt: skip
_CLOSED = (
    "pg_statistic", "pg_statistic_ext_data", "pg_authid", "pg_shadow", "pg_largeobject", "pg_hba_file_rules", "pg_file_settings",
    "pg_config", "pg_backend_memory_contexts", "pg_shmem_allocations", "pg_subscription", "pg_ident_file_mappings",
)  # fmt: skip
_FUNCTIONS = (
    "pg_read_file('postgresql.conf')", "pg_read_binary_file('PG_VERSION')", "pg_ls_dir('.')", "pg_stat_file('PG_VERSION')",
    "pg_ls_logdir()", "pg_ls_waldir()", "pg_ls_tmpdir()", "pg_current_logfile()", "pg_rotate_logfile()", "pg_reload_conf()",
    "lo_import('/etc/hostname')", "lo_export(1, '/nowhere/bidui')", "lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')",
    "pg_advisory_lock(1)", "pg_try_advisory_lock(1)", "pg_advisory_xact_lock(1)", "pg_try_advisory_xact_lock_shared(1, 2)",
    "pg_switch_wal()", "pg_create_restore_point('x')", "pg_promote()", "pg_stat_reset()", "pg_backup_start('x')",
    "pg_create_physical_replication_slot('x')", "pg_logical_emit_message(false, 'x', 'x')", "pg_import_system_collations('pg_catalog')",
    "access.signature('login=x')",
)  # fmt: skip
_STATEMENTS = (
    "CREATE TABLE public.kept (x int)", "CREATE TEMP SEQUENCE s", "CREATE SCHEMA mine", "CREATE TYPE public.t AS (x int)",
    "CREATE FUNCTION pg_temp.leak(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', x; RETURN true; END $$",
    "CREATE FUNCTION public.leak(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', x; RETURN true; END $$",
    "CREATE FUNCTION mart.leak(x text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE FUNCTION bi.leak(x text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE FUNCTION access.regions_of(x text) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT x'",
    "CREATE OR REPLACE FUNCTION access.regions() RETURNS text[] LANGUAGE sql AS $$ SELECT ARRAY['36'] $$",
    "CREATE PROCEDURE public.leak() LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR public.<<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE AGGREGATE public.agg (text) (SFUNC = textcat, STYPE = text)",
    "ALTER FUNCTION access.regions() SET search_path = public", "ALTER FUNCTION pg_catalog.lower(text) LEAKPROOF",
    "DROP FUNCTION access.above()", "DROP TRIGGER event_stands ON access.event", "ALTER TABLE access.event DISABLE TRIGGER ALL",
    "ALTER EXTENSION plpgsql SET SCHEMA public", "DROP EXTENSION plpgsql", "DROP LANGUAGE plpgsql CASCADE",
    "CREATE FOREIGN DATA WRAPPER w", "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION ops.refuse_change()",
    "CREATE PUBLICATION p FOR ALL TABLES", "CREATE ROLE mine", "CREATE ROLE mine SUPERUSER", "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS", "ALTER ROLE CURRENT_USER CREATEROLE", "ALTER ROLE bidui PASSWORD 'x'",
    "ALTER ROLE bidui_access PASSWORD 'x'", "DROP ROLE bidui_bi", "GRANT bidui_province TO CURRENT_USER", "GRANT bidui TO CURRENT_USER",
    "GRANT pg_read_all_data TO CURRENT_USER", "GRANT pg_read_server_files TO CURRENT_USER",
    "ALTER DEFAULT PRIVILEGES FOR ROLE bidui GRANT SELECT ON TABLES TO PUBLIC",
    "REASSIGN OWNED BY bidui TO CURRENT_USER", "DROP OWNED BY bidui", "DROP SCHEMA access CASCADE", "ALTER SCHEMA bi RENAME TO b",
    "COMMENT ON SCHEMA mart IS 'x'", "CHECKPOINT", "LOAD '/nowhere/bidui'",
    "SET log_statement = 'all'", "SET session_preload_libraries = 'x'", "COPY (SELECT 1) TO PROGRAM 'cat'", "COPY access.event FROM STDIN",
)  # fmt: skip


def of_server(login: Login, view: View) -> Iterator[Attempt]:
    """The attempts; `view` is what those that need one name."""
    yield from (Attempt((f"SELECT * FROM {name} AS t WHERE t::text LIKE '%mark-%'",), NOTHING) for name in _CATALOGUE)
    yield from (refused(f"SELECT * FROM {name}") for name in _CLOSED)
    yield from (refused(f"SELECT * FROM {call}") for call in _FUNCTIONS)
    yield from (refused(sql) for sql in _STATEMENTS)
    # These take effect at once: whether they are allowed is asked, lest a mutation wrecks the server of the tests.
    for parameter in ("log_statement", "session_preload_libraries", "log_min_messages", "archive_command"):
        yield Attempt((f"SELECT has_parameter_privilege('{parameter}', 'SET, ALTER SYSTEM')::int",), number=0)
    for right in ("CREATE", "TEMPORARY"):
        yield Attempt((f"SELECT has_database_privilege(current_database(), '{right}')::int",), number=0)
    for other in ("postgres", "template1", "airflow"):
        yield Attempt((f"SELECT has_database_privilege('{other}', 'CONNECT')::int",), number=0)
    # What would stand in the log of reads; whatever it gave would be wrong.
    yield Attempt(("SELECT cardinality(access.counties(E'x\\nforged'))",), number=-1)
    # dblink, foreign tables, page inspection: none is installed, and nobody can install one without CREATE above.
    yield Attempt(("SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'",), number=0)
    table = f"generation.{view.table}_r2"
    yield Attempt(
        (
            "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname IN ('generation', 'casework')",
        )
    )
    yield Attempt(("SELECT count(*) FROM pg_stats WHERE schemaname = 'generation'",), number=0)
    yield Attempt(
        (f"SELECT pg_get_expr(relpartbound, oid), reltuples FROM pg_class WHERE oid = to_regclass('{table}')",)
    )
    yield Attempt(("NOTIFY bidui, 'x'",))
    yield Attempt(("SELECT query FROM pg_stat_activity WHERE usename <> current_user",))
    yield Attempt(("SELECT schema_to_xml('access', true, false, '')",))
    yield Attempt(("SELECT schema_to_xml('generation', true, false, '')",))
    # Who has a right without the option to hand it on gets a warning, not an error.
    yield Attempt(
        (
            "GRANT USAGE ON SCHEMA generation TO PUBLIC",
            "SELECT has_schema_privilege('public', 'generation', 'USAGE')::int",
        ),
        number=0,
    )
    yield Attempt(
        (
            "GRANT ALL ON access.event TO PUBLIC",
            "SELECT has_table_privilege('public', 'access.event', 'SELECT, UPDATE')::int",
        ),
        number=0,
    )
    yield Attempt(
        (
            f"GRANT SELECT ON {view.name} TO PUBLIC",
            f"SELECT has_table_privilege('public', '{view.name}', 'SELECT')::int",
        ),
        number=0,
    )
    yield Attempt(
        (
            f"GRANT bidui_{login.group or 'county'} TO bidui_bi",
            "SELECT pg_has_role('bidui_bi', 'bidui_county', 'MEMBER')::int",
        ),
        number=0,
    )
