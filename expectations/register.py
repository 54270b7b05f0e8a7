"""Rules that households and persons of the poverty register share. Source: domain.md §2.1, §3.4."""

from __future__ import annotations

from expectations.values import out_of_range
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable

LARGEST_HOUSEHOLD = 30


def village_code_short(table: SourceTable) -> Rule:
    """A region code that ends before the village."""
    column = table.column("village_code")
    return Rule(
        "village_code_short",
        "regexp_full_match(village_code, '[0-9]{6}([0-9]{3})?')",
        "warning",
        "the row counts for county or town but stands on no village's list",
        f"“{column.header}”不足12位,请填到行政村",
        f"'{column.header}' has fewer than 12 digits; give the village",
    )


def size_range(table: SourceTable) -> Rule:
    """A number of members that no household has."""
    return out_of_range(
        table, "household_size", 1, LARGEST_HOUSEHOLD, "the declared size is compared with the members' rows"
    )


def data_year_differs(table: SourceTable) -> Rule:
    """A snapshot of another year than the delivery is for; January still sends last year's register."""
    column = table.column("data_year")
    return Rule(
        "data_year_differs",
        "data_year NOT BETWEEN year(delivery_cut_date) - 1 AND year(delivery_cut_date)",
        "warning",
        "the register is yearly: an old year's rows would bring back the status people had then",
        f"“{column.header}”({column.zh})不是数据截止日所在年度或上一年度,请核对是否导出了别的年度",
        f"'{column.header}' ({column.en}) is neither the cut date's year nor the one before",
    )
