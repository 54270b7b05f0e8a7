"""Stages the accepted deliveries of one system and quarter: read, type and mark, validate, split, commit.

Every attempt writes to folders of its own; only the ledger's one transaction per delivery makes them count. What a
killed run left behind is removed by the next, which then does the work as if nothing had been.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations import rules_of, table_rules_of
from pipelines import lake
from pipelines.deliveries import staging
from pipelines.deliveries.ledger import Delivery, Ledger, Partition, Staged
from pipelines.deliveries.manifest import county_aliases, sha256_of
from pipelines.deliveries.readers import read
from pipelines.deliveries.receipt import write_staging_receipt
from pipelines.deliveries.staging import NumberedFile
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach
from pipelines.incidents import record_once
from pipelines.periods import Quarter
from pipelines.quality.validate import prepare, validate
from pipelines.quality.verdict import Verdict
from pipelines.settings import settings
from pipelines.sources import SOURCES, STAGED
from pipelines.sources.base import SourceTable
from pipelines.steps import Ingested

STAGED_STATUS, STOPPED_STATUS = "staged", "stopped"
QUARANTINE = "quarantine"  # folder of the lake, and prefix of the table names in the ledger


@dataclass(frozen=True)
class _Outcome:
    """One table of one delivery, written but not committed."""

    staged: Staged
    partitions: tuple[Partition, ...]
    verdict: Verdict


def ingest(system: str, quarter: Quarter | str) -> Ingested:
    """Stage every accepted, not yet staged delivery of a system and quarter; `committed` where there was any.

    A delivery that breaks a critical table rule is recorded as stopped: its receipt and an incident say why, none of
    its rows count, and the others go on. ContractBreach where rows are not conserved, where Great Expectations counts
    otherwise than the marks, or where a landed file is no longer the one that was received.
    """
    quarter = Quarter.parse(quarter) if isinstance(quarter, str) else quarter
    if system not in SOURCES:
        raise ContractBreach(f"no system {system!r}; known: {', '.join(SOURCES)}")
    with lake.exclusive(f"ingest-{system}-{quarter.key}"):
        ledger = Ledger()
        done = {staged.delivery_id for staged in ledger.staged(system, quarter)}
        waiting = [d for d in ledger.deliveries(system, quarter, "accepted") if d.delivery_id not in done]
        if not waiting:
            return Ingested(system, quarter.key, 0, 0, 0, 0, False)
        prepare()
        outcomes: list[_Outcome] = []
        config = settings()
        with TextFileEngine(config.threads, config.memory_limit, config.scratch) as engine:
            for delivery in waiting:
                outcomes += _ingest_delivery(engine, ledger, delivery, quarter)
    counted = [o.staged for o in outcomes if o.staged.status == STAGED_STATUS]
    return Ingested(
        system,
        quarter.key,
        sum(staged.rows_in for staged in counted),
        sum(staged.rows_clean for staged in counted),
        sum(staged.rows_quarantined for staged in counted),
        len(waiting),
        True,
        _broken_rules(counted),
    )


def _broken_rules(counted: Sequence[Staged]) -> dict[str, dict[str, int]]:
    """Table → rule → rows over all deliveries, without the rules that nobody broke."""
    total: dict[str, Counter[str]] = {}
    for staged in counted:
        broken = {rule: rows for rule, rows in staged.rule_counts.items() if rows}
        total.setdefault(staged.table_name, Counter()).update(broken)
    return {table: dict(sorted(rules.items())) for table, rules in sorted(total.items()) if rules}


def _ingest_delivery(engine: TextFileEngine, ledger: Ledger, delivery: Delivery, quarter: Quarter) -> list[_Outcome]:
    """Every table of one delivery, committed together."""
    tables = sorted({str(file["table_name"]) for file in delivery.files})
    with tempfile.TemporaryDirectory(prefix="staging-", dir=settings().scratch) as scratch:
        outcomes = [_stage_table(engine, delivery, quarter, STAGED[name], Path(scratch) / name) for name in tables]
    stopping = [finding for outcome in outcomes for finding in outcome.verdict.stopping]
    if stopping:
        for outcome in outcomes:
            for partition in outcome.partitions:
                shutil.rmtree(settings().lake / partition.path, ignore_errors=True)
        outcomes = [_stopped(outcome) for outcome in outcomes]
        record_once(
            "stopped",
            quarter.key,
            f"{delivery.system} {delivery.delivery_id}: {stopping[0].text}",
            {"system": delivery.system, "delivery": delivery.delivery_id, "rules": [f.rule_id for f in stopping]},
        )
    _write_receipt(delivery, outcomes, bool(stopping))
    ledger.commit_staged([o.staged for o in outcomes], [p for o in outcomes for p in o.partitions])
    return outcomes


def _stopped(outcome: _Outcome) -> _Outcome:
    """The outcome of a table whose delivery was stopped: counted, but nothing of it kept."""
    staged = outcome.staged
    return _Outcome(
        Staged(
            staged.system,
            staged.delivery_id,
            staged.table_name,
            staged.quarter,
            STOPPED_STATUS,
            staged.rows_in,
            staged.rows_clean,
            staged.rows_quarantined,
            staged.rule_counts,
        ),
        (),
        outcome.verdict,
    )


def _stage_table(
    engine: TextFileEngine, delivery: Delivery, quarter: Quarter, table: SourceTable, scratch: Path
) -> _Outcome:
    """Read, type and mark, validate, split: one table of one delivery, into folders of a new attempt."""
    scratch.mkdir()
    files = _read_files(delivery, table, scratch)
    rules = rules_of(table.name)
    assert delivery.cut_date is not None  # an accepted delivery has passed its checks
    select = staging.typed_select(
        table, files, delivery.delivery_id, delivery.counties, county_aliases(quarter), delivery.cut_date, rules
    )
    typed = scratch / "typed"
    rows_in = engine.write(select, typed)
    marks = engine.query(staging.count_marks_select(typed))
    verdict = validate(
        table.name,
        sorted(typed.glob("*.parquet")),
        rules,
        table_rules_of(table.name),
        delivery=f"{quarter.key} {delivery.delivery_id}",
        docs_dir=settings().docs,
    )
    verdict.assert_marks({str(rule_id): int(count) for rule_id, count in marks})
    return _split(engine, delivery, quarter, table, files, typed, rows_in, verdict)


def _read_files(delivery: Delivery, table: SourceTable, scratch: Path) -> list[NumberedFile]:
    """The table's files as numbered CSV. ContractBreach where a file differs from the one that was received."""
    folder = settings().landing / delivery.system / delivery.delivery_id
    numbered = []
    for number, file in enumerate(f for f in delivery.files if f["table_name"] == table.name):
        source, target = folder / str(file["name"]), scratch / f"{number}.csv"
        if source.is_symlink() or not source.is_file() or sha256_of(source) != file["sha256"]:
            raise ContractBreach(
                f"{delivery.system} {delivery.delivery_id}: file {number + 1} of {table.entity} was changed or removed "
                "after it was received; landing must not be changed: put the file back as it was"
            )
        reading = read(source, table, str(file["read_as"]), target)
        if reading.counts.rows != file["rows"]:
            raise ContractBreach(
                f"{delivery.system} {delivery.delivery_id}: file {number + 1} of {table.entity} has "
                f"{reading.counts.rows} rows, {file['rows']} were received"
            )
        numbered.append(NumberedFile(target, reading))
    return numbered


def _split(
    engine: TextFileEngine,
    delivery: Delivery,
    quarter: Quarter,
    table: SourceTable,
    files: list[NumberedFile],
    typed: Path,
    rows_in: int,
    verdict: Verdict,
) -> _Outcome:
    """Clean rows to the staged table, the others with their raw text to quarantine; conserved or ContractBreach."""
    part, rules = f"delivery={delivery.delivery_id}", rules_of(table.name)
    relative, clean = _attempt(table.name, quarter, part)
    quarantined = QUARANTINE + relative.removeprefix(STAGED_STATUS)
    engine.write(staging.clean_select(table, typed, rules), clean)
    engine.write(staging.quarantine_select(typed, files, rules), settings().lake / quarantined)
    kept = engine.content(clean, staging.staged_columns(table), ("delivery_id", *staging.ORDER))
    apart = engine.content(settings().lake / quarantined, staging.QUARANTINE_COLUMNS, ("delivery_id", *staging.ORDER))
    declared = sum(int(file["rows"]) for file in delivery.files if file["table_name"] == table.name)
    if not declared == rows_in == verdict.n_rows == kept.rows + apart.rows:
        raise ContractBreach(
            f"{delivery.system} {delivery.delivery_id} {table.entity}: {declared} rows were declared, {rows_in} typed, "
            f"{verdict.n_rows} validated, {kept.rows} clean, {apart.rows} quarantined: rows were lost or doubled"
        )
    staged = Staged(
        delivery.system,
        delivery.delivery_id,
        table.name,
        quarter,
        STAGED_STATUS,
        rows_in,
        kept.rows,
        apart.rows,
        {rule_id: count for rule_id, count in verdict.counts.items() if count},
    )
    partitions = (
        Partition(table.name, quarter, part, relative, kept.rows, kept.content_hash),
        Partition(f"{QUARANTINE}_{table.name}", quarter, part, quarantined, apart.rows, apart.content_hash),
    )
    return _Outcome(staged, partitions, verdict)


def _attempt(table: str, quarter: Quarter, part: str) -> tuple[str, Path]:
    """Folders of a new attempt, after removing what earlier ones left: nothing of this delivery is committed yet."""
    lake.discard_attempts(table, quarter, part)
    shutil.rmtree(settings().lake / QUARANTINE / table / f"quarter={quarter.key}" / part, ignore_errors=True)
    return lake.attempt(table, quarter, part)


def _write_receipt(delivery: Delivery, outcomes: list[_Outcome], stopped: bool) -> None:
    tables = [
        (STAGED[s.table_name].zh, s.rows_in, s.rows_clean, s.rows_quarantined) for s in (o.staged for o in outcomes)
    ]
    findings = [
        (finding.text, finding.text_en, finding.n_broken)
        for outcome in outcomes
        for finding in outcome.verdict.findings
        if finding.n_broken
    ]
    write_staging_receipt(settings().receipts, delivery.system, delivery.delivery_id, stopped, tables, findings)
