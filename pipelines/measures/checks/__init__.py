"""The cross-checks C01 to C37, declared once. Source: domain.md §5.4.

A check is computed by the file in sql/checks that bears its code; `BUILT` has those, `CHECKS` all.
"""

from __future__ import annotations

import hashlib

from pipelines.catalog import TABLES
from pipelines.measures.checks.declared import Check
from pipelines.measures.checks.employment import EMPLOYMENT
from pipelines.measures.checks.medical import MEDICAL
from pipelines.measures.checks.pension import PENSION
from pipelines.measures.checks.schools import SCHOOLS

CHECKS: tuple[Check, ...] = tuple(sorted((*PENSION, *EMPLOYMENT, *SCHOOLS, *MEDICAL), key=lambda check: check.code))
BUILT: tuple[Check, ...] = tuple(check for check in CHECKS if check.table in TABLES)

# What a case is while somebody should look at it.
OPEN = ("new", "carried", "reopened", "not_checked")

# Changes whenever a check is added or says something else, so that quarters become due.
VERSION = hashlib.sha256(repr(BUILT).encode()).hexdigest()[:16]

__all__ = ["BUILT", "CHECKS", "OPEN", "VERSION", "Check", "named"]


def named(code: str) -> Check:
    """The check of a code. ValueError, naming those there are, where there is none."""
    found = next((check for check in CHECKS if check.code == code), None)
    if found is None:
        raise ValueError(f"no check {code}; there are {', '.join(check.code for check in CHECKS)}")
    return found
