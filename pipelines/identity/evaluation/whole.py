"""The main figures of a whole province, counted by SQL: at 1:1 the frames of pairs.py would not fit into memory.

The definitions are those of pairs.py; a test holds both against each other. Neither the oracle nor subgroups are counted.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.engines.duckdb import connect, without_values
from pipelines.identity.evaluation.figures import ALL, PRECISION, QUEUE, RECALL, WITH_REVIEW, Share, Tally
from pipelines.identity.evaluation.province import PROCESSES, QUARTER
from pipelines.identity.evaluation.records import (
    CONFLICT,
    INSURANCE,
    KEY,
    MEMBERS,
    NUMBERS,
    OUTSIDE,
    RANKS,
    SCHEMES,
    USABLE,
)
from pipelines.settings import settings

MEMORY = "8GiB"  # of the count, not of what is counted
_KEY = ", ".join(KEY)


def tally(lake: Path, truth: Path) -> Tally:
    """Precision (also by tier), recall, recall with suggestions and review queue of the province that lies there."""

    def core(table: str) -> str:
        return f"read_parquet('{lake}/core/{table}/quarter={QUARTER.key}/**/*.parquet')"

    settings().scratch.mkdir(parents=True, exist_ok=True)
    with without_values(), connect(PROCESSES, MEMORY, settings().scratch) as connection:
        connection.execute(
            f"""
            CREATE VIEW links AS SELECT * REPLACE (coalesce(id_key, '') AS id_key) FROM {core("core_link")};
            CREATE TABLE suggestions AS SELECT system, entity, record_number, name, coalesce(id_key, '') AS id_key, min(cluster) AS suggested
            FROM {core("core_link_candidate")} WHERE decision = 'review' GROUP BY ALL;
            CREATE VIEW truth AS SELECT * FROM read_parquet('{truth}/truth_record/*.parquet');
            CREATE TABLE delivered AS
            WITH sent AS ({" UNION ALL ".join(_lines(lake, *entity) for entity in NUMBERS)}),
            told AS (
                SELECT s.system, grain AS entity, record_number, name, id_key, any_value(true_id) AS true_id, any_value(tier) AS planted, min(place) AS place
                FROM sent AS s JOIN truth AS t USING (system, file_name, line_number, position) WHERE t.entity = s.entity GROUP BY ALL
            )
            SELECT row_number() OVER (ORDER BY place, record_number, name, entity, id_key) AS row, {_KEY}, true_id, planted, tier, cluster
            FROM told LEFT JOIN links USING ({_KEY});
            CREATE TABLE people AS SELECT DISTINCT true_id FROM delivered WHERE true_id BETWEEN 1 AND {OUTSIDE - 1} AND system NOT IN {INSURANCE};
            CREATE TABLE opened AS
            SELECT cluster, min(row) AS row, arg_min(true_id, row) AS owner, arg_min(planted, row) IN {USABLE} AS is_usable FROM delivered
            WHERE cluster IS NOT NULL GROUP BY cluster;
            CREATE TABLE homes AS
            WITH own AS (
                SELECT true_id, cluster, o.row, is_usable, count(*) AS size FROM delivered AS d JOIN opened AS o USING (cluster)
                WHERE true_id = owner GROUP BY ALL
            ), best AS (
                SELECT true_id, arg_max({{'cluster': cluster, 'row': row}}, (size, is_usable, -row)) AS home FROM own GROUP BY true_id
            )
            SELECT true_id, home.cluster AS home, coalesce(home.row, min(d.row)) AS first
            FROM people JOIN delivered AS d USING (true_id) LEFT JOIN best USING (true_id) GROUP BY true_id, home;
            """
        )
        precision = connection.execute(
            """SELECT coalesce(tier, 'none'), count(*) FILTER (true_id = owner), count(*) FROM delivered AS d JOIN opened AS o USING (cluster)
            WHERE d.row <> o.row GROUP BY 1 ORDER BY 1"""
        ).fetchall()
        found, suggested, wanted = connection.execute(
            f"""
            SELECT count(*) FILTER (is_found), count(*) FILTER (NOT is_found AND coalesce(suggested = home, FALSE)), count(*)
            FROM (
                SELECT coalesce(d.cluster = h.home, FALSE) AS is_found, suggested, home
                FROM delivered AS d JOIN homes AS h USING (true_id) JOIN (SELECT row AS first, planted AS first_planted FROM delivered) USING (first)
                LEFT JOIN suggestions AS s USING ({_KEY})
                WHERE d.row <> h.first AND d.planted <> '{CONFLICT}' AND first_planted <> '{CONFLICT}'
            )
            """
        ).fetchall()[0]
        waiting, people = connection.execute(
            "SELECT (SELECT count(*) FROM suggestions), (SELECT count(*) FROM people)"
        ).fetchall()[0]
    tiers = {(PRECISION, "tier", str(tier)): Share(hits, total) for tier, hits, total in precision}
    return tiers | {
        (PRECISION, ALL, ALL): sum(tiers.values(), Share(0, 0)),
        (RECALL, ALL, ALL): Share(found, wanted),
        (WITH_REVIEW, ALL, ALL): Share(found + suggested, wanted),
        (QUEUE, ALL, ALL): Share(waiting, people),
    }


def _lines(lake: Path, system: str, entity: str) -> str:
    """Every clean line: where it stands, and the record it is of."""
    source = f"read_parquet('{lake}/staged/staged_{system}__{entity}/quarter={QUARTER.key}/**/*.parquet')"
    number, rank = NUMBERS[system, entity], RANKS[system]
    grain = entity if system in INSURANCE else "record"
    named = f"'{system}' AS system, '{entity}' AS entity, '{grain}' AS grain, {rank} AS place, file_name, line_number"
    if entity == "family":
        return " UNION ALL ".join(
            f"""SELECT {named}, {member} AS position, {number} || '-{member}' AS record_number, coalesce(name_{member}, '') AS name,
                coalesce(id_key_{member}, '') AS id_key FROM {source}
                WHERE coalesce(name_{member}, '') <> '' OR coalesce(id_number_{member}, '') <> ''"""
            for member in MEMBERS
        )
    where = f"WHERE scheme_code IN {SCHEMES[system, entity]}" if (system, entity) in SCHEMES else ""
    return f"""SELECT {named}, 0 AS position, {number} AS record_number, coalesce(name, '') AS name, coalesce(id_key, '') AS id_key
        FROM {source} {where}"""
