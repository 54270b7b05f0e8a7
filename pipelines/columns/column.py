"""How a column of core and mart tables is declared."""

from __future__ import annotations

from typing import NamedTuple

TEXT, COUNT, FLAG = "VARCHAR", "BIGINT", "BOOLEAN"


class Column(NamedTuple):
    """A column's DuckDB type and what it means, in Chinese (the warehouse's COMMENT) and English."""

    type: str
    zh: str
    en: str
