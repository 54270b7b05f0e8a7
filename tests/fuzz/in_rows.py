"""Malformed rows and cells. Every one of them is taken: what is wrong is quarantined or marked, what is odd is read."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import assume

from expectations import rules_of
from pipelines.identity.id_numbers import check_character
from pipelines.sources.base import Column, Personal, SourceTable, Type
from tests.contracts.rows import COUNTY, OTHER_COUNTY, defect
from tests.fuzz.delivery import CSV, XLSX, Delivery, Draw, Record, Sent
from tests.fuzz.kinds import Stage, having, kind
from tests.fuzz.spellings import EMPTY_WORDS, UNREADABLE, spellings

QUOTES = "quotes"  # a lone quotation mark would pair with that of another kind
FREE_TEXT = (Type.TEXT, Type.NAME)


def has(*types: Type) -> Callable[[SourceTable], bool]:
    return having(lambda table, column: column.type in types)


def plain_text(table: SourceTable, column: Column) -> bool:
    """A column whose text no rule and no later step takes apart."""
    return (
        column.type is Type.TEXT
        and column.name not in (*table.key, table.county, *table.named_by)
        and column.personal is not Personal.ID_NUMBER
    )


def _chosen(sent: Sent, draw: Draw, *types: Type) -> Column:
    return draw.one([column for column in sent.present if column.type in types])


def _say(column: Column, what: str) -> str:
    return f"{column.name}: {what}"


# Cells that must be read.


def _spell(delivery: Delivery, draw: Draw, *types: Type) -> str:
    sent = delivery.main
    record = sent.free(draw)
    done = []
    columns = [column for column in sent.present if column.type in types and spellings(column, record)]
    for column in draw.some(columns, at_most=5):
        text, values = draw.one(spellings(column, record))
        record.cells[column.name] = text
        record.values |= values
        done.append(_say(column, f"spelled {len(text)} characters long"))
    return ", ".join(done)


@kind(Stage.ROWS, fits=has(Type.DATE))
def spelled_date(delivery: Delivery, draw: Draw) -> str:
    """A day in another spelling, a spreadsheet's serial among them: the same value."""
    return _spell(delivery, draw, Type.DATE)


@kind(Stage.ROWS, fits=has(Type.MONTH, Type.SCHOOL_YEAR))
def spelled_month(delivery: Delivery, draw: Draw) -> str:
    return _spell(delivery, draw, Type.MONTH, Type.SCHOOL_YEAR)


@kind(Stage.ROWS, "amounts", fits=has(Type.AMOUNT, Type.INTEGER))
def spelled_number(delivery: Delivery, draw: Draw) -> str:
    """With separators, ¥, 元, 万元, full-width: the same value."""
    return _spell(delivery, draw, Type.AMOUNT, Type.INTEGER)


@kind(Stage.ROWS, fits=has(Type.FLAG))
def spelled_flag(delivery: Delivery, draw: Draw) -> str:
    return _spell(delivery, draw, Type.FLAG)


@kind(Stage.ROWS, fits=has(Type.CODE))
def spelled_code(delivery: Delivery, draw: Draw) -> str:
    """By label, by code and label, without leading zeros, by the spellings of other years: the same code."""
    return _spell(delivery, draw, Type.CODE)


@kind(Stage.ROWS, fits=has(Type.ID_NUMBER))
def spelled_id(delivery: Delivery, draw: Draw) -> str:
    """Full-width, with blanks, 15 digits, a disability certificate's number: the same key."""
    return _spell(delivery, draw, Type.ID_NUMBER)


@kind(Stage.ROWS)
def padded_text(delivery: Delivery, draw: Draw) -> str:
    return _spell(delivery, draw, *FREE_TEXT)


@kind(Stage.ROWS, "place")
def empty_words(delivery: Delivery, draw: Draw) -> str:
    """NULL, \\N, #N/A or blanks where nothing is meant: an empty cell."""
    sent = delivery.main
    record = sent.free(draw)
    free = [c for c in sent.present if c.optional and c.name not in (*sent.table.key, sent.table.county)]
    done = []
    for column in draw.some(free):
        klass = {column.klass: "missing"} if column.type is Type.ID_NUMBER else {}
        record.change(column, draw.one(EMPTY_WORDS), **dict.fromkeys(column.staged) | klass)
        done.append(column.name)
    return ", ".join(done)


@kind(Stage.ROWS, QUOTES, forms=(CSV,), fits=having(plain_text))
def newlines_and_separators(delivery: Delivery, draw: Draw) -> str:
    """Quoted line breaks, separators and quotation marks inside cells: taken, at the right physical lines."""
    sent = delivery.main
    inner = draw.one(
        ["一\n二", "一,二", '一"二', "一\t二|三;四", '一\n\n"二",\n三', "一\n", '"', '"一"', ",", '一""二']
    )
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    record = sent.free(draw)
    record.change(column, f"前{inner}后", **{column.name: f"前{inner}后"})
    return _say(column, f"{inner.count(chr(10))} line breaks")


@kind(Stage.ROWS, fits=having(plain_text))
def formula_text(delivery: Delivery, draw: Draw) -> str:
    """Text that a spreadsheet would run as a formula: kept as the text it is."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    text = draw.one(["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+86", "-2+3", "=HYPERLINK(A1)", "=IMPORTXML(A1)"])
    sent.free(draw).change(column, text, **{column.name: text})
    return _say(column, "looks like a formula")


@kind(Stage.ROWS, fits=having(plain_text), forms=(CSV,))
def control_characters(delivery: Delivery, draw: Draw) -> str:
    """Control and separating characters inside a cell: no line ends there, and the cell keeps them."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    mark = draw.one(
        ["\x01", "\x07", "\x0b", "\x0c", "\x1b", "\x1c", "\x1d", "\x1e", "\x7f", "\x85", "\u2028", "\u2029"]
    )
    sent.free(draw).change(column, f"甲{mark}乙", **{column.name: f"甲{mark}乙"})
    return _say(column, f"U+{ord(mark):04X}")


@kind(Stage.ROWS, fits=having(plain_text), forms=(CSV,))
def nul_bytes(delivery: Delivery, draw: Draw) -> str:
    """NUL in a cell: the row stays, the character is replaced and its sender told."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    sent.free(draw).change(column, "甲\0乙", **{column.name: "甲�乙"})
    delivery.notes.add("unreadable_characters")
    return column.name


@kind(Stage.ROWS, forms=(XLSX,))
def typed_cells(delivery: Delivery, draw: Draw) -> str:
    """A workbook's own numbers, days, booleans and formulas: the same values as their text."""
    sent = delivery.main
    record = sent.free(draw)
    done = []
    for column in draw.some(sent.present, at_most=6):
        value, text = record.values.get(column.name), record.cells[column.name]
        if value is None:
            continue
        if column.type is Type.ID_NUMBER or draw.number(0, 3) == 0:
            record.typed[column.name] = ("formula", text)
        elif column.type is Type.AMOUNT:
            record.typed[column.name] = float(str(value))
        elif column.type in (Type.INTEGER, Type.DATE, Type.FLAG):
            record.typed[column.name] = value
        elif column.type in (Type.MONTH, Type.CODE) and text.isdigit() and not text.startswith("0"):
            record.typed[column.name] = int(text)
        else:
            continue
        done.append(column.name)
    return ", ".join(done)


# Cells that must not pass.


def _unread(delivery: Delivery, draw: Draw, ending: str, *types: Type) -> str:
    sent = delivery.main
    column = _chosen(sent, draw, *types)
    record = sent.free(draw)
    number = draw.number(0, len(UNREADABLE[column.type]) - 1)
    record.change(column, UNREADABLE[column.type][number])
    record.marks.add(f"{column.name}_{ending}")
    return _say(column, f"no {column.type}, case {number}")


@kind(Stage.ROWS, "columns", "units", "amounts", "place")
def seeded_defect(delivery: Delivery, draw: Draw) -> str:
    """Any rule of the table, by the defect that it and no other rule catches: marked, and quarantined if critical."""
    sent = delivery.main
    record = sent.free(draw)
    rule = draw.one([rule.rule_id for rule in rules_of(sent.table.name) if rule.rule_id != "row_shape"])
    spoiled = defect(sent.table, rule, record.cells, sent.records[0].cells)
    assert spoiled is not None, f"{sent.table.name}: no defect for {rule}"
    for column in sent.table.columns:
        if spoiled[column.name] != record.cells[column.name]:
            record.cells[column.name] = spoiled[column.name]
            for name in column.staged:
                record.values.pop(name)
    record.marks.add(rule)
    return rule


@kind(Stage.ROWS, fits=has(Type.CODE))
def unknown_code(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under <column>_unknown."""
    return _unread(delivery, draw, "unknown", Type.CODE)


@kind(Stage.ROWS, fits=has(Type.DATE, Type.MONTH, Type.SCHOOL_YEAR))
def unreadable_date(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under <column>_unreadable."""
    return _unread(delivery, draw, "unreadable", Type.DATE, Type.MONTH, Type.SCHOOL_YEAR)


@kind(Stage.ROWS, fits=has(Type.AMOUNT))
def unreadable_amount(delivery: Delivery, draw: Draw) -> str:
    return _unread(delivery, draw, "unreadable", Type.AMOUNT)


@kind(Stage.ROWS, fits=has(Type.INTEGER))
def unreadable_integer(delivery: Delivery, draw: Draw) -> str:
    return _unread(delivery, draw, "unreadable", Type.INTEGER)


@kind(Stage.ROWS, fits=has(Type.FLAG))
def unreadable_flag(delivery: Delivery, draw: Draw) -> str:
    return _unread(delivery, draw, "unreadable", Type.FLAG)


@kind(Stage.ROWS)
def missing_key(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under <column>_missing; a missing county has a class of its own."""
    sent = delivery.main
    record = sent.free(draw)
    keys = set(sent.table.key) - {sent.table.county}
    column = draw.one([column for column in sent.present if column.name in keys])
    klass = {column.klass: "missing"} if column.type is Type.ID_NUMBER else {}
    record.change(column, draw.one(["", *EMPTY_WORDS]), **dict.fromkeys(column.staged) | klass)
    record.marks.add(f"{column.name}_missing")
    return column.name


def _text_key(table: SourceTable, column: Column) -> bool:
    return column.type is Type.TEXT and column.name in table.key and column.name != table.county


@kind(Stage.ROWS, fits=having(_text_key))
def excel_damaged_key(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under <column>_excel_damage; in a workbook also where the cell is a number."""
    sent = delivery.main
    record = sent.free(draw)
    column = draw.one([column for column in sent.present if _text_key(sent.table, column)])
    text = draw.one(["3.60702E+15", "3.6E+17", "1E+16", "3.60702198001011E+17"])
    record.change(column, text, **{column.name: text})
    record.marks.add(f"{column.name}_excel_damage")
    if sent.form == XLSX and draw.number(0, 1):
        record.typed[column.name] = float(text)
        record.values.pop(column.name)
    return column.name


@kind(Stage.ROWS, least=1)
def repeated_key(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under key_repeated where the table's key is unique, else two rows like any other."""
    sent = delivery.main
    assume({column.name for column in sent.present} >= set(sent.table.key))
    record = sent.free(draw)
    for name in sent.table.key:
        column = sent.table.column(name)
        record.change(column, sent.records[0].cells[name], **{n: sent.records[0].values[n] for n in column.staged})
    if sent.table.unique:
        record.marks.add("key_repeated")
    return "the first row's key"


@kind(Stage.ROWS, "place")
def out_of_scope(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under out_of_scope."""
    sent = delivery.main
    record, column = sent.free(draw), sent.table.column(sent.table.county)
    other = draw.one([OTHER_COUNTY, "369999", "110101", "000000"])
    text = record.cells[column.name].replace(COUNTY, other)
    record.change(column, text, **{column.name: text, "county_code": other})
    record.marks.add("out_of_scope")
    return f"county {other}"


@kind(Stage.ROWS, "place")
def bad_region_code(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under region_code."""
    sent = delivery.main
    record, column = sent.free(draw), sent.table.column(sent.table.county)
    text = draw.one(["36", "36070", "3607021", "赣州市", "ABCDEF", "36070200120", "3.60702E+11"])
    record.change(column, text, **{column.name: text, "county_code": None})
    record.marks.add("region_code")
    return f"{len(text)} characters"


@kind(Stage.ROWS, "place", fits=lambda table: table.county not in table.key)
def empty_region_code(delivery: Delivery, draw: Draw) -> str:
    """Quarantined under region_code, also where a county is named that is none."""
    sent = delivery.main
    record, column = sent.free(draw), sent.table.column(sent.table.county)
    present = {column.name for column in sent.present}
    assume(
        not sent.table.named_by or sent.table.named_by[0] in present or not present.intersection(sent.table.named_by)
    )
    record.change(column, "", **{column.name: None, "county_code": None})
    record.marks.add("region_code")
    return ""


@kind(Stage.ROWS, fits=has(Type.ID_NUMBER))
def damaged_id(delivery: Delivery, draw: Draw) -> str:
    """An ID number that is none: the row stays, marked; in a workbook also a number of 18 digits."""
    sent = delivery.main
    column = _chosen(sent, draw, Type.ID_NUMBER)
    record = sent.free(draw)
    assume(sound := record.cells[column.name])
    wrong = next(c for c in "10X" if c != check_character(sound[:17]))
    cases = [("excel_damage", "excel_damage", "3.60702E+17"), ("temporary", "temporary", "999360702000000001"),
             ("invalid", "checksum", sound[:17] + wrong), ("invalid", "length", sound[:14]),
             ("invalid", "date", "360702198013010010"), ("invalid", "characters", "3607021980010100甲X"),
             ("invalid", "placeholder", "111111111111111111"), ("other_document", "passport", "E12345678")]  # fmt: skip
    rule, klass, text = draw.one(cases)
    record.change(column, text, **{column.name: text, column.key: None, column.klass: klass})
    record.marks.add(f"{column.name}_{rule}")
    if sent.form == XLSX and rule == "excel_damage":
        record.typed[column.name] = float(sound[:17] + "0")
        record.values.pop(column.name)
    return _say(column, klass)


@kind(Stage.ROWS, QUOTES, forms=(CSV,))
def lone_quotation_mark(delivery: Delivery, draw: Draw) -> str:
    """A cell that begins with a quotation mark nobody closes: row_shape, and no other line is lost."""
    sent = delivery.main
    record = sent.free(draw)
    column = draw.one(sent.present)
    record.cells[column.name] = '"' + record.cells[column.name]
    record.bare.add(column.name)
    return _misshapen(record)


@kind(Stage.ROWS, QUOTES, forms=(CSV,), fits=having(plain_text))
def inner_quotation_mark(delivery: Delivery, draw: Draw) -> str:
    """A quotation mark inside an unquoted cell is a character like any other."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    record = sent.free(draw)
    record.change(column, '5"甲', **{column.name: '5"甲'})
    record.bare.add(column.name)
    return column.name


@kind(Stage.ROWS, "shape")
def cells_too_many(delivery: Delivery, draw: Draw) -> str:
    """row_shape: which cell is one too many cannot be told."""
    record = delivery.main.free(draw)
    record.tail = ("",) * draw.number(0, 3) + ("多余",) * draw.number(1, 5)
    return _misshapen(record)


@kind(Stage.ROWS, "trailing", "order", "shape", forms=(CSV,), fits=lambda table: len(table.columns) > 1)
def cells_too_few(delivery: Delivery, draw: Draw) -> str:
    """row_shape: which cell is missing cannot be told."""
    sent = delivery.main
    record = sent.free(draw)
    record.short = draw.number(1, len(sent.columns) - 1)
    return _misshapen(record)


def _misshapen(record: Record) -> str:
    record.marks.add("row_shape")
    return ""


@kind(Stage.ROWS, "size", forms=(CSV,), fits=having(plain_text))
def huge_cell(delivery: Delivery, draw: Draw) -> str:
    """Up to ten megabytes in one cell: row_shape, and the lines behind it are read."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    record = sent.free(draw)
    record.cells[column.name] = draw.one(["长", "x"]) * draw.one([140_000, 1 << 20, 10 << 20])
    return _misshapen(record)
