"""Defects for the rules that are civil_affairs's own."""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "family": {
        "number_without_name": {"name_3": ""},
        "members_differ": {"covered_members": "5"},
        "start_month_later": {"start_month": "201901"},
        "no_member": {f"{what}_{n}": "" for what in ("name", "id_number") for n in range(1, 7)},
    },
}
