"""One table of one quarter before it is split into files: text columns, who each row is, where it belongs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.draws import Array
from pipelines.sources.base import SourceTable


@dataclass
class Marks:
    """What was planted in each row: defect kind ('' none), the tier it leaves, whether the contract quarantines it."""

    kind: Array
    tier: Array
    quarantined: Array

    @classmethod
    def clean(cls, size: int) -> Marks:
        return cls(np.full(size, "", dtype="U24"), np.full(size, "T1", dtype="U5"), np.zeros(size, dtype=bool))


@dataclass
class Batch:
    """Columns by name, put in the declared order; `county` is the code the row is filed under.

    Optional columns may be missing, as in what offices really send.
    """

    table: SourceTable
    columns: dict[str, pa.Array]
    true_id: Array
    county: Array
    item: pa.Array | None = None  # what else makes the row one of several of a person: scheme, premium year and item
    marks: Marks = field(init=False)
    # family rows hold several people: (row, position, true_id, marks) instead of one id per row
    members: tuple[Array, Array, Array, Marks] | None = None
    stem: str = ""  # the file's name where it is not the table's usual one: a second file of one table
    layout: str = ""  # the family of headers the office writes; empty: the table's own

    def __post_init__(self) -> None:
        self.marks = Marks.clean(len(self.true_id))
        if self.item is None:
            self.item = pa.array([""]).take(pa.array(np.zeros(len(self.true_id), dtype=np.int64)))
        declared = self.table.columns
        faults = {c.name for c in declared if not c.optional} - self.columns.keys()
        faults |= self.columns.keys() - {c.name for c in declared}
        if faults:
            raise ValueError(f"{self.table.name}: columns missing or not declared: {', '.join(sorted(faults))}")
        self.columns = {c.name: self.columns[c.name] for c in declared if c.name in self.columns}

    def __len__(self) -> int:
        return len(self.true_id)

    def repeat(self, rows: Array) -> None:
        """Append copies of rows (positions)."""
        pick = pa.array(np.r_[np.arange(len(self)), rows])
        self.columns = {name: column.take(pick) for name, column in self.columns.items()}
        assert self.item is not None
        self.item = self.item.take(pick)
        whole = pick.to_numpy()
        self.true_id, self.county = self.true_id[whole], self.county[whole]
        self.marks = Marks(self.marks.kind[whole], self.marks.tier[whole], self.marks.quarantined[whole])

    def replace(self, name: str, rows: Array, values: list[str]) -> None:
        """Set the text of a column in some rows."""
        self.columns[name] = replaced(self.columns[name], rows, values)


def join(first: Batch, second: Batch) -> Batch:
    """Both batches' rows, of one table."""
    columns = {n: pa.concat_arrays([c, second.columns[n]]) for n, c in first.columns.items()}
    assert first.item is not None and second.item is not None
    return Batch(
        first.table,
        columns,
        np.r_[first.true_id, second.true_id],
        np.r_[first.county, second.county],
        pa.concat_arrays([first.item, second.item]),
    )


def replaced(column: pa.Array, rows: Array, values: list[str]) -> pa.Array:
    """The column with other text in the given rows (distinct positions)."""
    if not len(rows):
        return column
    order = np.argsort(rows, kind="stable")
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([values[i] for i in order], pa.string()))


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def coded(codes: list[str], which: Array) -> pa.Array:
    """Text by index into a short list."""
    return pa.array(codes).take(pa.array(np.asarray(which, dtype=np.int64)))


def digits(values: Array, width: int = 0, before: str = "") -> pa.Array:
    """Integers as text, zero-padded to a width, with text before."""
    text = pa.array(np.asarray(values, dtype=np.int64)).cast(pa.string())
    if width:
        text = pc.utf8_lpad(text, width, "0")
    return pc.binary_join_element_wise(before, text, "") if before else text


def yes_no(flags: Array, yes: str = "是", no: str = "否") -> pa.Array:
    return coded([no, yes], flags)


def dates(day: Array, form: str = "%Y-%m-%d", blank: Array | None = None) -> pa.Array:
    """Days since 1970 as text; blank where told."""
    day = np.asarray(day, dtype=np.int64)
    first, last = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    # One text per day of the span, not per row.
    span = pa.array(np.arange(first, last + 1, dtype=np.int32), pa.int32()).cast(pa.date32()).cast(pa.timestamp("s"))
    result = pc.strftime(span, format=form).take(pa.array(day - first))
    return result if blank is None else pc.if_else(pa.array(blank), "", result)


def empty_where(blank: Array, column: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(blank), "", column)
