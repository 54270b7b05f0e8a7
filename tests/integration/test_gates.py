"""A delivery that differs too much from earlier ones is held until somebody decides; on a real PostgreSQL."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from pipelines.calendar import refresh, timeliness
from pipelines.cli import app
from pipelines.deliveries import gates
from pipelines.deliveries.gates import OVERRULED, UPHELD, Decision, decide, held, question, undecided
from pipelines.deliveries.ingest import ingest
from pipelines.deliveries.ledger import Ledger, warehouse_engine
from pipelines.deliveries.manifest import MANIFEST, deliver
from pipelines.deliveries.receive import outstanding, receive
from pipelines.errors import ContractBreach
from pipelines.periods import Quarter
from pipelines.planning import Arrived, arrived, in_force
from pipelines.quality.history import Counts
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.steps import Ingested
from tests.contracts.rows import clean_row, write_file

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("home")]
SYSTEM, TABLE = "social_insurance", "staged_social_insurance__participation"
PARTICIPATION = next(table for table in SOURCES[SYSTEM].tables if table.name == TABLE)
A, B = "360702", "360703"
FIRST, SECOND = Quarter(2018, 3), Quarter(2018, 4)
NOON = datetime(2019, 1, 3, 4, tzinfo=UTC)


def send(folder: Path, quarter: Quarter, people: Mapping[str, int], sequence: int = 1, corrects: str = "") -> str:
    """Deliver so many insured per county and receive it; the delivery's name."""
    rows = [
        clean_row(PARTICIPATION, number) | {PARTICIPATION.county: county}
        for start, (county, count) in enumerate(people.items())
        for number in range(start * 10_000, start * 10_000 + count)
    ]
    path = write_file(PARTICIPATION, rows, False, folder / f"{quarter}-{sequence}")
    made = deliver(
        {"participation": [path]}, SYSTEM, quarter, [A, B], quarter.last_day, "赣州市", sequence, settings().landing
    )
    manifest = json.loads((made / MANIFEST).read_text(encoding="utf-8"))
    (made / MANIFEST).write_text(json.dumps(manifest | {"corrects": corrects}), encoding="utf-8")
    assert [one.accepted for one in receive()] == [True]
    return made.name


def staged(
    folder: Path, quarter: Quarter, people: Mapping[str, int], sequence: int = 1, corrects: str = ""
) -> tuple[str, Ingested]:
    return send(folder, quarter, people, sequence, corrects), ingest(SYSTEM, quarter)


def overrule(
    delivery: str, *rules: str, reason: str = "本季度清理重复参保,人数属实", outcome: str = OVERRULED
) -> Decision:
    return decide(
        SYSTEM, delivery, rules or None, outcome, reason, decided_by="operator", decided_at=NOON, channel="cli"
    )  # fmt: skip


def state(delivery: str) -> bool | None:
    """What planning makes of a delivery: it counts, does not count, is still to come."""
    (found,) = [one for one in arrived(Ledger()) if one.delivery_id == delivery]
    return found.staged


def rows_of(query: str) -> list[tuple[object, ...]]:
    with warehouse_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def counting(quarter: Quarter) -> dict[str, set[str]]:
    parts = in_force(arrived(Ledger()), SOURCES[SYSTEM], TABLE, quarter, frozenset({A, B}))
    return {part.delivery.delivery_id: set(part.counties) for part in parts}


def test_a_delivery_with_too_few_is_held_told_and_overruled_without_being_read_again(tmp_path: Path) -> None:
    first, done = staged(tmp_path, FIRST, {A: 400, B: 400})
    assert (done.held, state(first)) == ((), True)
    second, done = staged(tmp_path, SECOND, {A: 290, B: 400})
    assert done.held == undecided(SYSTEM, SECOND) == (second,)
    assert (done.rows_in, done.broken_rules) == (0, {}), "nothing of it counts"
    assert state(second) is False
    assert counting(SECOND) == {}
    assert outstanding() == (), "it is not read again either"

    receipt = (settings().receipts / SYSTEM / f"{second}.staging.txt").read_text(encoding="utf-8")
    ((kind, message),) = rows_of("SELECT kind, message FROM ops.incident")
    ((_, body),) = [question(one) for one in held()]
    assert kind == "held"
    for words in (receipt, str(message), body):
        for expected in ("参保人数比上季度减少超过1%", "章贡区", "400", "290"):
            assert expected in words
    assert "停用待核定" in receipt and "Result: held" in receipt
    ((counts, compared, rules),) = rows_of(
        f"SELECT county_counts, compared_with, held_by FROM ops.staging WHERE delivery_id = '{second}'"
    )
    assert counts[A] == {"rows": 290, "repeated": 0, "quarantined": 0}  # type: ignore[index]
    assert compared == {"previous": [first], "year_ago": []}
    assert list(rules) == ["insured_fell"]  # type: ignore[call-overload]

    shutil.rmtree(settings().landing)
    partitions = rows_of("SELECT * FROM ops.lake_partition ORDER BY path")
    decision = overrule(second, "insured_fell")
    assert (decision.counts, decision.still_held_by, decision.rows_clean) == (True, (), 690)
    assert state(second) is True
    assert counting(SECOND) == {second: {A, B}}
    assert (held(), undecided(SYSTEM, SECOND)) == ((), ())
    assert rows_of("SELECT * FROM ops.lake_partition ORDER BY path") == partitions
    assert ingest(SYSTEM, SECOND).committed is False
    decided = rows_of("SELECT rule_id, outcome, reason, decided_by, decided_at, channel FROM ops.gate_decision")
    assert decided == [("insured_fell", "overruled", "本季度清理重复参保,人数属实", "operator", NOON, "cli")]
    answer = (settings().receipts / SYSTEM / f"{second}.gate.txt").read_text(encoding="utf-8")
    assert "放行,已计入" in answer and "人数属实" in answer


def test_every_rule_must_be_overruled_and_the_last_decision_counts(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400, B: 400})
    second, _ = staged(tmp_path, SECOND, {B: 250})
    assert {rule.rule_id for rule in held()[0].rules} == {"county_missing", "insured_fell"}
    first = overrule(second, "county_missing")
    assert (first.counts, first.still_held_by, state(second)) == (False, ("insured_fell",), False)
    assert undecided(SYSTEM, SECOND) == (second,)
    assert overrule(second, "insured_fell").counts
    assert state(second) is True
    taken_back = overrule(second, "county_missing", outcome=UPHELD)
    assert (taken_back.counts, taken_back.still_held_by, state(second)) == (False, ("county_missing",), False)
    assert undecided(SYSTEM, SECOND) == ()
    assert "维持停用" in (settings().receipts / SYSTEM / f"{second}.gate.txt").read_text(encoding="utf-8")
    assert overrule(second).counts, "all rules at once"
    outcomes = rows_of("SELECT rule_id, outcome FROM ops.gate_decision ORDER BY decision")
    assert outcomes == [
        ("county_missing", OVERRULED), ("insured_fell", OVERRULED), ("county_missing", UPHELD), ("county_missing", OVERRULED),
    ]  # fmt: skip


def test_deciding_again_adds_nothing_also_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 200})
    with monkeypatch.context() as patch:
        patch.setattr(gates, "write_gate_receipt", lambda *_: (_ for _ in ()).throw(OSError("killed here")))
        with pytest.raises(OSError, match="killed"):
            overrule(second)
    assert [overrule(second).counts for _ in range(3)] == [True] * 3
    assert len(rows_of("SELECT 1 FROM ops.gate_decision")) == 1


def test_two_decisions_on_one_delivery_are_taken_one_after_the_other(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 200})
    with ThreadPoolExecutor(1) as pool:
        with warehouse_engine().begin() as other:
            other.execute(text(f"SELECT 1 FROM ops.delivery WHERE delivery_id = '{second}' FOR NO KEY UPDATE"))
            waiting = pool.submit(overrule, second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=2)
        assert waiting.result(timeout=30).counts


def test_what_cannot_be_decided_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    first, _ = staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 200})
    with pytest.raises(ContractBreach, match="no history rule holds it"):
        overrule(first)
    with pytest.raises(ContractBreach, match="no history rule holds it"):
        overrule("no-such-delivery", "insured_fell")
    with pytest.raises(ContractBreach, match="held by insured_fell, not by no_rows"):
        overrule(second, "insured_fell", "no_rows")
    for reason in ("", " \n ", "x" * 501, "张三 360702198001010015 已核"):
        with pytest.raises(ContractBreach, match="理由必填") as breach:
            overrule(second, reason=reason)
        assert "360702198001010015" not in str(breach.value)
    assert rows_of("SELECT 1 FROM ops.gate_decision") == []
    assert state(second) is False


def test_decisions_are_never_changed(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 200})
    overrule(second)
    for statement in (
        "UPDATE ops.gate_decision SET reason = 'x'",
        "DELETE FROM ops.gate_decision",
        "TRUNCATE ops.gate_decision",
    ):
        with pytest.raises(DBAPIError, match="only added"), warehouse_engine().begin() as connection:
            connection.execute(text(statement))
    assert len(rows_of("SELECT 1 FROM ops.gate_decision")) == 1


def test_what_counted_by_sequence_is_compared_and_not_what_came_last(tmp_path: Path) -> None:
    corrected, _ = staged(tmp_path, FIRST, {A: 250}, sequence=2)
    overtaken, _ = staged(tmp_path, FIRST, {A: 400}, sequence=1)
    second, done = staged(tmp_path, SECOND, {A: 250})
    assert done.held == ()
    third, done = staged(tmp_path, Quarter(2019, 1), {A: 100})
    assert done.held == (third,)
    # What is held is not what counts: the next quarter is compared with what is in force, here with nothing.
    fourth, done = staged(tmp_path, Quarter(2019, 2), {A: 100})
    assert done.held == ()
    compared = dict(rows_of("SELECT delivery_id, compared_with -> 'previous' FROM ops.staging"))
    assert compared == {corrected: [], overtaken: [], second: [corrected], third: [second], fourth: []}


def test_a_correction_is_held_against_the_quarter_before_and_the_county_keeps_what_counts(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 400})
    correction, done = staged(tmp_path, SECOND, {A: 200}, sequence=2)
    assert done.held == (correction,)
    assert counting(SECOND)[second] >= {A}
    overrule(correction)
    assert counting(SECOND) == {correction: {A, B}}


def test_history_comes_from_the_ledger_and_needs_no_lake(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400})
    shutil.rmtree(settings().lake)
    _, done = staged(tmp_path, SECOND, {A: 200})
    assert len(done.held) == 1


def test_deliveries_staged_before_there_were_counts_are_no_history(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400})
    with warehouse_engine().begin() as connection:
        connection.execute(text("UPDATE ops.staging SET county_counts = '{}'"))
    second, done = staged(tmp_path, SECOND, {A: 100})
    assert done.held == ()
    assert rows_of(f"SELECT compared_with -> 'previous' FROM ops.staging WHERE delivery_id = '{second}'") == [([],)]


def test_a_correction_of_what_was_let_pass_is_not_held_again_and_is_the_next_quarters_history(tmp_path: Path) -> None:
    staged(tmp_path, FIRST, {A: 400})
    second, done = staged(tmp_path, SECOND, {A: 200})
    assert done.held == (second,)
    overrule(second)
    correction, done = staged(tmp_path, SECOND, {A: 3}, sequence=2, corrects=second)
    assert done.held == ()
    assert set(counting(SECOND)) == {correction}
    third, done = staged(tmp_path, Quarter(2019, 1), {A: 50})
    assert done.held == (third,)
    assert rows_of(f"SELECT compared_with -> 'previous' FROM ops.staging WHERE delivery_id = '{third}'") == [
        ([correction],)
    ]


def test_the_calendar_and_m46_follow_the_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_NOW", "2019-01-03T10:00:00+08:00")
    staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 200})

    def seen() -> dict[str, object]:
        """The line of one county, and M46 of the table's system, as the warehouse tells them."""
        refresh()
        assert refresh() == refresh()
        ((state, delivery),) = rows_of(
            f"SELECT state, delivery_id FROM ops.calendar"
            f" WHERE system = '{SYSTEM}' AND quarter = '{SECOND}' AND county_code = '{A}'"
        )
        (m46,) = [one for one in timeliness() if (one.system, one.quarter) == (SYSTEM, SECOND.key)]
        return {"state": state, "delivery": delivery, "rows": (m46.n_rows_declared, m46.n_rows_received)}

    assert seen() == {"state": "held", "delivery": second, "rows": (200, 0)}
    overrule(second)
    # The system's other tables have not come: the county still owes them.
    assert seen() == {"state": "due", "delivery": None, "rows": (200, 200)}


def test_the_command_line_tells_decides_and_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_NOW", "2019-01-03T10:00:00+08:00")
    staged(tmp_path, FIRST, {A: 400})
    second, _ = staged(tmp_path, SECOND, {A: 200})

    def bidui(*words: str) -> str:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 0, done.output
        return done.output

    def shown(*words: str) -> Any:
        return json.loads(bidui("status", *words, "--json"))

    (waiting,) = shown()["held"]
    assert (waiting["delivery_id"], [rule["rule_id"] for rule in waiting["rules"]]) == (second, ["insured_fell"])
    (of_quarter,) = [one for one in shown()["calendar"] if (one["system"], one["quarter"]) == (SYSTEM, SECOND.key)]
    assert of_quarter["states"] == {"due": 98, "held": 2}
    lines = shown("--calendar", "--system", SYSTEM, "--quarter", SECOND.key)
    assert {line["county_code"] for line in lines if line["state"] == "held"} == {A, B}
    assert len(lines) == 100
    for words in (bidui("status"), bidui("status", "--calendar")):
        assert second in words
    assert "章贡区:上季度 400,本批 200" in bidui("status")

    which = ("--system", SYSTEM, "--delivery", second, "--rule", "insured_fell")
    assert "counts: 200 clean rows" in bidui("overrule", *which, "--reason", "清理重复参保")
    assert shown()["held"] == []
    assert "is held by insured_fell" in bidui("overrule", *which, "--reason", "又查出漏导", "--uphold")
    ((outcome, by),) = rows_of("SELECT outcome, decided_by FROM ops.gate_decision ORDER BY decision DESC LIMIT 1")
    assert (outcome, bool(by)) == (UPHELD, True)


def test_where_two_counties_became_one_both_are_its_past() -> None:
    old, new = "360105", "360112"  # 湾里区 went into 新建区 in December 2019
    earlier, later = Quarter(2019, 3), Quarter(2019, 4)

    def before(counties: frozenset[str]) -> gates.Before:
        one = Arrived(SYSTEM, "d1", earlier, counties, 1, earlier.last_day, "f", NOON, True, frozenset({TABLE}))
        numbers = {("d1", TABLE): {county: Counts(10, 1, 2) for county in counties}}
        return gates.Past(SYSTEM, later, (one,), numbers).before(TABLE, frozenset({new}))

    assert before(frozenset({old, new})).counts["previous"] == {new: Counts(20, 2, 4)}
    assert before(frozenset({old, new})).deliveries == {"previous": ("d1",), "year_ago": ()}
    assert before(frozenset({new})).counts["previous"] == {}
