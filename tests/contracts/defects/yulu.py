"""Defects for the rules that are yulu's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "payment": {
        "paid_without_date": {"state_code": "3", "paid_date": "", "review_state_code": "2"},
        "paid_unreviewed": {"state_code": "3", "review_state_code": "3"},
        "paid_above_standard": {"paid_amount": "200"},
        "applied_date_later": {"applied_date": "2019-01-01", "paid_date": ""},
        "paid_date_before_applied_date": {"paid_date": "2018-06-29"},
    },
    "application": {
        "applied_date_later": {"applied_date": "2019-01-01", "reviewed_date": ""},
        "reviewed_date_before_applied_date": {"reviewed_date": "2018-06-29"},
        "reviewed_without_result": {"review_state_code": "1"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"application": {"review_state_code": "2"}}
