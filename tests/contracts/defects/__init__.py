"""One module per system: for each table, the defect (changed cells of a clean row) that only one rule may notice.

`OWN` holds entity → rule id → cells. `TABLE`, where a module has it, holds entity → id of a table rule → rows of cells.
`CLEAN`, where a module has it, holds entity → cells of a clean row that differ from what `clean_row` would make of the
column's type; `{name}` in a cell stands for that column of the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType

from pipelines.sources.base import SourceTable


@cache
def _module(system: str) -> ModuleType:
    return import_module(f"tests.contracts.defects.{system}")


def own_defect(table: SourceTable, rule_id: str) -> Mapping[str, str] | None:
    """The cells that break one rule of a table and no other; None where the rule is no table's own."""
    cells: Mapping[str, str] | None = _module(table.source).OWN.get(table.entity, {}).get(rule_id)
    return cells


def own_table_defect(table: SourceTable, rule_id: str) -> Sequence[Mapping[str, str]]:
    """Rows, each as the cells in which it differs from a clean one, that break one rule on the table as a whole."""
    rows: Sequence[Mapping[str, str]] = (
        getattr(_module(table.source), "TABLE", {}).get(table.entity, {}).get(rule_id, ())
    )
    return rows


def clean_cells(table: SourceTable) -> Mapping[str, str]:
    """Cells of a clean row that a column's type alone does not tell."""
    cells: Mapping[str, str] = getattr(_module(table.source), "CLEAN", {}).get(table.entity, {})
    return cells
