"""Sends one delivery on the way every delivery goes and holds what comes of it against what must.

The way is verify, read, type and mark, split, by the functions that receiving and ingesting use, in one DuckDB;
PostgreSQL and Great Expectations are left to test_fuzz_flow.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from expectations import rules_of, table_rules_of
from pipelines.deliveries import staging
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.readers import Reading, read
from pipelines.deliveries.typed import write_typed
from pipelines.deliveries.verify import Findings, verify
from pipelines.engines.text_files import TextFileEngine
from pipelines.sources.base import SourceTable, Type
from tests.fuzz.delivery import XLSX, Delivery, Record, Sent, mentions
from tests.fuzz.writing import write

NOW = datetime(2019, 1, 10, tzinfo=UTC)
SECONDS = 20  # for any one delivery; most take a tenth of a second
TAKEN, STOPPED, REFUSED = "taken", "stopped", "refused"


@dataclass(frozen=True)
class Staged:
    """One table of a delivery as it would be staged."""

    table: SourceTable
    rows: list[dict[str, Any]]  # typed and marked, in order
    clean: list[tuple[str, int]]
    quarantined: dict[tuple[str, int], dict[str, Any]]
    stopping: set[str]


class Judge:
    """One DuckDB for many deliveries."""

    def __init__(self, folder: Path, engine: TextFileEngine) -> None:
        self.folder, self.engine = folder, engine
        self.number = 0

    def judge(self, delivery: Delivery) -> str:
        """What came of a delivery. AssertionError where it is not what must come of it."""
        self.number += 1
        place = self.folder / str(self.number)
        try:
            write(delivery, place / "sent")
            begun = time.monotonic()
            outcome = self._outcome(delivery, place)
            took = time.monotonic() - begun
            assert took < SECONDS, f"{took:.0f} s"
            return outcome
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _outcome(self, delivery: Delivery, place: Path) -> str:
        findings = verify(place / "sent", delivery.table.source, NOW)
        _no_person(delivery, findings)
        codes = {reason.code for reason in findings.reasons}
        if delivery.refusal:
            assert codes, f"not refused; {sorted(delivery.refusal)} was due"
            assert codes <= delivery.refusal, f"refused for {sorted(codes)}, {sorted(delivery.refusal)} was due"
            said = " ".join(reason.text + reason.mend for reason in findings.reasons)
            assert all(word in said for word in delivery.words), f"{delivery.words} is not named in: {said}"
            assert all(all(reason.as_dict().values()) for reason in findings.reasons), "a reason without words"
            return REFUSED
        assert not codes, f"refused for {[reason.text_en for reason in findings.reasons]}"
        notes = {note.code for note in findings.notes}
        assert delivery.notes <= notes, f"its sender is told {sorted(notes)}, not {sorted(delivery.notes)}"
        tables = {sent.table.name: sent.table for sent in delivery.files}
        staged = [self.stage(table, findings, place) for table in tables.values()]
        for one in staged:
            _hold(one, [(sent, r) for sent, r in delivery.records if sent.table is one.table])
        return STOPPED if any(one.stopping for one in staged) else TAKEN

    def stage(self, table: SourceTable, findings: Findings, place: Path) -> Staged:
        """One table of the delivery in `place`/sent, staged beside it."""
        rules = rules_of(table.name)
        readings: list[Reading] = []
        for number, file in enumerate(f for f in findings.files if f["table_name"] == table.name):
            source, folder = place / "sent" / file["name"], place / f"{table.entity}-{number}"
            readings += read(source, table, file["read_as"], folder, findings.cut_date)
        assert findings.quarter is not None and findings.cut_date is not None
        asked = Asked(table, "d", findings.quarter, findings.counties, findings.cut_date, rules)
        staged_rows = write_typed(self.engine, place / table.entity, asked, readings)
        assert isinstance(staged_rows.rows, Path)
        typed, written = staged_rows.rows, staged_rows.n_rows
        names = [*table.staged, "broken_rules"]
        cells = ", ".join(f'"{name}"' for name in names)
        source = f"read_parquet('{typed}/*.parquet', hive_partitioning=false)"
        rows = [dict(zip(names, row, strict=True)) for row in self.engine.query(f"SELECT {cells} FROM {source}")]
        assert len(rows) == written
        clean = staging.clean_select(table, typed, rules)
        apart = staging.quarantine_select(table, typed, readings, rules)
        return Staged(
            table,
            rows,
            [(str(f), int(n)) for f, n in self.engine.query(f"SELECT file_name, line_number FROM ({clean})")],
            {
                (str(f), int(n)): {"raw": raw, "rule_ids": ids, "texts": texts}
                for f, n, raw, ids, texts in self.engine.query(
                    f"SELECT file_name, line_number, raw, rule_ids, texts FROM ({apart})"
                )
            },
            self._stopping(table, f"(SELECT * FROM {source})"),
        )

    def _stopping(self, table: SourceTable, view: str) -> set[str]:
        """The critical table rules that the rows break."""
        rules = [rule for rule in table_rules_of(table.name) if rule.severity == "critical"]
        broken = ", ".join(f"EXISTS ({rule.query.replace('{table}', view)})" for rule in rules)
        (answers,) = self.engine.query(f"SELECT {broken}")
        return {rule.rule_id for rule, answer in zip(rules, answers, strict=True) if answer}


def _no_person(delivery: Delivery, findings: Findings) -> None:
    """No reason and no note holds a name or an ID number of the delivery's rows."""
    said = " ".join(word for one in (*findings.reasons, *findings.notes) for word in one.as_dict().values())
    for sent, record in delivery.records:
        for column in sent.table.columns:
            if column.type in (Type.ID_NUMBER, Type.NAME) and len(text := record.cells[column.name]) > 1:
                assert text not in said, f"{column.name} stands in what its sender is told"


def _hold(staged: Staged, sent: list[tuple[Sent, Record]]) -> None:
    """Every row that was sent is there once, at its line, with its values and marks; and on one side of the split."""
    rows = staged.rows
    assert len(rows) == len(sent), f"{len(sent)} rows were sent, {len(rows)} came"
    assert len(rows) == len(staged.clean) + len(staged.quarantined), "clean and quarantined rows are not all rows"
    found = {(row["file_name"], row["line_number"]): row for row in rows}
    assert len(found) == len(rows), "two rows at one line"
    for file, record in sent:
        row = next(
            (found[place, record.line] for place in _places(file, record) if (place, record.line) in found), None
        )
        assert row is not None, f"no row of {file.name} at line {record.line}; there are {sorted(found)[:5]}"
        place = (row["file_name"], record.line)
        critical = _marks(staged.table, record, row["broken_rules"])
        assert (place in staged.quarantined) == critical, "a row is on the wrong side of the split"
        assert (place in staged.clean) != critical, "a row is on both sides of the split, or on none"
        if not record.is_misshapen:
            _values(record, row)
        if critical:
            _raw(file, record, staged.quarantined[place])
    bad = len(staged.quarantined)
    assert ("no_rows" in staged.stopping) == (not rows)
    assert ("mostly_quarantined" in staged.stopping) == (bad * 2 > len(rows))


def _places(file: Sent, record: Record) -> tuple[str, ...]:
    """The names under which the part of a file that holds a row may go."""
    name = f"{file.archive.name}/{file.archive.folder}{file.name}" if file.archive else file.name
    named = f"{name}[{record.sheet}]"
    if file.form != XLSX:
        return (name,)
    return (named,) if file.book.sheets > 1 else (name, named)


def _marks(table: SourceTable, record: Record, broken: list[str]) -> bool:
    """Whether the row breaks a critical rule; its marks must be those it was made for, and what comes with them."""
    rules = {rule.rule_id: rule for rule in rules_of(table.name)}
    missing = record.marks - set(broken)
    assert not missing, f"not marked: {sorted(missing)}; marked: {broken}"
    for rule_id in set(broken) - record.marks:
        speaks = mentions(rules[rule_id].predicate, record.touched)
        assert speaks and not record.is_misshapen, f"marked {rule_id}, though nothing it speaks of was changed"
    return any(rules[rule_id].severity == "critical" for rule_id in broken)


def _values(record: Record, row: Mapping[str, Any]) -> None:
    wrong = [name for name, value in record.values.items() if row[name] != value]
    assert not wrong, f"other values than were sent in {wrong}"


def _raw(file: Sent, record: Record, apart: Mapping[str, Any]) -> None:
    """A quarantined row keeps the text that was sent, and has words for every rule."""
    assert len(apart["texts"]) == len(apart["rule_ids"]) and all(apart["texts"]), "a rule without words"
    kept = json.loads(apart["raw"])
    if record.is_misshapen:
        assert list(kept) == ["原文"] and kept["原文"], "a misshapen line is not kept"
        return
    assert len(kept) >= len(file.columns), "a cell is missing in quarantine"
    sent = [record.cells[head.column.name] for head in file.columns if head.column and not record.typed]
    lost = [text for text in sent if text.replace("\0", "�") and text.replace("\0", "�") not in kept.values()]
    assert not lost, f"{len(lost)} cells are not kept as they were sent"
