"""Counts every measure from the truth of the sample province, knowing nothing of how the pipeline does it.

What it knows: what is really true (truth_person, truth_state), what became of every delivered record (truth_record: is it
quarantined), what it was meant to say (truth_told), and the definitions of the measures as officials read them
(domain.md §5.5, §6.4). Written for pandas; imports nothing of the pipeline, reads no SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from tests.truth.people import LISTED

# Only these are told by village; the others down to the town.
HEADLINES = ("M03", "M06", "M08", "M13", "M13A", "M19", "M36", "M38")
COUNTS = ("n_population", "n_denominator", "n_numerator", "n_excluded")
KEY = ["quarter", "measure_code", "region_code", "cut", "group_code"]
MEASURES = (
    "M03", "M04", "M06", "M08", "M13", "M13A", "M14", "M19", "M22A", "M22B", "M24A", "M24B", "M24C", "M29", "M30", "M31", "M33", "M34",
    "M36", "M36A", "M38", "M39A", "M39B", "M40",
)  # fmt: skip
NOT_LIFTED = ("0", "3")  # 未脱贫, 返贫: the catalogue's 未标注脱贫(含返贫), which leaves 预脱贫 (2) out
ABLE = ("1", "2")  # ordinary and skilled labour
VOCATIONAL_YEARS = ("10", "11", "12", "13", "14", "15")
MIDDLE_SCHOOL = ("3", "4")  # junior and senior


def judged(people: pd.DataFrame) -> pd.DataFrame:
    """Everybody in the population of each measure: `reason_code` by which they are left out, '' where not, and `is_covered`."""
    return pd.concat(_judged(people), ignore_index=True)


def coverage(judged_of: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(coverage, reasons) of what is judged by quarter: KEY with the four counts, and KEY with reason_code and n_people.

    Only cells with people.
    """
    counted, reasons = [], []
    for quarter, people in judged_of.items():
        cells = _cells(people, quarter)
        is_counted = cells["reason_code"] == ""
        cells["n_population"] = 1
        cells["n_denominator"] = is_counted.astype(int)
        cells["n_numerator"] = (is_counted & cells["is_covered"]).astype(int)
        cells["n_excluded"] = (~is_counted).astype(int)
        counted.append(cells.groupby(KEY, as_index=False)[list(COUNTS)].sum())
        left_out = cells[~is_counted].groupby([*KEY, "reason_code"], as_index=False).size()
        reasons.append(left_out.rename(columns={"size": "n_people"}))
    return pd.concat(counted, ignore_index=True), pd.concat(reasons, ignore_index=True)


def _judged(known: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Each measure's population: who is left out for which reason, who is covered."""
    registered = known[known["is_registered"]]
    age = registered["age"]

    excused = ("in_school", *LISTED)
    yield _measure("M03", registered, "has_pension_or_found", ("dead", "age_unknown", "under_16", *excused))
    yield _measure("M04", registered, "has_pension", ("age_unknown", "under_16"))
    yield _measure("M06", registered, "has_benefit", ("dead", "age_unknown", "under_60", *excused))
    is_due = (known["is_registered"] & known["poverty_status_code"].isin(NOT_LIFTED)) | known["is_assisted"]
    is_due |= known["is_disabled"]
    yield _measure(
        "M08", known[is_due], "has_subsidy", ("dead", "age_unknown", "under_16", "over_59", *excused, "other_scheme")
    )
    yield _measure("M13", registered, "has_medical", ("dead",))
    yield _measure("M13A", registered, "has_medical", ("dead", *LISTED))
    workers = registered[registered["labour_skill_code"].isin(ABLE)]
    yield _measure("M19", workers, "is_employed", ("dead", "age_unknown", "under_16", "over_59", "in_school"))
    code = registered["student_status_code"]
    leavers = code.isin(VOCATIONAL_YEARS) | ((code == "1") & registered["education_code"].isin(MIDDLE_SCHOOL))
    youth = registered[leavers & (age.isna() | ((age >= 15) & (age <= 24)))]
    yield _measure("M36", youth, "is_on_roll", ("dead", "age_unknown"))
    yield _measure("M36A", registered[registered["has_wished_school"]], "is_on_roll", ("dead",))
    yield _measure("M38", registered[registered["is_full_time_in_term"]], "is_aided", ("dead",))
    yield _measure("M14", registered[registered["has_medical"]], "has_mark", ("dead",))
    worker = ("dead", "age_unknown", "under_16", "over_59", "in_school")
    yield _measure("M22A", workers[~workers["is_employed"]], "is_verified", worker)
    yield _measure("M22B", workers[workers["is_employed"]], "is_verified", worker)
    in_unit = workers[workers["is_in_unit"]]
    yield _measure("M24A", in_unit, "has_employee_pension", worker)
    yield _measure("M24B", in_unit, "has_unemployment", worker)
    yield _measure("M24C", in_unit, "has_injury", worker)
    yield _measure("M29", workers[workers["is_sent"]], "has_allowance", worker)
    yield _measure("M30", workers, "has_told", worker)
    yield _measure("M31", registered[registered["has_demand"]], "is_demand_met", ("dead",))
    yield _measure("M33", registered[registered["is_past_training"]], "has_worked_after", ("dead",))
    yield _measure("M34", registered[registered["is_trained"]], "has_living", ("dead",))
    students = registered[registered["is_full_time"]]
    yield _measure("M39A", students, "has_waiver", ("dead",))
    in_term = registered[registered["is_full_time_in_term"]]
    yield _measure("M39B", in_term[in_term["is_in_grant_years"]], "has_grant", ("dead",))
    yield _measure("M40", registered[registered["is_graduate"]], "has_job", ("dead",))


def _measure(code: str, people: pd.DataFrame, covered: str, exclusions: Sequence[str]) -> pd.DataFrame:
    age = people["age"]
    tests = {
        "age_unknown": ("age_unknown", age.isna()),
        "under_16": ("under_age", age < 16),
        "over_59": ("over_age", age >= 60),
        "under_60": ("under_age", age < 60),
        "dead": ("dead", people["is_dead"]),
        "in_school": ("in_school", people["is_student"]),
        "other_scheme": ("other_scheme", people["has_other_scheme"]),
        **{reason: (reason, people[reason]) for reason in LISTED},
    }
    reason = pd.Series("", index=people.index)
    for name in reversed(exclusions):
        text, applies = tests[name]
        reason = reason.mask(applies, text)
    return people.assign(measure_code=code, is_covered=people[covered], reason_code=reason)


def _cells(judged: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """One row per person, measure, region level and cut."""
    cuts = [name for name in judged if name.startswith("cut:")]
    base = ["measure_code", "is_covered", "reason_code"]
    levels = [
        judged.assign(region_code=region).dropna(subset="region_code")
        for region in (
            judged["county"].str[:2],
            judged["county"].str[:4],
            judged["county"],
            judged["town"],
            judged["village"].where(judged["measure_code"].isin(HEADLINES)),
        )
    ]
    placed = pd.concat(levels, ignore_index=True)
    rows = [
        placed[[*base, "region_code"]].assign(cut=name.removeprefix("cut:"), group_code=placed[name]) for name in cuts
    ]
    return pd.concat(rows, ignore_index=True).assign(quarter=quarter)


def differences(wanted: pd.DataFrame, found: pd.DataFrame, key: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """The cells in which two tables of counts differ; a cell that is absent counts 0. Columns end in _wanted, _found."""
    both = wanted.merge(found, on=list(key), how="outer", suffixes=("_wanted", "_found"))
    differs = pd.Series(False, index=both.index)
    for name in counts:
        both[[f"{name}_wanted", f"{name}_found"]] = both[[f"{name}_wanted", f"{name}_found"]].fillna(0).astype(int)
        differs |= both[f"{name}_wanted"] != both[f"{name}_found"]
    return both[differs].sort_values(list(key))
