"""However an office spells and packs its cells, the values read from them are the same."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipelines.deliveries.cells import reading, trimmed
from pipelines.periods import Quarter
from pipelines.sample.draws import Draws
from pipelines.sample.habits import AS_DECLARED, DATE_FORMS, FLAG_FORMS, Habit, habit, spelled, told_by_name
from pipelines.sources import STAGED
from pipelines.sources.base import Column, Type

CELLS = {
    Type.DATE: ["2018-09-30", "20180930", "", "2018-02-30", "1999-12-01", "9999-12-31", "1931-01-05", "20181301"],
    Type.MONTH: ["201809", "999912", "201513", "", "200101"],
    Type.FLAG: ["是", "否", "1", "0", "", "或"],
    Type.AMOUNT: ["3000.00", "12.5", "0", "1234567", "-3", "", "甲"],
    Type.ID_NUMBER: ["360702198001010012", "", "36070219800101001x"],
}


def _read(column: Column, cells: pa.Array) -> list[object]:
    table = pa.table({"cell": cells})
    with duckdb.connect() as connection:
        connection.register("cells", table)
        rows = connection.execute(f"SELECT {reading(column, trimmed('cell'))} FROM cells").fetchall()
    return [row[0] for row in rows]


def _habits(kind: Type) -> list[Habit]:
    match kind:
        case Type.DATE | Type.MONTH:
            return [Habit(dates=form) for form in DATE_FORMS]
        case Type.FLAG:
            return [Habit(flags=form) for form in range(len(FLAG_FORMS))]
        case Type.AMOUNT:
            return [Habit(amounts=True)]
    return [Habit(apostrophe=True)]


@pytest.mark.parametrize(("kind", "how"), [(kind, how) for kind in CELLS for how in _habits(kind)], ids=str)
def test_another_spelling_reads_as_the_same_value(kind: Type, how: Habit) -> None:
    column = Column("id_number" if kind is Type.ID_NUMBER else "c", "列", kind, "列", "column")
    usual = pa.array(CELLS[kind])
    assert _read(column, spelled(column, usual, how)) == _read(column, usual)


def test_every_label_reads_as_its_code() -> None:
    for table in STAGED.values():
        for column in table.columns:
            if column.codes is not None and len(set(column.codes.labels.values())) == len(column.codes.labels):
                codes = pa.array(column.codes.codes)
                assert _read(column, spelled(column, codes, Habit(labels=True))) == list(column.codes.codes), (
                    column.name
                )


def test_spellings_differ_where_they_should() -> None:
    column = Column("c", "列", Type.DATE, "列", "column")
    forms = {form: spelled(column, pa.array(["2018-09-03"]), Habit(dates=form))[0].as_py() for form in DATE_FORMS}
    assert forms == {
        "plain": "2018-09-03", "compact": "20180903", "slashes": "2018/9/3", "dots": "2018.09.03",
        "chinese": "2018年9月3日", "serial": "43346", "time": "2018-09-03 00:00:00",
    }  # fmt: skip


def test_habits_are_drawn_at_their_rates_and_are_the_same_again() -> None:
    draws, table = Draws(7), STAGED["staged_civil_affairs__family"]
    drawn = [habit(table, f"36{n:04}", Quarter(2018, 4), draws) for n in range(2000)]
    assert drawn == [habit(table, f"36{n:04}", Quarter(2018, 4), Draws(7)) for n in range(2000)]
    assert 60 <= sum(h.form == "zip" for h in drawn) <= 190
    assert np.mean([bool(h.dates) for h in drawn]) == pytest.approx(0.35, abs=0.05)
    assert {habit(table, f"36{n:04}", Quarter(2018, 4), draws, 0.0) for n in range(200)} == {AS_DECLARED}


def test_only_a_code_that_the_names_tell_is_left_out() -> None:
    table = STAGED["staged_deaths__death"]
    columns = {
        "hukou_code": pa.array(["360731105200", "360102", "360731", "360731105200"]),
        "county_name": pa.array(["于都县", "于都县", "于都县", "于都县"]),
        "town_name": pa.array(["梓山镇", "梓山镇", "", "梓山镇"]),
        "village_name": pa.array(["潭头村", "潭头村", "", "潭头村"]),
    }
    told = told_by_name(table, columns, np.full(4, 360731))
    assert told["hukou_code"].to_pylist() == ["", "360102", "360731", ""]
    assert told_by_name(table, {"hukou_code": columns["hukou_code"]}, np.full(4, 360731)) == {
        "hukou_code": columns["hukou_code"]
    }
