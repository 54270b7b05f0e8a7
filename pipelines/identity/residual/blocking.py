"""Which pairs are compared at all: those that agree in one of several keys, each of which says much.

A key that more than `LARGEST_BLOCK` records of the right side share says too little and gives no pair (block purging,
Papadakis et al. 2013). So one list serves five thousand records and four million, and the number of pairs is bounded by
records × keys × LARGEST_BLOCK whatever the data.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

LARGEST_BLOCK = 10


class Block(NamedTuple):
    """Fields that must all be there and agree; `right` where the other record has them elsewhere."""

    left: tuple[str, ...]
    right: tuple[str, ...]


def _same(*columns: str) -> Block:
    return Block(columns, columns)


# One edit in a number leaves three of its four parts (place, year, day, sequence) alone.
_ID_PARTS = (
    _same("id_body[:14]"),
    _same("right(id_body, 9)"),
    _same("id_body[:6]", "right(id_body, 7)"),
    _same("id_body[:10]", "right(id_body, 3)"),
)
BLOCKS = (
    _same("id_text"),
    *_ID_PARTS,
    Block(("own_number",), ("quoted_number",)),
    Block(("quoted_number",), ("own_number",)),
    Block(("kin_household",), ("item_1",)),
    Block(("item_1",), ("kin_household",)),
    _same("full_name"),
    _same("full_name", "birth_date"),
    _same("full_name", "birth_date[:6]"),
    _same("full_name", "county"),
    _same("full_name", "town"),
    Block(("family_name", "given_name"), ("given_name", "family_name")),
    _same("name_sound", "birth_date"),
    _same("name_sound", "town"),
    _same("birth_date"),
    _same("birth_date", "family_name"),
    _same("birth_date", "given_name"),
    _same("birth_date", "town"),
    _same("birth_date", "village"),
    _same("given_name", "town"),
    _same("given_name", "village"),
    _same("family_name", "town"),
    _same("family_name", "village"),
    _same("item_1", "town"),
    _same("item_1", "item_3"),
    _same("item_2", "village"),
    _same("item_3", "town"),
    _same("item_3", "village"),
)


def _key(columns: tuple[str, ...]) -> str:
    return f"hash({', '.join(columns)})"


def _present(columns: tuple[str, ...]) -> str:
    return " AND ".join(f"{column} IS NOT NULL" for column in columns)


def pairs(connection: duckdb.DuckDBPyConnection, left: str, right: str, table: str, *, within: bool = False) -> int:
    """Make the temporary table `table` (left, right: numbers of prepared records) and return how many pairs it holds.

    `within`: both sides are the same table, and a pair stands once, the lower record_id on the left.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table}_found (l INTEGER, r INTEGER)")
    for block in BLOCKS:
        connection.execute(
            f"""
            INSERT INTO {table}_found
            WITH
            asked AS (SELECT number AS l, {_key(block.left)} AS key FROM {left} WHERE {_present(block.left)}),
            held AS (
                SELECT number AS r, {_key(block.right)} AS key FROM {right} WHERE {_present(block.right)}
            ),
            selective AS (
                SELECT key FROM held WHERE key IN (SELECT key FROM asked) GROUP BY key HAVING count(*) <= {LARGEST_BLOCK}
            )
            SELECT l, r FROM asked JOIN selective USING (key) JOIN held USING (key)
            """
        )
    once = f"SELECT DISTINCT l, r FROM {table}_found"
    if within:
        sides = f"JOIN {left} AS a ON a.number = l JOIN {right} AS b ON b.number = r"
        once = f"SELECT l, r FROM ({once}) {sides} WHERE a.record_id < b.record_id"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {once}")
    connection.execute(f"DROP TABLE {table}_found")
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
