"""Workbooks as offices edit them: read with a reader of its own, changed, written anew by another program's writer."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import python_calamine
import xlsxwriter

from pipelines.settings import settings

Edit = Callable[[dict[str, str]], object]
HEADER_ROW = 3  # of a table's sheet


def sheets_of(path: Path) -> dict[str, list[list[str]]]:
    """Every sheet as texts, as another program than ours reads them."""
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        return {
            name: [
                [_text(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
        }


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell)


def written(path: Path, sheets: Mapping[str, list[list[str]]]) -> Path:
    """A plain workbook with these sheets."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, text in enumerate(row):
                    if text:
                        sheet.write_string(number, place, text)
    return path


def edited(source: Path, target: Path, edits: Mapping[str, Edit], cover: Mapping[str, str] | None = None) -> Path:
    """A template or an export with each row of a table's sheets changed (header → cell; False: the row is deleted)."""
    sheets = sheets_of(source)
    for name, rows in sheets.items():
        edit = next((edit for table, edit in edits.items() if name in (table, f"{table}(2)")), None)
        if edit is None:
            continue
        header, kept = [cell.rstrip("*") for cell in rows[HEADER_ROW - 1]], []
        for row in rows[HEADER_ROW:]:
            cells = dict(zip(header, row, strict=True))
            if edit(cells) is not False:
                kept.append(list(cells.values()))
        rows[HEADER_ROW:] = kept
    for row in next(iter(sheets.values())):
        label = row[0].rstrip("*")
        if cover and label in cover:
            row[1] = cover[label]
    return written(target, sheets)


def drop(path: Path, system: str, name: str) -> str:
    """Put a workbook into a new folder of landing, long enough ago; the folder's name."""
    folder = settings().landing / system / name
    folder.mkdir(parents=True)
    shutil.copyfile(path, folder / path.name)
    age(folder, settings().template_quiet_seconds + 1)
    return name


def age(folder: Path, seconds: float) -> None:
    """Make a folder look untouched for that long."""
    then = time.time() - seconds
    for path in (*folder.iterdir(), folder):
        os.utime(path, (then, then))
