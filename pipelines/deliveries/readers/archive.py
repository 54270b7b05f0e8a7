"""ZIP archives, opened without trust: nothing is unpacked before names, sizes and flags were looked at."""

from __future__ import annotations

import lzma
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.deliveries.reasons import Reason, Refused

MAX_UNPACKED_BYTES = 64 << 30  # of data files; 46 million rows of medical insurance are 5 GB
MAX_DIRECTORY_BYTES = 8 << 20
MAX_MEMBERS = 2000
# Tables shrink by 5 to 50; below the floor even the highest ratio does no harm.
MAX_RATIO = 300
RATIO_FLOOR = 512 << 20
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_END, _END64_LOCATOR, _END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_END_BYTES, _LOCATOR_BYTES, _END64_BYTES = 22, 20, 56
_COMMENT_BYTES = 1 << 16
# What systems and office programs leave beside the files somebody packed.
_LITTER_FOLDERS = ("__MACOSX",)
_LITTER = ("thumbs.db", "desktop.ini")


def reason(code: str, name: str, zh: str, en: str) -> Reason:
    """A reason about an archive or workbook as a whole."""
    return Reason(
        code,
        f"压缩文件或工作簿“{name}”{zh}。",
        "请直接放入数据文件(CSV、XLSX),或重新压缩为普通 ZIP(不加密、不套压缩包)后重新报送。",
        f"The archive or workbook '{name}' {en}.",
        "Send the data files themselves, or pack them into a plain ZIP: no password, no archive inside.",
    )


def _damaged(name: str) -> Refused:
    return Refused(
        Reason(
            "damaged_archive",
            f"文件“{name}”不完整或已损坏,无法打开。",
            "文件可能没有传完;请在本机打开检查,重新保存后再报送。",
            f"'{name}' is incomplete or damaged and cannot be opened.",
            "The upload may be incomplete; open it on your machine, save it again and send it.",
        )
    )


def _directory_bytes(path: Path) -> int:
    """How long an archive says its list of members is; the library would load all of it into memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = max(0, size - _END_BYTES - _COMMENT_BYTES - _LOCATOR_BYTES - _END64_BYTES)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + _END_BYTES:
            raise zipfile.BadZipFile
        length: int = struct.unpack_from("<L", tail, at + 12)[0]
        locator = at - _LOCATOR_BYTES
        if locator >= 0 and tail.startswith(_END64_LOCATOR, locator):
            file.seek(struct.unpack_from("<Q", tail, locator + 8)[0])
            record = file.read(_END64_BYTES)
            if record.startswith(_END64) and len(record) == _END64_BYTES:
                length = max(length if length != 0xFFFFFFFF else 0, struct.unpack_from("<Q", record, 40)[0])
    return length


@contextmanager
def opened(path: Path, name: str, limit: int = MAX_UNPACKED_BYTES) -> Iterator[zipfile.ZipFile]:
    """An archive whose members, by name and declared size, may be read.

    The library gives no more of a member than it declares and fails where that is not all, so `limit` and the ratio
    hold whatever the archive says. Refused for a damaged one, also where that shows only while it is read.
    """
    try:
        if _directory_bytes(path) > MAX_DIRECTORY_BYTES:
            raise Refused(reason("too_many_members", name, "内的文件过多", "has too many members"))
        archive = zipfile.ZipFile(path)
    except (Refused, OSError):
        raise
    except Exception as error:  # the library has no one error for a directory that makes no sense
        raise _damaged(name) from error
    with archive:
        _look(archive, path, name, limit)
        try:
            yield archive
        except NotImplementedError:
            zh, en = "用了不支持的压缩方式", "is packed in a way that is not supported"
            raise Refused(reason("compression", name, zh, en)) from None
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
            raise _damaged(name) from error


def _look(archive: zipfile.ZipFile, path: Path, name: str, limit: int) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Refused(reason("too_many_members", name, "内的文件过多", "has too many members"))
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Refused(reason("encrypted", name, "有密码", "is encrypted"))
    _refuse_odd_names(members, name)
    unpacked = sum(member.file_size for member in members)
    if unpacked > limit or (unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * path.stat().st_size):
        raise Refused(reason("too_large_unpacked", name, "解压后过大", "is too large when unpacked"))


def member_name(member: zipfile.ZipInfo) -> str:
    """A member's name as its packer meant it: where it is not marked as UTF-8 it may be GB18030."""
    if member.flag_bits & _UTF8_NAME:
        return member.orig_filename
    try:
        raw = member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return member.orig_filename
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return member.orig_filename


def _refuse_odd_names(members: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for member in members:
        inside = member_name(member).replace("\\", "/")
        path = PurePosixPath(inside)
        if path.is_absolute() or ".." in path.parts or ":" in inside or "\0" in inside:
            zh, en = "内有指向别处的路径", "has a member with a path that leads elsewhere"
            raise Refused(reason("path_in_archive", name, zh, en))
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            raise Refused(reason("link_in_archive", name, "内有链接或特殊文件", "has a link or a special file"))
        if not member.is_dir() and inside.casefold() in seen:
            raise Refused(reason("same_name_twice", name, "内有重名的文件", "has two members of one name"))
        seen.add(inside.casefold())


def data_members(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """The members that somebody meant to send, by name: no folders, nothing that systems leave behind."""
    members = []
    for member in archive.infolist():
        inside = member_name(member).replace("\\", "/")
        path = PurePosixPath(inside)
        litter = path.name.casefold() in _LITTER or path.name.startswith((".", "~$"))
        if not member.is_dir() and not litter and not any(part in _LITTER_FOLDERS for part in path.parts):
            members.append((str(path), member))
    return sorted(members, key=lambda one: one[0])


@contextmanager
def stream(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """A member's bytes. BadZipFile where it does not lie where the archive says."""
    try:
        source = archive.open(member)
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, NotImplementedError):
            raise
        raise zipfile.BadZipFile from error
    with source:
        yield source


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """One member's bytes as a file; the name inside the archive has no say in where."""
    with stream(archive, member) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
