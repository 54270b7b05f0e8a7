"""Whom the records belong to that no ID number settles: accepted by evidence, or suggested to an official, or nobody's.

First and last what stands under one number of one system; between them the residual model, first against the people whom an ID number
names, then, system by system, against those of the universe who have none. Who bears another's number with nearly the
other's name is suggested for the other, and so are two numbers that may be one person's (numbers.py). Officials' decisions
come last and count most.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.engines.duckdb import connect, without_values
from pipelines.identity.decisions import MUST_LINK, NEVER_LINK, Record
from pipelines.identity.id_numbers import folded
from pipelines.identity.numbers import close, same_number, two_numbers
from pipelines.identity.residual import link, model
from pipelines.identity.residual.evidence import parts_of_chinese_name
from pipelines.lake import columns_of
from pipelines.scratch import WorkFolder
from pipelines.settings import settings

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

KEPT_APART = "kept_apart"
_RECORD = ("system", "entity", "record_number", "name", "id_key")
_SETTLED = "tier IN ('T1', 'T2', 'T3')"
_FAMILY, _GIVEN = parts_of_chinese_name("name_key")
_OF_BELIEVED = """family_name, given_name, nullif(name_pinyin, name_key) AS name_sound, county_code AS county,
    household_number AS item_1, phone AS item_2"""
# A number of which a spreadsheet left six digits, a school's own or none at all says nothing of whose it is.
_ID_TEXT = """
    CASE WHEN regexp_full_match(upper(quoted_id), '[0-9]{17}[0-9X]') THEN upper(quoted_id)
        WHEN tier = 'T4' OR id_class IN ('missing', 'placeholder', 'temporary') THEN NULL
        WHEN id_key IS NOT NULL THEN id_key
        WHEN regexp_full_match(folded_id, '[0-9]+X?') THEN folded_id END
"""


def find(
    evidence: Path, links: Path, decisions: Sequence[tuple[Record, Record, str]], queue_per_mille: int
) -> pa.Table:
    """Rows of core_link_candidate, from the written core_evidence and core_id_link and the decisions in force; officials
    are asked about as many records as `queue_per_mille` of the people whom an ID number names."""
    own = settings()
    with (
        WorkFolder(own.scratch, "candidates") as folder,
        without_values(),
        connect(own.threads, own.memory_limit, folder) as connection,
    ):
        _read(connection, evidence, links)
        same_number(connection)
        for (rank,) in [(0,), *connection.execute("SELECT DISTINCT system_rank FROM open ORDER BY 1").fetchall()]:
            _by_evidence(connection, rank, folder)
        same_number(connection)
        _contradicted(connection)
        two_numbers(connection, model("registers").choices)
        _decide(connection, decisions)
        _queue(connection, queue_per_mille)
        columns = ", ".join(
            f"CAST({name} AS {kind}) AS {name}" for name, kind in columns_of("core_link_candidate").items()
        )
        return connection.execute(
            f"""SELECT {columns} FROM (
                SELECT *, decision = 'review' AND record_id IN (FROM queue) AS is_queued FROM found
            ) JOIN record USING (record_id) ORDER BY record_id, cluster"""
        ).to_arrow_table()


def _read(connection: DuckDBPyConnection, evidence: Path, links: Path) -> None:
    """What is read where it lies: views delivered (core_id_link) and settled (evidence of whom an ID number names). In
    memory: said (evidence of the others), record (delivered rows that anything is found of), open (said without a person
    yet), known (cluster, its sources), found (rows of core_link_candidate)."""
    named = ", ".join(f"coalesce({name}, '')" for name in _RECORD)
    key = f"concat_ws(chr(31), {named})"
    comparable = f"""{_FAMILY} AS family_name, nullif({_GIVEN}, '') AS given_name, strftime(birth_date, '%Y%m%d') AS birth_text,
        left(region_code, 9) AS town, left(region_code, 12) AS village"""
    connection.execute(
        f"""
        CREATE VIEW delivered AS
        SELECT {key} AS record_id, system || ':' || entity AS source, * RENAME (cluster AS id_cluster, tier AS id_tier),
            {_SETTLED} AS is_settled
        FROM read_parquet('{links}/*.parquet');
        CREATE VIEW settled AS
        SELECT {key} AS record_id, * EXCLUDE file_row_number, id_key AS id_text, {comparable},
            (system_rank::BIGINT << 40) + file_row_number AS believed
        FROM read_parquet('{evidence}/*.parquet', file_row_number = true) WHERE is_settled;
        CREATE TABLE said AS
        SELECT *, {_ID_TEXT} AS id_text, {comparable}, (system_rank::BIGINT << 40) + row_number() OVER (ORDER BY record_id) AS believed
        FROM (SELECT {key} AS record_id, *, {folded("id_number", True)} AS folded_id FROM read_parquet('{evidence}/*.parquet') WHERE NOT is_settled);
        CREATE TABLE open AS SELECT record_id, system_rank, entity, tier, cluster FROM said;
        CREATE TABLE record AS
        SELECT * FROM delivered WHERE NOT is_settled
            OR entity <> 'record' AND (system, record_number) IN (SELECT (system, record_number) FROM said WHERE entity <> 'record');
        CREATE TABLE known AS
        WITH sources AS (
            SELECT source, row_number() OVER (ORDER BY source) - 1 AS place FROM (SELECT DISTINCT source FROM delivered)
        ), marked AS (
            SELECT id_cluster AS cluster, bit_or(1::INTEGER << place) AS marks FROM delivered JOIN sources USING (source)
            WHERE is_settled GROUP BY id_cluster
        )
        SELECT cluster, sources FROM marked JOIN (
            SELECT marks, list(source ORDER BY source) AS sources FROM (SELECT DISTINCT marks FROM marked) JOIN sources ON marks & (1::INTEGER << place) <> 0
            GROUP BY marks
        ) USING (marks);
        CREATE TABLE found (record_id VARCHAR, cluster VARCHAR, tier VARCHAR, decision VARCHAR, points DECIMAL(6,2),
            match_weight DECIMAL(9,2), evidence VARCHAR, linked_cluster VARCHAR);
        """
    )


def _by_evidence(connection: DuckDBPyConnection, rank: int, folder: Path) -> None:
    """Open records against the people with an ID number (rank 0), or against those of one system who have none.

    Names and places are those of the record believed first; what only another one says is taken from there.
    """
    if rank == 0:
        relation, persons, seekers = "settled", "TRUE", "open.tier <> 'not_found'"
    else:
        # Who bears another's number under a name of their own may stand in several systems: a person of the first of them.
        first = f"SELECT cluster FROM open WHERE entity = 'record' GROUP BY cluster HAVING min(system_rank) = {rank}"
        relation, persons = "said", f"record_id IN (SELECT record_id FROM open) AND cluster IN ({first})"
        seekers = (
            f"(open.system_rank > {rank} AND coalesce(open.cluster, '') NOT IN ({first}) OR open.tier = 'not_found')"
        )
    told = f"""SELECT cluster, id_text, birth_text AS birth_date, sex_code AS sex, kin_household_number AS kin_household, believed,
        CASE WHEN length(town) = 9 THEN town END AS town, CASE WHEN length(village) = 12 THEN village END AS village,
        CASE WHEN entity = 'record' THEN system || ':' || record_number END AS own_number,
        is_barred_from_pension AS is_barred, {_OF_BELIEVED} FROM {relation} WHERE {persons}"""
    least = ", ".join(f"min({column}) AS {column}" for column in ("birth_date", "sex", "kin_household", "own_number"))
    most = ", ".join(f"max({column}) AS {column}" for column in ("town", "village", "is_barred"))
    first_told = ", ".join(
        f"arg_min({column}, believed) AS {column}"
        for column in ("id_text", "family_name", "given_name", "name_sound", "county", "item_1", "item_2")
    )
    # Most people have one record, which then is what is known of them.
    connection.execute(
        f"""
        COPY (
            WITH several AS (SELECT cluster FROM {relation} WHERE {persons} GROUP BY cluster HAVING count(*) > 1)
            SELECT cluster AS record_id, {rank == 0} AS id_is_valid, * EXCLUDE (cluster, believed, sources, is_barred), sources AS known_sources,
                CASE WHEN is_barred THEN ['social_insurance:participation', 'social_insurance:payment'] END AS barred_sources
            FROM (
                FROM ({told}) ANTI JOIN several USING (cluster)
                UNION ALL BY NAME
                SELECT cluster, max(believed) AS believed, {first_told}, {least}, {most} FROM ({told}) SEMI JOIN several USING (cluster) GROUP BY cluster
            ) LEFT JOIN known USING (cluster)
        ) TO '{folder}/persons.parquet' (FORMAT parquet);
        CREATE OR REPLACE TEMP VIEW residual_persons AS FROM read_parquet('{folder}/persons.parquet');
        CREATE OR REPLACE TEMP TABLE residual_seekers AS
        SELECT said.record_id, system || ':' || said.entity AS source, id_text, id_key IS NOT NULL AND said.tier <> 'T4' AS id_is_valid, said.tier = 'T4' AS id_is_anothers,
            birth_text AS birth_date, sex_code AS sex, town, village, CAST(NULL AS VARCHAR) AS own_number,
            'poverty_register:' || quoted_number AS quoted_number, kin_household_number AS kin_household, namesakes, {_OF_BELIEVED}
        FROM said JOIN open USING (record_id) WHERE {seekers};
        """
    )
    pairs = link(connection, "residual_seekers", "residual_persons", model("registers"), folder)
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
    close(connection)


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


def _decide(connection: DuckDBPyConnection, decisions: Sequence[tuple[Record, Record, str]]) -> None:
    """Officials' decisions: what must not go together is parted, then what must is put together."""
    if not decisions:
        return
    named = sorted({(one.system, one.record_number) for first, second, _ in decisions for one in (first, second)})
    connection.execute("CREATE TABLE decided (system VARCHAR, record_number VARCHAR)")
    connection.executemany("INSERT INTO decided VALUES (?, ?)", [list(one) for one in named])
    # With them everyone who stands with one of them, whom a decision moves too.
    connection.execute(
        """
        INSERT INTO record
        WITH stands AS (
            SELECT id_cluster AS cluster FROM delivered SEMI JOIN decided USING (system, record_number)
            UNION SELECT linked_cluster FROM found JOIN record USING (record_id) SEMI JOIN decided USING (system, record_number)
        )
        FROM delivered ANTI JOIN record USING (record_id)
        WHERE id_cluster IN (FROM stands WHERE cluster IS NOT NULL) OR (system, record_number) IN (SELECT (system, record_number) FROM decided)
        """
    )
    for outcome, apply in ((NEVER_LINK, _part), (MUST_LINK, _join)):
        for first, second, decided in decisions:
            if decided == outcome:
                apply(connection, _forms(connection, first), _forms(connection, second))


def _queue(connection: DuckDBPyConnection, per_mille: int) -> None:
    """Makes `queue`, the records that officials are asked about: of each tier as many, for children seldom have a number that
    speaks for them; in a tier first those with one person to choose, then by points. Among equals the digest of the record
    decides, which favours no system and no county."""
    row = connection.execute("SELECT count(*) FROM known").fetchone()
    assert row is not None
    connection.execute(
        f"""
        CREATE TABLE queue AS
        SELECT record_id FROM (
            SELECT record_id, min(tier) AS tier, count(*) AS choices, max(points) AS points FROM found WHERE decision = 'review' GROUP BY record_id
        )
        ORDER BY row_number() OVER (PARTITION BY tier ORDER BY choices, points DESC NULLS FIRST, md5(record_id)), tier
        LIMIT {per_mille * int(row[0]) // 1000}
        """
    )


class _Form(NamedTuple):
    """One form in which a record came, and the person it stands with."""

    record_id: str
    cluster: str | None
    rank: int
    apart: str | None  # the cluster it has when it stands alone
    is_brought: bool  # evidence or an official put it there, not its number


def _forms(connection: DuckDBPyConnection, record: Record) -> list[_Form]:
    rows = connection.execute(
        """
        SELECT record_id, CASE WHEN f.decision IS NULL THEN id_cluster ELSE f.linked_cluster END, system_rank,
            CASE WHEN entity = 'record' THEN system || ':' || record_number END, f.decision IS NOT NULL
        FROM record AS r LEFT JOIN (FROM found WHERE decision <> 'review') AS f USING (record_id)
        WHERE r.system = ? AND r.record_number = ? ORDER BY record_id
        """,
        [record.system, record.record_number],
    ).fetchall()
    return [_Form(*row) for row in rows]


def _part(connection: DuckDBPyConnection, first: list[_Form], second: list[_Form]) -> None:
    """Two records that are not one person: the one that evidence brought, else the one believed less, stands alone, and
    neither is suggested for the other."""
    for one, other in ((first, second), (second, first)):
        connection.executemany(
            "DELETE FROM found WHERE decision = 'review' AND record_id = ? AND cluster = ?",
            [[a.record_id, b.cluster] for a in one for b in other if b.cluster] or [["", ""]],
        )
    together = {a.cluster for a in first} & {b.cluster for b in second} - {None}
    later = max(first, second, key=lambda forms: [(form.is_brought, form.rank, form.record_id) for form in forms[:1]])
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
