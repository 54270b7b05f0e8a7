"""The vocabulary: every column of core and mart tables, once. One word for one thing, in every table that has it."""

from __future__ import annotations

from pipelines.columns.column import Column, Shown
from pipelines.columns.measures import MEASURES
from pipelines.columns.people import PEOPLE

COLUMNS: dict[str, Column] = {**MEASURES, **PEOPLE}

__all__ = ["COLUMNS", "Column", "Shown"]
