"""What is known of a record beside its place in a table: the one form into which any data are mapped to be linked.

| column | holds |
|---|---|
| record_id | names the record within its relation; never NULL |
| source | system and kind of row; in each source one name and number at most is one person of the other side |
| id_text | ID number as delivered, folded (blanks, quotes, full width, lower case), NULL where a word or a placeholder |
| id_is_valid | the number as it stands passes every check |
| id_is_anothers | the number, which is not given then, is that of somebody of another name |
| family_name, given_name | comparable forms; `?` stands for a lost character |
| name_sound | reading without tones of the whole name; NULL for Latin script |
| birth_date | YYYYMMDD as delivered, never taken from the ID number: a repair is not corroborated by what it repairs |
| sex | any code, the same on both sides |
| county, town, village | region codes or names, outer to inner (febrl: state, postcode, suburb) |
| item_1, item_2, item_3 | household number, phone and the like (febrl: address_1, address_2, street_number) |
| own_number, quoted_number | number its own system gave it, with the system before; number of that form which it quotes |
| kin_household | number of the household, as item_1 has it, in which the others of the record's family stand |
| namesakes | how many others of the name the source has in the county, by usable ID number; NULL where nobody counted |
| known_sources | list of sources that already have this person by ID number |
| barred_sources | list of sources in which this person cannot stand |

Only record_id is asked for; columns that are not there count as missing, and so does an empty text.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

TEXTS = (
    "source", "id_text", "family_name", "given_name", "name_sound", "birth_date", "sex", "county", "town", "village",
    "item_1", "item_2", "item_3", "own_number", "quoted_number", "kin_household",
)  # fmt: skip
TYPES = {
    "record_id": "VARCHAR",
    **dict.fromkeys(TEXTS, "VARCHAR"),
    "id_is_valid": "BOOLEAN",
    "id_is_anothers": "BOOLEAN",
    "namesakes": "BIGINT",
    "known_sources": "VARCHAR[]",
    "barred_sources": "VARCHAR[]",
}
COMPOUND_SURNAMES = (
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "令狐", "宇文", "长孙", "慕容", "夏侯", "轩辕", "端木", "百里",
    "南宫", "闻人", "万俟", "澹台", "公冶", "太叔", "申屠", "钟离", "独孤", "呼延", "鲜于", "闾丘", "亓官",
)  # fmt: skip

# Excel keeps 15 digits of a number and writes noughts for the rest; what was cut off leaves its beginning.
_STEM = """
    CASE WHEN length(id_text) BETWEEN 14 AND 17 AND length(id_text) <> 15 AND regexp_full_match(id_text, '[0-9]+') THEN id_text
        WHEN length(id_text) = 18 AND ends_with(id_text, '000') AND NOT coalesce(id_is_valid, FALSE) THEN id_text[:15]
        WHEN length(id_text) = 15 AND regexp_full_match(id_text, '[0-9]{6}(19|20)[0-9]{7}') THEN id_text
    END
"""
# Body: the 17 characters that carry meaning, whichever form the number came in.
_BODY = """
    CASE WHEN length(id_text) = 15 THEN id_text[:6] || '19' || id_text[7:]
        WHEN length(id_text) >= 14 THEN id_text[:length(id_text) - 1] END
"""


def parts_of_chinese_name(name: str) -> tuple[str, str]:
    """SQL for family and given name of the SQL expression of a name: two characters for compound surnames, else one."""
    compound = ", ".join(f"'{surname}'" for surname in COMPOUND_SURNAMES)
    length = f"CASE WHEN length({name}) > 2 AND {name}[:2] IN ({compound}) THEN 2 ELSE 1 END"
    return f"{name}[:{length}]", f"{name}[{length} + 1:]"


def prepare(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: str,
    *,
    claiming: bool = False,
    scratch: Path | None = None,
) -> None:
    """Make the temporary view `table` from the table or view `relation`: every column of the form, in its type. Its rows lie in
    memory, or in a file below `scratch`.

    Adds `number` (from 1, in no order that lasts), full_name, id_old (15 digits of an 18-digit number), id_stem (what is left
    of a number cut off by Excel or by a narrow field), id_body (the first 17 characters) and claim: with
    `claiming` the lowest record_id of the same source with the same name and number, else the record's own.
    Raises ValueError where record_id is missing, NULL or not unique.
    """
    delivered = {row[0] for row in connection.execute(f'DESCRIBE "{relation}"').fetchall()}
    if "record_id" not in delivered:
        raise ValueError(f"{relation} has no column record_id")
    columns = ", ".join(
        f"NULL::{kind} AS {name}"
        if name not in delivered
        else f"nullif(trim({name}::VARCHAR), '') AS {name}"
        if kind == "VARCHAR"
        else f"{name}::{kind} AS {name}"
        for name, kind in TYPES.items()
    )
    claim = "record_id"
    if claiming:
        claimed = "min(record_id) OVER (PARTITION BY source, id_text, family_name, given_name)"
        claim = f"CASE WHEN id_text IS NULL THEN record_id ELSE {claimed} END"
    if scratch is None:
        where, end = f"CREATE OR REPLACE TEMP TABLE {table}_rows AS", ""
        rows = f"SELECT rowid + 1 AS number, * FROM {table}_rows"
    else:
        file = scratch / f"{table}.parquet"
        where, end = "COPY (", f") TO '{file}' (FORMAT parquet)"
        rows = f"SELECT file_row_number + 1 AS number, * EXCLUDE file_row_number FROM read_parquet('{file}', file_row_number = true)"
    connection.execute(
        f"""
        {where}
        SELECT *,
            nullif(coalesce(family_name, '') || coalesce(given_name, ''), '') AS full_name,
            CASE WHEN length(id_text) = 18 THEN id_text[:6] || id_text[9:17] END AS id_old,
            {_STEM} AS id_stem, {_BODY} AS id_body,
            {claim} AS claim
        FROM (SELECT {columns} FROM "{relation}") {end}
        """
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {rows}")
    named = connection.execute(f"SELECT count(*), count(DISTINCT record_id) FROM {table}").fetchone()
    if named is None or named[0] != named[1]:
        raise ValueError(f"{relation} has a record_id that is empty or not unique")
