"""Defects for the rules that are yulu's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "payment": {
        "paid_without_date": {"state_code": "3", "paid_date": ""},
    },
}
