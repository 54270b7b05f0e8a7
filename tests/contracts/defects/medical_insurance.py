"""Defects for the rules that are medical_insurance's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "participation": {
        "state_missing": {"state_code": ""},
    },
}
