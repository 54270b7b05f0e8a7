"""The rows of one sheet of an XLSX workbook, from its XML, as it streams by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.deliveries.readers.header import MAX_COLUMNS
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS
from pipelines.deliveries.readers.ooxml import (
    DamagedWorkbook,
    End,
    Part,
    Start,
    Workbook,
    attributes,
    local,
    parse,
    parser,
    plain,
)
from pipelines.deliveries.readers.sheets import Facts, Merge, SheetRow

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_MAX_MERGES = 500_000
_MAX_CELLS = 300_000_000  # a quarter of an hour
_TRUE = ("1", "true")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True)
class XmlSheet:
    """A sheet of an opened XLSX workbook."""

    book: Workbook
    part: Part

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def hidden(self) -> bool:
        return self.part.hidden

    def rows(self, facts: Facts) -> Iterator[SheetRow]:
        """Every physical row the file holds, in order. DamagedWorkbook where the XML is none of a sheet."""
        taker = _Taker(self.book, facts)
        with self.book.stream(self.part.path) as stream:
            steps = parse(stream, taker.parser)
            while True:
                try:
                    if next(steps, steps) is steps:
                        return
                except (ValueError, IndexError, OverflowError):
                    raise DamagedWorkbook("a cell that makes no sense") from None
                yield from taker.rows
                taker.rows.clear()


def _position(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= _LAST_COLUMN or not letters.isascii() or not letters.isupper():
        raise DamagedWorkbook("a column that no sheet has")
    return number - 1


class _Taker:
    """Takes what the parser calls out. Cells come by the million: only what they need is done for each."""

    def __init__(self, book: Workbook, facts: Facts) -> None:
        self.parser = parser(self._first)
        self.rows: list[SheetRow] = []
        self._book = book
        self._facts = facts
        self._starts: dict[str, Start] = {}
        self._ends: dict[str, End] = {}
        self._letters: dict[str, int] = {}
        # The row and the cell that are being read
        self._seen = self._number = 0
        self._cells: list[str] = []
        self._beyond: list[str] = []
        self._unstored: list[int] = []
        self._place = -1
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._size = 0
        self._has_value = self._has_formula = self._phonetic = False

    def _first(self, root: str, _flat: list[str]) -> None:
        """The root says under which prefix all tags come."""
        prefix = root.removesuffix(local(root))
        starts = {
            "c": self._start_cell,
            "v": self._start_value,
            "t": self._start_text,
            "f": self._start_formula,
            "row": self._start_row,
            "rPh": self._start_phonetic,
            "mergeCell": self._merge,
            "col": self._column,
        }
        ends = {
            "c": self._end_cell,
            "v": self._end_text,
            "t": self._end_text,
            "row": self._end_row,
            "rPh": self._end_phonetic,
        }
        self._starts = {prefix + tag: handler for tag, handler in starts.items()}
        self._ends = {prefix + tag: handler for tag, handler in ends.items()}
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def _start(self, tag: str, flat: list[str]) -> None:
        if handler := self._starts.get(tag):
            handler(tag, flat)

    def _end(self, tag: str) -> None:
        if handler := self._ends.get(tag):
            handler(tag)

    def _start_row(self, _tag: str, flat: list[str]) -> None:
        here = attributes(flat)
        number = int(here.get("r", self._number + 1))
        if not self._number < number <= _LAST_ROW:
            raise DamagedWorkbook("rows out of order")
        self._number, self._place = number, -1
        self._facts.hidden_rows += here.get("hidden", "0") in _TRUE

    def _end_row(self, _tag: str) -> None:
        if self._seen > _MAX_CELLS:
            raise DamagedWorkbook("more cells than can be read in good time; send it as CSV")
        self.rows.append(SheetRow(self._number, self._cells, self._beyond, tuple(self._unstored)))
        self._cells, self._beyond, self._unstored = [], [], []

    def _start_cell(self, _tag: str, flat: list[str]) -> None:
        self._seen += 1
        self._kind = self._style = ""
        self._has_value = self._has_formula = False
        place = self._place + 1
        for at in range(0, len(flat), 2):
            match flat[at]:
                case "r":
                    letters = flat[at + 1].rstrip("0123456789")
                    found = self._letters.get(letters)
                    if found is None:
                        found = self._letters[letters] = _position(letters)
                    if found < place:
                        raise DamagedWorkbook("cells out of order")
                    place = found
                case "t":
                    self._kind = flat[at + 1]
                case "s":
                    self._style = flat[at + 1]
        self._place = place

    def _start_value(self, _tag: str, _flat: list[str]) -> None:
        self._has_value = True
        self.parser.CharacterDataHandler = self._take

    def _start_text(self, _tag: str, _flat: list[str]) -> None:
        if not self._phonetic:
            self.parser.CharacterDataHandler = self._take

    def _end_text(self, _tag: str) -> None:
        self.parser.CharacterDataHandler = None

    def _take(self, piece: str) -> None:
        if self._size <= MAX_RECORD_CHARACTERS:
            self._pieces.append(piece)
            self._size += len(piece)

    def _start_formula(self, _tag: str, _flat: list[str]) -> None:
        self._has_formula = True

    def _start_phonetic(self, _tag: str, _flat: list[str]) -> None:
        self._phonetic = True

    def _end_phonetic(self, _tag: str) -> None:
        self._phonetic = False

    def _end_cell(self, _tag: str) -> None:
        text = "".join(self._pieces)
        if text:
            self._pieces.clear()
            self._size = 0
            self._put(self._shown(text))
        elif self._has_formula and (not self._has_value or self._kind != "str"):
            self._unstored.append(self._place)

    def _shown(self, text: str) -> str:
        match self._kind:
            case "s":
                return self._book.texts[int(text)]
            case "" | "n":
                return self._book.number(text, self._book.forms[int(self._style)] if self._style else "")
            case "b":
                return text
            case "e":
                self._facts.errors += 1
        return plain(text)

    def _put(self, text: str) -> None:
        if self._place >= MAX_COLUMNS:
            self._beyond.append(text)
            return
        if missing := self._place - len(self._cells):
            self._cells.extend([""] * missing)
        self._cells.append(text)

    def _merge(self, _tag: str, flat: list[str]) -> None:
        corners = _REFERENCE.findall(attributes(flat).get("ref", ""))
        if len(corners) == 2:
            (left, top), (right, bottom) = corners
            if int(top) < int(bottom):
                self._facts.merges.append(Merge(int(top), _position(left), int(bottom), _position(right)))
        if len(self._facts.merges) > _MAX_MERGES:
            raise DamagedWorkbook("its merged cells")

    def _column(self, _tag: str, flat: list[str]) -> None:
        here = attributes(flat)
        if here.get("hidden", "0") in _TRUE and len(self._facts.hidden_columns) < _LAST_COLUMN:
            self._facts.hidden_columns.append((int(here.get("min", 1)) - 1, int(here.get("max", 1)) - 1))
