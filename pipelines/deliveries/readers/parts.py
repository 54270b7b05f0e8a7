"""The parts of a delivered file: what each turned out to be, and where its numbered CSV lies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pipelines.deliveries.readers.header import Header
from pipelines.deliveries.readers.numbered import Counts
from pipelines.deliveries.readers.plain import Plain
from pipelines.deliveries.reasons import Note


@dataclass(frozen=True)
class Reading:
    """One part of a delivered file (a text file, a sheet, an archive's member) and what it turned out to be.

    file_name  unique among the parts of a delivery: `a.csv`, `a.xlsx[农村低保]`, `a.zip/b.csv`
    encoding   the one found; 'binary' for anything but text
    numbered   its numbered CSV; None where only counted
    plain      of a large text file: its lines, in order; `numbered` is empty then
    sheet      empty for anything but a sheet
    notes      what was detected and its sender should know
    """

    file_name: str
    encoding: str
    delimiter: str
    header: Header
    counts: Counts
    numbered: Path | None = None
    sheet: str = ""
    notes: tuple[Note, ...] = ()
    plain: tuple[Plain, ...] = ()

    @property
    def numbered_files(self) -> tuple[Path, ...]:
        """Every numbered CSV of its rows."""
        return (*((self.numbered,) if self.numbered else ()), *(segment.aside for segment in self.plain))

    @property
    def layout(self) -> str:
        """The family of headers and codes the part is written in; empty for the table's own."""
        return self.header.layout

    @property
    def said(self) -> Mapping[str, str]:
        """Staged column → cell text that stands outside the rows, such as in the sheet's name."""
        return self.header.said


Take = Callable[[Reading, Plain], None]
"""Is given each plain segment as soon as it is whole, with its part as far as that is known: nothing is counted yet."""


class Outlet:
    """Hands out the numbered CSVs of a file's parts: 0.csv, 1.csv, … in `folder`; nowhere where it is None."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._parts = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def below(self) -> Outlet:
        """An outlet of its own for a file inside the file."""
        self._parts += 1
        return Outlet(None if self.folder is None else self.folder / str(self._parts - 1))

    @contextmanager
    def part(self) -> Iterator[tuple[Path | None, TextIO]]:
        """The next part's file, opened for writing."""
        path = None if self.folder is None else self.folder / f"{self._parts}.csv"
        self._parts += 1
        with (path or Path(os.devnull)).open("w", encoding="utf-8", newline="") as stream:
            yield path, stream
