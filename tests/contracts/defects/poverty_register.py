"""Defects for the rules that are poverty_register's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "person": {
        "village_code_short": {"village_code": "360702001"},
        "work_months_range": {"work_months": "13"},
        "sex_differs_from_id": {"sex_code": "2"},
    },
}
