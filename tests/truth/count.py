"""Counts every measure from the truth of the sample province, knowing nothing of how the pipeline does it.

What it knows: what is really true (truth_person, truth_state), what became of every delivered record (truth_record: is it
quarantined), and the definitions of the measures as officials read
them (domain.md §5.5, §6.4). Written for pandas; imports nothing of the pipeline, reads no SQL.

A person is known to the office as the records say: the records that were put together are one person; any other stands as a
person of its own, without age, and nothing else is known of it. Which records those are is given; that no two people were
put together, and that all were whose numbers are usable, is another test's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LINKABLE = ("T1", "T2", "T3")
LINE = ["quarter", "system", "entity", "file_name", "line_number", "position"]
# Only these are told by village; the others down to the town.
HEADLINES = ("M03", "M06", "M08", "M13", "M13A", "M19", "M36", "M38")
COUNTS = ("n_population", "n_denominator", "n_numerator", "n_excluded")
KEY = ["quarter", "measure_code", "region_code", "cut", "group_code"]

# The systems whose records are put together; the others' lists are only asked about the people of these.
LINKED = (
    "poverty_register", "civil_affairs", "employment_platform", "technical_school", "yulu", "social_insurance", "medical_insurance",
)  # fmt: skip
# The deliveries the measures are counted from; the other tables of a system say more about the same people.
COUNTED = (
    "poverty_register.person", "civil_affairs.family", "employment_platform.worker", "technical_school.roll",
    "yulu.payment", "social_insurance.participation", "social_insurance.payment", "medical_insurance.participation",
    "deaths.death", "prison.sentence", "army.service", "hukou_move.move", "national_student_roll.student",
)  # fmt: skip
NOT_LIFTED = ("0", "3")  # 未脱贫, 返贫: the catalogue's 未标注脱贫(含返贫), which leaves 预脱贫 (2) out
ABLE = ("1", "2")  # ordinary and skilled labour
VOCATIONAL_YEARS = ("10", "11", "12", "13", "14", "15")
MIDDLE_SCHOOL = ("3", "4")  # junior and senior
EMPLOYEE_SCHEMES = ("110", "120")
# What another department's list may say of somebody, and when it is true of them: a list also names people of whom it says
# nothing that counts (served outside, discharged, ended, moved within the province).
LISTED = {
    "in_army": ("army", "army"),
    "imprisoned": ("prison", "prison"),
    "emigrated": ("hukou_move", "abroad"),
}
CANCELLED = "3"


@dataclass(frozen=True)
class Truth:
    """The truth tables of a province."""

    person: pd.DataFrame
    state: pd.DataFrame
    record: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """All quarters of a truth folder."""
        record = pd.concat(pd.read_parquet(file) for file in sorted((folder / "truth_record").glob("*.parquet")))
        for name in ("system", "entity", "quarter", "item", "kind", "tier", "file_name"):
            record[name] = record[name].astype(str)
        state = pd.concat(pd.read_parquet(file) for file in sorted((folder / "truth_state").glob("*.parquet")))
        return cls(pd.read_parquet(folder / "truth_person.parquet"), state, record)


def expected(truth: Truth, quarters: Sequence[str], linked: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(coverage, reasons): KEY with the four counts, and KEY with reason_code and n_people; only cells with people.

    `linked`: LINE of the records that stand together with others or by their number, and whether one of these is known.
    """
    coverage, reasons = [], []
    for quarter in quarters:
        judged = pd.concat(_judged(_known(truth, quarter, linked)), ignore_index=True)
        cells = _cells(judged, quarter)
        is_counted = cells["reason_code"] == ""
        cells["n_population"] = 1
        cells["n_denominator"] = is_counted.astype(int)
        cells["n_numerator"] = (is_counted & cells["is_covered"]).astype(int)
        cells["n_excluded"] = (~is_counted).astype(int)
        coverage.append(cells.groupby(KEY, as_index=False)[list(COUNTS)].sum())
        left_out = cells[~is_counted].groupby([*KEY, "reason_code"], as_index=False).size()
        reasons.append(left_out.rename(columns={"size": "n_people"}))
    return pd.concat(coverage, ignore_index=True), pd.concat(reasons, ignore_index=True)


def _in_force(truth: Truth, quarter: str, linked: pd.DataFrame) -> pd.DataFrame:
    """The records that count in a quarter with what is true of their person in the quarter they were sent.

    Each system speaks with its last delivery up to the quarter; what the contract quarantines was never said.
    """
    record = truth.record[truth.record["quarter"] <= quarter]
    record = record[record["quarter"] == record.groupby("system")["quarter"].transform("max")]
    record = record[~record["is_quarantined"] & (record["system"] + "." + record["entity"]).isin(COUNTED)].copy()
    is_insured = record["system"].isin(["social_insurance", "medical_insurance"])
    line = record[LINE].assign(entity=record["entity"].where(is_insured, "record"))
    known = line.merge(linked, on=LINE, how="left", validate="one_to_one")["has_number"]
    # A row of another department's list says something of whom its number and name name.
    is_listed = ~record["system"].isin(LINKED)
    record["is_linkable"] = known.notna().to_numpy() | (is_listed & record["tier"].isin(LINKABLE))
    record["has_number"] = known.eq(True).to_numpy()
    return record.merge(truth.state, on=["true_id", "quarter"], how="left", validate="many_to_one")


def _known(truth: Truth, quarter: str, linked: pd.DataFrame) -> pd.DataFrame:
    """One row per person as the office can know them in a quarter, with everything the measures ask for."""
    said = _in_force(truth, quarter, linked)
    register = said[said["system"] == "poverty_register"].assign(is_registered=True)
    register["place"] = register["village_code"]
    civil = said[said["system"] == "civil_affairs"].assign(is_registered=False)
    # A family lives in one town, that of its first member.
    first = civil[civil["position"] == 1].set_index(["file_name", "line_number"])["village_code"].str[:9]
    civil["place"] = [first.at[line] for line in zip(civil["file_name"], civil["line_number"], strict=True)]

    # Where somebody belongs the register says before civil affairs. People named by other systems alone are in no measure.
    named = pd.concat([register, civil])
    usable = named[named["is_linkable"]].drop_duplicates("true_id")
    people = [usable, named[~named["is_linkable"]]]
    known = pd.concat(people, ignore_index=True)
    known = known.merge(truth.person[["true_id", "sex_code", "birth_date", "is_minority"]], on="true_id", how="left")
    is_linkable, is_registered = known["is_linkable"], known["is_registered"]

    def among(rows: pd.DataFrame) -> pd.Series:
        return is_linkable & known["true_id"].isin(rows.loc[rows["is_linkable"], "true_id"])

    of = dict(iter(said.groupby("system")))
    known["age"] = _age(known["birth_date"], quarter).where(known["has_number"])
    known["is_assisted"] = among(of["civil_affairs"]) | ((known["system"] == "civil_affairs") & ~is_linkable)
    known["is_employed"] = among(of["employment_platform"].query("is_employed == True"))
    roll = of["technical_school"]
    formal = roll[roll["roll_state_code"] == "1"]
    known["is_on_roll"] = among(formal)
    known["is_full_time"] = among(formal[formal["study_form_code"] == "1"])
    known["is_aided"] = among(of["yulu"].query("yulu_state_code == '3'"))
    has_number = known["has_number"]
    known["is_dead"] = has_number & (among(of["deaths"]) | among(of["hukou_move"].query("is_alive == False")))
    for reason, (system, absence) in LISTED.items():
        said_so = of[system]["absence"] == absence
        if system == "hukou_move":
            said_so &= of[system]["item"] == CANCELLED
        known[reason] = has_number & among(of[system][said_so])
    on_roll = has_number & among(of["national_student_roll"].query("is_fulltime_student == True"))
    known["is_student"] = known["is_full_time"] | on_roll | (is_registered & (known["student_status_code"] != "1"))

    insurance = of["social_insurance"]
    account = insurance[insurance["entity"] == "participation"]
    resident = account[(account["item"] == "170") & _is_insured(account, "resident_state_code")]
    employee = account[account["item"].isin(EMPLOYEE_SCHEMES)]
    active = employee[employee["unit_state_code"] == "1"]
    known["has_pension"] = among(resident) | among(employee[_is_insured(employee, "unit_state_code")])
    known["has_employee_pension"] = among(active)
    known["has_benefit"] = among(
        resident[(resident["resident_state_code"] == "1") & (resident["resident_payment_code"] == "3")]
    )
    paid = insurance[(insurance["entity"] == "payment") & (insurance["item"] == f"{quarter[:4]}:11")]
    known["has_subsidy"] = among(paid)
    medical = of["medical_insurance"].query("entity == 'participation'")
    known["has_medical"] = among(medical[medical["medical_state_code"] == "1"])
    return _grouped(known)


def _is_insured(account: pd.DataFrame, state: str) -> pd.Series:
    """Paying or on benefit (1), paused (2); ended (4) is not, and payment state 3 alone says nothing."""
    return account[state].isin(("1", "2"))


def _age(birth_date: pd.Series, quarter: str) -> pd.Series:
    """Completed years on the quarter's last day."""
    month = int(quarter[-1]) * 3
    day = {3: 31, 6: 30, 9: 30, 12: 31}[month]
    born = birth_date.astype(int)
    return int(quarter[:4]) - born // 10000 - (born % 10000 > month * 100 + day).astype(int)


def _grouped(known: pd.DataFrame) -> pd.DataFrame:
    """With the region codes of every level and the groups of every cut."""
    is_registered = known["is_registered"]
    known["county"] = known["place"].str[:6]
    known["town"] = known["place"].str[:9].where(known["place"].str.len() >= 9)
    known["village"] = known["place"].where(known["place"].str.len() == 12)
    status = known["poverty_status_code"].where(is_registered, "none")
    deep = pd.Series("other", index=known.index).mask(known["village"].notna() & known["is_deep_village"], "deep")
    nation = known["is_minority"].map({True: "minority", False: "han"}).where(is_registered, "unknown")
    bands = pd.cut(known["age"], [-1, 15, 24, 44, 59, 200], labels=["00-15", "16-24", "25-44", "45-59", "60+"])
    known["cut:total"] = "all"
    known["cut:poverty_status"] = status
    known["cut:deep_poverty_village"] = deep
    known["cut:sex"] = known["sex_code"].where(is_registered | known["has_number"], "unknown")
    known["cut:age_band"] = bands.astype(object).where(known["age"].notna(), "unknown")
    known["cut:nation"] = nation
    known["cut:poverty_status_by_village"] = status + ":" + deep
    return known


def _judged(known: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Each measure's population: who is left out for which reason, who is covered."""
    registered = known[known["is_registered"]]
    age = registered["age"]

    excused = ("in_school", *LISTED)
    yield _measure("M03", registered, "has_pension", ("dead", "age_unknown", "under_16", *excused))
    yield _measure("M04", registered, "has_pension", ("age_unknown", "under_16"))
    yield _measure("M06", registered, "has_benefit", ("dead", "age_unknown", "under_60", *excused))
    is_due = (known["is_registered"] & known["poverty_status_code"].isin(NOT_LIFTED)) | known["is_assisted"]
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
    yield _measure("M38", registered[registered["is_full_time"]], "is_aided", ("dead",))


def _measure(code: str, people: pd.DataFrame, covered: str, exclusions: Sequence[str]) -> pd.DataFrame:
    age = people["age"]
    tests = {
        "age_unknown": ("age_unknown", age.isna()),
        "under_16": ("under_age", age < 16),
        "over_59": ("over_age", age >= 60),
        "under_60": ("under_age", age < 60),
        "dead": ("dead", people["is_dead"]),
        "in_school": ("in_school", people["is_student"]),
        "other_scheme": ("other_scheme", people["has_employee_pension"]),
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
