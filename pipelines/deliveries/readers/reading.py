"""Reads one delivered file, whatever its form, into numbered CSV."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.deliveries.readers import encodings
from pipelines.deliveries.readers.delimited import read_delimited
from pipelines.deliveries.readers.header import Header
from pipelines.deliveries.readers.numbered import Counts
from pipelines.deliveries.readers.workbook import DELIMITER, read_workbook
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.sources.base import SourceTable

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX is a ZIP archive, XLS a compound file


@dataclass(frozen=True)
class Reading:
    """What one file turned out to be. `encoding` is the one found; `sheet` is empty for text files."""

    file_name: str
    encoding: str
    delimiter: str
    sheet: str
    header: Header
    counts: Counts


def is_workbook(path: Path) -> bool:
    """Whether the first bytes are a workbook's; names lie."""
    with path.open("rb") as file:
        return file.read(4) in _WORKBOOKS


def read(path: Path, table: SourceTable, declared: str = "", out: Path | None = None) -> Reading:
    """Read a delivered file as `table`; its numbered CSV goes to `out` (nowhere where None: only counting).

    `declared` is the encoding the sender names. Refused with reasons for the sender where it cannot be read.
    """
    target = out if out is not None else Path(os.devnull)
    with target.open("w", encoding="utf-8", newline="") as stream:
        try:
            if is_workbook(path):
                header, sheet, counts = read_workbook(path, table, stream)
                return Reading(path.name, encodings.BINARY, DELIMITER, sheet, header, counts)
            header, delimiter, codec, counts = read_delimited(path, table, declared, stream)
            return Reading(path.name, codec, delimiter, "", header, counts)
        except (Refused, OSError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # the workbook reader's own panics are no Exception
            raise Refused(
                Reason(
                    "unreadable",
                    f"文件“{path.name}”无法读取(可能已损坏或格式不符)。",
                    "请用表格软件打开检查,另存为 CSV(UTF-8)或 XLSX 后重新报送。",
                    f"'{path.name}' cannot be read ({type(error).__name__}); it may be damaged or of another format.",
                    "Open it, save it as CSV (UTF-8) or XLSX, and send it again.",
                )
            ) from None
