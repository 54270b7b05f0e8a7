"""Attempts to see or change what is not one's own, generated for a login: what a clever reader of SQL might try.

No statement holds a mark, so that each mark in what comes back has come out of a row; every division is by zero where
somebody else's row is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.access.rules import DICTIONARY, HISTORY, VIEWS_OF_HISTORY, Login, View, histories, may_read_history
from tests.access.warehouse import mark


@dataclass(frozen=True)
class Attempt:
    """Statements, run one after another whatever becomes of those before; what the last may do.

    `seen`: the places whose marks may come back. `refused`: the last must fail for want of rights, and for nothing else. `number`: what it
    gives if it is not refused. `alone`: outside a transaction.
    """

    steps: tuple[str, ...]
    seen: frozenset[str] = frozenset()
    refused: bool = False
    number: int | None = None
    alone: bool = False


NOTHING: frozenset[str] = frozenset()


def refused(*steps: str) -> Attempt:
    return Attempt(steps, refused=True)


def of_view(login: Login, view: View, other: View) -> Iterator[Attempt]:
    """Everything that is tried on one view; `other` is joined to it."""
    v, m, o, seen = view.name, view.marked, other.name, view.seen_by(login)
    both = seen | other.seen_by(login)
    code = view.code or "'36'"
    foreign = ", ".join(f"'{_digest(place)}'" for place in view.places if place not in seen)
    is_foreign = f"md5({m}) = ANY (ARRAY[{foreign}]::text[])"
    yield Attempt((f"SELECT count(*) FROM {v}",), number=len(seen))
    yield Attempt((f"SELECT count(*) FROM {v} WHERE release <> 2",), number=0)
    yield Attempt((f"SELECT count(*) FROM {v} WHERE {is_foreign}",), number=0)
    yield Attempt((f"SELECT count(*) FROM {v} AS a FULL JOIN {v} AS b USING (release, {m})",), number=len(seen))
    for sql in _reads(v, m, code, is_foreign):
        yield Attempt((sql,), seen)
    for sql in (
        f"SELECT a.{m}, b.{other.marked} FROM {v} AS a CROSS JOIN {o} AS b",
        f"SELECT a.{m}, b.{other.marked} FROM {v} AS a FULL JOIN {o} AS b ON a.{m} = b.{other.marked}",
        f"SELECT {m} FROM {v} UNION ALL SELECT {other.marked} FROM {o}",
        f"SELECT {m} FROM {v} EXCEPT SELECT {other.marked} FROM {o} WHERE false",
        f"SELECT {m} FROM {v} WHERE EXISTS (SELECT FROM {o}) INTERSECT SELECT {m} FROM {v}",
        f"SELECT {other.marked} FROM {o} WHERE release IN (SELECT release FROM {v})",
    ):
        yield Attempt((sql,), both)
    yield Attempt((f"PREPARE p (text) AS SELECT {m} FROM {v} WHERE {m} <> $1", "EXECUTE p ('')"), seen)
    yield Attempt((f"DECLARE c SCROLL CURSOR FOR SELECT {m} FROM {v}", "FETCH ALL FROM c"), seen)
    yield Attempt(
        (f"DECLARE h CURSOR WITH HOLD FOR SELECT {m} FROM {v}", "COMMIT", "FETCH ALL FROM h"), seen, alone=True
    )
    yield from _behind(view)
    yield from (refused(sql) for sql in _writes(v, m, code, view.table))


def _reads(v: str, m: str, code: str, is_foreign: str) -> Iterable[str]:
    return (
        f"SELECT * FROM {v}",
        f"SELECT {m} FROM {v} WHERE NOT coalesce({code} = '36', false)",
        f"SELECT min({m}), max({m}), string_agg({m}, ','), array_agg({m}), json_agg({m}) FROM {v}",
        f"SELECT {code}, count(*), max({m}) FROM {v} GROUP BY GROUPING SETS ((1), ())",
        f"SELECT mode() WITHIN GROUP (ORDER BY {m}), percentile_disc(0.9) WITHIN GROUP (ORDER BY {m}) FROM {v}",
        f"SELECT {m}, lag({m}) OVER w, first_value({m}) OVER w, last_value({m}) OVER (w RANGE UNBOUNDED PRECEDING)"
        f" FROM {v} WINDOW w AS (ORDER BY {m})",
        f"WITH c AS MATERIALIZED (SELECT * FROM {v}) SELECT {m} FROM c",
        f"WITH RECURSIVE c AS (SELECT {m} AS x, 1 AS n FROM {v} UNION SELECT x, n + 1 FROM c WHERE n < 3) SELECT * FROM c",
        f"SELECT (SELECT string_agg({m}, ' ') FROM {v}), EXISTS (SELECT FROM {v}), ARRAY(SELECT {m} FROM {v})",
        f"SELECT x.* FROM (VALUES (1), (2)) AS p (n) CROSS JOIN LATERAL (SELECT n, {m} FROM {v} ORDER BY {m} OFFSET n - 1) AS x",
        f"SELECT t FROM {v} AS t",
        f"SELECT row_to_json(t), to_jsonb(t), hash_record(t)::text FROM {v} AS t",
        f"SELECT count(*) FROM {v} WHERE CASE WHEN {is_foreign} THEN {m}::int = 0 ELSE false END",
        f"SELECT count(*) FROM {v} WHERE CASE WHEN {is_foreign} THEN {m}::date IS NULL ELSE false END",
        f"SELECT count(*) FROM {v} WHERE 1 / (CASE WHEN {is_foreign} THEN 0 ELSE 1 END) = 1",
        f"SELECT count(*) FROM {v} WHERE release <> 2 AND 1 / (release - 1) = 1 AND {is_foreign}",
        f"SELECT 1 / (CASE WHEN {is_foreign} THEN 0 ELSE 1 END) FROM {v}",
        f"SELECT count(*) FROM {v} HAVING 1 / (CASE WHEN bool_or({is_foreign}) THEN 0 ELSE 1 END) = 1",
        f"SELECT {m} FROM {v} ORDER BY 1 / (CASE WHEN {is_foreign} THEN 0 ELSE 1 END)",
        f"SELECT {m} FROM {v} WHERE to_tsvector('simple', {m}) @@ to_tsquery('simple', 'mark:*')",
        f"SELECT {m} FROM {v} WHERE {m} ~ '^m' AND {m} LIKE '%' AND {m} >= 'a' COLLATE \"C\"",
        f"SELECT regexp_matches({m}, '.*', 'g') FROM {v}",
        f"EXPLAIN (VERBOSE, SETTINGS) SELECT {m} FROM {v} WHERE {m} > 'm'",
        f"EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT {m} FROM {v} ORDER BY {m}",
        f"EXPLAIN (GENERIC_PLAN) SELECT {m} FROM {v} WHERE {code} = $1",
        f"COPY (SELECT * FROM {v}) TO STDOUT",
        f"SELECT query_to_xml('SELECT * FROM {v}', true, false, '')",
        f"SELECT table_to_xml('{v}', true, false, '')",
        f"SELECT ts_stat('SELECT to_tsvector(''simple'', {m}) FROM {v}')",
        f"DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM {v} LOOP RAISE NOTICE '%', r; END LOOP; END $$",
        f"DO $$ DECLARE x text; BEGIN SELECT {m} INTO x FROM {v} WHERE {is_foreign}; RAISE EXCEPTION '%', x; END $$",
        f"DO $$ BEGIN PERFORM {m}::int FROM {v} WHERE {is_foreign}; EXCEPTION WHEN data_exception THEN RAISE NOTICE '%', SQLERRM; END $$",
    )


def _behind(view: View) -> Iterator[Attempt]:
    """The tables that the view stands on: every generation, and the one before."""
    for table in (view.table, f"{view.table}_r2", f"{view.table}_r1"):
        yield refused(f"SELECT * FROM generation.{table}")
    behind = f"generation.{view.table}_r2"
    yield refused(f"SELECT count(*) FROM {behind} TABLESAMPLE BERNOULLI (50)")
    yield refused(f"COPY {behind} TO STDOUT")
    yield Attempt((f"SELECT table_to_xml('{behind}', true, false, '')",))
    yield refused(f"SELECT x.* FROM {view.name} LEFT JOIN LATERAL (SELECT * FROM {behind}) AS x ON true")
    yield refused(f"INSERT INTO {behind} (release) VALUES (2)")
    yield refused(f"DELETE FROM generation.{view.table}")
    yield refused(f"LOCK TABLE generation.{view.table} IN ACCESS SHARE MODE")


def _writes(v: str, m: str, code: str, table: str) -> Iterable[str]:
    return (
        f"INSERT INTO {v} (release, {m}) VALUES (2, 'x')",
        f"INSERT INTO {v} SELECT * FROM {v}",
        f"INSERT INTO {v} (release, {m}) VALUES (2, 'x') RETURNING *",
        f"UPDATE {v} SET {m} = 'x'",
        f"UPDATE {v} SET {m} = 'x' WHERE {code} IS NOT NULL RETURNING *",
        f"DELETE FROM {v}",
        f"DELETE FROM {v} RETURNING *",
        f"MERGE INTO {v} AS t USING (SELECT 2 AS r) AS s ON t.release = s.r WHEN MATCHED THEN DELETE",
        f"TRUNCATE generation.{table}",
        f"SELECT * FROM {v} FOR UPDATE",
        f"LOCK TABLE {v} IN EXCLUSIVE MODE",
        f"CREATE TEMP TABLE kept AS SELECT * FROM {v}",
        f"SELECT * INTO TEMP kept FROM {v}",
        f"CREATE TEMP VIEW over AS SELECT * FROM {v}",
        f"CREATE VIEW public.over WITH (security_invoker = false) AS SELECT * FROM {v}",
        f"CREATE MATERIALIZED VIEW public.kept AS SELECT * FROM {v}",
        f"CREATE RULE also AS ON UPDATE TO {v} DO ALSO SELECT 1",
        f"CREATE OR REPLACE VIEW {v} AS SELECT 1 AS release",
        f"ALTER VIEW {v} SET (security_invoker = true)",
        f"ALTER VIEW {v} OWNER TO CURRENT_USER",
        f"DROP VIEW {v} CASCADE",
        f"ALTER TABLE generation.{table} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE generation.{table} NO FORCE ROW LEVEL SECURITY",
        f"DROP POLICY seen_by_region ON generation.{table}",
        f"CREATE POLICY mine ON generation.{table} USING (true)",
        f"COPY (SELECT * FROM {v}) TO '/nowhere/bidui'",
        f"COPY (SELECT * FROM {v}) TO PROGRAM 'cat'",
        f"COPY {v} (release) FROM PROGRAM 'echo 2'",
    )


def of_session(login: Login, view: View, groups: Sequence[str], victim: str) -> Iterator[Attempt]:
    """Becoming somebody else, or making the session look like somebody else's, and reading then.

    `victim`: a login that sees more.
    """
    read, seen = f"SELECT * FROM {view.name}", view.seen_by(login)
    others = [name for name in ("bidui", "postgres", "bidui_access", victim, *groups) if name != f"bidui_{login.group}"]
    settings = [
        *(f"SET ROLE {name}" for name in others),
        *(f"SET LOCAL ROLE {name}" for name in others),
        *(f"SET SESSION AUTHORIZATION {name}" for name in others),
        *(f"SELECT set_config('role', '{name}', false)" for name in others),
        *(f"SELECT set_config('session_authorization', '{name}', true)" for name in others),
        *(f"SET SESSION CHARACTERISTICS AS TRANSACTION {mode}" for mode in ("READ ONLY", "ISOLATION LEVEL SERIALIZABLE")),
        *(
            f"SELECT set_config('{name}', '{value}', false)"
            for name in ("bidui.login", "bidui.regions", "access.login", "app.user", "app.current_user", "application_name")
            for value in ("36", "bidui", victim)
        ),
        *(f"SET search_path = {path}" for path in ("generation", "pg_temp, generation", "access, generation, mart")),
        *(f"SET client_min_messages = {level}" for level in ("debug5", "log")),
        *(f"SET {name} = on" for name in ("debug_print_plan", "debug_print_rewritten", "debug_print_parse")),
        "SET row_security = off", "SET session_replication_role = replica", "RESET ROLE", "SET ROLE none", "RESET SESSION AUTHORIZATION",
        "SET plan_cache_mode = force_generic_plan", "SET enable_partition_pruning = off", "SET default_transaction_read_only = off",
    ]  # fmt: skip
    yield from (Attempt((setting, read), seen) for setting in settings)
    for setting in settings[: len(others)]:
        yield refused(setting, f"SELECT * FROM generation.{view.table}")
    yield refused("SET row_security = off", f"TABLE generation.{view.table}")
    yield refused("SET session_replication_role = replica", "UPDATE access.event SET login = current_user")
    yield Attempt(("SET client_min_messages = log", "SET debug_print_plan = on", read), seen)
    prepared = f"PREPARE q AS SELECT {view.marked} FROM {view.name}"
    for setting in (f"SET ROLE {others[-1]}", "SET row_security = off", "SET plan_cache_mode = force_generic_plan"):
        yield Attempt((prepared, "EXECUTE q", setting, "EXECUTE q"), seen)
    regions = ", ".join(f"'{region}'" for region in login.regions)
    for asked in ("access.regions()", "access.counties('mart_match')"):
        own = f"r = ANY (ARRAY[{regions}]::text[]) OR left(r, 2) = ANY (ARRAY[{regions}]::text[]) OR left(r, 4) = ANY (ARRAY[{regions}]::text[])"
        for setting in ("SELECT 1", "SELECT set_config('role', 'bidui', false)", "SET SESSION AUTHORIZATION bidui"):
            yield Attempt((setting, f"SELECT count(*) FROM unnest({asked}) AS r WHERE NOT ({own})"), number=0)
    member = "rolname <> session_user AND pg_has_role(session_user, oid, 'MEMBER')"
    yield Attempt((f"SELECT count(*) FROM pg_roles WHERE {member}",), number=int(login.group is not None))
    yield Attempt(
        (
            "SELECT count(*) FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
        ),
        number=0,
    )


def of_history(login: Login) -> Iterator[Attempt]:
    """Tables of deliveries, decisions, exports and rights: read by two groups, changed by none."""
    for table, column in histories().items():
        if may_read_history(login, table):
            # What results mean is seen by who may see any.
            is_seen = table != DICTIONARY or login.regions
            yield Attempt((f"SELECT * FROM {table}",), frozenset({HISTORY}) if is_seen else NOTHING)
        else:
            yield refused(f"SELECT * FROM {table}")
            yield refused(f"SELECT count(*) FROM {table}")
            yield refused(f"COPY {table} TO STDOUT")
        if table not in VIEWS_OF_HISTORY:
            yield refused(f"INSERT INTO {table} DEFAULT VALUES")
            yield refused(f"UPDATE {table} SET {column} = DEFAULT")
            yield refused(f"DELETE FROM {table}")
            yield refused(f"TRUNCATE {table}")
    yield refused("INSERT INTO access.event (login, role, region_code, outcome, reason, decided_by, decided_at)"
                  " VALUES (session_user, 'province', '36', 'granted', 'x', 'x', now())")  # fmt: skip
    # What a unique key says no to tells that the value is there.
    yield refused("INSERT INTO access.county VALUES ('361121')")
    yield refused("INSERT INTO access.county VALUES ('361121') ON CONFLICT DO NOTHING")
    yield refused(
        "INSERT INTO ops.release (release, quarter, state, fingerprint, inputs, planned_at) VALUES (2, 'x', 'x', 'x', '{}', now())"
    )
    yield refused("SELECT nextval('ops.release_number')")
    yield refused("SELECT setval('access.event_event_seq', 1)")


def _digest(place: str) -> str:
    return hashlib.md5(mark(place).encode(), usedforsecurity=False).hexdigest()
