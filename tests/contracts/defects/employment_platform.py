"""Defects for the rules that are employment_platform's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "worker": {
        "started_date_later": {"started_date": "2019-01-01", "ended_date": ""},
        "ended_before_started": {"ended_date": "2018-06-29"},
        "status_missing": {"employment_status_code": ""},
    },
}
