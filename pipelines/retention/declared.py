"""The periods of retention.toml, with an installation's own days."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import ContractBreach
from pipelines.settings import settings

FILE = Path(__file__).with_name("retention.toml")


class Period(BaseModel):
    """How long one kind of data is kept after nobody needs it; None: for good. `is_only_told`: somebody else removes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    days: int | None = Field(default=None, ge=1)
    at_least: int = 1
    reason: str
    clause: str
    certainty: str
    is_only_told: bool = False

    @model_validator(mode="after")
    def _is_long_enough(self) -> Period:
        if self.days is not None and self.days < self.at_least:
            raise ValueError(f"days must be {self.at_least} at least: {self.clause}")
        return self

    @property
    def length(self) -> timedelta:
        """The period of what is not kept for good."""
        assert self.days is not None
        return timedelta(days=self.days)


def declared() -> Mapping[str, Period]:
    """Every kind of data by its name. ContractBreach where an installation's own file is wrong."""
    kinds: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    file = settings().reference / FILE.name
    try:
        own = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractBreach(f"{FILE.name}: {error}") from None
    found = {}
    for kind in kinds | own:
        said = own.get(kind, {})
        is_settable = kind in kinds and "days" in kinds[kind] and isinstance(said, dict) and set(said) == {"days"}
        if kind in own and not is_settable:
            raise ContractBreach(f"{FILE.name}, {kind}: only `days` of what has days can be set")
        try:
            found[kind] = Period(**{**kinds[kind], **said})
        except ValidationError as error:
            raise ContractBreach(f"{FILE.name}, {kind}: {error.errors()[0]['msg']}") from None
    return found
