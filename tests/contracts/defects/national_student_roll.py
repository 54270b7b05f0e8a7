"""Defects for the rules that are national_student_roll's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "student": {
        "sex_differs_from_id": {"sex_code": "2"},
        "due_graduation_month_before_enrolled_month": {"due_graduation_month": "201805"},
        "enrolled_month_later": {"enrolled_month": "201901", "due_graduation_month": ""},
        "student_of_25": {"study_form_code": "1"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"student": {"study_form_code": "2"}}
