"""Every delivered record of the universe's people, with what the truth says of it and what became of it in core_link.

A record is one row of core_link's grain (system, entity, record_number, name, id_key), however many lines say it. What
counts is what was delivered and not quarantined, whether core_link holds it or not: an insured row that linkage never
met is a record that was missed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.identity.evaluation.province import QUARTER

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

KEY = ["system", "entity", "record_number", "name", "id_key"]
# In the order in which a person's first record is chosen, as core_link ranks them.
NUMBERS = {
    ("poverty_register", "person"): "person_number",
    ("civil_affairs", "family"): "family_number",
    ("employment_platform", "worker"): "record_number",
    ("technical_school", "roll"): "roll_number",
    ("yulu", "payment"): "application_number",
    ("disabled_federation", "holder"): "certificate_number",
    ("social_insurance", "participation"): "person_number",
    ("social_insurance", "payment"): "person_number",
    ("medical_insurance", "participation"): "person_number",
}
RANKS = {system: rank for rank, system in enumerate(dict.fromkeys(system for system, _ in NUMBERS))}
INSURANCE = ("social_insurance", "medical_insurance")
# Of whose number a record has only what stands for it, and which rows are records: the severely disabled, in force.
CERTIFIED = "disabled_federation"
SEVERE, IN_FORCE = ("1", "2"), "1"
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
    CERTIFIED: ["grade_code", "state_code", "valid_until_date"],
}
OUTSIDE = 1_000_000_000  # true ids from here on are people outside the universe
MEMBERS = range(1, 7)
LINE = ["file_name", "line_number"]
NONE, UNKNOWN = -1, -2  # no cluster; a suggestion that names no cluster of these records
USABLE = ("T1", "T2", "T3")  # tiers of the truth that a record's own number and name leave
CONFLICT = "T4"


def read_records(lake: Path, truth: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(records, outsiders).

    Records, in the order of rank, then number: KEY; true_id, kind and planted (the tier the record leaves) of the truth;
    of_universe; rank; id_number as delivered, item, names_parent; of core_link tier, id_class, evidence and cluster as
    a number, NONE where it is not there; suggested, the cluster that core_link_candidate names. Every record of people whom
    a record of the universe's six systems names, and every other row of core_link. Outsiders: true_id, name,
    county_code, id_number of the insured outside the universe who bear the name of a damaged record.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = {entity: _with_truth(_delivered(lake, *entity), truth, *entity) for entity in NUMBERS}
    named = pa.chunked_array([part["true_id"] for (system, _), part in parts.items() if system not in INSURANCE])
    people = pc.unique(named.filter(pc.and_(pc.greater(named, 0), pc.less(named, OUTSIDE))))
    links = _read(lake, "core_link", [*KEY, "tier", "cluster", "id_class", "evidence"])
    suggestions, met = _suggestions(lake), pc.unique(links["id_key"])

    def concerned(part: pa.Table) -> pa.Table:
        linked = pc.or_(pc.is_in(part["id_key"], met), pc.is_in(part["record_number"], suggestions["record_number"]))
        return part.filter(pc.or_(pc.is_in(part["true_id"], people), linked))

    every = pa.concat_tables([concerned(part) for part in parts.values()], promote_options="default")
    # A record said by several lines stands once.
    others = [name for name in every.schema.names if name not in KEY]
    every = every.group_by(KEY, use_threads=False).aggregate([(name, "first") for name in others])
    every = every.rename_columns([name.removesuffix("_first") for name in every.schema.names])
    every = every.join(links, KEY, join_type="left outer").join(suggestions, KEY, join_type="left outer")
    of_universe = pc.is_in(every["true_id"], people)
    every = every.append_column("of_universe", of_universe)
    decided = pc.or_(pc.is_valid(every["cluster"]), pc.is_valid(every["suggested"]))
    every = every.filter(pc.or_(of_universe, decided))
    every = every.sort_by([(name, "ascending") for name in ("rank", "record_number", "name", "entity", "id_key")])
    clusters = pc.unique(every["cluster"]).drop_null()
    for name in ("cluster", "suggested"):
        known = pc.fill_null(pc.index_in(every[name], clusters), UNKNOWN)
        number = pc.if_else(pc.is_null(every[name]), NONE, known)
        every = every.set_column(every.schema.get_field_index(name), name, number)
    damaged = every.filter(pc.invert(pc.is_in(every["planted"], pa.array([*USABLE, CONFLICT]))))
    outside = [_outsiders(parts[entity], pc.unique(damaged["name"])) for entity in NUMBERS if entity[0] in INSURANCE]
    outsiders = pa.concat_tables(outside).to_pandas().drop_duplicates("true_id", ignore_index=True)
    return _frame(every), outsiders


def _frame(table: pa.Table) -> pd.DataFrame:
    """As pandas holds it in little memory: texts of few values as categories, the others as Arrow's."""
    import pandas as pd
    import pyarrow as pa

    few = ("system", "entity", "kind", "planted", "item", "tier", "id_class")
    for name in few:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].combine_chunks().dictionary_encode())
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): pd.ArrowDtype(pa.string())}.get)
    return frame


def _read(lake: Path, table: str, columns: list[str]) -> pa.Table:
    """Columns of a lake table in the quarter; those it does not have are null, empty text where they are of KEY."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    folder = lake / table.split("_", 1)[0] / table / f"quarter={QUARTER.key}"
    data = ds.dataset(sorted(folder.rglob("*.parquet")), format="parquet")
    rows = data.to_table([column for column in columns if column in data.schema.names])
    found = {}
    for column in columns:
        if column not in data.schema.names:
            found[column] = pa.nulls(len(rows), pa.string())
        elif column in KEY:
            found[column] = pc.fill_null(rows[column], "")
        else:
            found[column] = rows[column]
    return pa.table(found)


def _suggestions(lake: Path) -> pa.Table:
    """KEY and the cluster suggested for it, of the records that wait for review."""
    import pyarrow as pa

    if not (lake / "core" / "core_link_candidate").is_dir():
        return pa.table({name: pa.array([], pa.string()) for name in (*KEY, "suggested")})
    found = _read(lake, "core_link_candidate", [*KEY, "cluster", "is_queued"])
    waiting = found.filter(found["is_queued"])
    best = waiting.group_by(KEY, use_threads=False).aggregate([("cluster", "first")])
    return best.rename_columns([*best.schema.names[:-1], "suggested"])


def _delivered(lake: Path, system: str, entity: str) -> pa.Table:
    """file_name, line_number, position; KEY, rank, id_number, county_code and names_parent of every clean line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    number, table = NUMBERS[system, entity], f"staged_{system}__{entity}"
    if entity == "family":
        columns = [f"{name}_{place}" for place in MEMBERS for name in ("name", "id_number", "id_key")]
        families = _read(lake, table, [*LINE, number, *columns])
        rows = pa.concat_tables([_members(families, number, place) for place in MEMBERS])
    else:
        rows = _read(lake, table, [*LINE, number, "name", "id_number", "id_key", *MORE.get(system, [])])
        rows = rows.rename_columns([{number: "record_number"}.get(name, name) for name in rows.schema.names])
        rows = rows.append_column("position", _same(rows, 0, pa.int8()))
    if system == CERTIFIED:
        rows = _in_force(rows)
    if (system, entity) in SCHEMES:
        rows = rows.filter(pc.is_in(rows["scheme_code"], pa.array(SCHEMES[system, entity])))
    place = next((rows[name] for name in ("pool_code", "place_code") if name in rows.schema.names), None)
    parents = [
        pc.is_valid(rows[name]) for name in ("father_id_number", "mother_id_number") if name in rows.schema.names
    ]
    return pa.table(
        {
            **{name: rows[name] for name in (*LINE, "position")},
            "system": _same(rows, system, pa.string()),
            "entity": _same(rows, entity if system in INSURANCE else "record", pa.string()),
            **{name: pc.fill_null(rows[name], "") for name in ("record_number", "name", "id_key", "id_number")},
            "rank": _same(rows, RANKS[system], pa.int8()),
            "county_code": place if place is not None else _same(rows, "", pa.string()),
            "names_parent": pc.or_(*parents) if parents else _same(rows, False, pa.bool_()),
        }
    )


def _in_force(holders: pa.Table) -> pa.Table:
    """The rows that are records, with what stands for the number of their certificate."""
    import pyarrow as pa
    import pyarrow.compute as pc

    until = holders["valid_until_date"]
    runs = pc.or_(pc.is_null(until), pc.greater_equal(until, pa.scalar(QUARTER.last_day, until.type)))
    is_valid = pc.equal(pc.fill_null(holders["state_code"], IN_FORCE), IN_FORCE)
    rows = holders.filter(pc.and_(pc.is_in(holders["grade_code"], pa.array(SEVERE)), pc.and_(is_valid, runs)))
    keys = [hashlib.sha256(number.encode()).hexdigest()[:24] for number in rows["record_number"].to_pylist()]
    return rows.set_column(rows.schema.get_field_index("record_number"), "record_number", pa.array(keys, pa.string()))


def _members(families: pa.Table, number: str, place: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    named = pc.or_(pc.is_valid(families[f"name_{place}"]), pc.is_valid(families[f"id_number_{place}"]))
    part = families.filter(named)
    return pa.table(
        {
            **{name: part[name] for name in LINE},
            "record_number": pc.binary_join_element_wise(part[number], f"-{place}", ""),
            **{name: part[f"{name}_{place}"] for name in ("name", "id_number", "id_key")},
            "position": _same(part, place, pa.int8()),
        }
    )


def _same(rows: pa.Table, value: object, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    return pa.repeat(pa.scalar(value, kind), len(rows))


def _with_truth(rows: pa.Table, truth: Path, system: str, entity: str) -> pa.Table:
    """With true_id, kind, planted tier and item. Raises AssertionError where a line is not in the truth, or twice."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    line = [*LINE, "position"]
    table = pq.read_table(truth / "truth_record" / f"{system}_{QUARTER.key}.parquet")
    table = table.filter(pc.equal(table["entity"], entity)).select([*line, "true_id", "kind", "tier", "item"])
    texts = {name: table[name].cast(pa.string()) for name in ("file_name", "kind", "tier", "item")}
    true = pa.table({name: texts.get(name, table[name]) for name in table.schema.names})
    true = true.rename_columns([*line, "true_id", "kind", "planted", "item"])
    found = rows.set_column(
        rows.schema.get_field_index("line_number"), "line_number", rows["line_number"].cast(pa.int64())
    )
    found = found.join(true, line, join_type="left outer")
    assert found["true_id"].null_count == 0, f"{system}.{entity}: a line in the lake that nobody sent"
    assert len(found) == len(rows), f"{system}.{entity}: a line that stands twice in the truth"
    return found.drop_columns(line)


def _outsiders(insured: pa.Table, names: pa.Array) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pc.and_(pc.equal(insured["planted"], "T1"), pc.invert(pc.starts_with(insured["kind"], "name_")))
    chosen = pc.and_(pc.greater_equal(insured["true_id"], OUTSIDE), pc.is_in(insured["name"], names))
    found = insured.filter(pc.and_(whole, chosen))
    return pa.table({
        "true_id": found["true_id"], "name": found["name"], "county_code": found["county_code"], "id_number": found["id_key"],
    })  # fmt: skip
