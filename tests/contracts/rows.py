"""Rows for contract tests: a clean one for every table, and for every rule the defect that only it must catch."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import xlsxwriter

from pipelines.identity.id_numbers import check_character
from pipelines.sources.base import Format, SourceTable, Type
from tests.contracts.defects import clean_cells, own_defect

COUNTY, OTHER_COUNTY = "360702", "360102"
UNREADABLE = "§"
Row = dict[str, str]


def id_number(number: int, birth: str = "19800101", odd: bool = True) -> str:
    """A valid number, another one for every `number` below 5,000,000."""
    body = f"{360000 + number // 500:06}{birth}{(number % 500) * 2 + odd:03}"
    return body + check_character(body)


def clean_row(table: SourceTable, number: int) -> Row:
    """A row that breaks no rule; every number gives another key and other ID numbers."""
    row: Row = {}
    for place, column in enumerate(table.columns):
        match column.type:
            case Type.ID_NUMBER:
                row[column.name] = id_number(number * 10 + place % 10)
            case Type.DATE:
                row[column.name] = "2018-06-30"
            case Type.MONTH:
                row[column.name] = "201806"
            case Type.SCHOOL_YEAR:
                row[column.name] = "2018-2019"
            case Type.INTEGER:
                row[column.name] = "6"
            case Type.AMOUNT:
                row[column.name] = "100.50"
            case Type.CODE:
                assert column.codes is not None
                row[column.name] = column.codes.codes[0]
            case Type.FLAG:
                row[column.name] = "是"
            case Type.NAME:
                row[column.name] = "张三"
            case Type.TEXT:
                row[column.name] = f"K{number:08}" if column.name in table.key else "甲"
    row[table.county] = f"{COUNTY}001201" if table.county == "village_code" else COUNTY
    return row | {name: cell.format(**row) for name, cell in clean_cells(table).items()}


Defect = Callable[[Row], Mapping[str, str]]
_IDS: Mapping[str, Callable[[str], str]] = {
    "missing": lambda _: "",
    "excel_damage": lambda _: "3.60702E+17",
    "temporary": lambda _: "999123199001011234",
    "other_document": lambda _: "H01234567",
    "invalid": lambda sound: sound[:17] + ("1" if sound[17] != "1" else "2"),
    "born_later": lambda sound: id_number(int(sound[14:17]), "20190601"),
}


def defect(table: SourceTable, rule_id: str, row: Row, first: Row) -> Row | None:
    """The row with the one defect that `rule_id` is for; None where no defect is known for such a rule."""
    own = own_defect(table, rule_id)
    if own is not None:
        return row | dict(own)
    if rule_id == "region_code":
        return row | {table.county: "36"}
    if rule_id == "out_of_scope":
        return row | {table.county: row[table.county].replace(COUNTY, OTHER_COUNTY)}
    if rule_id == "key_repeated":
        return row | {name: first[name] for name in table.key}
    for column in table.columns:
        ending = rule_id.removeprefix(f"{column.name}_") if rule_id.startswith(f"{column.name}_") else ""
        if column.type is Type.ID_NUMBER and ending in _IDS:
            return row | {column.name: _IDS[ending](row[column.name])}
        match ending:
            case "missing":
                return row | {column.name: ""}
            case "excel_damage":
                return row | {column.name: "3.60702E+15"}
            case "unknown" | "unreadable":
                return row | {column.name: UNREADABLE}
            case "negative":
                return row | {column.name: "-1"}
            case "later":
                return row | {column.name: "2019-01-01"}
    return None


def write_file(table: SourceTable, rows: list[Row], misshapen: bool, folder: Path) -> Path:
    """A file in the table's own format; `misshapen` appends a row with one cell too many. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [[row[column.name] for column in table.columns] for row in rows]
    if misshapen:
        cells.append([*cells[0], "多余"])
    headers = [column.header for column in table.columns]
    if table.format is Format.XLSX:
        path = folder / f"{table.file_stem}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            titles = [[f"{table.zh} 报表"]] * table.title_rows
            footers = [["合计", str(len(cells))], ["填表人:"]] if table.footer else []
            for number, line in enumerate([*titles, headers, *cells, *footers]):
                for place, text in enumerate(line):
                    sheet.write_string(number, place, text)
        return path
    path = folder / f"{table.file_stem}.csv"
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([headers, *cells])
    encoding = {Format.CSV_GB18030: "gb18030", Format.CSV_UTF8_BOM: "utf-8-sig"}.get(table.format, "utf-8")
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path
