"""Rules about values that several tables share, worded for the column they are asked for."""

from __future__ import annotations

from pipelines.deliveries.cells import quoted
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable


def negative(table: SourceTable, name: str) -> Rule:
    """An amount below zero."""
    column = table.column(name)
    return Rule(
        f"{name}_negative",
        f"{quoted(name)} < 0",
        "critical",
        "one negative amount lowers a sum without anybody seeing it; corrections come as a new delivery",
        f"“{column.header}”({column.zh})是负数,请填实际金额;冲正请重新报送整批数据",
        f"'{column.header}' ({column.en}) is negative; write the true amount, corrections as a new delivery",
    )


def after_cut_date(table: SourceTable, name: str) -> Rule:
    """A date that lies after the day for which the delivery speaks."""
    column = table.column(name)
    return Rule(
        f"{name}_later",
        f"{quoted(name)} > delivery_cut_date",
        "warning",
        "what begins after the cut date is not yet true in this quarter",
        f"“{column.header}”({column.zh})晚于数据截止日,请核对日期",
        f"'{column.header}' ({column.en}) lies after the cut date; check the date",
    )


def name_missing(table: SourceTable, name: str = "name") -> Rule:
    """A person without a name."""
    column = table.column(name)
    return Rule(
        f"{name}_missing",
        f"NOT is_misshapen AND {quoted(name)} IS NULL",
        "warning",
        "a number alone never makes a match: without a name the person cannot be linked",
        f"“{column.header}”({column.zh})为空,请补填",
        f"'{column.header}' ({column.en}) is empty; fill it in",
    )
