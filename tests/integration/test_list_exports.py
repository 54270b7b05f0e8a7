"""Who exported which list is recorded, only added to, and holds nobody's name; a list that cannot be recorded is not handed out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from typer.testing import CliRunner

from pipelines.casework.exports import Written, exports, record
from pipelines.cli import app
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.periods import Quarter

pytestmark = pytest.mark.stack
QUARTER = Quarter.parse("2019Q1")


@pytest.fixture
def workbooks(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Written]:
    monkeypatch.setenv("LOGNAME", "clerk")
    folder = home / "lists"
    folder.mkdir(parents=True)
    (folder / "county.xlsx").write_bytes(b"county")
    (folder / "office.xlsx").write_bytes(b"office")
    return [
        Written(folder / "county.xlsx", 12, county_code="360731"),
        Written(folder / "office.xlsx", 7, office="pension"),
    ]


def test_every_export_is_recorded_under_the_account_and_the_name_given(workbooks: list[Written]) -> None:
    record(workbooks, QUARTER, 3, by=" 县人社局 ")
    record(workbooks[:1], QUARTER.previous, 2)
    told = [(e.quarter, e.release, e.county_code, e.office, e.n_rows, e.login, e.exported_by) for e in exports()]
    assert told == [
        ("2019Q1", 3, "360731", None, 12, "clerk", "县人社局"),
        ("2019Q1", 3, None, "pension", 7, "clerk", "县人社局"),
        ("2018Q4", 2, "360731", None, 12, "clerk", None),
    ]
    assert exports()[0].file_hash == hashlib.sha256(b"county").hexdigest()
    assert [e.export for e in exports(QUARTER, county="360731")] == [1]
    assert [e.export for e in exports(office="pension")] == [2]
    shown = CliRunner().invoke(app, ["lists", "--log"])
    assert shown.exit_code == 0 and "县人社局 (clerk)" in shown.stdout and exports()[0].file_hash[:12] in shown.stdout
    assert CliRunner().invoke(app, ["lists"]).exit_code == 2


def test_the_log_is_only_added_to(workbooks: list[Written]) -> None:
    record(workbooks, QUARTER, 3)
    for change in ("UPDATE casework.list_export SET login = 'other'", "DELETE FROM casework.list_export"):
        with pytest.raises(SQLAlchemyError, match="only added"), warehouse_engine().begin() as connection:
            connection.execute(text(change))
    assert len(exports()) == 2


def test_a_list_that_cannot_be_recorded_is_not_handed_out(workbooks: list[Written]) -> None:
    with warehouse_engine().begin() as connection:
        connection.execute(text("ALTER TABLE casework.list_export RENAME TO elsewhere"))
    with pytest.raises(SQLAlchemyError):
        record(workbooks, QUARTER, 3)
    assert not any(one.path.exists() for one in workbooks)
