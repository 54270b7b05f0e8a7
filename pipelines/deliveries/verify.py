"""Holds one landing folder against its manifest: every reason to refuse it, every note for its sender."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.deliveries import manifest as manifests
from pipelines.deliveries.manifest import MANIFEST, DeliveredFile, Manifest
from pipelines.deliveries.places import placeless
from pipelines.deliveries.readers import Reading, encodings, read
from pipelines.deliveries.reasons import Note, Reason, Refused
from pipelines.deliveries.scope import scope_units
from pipelines.identity.id_numbers import names_somebody
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
    parts: set[tuple[str, str]] = field(default_factory=set)  # table and part, by which a row is found again
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def verify(folder: Path, system: str, now: datetime, made: Manifest | None = None) -> Findings:
    """Everything a manifest claims, checked against the folder. Never raises for what a sender did; OSError may pass.

    `made` is the manifest where the folder holds none: what a filled template says.
    """
    findings = Findings()
    try:
        if made is None:
            path = folder / MANIFEST
            text = _manifest_text(path)
            findings.manifest_sha256 = manifests.sha256_of(path)
        else:
            text = manifests.manifest_text(made)
            findings.manifest_sha256 = hashlib.sha256(text.encode()).hexdigest()
        findings.manifest = manifests.parse(text)
    except Refused as refused:
        findings.reasons += refused.reasons
        return findings
    source = _system(findings, findings.manifest, system)
    _period(findings, findings.manifest, now)
    if source is not None:
        _files(findings, findings.manifest, source, folder)
    return findings


def unnamed(findings: Findings) -> Findings:
    """The findings; where a name in them holds an ID number nothing but that reason, without the name."""
    said = [name for _, name in findings.parts] + [note.text for note in findings.notes]
    said += [text for reason in findings.reasons for text in (reason.text, reason.mend)]
    said += findings.manifest.words if findings.manifest else ()
    if not any(map(names_somebody, said)):
        return findings
    return Findings(
        manifest_sha256=findings.manifest_sha256,
        quarter=findings.quarter,
        counties=findings.counties,
        cut_date=findings.cut_date,
        reasons=[manifests.ID_NUMBER_IN_NAME],
    )


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
                "请核对所属季度(quarter)。",
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
                "请核对所属季度(quarter)和数据截止日(cut_date)。",
                f"The cut date {cut_date} is not within {CUT_DATE_DAYS} days of {quarter}.",
                "Check `quarter` and `cut_date`.",
            )
        )
    findings.counties, unknown = scope_units(manifest.scope, quarter)
    if unknown:
        findings.reasons.append(
            Reason(
                "unknown_county",
                f"范围中有不认识的县区代码或功能区:{'、'.join(map(_shown, unknown[:20]))}。",
                "请核对报送范围(scope);应为本省在该季度有效的六位县区代码、已登记的功能区名称,或写 province。",
                f"The scope names unknown counties or areas: {', '.join(map(_shown, unknown[:20]))}.",
                "Use six-digit codes of this province valid in the quarter, names of listed 功能区, or `province`.",
            )
        )


def _files(findings: Findings, manifest: Manifest, source: Source, folder: Path) -> None:
    tables = {table.entity: table for table in source.tables}
    sent = {file.table for file in manifest.files}
    for table in source.core_tables:
        if table.entity not in sent and not manifest.corrects:
            findings.notes.append(
                Note(
                    "table_not_sent",
                    f"本批没有数据表“{table.entity}”({table.zh}),沿用已报送的;如尚未报送,请另批补报。",
                    f"No file for the table '{table.entity}': what was sent before stays in force; send it if nothing was.",
                )
            )
    twice = _listed_twice(manifest.files)
    for file in manifest.files:
        if (file.name.casefold(), file.table) in twice:
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


def _listed_twice(files: Sequence[DeliveredFile]) -> frozenset[tuple[str, str]]:
    """(file in lower case, table) that more than one entry claims; each may claim other sheets of a workbook."""
    claims = Counter(
        (file.name.casefold(), file.table, sheet.casefold()) for file in files for sheet in file.sheets or [""]
    )
    entries = Counter((file.name.casefold(), file.table) for file in files)
    whole = {(name, table) for name, table, sheet in claims if not sheet and entries[name, table] > 1}
    return frozenset(whole | {(name, table) for (name, table, _), count in claims.items() if count > 1})


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
    readings = read(path, table, file.encoding, day=findings.cut_date, sheets=file.sheets or None)
    rows = sum(reading.counts.rows for reading in readings)
    if rows != file.rows:
        raise Refused(
            Reason(
                "row_count",
                f"文件“{name}”有 {rows} 行数据,清单写的是 {file.rows} 行。",
                "请核对是否漏行或多行(标题、表头、空行和合计不算),改正后重新生成清单。",
                f"'{name}' has {rows} data rows, the manifest says {file.rows}.",
                "Check for missing or additional rows (titles, header, blanks and totals do not count).",
            )
        )
    if reasons := tuple(placeless(table, readings, findings.counties)):
        raise Refused(*reasons)
    parts = {(table.name, reading.file_name) for reading in readings}
    if len(parts) < len(readings) or parts & findings.parts:
        zh = "与另一文件(或工作簿中的工作表)同名"
        raise Refused(_bad_name(name, zh, "is also what a sheet of another file is called"))
    findings.parts |= parts
    findings.notes += _other_encoding(file, readings)
    findings.notes += (note for reading in readings for note in reading.notes)
    # What staging is told when it reads the file again, so that it finds the same.
    read_as = readings[0].encoding if readings[0].file_name == name else file.encoding
    return file.model_dump() | {"table_name": table.name, "table_zh": table.zh, "read_as": read_as}


def _other_encoding(file: DeliveredFile, readings: Sequence[Reading]) -> Iterator[Note]:
    """A note for a file that is not in the encoding its manifest names; an archive has none of its own."""
    for reading in readings:
        if reading.file_name == file.name and not encodings.same(file.encoding, reading.encoding):
            yield Note(
                "encoding",
                f"文件“{file.name}”实际是 {reading.encoding},清单写的是 {file.encoding},已按实际读取。",
                f"'{file.name}' is {reading.encoding}, the manifest says {file.encoding}; it was read as it is.",
            )
