"""Runs every case of tests/spec/**/*.yaml on both engines (README.md has the format)."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.engines import Engine, Written, sql
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.engines.spark import SparkEngine
from pipelines.engines.types import kind
from pipelines.lake import columns_of
from tests.sparing import FEW_ROWS

SPEC_FOLDER = Path(__file__).parent
LAYERS = ("core", "mart", "bi", "checks")

pytestmark = [pytest.mark.spark, pytest.mark.minutes(12)]

Rows = list[dict[str, str | None]]
ColumnsOf = Callable[[str], Mapping[str, str]]
_BAR_OUTSIDE_QUOTES = re.compile(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)')

_PARSERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "decimal": Decimal,
    "double": float,
}


@dataclass(frozen=True)
class Case:
    """One case: rows in, parameters, rows out. `expected_columns` are those that are compared."""

    spec: Path
    title: str
    params: dict[str, object]
    inputs: dict[str, Rows]
    expected: Rows
    expected_columns: tuple[str, ...]


def read_table(text: str) -> tuple[tuple[str, ...], Rows]:
    """Header and rows of a table written with bars; None stands for an empty cell, quotes are kept."""
    if text.strip() == "none":
        return (), []
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    split = [[cell.strip() for cell in _BAR_OUTSIDE_QUOTES.split(line)] for line in lines]
    header = tuple(split[0])
    repeated = [name for name, n in Counter(header).items() if n > 1]
    assert not repeated, f"the header names {repeated} twice"
    for line, cells in zip(lines[1:], split[1:], strict=True):
        assert len(cells) == len(header), f"{len(header)} columns, {len(cells)} cells: {line.strip()}"
    return header, [dict(zip(header, (c or None for c in cells), strict=True)) for cells in split[1:]]


def value(cell: str | None, type_text: str) -> Any:
    """A cell as the Python value of its column's type."""
    if cell is None:
        return None
    if cell.startswith('"') and cell.endswith('"') and len(cell) > 1:
        cell = cell[1:-1]
    this = kind(type_text)
    if this == "list of text":
        assert cell.startswith("[") and cell.endswith("]"), f"{cell!r} is no list"
        return [item.strip() for item in cell[1:-1].split(",") if item.strip()]
    return _PARSERS[this](cell)


def arrow_table(columns: Mapping[str, str], rows: Rows) -> pa.Table:
    """Rows as an Arrow table with all columns; those the rows leave out are NULL."""
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "double": pa.float64(),
        "list of text": pa.list_(pa.string()),
    }
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"no such column(s): {', '.join(sorted(unknown))}"
    arrays = {}
    for name, type_text in columns.items():
        values = [value(row.get(name), type_text) for row in rows]
        if kind(type_text) == "decimal":
            precision, scale = (int(n) for n in re.findall(r"\d+", type_text))
            arrays[name] = pa.array(values, pa.decimal128(precision, scale))
        else:
            arrays[name] = pa.array(values, types[kind(type_text)])
    return pa.table(arrays)


def read_spec(path: Path) -> list[Case]:
    """The cases of one file."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(document) <= {"title", "inputs", "cases"}, f"{path.name}: unknown fields in {sorted(document)}"
    assert set(document["title"]) == {"zh", "en"}, f"{path.name}: the title needs zh and en"
    cases = []
    for number, case in enumerate(document["cases"], 1):
        assert set(case) <= {"title", "params", "inputs", "expected"}, f"{path.name}: unknown fields in {sorted(case)}"
        assert set(case["title"]) == {"zh", "en"}, f"{path.name}: the title of case {number} needs zh and en"
        header, expected = read_table(case["expected"])
        tables = {**(document.get("inputs") or {}), **(case.get("inputs") or {})}
        inputs = {name: read_table(text)[1] for name, text in tables.items()}
        cases.append(Case(path, case["title"]["en"], case.get("params") or {}, inputs, expected, header))
    return cases


def run_case(case: Case, contract: sql.Contract, engine: Engine, columns_of: ColumnsOf, folder: Path) -> Written:
    """Runs one case on one engine and asserts the rows; gives what was written."""
    reads = sql.tables_read(contract.select)
    names = reads.this | {f"previous.{name}" for name in reads.previous}
    assert set(case.inputs) <= names, f"the SELECT does not read {', '.join(sorted(set(case.inputs) - names))}"
    for name in sorted(names):
        columns = columns_of(name.removeprefix("previous."))
        engine.register_rows(name, columns, arrow_table(columns, case.inputs.get(name, [])))
    columns = columns_of(contract.table)
    written = engine.write(contract.select, columns, contract.grain, case.params, folder)
    files = sorted(folder.glob("*.parquet"))
    found = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    unknown = set(case.expected_columns) - set(columns)
    assert not unknown, f"{contract.table} has no column {', '.join(sorted(unknown))}"
    if not case.expected_columns:
        assert found == []
        return written
    gave = Counter(str({c: _shown(row[c]) for c in case.expected_columns}) for row in found)
    wants = Counter(str({c: _shown(value(row[c], columns[c])) for c in case.expected_columns}) for row in case.expected)
    missing, surplus = sorted((wants - gave).elements()), sorted((gave - wants).elements())
    assert not missing and not surplus, "\n".join(
        [f"{case.title} on {engine.name}:", *(f"  missing {m}" for m in missing), *(f"  surplus {s}" for s in surplus)]
    )
    return written


def _shown(cell: Any) -> Any:
    """Decimals of one value but different scales are the same."""
    return str(cell.normalize() + 0) if isinstance(cell, Decimal) else cell


SPECS = sorted(SPEC_FOLDER.glob("*/*.yaml"))
CASES = [case for spec in SPECS for case in read_spec(spec)]


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    scratch = tmp_path_factory.mktemp("engines")
    with (
        DuckDBEngine(2, "1GiB", scratch) as duckdb,
        SparkEngine(2, "1GiB", scratch, options=FEW_ROWS) as spark,
    ):
        yield duckdb, spark


@pytest.mark.parametrize("case", CASES, ids=[f"{c.spec.stem}: {c.title}" for c in CASES])
def test_case(case: Case, engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    contract = sql.load(case.spec.stem)
    written = [run_case(case, contract, engine, columns_of, tmp_path / engine.name) for engine in engines]
    assert written[0] == written[1], "the engines give different content hashes"


def test_every_sql_file_has_a_spec_and_every_spec_a_file() -> None:
    files = {(p.parent.name, p.stem) for p in sql.files() if p.parent.name in LAYERS}
    specs = {(p.parent.name, p.stem) for p in SPECS}
    assert files - specs == set(), "SQL files without a spec"
    assert specs - files == set(), "specs without a SQL file"


@pytest.mark.parametrize("spec", SPECS, ids=[s.stem for s in SPECS])
def test_a_spec_speaks_of_every_column(spec: Path) -> None:
    spoken = {column for case in CASES if case.spec == spec for column in case.expected_columns}
    assert set(columns_of(spec.stem)) - spoken == set(), "no case lists these columns in expected"


_SELECT = """\
-- table:    core_try
-- grain:    one row per (county_code, name)
-- reads:    staged_try
-- quarters: this, previous
-- rule:     names of this quarter that the previous one lacks
SELECT t.county_code, t.name, t.n, t.seen_date, $quarter AS quarter, rate(t.n, 4) AS share_rate, t.tags
FROM staged_try AS t
ANTI JOIN previous.staged_try AS p ON p.name = t.name
WHERE t.county_code IN ($counties)
"""
_COLUMNS = {
    "staged_try": {
        "county_code": "VARCHAR",
        "name": "VARCHAR",
        "n": "INTEGER",
        "seen_date": "DATE",
        "tags": "VARCHAR[]",
    },
    "core_try": {
        "county_code": "VARCHAR",
        "name": "VARCHAR",
        "n": "INTEGER",
        "seen_date": "DATE",
        "quarter": "VARCHAR",
        "share_rate": "DECIMAL(9,6)",
        "tags": "VARCHAR[]",
    },
}
_SPEC = """\
title: {zh: 新增, en: new names}
cases:
  - title: {zh: 上季度没有的姓名, en: a name the previous quarter lacks}
    params: {quarter: 2019Q4, counties: ["360102"]}
    inputs:
      staged_try: |
        county_code | name      | n | seen_date  | tags
        360102      | 王小明    | 1 | 2019-12-31 | [a, b]
        360102      | "张 | 三" |   |            | []
        360102      | 李四      | 3 |            |
        360103      | 赵六      | 3 |            |
      previous.staged_try: |
        name
        李四
    expected: |
      quarter | county_code | name      | n | seen_date  | share_rate | tags
      2019Q4  | 360102      | "张 | 三" |   |            |            | []
      2019Q4  | 360102      | 王小明    | 1 | 2019-12-31 | 0.25       | [a, b]
"""


@pytest.fixture
def trial(tmp_path: Path) -> tuple[Case, sql.Contract]:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "core_try.sql").write_text(_SELECT, encoding="utf-8")
    spec = tmp_path / "core" / "core_try.yaml"
    spec.write_text(textwrap.dedent(_SPEC), encoding="utf-8")
    return read_spec(spec)[0], sql.contract(tmp_path / "core" / "core_try.sql")


def test_the_harness_runs_a_case_on_both_engines(
    trial: tuple[Case, sql.Contract], engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    case, contract = trial
    written = [run_case(case, contract, e, lambda name: _COLUMNS[name], tmp_path / e.name) for e in engines]
    assert written[0] == written[1]
    assert written[0].rows == 2


@pytest.mark.parametrize("change", ["value", "row", "more"])
def test_the_harness_fails_where_the_rows_differ(
    trial: tuple[Case, sql.Contract], engines: tuple[Engine, Engine], tmp_path: Path, change: str
) -> None:
    case, contract = trial
    wrong = {
        "value": [case.expected[0], {**case.expected[1], "share_rate": "0.26"}],
        "row": case.expected[:1],
        "more": [*case.expected, case.expected[0]],
    }[change]
    other = Case(case.spec, case.title, case.params, case.inputs, wrong, case.expected_columns)
    with pytest.raises(AssertionError, match=r"missing|surplus"):
        run_case(other, contract, engines[0], lambda name: _COLUMNS[name], tmp_path / change)
