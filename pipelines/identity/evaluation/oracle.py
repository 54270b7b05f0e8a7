"""What could be recovered at all: the ceiling against which linkage of the residual is held.

A record whose own number cannot be used is recoverable when exactly one person of the population fits every field that
it carries undamaged. The oracle is told which fields are undamaged, and which characters of the number; it compares
them with what is true of everybody on the quarter's last day. A method that has only the deliveries cannot know
more, so this bounds it from above.

- Fields: the name in its normal form (a record carries one defect at most: with a damaged number the name is whole); sex;
  birth date where the table has one; village, or county; the household where the table names it by its number, by the
  household's phone or by the numbers of the parents; a parent's number on a child's record, which names the household
  too; the characters of the number that agree with the person's, where it was misread, cut off, damaged by a spreadsheet
  or reissued. Not used: states, dates of joining, work, school: true of many, and wrong at times.
- Population: everybody of the universe so far; for a row of insurance also the insured outside it, by name, number and
  county as delivered.
- A link is recoverable when each of its two records is: the record, and the person's first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.identity.evaluation.pairs import RESIDUAL
from pipelines.identity.evaluation.province import QUARTER
from pipelines.identity.evaluation.records import INSURANCE, USABLE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# The fields of people beside the name that a table carries, and the column that says each; a test holds the columns
# against the declared tables.
CARRIED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("poverty_register", "person"): {
        "sex_code": "sex_code", "village_code": "village_code", "household": "household_number",
    },
    ("civil_affairs", "family"): {"household": "family_number", "county_code": "town_code"},
    ("employment_platform", "worker"): {
        "sex_code": "sex_code", "village_code": "hukou_code", "household": "household_number",
    },
    ("technical_school", "roll"): {"sex_code": "sex_code", "birth_date": "birth_date", "county_code": "hukou_code"},
    ("yulu", "payment"): {"household": "household_number", "county_code": "hukou_code"},
    ("disabled_federation", "holder"): {"sex_code": "sex_code", "village_code": "hukou_code"},
    ("social_insurance", "participation"): {"county_code": "pool_code"},
    ("social_insurance", "payment"): {"county_code": "pool_code"},
    ("medical_insurance", "participation"): {"county_code": "place_code"},
}  # fmt: skip
PARENT = "id_parent"
# Kinds of damage that leave characters of the person's number where they were.
LEGIBLE = ("id_one_digit", "id_transposed", "id_truncated", "id_excel_exponent", "id_excel_zeros", "id_reissued")
EMPLOYEES = ("110", "120")  # an employee's pension is filed where the work is
WIDTH = 18


def recoverable(judged: pd.DataFrame, people: pd.DataFrame, outsiders: pd.DataFrame) -> pd.Series:
    """Of each link to be made in the residual, whether the oracle recovers it; other rows False. See the module.

    `people`: true_id, name, sex_code, birth_date, village_code, county_code, household, id_number of everybody in the
    universe; `outsiders`: true_id, name, county_code, id_number of the insured beside it.
    """
    is_residual = judged["is_wanted"] & (judged["sort"] == RESIDUAL)
    concerned = judged.loc[np.union1d(judged.index[is_residual], judged.loc[is_residual, "first"])]
    damaged = concerned[~concerned["planted"].isin(USABLE)]
    lost = damaged.index[~fits_one(damaged, people, outsiders)]
    return is_residual & ~judged.index.isin(lost) & ~judged["first"].isin(lost)


def _fields(damaged: pd.DataFrame) -> pd.Series:
    """The names of the fields each record carries, joined by blanks."""
    carried = {
        system: set(columns) for (system, entity), columns in CARRIED.items() if entity != "payment" or system == "yulu"
    }
    fields = (
        damaged["system"]
        .astype(str)
        .map({system: " ".join(["name", *sorted(names)]) for system, names in carried.items()})
    )
    fields = fields.mask((damaged["system"] == "social_insurance") & damaged["item"].isin(EMPLOYEES), "name")
    tells = (damaged["names_parent"] | (damaged["kind"] == PARENT)) & ~fields.str.contains("household")
    return fields.mask(tells, fields + " household")


def fits_one(damaged: pd.DataFrame, people: pd.DataFrame, outsiders: pd.DataFrame) -> NDArray[np.bool_]:
    """Of each damaged record, whether exactly one person fits; of people and outsiders the namesakes of their people
    are enough."""
    import pandas as pd

    names = set(people.set_index("true_id")["name"].reindex(damaged["true_id"]))
    inside = people[people["name"].isin(names)]
    everybody = pd.concat([inside, outsiders[outsiders["name"].isin(names)]], ignore_index=True)
    truth = damaged[["system", "kind", "id_number"]].assign(fields=_fields(damaged), row=np.arange(len(damaged)))
    own = people.set_index("true_id").reindex(damaged["true_id"]).reset_index(drop=True)
    own = own.rename(columns={"id_number": "own_number"})
    asked = pd.concat([truth.reset_index(drop=True), own], axis=1)
    fitting = np.zeros(len(damaged), dtype=np.int64)
    for (fields, is_insured), rows in asked.groupby(["fields", asked["system"].isin(INSURANCE)]):
        on = str(fields).split()
        candidates = rows[["row", "kind", "id_number", "own_number", *on]].merge(
            (everybody if is_insured else inside)[[*on, "id_number"]].rename(columns={"id_number": "their_number"}),
            on=on,
        )
        fitting += np.bincount(candidates.loc[_numbers_fit(candidates), "row"], minlength=len(damaged))
    exactly_one: NDArray[np.bool_] = fitting == 1
    return exactly_one


def _numbers_fit(candidates: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether a candidate's number has every legible character of the record's."""
    legible = candidates["kind"].isin(LEGIBLE)
    mantissa = candidates["id_number"].str.replace(r"E.*", "", regex=True).str.replace(".", "", regex=False)
    written, own, theirs = (
        _characters(column)
        for column in (mantissa.where(legible, ""), candidates["own_number"], candidates["their_number"])
    )
    fits: NDArray[np.bool_] = ((written != own) | (own == theirs)).all(axis=1)
    return fits


def _characters(texts: pd.Series) -> NDArray[np.uint32]:
    """One row per text, one column per character, 0 behind the last."""
    padded = texts.to_numpy(dtype=f"U{WIDTH}")
    return np.ascontiguousarray(padded).view(np.uint32).reshape(len(padded), WIDTH)


def population(truth: Path) -> pd.DataFrame:
    """Everybody of the universe so far, as `recoverable` wants them, with age and is_minority."""
    import pandas as pd

    person = pd.read_parquet(truth / "truth_person.parquet").rename(columns={"true_household": "household"})
    state = pd.read_parquet(
        truth / "truth_state" / f"{QUARTER.key}.parquet", columns=["true_id", "village_code", "county_code", "age"]
    )
    return person.merge(state, on="true_id", validate="one_to_one")
