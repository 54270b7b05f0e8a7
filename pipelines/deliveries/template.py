"""Workbooks for senders: a cover, a sheet per table with headers, descriptions and drop-downs, the code lists.

Everything is written as text cells: nothing in such a workbook is a formula, whatever a row holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from expectations import rules_of
from pipelines.deliveries.cover import COVER_SHEET, FIELDS, places, system_label
from pipelines.periods import Quarter, now
from pipelines.sources import SOURCES
from pipelines.sources.base import CodeList, Column, Source, SourceTable, Type

CODES_SHEET = "代码表"
SHEET_NAME_CHARACTERS = 31  # what a workbook allows
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_000  # a cell holds 767 more
QUARTERS_SHOWN = 12
_NOT_IN_NAMES = str.maketrans("[]:*?/\\", "()-----")

KIND = {
    Type.TEXT: "文本",
    Type.NAME: "姓名",
    Type.ID_NUMBER: "证件号码(文本)",
    Type.DATE: "日期,如 2018-12-31",
    Type.MONTH: "年月,如 201812",
    Type.SCHOOL_YEAR: "学年,如 2018-2019",
    Type.INTEGER: "整数",
    Type.AMOUNT: "金额(元)",
    Type.CODE: "代码,从下拉列表选",
    Type.FLAG: "是/否",
}
_WIDTH = {Type.ID_NUMBER: 22, Type.DATE: 14, Type.MONTH: 12, Type.INTEGER: 12, Type.AMOUNT: 14, Type.FLAG: 10}


@dataclass(frozen=True)
class SheetColumn:
    """One column of a table's sheet: its header, what is declared of it (None: nothing), its width in characters."""

    header: str
    column: Column | None = None
    required: bool = False
    width: int = 0


def sheet_name(table: SourceTable, number: int = 1) -> str:
    """The name of a table's sheet; further sheets of the same table are numbered."""
    ending = f"({number})" if number > 1 else ""
    return table.zh.translate(_NOT_IN_NAMES)[: SHEET_NAME_CHARACTERS - len(ending)] + ending


def table_of_sheet(source: Source, sheet: str) -> SourceTable | None:
    """The table whose sheet this is, by its name; None for any other."""
    plain = unicodedata.normalize("NFKC", sheet).strip()
    for table in source.tables:
        name = unicodedata.normalize("NFKC", sheet_name(table))
        ending = plain.removeprefix(name)
        if plain.startswith(name) and (not ending or (ending[0] + ending[-1] == "()" and ending[1:-1].isdecimal())):
            return table
    return None


def required_columns(table: SourceTable) -> frozenset[str]:
    """Columns that no row may leave empty, by the table's rules."""
    critical = {rule.rule_id for rule in rules_of(table.name) if rule.severity == "critical"}
    needed = {column.name for column in table.columns if f"{column.name}_missing" in critical}
    return frozenset(needed | {*table.key} | (set() if table.named_by else {table.county}))


def sheet_columns(table: SourceTable) -> tuple[SheetColumn, ...]:
    """A table's own columns, as its sheet in the template has them; numbers that are made of others are left out."""
    needed = required_columns(table)
    return tuple(
        SheetColumn(_header(column), column, column.name in needed) for column in table.columns if not column.made_of
    )


def _header(column: Column) -> str:
    """The name people know a column by: the first of its accepted names that is Chinese."""
    names = (column.header, *column.aliases)
    return next((name for name in names if any("一" <= character <= "龥" for character in name)), column.header)


def write_template(system: str, path: Path) -> Path:
    """Write the empty template of a system to `path`; KeyError for an unknown system."""
    source = SOURCES[system]
    with workbook(source, path) as book:
        book.cover({"system": system_label(system), "sequence": "1"})
        for table in source.tables:
            book.table(table, sheet_columns(table))
    return path


@contextmanager
def workbook(source: Source, path: Path) -> Iterator[Workbook]:
    """A workbook of a system's template, at `path` when the block ends; the same input gives the same bytes."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": datetime(2018, 1, 1), "title": f"{source.zh}报送模板"})
        made = Workbook(source, book)
        yield made
        made.codes()


class Workbook:
    """Writes the sheets of a template in their order: cover, tables, at the end the code lists."""

    def __init__(self, source: Source, book: Any) -> None:
        self.source = source
        self._book = book
        self._quarter = Quarter.of(now().date())
        text = {"num_format": "@", "valign": "top"}
        self.formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "note": book.add_format({"font_color": "#595959", "text_wrap": True, "valign": "top", "num_format": "@"}),
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, **text}),
            "required": book.add_format(
                {"bold": True, "bg_color": "#DDEBF7", "border": 1, "font_color": "#C00000", **text}
            ),
            "text": book.add_format(text),
            "fill": book.add_format({"bg_color": "#FFF9E5", "border": 1, "text_wrap": True, **text}),
            Type.DATE: book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            Type.INTEGER: book.add_format({"num_format": "0", "valign": "top"}),
            Type.AMOUNT: book.add_format({"num_format": "0.00", "valign": "top"}),
        }
        self._lists: list[tuple[str, tuple[str, ...]]] = []

    def cover(self, values: Mapping[str, str], lines: Sequence[str] = ()) -> None:
        """The cover sheet, filled in as far as `values` (field → text) say; `lines` are further instructions."""
        sheet = self.sheet(COVER_SHEET, (16, 44, 80))
        sheet.write_string(0, 0, f"{self.source.zh}报送表", self.formats["title"])
        usual = (
            "填好本页黄色格子和后面的数据表,存为 XLSX,放进报送目录的一个新文件夹即可,不必另写清单。没有数据的表留空。",
            "请勿改动工作表名和表头;红色带 * 的列每行必填。证件号码、编号、代码各列已设为文本,请用“选择性粘贴—数值”粘贴。",
            "Fill in the yellow cells and the sheets that follow, save as XLSX, drop the file into a new folder in landing.",
        )
        row = 1
        for line in (*lines, *usual):
            sheet.write_string(row, 0, line)
            row += 1
        row += 1
        for place, word in enumerate(("项目", "填写", "说明")):
            sheet.write_string(row, place, word, self.formats["head"])
        choices = {
            "quarter": tuple(self._quarter.shift(-back).key for back in range(QUARTERS_SHOWN)),
            "scope": places(self._quarter),
        }
        for field in FIELDS:
            row += 1
            head = self.formats["required" if field.required else "head"]
            sheet.write_string(row, 0, field.zh + ("*" if field.required else ""), head)
            _write(sheet, row, 1, values.get(field.name, ""), self.formats["fill"])
            sheet.write_string(row, 2, f"{field.hint} · {field.en}: {field.hint_en}", self.formats["note"])
            prompt: dict[str, Any] = {"input_title": field.zh, "input_message": field.hint}
            if field.name in choices:
                # Several places in one cell are no item of the list, and right all the same.
                prompt |= {
                    "validate": "list",
                    "source": self._range(field.zh, choices[field.name]),
                    "show_error": False,
                }
            else:
                prompt |= {"validate": "any"}
            sheet.data_validation(row, 1, row, 1, prompt)
        row += 2
        for place, word in enumerate(("工作表", "说明", "Each row")):
            sheet.write_string(row, place, word, self.formats["head"])
        for table in self.source.tables:
            row += 1
            need = "没有时可以不报" if table.optional else "应报"
            for place, text in enumerate((sheet_name(table), f"{need},共 {len(table.columns)} 列", table.grain)):
                sheet.write_string(row, place, text, self.formats["note"])

    def table(self, table: SourceTable, columns: Sequence[SheetColumn]) -> TableSheet:
        """A table's sheet to be filled in, with formats and drop-downs by the kind of column."""
        own_numbers = "、".join(f"“{_header(column)}”" for column in table.columns if column.made_of)
        more = f";本系统有{own_numbers}的,请在最后加一列填写" if own_numbers else ""
        made = TableSheet(self, table, columns, f"{table.zh}:从第 4 行起填写{more}")
        for place, column in enumerate(columns):
            if column.column is not None:
                made.validate(place, self._validation(column.column))
        return made

    def returned(
        self,
        table: SourceTable,
        columns: Sequence[SheetColumn],
        heads: Sequence[Sequence[str]],
        number: int,
        title: str,
    ) -> TableSheet:
        """A sheet of rows as they were sent, all of them texts, under header rows as they were sent."""
        made = TableSheet(self, table, columns, title, heads, number, as_text=True)
        for place, column in enumerate(columns):
            if column.column is not None:
                chosen = self._validation(column.column)
                # What is typed into a cell of text is text: no number, no day.
                made.validate(place, chosen if chosen["validate"] == "list" else chosen | {"validate": "any"})
        return made

    def codes(self) -> None:
        """The sheet with every list that a drop-down offers; written last, when all of them are known."""
        sheet = self.sheet(CODES_SHEET, (24,) * len(self._lists))
        sheet.write_string(0, 0, "下拉列表中可选的取值", self.formats["title"])
        for place, (title, _) in enumerate(self._lists):
            sheet.write_string(1, place, title, self.formats["head"])
        for row in range(max((len(choices) for _, choices in self._lists), default=0)):
            for place, (_, choices) in enumerate(self._lists):
                if row < len(choices):
                    _write(sheet, row + 2, place, choices[row], self.formats["text"])

    def sheet(self, name: str, widths: Sequence[int]) -> Any:
        """A new sheet with columns of these widths."""
        sheet = self._book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        return sheet

    def _range(self, title: str, choices: tuple[str, ...]) -> str:
        """Where on the sheet of code lists a list stands; the same list stands there once."""
        if (title, choices) not in self._lists:
            self._lists.append((title, choices))
        from xlsxwriter.utility import xl_col_to_name

        letter = xl_col_to_name(self._lists.index((title, choices)))
        return f"='{CODES_SHEET}'!${letter}$3:${letter}${len(choices) + 2}"

    def _validation(self, column: Column) -> dict[str, Any]:
        """What the cells of a column take. Other spellings that are read all the same only raise a warning."""
        rule: dict[str, Any] = {
            "input_title": _header(column)[:32],
            "input_message": _help(column)[:255],
            "error_type": "warning",
            "error_title": _header(column)[:32],
            "error_message": f"请填写:{KIND[column.type]}"[:255],
        }
        match column.type:
            case Type.CODE:
                assert column.codes is not None
                return rule | {"validate": "list", "source": self._range(column.codes.zh, code_choices(column.codes))}
            case Type.FLAG:
                return rule | {"validate": "list", "source": ["是", "否"]}
            case Type.DATE:
                days = {"minimum": datetime(1900, 1, 1), "maximum": datetime(9999, 12, 31)}
                return rule | {"validate": "date", "criteria": "between", **days}
            case Type.INTEGER:
                return rule | {"validate": "integer", "criteria": "between", "minimum": -(10**9), "maximum": 10**9}
            case Type.AMOUNT:
                return rule | {"validate": "decimal", "criteria": "between", "minimum": -(10**14), "maximum": 10**14}
        return rule | {"validate": "any"}


class TableSheet:
    """One sheet of a table: title, descriptions, header rows, then rows; what stands above the header no reader takes."""

    def __init__(
        self,
        book: Workbook,
        table: SourceTable,
        columns: Sequence[SheetColumn],
        title: str,
        heads: Sequence[Sequence[str]] = (),
        number: int = 1,
        as_text: bool = False,
    ) -> None:
        self._sheet = book.sheet(sheet_name(table, number), ())
        self._text = book.formats["text"]
        for place, column in enumerate(columns):
            kind = column.column.type if column.column else Type.TEXT
            width = column.width or max(_WIDTH.get(kind, 12), len(column.header) * 2 + 4)
            form = self._text if as_text else book.formats.get(kind, self._text)
            self._sheet.set_column(place, place, width, form)
        self._sheet.write_string(0, 0, title, book.formats["title"])
        self._sheet.set_row(1, 48)
        for place, column in enumerate(columns):
            self._sheet.write_string(1, place, _described(column), book.formats["note"])
        rows = heads or [[column.header + ("*" if column.required else "") for column in columns]]
        for line, cells in enumerate(rows, 2):
            for place, cell in enumerate(cells):
                _write(self._sheet, line, place, cell, book.formats["required" if columns[place].required else "head"])
        self._next = self._first = 2 + len(rows)
        self._sheet.freeze_panes(self._first, 0)

    @property
    def is_full(self) -> bool:
        return self._next >= SHEET_ROWS

    def validate(self, place: int, rule: Mapping[str, Any]) -> None:
        """What the cells of the column at `place` take."""
        self._sheet.data_validation(self._first, place, SHEET_ROWS - 1, place, dict(rule))

    def row(self, cells: Sequence[str]) -> None:
        """The next row, each cell a text."""
        for place, text in enumerate(cells):
            if text:
                _write(self._sheet, self._next, place, text, self._text)
        self._next += 1


def code_choices(codes: CodeList) -> tuple[str, ...]:
    """The items of a code list's drop-down: code and label."""
    return tuple(f"{code} {label}" if label != code else code for code, label in codes.labels.items())


def _described(column: SheetColumn) -> str:
    """The line above a header; never a header itself, or the reader would take it for one."""
    if column.column is None:
        return "(请勿改动)"
    need = "必填" if column.required else "选填"
    return f"{need}:{_help(column.column)}"


def _help(column: Column) -> str:
    unit = f",单位 {column.unit}" if column.unit and column.type is not Type.AMOUNT else ""
    return f"{column.zh},{KIND[column.type]}{unit}" if column.zh != _header(column) else f"{KIND[column.type]}{unit}"


def _write(sheet: Any, row: int, place: int, text: str, form: Any) -> None:
    """A text cell, whatever the text looks like; cut where a workbook cannot hold it."""
    sheet.write_string(row, place, text[:CELL_CHARACTERS] + ("…" if len(text) > CELL_CHARACTERS else ""), form)
