"""Defects for the rules that are programme's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "item": {
        "year_range": {"year": "2017"},
        "quarter_of_year_range": {"quarter_of_year": "5"},
        "poor_above_people": {"poor_people": "7"},
        "visit_without_field": {"checklist_code": "D6", "field_code": ""},
        "school_without_name": {"checklist_code": "D4A", "subject": ""},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"item": {"year": "2018", "quarter_of_year": "4"}}
