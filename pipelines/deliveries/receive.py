"""Looks at landing, answers every new delivery with a receipt and a ledger row. Landing itself is never changed."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.deliveries import correction, filled
from pipelines.deliveries.ledger import Delivery, Ledger
from pipelines.deliveries.manifest import ID_NUMBER_IN_NAME, MANIFEST, manifest_text
from pipelines.deliveries.reasons import Note, Reason, Refused
from pipelines.deliveries.receipt import Receipt, receipt_path, write_receipt
from pipelines.deliveries.verify import Findings, unnamed, verify
from pipelines.files import replace_text
from pipelines.identity.id_numbers import names_somebody
from pipelines.periods import now
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.steps import Received

ACCEPTED, REFUSED = "accepted", "refused"
# Becomes a folder of the lake and a file name of the receipt: letters of any script, digits, dot, dash, underscore.
_DELIVERY_NAME = re.compile(r"\w[\w.\-]{0,49}")


@dataclass(frozen=True)
class _Folder:
    path: Path
    system: str
    delivery_id: str


def _name(path: Path) -> str:
    """A folder's own name where it is one that can be used everywhere, else a name made from its bytes."""
    if _DELIVERY_NAME.fullmatch(path.name) and not names_somebody(path.name):
        return path.name
    return f"unusable-name-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}"


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(folder / entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))


def _unanswered(landing: Path, ledger: Ledger) -> Iterator[_Folder]:
    known = ledger.known()
    for system in _entries(landing):
        for path in _entries(system):
            found = _Folder(path, _name(system), _name(path))
            if (found.system, found.delivery_id) not in known:
                yield found


class _Clock:
    """How long a folder has been quiet, by the file system's own clock: the one that stamped it."""

    def __init__(self) -> None:
        self._present: float | None = None

    def minutes_quiet(self, folder: Path) -> float:
        if self._present is None:
            scratch = settings().scratch
            scratch.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=scratch) as probe:
                self._present = Path(probe.name).stat().st_mtime
        stamps = [os.lstat(folder).st_mtime]
        if stat.S_ISDIR(os.lstat(folder).st_mode):
            stamps += [entry.stat(follow_symlinks=False).st_mtime for entry in os.scandir(folder)]
        return (self._present - max(stamps)) / 60


def _is_ready(found: _Folder, clock: _Clock) -> bool:
    try:
        if os.path.lexists(found.path / MANIFEST):
            return True
        quiet = clock.minutes_quiet(found.path)
        if quiet >= settings().quiet_minutes:
            return True
        return quiet * 60 >= settings().template_quiet_seconds and _holds_template(found.path)
    except OSError:
        return False  # the sender is just moving it


def _holds_template(folder: Path) -> bool:
    """Whether a folder holds a whole filled template that nobody has open."""
    return (
        not folder.is_symlink() and folder.is_dir() and not filled.is_open(folder) and bool(filled.templates_in(folder))
    )


def waiting() -> bool:
    """Whether landing holds a delivery without an answer: with a manifest, a template, or long quiet with neither."""
    clock = _Clock()
    return any(_is_ready(found, clock) for found in _unanswered(settings().landing, Ledger()))


def receive() -> tuple[Received, ...]:
    """Answer every waiting delivery, in order of system and name; what was answered now.

    The receipt is written before the ledger row, and both may be written again: a run that is killed in between does
    no harm. Whatever a sender did wrong becomes a reason on the receipt of that delivery and touches no other.
    """
    ledger, clock = Ledger(), _Clock()
    return tuple(_answer(found, ledger) for found in _unanswered(settings().landing, ledger) if _is_ready(found, clock))


def outstanding() -> tuple[Received, ...]:
    """Accepted deliveries that are not staged yet, in order of system, quarter and sequence."""
    ledger = Ledger()
    done = {(staged.system, staged.delivery_id) for staged in ledger.staged()}
    return tuple(
        Received(delivery.system, delivery.quarter.key if delivery.quarter else None, delivery.delivery_id, True)
        for delivery in ledger.deliveries(status=ACCEPTED)
        if (delivery.system, delivery.delivery_id) not in done
    )


def overlooked() -> tuple[Received, ...]:
    """Accepted deliveries that are still not staged `quiet_minutes` after their receipt: their notice may be lost."""
    left = {(one.system, one.delivery_id): one for one in outstanding()}
    if not left:
        return ()
    long_ago = now() - timedelta(minutes=settings().quiet_minutes)
    return tuple(
        left[delivery.system, delivery.delivery_id]
        for delivery in Ledger().deliveries(status=ACCEPTED)
        if (delivery.system, delivery.delivery_id) in left and delivery.received_at <= long_ago
    )


def _answer(found: _Folder, ledger: Ledger) -> Received:
    try:
        findings = unnamed(_look(found))
    except OSError as error:
        findings = Findings(
            reasons=[
                Reason(
                    "cannot_read",
                    "文件夹或其中的文件无法打开。",
                    "请检查权限,或用新的文件夹重新报送。",
                    f"The folder or a file in it cannot be opened ({error.strerror or type(error).__name__}).",
                    "Check its permissions, or send it again in a new folder.",
                )
            ]
        )
    at, manifest = now(), findings.manifest
    if manifest is not None and manifest.corrects and not findings.reasons:
        tables = frozenset(str(file["table_name"]) for file in findings.files)
        findings.reasons += correction.refusals(_delivery(found, findings, ACCEPTED, at), tables, ledger)
    if not findings.reasons:
        findings.notes += _sequence_note(found, findings, ledger)
    status = REFUSED if findings.reasons else ACCEPTED
    write_receipt(
        settings().receipts,
        Receipt(
            found.system,
            found.delivery_id,
            status == ACCEPTED,
            at,
            manifest,
            tuple(findings.files) if status == ACCEPTED else (),
            tuple(findings.reasons),
            tuple(findings.notes),
        ),
    )
    ledger.record_delivery(_delivery(found, findings, status, at))
    return Received(
        found.system, findings.quarter.key if findings.quarter else None, found.delivery_id, status == ACCEPTED
    )


def _delivery(found: _Folder, findings: Findings, status: str, at: datetime) -> Delivery:
    manifest = findings.manifest
    return Delivery(
        system=found.system,
        delivery_id=found.delivery_id,
        status=status,
        fingerprint=_fingerprint(found, findings),
        received_at=at,
        quarter=findings.quarter,
        counties=findings.counties,
        cut_date=findings.cut_date,
        sender=manifest.sender if manifest else "",
        sequence=manifest.sequence if manifest else 0,
        files=tuple(findings.files) if status == ACCEPTED else (),
        reasons=tuple(reason.as_dict() for reason in findings.reasons),
        corrects=manifest.corrects if manifest else "",
    )


def _look(found: _Folder) -> Findings:
    path = found.path
    if path.is_symlink() or path.parent.is_symlink() or not path.is_dir():
        return Findings(
            reasons=[
                Reason(
                    "not_a_folder",
                    "报送的数据没有放在单独的文件夹里(或是快捷方式、链接)。",
                    "请为每批数据建一个文件夹:数据文件加 manifest.json;可用 bidui deliver 生成。",
                    "The delivery is no folder of its own (or a link).",
                    "Make a folder per delivery: data files and manifest.json; `bidui deliver` makes one.",
                )
            ]
        )
    if found.delivery_id != path.name:
        return Findings(
            reasons=[
                Reason(
                    "folder_name",
                    "文件夹名含有空格、特殊字符或证件号码,或过长。",
                    "请改用字母、数字、汉字、点和横线,例如 2018Q4-3607-001,放进新的文件夹。",
                    "The folder's name has blanks, special characters or an ID number, or is too long.",
                    "Use letters, digits, dots and dashes, such as 2018Q4-3607-001, in a new folder.",
                )
            ]
        )
    if found.system not in SOURCES:
        return Findings(
            reasons=[
                Reason(
                    "unknown_system",
                    f"没有名为“{found.system}”的系统。",
                    f"请放到以下目录之一:{'、'.join(SOURCES)}。",
                    f"There is no system '{found.system}'.",
                    f"Put the folder under one of: {', '.join(SOURCES)}.",
                )
            ]
        )
    if os.path.lexists(path / MANIFEST):
        return verify(path, found.system, now())
    templates = filled.templates_in(path)
    if not templates:
        return Findings(
            reasons=[
                Reason(
                    "no_manifest",
                    f"文件夹 {settings().quiet_minutes} 分钟没有变化,但没有清单 manifest.json,也没有填好的报送模板(XLSX)。",
                    "请用 bidui deliver 生成清单,或填写 bidui template 的模板,放进新的文件夹重新报送"
                    "(后补到本文件夹的清单不会再看)。",
                    f"The folder was quiet for {settings().quiet_minutes} minutes and has neither manifest.json nor a "
                    "filled template (XLSX).",
                    "Make a manifest with `bidui deliver`, or fill in the template of `bidui template`, in a new folder "
                    "(what is added to this one is not looked at).",
                )
            ]
        )
    if len(templates) > 1:
        return Findings(reasons=[filled.several(templates)])
    try:
        made = filled.manifest_of(templates[0])
    except Refused as refused:
        return Findings(reasons=list(refused.reasons))
    if any(map(names_somebody, made.words)):
        return Findings(reasons=[ID_NUMBER_IN_NAME])
    kept = receipt_path(settings().receipts, found.system, found.delivery_id, ".manifest.json")
    replace_text(kept, manifest_text(made))
    return verify(path, found.system, now(), made)


def _fingerprint(found: _Folder, findings: Findings) -> str:
    """SHA-256 over the manifest and the files' hashes; over the names where there is no manifest."""
    digest = hashlib.sha256(f"{found.system}\n{findings.manifest_sha256}\n".encode())
    for file in sorted(findings.files, key=lambda file: str(file["name"])):
        digest.update(f"{file['name']}\n{file['sha256']}\n".encode())
    if not findings.manifest_sha256:
        digest.update(os.fsencode(found.path.name))
    return digest.hexdigest()


def _sequence_note(found: _Folder, findings: Findings, ledger: Ledger) -> list[Note]:
    manifest = findings.manifest
    assert manifest is not None
    rivals = [
        other.delivery_id
        for other in ledger.deliveries(found.system, findings.quarter, ACCEPTED)
        if other.sequence == manifest.sequence
        and other.counties & findings.counties
        and other.delivery_id != found.delivery_id
    ]
    if not rivals:
        return []
    return [
        Note(
            "same_sequence",
            f"序号 {manifest.sequence} 与批次“{rivals[0]}”相同且范围重叠,将以批次名排序靠后的为准;更正请加大序号。",
            f"Sequence {manifest.sequence} was used by '{rivals[0]}' for some of the same counties: the later name wins. "
            "Use a higher sequence for a correction.",
        )
    ]


def receipt_of(system: str, delivery_id: str) -> Path:
    """Where the text receipt of a delivery lies."""
    return receipt_path(settings().receipts, system, delivery_id, ".txt")
