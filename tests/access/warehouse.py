"""A published warehouse of few rows: every table of the catalogue, the same rows in three counties of two cities, marked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine, insert, text

from pipelines.periods import now
from pipelines.warehouse import schema
from pipelines.warehouse.marts import GENERATION, Mart, build, marts

QUARTER, RELEASE, OLD = "2019Q1", 2, 1
# Two counties of one city and one of another: what is whose is seen in every row.
OWN, SISTER, OTHER = "360731", "360732", "361121"
CITY, OTHER_CITY = "3607", "3611"
PLACES = ("36", CITY, OTHER_CITY, OWN, SISTER, OTHER, f"{OWN}001", f"{OTHER}001", f"{OWN}001201", f"{OTHER}001201")


def mark(place: str) -> str:
    """What stands in the texts of a row that is about this place."""
    return f"mark-{place}"


def fill(engine: Engine) -> None:
    """Tables, policies and grants as declared, a shown generation and the one before it."""
    with engine.connect() as connection:
        build(connection, marts())
        with connection.begin():
            for release, state in ((OLD, "superseded"), (RELEASE, "published")):
                values = {
                    "release": release,
                    "quarter": QUARTER,
                    "state": state,
                    "fingerprint": "f",
                    "inputs": {},
                    "planned_at": now(),
                }
                connection.execute(insert(schema.release).values(**values))
            pointer = {"quarter": QUARTER, "release": RELEASE, "previous_release": OLD, "flipped_at": now()}
            connection.execute(insert(schema.current_release).values(**pointer))
        for mart in marts():
            for release in (OLD, RELEASE):
                with connection.begin():
                    _generation(connection, mart, release)


def _generation(connection: Connection, mart: Mart, release: int) -> None:
    table = f"{GENERATION}.{mart.name}_r{release}"
    connection.execute(text(f"CREATE TABLE {table} (LIKE {GENERATION}.{mart.name})"))
    if mart.unmeasured:
        connection.execute(text(f"ALTER TABLE {table} {mart.unmeasured}"))
    places: tuple[str | None, ...] = ("36",)
    if "region_code" in mart.columns:
        places = PLACES
    elif "county_code" in mart.columns:
        places = (OWN, SISTER, OTHER, None)
    for number, place in enumerate(places):
        row = {name: _value(name, kind, place, number) for name, kind in mart.columns.items()} | {"release": release}
        names = ", ".join(row)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in row)})"), row)
    connection.execute(text(f"ANALYZE {table}"))
    connection.execute(text(f"ALTER TABLE {GENERATION}.{mart.name} ATTACH PARTITION {table} FOR VALUES IN ({release})"))


def _value(name: str, kind: str, place: str | None, number: int) -> object:
    if name in ("region_code", "county_code"):
        return place
    if name == "quarter":
        return QUARTER
    if kind == "VARCHAR":
        return mark(place or "nowhere")
    if kind == "VARCHAR[]":
        return [mark(place or "nowhere")]
    if kind == "BOOLEAN":
        return number % 2 == 0
    if kind == "DATE":
        return date(2019, 1, 1 + number)
    return Decimal(number) / 100 if kind.startswith("DECIMAL") else number
