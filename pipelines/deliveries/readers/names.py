"""Which declared column a header cell names: by code, label, both, with a unit, a hint or other brackets around it.

Two headers are the same only where their names are: 行政村 is neither 行政村代码 nor 行政村名称.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from pipelines.sources.base import Column, Layout, SourceTable, Type

# How surely a cell names a column: its header, an alias, one of them with something around it.
HEADER, ALIAS, DERIVED = range(3)

_BRACKETS = str.maketrans("【】〔〕[]{}「」『』〈〉《》<>", "()" * 9)
_IGNORED = frozenset("*※★☆#\"'“”‘’`\ufeff\u200b\u200c\u200d\u2060")
_ORDINAL = re.compile(r"^(?:\(\d{1,3}\)|\d{1,3}[.、](?=\D))")
_IN_BRACKETS = re.compile(r"(.+)\(([^()]*)\)|\(([^()]*)\)(.+)")
_UNIT_BEHIND = re.compile(r"(.+)[/:]([^/:]+)")
_CODE = r"[a-z][a-z0-9_]*"
_CODE_AND_LABEL = re.compile(rf"({_CODE})[-_/:.|]*([^\x00-\x7f].*)|(.*[^\x00-\x7f)])[-_/:.|]*({_CODE})")
_IS_CODE = re.compile(_CODE)
# What people write in brackets behind a header to say how to fill it in.
_HINT = re.compile(
    r"(?:必填|选填|必录|非空|可空|可不填|选择|下拉|填写|请填|格式|文本|数字|数值|字符|日期型?|公历|年月日?|yyyy|mm|dd|是[/或、]?否"
    r"|有[/或、]?无|例如|示例|\d+位|[-,、;/:])+|如:?.+|\d+[-.、:=]?[^\d位].*"
)
_UNITS = (
    ("元", "人民币元", "人民币", "rmb"),
    ("万元", "万"),
    ("千元",),
    ("亿元",),
    ("人", "个人", "人数", "口"),
    ("人次",),
    ("户",),
    ("个",),
    ("月", "个月"),
    ("天", "日"),
    ("年",),
    ("岁", "周岁"),
    ("次",),
    ("亩",),
    ("平方米", "㎡", "m2"),
    ("公里", "千米", "km"),
    ("小时", "学时", "课时"),
    ("%", "百分比"),
)
_UNIT_OF: Mapping[str, str] = {
    unicodedata.normalize("NFKC", word): words[0]
    for words in _UNITS
    for word in (*words, *(f"单位:{w}" for w in words))
}
TEN_THOUSAND = "万元"


@dataclass(frozen=True)
class Named:
    """A column that a header cell names. `unit` is the unit in the cell where it is not the declared one."""

    column: str
    tier: int
    unit: str = ""


def folded(cell: str) -> str:
    """A header cell without the differences that typing makes: width, kind of bracket, blanks, case, marks, numbering."""
    text = unicodedata.normalize("NFKC", cell).translate(_BRACKETS)
    text = "".join(c for c in text if not c.isspace() and c not in _IGNORED).casefold()
    return _ORDINAL.sub("", text).rstrip(":")


def accepted(table: SourceTable, column: Column, layout: Layout | None = None) -> tuple[str, ...]:
    """The header names under which a column is taken, in the table's own family or in a layout."""
    if layout is not None and column.name in layout.headers:
        return layout.headers[column.name]
    return (column.header, *column.aliases)


def _unit(column: Column) -> str:
    unit = column.unit or ("元" if column.type is Type.AMOUNT else "")
    return _UNIT_OF.get(unit, unit)


class Names:
    """What the header cells of one family of headers mean."""

    def __init__(self, table: SourceTable, layout: Layout | None = None) -> None:
        self.units = {column.name: _unit(column) for column in table.columns}
        self._exact: dict[str, dict[str, int]] = {}  # folded name → column → tier
        names = {column.name: accepted(table, column, layout) for column in table.columns}
        for column, own in names.items():
            for place, name in enumerate(own):
                self._exact.setdefault(folded(name), {}).setdefault(column, ALIAS if place else HEADER)
        derived: dict[str, set[str]] = {}
        for column, own in names.items():
            words = [one + other for one, other in permutations(own, 2)]
            words += [plain for name in own for plain, _ in self._without_hints(folded(name))]
            for word in words:
                derived.setdefault(folded(word), set()).add(column)
        for word, columns in derived.items():
            # What a column is really called is never taken for another; what fits two says nothing.
            if word not in self._exact and len(columns) == 1:
                self._exact[word] = {next(iter(columns)): DERIVED}

    def named(self, cell: str) -> tuple[Named, ...]:
        """The columns a header cell may name, the surest first; several where columns share a name."""
        return tuple(sorted(self._named(folded(cell)), key=lambda one: one.tier)) if cell.strip() else ()

    def _named(self, name: str) -> tuple[Named, ...]:
        if found := self._exact.get(name):
            return tuple(Named(column, tier) for column, tier in found.items())
        joined = name.replace("(", "").replace(")", "")
        if joined != name and (found := self._exact.get(joined)):
            return tuple(Named(column, DERIVED) for column in found)
        for plain, unit in self._without_hints(name):
            if found_inside := self._named(plain):
                return tuple(Named(one.column, DERIVED, self._other_unit(one.column, unit)) for one in found_inside)
        return tuple(Named(column, DERIVED) for column in self._by_two_names(name))

    def _without_hints(self, name: str) -> Iterator[tuple[str, str]]:
        """The name without a bracket that is a unit or a hint, or without a unit behind a slash or colon; with the unit."""
        if found := _IN_BRACKETS.fullmatch(name):
            plain, word = (found[1], found[2]) if found[1] else (found[4], found[3])
            if word in _UNIT_OF:
                yield plain, _UNIT_OF[word]
            elif not word or _HINT.fullmatch(word):
                yield plain, ""
        if (found := _UNIT_BEHIND.fullmatch(name)) and found[2] in _UNIT_OF:
            yield found[1], _UNIT_OF[found[2]]

    def _other_unit(self, column: str, unit: str) -> str:
        declared = self.units[column]
        return unit if unit and declared and unit != declared else ""

    def _by_two_names(self, name: str) -> Iterator[str]:
        """Columns of a cell with code and label, where one is known and the other speaks for no other column."""
        for found in (_IN_BRACKETS.fullmatch(name), _CODE_AND_LABEL.fullmatch(name)):
            first, second = [word for word in found.groups() if word is not None] if found else ("", "")
            if not (first and second):
                continue
            if _IS_CODE.fullmatch(first) is None and _IS_CODE.fullmatch(second) is None:
                continue
            one, other = self._exact.get(first, {}), self._exact.get(second, {})
            yield from one.keys() & other.keys() if one and other else one or other
            return
