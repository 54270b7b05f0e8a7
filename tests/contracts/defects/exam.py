"""Defects for the rules that are exam's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "candidate": {
        "sex_differs_from_id": {"sex_code": "2"},
        "exam_year_range": {"exam_year": "1999"},
        "waived_above_fee": {"waived_amount": "200"},
        "waived_amount_without_waiver": {"is_waived": "否"},
        "is_waived_missing": {"is_waived": ""},
        "waived_without_review": {"review_code": "2"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"candidate": {"exam_year": "2018", "sex_code": "1", "review_code": "1"}}
