"""Writes tables the way offices send them: delimited text in four encodings, workbooks, archives, Parquet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter

from pipelines.sample.batch import plain
from pipelines.sample.draws import Array
from pipelines.sample.habits import AS_DECLARED, Habit, spelled
from pipelines.sources.base import Column, Format, SourceTable, Type

# Beyond so many cells an office no longer sends a workbook, whatever it usually does.
WORKBOOK_CELLS = 50_000
_BLOCK = 200_000
_TEXT = {
    Format.CSV_GB18030: ("gb18030", ",", "\r\n"),
    Format.CSV_UTF8: ("utf-8", ",", "\n"),
    Format.CSV_UTF8_BOM: ("utf-8-sig", ",", "\n"),
    Format.XLSX: ("gb18030", ",", "\r\n"),  # where there are too many rows for a workbook
}
_FORMS = {"utf16": ("utf-16", "\t", "\r\n", ".txt"), "tab": ("gb18030", "\t", "\r\n", ".txt"),
          "bar": ("utf-8", "|", "\n", ".txt")}  # fmt: skip
_THEN = (2018, 1, 1, 0, 0, 0)  # a fixed moment, so that the same province gives the same bytes


@dataclass(frozen=True)
class Part:
    """One sheet or member of a file: the name its rows are staged under, which of the written rows they are, and the
    physical line of the first."""

    name: str
    rows: Array
    first_line: int


@dataclass(frozen=True)
class Written:
    """One file: where, how, and its parts."""

    name: str
    format: str
    encoding: str
    rows: int
    parts: tuple[Part, ...]


def write_table(
    folder: Path,
    stem: str,
    table: SourceTable,
    columns: Mapping[str, pa.Array],
    titles: tuple[str, ...],
    sheets: Sequence[str] = (),
    habit: Habit = AS_DECLARED,
    layout: str = "",
) -> Written:
    """Write one table in its usual form, or as the habit says; as text where it is too long for a workbook.

    `sheets` names, row by row, the sheet of an office that keeps one per county; `layout` the family of headers.
    """
    rows = len(next(iter(columns.values())))
    folder.mkdir(parents=True, exist_ok=True)
    chosen = _ordered(columns, habit)
    family = next((other.headers for other in table.layouts if other.name == layout), {})
    headers = [_header(table.column(name), family, habit) for name in chosen]
    texts = [spelled(table.column(name), values, habit) for name, values in chosen.items()]
    if habit.extra:
        headers.append("本单位备注")  # a word that no table declares
        texts.append(pa.array([""]).take(pa.array(np.zeros(rows, dtype=np.int64))))
    every = np.arange(rows)
    if habit.form == "parquet":
        name = f"{stem}.parquet"
        pq.write_table(pa.table(texts, names=headers), folder / name)
        return Written(name, "parquet", "binary", rows, (Part(name, every, 1),))
    if habit.form in _FORMS:
        encoding, delimiter, newline, suffix = _FORMS[habit.form]
        name = stem + suffix
        (folder / name).write_bytes(_text(headers, texts, encoding, delimiter, newline))
        return Written(name, habit.form, encoding, rows, (Part(name, every, 2),))
    if table.format is Format.XLSX and rows * len(columns) <= WORKBOOK_CELLS:
        plan = _workbook_plan(rows, sheets if habit.form == "sheets" else ())
        name, types = f"{stem}.xlsx", [table.column(name).type for name in chosen]
        first = _workbook(folder / name, table, headers, texts, types, titles[: table.title_rows], plan, habit)
        if len(plan) > 1:
            parts = tuple(Part(f"{name}[{sheet}]", at, first) for sheet, at in plan.items())
        else:
            parts = (Part(name, every, first),)
        return _packed(folder, stem, Written(name, "xlsx", "binary", rows, parts), habit)
    encoding, delimiter, newline = _TEXT[table.format]
    name = f"{stem}.csv"
    (folder / name).write_bytes(_text(headers, texts, encoding, delimiter, newline))
    form = str(Format.CSV_GB18030 if table.format is Format.XLSX else table.format)
    return _packed(folder, stem, Written(name, form, encoding, rows, (Part(name, every, 2),)), habit)


def _ordered(columns: Mapping[str, pa.Array], habit: Habit) -> dict[str, pa.Array]:
    if not habit.drift:
        return dict(columns)
    names = list(columns)
    order = np.random.default_rng(habit.drift).permutation(len(names))
    return {names[place]: columns[names[place]] for place in order}


def _header(column: Column, family: Mapping[str, tuple[str, ...]], habit: Habit) -> str:
    names = family.get(column.name, (column.header, *column.aliases))
    return names[1] if habit.alias and len(names) > 1 else names[0]


def _text(headers: list[str], columns: list[pa.Array], encoding: str, delimiter: str, newline: str) -> bytes:
    out = io.BytesIO()
    # One encoder for all blocks: each would begin with a byte order mark of its own.
    writer = io.TextIOWrapper(out, encoding=encoding, newline=newline)
    writer.write(delimiter.join(headers) + "\n")
    for start in range(0, len(columns[0]), _BLOCK):
        block = [_quoted(plain(column).slice(start, _BLOCK), delimiter) for column in columns]
        lines = pc.binary_join_element_wise(*block, delimiter).to_pylist()
        writer.write("\n".join(lines) + "\n")
    writer.flush()
    return out.getvalue()


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    needs = pc.match_substring_regex(cells, f'[{delimiter}"\n]')
    if not pc.any(needs).as_py():
        return cells
    whole = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
    return pc.if_else(needs, whole, cells)


def _packed(folder: Path, stem: str, written: Written, habit: Habit) -> Written:
    """The file inside an archive, where the office packs what it sends."""
    if habit.form != "zip":
        return written
    name, inner = f"{stem}.zip", folder / written.name
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(written.name, _THEN), inner.read_bytes(), zipfile.ZIP_DEFLATED)
    inner.unlink()
    parts = tuple(Part(f"{name}/{part.name}", part.rows, part.first_line) for part in written.parts)
    return Written(name, "zip", "binary", written.rows, parts)


def _workbook_plan(rows: int, sheets: Sequence[str]) -> dict[str, Array]:
    """Sheet → rows on it."""
    if not len(sheets) or len(set(sheets)) < 2:
        return {"Sheet1": np.arange(rows)}
    names = np.array(sheets)
    return {str(sheet): np.flatnonzero(names == sheet) for sheet in dict.fromkeys(sheets)}


def _workbook(
    path: Path, table: SourceTable, headers: list[str], columns: list[pa.Array], types: list[Type],
    titles: tuple[str, ...], plan: Mapping[str, Array], habit: Habit,
) -> int:  # fmt: skip
    """Write a workbook; returns the sheet row (from 1) of the first data row."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": datetime(*_THEN)})
    top = len(titles)
    for name, rows in plan.items():
        sheet = book.add_worksheet(name)
        if habit.hidden:
            sheet.set_column(len(headers) - 1, len(headers) - 1, None, None, {"hidden": True})
        for row, title in enumerate(titles):
            if habit.merged_title and len(headers) > 1:
                sheet.merge_range(row, 0, row, len(headers) - 1, title)
            else:
                sheet.write_string(row, 0, title)
        for place, header in enumerate(headers):
            sheet.write_string(top, place, header)
        _cells(sheet, top + 1, [column.take(pa.array(rows)).to_pylist() for column in columns], types)
        below = top + 1 + len(rows)
        footers = ["合计", "填表人:", *(["审核人:", "日期:"] if habit.extra_footer else [])] if table.footer else []
        for row, footer in enumerate(footers, below):
            sheet.write_string(row, 0, footer)
        if footers:
            sheet.write_number(below, 1, len(rows))
    book.close()
    return top + 2


def _cells(sheet: xlsxwriter.workbook.Worksheet, top: int, columns: list[list[str]], types: list[Type]) -> None:
    numeric = [place < len(types) and types[place] in (Type.AMOUNT, Type.INTEGER) for place in range(len(columns))]
    for row, cells in enumerate(zip(*columns, strict=True), top):
        for place, text in enumerate(cells):
            if text and numeric[place] and text.lstrip("-").replace(".", "", 1).isdigit():
                sheet.write_number(row, place, float(text))
            elif text:
                sheet.write_string(row, place, text)
