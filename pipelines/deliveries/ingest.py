"""Stages the accepted deliveries of one system and quarter: read, type and mark, validate, split, commit.

Every attempt writes to folders of its own; only the ledger's one transaction per delivery makes them count. What a
killed run left behind is removed by the next, which then does the work as if nothing had been.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from expectations import history_rules_of, rules_of, table_rules_of
from pipelines import lake
from pipelines.deliveries import correction, gates, staging
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.correction import Base, Carried
from pipelines.deliveries.ledger import (
    HELD_STATUS,
    STAGED_STATUS,
    STOPPED_STATUS,
    Delivery,
    Ledger,
    Partition,
    Staged,
)
from pipelines.deliveries.manifest import sha256_of
from pipelines.deliveries.readers import Reading, Take, read
from pipelines.deliveries.receipt import CorrectedTable, FindingLine, write_staging_receipt
from pipelines.deliveries.staging import QUARANTINE
from pipelines.deliveries.typed import Typed, read_typed
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach
from pipelines.incidents import record_once
from pipelines.periods import Quarter
from pipelines.quality.history import compare
from pipelines.quality.validate import prepare, validate
from pipelines.quality.verdict import Finding, Verdict
from pipelines.scratch import WorkFolder
from pipelines.settings import settings
from pipelines.sources import SOURCES, STAGED
from pipelines.sources.base import SourceTable
from pipelines.steps import Ingested


@dataclass(frozen=True)
class _Outcome:
    """One table of one delivery, written but not committed."""

    staged: Staged
    partitions: tuple[Partition, ...]
    verdict: Verdict
    carried: Carried | None = None  # from the delivery it corrects


def ingest_all(pairs: Iterable[tuple[str, str]]) -> Iterator[Ingested]:
    """Stage these systems and quarters one after the other, as `ingest` does; what others have in hand comes last.

    Every process that is asked for the same takes them in the same order: one that waited for the first pair would find
    nothing left of it, and wait for the next. So each takes what is free, and the work is shared. What was not free is
    waited for in the end: when this returns, all pairs are staged, whoever did it, also what a killed process left.
    """
    busy = []
    for system, quarter in pairs:
        try:
            done = ingest(system, quarter, wait=False)
        except BlockingIOError:
            busy.append((system, quarter))
        else:
            yield done
    for system, quarter in busy:
        yield ingest(system, quarter)


def ingest(system: str, quarter: Quarter | str, *, wait: bool = True) -> Ingested:
    """Stage every accepted, not yet staged delivery of a system and quarter; `committed` where there was any.

    A delivery that breaks a critical table rule is recorded as stopped: its receipt and an incident say why, none of
    its rows count, and the others go on. One that breaks a critical history rule is staged and held: it counts once
    somebody overrules the rule (pipelines.deliveries.gates). ContractBreach where rows are not conserved, where Great
    Expectations counts otherwise than the marks, or where a landed file is no longer the one that was received.
    BlockingIOError where another process is at this system and quarter and `wait` is false.
    """
    quarter = Quarter.parse(quarter) if isinstance(quarter, str) else quarter
    if system not in SOURCES:
        raise ContractBreach(f"no system {system!r}; known: {', '.join(SOURCES)}")
    with lake.exclusive(f"ingest-{system}-{quarter.key}", wait=wait):
        ledger = Ledger()
        done = {staged.delivery_id for staged in ledger.staged(system, quarter)}
        waiting = [d for d in ledger.deliveries(system, quarter, "accepted") if d.delivery_id not in done]
        if not waiting:
            return Ingested(system, quarter.key, 0, 0, 0, 0, False)
        prepare()
        past = gates.Past.read(ledger, system, quarter)
        outcomes: list[_Outcome] = []
        config = settings()
        with TextFileEngine(config.threads, config.memory_limit, config.scratch) as engine:
            for delivery in waiting:
                outcomes += _ingest_delivery(engine, ledger, delivery, past)
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
        tuple(sorted({o.staged.delivery_id for o in outcomes if o.staged.status == HELD_STATUS})),
    )


def _broken_rules(counted: Sequence[Staged]) -> dict[str, dict[str, int]]:
    """Table → rule → rows over all deliveries, without the rules that nobody broke."""
    total: dict[str, Counter[str]] = {}
    for staged in counted:
        broken = {rule: rows for rule, rows in staged.rule_counts.items() if rows}
        total.setdefault(staged.table_name, Counter()).update(broken)
    return {table: dict(sorted(rules.items())) for table, rules in sorted(total.items()) if rules}


def _ingest_delivery(engine: TextFileEngine, ledger: Ledger, delivery: Delivery, past: gates.Past) -> list[_Outcome]:
    """Every table of one delivery, committed together."""
    tables = sorted({str(file["table_name"]) for file in delivery.files})
    with WorkFolder(settings().scratch, "staging") as scratch:
        outcomes = [_stage_table(engine, delivery, past, STAGED[name], scratch / name) for name in tables]
    result = STAGED_STATUS
    if stopping := [finding for outcome in outcomes for finding in outcome.verdict.stopping]:
        result = STOPPED_STATUS
        for outcome in outcomes:
            for partition in outcome.partitions:
                shutil.rmtree(settings().lake / partition.path, ignore_errors=True)
        outcomes = [replace(o, staged=replace(o.staged, status=STOPPED_STATUS), partitions=()) for o in outcomes]
        _tell(delivery, past.quarter, result, stopping)
    elif holding := [finding for outcome in outcomes for finding in outcome.verdict.holding]:
        result = HELD_STATUS
        outcomes = [
            replace(o, staged=replace(o.staged, status=HELD_STATUS, held_by=gates.held_by(o.verdict.holding)))
            for o in outcomes
        ]
        _tell(delivery, past.quarter, result, holding)
    _write_receipt(delivery, past.quarter, outcomes, result)
    ledger.commit_staged([o.staged for o in outcomes], [p for o in outcomes for p in o.partitions])
    return outcomes


def _tell(delivery: Delivery, quarter: Quarter, kind: str, findings: Sequence[Finding]) -> None:
    """An incident that says in words which rules a delivery broke, and in which counties."""
    words = []
    for finding in findings:
        cases = ";".join(zh for zh, _ in gates.cases_in_words(finding.cases, quarter))
        words.append(f"{finding.text}({cases})" if cases else finding.text)
    record_once(
        kind,
        quarter.key,
        f"{delivery.system} {delivery.delivery_id}: {'。'.join(words)}",
        {"system": delivery.system, "delivery": delivery.delivery_id, "rules": [f.rule_id for f in findings]},
    )


def _stage_table(
    engine: TextFileEngine, delivery: Delivery, past: gates.Past, table: SourceTable, scratch: Path
) -> _Outcome:
    """Read, type and mark, validate, split: one table of one delivery, into folders of a new attempt."""
    quarter = past.quarter
    scratch.mkdir()
    rules = rules_of(table.name)
    assert delivery.cut_date is not None  # an accepted delivery has passed its checks
    asked = Asked(table, delivery.delivery_id, quarter, delivery.counties, delivery.cut_date, rules)
    base = correction.base_of(Ledger(), delivery, table, quarter)

    def amended(select: str, files: Sequence[Reading]) -> str:
        assert base is not None
        return correction.typed_select(select, table, files, base, rules)

    relative, clean = _attempt(table.name, quarter, f"delivery={delivery.delivery_id}")
    read_files = partial(_read_files, delivery, table, scratch)
    typed = read_typed(engine, scratch, asked, read_files, clean, amended if base else None)
    marks = engine.query(staging.count_marks_select(typed.rows))
    counted = gates.census(engine, typed.rows, rules)
    # Its base counts and was judged; a correction that mends rows of it must not be held for the same once more.
    before = gates.NOTHING if delivery.corrects else past.before(table.name, delivery.counties)
    verdict = validate(
        table.name,
        typed.rows if isinstance(typed.rows, str) else sorted(typed.rows.glob("*.parquet")),
        rules,
        (*table_rules_of(table.name), *history_rules_of(table.name)),
        delivery=f"{quarter.key} {delivery.delivery_id}",
        docs_dir=settings().docs,
        history=compare(counted, before.counts, quarter.number),
    )
    verdict.assert_marks({str(rule_id): int(count) for rule_id, count in marks})
    outcome = _split(engine, delivery, quarter, table, typed, relative, verdict, base)
    counts = {county: asdict(numbers) for county, numbers in counted.items()}
    return replace(outcome, staged=replace(outcome.staged, county_counts=counts, compared_with=before.deliveries))


def _read_files(delivery: Delivery, table: SourceTable, scratch: Path, take: Take | None) -> list[Reading]:
    """The table's files as numbered CSV; `take` as of `read`. ContractBreach where a file differs from the one that was received."""
    folder = settings().landing / delivery.system / delivery.delivery_id
    readings: list[Reading] = []
    for number, file in enumerate(f for f in delivery.files if f["table_name"] == table.name):
        source = folder / str(file["name"])
        changed = ContractBreach(
            f"{delivery.system} {delivery.delivery_id}: file {number + 1} of {table.entity} was changed or removed "
            "after it was received; landing must not be changed: put the file back as it was"
        )
        if source.is_symlink() or not source.is_file():
            raise changed
        only = file.get("sheets") or None
        with ThreadPoolExecutor(1) as pool:
            digest = pool.submit(sha256_of, source)
            try:
                parts = read(source, table, str(file["read_as"]), scratch / str(number), delivery.cut_date, only, take)
            finally:
                if digest.result() != file["sha256"]:
                    raise changed
        rows = sum(part.counts.rows for part in parts)
        if rows != file["rows"]:
            raise ContractBreach(
                f"{delivery.system} {delivery.delivery_id}: file {number + 1} of {table.entity} has "
                f"{rows} rows, {file['rows']} were received"
            )
        readings += parts
    return readings


def _split(
    engine: TextFileEngine,
    delivery: Delivery,
    quarter: Quarter,
    table: SourceTable,
    typed: Typed,
    relative: str,
    verdict: Verdict,
    base: Base | None,
) -> _Outcome:
    """Clean rows to the staged table, the others with their raw text to quarantine; conserved or ContractBreach."""
    part, rules = f"delivery={delivery.delivery_id}", rules_of(table.name)
    clean, quarantined = settings().lake / relative, QUARANTINE + relative.removeprefix(STAGED_STATUS)
    kept, key = typed.clean, ("delivery_id", *staging.ORDER)
    if kept is None:
        engine.write(staging.clean_select(table, typed.rows, rules), clean)
        kept = engine.content(clean, staging.staged_columns(table), key)
    apart_select, carried = staging.quarantine_select(table, typed.broken, typed.sent, rules), None
    if base is not None:
        carried = correction.carried(engine, table, typed.broken, base, delivery.delivery_id, rules)
        apart_select = correction.quarantine_select(
            apart_select, table, typed.broken, base, delivery.delivery_id, rules
        )
    engine.write(apart_select, settings().lake / quarantined)
    apart = engine.content(settings().lake / quarantined, staging.QUARANTINE_COLUMNS, key)
    declared = sum(int(file["rows"]) for file in delivery.files if file["table_name"] == table.name)
    over = carried or Carried()
    if not declared + over.clean == typed.n_rows == verdict.n_rows == kept.rows + apart.rows - over.quarantined:
        raise ContractBreach(
            f"{delivery.system} {delivery.delivery_id} {table.entity}: {declared} rows were declared, {typed.n_rows} typed, "
            f"{verdict.n_rows} validated, {kept.rows} clean, {apart.rows} quarantined; {over.clean} clean and "
            f"{over.quarantined} quarantined carried over: rows were lost or doubled"
        )
    staged = Staged(
        delivery.system,
        delivery.delivery_id,
        table.name,
        quarter,
        STAGED_STATUS,
        typed.n_rows + over.quarantined,
        kept.rows,
        apart.rows,
        {rule_id: count for rule_id, count in verdict.counts.items() if count},
    )
    partitions = (
        Partition(table.name, quarter, part, relative, kept.rows, kept.content_hash),
        Partition(f"{QUARANTINE}_{table.name}", quarter, part, quarantined, apart.rows, apart.content_hash),
    )
    return _Outcome(staged, partitions, verdict, carried)


def _attempt(table: str, quarter: Quarter, part: str) -> tuple[str, Path]:
    """Folders of a new attempt, after removing what earlier ones left: nothing of this delivery is committed yet."""
    lake.discard_attempts(table, quarter, part)
    shutil.rmtree(settings().lake / QUARANTINE / table / f"quarter={quarter.key}" / part, ignore_errors=True)
    return lake.attempt(table, quarter, part)


def _write_receipt(delivery: Delivery, quarter: Quarter, outcomes: list[_Outcome], result: str) -> None:
    tables = [
        (STAGED[s.table_name].zh, s.rows_in, s.rows_clean, s.rows_quarantined) for s in (o.staged for o in outcomes)
    ]
    findings = [
        FindingLine(finding.text, finding.text_en, finding.n_broken, gates.cases_in_words(finding.cases, quarter))
        for outcome in outcomes
        for finding in outcome.verdict.findings
        if finding.n_broken
    ]
    corrected = [
        CorrectedTable(
            STAGED[outcome.staged.table_name].zh,
            delivery.corrects,
            outcome.staged.rows_in - outcome.carried.clean - outcome.carried.quarantined,
            outcome.carried.returned,
            outcome.carried.replaced,
            outcome.carried.clean,
            outcome.carried.quarantined,
        )
        for outcome in outcomes
        if outcome.carried is not None
    ]
    receipts = settings().receipts
    write_staging_receipt(receipts, delivery.system, delivery.delivery_id, result, tables, findings, corrected)
