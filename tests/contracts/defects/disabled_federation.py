"""Defects for the rules that are disabled_federation's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "holder": {
        "key_repeated": {"id_number": "360000198001010058", "certificate_number": "36000019800101005811"},
        "id_number_born_later": {"id_number": "360000201906010057", "certificate_number": "36000020190601005711"},
        "issued_date_later": {"issued_date": "2019-01-01", "valid_until_date": ""},
        "valid_until_date_before_issued_date": {"valid_until_date": "2018-06-29"},
        "sex_differs_from_id": {"sex_code": "2"},
        "certificate_shape": {"certificate_number": "36000019800101005"},
        "category_differs_from_certificate": {"category_code": "7"},
        "grade_differs_from_certificate": {"grade_code": "4"},
        "id_differs_from_certificate": {"id_number": "360000199001010079"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"holder": {"certificate_number": "{id_number}11"}}
