"""Holds one landing folder against its manifest: every reason to refuse it, every note for its sender."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.deliveries import manifest as manifests
from pipelines.deliveries.manifest import MANIFEST, DeliveredFile, Manifest
from pipelines.deliveries.readers import Reading, encodings, read
from pipelines.deliveries.reasons import Note, Reason, Refused
from pipelines.periods import Quarter
from pipelines.sources import SOURCES
from pipelines.sources.base import Source, SourceTable

MANIFEST_BYTES = 4 << 20
CUT_DATE_DAYS = 31  # before the quarter's first day or after its last
_PLAIN_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]+")


@dataclass
class Findings:
    """What verifying one folder found; accepted where `reasons` stays empty."""

    manifest: Manifest | None = None
    manifest_sha256: str = ""
    quarter: Quarter | None = None
    counties: frozenset[str] = frozenset()
    cut_date: date | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def verify(folder: Path, system: str, now: datetime) -> Findings:
    """Everything a manifest claims, checked against the folder. Never raises for what a sender did; OSError may pass."""
    findings = Findings()
    try:
        path = folder / MANIFEST
        text = _manifest_text(path)
        findings.manifest_sha256 = manifests.sha256_of(path)
        findings.manifest = manifests.parse(text)
    except Refused as refused:
        findings.reasons += refused.reasons
        return findings
    source = _system(findings, findings.manifest, system)
    _period(findings, findings.manifest, now)
    if source is not None:
        _files(findings, findings.manifest, source, folder)
    return findings


def _manifest_text(path: Path) -> str:
    if not stat.S_ISREG(os.lstat(path).st_mode) or path.stat().st_size > MANIFEST_BYTES:
        raise Refused(
            Reason(
                "manifest_not_plain",
                "manifest.json 不是普通文件,或过大。",
                "请用 bidui deliver 重新生成清单。",
                "manifest.json is no plain file, or is too large.",
                "Make it with `bidui deliver`.",
            )
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            Reason(
                "manifest_encoding",
                "manifest.json 不是 UTF-8 编码。",
                "请把清单另存为 UTF-8,或用 bidui deliver 重新生成。",
                "manifest.json is not UTF-8.",
                "Save it as UTF-8, or make it with `bidui deliver`.",
            )
        ) from None


def _system(findings: Findings, manifest: Manifest, system: str) -> Source | None:
    if manifest.system != system:
        findings.reasons.append(
            Reason(
                "wrong_folder",
                f"清单写的系统是“{manifest.system}”,却放在“{system}”的目录下。",
                f"请把文件夹放到 landing/{manifest.system}/ 下(换一个批次名),或改正清单的 system。",
                f"The manifest names the system '{manifest.system}', the folder lies under '{system}'.",
                f"Put it under landing/{manifest.system}/ (with a new name), or correct `system`.",
            )
        )
        return None
    return SOURCES[system]


def _period(findings: Findings, manifest: Manifest, now: datetime) -> None:
    try:
        quarter = Quarter.parse(manifest.quarter)
        cut_date = date.fromisoformat(manifest.cut_date)
    except ValueError:
        findings.reasons.append(
            Reason(
                "no_such_day",
                f"清单的季度“{manifest.quarter}”或截止日“{manifest.cut_date}”不存在。",
                "请改正;季度写成 2018Q4,日期写成 2018-12-31。",
                "The quarter or the cut date does not exist.",
                "Write the quarter like 2018Q4 and the date like 2018-12-31.",
            )
        )
        return
    findings.quarter, findings.cut_date = quarter, cut_date
    if quarter.first_day > now.date():
        findings.reasons.append(
            Reason(
                "future_quarter",
                f"季度 {quarter} 还没有开始。",
                "请核对清单的 quarter。",
                f"The quarter {quarter} has not begun.",
                "Check `quarter`.",
            )
        )
    slack = timedelta(days=CUT_DATE_DAYS)
    if not quarter.first_day - slack <= cut_date <= quarter.last_day + slack:
        findings.reasons.append(
            Reason(
                "cut_date",
                f"截止日 {cut_date} 不在 {quarter} 季度内或前后{CUT_DATE_DAYS}天。",
                "请核对清单的 quarter 和 cut_date。",
                f"The cut date {cut_date} is not within {CUT_DATE_DAYS} days of {quarter}.",
                "Check `quarter` and `cut_date`.",
            )
        )
    findings.counties, unknown = manifests.scope_counties(manifest.scope, quarter)
    if unknown:
        findings.reasons.append(
            Reason(
                "unknown_county",
                f"范围中有不认识的县区代码:{'、'.join(unknown[:20])}。",
                "请核对 scope;应为本省在该季度有效的六位县区代码,或写 province。",
                f"The scope names unknown county codes: {', '.join(unknown[:20])}.",
                "Use six-digit codes of this province that are valid in the quarter, or `province`.",
            )
        )


def _files(findings: Findings, manifest: Manifest, source: Source, folder: Path) -> None:
    tables = {table.entity: table for table in source.tables}
    missing = [table for entity, table in tables.items() if entity not in {file.table for file in manifest.files}]
    for table in missing:
        findings.reasons.append(
            Reason(
                "missing_table",
                f"清单中没有数据表“{table.entity}”({table.zh})的文件。",
                "一批数据应包含该系统的全部数据表,请补上后重新报送。",
                f"No file for the table '{table.entity}'.",
                "A delivery holds every table of its system; add it and send again.",
            )
        )
    names = [file.name.casefold() for file in manifest.files]
    for file in manifest.files:
        if names.count(file.name.casefold()) > 1:
            findings.reasons.append(_bad_name(file.name, "重复", "is listed twice"))
        elif file.table not in tables:
            findings.reasons.append(
                Reason(
                    "unknown_table",
                    f"文件“{_shown(file.name)}”的数据表“{_shown(file.table)}”不属于{source.zh}。",
                    f"请改正清单的 table;可用:{'、'.join(tables)}。",
                    f"'{_shown(file.name)}': the table '{_shown(file.table)}' is none of {source.en}.",
                    f"Correct `table`; known: {', '.join(tables)}.",
                )
            )
        else:
            try:
                findings.files.append(_file(findings, folder, file, tables[file.table]))
            except Refused as refused:
                findings.reasons += refused.reasons
    listed = {file.name for file in manifest.files} | {MANIFEST}
    others = sorted(entry.name for entry in os.scandir(folder) if entry.name not in listed and entry.name[0] != ".")
    if others:
        findings.notes.append(
            Note(
                "unlisted_files",
                f"文件夹中有 {len(others)} 个清单没有列出的文件,未读取。",
                f"{len(others)} file(s) in the folder are not listed in the manifest and were not read.",
            )
        )


def _shown(name: str) -> str:
    """A name from a manifest, safe to print."""
    return "".join(c if c.isprintable() else "?" for c in name)[:80]


def _bad_name(name: str, zh: str, en: str) -> Reason:
    return Reason(
        "file_name",
        f"清单中的文件名“{_shown(name)}”{zh}。",
        "文件名只写名称,不带路径和特殊字符;文件与清单放在同一个文件夹。",
        f"The file name '{_shown(name)}' {en}.",
        "Give the plain name only; the file lies beside the manifest.",
    )


def _file(findings: Findings, folder: Path, file: DeliveredFile, table: SourceTable) -> dict[str, Any]:
    name = file.name
    if not _PLAIN_NAME.fullmatch(name) or name in (".", "..") or name.startswith(".") or name.casefold() == MANIFEST:
        raise Refused(_bad_name(name, "不能使用(含有路径或特殊字符)", "cannot be used (a path or special characters)"))
    path = folder / name
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        raise Refused(
            Reason(
                "file_absent",
                f"清单列出的文件“{_shown(name)}”不在文件夹里。",
                "请先放好数据文件,最后放 manifest.json。",
                f"The file '{_shown(name)}' is not in the folder.",
                "Put the data files first, manifest.json last.",
            )
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise Refused(_bad_name(name, "不是普通文件(可能是快捷方式或链接)", "is no plain file (a link, perhaps)"))
    if status.st_size != file.bytes:
        raise Refused(
            Reason(
                "file_size",
                f"文件“{name}”有 {status.st_size} 字节,清单写的是 {file.bytes} 字节。",
                "文件可能没有传完或之后又改动过;请重新上传,并用 bidui deliver 重新生成清单。",
                f"'{name}' has {status.st_size} bytes, the manifest says {file.bytes}.",
                "The upload may be incomplete or the file was changed; send it again with a new manifest.",
            )
        )
    if manifests.sha256_of(path) != file.sha256:
        raise Refused(
            Reason(
                "checksum",
                f"文件“{name}”的 SHA-256 校验值与清单不一致。",
                "文件在传输中损坏或之后又改动过;请重新上传,并用 bidui deliver 重新生成清单。",
                f"The SHA-256 of '{name}' differs from the manifest.",
                "The file was damaged or changed; send it again with a new manifest.",
            )
        )
    reading = read(path, table, file.encoding)
    if reading.counts.rows != file.rows:
        raise Refused(
            Reason(
                "row_count",
                f"文件“{name}”有 {reading.counts.rows} 行数据,清单写的是 {file.rows} 行。",
                "请核对是否漏行或多行(标题、表头、空行和合计不算),改正后重新生成清单。",
                f"'{name}' has {reading.counts.rows} data rows, the manifest says {file.rows}.",
                "Check for missing or additional rows (titles, header, blanks and totals do not count).",
            )
        )
    findings.notes += _notes(reading, file)
    return file.model_dump() | {"table_name": table.name, "table_zh": table.zh, "read_as": reading.encoding}


def _notes(reading: Reading, file: DeliveredFile) -> list[Note]:
    notes = []
    name = reading.file_name
    if not encodings.same(file.encoding, reading.encoding):
        notes.append(
            Note(
                "encoding",
                f"文件“{name}”实际是 {reading.encoding},清单写的是 {file.encoding},已按实际读取。",
                f"'{name}' is {reading.encoding}, the manifest says {file.encoding}; it was read as it is.",
            )
        )
    if reading.counts.replaced:
        notes.append(
            Note(
                "unreadable_characters",
                f"文件“{name}”有 {reading.counts.replaced} 个字无法读出,以“�”代替。",
                f"{reading.counts.replaced} character(s) of '{name}' cannot be read and became '�'.",
            )
        )
    if reading.header.unknown:
        columns = "、".join(_shown(cell) for cell in reading.header.unknown[:20])
        notes.append(
            Note(
                "unknown_columns",
                f"文件“{name}”有未约定的列,没有使用:{columns}。",
                f"'{name}' has columns that are not agreed and are not used: {columns}.",
            )
        )
    if reading.counts.footers or reading.counts.misshapen:
        notes.append(
            Note(
                "lines",
                f"文件“{name}”:表尾 {reading.counts.footers} 行(合计、填表人等)未计入;"
                f"{reading.counts.misshapen} 行的列数与表头不符,将单独列出。",
                f"'{name}': {reading.counts.footers} footer line(s) left out; "
                f"{reading.counts.misshapen} line(s) differ from the header in shape and are listed apart.",
            )
        )
    return notes
