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


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


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


def write_staging_receipt(
    receipts: Path,
    system: str,
    delivery_id: str,
    stopped: bool,
    tables: Sequence[tuple[str, int, int, int]],
    findings: Sequence[tuple[str, str, int]],
) -> Path:
    """What became of the rows: per table (Chinese name, rows in, clean, quarantined), per broken rule (texts, rows)."""
    zh = ["逐行核对结果", "", f"批次:{delivery_id}", f"结果:{'整批停用(见下)' if stopped else '已入库'}", ""]
    en = ["Result of the row checks", "", f"Delivery: {delivery_id}"]
    en += [f"Result: {'stopped as a whole (see below)' if stopped else 'staged'}", ""]
    for name, rows_in, clean, quarantined in tables:
        zh.append(f"  · {name}:共 {rows_in} 行,通过 {clean} 行,待改正 {quarantined} 行")
        en.append(f"  - {name}: {rows_in} rows, {clean} clean, {quarantined} to be corrected")
    if findings:
        zh += ["", "发现的问题:"]
        en += ["", "Findings:"]
        for text, text_en, count in findings:
            zh.append(f"  · {text}({count})")
            en.append(f"  - {text_en} ({count})")
    if stopped:
        zh += ["", "这批数据没有计入任何结果。请按上面的问题检查后,用新的批次名重新报送。"]
        en += ["", "Nothing of this delivery counts. Please check the findings and send it again under a new name."]
    path = receipt_path(receipts, system, delivery_id, ".staging.txt")
    replace_text(path, "\n".join(zh) + f"\n\n{_RULE}\n\n" + "\n".join(en) + "\n")
    return path
