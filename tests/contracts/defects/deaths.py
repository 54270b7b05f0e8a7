"""Defects for the rules that are deaths's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "death": {
        "sex_differs_from_id": {"sex_code": "2"},
        "death_date_later": {"death_date": "2019-01-01", "cremated_date": "", "cancelled_date": ""},
        "cremated_date_before_death_date": {"cremated_date": "2018-06-29"},
        "cancelled_date_before_death_date": {"cancelled_date": "2018-06-29"},
        "died_before_birth": {"death_date": "1979-12-31"},
    },
}
