"""Candidate pairs stay few at 100,000 records against 400,000 persons; time is printed, pairs are what is held to."""

from __future__ import annotations

import time

from pipelines.identity.residual import blocking, link, linking, model

RECORDS, PERSONS = 100_000, 400_000
# Surnames and given names as unequal as real ones, a hundred counties of fifteen towns of twelve villages.
MADE = f"""
    CREATE TABLE made AS
    SELECT 'p' || i AS record_id, chr(19968 + floor(100 * power(random(), 2.5))::INTEGER) AS family_name,
        chr(20500 + floor(600 * power(random(), 1.5))::INTEGER)
            || CASE WHEN random() < 0.85 THEN chr(20500 + floor(600 * power(random(), 1.5))::INTEGER) ELSE '' END AS given_name,
        strftime(DATE '1930-01-01' + floor(random() * 30000)::INTEGER, '%Y%m%d') AS birth_date,
        (1 + floor(random() * 2)::INTEGER)::VARCHAR AS sex, (360100 + floor(random() * 100)::INTEGER)::VARCHAR AS county,
        lpad(floor(random() * 15)::VARCHAR, 3, '0') AS t, lpad(floor(random() * 12)::VARCHAR, 3, '0') AS v,
        lpad(floor(random() * 150)::INTEGER::VARCHAR, 3, '0') AS place
    FROM range({PERSONS}) AS numbers (i)
"""
PEOPLE = """
    CREATE TABLE people AS
    SELECT record_id, family_name, given_name, family_name || given_name AS name_sound, birth_date, sex, county,
        county || t AS town, county || t || v AS village, county || birth_date || place || '5' AS id_text, TRUE AS id_is_valid
    FROM made
"""
ROWS = f"""
    CREATE TABLE rows AS
    SELECT 'r' || record_id AS record_id, 's' AS source, * EXCLUDE (record_id, birth_date, id_text, id_is_valid),
        CASE WHEN random() < 0.9 THEN birth_date END AS birth_date,
        CASE WHEN random() < 0.5 THEN id_text[:9] || chr(48 + (ascii(id_text[10]) - 47) % 10) || id_text[11:] END AS id_text
    FROM people LIMIT {RECORDS}
"""


def test_candidates_are_few_and_what_is_accepted_is_right(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    counted = []
    pairs = blocking.pairs
    monkeypatch.setattr(blocking, "pairs", lambda *sides, **how: counted.append(pairs(*sides, **how)))
    connection = linking.connect()
    connection.execute("SELECT setseed(0.3)")
    for statement in (MADE, PEOPLE, ROWS):
        connection.execute(statement)
    started = time.process_time()
    connection.register("found", link(connection, "rows", "people", model("registers")))
    print(f"{counted[0]:,} candidate pairs for {RECORDS:,} × {PERSONS:,}; {time.process_time() - started:.1f} s CPU")
    assert counted[0] < 10 * RECORDS
    decisions = connection.sql(
        "SELECT decision, left_id = 'r' || right_id AS is_right, count(*) FROM found GROUP BY ALL"
    )
    counts = {(decision, is_right): n for decision, is_right, n in decisions.fetchall()}
    assert ("auto", False) not in counts
    assert counts["auto", True] > 0.9 * RECORDS
