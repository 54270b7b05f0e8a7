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
    SCHOOL_YEAR = "school_year"
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
    Type.SCHOOL_YEAR: "VARCHAR",  # such as 2018-2019
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


ALL_QUARTERS = (1, 2, 3, 4)


class Cadence(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    TERM = "term"
    YEAR = "year"


class TimeNature(StrEnum):
    """To which time the rows of a delivery speak (domain.md §6.7)."""

    STATE = "state"  # 时点: as things stood on the cut date
    QUARTER = "quarter"  # 本期: what happened in the delivery's quarter
    YEAR = "year"  # 本年累计: what happened since 1 January, or in the premium or school year
    SINCE_2018 = "since_2018"  # 2018年以来累计


@dataclass(frozen=True)
class CodeList:
    """A system's own list of codes: the same code means something else in another system.

    certainty     domain.md's mark: S stated, H supported, M one case, L rebuilt
    also          other spellings that senders use, and the code each means
    since, until  the days between which the list is in use; None where it always was or still is
    """

    name: str
    zh: str
    labels: Mapping[str, str]
    certainty: str
    source: str
    also: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.also.values()) - set(self.labels))
        if unknown:
            raise ValueError(f"code list {self.name}: no label for {', '.join(unknown)}")

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
    in_sheet_name: bool = False  # where the file lacks the column, the sheet's name may say it
    made_of: tuple[str, ...] = ()  # a number that many files lack: then it is made of these columns' cells

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


@dataclass(frozen=True)
class Layout:
    """Another family of headers and codes under which the same table is sent, and when it is in use.

    headers  staged column → the headers of this family; columns that are not named keep their own
    codes    staged column → the code list of this family; columns that are not named keep their own

    A file is read by the family its headers belong to; only where they belong to several does the day decide.
    """

    name: str
    zh: str
    headers: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None


# Columns staging adds to every table.
LINE_COLUMNS: Mapping[str, str] = {
    "delivery_id": "VARCHAR",
    "file_name": "VARCHAR",
    "line_number": "BIGINT",
}
# What a row of a partial delivery corrects: where it stood in an earlier delivery; NULL for every other row.
CORRECTED_COLUMNS: Mapping[str, str] = {
    "corrected_delivery_id": "VARCHAR",
    "corrected_file_name": "VARCHAR",
    "corrected_line_number": "BIGINT",
}
# The county of a row, and the unit of the delivery's scope it belongs to: the same, but for 功能区 that send apart.
PLACE_COLUMNS: Mapping[str, str] = {"county_code": "VARCHAR", "scope_code": "VARCHAR"}


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
    optional: bool = False  # a delivery of the system may come without it
    layouts: tuple[Layout, ...] = ()  # further families of headers and codes
    time: TimeNature = TimeNature.STATE
    dated_by: str = ""  # the column that says to which quarter a row belongs; none: the delivery's quarter
    # Columns that name county, town and village where the file lacks the code in `county`; the last may be missing.
    named_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        laid_out = [name for layout in self.layouts for name in (*layout.headers, *layout.codes)]
        made_of = [name for column in self.columns for name in column.made_of]
        dated_by = [self.dated_by] if self.dated_by else []
        for name in (*self.key, self.county, *self.named_by, *laid_out, *made_of, *dated_by):
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

    def codes_in(self, layout: str) -> dict[str, CodeList]:
        """Staged column → the code list in use in a layout; the table's own for an empty name."""
        codes = {column.name: column.codes for column in self.columns if column.codes is not None}
        for other in self.layouts:
            if other.name == layout:
                codes |= other.codes
        return codes

    @property
    def needs_place(self) -> bool:
        """Whether rows must say their county; where not, another table of the system does, by the same key."""
        return bool(self.named_by) or not self.column(self.county).optional

    @property
    def staged(self) -> dict[str, str]:
        """Every column of the staged table, name to DuckDB type, in order."""
        staged = {**LINE_COLUMNS, **CORRECTED_COLUMNS, **PLACE_COLUMNS}
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
    """A system that sends deliveries: who owns it, how often it is due, for how long a delivery stays valid.

    due_in  quarters of a year (1–4) in which a delivery is waited for; none where nobody has promised the extract
    """

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
    due_in: tuple[int, ...] = ALL_QUARTERS

    def __post_init__(self) -> None:
        for table in self.tables:
            if table.source != self.name:
                raise ValueError(f"{table.name} does not belong to {self.name}")
        if not set(self.due_in) <= set(ALL_QUARTERS) or (self.required and not self.due_in):
            raise ValueError(f"{self.name}: due_in names quarters of a year; a required system is due in some")
        if self.tables and all(table.optional for table in self.tables):
            raise ValueError(f"{self.name}: one table at least comes with every delivery")

    @property
    def core_tables(self) -> tuple[SourceTable, ...]:
        """The tables without which a county has no data of this system."""
        return tuple(table for table in self.tables if not table.optional)
