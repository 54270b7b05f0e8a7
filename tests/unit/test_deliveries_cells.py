"""Reading cells: every spelling that offices use, what stays unread, and rows carried through DuckDB unchanged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.deliveries import staging
from pipelines.deliveries.cells import code_words, reading, trimmed, usual_reading
from pipelines.deliveries.readers import read
from pipelines.deliveries.scope import Scope
from pipelines.engines.text_files import TextFileEngine
from pipelines.quality.rules import Rule
from pipelines.sources import STAGED
from pipelines.sources.base import Column, Type

DAY = date(2018, 9, 30)
SPELLINGS: dict[Type, dict[str, object]] = {
    Type.DATE: {
        "2018-09-30": DAY, "2018/9/30": DAY, "2018.9.30": DAY, "20180930": DAY, "2018年9月30日": DAY, "43373": DAY,
        "43373.75": DAY, "2018-09-30 00:00:00": DAY, "2018-9-30T08:30": DAY, "２０１８－０９－３０": DAY,
        " 2018-09-30　": DAY, "'2018-09-30": DAY, "99991231": date(9999, 12, 31), "2018-02-30": None,
        "20180931": None, "1899-12-31": None, "2100-01-01": None, "9.30": None, "12345": None, "今年": None,
    },
    Type.MONTH: {
        "201809": "201809", "2018-09": "201809", "2018/9": "201809", "2018年9月": "201809", "2018.9": "201809",
        "2018-09-30": "201809", "20180930": "201809", "999912": "999912", "201813": None, "2018": None, "189912": None,
    },
    Type.SCHOOL_YEAR: {
        "2018-2019": "2018-2019", "2018—2019学年": "2018-2019", "2018/19": "2018-2019", "2018至2019学年度": "2018-2019",
        "２０１８－２０１９": "2018-2019", "2018学年": "2018-2019", "2018": None, "2018-2020": None, "去年": None,
    },
    Type.INTEGER: {"3": 3, "3.0": 3, "3月": 3, "-1": -1, "1,200": 1200, "１２": 12, "12.5": None, "三": None, "1e3": None},
    Type.AMOUNT: {
        "300": Decimal("300.00"), "1,234.50": Decimal("1234.50"), "¥300": Decimal("300.00"), "300元": Decimal("300.00"),
        "0.12万元": Decimal("1200.00"), "1.2万": Decimal("12000.00"), "1.005": Decimal("1.01"), "-5": Decimal("-5.00"),
        "１００": Decimal("100.00"), "3,00": None, "1e5": None, "三百": None, "": None,
    },
    Type.FLAG: {
        "是": True, "1": True, "Y": True, "y": True, "√": True, "TRUE": True, "Ｙ": True,
        "否": False, "0": False, "N": False, "×": False, "无": False, "?": None, "2": None,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as connection:
        yield connection


def value_of(connection: duckdb.DuckDBPyConnection, column: Column, text: str) -> object:
    usual = usual_reading(column, "t") or "NULL"
    row = connection.execute(
        f"SELECT {reading(column, 't')}, {usual} FROM (SELECT {trimmed('x')} AS t FROM (SELECT $x::VARCHAR AS x))",
        {"x": text},
    ).fetchone()
    assert row is not None
    assert row[1] in (None, row[0]), "the usual way of reading says something else"
    return row[0]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Type.DATE, "2018-09-30"),
        (Type.MONTH, "201809"),
        (Type.INTEGER, "12"),
        (Type.AMOUNT, "12.50"),
        (Type.FLAG, "是"),
    ],
)
def test_what_nearly_every_cell_looks_like_is_read_in_the_usual_way(
    database: duckdb.DuckDBPyConnection, kind: Type, text: str
) -> None:
    usual = usual_reading(Column("a", "a", kind, "a", "a"), "t")
    assert database.execute(f"SELECT {usual} IS NOT NULL FROM (SELECT $t::VARCHAR AS t)", {"t": text}).fetchone() == (
        True,
    )


@pytest.mark.parametrize("kind", SPELLINGS)
def test_spellings(database: duckdb.DuckDBPyConnection, kind: Type) -> None:
    column = Column("a", "a", kind, "a", "a", unit="月" if kind is Type.INTEGER else "")
    assert {text: value_of(database, column, text) for text in SPELLINGS[kind]} == SPELLINGS[kind]


@pytest.mark.parametrize(
    "column", [c for t in STAGED.values() for c in t.columns if c.codes], ids=lambda column: column.name
)
def test_codes_are_read_by_code_and_by_label(database: duckdb.DuckDBPyConnection, column: Column) -> None:
    assert column.codes is not None
    for code, label in column.codes.labels.items():
        for text in (code, label, f"{code}-{label}", f" {code} ", code.lower()):
            assert value_of(database, column, text) == code
    assert value_of(database, column, "§") is None
    assert set(code_words(column.codes).values()) == set(column.codes.codes)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("甲", "甲"), (" 甲 乙　", "甲 乙"), ("\ufeff甲\u200b", "甲"), ("'甲'", "甲'"), ("'", None), ("  ", None),
        ("NULL", None), (" \\N ", None), ("#N/A", None), ("甲\n乙\n", "甲\n乙"), ("'' ", "'"),
    ],
)  # fmt: skip
def test_trimming(database: duckdb.DuckDBPyConnection, raw: str, text: str | None) -> None:
    row = database.execute(f"SELECT {trimmed('x')} FROM (SELECT $x::VARCHAR AS x)", {"x": raw}).fetchone()
    assert row == (text,)


TABLE = STAGED["staged_yulu__payment"]
EVERY_ROW = (Rule("every_row", "true", "critical", "w", "t", "e"),)
cell = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cell, min_size=13, max_size=15), max_size=12))
def test_rows_reach_quarantine_as_they_were_sent(tmp_path: Path, records: list[list[str]]) -> None:
    """Every row of any file, through the reader and DuckDB's own CSV parser, is typed once and keeps its cells."""
    headers = [column.header for column in TABLE.columns]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows([headers, *([f"K{n}", *r[1:]] for n, r in enumerate(records))])
    sent = tmp_path / "sent.csv"
    sent.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    files = read(sent, TABLE, "", tmp_path / "numbered")
    with TextFileEngine(1, "1GiB", tmp_path) as engine:
        typed = tmp_path / f"typed-{len(list(tmp_path.iterdir()))}"
        rows = engine.write(
            staging.typed_select(TABLE, files, "d", Scope(frozenset({"360702"})), DAY, EVERY_ROW), typed
        )
        apart = engine.query(f"SELECT raw FROM ({staging.quarantine_select(TABLE, typed, files, EVERY_ROW)})")
    assert rows == len(apart) == files[0].counts.rows == len(records)
    for number, (record, (raw,)) in enumerate(zip(records, apart, strict=True)):
        if len(record) == len(headers):
            kept = json.loads(raw)
            assert [kept[header] or "" for header in headers] == [f"K{number}", *record[1:]]
