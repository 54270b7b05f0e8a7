"""What the name of a sheet or file says of all its rows: the county they belong to, a code such as 农村低保."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from pipelines.deliveries.places import Places, folded, meant, only
from pipelines.sources.base import CodeList, SourceTable

_FILLING = re.compile(r"[\d_\-.()]|年|季度?|月|花?名[单册]|明细|汇总|人员|情况|数据|[表户]")


def said_by(table: SourceTable, layout: str, titles: Sequence[str], day: date | None) -> dict[str, str]:
    """Staged column → cell text, for each column that a name may say and exactly one thing is said.

    `titles` are asked in order: the sheet's name, then the file's. `layout` names the family whose codes count.
    """
    by_county = [*table.named_by, table.county][0]
    columns = [column for column in table.columns if column.in_sheet_name or column.name == by_county]
    if not columns:
        return {}
    said: dict[str, str] = {}
    codes = table.codes_in(layout)
    places = Places.on(day)
    plain = [folded(title) for title in titles]
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


def _code(codes: CodeList, title: str, places: Places) -> str:
    words: dict[str, set[str]] = {}
    for word, code in (*((label, code) for code, label in codes.labels.items()), *codes.also.items()):
        words.setdefault(word, set()).add(code)
    return only(meant(words, title)) or only(_abbreviated(codes.labels, title, places))


def _abbreviated(labels: Mapping[str, str], title: str, places: Places) -> set[str]:
    """Codes whose label contains all that the title says beside place and time: 特困 for 农村特困."""
    for name in (*places.names, *places.short):
        title = title.replace(name, "")
    core = _FILLING.sub("", title)
    return {code for code, label in labels.items() if len(core) > 1 and core in label}
