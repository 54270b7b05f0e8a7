"""Defects for the rules that are poverty_register's own."""

from collections.abc import Mapping

_SHARED = {
    "village_code_short": {"village_code": "360702001"},
    "household_size_range": {"household_size": "0"},
    "data_year_differs": {"data_year": "2016"},
    "status_cancelled": {"poverty_status_code": "注销"},
}
OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "household": {**_SHARED, "many_other_causes": {"other_causes": "因病、因残,缺技术"}},
    "person": {
        **_SHARED,
        "work_months_range": {"work_months": "13"},
        "sex_differs_from_id": {"sex_code": "2"},
        "labour_of_child": {"id_number": "360702200806150016"},
        "schooling_contradicts": {"education_code": "6", "student_status_code": "9"},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {
    "household": {"data_year": "2018"},
    "person": {"data_year": "2018"},
}
