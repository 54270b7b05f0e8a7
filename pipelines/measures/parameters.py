"""Policy parameters by region and validity, with their version. Source: domain.md §5.4 to §6.7.

The values are in `parameters.toml`; an installation sets its own in a file of that name in its reference folder.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines import regions
from pipelines.errors import ContractBreach
from pipelines.periods import Quarter
from pipelines.settings import settings

FILE = Path(__file__).with_name("parameters.toml")
PROVINCE = "36"
Value = bool | int | Decimal | date | str
Kind = Literal["integer", "boolean", "rate", "amount", "date", "month_day"]
T = TypeVar("T")

_TYPES: Mapping[str, type] = {
    "integer": int, "boolean": bool, "rate": Decimal, "amount": Decimal, "date": date, "month_day": str,
}  # fmt: skip


class Entry(BaseModel):
    """What holds in one region from `since` until `until`, both inside; None where open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str = PROVINCE
    value: Value
    since: date | None = None
    until: date | None = None

    @field_validator("region")
    @classmethod
    def _is_known(cls, region: str) -> str:
        known = {d.region_code for d in regions.history() if d.level in ("province", "city", "county")}
        if region not in known:
            raise ValueError(f"{region} is no province, city or county of 2018–2020")
        return region

    @field_validator("since", "until", mode="before")
    @classmethod
    def _as_day(cls, value: object, info: Any) -> object:
        if not isinstance(value, str):
            return value
        quarter = Quarter.parse(value)
        return quarter.first_day if info.field_name == "since" else quarter.last_day

    @model_validator(mode="after")
    def _has_days(self) -> Entry:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"it ends on {self.until} before it begins")
        return self

    def holds(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class Parameter(BaseModel):
    """One parameter: what it means, who says so how surely (S, H, M, L, D), and what holds where and when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    unit: str
    kind: Kind
    by: Literal["county", "province"]
    source: str
    certainty: Literal["S", "H", "M", "L", "D"]
    value: Value | None = None
    entries: tuple[Entry, ...] = ()
    is_total: bool = False
    used_for: tuple[str, ...] = Field(default=(), alias="for")

    @model_validator(mode="after")
    def _is_sound(self) -> Parameter:
        given = [value for value in (self.value, *(entry.value for entry in self.entries)) if value is not None]
        for value in given:
            # Whole numbers are amounts too; True is no number.
            types = (_TYPES[self.kind], int) if self.kind in ("rate", "amount") else (_TYPES[self.kind],)
            if type(value) not in types:
                raise ValueError(f"{value} is no {self.kind}")
            if self.kind == "rate" and not 0 <= Decimal(str(value)) <= 1:
                raise ValueError(f"{value} is no rate from 0 to 1")
            if self.kind == "month_day":
                date.fromisoformat(f"2019-{value}")
        for one, other in combinations(self.entries, 2):
            both_from = max(one.since or date.min, other.since or date.min)
            if one.region == other.region and one.holds(both_from) and other.holds(both_from):
                raise ValueError(f"two values for {one.region} at once")
        return self

    def resolved(self, on: date, region: str = PROVINCE) -> Value | None:
        """What holds in a region on a day: its own, else that of the region around it; None where nobody has said."""
        around = [] if self.is_total else [region[:digits] for digits in (4, 2) if digits < len(region)]
        for place in (region, *_former(region, on), *around):
            for entry in self.entries:
                if entry.region == place and entry.holds(on):
                    return self._typed(entry.value)
        return None if self.is_total and region != PROVINCE else self._typed(self.value)

    def _typed(self, value: Value | None) -> Value | None:
        is_number = self.kind in ("rate", "amount") and isinstance(value, int)
        return Decimal(value) if is_number and isinstance(value, int) else value


@lru_cache(maxsize=1)
def _renamed() -> Mapping[str, Sequence[tuple[str, date]]]:
    """County code → the codes under which the same county stood before, each with the day of the change."""
    began = {d.region_code: d.valid_from for d in regions.history() if d.level == "county"}
    found: dict[str, list[tuple[str, date]]] = {}
    for old, (new, day) in regions.successions().items():
        if old in began and day == began.get(new):
            found.setdefault(new, []).append((old, day))
    return found


def _former(county: str, on: date) -> list[str]:
    """Codes under which a renamed county stood before: what was set for it holds on. A county merged away leaves nothing."""
    return [old for old, day in _renamed().get(county, ()) if day <= on]


class Parameters:
    """The parameters of this installation: those of the product, with what its own file sets otherwise.

    `kept` is the text of that file as it was; without it the file counts as it lies now.
    """

    def __init__(self, kept: str | None = None) -> None:
        self._kept = kept

    @property
    def own(self) -> str:
        """The text of the installation's own file, empty where it has none."""
        file = settings().reference / FILE.name
        if self._kept is not None:
            return self._kept
        try:
            return file.read_text(encoding="utf-8") if file.is_file() else ""
        except UnicodeDecodeError as error:
            raise ContractBreach(f"{FILE.name} is not UTF-8: {error}") from error

    @property
    def declared(self) -> Mapping[str, Parameter]:
        """Every parameter by name. ContractBreach, naming the entry, where the installation's own file cannot be read so."""
        return _declared(self.own)

    @property
    def version(self) -> str:
        """Changes whenever a value changes anywhere, so that quarters become due; words do not matter."""
        values = {
            name: parameter.model_dump(mode="json", include={"kind", "by", "value", "entries", "is_total"})
            for name, parameter in self.declared.items()
        }
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]

    def value(self, name: str, kind: type[T], quarter: Quarter, region: str = PROVINCE) -> T | None:
        """One parameter in a region on the quarter's last day; None where nobody has said. TypeError for another kind."""
        found = self.declared[name].resolved(quarter.last_day, region)
        if found is not None and type(found) is not kind:
            raise TypeError(f"{name} is {type(found).__name__}, not {kind.__name__}")
        return found

    def of(self, quarter: Quarter) -> dict[str, object]:
        """What the SQL files may ask for in a quarter: the province's values, and the quarter's own days and terms."""
        autumn = quarter.number in (4, 1)
        year = quarter.year - 1 if quarter.number < 4 else quarter.year
        return {
            **{name: self._of(name, quarter) for name, one in self.declared.items() if one.by == "province"},
            "quarter": quarter.key,
            "first_day": quarter.first_day,
            "last_day": quarter.last_day,
            "first_day_of_year": Quarter(quarter.year, 1).first_day,
            "plan_year": quarter.year,
            "premium_year": quarter.year,
            # The autumn term is paid in the fourth and first quarter, the spring term in the second and third.
            "school_year": f"{year}-{year + 1}",
            "term_code": "1" if autumn else "2",
            "term_start": date(year, 9, 1) if autumn else date(quarter.year, 3, 1),
            "next_term_start": date(year + 1, 3, 1) if autumn else date(quarter.year, 9, 1),
        }

    def _of(self, name: str, quarter: Quarter) -> Value | None:
        found, kind = self.declared[name].resolved(quarter.last_day), self.declared[name].kind
        return date.fromisoformat(f"{quarter.year + 1}-{found}") if found and kind == "month_day" else found

    def totals(self, name: str, quarter: Quarter) -> Mapping[str, int]:
        """A number to reach, by the regions that have one of their own: the province, cities, counties in force."""
        places = [
            PROVINCE,
            *(d.region_code for level in ("city", "county") for d in regions.divisions(quarter.last_day, level)),
        ]
        found = {place: self.value(name, int, quarter, place) for place in places}
        return {place: target for place, target in found.items() if target is not None}

    def by_county(self, quarter: Quarter) -> Mapping[str, Sequence[Value | None]]:
        """Columns of core_parameter: the province, for whom no county in force is known, and every county in force."""
        counties = [division.region_code for division in regions.divisions(quarter.last_day, "county")]
        places = [PROVINCE, *counties]
        resolved = {
            name: [one.resolved(quarter.last_day, place) for place in places]
            for name, one in self.declared.items()
            if one.by == "county"
        }
        return {"region_code": places, **resolved}


def of_product() -> Mapping[str, Parameter]:
    """The parameters as the product brings them, whatever an installation sets."""
    return _declared("")


@lru_cache(maxsize=4)
def _declared(own: str) -> Mapping[str, Parameter]:
    """The product's parameters with what the text `own` sets otherwise."""
    words = _read(FILE.read_text(encoding="utf-8"))
    for name, table in _read(own).items():
        if name not in words:
            raise ContractBreach(f"{FILE.name}: there is no parameter {name}; there are {', '.join(sorted(words))}")
        fixed = sorted(set(table) - {"value", "entries", "source", "certainty"})
        if fixed:
            raise ContractBreach(f"{FILE.name}, {name}: {', '.join(fixed)} cannot be set")
        words[name] = {**words[name], **table}
    made = {}
    for name, table in words.items():
        try:
            made[name] = Parameter.model_validate(table)
        except ValidationError as error:
            said = "; ".join(f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
            raise ContractBreach(f"{FILE.name}, {name}: {said}") from error
    return made


def _read(text: str) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ContractBreach(f"{FILE.name} cannot be read: {error}") from error


PARAMETERS = Parameters()


def planned(inputs: Mapping[str, Any]) -> Parameters:
    """The parameters with which a release was planned, from its inputs: what is changed later is not theirs."""
    return Parameters(inputs["own_parameters"]) if "own_parameters" in inputs else PARAMETERS
