"""Which function makes which table of the sample's deliveries: the tables that are made whole, for all counties at once.

The insured of a province are too many for that; province.py makes theirs city by city.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.sample import (
    benefits,
    education_records,
    exclusions,
    medical_care,
    plan_records,
    platform_help,
    platform_people,
    platform_work,
    poverty_records,
    registration_records,
    school_records,
    yulu_records,
)
from pipelines.sample.batch import Batch
from pipelines.sample.snapshot import Snapshot

EXTRACTS: Mapping[str, Callable[[Snapshot], Batch]] = {
    "staged_poverty_register__person": poverty_records.person_rows,
    "staged_poverty_register__household": poverty_records.household_rows,
    "staged_employment_platform__worker": platform_people.worker_rows,
    "staged_employment_platform__spell": platform_people.spell_rows,
    "staged_employment_platform__wish": platform_people.wish_rows,
    "staged_employment_platform__service": platform_help.service_rows,
    "staged_employment_platform__training": platform_help.training_rows,
    "staged_employment_platform__subsidy": platform_help.subsidy_rows,
    "staged_employment_platform__carrier": platform_work.carrier_rows,
    "staged_employment_platform__post": platform_work.post_rows,
    "staged_technical_school__roll": school_records.roll_rows,
    "staged_technical_school__change": school_records.change_rows,
    "staged_technical_school__fee_waiver": school_records.fee_waiver_rows,
    "staged_technical_school__grant": school_records.grant_rows,
    "staged_technical_school__graduate_employment": school_records.employment_rows,
    "staged_technical_school__certificate": school_records.certificate_rows,
    "staged_technical_registration__registration": registration_records.registration_rows,
    "staged_technical_registration__statistic": registration_records.statistic_rows,
    "staged_yulu__payment": yulu_records.payment_rows,
    "staged_yulu__application": yulu_records.application_rows,
    "staged_disabled_federation__holder": exclusions.disability_rows,
    "staged_deaths__death": exclusions.death_rows,
    "staged_prison__sentence": exclusions.sentence_rows,
    "staged_army__service": exclusions.service_rows,
    "staged_national_student_roll__student": education_records.student_rows,
    "staged_hukou_move__move": exclusions.move_rows,
    "staged_social_insurance__contribution": benefits.contribution_rows,
    "staged_social_insurance__benefit": benefits.benefit_rows,
    "staged_medical_insurance__identity": medical_care.identity_rows,
    "staged_medical_insurance__settlement": medical_care.settlement_rows,
    "staged_medical_insurance__premium": medical_care.premium_rows,
    "staged_medical_insurance__filing": medical_care.filing_rows,
    "staged_exam__candidate": plan_records.candidate_rows,
    "staged_guaranteed_loan__loan": plan_records.loan_rows,
    "staged_programme__item": plan_records.item_rows,
    "staged_verification_feedback__finding": plan_records.finding_rows,
}
