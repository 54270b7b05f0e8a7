"""Defects for the rules that are medical_insurance's own."""

from collections.abc import Mapping

_OTHER_NUMBER = {"social_security_number": "360702199001010010"}

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "participation": {
        "mark_contradicts_identity": {"identity_code": "4"},
        "identity_until_before_identity_since": {"identity_until": "2018-06-29"},
        "sex_differs_from_id": {"sex_code": "2"},
        "birth_date_differs_from_id": {"birth_date": "1980-01-02"},
        "id_number_born_later": {"id_number": "360702201906010015", "birth_date": "2019-06-01"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "identity": {
        "identity_until_before_identity_since": {"identity_until": "2018-06-29"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "settlement": {
        "discharged_date_before_admitted_date": {"discharged_date": "2018-06-29"},
        "shares_above_total": {"total_amount": "600"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "premium": {
        "premium_year_range": {"premium_year": "2021"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "filing": {
        "end_date_before_start_date": {"end_date": "2018-06-29"},
        "numbers_differ": _OTHER_NUMBER,
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {
    "participation": {"sex_code": "1", "birth_date": "1980-01-01", "identity_code": "3"},
    "settlement": {"total_amount": "1000"},
    "premium": {"premium_year": "2018"},
}
