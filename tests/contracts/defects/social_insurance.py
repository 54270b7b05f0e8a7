"""Defects for the rules that are social_insurance's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "participation": {
        "participation_state_missing": {"participation_state_code": ""},
    },
    "payment": {
        "premium_year_range": {"premium_year": "2021"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"payment": {"premium_year": "2018"}}
