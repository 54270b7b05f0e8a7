"""What rows and deliveries must not be: one module per staged table, every rule declared once."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from pipelines.quality.rules import Rule, TableRule, require_unique


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
