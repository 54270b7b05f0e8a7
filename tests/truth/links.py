"""What became of every delivered record in the lake, beside what the truth says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds

from tests.truth.truth import CERTIFIED, SEVERE, last_day

LINE = ["quarter", "system", "entity", "file_name", "line_number", "position"]
RECORD = ["quarter", "system", "entity", "record_number", "name", "id_key"]
NUMBERS = {
    ("poverty_register", "person"): "person_number",
    ("employment_platform", "worker"): "record_number",
    ("technical_school", "roll"): "roll_number",
    ("yulu", "payment"): "application_number",
}
INSURED = {
    ("social_insurance", "participation"): "core_pension_participation",
    ("social_insurance", "payment"): "core_pension_payment",
    ("medical_insurance", "participation"): "core_medical_participation",
}
CERTIFICATE = ["certificate_number", "grade_code", "state_code", "valid_until_date"]
MEMBERS = range(1, 7)
LINKED = ("T1", "T2", "T3", "T5", "T6", "official")


def read(lake: Path, table: str, quarter: str, columns: list[str]) -> pd.DataFrame:
    """The rows of a lake table in one quarter; there is one attempt of each partition in an undisturbed lake."""
    layer = table.split("_", 1)[0]
    folder = lake / layer / table / f"quarter={quarter}"
    return ds.dataset(sorted(folder.rglob("*.parquet")), format="parquet").to_table(columns).to_pandas()


def quarantined(lake: Path, table: str, quarter: str) -> set[tuple[str, int]]:
    """(file, line) of every row that stands in quarantine."""
    folder = lake / "quarantine" / table / f"quarter={quarter}"
    rows = ds.dataset(sorted(folder.rglob("*.parquet")), format="parquet").to_table(["file_name", "line_number"])
    return set(zip(*rows.to_pydict().values(), strict=True))


def linked(lake: Path, quarter: str, truth: pd.DataFrame) -> pd.DataFrame:
    """Every record that met the universe: LINE, found tier and cluster (null where it was lost), true_id, tier, kind.

    Raises MergeError where a line or a record stands twice.
    """
    links = read(lake, "core_link", quarter, [*RECORD[1:], "id_tier", "tier", "cluster"]).assign(quarter=quarter)
    found = delivered(lake, [quarter]).merge(
        links.fillna({"id_key": ""}), on=RECORD, how="left", validate="many_to_one"
    )
    true = as_records(truth)[[*LINE, "true_id", "tier", "kind", "is_quarantined"]]
    return found.merge(true, on=LINE, how="left", suffixes=("_found", ""), validate="one_to_one")


def as_records(truth: pd.DataFrame) -> pd.DataFrame:
    """Truth records with the kind of record that core_link calls them."""
    is_insured = truth["system"].isin([system for system, _ in INSURED])
    return truth.assign(entity=truth["entity"].where(is_insured, "record"))


def together(lake: Path, quarter: str) -> pd.DataFrame:
    """Lines of the records that the pipeline put together, by ID number or by evidence; has_number: one of them has one."""
    links = read(lake, "core_link", quarter, [*RECORD[1:], "id_tier", "tier", "cluster"]).assign(quarter=quarter)
    found = delivered(lake, [quarter]).merge(
        links.fillna({"id_key": ""}), on=RECORD, how="inner", validate="many_to_one"
    )
    linked = found[found["tier"].isin(LINKED)]
    numbered = linked.loc[(linked["id_key"] != "") & (linked["id_tier"] != "T4"), "cluster"]
    found = found[found["cluster"].isin(linked["cluster"])]
    return found[LINE].assign(has_number=found["cluster"].isin(numbered))


def outcomes(lake: Path, quarter: str, delivered: pd.DataFrame) -> pd.DataFrame:
    """What linking made in a quarter of the records that `delivered` lines tell: LINE, county_code, `record`, which is one
    number for the lines of one record, `is_linked`, `is_waiting`, and `is_known`: it speaks of somebody of the universe.
    """
    links = read(lake, "core_link", quarter, [*RECORD[1:], "tier", "cluster"]).fillna({"id_key": ""})
    asked = read(lake, "core_link_candidate", quarter, [*RECORD[1:], "decision"]).fillna({"id_key": ""})
    asked = asked.loc[asked["decision"] == "review", RECORD[1:]].drop_duplicates().assign(is_waiting=True)
    found = delivered.merge(links, on=RECORD[1:], how="left", validate="many_to_one")
    found = found.merge(asked, on=RECORD[1:], how="left", validate="many_to_one")
    together = found.loc[found["tier"].isin(LINKED), "cluster"]
    is_linked = found["tier"].isin(LINKED) | (found["cluster"].isin(together) & (found["tier"] == "no_usable_id"))
    is_waiting = found["is_waiting"].eq(True)
    # An insured record is nobody's of the universe unless something connects it, if only a number under another name.
    is_known = (
        (found["entity"] == "record")
        | is_linked
        | is_waiting
        | (found["tier"].notna() & (found["tier"] != "no_usable_id"))
    )
    record = found.groupby(RECORD[1:]).ngroup()
    found = found[[*LINE, "county_code"]].assign(record=record, is_linked=is_linked, is_waiting=is_waiting)
    return found[is_known]


def delivered(lake: Path, quarters: Iterable[str]) -> pd.DataFrame:
    """Every line that tells a record which is put together with others, as it was delivered: LINE, RECORD, county_code of the insured."""
    return pd.concat((part for quarter in quarters for part in _delivered(lake, quarter)), ignore_index=True)


def _delivered(lake: Path, quarter: str) -> list[pd.DataFrame]:
    line = ["file_name", "line_number"]
    rows = []
    for (system, entity), number in NUMBERS.items():
        part = read(lake, f"staged_{system}__{entity}", quarter, [*line, number, "name", "id_key"])
        part = part.rename(columns={number: "record_number"})
        rows.append(part.assign(system=system, entity="record", position=0))
    for (system, entity), table in INSURED.items():
        part = read(lake, table, quarter, [*line, "record_number", "name", "id_key", "county_code"])
        rows.append(part.assign(system=system, entity=entity, position=0))
    holders = read(lake, "staged_disabled_federation__holder", quarter, [*line, *CERTIFICATE, "name", "id_key"])
    holders = holders[holders["grade_code"].isin(SEVERE) & holders["state_code"].isin(["1", None])]
    holders = holders[~(pd.to_datetime(holders["valid_until_date"]) < last_day(quarter))]
    numbers = [hashlib.sha256(number.encode()).hexdigest()[:24] for number in holders["certificate_number"]]
    rows.append(
        holders.assign(record_number=numbers, system=CERTIFIED, entity="record", position=0).drop(columns=CERTIFICATE)
    )
    columns = [f"{name}_{place}" for place in MEMBERS for name in ("name", "id_number", "id_key")]
    families = read(lake, "staged_civil_affairs__family", quarter, [*line, "family_number", *columns])
    for place in MEMBERS:
        named = families[families[f"name_{place}"].notna() | families[f"id_number_{place}"].notna()]
        part = named[line].assign(
            record_number=named["family_number"] + f"-{place}",
            name=named[f"name_{place}"],
            id_key=named[f"id_key_{place}"],
        )
        rows.append(part.assign(system="civil_affairs", entity="record", position=place))
    return [part.fillna({"name": "", "id_key": ""}).assign(quarter=quarter) for part in rows]
