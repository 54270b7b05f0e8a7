"""Defects for the rules that are technical_school's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "roll": {
        "roll_state_missing": {"roll_state_code": ""},
    },
}
