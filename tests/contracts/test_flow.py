"""From the landing folder to staged rows, on a real PostgreSQL: receipts, refusals, conservation, repeats, stops."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import text

from expectations import rules_of
from pipelines.deliveries import ingest as ingesting
from pipelines.deliveries import receive as receiving
from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.ledger import Ledger, warehouse_engine
from pipelines.deliveries.manifest import MANIFEST, deliver
from pipelines.deliveries.receive import outstanding, overlooked, receipt_of, receive, waiting
from pipelines.errors import ContractBreach
from pipelines.lake import exclusive
from pipelines.periods import Quarter
from pipelines.settings import settings
from pipelines.sources import SOURCES
from tests.contracts.rows import Row, clean_row, defect, write_file

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("home")]
QUARTER = Quarter(2018, 4)
SYSTEM = "poverty_register"
REGISTER = SOURCES[SYSTEM].tables[0]
CLEAN_ROWS = 80


def rows_of(system: str) -> dict[str, list[Row]]:
    """For every table of a system: clean rows, and one row per rule that breaks it."""
    made = {}
    for table in SOURCES[system].tables:
        rows = [clean_row(table, number) for number in range(CLEAN_ROWS)]
        for number, rule in enumerate(rules_of(table.name), CLEAN_ROWS):
            broken = defect(table, rule.rule_id, clean_row(table, number), rows[0])
            if broken is not None:
                rows.append(broken)
        made[table.entity] = rows
    return made


def send(folder: Path, system: str = SYSTEM, sequence: int = 1, rows: dict[str, list[Row]] | None = None) -> Path:
    """Deliver a system's rows for one county; all tables, or those of which rows are given."""
    given = rows or rows_of(system)
    files = {
        table.entity: [write_file(table, given[table.entity], True, folder / f"{system}-{sequence}")]
        for table in SOURCES[system].tables
        if table.entity in given
    }
    return deliver(files, system, QUARTER, ["360702"], date(2018, 12, 31), "赣州市", sequence, settings().landing)


def spoil(folder: Path, **change: Any) -> None:
    """Change what the manifest says of the first file."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"][0] |= change
    path.write_text(json.dumps(manifest), encoding="utf-8")


def first_file(folder: Path) -> Path:
    """The file that the manifest names first."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return folder / str(manifest["files"][0]["name"])


def drop_column(folder: Path) -> None:
    """Take a required column out of the file and make the manifest true again, but for the column."""
    path = first_file(folder)
    path.write_bytes(path.read_bytes().decode("gb18030").replace("姓名", "备用", 1).encode("gb18030"))
    from pipelines.deliveries.manifest import sha256_of

    spoil(folder, sha256=sha256_of(path), bytes=path.stat().st_size)


def count(table: str) -> int:
    with warehouse_engine().connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM ops.{table}")).scalar_one())


def lake_files() -> list[Path]:
    return sorted(settings().lake.rglob("*.parquet")) if settings().lake.exists() else []


def test_four_refusals_beside_a_sound_delivery(tmp_path: Path) -> None:
    sound = send(tmp_path, sequence=1)
    bad = {number: send(tmp_path, sequence=number) for number in (2, 3, 4, 5)}
    spoil(bad[2], sha256="0" * 64)
    drop_column(bad[3])
    spoil(bad[4], rows=7)
    spoil(bad[5], name="../../etc/passwd")
    assert waiting()
    answered = {one.delivery_id: one.accepted for one in receive()}
    assert answered == {sound.name: True} | {folder.name: False for folder in bad.values()}
    assert not waiting()
    assert receive() == ()
    for number, word in ((2, "SHA-256"), (3, "姓名"), (4, "清单写的是 7 行"), (5, "路径")):
        receipt = receipt_of(SYSTEM, bad[number].name).read_text(encoding="utf-8")
        assert word in receipt
        assert "怎么改" in receipt
        assert "How:" in receipt
    assert [one.delivery_id for one in outstanding()] == [sound.name]
    assert ingest(SYSTEM, "2018Q4").deliveries == 1
    assert {staged.delivery_id for staged in Ledger().staged()} == {sound.name}
    assert all(sound.name in str(path) for path in lake_files())


def test_a_quiet_folder_without_manifest_is_answered_once(tmp_path: Path) -> None:
    folder = settings().landing / SYSTEM / "2018Q4-上传中"
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("编号", encoding="utf-8")
    assert not waiting()
    assert receive() == ()
    past = time.time() - 60 * settings().quiet_minutes - 60
    for path in (folder / "data.csv", folder):
        os.utime(path, (past, past))
    assert waiting()
    (answer,) = receive()
    assert not answer.accepted
    assert "新的文件夹" in receipt_of(SYSTEM, folder.name).read_text(encoding="utf-8")
    (folder / MANIFEST).write_text("{}", encoding="utf-8")
    assert not waiting()


def test_odd_things_in_landing_are_answered_and_stop_nobody(tmp_path: Path) -> None:
    landing = settings().landing
    sound = send(tmp_path)
    for odd in (landing / "tax" / "x", landing / SYSTEM / "a b\n", landing / SYSTEM / ("长" * 80)):
        odd.mkdir(parents=True)
        (odd / MANIFEST).write_text("{}", encoding="utf-8")
    (landing / SYSTEM / "link").symlink_to(sound)
    (landing / SYSTEM / "broken").mkdir()
    (landing / SYSTEM / "broken" / MANIFEST).symlink_to("nowhere")
    (landing / SYSTEM / b"\xff\xfe".decode(errors="surrogateescape")).mkdir()
    past = time.time() - 86400
    for path in (landing / SYSTEM).iterdir():
        os.utime(path, (past, past), follow_symlinks=False)
    answered = {one.delivery_id: one.accepted for one in receive()}
    assert len(answered) == 7
    assert [name for name, accepted in answered.items() if accepted] == [sound.name]
    assert not waiting()


def test_a_receipt_without_its_ledger_row_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = send(tmp_path)

    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(receiving.Ledger, "record_delivery", killed)
        with pytest.raises(KeyboardInterrupt):
            receive()
    first = receipt_of(SYSTEM, folder.name).read_text(encoding="utf-8")
    assert waiting()
    assert [one.accepted for one in receive()] == [True]
    again = receipt_of(SYSTEM, folder.name).read_text(encoding="utf-8")

    def lines(receipt: str) -> list[str]:
        return [line for line in receipt.splitlines() if not line.startswith(("时间", "Time"))]

    assert lines(first) == lines(again)


@pytest.mark.parametrize("system", sorted(SOURCES))
def test_every_system_is_staged_and_rows_are_conserved(system: str, tmp_path: Path) -> None:
    send(tmp_path, system)
    assert [one.accepted for one in receive()] == [True]
    done = ingest(system, QUARTER)
    assert done.committed
    assert done.rows_in == done.rows_clean + done.rows_quarantined
    ledger = Ledger()
    for staged in ledger.staged(system):
        rules = rules_of(staged.table_name)
        critical = {rule.rule_id for rule in rules if rule.severity == "critical"}
        assert staged.rule_counts == {rule.rule_id: 1 for rule in rules}
        assert staged.rows_quarantined == len(critical)
        apart = ledger.partition(f"quarantine_{staged.table_name}", QUARTER, f"delivery={staged.delivery_id}")
        assert apart is not None
        rows = duckdb.sql(
            f"SELECT rule_ids, raw, line_number FROM '{settings().lake / apart.path}/*.parquet' ORDER BY line_number"
        ).fetchall()
        assert {row[0][0] for row in rows} == critical
        assert all(isinstance(json.loads(row[1]), dict) for row in rows)
        assert len({row[2] for row in rows}) == len(rows)
    assert done.broken_rules == {staged.table_name: staged.rule_counts for staged in ledger.staged(system)}
    again = ingest(system, QUARTER)
    assert (again.committed, again.deliveries, again.broken_rules) == (False, 0, {})


def test_what_was_received_long_ago_and_never_staged_is_overlooked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = send(tmp_path)
    monkeypatch.setenv("BIDUI_NOW", "2019-01-05T10:00:00+08:00")
    receive()
    assert overlooked() == ()
    monkeypatch.setenv("BIDUI_NOW", "2019-01-05T10:09:59+08:00")
    assert overlooked() == ()
    monkeypatch.setenv("BIDUI_NOW", "2019-01-05T10:10:00+08:00")
    assert [one.delivery_id for one in overlooked()] == [folder.name]
    ingest(SYSTEM, QUARTER)
    assert overlooked() == ()


def hashes() -> dict[tuple[str, str], str]:
    with warehouse_engine().connect() as connection:
        rows = connection.execute(text("SELECT table_name, part, content_hash FROM ops.lake_partition")).all()
    return {(row[0], row[1]): row[2] for row in rows}


def test_a_killed_ingest_leaves_nothing_and_its_repeat_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = "social_insurance"
    send(tmp_path, system, 1)
    send(tmp_path, system, 2)
    receive()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ingesting.Ledger, "commit_staged", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest(system, QUARTER)
    assert (count("staging"), count("lake_partition")) == (0, 0)
    assert lake_files()
    ingest(system, QUARTER)
    first = hashes()
    assert len(first) == 2 * 2 * len(SOURCES[system].tables)
    with warehouse_engine().connect() as connection:
        paths = [row[0] for row in connection.execute(text("SELECT path FROM ops.lake_partition"))]
    assert sorted(str(path.parent.relative_to(settings().lake)) for path in lake_files()) == sorted(paths)
    with warehouse_engine().begin() as connection:
        connection.execute(text("TRUNCATE ops.staging, ops.lake_partition"))
    ingest(system, QUARTER)
    assert hashes() == first
    assert not list(settings().scratch.glob("staging-*"))


@pytest.mark.timeout(120)
def test_what_another_process_has_in_hand_is_left_to_it_and_waited_for_in_the_end(tmp_path: Path) -> None:
    busy, free = "army", SYSTEM  # in the order they are taken
    send(tmp_path, busy)
    send(tmp_path, free)
    receive()
    command = [sys.executable, "-m", "pipelines.cli", "ingest", "--json"]
    with exclusive(f"ingest-{busy}-{QUARTER.key}"):
        run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        while not (staged := Ledger().staged()):
            assert run.poll() is None
            time.sleep(0.1)
        assert {one.system for one in staged} == {free}
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(1)
    answer, _ = run.communicate(timeout=60)
    assert run.returncode == 0
    assert [(one["system"], one["committed"]) for one in json.loads(answer)] == [(free, True), (busy, True)]
    assert {one.system for one in Ledger().staged()} == {busy, free}


def test_a_delivery_that_breaks_a_table_rule_is_stopped_alone(tmp_path: Path) -> None:
    sound = send(tmp_path, sequence=1)
    rows = {REGISTER.entity: [clean_row(REGISTER, n) | {"sex_code": "9"} for n in range(30)]}
    stopped = send(tmp_path, sequence=2, rows=rows)
    receive()
    done = ingest(SYSTEM, QUARTER)
    kept = [one for one in Ledger().staged() if one.delivery_id == sound.name]
    assert (done.deliveries, done.rows_clean) == (2, sum(one.rows_clean for one in kept))
    assert {s.delivery_id: s.status for s in Ledger().staged()} == {sound.name: "staged", stopped.name: "stopped"}
    assert not any(stopped.name in str(path) for path in lake_files())
    assert count("incident") == 1
    receipt = settings().receipts / SYSTEM / f"{stopped.name}.staging.txt"
    assert "一半以上的行不合要求" in receipt.read_text(encoding="utf-8")
    assert not ingest(SYSTEM, QUARTER).committed


def test_a_landed_file_that_changed_is_no_longer_what_was_received(tmp_path: Path) -> None:
    folder = send(tmp_path)
    receive()
    path = first_file(folder)
    path.write_bytes(path.read_bytes() + "合计\r\n".encode("gb18030"))
    with pytest.raises(ContractBreach, match="changed or removed"):
        ingest(SYSTEM, QUARTER)
    assert count("staging") == 0


def test_no_person_stands_outside_landing_and_lake(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = rows_of(SYSTEM)
    for row in rows[REGISTER.entity]:
        row["name"] = row["name"] and "欧阳试"
    folder = send(tmp_path, rows=rows)
    receive()
    ingest(SYSTEM, QUARTER)
    said = [caplog.text, str(Ledger().deliveries()), str(Ledger().staged())]
    for area in (settings().receipts, settings().docs):
        said += [path.read_text(encoding="utf-8") for path in area.rglob("*") if path.is_file()]
    numbers = {row["id_number"] for row in rows[REGISTER.entity] if len(row["id_number"]) >= 15}
    assert folder.name in "".join(said)
    assert not any("欧阳试" in text or any(number in text for number in numbers) for text in said)
    shutil.rmtree(folder)
