"""What the name of a sheet or file says of all its rows: the county they belong to, a code such as 农村低保."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines import regions
from pipelines.regions.functional import functional_areas
from pipelines.settings import settings
from pipelines.sources.base import CodeList, SourceTable

_ENDINGS = "县市区"
# 南昌 is no word for 南昌县 in 南昌市, 南昌高新区, 南昌经开区, 南昌工业园, 南昌新区.
_NOT_A_COUNTY = "县市区高经开工园风新"
_FILLING = re.compile(r"[\d_\-.()]|年|季度?|月|花?名[单册]|明细|汇总|人员|情况|数据|[表户]")


def said_by(table: SourceTable, layout: str, titles: Sequence[str], day: date | None) -> dict[str, str]:
    """Staged column → cell text, for each column that a name may say and exactly one thing is said.

    `titles` are asked in order: the sheet's name, then the file's. `layout` names the family whose codes count.
    """
    columns = [column for column in table.columns if column.in_sheet_name]
    if not columns:
        return {}
    said: dict[str, str] = {}
    codes = table.codes_in(layout)
    places = _Places.on(day)
    plain = ["".join(unicodedata.normalize("NFKC", title).split()).upper() for title in titles]
    for column in columns:
        for title in plain:
            if column.name in codes:
                text = _code(codes[column.name], title, places)
            elif column.name in (table.county, *table.named_by[:1]):
                code = places.county(title)
                text = code if column.name == table.county else places.counties.get(code[:6], "")
            else:
                text = ""
            if text:
                said[column.name] = text
                break
    return said


@dataclass(frozen=True)
class _Places:
    """Counties by code; every name of counties and 功能区 and the code it means; names without 县, 市, 区."""

    counties: Mapping[str, str]
    names: Mapping[str, set[str]]
    short: Mapping[str, set[str]]

    @classmethod
    def on(cls, day: date | None) -> _Places:
        """The places of a day; where there is none, of any day."""
        known = [d for d in regions.history() if day is None or d.is_valid(day)]
        counties = {d.region_code: d.name for d in known if d.level == "county"}
        cities = {d.name.rstrip(_ENDINGS) for d in known if d.level == "city"}
        names: dict[str, set[str]] = {}
        for code, name in counties.items():
            names.setdefault(name, set()).add(code)
            names[code] = {code}
        for code, area in functional_areas(day or date.max, settings().reference).items():
            for name in (area.name, *area.other_names):
                names.setdefault(name, set()).add(code)
        short = {name.rstrip(_ENDINGS): {code} for code, name in counties.items()}
        return cls(counties, names, {name: codes for name, codes in short.items() if name not in cities})

    def county(self, title: str) -> str:
        """The code of the one county or 功能区 a title names."""
        return _one(_meant(self.names, title)) or _one(_meant(self.short, title, _NOT_A_COUNTY))


def _code(codes: CodeList, title: str, places: _Places) -> str:
    words: dict[str, set[str]] = {}
    for word, code in (*((label, code) for code, label in codes.labels.items()), *codes.also.items()):
        words.setdefault(word, set()).add(code)
    return _one(_meant(words, title)) or _one(_abbreviated(codes.labels, title, places))


def _meant(words: Mapping[str, set[str]], title: str, not_before: str = "") -> set[str]:
    """What the words that stand in the title mean; a word that is part of another one there means nothing."""
    found = [word for word in words if any(title[end : end + 1] not in (*not_before,) for end in _ends(word, title))]
    whole = [word for word in found if not any(word in other and word != other for other in found)]
    return {value for word in whole for value in words[word]}


def _ends(word: str, title: str) -> Iterator[int]:
    word = unicodedata.normalize("NFKC", word).upper()
    at = title.find(word) if len(word) > 1 else -1
    while at >= 0:
        yield at + len(word)
        at = title.find(word, at + 1)


def _abbreviated(labels: Mapping[str, str], title: str, places: _Places) -> set[str]:
    """Codes whose label contains all that the title says beside place and time: 特困 for 农村特困."""
    for name in (*places.names, *places.short):
        title = title.replace(name, "")
    core = _FILLING.sub("", title)
    return {code for code, label in labels.items() if len(core) > 1 and core in label}


def _one(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""
