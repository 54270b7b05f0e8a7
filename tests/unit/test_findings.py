"""What a visit found says in core_visit and core_listed_row what the source's classes say of its code."""

from __future__ import annotations

import re

from pipelines.engines import sql
from pipelines.sources.verification_feedback import CANONICAL, CLASSES

CODES, SELECT = sql.load("core_visit").select, sql.load("core_listed_row").select
# Of a list to visit nobody is under 16 by the visitor's word: the age is the ID number's.
SILENT = {"N09"}


def _reasons() -> dict[str, str]:
    told = re.findall(r"WHEN category_code (?:IN \(([^)]*)\)|= '(N\d+)') THEN '(\w+)'", SELECT)
    return {code: reason for many, one, reason in told for code in (re.findall(r"N\d+", many) or [one])}


def test_the_other_list_of_codes_is_read_as_the_source_declares() -> None:
    told = dict(re.findall(r"WHEN '(\d{3})' THEN '([NX]\d+)'", CODES))
    both = re.search(r"WHEN '011' THEN CASE f.outcome_code WHEN '1' THEN '(\w+)' ELSE '(\w+)' END", CODES)
    assert both is not None
    read = {("0", code): extended for code, extended in told.items()} | {
        ("1", "011"): both[1],
        ("2", "011"): both[2],
    }
    assert read == CANONICAL


def test_whom_a_finding_leaves_out_and_whom_it_counts_as_insured() -> None:
    reasons = _reasons()
    elsewhere = {code for code, kind in CLASSES.items() if kind == "elsewhere"}
    left = {code for code, kind in CLASSES.items() if kind == "left"}
    assert {code for code, reason in reasons.items() if reason in ("other_scheme", "found_insured")} == elsewhere
    assert set(reasons) - elsewhere == left - SILENT
