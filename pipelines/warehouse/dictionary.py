"""The data dictionary in the warehouse: ref.dictionary says what docs/dictionary.md says, for who has a BI tool and no documents.

It is filled from the declarations whenever they differ, in the transaction of who publishes; so it cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql

from pipelines.catalog import TABLES
from pipelines.columns import COLUMNS
from pipelines.lake import columns_of
from pipelines.measures.catalogue import MEASURES
from pipelines.measures.checks import BUILT
from pipelines.measures.figures import FIGURES
from pipelines.sources import SOURCES
from pipelines.warehouse import schema

KEY = ("kind", "table_name", "column_name", "code")
Entry = dict[str, str]


def entries() -> tuple[Entry, ...]:
    """Every table, column, code, measure, figure and cross-check, as declared; one for each KEY."""
    found = (*_delivered(), *_computed(), *_history(), *_measures(), *_checks())
    return tuple({(tuple(one[name] for name in KEY)): one for one in found}.values())


def fill(connection: Connection) -> int:
    """Make ref.dictionary say what is declared, within the caller's transaction; entries written, 0 where it says so already."""
    table, wanted = schema.dictionary, entries()
    names = [column.name for column in table.columns]
    known = {tuple(row) for row in connection.execute(select(table))}
    if known == {tuple(one[name] for name in names) for one in wanted}:
        return 0
    connection.execute(delete(table))
    connection.execute(insert(table), list(wanted))
    return len(wanted)


def _entry(kind: str, table: str = "", column: str = "", code: str = "", **said: str) -> Entry:
    empty = dict.fromkeys(("zh", "en", "type", "meaning", "source", "clause"), "")
    return {"kind": kind, "table_name": table, "column_name": column, "code": code, **empty, **said}


def _delivered() -> Iterator[Entry]:
    for source in SOURCES.values():
        for table in source.tables:
            yield _entry("table", table.name, zh=table.zh, en=table.grain, source=source.zh)
            for column in table.columns:
                for name, kind in column.staged.items():
                    yield _entry(
                        "column",
                        table.name,
                        name,
                        zh=column.zh,
                        en=column.en,
                        type=kind,
                        meaning=column.header,
                        source=source.zh,
                    )
                for code, label in (column.codes.labels if column.codes else {}).items():
                    assert column.codes is not None
                    yield _entry(
                        "code", table.name, column.name, code, zh=label, type=column.codes.name, meaning=column.codes.zh,
                        source=f"{column.codes.source}({column.codes.certainty})",
                    )  # fmt: skip


def _computed() -> Iterator[Entry]:
    for table in TABLES.values():
        if table.layer == "staged":
            continue
        yield _entry("table", table.name, zh=table.zh, en=table.grain, source=table.owner)
        for name, kind in columns_of(table.name).items():
            zh, _, meaning = COLUMNS[name].zh.partition(":")
            yield _entry("column", table.name, name, zh=zh, en=COLUMNS[name].en, type=kind, meaning=meaning)


def _history() -> Iterator[Entry]:
    for table in schema.metadata.sorted_tables:
        yield _entry("table", table.fullname, zh=table.comment or "")
        for column in table.columns:
            yield _entry("column", table.fullname, column.name, zh=column.comment or "", type=_type(column))


def _type(column: sa.Column[object]) -> str:
    return str(column.type.compile(postgresql.dialect()))  # type: ignore[no-untyped-call]


def _measures() -> Iterator[Entry]:
    for measure in MEASURES:
        said = f"分子:{measure.numerator};分母:{measure.denominator}"
        yield _entry(
            "measure",
            code=measure.code,
            zh=measure.zh,
            en=measure.en,
            meaning=said,
            source=measure.office,
            clause=measure.clause,
        )
    for figure in FIGURES:
        said = f"{figure.figure_zh}:{figure.numerator}" + (f";{figure.denominator}" if figure.denominator else "")
        yield _entry(
            "figure", column=figure.figure, code=figure.code, zh=figure.zh, en=figure.en, type=figure.unit, meaning=said,
            source=figure.office, clause=figure.clause,
        )  # fmt: skip


def _checks() -> Iterator[Entry]:
    for check in BUILT:
        yield _entry(
            "check",
            code=check.code,
            zh=check.zh,
            en=check.en,
            meaning=check.rule,
            source=check.office,
            clause=check.clause,
        )
        for finding, text in check.findings.items():
            yield _entry(
                "finding",
                column=finding,
                code=check.code,
                zh=text,
                meaning=check.action,
                source=check.office,
                clause=check.clause,
            )
