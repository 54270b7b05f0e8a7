"""What logins of every role try against the warehouse, and what they are let do: nothing is seen but one's own."""

from __future__ import annotations

from collections import Counter

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.stack.credentials import keep_secret
from pipelines.stack.databases import ACCESS_ROLE
from tests.access.attack import attack, attempts
from tests.access.attempts import of_view
from tests.access.besieged import ATTACKERS, Besieged
from tests.access.rules import Login, histories, may_read_history, views

pytestmark = [pytest.mark.stack, pytest.mark.minutes(1)]


@pytest.mark.parametrize("who", ATTACKERS)
def test_nothing_is_seen_or_changed_that_is_not_ones_own(under_attack: Besieged, who: str) -> None:
    login = under_attack.logins[who]
    tried = attempts(login, under_attack.logins["province"].name)
    assert len(set(tried)) > 1000
    found = attack(under_attack.open[who], tried)
    assert not found, "\n".join(str(one) for one in found)


@pytest.mark.parametrize("who", ATTACKERS)
def test_all_of_ones_own_is_seen(under_attack: Besieged, who: str) -> None:
    login, connection = under_attack.logins[who], under_attack.open[who]
    seen: dict[str, Counter[str]] = {}
    for view in views():
        connection.rollback()
        connection.autocommit = True
        with connection.cursor() as cursor:
            try:
                cursor.execute(f"SELECT {view.marked} FROM {view.name}")
                seen[view.name] = Counter(row[0] for row in cursor.fetchall())
            except psycopg2.errors.InsufficientPrivilege:
                seen[view.name] = Counter()
    assert seen == {view.name: Counter(f"mark-{place}" for place in view.seen_by(login)) for view in views()}
    for table in histories():
        if may_read_history(login, table):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() is not None


@pytest.mark.parametrize("who", ATTACKERS)
def test_no_other_database_lets_a_reader_in(under_attack: Besieged, who: str) -> None:
    for database in ("postgres", "template1", "airflow"):
        with pytest.raises(psycopg2.OperationalError, match=r"permission denied for database|not permitted to log in"):
            under_attack.connect(under_attack.logins[who], database)


def test_who_was_revoked_does_not_come_in_again(under_attack: Besieged) -> None:
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        under_attack.connect(under_attack.logins["revoked"])


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_comes_in_without_the_password(under_attack: Besieged, password: str) -> None:
    county = under_attack.logins["county"]
    with pytest.raises(psycopg2.OperationalError, match=r"no password supplied|password authentication failed"):
        under_attack.connect(Login(county.name, county.group, county.regions, password))


@pytest.mark.parametrize(
    ("role", "database"), [("airflow", "warehouse"), ("bidui", "airflow"), ("bidui_access", "airflow")]
)
def test_each_part_of_the_stack_comes_into_its_own_database_alone(
    under_attack: Besieged, role: str, database: str
) -> None:
    secret = Login(role, None, (), keep_secret(under_attack.server.home, f"{role}.password"))
    wanted = under_attack.database if database == "warehouse" else database
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        under_attack.connect(secret, wanted)


def test_who_makes_logins_reads_no_row(under_attack: Besieged) -> None:
    """It could let itself in, which `access.event` would not even have to show: its password is the province's own."""
    maker = Login(ACCESS_ROLE, None, (), keep_secret(under_attack.server.home, f"{ACCESS_ROLE}.password"))
    connection = under_attack.connect(maker)
    try:
        tried = [attempt for view in views() for attempt in of_view(maker, view, view)]
        found = attack(connection, tried)
    finally:
        connection.close()
    assert not found, "\n".join(str(one) for one in found)


@pytest.mark.parametrize(
    "change", ["UPDATE access.event SET login = 'x'", "DELETE FROM access.event", "TRUNCATE access.event"]
)
def test_not_even_the_pipeline_changes_who_was_let_in(under_attack: Besieged, change: str) -> None:
    with pytest.raises(DBAPIError, match="only added"), warehouse_engine().begin() as connection:
        connection.execute(text(change))


def test_the_pipeline_reads_past_row_security_only_as_itself(under_attack: Besieged) -> None:
    """The owner of the tables is bound by their policies too: what lets it read is who it is, not what it owns."""
    with warehouse_engine().connect() as connection:
        unbound = connection.execute(
            text(
                "SELECT c.relname FROM pg_class AS c WHERE relnamespace = 'generation'::regnamespace AND relkind = 'p'"
                " AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
        ).all()
        rights = connection.execute(
            text("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = 'bidui'")
        ).scalar_one()
    assert (unbound, rights) == ([], False)
