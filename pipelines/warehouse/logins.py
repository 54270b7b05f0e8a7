"""Logins of the warehouse: who is let in, as what, for which regions, by whom and why; and what a login sees.

Logins are made and put into their group by a role that may do nothing else (roles.sql). What is granted or revoked is
added to `access.event` and holds from the next statement on, in open sessions too.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from pipelines import free_text
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import now
from pipelines.regions import history
from pipelines.settings import settings
from pipelines.warehouse.access import HISTORY, PREFIX, PROVINCE, Role
from pipelines.warehouse.marts import marts, view_name

_LOGIN = re.compile(r"[a-z][a-z0-9_]{2,40}")
# How many digits a region of each role has; None: province, city or county.
_DIGITS = {Role.PROVINCE: 2, Role.CITY: 4, Role.COUNTY: 6, Role.OPERATOR: 2, Role.AUDITOR: 2, Role.BI: None}


class AccessRefused(NotReady):
    """What was asked cannot be granted, with what to do instead."""


@dataclass(frozen=True)
class Granted:
    """A grant that holds. `password_file`: where the password of a login made just now lies, None where it was there."""

    login: str
    role: str
    regions: tuple[str, ...]
    password_file: Path | None


@dataclass(frozen=True)
class Login:
    """Somebody who may log in; regions in force, who granted the last of them and when."""

    login: str
    role: str
    regions: tuple[str, ...]
    decided_by: str
    decided_at: str


@dataclass(frozen=True)
class Seen:
    """What a login can read: views, each with which rows; empty where it has no region or was never let in."""

    login: str
    role: str | None
    regions: tuple[str, ...]
    views: tuple[tuple[str, str, str], ...]  # (name, what it holds, which rows)


def grant(login: str, role: Role, regions: Sequence[str], reason: str, by: str) -> Granted:
    """Let a login see regions as a role; makes it where there is none. Raises AccessRefused."""
    _require(login, role, regions, reason, by)
    with _administrator() as connection:
        group = _group_of(connection, login)
        if group not in (None, role.group):
            raise AccessRefused(
                f"{login} is {group.removeprefix(PREFIX)}: revoke that first (bidui access revoke {login})"
            )
        path = None if _exists(connection, login) else _make(connection, login)
        connection.execute(text(f"ALTER ROLE {login} LOGIN"))
        connection.execute(text(f"GRANT {role.group} TO {login}"))
        _record(connection, login, role, regions, "granted", reason, by)
    return Granted(login, role.value, tuple(sorted(regions)), path)


def revoke(login: str, regions: Sequence[str], reason: str, by: str) -> tuple[str, ...]:
    """Take regions back, all where none is named; without any the login is closed. The regions that are left."""
    _require_words(reason, by)
    with _administrator() as connection:
        held = _regions_of(connection, login)
        group = _group_of(connection, login)
        if group is None:
            raise AccessRefused(f"{login} was never let in: bidui access list")
        if unknown := sorted(set(regions) - set(held)):
            raise AccessRefused(f"{login} does not have {', '.join(unknown)}: bidui access explain {login}")
        taken = tuple(regions) or held
        _record(connection, login, Role(group.removeprefix(PREFIX)), taken, "revoked", reason, by)
        left = tuple(sorted(set(held) - set(taken)))
        if not left:
            connection.execute(text(f"REVOKE {group} FROM {login}"))
            connection.execute(text(f"ALTER ROLE {login} NOLOGIN"))
    return left


def logins() -> tuple[Login, ...]:
    """Everybody who has a region now, by login."""
    query = text(
        "SELECT login, min(role), array_agg(region_code ORDER BY region_code), (array_agg(decided_by ORDER BY decided_at DESC))[1],"
        " max(decided_at) FROM access.in_force GROUP BY login ORDER BY login"
    )
    with warehouse_engine().connect() as connection:
        rows = connection.execute(query).all()
    return tuple(Login(name, role, tuple(regions), by, at.isoformat()) for name, role, regions, by, at in rows)


def explain(login: str) -> Seen:
    """What a login can read, as the database itself answers for its rights."""
    with warehouse_engine().connect() as connection:
        if not _exists(connection, login):
            return Seen(login, None, (), ())
        regions, group = _regions_of(connection, login), _group_of(connection, login)
        views = [(view_name(mart.name), mart.zh, _rows(mart.kind.value, regions)) for mart in marts()]
        views += [(name, "", "all") for names in HISTORY.values() for name in names]
        asked = text("SELECT has_table_privilege(:login, :view, 'SELECT')")
        seen = tuple(
            view
            for view in dict.fromkeys(views)
            if connection.execute(asked, {"login": login, "view": view[0]}).scalar_one()
        )
    role = group.removeprefix(PREFIX) if group else None
    # Without a region a login passes no policy.
    return Seen(login, role, regions, seen if regions else ())


def _rows(kind: str, regions: tuple[str, ...]) -> str:
    return {
        "people": f"people of {', '.join(regions)}; each reading is logged",
        "counts": f"regions within {', '.join(regions)}",
        "public": f"regions within {', '.join(regions)} and those they lie in; disclosure-controlled",
    }.get(kind, "all")


def _require(login: str, role: Role, regions: Sequence[str], reason: str, by: str) -> None:
    if not _LOGIN.fullmatch(login) or login.startswith((PREFIX, "pg_")) or login in {"bidui", "airflow", "postgres"}:
        raise AccessRefused(
            "a login has 3 to 41 small letters, digits and _, begins with a letter and not with bidui_ or pg_"
        )
    _require_words(reason, by)
    known = {one.region_code for one in history() if len(one.region_code) <= 6} | {PROVINCE}
    if unknown := sorted(set(regions) - known):
        raise AccessRefused(f"no such province, city or county: {', '.join(unknown)}")
    digits = _DIGITS[role]
    if not regions or any(digits and len(code) != digits for code in regions):
        wanted = {2: f"the province ({PROVINCE})", 4: "cities (four digits)", 6: "counties (six digits)"}
        raise AccessRefused(f"role {role.value} is granted for {wanted[digits] if digits else 'a region'}")


def _require_words(reason: str, by: str) -> None:
    try:
        free_text.checked(reason, en="a reason")
        free_text.checked(by, "决定人", "who decides")
    except ContractBreach as breach:
        raise AccessRefused(str(breach)) from None


@contextmanager
def _administrator() -> Iterator[Connection]:
    """A transaction of the role that makes logins."""
    dsn = settings().access_dsn
    if not dsn:
        raise NotReady("no account that makes logins: start the local stack, or set BIDUI_ACCESS_DSN")
    engine = create_engine(dsn, hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        # A statement may hold a verifier of a password.
        raise AccessRefused(f"the database refused: {type(error.orig).__name__}") from None
    finally:
        engine.dispose()


def _exists(connection: Connection, login: str) -> bool:
    return bool(connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :login"), {"login": login}).scalar())


def _group_of(connection: Connection, login: str) -> str | None:
    query = text(
        "SELECT g.rolname FROM pg_auth_members AS m JOIN pg_roles AS g ON g.oid = m.roleid JOIN pg_roles AS l ON l.oid = m.member"
        " WHERE l.rolname = :login AND g.rolname = ANY (:groups)"
    )
    groups = [role.group for role in Role]
    found: str | None = connection.execute(query, {"login": login, "groups": groups}).scalar_one_or_none()
    return found


def _regions_of(connection: Connection, login: str) -> tuple[str, ...]:
    query = text("SELECT region_code FROM access.in_force WHERE login = :login ORDER BY region_code")
    return tuple(connection.execute(query, {"login": login}).scalars())


def _make(connection: Connection, login: str) -> Path:
    from psycopg2.extensions import encrypt_password

    from pipelines.stack.credentials import secrets_folder, write_secret

    password = secrets.token_urlsafe(18)
    # Hashed here, so that the password itself never travels in a statement that a log could hold.
    raw = connection.connection.driver_connection
    verifier = encrypt_password(password, login, raw, "scram-sha-256")
    connection.exec_driver_sql(f"CREATE ROLE {login} LOGIN PASSWORD '{verifier}'")
    folder = secrets_folder(settings().home) / "logins"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{login}.password"
    write_secret(path, password)
    return path


def _record(
    connection: Connection, login: str, role: Role, regions: Sequence[str], outcome: str, reason: str, by: str
) -> None:
    rows = [
        {
            "login": login,
            "role": role.value,
            "region": code,
            "outcome": outcome,
            "reason": reason,
            "by": by,
            "at": now(),
        }
        for code in sorted(set(regions))
    ]
    if rows:
        connection.execute(
            text(
                "INSERT INTO access.event (login, role, region_code, outcome, reason, decided_by, decided_at)"
                " VALUES (:login, :role, :region, :outcome, :reason, :by, :at)"
            ),
            rows,
        )
