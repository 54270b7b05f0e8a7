"""Workbooks (XLSX, XLS): values only, by physical row; numbers are written as the sender sees them."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO

from pipelines.deliveries.readers.header import SEARCHED_ROWS, Header, find_header
from pipelines.deliveries.readers.numbered import Counts, Sink
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.sources.base import SourceTable

DELIMITER = ","
MAX_UNPACKED_BYTES = 4 << 30
MAX_RATIO = 300
_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


def cell_text(value: object) -> str:
    """A cell as text. A number of more than 15 digits has lost some: it is written as a power, never as digits."""
    match value:
        case str():
            return value.replace("\0", "�").replace("\r\n", "\n").replace("\r", "\n")
        case bool():
            return "1" if value else "0"
        case int() | float():
            if math.isnan(value) or abs(value) >= _EXACT:
                return f"{value:.14E}"
            return str(int(value)) if value == int(value) else repr(float(value))
        case datetime():
            midnight = value.time() == time.min
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return "" if value is None else str(value)


def _refuse_bomb(path: Path) -> None:
    """Refused where unpacking would fill the memory: declared sizes only, nothing is unpacked here."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > (512 << 20) and unpacked > MAX_RATIO * path.stat().st_size):
        raise Refused(
            Reason(
                "workbook_too_large",
                f"工作簿“{path.name}”解压后过大。",
                "请另存为 CSV(UTF-8),或分成几个文件后重新报送。",
                f"The workbook '{path.name}' is too large when unpacked.",
                "Save it as CSV (UTF-8), or split it, and send again.",
            )
        )


def _sheets(path: Path) -> list[tuple[str, list[list[str]]]]:
    """Every visible sheet with its rows as text, from physical row 1."""
    import python_calamine as calamine

    with calamine.CalamineWorkbook.from_path(str(path)) as workbook:
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        return [
            (name, [[cell_text(cell) for cell in row] for row in rows])
            for name in visible
            if (rows := workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
        ]


def _choose(path: Path, table: SourceTable) -> tuple[str, list[list[str]], Header]:
    """The one sheet that holds the table."""
    found: list[tuple[str, list[list[str]], Header]] = []
    refusals: list[Refused] = []
    for name, rows in _sheets(path):
        try:
            found.append((name, rows, find_header(table, enumerate(rows[:SEARCHED_ROWS], 1), path.name)))
        except Refused as refused:
            refusals.append(refused)
    if len(found) == 1:
        return found[0]
    if found:
        names = "、".join(f"“{name}”" for name, _, _ in found)
        raise Refused(
            Reason(
                "several_sheets",
                f"工作簿“{path.name}”有多张表含有数据:{names}。",
                "请把数据合并到一张工作表,或每张表另存为一个文件后重新报送。",
                f"Several sheets of '{path.name}' hold the table: {', '.join(name for name, _, _ in found)}.",
                "Put the rows on one sheet, or save each sheet as a file of its own, and send again.",
            )
        )
    missing = [refused for refused in refusals if refused.reasons[0].code != "no_header"]
    if missing or refusals:
        raise (missing or refusals)[0]
    raise Refused(
        Reason(
            "no_sheet",
            f"工作簿“{path.name}”没有可读的工作表。",
            "请用表格软件打开检查后另存,再重新报送。",
            f"The workbook '{path.name}' has no readable sheet.",
            "Open it, save it again, and send it.",
        )
    )


def read_workbook(path: Path, table: SourceTable, out: TextIO) -> tuple[Header, str, Counts]:
    """Write the sheet that holds the table as numbered CSV to `out`; its header, its name and the counts."""
    _refuse_bomb(path)
    sheet, rows, header = _choose(path, table)
    width = len(header.cells)
    sink = Sink(out, width, DELIMITER)
    for number, cells in enumerate(rows[header.row :], header.row + 1):
        _row(sink, number, cells, width)
    return header, sheet, sink.close()


def _row(sink: Sink, number: int, cells: Sequence[str], width: int) -> None:
    filled = max((i + 1 for i, cell in enumerate(cells) if cell.strip()), default=0)
    if filled == 0:
        sink.counts.blank += 1
    elif filled > width:
        sink.misshapen(number, DELIMITER.join(cells[:filled]), cells[:filled])
    else:
        sink.record(number, [*cells[:width], *[""] * (width - len(cells))])
    sink.counts.replaced += sum(cell.count("�") for cell in cells)
