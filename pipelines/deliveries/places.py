"""Places that are named in place of a code: which county, 功能区, town or village a name means.

Names are compared without what offices leave out or add: 县, 镇, 村民委员会, the province and city before it. What could
mean two places means none.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import regions
from pipelines.deliveries.reasons import Reason
from pipelines.regions.functional import functional_areas
from pipelines.settings import settings
from pipelines.sources.base import SourceTable

if TYPE_CHECKING:  # what reads a name of a sheet asks this module
    from pipelines.deliveries.readers import Reading

# 南昌 is no word for 南昌县 in 南昌市, 南昌高新区, 南昌经开区, 南昌工业园, 南昌新区.
_NOT_A_COUNTY = "县市区高经开工园风新"
_ENDINGS = {
    "town": re.compile(
        r"(?:人民政府|街道办事处|办事处|街道办|街道|[一-龥]族乡|镇|乡|管理委员会|管委会|管理处|综合垦殖场|垦殖场|林场|农场|场)+$"
    ),
    "village": re.compile(r"(?:村民委员会|居民委员会|社区居委会|村委会|居委会|家委会|村委|居委|社区|行政村|村|居)+$"),
}
_KINDS = ("村", "居", "社区", "镇", "街道", "乡", "场")  # 东山村 beside 东山居委会, 上栗镇 beside 上栗乡
WHOLE_PROVINCE = "360000"
_DIGITS = {"county_code": 6, "town_code": 9}  # of codes in columns that say so
# As the whole of a run of digits: 3607021 is no code of a county, nor is a code that lost a digit.
_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?:[0-9]{3}){0,2}(?![0-9])")
_GROUP = re.compile(r"第?[0-9一二三四五六七八九十]{1,3}(?:村民)?小?组$")


def folded(text: str) -> str:
    """A place's name without blanks and differences of width."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def meant(words: Mapping[str, set[str]], text: str, not_before: str = "") -> set[str]:
    """What the words that stand in the text mean; a word that is part of another one there means nothing."""
    found = [word for word in words if any(text[end : end + 1] not in (*not_before,) for end in _ends(word, text))]
    whole = [word for word in found if not any(word in other and word != other for other in found)]
    return {value for word in whole for value in words[word]}


def only(values: set[str]) -> str:
    """The one value; empty where there are several or none."""
    return next(iter(values)) if len(values) == 1 else ""


def _ends(word: str, text: str) -> Iterator[int]:
    word = unicodedata.normalize("NFKC", word).upper()
    at = text.find(word) if len(word) > 1 else -1
    while at >= 0:
        if not word.isdecimal() or _CODE.match(text, at):
            yield at + len(word)
        at = text.find(word, at + 1)


@dataclass(frozen=True)
class _Place:
    """A town or village: its folded name, the name without its kind, the kind in one word."""

    name: str
    core: str
    kind: str
    code: str
    level: str

    @classmethod
    def of(cls, name: str, code: str, level: str) -> _Place:
        """A name taken apart."""
        core = _ENDINGS[level].sub("", name)
        core = core if len(core) > 1 else name
        behind = name[len(core) :]
        return cls(name, core, next((kind for kind in _KINDS if kind in behind), ""), code, level)


@dataclass(frozen=True)
class Places:
    """Counties by code; every name of counties and 功能区 and the code it means; names without 县, 市, 区; what lies within."""

    counties: Mapping[str, str]
    names: Mapping[str, set[str]]
    short: Mapping[str, set[str]]
    day: date | None
    _asked: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def on(cls, day: date | None) -> Places:
        """The places of a day; where there is none, of any day."""
        return cls._read(day, settings().reference)

    @classmethod
    @lru_cache(maxsize=8)
    def _read(cls, day: date | None, reference: Path) -> Places:
        known = [d for d in regions.history() if day is None or d.is_valid(day)]
        counties = {d.region_code: d.name for d in known if d.level == "county"}
        cities = {d.name[:-1] for d in known if d.level == "city"}
        names: dict[str, set[str]] = {}
        for code, name in counties.items():
            names.setdefault(name, set()).add(code)
            names[code] = {code}
        for code, area in functional_areas(day or date.max, reference).items():
            for name in (area.name, *area.other_names):
                names.setdefault(name, set()).add(code)
        short: dict[str, set[str]] = {}
        for code, name in counties.items():
            if name[:-1] not in cities:
                short.setdefault(name[:-1], set()).add(code)
        return cls(counties, names, short, day)

    def county(self, text: str) -> str:
        """The code of the one county or 功能区 a folded text names."""
        if text not in self._asked:
            self._asked[text] = only(meant(self.names, text)) or only(meant(self.short, text, _NOT_A_COUNTY))
        return self._asked[text]

    def code(self, cells: Sequence[str | None], alone: str = "") -> str:
        """The code of the place that cells name from the largest to the smallest: the column of the code itself, then
        county, town and village as far as there are such columns; 12, 9 or 6 digits, empty where no county is named.

        `alone` is the county for which the delivery speaks where it speaks for one only.
        """
        own, county_text, town_text, village_text = (*(folded(cell or "") for cell in cells), "", "", "")[:4]
        county = self.county(county_text) or self.county(own)
        county = county or (town_text and only(meant(self.names, town_text))) or only(meant(self.names, village_text))
        county = county or ("" if own or county_text else alone)
        if county not in self.counties:  # a 功能区's towns are its counties'
            return county
        ahead = self._behind(county_text, county) or self._behind(own, county)
        towns = _within(self.day).get(county, ())
        town, rest = _the_one(towns, [town_text, self._behind(town_text, county)] if town_text else [ahead])
        texts = [village_text, self._behind(village_text, county)] if village_text else [rest]
        if not town:
            if town_text or ahead:
                return county
            town, rest = _the_one(towns, texts, begins=True)
            if not town:
                return only({code for one in towns if (code := self._village(one, texts))}) or county
            texts = [rest]
        here = next(one for one in towns if one.code == town)
        return self._village(here, texts) or town

    def _behind(self, text: str, county: str) -> str:
        """What stands behind a county's name; empty where the name is not there."""
        for name in (self.counties[county], self.counties[county][:-1]):
            if name in text:
                return text.rpartition(name)[2]
        return ""

    def _village(self, town: _Place, texts: Sequence[str]) -> str:
        behind = [text.rpartition(name)[2] for text in texts for name in (town.name, town.core) if name in text]
        plain = [_GROUP.sub("", text) for text in (*texts, *behind)]
        return _the_one(_within(self.day).get(town.code, ()), plain)[0]


@lru_cache(maxsize=8)
def _within(day: date | None) -> Mapping[str, Sequence[_Place]]:
    """County → its towns, town → its villages: looked up only where somebody names one."""
    found: dict[str, list[_Place]] = {}
    for d in regions.history():
        if d.level in ("town", "village") and (day is None or d.is_valid(day)):
            found.setdefault(d.parent_code, []).append(_Place.of(folded(d.name), d.region_code, d.level))
    return found


def _the_one(places: Sequence[_Place], texts: Sequence[str], begins: bool = False) -> tuple[str, str]:
    """The code of the one place that the first of the texts to name any names, and what stands behind it there.

    A text names a place by its name, by the same core and kind, by its core alone, or by beginning with it; `begins`
    asks for the last only.
    """
    texts = [text for text in texts if text]
    if places and not begins:
        asked = [_Place.of(text, "", places[0].level) for text in texts]
        for parts in (("name",), ("core", "kind"), ("core",)):
            part = attrgetter(*parts)
            for one in asked:
                if same := {place.code for place in places if part(place) == part(one)}:
                    return only(same), ""
    for text in texts:
        for names in ({p.name: p.code for p in places}, {p.core: p.code for p in places if len(p.core) > 1}):
            if name := max((name for name in names if text.startswith(name)), key=len, default=""):
                return names[name], text[len(name) :]
    return "", ""


def write_named(
    path: Path, asked: Iterable[Sequence[str | None]], column: str, day: date, units: frozenset[str]
) -> int:
    """Write what rows of cells mean as CSV: the cells, then the code for `column`; how many mean something.

    What no place of the day is called may be a former name. `units` are those the delivery speaks for.
    """
    now, ever, alone = Places.on(day), Places.on(None), only(set(units))
    found = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for cells in asked:
            if any(cells) and (code := now.code(cells, alone) or ever.code(cells)):
                writer.writerow([*(cell or "" for cell in cells), code[: _DIGITS.get(column, 12)]])
                found += 1
    return found


def says_place(table: SourceTable, file: Reading) -> bool:
    """Whether a file has a column of a place, or a name that says the county of its rows."""
    return not {table.county, *table.named_by}.isdisjoint({*file.header.positions, *file.said})


def placeless(table: SourceTable, files: Iterable[Reading], units: frozenset[str]) -> Iterator[Reason]:
    """A reason for each file that says no place in a delivery that speaks for several."""
    column = table.column(table.county)
    for file in files:
        if len(units) > 1 and table.needs_place and not says_place(table, file):
            yield Reason(
                "no_place",
                f"文件“{file.file_name}”没有一列说明各行属于哪个县(市、区)。",
                f"请补上“{column.header}”({column.zh})或县(市、区)名称一列;也可以按县分工作表或文件并写上县名,或按县分批报送。",
                f"'{file.file_name}' has no column that says in which county a row lies.",
                f"Add '{column.header}' ({column.en}) or the county's name; or name sheets or files after their county;"
                " or deliver each county by itself.",
            )
