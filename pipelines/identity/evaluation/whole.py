"""The main figures of a whole province, counted by SQL: at 1:1 the frames of pairs.py would not fit into memory.

The definitions are those of pairs.py and oracle.py; a test holds both against each other. Subgroups are not counted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.duckdb import connect, without_values
from pipelines.identity.evaluation.figures import (
    ALL,
    CEILING,
    PRECISION,
    QUEUE,
    RECALL,
    RESIDUAL_FOUND,
    WITH_REVIEW,
    Share,
    Tally,
)
from pipelines.identity.evaluation.oracle import CARRIED, fits_one
from pipelines.identity.evaluation.province import PROCESSES, QUARTER
from pipelines.identity.evaluation.records import (
    CERTIFIED,
    CONFLICT,
    IN_FORCE,
    INSURANCE,
    KEY,
    MEMBERS,
    NUMBERS,
    OUTSIDE,
    RANKS,
    SCHEMES,
    SEVERE,
    USABLE,
)
from pipelines.scratch import WorkFolder
from pipelines.settings import settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "8GiB"  # of the count, not of what is counted
_KEY = ", ".join(KEY)


def tally(lake: Path, truth: Path) -> Tally:
    """Precision (also by tier), recall, recall with suggestions, what the oracle recovers in the residual and how much of
    it was found, and the review queue of the province that lies there."""

    def core(table: str) -> str:
        return f"read_parquet('{lake}/core/{table}/quarter={QUARTER.key}/**/*.parquet')"

    with (
        WorkFolder(settings().scratch, "evaluation") as folder,
        without_values(),
        connect(PROCESSES, MEMORY, folder) as connection,
    ):
        connection.execute(
            f"""
            CREATE VIEW links AS SELECT * REPLACE (coalesce(id_key, '') AS id_key) FROM {core("core_link")};
            CREATE TABLE suggestions AS SELECT system, entity, record_number, name, coalesce(id_key, '') AS id_key, min(cluster) AS suggested
            FROM {core("core_link_candidate")} WHERE is_queued GROUP BY ALL;
            CREATE VIEW truth AS SELECT * FROM read_parquet('{truth}/truth_record/*.parquet');
            CREATE VIEW sent AS {" UNION ALL ".join(_lines(lake, *entity) for entity in NUMBERS)};
            CREATE TABLE delivered AS
            WITH told AS (
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
        _lost(connection, truth)
        found, reached, wanted, residual, recovered, recovered_reached = connection.execute(
            f"""
            SELECT count(*) FILTER (is_found), count(*) FILTER (is_reached), count(*), count(*) FILTER (is_residual),
                count(*) FILTER (is_residual AND NOT is_lost), count(*) FILTER (is_residual AND NOT is_lost AND is_reached)
            FROM (
                SELECT coalesce(d.cluster = h.home, FALSE) AS is_found, is_found OR coalesce(suggested = home, FALSE) AS is_reached,
                    d.planted NOT IN {USABLE} OR first_planted NOT IN {USABLE} AS is_residual,
                    d.row IN (FROM lost) OR first IN (FROM lost) AS is_lost
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
        (WITH_REVIEW, ALL, ALL): Share(reached, wanted),
        (CEILING, ALL, ALL): Share(recovered, residual),
        (RESIDUAL_FOUND, ALL, ALL): Share(recovered_reached, recovered),
        (QUEUE, ALL, ALL): Share(waiting, people),
    }


def _lost(connection: DuckDBPyConnection, truth: Path) -> None:
    """Makes `lost`: rows of `delivered` that are damaged and that the oracle recovers for nobody."""
    damaged = connection.execute(
        f"""
        SELECT d.row, d.system, d.true_id, any_value(s.id_number) AS id_number, any_value(t.kind) AS kind, any_value(t.item) AS item,
            any_value(s.names_parent) AS names_parent
        FROM (FROM truth WHERE tier NOT IN {(*USABLE, CONFLICT)}) AS t JOIN sent AS s USING (system, file_name, line_number, position)
        JOIN delivered AS d ON (d.system, d.entity, d.record_number, d.name, d.id_key) = (s.system, s.grain, s.record_number, s.name, s.id_key)
        WHERE t.entity = s.entity AND d.true_id IN (SELECT true_id FROM people) GROUP BY ALL ORDER BY d.row
        """
    ).df()
    connection.register("damaged", damaged)
    people = connection.execute(
        f"""
        WITH person AS (SELECT * RENAME (true_household AS household) FROM read_parquet('{truth}/truth_person.parquet'))
        SELECT true_id, name, sex_code, birth_date, village_code, county_code, household, id_number
        FROM person JOIN read_parquet('{truth}/truth_state/{QUARTER.key}.parquet') USING (true_id)
        WHERE name IN (SELECT name FROM person WHERE true_id IN (SELECT true_id FROM damaged))
        """
    ).df()
    connection.register("namesakes", people)
    outsiders = connection.execute(
        f"""
        SELECT true_id, any_value(s.name) AS name, any_value(s.county_code) AS county_code, any_value(s.id_key) AS id_number
        FROM sent AS s JOIN truth AS t USING (system, file_name, line_number, position)
        WHERE t.entity = s.entity AND s.system IN {INSURANCE} AND t.tier = 'T1' AND NOT starts_with(t.kind, 'name_') AND true_id >= {OUTSIDE}
            AND s.name IN (SELECT name FROM namesakes)
        GROUP BY true_id
        """
    ).df()
    connection.unregister("namesakes")
    connection.unregister("damaged")
    connection.register("fits_nobody", damaged.loc[~fits_one(damaged, people, outsiders), ["row"]])
    connection.execute("CREATE TABLE lost AS SELECT row FROM fits_nobody")
    connection.unregister("fits_nobody")


def _lines(lake: Path, system: str, entity: str) -> str:
    """Every clean line: where it stands, and the record it is of."""
    source = f"read_parquet('{lake}/staged/staged_{system}__{entity}/quarter={QUARTER.key}/**/*.parquet')"
    number, rank = NUMBERS[system, entity], RANKS[system]
    grain = entity if system in INSURANCE else "record"
    named = f"'{system}' AS system, '{entity}' AS entity, '{grain}' AS grain, {rank} AS place, file_name, line_number"
    if entity == "family":
        return " UNION ALL ".join(
            f"""SELECT {named}, {member} AS position, {number} || '-{member}' AS record_number, coalesce(name_{member}, '') AS name,
                coalesce(id_key_{member}, '') AS id_key, coalesce(id_number_{member}, '') AS id_number, '' AS county_code,
                FALSE AS names_parent FROM {source}
                WHERE coalesce(name_{member}, '') <> '' OR coalesce(id_number_{member}, '') <> ''"""
            for member in MEMBERS
        )
    where = f"WHERE scheme_code IN {SCHEMES[system, entity]}" if (system, entity) in SCHEMES else ""
    if system == CERTIFIED:
        number = f"substr(sha256({number}), 1, 24)"
        where = f"""WHERE grade_code IN {SEVERE} AND coalesce(state_code, '{IN_FORCE}') = '{IN_FORCE}'
            AND (valid_until_date IS NULL OR valid_until_date >= DATE '{QUARTER.last_day}')"""
    place = CARRIED[system, entity]["county_code"] if system in INSURANCE else "''"
    parents = (
        "father_id_number IS NOT NULL OR mother_id_number IS NOT NULL" if system == "technical_school" else "FALSE"
    )
    return f"""SELECT {named}, 0 AS position, {number} AS record_number, coalesce(name, '') AS name, coalesce(id_key, '') AS id_key,
        coalesce(id_number, '') AS id_number, {place} AS county_code, {parents} AS names_parent FROM {source} {where}"""
