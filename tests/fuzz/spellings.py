"""How cells are spelled: what must be read as the same value, and what must not be read at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pipelines.sources.base import Column, SourceTable, Type
from tests.fuzz.delivery import Record, codes_of, widened

FIRST_SERIAL_DAY = date(1899, 12, 30)
READ_AS_OTHERS = (Type.DATE, Type.MONTH, Type.SCHOOL_YEAR, Type.INTEGER, Type.AMOUNT, Type.FLAG, Type.CODE)
UNREADABLE: dict[Type, tuple[str, ...]] = {
    Type.DATE: (
        "2018-02-30",
        "20181301",
        "今年",
        "2018-13-01",
        "1899-12-31",
        "9.30",
        "30/06/18",
        "0",
        "二〇一八年六月",
    ),
    Type.MONTH: ("201813", "2018", "13月", "上月", "189912", "2018-00"),
    Type.SCHOOL_YEAR: ("2018-2020", "去年", "18学年", "2019-2018"),
    Type.INTEGER: ("12.5", "三", "1e3", "99999999999", "6-7", "约6"),
    Type.AMOUNT: ("三百", "1e5", "3,00", "--", "1.2.3", "100,5", "若干", "99999999999999999999"),
    Type.FLAG: ("?", "2", "可能", "是否", "-"),
    Type.CODE: ("§", "ZZ9", "查无此项", "-1", "其它(请注明)"),
}
EMPTY_WORDS = ("NULL", "\\N", "#N/A", " ", "\u3000\u3000", "\u200b", "'")
PADDINGS = ((" ", ""), ("", " "), ("\u3000", "\u3000"), ("\ufeff", ""), ("\t", "\u00a0"), ("'", ""), ("", "\u200b"))


def spellings(column: Column, record: Record) -> list[tuple[str, dict[str, object]]]:
    """Other texts for the cell of a clean row, each with the staged values that differ from the row's."""
    text = record.cells[column.name]
    if not text or column.name not in record.values:
        return []
    if column.type is Type.ID_NUMBER:
        return list(_numbers(column, text))
    return [
        (spelled, {}) for spelled in dict.fromkeys(_same(column, text, record.values[column.name])) if spelled != text
    ]


def _same(column: Column, text: str, value: object) -> Iterator[str]:
    match column.type:
        case Type.DATE:
            assert isinstance(value, date)
            yield from _days(value)
        case Type.MONTH:
            year, month = text[:4], int(text[4:])
            yield from (f"{year}-{month:02}", f"{year}/{month}", f"{year}年{month}月", f"{year}.{month}", widened(text))
            if text != "999912":
                yield from (f"{year}-{month:02}-28", f"{year}{month:02}15")
        case Type.SCHOOL_YEAR:
            first, second = text.split("-")
            yield from (f"{first}—{second}学年", f"{first}/{second[2:]}", f"{first}至{second}学年度", widened(text))
        case Type.INTEGER:
            yield from (
                f"{text}.0",
                widened(text),
                f" {text}\u3000",
                *([f"{text}{column.unit}"] if column.unit else []),
            )
        case Type.AMOUNT:
            assert isinstance(value, Decimal)
            yield from _amounts(value)
        case Type.FLAG:
            words = (
                ["1", "Y", "y", "√", "YES", "TRUE", "有", "Ｙ", "１", "✓"]
                if value
                else ["0", "N", "n", "×", "NO", "FALSE", "无", "Ｎ", "０"]
            )
            yield from (*words, f" {text} ")
        case Type.CODE:
            yield from _codes(column, str(value))
        case Type.TEXT | Type.NAME:
            yield from (f"{before}{text}{behind}" for before, behind in PADDINGS)


def _days(day: date) -> Iterator[str]:
    y, m, d = day.year, day.month, day.day
    plain = day.isoformat()
    yield from (
        f"{y}/{m}/{d}",
        f"{y}.{m}.{d}",
        f"{y}年{m}月{d}日",
        f"{y}{m:02}{d:02}",
        f"{y}-{m}-{d}",
        f"{y}/{m:02}/{d:02}",
    )
    yield from (
        f"{plain} 00:00:00",
        f"{plain}T08:30",
        widened(plain),
        f"'{plain}",
        f" {plain}\u3000",
        f"{plain} 00:00:00.0",
    )
    if (serial := (day - FIRST_SERIAL_DAY).days) >= 20000:
        yield from (str(serial), f"{serial}.5")


def _amounts(value: Decimal) -> Iterator[str]:
    plain = f"{value:.2f}"
    wan = f"{value / 10000:f}"
    yield from (
        f"¥{plain}",
        f"￥{plain}",
        f"{plain}元",
        f"{wan}万元",
        f"{wan}万",
        widened(plain),
        f" {plain} ",
        f"{plain}0",
    )
    yield from (f"{value:,.2f}", f"+{plain}", f"'{plain}", f"{plain.rstrip('0').rstrip('.')}")


def _codes(column: Column, code: str) -> Iterator[str]:
    labels = codes_of(column)
    assert column.codes is not None
    label = labels[code]
    yield from (f"{code}-{label}", f"{code} {label}", f"{code}{label}", f"{code}.{label}", f" {code}\t", widened(code))
    if Counter(labels.values())[label] == 1 and label not in labels:
        yield label
    if (short := code.lstrip("0")) and short not in labels and short not in labels.values():
        yield short
    yield from (word for word, meant in column.codes.also.items() if meant == code)


def _numbers(column: Column, number: str) -> Iterator[tuple[str, dict[str, object]]]:
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    for text in (
        number.lower(),
        widened(number),
        spaced,
        f"{number[:9]}\u200b{number[9:]}",
        f"{number[:6]}\u00a0{number[6:]}",
    ):
        yield text, {column.name: text}
    for text in (f"'{number}", f" {number}", f"{number}\u3000", f"\ufeff{number}"):
        yield text, {column.name: number}
    if number[6:8] == "19":
        old = number[:6] + number[8:17]
        yield old, {column.name: old, column.klass: "upgraded_15"}
    certificate = f"{number}43"
    yield certificate, {column.name: certificate, column.klass: "disability_certificate"}


def spelled(table: SourceTable, *types: Type) -> list[Column]:
    return [column for column in table.columns if column.type in types]
