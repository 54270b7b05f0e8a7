"""The truth of a sample province, and what of it offices have said by a quarter: the records that count, with what is true of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LINKABLE = ("T1", "T2", "T3")
LINE = ["quarter", "system", "entity", "file_name", "line_number", "position"]

# The systems whose records are put together; the others' lists are only asked about the people of these.
LINKED = (
    "poverty_register", "civil_affairs", "employment_platform", "technical_school", "yulu", "disabled_federation", "social_insurance",
    "medical_insurance",
)  # fmt: skip
UNIVERSE = LINKED[:6]
CERTIFIED, SEVERE = "disabled_federation", ("1", "2")
# For how many quarters a delivery of a system speaks.
VALID = {
    "poverty_register": 1, "civil_affairs": 1, "social_insurance": 1, "medical_insurance": 1, "employment_platform": 1, "yulu": 1,
    "verification_feedback": 1, "technical_school": 2, "technical_registration": 2, "deaths": 2, "prison": 2, "hukou_move": 2,
    "national_student_roll": 2, "guaranteed_loan": 2, "army": 4, "disabled_federation": 4, "exam": 4, "programme": 4,
}  # fmt: skip
# The tables that are counted; the others say more about the same people.
COUNTED = (
    "poverty_register.person", "civil_affairs.family", "employment_platform.worker", "technical_school.roll",
    "yulu.payment", "social_insurance.participation", "social_insurance.payment", "medical_insurance.participation",
    "deaths.death", "prison.sentence", "army.service", "hukou_move.move", "national_student_roll.student",
    "disabled_federation.holder", "employment_platform.wish", "employment_platform.service", "employment_platform.training",
    "employment_platform.subsidy", "employment_platform.spell", "employment_platform.post", "employment_platform.carrier", "technical_school.fee_waiver",
    "technical_school.grant", "technical_school.graduate_employment", "social_insurance.contribution",
    "social_insurance.benefit", "medical_insurance.settlement", "medical_insurance.filing", "exam.candidate",
    "technical_registration.statistic", "guaranteed_loan.loan", "programme.item", "verification_feedback.finding",
)  # fmt: skip
# Rows about people beside the records that are put together: each is about whom its number and name name, without a number
# about whose record of the same system it names.
NAMING_A_RECORD = (
    "wish", "service", "training", "subsidy", "spell", "post", "fee_waiver", "grant", "graduate_employment",
)  # fmt: skip
EVENTS = (*NAMING_A_RECORD, "contribution", "benefit", "settlement", "filing")
OTHER_SCHEMES = ("210", "410", "510")


@dataclass(frozen=True)
class Truth:
    """The truth tables of a province; `told` by system and entity."""

    person: pd.DataFrame
    state: pd.DataFrame
    record: pd.DataFrame
    told: dict[tuple[str, str], pd.DataFrame]

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """All quarters of a truth folder."""
        record = pd.concat(pd.read_parquet(file) for file in sorted((folder / "truth_record").glob("*.parquet")))
        for name in ("system", "entity", "quarter", "item", "kind", "tier", "file_name"):
            record[name] = record[name].astype(str)
        state = pd.concat(pd.read_parquet(file) for file in sorted((folder / "truth_state").glob("*.parquet")))
        told: dict[tuple[str, str], pd.DataFrame] = {}
        for system, entity in record[["system", "entity"]].drop_duplicates().itertuples(index=False, name=None):
            files = sorted((folder / "truth_told").glob(f"{system}_{entity}_????Q?.parquet"))
            if files:
                parts = [pd.read_parquet(file).assign(quarter=file.stem[-6:]) for file in files]
                told[system, entity] = pd.concat(parts).astype({"file_name": str})
        return cls(pd.read_parquet(folder / "truth_person.parquet"), state, record, told)


def last_day(quarter: str) -> pd.Timestamp:
    """The quarter's last day."""
    return pd.Period(quarter, "Q").end_time.normalize()


def first_day(quarter: str) -> pd.Timestamp:
    """The quarter's first day."""
    return pd.Period(quarter, "Q").start_time


@dataclass(frozen=True)
class Said:
    """What offices have said by a quarter, and what they had said by each quarter before."""

    quarter: str
    rows: pd.DataFrame
    truth: Truth
    before: Sequence[Said]

    @property
    def so_far(self) -> list[Said]:
        """Every quarter up to this one."""
        return [*self.before, self]

    def of(self, system: str, entity: str) -> pd.DataFrame:
        """Rows of a table, with what they say in columns of their own where the truth tells it."""
        rows = self.rows[(self.rows["system"] == system) & (self.rows["entity"] == entity)]
        told = self.truth.told.get((system, entity))
        if told is None:
            return rows
        rows = rows.drop(columns=(set(told) & set(rows)) - {"quarter", "file_name", "line_number"})
        return rows.merge(told, on=["quarter", "file_name", "line_number"], how="left", validate="many_to_one")


def said(truth: Truth, quarters: Sequence[str], linked: pd.DataFrame) -> dict[str, Said]:
    """What offices have said by each quarter, in order.

    `linked`: LINE of the records that stand together with others or by their number, and whether one of these is known.
    """
    found: dict[str, Said] = {}
    for quarter in sorted(quarters):
        found[quarter] = Said(quarter, _in_force(truth, quarter, linked), truth, tuple(found.values()))
    return found


def is_severely_disabled(rows: pd.DataFrame, quarter: str) -> pd.Series:
    """Whether a certificate of disability is of grade 1 or 2 and runs, when it was delivered and on the quarter's last day."""
    told = rows["item"].str.split(":", expand=True).reindex(columns=[0, 1])
    until = pd.to_datetime(told[1].where(rows["system"] == CERTIFIED), errors="coerce")
    return told[0].isin(SEVERE) & (until > rows["quarter"].map(last_day)) & (until >= last_day(quarter))


def _in_force(truth: Truth, quarter: str, linked: pd.DataFrame) -> pd.DataFrame:
    """The records that count in a quarter with what is true of their person in the quarter they were sent.

    Each table of a system speaks with the last delivery that brought it, as long as that is valid; what the contract
    quarantines was never said.
    """
    record = truth.record[truth.record["quarter"] <= quarter]
    record = record[record["quarter"] == record.groupby(["system", "entity"])["quarter"].transform("max")]
    age = pd.PeriodIndex([quarter], freq="Q").asi8[0] - pd.PeriodIndex(record["quarter"], freq="Q").asi8
    record = record[age < record["system"].map(VALID)]
    record = record[~record["is_quarantined"] & (record["system"] + "." + record["entity"]).isin(COUNTED)].copy()
    is_insured = record["system"].isin(["social_insurance", "medical_insurance"])
    line = record[LINE].assign(entity=record["entity"].where(is_insured, "record"))
    is_event = record["entity"].isin(EVENTS) | record["item"].isin(OTHER_SCHEMES)
    line["entity"] = line["entity"].mask(is_event, "event")
    known = line.merge(linked, on=LINE, how="left", validate="one_to_one")["has_number"]
    # A row of another department's list says something of whom its number and name name; so does a certificate of disability
    # that makes nobody severely disabled now.
    is_other = (record["system"] == CERTIFIED) & ~is_severely_disabled(record, quarter)
    is_listed = ~record["system"].isin(LINKED) | is_other
    # Their numbers are looked for among those that the records of the universe bear.
    universe = record["system"].isin(UNIVERSE) & ~is_event & ~is_other & record["tier"].isin(LINKABLE)
    is_borne = record["true_id"].isin(record.loc[universe, "true_id"])
    by_number = (is_listed | is_event) & record["tier"].isin(LINKABLE) & is_borne
    record["is_linkable"] = known.notna().to_numpy() | by_number
    named = record["system"] + ":" + record["true_id"].astype(str)
    stands = named.isin(named[record["is_linkable"] & ~is_event])
    record["is_linkable"] |= record["entity"].isin(NAMING_A_RECORD) & (record["tier"] == "none") & stands
    record["has_number"] = known.eq(True).to_numpy()
    return record.merge(truth.state, on=["true_id", "quarter"], how="left", validate="many_to_one")
