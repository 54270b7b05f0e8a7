"""The words in which a system's deliveries are declared: files, columns, types, code lists, cadence, owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Type(StrEnum):
    """How a cell is read. `ID_NUMBER` yields three staged columns: the text, its key and its class."""

    TEXT = "text"
    NAME = "name"
    ID_NUMBER = "id_number"
    DATE = "date"
    MONTH = "month"
    INTEGER = "integer"
    AMOUNT = "amount"
    CODE = "code"
    FLAG = "flag"


STAGED_TYPE: Mapping[Type, str] = {
    Type.TEXT: "VARCHAR",
    Type.NAME: "VARCHAR",
    Type.ID_NUMBER: "VARCHAR",
    Type.DATE: "DATE",
    Type.MONTH: "VARCHAR",  # six digits, such as 201809; 999912 is an open end
    Type.INTEGER: "INTEGER",
    Type.AMOUNT: "DECIMAL(18,2)",
    Type.CODE: "VARCHAR",
    Type.FLAG: "BOOLEAN",
}


class Personal(StrEnum):
    """What kind of personal data a column holds; decides masking, pseudonyms and absence in later layers."""

    NONE = "none"
    NAME = "name"
    ID_NUMBER = "id_number"
    CONTACT = "contact"
    SENSITIVE = "sensitive"  # health, assistance, money of one person
    QUASI = "quasi"  # birth date, village: identifies in combination


class Format(StrEnum):
    """The form in which an office usually sends; every known form is read whatever is declared here."""

    CSV_GB18030 = "csv_gb18030"
    CSV_UTF8 = "csv_utf8"
    CSV_UTF8_BOM = "csv_utf8_bom"
    XLSX = "xlsx"


class Cadence(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    TERM = "term"
    YEAR = "year"


@dataclass(frozen=True)
class CodeList:
    """A system's own list of codes. `certainty` is domain.md's mark: S stated, H supported, M one case, L rebuilt."""

    name: str
    zh: str
    labels: Mapping[str, str]
    certainty: str
    source: str

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.labels)


@dataclass(frozen=True)
class Column:
    """One column of a delivered file: the header senders write and the staged column it becomes."""

    name: str
    header: str
    type: Type
    zh: str
    en: str
    codes: CodeList | None = None
    aliases: tuple[str, ...] = ()
    personal: Personal = Personal.NONE
    unit: str = ""
    optional: bool = False  # the file may lack the column

    def __post_init__(self) -> None:
        if (self.type is Type.CODE) != (self.codes is not None):
            raise ValueError(f"{self.name}: a code column and no other has a code list")

    @property
    def staged(self) -> Mapping[str, str]:
        """The staged columns (name to DuckDB type) this one becomes."""
        columns = {self.name: STAGED_TYPE[self.type]}
        if self.type is Type.ID_NUMBER:
            columns |= {self.key: "VARCHAR", self.klass: "VARCHAR"}
        return columns

    @property
    def key(self) -> str:
        """Staged column with the 18-character number where the cell holds a valid one, else NULL."""
        return self.name.replace("id_number", "id_key")

    @property
    def klass(self) -> str:
        """Staged column that says what the cell holds: valid, upgraded_15, checksum, …"""
        return self.name.replace("id_number", "id_class")


# Columns staging adds to every table.
LINE_COLUMNS: Mapping[str, str] = {
    "delivery_id": "VARCHAR",
    "file_name": "VARCHAR",
    "line_number": "BIGINT",
}


@dataclass(frozen=True)
class SourceTable:
    """One kind of file a system sends and the staged table it becomes."""

    source: str
    entity: str
    zh: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # never empty in a row
    county: str  # the column whose first six characters say in whose scope a row lies
    file_stem: str  # how senders name the file; the manifest's `table` decides
    format: Format
    title_rows: int = 0  # lines above the header in the usual XLSX
    footer: bool = False  # the usual XLSX ends with a 合计 or 填表人 line
    unique: bool = False  # a second row with the same key is a mistake of the sender

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for name in (*self.key, self.county):
            if name not in names:
                raise ValueError(f"{self.name}: {name} is no column")
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: a column is declared twice")

    @property
    def name(self) -> str:
        """The staged table's name."""
        return f"staged_{self.source}__{self.entity}"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def staged(self) -> dict[str, str]:
        """Every column of the staged table, name to DuckDB type, in order."""
        staged = dict(LINE_COLUMNS) | {"county_code": "VARCHAR"}
        for column in self.columns:
            staged |= column.staged
        return staged


@dataclass(frozen=True)
class Owner:
    """Who answers for a system, from when until when (None: still)."""

    zh: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Source:
    """A system that sends deliveries: who owns it, how often it is due, for how long a delivery stays valid."""

    name: str
    code: str
    zh: str
    en: str
    owners: tuple[Owner, ...]
    cadence: Cadence
    due_days: int  # after the quarter's last day
    required: bool  # without it a quarter is not published on its day
    valid_quarters: int  # a delivery serves its own quarter and up to this many less one after it
    split: str  # 'city' or 'province': the scope one delivery usually covers
    tables: tuple[SourceTable, ...] = field(default=())

    def __post_init__(self) -> None:
        for table in self.tables:
            if table.source != self.name:
                raise ValueError(f"{table.name} does not belong to {self.name}")
