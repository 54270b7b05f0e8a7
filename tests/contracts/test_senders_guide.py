"""The receipts shown in the guide for senders are the ones a sender gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.quarantine import export
from pipelines.deliveries.receive import receive
from pipelines.deliveries.template import write_template
from pipelines.settings import CHECKOUT, settings
from pipelines.sources import SOURCES
from tests.contracts.test_templates import COVER, by_hand, record, typed
from tests.contracts.workbooks import drop, edited

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("home")]
GUIDE = CHECKOUT / "docs" / "senders.zh-CN.md"
SYSTEM = "civil_affairs"
FAMILY = SOURCES[SYSTEM].tables[0]


def shown(name: str) -> str:
    """The Chinese half of a receipt as the guide shows it: indented."""
    text = (settings().receipts / SYSTEM / name).read_text(encoding="utf-8")
    lines = text.split("\n────")[0].rstrip("\n").splitlines()
    return "\n".join(f"    {line}".rstrip() for line in lines)


def send(folder: Path, name: str, cover: dict[str, str]) -> None:
    """Ten families: one with an unknown kind of assistance, one with a county nobody knows."""
    code, place = (FAMILY.column(column).header for column in ("assistance_code", FAMILY.county))
    rows = [record(FAMILY, number) for number in range(10)]
    rows[3][code] = "城市特困"
    rows[7][place] = "36"
    path = write_template(SYSTEM, folder / "t.xlsx")
    drop(by_hand(path, folder / "低保特困2018Q4.xlsx", typed(path, cover, {FAMILY.zh: rows}), folder), SYSTEM, name)


def test_every_receipt_in_the_guide_is_one_that_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_NOW", "2019-01-04T09:30:00+08:00")
    send(tmp_path, "章贡区2018Q4", COVER)
    send(tmp_path, "章贡区", COVER | {"所属季度": "", "报送范围": "章贡"})
    receive()
    ingest(SYSTEM, "2018Q4")
    path = export(SYSTEM, "章贡区2018Q4", tmp_path / "章贡区2018Q4-待改正.xlsx").path
    assert path is not None
    code = FAMILY.column("assistance_code").header

    def mend(cells: dict[str, str]) -> None:
        if cells[code] == "城市特困":
            cells[code] = "01 城市低保"

    drop(edited(path, tmp_path / "back.xlsx", {FAMILY.zh: mend}), SYSTEM, "章贡区2018Q4更正")
    receive()
    ingest(SYSTEM, "2018Q4")
    names = ("章贡区2018Q4.txt", "章贡区2018Q4.staging.txt", "章贡区.txt", "章贡区2018Q4更正.staging.txt")
    guide = GUIDE.read_text(encoding="utf-8")
    missing = [name for name in names if shown(name) not in guide]
    assert not missing, "\n\n".join(f"{name}:\n{shown(name)}" for name in missing)
