"""Defects for the rules that are prison's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "sentence": {
        "sex_differs_from_id": {"sex_code": "2"},
        "started_date_later": {"started_date": "2019-01-01", "ended_date": "", "released_date": ""},
        "released_date_later": {"released_date": "2019-01-01"},
        "ended_date_before_started_date": {"ended_date": "2018-06-29", "released_date": ""},
        "released_date_before_started_date": {"released_date": "2018-06-29"},
        "released_after_end": {"released_date": "2018-07-01"},
    },
}
