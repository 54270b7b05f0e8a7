"""Defects for the rules that are hukou_move's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "move": {
        "sex_differs_from_id": {"sex_code": "2"},
        "cancelled_for_other_kind": {"cancelled_for_code": "1"},
        "moved_nowhere": {"from_code": "360702", "to_code": "360702"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {
    "move": {"cancelled_for_code": "", "from_code": "360121", "to_code": "360702"}
}
