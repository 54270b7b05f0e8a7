"""Defects for the rules that are verification_feedback's own."""

from collections.abc import Mapping

_ALIVE = {"is_alive": "是", "is_dead": "否", "death_month": ""}

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "finding": {
        "village_code_short": {"village_code": "360702001"},
        "village_outside_town": {"town_code": "360702002"},
        "student_too_old": {"category_code": "N07"},
        "life_not_one": {"is_abnormal": "是"},
        "death_month_absent": {"death_month": ""},
        "death_month_of_the_living": {"category_code": "P03", "is_alive": "是", "is_dead": "否"},
        "death_month_later": {"death_month": "201901"},
        "dead_category_of_the_living": _ALIVE,
        "outcome_contradicts": {"outcome_code": "0", "category_code": "011"},
        "outcome_absent": {"outcome_code": "", "category_code": "011"},
        "remark_absent": {"category_code": "X99", "remark": ""},
        "correction_absent": {"category_code": "E01", "corrected_number": ""},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {
    "finding": {"town_code": "360702001", "is_alive": "否", "is_dead": "是", "is_abnormal": "否"}
}
