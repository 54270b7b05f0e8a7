"""Defects for the rules that are technical_school's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "roll": {
        "sex_differs_from_id": {"sex_code": "2"},
        "birth_date_differs_from_id": {"birth_date": "1980-01-02"},
        "id_number_born_later": {"id_number": "360000201906010153", "birth_date": "2019-06-01"},
        "due_graduation_date_before_enrolled_date": {"due_graduation_date": "2018-06-29"},
        "enrolled_date_later": {
            "enrolled_date": "2019-01-01",
            "enrolment_year": "2019",
            "due_graduation_date": "2021-07-01",
        },
        "converted_date_before_completed_date": {"converted_date": "2018-06-29"},
        "enrolment_year_differs": {"enrolment_year": "2017"},
        "leaving_contradicts": {"leaving_code": "1"},
        "hardship_contradicts": {"is_hardship": "否"},
    },
    "change": {},
    "fee_waiver": {
        "started_date_later": {"started_date": "2019-01-01", "ended_date": ""},
        "ended_date_before_started_date": {"ended_date": "2018-06-29"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {
    "roll": {
        "sex_code": "1",
        "birth_date": "1980-01-01",
        "enrolment_year": "2018",
        "leaving_code": "",
        "hardship_code": "2",
    },
    "grant": {"grade": "一年级"},
}
