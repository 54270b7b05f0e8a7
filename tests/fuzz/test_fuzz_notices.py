"""The fuzz run fails where it should: a reader that refuses everything, loses a row, or a rule that is not applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase

from expectations import rules_of
from pipelines.deliveries import staging, verify
from pipelines.deliveries.readers import Reading, read
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.quality.rules import Rule
from tests.fuzz import judge as judging
from tests.fuzz import run
from tests.fuzz.judge import Judge
from tests.fuzz.kinds import KINDS
from tests.fuzz.run import FILES, ROWS, fuzz, names_of, share

CASES_IN_CI = 2000
CASES = 8
TAKEN = sorted(name for name, kind in KINDS.items() if not kind.refused and not kind.costly)
WITH_ROWS = [name for name in TAKEN if name != "only_a_header"]


def test_of_at_least_two_thousand_cases_two_fifths_get_past_the_manifest() -> None:
    """That each class comes out as it says is what the run asserts."""
    halves = [*names_of(*ROWS), *names_of(*FILES)]
    assert sorted(halves) == sorted(KINDS), "a class that no half runs"
    cases = {name: share(KINDS[name]) for name in halves}
    past = sum(count for name, count in cases.items() if not KINDS[name].refused)
    assert sum(cases.values()) >= max(CASES_IN_CI, run.CASES)
    assert past * 10 >= sum(cases.values()) * 4


def failure(judge: Judge, name: str, cases: int = CASES) -> Exception | None:
    return fuzz(KINDS[name], judge, cases, Phase.generate).failure


@pytest.mark.parametrize("name", ["spelled_date", "encoding", "unknown_code", "several_sheets", "truncated_workbook"])
def test_nothing_is_noticed_where_nothing_is_wrong(judge: Judge, name: str) -> None:
    assert failure(judge, name) is None


Patch = Callable[[pytest.MonkeyPatch], None]


def reads(patch: pytest.MonkeyPatch, change: Callable[..., tuple[Reading, ...]]) -> None:
    """Another reader, for receiving as for staging."""
    patch.setattr(verify, "read", change)
    patch.setattr(judging, "read", change)


def refusing(*_: object, **__: object) -> tuple[Reading, ...]:
    raise Refused(Reason("no_header", "没有表头。", "请改正。", "No header.", "Mend it."))


def test_a_reader_that_refuses_everything(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, refusing)
    silent = [name for name in TAKEN if failure(judge, name, 2) is None]
    assert silent == []


def last_line_lost(path: Path, *args: object, **more: object) -> tuple[Reading, ...]:
    """What the reader says, but the last record of the first part is not there."""
    readings = read(path, *args, **more)  # type: ignore[arg-type]
    if (first := readings[0]).numbered is not None:
        lines = first.numbered.read_text(encoding="utf-8").split("\n")
        first.numbered.write_text("\n".join(lines[:-2]) + "\n", encoding="utf-8")
    return readings


def last_line_lost_and_not_counted(path: Path, *args: object, **more: object) -> tuple[Reading, ...]:
    first, *others = last_line_lost(path, *args, **more)
    first.counts.rows -= 1
    return (first, *others)


@pytest.mark.parametrize("reader", [last_line_lost, last_line_lost_and_not_counted])
@pytest.mark.parametrize("name", ["encoding", "newlines_and_separators", "title_rows", "several_sheets", "zipped"])
def test_a_reader_that_drops_a_row(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, reader: Callable[..., tuple[Reading, ...]], name: str
) -> None:
    reads(monkeypatch, reader)
    assert failure(judge, name) is not None


def lines_moved(path: Path, *args: object, **more: object) -> tuple[Reading, ...]:
    """The reader counts records instead of physical lines."""
    readings = read(path, *args, **more)  # type: ignore[arg-type]
    for one in readings:
        if one.numbered is not None:
            text = one.numbered.read_text(encoding="utf-8")
            one.numbered.write_text(f"9{text}" if text else text, encoding="utf-8")
    return readings


def columns_swapped(path: Path, *args: object, **more: object) -> tuple[Reading, ...]:
    """The reader takes the first two columns for each other."""
    readings = []
    for one in read(path, *args, **more):  # type: ignore[arg-type]
        places = dict(one.header.positions)
        first, second = sorted(places, key=lambda name: places[name])[:2]
        places[first], places[second] = places[second], places[first]
        readings.append(replace(one, header=replace(one.header, positions=places)))
    return tuple(readings)


@pytest.mark.parametrize("reader", [lines_moved, columns_swapped])
@pytest.mark.parametrize("name", ["encoding", "title_rows", "typed_cells"])
def test_a_reader_that_moves_lines_or_columns(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, reader: Callable[..., tuple[Reading, ...]], name: str
) -> None:
    reads(monkeypatch, reader)
    assert isinstance(failure(judge, name), AssertionError)


# Which class notices that a rule is not applied, by how its id ends.
SWALLOWED = {
    "row_shape": "cells_too_many",
    "_unknown": "unknown_code",
    "_unreadable": "unreadable_date",
    "_missing": "missing_key",
    "_excel_damage": "excel_damaged_key",
    "_invalid": "damaged_id",
    "_other_document": "damaged_id",
    "key_repeated": "repeated_key",
    "region_code": "bad_region_code",
    "out_of_scope": "out_of_scope",
}


@pytest.mark.parametrize(("ending", "name"), SWALLOWED.items())
def test_a_rule_that_is_not_applied(judge: Judge, monkeypatch: pytest.MonkeyPatch, ending: str, name: str) -> None:
    def others(table_name: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in rules_of(table_name) if not rule.rule_id.endswith(ending))

    monkeypatch.setattr(judging, "rules_of", others)
    assert isinstance(failure(judge, name, 20), AssertionError)


def test_a_critical_rule_that_only_warns(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked rows that are nevertheless taken as clean."""
    split = staging.is_quarantined
    monkeypatch.setattr(
        staging, "is_quarantined", lambda rules: split([r for r in rules if r.rule_id != "region_code"])
    )
    assert isinstance(failure(judge, "bad_region_code"), AssertionError)


def test_a_split_that_loses_rows(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = staging.quarantine_select

    def lost(*args: object) -> str:
        return f"SELECT * FROM ({apart(*args)}) OFFSET 1"  # type: ignore[arg-type]

    monkeypatch.setattr(staging, "quarantine_select", lost)
    assert isinstance(failure(judge, "unknown_code"), AssertionError)


def test_what_its_sender_is_told_holds_no_person(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    told = verify.verify

    def talkative(folder: Path, *args: object) -> verify.Findings:
        findings = told(folder, *args)  # type: ignore[arg-type]
        words = next(folder.glob("*.csv")).read_bytes().decode("utf-8", "replace")
        reason = Reason("x", words, words, words, words)
        return replace(findings, reasons=[*findings.reasons, reason])

    monkeypatch.setattr(judging, "verify", talkative)
    found = failure(judge, "delimiter")
    assert isinstance(found, AssertionError)
    assert "stands in what its sender is told" in str(found)
