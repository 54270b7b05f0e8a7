"""What rows, deliveries and releases must not be: one module per table, every rule declared once."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from expectations.history import history_rules
from pipelines.quality.rules import HistoryRule, Rule, TableRule, require_unique
from pipelines.sources import STAGED


@lru_cache(maxsize=64)
def rules_of(table_name: str) -> tuple[Rule, ...]:
    """The row rules of a staged table, in the order in which they are marked. ModuleNotFoundError for another name."""
    rules: tuple[Rule, ...] = import_module(f"expectations.{table_name}").RULES
    require_unique(rules)
    return rules


@lru_cache(maxsize=64)
def table_rules_of(table_name: str) -> tuple[TableRule, ...]:
    """The rules that judge a delivery of a staged table as a whole."""
    rules: tuple[TableRule, ...] = import_module(f"expectations.{table_name}").TABLE_RULES
    require_unique(rules)
    return rules


@lru_cache(maxsize=64)
def history_rules_of(table_name: str) -> tuple[HistoryRule, ...]:
    """The rules that hold a delivery of a staged table against what counted before."""
    rules = history_rules(STAGED[table_name])
    require_unique(rules)
    return rules
