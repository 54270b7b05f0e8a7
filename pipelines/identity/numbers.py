"""What stands under one number of one system, and what stands under two ID numbers that are one but for a correction.

Works on the tables of candidates.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A number that was corrected keeps two of its three parts: area, birth date (or its month) and sequence.
_CORRECTED = {
    "area, birth": (":6", "7:14"),
    "birth, sequence": ("7:14", "15:17"),
    "area, month, sequence": (":6", "7:12", "15:17"),
}
_TOLD = {
    "county": "county_code",
    "town": "town",
    "village": "village",
    "household": "household_number",
    "phone": "phone",
}


def same_number(connection: DuckDBPyConnection) -> None:
    """One number of one system names one person: rows of it that no ID settles go with those that are linked, and rows whose
    own ID number is that of the linked ones but for one part."""
    near = " OR ".join(
        " AND ".join(f"key[{part}] = r.id_key[{part}]" for part in parts) for parts in _CORRECTED.values()
    )
    connection.execute(
        f"""
        INSERT INTO found
        WITH linked AS (
            SELECT system, record_number, name_key, id_key, id_cluster AS cluster, 'T5' AS tier FROM record WHERE is_settled AND entity <> 'record'
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
            AND (r.id_tier = 'no_usable_id' OR r.id_tier = 'not_found' AND len(list_filter(s.id_keys, lambda key: {near})) > 0)
        """
    )
    close(connection)


def two_numbers(connection: DuckDBPyConnection, choices: int) -> None:
    """Two valid numbers of one name that differ in one of their three parts, in systems of which none has both: one person
    whose number was corrected, or two people. An insured row of nobody's number is suggested for the person; of two
    people of the universe the one whom fewer systems name for the other. Suggested are `choices` at most for one."""
    columns = """record_id, cluster, name_key, id_key, county_code, CASE WHEN length(town) = 9 THEN town END AS town,
        CASE WHEN length(village) = 12 THEN village END AS village, household_number, phone, believed"""
    # Few share a key with anyone of another number; only these are looked at with all they say.
    connection.execute(
        f"""
        CREATE TEMP TABLE numbered AS
        SELECT {columns}, TRUE AS is_person, NULL::VARCHAR AS source FROM settled WHERE name_key <> ''
            AND ({" OR ".join(f"{key} IN ({_shared(key)})" for key in _keys().values())})
        UNION ALL
        SELECT {columns}, FALSE, system || ':' || entity FROM said SEMI JOIN open USING (record_id)
        WHERE tier = 'not_found' AND entity <> 'payment' AND name_key <> '';
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT row_number() OVER (ORDER BY NOT is_person, believed, name_key) AS number, * FROM (
            SELECT is_person, CASE WHEN is_person THEN cluster ELSE record_id END AS of_whom, name_key, id_key, any_value(cluster) AS cluster,
                arg_min(record_id, believed) AS record_id, min(believed) AS believed, arg_min(county_code, believed) AS county_code,
                max(town) AS town, max(village) AS village, arg_min(household_number, believed) AS household_number,
                arg_min(phone, believed) AS phone, any_value(coalesce(sources, [source])) AS sources
            FROM numbered LEFT JOIN known USING (cluster) GROUP BY ALL
        );
        """
    )
    sides = " UNION ".join(
        f"""SELECT a.number AS one, b.number AS other, '{said}' AS said FROM numbered AS a JOIN numbered AS b ON {one} = {other}
            WHERE a.name_key = b.name_key AND b.is_person AND a.id_key <> b.id_key AND NOT list_has_any(a.sources, b.sources)"""
        for (said, one), other in zip(_keys("a.").items(), _keys("b.").values(), strict=True)
    )
    told = ", ".join(
        f"CASE WHEN a.{column} = b.{column} THEN '{word}=exact' WHEN a.{column} <> b.{column} THEN '{word}=different' END"
        for word, column in _TOLD.items()
    )
    connection.execute(
        f"""
        CREATE TEMP TABLE suggested AS
        WITH pairs AS (
            SELECT one, other, min(said) AS said, count(*) OVER (PARTITION BY one) AS n_choices FROM ({sides}) GROUP BY one, other
        )
        SELECT a.record_id, b.cluster, concat_ws('; ', 'id=conflict', 'same=' || said, 'name=exact', {told}) AS evidence
        FROM pairs JOIN numbered AS a ON a.number = one JOIN numbered AS b ON b.number = other
        WHERE n_choices <= {choices} AND (NOT a.is_person OR (len(a.sources), b.believed) < (len(b.sources), a.believed));
        INSERT INTO record FROM delivered SEMI JOIN suggested USING (record_id) ANTI JOIN record USING (record_id);
        INSERT INTO found SELECT record_id, cluster, 'T5', 'review', NULL, NULL, evidence, NULL FROM suggested;
        """
    )


def _keys(row: str = "") -> dict[str, str]:
    """What one person under two numbers shares: SQL over a row, the same for both; NULL where it says nothing."""
    name, key, household = (f"{row}{column}" for column in ("name_key", "id_key", "household_number"))
    same = f"{name}, {key}[17]::INTEGER % 2"
    keys = {
        said: f"hash({same}, {', '.join(f'{key}[{part}]' for part in parts)})" for said, parts in _CORRECTED.items()
    }
    return keys | {"household": f"CASE WHEN {household} IS NOT NULL THEN hash({same}, {household}) END"}


def _shared(key: str) -> str:
    """The keys that two people share, or a person and an insured row of nobody's number."""
    every = f"""SELECT {key} AS key, hash(cluster) AS whom FROM settled
        UNION ALL SELECT {key}, hash(record_id) FROM said WHERE tier = 'not_found' AND entity <> 'payment'"""
    return f"SELECT key FROM ({every}) GROUP BY key HAVING min(whom) <> max(whom)"


def close(connection: DuckDBPyConnection) -> None:
    """What is linked is no longer open, and its suggestions are void."""
    connection.execute(
        """
        DELETE FROM open WHERE record_id IN (SELECT record_id FROM found WHERE decision = 'auto');
        DELETE FROM found WHERE decision = 'review' AND record_id IN (SELECT record_id FROM found WHERE decision = 'auto');
        """
    )
