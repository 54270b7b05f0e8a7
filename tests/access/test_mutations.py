"""Each restriction taken out alone: the attacks must notice. Where they do not, another wall stands, named here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.warehouse import access
from pipelines.warehouse.marts import GENERATION, marts, view_name
from tests.access.attack import Finding, attack, attempts
from tests.access.besieged import Besieged
from tests.access.rules import views

pytestmark = [pytest.mark.stack, pytest.mark.minutes(1)]

# A view of each kind, and who would see more of it.
KINDS = {
    "mart.mart_match": "county",
    "mart.mart_case_evidence": "city",
    "mart.mart_coverage": "county",
    "mart.mart_link_quality": "regionless_province",
    "bi.bi_coverage": "bi",
    "bi.bi_measure": "regionless",
}
_REGIONS = "CREATE OR REPLACE FUNCTION access.regions() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER AS $$ {} $$"
_OF = "SELECT coalesce(array_agg(region_code), ARRAY[]::text[]) FROM access.in_force WHERE login = {}"
_TABLES = "CREATE OR REPLACE FUNCTION access.counties(asked_table text) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER AS $$ {} $$"
_ABOVE = "CREATE OR REPLACE FUNCTION access.above() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER AS $$ {} $$"
_APPLICATION = "current_setting('application_name')"
_KEPT = ("access.is_pipeline()", "access.regions()", "access.counties(text)", "access.above()")


@dataclass(frozen=True)
class Mutation:
    """What is done as the server's administrator, who attacks then, which view, and how it is undone."""

    do: tuple[str, ...]
    undo: tuple[str, ...] = ()
    who: str = "county"
    view: str = "mart.mart_match"


def _granted(what: str, to: str, *more: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    grants = (what, *more)
    return tuple(f"GRANT {one} TO {to}" for one in grants), tuple(f"REVOKE {one} FROM {to}" for one in grants)


def _policies() -> Iterator[tuple[str, Mutation]]:
    """On a table of each kind; `access.secure` undoes them."""
    for view, who in KINDS.items():
        table = f"generation.{view.partition('.')[2]}"
        for name, sql in (
            ("row security off", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
            ("owner not bound", f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"),
            ("policy that lets all through", f"ALTER POLICY seen_by_region ON {table} USING (true)"),
            ("second policy", f"CREATE POLICY second ON {table} USING (true)"),
        ):
            yield f"{name} on {table}", Mutation((sql,), (f"DROP POLICY IF EXISTS second ON {table}",), who, view)
    for view, who in {
        "mart.mart_match": "county",
        "mart.mart_coverage": "county",
        "bi.bi_coverage": "bi",
        "bi.bi_measure": "bi",
    }.items():
        table = f"generation.{view.partition('.')[2]}"
        yield f"no policy on {table}", Mutation((f"DROP POLICY seen_by_region ON {table}",), (), who, view)


_FUNCTIONS = {
    "everybody the pipeline": "CREATE OR REPLACE FUNCTION access.is_pipeline() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'",
    "the pipeline asked for as the invoker": "ALTER FUNCTION access.is_pipeline() SECURITY INVOKER",
    "look-up by current_user": _REGIONS.format(
        f"SELECT CASE WHEN current_user = 'bidui' THEN ARRAY['36'] ELSE ({_OF.format('current_user')}) END"
    ),
    "look-up by a variable": _REGIONS.format(
        _OF.format("coalesce(nullif(current_setting('bidui.login', true), ''), session_user)")
    ),
    "look-up by application_name": _REGIONS.format(
        f"SELECT ({_OF.format('session_user')}) || ({_OF.format(_APPLICATION)})"
    ),
    "regions of a variable": _REGIONS.format(
        f"SELECT ({_OF.format('session_user')}) || coalesce(current_setting('bidui.regions', true), 'x')"
    ),
}


def _mutations() -> dict[str, Mutation]:
    made = dict(_policies())
    made |= {name: Mutation((sql,), view="mart.mart_coverage") for name, sql in _FUNCTIONS.items()}
    words = "CARDINALITY((SELECT access.regions())) > 0"
    made["the dictionary for who has no region"] = Mutation(
        ("ALTER POLICY seen_with_a_region ON ref.dictionary USING (true)",),
        (f"ALTER POLICY seen_with_a_region ON ref.dictionary USING ({words})",),
        "regionless",
    )
    made["all counties"] = Mutation((_TABLES.format("SELECT array_agg(county_code) FROM access.county"),))
    made["look-up of counties adds what is asked to the log"] = Mutation((_TABLES.format("SELECT access.regions()"),))
    made["all above"] = Mutation((_ABOVE.format("SELECT ARRAY['36', '3607', '3611']"),), (), "bi", "bi.bi_coverage")
    behind = "USAGE ON SCHEMA generation"
    for name, who, view, grants in (
        ("a parent", "county", "mart.mart_match", ("SELECT ON generation.mart_match", behind)),
        ("a partition", "county", "mart.mart_match", ("SELECT ON generation.mart_match_r2", behind)),
        ("a partition without its schema", "county", "mart.mart_match", ("SELECT ON generation.mart_match_r2",)),
        ("the generation before", "city", "mart.mart_match", ("SELECT ON generation.mart_match_r1", behind)),
        ("a bi partition", "bi", "bi.bi_coverage", ("SELECT ON generation.bi_coverage_r2", behind)),
        ("people to bi", "bi", "mart.mart_match", ("SELECT ON mart.mart_match", "USAGE ON SCHEMA mart")),
        ("counts to bi", "bi", "mart.mart_coverage", ("SELECT ON mart.mart_coverage", "USAGE ON SCHEMA mart")),
        ("people to operators", "operator", "mart.mart_match", ("SELECT ON mart.mart_match",)),
        ("public counts to operators", "operator", "bi.bi_coverage", ("SELECT ON bi.bi_coverage",)),
        ("rights to a county", "county", "mart.mart_match", ("SELECT ON access.event",)),
        ("rights in force to a province", "province", "mart.mart_match", ("SELECT ON access.in_force",)),
        ("counties to a county", "county", "mart.mart_match", ("INSERT ON access.county",)),
        ("deliveries to a county", "county", "mart.mart_match", ("SELECT ON ops.delivery", "USAGE ON SCHEMA ops")),
        ("incidents to a city", "city", "mart.mart_match", ("SELECT ON ops.incident", "USAGE ON SCHEMA ops")),
        ("deliveries to auditors", "auditor", "mart.mart_match", ("SELECT ON ops.delivery",)),
        ("link decisions to auditors", "auditor", "mart.mart_match", ("SELECT ON casework.link_decision",)),
        (
            "exports to operators",
            "operator",
            "mart.mart_match",
            ("SELECT ON casework.list_export", "USAGE ON SCHEMA casework"),
        ),
        (
            "decisions to a province",
            "province",
            "mart.mart_match",
            ("SELECT ON casework.link_decision", "USAGE ON SCHEMA casework"),
        ),
        ("update of people", "county", "mart.mart_match", ("UPDATE ON mart.mart_match",)),
        ("deletion of people", "province", "mart.mart_match", ("DELETE ON mart.mart_match",)),
        ("releases changed", "operator", "mart.mart_match", ("UPDATE ON ops.current_release",)),
        ("numbers of releases", "operator", "mart.mart_match", ("USAGE ON SEQUENCE ops.release_number",)),
        ("objects in public", "county", "mart.mart_match", ("CREATE ON SCHEMA public",)),
        ("objects in mart", "province", "mart.mart_match", ("CREATE ON SCHEMA mart",)),
        ("objects in access", "auditor", "mart.mart_match", ("CREATE ON SCHEMA access",)),
    ):
        made[f"grant: {name}"] = Mutation(*_granted(grants[0], f"bidui_{who}", *grants[1:]), who, view)
    for name, who, role in (
        ("bi as county", "bi", "bidui_county"), ("county as auditor", "county", "bidui_auditor"), ("county as province", "county", "bidui_province"),
        ("city as operator", "city", "bidui_operator"), ("nobody as county", "nobody", "bidui_county"), ("the pipeline", "county", "bidui"),
        ("who makes logins", "regionless", "bidui_access"), ("all data", "bi", "pg_read_all_data"), ("server files", "county", "pg_read_server_files"),
        ("server programs", "county", "pg_execute_server_program"), ("settings of the server", "province", "pg_read_all_settings"),
    ):  # fmt: skip
        made[f"member: {name}"] = Mutation(*_granted(role, f"{{{who}}}"), who)
    for name, what in (
        ("temporary tables", "TEMPORARY ON DATABASE {database}"),
        ("schemas", "CREATE ON DATABASE {database}"),
    ):
        made[f"grant: {name}"] = Mutation(*_granted(what, "PUBLIC"))
    for call in ("lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)", "pg_advisory_lock(bigint)", "pg_logical_emit_message(boolean, text, text, boolean)"):  # fmt: skip
        made[f"anybody: {call}"] = Mutation(*_granted(f"EXECUTE ON FUNCTION {call}", "PUBLIC"), "auditor")
    made["grant: a view to everybody"] = Mutation(*_granted("SELECT ON mart.mart_match", "PUBLIC"))
    for right in ("BYPASSRLS", "SUPERUSER", "CREATEROLE", "CREATEDB"):
        made[f"login with {right}"] = Mutation(
            (f"ALTER ROLE {{county}} {right}",), (f"ALTER ROLE {{county}} NO{right}",)
        )
    made["pipeline past row security"] = Mutation(("ALTER ROLE bidui BYPASSRLS",), ("ALTER ROLE bidui NOBYPASSRLS",))
    made["a view of the administrator's"] = Mutation(
        ("ALTER VIEW mart.mart_match OWNER TO postgres",), ("ALTER VIEW mart.mart_match OWNER TO bidui",)
    )
    made["partition in place of the parent"] = Mutation(
        ("UPDATE ops.current_release SET release = 1",), ("UPDATE ops.current_release SET release = 2",)
    )
    made["grant: history may change"] = Mutation(*_granted("UPDATE ON access.event", "bidui_auditor"), "auditor")
    made["grant: history may be emptied"] = Mutation(*_granted("TRUNCATE ON access.event", "bidui_auditor"), "auditor")
    made["revoked but still a member, and what was revoked not looked at"] = Mutation(
        (
            "CREATE OR REPLACE VIEW access.in_force AS SELECT DISTINCT login, role, region_code, decided_by, decided_at FROM access.event",
            "GRANT bidui_county TO {revoked}",
        ),
        ("REVOKE bidui_county FROM {revoked}",),
        "revoked",
    )
    return made


# Nothing comes of these alone: what stands behind is named.
WALLS = {
    "a parent without its schema: no right on schema generation": Mutation(
        *_granted("SELECT ON generation.mart_match", "bidui_county"), "city"
    ),
    "people to bi: no right on schema mart": Mutation(*_granted("SELECT ON mart.mart_match", "bidui_bi"), "bi"),
    "schema generation: no right on its tables": Mutation(*_granted("USAGE ON SCHEMA generation", "bidui_county")),
    "insertion of people: no policy lets a row in": Mutation(*_granted("INSERT ON mart.mart_match", "bidui_county")),
    "counts to auditors: no right on the look-up": Mutation(
        *_granted("SELECT ON bi.bi_coverage", "bidui_auditor", "USAGE ON SCHEMA bi"), "auditor", "bi.bi_coverage"
    ),
    "look-ups for auditors: each tells of oneself alone": Mutation(
        *_granted("EXECUTE ON FUNCTION access.regions()", "bidui_auditor", "EXECUTE ON FUNCTION access.above()"),
        "auditor",
    ),
    "revoked, what was revoked not looked at: the membership is gone": Mutation(
        (
            "CREATE OR REPLACE VIEW access.in_force AS SELECT DISTINCT login, role, region_code, decided_by, decided_at FROM access.event",
        ),
        (),
        "revoked",
    ),
    "look-up as the invoker: no right on what it reads": Mutation(
        ("ALTER FUNCTION access.regions() SECURITY INVOKER",), view="mart.mart_coverage"
    ),
    "look-up of people as the invoker: it is called by one that is the owner's": Mutation(
        ("ALTER FUNCTION access.regions() SECURITY INVOKER",)
    ),
    "look-up with the caller's search_path: every name in it is qualified": Mutation(
        ("ALTER FUNCTION access.regions() RESET search_path",)
    ),
}


def _findings(besieged: Besieged, mutation: Mutation) -> list[Finding]:
    """What the attacks find while the mutation lasts."""
    login, victim = besieged.logins[mutation.who], besieged.logins["province"].name
    chosen = [view for view in views() if view.name == mutation.view]
    kept = _definitions(besieged)
    besieged.administer(*mutation.do)
    try:
        return attack(besieged.open[mutation.who], attempts(login, victim, chosen))
    finally:
        besieged.administer(*mutation.undo, *kept)
        _secure(mutation.view)


def _definitions(besieged: Besieged) -> list[str]:
    """The look-ups and the view they read, as statements."""
    with besieged.server.administrator(besieged.database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'CREATE OR REPLACE VIEW access.in_force AS ' || pg_get_viewdef('access.in_force'::regclass)"
        )
        found = [row[0] for row in cursor.fetchall()]
        for function in _KEPT:
            cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", (function,))
            found += [row[0] for row in cursor.fetchall()]
    return found


def _secure(view: str) -> None:
    mart = next(mart for mart in marts() if view_name(mart.name) == view)
    with warehouse_engine().begin() as connection:
        access.secure(connection, f"{GENERATION}.{mart.name}", view, mart.kind)


@pytest.mark.parametrize("name", _mutations())
def test_a_restriction_taken_out_is_noticed(under_attack: Besieged, name: str) -> None:
    found = _findings(under_attack, _mutations()[name])
    assert [one for one in found if "no statement" not in one.what]


@pytest.mark.parametrize("name", WALLS)
def test_what_another_wall_stands_behind(under_attack: Besieged, name: str) -> None:
    found = _findings(under_attack, WALLS[name])
    assert not found, "\n".join(str(one) for one in found)


def test_nothing_of_it_stayed(under_attack: Besieged) -> None:
    """The mutations were undone; what they showed was due to them."""
    for who, login in under_attack.logins.items():
        chosen = [view for view in views() if view.name in KINDS]
        found = attack(under_attack.open[who], attempts(login, under_attack.logins["province"].name, chosen))
        assert not found, "\n".join(str(one) for one in found)
