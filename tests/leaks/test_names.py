"""An ID number in a name: of a file, a sheet, a folder, a sender. The delivery is refused, and nothing written repeats it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import text

from pipelines.deliveries.ledger import warehouse_engine
from pipelines.deliveries.manifest import MANIFEST, deliver, sha256_of
from pipelines.deliveries.reasons import Refused
from pipelines.deliveries.receive import receive
from pipelines.errors import ContractBreach
from pipelines.identity.decisions import MUST_LINK, Decision, Record, decide
from pipelines.identity.id_numbers import names_somebody
from pipelines.periods import Quarter, now
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.stack.postgres import PostgresServer
from pipelines.warehouse.logins import AccessRefused, revoke
from tests.contracts.rows import clean_row, write_file
from tests.leaks.marks import Marks, people
from tests.leaks.search import in_database, in_folder

ONE = people("360702", 1)[0]
MARKS = Marks({"ID number": ONE.id_number})
QUARTER = Quarter(2018, 4)
PERSON = next(table for table in SOURCES["poverty_register"].tables if table.entity == "person")
Spoil = Callable[[Path, dict[str, object]], None]


def renamed(folder: Path, manifest: dict[str, object], new: str) -> Path:
    (file,) = manifest["files"]  # type: ignore[misc]
    path = (folder / file["name"]).rename(folder / new)
    file["name"] = new
    return path


def described(path: Path, manifest: dict[str, object]) -> None:
    (file,) = manifest["files"]  # type: ignore[misc]
    file |= {"sha256": sha256_of(path), "bytes": path.stat().st_size, "encoding": "binary"}


def as_sheet(folder: Path, manifest: dict[str, object]) -> None:
    path = renamed(folder, manifest, "名单.xlsx")
    rows = [clean_row(PERSON, number) for number in range(5)]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(f"{ONE.id_number}")
        for line, cells in enumerate([[c.header for c in PERSON.columns], *([*row.values()] for row in rows)]):
            sheet.write_row(line, 0, [cells[place] for place in range(len(PERSON.columns))])
        book.add_worksheet("另一张").write_row(0, 0, [c.header for c in PERSON.columns])
    described(path, manifest)


def as_member(folder: Path, manifest: dict[str, object]) -> None:
    path = next(folder.glob("*.csv"))
    with zipfile.ZipFile(folder / "名单.zip", "w") as archive:
        archive.write(path, f"{ONE.id_number}.csv")
    path.unlink()
    (file,) = manifest["files"]  # type: ignore[misc]
    file["name"] = "名单.zip"
    described(folder / "名单.zip", manifest)


SPOILS: dict[str, Spoil] = {
    "file": lambda folder, manifest: described(renamed(folder, manifest, f"{ONE.id_number}.csv"), manifest),
    "file that is not there": lambda _, manifest: manifest["files"][0].update(name=f"{ONE.id_number}.csv"),  # type: ignore[index]
    "old number": lambda folder, manifest: manifest.update(sender=f"赣州{ONE.id_number[:6] + ONE.id_number[8:17]}"),
    "full-width": lambda _, manifest: manifest.update(sender="".join(chr(ord(c) + 0xFEE0) for c in ONE.id_number)),
    "corrects": lambda _, manifest: manifest.update(corrects=ONE.id_number),
    "county": lambda _, manifest: manifest.update(scope=[f"{ONE.name}{ONE.id_number}"]),
    "table": lambda _, manifest: manifest["files"][0].update(table=ONE.id_number),  # type: ignore[index]
    "unknown field": lambda _, manifest: manifest["files"][0].update({ONE.id_number: 1}),  # type: ignore[index]
    "sheet": as_sheet,
    "member of an archive": as_member,
}


@pytest.fixture
def landed(home: Path, tmp_path: Path) -> Path:
    file = write_file(PERSON, [clean_row(PERSON, number) for number in range(5)], False, tmp_path / "sent")
    counties = ["360702", "360703"]
    return deliver(
        {"person": [file]}, "poverty_register", QUARTER, counties, QUARTER.last_day, "赣州", 1, home / "landing"
    )


def all_that_is_written(home: Path, server: PostgresServer) -> dict[str, frozenset[str]]:
    name = settings().warehouse_dsn.rpartition("/")[2]
    with server.administrator(name) as connection:
        tables = in_database(MARKS, connection)
    return in_folder(MARKS, home, but=frozenset({home / "landing"})) | tables


@pytest.mark.stack
@pytest.mark.parametrize("where", SPOILS)
def test_a_delivery_that_names_somebody_is_refused_without_the_name(
    where: str, landed: Path, home: Path, server: PostgresServer
) -> None:
    manifest = json.loads((landed / MANIFEST).read_text(encoding="utf-8"))
    SPOILS[where](landed, manifest)
    (landed / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    (answered,) = receive()
    assert not answered.accepted
    receipt = (home / "receipts" / "poverty_register" / f"{landed.name}.txt").read_text(encoding="utf-8")
    assert ("证件号码" in receipt) is (where != "unknown field")
    assert all_that_is_written(home, server) == {}


@pytest.mark.stack
@pytest.mark.parametrize("level", ["delivery", "system"])
def test_a_folder_that_names_somebody_is_refused_under_another_name(
    level: str, landed: Path, home: Path, server: PostgresServer
) -> None:
    named = landed if level == "delivery" else landed.parent
    named.rename(named.with_name(f"x{ONE.id_number}"))
    (answered,) = receive()
    assert not answered.accepted
    assert (answered.delivery_id if level == "delivery" else answered.system).startswith("unusable-name-")
    assert all_that_is_written(home, server) == {}


@pytest.mark.stack
def test_a_delivery_is_not_made_in_somebodys_name(landed: Path, home: Path, tmp_path: Path) -> None:
    (file,) = (path for path in landed.iterdir() if path.name != MANIFEST)
    named = tmp_path / f"{ONE.id_number}.csv"
    for path, sender in ((file, f"赣州 {ONE.id_number}"), (named, "赣州")):
        named.write_bytes(b"no header")
        with pytest.raises(Refused) as refused:
            deliver(
                {"person": [path]},
                "poverty_register",
                QUARTER,
                "province",
                QUARTER.last_day,
                sender,
                2,
                home / "landing",
            )
        assert [reason.code for reason in refused.value.reasons] == ["id_number_in_name"]
        assert not MARKS.found(str(refused.value).encode())


@pytest.mark.stack
@pytest.mark.usefixtures("home")
def test_a_reason_that_names_somebody_is_not_recorded() -> None:
    records = Record("poverty_register", "1"), Record("yulu", "2")
    for reason, by in ((f"与{ONE.id_number}同一人", "李科长"), ("同一户", f"李科长{ONE.id_number}")):
        with pytest.raises(ContractBreach) as breach:
            decide([Decision(*records, MUST_LINK, reason, by)], QUARTER, now(), "cli")
        assert not MARKS.found(str(breach.value).encode())
        with pytest.raises(AccessRefused, match="without an ID number"):
            revoke("county_yudu", [], reason, by)
    with warehouse_engine().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM casework.link_decision")).scalar_one() == 0


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (f"名单{ONE.id_number}.csv", True),
        (f"20181231{ONE.id_number}001", True),
        (f"{ONE.id_number[:6]} {ONE.id_number[6:]}", True),
        (ONE.id_number.lower(), True),
        (f"名单_{ONE.id_number[:6]}{ONE.id_number[8:17]}.csv", True),
        ("2018Q4-3607x-001", False),
        ("养老参保_上饶市_20181231235959.csv", False),
        ("201812312359591", False),
        ("1000000000000000001", False),
        (f"{ONE.id_number[:17]}{(int(ONE.id_number[17].replace('X', '0')) + 1) % 10}", False),
    ],
)
def test_what_names_somebody(name: str, names: bool) -> None:
    assert names_somebody(name) is names
