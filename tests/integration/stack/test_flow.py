"""The whole flow under a real Airflow and PostgreSQL, by events alone, disturbed in every way a year will bring.

One installation goes through all of it, stage by stage: each stage is a fixture that builds on the one before, the tests
say what must be true then. Beside it the same deliveries go through one process without Airflow: its releases are what
an undisturbed run gives. A reader polls the warehouse from the first publication to the last.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

from pipelines.deliveries.manifest import MANIFEST, sha256_of
from pipelines.deliveries.receive import receive
from pipelines.measures.catalogue import MEASURES
from pipelines.pseudonyms import ring
from pipelines.sources import SOURCES
from tests.integration.stack.flow import Flow, Hashes, Hit, Undisturbed, bring, installed, make_outbox, until
from tests.integration.stack.reader import Reader
from tests.leaks.marks import Marks, people, words_of
from tests.leaks.planted import Planting, choose
from tests.leaks.said import everything
from tests.leaks.search import in_database, in_folder
from tests.outbox import core_only

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900), pytest.mark.minutes(25)]
FIRST, SECOND, THIRD, GAPPY = "2018Q3", "2018Q4", "2019Q1", "2019Q3"
COUNTY = "361128"
# 鹰潭: its three counties come in one delivery of the medical insurance.
CITY, SILENT = "3606", ("360602", "360603", "360681")
# The quarter no longer waits from 2019-10-11 on, and settles an hour after its last delivery.
BEFORE_ITS_DAY, ON_ITS_DAY = "2019-10-10T23:50:00+08:00", "2019-10-11T00:10:00+08:00"
SETTLED = "2019-10-11T01:10:00+08:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flow")


@pytest.fixture(scope="module")
def flow(folder: Path) -> Iterator[Flow]:
    with installed(folder, "2019-05-06T10:00:00+08:00") as made:
        # Nothing may happen because the hour has struck: what follows is done by events.
        made.rest.patch("dags/calendar", {"is_paused": True})
        yield made


@pytest.fixture(scope="module")
def reader(flow: Flow) -> Iterator[Reader]:
    with Reader(flow.connect) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(flow: Flow, folder: Path) -> Undisturbed:
    home = folder / "undisturbed"
    home.mkdir()
    return Undisturbed(flow, home, flow.server.ensure_database("undisturbed", "bidui"))


# -- two quarters, complete ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """What is sent first, and the marked people who stand in it in place of others, in rows good and wrong."""

    outbox: Path
    planting: Planting


@pytest.fixture(scope="module")
def planted(flow: Flow, folder: Path) -> Planted:
    # Every table from every sender once; after the first quarter what releases are computed from, from the province: it
    # goes the same ways, and a delivery takes half a second however few its rows.
    outbox = make_outbox(folder / "first", FIRST, flow.home / "reference")
    core_only(make_outbox(outbox, SECOND, split="province"), SECOND)
    planting = choose(outbox, COUNTY)
    return Planted(planting.into(outbox, wrong_rows=True), planting)


@pytest.fixture(scope="module")
def published(flow: Flow, reader: Reader, planted: Planted) -> Hashes:
    flow.send(planted.outbox)
    flow.await_shown([FIRST, SECOND], 900)
    return flow.hashes()


def test_events_alone_publish_what_one_process_publishes(published: Hashes, undisturbed: Undisturbed) -> None:
    assert set(published) == {FIRST, SECOND}
    assert len(published[FIRST]) > 15
    undisturbed.fetch()
    assert published == undisturbed.run()


# -- deliveries that are not what they say ------------------------------------------------------------------------------


def manifest_of(folder: Path, file: str = "", **change: Any) -> None:
    """Change what the manifest says of a file, of the first one where none is named."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    next(entry for entry in manifest["files"] if file in ("", entry["name"])).update(change)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def without_column(folder: Path) -> None:
    path = next(folder.glob("养老参保*.csv"))
    path.write_text(path.read_text(encoding="utf-8").replace("AAC147", "AAC999", 1), encoding="utf-8")
    manifest_of(folder, path.name, sha256=sha256_of(path), bytes=path.stat().st_size)


def in_another_encoding(folder: Path) -> None:
    """The last line is of another file: a person, in UTF-16."""
    path = next(folder.glob("养老参保*.csv"))
    marked = people(COUNTY)[0]
    path.write_bytes(path.read_bytes() + f"{marked.name},{marked.id_number}\n".encode("utf-16"))
    manifest_of(folder, path.name, sha256=sha256_of(path), bytes=path.stat().st_size)


def named_after_somebody(folder: Path) -> None:
    path = next(folder.glob("养老参保*.csv"))
    marked = people(COUNTY)[1]
    new = path.rename(path.with_name(f"{marked.name}{marked.id_number}.csv"))
    manifest_of(folder, path.name, name=new.name)


def sent_by_somebody(folder: Path) -> None:
    path = folder / MANIFEST
    marked = people(COUNTY)[2]
    manifest = json.loads(path.read_text(encoding="utf-8"))
    words = {"sender": f"{marked.name}({marked.id_number})", "corrects": marked.name}
    path.write_text(json.dumps(manifest | words), encoding="utf-8")


SPOILS: dict[str, Callable[[Path], None]] = {
    "checksum": lambda folder: manifest_of(folder, sha256="0" * 64),
    "encoding": in_another_encoding,
    "name": named_after_somebody,
    "sender": sent_by_somebody,
    "column": without_column,
    "rows": lambda folder: manifest_of(folder, rows=1_000_000),
    "escape": lambda folder: manifest_of(folder, name="../../etc/passwd"),
}


@dataclass(frozen=True)
class Refused:
    """What the readers saw before and after the spoilt deliveries, and their folders by the way they were spoilt."""

    before: Hashes
    after: Hashes
    folders: dict[str, Path]


@pytest.fixture(scope="module")
def refused(flow: Flow, published: Hashes, planted: Planted, folder: Path) -> Refused:
    folders = {}
    how = {"systems": ["social_insurance"], "counties": [COUNTY], "habits": 0.0}
    outbox = planted.planting.into(make_outbox(folder / "spoilt", FIRST, **how))
    (note,) = outbox.glob("*/*/*/delivery.json")
    sent = json.loads(note.read_text(encoding="utf-8"))
    for number, (kind, spoil) in enumerate(SPOILS.items(), 10):
        note.write_text(json.dumps(sent | {"sequence": number}), encoding="utf-8")
        (made,) = bring(outbox, folder / "apart")
        spoil(made)
        folders[kind] = flow.home / "landing" / "social_insurance" / made.name
        made.rename(folders[kind])
    flow.await_answered(list(folders.values()))
    until("the flow rests", flow.is_idle, 60)
    return Refused(published, flow.hashes(), folders)


@pytest.mark.parametrize("kind", SPOILS)
def test_a_spoilt_delivery_is_refused_with_a_way_to_mend_it(flow: Flow, refused: Refused, kind: str) -> None:
    name = refused.folders[kind].name
    receipts = flow.home / "receipts" / "social_insurance"
    text = (receipts / f"{name}.txt").read_text(encoding="utf-8")
    reasons = json.loads((receipts / f"{name}.json").read_text(encoding="utf-8"))["reasons"]
    assert "未接收(退回)" in text
    assert "Result: not accepted" in text
    assert text.count("怎么改:") == text.count("How: ") == len(reasons) == 1, text
    (ledger,) = flow.query("SELECT status, reasons, files FROM ops.delivery WHERE delivery_id = %s", name)
    assert ledger == ("refused", reasons, [])


def test_nothing_of_a_spoilt_delivery_is_staged_and_readers_see_what_they_saw(flow: Flow, refused: Refused) -> None:
    names = [folder.name for folder in refused.folders.values()]
    assert flow.query("SELECT 1 FROM ops.staging WHERE delivery_id = ANY(%s)", names) == []
    assert not [path for name in names for path in (flow.home / "lake").rglob(f"delivery={name}")]
    assert refused.before == refused.after
    assert flow.failures() == []
    assert flow.airflow.health()["scheduler"]["status"] == "healthy"


# -- a county of the first quarter, corrected ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Corrected:
    old: dict[str, int]
    new: dict[str, int]


def correction(planted: Planted, folder: Path, quarter: str, sequence: int, keep: float = 0.75) -> Path:
    """An outbox with one county's pension participation again, the last rows struck off.

    At this scale the county has some 210 insured: a quarter of them may go before a history rule holds the delivery.
    """
    how = {"systems": ["social_insurance"], "counties": [COUNTY], "sequence": sequence, "habits": 0.0}
    outbox = planted.planting.into(make_outbox(folder, quarter, **how))
    (path,) = outbox.rglob("养老参保*.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) > 20
    path.write_text("".join(lines[: int(len(lines) * keep)]), encoding="utf-8")
    return outbox


@pytest.fixture(scope="module")
def corrected(flow: Flow, refused: Refused, planted: Planted, folder: Path) -> Corrected:
    old = flow.shown()
    flow.send(correction(planted, folder / "corrected", FIRST, 20))
    return Corrected(old, flow.await_shown([FIRST, SECOND], after=max(old.values())))


def test_a_corrected_county_makes_new_releases_shown_in_one_flip(flow: Flow, corrected: Corrected) -> None:
    assert set(corrected.new) == {FIRST, SECOND}
    assert min(corrected.new.values()) > max(corrected.old.values())
    assert len(flow.query("SELECT DISTINCT flipped_at FROM ops.current_release")) == 1
    previous = flow.query("SELECT quarter, previous_release FROM ops.current_release")
    assert dict(previous) == corrected.old


def test_both_generations_can_be_asked_and_differ_where_the_correction_bites(flow: Flow, corrected: Corrected) -> None:
    covered = dict(
        flow.query(
            "SELECT release, n_numerator FROM generation.mart_coverage"
            " WHERE measure_code = 'M03' AND region_code = %s AND cut = 'total' AND quarter = %s",
            COUNTY, FIRST,
        )
    )  # fmt: skip
    assert covered[corrected.new[FIRST]] < covered[corrected.old[FIRST]]
    newly = dict(
        flow.query(
            "SELECT release, sum(n_people) FROM generation.mart_change WHERE measure_code = 'M03' AND region_code = %s"
            " AND change_code = 'newly_covered' AND quarter = %s GROUP BY release",
            COUNTY, SECOND,
        )
    )  # fmt: skip
    assert newly[corrected.new[SECOND]] > newly.get(corrected.old[SECOND], 0)
    shown = flow.query("SELECT DISTINCT quarter, release FROM mart.mart_coverage")
    assert dict(shown) == corrected.new


# -- a delivery that differs too much from the last one ------------------------------------------------------------------


@dataclass(frozen=True)
class LetPass:
    """What was seen while a delivery was held, what its operator was asked, and what was seen when it was let pass."""

    delivery: str
    old: dict[str, int]
    shown_while_held: dict[str, int]
    hashes_while_held: Hashes
    undisturbed_while_held: Hashes
    questions: list[dict[str, Any]]
    new: dict[str, int]
    hashes: Hashes
    undisturbed: Hashes


def open_question(flow: Flow, after: int = 0) -> dict[str, Any]:
    """The question that waits for an answer, asked in a later try than `after`."""

    def look() -> dict[str, Any]:
        asked = flow.rest.get("dags/gate/dagRuns/~/hitlDetails", response_received=False)["hitl_details"]
        open_ = [one for one in asked if one["task_instance"]["try_number"] > after]
        return open_[0] if open_ else {}

    return until("somebody is asked", look, 120)


def answer(flow: Flow, question: dict[str, Any], **params: str) -> None:
    # Airflow starts the task anew on an answer: one that comes before the asking process has ended is lost, and asked again.
    time.sleep(5)
    run = quote(question["task_instance"]["dag_run_id"], safe="")
    path = f"dags/gate/dagRuns/{run}/taskInstances/ask/-1/hitlDetails"
    flow.rest.patch(path, {"chosen_options": ["放行"], "params_input": params})


@pytest.fixture(scope="module")
def let_pass(flow: Flow, corrected: Corrected, undisturbed: Undisturbed, planted: Planted, folder: Path) -> LetPass:
    old = flow.shown()
    (landed,) = flow.send(correction(planted, folder / "too few", SECOND, 2, keep=0.2))
    first = open_question(flow)
    until("a held delivery has started nothing else", lambda: not flow.running("link") and not flow.running("plan"), 60)
    shown, hashes = flow.shown(), flow.hashes()
    undisturbed.fetch()
    undisturbed_hashes = undisturbed.run()
    answer(flow, first, reason="   ")
    second = open_question(flow, after=first["task_instance"]["try_number"])
    answer(flow, second, reason="清理重复参保,人数属实")
    new = flow.await_shown([SECOND], after=max(old.values()))
    until("the flow rests", flow.is_idle, 120)
    undisturbed.overrule("social_insurance", landed.name)
    return LetPass(
        landed.name, old, shown, hashes, undisturbed_hashes, [first, second], new, flow.hashes(), undisturbed.run()
    )


def test_a_held_delivery_counts_for_nothing(let_pass: LetPass) -> None:
    assert let_pass.shown_while_held == let_pass.old
    assert let_pass.hashes_while_held == let_pass.undisturbed_while_held


def test_an_operator_is_asked_in_words_and_must_give_a_reason(flow: Flow, let_pass: LetPass) -> None:
    first, second = let_pass.questions
    for question in (first, second):
        assert let_pass.delivery in question["subject"]
        for words in ("参保人数比上季度减少超过1%", "insured_fell", "鄱阳县", "放行"):
            assert words in question["body"] + str(question["options"])
    assert first["task_instance"]["dag_run_id"] == second["task_instance"]["dag_run_id"], "one run per held delivery"
    ((message,),) = flow.query("SELECT message FROM ops.incident WHERE kind = 'held'")
    assert let_pass.delivery in message


def test_the_answer_is_kept_and_the_delivery_counts_as_it_was_staged(flow: Flow, let_pass: LetPass) -> None:
    decided = flow.query(
        "SELECT delivery_id, rule_id, outcome, reason, decided_by, channel FROM ops.gate_decision ORDER BY decision"
    )
    assert decided == [(let_pass.delivery, "insured_fell", "overruled", "清理重复参保,人数属实", "admin", "airflow")]
    assert flow.query("SELECT status FROM ops.staging WHERE delivery_id = %s", let_pass.delivery)[0] == ("held",)
    assert let_pass.new[SECOND] > let_pass.old[SECOND]
    (inputs,) = flow.query("SELECT inputs FROM ops.release WHERE release = %s", let_pass.new[SECOND])[0]
    assert let_pass.delivery in [one["delivery_id"] for one in inputs["deliveries"]]
    assert let_pass.hashes == let_pass.undisturbed
    assert let_pass.hashes[SECOND] != let_pass.hashes_while_held[SECOND]
    assert flow.failures() == []


# -- blows --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Struck:
    hits: list[Hit]
    hashes: Hashes
    undisturbed: Hashes


@pytest.fixture(scope="module")
def struck(flow: Flow, let_pass: LetPass, undisturbed: Undisturbed, planted: Planted, folder: Path) -> Struck:
    """A new quarter, then a correction of it; in every phase a worker dies once and the scheduler dies once."""
    third = planted.planting.into(core_only(make_outbox(folder / "third", THIRD, split="province")))
    again = correction(planted, folder / "third corrected", THIRD, 2)
    undisturbed.fetch()
    for outbox in (third, again):
        bring(outbox, undisturbed.home / "landing")
    # After a blow the flow waits for heartbeats to fail: time enough for the other run.
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(undisturbed.run)
        hits = strike_all(flow, third, again)
        return Struck(hits, flow.hashes(), other.result())


def strike_all(flow: Flow, third: Path, again: Path) -> list[Hit]:
    blows = {"receive": "worker", "staging": "scheduler", "link": "worker alone", "flip": "scheduler"}
    hits = flow.disturb(blows, THIRD, lambda: flow.send(third))
    shown = flow.await_shown([THIRD])
    blows = {"receive": "scheduler", "staging": "worker", "link": "scheduler", "flip": "worker"}
    hits += flow.disturb(blows, THIRD, lambda: flow.send(again))
    flow.await_shown([THIRD], after=shown[THIRD])
    until("the flow rests", flow.is_idle, 120)
    return hits


def test_every_blow_hit_a_running_task_and_a_later_try_succeeded(flow: Flow, struck: Struck) -> None:
    found = {(hit.phase, "worker" if hit.blow.startswith("worker") else hit.blow) for hit in struck.hits}
    assert found == {
        (phase, blow) for phase in ("receive", "staging", "link", "flip") for blow in ("worker", "scheduler")
    }
    for hit in struck.hits:
        tries = flow.tries(hit.task)
        assert tries[hit.task.try_number] == "failed", hit
        assert tries[max(tries)] == "success", hit
        assert max(tries) > hit.task.try_number, hit


def test_after_every_blow_the_tables_are_those_of_an_undisturbed_run(struck: Struck) -> None:
    assert set(struck.hashes) == {FIRST, SECOND, THIRD}
    assert struck.hashes == struck.undisturbed


def test_nothing_is_there_twice(flow: Flow, struck: Struck) -> None:
    landed = list((flow.home / "landing").glob("*/*/manifest.json"))
    assert flow.query("SELECT count(*) FROM ops.delivery") == [(len(landed),)]
    twice = "SELECT table_name, quarter, part, count(*) FROM ops.lake_partition GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert flow.query(twice) == []
    per_input = "SELECT quarter, fingerprint FROM ops.release GROUP BY 1, 2 HAVING count(*) > 1"
    assert flow.query(per_input) == []
    shown = flow.shown()
    for table, keys in (
        ("mart_coverage", "measure_code, region_code, cut, group_code"),
        ("mart_match", "person_key"),
        ("mart_change", "measure_code, region_code, change_code, change_cause_code"),
    ):
        counted = flow.query(f"SELECT quarter, count(*), count(DISTINCT ({keys})) FROM mart.{table} GROUP BY quarter")
        for quarter, rows, distinct in counted:
            assert rows == distinct == struck.hashes[quarter][table][0], (table, quarter, shown)


def test_every_committed_partition_is_on_disk(flow: Flow, struck: Struck) -> None:
    lake = flow.home / "lake"
    missing = [
        path for (path,) in flow.query("SELECT path FROM ops.lake_partition") if not any((lake / path).iterdir())
    ]
    assert missing == []


# -- a quarter past its day ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PastItsDay:
    """What was said of the quarter before its day, on it, when it had settled and when the late deliveries had come."""

    releases_before: int
    releases_unsettled: int
    incomplete: dict[tuple[str, str], tuple[Any, ...]]  # measure and region to the cell
    incidents: list[tuple[Any, ...]]
    first_release: int
    complete: dict[tuple[str, str], tuple[Any, ...]]
    second_release: int


def is_late(sent: dict[str, Any]) -> bool:
    return sent["system"] == "yulu" or (sent["system"] == "medical_insurance" and set(sent["scope"]) == set(SILENT))


def cells(flow: Flow) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = flow.query(
        "SELECT measure_code, region_code, has_data, n_numerator, n_denominator, coverage_rate, n_counties_missing"
        " FROM mart.mart_coverage WHERE quarter = %s AND cut = 'total' AND region_level IN ('province', 'county')",
        GAPPY,
    )
    return {(row[0], row[1]): row[2:] for row in rows}


@pytest.fixture(scope="module")
def past_its_day(flow: Flow, struck: Struck, planted: Planted, folder: Path) -> PastItsDay:
    flow.set_clock(BEFORE_ITS_DAY)
    outbox = make_outbox(folder / "gappy", GAPPY, systems=[*SOURCES.keys() - {"medical_insurance"}], split="province")
    core_only(make_outbox(outbox, GAPPY, systems=["medical_insurance"]))  # by the cities, one of which is late
    planted.planting.into(outbox)

    def releases_when_sent(leave_out: Callable[[dict[str, Any]], bool]) -> int:
        flow.await_answered(flow.send(outbox, leave_out))
        flow.await_staged()
        until("the flow rests", flow.is_idle, 120)
        return len(flow.query("SELECT 1 FROM ops.release WHERE quarter = %s", GAPPY))

    before = releases_when_sent(lambda sent: is_late(sent) or sent["system"] == "civil_affairs")
    flow.set_clock(ON_ITS_DAY)
    unsettled = releases_when_sent(is_late)
    flow.set_clock(SETTLED)
    flow.rest.patch("dags/calendar", {"is_paused": False})
    first = flow.await_shown([GAPPY])[GAPPY]
    flow.rest.patch("dags/calendar", {"is_paused": True})
    until("the flow rests", flow.is_idle, 120)
    incomplete = cells(flow)
    incidents = flow.query("SELECT kind, message, detail FROM ops.incident WHERE quarter = %s", GAPPY)
    flow.send(outbox)
    second = flow.await_shown([GAPPY], after=first)[GAPPY]
    return PastItsDay(before, unsettled, incomplete, incidents, first, cells(flow), second)


def test_an_incomplete_quarter_waits_for_its_day_and_until_it_has_settled(past_its_day: PastItsDay) -> None:
    assert past_its_day.releases_before == 0
    assert past_its_day.releases_unsettled == 0


def test_past_its_day_what_is_missing_is_no_data_and_never_nought(past_its_day: PastItsDay) -> None:
    said = past_its_day.incomplete
    assert len(said) == len(MEASURES) * 101
    for (measure, region), (has_data, numerator, denominator, rate, missing) in said.items():
        silent = measure == "M38" or (measure in ("M13", "M13A", "M14") and region in SILENT)
        assert has_data is not silent, (measure, region)
        if silent:
            assert (numerator, denominator, rate) == (None, None, None), (measure, region)
        if region == "36":
            assert missing == {"M38": 100, "M13": 3, "M13A": 3, "M14": 3}.get(measure, 0)
    assert said["M13", "36"][3] is not None


def test_the_alert_names_what_is_missing(past_its_day: PastItsDay) -> None:
    ((kind, message, detail),) = past_its_day.incidents
    assert kind == "missing"
    for word in ("雨露", "全部县区", "医", "月湖区", "余江区", "贵溪市", "无数据"):
        assert word in message, message
    assert detail["medical_insurance"] == sorted(SILENT)


def test_the_late_arrival_makes_a_new_release_by_itself(past_its_day: PastItsDay) -> None:
    assert past_its_day.second_release > past_its_day.first_release
    assert all(has_data for has_data, *_ in past_its_day.complete.values())
    assert past_its_day.complete["M38", "36"][2] > 0


# -- a notice that was lost ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overlooked(flow: Flow, past_its_day: PastItsDay, planted: Planted, folder: Path) -> dict[str, int]:
    """A delivery that was received, but whose event nobody heard."""
    old = flow.shown()
    flow.rest.patch("dags/receive", {"is_paused": True})
    flow.send(correction(planted, folder / "unheard", GAPPY, 2))
    assert [one.accepted for one in receive()] == [True]
    flow.rest.patch("dags/receive", {"is_paused": False})
    flow.set_clock((flow.now() + timedelta(hours=1)).isoformat())
    flow.await_shown([GAPPY], after=old[GAPPY])
    until("the flow rests", flow.is_idle, 120)
    return old


def test_a_delivery_whose_notice_was_lost_is_published_all_the_same(flow: Flow, overlooked: dict[str, int]) -> None:
    assert flow.shown()[GAPPY] > overlooked[GAPPY]
    assert {quarter: release for quarter, release in flow.shown().items() if quarter != GAPPY} == {
        quarter: release for quarter, release in overlooked.items() if quarter != GAPPY
    }


# -- looking back -------------------------------------------------------------------------------------------------------


def test_in_the_end_everything_equals_the_undisturbed_run(
    flow: Flow, overlooked: object, undisturbed: Undisturbed
) -> None:
    assert flow.failures() == []
    undisturbed.fetch()
    assert flow.hashes() == undisturbed.run()


def test_a_reader_saw_only_whole_quarters(flow: Flow, reader: Reader, overlooked: object) -> None:
    rows = flow.query(
        "SELECT release, quarter, (inputs->'previous'->>'release')::bigint, (content->'mart_coverage'->>'rows')::bigint"
        " FROM ops.release"
    )
    reader.check({release: (quarter, reads, count) for release, quarter, reads, count in rows})
    assert len(reader.states) >= 6
    assert reader.looks > 100


def test_no_person_stands_in_logs_receipts_docs_or_airflow(flow: Flow, overlooked: object) -> None:
    lake = flow.home / "lake" / "staged"
    people = duckdb.sql(f"SELECT name, id_number FROM read_parquet('{lake}/*/**/*.parquet', union_by_name = true)")
    rows = people.fetchall()
    numbers = {number for _, number in rows if number and len(number) >= 15}
    names = {name for name, _ in rows if name and len(name) >= 3}
    assert len(numbers) > 5000
    assert len(names) > 2000
    said = {
        path: path.read_text(encoding="utf-8", errors="replace")
        for area in ("logs", "receipts", "data-docs")
        for path in (flow.home / area).rglob("*")
        if path.is_file()
    }
    with flow.server.administrator("airflow") as connection, connection.cursor() as cursor:
        for table, column in (
            ("xcom", "value"),
            ("asset_event", "extra"),
            ("log", "extra"),
            ("dag_run", "conf"),
            ("hitl_detail", "body"),
        ):
            cursor.execute(f"SELECT coalesce(string_agg({column}::text, ' '), '') FROM {table}")
            said[Path(table)] = str((cursor.fetchone() or ("",))[0])
    said[Path("incidents")] = str(flow.query("SELECT message, detail FROM ops.incident"))
    assert len(said) > 200
    for where, words in said.items():
        found = numbers & set(re.findall(r"\d{14,17}[\dXx]", words))
        for run in re.findall(r"[\u4e00-\u9fff]{3,}", words):
            found |= names & {run[at : at + 3] for at in range(len(run) - 2)}
        assert not found, where


# -- marked people ------------------------------------------------------------------------------------------------------

DATABASES = ("bidui", "undisturbed", "airflow", "postgres")
# Where people may stand: what was sent, the lake, what commands write for offices; PostgreSQL's own files are read as tables.
OF_PEOPLE = ("landing", "lake")


def may_hold_people(folder: Path) -> frozenset[Path]:
    sent = {note.parents[3] for note in folder.glob("*/*/*/*/delivery.json")} | {
        folder / "apart",
        folder / "for offices",
    }
    homes = (folder / "home", folder / "undisturbed")
    return frozenset(sent | {home / area for home in homes for area in OF_PEOPLE} | {folder / "home" / "postgres"})


@dataclass(frozen=True)
class Told:
    """The words of marked people and their keys in the lake, and the pseudonyms that stand for these in tables of people."""

    marks: Marks
    pseudonyms: Marks


@pytest.fixture(scope="module")
def told(flow: Flow, overlooked: object, let_pass: LetPass, planted: Planted, folder: Path) -> Told:
    """After all that was sent every command has been run, too, and what it said lies in a file."""
    names = [one.name for one in planted.planting.people]
    core = f"{flow.home}/lake/core/core_person/**/*.parquet"
    keys = duckdb.execute("SELECT DISTINCT person_key FROM read_parquet($1) WHERE name IN $2", [core, names]).fetchall()
    assert len(keys) == len(names), "they are people like any other"
    said = everything(folder / "for offices", planted.planting, SECOND, "2018Q3-3611-001", ring()[0].shown(keys[0][0]))
    (folder / "said").mkdir()
    for name, text in said.items():
        (folder / "said" / f"{name}.txt").write_text(text, encoding="utf-8")
    shown = ring()[0].shown
    return Told(
        Marks(words_of(planted.planting.people) | {f"key {at}": key for at, (key,) in enumerate(keys)}),
        Marks({f"pseudonym {at}": shown(key) for at, (key,) in enumerate(keys)}),
    )


def test_marked_people_went_all_the_way(flow: Flow, told: Told, planted: Planted, folder: Path) -> None:
    numbers = range(1, len(planted.planting.people) + 1)
    for area, expected in (
        ("landing", numbers),
        ("lake/staged/staged_social_insurance__participation", numbers),
        ("lake/quarantine", [1]),
        ("lake/core/core_person", numbers),
    ):
        found = " ".join(label for labels in in_folder(told.marks, flow.home / area).values() for label in labels)
        for number in expected:
            assert f"ID number {number} " in found and f"name {number} " in found, (area, number)
    written = in_folder(told.marks, folder / "for offices").keys()
    assert {"361128-鄱阳县-2018Q4-核实名单.xlsx", "back.xlsx"} <= written, written


def test_no_marked_person_stands_in_any_other_file(flow: Flow, told: Told, folder: Path) -> None:
    assert not list((flow.home / "scratch").glob("*.work")), "what killed steps put aside is still there"
    assert in_folder(told.marks, folder, but=may_hold_people(folder)) == {}
    explained = {folder / "said" / f"{number} explain.txt" for number in (4, 5)}  # they were asked for
    assert in_folder(told.pseudonyms, folder, but=may_hold_people(folder) | explained) == {}


@pytest.mark.parametrize("database", DATABASES)
def test_no_marked_person_stands_in_any_table(flow: Flow, told: Told, database: str) -> None:
    with flow.server.administrator(database) as connection:
        assert in_database(told.marks, connection) == {}
        pseudonyms = in_database(told.pseudonyms, connection).keys()
    assert {name.split(".")[0] for name in pseudonyms} <= {"generation"}
    assert bool(pseudonyms) is (database == "bidui"), "of people who are published, under this installation's key"


AREAS = ("home/logs/airflow/dag_id=receive/x.log", "home/logs/postgres.log.1", "home/receipts/yulu/x.txt", "home/data-docs/x.json",
         "home/scratch/staging-x/rows.csv", "home/airflow/x.cfg", "home/lineage/events.json", "home/new", "tmp/x", "said/x",
         "undisturbed/receipts/x", "x")  # fmt: skip
CELLS = (("xcom", "value"), ("asset_event", "extra"), ("log", "extra"), ("dag_run", "conf"), ("serialized_dag", "data"),
         ("rendered_task_instance_fields", "rendered_fields"), ("hitl_detail", "body"))  # fmt: skip


def test_a_marked_person_would_be_found_in_any_place_of_this_installation(
    flow: Flow, told: Told, planted: Planted, folder: Path
) -> None:
    one = planted.planting.people[0]
    for area in AREAS:
        (folder / area).parent.mkdir(parents=True, exist_ok=True)
        (folder / area).write_text(json.dumps({"a": one.name}), encoding="utf-8")
    try:
        assert in_folder(told.marks, folder, but=may_hold_people(folder)).keys() == set(AREAS)
    finally:
        for area in AREAS:
            (folder / area).unlink()
    with flow.server.administrator("airflow") as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            for table, column in CELLS:
                kind = "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
                cursor.execute(kind, (table, column))
                ((said,),) = cursor.fetchall()
                cursor.execute(f"UPDATE {table} SET {column} = to_json(%s::text)::text::{said}", (one.id_number,))
                assert cursor.rowcount > 0, table
        found = in_database(told.marks, connection)
        connection.rollback()
    assert found.keys() == {f"public.{table}" for table, _ in CELLS}
