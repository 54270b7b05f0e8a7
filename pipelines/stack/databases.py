"""What a server holds: each database its role's own and closed to every other, and the groups of the warehouse's logins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg2.extensions

WAREHOUSE_OWNER, ACCESS_ROLE = "bidui", "bidui_access"
ROLES = Path(__file__).parents[1] / "warehouse" / "roles.sql"


def make_database(administrator: psycopg2.extensions.connection, name: str, owner: str, password: str) -> None:
    """Database `name` of role `owner`, who has this password; nobody else connects. Repeatable."""
    from psycopg2 import sql

    _give_password(administrator, owner, password)
    database = sql.Identifier(name)
    with administrator.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(owner)))
        for closed in (database, sql.Identifier("postgres"), sql.Identifier("template1")):
            cursor.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(closed))


def make_groups(administrator: psycopg2.extensions.connection, password: str) -> None:
    """The groups of logins of the warehouse that `administrator` is connected to; the role that makes logins has this password."""
    with administrator.cursor() as cursor:
        cursor.execute(ROLES.read_text(encoding="utf-8"))
    _give_password(administrator, ACCESS_ROLE, password)


def _give_password(administrator: psycopg2.extensions.connection, role: str, password: str) -> None:
    from psycopg2 import sql
    from psycopg2.extensions import encrypt_password

    # Hashed here, so that the password itself never travels in a statement that a log could hold.
    verifier = sql.Literal(encrypt_password(password, role, administrator, "scram-sha-256"))
    with administrator.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        cursor.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), verifier))
