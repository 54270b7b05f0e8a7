"""What delivered rows say of money, days and places, as the offices meant it: before any form, damage or reading.

truth_told/<system>_<entity>_<quarter>.parquet: one row per line of the tables of TOLD, with the county it is filed under
and the columns named there, as text; file_name and line_number as in truth_record.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.sample.batch import Batch, coded, digits
from pipelines.sample.draws import Array
from pipelines.sample.files import Part
from pipelines.sample.truth import write

TOLD: Mapping[str, tuple[str, ...]] = {
    "staged_poverty_register__person": ("household_number",),
    "staged_employment_platform__worker": (
        "is_organised", "wants_training", "employer_name", "employer_code", "employment_form_code", "channel_code", "trade",
        "wage_amount", "has_contract", "is_home_worker",
    ),
    "staged_employment_platform__spell": ("registration_code", "started_date", "ended_date", "channel_code"),
    "staged_employment_platform__wish": ("wants_technical_school", "wants_work", "wants_to_leave", "wants_startup"),
    "staged_employment_platform__service": (
        "service_code", "served_date", "campaign_code", "is_at_destination", "has_led_to_work",
    ),
    "staged_employment_platform__training": (
        "provider_name", "started_date", "ended_date", "has_finished", "mode_code", "priority_trade_code", "kind_code", "is_home_worker",
        "has_passed_assessment",
    ),
    "staged_employment_platform__subsidy": (
        "subsidy_code", "fund_code", "organisation_name", "state_code", "paid_date", "paid_amount",
    ),
    "staged_employment_platform__carrier": (
        "carrier_number", "carrier_type_code", "opened_date", "closed_date", "n_workers", "n_poor_workers",
        "speciality_code", "is_in_project_plan",
    ),
    "staged_employment_platform__post": (
        "post_kind_code", "post_state_code", "created_date", "started_date", "vacated_date",
    ),
    "staged_technical_school__roll": ("school_code", "enrolled_date", "is_new_apprentice"),
    "staged_technical_registration__statistic": (
        "level_code", "study_form_code", "n_students", "n_new_students", "n_graduates",
    ),
    "staged_social_insurance__payment": ("premium_year", "payment_item_code", "paid_amount", "booked_date"),
    "staged_social_insurance__contribution": ("scheme_code", "period_month"),
    "staged_social_insurance__benefit": (
        "person_number", "scheme_code", "benefit_month", "pay_mark_code", "benefit_amount", "months_paid",
    ),
    "staged_medical_insurance__settlement": (
        "visit_number", "medical_type_code", "total_amount", "pooled_amount", "severe_illness_amount", "commercial_amount",
        "assistance_amount", "treated_place_code", "settlement_kind_code", "admitted_date",
    ),
    "staged_medical_insurance__filing": ("start_date", "end_date"),
    "staged_deaths__death": ("death_date",),
    "staged_hukou_move__move": ("kind_code", "changed_date"),
    "staged_prison__sentence": ("execution_code", "started_date", "ended_date", "released_date"),
    "staged_verification_feedback__finding": ("check_code", "death_month"),
    "staged_guaranteed_loan__loan": ("founder_kind_code", "loan_amount", "interest_subsidy_amount", "poor_workers"),
    "staged_exam__candidate": ("is_waived", "is_local_post"),
    "staged_programme__item": ("checklist_code", "region_code", "year", "field_code", "planned", "done"),
}  # fmt: skip


def told(batch: Batch, rows: Array, part: Part) -> pa.Table | None:
    """What one part of a file says; `rows` are the batch's rows in the order written. None: the table is not of TOLD."""
    if batch.table.name not in TOLD:
        return None
    pick = pa.array(rows)
    place = {
        "file_name": coded([part.name], np.zeros(len(rows))).dictionary_encode(),
        "line_number": pa.array(part.first_line + np.arange(len(rows))),
        "county_code": digits(batch.county[rows]),
    }
    return pa.table(place | {name: batch.columns[name].take(pick) for name in TOLD[batch.table.name]})


def write_told(folder: Path, name: str, tables: list[pa.Table]) -> None:
    """truth_told/<name>.parquet."""
    write(folder / "truth_told" / f"{name}.parquet", pa.concat_tables(tables).unify_dictionaries())
