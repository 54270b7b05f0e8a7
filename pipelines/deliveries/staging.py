"""From numbered CSV to typed, marked rows: one DuckDB SELECT per table of a delivery, built from the declaration.

Typed rows carry, beyond the staged columns, what rules look at: `unread` (the text of every cell that could not be
read), `is_misshapen`, `is_in_scope`, `key_repeats` (earlier rows of the delivery with the same key, where the table
declares its key unique), `delivery_cut_date`; and `broken_rules`, the ids of the rules a row breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.deliveries.cells import is_fallible, known, literal, narrow, quoted, reading, trimmed
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS
from pipelines.deliveries.readers.plain import Plain
from pipelines.deliveries.scope import Scope
from pipelines.identity.id_numbers import with_ids
from pipelines.quality.rules import Rule, marking_expression
from pipelines.sources.base import CORRECTED_COLUMNS, Column, SourceTable, Type

MARKED = {"broken_rules": "VARCHAR[]"}
QUARANTINE = "quarantine"  # folder of the lake, and prefix of the table names in the ledger
ORDER = ("file_name", "line_number")
UNION_ALL = "\nUNION ALL\n"
# A row of a whole delivery corrects no other.
NO_CORRECTION = ", ".join(f"NULL::{type_text} AS {name}" for name, type_text in CORRECTED_COLUMNS.items())
# Of a numbered record in bytes: characters of up to four bytes, quotation marks doubled.
LONGEST_LINE = 8 * MAX_RECORD_CHARACTERS
_BUFFER_BYTES = 32 << 20
REGION_CODE = "[0-9]{6}([0-9]{3}([0-9]{3})?)?"
_MOST_PLACES = 500_000  # that are looked up by name in one table: the province has some 24,000
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


def staged_columns(table: SourceTable) -> dict[str, str]:
    """Columns of a clean staged row, name to DuckDB type, in order."""
    return table.staged | MARKED


def _read_csv(paths: Sequence[Path], delimiter: str, quote: str, names: Sequence[str], more: str = "") -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    listed, mark = ", ".join(literal(str(path)) for path in paths), literal(quote)
    # A reader sets its buffers aside whatever the size of its files, and a delivery may need many readers.
    buffer = max(2 * LONGEST_LINE, min(max(path.stat().st_size for path in paths), _BUFFER_BYTES))
    return (
        f"read_csv([{listed}], auto_detect=false, header=false, delim={literal(delimiter)}, quote={mark},"
        f" escape={mark}, new_line='\\n', nullstr='', allow_quoted_nulls=true, null_padding=false, strict_mode=true,"
        f" max_line_size={LONGEST_LINE}, buffer_size={buffer}{more}, columns={{{columns}}})"
    )


def _numbered(files: Sequence[Reading]) -> str:
    """read_csv of numbered files of one shape, one after the other: filename, _line, _raw, c0, c1, … all text."""
    paths = [path for file in files for path in file.numbered_files]
    names = ["_line", "_raw", *_places(files[0])]
    return _read_csv(paths, files[0].delimiter, '"', names, ", filename=true")


def _plain(file: Reading, segment: Plain) -> str:
    """The rows of a plain segment: _line, _raw, c0, c1, …; its cells are trimmed."""
    rows = segment_lines(file, segment)
    select = f"SELECT row_number() OVER () + {segment.first_line - 1} AS _line, NULL::VARCHAR AS _raw, * FROM {rows}"
    return f"(SELECT * FROM ({select}) WHERE {is_row(file)})" if segment.gaps else f"({select})"


def segment_lines(file: Reading, segment: Plain) -> str:
    """A relation of all lines of a plain segment in their order, its gaps too: c0, c1, …"""
    return _read_csv([segment.path], file.delimiter, "", _places(file))


def is_row(file: Reading) -> str:
    """DuckDB boolean over the lines of a plain segment: no gap."""
    return " OR ".join(f"{cell} IS NOT NULL" for cell in _places(file))


def _places(file: Reading) -> list[str]:
    return [f"c{place}" for place in range(len(file.header.cells))]


def rows_sent(file: Reading) -> str:
    """A relation of all rows of a file: _line, _raw, c0, c1, …; some of its cells are trimmed."""
    columns = ", ".join(("CAST(_line AS BIGINT) AS _line", "_raw", *_places(file)))
    selects = [
        f"SELECT {columns} FROM {rows}" for rows in (_numbered([file]), *(_plain(file, one) for one in file.plain))
    ]
    return f"({' UNION ALL '.join(selects)})"


def _by_shape(files: Sequence[Reading], expression: Callable[[Reading], str], where: str = "true") -> str:
    """UNION ALL of one SELECT for all numbered files that are read alike; `expression` gives a file's columns beside
    file and line.
    """
    alike: dict[tuple[str, int, str], list[Reading]] = {}
    for file in files:
        alike.setdefault((file.delimiter, len(file.header.cells), expression(file)), []).append(file)
    selects = []
    for (_, _, columns), group in alike.items():
        names = ", ".join(
            f"{literal(str(path))}: {literal(file.file_name)}" for file in group for path in file.numbered_files
        )
        name = f"map_extract_value(MAP {{{names}}}, filename)" if len(group) > 1 else literal(group[0].file_name)
        selects.append(
            f"SELECT file_name, line_number, {columns}"
            f" FROM (SELECT *, {name} AS file_name, CAST(_line AS BIGINT) AS line_number FROM {_numbered(group)})"
            f" WHERE {where}"
        )
    return UNION_ALL.join(selects)


def has(column: Column, file: Reading) -> bool:
    """Whether a file says anything in a column."""
    said = {*file.header.positions, *file.said}
    return column.name in said or not said.isdisjoint(column.made_of)


def cell_sent(table: SourceTable, file: Reading, column: Column, trim: Callable[[str], str] = trimmed) -> str:
    """The text of a declared column in a file: its cell, what the sheet's name says, or a number made of other cells.

    `trim` makes of a cell its trimmed text.
    """
    positions = file.header.positions
    if column.name in positions:
        text = trim(f"c{positions[column.name]}")
        # What the header says of every amount below it is put behind each: a cell that says so itself is unreadable.
        return f"{text} || {literal(file.header.units[column.name])}" if column.name in file.header.units else text
    if column.name in file.said:
        return literal(file.said[column.name])
    if not column.made_of:
        return "NULL::VARCHAR"
    parts = [cell_sent(table, file, table.column(name), trim) for name in column.made_of]
    # Blanks, width and case vary from file to file; the number must not.
    told = ", ".join(f"coalesce(regexp_replace({narrow(part)}, '[\\s\\x{{3000}}]', '', 'g'), '')" for part in parts)
    return f"CASE WHEN coalesce({', '.join(parts)}) IS NOT NULL THEN 'M' || md5(concat_ws('|', {told})) END"


def _cells(table: SourceTable, files: Sequence[Reading]) -> str:
    """All files of the table, cells under their staged names, trimmed."""

    def cells(file: Reading, trim: Callable[[str], str] = trimmed) -> str:
        read = [f"{cell_sent(table, file, column, trim)} AS {quoted(column.name)}" for column in table.columns]
        return f"_raw IS NOT NULL AS is_misshapen, {literal(file.layout)} AS _layout, {', '.join(read)}"

    plain = [
        f"SELECT {literal(file.file_name)} AS file_name, _line AS line_number, {cells(file, str)} FROM {_plain(file, one)}"
        for file in files
        for one in file.plain
    ]
    numbered = [file for file in files if file.numbered_files]
    return UNION_ALL.join([*([_by_shape(numbered, cells)] if numbered else []), *plain])


def _value(table: SourceTable, files: Sequence[Reading], column: Column) -> str:
    """DuckDB expression for a column's staged value, codes by the list of the layout each file is written in."""
    if not any(has(column, file) for file in files):
        # What folds to nothing in the end takes long to plan.
        return f"NULL::{column.staged[column.name]}"
    if column.codes is None:
        return reading(column, quoted(column.name))
    by_layout = {file.layout: table.codes_in(file.layout)[column.name] for file in files}
    texts = {layout: reading(replace(column, codes=codes), quoted(column.name)) for layout, codes in by_layout.items()}
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    return f"CASE _layout {' '.join(f'WHEN {literal(layout)} THEN {text}' for layout, text in texts.items())} END"


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


def _replaced(code: str, by: Mapping[str, str]) -> str:
    """DuckDB expression: the code, or what stands for it."""
    pairs = ", ".join(f"{literal(old)}: {literal(new)}" for old, new in sorted(by.items()))
    return f"coalesce(map_extract_value(MAP {{{pairs}}}::MAP(VARCHAR, VARCHAR), {code}), {code})" if by else code


def typed_select(
    table: SourceTable,
    files: Sequence[Reading],
    delivery_id: str,
    scope: Scope,
    cut_date: date,
    rules: Sequence[Rule],
    named: Path | None = None,
) -> str:
    """The SELECT of all typed, marked rows of one table of one delivery, ordered by file and line.

    `named` is what pipelines.deliveries.places wrote for the rows of `unplaced_select`: their codes by their names.
    """
    return f"{marked_select(table, files, delivery_id, scope, cut_date, rules, named)}\nORDER BY file_name, line_number"


def marked_select(
    table: SourceTable,
    files: Sequence[Reading],
    delivery_id: str,
    scope: Scope,
    cut_date: date,
    rules: Sequence[Rule],
    named: Path | None = None,
) -> str:
    """`typed_select`, rows in the order in which they are read: within one plain segment, that of its lines."""
    read = [f"{_value(table, files, c)} AS _{c.name}" for c in table.columns if is_fallible(c)]
    ids = {c.name: (c.key, c.klass) for c in table.columns if c.type is Type.ID_NUMBER}
    place = narrow(quoted(table.county))
    unread = ", ".join(
        f"{quoted(c.name)} := CASE WHEN _{c.name} IS NULL THEN {quoted(c.name)} END"
        for c in table.columns
        if is_fallible(c)
    )
    # Of nearly every row all cells can be read: then there is no struct.
    has_unread = " OR ".join(
        f"(_{c.name} IS NULL AND {quoted(c.name)} IS NOT NULL)" for c in table.columns if is_fallible(c)
    )
    # Nearly every row has the code of a county of the scope: to look up an ENUM costs a fraction of a pattern or a MAP.
    is_own = f"{known(quoted(table.county), own_units(scope))} IS NOT NULL"
    key = ", ".join(quoted(name) for name in table.key)
    whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in table.key)
    repeats = (
        f"CASE WHEN {whole} THEN row_number() OVER (PARTITION BY {key} ORDER BY file_name, line_number) - 1 ELSE 0 END"
        if table.unique
        else "0"
    )
    return f"""
WITH sent AS ({_cells(table, files)}),
placed AS ({_placed(table, named)}),
cells AS ({with_ids("placed", ids)}),
read AS (
  SELECT *, {", ".join(read)},
    {is_own} AS _is_own,
    CASE WHEN {is_own} THEN {quoted(table.county)}
      WHEN regexp_full_match({place}, '{REGION_CODE}') THEN left({place}, 6) END AS _county
  FROM cells
),
typed AS (
  SELECT {literal(delivery_id)} AS delivery_id, file_name, line_number, {NO_CORRECTION},
    CASE WHEN _is_own THEN _county ELSE {_replaced("_county", scope.aliases)} END AS county_code,
    {", ".join(_typed_columns(table))},
    CASE WHEN {has_unread} THEN struct_pack({unread}) END AS unread, is_misshapen, _is_own
  FROM read
),
context AS (
  SELECT * EXCLUDE (_is_own),
    CASE WHEN _is_own THEN county_code ELSE {_replaced("county_code", scope.area_of)} END AS scope_code,
    CASE WHEN _is_own THEN true WHEN scope_code IS NOT NULL
      THEN {known("scope_code", sorted(scope.units))} IS NOT NULL END AS is_in_scope,
    CAST({repeats} AS BIGINT) AS key_repeats,
    DATE '{cut_date.isoformat()}' AS delivery_cut_date
  FROM typed
)
SELECT *, {marks(rules)} AS broken_rules
FROM context"""


def own_units(scope: Scope) -> list[str]:
    """The units of a scope whose code in a cell means themselves."""
    return [unit for unit in sorted(scope.units) if scope.aliases.get(unit, unit) == unit and unit not in scope.area_of]


def _placed(table: SourceTable, named: Path | None) -> str:
    """Rows with the code of the place they name, where they have none."""
    if named is None:
        return "SELECT * FROM sent"
    cells = (table.county, *table.named_by)
    columns = ", ".join(f"{literal(f'n{place}')}: 'VARCHAR'" for place in range(len(cells) + 1))
    same = " AND ".join(f"coalesce({quoted(name)}, '') = n{place}" for place, name in enumerate(cells))
    kept = ", ".join(f"n{place}" for place in range(len(cells) + 1))
    return f"""
  SELECT * EXCLUDE ({kept}) REPLACE (coalesce(n{len(cells)}, {quoted(table.county)}) AS {quoted(table.county)})
  FROM sent LEFT JOIN read_csv({literal(str(named))}, auto_detect=false, header=false, delim=',', quote='"', escape='"',
    allow_quoted_nulls=false,
    columns={{{columns}}}) ON {same}"""


def unplaced_select(table: SourceTable, typed: Path | str) -> str:
    """What the typed rows without a county say of their place: the column of the code, then `named_by`."""
    cells = ", ".join(quoted(name) for name in (table.county, *table.named_by))
    return f"""
SELECT DISTINCT {cells} FROM {parquet(typed)} WHERE county_code IS NULL AND NOT is_misshapen
ORDER BY ALL LIMIT {_MOST_PLACES}"""


def marks(rules: Sequence[Rule]) -> str:
    """`broken_rules`, without building a list for the rows that break nothing."""
    if not rules:
        return marking_expression(rules)
    anything = " OR ".join(f"({rule.predicate}\n)" for rule in rules)
    return f"CASE WHEN {anything} THEN {marking_expression(rules)} ELSE []::VARCHAR[] END"


def parquet(folder: Path | str) -> str:
    """read_parquet of a written folder; what is a relation already stays one."""
    if isinstance(folder, str):
        return folder
    return f"read_parquet({literal(str(folder / '*.parquet'))}, hive_partitioning=false)"


def is_quarantined(rules: Sequence[Rule]) -> str:
    """DuckDB boolean over marked rows: the row breaks a critical rule."""
    critical = ", ".join(literal(rule.rule_id) for rule in rules if rule.severity == "critical")
    # Few rows break any: to look into the list costs more than all the rest.
    return f"CASE WHEN len(broken_rules) > 0 THEN list_has_any(broken_rules, [{critical}]::VARCHAR[]) ELSE false END"


def clean_select(table: SourceTable, typed: Path | str, rules: Sequence[Rule]) -> str:
    """Rows of a typed folder that break no critical rule, staged columns only, in the same order."""
    columns = ", ".join(quoted(name) for name in staged_columns(table))
    order = ", ".join(("delivery_id", *ORDER))
    return f"SELECT {columns} FROM {parquet(typed)} WHERE NOT {is_quarantined(rules)} ORDER BY {order}"


def _raw_json(table: SourceTable, file: Reading) -> str:
    pairs = [f"{literal(label)}, c{i}" for i, label in enumerate(file.header.labels())]
    pairs += [f"{literal(table.column(name).header)}, {literal(text)}" for name, text in file.said.items()]
    return f"CASE WHEN _raw IS NOT NULL THEN json_object('原文', _raw) ELSE json_object({', '.join(pairs)}) END"


def reasons(rules: Sequence[Rule]) -> str:
    """The columns of quarantine over marked rows with their `raw` text."""
    zh = ", ".join(f"{literal(rule.rule_id)}: {literal(rule.text)}" for rule in rules)
    en = ", ".join(f"{literal(rule.rule_id)}: {literal(rule.text_en)}" for rule in rules)
    return f"""delivery_id, file_name, line_number, county_code, raw, broken_rules AS rule_ids,
  list_transform(broken_rules, lambda r: map_extract_value(MAP {{{zh}}}, r)) AS texts,
  list_transform(broken_rules, lambda r: map_extract_value(MAP {{{en}}}, r)) AS texts_en"""


def quarantine_select(table: SourceTable, typed: Path | str, files: Sequence[Reading], rules: Sequence[Rule]) -> str:
    """Rows of a typed folder that break a critical rule, each with its text as sent and the rules' words.

    What stands in no cell but in a sheet's name is there as the column it says.
    """
    is_broken = "(file_name, line_number) IN (SELECT (file_name, line_number) FROM broken)"

    def raw(file: Reading) -> str:
        return f"CAST({_raw_json(table, file)} AS VARCHAR) AS raw"

    trimmed_lines = [replace(file, plain=(), numbered=one.as_sent) for file in files for one in file.plain]
    sent = [_by_shape([*(file for file in files if file.numbered_files), *trimmed_lines], raw, is_broken)]
    sent += [
        f"SELECT {literal(file.file_name)} AS file_name, _line AS line_number, {raw(file)} FROM {_plain(file, one)}"
        f" WHERE {is_broken} AND _line NOT IN (SELECT CAST(_line AS BIGINT) FROM"
        f" {_numbered([replace(file, numbered=one.as_sent)])})"
        for file in files
        for one in file.plain
    ]
    return f"""
WITH broken AS (SELECT * FROM {parquet(typed)} WHERE {is_quarantined(rules)}),
sent AS ({UNION_ALL.join(sent)})
SELECT {reasons(rules)}
FROM broken JOIN sent USING (file_name, line_number)
ORDER BY file_name, line_number"""


def count_marks_select(typed: Path | str) -> str:
    """Rows of a typed folder that carry each rule id: (rule_id, rows)."""
    return f"SELECT rule_id, count(*) FROM (SELECT unnest(broken_rules) AS rule_id FROM {parquet(typed)}) GROUP BY ALL"
