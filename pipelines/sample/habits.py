"""How an office happens to send a table this time: form, headers, spellings. It never changes what the rows say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import Quarter
from pipelines.sample.draws import Array, Draws
from pipelines.sources.base import Column, SourceTable, Type

FILE = Path(__file__).with_name("habits.toml")
DATE_FORMS = ("plain", "compact", "slashes", "dots", "chinese", "serial", "time")
FLAG_FORMS = (("是", "否"), ("1", "0"), ("Y", "N"), ("√", "×"))
_DAY = r"^(?P<y>[0-9]{4})-?(?P<m>[0-9]{2})-?(?P<d>[0-9]{2})$"
_MONTH = r"^(?P<y>(19|20)[0-9]{2})(?P<m>[0-9]{2})$"
_EPOCH_SERIAL = 25569  # days from a spreadsheet's day 0 to 1970-01-01


@dataclass(frozen=True)
class Habit:
    """One table of one office in one quarter; everything off is the declared way."""

    form: str = ""  # utf16, tab, bar, zip, parquet, sheets; '' as declared
    alias: bool = False
    drift: int = 0  # seed of another order of columns
    extra: bool = False
    merged_title: bool = False
    hidden: bool = False
    extra_footer: bool = False
    dates: str = ""
    flags: int = -1
    labels: bool = False
    amounts: bool = False
    apostrophe: bool = False
    names: bool = False


AS_DECLARED = Habit()


@lru_cache(maxsize=4)
def _rates(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def habit(table: SourceTable, scope: str, quarter: Quarter, draws: Draws, factor: float = 1.0) -> Habit:
    """The habit drawn for a table, an office and a quarter; `factor` 0 is the declared way."""
    rates = _rates(FILE)
    one = np.array([0])

    def chance(*labels: str) -> float:
        return float(draws(one, "habit", table.name, scope, quarter, *labels)[0])

    def has(part: str, name: str) -> bool:
        return bool(chance(part, name) < rates[part][name] * factor)

    forms = rates["form_plain" if table.source in rates["plain"] else "form"]
    drawn, form = chance("form"), ""
    for name, rate in forms.items():
        drawn -= rate * factor
        if drawn < 0:
            form = name
            break
    is_plain = table.source in rates["plain"]
    spells = {name: not is_plain and has("cells", name) for name in rates["cells"]}
    return Habit(
        form=form,
        alias=has("header", "alias"),
        drift=1 + int(chance("drift", "order") * 1e6) if has("header", "drift") else 0,
        extra=has("header", "extra"),
        merged_title=has("header", "merged_title"),
        hidden=has("header", "hidden"),
        extra_footer=has("header", "extra_footer"),
        dates=DATE_FORMS[int(chance("dates", "form") * len(DATE_FORMS))] if spells["dates"] else "",
        flags=int(chance("flags", "form") * len(FLAG_FORMS)) if spells["flags"] else -1,
        labels=spells["labels"],
        amounts=spells["amounts"],
        apostrophe=spells["apostrophe"],
        names=table.source != "poverty_register" and table.county not in table.key and has("place", "names"),
    )


def told_by_name(table: SourceTable, columns: Mapping[str, pa.Array], county: Array) -> dict[str, pa.Array]:
    """The columns without the code of the place where its names say the same; `county` is where each row belongs."""
    if not set(table.named_by) <= columns.keys() or not table.named_by:
        return dict(columns)
    codes = columns[table.county]
    says = pc.equal(pc.utf8_slice_codeunits(codes, 0, 6), pa.array(county.astype("U6")))
    for name in table.named_by[: {6: 1, 9: 2}.get(max(pc.max(pc.utf8_length(codes)).as_py() or 0, 6), 3)]:
        says = pc.and_(says, pc.greater(pc.utf8_length(columns[name]), 0))
    return {**columns, table.county: pc.if_else(pc.fill_null(says, False), "", codes)}


def spelled(column: Column, values: pa.Array, habit: Habit) -> pa.Array:
    """The column's cells as the office spells them; what has another shape than the usual one stays."""
    match column.type:
        case Type.DATE if habit.dates:
            return _dates(values, habit.dates)
        case Type.MONTH if habit.dates in ("chinese", "slashes", "dots", "plain"):
            mark = {"chinese": "年", "slashes": "/", "dots": ".", "plain": "-"}[habit.dates]
            end = "月" if habit.dates == "chinese" else ""
            return pc.replace_substring_regex(values, _MONTH, rf"\1{mark}\3{end}")
        case Type.FLAG if habit.flags >= 0:
            yes, no = FLAG_FORMS[habit.flags]
            return _mapped(values, {"是": yes, "1": yes, "否": no, "0": no})
        case Type.CODE if habit.labels and column.codes is not None:
            labels = column.codes.labels
            return _mapped(values, dict(labels)) if len(set(labels.values())) == len(labels) else values
        case Type.AMOUNT if habit.amounts:
            whole = pc.replace_substring_regex(values, r"^([0-9]{1,3})([0-9]{3})((?:\.[0-9]+)?)$", r"\1,\2\3")
            return pc.replace_substring_regex(whole, r"^([0-9,]+(?:\.[0-9]+)?)$", r"\1元")
        case Type.ID_NUMBER if habit.apostrophe:
            return pc.replace_substring_regex(values, r"^([0-9])", r"'\1")
    return values


def _mapped(values: pa.Array, words: dict[str, str]) -> pa.Array:
    plain = values.cast(pa.string())
    at = pc.index_in(plain, pa.array(list(words)))
    return pc.coalesce(pa.array(list(words.values())).take(at), plain)


def _dates(values: pa.Array, form: str) -> pa.Array:
    parts = pc.extract_regex(values, _DAY)
    year, month, day = (pc.struct_field(parts, name) for name in ("y", "m", "d"))
    bare = [pc.utf8_ltrim(part, "0") for part in (month, day)]
    match form:
        case "plain":
            text = pc.binary_join_element_wise(year, month, day, "-")
        case "compact":
            text = pc.binary_join_element_wise(year, month, day, "")
        case "slashes":
            text = pc.binary_join_element_wise(year, *bare, "/")
        case "dots":
            text = pc.binary_join_element_wise(year, month, day, ".")
        case "chinese":
            text = pc.binary_join_element_wise(pc.binary_join_element_wise(year, *bare, "\x1f"), pa.scalar(""), "")
            text = pc.replace_substring_regex(text, "^([0-9]+)\x1f([0-9]*)\x1f([0-9]*)$", r"\1年\2月\3日")
        case "serial":
            return pc.coalesce(_serials(year, month, day), values)
        case _:
            text = pc.binary_join_element_wise(pc.binary_join_element_wise(year, month, day, "-"), "00:00:00", " ")
    return pc.coalesce(text, values)


def _serials(year: pa.Array, month: pa.Array, day: pa.Array) -> pa.Array:
    """Spreadsheet day numbers of the dates that exist; NULL for the others."""
    iso = pc.binary_join_element_wise(year, month, day, "-")
    stamps = pc.strptime(iso, format="%Y-%m-%d", unit="s", error_is_null=True)
    # strptime takes the 30th of February for the 1st or 2nd of March.
    exists = pc.equal(pc.strftime(stamps, format="%Y-%m-%d"), iso)
    numbers = pc.add(stamps.cast(pa.date32()).cast(pa.int32()), _EPOCH_SERIAL)
    fits = pc.and_(exists, pc.and_(pc.greater(numbers, 20000), pc.less(numbers, 60000)))
    return pc.if_else(pc.fill_null(fits, False), numbers.cast(pa.string()), pa.scalar(None, pa.string()))
