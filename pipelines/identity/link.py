"""The step `link`: who of this quarter's records is one person, and which key names that person from quarter to quarter."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from pipelines import pseudonyms, regions
from pipelines.columns import COLUMNS
from pipelines.deliveries.ledger import Partition
from pipelines.deliveries.scope import county_codes
from pipelines.engines.arrow_parts import arrow_type
from pipelines.engines.base import Engine
from pipelines.identity import candidates, decisions
from pipelines.identity.names import name_table
from pipelines.lake import Lake
from pipelines.measures import parameters
from pipelines.periods import Quarter
from pipelines.regions.succession import successions_until
from pipelines.releases import PLANNED, Release, all_releases, latest
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.steps import Built

if TYPE_CHECKING:
    import pyarrow as pa


def link(quarter: str) -> Built:
    """Make the core identity tables of the quarter's planned release. Skipped where none is planned."""
    release = latest(all_releases(), Quarter.parse(quarter))
    if release is None or release.state != PLANNED:
        return Built(quarter, release.release if release else None, skipped=True, note="no release is planned")
    lake = Lake()
    made = make(lake, release)
    decided, moved = made["core_link_verdict"].n_rows, _moved(lake, release)
    remarks = [f"{decided:,} decisions in force, {moved:,} records stand elsewhere"] if decided else []
    if later := _unasked(lake, release):
        remarks.append(f"{later:,} less likely suggestions come when others are answered (review_queue_per_mille)")
    rows = {name: part.n_rows for name, part in made.items()}
    return Built(
        quarter,
        release.release,
        rows,
        facts={"decisions_in_force": decided, "records_moved_by_decision": moved, "suggestions_for_later": later},
        remarks=tuple(remarks),
    )


def _unasked(lake: Lake, release: Release) -> int:
    """How many suggestions officials are not asked about yet."""
    return len(lake.rows(release, "core_link_candidate", ["decision"], decision=["review"], is_queued=[False]))


def _moved(lake: Lake, release: Release) -> int:
    """How many records stand elsewhere than number and evidence put them, because an official said so."""
    import pyarrow.dataset as ds

    links = ds.dataset(str(lake.files_of(release, "core_link")), format="parquet")
    return int(links.count_rows(filter=ds.field("decision").isin([decisions.MUST_LINK, decisions.NEVER_LINK])))


def make(lake: Lake, release: Release) -> dict[str, Partition]:
    """The core identity tables of a release."""
    policy = parameters.planned(release.inputs).of(release.quarter)
    producers = {
        "core_region": _regions,
        "core_region_succession": _successions,
        "core_source_scope": _scope,
        "core_id_prefix": _prefixes,
        "core_case_number": _case_numbers,
        "core_name": _names,
        "core_link_verdict": lambda planned, _engine: decisions.verdicts(planned),
        "core_link_candidate": lambda planned, _engine: _candidates(
            lake, planned, int(str(policy["review_queue_per_mille"]))
        ),
    }
    return lake.build("link", release, policy, producers)


def _regions(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    deep = _deep_villages()
    return pa.Table.from_pylist(
        [
            {
                "region_code": division.region_code,
                "region_level": division.level,
                "region_name": division.name,
                "parent_code": division.parent_code or None,
                "is_poor_county": division.is_poor_county,
                "is_deep_poverty_village": division.region_code in deep,
            }
            for division in regions.divisions(release.quarter.last_day)
        ]
    )


def _successions(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    made = successions_until(release.quarter.last_day)
    columns = {
        "was_region_code": [one.was_code for one in made],
        "region_code": [one.region_code for one in made],
        "region_level": [one.level for one in made],
        "since_date": [one.since for one in made],
        "succession_code": [one.kind for one in made],
        "is_main": [one.is_main for one in made],
        "certainty": [one.certainty for one in made],
    }
    return pa.table({name: pa.array(values, arrow_type(COLUMNS[name].type)) for name, values in columns.items()})


def _prefixes(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    in_force = regions.divisions(release.quarter.last_day, "county")
    rows = [(d.region_code, prefix) for d in in_force for prefix in sorted(regions.id_prefixes()[d.region_code])]
    return pa.Table.from_pylist([{"county_code": county, "id_prefix": prefix} for county, prefix in rows])


def _deep_villages() -> frozenset[str]:
    """The office's own list of deep-poverty villages, `reference/deep_villages.csv`; empty where it keeps none."""
    file = settings().reference / "deep_villages.csv"
    if not file.is_file():
        return frozenset()
    with file.open(encoding="utf-8", newline="") as lines:
        return frozenset(row["village_code"] for row in csv.DictReader(lines))


def _scope(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    chosen = {
        (table, county): delivery
        for delivery in release.inputs["deliveries"]
        for table, counties in delivery["tables"].items()
        for county in counties
    }
    rows = []
    for system, source in SOURCES.items():
        needed = [table.name for table in source.core_tables]
        for county in sorted(county_codes(release.quarter)):
            delivery = chosen.get((needed[0], county))
            rows.append(
                {
                    "system": system,
                    "county_code": county,
                    "has_data": all((table, county) in chosen for table in needed),
                    "delivery_id": delivery["delivery_id"] if delivery else None,
                    "delivery_quarter": delivery["quarter"] if delivery else None,
                    "cut_date": delivery["cut_date"] if delivery else None,
                }
            )
    schema = pa.schema([(name, pa.bool_() if name == "has_data" else pa.string()) for name in rows[0]])
    table = pa.Table.from_pylist(rows, schema=schema)
    dates = table.column("cut_date").cast(pa.date32())
    return table.set_column(table.schema.get_field_index("cut_date"), "cut_date", dates)


_TOLD = "SELECT DISTINCT issue_number FROM staged_verification_feedback__finding WHERE issue_number IS NOT NULL"
_KNOWN = "SELECT case_code FROM previous.core_case"


def _case_numbers(_release: Release, engine: Engine) -> pa.Table:
    """Which case each number means that came back: lists went out with pseudonyms in their numbers."""
    import pyarrow as pa

    told = [str(row["issue_number"]) for row in engine.query(_TOLD, {})]
    known = [str(row["case_code"]) for row in engine.query(_KNOWN, {})] if told else []
    found = pseudonyms.originals(told, known)
    columns = {"issue_number": [*found], "case_code": [*found.values()]}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


_NAMES = """
    SELECT name FROM core_record
    UNION SELECT name FROM core_listed_row
    UNION SELECT name FROM core_other_row
    UNION SELECT name FROM core_pension_participation
    UNION SELECT name FROM core_pension_payment
    UNION SELECT name FROM core_medical_participation
"""


def _names(_release: Release, engine: Engine) -> pa.Table:
    return name_table((str(row["name"]) for row in engine.query(_NAMES, {})), settings().threads)


def _candidates(lake: Lake, release: Release, queue_per_mille: int) -> pa.Table:
    """Found with DuckDB on every engine: the written tables are read where they lie."""
    evidence, links = (lake.files_of(release, name) for name in ("core_evidence", "core_id_link"))
    return candidates.find(evidence, links, decisions.in_force(release), queue_per_mille)
