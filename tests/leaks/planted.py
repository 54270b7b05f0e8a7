"""Marked people in the sample's deliveries: in place of some of its people, and in rows that are wrong in every way."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.identity.id_numbers import read_id
from pipelines.sources import SOURCES
from pipelines.sources.base import Column, SourceTable, Type
from tests.leaks.marks import Marked, people

_NUMBER = re.compile(r"[0-9]{15}(?:[0-9]{2}[0-9Xx])?")
_TABLES = {(table.source, table.entity): table for source in SOURCES.values() for table in source.tables}
_CARDS = ("bank_account", "account_number", "card_number", "social_card_number")


@dataclass(frozen=True)
class Planting:
    """Whose place the marked people take: ID number of the sample's person → marked person."""

    county: str
    instead: Mapping[str, Marked]
    names: Mapping[str, str]  # ID number → the name of the sample's person

    @property
    def people(self) -> tuple[Marked, ...]:
        return tuple(self.instead.values())

    def into(self, outbox: Path, *, wrong_rows: bool = False) -> Path:
        """Write them into every file of an outbox where their predecessors stand; the outbox.

        `wrong_rows`: text files in which some stand get rows more that nobody can take as they are.
        """
        for note in sorted(outbox.glob("*/*/*/delivery.json")):
            sent = json.loads(note.read_text(encoding="utf-8"))
            for file in sent["files"]:
                path = note.parent / file["name"]
                data = path.read_bytes()
                marked = self._file(data, path.name, _TABLES[sent["system"], file["table"]], wrong_rows)
                if marked != data:
                    path.write_bytes(marked)
        if wrong_rows:
            self._answers(outbox)
        return outbox

    def _answers(self, outbox: Path) -> None:
        """Answers about them, most of which nobody can take, as one more file of their city's."""
        table = _TABLES["verification_feedback", "finding"]
        note = next(outbox.glob(f"verification_feedback/*/{self.county[:4]}/delivery.json"))
        columns = dict(enumerate(table.columns))
        rows: list[list[str]] = []
        for marked in self.people:
            cells = {
                "village_code": f"{self.county}100201", "name": marked.name, "id_number": marked.id_number,
                "category_code": "N15", "verified_date": "2018-09-20",
            }  # fmt: skip
            row = [said(column, marked) or cells.get(column.name, "") for column in table.columns]
            # More that are wrong, and the delivery would be stopped as a whole.
            rows += [row, *([] if rows else wrong(row, columns, marked))]
        for number, row in enumerate(rows):
            row[0] = row[0] or f"M{number:04}"
        text = io.StringIO(newline="")
        csv.writer(text).writerows([[column.header for column in table.columns], *rows])
        file = note.parent / f"{table.file_stem}_补.csv"
        file.write_text(text.getvalue(), encoding="utf-8", newline="")
        sent = json.loads(note.read_text(encoding="utf-8"))
        sent["files"].append({"name": file.name, "table": table.entity})
        note.write_text(json.dumps(sent, ensure_ascii=False), encoding="utf-8")

    def _file(self, data: bytes, name: str, table: SourceTable, wrong_rows: bool) -> bytes:
        if data.startswith(b"PK\x03\x04"):
            written = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
                for info in old.infolist():
                    new.writestr(info, self._file(old.read(info), info.filename, table, wrong_rows))
            return written.getvalue()
        if name.endswith((".xml", ".rels")):
            return self._sheet(data.decode()).encode()
        if not name.endswith((".csv", ".txt")):
            return data
        text = TextFile.of(data, table)
        rows = [self._row(row, text.columns) for row in text.rows]
        marked = [row for row, (_, is_marked) in zip(text.rows, rows, strict=True) if is_marked]
        if not marked:
            return data
        new_rows = [row for row, _ in rows]
        if wrong_rows:
            own = next(row for row, is_marked in rows if is_marked)
            new_rows += wrong(own, text.columns, next(iter(self.instead.values())))
        return text.written(new_rows)

    def _sheet(self, text: str) -> str:
        for number, marked in self.instead.items():
            if number in text:
                text = text.replace(number, marked.id_number).replace(self.names[number], marked.name)
        return text

    def _row(self, row: Sequence[str], columns: Mapping[int, Column]) -> tuple[list[str], bool]:
        """The row with the marked people of it, and whether there are any; who is told by name alone stays."""
        keys = {place: read_id(row[place]).key for place, column in columns.items() if column.type is Type.ID_NUMBER}
        found = {key: self.instead[key] for key in keys.values() if key in self.instead}
        if not found:
            return [*row], False
        new = [*row]
        for place, key in keys.items():
            if key in found:
                number = found[key].id_number
                new[place] = number if len(row[place].strip()) != 15 else number[:6] + number[8:17]
        for place, column in columns.items():
            for key, marked in found.items():
                if column.type is Type.NAME and row[place].strip() == self.names[key]:
                    new[place] = marked.name
                elif told := said(column, marked):
                    new[place] = told
        return new, True


def said(column: Column, marked: Marked) -> str:
    """What a free column says of a marked person; nothing where it is for something else."""
    if column.name == "phone":
        return marked.phone
    if column.name in _CARDS:
        return marked.card
    if column.name.endswith("address"):
        return marked.address
    if column.name in ("remark", "remarks"):
        return f"{marked.name}{marked.id_number},电话{marked.phone}"
    return ""


def wrong(row: Sequence[str], columns: Mapping[int, Column], marked: Marked) -> list[list[str]]:
    """Rows about a marked person of which each is wrong in another way; what is wrong holds a mark wherever it can."""

    def with_cells(cells: Mapping[Type, str]) -> list[str]:
        return [cells.get(columns[place].type, cell) if place in columns else cell for place, cell in enumerate(row)]

    number = marked.id_number
    return [
        with_cells({Type.CODE: marked.name, Type.FLAG: number}),
        with_cells({Type.DATE: marked.phone, Type.MONTH: marked.name, Type.SCHOOL_YEAR: number}),
        with_cells({Type.AMOUNT: f"{marked.card}元", Type.INTEGER: f"{marked.phone}次"}),
        with_cells({Type.ID_NUMBER: f"{number}(本人{marked.name})"}),
        with_cells({Type.NAME: number, Type.ID_NUMBER: marked.name}),
        with_cells({Type.NAME: f"{marked.name}{marked.phone}", Type.TEXT: f"{marked.name},{number}"}),
        [*row, marked.name, number],  # too many cells
        [marked.name, number],  # too few
    ]


@dataclass(frozen=True)
class TextFile:
    """A delimited file of the sample as rows of cells, and how to write it again."""

    codec: str
    bom: bytes
    newline: str
    delimiter: str
    header: str
    columns: Mapping[int, Column]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, data: bytes, table: SourceTable) -> TextFile:
        bom = next((one for one in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE) if data.startswith(one)), b"")
        codec = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"}.get(bom) or _codec(data)
        text = data[len(bom) :].decode(codec)
        newline = "\r\n" if "\r\n" in text else "\n"
        header, *lines = text.rstrip("\r\n").split(newline)
        delimiter = max(",\t|", key=header.count)
        known = {name: column for column in table.columns for name in _headers(table, column)}
        titles = next(csv.reader([header], delimiter=delimiter))
        columns = {place: known[title] for place, title in enumerate(titles) if title in known}
        rows = tuple(tuple(row) for row in csv.reader(lines, delimiter=delimiter))
        return cls(codec, bom, newline, delimiter, header, columns, rows)

    def written(self, rows: Sequence[Sequence[str]]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline).writerows(rows)
        return self.bom + f"{self.header}{self.newline}{text.getvalue()}".encode(self.codec)


def _codec(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _headers(table: SourceTable, column: Column) -> Iterator[str]:
    yield from (column.header, *column.aliases)
    for layout in table.layouts:
        yield from layout.headers.get(column.name, ())


def choose(outbox: Path, county: str) -> Planting:
    """The first insured people of a county whom the poverty register names too give their places to marked people."""
    registered = {number: name for _, number, name in _named(outbox, "poverty_register", "person", county)}
    insured = {number: name for _, number, name in _named(outbox, "social_insurance", "participation", county)}
    both = [number for number, name in insured.items() if registered.get(number) == name]
    marked = people(county)
    chosen = both[: len(marked)]
    assert len(chosen) == len(marked), f"{len(chosen)} people to be found"
    return Planting(county, dict(zip(chosen, marked, strict=True)), {number: insured[number] for number in chosen})


def _named(outbox: Path, system: str, entity: str, county: str) -> Iterator[tuple[str, str, str]]:
    """(file, ID number, name) of the people of a county in text files of a table, packed ones too, in their order."""
    table = _TABLES[system, entity]
    for note in sorted(outbox.glob(f"{system}/*/*/delivery.json")):
        for file in json.loads(note.read_text(encoding="utf-8"))["files"]:
            if file["table"] != entity:
                continue
            for data in _texts((note.parent / file["name"]).read_bytes(), file["name"]):
                text = TextFile.of(data, table)
                place = {column.name: at for at, column in text.columns.items()}
                number, name, region = (place.get(one, -1) for one in ("id_number", "name", table.county))
                for row in text.rows if min(number, name, region) >= 0 else ():
                    key = read_id(row[number]).key
                    if key and row[region].startswith(county) and key == row[number]:
                        yield file["name"], key, row[name]


def _texts(data: bytes, name: str) -> Iterator[bytes]:
    if data.startswith(b"PK\x03\x04") and name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                yield from _texts(archive.read(info), info.filename)
    elif name.endswith((".csv", ".txt")):
        yield data
