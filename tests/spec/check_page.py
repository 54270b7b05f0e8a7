"""The part of docs/measures.md on cross-checks: what each asks to verify, under which clause, and its cases as tables to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.catalog import TABLES
from pipelines.columns import COLUMNS
from pipelines.measures.checks import BUILT, CHECKS, Check
from pipelines.measures.explain import words
from pipelines.sources import SOURCES, STAGED
from tests.spec.test_specs import read_table

FOLDER = Path(__file__).parent / "checks"
_FLAGS = {"true": "是", "false": "否"}
# Columns whose codes are said in words; the others keep theirs, which the dictionary explains.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "system": {name: source.zh for name, source in SOURCES.items()},
    "reason_code": words("reason_code"),
    "case_state_code": words("case_state_code"),
}
_STATES = {"covered": "已覆盖", "uncovered": "未覆盖", "excluded": "核减", "no_data": "无数据"}
_SUBJECTS = {"person": "人员", "carrier": "载体", "organisation": "机构", "school": "学校"}


def checks() -> Iterator[str]:
    """The lines of every check in order of its code."""
    yield "## 核对 · Cross-checks\n"
    yield (
        "每项核对给出一份清单:谁(或哪个载体、机构、学校)、所得、依据的入库行(批次、文件、行号)、请核实的事项、责任处室。只请核实,不认定任何人有错,"
        "也不因此核减任何人。例表就是测试。\n\n"
        "Each check gives a list: who, what was found, the delivered rows it rests on, what to verify, and the office. It asks to verify;"
        " it accuses nobody and takes nobody out. The examples are the tests.\n"
    )
    for check in CHECKS:
        yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    yield f"### {check.code} {check.zh} · {check.en}\n"
    yield "| | |\n|---|---|"
    yield f"| 规则 | {check.rule} |"
    yield f"| 所得 | {';'.join(f'{text} `{code}`' for code, text in check.findings.items())} |"
    yield f"| 请核实 | {check.action} |"
    yield f"| 方案条款 | {check.clause} |"
    yield f"| 责任处室 | {check.office} |"
    yield f"| 所需系统 | {'、'.join(SOURCES[system].zh for system in check.systems)} |"
    yield f"| 对象 | {_SUBJECTS[check.subject]} |\n"
    if check not in BUILT:
        yield "尚未计算:没有单位报送所需数据。Not computed: no office sends the data it needs.\n"
        return
    spec = yaml.safe_load((FOLDER / f"{check.table}.yaml").read_text(encoding="utf-8"))
    for case in spec["cases"]:
        yield f"**{case['title']['zh']}**\n\n{case['title']['en']}\n"
        told: Mapping[str, Any] = {**spec.get("inputs", {}), **case.get("inputs", {})}
        for name, text in told.items():
            yield from table_lines(name, text, f"{name_of(name)}:")
        yield from table_lines(check.table, case["expected"], "所得清单:")


def name_of(table: str) -> str:
    """A table's Chinese name, last quarter's marked so."""
    plain = table.removeprefix("previous.")
    return ("上季度" if table != plain else "") + TABLES[plain].zh


def table_lines(table: str, text: str, title: str, only: str = "") -> Iterator[str]:
    """A table of a spec as lines of the page under its title; `only`: the rows of that measure, where it is named."""
    header, rows = read_table(text)
    rows = [row for row in rows if not only or row["measure_code"] == only]
    yield f"{title}{'无' if not rows else ''}\n"
    if not rows:
        return
    headings = [_heading(table.removeprefix("previous."), name) for name in header]
    yield _row(headings)
    yield "|---" * len(header) + "|"
    for row in rows:
        yield _row([_cell(table, name, row[name]) for name in header])
    yield ""


def _heading(table: str, column: str) -> str:
    staged = STAGED.get(table)
    if staged is not None:
        declared = next((one for one in staged.columns if column in one.staged), None)
        if declared is not None:
            return declared.zh.partition(":")[0]
    return COLUMNS[column].zh.partition(":")[0].partition("(")[0] if column in COLUMNS else column


def _cell(table: str, column: str, cell: str | None) -> str:
    said = _STATES if (table, column) == ("core_person_measure", "state_code") else _WORDS.get(column, _FLAGS)
    return said.get(cell or "", cell or "").strip('"').replace("|", "\\|")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
