"""What the sample's offices are about to send, cut down to what a test needs."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.sources import SOURCES

_CORE = {(table.source, table.entity) for source in SOURCES.values() for table in source.core_tables}


def core_only(outbox: Path, quarter: str = "*") -> Path:
    """Leave the tables that every delivery must have, from which all releases are computed: a third of the files.

    Staging the others is no other work, only more of it. The outbox; an office that had nothing else sends nothing.
    """
    for path in outbox.glob(f"*/{quarter}/*/delivery.json"):
        note = json.loads(path.read_text(encoding="utf-8"))
        files = [file for file in note["files"] if (note["system"], file["table"]) in _CORE]
        path.write_text(json.dumps(note | {"files": files}, ensure_ascii=False), encoding="utf-8")
        if not files:
            path.unlink()
    return outbox
