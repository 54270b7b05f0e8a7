"""Who may see what, written out again from docs and domain and not from the code that the attacks are run against.

What is said here in Python, `pipelines.warehouse.access` says in SQL; a difference is a finding of the attack suite.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.warehouse import schema
from pipelines.warehouse.marts import Mart, marts, view_name
from tests.access.warehouse import OTHER, OWN, PLACES, SISTER

NOWHERE = "nowhere"  # the mark of a person whom no county could be found for
HISTORY = "history"  # the mark in tables of history, which are about no place
OFFICES = frozenset({"province", "city", "county"})
# What of history these two groups may read.
OPERATOR = frozenset(
    f"ops.{name}"
    for name in (
        "delivery", "staging", "calendar", "release", "current_release", "incident", "gate_decision", "removal", "delivery_state", "delivery_timeliness",
    )
)  # fmt: skip
# What everything means: for everybody who sees anything of it.
DICTIONARY, SEERS = "ref.dictionary", OFFICES | {"bi", "operator"}
# With a column of each.
VIEWS_OF_HISTORY = {"ops.delivery_state": "system", "ops.delivery_timeliness": "system", "access.in_force": "login"}
AUDITOR = frozenset(
    {
        "access.event", "access.in_force", "access.read", "casework.list_export", "ops.gate_decision", "ops.release", "ops.current_release",
        "ops.removal",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Login:
    """Somebody who attacks: the group, if any, and the regions in force."""

    name: str
    group: str | None
    regions: tuple[str, ...]
    password: str = field(repr=False)

    def within(self, place: str) -> bool:
        return any(place.startswith(region) for region in self.regions)

    def below(self, place: str) -> bool:
        return any(region.startswith(place) for region in self.regions)


@dataclass(frozen=True)
class View:
    """A published view as an attacker knows it: its name, the tables behind, a column with marks, one with a code."""

    name: str
    table: str
    marked: str
    code: str | None

    @property
    def places(self) -> tuple[str, ...]:
        """Whose rows the warehouse of the tests holds, one of each in every generation."""
        if self.code == "county_code":
            return (OWN, SISTER, OTHER, NOWHERE)
        return PLACES if self.code else ("36",)

    def seen_by(self, login: Login) -> frozenset[str]:
        """The places whose rows the login may see; none where it may not even ask."""
        if self.name.startswith("bi."):
            # What disclosure control lets out, and the words that explain it; bi tools see nothing else.
            asks = {*OFFICES, "bi"} | (set() if self.code else {"operator"})
        elif self.code == "county_code":
            asks = set(OFFICES)
        elif self.table == "mart_link_quality":
            asks = {"province", "operator"}
        else:
            asks = {*OFFICES, "operator"}
        if login.group not in asks or not login.regions:
            return frozenset()
        if self.code is None:
            return frozenset(self.places)
        seen = {place for place in self.places if login.within(place)}
        if NOWHERE in self.places and "36" in login.regions:
            seen.add(NOWHERE)
        if self.name.startswith("bi."):
            seen |= {place for place in self.places if login.below(place)}
        return frozenset(seen)


def views() -> tuple[View, ...]:
    """Every published view."""
    return tuple(_view(mart) for mart in marts())


def _view(mart: Mart) -> View:
    code = next((name for name in ("county_code", "region_code") if name in mart.columns), None)
    texts = [name for name, kind in mart.columns.items() if kind == "VARCHAR" and name not in (code, "quarter")]
    return View(view_name(mart.name), mart.name, texts[0], code)


def histories() -> dict[str, str]:
    """Every table and view of history, with the name of a column."""
    tables = {f"{table.schema}.{table.name}": next(iter(table.columns)).name for table in schema.metadata.sorted_tables}
    return {**tables, **VIEWS_OF_HISTORY, "ops.alembic_version": "version_num"}


def may_read_history(login: Login, table: str) -> bool:
    """Operators read of deliveries and runs, auditors of rights, exports and decisions, who has results what they mean."""
    if table == DICTIONARY:
        return login.group in SEERS
    return table in {"operator": OPERATOR, "auditor": AUDITOR}.get(str(login.group), frozenset())
