"""The queries of docs/bi.md: what each asks, as what kind of login."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "bi.md"
_QUERY = re.compile(r"```sql\n-- (?P<question>[^\n]+) · (?P<role>\w+)\n(?P<sql>.*?);\n```", re.DOTALL)


@dataclass(frozen=True)
class Query:
    """One query and the role of who asks it."""

    question: str
    role: str
    sql: str


def queries() -> tuple[Query, ...]:
    """Every query of the page. AssertionError where a block of SQL is none."""
    text = PAGE.read_text(encoding="utf-8")
    found = tuple(Query(**one.groupdict()) for one in _QUERY.finditer(text))
    assert len(found) == text.count("```sql"), (
        "a query begins with its question and the login's role and ends with a semicolon"
    )
    return found
