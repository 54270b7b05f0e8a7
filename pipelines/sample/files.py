"""Writes tables the way offices send them: CSV in GB18030 or UTF-8, workbooks with title lines and a footer."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import xlsxwriter

from pipelines.sources.base import Format, SourceTable, Type

# Beyond this an office no longer sends a workbook, whatever it usually does.
WORKBOOK_ROWS = 6000
_BLOCK = 200_000
_OPTIONS = pacsv.WriteOptions(include_header=False, quoting_style="none")
_SUFFIX = {Format.XLSX: ".xlsx"}
_ENCODING = {
    Format.CSV_GB18030: "gb18030",
    Format.CSV_UTF8: "utf-8",
    Format.CSV_UTF8_BOM: "utf-8-sig",
    Format.XLSX: "binary",
}


@dataclass(frozen=True)
class Written:
    """One file: where, how, and the physical line of its first row."""

    name: str
    format: Format
    encoding: str
    rows: int
    first_line: int


def write_table(
    folder: Path, stem: str, table: SourceTable, columns: list[pa.Array], titles: tuple[str, ...]
) -> Written:
    """Write one table in its usual format, or as CSV where it is too long for a workbook."""
    rows = len(columns[0])
    form = table.format
    if form is Format.XLSX and rows > WORKBOOK_ROWS:
        form = Format.CSV_GB18030
    folder.mkdir(parents=True, exist_ok=True)
    name = stem + _SUFFIX.get(form, ".csv")
    headers = [column.header for column in table.columns]
    if form is Format.XLSX:
        first = _workbook(folder / name, table, headers, columns, titles[: table.title_rows])
    else:
        first = 2
        _delimited(folder / name, form, headers, columns)
    return Written(name, form, _ENCODING[form], rows, first)


def _delimited(path: Path, form: Format, headers: list[str], columns: list[pa.Array]) -> None:
    data = pa.table(columns, names=headers)
    with path.open("wb") as file:
        if form is Format.CSV_GB18030:
            file.write((",".join(headers) + "\r\n").encode("gb18030"))
            for start in range(0, data.num_rows, _BLOCK):
                block = io.BytesIO()
                pacsv.write_csv(data.slice(start, _BLOCK), block, _OPTIONS)
                file.write(block.getvalue().decode().replace("\n", "\r\n").encode("gb18030"))
            return
        file.write((",".join(headers) + "\n").encode(_ENCODING[form]))
        pacsv.write_csv(data, file, _OPTIONS)


def _workbook(
    path: Path, table: SourceTable, headers: list[str], columns: list[pa.Array], titles: tuple[str, ...]
) -> int:
    """Write a workbook; returns the sheet row (from 1) of the first data row."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    # A fixed moment, so that the same province gives the same bytes.
    book.set_properties({"created": datetime(2018, 1, 1)})
    sheet = book.add_worksheet("Sheet1")
    for row, title in enumerate(titles):
        sheet.write_string(row, 0, title)
    top = len(titles)
    for place, header in enumerate(headers):
        sheet.write_string(top, place, header)
    numeric = [column.type in (Type.AMOUNT, Type.INTEGER) for column in table.columns]
    texts = [column.to_pylist() for column in columns]
    row = top
    for row, cells in enumerate(zip(*texts, strict=True), top + 1):
        for place, text in enumerate(cells):
            if text:
                if numeric[place]:
                    sheet.write_number(row, place, float(text))
                else:
                    sheet.write_string(row, place, text)
    if table.footer:
        sheet.write_string(row + 1, 0, "合计")
        sheet.write_number(row + 1, 1, len(columns[0]))
        sheet.write_string(row + 2, 0, "填表人:")
    book.close()
    return top + 2
