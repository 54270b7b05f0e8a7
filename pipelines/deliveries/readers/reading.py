"""Reads one delivered file, whatever its form, into numbered CSV: one part per sheet or archive member."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.deliveries.readers import encodings
from pipelines.deliveries.readers.delimited import read_delimited
from pipelines.deliveries.readers.header import Header
from pipelines.deliveries.readers.numbered import Counts
from pipelines.deliveries.readers.workbook import DELIMITER, read_workbook
from pipelines.deliveries.reasons import Note, Reason, Refused
from pipelines.sources.base import SourceTable

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX is a ZIP archive, XLS a compound file


@dataclass(frozen=True)
class Reading:
    """One part of a delivered file (a text file, a sheet, an archive's member) and what it turned out to be.

    file_name  unique among the parts of a delivery: `a.csv`, `a.xlsx[农村低保]`, `a.zip/b.csv`
    encoding   the one found; 'binary' for workbooks
    numbered   its numbered CSV; None where only counted
    sheet      empty for text files
    said       staged column → cell text that stands outside the rows, such as in the sheet's name
    notes      what was detected and its sender should know
    """

    file_name: str
    encoding: str
    delimiter: str
    header: Header
    counts: Counts
    numbered: Path | None = None
    sheet: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def layout(self) -> str:
        """The family of headers and codes the part is written in; empty for the table's own."""
        return self.header.layout


def is_workbook(path: Path) -> bool:
    """Whether the first bytes are a workbook's; names lie."""
    with path.open("rb") as file:
        return file.read(4) in _WORKBOOKS


def read(
    path: Path, table: SourceTable, declared: str = "", folder: Path | None = None, day: date | None = None
) -> tuple[Reading, ...]:
    """Read a delivered file as `table`, part by part; the numbered CSVs go to `folder`, which is made (None: count).

    `declared` is the encoding the sender names; `day`, the cut date, decides between families of headers where the
    headers do not. Never empty. Refused with reasons for the sender where the file cannot be read.
    """
    numbered = None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        numbered = folder / "0.csv"
    with (numbered or Path(os.devnull)).open("w", encoding="utf-8", newline="") as stream:
        try:
            if is_workbook(path):
                header, sheet, counts = read_workbook(path, table, stream, day)
                return (Reading(path.name, encodings.BINARY, DELIMITER, header, counts, numbered, sheet),)
            header, delimiter, codec, counts = read_delimited(path, table, declared, stream, day)
            return (Reading(path.name, codec, delimiter, header, counts, numbered),)
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
