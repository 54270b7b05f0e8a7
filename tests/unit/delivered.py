"""A table, and what the readers make of a file of it, for the tests of the readers."""

from __future__ import annotations

import csv
from collections.abc import Container
from datetime import date
from pathlib import Path

import pytest

from pipelines.deliveries.readers import Reading, read
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.sources.base import CodeList, Column, Format, Layout, SourceTable, Type

AID = CodeList("aid", "救助类别", {"01": "城市低保", "02": "农村低保", "03": "农村特困"}, "M", "test")
OLD_AID = CodeList("old_aid", "救助类别", {"1": "城市低保", "2": "农村低保"}, "M", "test")

TABLE = SourceTable(
    source="x",
    entity="y",
    zh="样表",
    grain="one row per number",
    columns=(
        Column("number", "编号", Type.TEXT, "编号", "number"),
        Column("name", "姓名", Type.NAME, "姓名", "name", aliases=("AAC003",)),
        Column("place", "县代码", Type.TEXT, "县代码", "place", aliases=("AAB301",), in_sheet_name=True),
        Column("place_name", "县", Type.TEXT, "县", "name of the place", optional=True),
        Column("aid", "救助类别", Type.CODE, "救助类别", "aid", codes=AID, optional=True, in_sheet_name=True),
        Column("amount", "保障金额", Type.AMOUNT, "保障金额", "amount", optional=True),
        Column("months", "务工时间(月)", Type.INTEGER, "务工时间", "months of work", unit="月", optional=True),
        Column("head", "户主姓名", Type.NAME, "户主姓名", "name of the head", optional=True),
        Column("head_id", "户主证件号码", Type.ID_NUMBER, "户主证件号码", "ID of the head", optional=True),
        Column("member_1", "成员1", Type.NAME, "成员1", "member 1", aliases=("家庭成员",), optional=True),
        Column("member_2", "成员2", Type.NAME, "成员2", "member 2", aliases=("家庭成员",), optional=True),
    ),
    key=("number",),
    county="place",
    file_stem="样表",
    format=Format.CSV_UTF8,
    layouts=(
        Layout(
            "old",
            "旧格式",
            {"number": ("AAC001",), "aid": ("AXC001", "救助类别")},
            {"aid": OLD_AID},
            until=date(2018, 12, 31),
        ),
    ),
)
HEADER = ["编号", "姓名", "县代码"]


def taken(
    path: Path, declared: str = "", day: date | None = None, sheets: Container[str] | None = None
) -> list[tuple[Reading, list[list[str]]]]:
    """Every part of a file: the reading, and [line, raw, cells…] of each record. Counted and written rows are the same."""
    readings = read(path, TABLE, declared, path.parent / f"{path.name}.numbered", day, sheets)
    counted = read(path, TABLE, declared, None, day, sheets)
    assert [one.counts for one in counted] == [one.counts for one in readings]
    parts = []
    for reading in readings:
        rows = []
        for numbered in reading.numbered_files:
            with numbered.open(encoding="utf-8", newline="") as file:
                rows += list(csv.reader(file, delimiter=reading.delimiter))
        assert len(rows) == reading.counts.rows
        assert all(len(row) == len(reading.header.cells) + 2 for row in rows)
        parts.append((reading, rows))
    assert len({reading.file_name for reading, _ in parts}) == len(parts)
    return parts


def refused(path: Path, day: date | None = None) -> tuple[Reason, ...]:
    """Why a file is refused; each reason in both languages, with the way to mend it."""
    with pytest.raises(Refused) as raised:
        read(path, TABLE, "", None, day)
    assert all(all(reason.as_dict().values()) for reason in raised.value.reasons)
    return raised.value.reasons


def column(part: tuple[Reading, list[list[str]]], name: str) -> list[str]:
    """The texts of a staged column, row by row."""
    reading, rows = part
    return [row[reading.header.positions[name] + 2] for row in rows]


def noted(reading: Reading) -> dict[str, str]:
    """The notes of a part by code, Chinese and English."""
    assert all(all(note.as_dict().values()) for note in reading.notes)
    return {note.code: f"{note.text} {note.text_en}" for note in reading.notes}
