"""Whom the records belong to that no ID number settles: accepted by evidence, or suggested to an official, or nobody's.

First and last what stands under one number of one system; between them the residual model, first against the people whom an ID number
names, then, system by system, against those of the universe who have none. Who bears another's number with nearly the
other's name is suggested for the other. Officials' decisions come last and count most.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.engines.duckdb import connect, without_values
from pipelines.identity.decisions import MUST_LINK, NEVER_LINK, Record
from pipelines.identity.id_numbers import folded
from pipelines.identity.residual import link, model
from pipelines.identity.residual.evidence import parts_of_chinese_name
from pipelines.lake import columns_of
from pipelines.settings import settings

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

KEPT_APART = "kept_apart"
_RECORD = ("system", "entity", "record_number", "name", "id_key")
_SETTLED = "tier IN ('T1', 'T2', 'T3')"
_FAMILY, _GIVEN = parts_of_chinese_name("name_key")
# A number of which a spreadsheet left six digits, a school's own or none at all says nothing of whose it is.
_ID_TEXT = """
    CASE WHEN regexp_full_match(upper(quoted_id), '[0-9]{17}[0-9X]') THEN upper(quoted_id)
        WHEN tier = 'T4' OR id_class IN ('missing', 'placeholder', 'temporary') THEN NULL
        WHEN id_key IS NOT NULL THEN id_key
        WHEN regexp_full_match(folded_id, '[0-9]+X?') THEN folded_id END
"""


def find(evidence: Path, links: Path, decisions: Sequence[tuple[Record, Record, str]]) -> pa.Table:
    """Rows of core_link_candidate, from the written core_evidence and core_id_link and the decisions in force."""
    own = settings()
    with without_values(), connect(own.threads, own.memory_limit, own.scratch) as connection:
        _read(connection, evidence, links)
        _same_number(connection)
        for rank in (
            0,
            *(row[0] for row in connection.execute("SELECT DISTINCT system_rank FROM open ORDER BY 1").fetchall()),
        ):
            _by_evidence(connection, rank)
        _same_number(connection)
        _contradicted(connection)
        _decide(connection, decisions)
        columns = ", ".join(
            f"CAST({name} AS {kind}) AS {name}" for name, kind in columns_of("core_link_candidate").items()
        )
        return connection.execute(
            f"SELECT {columns} FROM found JOIN record USING (record_id) ORDER BY record_id, cluster"
        ).to_arrow_table()


def _read(connection: DuckDBPyConnection, evidence: Path, links: Path) -> None:
    """Tables record (all of core_id_link), open (evidence of what is unsettled), person (evidence by cluster), found."""
    named = ", ".join(f"coalesce({name}, '')" for name in _RECORD)
    key = f"concat_ws(chr(31), {named})"
    connection.execute(
        f"""
        CREATE TABLE record AS SELECT {key} AS record_id, system || ':' || entity AS source, * RENAME (cluster AS id_cluster, tier AS id_tier)
        FROM read_parquet('{links}/*.parquet');
        CREATE TABLE said AS
        SELECT *, {_FAMILY} AS family_name, nullif({_GIVEN}, '') AS given_name, {_ID_TEXT} AS id_text,
            strftime(birth_date, '%Y%m%d') AS birth_text, left(region_code, 9) AS town, left(region_code, 12) AS village
        FROM (SELECT {key} AS record_id, *, {folded("id_number", True)} AS folded_id FROM read_parquet('{evidence}/*.parquet'));
        CREATE TABLE open AS SELECT record_id, system_rank, entity, tier, cluster FROM said WHERE NOT is_settled;
        CREATE TABLE found (record_id VARCHAR, cluster VARCHAR, tier VARCHAR, decision VARCHAR, points DECIMAL(6,2),
            match_weight DECIMAL(9,2), evidence VARCHAR, linked_cluster VARCHAR);
        """
    )


def _same_number(connection: DuckDBPyConnection) -> None:
    """One number of one system names one person: rows of it that no ID settles go with those that are linked."""
    connection.execute(
        f"""
        INSERT INTO found
        WITH linked AS (
            SELECT system, record_number, name_key, id_key, id_cluster AS cluster, 'T5' AS tier
            FROM record WHERE {_SETTLED.replace("tier", "id_tier")} AND entity <> 'record'
            UNION ALL
            SELECT system, record_number, name_key, id_key, linked_cluster, tier
            FROM found JOIN record USING (record_id) WHERE decision = 'auto' AND entity <> 'record'
        ), settled AS (
            SELECT system, record_number, name_key, min(cluster) AS cluster, min(tier) AS tier, list(id_key) AS id_keys
            FROM linked GROUP BY ALL HAVING count(DISTINCT cluster) = 1
        )
        SELECT record_id, s.cluster, s.tier, 'auto', NULL, NULL, 'number=same; name=exact', s.cluster
        FROM record AS r JOIN settled AS s USING (system, record_number, name_key) JOIN open USING (record_id)
        WHERE r.entity <> 'record' AND r.name_key <> ''
            AND (r.id_tier = 'no_usable_id' OR r.id_tier = 'not_found' AND list_contains(s.id_keys, r.id_key))
        """
    )
    _close(connection)


def _by_evidence(connection: DuckDBPyConnection, rank: int) -> None:
    """Open records against the people with an ID number (rank 0), or against those of one system who have none.

    Names and places are those of the record believed first; what only another one says is taken from there.
    """
    columns = """family_name, given_name, nullif(name_pinyin, name_key) AS name_sound, sex_code AS sex, county_code AS county,
        town, village, household_number AS item_1, phone AS item_2"""
    own = "CASE WHEN entity = 'record' THEN system || ':' || record_number END AS own_number"
    quoted = "'poverty_register:' || quoted_number AS quoted_number"
    if rank == 0:
        persons, seekers = "is_settled", "open.tier <> 'not_found'"
    else:
        # Who bears another's number under a name of their own may stand in several systems: a person of the first of them.
        first = f"SELECT cluster FROM open WHERE entity = 'record' GROUP BY cluster HAVING min(system_rank) = {rank}"
        persons = f"record_id IN (SELECT record_id FROM open) AND cluster IN ({first})"
        seekers = (
            f"(open.system_rank > {rank} AND coalesce(open.cluster, '') NOT IN ({first}) OR open.tier = 'not_found')"
        )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE residual_persons AS
        SELECT cluster AS record_id, arg_min(id_text, believed) AS id_text, {rank == 0} AS id_is_valid,
            arg_min(family_name, believed) AS family_name, arg_min(given_name, believed) AS given_name,
            arg_min(name_sound, believed) AS name_sound, min(birth_text) AS birth_date, min(sex) AS sex, arg_min(county, believed) AS county,
            max(town) FILTER (length(town) = 9) AS town, max(village) FILTER (length(village) = 12) AS village,
            arg_min(item_1, believed) AS item_1, arg_min(item_2, believed) AS item_2, min(own_number) AS own_number,
            any_value(known_sources) AS known_sources
        FROM (SELECT cluster, id_text, birth_text, {own}, printf('%02d', system_rank) || record_id AS believed, {columns} FROM said WHERE {persons})
        LEFT JOIN (
            SELECT id_cluster AS cluster, list_sort(list(DISTINCT source)) AS known_sources FROM record
            WHERE {_SETTLED.replace("tier", "id_tier")} GROUP BY id_cluster
        ) USING (cluster)
        GROUP BY cluster;
        CREATE OR REPLACE TEMP TABLE residual_seekers AS
        SELECT said.record_id, system || ':' || said.entity AS source, id_text, id_key IS NOT NULL AND said.tier <> 'T4' AS id_is_valid, said.tier = 'T4' AS id_is_anothers,
            birth_text AS birth_date, CAST(NULL AS VARCHAR) AS own_number, {quoted}, namesakes, {columns}
        FROM said JOIN open USING (record_id) WHERE {seekers};
        """
    )
    pairs = link(connection, "residual_seekers", "residual_persons", model("registers"))
    connection.register("pairs", pairs)
    connection.execute(
        """
        INSERT INTO found
        SELECT left_id, right_id, CASE WHEN level_id = 'missing' THEN 'T6' ELSE 'T5' END, decision, points, match_weight,
            evidence, CASE WHEN decision = 'auto' THEN right_id END
        FROM pairs
        """
    )
    connection.unregister("pairs")
    _close(connection)


def _contradicted(connection: DuckDBPyConnection) -> None:
    """A number that birth date or sex speak against, beside a name like its holder's: only a person can judge that."""
    told = ", ".join(
        f"CASE WHEN {own} = {of_id} THEN '{field}=exact' WHEN {own} IS NOT NULL THEN '{field}=different' END"
        for field, own, of_id in (
            ("birth_date", "birth_text", "id_key[7:14]"),
            ("sex", "sex_code", "CASE WHEN id_key[17:17]::INTEGER % 2 = 1 THEN '1' ELSE '2' END"),
        )
    )
    connection.execute(
        f"""
        INSERT INTO found
        SELECT record_id, 'id:' || id_key, 'T3', 'review', NULL, NULL, concat_ws('; ', 'id=contradicted', 'name=' || name_level, {told}), NULL
        FROM said JOIN open USING (record_id) JOIN (SELECT record_id, name_level FROM record) USING (record_id)
        WHERE said.tier = 'T4' AND name_level NOT IN ('different', 'missing')
            AND NOT EXISTS (FROM found AS f WHERE f.record_id = said.record_id AND f.cluster = 'id:' || said.id_key)
        """
    )


def _close(connection: DuckDBPyConnection) -> None:
    """What is linked is no longer open, and its suggestions are void."""
    connection.execute(
        """
        DELETE FROM open WHERE record_id IN (SELECT record_id FROM found WHERE decision = 'auto');
        DELETE FROM found WHERE decision = 'review' AND record_id IN (SELECT record_id FROM found WHERE decision = 'auto');
        """
    )


def _decide(connection: DuckDBPyConnection, decisions: Sequence[tuple[Record, Record, str]]) -> None:
    """Officials' decisions: what must not go together is parted, then what must is put together."""
    for outcome, apply in ((NEVER_LINK, _part), (MUST_LINK, _join)):
        for first, second, decided in decisions:
            if decided == outcome:
                apply(connection, _forms(connection, first), _forms(connection, second))


class _Form(NamedTuple):
    """One form in which a record came, and the person it stands with."""

    record_id: str
    cluster: str | None
    rank: int
    apart: str | None  # the cluster it has when it stands alone


def _forms(connection: DuckDBPyConnection, record: Record) -> list[_Form]:
    rows = connection.execute(
        """
        SELECT record_id, CASE WHEN f.decision IS NULL THEN id_cluster ELSE f.linked_cluster END, system_rank,
            CASE WHEN entity = 'record' THEN system || ':' || record_number END
        FROM record AS r LEFT JOIN (FROM found WHERE decision <> 'review') AS f USING (record_id)
        WHERE r.system = ? AND r.record_number = ? ORDER BY record_id
        """,
        [record.system, record.record_number],
    ).fetchall()
    return [_Form(*row) for row in rows]


def _part(connection: DuckDBPyConnection, first: list[_Form], second: list[_Form]) -> None:
    """Two records that are not one person: the one believed less stands alone, and neither is suggested for the other."""
    for one, other in ((first, second), (second, first)):
        connection.executemany(
            "DELETE FROM found WHERE decision = 'review' AND record_id = ? AND cluster = ?",
            [[a.record_id, b.cluster] for a in one for b in other if b.cluster] or [["", ""]],
        )
    together = {a.cluster for a in first} & {b.cluster for b in second} - {None}
    later = max(first, second, key=lambda forms: [(form.rank, form.record_id) for form in forms[:1]])
    for form in later:
        if form.cluster in together:
            _settle(connection, [form.record_id], KEPT_APART, NEVER_LINK, str(form.cluster), form.apart)


def _join(connection: DuckDBPyConnection, first: list[_Form], second: list[_Form]) -> None:
    """Two records that are one person: whoever stands with either of them stands with both."""
    clusters = {form.cluster for form in (*first, *second)} - {None}
    if not clusters:
        return
    # A cluster that is named by an ID number, else the one of the system believed first.
    ranks = {form.cluster: form.rank for form in sorted((*first, *second), key=lambda form: -form.rank)}
    kept = min((str(c) for c in clusters), key=lambda c: (not c.startswith("id:"), ranks[c], c))
    moved = [form.record_id for form in (*first, *second) if form.cluster is None]
    for cluster in sorted(str(c) for c in clusters if c != kept):
        moved += [
            str(row[0])
            for row in connection.execute(
                """
                SELECT record_id FROM record AS r LEFT JOIN (FROM found WHERE decision <> 'review') AS f USING (record_id)
                WHERE CASE WHEN f.decision IS NULL THEN id_cluster ELSE f.linked_cluster END = ? ORDER BY record_id
                """,
                [cluster],
            ).fetchall()
        ]
    _settle(connection, moved, None, MUST_LINK, kept, kept)


def _settle(
    connection: DuckDBPyConnection,
    records: Sequence[str],
    tier: str | None,
    decision: str,
    cluster: str,
    linked: str | None,
) -> None:
    """An official's word about records takes the place of whatever was found of them."""
    for record_id in records:
        connection.execute("DELETE FROM found WHERE record_id = ?", [record_id])
        connection.execute(
            """
            INSERT INTO found
            SELECT record_id, ?, coalesce(?, 'official'), ?,
                NULL, NULL, 'official', ? FROM record WHERE record_id = ?
            """,
            [cluster, tier, decision, linked, record_id],
        )
