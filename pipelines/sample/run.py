"""The sample province in this installation's folders, and its way into landing as senders would bring it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.deliveries.manifest import deliver
from pipelines.periods import Quarter
from pipelines.sample.province import Progress, make_province
from pipelines.settings import settings


@dataclass(frozen=True)
class Sample:
    """What was made: registered people of the last quarter, deliveries and rows, and the folder they lie in."""

    people: int
    deliveries: int
    rows: int
    outbox: str


def outbox() -> Path:
    """Where the sample's offices keep what they are about to send."""
    return settings().home / "sample"


def truth() -> Path:
    """What is really true of everyone; the pipeline never reads it."""
    return settings().home / "truth"


def make_sample(scale: float, quarters: tuple[str, ...], seed: int, progress: Progress | None = None) -> Sample:
    """Make the sample province anew: deliveries in the outbox, the truth apart, the list of deep-poverty villages."""
    for folder in (outbox(), truth()):
        shutil.rmtree(folder, ignore_errors=True)
    chosen = [Quarter.parse(quarter) for quarter in quarters]
    made = make_province(
        scale, chosen, seed, outbox(), truth_folder=truth(), reference=settings().reference, progress=progress
    )
    rows = sum(sum(by_quarter.values()) for by_quarter in made.rows.values())
    return Sample(made.registered[max(chosen).key], made.deliveries, rows, str(outbox()))


def deliver_sample() -> tuple[Path, ...]:
    """Bring every delivery of the outbox into landing, each with its manifest written last."""
    folders = []
    for note in sorted(outbox().glob("*/*/*/delivery.json")):
        sent = json.loads(note.read_text(encoding="utf-8"))
        files: dict[str, list[Path]] = {}
        for file in sent["files"]:
            files.setdefault(file["table"], []).append(note.parent / file["name"])
        folders.append(
            deliver(
                files,
                sent["system"],
                Quarter.parse(sent["quarter"]),
                sent["scope"],
                date.fromisoformat(sent["cut_date"]),
                sent["sender"],
                sent["sequence"],
                settings().landing,
            )
        )
    return tuple(folders)
