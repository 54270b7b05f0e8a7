"""The delivered rows on which a case rests, in words: which list, which delivery, which file, which lines."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.sources import STAGED

if TYPE_CHECKING:
    import pyarrow as pa

LINES_NAMED = 12


def in_words(evidence: pa.Table) -> dict[str, str]:
    """Case to its evidence, a line for each file; of many rows of a file the first are named and the rest counted."""
    files: dict[str, dict[tuple[str, str, str, str], list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in evidence.to_pylist():
        files[row["case_code"]][row["system"], row["entity"], row["delivery_id"], row["file_name"]].append(
            row["line_number"]
        )
    return {
        case: "\n".join(_told(*file, sorted(lines)) for file, lines in sorted(of_case.items()))
        for case, of_case in files.items()
    }


def _told(system: str, entity: str, delivery: str, file: str, lines: list[int]) -> str:
    named = "、".join(str(line) for line in lines[:LINES_NAMED])
    more = f"等 {len(lines)} 行" if len(lines) > LINES_NAMED else "行"
    return f"{STAGED[f'staged_{system}__{entity}'].zh}:批次 {delivery},{file} 第 {named} {more}"
