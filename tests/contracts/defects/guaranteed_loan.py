"""Defects for the rules that are guaranteed_loan's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "loan": {
        "workers_negative": {"workers": "-1"},
        "granted_date_later": {"granted_date": "2019-01-01", "due_date": ""},
        "due_date_before_granted_date": {"due_date": "2018-06-29"},
        "poor_above_workers": {"poor_workers": "7"},
        "subsidy_above_loan": {"interest_subsidy_amount": "200"},
    },
}
