"""A warehouse with marked rows in every table, and logins of every role that attack it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
import psycopg2.extensions
from sqlalchemy import insert, text

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.periods import now
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse import logins, schema
from pipelines.warehouse.access import Role
from tests.access import warehouse
from tests.access.rules import HISTORY, Login

# Attacker, group, regions that were granted.
ATTACKERS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "operator": ("operator", ("36",)),
    "province": ("province", ("36",)),
    "city": ("city", (warehouse.CITY,)),
    "county": ("county", (warehouse.OWN,)),
    "bi": ("bi", (warehouse.CITY,)),
    "auditor": ("auditor", ("36",)),
    "regionless": ("county", ()),
    "revoked": ("county", (warehouse.OWN, warehouse.OTHER)),
    "regionless_province": ("province", ()),
    "nobody": (None, ()),
}


_NAME = re.compile(r"\{(\w+)\}")


@dataclass
class Besieged:
    """The server, the database and who attacks; `open` holds a session of everyone, begun while they were let in."""

    server: PostgresServer
    database: str
    logins: dict[str, Login]
    open: dict[str, psycopg2.extensions.connection]

    def connect(self, login: Login, database: str | None = None) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host="127.0.0.1",
            port=self.server.port,
            user=login.name,
            password=login.password,
            dbname=database or self.database,
            connect_timeout=10,
        )

    def administer(self, *statements: str) -> None:
        """As the server's administrator, in this database; {county}, {bi} and so on are names of logins."""
        names = {who: login.name for who, login in self.logins.items()} | {"database": self.database}
        with self.server.administrator(self.database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(_NAME.sub(lambda found: names[found[1]], statement))


@contextlib.contextmanager
def besieged(server: PostgresServer, database: str) -> Iterator[Besieged]:
    """Fills the migrated warehouse of the settings, lets the attackers in as `bidui access` does, and out at the end."""
    warehouse.fill(warehouse_engine())
    _history()
    made = Besieged(server, database, {}, {})
    try:
        for who, (group, regions) in ATTACKERS.items():
            made.logins[who] = _let_in(made, f"{who}_{database[-8:]}", group, regions)
            made.open[who] = made.connect(made.logins[who])
        revoked = made.logins["revoked"]
        logins.revoke(revoked.name, [], "gone", "test")
        made.logins["revoked"] = Login(revoked.name, None, (), revoked.password)
        yield made
    finally:
        for connection in made.open.values():
            connection.close()
        with server.administrator(database) as connection, connection.cursor() as cursor:
            for login in made.logins.values():
                cursor.execute(f"DROP OWNED BY {login.name}; DROP ROLE {login.name}")


def _let_in(made: Besieged, name: str, group: str | None, regions: tuple[str, ...]) -> Login:
    if group and regions:
        path = logins.grant(name, Role(group), regions, "test", "test").password_file
        assert path is not None
        return Login(name, group, regions, path.read_text(encoding="utf-8"))
    # Past `bidui access`, which makes neither: one in a group that no region was recorded for, one in no group.
    made.administer(
        f"CREATE ROLE {name} LOGIN PASSWORD 'attack'", f"GRANT CONNECT ON DATABASE {made.database} TO {name}"
    )
    if group:
        made.administer(f"GRANT bidui_{group} TO {name}")
    return Login(name, group, regions, "attack")


def _history() -> None:
    """Marks in the tables of history."""
    marked, at = warehouse.mark(HISTORY), now()
    delivery = {"system": marked, "delivery_id": "1", "status": "refused", "fingerprint": marked, "received_at": at}
    decision = {"outcome": "overruled", "reason": marked, "decided_by": marked, "decided_at": at, "channel": "cli"}
    link = dict.fromkeys(("system", "record_number", "person_system", "reason", "decided_by"), marked)
    link["since_quarter"] = warehouse.QUARTER
    export = {
        "quarter": warehouse.QUARTER,
        "release": 1,
        "office": marked,
        "n_rows": 1,
        "file_hash": "f",
        "login": marked,
        "exported_at": at,
    }
    right = {
        "login": marked,
        "role": "county",
        "region_code": "36",
        "outcome": "granted",
        "reason": marked,
        "decided_by": marked,
    }
    rows = (
        (schema.delivery, delivery),
        (schema.gate_decision, {"system": marked, "delivery_id": "1", "rule_id": marked} | decision),
        (
            schema.link_decision,
            link | {"outcome": "must_link", "person_record_number": "2", "decided_at": at, "channel": "cli"},
        ),
        (schema.list_export, export),
        (schema.access_event, right | {"decided_at": at}),
        (
            schema.dictionary,
            dict.fromkeys((column.name for column in schema.dictionary.columns), marked) | {"kind": "table"},
        ),
        (schema.incident, {"at": at, "kind": "failure", "message": marked}),
    )
    with warehouse_engine().begin() as connection:
        for table, row in rows:
            connection.execute(insert(table).values(row))
        connection.execute(text("ANALYZE"))
