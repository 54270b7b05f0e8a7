"""Defects for the rules that are army's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "service": {
        "sex_differs_from_id": {"sex_code": "2"},
        "enlisted_date_later": {"enlisted_date": "2019-01-01", "discharged_date": ""},
        "discharged_date_before_enlisted_date": {"discharged_date": "2018-06-29"},
        "discharged_in_service": {"state_code": "1"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"service": {"state_code": "2"}}
