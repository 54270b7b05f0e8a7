"""The sample province at 1:10, three quarters, written to disk: against its limit of 60 seconds."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

LIMIT_SECONDS = 60.0


def run() -> str:
    """Make it in a folder that goes afterwards; says time, share of the limit, rows and memory."""
    from pipelines.periods import Quarter
    from pipelines.sample.province import make_province

    quarters = [Quarter(2018, 3), Quarter(2018, 4), Quarter(2019, 1)]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = make_province(0.1, quarters, 1, Path(folder) / "out", truth_folder=Path(folder) / "truth")
        seconds = time.perf_counter() - began
    rows = sum(sum(by_quarter.values()) for by_quarter in made.rows.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"sample province 1:10: {seconds:.1f} s, {seconds / LIMIT_SECONDS:.2f} of its limit of {LIMIT_SECONDS:.0f} s;"
        f" {rows:,} rows, {memory:.1f} GiB"
    )
