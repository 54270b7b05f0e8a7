"""Defects for the rules that are technical_registration's own."""

from collections.abc import Mapping, Sequence

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "registration": {
        "registered_date_before_enrolled_date": {"registered_date": "2018-06-29"},
    },
    "statistic": {
        "n_students_negative": {"n_students": "-1"},
        "school_year_later": {"school_year": "2019-2020"},
        "more_new_than_students": {"n_new_students": "7"},
    },
}

_TWICE = {"id_number": "360000198001010058"}
TABLE: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]] = {
    "registration": {"registered_twice": [{**_TWICE, "school_code": "甲"}, {**_TWICE, "school_code": "乙"}, {}]},
}
