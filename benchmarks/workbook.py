"""A workbook of 100 MB, read into numbered CSV: within 4 GiB, beside calamine on the same file."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

LIMIT_GIB = 4.0
ROWS = 900_000  # of 16 columns: a little over 100 MB

_MEASURED = """
import json, resource, sys, time
from pathlib import Path
from benchmarks.workbook import {function}
began = time.process_time()
rows = {function}(Path(sys.argv[1]))
spent = time.process_time() - began
print(json.dumps([rows, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20]))
"""


def run() -> str:
    """Make it in a folder that goes afterwards; says processor seconds and memory of both readers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        _write(path)
        size = path.stat().st_size / 10**6
        rows, seconds, memory = _measure("read_here", path)
        peer_rows, peer_seconds, peer_memory = _measure("read_by_calamine", path)
    assert rows == ROWS == peer_rows - 1
    return (
        f"workbook of {size:.0f} MB, {rows:,.0f} rows: {seconds:.0f} s of processor time, {memory:.2f} GiB"
        f" of its limit of {LIMIT_GIB:.0f}; calamine {peer_seconds:.0f} s, {peer_memory:.2f} GiB"
        f" ({seconds / peer_seconds:.1f} times its time, {memory / peer_memory:.2f} of its memory)"
    )


def _measure(function: str, path: Path) -> tuple[float, float, float]:
    code = _MEASURED.format(function=function)
    child = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
    rows, seconds, memory = json.loads(child.stdout)
    return float(rows), float(seconds), float(memory)


def read_here(path: Path) -> int:
    """Rows our reader writes as numbered CSV."""
    from pipelines.deliveries.readers import read
    from pipelines.sources import STAGED

    with tempfile.TemporaryDirectory() as folder:
        parts = read(path, STAGED["staged_yulu__payment"], "binary", Path(folder))
        return sum(part.counts.rows for part in parts)


def read_by_calamine(path: Path) -> int:
    """Rows calamine gives, header included."""
    import python_calamine

    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows())


def _write(path: Path) -> None:
    """Texts, numbers and days without sense, under the headers of a table and some more columns."""
    import xlsxwriter

    from pipelines.sources import STAGED

    rng = random.Random(1)
    # Those first without which the sheet is refused.
    columns = sorted(STAGED["staged_yulu__payment"].columns, key=lambda column: column.optional)
    headers = [column.header for column in columns][:16]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, headers)
        for line in range(1, ROWS + 1):
            for place in range(12):
                sheet.write_string(line, place, f"{rng.randrange(10**14):014}" if place % 3 else "甲乙丙")
            for place in (12, 13, 14):
                sheet.write_number(line, place, rng.randrange(10**6) / 100)
            sheet.write_datetime(line, 15, datetime(1950, 1, 1) + timedelta(days=rng.randrange(20_000)), day)
