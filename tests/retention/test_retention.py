"""What is past its period and not needed goes, from ledger and disk, and is noted; what anything still needs stays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.deliveries.ledger import Delivery, Ledger, Partition, Staged, warehouse_engine
from pipelines.deliveries.quarantine import export
from pipelines.errors import ContractBreach, NotReady
from pipelines.periods import Quarter, now
from pipelines.rebuild import rebuild
from pipelines.retention.declared import declared
from pipelines.retention.enforce import Enforced, retain
from pipelines.retention.needed import needed_releases, releases_by_age
from pipelines.settings import settings
from pipelines.warehouse import audit, schema

pytestmark = pytest.mark.stack
Q1, Q2 = Quarter.parse("2019Q1"), Quarter.parse("2019Q2")
STAGED, COUNTY = "staged_deaths__death", "360731"
OLD, YOUNG = timedelta(days=3000), timedelta(days=10)


def release(number: int, quarter: Quarter, age: timedelta, uses: str = "", previous: int | None = None) -> None:
    """A published release with a table of people and one of counts in the lake."""
    used = [{"system": "deaths", "delivery_id": uses, "quarter": quarter.key, "tables": {}}] if uses else []
    values = {
        "release": number, "quarter": quarter.key, "state": "published", "fingerprint": "f", "planned_at": now() - age,
        "inputs": {"deliveries": used, "previous": {"release": previous} if previous else None, "commit": "x", "lock": "x"},
        "content": {"core_person": {"rows": 1, "hash": "h"}},
    }  # fmt: skip
    with warehouse_engine().begin() as connection:
        connection.execute(insert(schema.release).values(values))
    for layer, table in (("core", "core_person"), ("mart", "mart_case"), ("mart", "mart_coverage")):
        put(layer, table, quarter, f"release={number}")


def show(quarter: Quarter, number: int, previous: int | None = None) -> None:
    row = {"quarter": quarter.key, "release": number, "previous_release": previous, "flipped_at": now()}
    with warehouse_engine().begin() as connection:
        connection.execute(insert(schema.current_release).values(row))


def delivery(name: str, sequence: int, age: timedelta = OLD, held: bool = False, quarter: Quarter = Q1) -> None:
    """A staged delivery of one county: its clean rows, its quarantined ones and its folder in landing."""
    ledger = Ledger()
    ledger.record_delivery(
        Delivery(
            "deaths", name, "accepted", "f", now() - age, quarter, frozenset({COUNTY}), date(2019, 3, 31), "s", sequence,
            files=({"table_name": STAGED},),
        )
    )  # fmt: skip
    by: Mapping[str, Mapping[str, object]] = {"rule": {"words": "w"}} if held else {}
    staged = Staged("deaths", name, STAGED, quarter, "held" if held else "staged", 2, 1, 1, held_by=by)
    ledger.commit_staged([staged], [])
    put("staged", STAGED, quarter, f"delivery={name}")
    put("quarantine", STAGED, quarter, f"delivery={name}", prefix="quarantine_")
    folder = settings().landing / "deaths" / name
    folder.mkdir(parents=True)
    (folder / "death.csv").write_text("as sent")


def put(layer: str, table: str, quarter: Quarter, part: str, prefix: str = "") -> None:
    path = f"{layer}/{table}/quarter={quarter.key}/{part}/attempt=1"
    (settings().lake / path).mkdir(parents=True)
    (settings().lake / path / "part-0.parquet").write_bytes(b"0123456789")
    Ledger().commit_partition(Partition(prefix + table, quarter, part, path, 1, "h"))


def lies(part: str) -> set[str]:
    """The lake's tables that have this part; the ledger knows exactly those."""
    found = {path.parts[-3] for path in settings().lake.glob(f"*/*/*/{part}")}
    layers = {path.parts[-4] for path in settings().lake.glob(f"*/*/*/{part}")}
    table = schema.lake_partition
    with warehouse_engine().connect() as connection:
        known = set(connection.execute(select(table.c.table_name).where(table.c.part == part)).scalars())
    assert {name.removeprefix("quarantine_") for name in known} == found
    assert any(name.startswith("quarantine_") for name in known) == ("quarantine" in layers)
    return found


def told(kind: str, done: tuple[Enforced, ...]) -> Enforced:
    return next(one for one in done if one.kind == kind)


def removals() -> list[tuple[str, str]]:
    with warehouse_engine().connect() as connection:
        rows = connection.execute(
            select(schema.removal.c.kind, schema.removal.c.name).order_by(schema.removal.c.removal)
        )
        return [(row[0], row[1]) for row in rows]


def test_people_of_overtaken_releases_go_and_counts_stay(home: Path) -> None:
    for number in (1, 2, 3, 4):
        release(number, Q1, OLD - timedelta(days=number))
    show(Q1, 4, previous=3)
    plan = retain(dry_run=True)
    assert told("release_tables", plan).removed == ("1", "2") and removals() == []
    assert lies("release=1") == {"core_person", "mart_case", "mart_coverage"}
    done = retain()
    assert told("release_tables", done) == told("release_tables", plan)
    assert told("release_tables", done).n_bytes == 40 and told("release_tables", done).kept == {
        "shown": 1,
        "one_back": 1,
    }
    for number in (1, 2):
        assert lies(f"release={number}") == {"mart_coverage"}
    for number in (3, 4):
        assert lies(f"release={number}") == {"core_person", "mart_case", "mart_coverage"}
    assert removals() == [("release_tables", "1"), ("release_tables", "2")]
    assert told("release_tables", retain()).removed == () and len(removals()) == 2


def test_what_another_reads_or_was_overtaken_lately_stays(home: Path) -> None:
    release(1, Q1, OLD)
    release(2, Q1, OLD - timedelta(days=1))  # read by what is shown of the next quarter
    release(3, Q1, timedelta(days=900))  # overtaken ten days ago
    release(4, Q1, YOUNG)
    release(5, Q2, OLD, previous=2)
    show(Q1, 4)
    show(Q2, 5)
    why = needed_releases(releases_by_age(), now() - timedelta(days=730))
    assert why == {2: "read_by_another", 3: "within_period", 4: "shown", 5: "shown"}
    assert told("release_tables", retain()).removed == ("1",)


def test_a_killed_removal_is_finished_by_the_next(home: Path) -> None:
    for number in (1, 2, 3):
        release(number, Q1, OLD)
    show(Q1, 3, previous=2)
    with warehouse_engine().begin() as connection:  # out of the ledger, still on the disk
        connection.execute(
            text("DELETE FROM ops.lake_partition WHERE part = 'release=1' AND table_name <> 'mart_coverage'")
        )
    assert told("release_tables", retain()).removed == ("1",)
    assert lies("release=1") == {"mart_coverage"}


def test_overtaken_deliveries_go_landing_is_only_told(home: Path) -> None:
    delivery("first", 1)
    delivery("second", 2)
    delivery("third", 3)
    delivery("late", 1, age=YOUNG)
    release(1, Q1, timedelta(days=20), uses="second")
    release(2, Q1, YOUNG, uses="third")
    show(Q1, 2, previous=1)
    done = retain()
    assert told("deliveries", done).removed == ("deaths/first",)
    assert told("deliveries", done).kept == {"in_force": 1, "in_a_kept_release": 1, "within_period": 1}
    assert lies("delivery=first") == set()
    for name in ("second", "third", "late"):
        assert lies(f"delivery={name}") == {STAGED}
    landing = told("landing", done)
    assert landing.removed == ("deaths/first",) and landing.is_only_told
    assert (settings().landing / "deaths" / "first" / "death.csv").read_text() == "as sent"
    assert removals() == [("deliveries", "deaths/first")]
    with pytest.raises(NotReady, match=r"ops\.removal"):
        export("deaths", "first", home / "first.xlsx")
    assert len(Ledger().deliveries("deaths")) == 4


def test_what_a_decision_may_bring_back_stays(home: Path) -> None:
    delivery("first", 1)
    delivery("second", 2)
    delivery("held", 3, held=True)
    delivery("alone", 1, quarter=Q2)
    delivery("newer", 2, quarter=Q2)
    done = told("deliveries", retain())
    assert done.removed == ("deaths/alone",)
    assert done.kept == {"in_force": 2, "decision_may_change": 2}


def test_a_release_whose_inputs_went_says_so_when_rebuilt(home: Path) -> None:
    delivery("first", 1)
    delivery("second", 2)
    release(1, Q1, OLD, uses="first")
    release(2, Q1, OLD - timedelta(days=1), uses="second")
    release(3, Q1, YOUNG - timedelta(days=1), uses="second")
    show(Q1, 3, previous=2)
    retain()
    with pytest.raises(NotReady, match=r"release 1 cannot be computed again.*deaths/first.*ops\.release"):
        rebuild(1, here=True)


def _readings(days: Mapping[str, int]) -> None:
    with warehouse_engine().begin() as connection:
        for login, age in days.items():
            connection.execute(
                text("INSERT INTO access.read (login, table_name, region_codes, session, read_at)"
                     " VALUES (:login, 'mart_case', '{36}', 1, now() - make_interval(days => :age))"),
                {"login": login, "age": age},
            )  # fmt: skip


def test_readings_go_after_their_period_never_before_six_months(home: Path) -> None:
    _readings({"ancient": 2000, "year": 400, "fresh": 1})
    done = told("reads", retain())
    assert len(done.removed) == 1 and done.kept == {"within_period": 2}
    assert [one.login for one in audit.reads()] == ["year", "fresh"]
    settings().reference.mkdir(parents=True, exist_ok=True)
    (settings().reference / "retention.toml").write_text("[reads]\ndays = 200\n")
    retain()
    assert [one.login for one in audit.reads()] == ["fresh"]
    assert [kind for kind, _ in removals()] == ["reads", "reads"]
    (settings().reference / "retention.toml").write_text("[reads]\ndays = 30\n")
    with pytest.raises(ContractBreach, match=r"reads: .*184 at least"):
        retain()


@pytest.mark.parametrize(
    "own", ["[reads]\nreason = 'x'\n", "[records]\ndays = 1\n", "[nothing]\ndays = 1\n", "reads = 1\n", "["]
)
def test_an_own_file_sets_days_of_what_has_days_and_nothing_else(home: Path, own: str) -> None:
    settings().reference.mkdir(parents=True, exist_ok=True)
    (settings().reference / "retention.toml").write_text(own)
    with pytest.raises(ContractBreach, match=r"retention\.toml"):
        declared()


def test_logs_go_when_all_of_them_was_taken_in(home: Path) -> None:
    logs = settings().logs
    (logs / "airflow" / "dag").mkdir(parents=True)
    files = {
        logs / "postgres.log.2": 300, logs / "postgres.log.1": 200, logs / "postgres.log": 195,
        logs / "airflow" / "dag" / "old.log": 200, logs / "airflow" / "dag" / "new.log": 1,
    }  # fmt: skip

    def age(file: Path) -> None:
        moment = (datetime.now().astimezone() - timedelta(days=files[file])).timestamp()
        os.utime(file, (moment, moment))

    for file in files:
        file.write_text("a line\n")
        age(file)
    first = retain()
    assert told("database_log", first).removed == () and told("database_log", first).kept == {"not_all_recorded": 2}
    assert told("task_logs", first).removed == ("old.log",)
    audit.collect()
    with (logs / "postgres.log.1").open("a") as grown:
        grown.write("another\n")
    age(logs / "postgres.log.1")
    assert told("database_log", retain()).removed == ("postgres.log.2",)
    assert sorted(file.name for file in logs.rglob("*.log*")) == ["new.log", "postgres.log", "postgres.log.1"]


def test_the_command_says_what_goes_and_why_the_rest_stays(home: Path) -> None:
    release(1, Q1, OLD)
    release(2, Q1, OLD)
    release(3, Q1, OLD)
    show(Q1, 3, previous=2)
    shown = CliRunner().invoke(app, ["retain", "--dry-run"])
    assert shown.exit_code == 0 and "would go" in shown.stdout and "1 one_back" in shown.stdout.replace("\n", " ")
    assert CliRunner().invoke(app, ["retain", "--json"]).exit_code == 0
    assert removals() == [("release_tables", "1")]
