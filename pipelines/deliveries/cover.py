"""The cover sheet of a template: who sends what, for when; its fields, how senders write them, what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines import regions
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.deliveries.scope import PROVINCE, areas, county_codes, scope_units
from pipelines.periods import Quarter
from pipelines.sources import SOURCES

COVER_SHEET = "比对封面"  # no other workbook has a sheet of this name: by it a template is known
_ALL = ("全省", "江西省", "36", PROVINCE)


@dataclass(frozen=True)
class Field:
    """One line of the cover; `hint` says how to fill it in."""

    name: str
    zh: str
    en: str
    hint: str
    hint_en: str
    required: bool = True


FIELDS = (
    Field("system", "报送系统", "system", "已填好,请勿改动", "filled in already, leave it"),
    Field("quarter", "所属季度", "quarter", "数据属于哪个季度,如 2018Q4", "the quarter of the data, such as 2018Q4"),
    Field(
        "scope",
        "报送范围",
        "scope",
        "全省、设区市、县(市、区)或功能区,从列表选一个;几个的用顿号隔开,写名称或代码均可",
        "the province, a city, counties or a 功能区; several with 、 between, names or codes",
    ),
    Field("cut_date", "数据截止日", "cut date", "数据反映哪一天的情况,如 2018-12-31", "such as 2018-12-31"),
    Field("sender", "报送单位", "sender", "报送单位全称", "who sends"),
    Field(
        "sequence",
        "报送序号",
        "sequence",
        "同一季度、同一范围第一次报送填 1,以后每次加 1,大者为准",
        "1 at first, one more each time: the highest counts",
    ),
    Field(
        "corrects",
        "更正批次",
        "corrects",
        "只在退回更正时填写被更正的批次名;重新报送整批数据时请留空",
        "only where single rows of a delivery are corrected: its name",
        required=False,
    ),
)


@dataclass(frozen=True)
class Cover:
    """A cover that was understood."""

    system: str
    quarter: Quarter
    scope: str | tuple[str, ...]
    cut_date: date
    sender: str
    sequence: int
    corrects: str = ""


def parse(values: Mapping[str, str]) -> Cover:
    """The cover from the texts of its fields. Refused with one reason per field that is empty or not understood."""
    read: dict[str, Any] = {}
    reasons = []
    for field in FIELDS:
        text = values.get(field.name, "").strip()
        if not text:
            if field.required:
                reasons.append(_missing(field))
            read[field.name] = ""
            continue
        try:
            read[field.name] = _READ[field.name](text)  # ValueError: not understood
        except ValueError:
            reasons.append(_wrong(field))
    if not reasons:
        scope, unknown = _scope(read["scope"], read["quarter"])
        if not unknown:
            return Cover(**read | {"scope": scope})
        reasons.append(_unknown_places(unknown))
    raise Refused(*reasons)


def _missing(field: Field) -> Reason:
    return Reason(
        "cover_missing",
        f"封面的“{field.zh}”没有填写。",
        f"请在工作表“{COVER_SHEET}”的“{field.zh}”一行填写:{field.hint}。",
        f"The cover's '{field.zh}' ({field.en}) is empty.",
        f"Fill it in on the sheet '{COVER_SHEET}': {field.hint_en}.",
    )


def _wrong(field: Field) -> Reason:
    return Reason(
        "cover_value",
        f"封面的“{field.zh}”填写的内容看不懂。",
        f"请在工作表“{COVER_SHEET}”改正:{field.hint}。",
        f"The cover's '{field.zh}' ({field.en}) is not understood.",
        f"Correct it on the sheet '{COVER_SHEET}': {field.hint_en}.",
    )


def _unknown_places(unknown: tuple[str, ...]) -> Reason:
    shown = [word[:20] for word in unknown[:10]]
    return Reason(
        "cover_value",
        f"封面的“报送范围”中有不认识的地方:{'、'.join(shown)}。",
        "请写该季度有效的设区市、县(市、区)或功能区的名称或代码,几个的用顿号隔开;全省写“全省”。",
        f"The cover's scope names unknown places: {', '.join(shown)}.",
        "Write names or codes of cities, counties or 功能区 valid in the quarter, or 全省 for the province.",
    )


def system_label(system: str) -> str:
    """How the cover names a system."""
    return f"{system} {SOURCES[system].zh}"


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _system(text: str) -> str:
    names = {source.zh: name for name, source in SOURCES.items()} | {name: name for name in SOURCES}
    for word in (text, *text.split()):
        if word in names:
            return names[word]
    raise ValueError(text)


_QUARTER = re.compile(r"(\d{4})\s*(?:年\s*第?|[-/.]?\s*Q|[-/.])\s*([1-4一二三四])\s*季?度?", re.IGNORECASE)


def _quarter(text: str) -> Quarter:
    found = _QUARTER.fullmatch(_narrow(text))
    if found is None:
        raise ValueError(text)
    return Quarter(int(found[1]), "一二三四".find(found[2]) + 1 or int(found[2]))


_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T][\d:.]+)?")


def _day(text: str) -> date:
    found = _DAY.fullmatch(_narrow(text))
    if found is None:
        raise ValueError(text)
    return date(int(found[1]), int(found[2]), int(found[3]))


def _sequence(text: str) -> int:
    if not 1 <= int(text) <= 999_999_999:
        raise ValueError(text)
    return int(text)


def _words(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest or any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise ValueError(text)
        return text

    return read


_READ: Mapping[str, Callable[[str], Any]] = {
    "system": _system,
    "quarter": _quarter,
    "scope": str,
    "cut_date": _day,
    "sender": _words(200),
    "sequence": _sequence,
    "corrects": _words(50),
}


def places(quarter: Quarter) -> tuple[str, ...]:
    """Every place a cover may name in a quarter, as its drop-down shows it: code and name."""
    cities = {d.region_code: d.name for d in regions.divisions(quarter.last_day, "city")}
    counties = {d.region_code: d.name for d in regions.divisions(quarter.last_day, "county")}
    named = cities | counties | {code: area.name for code, area in areas(quarter).items()}
    return (_ALL[0], *(f"{code} {named[code]}" for code in sorted(named)))


def scope_text(units: frozenset[str], quarter: Quarter) -> str:
    """A scope as the cover writes it, whole cities as such."""
    if units == scope_units(PROVINCE, quarter)[0]:
        return _ALL[0]
    words, left = [], set(units)
    for city in regions.divisions(quarter.last_day, "city"):
        counties = {code for code in county_codes(quarter) if code.startswith(city.region_code)}
        if counties <= left and len(counties) > 1:
            words.append(f"{city.region_code} {city.name}")
            left -= counties
    names = {place.split(" ", 1)[0]: place for place in places(quarter)}
    return "、".join([*words, *(names.get(code, code) for code in sorted(left))])


def _scope(text: str, quarter: Quarter) -> tuple[str | tuple[str, ...], tuple[str, ...]]:
    """'province' or the codes of the places a text names, and the words that name none."""
    known = {name: code for code, _, name in (place.partition(" ") for place in places(quarter)) if name}
    units: set[str] = set()
    unknown: list[str] = []
    plain = re.sub(r"\([^()]*\)|(?<=\d)(?=[一-龥])", " ", _narrow(text))
    for word in re.split(r"[、,;\s]+", plain.strip("、,; \n")):
        if word in _ALL:
            return PROVINCE, ()
        code = known.get(word, word)
        inside = {county for county in county_codes(quarter) if len(code) == 4 and county.startswith(code)}
        found, missing = scope_units(sorted(inside) or [code], quarter)
        units |= found
        unknown += missing
    return tuple(sorted(units)), tuple(dict.fromkeys(unknown))
