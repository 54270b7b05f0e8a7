"""Types the rows of a plain segment that are as nearly all rows should be, at a fraction of what any row takes.

Such a row is sound: each of its cells is written in the usual way of its type, its ID numbers are valid, its county is
one of the scope, and it breaks no rule. What the full SELECT of `staging` would make of it is then plain to see; of
every other row nothing is said here but that it is none of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipelines.deliveries import staging
from pipelines.deliveries.cells import is_fallible, known, literal, quoted, usual_reading
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.readers.plain import Plain
from pipelines.deliveries.scope import Scope
from pipelines.identity.id_numbers import with_sound_ids
from pipelines.quality.rules import Rule
from pipelines.sources.base import Column, SourceTable, Type

IS_SOUND, IS_ROW = "_is_sound", "_is_row"
CLASS, ABSENT = "valid", "missing"  # of the ID numbers of sound rows, and of those that a file has no column for
_COUNTY = "_county"


def drawn(table: SourceTable, file: Reading) -> dict[str, str]:
    """The staged columns in which sound rows of a file may differ, and the columns of `sound_select` that hold them."""
    # To be of the scope is to be written as its code is: so the cell is the code.
    columns = {"county_code": _COUNTY, "scope_code": _COUNTY}
    for column in table.columns:
        if not staging.has(column, file):
            continue
        if column.type is Type.ID_NUMBER:
            columns |= {column.name: column.name, column.key: column.key}
        elif column.name == table.county and not is_fallible(column):
            columns[column.name] = _COUNTY
        else:
            columns[column.name] = _place(column)
    return columns


def said(table: SourceTable, file: Reading) -> dict[str, str]:
    """What is the same in all sound rows of a file: the classes of their ID numbers."""
    ids = [column for column in table.columns if column.type is Type.ID_NUMBER]
    return {column.klass: CLASS if staging.has(column, file) else ABSENT for column in ids}


def sound_select(
    table: SourceTable,
    file: Reading,
    segment: Plain,
    delivery_id: str,
    scope: Scope,
    cut_date: date,
    rules: Sequence[Rule],
) -> str:
    """Every line of a plain segment in their order: whether it is a row (no gap), and a sound one; and what `drawn` names.

    Codes are of an ENUM. Values of rows that are not sound mean nothing. Lines carry no number: to count them here
    would cost a tenth more.
    """
    sent = {column.name for column in table.columns if staging.has(column, file)}
    fallible = [column for column in table.columns if is_fallible(column)]
    ids = [column for column in table.columns if column.type is Type.ID_NUMBER]
    read = [f"{_usual(table, file, c) if c.name in sent else _nothing(c)} AS {_value(c)}" for c in fallible]
    read.append(f"{known(quoted(table.county), staging.own_units(scope))} AS {_COUNTY}")
    right = [f"{_COUNTY} IS NOT NULL"]
    right += [f"({_value(c)} IS NOT NULL OR {quoted(c.name)} IS NULL)" for c in fallible if c.name in sent]
    right += [f"{quoted(c.key)} IS NOT NULL" for c in ids if c.name in sent]
    # Rules see codes as the texts they are.
    typed = ", ".join(f"{_value(c)} AS {quoted(c.name)}" for c in fallible if c.type is not Type.CODE)
    classes = [f"{literal(text)} AS {quoted(name)}" for name, text in said(table, file).items()]
    classes += [f"NULL::VARCHAR AS {quoted(c.key)}" for c in ids if c.name not in sent]
    unread = ", ".join(f"{quoted(c.name)} VARCHAR" for c in fallible)
    texts = [f"{staging.cell_sent(table, file, c, str)} AS {quoted(c.name)}" for c in table.columns]
    context = [
        f"{' AND '.join(right)} AS _is_right",
        f"{literal(delivery_id)} AS delivery_id",
        f"{literal(file.file_name)} AS file_name",
        staging.NO_CORRECTION,
        f"{quoted(table.county)} AS county_code",
        f"{quoted(table.county)} AS scope_code",
        *classes,
        f"NULL{f'::STRUCT({unread})' if unread else ''} AS unread",
        "false AS is_misshapen",
        "true AS is_in_scope",
        "0::BIGINT AS key_repeats",
        f"DATE '{cut_date.isoformat()}' AS delivery_cut_date",
    ]
    breaks = " OR ".join(f"({rule.predicate}\n)" for rule in rules) or "false"
    return f"""
WITH sent AS (
  SELECT {", ".join(texts)}, {staging.is_row(file) if segment.gaps else "true"} AS {IS_ROW}
  FROM {staging.segment_lines(file, segment)}
),
cells AS ({with_sound_ids("sent", {c.name: c.key for c in ids if c.name in sent})}),
read AS (SELECT *, {", ".join(read)} FROM cells),
context AS (SELECT *{f" REPLACE ({typed})" if typed else ""}, {", ".join(context)} FROM read)
SELECT {", ".join(map(quoted, dict.fromkeys(drawn(table, file).values())))}, {IS_ROW},
  CASE WHEN NOT _is_right THEN false WHEN {breaks} THEN false ELSE true END AS {IS_SOUND}
FROM context"""


def _place(column: Column) -> str:
    """Where the typed value of a column stands beside its text."""
    return f"_{column.name}" if is_fallible(column) else column.name


def _value(column: Column) -> str:
    return quoted(_place(column))


def _nothing(column: Column) -> str:
    return f"NULL::{column.staged[column.name]}"


def _usual(table: SourceTable, file: Reading, column: Column) -> str:
    if column.codes is not None:
        column = replace(column, codes=table.codes_in(file.layout)[column.name])
    return usual_reading(column, quoted(column.name)) or _nothing(column)
