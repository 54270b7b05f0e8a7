"""Workbooks: which of their sheets hold the table, and each such sheet as numbered CSV."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path, PurePath
from typing import TextIO

from pipelines.deliveries.readers import encodings, notes, ooxml
from pipelines.deliveries.readers.header import MAX_COLUMNS, SEARCHED_ROWS, Header, find_header
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS, Counts, Sink
from pipelines.deliveries.readers.parts import Outlet, Reading
from pipelines.deliveries.readers.sheet_xml import XmlSheet
from pipelines.deliveries.readers.sheets import Facts, Sheet, SheetRow, filled_down
from pipelines.deliveries.reasons import Note, Reason, Refused
from pipelines.sources.base import SourceTable, Type

DELIMITER = ","
_FORM = ("工作簿", "workbook")


@dataclass(frozen=True)
class _Chosen:
    sheet: Sheet
    header: Header


def read_xlsx(
    path: Path, name: str, table: SourceTable, outlet: Outlet, day: date | None, only: Container[str] | None
) -> tuple[Reading, ...]:
    """The sheets of an XLSX file that hold the table, each a part; `only` names the sheets that are looked at."""
    with ooxml.opened(path, name) as book:
        return read_sheets([XmlSheet(book, part) for part in book.parts], name, table, outlet, day, only)


def read_sheets(
    sheets: Sequence[Sheet],
    name: str,
    table: SourceTable,
    outlet: Outlet,
    day: date | None,
    only: Container[str] | None,
) -> tuple[Reading, ...]:
    """The sheets that hold the table, each a part.

    Refused where no visible one does, where one does with a fault in its header, or where results of formulas miss.
    """
    looked_at = [sheet for sheet in sheets if only is None or sheet.name in only]
    visible = [sheet for sheet in looked_at if not sheet.hidden]
    chosen, others = _choose(visible, name, table, day)
    hidden = [sheet.name for sheet in looked_at if sheet.hidden and _resembles(sheet, name, table, day)]
    if not chosen:
        raise Refused(_nothing_visible(name, hidden))
    beside = notes.on_other_sheets(name, others, hidden)
    readings = []
    for one in chosen:
        part_name = name if len(chosen) == 1 and only is None else _part_name(name, one.sheet)
        readings.append(_read(one, part_name, table, outlet, beside))
        beside = []  # said once
    return tuple(readings)


def _part_name(name: str, sheet: Sheet) -> str:
    return f"{name}[{''.join(c for c in sheet.name if c.isprintable())[:60]}]"


def _choose(
    sheets: Sequence[Sheet], name: str, table: SourceTable, day: date | None
) -> tuple[list[_Chosen], list[str]]:
    """The sheets with the table's header, and the names of those with something else.

    Refused where a header has a fault, and so is the only sheet whatever its fault.
    """
    chosen: list[_Chosen] = []
    others: list[str] = []
    faults: list[Reason] = []
    far_off: list[Reason] = []
    for sheet in sheets:
        header = _header(sheet, name if len(sheets) == 1 else _part_name(name, sheet), name, table, day)
        if isinstance(header, Header):
            chosen.append(_Chosen(sheet, header))
        elif header is not None:
            others.append(sheet.name)
            codes = [reason.code for reason in header.reasons]
            if _is_another(header, table):
                # Of several refusals the one with the fewest missing columns helps most.
                better = "no_header" not in codes and (not far_off or len(codes) < len(far_off))
                far_off = list(header.reasons) if better or not far_off else far_off
            else:
                faults += header.reasons
    if faults or (far_off and not chosen):
        raise Refused(*(faults or far_off))
    return chosen, others


def _header(sheet: Sheet, label: str, name: str, table: SourceTable, day: date | None) -> Header | Refused | None:
    """The table's header on a sheet, called `label`, or why there is none; None for an empty sheet."""
    head = list(takewhile(lambda row: row.number <= SEARCHED_ROWS, sheet.rows(Facts())))
    if not any(row.cells or row.beyond for row in head):
        return None
    texts = ((row.number, _padded(row)) for row in head)
    try:
        return find_header(table, texts, label, day, (sheet.name, PurePath(name).stem))
    except Refused as refused:
        return refused


def _is_another(refused: Refused, table: SourceTable) -> bool:
    """Whether a header is some other table's: it lacks more than half of what is required."""
    codes = [reason.code for reason in refused.reasons]
    required = sum(not column.optional for column in table.columns)
    return "no_header" in codes or codes.count("missing_column") * 2 > required


def _resembles(sheet: Sheet, name: str, table: SourceTable, day: date | None) -> bool:
    """Whether a sheet has the table's header, with a fault perhaps."""
    header = _header(sheet, name, name, table, day)
    return isinstance(header, Header) or (header is not None and not _is_another(header, table))


def _padded(row: SheetRow) -> list[str]:
    """All cells of a row where the first of those beyond stands where it stands at the earliest."""
    return [*row.cells, *[""] * (MAX_COLUMNS - len(row.cells)), *row.beyond] if row.beyond else row.cells


def _nothing_visible(name: str, hidden: Sequence[str]) -> Reason:
    if hidden:
        zh, en = notes.listed(hidden)
        return Reason(
            "hidden_sheet",
            f"工作簿“{name}”的数据在隐藏的工作表里:{zh}。",
            "请取消隐藏,核对后重新报送。",
            f"The data of '{name}' lie on hidden sheets: {en}.",
            "Unhide them, check them, and send the workbook again.",
        )
    return Reason(
        "no_sheet",
        f"工作簿“{name}”没有可读的工作表。",
        "请用表格软件打开检查后另存,再重新报送。",
        f"The workbook '{name}' has no readable sheet.",
        "Open it, save it again, and send it.",
    )


def _read(one: _Chosen, name: str, table: SourceTable, outlet: Outlet, beside: Iterable[Note]) -> Reading:
    facts, header = Facts(), one.header
    with outlet.part() as (numbered, out):
        counts, unstored = _write(one.sheet.rows(facts), header, out)
        if unstored:
            raise Refused(_unstored(name, header, counts, unstored))
        merges = [
            merge for merge in facts.merges if merge.bottom > max(header.row, merge.top) and merge.top > header.row
        ]
        amounts = {
            header.positions[c.name] for c in table.columns if c.type is Type.AMOUNT and c.name in header.positions
        }
        filled = [merge for merge in merges if merge.left in set(header.positions.values()) - amounts]
        kept = [merge for merge in merges if merge.left in amounts]
        if filled and numbered is not None:
            # Merged cells stand behind the rows in the file: only now are they known.
            out.seek(0)
            out.truncate()
            rows = filled_down(one.sheet.rows(Facts()), filled, {merge.left for merge in filled})
            counts, _ = _write(rows, header, out)
    said = [
        *notes.on_part(name, table, _FORM, header, counts),
        *notes.on_sheet(name, header, facts, filled, kept),
        *beside,
    ]
    return Reading(name, encodings.BINARY, DELIMITER, header, counts, numbered, sheet=one.sheet.name, notes=tuple(said))


def _write(rows: Iterable[SheetRow], header: Header, out: TextIO) -> tuple[Counts, set[int]]:
    """The rows below the header as records; the counts, and in which columns results of formulas miss.

    Formulas count where a declared column is read, and not in footers.
    """
    width, used = len(header.cells), set(header.positions.values())
    sink = Sink(out, width, DELIMITER)
    unstored: set[int] = set()
    for row in rows:
        if row.number <= header.row:
            continue
        cells, lacking = row.cells, used.intersection(row.unstored)
        unstored |= lacking
        text = "".join(cells)
        if "�" in text:
            sink.counts.replaced += text.count("�")
        if not text.strip() and not row.beyond and not lacking:
            sink.counts.blank += 1
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) > width or row.beyond or len(text) > MAX_RECORD_CHARACTERS:
            sink.misshapen(row.number, DELIMITER.join([*cells, *row.beyond]), [*cells, *row.beyond])
        else:
            sink.record(row.number, [*cells, *[""] * (width - len(cells))], bool(lacking))
    counts = sink.close()
    return counts, unstored if counts.unstored else set()


def _unstored(name: str, header: Header, counts: Counts, places: Iterable[int]) -> Reason:
    zh, en = notes.listed(header.cells[place] for place in sorted(places))
    return Reason(
        "formula_without_result",
        f"文件“{name}”有 {counts.unstored} 行的公式没有保存计算结果(第一处在第 {counts.first_unstored} 行),列:{zh}。",
        "请用表格软件打开,待计算完成后保存;或复制后“选择性粘贴—数值”,再重新报送。",
        f"'{name}': {counts.unstored} row(s) hold formulas without a stored result (first on line "
        f"{counts.first_unstored}), columns: {en}.",
        "Open it, let it calculate, and save it; or paste the values over the formulas. Then send it again.",
    )
