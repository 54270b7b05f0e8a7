"""What one staging is about: a table of a delivery, what it speaks for, and by which rules its rows are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from pipelines.deliveries import places, sound, staging
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.readers.plain import Plain
from pipelines.deliveries.scope import Scope, scope_in
from pipelines.periods import Quarter
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable


@dataclass(frozen=True)
class Asked:
    """What is staged: rows of a table of a delivery that speaks for `units`, for its quarter and cut date, under its rules."""

    table: SourceTable
    delivery_id: str
    quarter: Quarter
    units: frozenset[str]
    cut_date: date
    rules: Sequence[Rule]

    @cached_property
    def scope(self) -> Scope:
        return scope_in(self.quarter, self.units)

    def select(self, files: Sequence[Reading], named: Path | None = None, in_order: bool = True) -> str:
        """Typed, marked rows of files, by file and line or as they are read; `named` is what `write_named` wrote."""
        make = staging.typed_select if in_order else staging.marked_select
        return make(self.table, files, self.delivery_id, self.scope, self.cut_date, self.rules, named)

    def sound_select(self, file: Reading, segment: Plain) -> str:
        """Lines of a plain segment, those typed that are sound."""
        return sound.sound_select(self.table, file, segment, self.delivery_id, self.scope, self.cut_date, self.rules)

    def write_named(self, path: Path, unplaced: Sequence[Sequence[str | None]]) -> int:
        """Write the codes of places that are told by name; how many are."""
        return places.write_named(path, unplaced, self.table.county, self.quarter.last_day, self.units)
