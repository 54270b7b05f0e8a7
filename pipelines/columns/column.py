"""How a column of core and mart tables is declared."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

TEXT, COUNT, FLAG = "VARCHAR", "BIGINT", "BOOLEAN"


class Shown(StrEnum):
    """What of a column is seen outside the lake; the warehouse's tables and the lists are made after it."""

    OPEN = "open"  # as it is, to whom the row is shown
    PSEUDONYM = "pseudonym"  # digests in it are replaced (pipelines/pseudonyms.py)
    MASKED = "masked"  # not in the warehouse; in a list for one office with its middle hidden
    ABSENT = "absent"  # not in the warehouse; in a list for one office where it says who is meant


class Column(NamedTuple):
    """A column's DuckDB type, what it means, in Chinese (the warehouse's COMMENT) and English, and what of it is seen."""

    type: str
    zh: str
    en: str
    shown: Shown = Shown.OPEN
