"""Reads one delivered file, whatever its form, into numbered CSV: one part per sheet or archive member."""

from __future__ import annotations

import logging
import os
import stat
import traceback
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.deliveries.readers import archive, notes
from pipelines.deliveries.readers.delimited import read_delimited
from pipelines.deliveries.readers.form import Form, form_of
from pipelines.deliveries.readers.guarded import guarded
from pipelines.deliveries.readers.header import Header
from pipelines.deliveries.readers.numbered import Counts
from pipelines.deliveries.readers.ooxml import DamagedWorkbook
from pipelines.deliveries.readers.parquet import read_parquet
from pipelines.deliveries.readers.parts import Outlet, Reading, Take
from pipelines.deliveries.readers.plain import Plain
from pipelines.deliveries.readers.workbook import read_xlsx
from pipelines.deliveries.readers.xls import read_xls
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.scratch import WorkFolder
from pipelines.settings import settings
from pipelines.sources.base import SourceTable

_log = logging.getLogger(__name__)
WORKBOOK_SECONDS = 900
PARQUET_SECONDS = 7200
_DELIMITERS = {",": ("逗号", "comma"), "\t": ("制表符", "tab"), "|": ("竖线“|”", "'|'"), ";": ("分号", "semicolon")}
# What may lie in an archive beside data: named in a note, not read.
_NO_DATA = tuple(
    f".{ending}"
    for ending in ["doc", "docx", "wps", "ofd", "pdf", "jpg", "jpeg", "png", "gif", "bmp", "tif", "md", "lnk", "url"]
)


@dataclass(frozen=True)
class _Asked:
    """What is asked of every file inside a delivered file."""

    table: SourceTable
    declared: str
    day: date | None
    sheets: Container[str] | None
    take: Take | None


def read(
    path: Path,
    table: SourceTable,
    declared: str = "",
    folder: Path | None = None,
    day: date | None = None,
    sheets: Container[str] | None = None,
    take: Take | None = None,
) -> tuple[Reading, ...]:
    """Read a delivered file as `table`, part by part; the numbered CSVs go to `folder`, which is made (None: count).

    `declared` is the encoding the sender names; `day`, the cut date, decides between families of headers where the
    headers do not; `sheets`, where given, are the only sheets of a workbook that are looked at. `take` may work on the
    plain segments of large text files, and remove them, while the rest is read. Never empty. Refused with reasons for
    the sender where the file cannot be read, or changes meanwhile.
    """
    before = _identity(path)
    if before is None:  # a pipe would keep us waiting
        raise Refused(_changing(path.name))
    readings = _read(path, path.name, _Asked(table, declared, day, sheets, take), Outlet(folder))
    if _identity(path) != before:
        raise Refused(_changing(path.name))
    return readings


def _identity(path: Path) -> tuple[int, int, int, int] | None:
    """What changes where a file is written to or replaced; None for what is no plain file."""
    found = os.lstat(path)
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _read(path: Path, name: str, asked: _Asked, outlet: Outlet, inside: bool = False) -> tuple[Reading, ...]:
    """One file, called `name`; `inside` an archive no other archive is opened."""
    try:
        match form_of(path, name):
            case Form.TEXT:
                return (_read_text(path, name, asked, outlet),)
            case Form.XLSX:
                return read_xlsx(path, name, asked.table, outlet, asked.day, asked.sheets)
            case Form.XLS:
                args = (path, name, asked.table, outlet.below().folder, asked.day, asked.sheets)
                return guarded(read_xls, *args, called=name, seconds=WORKBOOK_SECONDS)
            case Form.PARQUET:
                folder = outlet.below().folder
                return guarded(
                    read_parquet, path, name, asked.table, folder, asked.day, called=name, seconds=PARQUET_SECONDS
                )
            case Form.ZIP if not inside:
                return _read_archive(path, name, asked, outlet)
        raise Refused(archive.reason("nested_archive", name, "套在另一个压缩包里", "lies inside another archive"))
    except DamagedWorkbook as damaged:
        raise Refused(_damaged(name, str(damaged))) from None
    except (Refused, OSError):
        raise
    except Exception as error:  # one file must not keep all others from being answered; its texts stay out of the log
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("a reader failed: %s in %s:%s", type(error).__name__, frame.name, frame.lineno)
        raise Refused(_damaged(name, type(error).__name__)) from None


def _read_text(path: Path, name: str, asked: _Asked, outlet: Outlet) -> Reading:
    def take(codec: str, header: Header, delimiter: str, segment: Plain) -> None:
        if asked.take is not None:
            asked.take(Reading(name, codec, delimiter, header, Counts()), segment)

    with outlet.part() as (numbered, out):
        stem = numbered.with_suffix("") if numbered else None
        header, delimiter, codec, counts, plain = read_delimited(
            path, name, asked.table, asked.declared, out, asked.day, stem, take
        )
    zh, en = _DELIMITERS[delimiter]
    form = (f"{codec} 编码、{zh}分隔的文本", f"{codec} text, separated by {en}")
    said = tuple(notes.on_part(name, asked.table, form, header, counts))
    return Reading(name, codec, delimiter, header, counts, numbered, notes=said, plain=plain)


def _read_archive(path: Path, name: str, asked: _Asked, outlet: Outlet) -> tuple[Reading, ...]:
    """Every data file of an archive, all of them or none."""
    readings: list[Reading] = []
    reasons: list[Reason] = []
    with archive.opened(path, name) as opened, WorkFolder(settings().scratch, "archive") as scratch:
        members = archive.data_members(opened)
        beside = [inside for inside, _ in members if inside.casefold().endswith(_NO_DATA)]
        for number, (inside, member) in enumerate(one for one in members if one[0] not in beside):
            target = scratch / str(number)
            archive.unpack(opened, member, target)
            try:
                readings += _read(target, f"{name}/{_shown(inside)}", asked, outlet.below(), inside=True)
            except Refused as refused:
                reasons += refused.reasons
            target.unlink()
    if not readings and not reasons:
        raise Refused(archive.reason("empty_archive", name, "里没有数据文件", "holds no data file"))
    if reasons:
        raise Refused(*reasons)
    said = (*notes.on_other_files(name, beside), *readings[0].notes)
    return (replace(readings[0], notes=said), *readings[1:])


def _shown(inside: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in inside)[-100:]


def _changing(name: str) -> Reason:
    return Reason(
        "file_changing",
        f"文件“{name}”在读取时还在变化(可能没有传完),或不是普通文件。",
        "请等文件传完、关闭打开它的程序后,放进新的文件夹重新报送;manifest.json 最后放。",
        f"'{name}' changed while it was read (the upload may not be finished), or is no plain file.",
        "Wait until it is uploaded and closed, then send it in a new folder, manifest.json last.",
    )


def _damaged(name: str, what: str) -> Reason:
    return Reason(
        "unreadable",
        f"文件“{name}”无法读取(可能已损坏或格式不符)。",
        "请用表格软件打开检查,另存为 CSV(UTF-8)或 XLSX 后重新报送。",
        f"'{name}' cannot be read ({what}); it may be damaged or of another format.",
        "Open it, save it as CSV (UTF-8) or XLSX, and send it again.",
    )
