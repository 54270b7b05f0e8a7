"""Malformed headers: names that are still recognised, columns that are missing, doubled, moved or new."""

from __future__ import annotations

from decimal import Decimal

from pipelines.sources.base import Column, SourceTable, Type
from tests.contracts.rows import COUNTY
from tests.fuzz.delivery import CSV, XLSX, Delivery, Draw, Head, Record, Sent, codes_of, staged_values, widened
from tests.fuzz.kinds import Stage, having, kind

NOISE = {
    "case": lambda text: text.swapcase(),
    "width": widened,
    "blanks": lambda text: f" {text[:1]} {text[1:]}\u3000",
    "asterisk": lambda text: f"*{text}",
    "wide asterisk": lambda text: f"{text}*",
    "zero width": lambda text: f"\u200b{text}",
    "tab": lambda text: f"{text}\t",
}
# County, town and village; none: the county's name stands where its code belongs
PLACE_NAMES = (("章贡区", "解放街道", "西津路居委会"), ("章贡", "解放", "西津路"), ())
PLACE_CODE = "360702001001"
DIGITS = {"county_code": 6, "town_code": 9}
NEW_NAMES = ("内部流水", "备用一", "录入机构编码", "X_TMP_01", "导出序号")


def required(table: SourceTable) -> list[Column]:
    return [column for column in table.columns if not column.optional]


def _names(table: SourceTable, column: Column) -> set[str]:
    """Every header under which some family of the table takes the column."""
    layouts = [name for layout in table.layouts for name in layout.headers.get(column.name, ())]
    return {column.header, *column.aliases, *layouts}


def _lost(table: SourceTable) -> list[Column]:
    """Columns that no other column, no sheet's name and no place's name can stand for."""
    found = []
    for column in required(table):
        others = {name for other in table.columns if other is not column for name in (other.header, *other.aliases)}
        said = column.in_sheet_name or (table.named_by and column.name == table.county)
        if not said and not _names(table, column) & others:
            found.append(column)
    return found


def _free_to_go(table: SourceTable, column: Column) -> bool:
    said = column.in_sheet_name or column.made_of  # then its absence is no empty cell
    return column.optional and not said and column.name not in (*table.key, table.county, table.dated_by)


@kind(Stage.COLUMNS, "columns", fits=having(_free_to_go))
def missing_optional_column(delivery: Delivery, draw: Draw) -> str:
    """Taken: the cells are empty."""
    sent = delivery.main
    gone = draw.some([column for column in sent.present if _free_to_go(sent.table, column)], at_most=6)
    for column in gone:
        _drop(sent, column)
    return ", ".join(column.name for column in gone)


def _drop(sent: Sent, column: Column) -> None:
    sent.columns.remove(sent.head(column))
    for record in sent.records:
        record.change(column, "", **staged_values(column, ""))


@kind(Stage.COLUMNS, "columns", "place", fits=lambda table: bool(table.named_by) and table.county not in table.key)
def place_by_names(delivery: Delivery, draw: Draw) -> str:
    """Taken: county, town and village are named, whole or short, and the code is not in the file; it is looked up."""
    sent = delivery.main
    table, county = sent.table, sent.table.column(sent.table.county)
    names = draw.one(PLACE_NAMES)
    if names:
        _drop(sent, county)
    for record in sent.records:
        for name, text in zip(table.named_by, names, strict=False):
            record.change(table.column(name), text, **{name: text})
        if not names:
            record.change(county, "赣州市章贡区")
        place = PLACE_CODE[: DIGITS.get(county.name, 12)] if names else COUNTY
        record.values |= {county.name: place, "county_code": COUNTY}
    return ", ".join(table.named_by[: len(names)]) or county.name


@kind(
    Stage.COLUMNS,
    "columns",
    "place",
    "scope",
    fits=lambda table: bool(table.named_by) and table.county not in table.key,
)
def place_not_said(delivery: Delivery, draw: Draw) -> str:
    """Taken: a file of one county's delivery that says no place at all is that county's."""
    sent = delivery.main
    for name in (sent.table.county, *sent.table.named_by):
        _drop(sent, sent.table.column(name))
    for record in sent.records:
        record.values |= {sent.table.county: COUNTY, "county_code": COUNTY}
    return ""


@kind(Stage.COLUMNS, "columns", "sheets", forms=(XLSX,), fits=having(lambda table, column: _is_said(column)))
def said_by_the_sheet(delivery: Delivery, draw: Draw) -> str:
    """Taken: the sheet's name is the code's label, as where there is one sheet per kind."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if _is_said(column)])
    code = draw.one([code for code, label in codes_of(column).items() if _is_plain(label, column)])
    _drop(sent, column)
    sent.book.name = codes_of(column)[code]
    for record in sent.records:
        record.values[column.name] = code
    delivery.notes.add("said_by_name")
    return f"{column.name}: {code}"


def _is_said(column: Column) -> bool:
    return (
        column.in_sheet_name
        and column.codes is not None
        and any(_is_plain(x, column) for x in codes_of(column).values())
    )


def _is_plain(label: str, column: Column) -> bool:
    """A label that can be a sheet's name, and that no other spelling of another code is part of."""
    assert column.codes is not None
    words = [*column.codes.labels.values(), *column.codes.also]
    return 2 <= len(label) <= 31 and label.isalpha() and sum(word in label for word in words) == 1


def _makes_key(table: SourceTable, column: Column) -> bool:
    return (
        bool(column.made_of)
        and column.name in table.key
        and any(table.column(name).type is Type.ID_NUMBER for name in column.made_of)
    )


@kind(Stage.COLUMNS, "columns", fits=having(_makes_key))
def number_that_is_not_sent(delivery: Delivery, draw: Draw) -> str:
    """Taken: a file without the records' own numbers has them made of what tells its rows apart."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if _makes_key(sent.table, column)])
    _drop(sent, column)
    for record in sent.records:
        record.values.pop(column.name)
        record.touched |= {name for part in column.made_of for name in sent.table.column(part).staged}
    return column.name


@kind(Stage.COLUMNS, "columns", refused=True, fits=lambda table: bool(_lost(table)))
def missing_required_column(delivery: Delivery, draw: Draw) -> str:
    """Refused: missing_column, by the name its sender uses."""
    sent = delivery.main
    column = draw.one(_lost(sent.table))
    sent.columns.remove(sent.head(column))
    delivery.refuse("missing_column")
    delivery.words.append(column.header)
    return column.name


@kind(Stage.HEADER, "columns", "order", refused=True)
def duplicate_column(delivery: Delivery, draw: Draw) -> str:
    """Refused: ambiguous_column, since nobody can say which of the two counts."""
    sent = delivery.main
    head = draw.one(sent.columns)
    sent.columns.insert(draw.number(0, len(sent.columns)), Head(head.text, head.column))
    delivery.refuse("ambiguous_column")
    delivery.words.append(head.text)
    return head.text


@kind(Stage.HEADER, "columns", refused=True, fits=lambda table: bool(_lost(table)))
def renamed_column(delivery: Delivery, draw: Draw) -> str:
    """A name nobody knows for a required column: refused, as missing."""
    sent = delivery.main
    column = draw.one(_lost(sent.table))
    sent.head(column).text = draw.one(NEW_NAMES)
    delivery.refuse("missing_column")
    delivery.words.append(column.header)
    return column.name


@kind(Stage.HEADER, "order")
def column_order(delivery: Delivery, draw: Draw) -> str:
    """Taken: columns are found by name."""
    delivery.main.columns = draw.order(delivery.main.columns)
    return ""


@kind(Stage.HEADER, "order", "width")
def extra_column(delivery: Delivery, draw: Draw) -> str:
    """Taken; the sender is told which columns are not used."""
    sent = delivery.main
    for name in draw.some(NEW_NAMES, at_most=3):
        sent.columns.insert(draw.number(0, len(sent.columns)), Head(name, None, draw.one(["", "1", "某某"])))
    delivery.notes.add("unknown_columns")
    return ""


def _has_alias(table: SourceTable, column: Column) -> bool:
    """An alias that means this column and nothing else, in the table's own family of headers."""
    return bool(_aliases(table, column))


def _aliases(table: SourceTable, column: Column) -> list[str]:
    others = {name for other in table.columns if other is not column for name in _names(table, other)}
    family = {name for layout in table.layouts for name in layout.headers.get(column.name, ())}
    return [alias for alias in column.aliases if alias not in others | family]


@kind(Stage.HEADER, "names", fits=having(_has_alias))
def alias_headers(delivery: Delivery, draw: Draw) -> str:
    """Taken: a renamed column is mapped by its alias."""
    sent = delivery.main
    renamed = draw.some([c for c in sent.present if _has_alias(sent.table, c)], at_most=8)
    for column in renamed:
        sent.head(column).text = draw.one(_aliases(sent.table, column))
    return ", ".join(column.name for column in renamed)


@kind(Stage.HEADER, "noise")
def header_noise(delivery: Delivery, draw: Draw) -> str:
    """Taken: case, width, blanks and marks of required columns make no difference."""
    sent, done = delivery.main, []
    for head in draw.some(sent.columns, at_most=8):
        noise = draw.one(sorted(NOISE))
        head.text = NOISE[noise](head.text)
        done.append(noise)
    return ", ".join(done)


@kind(Stage.HEADER, "noise", "quotes")
def header_line_break(delivery: Delivery, draw: Draw) -> str:
    """Taken: a header cell of two lines, as spreadsheets wrap them."""
    head = draw.one(delivery.main.columns)
    middle = len(head.text) // 2
    head.text = f"{head.text[:middle]}\n{head.text[middle:]}"
    return head.text.replace("\n", "|")


@kind(Stage.COLUMNS, "columns", "names", "order", fits=lambda table: bool(table.layouts))
def other_family(delivery: Delivery, draw: Draw) -> str:
    """Taken: the same table under the headers and codes of another family, by code names that only it has."""
    sent = delivery.main
    layout = draw.one(sent.table.layouts)
    taken: set[str] = set()
    for head in list(sent.columns):
        column = head.column
        assert column is not None
        if column.name not in layout.headers:
            taken.add(head.text)
            continue
        names = [name for name in layout.headers[column.name] if name not in taken]
        if names:
            head.text = names[0]
            taken.add(names[0])
        else:
            _drop(sent, column)
    for name, codes in layout.codes.items():
        for record in sent.records:
            if record.cells[name]:
                _coded(sent, record, name, codes.codes[0])
    return layout.name


def _coded(sent: Sent, record: Record, name: str, code: str) -> None:
    column = sent.table.column(name)
    record.change(column, code)
    record.values.pop(name)


@kind(Stage.HEADER, "titles")
def title_rows(delivery: Delivery, draw: Draw) -> str:
    """Taken: what stands above the header is no data, and lines are counted from the file's first."""
    sent = delivery.main
    lines = [
        f"{sent.table.zh}汇总表(2018年第四季度)",
        "",
        "单位:赣州市",
        "填报日期:2019年1月5日",
        "单位:人、元",
        "密级:内部",
    ]
    sent.titles = draw.some(lines, at_most=6) * draw.one([1, 1, 1, 4])
    return f"{len(sent.titles)} lines"


@kind(Stage.HEADER, "footers")
def footers(delivery: Delivery, draw: Draw) -> str:
    """Taken: totals and signatures below the table are no rows."""
    sent = delivery.main
    rows = [("合计", "12"), ("总 计", "", "3"), ("填表人:某某", "审核人:某某"), ("填报单位(盖章):", ""), ("备注:本表一式两份",),
            ("制表日期:2019-01-05",), ("负责人:", "某某"), ("小计", "1", "2"), ("说明:数据截至12月底",)]  # fmt: skip
    width = len(sent.columns)
    sent.footers = [row[: max(1, width // 2)] for row in draw.some(rows, at_most=4)]
    if sent.form == CSV and draw.number(0, 1):
        sent.footers = [(*row, *[""] * (width - len(row))) for row in sent.footers]
    return f"{len(sent.footers)} lines"


@kind(Stage.HEADER, "units", "amounts", fits=having(lambda table, column: column.type is Type.AMOUNT))
def unit_in_header(delivery: Delivery, draw: Draw) -> str:
    """Taken: 元 behind a header changes nothing, 万元 multiplies what stands below by ten thousand."""
    sent = delivery.main
    columns = [column for column in sent.present if column.type is Type.AMOUNT]
    column = draw.one(columns)
    unit = draw.one(["元", "万元"])
    before, behind = draw.one([("(", ")"), ("（", "）"), ("/", "")])
    sent.head(column).text += f"{before}{unit}{behind}"
    if unit == "万元":
        delivery.notes.add("ten_thousand")
        for record in sent.records:
            if (
                isinstance(value := record.values.get(column.name), Decimal)
                and record.cells[column.name].count(".") < 2
            ):
                record.values[column.name] = value * 10_000
                record.touched.add(column.name)
    return f"{column.name} in {unit}"


@kind(Stage.HEADER, "units", refused=True, fits=having(lambda table, column: column.type is Type.AMOUNT))
def other_unit_in_header(delivery: Delivery, draw: Draw) -> str:
    """Refused: other_unit."""
    sent = delivery.main
    columns = [column for column in sent.present if column.type is Type.AMOUNT]
    head = sent.head(draw.one(columns))
    head.text += draw.one(["(千元)", "(亿元)", "(人)", "（%）"])
    delivery.refuse("other_unit")
    return head.text
