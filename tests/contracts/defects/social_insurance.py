"""Defects for the rules that are social_insurance's own."""

from collections.abc import Mapping

_OTHER_NUMBER = {"social_security_number": "360702199001010010"}

OWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "participation": {
        "states_contradict": {"participation_state_code": "1", "payment_state_code": "2", "ended_reason_code": "",
                              "death_date": ""},
        "ended_reason_without_end": {"participation_state_code": "1", "payment_state_code": "1", "death_date": ""},
        "death_without_end": {"participation_state_code": "1", "payment_state_code": "1", "ended_reason_code": ""},
        "end_month_before_start_month": {"end_month": "201805"},
        "end_date_before_start_date": {"end_date": "2018-06-29"},
        "sex_differs_from_id": {"sex_code": "2"},
        "birth_date_differs_from_id": {"birth_date": "1980-01-02"},
        "id_number_born_later": {"id_number": "360702201906010015", "birth_date": "2019-06-01"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "payment": {
        "premium_year_range": {"premium_year": "2021"},
        "government_pays_other_scheme": {"payment_item_code": "11"},
        "end_month_before_start_month": {"end_month": "201805"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "contribution": {
        "period_month_later": {"period_month": "201901"},
        "person_pays_injury": {"scheme_code": "410"},
        "numbers_differ": _OTHER_NUMBER,
    },
    "benefit": {
        "end_month_before_start_month": {"end_month": "201805"},
        "months_paid_range": {"months_paid": "1201"},
        "benefit_month_later": {"benefit_month": "201901", "death_date": ""},
        "paid_after_death": {"benefit_month": "201807"},
        "basic_above_whole": {"basic_amount": "200"},
        "ended_reason_without_end": {"ended_reason_code": "1401"},
        "unemployment_too_long": {"scheme_code": "210", "months_granted": "25"},
        "numbers_differ": _OTHER_NUMBER,
    },
}  # fmt: skip

CLEAN: Mapping[str, Mapping[str, str]] = {
    "participation": {"sex_code": "1", "birth_date": "1980-01-01", "participation_state_code": "4",
                      "payment_state_code": "3"},
    "payment": {"premium_year": "2018"},
    "benefit": {"ended_reason_code": ""},
}  # fmt: skip
