"""What kind of file something is, by its content; names lie."""

from __future__ import annotations

import mmap
from enum import StrEnum
from pathlib import Path

from pipelines.deliveries.readers import archive
from pipelines.deliveries.reasons import Reason, Refused


class Form(StrEnum):
    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    PARQUET = "parquet"
    ZIP = "zip"


_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_OTHERS = {
    b"\x1f\x8b": "GZIP",
    b"7z\xbc\xaf\x27\x1c": "7Z",
    b"Rar!\x1a\x07": "RAR",
    b"BZh": "BZIP2",
    b"\xfd7zXZ": "XZ",
    b"\x28\xb5\x2f\xfd": "ZSTD",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
}
_SAMPLE_BYTES = 4096


def form_of(path: Path, name: str) -> Form:
    """The form of a file. Refused for forms that are known and not read, with what to do instead."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if sample.startswith((_ZIP, _EMPTY_ZIP)):
        return _zip_form(path, name)
    if sample.startswith(_COMPOUND):
        return _compound_form(path, name)
    if sample.startswith(_PARQUET):
        return Form.PARQUET
    for mark, word in _OTHERS.items():
        if sample.startswith(mark):
            raise _not_read(name, word)
    start = sample.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style", b"<?xml", b"<workbook")):
        raise _not_read(name, "HTML/XML")
    return Form.TEXT


def _zip_form(path: Path, name: str) -> Form:
    with archive.opened(path, name) as opened:
        names = {member.filename.casefold() for member in opened.infolist()}
        if "[content_types].xml" in names:
            if any(inside.startswith(("word/", "ppt/", "visio/")) or inside == "xl/workbook.bin" for inside in names):
                raise _not_read(name, "Word/PowerPoint/XLSB")
            return Form.XLSX
        if "mimetype" in names and "content.xml" in names:
            raise _not_read(name, "ODS/ODT")
    return Form.ZIP


def _compound_form(path: Path, name: str) -> Form:
    """A compound file says in its directory, in UTF-16, which streams it has."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise Refused(encrypted(name))
        if any(content.find(f"{stream}\0".encode("utf-16-le")) >= 0 for stream in ("Workbook", "Book", "BOOK")):
            return Form.XLS
    raise _not_read(name, "Word/OLE")


def encrypted(name: str) -> Reason:
    """The reason for a workbook with a password."""
    return Reason(
        "encrypted",
        f"工作簿“{name}”设有打开密码。",
        "请取消密码后另存,再重新报送。",
        f"The workbook '{name}' has a password.",
        "Save it without password and send it again.",
    )


def _not_read(name: str, word: str) -> Refused:
    return Refused(
        Reason(
            "form_not_read",
            f"文件“{name}”是 {word} 格式,不能读取。",
            "请用表格软件打开,另存为 XLSX 或 CSV(UTF-8)后重新报送;多个文件可压缩为 ZIP。",
            f"'{name}' is a {word} file, which is not read.",
            "Open it, save it as XLSX or CSV (UTF-8) and send it again; several files may be packed as ZIP.",
        )
    )
