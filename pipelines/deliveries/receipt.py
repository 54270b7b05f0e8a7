"""Receipts: what the sender of a delivery reads, beside landing, as text (Chinese, then English) and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.deliveries.manifest import Manifest
from pipelines.deliveries.reasons import Note, Reason
from pipelines.files import replace_text
from pipelines.sources import SOURCES

_RULE = "─" * 60


@dataclass(frozen=True)
class Receipt:
    """The answer to one delivery. `manifest` is None where it could not be read; `files` has one entry per file."""

    system: str
    delivery_id: str
    accepted: bool
    at: datetime
    manifest: Manifest | None = None
    files: tuple[Mapping[str, Any], ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Note, ...] = field(default=())


def receipt_path(receipts: Path, system: str, delivery_id: str, ending: str) -> Path:
    """Where a receipt lies: receipts/<system>/<delivery><ending>."""
    return receipts / system / f"{delivery_id}{ending}"


def write_receipt(receipts: Path, receipt: Receipt) -> Path:
    """Write both forms; the path of the text. A repeat differs in its time only."""
    replace_text(receipt_path(receipts, receipt.system, receipt.delivery_id, ".json"), _json(receipt))
    text = receipt_path(receipts, receipt.system, receipt.delivery_id, ".txt")
    replace_text(text, _chinese(receipt) + f"\n{_RULE}\n\n" + _english(receipt))
    return text


def _json(receipt: Receipt) -> str:
    manifest = receipt.manifest
    content = {
        "system": receipt.system,
        "delivery_id": receipt.delivery_id,
        "status": "accepted" if receipt.accepted else "refused",
        "received_at": receipt.at.isoformat(timespec="seconds"),
        "quarter": manifest.quarter if manifest else None,
        "sender": manifest.sender if manifest else None,
        "sequence": manifest.sequence if manifest else None,
        "files": [dict(file) for file in receipt.files],
        "reasons": [reason.as_dict() for reason in receipt.reasons],
        "notes": [note.as_dict() for note in receipt.notes],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _system_name(system: str) -> tuple[str, str]:
    source = SOURCES.get(system)
    return (source.zh, source.en) if source else (system, system)


def _scope(manifest: Manifest) -> tuple[str, str]:
    if manifest.scope == "province":
        return "全省", "the province"
    return f"{len(manifest.scope)}个县(市、区)", f"{len(manifest.scope)} counties"


def _chinese(receipt: Receipt) -> str:
    manifest = receipt.manifest
    lines = [
        "数据接收回执",
        "",
        f"结果:{'已接收' if receipt.accepted else '未接收(退回)'}",
        f"系统:{_system_name(receipt.system)[0]}",
        f"批次:{receipt.delivery_id}",
        f"时间:{receipt.at:%Y-%m-%d %H:%M}",
    ]
    if manifest:
        lines += [
            f"报送单位:{manifest.sender}",
            f"所属季度:{manifest.quarter};截止日:{manifest.cut_date};范围:{_scope(manifest)[0]};序号:{manifest.sequence}",
        ]
        if manifest.corrects:
            lines.append(f"更正批次:{manifest.corrects}(本批只含改正的行,其余沿用该批次)")
    if receipt.accepted:
        lines += ["", "接收的文件:"]
        lines += [f"  · {file['name']}({file['table_zh']}):{file['rows']} 行" for file in receipt.files]
        lines += ["", "接下来系统会逐行核对;个别不合要求的行会单独列出,不影响其他行。"]
    else:
        lines += ["", f"这批数据没有入库,已发布的结果没有任何变化。请按下面 {len(receipt.reasons)} 条改正:"]
        for number, reason in enumerate(receipt.reasons, 1):
            lines += ["", f"  {number}. {reason.text}", f"     怎么改:{reason.mend}"]
        lines += ["", "改好后请放进一个新的文件夹(换一个批次名)重新报送;本文件夹不再处理,可以留着备查。"]
    if receipt.notes:
        lines += ["", "请知悉:", *(f"  · {note.text}" for note in receipt.notes)]
    return "\n".join(lines) + "\n"


def _english(receipt: Receipt) -> str:
    manifest = receipt.manifest
    lines = [
        "Receipt of a delivery",
        "",
        f"Result: {'accepted' if receipt.accepted else 'not accepted (returned)'}",
        f"System: {_system_name(receipt.system)[1]}",
        f"Delivery: {receipt.delivery_id}",
        f"Time: {receipt.at:%Y-%m-%d %H:%M}",
    ]
    if manifest:
        lines += [
            f"Sender: {manifest.sender}",
            f"Quarter: {manifest.quarter}; cut date: {manifest.cut_date}; scope: {_scope(manifest)[1]}; "
            f"sequence: {manifest.sequence}",
        ]
        if manifest.corrects:
            lines.append(f"Corrects: {manifest.corrects} (corrected rows only; the others stay as they were)")
    if receipt.accepted:
        lines += ["", "Files taken:"]
        lines += [f"  - {file['name']} ({file['table']}): {file['rows']} rows" for file in receipt.files]
        lines += ["", "Every row is checked next; single rows that break a rule are listed apart, the others count."]
    else:
        lines += ["", "Nothing of it was staged and nothing that is published has changed. Please mend:"]
        for number, reason in enumerate(receipt.reasons, 1):
            lines += ["", f"  {number}. {reason.text_en}", f"     How: {reason.mend_en}"]
        lines += ["", "Then send it in a new folder (another delivery name); this folder is not looked at again."]
    if receipt.notes:
        lines += ["", "Please note:", *(f"  - {note.text_en}" for note in receipt.notes)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class FindingLine:
    """A broken rule as its sender reads it; `cases` are lines, Chinese and English, that say where."""

    text: str
    text_en: str
    count: int
    cases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CorrectedTable:
    """What a partial delivery did to one table of its base: rows sent, and rows of the base by what became of them."""

    name: str
    corrects: str
    sent: int
    returned: int
    replaced: int
    kept_clean: int
    kept_quarantined: int


_RESULTS = {
    "staged": (
        "已入库",
        "staged",
        "",
        "",
    ),
    "stopped": (
        "整批停用(见下)",
        "stopped as a whole (see below)",
        "这批数据没有计入任何结果。请按上面的问题检查后,用新的批次名重新报送。",
        "Nothing of this delivery counts. Please check the findings and send it again under a new name.",
    ),
    "held": (
        "停用待核定(见下)",
        "held until somebody decides (see below)",
        "这批数据与以前报送的相差过大,暂未计入任何结果。请核对:如有错漏,改正后用新的批次名、更大的序号重新报送;"
        "如属实际变动,请向管理员说明原因,放行后自动计入,不必重报。",
        "This delivery differs too much from what was sent before, and does not count yet. If it is wrong, send it again "
        "under a new name with a higher sequence; if it is right, tell the operator why: once let pass, it counts as it is.",
    ),
}


def write_staging_receipt(
    receipts: Path,
    system: str,
    delivery_id: str,
    result: str,
    tables: Sequence[tuple[str, int, int, int]],
    findings: Sequence[FindingLine],
    corrected: Sequence[CorrectedTable] = (),
) -> Path:
    """What became of the rows: per table (Chinese name, rows in, clean, quarantined), per broken rule (texts, rows).

    `result`: staged, stopped or held.
    """
    outcome, outcome_en, closing, closing_en = _RESULTS[result]
    zh = ["逐行核对结果", "", f"批次:{delivery_id}", f"结果:{outcome}", ""]
    en = ["Result of the row checks", "", f"Delivery: {delivery_id}", f"Result: {outcome_en}", ""]
    of_base = {one.name: one for one in corrected}
    for name, rows_in, clean, quarantined in tables:
        zh.append(f"  · {name}:共 {rows_in} 行,通过 {clean} 行,待改正 {quarantined} 行")
        en.append(f"  - {name}: {rows_in} rows, {clean} clean, {quarantined} to be corrected")
        if (one := of_base.get(name)) is not None:
            zh.append(
                f"    其中本批送回 {one.sent} 行;批次“{one.corrects}”的待改正行送回 {one.returned} 行、"
                f"未送回 {one.kept_quarantined} 行,通过的行替换 {one.replaced} 行、沿用 {one.kept_clean} 行"
            )
            en.append(
                f"    of these {one.sent} sent now; of '{one.corrects}' {one.returned} quarantined rows came back and "
                f"{one.kept_quarantined} did not, {one.replaced} clean rows were replaced and {one.kept_clean} kept"
            )
    if any(quarantined for _, _, _, quarantined in tables) and result == "staged":
        zh += [
            "",
            "待改正的行可向管理员索取 Excel(bidui quarantine),每行附有原因;改正后放进报送目录的新文件夹即可,不必整批重报。",
        ]
        en += [
            "",
            "The operator exports the rows to be corrected as a workbook (bidui quarantine), a reason beside each: ",
        ]
        en[-1] += "correct them and drop the workbook into a new folder of landing."
    if findings:
        zh += ["", "发现的问题:"]
        en += ["", "Findings:"]
        for finding in findings:
            zh += [f"  · {finding.text}({finding.count})", *(f"      {line}" for line, _ in finding.cases)]
            en += [f"  - {finding.text_en} ({finding.count})", *(f"      {line}" for _, line in finding.cases)]
    if closing:
        zh += ["", closing]
        en += ["", closing_en]
    return _write_both(receipt_path(receipts, system, delivery_id, ".staging.txt"), zh, en)


def write_gate_receipt(
    receipts: Path, system: str, delivery_id: str, counts: bool, reason: str, decided_at: datetime
) -> Path:
    """What was decided on a held delivery: whether it counts now, and why; the last decision replaces the one before."""
    at = f"{decided_at:%Y-%m-%d %H:%M}"
    zh = ["停用核定结果", "", f"批次:{delivery_id}", f"结果:{'放行,已计入' if counts else '维持停用'}", f"时间:{at}"]
    en = ["Decision on a held delivery", "", f"Delivery: {delivery_id}"]
    en += [f"Result: {'let pass, it counts' if counts else 'still held'}", f"Time: {at}"]
    zh += [f"理由:{reason}"]
    en += [f"Reason: {reason}"]
    if not counts:
        zh += ["", "这批数据不计入结果。请改正后用新的批次名、更大的序号重新报送。"]
        en += ["", "It does not count. Please correct it and send it under a new name with a higher sequence."]
    return _write_both(receipt_path(receipts, system, delivery_id, ".gate.txt"), zh, en)


def _write_both(path: Path, zh: Sequence[str], en: Sequence[str]) -> Path:
    replace_text(path, "\n".join(zh) + f"\n\n{_RULE}\n\n" + "\n".join(en) + "\n")
    return path
