"""Malformed workbooks: what stands beside, above and over the table, and packages that are none."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable

from hypothesis import assume

from pipelines.sources.base import Type
from tests.contracts.rows import COUNTY
from tests.fuzz.delivery import CSV, XLS, XLSX, Delivery, Draw
from tests.fuzz.in_files import NO_TEXT
from tests.fuzz.in_rows import plain_text
from tests.fuzz.kinds import Stage, having, kind


@kind(Stage.FILE, "sheets", forms=(XLSX,), least=3)
def several_sheets(delivery: Delivery, draw: Draw) -> str:
    """Taken: one sheet per county or scheme, all rows together."""
    delivery.main.book.sheets = draw.number(2, 3)
    return f"{delivery.main.book.sheets} sheets"


@kind(Stage.FILE, forms=(XLSX,))
def hidden_sheet(delivery: Delivery, draw: Draw) -> str:
    """Taken: a hidden sheet with the same header is no data."""
    delivery.main.book.hidden_sheet = True
    delivery.notes.add("hidden_sheets")
    return ""


@kind(Stage.FILE, forms=(XLSX,))
def other_sheet(delivery: Delivery, draw: Draw) -> str:
    """Taken: a sheet of explanations is no data."""
    delivery.main.book.other_sheet = True
    delivery.notes.add("other_sheets")
    return ""


@kind(Stage.FILE, forms=(XLSX,))
def hidden_rows_and_columns(delivery: Delivery, draw: Draw) -> str:
    """Taken: what a filter hides is still a row."""
    book = delivery.main.book
    delivery.notes.add("hidden_columns")
    book.hidden_rows, book.hidden_columns = True, set(draw.some(range(len(delivery.main.columns))))
    return ""


@kind(Stage.FILE, "header rows")
def two_row_header(delivery: Delivery, draw: Draw) -> str:
    """Taken: groups above the names of the columns, in merged cells or as text keeps those."""
    sent = delivery.main
    sent.book.two_row_header = sent.text.two_row_header = True
    return ""


@kind(Stage.FILE, "titles", forms=(XLSX,))
def merged_title(delivery: Delivery, draw: Draw) -> str:
    """Taken: a title across all columns."""
    delivery.main.titles, delivery.main.book.merged_title = [f"{delivery.table.zh}({COUNTY})"], True
    return ""


@kind(Stage.FILE, "sheets", "blanks", forms=(XLSX,), least=3, fits=having(plain_text))
def merged_cells(delivery: Delivery, draw: Draw) -> str:
    """Taken: a cell that spans several rows holds for each of them."""
    sent = delivery.main
    columns = [column for column in sent.present if plain_text(sent.table, column)]
    column = draw.one(columns)
    spans = [
        number
        for number in range(len(sent.records) - 1)
        if sent.records[number].free and sent.records[number + 1].free and number
    ]
    first = draw.one(spans)
    for record in sent.records[first : first + 2]:
        record.free = False
        record.change(column, "同户", **{column.name: "同户"})
    sent.book.merged_cells = (column, first, first + 1)
    delivery.notes.add("merged_filled")
    return column.name


@kind(Stage.FILE, "files", "damage", "shape", *NO_TEXT, "size", forms=(CSV,), costly=True)
def old_workbook(delivery: Delivery, draw: Draw) -> str:
    """Taken: the same rows in a workbook of Excel 97–2003, titles and footers among them."""
    sent = delivery.main
    sent.form, sent.name = XLS, f"{sent.table.file_stem}.xls"
    return ""


@kind(Stage.FILE, "files", "damage", "shape", *NO_TEXT, "size", forms=(CSV,), refused=True, costly=True)
def damaged_old_workbook(delivery: Delivery, draw: Draw) -> str:
    """Refused: it ends early, or its directory was overwritten."""
    delivery.main.form, share = XLS, draw.number(10, 70)
    whole = draw.number(0, 1)

    def spoil(content: bytes) -> bytes:
        at = content.index("Root Entry".encode("utf-16-le"))
        return content[:at] + bytes(256) + content[at + 256 :] if whole else content[: len(content) * share // 100]

    delivery.damage.append(spoil)
    delivery.refuse("unreadable", "form_not_read", "no_sheet", "no_header")
    return "its directory" if whole else f"{share} %"


SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


@kind(Stage.FILE, "damage", forms=(XLSX,), refused=True)
def truncated_workbook(delivery: Delivery, draw: Draw) -> str:
    """Refused: the end of the package, its table of contents, is gone."""
    share = draw.number(1, 99)
    delivery.damage.append(lambda content: content[: len(content) * share // 100])
    delivery.refuse("damaged_archive")
    return f"{share} %"


@kind(Stage.FILE, "damage", forms=(XLSX,), refused=True)
def damaged_bytes(delivery: Delivery, draw: Draw) -> str:
    """Refused: a stretch of the packed sheet was overwritten."""

    def spoil(content: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entry = package.getinfo(SHEET)
        at = entry.header_offset + 30 + len(SHEET) + entry.compress_size // 2
        return content[:at] + b"\xff\x00\xaa\x55" * 4 + content[at + 16 :]

    delivery.damage.append(spoil)
    delivery.refuse("damaged_archive", "unreadable")
    return ""


@kind(Stage.FILE, "damage", forms=(XLSX,), refused=True)
def broken_part(delivery: Delivery, draw: Draw) -> str:
    """Refused: a part of the package is missing, empty, no XML, or XML that could grow without end."""
    name = draw.one([BOOK, SHEET, "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"])
    broken = draw.one([None, b"", b"<worksheet>", b"\xff\xfe not xml", BOMB])
    if name == "xl/_rels/workbook.xml.rels" or (name == "xl/sharedStrings.xml" and broken is None):
        broken = b"<Relationships>"
    delivery.main.book.part = lambda content: with_part(content, name, lambda _: broken)
    delivery.refuse("unreadable", "damaged_archive", "no_sheet", "form_not_read")
    return f"{name}: {'removed' if broken is None else f'{len(broken)} bytes'}"


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">"""
    + b"".join(b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 12))
    + b"]><worksheet><sheetData><row r='1'><c><v>&l;</v></c></row></sheetData></worksheet>"
)


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes | Iterable[bytes] | None]) -> bytes:
    """A package with one part changed, or removed where the change gives None."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            told = change(old.read(entry)) if entry.filename == name else old.read(entry)
            if told is not None:
                with new.open(entry.filename, "w") as part:
                    for block in [told] if isinstance(told, bytes) else told:
                        part.write(block)
    return buffer.getvalue()


@kind(Stage.FILE, "damage", forms=(XLSX,), refused=True)
def formula_without_result(delivery: Delivery, draw: Draw) -> str:
    """Refused, with the column's name: nobody here computes what the sender's program has not."""
    sent = delivery.main
    column = draw.one(sent.present)
    sent.records[0].typed[column.name] = ("formula", "§unstored§")
    sent.book.part = lambda content: with_part(content, sent.book.first_sheet, _without_result)
    delivery.refuse("formula_without_result")
    delivery.words.append(" ".join(sent.head(column).text.split()))
    return column.name


def _without_result(sheet: bytes) -> bytes:
    return re.sub(rb'(<c [^>]*?)( t="str")?(>)(<f>[^<]*</f>)<v>[^<]*unstored[^<]*</v>', rb"\1\3\4", sheet)


@kind(Stage.FILE, "sheets", "damage", forms=(XLSX,), refused=True)
def only_a_hidden_sheet(delivery: Delivery, draw: Draw) -> str:
    """Refused: hidden_sheet, because nobody has looked at what is hidden."""
    delivery.main.book.all_hidden = True
    delivery.main.book.other_sheet = False
    delivery.refuse("hidden_sheet")
    return ""


@kind(Stage.FILE, "header rows", "titles", forms=(XLSX,))
def header_far_off(delivery: Delivery, draw: Draw) -> str:
    """Taken: a header cell far to the right is a column that nobody knows; what stands to its left is in the table."""
    sent, place = delivery.main, draw.one([200, 500, 990])
    sent.book.far_header = (place,)
    for record in sent.records:
        if len(sent.columns) + len(record.tail) <= place:
            record.marks.discard("row_shape")
    delivery.notes.add("unknown_columns")
    return str(place)


@kind(Stage.FILE, "header rows", "damage", forms=(XLSX,), refused=True)
def header_far_too_wide(delivery: Delivery, draw: Draw) -> str:
    """Refused: too_many_columns, also where one cell stands that far off."""
    delivery.main.book.far_header = draw.one([range(100, 1200), range(100, 16_384), (1200,), (16_383,)])
    delivery.refuse("too_many_columns")
    return str(len(delivery.main.book.far_header))


@kind(Stage.FILE, forms=(XLSX,), least=1)
def cell_far_off(delivery: Delivery, draw: Draw) -> str:
    """row_shape: something stands far to the right of the table."""
    record = delivery.main.free(draw)
    record.tail = ("",) * draw.one([50, 1100, 16_000 - len(delivery.main.columns)]) + ("远",)
    record.marks.add("row_shape")
    return f"{len(record.tail)} columns"


@kind(Stage.FILE, forms=(XLSX,), least=1, fits=having(lambda table, column: column.type is Type.ID_NUMBER))
def id_as_number(delivery: Delivery, draw: Draw) -> str:
    """Marked, never read: a spreadsheet keeps 15 of 18 digits."""
    sent = delivery.main
    columns = [column for column in sent.present if column.type is Type.ID_NUMBER]
    record, column = sent.free(draw), draw.one(columns)
    assume(record.cells[column.name])
    record.typed[column.name] = int(record.cells[column.name][:17] + "0")
    record.values |= {column.key: None, column.klass: "excel_damage"}
    record.values.pop(column.name)
    record.touched |= set(column.staged)
    record.marks.add(f"{column.name}_excel_damage")
    return column.name
