"""Quarantined rows as a workbook for their sender: each row as sent, the reason beside it, ready to be sent back.

The workbook holds personal data: it is for the office that sent the rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from expectations import rules_of
from pipelines.deliveries import correction
from pipelines.deliveries.cover import scope_text, system_label
from pipelines.deliveries.ledger import STAGED_STATUS, Delivery, Ledger
from pipelines.deliveries.readers.header import Header, find_header
from pipelines.deliveries.readers.origin import DELIVERY, FILE, LINE, ORIGIN, REASON, WHOLE_LINE
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.deliveries.staging import QUARANTINE
from pipelines.deliveries.template import SheetColumn, TableSheet, Workbook, sheet_columns, workbook
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.sources.base import SourceTable

_SAME_NAME = re.compile(r"\(第\d+列\)$")  # how quarantine tells columns of one name apart
_ORIGIN_COLUMNS = (
    SheetColumn(REASON, width=60), SheetColumn(DELIVERY, width=24), SheetColumn(FILE, width=28), SheetColumn(LINE, width=8)
)  # fmt: skip


@dataclass(frozen=True)
class Exported:
    """The workbook of a delivery's quarantined rows; `path` is None where there are none.

    `obstacles`: why a correction of this delivery would not be taken now.
    """

    path: Path | None
    rows: int
    obstacles: tuple[Reason, ...] = ()


def export(system: str, delivery_id: str, path: Path) -> Exported:
    """Write the quarantined rows of a staged delivery to an XLSX file.

    ContractBreach for a delivery that was never accepted, NotReady for one that is not staged.
    """
    ledger = Ledger()
    delivery = next((d for d in ledger.deliveries(system, status="accepted") if d.delivery_id == delivery_id), None)
    if delivery is None or delivery.quarter is None or delivery.cut_date is None:
        raise ContractBreach(f"{system}: no accepted delivery {delivery_id!r}; `bidui status` and receipts name them")
    staged = [one for one in ledger.staged(system, delivery.quarter) if one.delivery_id == delivery_id]
    if not staged or any(one.status != STAGED_STATUS for one in staged):
        raise NotReady(f"{system} {delivery_id} is not staged, stopped or held: its receipt says what to do")
    holding = {one.table_name for one in staged if one.rows_quarantined}
    tables = [table for table in SOURCES[system].tables if table.name in holding]
    if not tables:
        return Exported(None, 0)
    rows = sum(one.rows_quarantined for one in staged)
    returned = replace(delivery, delivery_id="", corrects=delivery_id, sequence=delivery.sequence + 1)
    obstacles = correction.refusals(returned, frozenset(holding), ledger)
    with workbook(SOURCES[system], path) as book:
        book.cover(_cover(returned, delivery.quarter, delivery.cut_date), _instructions(delivery_id, rows))
        for table in tables:
            _write_table(book, table, _rows(ledger, table, delivery.quarter, delivery_id), delivery.cut_date)
    return Exported(path, rows, tuple(obstacles))


def _cover(returned: Delivery, quarter: Quarter, cut_date: date) -> dict[str, str]:
    return {
        "system": system_label(returned.system),
        "quarter": quarter.key,
        "scope": scope_text(returned.counties, quarter),
        "cut_date": cut_date.isoformat(),
        "sender": returned.sender,
        "sequence": str(returned.sequence),
        "corrects": returned.corrects,
    }


def _instructions(delivery_id: str, rows: int) -> tuple[str, ...]:
    return (
        f"本文件列出批次“{delivery_id}”待改正的 {rows} 行,第一列是原因。含个人信息,请只在本单位内使用。",
        "请在各数据表中直接改正(前四列请勿改动),存盘后原样放进报送目录的新文件夹。没有改的行可以删去,也可以留着,以后再送。",
        "本文件送回后只更正这些行,批次的其余各行保持不变;本页已经填好,无须改动。",
    )


def _rows(ledger: Ledger, table: SourceTable, quarter: Quarter, delivery_id: str) -> Iterator[dict[str, Any]]:
    """The quarantined rows of a table, in the order of their lines."""
    import pyarrow.parquet as pq

    partition = ledger.partition(f"{QUARANTINE}_{table.name}", quarter, f"delivery={delivery_id}")
    if partition is None:
        raise NotReady(
            f"{table.name} of {quarter}, delivery {delivery_id}: past its time its rows were removed (ops.removal)"
        )
    for file in sorted((settings().lake / partition.path).glob("*.parquet")):
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(5000):
                yield from batch.to_pylist()


def _write_table(book: Workbook, table: SourceTable, rows: Iterator[dict[str, Any]], day: date) -> None:
    """The rows of a table, one sheet for each header under which they were sent."""
    sheets: dict[tuple[str, ...], TableSheet] = {}
    made = 0
    critical = {rule.rule_id for rule in rules_of(table.name) if rule.severity == "critical"}
    for row in rows:
        cells = {label: text or "" for label, text in json.loads(row["raw"]).items() if label not in ORIGIN}
        labels = tuple(cells)
        if labels not in sheets or sheets[labels].is_full:
            made += 1
            sheets[labels] = _sheet(book, table, labels, made, day)
        line = [_reasons(row, critical), row["delivery_id"], row["file_name"], str(row["line_number"])]
        if labels == (WHOLE_LINE,):
            line += [""] * len(sheet_columns(table))
        sheets[labels].row([*line, *cells.values()])


def _reasons(row: dict[str, Any], critical: set[str]) -> str:
    """Why a row was returned, what keeps it out first; numbered, so that no row begins like a footer."""
    pairs = list(zip(row["rule_ids"], row["texts"], strict=True))
    texts = [text for rule_id, text in pairs if rule_id in critical]
    texts += [f"(提醒){text}" for rule_id, text in pairs if rule_id not in critical]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))


def _sheet(book: Workbook, table: SourceTable, labels: tuple[str, ...], number: int, day: date) -> TableSheet:
    title = f"{table.zh}:待改正的行"
    if labels == (WHOLE_LINE,):
        columns = [*_ORIGIN_COLUMNS, *sheet_columns(table), SheetColumn(WHOLE_LINE, width=60)]
        return book.returned(table, columns, (), number, f"{title}(这些行的列数与表头不符,请对照最后一列的原文重填)")
    heads, header = _heads(table, labels, day)
    positions = {place: name for name, place in header.positions.items()} if header else {}
    codes = table.codes_in(header.layout) if header else {}
    columns = list(_ORIGIN_COLUMNS)
    for place, label in enumerate(labels):
        column = table.column(positions[place]) if place in positions else None
        if column is not None and column.name in codes:
            column = replace(column, codes=codes[column.name])
        columns.append(SheetColumn(heads[-1][place] or label, column))
    blank = [""] * len(ORIGIN)
    return book.returned(
        table, columns, [*([*blank, *upper] for upper in heads[:-1]), [*ORIGIN, *heads[-1]]], number, title
    )


def _heads(table: SourceTable, labels: Sequence[str], day: date) -> tuple[list[list[str]], Header | None]:
    """The header rows a reader will understand as it did before, and what it reads in them.

    A header over several rows was joined by slashes: it is written over as many rows again where one is not enough.
    """
    plain = [_SAME_NAME.sub("", label) for label in labels]
    depth = max(label.count("/") for label in plain) + 1
    stacked = [label.split("/") for label in plain]
    rows = [[parts[level] if level < len(parts) else "" for parts in stacked] for level in range(depth)]
    for heads in ([plain], rows):
        try:
            return heads, find_header(table, enumerate(heads, 1), table.zh, day)
        except Refused:
            continue
    return [plain], None
