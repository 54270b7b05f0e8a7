"""Defects for the rules that are employment_platform's own."""

from collections.abc import Mapping

_PLATFORM = {
    "wage_amount_high": {"wage_amount": "60000"},
    "unqualified_public_post": {"channel_code": "PUBLIC_POST", "is_public_post_qualified": "否"},
    "organised_contradicts": {"transfer_mode_code": "自发"},
}
OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "worker": {
        **_PLATFORM,
        "ended_before_started": {"employment_status_code": "2", "ended_date": "2018-06-29"},
        "employed_and_ended": {"ended_date": "2018-12-30"},
        "unemployed_without_end": {"employment_status_code": "2"},
        "employed_under_16": {"id_number": "360702200806150016"},
    },
    "spell": {
        **_PLATFORM,
        "started_date_later": {"started_date": "2019-01-01", "ended_date": ""},
        "ended_date_before_started_date": {"ended_date": "2018-06-29"},
        "unemployed_with_channel": {"registration_code": "2"},
    },
    "wish": {
        "nothing_asked": {
            "wants_work": "", "wants_to_leave": "", "wants_training": "", "wants_startup": "", "wants_technical_school": "",
        },
    },
    "training": {
        "started_date_later": {"started_date": "2019-01-01", "ended_date": "", "certified_date": ""},
        "ended_date_before_started_date": {"ended_date": "2018-06-29", "n_days": ""},
        "certified_date_before_started_date": {"certified_date": "2018-06-29"},
        "n_days_range": {"n_days": "0", "n_attended_days": "0"},
        "days_beyond_course": {"n_days": "7"},
        "attended_beyond_days": {"n_attended_days": "7"},
    },
    "subsidy": {
        "period_end_date_before_period_start_date": {"period_end_date": "2018-06-29"},
        "n_beneficiaries_range": {"n_beneficiaries": "-1"},
        "paid_without_date": {"state_code": "3", "paid_date": ""},
        "nobody_paid": {"name": "", "id_number": "", "organisation_name": ""},
    },
    "carrier": {
        "closed_date_before_opened_date": {"closed_date": "2018-06-29"},
        "opened_date_later": {"opened_date": "2019-01-01", "closed_date": ""},
        "n_workers_range": {"n_workers": "100001"},
        "carrier_of_no_kind": {"carrier_type_code": "无"},
        "poor_beyond_workers": {"n_poor_workers": "7"},
    },
    "post": {
        "unqualified_public_post": _PLATFORM["unqualified_public_post"],
        "created_date_later": {"created_date": "2019-01-01", "vacated_date": ""},
        "started_date_later": {"started_date": "2019-01-01", "term_end_date": ""},
        "term_end_date_before_started_date": {"term_end_date": "2018-06-29"},
        "vacated_date_before_created_date": {"vacated_date": "2018-06-29"},
        "holder_missing": {"name": "", "id_number": ""},
        "vacant_with_holder": {"post_state_code": "2"},
    },
}  # fmt: skip

CLEAN: Mapping[str, Mapping[str, str]] = {
    "worker": {"ended_date": ""},
    # Six days, like the course's days.
    "training": {"started_date": "2018-06-30", "ended_date": "2018-07-05", "certified_date": "2018-07-05"},
}
