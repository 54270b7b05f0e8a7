"""Which columns of a table name a row of another: the foreign keys of the warehouse.

Tables of history have them in PostgreSQL. What readers see of the published tables are views, which cannot have any, so
theirs are declared here; that every row finds exactly one is proven on a published province (tests/integration/test_truth.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.catalog import Layer
from pipelines.warehouse import schema
from pipelines.warehouse.marts import Mart


@dataclass(frozen=True)
class Reference:
    """The `columns` of `table` are the `keys` of one row of `to`, unless one of them is NULL; of one at most where it may miss."""

    table: str
    columns: tuple[str, ...]
    to: str
    keys: tuple[str, ...]
    may_miss: bool = False


@dataclass(frozen=True)
class _Rule:
    """Every published table of the layer that has all the columns refers so, unless it has one of `unless` too."""

    layer: Layer
    columns: tuple[str, ...]
    to: str
    keys: tuple[str, ...] = ()  # where they are called otherwise
    unless: tuple[str, ...] = ()
    may_miss: tuple[str, ...] = ()  # tables in which it may


_FIGURE = ("measure_code", "figure_code")
_RULES = (
    _Rule("bi", ("quarter",), "bi_period"),
    # A change may be that of a county that ended in the quarter: its name stands in the quarter before.
    _Rule("bi", ("quarter", "region_code"), "bi_region", may_miss=("bi_change",)),
    _Rule("bi", ("quarter", "parent_code"), "bi_region", ("quarter", "region_code")),
    _Rule("bi", _FIGURE, "bi_measure"),
    # A measure that is a rate has one figure.
    _Rule("bi", ("measure_code",), "bi_measure", unless=("figure_code",)),
    _Rule("bi", ("quarter", "cut", "group_code"), "bi_group"),
    _Rule("mart", ("quarter",), "bi_period"),
    _Rule("mart", ("quarter", "region_code"), "mart_region", may_miss=("mart_change", "mart_reconciliation")),
    _Rule("mart", ("quarter", "parent_code"), "mart_region", ("quarter", "region_code")),
    _Rule("mart", ("quarter", "county_code"), "mart_region", ("quarter", "region_code")),
    _Rule("mart", ("quarter", "town_code"), "mart_region", ("quarter", "region_code")),
    _Rule("mart", ("quarter", "village_code"), "mart_region", ("quarter", "region_code")),
    _Rule("mart", _FIGURE, "mart_figure_kind"),
    # What is reconciled is not always one measure.
    _Rule("mart", ("measure_code",), "mart_measure", unless=("figure_code", "reconciliation_code")),
    _Rule("mart", ("check_code", "finding_code"), "mart_check"),
    _Rule("mart", ("quarter", "case_code"), "mart_case"),
    # Somebody may be paid, or have a case that goes on, who is of the universe no longer.
    _Rule("mart", ("quarter", "person_key"), "mart_match", may_miss=("mart_case",)),
)


def published(declared: Iterable[Mart]) -> tuple[Reference, ...]:
    """The references of published tables, by table."""
    return tuple(
        Reference(mart.name, rule.columns, rule.to, rule.keys or rule.columns, mart.name in rule.may_miss)
        for mart in declared
        for rule in _RULES
        if mart.name.startswith(f"{rule.layer}_") and _refers(mart, rule)
    )


def _refers(mart: Mart, rule: _Rule) -> bool:
    is_itself = mart.name == rule.to and not rule.keys
    return set(rule.columns) <= set(mart.columns) and not set(rule.unless) & set(mart.columns) and not is_itself


def of_history() -> tuple[Reference, ...]:
    """The foreign keys of the tables that hold history."""
    return tuple(
        Reference(
            table.fullname,
            tuple(key.column_keys),
            key.referred_table.fullname,
            tuple(element.column.name for element in key.elements),
        )
        for table in schema.metadata.sorted_tables
        for key in sorted(table.foreign_key_constraints, key=lambda one: tuple(one.column_keys))
    )
