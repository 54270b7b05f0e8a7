"""The classes of malformation: what each does, to which deliveries, and which of them can be combined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from hypothesis import strategies as st

from pipelines.sources import SOURCES, STAGED
from pipelines.sources.base import Column, SourceTable
from tests.fuzz.delivery import CSV, XLSX, Delivery, Draw, clean_file

TABLES = tuple(STAGED.values())
LONGEST_CHAIN = 3  # malformations beside the one a case is drawn for
MOST_ROWS = 12


class Stage(IntEnum):
    """When a malformation is done: each looks at what the ones before left."""

    COLUMNS = 1
    ROWS = 2
    HEADER = 3
    FILE = 4
    MANIFEST = 5


Choose = Callable[[st.SearchStrategy[Any]], Any]
Change = Callable[[Delivery, Draw], str]


@dataclass(frozen=True)
class Kind:
    """One class of malformation.

    change    does it to a delivery and says what was done, without quoting a cell; it also writes down what must come
              of it
    claims    what it needs for itself: two kinds that claim the same are never combined
    refused   whether it leads to a refusal: at most one in a delivery does
    alone     whether it stands alone, because nothing else of the file can be told then
    least     rows it needs beyond the first, which stays clean
    costly    whether a process of its own reads such a file: it has a smaller share of the cases
    """

    name: str
    stage: Stage
    change: Change
    forms: tuple[str, ...]
    claims: frozenset[str]
    refused: bool
    alone: bool
    least: int
    costly: bool
    fits: Callable[[SourceTable], bool]

    def joins(self, others: Sequence[Kind], table: SourceTable, form: str) -> bool:
        return (
            not self.refused
            and not self.alone
            and not self.costly
            and form in self.forms
            and self.fits(table)
            and all(self.name != other.name and not self.claims & other.claims for other in others)
        )


KINDS: dict[str, Kind] = {}


def kind(
    stage: Stage,
    *claims: str,
    forms: tuple[str, ...] = (CSV, XLSX),
    refused: bool = False,
    alone: bool = False,
    least: int = 0,
    costly: bool = False,
    fits: Callable[[SourceTable], bool] = lambda table: True,
) -> Callable[[Change], Change]:
    """Registers a function as a class of malformation, under the function's name."""

    def register(change: Change) -> Change:
        name = change.__name__
        assert name not in KINDS
        rows = max(least, 1 if stage is Stage.ROWS else 0)
        KINDS[name] = Kind(name, stage, change, forms, frozenset(claims), refused, alone, rows, costly, fits)
        return change

    return register


def having(test: Callable[[SourceTable, Column], bool]) -> Callable[[SourceTable], bool]:
    """Tables of which one column at least passes the test."""
    return lambda table: any(test(table, column) for column in table.columns)


@st.composite
def deliveries(draw_: Choose, lead: Kind) -> Delivery:
    """Deliveries that are malformed in one way, and by chance in up to three more."""
    return _delivery(Draw(draw_), lead)


@st.composite
def any_delivery(draw_: Choose, refused: bool) -> Delivery:
    """Deliveries of any class but the costly ones, all of them to be refused or all to be taken."""
    draw = Draw(draw_)
    return _delivery(draw, draw.one([kind for kind in KINDS.values() if kind.refused == refused and not kind.costly]))


def _delivery(draw: Draw, lead: Kind) -> Delivery:
    table = draw.one([table for table in TABLES if lead.fits(table)])
    form = draw.one(lead.forms)
    chain = [lead]
    if not lead.alone:
        for _ in range(draw.number(0, LONGEST_CHAIN)):
            others = [other for other in KINDS.values() if other.joins(chain, table, form)]
            if others:
                chain.append(draw.one(others))
    rows = 1 + sum(one.least for one in chain) + draw.number(0, MOST_ROWS)
    delivery = Delivery([clean_file(table, rows, form)])
    for one in sorted(chain, key=lambda one: (one.stage, one.name)):
        done = one.change(delivery, draw)
        delivery.recipe.append(f"{one.name} ({done})" if done else one.name)
    return delivery


def others_of(table: SourceTable) -> list[SourceTable]:
    """The other tables of its system."""
    return [other for other in SOURCES[table.source].tables if other.entity != table.entity]
