"""Defects for the rules that are civil_affairs's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "family": {
        "assistance_missing": {"assistance_code": ""},
        "number_without_name": {"name_3": ""},
        "members_differ": {"covered_members": "5"},
        "start_month_later": {"start_month": "201901"},
        "stop_month_before_start_month": {"start_month": "201806", "stop_month": "201805"},
        "stopped": {"stop_month": "201812"},
        "support_of_others": {"support_code": "集中供养"},
        "class_of_destitute": {"assistance_code": "03"},
        "no_member": {f"{what}_{n}": "" for what in ("name", "id_number") for n in range(1, 7)},
    },
}

CLEAN: Mapping[str, Mapping[str, str]] = {"family": {"stop_month": "", "support_code": ""}}
