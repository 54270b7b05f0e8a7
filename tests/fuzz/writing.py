"""Writes a delivery into a folder as its sender would: files first, the manifest last. Sets every row's true line."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from pipelines.deliveries.manifest import MANIFEST
from tests.fuzz.delivery import CSV, CUT_DATE, PARQUET, QUARTER, XLS, XLSX, Archive, Delivery, Head, Record, Sent
from tests.fuzz.xls import xls

UNDECODABLE = "\ue123"  # stands for a byte that belongs to no character of any encoding
CODECS = {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}


def write(delivery: Delivery, folder: Path) -> None:
    """The delivery as a landing folder."""
    folder.mkdir(parents=True)
    described: list[dict[str, Any]] = []
    for number, sent in enumerate(together(delivery)):
        first = sent[0]
        content = packed(first.archive, sent) if first.archive else bytes_of(first)
        for damage in delivery.damage if number == 0 else ():
            content = damage(content)
        name = first.archive.name if first.archive else first.name
        (folder / name).write_bytes(content)
        codec = "binary" if first.archive or first.form != CSV else CODECS.get(first.text.encoding, first.text.encoding)
        described.append(
            {
                "name": name,
                "table": first.table.entity,
                "rows": sum(len(one.records) for one in sent),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "encoding": first.declared or codec,
            }
        )
    manifest: dict[str, Any] = {
        "system": delivery.table.source,
        "quarter": QUARTER.key,
        "scope": delivery.scope,
        "cut_date": CUT_DATE.isoformat(),
        "sender": "试报单位",
        "sequence": 1,
        "files": described,
    }
    for change in delivery.manifest:
        change(manifest)
    words = json.dumps(manifest, ensure_ascii=False, indent=1)
    halved = any("\ud800" <= character <= "\udfff" for character in words)
    told = (json.dumps(manifest) if halved else words).encode()
    for alter in delivery.manifest_bytes:
        told = alter(told)
    (folder / MANIFEST).write_bytes(told)
    for happen in delivery.afterwards:
        happen(folder)


def together(delivery: Delivery) -> list[list[Sent]]:
    """The files as they are sent: those of one archive together."""
    found: list[list[Sent]] = []
    for sent in delivery.files:
        if sent.archive and found and found[-1][0].archive is sent.archive:
            found[-1].append(sent)
        else:
            found.append([sent])
    return found


def bytes_of(sent: Sent) -> bytes:
    return {CSV: text, XLSX: workbook, XLS: old_workbook, PARQUET: parquet}[sent.form](sent)


def packed(archive: Archive, files: list[Sent]) -> bytes:
    """The files in a ZIP archive, as its packer's system names them."""
    buffer = io.BytesIO()
    members = [(f"{archive.folder}{sent.name}", bytes_of(sent), 0) for sent in files]
    members += [(name, content, archive.mode) for name, content in archive.litter.items()]
    stand_ins: dict[bytes, bytes] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for number, (name, content, mode) in enumerate(members):
            member = zipfile.ZipInfo(name)
            if archive.codec != "utf-8":
                # The library writes other names than ASCII as UTF-8 and says so; older packers do neither.
                told = name.encode(archive.codec)
                member.filename = f"{number:04}".rjust(len(told), "N")
                stand_ins[member.filename.encode()] = told
            else:
                member.filename = name  # as it is: the library would tidy it
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            made.writestr(member, content)
    packed_bytes = buffer.getvalue()
    for stand_in, told in stand_ins.items():
        packed_bytes = packed_bytes.replace(stand_in, told)
    return packed_bytes


def parquet(sent: Sent) -> bytes:
    """The bytes of a Parquet file of texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    for number, record in enumerate(sent.records, 1):
        record.line = number
        rows.append([value for value, _ in cells(sent, record)])
    columns = [pa.array([row[place] or None for row in rows], pa.string()) for place in range(len(sent.columns))]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, names=[head.text for head in sent.columns]), buffer)
    return buffer.getvalue()


def cells(sent: Sent, record: Record) -> list[tuple[str, bool]]:
    """The cells of a row in the file's order, and whether each is written bare."""
    made = [
        (record.cells[head.column.name], head.column.name in record.bare) if head.column else (head.fill, False)
        for head in sent.columns
    ]
    made = made[: len(made) - record.short] if record.short else made
    return [*made, *((cell, False) for cell in record.tail)]


def text(sent: Sent) -> bytes:
    """The bytes of a text file."""
    form, lines, at = sent.text, [], 1

    def put(line: str) -> int:
        nonlocal at
        first = at
        lines.append(line)
        at += 1 + line.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        return first

    def cell(value: str, bare: bool) -> str:
        special = any(mark in value for mark in (form.delimiter, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if not bare and (form.quotes or special) else value

    for title in sent.titles:
        put(title)
    for names in _two_rows(sent.columns) if form.two_row_header else [[head.text for head in sent.columns]]:
        put(form.delimiter.join(cell(name, False) for name in names) + form.delimiter * form.trailing)
    for number, record in enumerate(sent.records):
        for blank in form.blanks.get(number, ()):
            put(blank if isinstance(blank, str) else form.delimiter * blank)
        record.line = put(
            form.delimiter.join(cell(*one) for one in cells(sent, record)) + form.delimiter * form.trailing
        )
    for footer in sent.footers:
        put(form.delimiter.join(footer))
    whole = form.newline.join(lines) + form.newline * form.ends
    mark = "\ufeff" if form.encoding.startswith("utf-16-") else ""
    encoded = (mark + whole).encode(form.encoding)
    undecodable = b"\x00\xd8" if form.encoding == "utf-16-le" else b"\xd8\x00" if mark else b"\xff"
    return encoded.replace(UNDECODABLE.encode(form.encoding.removesuffix("-sig")), undecodable)


def old_workbook(sent: Sent) -> bytes:
    """The bytes of a workbook of Excel 97–2003, all of its cells texts."""
    rows: list[list[str]] = [*([title] for title in sent.titles), [head.text for head in sent.columns]]
    for record in sent.records:
        rows.append([value for value, _ in cells(sent, record)])
        record.line = len(rows)
    return xls([*rows, *(list(footer) for footer in sent.footers)])


def workbook(sent: Sent) -> bytes:
    """The bytes of a workbook. Rows go to its sheets in turn, in runs, as one sheet per county holds them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        if sent.book.hidden_sheet:
            _hidden_sheet(book, sent)
        if sent.book.other_sheet:
            book.add_worksheet("填报说明").write_column(0, 0, ["填报说明", "一、请按表头填写", "二、不得合并单元格"])
        share = -(-len(sent.records) // sent.book.sheets) or 1
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number in range(sent.book.sheets):
            name = sent.book.name if sent.book.sheets == 1 else f"第{number + 1}县"
            sheet = book.add_worksheet(name)
            _sheet(sheet, sent, range(number * share, min((number + 1) * share, len(sent.records))), day)
            if sent.book.all_hidden:
                sheet.hide()
            elif number == 0:
                sheet.activate()
                sheet.set_first_sheet()
        if sent.book.all_hidden:
            book.add_worksheet("封面").activate()
    content = buffer.getvalue()
    return sent.book.part(content) if sent.book.part else content


def _hidden_sheet(book: Any, sent: Sent) -> None:
    sheet = book.add_worksheet("字典")
    for place, head in enumerate(sent.columns):
        sheet.write_string(0, place, head.text)
    sheet.write_string(1, 0, "隐藏")
    sheet.hide()


def _sheet(sheet: Any, sent: Sent, numbers: range, day: Any) -> None:
    at, book = 0, sent.book
    for title in sent.titles:
        if book.merged_title and len(sent.columns) > 1:
            sheet.merge_range(at, 0, at, len(sent.columns) - 1, title)
        else:
            sheet.write_string(at, 0, title)
        at += 1
    at = _merged_header(sheet, sent.columns, at) if book.two_row_header else _header(sheet, sent.columns, at)
    for place in book.far_header:
        sheet.write_string(at - 1, place, f"远列{place}")
    rows: dict[int, int] = {}
    for number in numbers:
        record = sent.records[number]
        at += book.blanks.get(number, 0)
        record.sheet, record.line, rows[number] = sheet.get_name(), at + 1, at
        for place, (value, _) in enumerate(cells(sent, record)):
            column = sent.columns[place].column if place < len(sent.columns) else None
            _put(sheet, at, place, record.typed[column.name] if column and column.name in record.typed else value, day)
        at += 1
    if book.merged_cells:
        column, first, last = book.merged_cells
        place = next(i for i, head in enumerate(sent.columns) if head.column is column)
        sheet.merge_range(rows[first], place, rows[last], place, sent.records[first].cells[column.name])
    for place in book.hidden_columns:
        sheet.set_column(place, place, None, None, {"hidden": True})
    if book.hidden_rows:
        for row in rows.values():
            sheet.set_row(row, None, None, {"hidden": row % 2 == 0})
    for footer in sent.footers:
        for place, value in enumerate(footer):
            sheet.write_string(at, place, value)
        at += 1


def _header(sheet: Any, columns: list[Head], at: int) -> int:
    for place, head in enumerate(columns):
        sheet.write_string(at, place, head.text)
    return at + 1


def _grouped(columns: list[Head]) -> tuple[int, list[tuple[int, int]]]:
    """How many of the first columns stand alone, and the first and last of each group of up to three of the others."""
    alone = max(1, len(columns) // 3)
    return alone, [(first, min(first + 2, len(columns) - 1)) for first in range(alone, len(columns), 3)]


def _two_rows(columns: list[Head]) -> tuple[list[str], list[str]]:
    """Two header rows as a spreadsheet saves merged cells as text: the first cell of those merged holds it."""
    alone, groups = _grouped(columns)
    names = [head.text for head in columns]
    upper = names[:alone] + [""] * (len(names) - alone)
    for first, _ in groups:
        upper[first] = f"第{first}组信息"
    return upper, [""] * alone + names[alone:]


def _merged_header(sheet: Any, columns: list[Head], at: int) -> int:
    """The first columns stand in one cell of two rows each, the others under groups."""
    alone, groups = _grouped(columns)
    for place, head in enumerate(columns[:alone]):
        sheet.merge_range(at, place, at + 1, place, head.text)
    for first, last in groups:
        group = f"第{first}组信息"
        if last > first:
            sheet.merge_range(at, first, at, last, group)
        else:
            sheet.write_string(at, first, group)
        for place in range(first, last + 1):
            sheet.write_string(at + 1, place, columns[place].text)
    return at + 2


def _put(sheet: Any, row: int, place: int, value: object, day: Any) -> None:
    match value:
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | float():
            sheet.write_number(row, place, value)
        case date():
            sheet.write_datetime(row, place, value, day)
        case ("formula", cached):
            sheet.write_formula(row, place, "=A1", None, cached)
        case str() if value:
            sheet.write_string(row, place, value)
