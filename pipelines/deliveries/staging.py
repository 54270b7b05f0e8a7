"""From numbered CSV to typed, marked rows: one DuckDB SELECT per table of a delivery, built from the declaration.

Typed rows carry, beyond the staged columns, what rules look at: `unread` (the text of every cell that could not be
read), `is_misshapen`, `is_in_scope`, `key_repeats` (earlier rows of the delivery with the same key, where the table
declares its key unique), `delivery_cut_date`; and `broken_rules`, the ids of the rules a row breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.deliveries.cells import is_fallible, literal, narrow, quoted, reading, trimmed
from pipelines.deliveries.readers import Reading
from pipelines.identity.id_numbers import with_ids
from pipelines.quality.rules import Rule, marking_expression
from pipelines.sources.base import SourceTable, Type

MARKED = {"broken_rules": "VARCHAR[]"}
ORDER = ("file_name", "line_number")
REGION_CODE = "[0-9]{6}([0-9]{3}([0-9]{3})?)?"
QUARANTINE_COLUMNS: Mapping[str, str] = {
    "delivery_id": "VARCHAR",
    "file_name": "VARCHAR",
    "line_number": "BIGINT",
    "county_code": "VARCHAR",
    "raw": "VARCHAR",  # JSON: header → cell as sent; a misshapen line whole, as 原文
    "rule_ids": "VARCHAR[]",
    "texts": "VARCHAR[]",
    "texts_en": "VARCHAR[]",
}


@dataclass(frozen=True)
class NumberedFile:
    """One file of a delivery after reading: its numbered CSV and what the reader found."""

    path: Path
    reading: Reading


def staged_columns(table: SourceTable) -> dict[str, str]:
    """Columns of a clean staged row, name to DuckDB type, in order."""
    return table.staged | MARKED


def _numbered(file: NumberedFile) -> str:
    """read_csv of one numbered file: _line, _raw, c0, c1, … all text."""
    names = ["_line", "_raw", *(f"c{i}" for i in range(len(file.reading.header.cells)))]
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({literal(str(file.path))}, auto_detect=false, header=false, delim={literal(file.reading.delimiter)},"
        f" quote='\"', escape='\"', new_line='\\n', nullstr='', allow_quoted_nulls=true, null_padding=false,"
        f" strict_mode=true, max_line_size=4000000, columns={{{columns}}})"
    )


def _cells(table: SourceTable, files: Sequence[NumberedFile]) -> str:
    """All files of the table, cells under their staged names, trimmed."""
    selects = []
    for file in files:
        positions = file.reading.header.positions
        cells = [
            f"{trimmed(f'c{positions[column.name]}')} AS {quoted(column.name)}"
            if column.name in positions
            else f"NULL::VARCHAR AS {quoted(column.name)}"
            for column in table.columns
        ]
        selects.append(
            f"SELECT {literal(file.reading.file_name)} AS file_name, CAST(_line AS BIGINT) AS line_number,"
            f" _raw IS NOT NULL AS is_misshapen, {', '.join(cells)} FROM {_numbered(file)}"
        )
    return "\nUNION ALL\n".join(selects)


def _typed_columns(table: SourceTable) -> Iterable[str]:
    for column in table.columns:
        name = quoted(column.name)
        if column.type is Type.ID_NUMBER:
            yield f"{name}"
            yield quoted(column.key)
            yield f"CASE WHEN NOT is_misshapen THEN {quoted(column.klass)} END AS {quoted(column.klass)}"
        elif is_fallible(column):
            yield f"_{column.name} AS {name}"
        else:
            yield name


def typed_select(
    table: SourceTable,
    files: Sequence[NumberedFile],
    delivery_id: str,
    counties: Iterable[str],
    county_aliases: Mapping[str, str],
    cut_date: date,
    rules: Sequence[Rule],
) -> str:
    """The SELECT of all typed, marked rows of one table of one delivery, ordered by file and line.

    `counties` is the delivery's scope; `county_aliases` maps former county codes to those of the quarter's last day.
    """
    read = [f"{reading(c, quoted(c.name))} AS _{c.name}" for c in table.columns if is_fallible(c)]
    ids = {c.name: (c.key, c.klass) for c in table.columns if c.type is Type.ID_NUMBER}
    place = narrow(quoted(table.county))
    aliases = ", ".join(f"{literal(old)}: {literal(new)}" for old, new in sorted(county_aliases.items()))
    unread = ", ".join(
        f"{quoted(c.name)} := CASE WHEN _{c.name} IS NULL THEN {quoted(c.name)} END"
        for c in table.columns
        if is_fallible(c)
    )
    scope = ", ".join(literal(code) for code in sorted(counties))
    key = ", ".join(quoted(name) for name in table.key)
    whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in table.key)
    repeats = (
        f"CASE WHEN {whole} THEN row_number() OVER (PARTITION BY {key} ORDER BY file_name, line_number) - 1 ELSE 0 END"
        if table.unique
        else "0"
    )
    return f"""
WITH sent AS ({_cells(table, files)}),
cells AS ({with_ids("sent", ids)}),
read AS (
  SELECT *, {", ".join(read)},
    CASE WHEN regexp_full_match({place}, '{REGION_CODE}') THEN left({place}, 6) END AS _county
  FROM cells
),
typed AS (
  SELECT {literal(delivery_id)} AS delivery_id, file_name, line_number,
    coalesce(map_extract_value(MAP {{{aliases}}}::MAP(VARCHAR, VARCHAR), _county), _county) AS county_code,
    {", ".join(_typed_columns(table))},
    struct_pack({unread}) AS unread, is_misshapen
  FROM read
),
context AS (
  SELECT *, county_code IN ({scope}) AS is_in_scope, CAST({repeats} AS BIGINT) AS key_repeats,
    DATE '{cut_date.isoformat()}' AS delivery_cut_date
  FROM typed
)
SELECT *, {_marks(rules)} AS broken_rules
FROM context
ORDER BY file_name, line_number"""


def _marks(rules: Sequence[Rule]) -> str:
    """`broken_rules`, without building a list for the rows that break nothing."""
    if not rules:
        return marking_expression(rules)
    anything = " OR ".join(rule.condition for rule in rules)
    return f"CASE WHEN {anything} THEN {marking_expression(rules)} ELSE []::VARCHAR[] END"


def _parquet(folder: Path) -> str:
    return f"read_parquet({literal(str(folder / '*.parquet'))}, hive_partitioning=false)"


def is_quarantined(rules: Sequence[Rule]) -> str:
    """DuckDB boolean over marked rows: the row breaks a critical rule."""
    critical = ", ".join(literal(rule.rule_id) for rule in rules if rule.severity == "critical")
    return f"list_has_any(broken_rules, [{critical}]::VARCHAR[])"


def clean_select(table: SourceTable, typed: Path, rules: Sequence[Rule]) -> str:
    """Rows of a typed folder that break no critical rule, staged columns only, in the same order."""
    columns = ", ".join(quoted(name) for name in staged_columns(table))
    return f"SELECT {columns} FROM {_parquet(typed)} WHERE NOT {is_quarantined(rules)} ORDER BY file_name, line_number"


def _raw_json(file: NumberedFile) -> str:
    pairs = ", ".join(f"{literal(label)}, c{i}" for i, label in enumerate(file.reading.header.labels()))
    return f"CASE WHEN _raw IS NOT NULL THEN json_object('原文', _raw) ELSE json_object({pairs}) END"


def quarantine_select(typed: Path, files: Sequence[NumberedFile], rules: Sequence[Rule]) -> str:
    """Rows of a typed folder that break a critical rule, each with its text as sent and the rules' words."""
    words = {rule.rule_id: rule for rule in rules}
    zh = ", ".join(f"{literal(name)}: {literal(rule.text)}" for name, rule in words.items())
    en = ", ".join(f"{literal(name)}: {literal(rule.text_en)}" for name, rule in words.items())
    raw = "\nUNION ALL\n".join(
        f"SELECT {literal(file.reading.file_name)} AS file_name, CAST(_line AS BIGINT) AS line_number,"
        f" CAST({_raw_json(file)} AS VARCHAR) AS raw FROM {_numbered(file)}"
        f" WHERE CAST(_line AS BIGINT) IN"
        f" (SELECT line_number FROM broken WHERE file_name = {literal(file.reading.file_name)})"
        for file in files
    )
    return f"""
WITH broken AS (SELECT * FROM {_parquet(typed)} WHERE {is_quarantined(rules)}),
sent AS ({raw})
SELECT delivery_id, broken.file_name, broken.line_number, county_code, raw, broken_rules AS rule_ids,
  list_transform(broken_rules, lambda r: map_extract_value(MAP {{{zh}}}, r)) AS texts,
  list_transform(broken_rules, lambda r: map_extract_value(MAP {{{en}}}, r)) AS texts_en
FROM broken JOIN sent ON sent.file_name = broken.file_name AND sent.line_number = broken.line_number
ORDER BY broken.file_name, broken.line_number"""


def count_marks_select(typed: Path) -> str:
    """Rows of a typed folder that carry each rule id: (rule_id, rows)."""
    return f"SELECT rule_id, count(*) FROM (SELECT unnest(broken_rules) AS rule_id FROM {_parquet(typed)}) GROUP BY ALL"
