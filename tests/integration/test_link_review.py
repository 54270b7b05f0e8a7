"""Suggested links go out to an office in a workbook and come back as decisions that outlive every run."""

from __future__ import annotations

from pathlib import Path

import pyarrow.dataset as ds
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.errors import ContractBreach
from pipelines.identity import review
from pipelines.identity.decisions import MUST_LINK, NEVER_LINK
from pipelines.periods import Quarter
from pipelines.runner import run_all
from pipelines.sample import make_province
from pipelines.sample.run import deliver_sample, outbox
from pipelines.settings import settings
from pipelines.warehouse import schema

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
QUARTER = Quarter(2018, 3)
SYSTEMS = (
    "poverty_register", "civil_affairs", "employment_platform", "technical_school", "yulu", "social_insurance",
    "medical_insurance",
)  # fmt: skip


def _links(release: int) -> dict[tuple[str, str], tuple[str, str | None, str | None]]:
    folder = settings().lake / f"core/core_link/quarter={QUARTER}/release={release}"
    rows = ds.dataset(str(folder), format="parquet").to_table().to_pylist()
    return {
        (r["system"], r["record_number"]): (r["tier"], r["decision"], r["cluster"])
        for r in rows
        if r["entity"] == "record"
    }


def _filled(path: Path, answers: dict[int, tuple[str, str]]) -> Path:
    """The workbook with the answers of some of its lines, counted from 0."""
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(review.TITLE).to_python(skip_empty_area=False)
    filled = path.with_stem(f"{path.stem}-filled")
    with xlsxwriter.Workbook(str(filled)) as book:
        sheet = book.add_worksheet(review.TITLE)
        for number, line in enumerate(lines):
            cells = [str(cell) for cell in line]
            if number - 3 in answers:
                cells[:2] = answers[number - 3]
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell)
    return filled


def test_answers_come_back_are_kept_and_change_the_links(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDUI_SETTLE_MINUTES", "0")  # the other systems send nothing, and are past their day
    settings.cache_clear()
    make_province(
        0.004, [QUARTER], 36, outbox(), truth_folder=None, reference=settings().reference, habits=0, systems=SYSTEMS
    )
    deliver_sample()
    run_all(None, None)
    before = _links(1)
    sent = review.export(QUARTER, None, tmp_path / "review.xlsx")
    assert sent.suggestions >= 3
    rows = CalamineWorkbook.from_path(str(sent.path)).get_sheet_by_name(review.TITLE).to_python(skip_empty_area=False)
    assert tuple(rows[2]) == review.HEADERS
    asked = [dict(zip(review.HEADERS, row, strict=True)) for row in rows[3:]]
    workers = [
        n
        for n, row in enumerate(asked)
        if row["记录系统"] == "农村贫困劳动力就业信息平台" and row["人员系统"] == "建档立卡贫困人口信息系统"
    ]
    yes, no = workers[:2]
    one_county = review.export(QUARTER, "360102", tmp_path / "county.xlsx")
    assert one_county.suggestions < sent.suggestions

    for bad in ({yes: ("也许", "看着像")}, {yes: ("是同一人", " ")}):
        with pytest.raises(ContractBreach, match="第"):
            review.take_back(_filled(Path(str(sent.path)), bad), "李干事")
    path = _filled(
        Path(str(sent.path)), {yes: ("是同一人", "入户核实"), no: ("不是同一人", "同名"), workers[2]: ("无法判断", "")}
    )
    taken = review.take_back(path, "李干事")
    assert (taken.must_link, taken.never_link, taken.undecided) == (1, 1, sent.suggestions - 2)

    with warehouse_engine().begin() as connection:
        kept = (
            connection.execute(select(schema.link_decision).order_by(schema.link_decision.c.decision)).mappings().all()
        )
        assert sorted(row["outcome"] for row in kept) == [MUST_LINK, NEVER_LINK]
        assert {row["decided_by"] for row in kept} == {"李干事"}
    for change in ("UPDATE casework.link_decision SET reason = 'x'", "DELETE FROM casework.link_decision"):
        with pytest.raises(SQLAlchemyError, match="only added"), warehouse_engine().begin() as connection:
            connection.execute(text(change))

    done = run_all(None, None)
    assert QUARTER.key in done.computed
    after = _links(2)
    numbers = [("employment_platform", asked[line]["记录记录号"]) for line in (yes, no)]
    assert before[numbers[0]][0] == before[numbers[1]][0] == "no_usable_id"
    assert after[numbers[0]][:2] == ("T6", MUST_LINK)
    assert after[numbers[0]][2] == after["poverty_register", asked[yes]["人员记录号"]][2]
    assert after[numbers[1]] == before[numbers[1]]
    assert {key: row for key, row in after.items() if key not in numbers} == {
        key: row for key, row in before.items() if key not in numbers
    }
    again = review.export(QUARTER, None, tmp_path / "again.xlsx")
    assert again.suggestions == sent.suggestions - 2
    assert not run_all(None, None).computed  # nothing new was decided
