"""XLSX workbooks, streamed: a sheet of any size in the memory its shared texts take.

Measured on a sheet of 16 million cells (124 MB packed): calamine 12 s of processor time and 1.5 GB, since it holds the
whole rectangle, which one far-off cell makes as large as a sheet can be; expat 29 s and 14 MB, openpyxl is slower still.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat
from zipfile import ZipFile

from pipelines.deliveries.readers import archive
from pipelines.deliveries.readers.numbered import MAX_RECORD_CHARACTERS
from pipelines.deliveries.readers.sheets import cell_text, number_text

MAX_UNPACKED_BYTES = 4 << 30
_BLOCK_BYTES = 1 << 18
_MAX_TOKEN_BYTES = 4 << 20  # no tag is longer; expat would hold it whole and look at it again with every block
_MAX_SHEETS = 500
_MAX_TEXTS, _MAX_TEXT_BYTES = 50_000_000, 1 << 30
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")

Start = Callable[[str, list[str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class DamagedWorkbook(Exception):
    """The parts of a workbook contradict each other or their format."""


def _no_doctype(*_: object) -> None:
    raise DamagedWorkbook("a document type")  # entities in it could grow without end


def parser(start: Start | None = None, end: End | None = None, text: Text | None = None) -> expat.XMLParserType:
    """A parser that calls back with local tag names' full spelling and attributes as a flat list."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.ordered_attributes = True
    made.StartDoctypeDeclHandler = _no_doctype
    made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = start, end, text
    return made


def parse(stream: IO[bytes], made: expat.XMLParserType) -> Iterator[None]:
    """Parse a stream block by block; a step per block. DamagedWorkbook where it is no XML."""
    fed = 0
    try:
        while block := stream.read(_BLOCK_BYTES):
            made.Parse(block, False)
            fed += len(block)
            if fed - made.CurrentByteIndex > _MAX_TOKEN_BYTES:
                raise DamagedWorkbook("an endless tag")
            yield
        made.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise DamagedWorkbook(expat.ErrorString(error.code)) from None


def attributes(flat: list[str]) -> dict[str, str]:
    """A flat list of attributes by local name."""
    return {local(name): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


def local(name: str) -> str:
    """A tag or attribute without its namespace's prefix."""
    return name.rpartition(":")[2]


def plain(text: str) -> str:
    """A cell's text with the escapes resolved that stand for characters XML cannot hold."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return cell_text(text)


class Texts:
    """The shared texts of a workbook, by number, in one buffer: millions of short strings would take ten times as much."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    def add(self, text: str) -> None:
        if len(self._bytes) > _MAX_TEXT_BYTES or len(self._ends) > _MAX_TEXTS:
            raise DamagedWorkbook("shared texts without end")
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends):
            raise DamagedWorkbook("a shared text that is not there")
        return self._bytes[self._ends[number - 1] if number else 0 : self._ends[number]].decode()


DATE = "date"
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_IN_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DAYS = 2_958_466  # from the first day of a sheet's calendar to the end of 9999
_ZEROS = re.compile("0{2,20}")


def number_form(code: str) -> str:
    """What a number format makes of a number: DATE, '000…' where it is filled with zeros, '' anything else."""
    if _ZEROS.fullmatch(code):
        return code
    shown = _NOT_IN_FORMAT.sub("", code.split(";", maxsplit=1)[0])
    return DATE if re.search("[ymdhs]", shown, re.IGNORECASE) and "general" not in shown.lower() else ""


@dataclass(frozen=True)
class Part:
    """A sheet of the package: its name, whether it is hidden, where it lies."""

    name: str
    hidden: bool
    path: str


class Workbook:
    """An opened XLSX package."""

    def __init__(self, opened: ZipFile) -> None:
        self._zip = opened
        self._names = {member.filename.casefold(): member for member in opened.infolist()}
        main = self._related("", "officeDocument")
        if not main:
            raise DamagedWorkbook("no workbook in it")
        self._main = main[0][1]
        self.from_1904 = False
        self.parts = self._parts()
        self.texts = self._texts()
        self.forms = self._forms()

    @contextmanager
    def stream(self, path: str) -> Iterator[IO[bytes]]:
        """The bytes of a part."""
        member = self._names.get(path.casefold())
        if member is None:
            raise DamagedWorkbook("a part is missing")
        with archive.stream(self._zip, member) as stream:
            yield stream

    def _each(self, path: str, start: Start | None, end: End | None = None, text: Text | None = None) -> None:
        with self.stream(path) as stream:
            for _ in parse(stream, parser(start, end, text)):
                pass

    def _related(self, path: str, kind: str) -> list[tuple[str, str]]:
        """(relation id, path) of the parts of a kind that a part is related to; the package itself for ''."""
        folder = PurePosixPath(path).parent
        relations = str(folder / "_rels" / f"{PurePosixPath(path).name}.rels")
        found: list[tuple[str, str]] = []

        def start(name: str, flat: list[str]) -> None:
            here = attributes(flat)
            if local(name) == "Relationship" and here.get("Type", "").endswith(f"/{kind}"):
                target = here.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else str(folder / target)
                found.append((here.get("Id", ""), whole))

        if relations.casefold() in self._names:
            self._each(relations, start)
        return found

    def _parts(self) -> tuple[Part, ...]:
        paths = dict(self._related(self._main, "worksheet"))
        parts: list[Part] = []

        def start(name: str, flat: list[str]) -> None:
            match local(name):
                case "sheet":
                    here = attributes(flat)
                    if here.get("id", "") in paths:  # charts and macros are sheets too
                        hidden = here.get("state", "visible") != "visible"
                        parts.append(Part(here.get("name", ""), hidden, paths[here["id"]]))
                case "workbookPr":
                    self.from_1904 = attributes(flat).get("date1904", "0") in ("1", "true")

        self._each(self._main, start)
        if len(parts) > _MAX_SHEETS or len({part.name.casefold() for part in parts}) < len(parts):
            raise DamagedWorkbook("its sheets")
        return tuple(parts)

    def _texts(self) -> Texts:
        texts = Texts()
        pieces: list[str] = []
        skipped = depth = size = 0  # phonetic readings beside a text are no part of it

        def start(name: str, _flat: list[str]) -> None:
            nonlocal depth, skipped, size
            match local(name):
                case "si":
                    pieces.clear()
                    size = 0
                case "t":
                    depth += 1
                case "rPh":
                    skipped += 1

        def end(name: str) -> None:
            nonlocal depth, skipped
            match local(name):
                case "si":
                    texts.add(plain("".join(pieces)))
                case "t":
                    depth -= 1
                case "rPh":
                    skipped -= 1

        def text(piece: str) -> None:
            nonlocal size
            if depth and not skipped and size <= MAX_RECORD_CHARACTERS:
                pieces.append(piece)
                size += len(piece)

        for _, path in self._related(self._main, "sharedStrings")[:1]:
            self._each(path, start, end, text)
        return texts

    def _forms(self) -> list[str]:
        """Per cell style: what its number format makes of a number."""
        codes: dict[str, str] = {}
        styles: list[str] = []
        inside = ""

        def start(name: str, flat: list[str]) -> None:
            nonlocal inside
            match local(name):
                case "cellXfs" | "numFmts" as section:
                    inside = section
                case "numFmt" if inside == "numFmts":
                    here = attributes(flat)
                    codes[here.get("numFmtId", "")] = number_form(here.get("formatCode", ""))
                case "xf" if inside == "cellXfs":
                    styles.append(attributes(flat).get("numFmtId", "0"))

        def end(name: str) -> None:
            nonlocal inside
            if local(name) == inside:
                inside = ""

        for _, path in self._related(self._main, "styles")[:1]:
            self._each(path, start, end)
        built_in = {str(number): DATE for number in _BUILT_IN_DATES}
        return [codes.get(style, built_in.get(style, "")) for style in styles]

    def number(self, text: str, form: str) -> str:
        """A number's text as the sheet shows it: a day, a number filled with zeros, else its digits."""
        if form == DATE:
            return self._day(float(text))
        shown = text if len(text) < 16 and text.isdecimal() and text.isascii() else number_text(float(text))
        return shown.zfill(len(form)) if form and shown.isdecimal() else shown

    def _day(self, serial: float) -> str:
        """A day or time from its serial number; the number where no calendar has the day."""
        if not 0 <= serial < _DAYS:
            return number_text(serial)
        moment = timedelta(seconds=round(serial * 86_400))
        if 0 <= serial < 1:
            return cell_text((datetime.min + moment).time())
        try:
            return cell_text(datetime(1904, 1, 1) + moment if self.from_1904 else datetime(1899, 12, 30) + moment)
        except OverflowError:
            return number_text(serial)


@contextmanager
def opened(path: Path, name: str) -> Iterator[Workbook]:
    """An XLSX file. Refused as an archive is; DamagedWorkbook where its parts make no sense."""
    with archive.opened(path, name, MAX_UNPACKED_BYTES) as package:
        yield Workbook(package)
