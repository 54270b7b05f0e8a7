"""A filled template becomes a manifest: who, what and when from its cover, the files from its sheets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pipelines.deliveries import cover as covers
from pipelines.deliveries.cover import COVER_SHEET, FIELDS, Cover
from pipelines.deliveries.manifest import ID_NUMBER_IN_NAME, DeliveredFile, Manifest, place, sha256_of
from pipelines.deliveries.readers import archive, encodings, ooxml, read
from pipelines.deliveries.readers.names import folded
from pipelines.deliveries.readers.sheet_xml import XmlSheet
from pipelines.deliveries.readers.sheets import Facts
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.deliveries.template import CODES_SHEET, sheet_name, table_of_sheet
from pipelines.identity.id_numbers import names_somebody
from pipelines.sources import SOURCES
from pipelines.sources.base import Source

_SUFFIXES = (".xlsx", ".xlsm")
_LIST_OF_SHEETS, _LIST_BYTES = "xl/workbook.xml", 1 << 20
_COVER_ROWS = 100
_NAME_CHARACTERS = 200  # what a manifest takes
# What office programs put beside a file while somebody has it open.
_OPEN_MARKS = ("~$", ".~lock.")


def templates_in(folder: Path) -> tuple[Path, ...]:
    """The templates that lie in a folder, by name; links and hidden files are none. Cheap enough to ask often."""
    found = []
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.name.startswith((".", *_OPEN_MARKS)) or not entry.name.lower().endswith(_SUFFIXES):
            continue
        if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode) and _has_cover(Path(entry.path)):
            found.append(Path(entry.path))
    return tuple(found)


def is_open(folder: Path) -> bool:
    """Whether somebody has a file of the folder open in an office program."""
    return any(entry.name.startswith(_OPEN_MARKS) for entry in os.scandir(folder))


def _has_cover(path: Path) -> bool:
    """Whether a file is a whole workbook with the cover among its sheets; its texts are not read."""
    try:
        opened = archive.opened(path, path.name, ooxml.MAX_UNPACKED_BYTES)
        with opened as package, package.open(_LIST_OF_SHEETS) as listed:
            return COVER_SHEET in listed.read(_LIST_BYTES).decode("utf-8", "replace")
    except (Refused, OSError, KeyError):  # still being written, or something else
        return False


def manifest_of(path: Path) -> Manifest:
    """The manifest a filled template stands for. Refused with what its sender has still to fill in or to correct."""
    if len(path.name) > _NAME_CHARACTERS or any("\ud800" <= character <= "\udfff" for character in path.name):
        raise Refused(_unusable_name())
    if names_somebody(path.name):
        raise Refused(ID_NUMBER_IN_NAME)
    try:
        values, sheets = _opened(path)
        cover = covers.parse(values)
        files = list(_files(path, SOURCES[cover.system], cover, sheets))
    except ooxml.DamagedWorkbook:
        raise Refused(_damaged(path)) from None
    if not files:
        raise Refused(_nothing(path, SOURCES[cover.system]))
    return Manifest(
        system=cover.system,
        quarter=cover.quarter.key,
        scope="province" if isinstance(cover.scope, str) else list(cover.scope),
        cut_date=cover.cut_date.isoformat(),
        sender=cover.sender,
        sequence=cover.sequence,
        corrects=cover.corrects,
        files=files,
    )


def deliver_template(path: Path, landing: Path) -> Path:
    """Put a filled template into landing as a delivery with its manifest; the folder. Refused as `manifest_of`."""
    return place(manifest_of(path), [path], landing)


def _opened(path: Path) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The texts of the cover's fields and the names of the visible sheets."""
    with ooxml.opened(path, path.name) as book:
        sheets = tuple(part.name for part in book.parts if not part.hidden)
        part = next((part for part in book.parts if part.name.strip() == COVER_SHEET), None)
        if part is None:
            raise Refused(_no_cover(path))
        return dict(_fields(XmlSheet(book, part))), sheets


def _fields(sheet: XmlSheet) -> Iterator[tuple[str, str]]:
    """(field, text) of the lines of a cover, wherever they stand: the label in the first column, its text beside it."""
    names = {folded(field.zh): field.name for field in FIELDS}
    for row in islice(sheet.rows(Facts()), _COVER_ROWS):
        label = folded(row.cells[0]) if row.cells else ""
        if label in names:
            yield names[label], row.cells[1].strip() if len(row.cells) > 1 else ""


def _files(path: Path, source: Source, cover: Cover, sheets: tuple[str, ...]) -> Iterator[DeliveredFile]:
    """One entry per table with rows; sheets that were left empty are not sent."""
    by_table: dict[str, list[str]] = {}
    for sheet in sheets:
        table = table_of_sheet(source, sheet)
        if table is not None:
            by_table.setdefault(table.entity, []).append(sheet)
        elif sheet.strip() not in (COVER_SHEET, CODES_SHEET) and not _is_empty(path, sheet):
            raise Refused(_foreign_sheet(path, source, sheet))
    for table in source.tables:
        own = by_table.get(table.entity, [])
        if own:
            readings = read(path, table, encodings.BINARY, day=cover.cut_date, sheets=own)
            rows = sum(reading.counts.rows for reading in readings)
            if rows:
                yield DeliveredFile(
                    name=path.name,
                    table=table.entity,
                    rows=rows,
                    bytes=path.stat().st_size,
                    sha256=sha256_of(path),
                    encoding="binary",
                    sheets=own,
                )


def _is_empty(path: Path, name: str) -> bool:
    with ooxml.opened(path, path.name) as book:
        part = next(part for part in book.parts if part.name == name)
        return not any(cell.strip() for row in XmlSheet(book, part).rows(Facts()) for cell in row.cells)


def _damaged(path: Path) -> Reason:
    return Reason(
        "unreadable",
        f"文件“{path.name}”无法读取(可能已损坏)。",
        "请用表格软件打开检查,另存为 XLSX 后重新报送。",
        f"'{path.name}' cannot be read; it may be damaged.",
        "Open it, save it as XLSX and send it again.",
    )


def _unusable_name() -> Reason:
    return Reason(
        "file_name",
        "模板的文件名过长,或含有无法识别的字符。",
        "请改成较短的、由汉字、字母和数字组成的文件名,放进新的文件夹重新报送。",
        "The template's file name is too long or has characters that cannot be read.",
        "Give it a shorter name of ordinary characters and send it in a new folder.",
    )


def _no_cover(path: Path) -> Reason:
    return Reason(
        "no_cover",
        f"工作簿“{path.name}”没有工作表“{COVER_SHEET}”。",
        "请使用 bidui template 生成的模板,不要删除或改名其中的工作表。",
        f"The workbook '{path.name}' has no sheet '{COVER_SHEET}'.",
        "Use the template that `bidui template` makes; leave its sheets and their names.",
    )


def _foreign_sheet(path: Path, source: Source, sheet: str) -> Reason:
    shown = "".join(c if c.isprintable() else "?" for c in sheet)[:40]
    names = [sheet_name(table) for table in source.tables]
    return Reason(
        "unknown_sheet",
        f"工作簿“{path.name}”的工作表“{shown}”不是{source.zh}的数据表,无法确定其内容归哪张表。",
        f"请改回模板中的名称({'、'.join(names)}),或删除该工作表后重新报送。",
        f"The sheet '{shown}' of '{path.name}' is none of this system's tables.",
        f"Give it its name in the template ({', '.join(names)}), or delete it, and send again.",
    )


def _nothing(path: Path, source: Source) -> Reason:
    names = "、".join(sheet_name(table) for table in source.tables)
    return Reason(
        "template_empty",
        f"模板“{path.name}”的数据表都没有填写。",
        f"请在工作表({names})的表头下面填写数据后重新报送。",
        f"No sheet of the template '{path.name}' has any rows.",
        f"Fill in rows below the headers of: {', '.join(sheet_name(table) for table in source.tables)}.",
    )


def several(paths: Sequence[Path]) -> Reason:
    """The reason to refuse a folder with more than one template."""
    names = "、".join(path.name for path in paths[:10])
    return Reason(
        "several_templates",
        f"文件夹里有 {len(paths)} 个填报模板:{names}。",
        "一个文件夹只放一个模板;几个单位或几个季度请各建一个文件夹。",
        f"The folder holds {len(paths)} templates: {names}.",
        "One template per folder: make a folder for each.",
    )
