"""Which declared column a header cell names: by code, label, both, with a unit, a hint or other brackets around it.

Two headers are the same only where their names are: 行政村 is neither 行政村代码 nor 行政村名称.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from pipelines.sources.base import Column, Layout, SourceTable, Type

# How surely a cell names a column: its header, an alias of the same meaning, another, one with something around it.
HEADER, LIKE, ALIAS, DERIVED = range(4)

_BRACKETS = str.maketrans("【】〔〕[]{}「」『』〈〉《》<>", "()" * 9)
_IGNORED = frozenset("*※★☆#\"'“”‘’`\ufeff\u200b\u200c\u200d\u2060")
_UNDERSCORES = re.compile(r"(?<=[^\x00-\x7f])_+|_+(?=[^\x00-\x7f])|^_+|_+$")  # never those of a code
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
_PER = re.compile(r"/(?:每)?(?:[人户次天日月年]|学[年期]|人[·.*/]?[月年次天日])$")  # 元/月: the amount is in 元
TEN_THOUSAND = "万元"
# They say so little that any other name of a column goes first.
_SUBJECTLESS = frozenset(
    ("序号", "编号", "名称", "时间", "日期", "金额", "类别", "类型", "状态", "等级", "标准", "备注")
)
# What the columns are called by which a row's county is told, in every system: by code, and by name.
_COUNTY_WORDS = tuple(
    f"{where}{what}"
    for where in ("", "所属", "所在")
    for what in (
        "区划",
        "行政区划",
        "县区",
        "区县",
        "县",
        "县(市、区)",
        "县(市、区、旗)",
        "县市区",
        "县(区)",
        "县级区划",
    )
)
_COUNTY_CODE = tuple(f"{word}{code}" for word in _COUNTY_WORDS for code in ("代码", "编码"))
_COUNTY_NAME = tuple(f"{word}{name}" for word in _COUNTY_WORDS for name in ("", "名称"))
# Words that offices use for one another in a header; the last of a pair stands for all of them.
_ALIKE = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"(?:(?:公民|居民)?身份(?:证件|证)?号码?|(?:公民|居民)?身份证|证件号)$", "证件号码"),
        (r"(?:联系方式|联系号码|手机号码?|手机|电话号码|(?<!联系)电话)$", "联系电话"),
        (r"(?:时间|年月日|(?<=[起止期])日)$", "日期"),
        (r"(?:编码|代码|代号)$", "编号"),
        ("行政区划", "区划"),
        ("户口|户籍所在地|户籍地", "户籍"),
        ("院校", "学校"),
        ("起始", "开始"),
        ("结束|截止|截至", "终止"),
        ("类别|种类", "类型"),
        ("标识|标记", "标志"),
        ("^(?:是否|是不是|有无)(?:已经|已|为|有)?(?=..)", ""),
        (
            "^(?:学生|考生|人员|个人|本人|职工|劳动者|贫困劳动力|贫困人口|参保人员?|申请人|借款人|贷款人|死者|死亡人员|服刑人员|罪犯"
            "|残疾人|持证人|毕业生|培训学员|学员|搬迁人|军人)(?=姓名$|证件号码$|性别$|出生日期$|民族$|联系电话$)",
            "",
        ),
    )
)


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
    return _ORDINAL.sub("", _UNDERSCORES.sub("", text)).rstrip(":")


def alike(name: str) -> str:
    """A folded name in the words that stand for all that mean the same."""
    for pattern, word in _ALIKE:
        name = pattern.sub(word, name)
    return name


def accepted(table: SourceTable, column: Column, layout: Layout | None = None) -> tuple[str, ...]:
    """The header names under which a column is taken, in the table's own family or in a layout."""
    if layout is not None and column.name in layout.headers:
        return layout.headers[column.name]
    return (column.header, *column.aliases)


def _unit(column: Column) -> str:
    unit = column.unit or ("元" if column.type is Type.AMOUNT else "")
    return _UNIT_OF.get(unit, unit)


def _tier(alias: str, header: str) -> int:
    if alias in _SUBJECTLESS:
        return DERIVED
    return LIKE if alike(folded(alias)) == alike(folded(header)) else ALIAS


class Names:
    """What the header cells of one family of headers mean."""

    def __init__(self, table: SourceTable, layout: Layout | None = None) -> None:
        self.units = {column.name: _unit(column) for column in table.columns}
        self._exact: dict[str, dict[str, int]] = {}  # folded name → column → tier
        names = {column.name: accepted(table, column, layout) for column in table.columns}
        for column, own in names.items():
            for place, name in enumerate(own):
                self._exact.setdefault(folded(name), {}).setdefault(column, _tier(name, own[0]) if place else HEADER)
        self._derive({c: [one + other for one, other in permutations(own, 2)] for c, own in names.items()}, LIKE)
        bare = {
            c: [plain for name in own for plain, _ in self._without_hints(folded(name))] for c, own in names.items()
        }
        self._derive(bare, LIKE)
        # Where no column is for names, the column of the code holds them.
        by_name = [*table.named_by, table.county][0]
        county = {table.county: _COUNTY_CODE}
        county[by_name] = (*county.get(by_name, ()), *_COUNTY_NAME)
        self._derive(county, DERIVED)
        meaning: dict[str, set[str]] = {}
        for column, own in names.items():
            for word in (*own, *bare[column], *county.get(column, ())):
                meaning.setdefault(alike(folded(word)), set()).add(column)
        # Two columns that the same words may mean are told apart by their own names only.
        self._alike = {word: next(iter(columns)) for word, columns in meaning.items() if len(columns) == 1}

    def _derive(self, words: Mapping[str, Iterable[str]], tier: int) -> None:
        """Further words for columns; what a column is really called is never taken for another, what fits two says nothing."""
        columns: dict[str, set[str]] = {}
        for column, own in words.items():
            for word in own:
                columns.setdefault(folded(word), set()).add(column)
        for word, found in columns.items():
            if word not in self._exact and len(found) == 1:
                self._exact[word] = dict.fromkeys(found, tier)

    def named(self, cell: str) -> tuple[Named, ...]:
        """The columns a header cell may name, the surest first; several where columns share a name."""
        return tuple(sorted(self._named(folded(cell)), key=lambda one: one.tier)) if cell.strip() else ()

    def _named(self, name: str) -> tuple[Named, ...]:
        if found := self._exact.get(name):
            return tuple(Named(column, tier) for column, tier in found.items())
        joined = name.replace("(", "").replace(")", "")
        if joined != name and (found := self._exact.get(joined)):
            return tuple(Named(column, max(tier, LIKE)) for column, tier in found.items())
        for plain, unit in self._without_hints(name):
            if found_inside := self._named(plain):
                return tuple(
                    Named(one.column, max(one.tier, LIKE), self._other_unit(one.column, unit)) for one in found_inside
                )
        found_by = self._by_two_names(name) or self._meant(name)
        return tuple(Named(column, max(tier, LIKE)) for column, tier in found_by.items())

    def _meant(self, name: str) -> dict[str, int]:
        """The column with a name of the same meaning, where only one has."""
        column = self._alike.get(alike(name))
        return {column: DERIVED} if column else {}

    def _without_hints(self, name: str) -> Iterator[tuple[str, str]]:
        """The name without a bracket that is a unit or a hint, or without a unit behind a slash or colon; with the unit."""
        if found := _IN_BRACKETS.fullmatch(name):
            plain, word = (found[1], found[2]) if found[1] else (found[4], found[3])
            word = _PER.sub("", word)
            if word in _UNIT_OF:
                yield plain, _UNIT_OF[word]
            elif not word or _HINT.fullmatch(word):
                yield plain, ""
        if (found := _UNIT_BEHIND.fullmatch(name)) and found[2] in _UNIT_OF:
            yield found[1], _UNIT_OF[found[2]]

    def _other_unit(self, column: str, unit: str) -> str:
        declared = self.units[column]
        return unit if unit and declared and unit != declared else ""

    def _by_two_names(self, name: str) -> dict[str, int]:
        """Columns of a cell with code and label, where one is known and the other speaks for no other column."""
        for found in (_IN_BRACKETS.fullmatch(name), _CODE_AND_LABEL.fullmatch(name)):
            first, second = [word for word in found.groups() if word is not None] if found else ("", "")
            if not (first and second):
                continue
            if _IS_CODE.fullmatch(first) is None and _IS_CODE.fullmatch(second) is None:
                continue
            one, other = (self._exact.get(word) or self._meant(word) for word in (first, second))
            if one and other:
                return {column: min(one[column], other[column]) for column in one if column in other}
            return one or other
        return {}
