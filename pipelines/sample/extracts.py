"""Which function makes which table of the sample's deliveries: the tables that are made whole, for all counties at once.

The insured of a province are too many for that; province.py makes theirs city by city.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.sample import register_records
from pipelines.sample.batch import Batch
from pipelines.sample.snapshot import Snapshot

EXTRACTS: Mapping[str, Callable[[Snapshot], Batch]] = {
    "staged_poverty_register__person": register_records.poverty_register_rows,
    "staged_employment_platform__worker": register_records.employment_rows,
    "staged_technical_school__roll": register_records.roll_rows,
    "staged_yulu__payment": register_records.yulu_rows,
}
