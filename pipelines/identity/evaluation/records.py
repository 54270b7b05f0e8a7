"""Every delivered record of the universe's people, with what the truth says of it and what became of it in core_link.

A record is one row of core_link's grain (system, entity, record_number, name, id_key), however many lines say it. What
counts is what was delivered and not quarantined, whether core_link holds it or not: an insured row that linkage never
met is a record that was missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.identity.evaluation.province import QUARTER

if TYPE_CHECKING:
    import pandas as pd

KEY = ["system", "entity", "record_number", "name", "id_key"]
# In the order in which a person's first record is chosen, as core_link ranks them.
NUMBERS = {
    ("poverty_register", "person"): "person_number",
    ("civil_affairs", "family"): "family_number",
    ("employment_platform", "worker"): "record_number",
    ("technical_school", "roll"): "roll_number",
    ("yulu", "payment"): "application_number",
    ("social_insurance", "participation"): "person_number",
    ("social_insurance", "payment"): "person_number",
    ("medical_insurance", "participation"): "person_number",
}
RANKS = {system: rank for rank, system in enumerate(dict.fromkeys(system for system, _ in NUMBERS))}
INSURANCE = ("social_insurance", "medical_insurance")
# What linkage reads of the insured: pensions, and basic medical insurance.
SCHEMES = {
    ("social_insurance", "participation"): ("110", "120", "170"),
    ("medical_insurance", "participation"): ("310", "390"),
}
# Columns beside name and number that the oracle asks for.
MORE = {
    "technical_school": ["father_id_number", "mother_id_number"],
    "social_insurance": ["pool_code", "scheme_code"],
    "medical_insurance": ["place_code", "scheme_code"],
}
OUTSIDE = 1_000_000_000  # true ids from here on are people outside the universe
MEMBERS = range(1, 7)
USABLE = ("T1", "T2", "T3")  # tiers of the truth that a record's own number and name leave
CONFLICT = "T4"


def read_records(lake: Path, truth: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(records, outsiders).

    Records: KEY; true_id, kind and planted (the tier the record leaves) of the truth; rank; id_number as delivered, item,
    names_parent; tier, cluster, id_class, evidence of core_link (null where it is not there); the cluster suggested in
    core_link_review. Every record of people whom a record of the universe's five systems names, every other row of
    core_link. Outsiders: true_id, name, county_code, id_number of the insured outside the universe.
    """
    import pandas as pd

    parts = [_with_truth(part, truth, *entity) for entity, part in _delivered(lake)]
    every = pd.concat(parts, ignore_index=True)
    every["names_parent"] = every["names_parent"] == True  # noqa: E712
    outsiders = every[
        (every["true_id"] >= OUTSIDE) & (every["planted"] == "T1") & ~every["kind"].str.startswith("name_")
    ]
    outsiders = outsiders.drop_duplicates("true_id")[["true_id", "name", "county_code", "id_key"]]
    every = every.drop(columns="county_code")
    people = every.loc[~every["system"].isin(INSURANCE) & every["true_id"].between(1, OUTSIDE - 1), "true_id"].unique()
    wanted = ["tier", "cluster", "id_class", "decision", "evidence"]
    links = _read(lake, "core_link", [*KEY, *wanted]).drop_duplicates(KEY)
    every = every.drop_duplicates(KEY).merge(links, on=KEY, how="left", validate="one_to_one")
    every = every.merge(_suggestions(lake), on=KEY, how="left", validate="one_to_one")
    every["of_universe"] = every["true_id"].isin(people)
    every["rank"] = every["system"].map(RANKS)
    kept = every[every["of_universe"] | every["cluster"].notna()].reset_index(drop=True)
    return kept, outsiders.rename(columns={"id_key": "id_number"})


def _read(lake: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """Columns of a lake table in the quarter; those it does not have are null, empty text where they are of KEY."""
    import pyarrow.dataset as ds

    folder = lake / table.split("_", 1)[0] / table / f"quarter={QUARTER.key}"
    data = ds.dataset(sorted(folder.rglob("*.parquet")), format="parquet")
    rows: pd.DataFrame = data.to_table([column for column in columns if column in data.schema.names]).to_pandas()
    rows = rows.reindex(columns=columns)
    keys = [column for column in columns if column in KEY]
    return rows.fillna(dict.fromkeys(keys, ""))


def _suggestions(lake: Path) -> pd.DataFrame:
    """KEY and the cluster suggested for it, of the records that wait for review."""
    folder = lake / "core" / "core_link_review"
    if not folder.is_dir():
        import pandas as pd

        return pd.DataFrame({name: pd.Series(dtype=str) for name in (*KEY, "suggested")})
    found = _read(lake, "core_link_review", [*KEY, "cluster", "decision"])
    waiting = found[found["decision"] == "review"].rename(columns={"cluster": "suggested"})
    return waiting.drop(columns="decision").drop_duplicates(KEY)


def _delivered(lake: Path) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    import pandas as pd

    line = ["file_name", "line_number"]
    for (system, entity), number in NUMBERS.items():
        table, schemes = f"staged_{system}__{entity}", SCHEMES.get((system, entity))
        if entity == "family":
            columns = [f"{name}_{place}" for place in MEMBERS for name in ("name", "id_number", "id_key")]
            families = _read(lake, table, [*line, number, *columns])
            members = []
            for place in MEMBERS:
                named = families[families[f"name_{place}"].notna() | families[f"id_number_{place}"].notna()]
                part = named[[*line, f"name_{place}", f"id_number_{place}", f"id_key_{place}"]]
                part.columns = [*line, "name", "id_number", "id_key"]
                members.append(part.assign(record_number=named[number] + f"-{place}", position=place))
            rows = pd.concat(members, ignore_index=True)
        else:
            more = MORE.get(system, [])
            rows = _read(lake, table, [*line, number, "name", "id_number", "id_key", *more]).assign(position=0)
            rows = rows.rename(
                columns={number: "record_number", "pool_code": "county_code", "place_code": "county_code"}
            )
            if system == "technical_school":
                rows["names_parent"] = rows[more].notna().any(axis=1)
                rows = rows.drop(columns=more)
            if schemes:
                rows = rows[rows["scheme_code"].isin(schemes)]
            rows = rows.drop(columns="scheme_code", errors="ignore")
        whole = entity if system in INSURANCE else "record"
        rows = rows.fillna({"name": "", "id_key": "", "id_number": ""})
        yield (system, entity), rows.assign(system=system, entity=whole)


def _with_truth(rows: pd.DataFrame, truth: Path, system: str, entity: str) -> pd.DataFrame:
    """With true_id, kind, planted tier and item. Raises MergeError where two lines are one, AssertionError where a line
    is not in the truth."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    line = ["file_name", "line_number", "position"]
    table = pq.read_table(truth / "truth_record" / f"{system}_{QUARTER.key}.parquet")
    table = table.filter(pc.equal(table["entity"], entity)).select([*line, "true_id", "kind", "tier", "item"])
    true = table.to_pandas().rename(columns={"tier": "planted"})
    for name in ("file_name", "kind", "planted", "item"):
        true[name] = true[name].astype(str)
    found = rows.merge(true, on=line, how="left", validate="one_to_one")
    assert found["true_id"].notna().all(), f"{system}.{entity}: a line in the lake that nobody sent"
    found["true_id"] = found["true_id"].astype("int64")
    return found.drop(columns=line)
