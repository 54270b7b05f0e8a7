"""Keys over several quarters, from records to events: the real SQL, whatever order the quarters and their rows come in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.catalog import TABLES
from pipelines.engines import sql
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.identity.names import name_table
from pipelines.lake import columns_of
from pipelines.periods import Quarter
from tests.spec.test_specs import arrow_table

Q1, Q2, Q3, Q4 = (Quarter(2018, 3).shift(n) for n in range(4))
MADE = ("core_id_link", "core_link", "core_person_key", "core_person", "mart_person_key_event")
RANKS = {"poverty_register": 1, "civil_affairs": 2, "employment_platform": 3, "technical_school": 4, "yulu": 5}


class Record(NamedTuple):
    """A record of a system; `n` tells apart the made-up ID numbers, 0 is none. `joined`: the cluster an official put it to."""

    system: str
    number: str
    name: str
    n: int
    joined: str | None = None

    @property
    def id_key(self) -> str | None:
        return f"99010119700101{self.n:03d}X" if self.n else None


class Delivered(NamedTuple):
    """All records of a quarter; of two deliveries of a quarter the higher sequence counts."""

    quarter: Quarter
    sequence: int
    records: tuple[Record, ...]


HELD = Record("poverty_register", "P1", "张建国", 1)
UNDER_IT = Record("civil_affairs", "F1-1", "李春梅", 1)
FIRST = Record("civil_affairs", "F2-1", "王秀英", 2)
LATER = Record("poverty_register", "P2", "郑强", 2)
CORRECT = Record("poverty_register", "P3", "赵大勇", 3)
MISTAKEN = Record("yulu", "Y3", "赵大勇", 4)
TWICE = (Record("poverty_register", "P6", "孙立平", 5), Record("poverty_register", "P5", "孙立平", 5))
NUMBERLESS = Record("employment_platform", "W7", "周小燕", 0)
RENAMED = Record("technical_school", "S8", "吴海", 8)

LAST = (
    HELD, UNDER_IT, FIRST, LATER, CORRECT, MISTAKEN._replace(n=3), TWICE[0]._replace(n=6), TWICE[1],
    RENAMED._replace(name="吴立新"), NUMBERLESS._replace(joined="id:99010119700101008X"),
)  # fmt: skip
STORY = (
    Delivered(Q1, 1, (HELD, FIRST._replace(n=9), CORRECT._replace(n=4), *TWICE, NUMBERLESS)),
    Delivered(Q1, 2, (HELD, UNDER_IT, FIRST, CORRECT, MISTAKEN, *TWICE, NUMBERLESS, RENAMED)),
    # The holder of one number is gone; another number has a new one. A number is put right, two in the register part, one is renamed.
    Delivered(Q2, 1, (UNDER_IT, FIRST, *LAST[3:9], NUMBERLESS)),
    # The first holder is back, and an official puts two records together.
    Delivered(Q3, 1, LAST),
    Delivered(Q4, 1, LAST),
)


class Office:
    """Computes a quarter and every later one when something arrives, as planning has it done; keeps the last of each."""

    def __init__(self, folder: Path, threads: int = 2, seed: int = 0) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.engine = DuckDBEngine(threads, "1GiB", folder / "scratch")
        self.n_written = 0
        self.in_force: dict[Quarter, Delivered] = {}
        self.made: dict[tuple[Quarter, str], Path] = {}
        self.hashes: dict[tuple[str, str], str] = {}

    def takes(self, *deliveries: Delivered) -> Office:
        for new in deliveries:
            known = self.in_force.get(new.quarter)
            if known is None or known.sequence < new.sequence:
                self.in_force[new.quarter] = new
                for quarter in sorted(one for one in self.in_force if one >= new.quarter):
                    self.compute(quarter)
        return self

    def compute(self, quarter: Quarter) -> None:
        records = list(self.in_force[quarter].records)
        self.random.shuffle(records)
        given = {
            "core_record": [
                {
                    "system": r.system, "system_rank": str(RANKS[r.system]), "record_number": r.number, "name": r.name,
                    "id_key": r.id_key, "id_class": "valid" if r.n else "missing",
                }
                for r in records
            ],
            "core_link_candidate": [
                {
                    "system": r.system, "entity": "record", "record_number": r.number, "name": r.name, "id_key": r.id_key,
                    "cluster": r.joined, "tier": "T6", "decision": "must_link", "linked_cluster": r.joined,
                }
                for r in records if r.joined
            ],
        }  # fmt: skip
        for name in {table for made in MADE for table in sql.tables_read(sql.load(made).select).this} - set(MADE):
            columns = columns_of(name)
            rows = (
                name_table(r.name for r in records)
                if name == "core_name"
                else arrow_table(columns, given.get(name, []))
            )
            self.engine.register_rows(name, columns, rows)
        for name in MADE:
            select = sql.load(name).select
            for table in sql.tables_read(select).previous:
                self._show(f"previous.{table}", self.made.get((quarter.previous, table)))
            self.n_written += 1
            path = self.folder / f"{self.n_written}"
            parameters = {"quarter": quarter.key} if "quarter" in sql.parameters(select) else {}
            written = self.engine.write(select, columns_of(name), TABLES[name].keys, parameters, path)
            self._show(name, path)
            self.made[quarter, name], self.hashes[quarter.key, name] = path, written.content_hash

    def _show(self, name: str, path: Path | None) -> None:
        """A written table as input, its rows in any order, as several machines might give them."""
        columns = columns_of(name.removeprefix("previous."))
        rows = pq.read_table(path) if path else arrow_table(columns, [])
        order = self.random.sample(range(rows.num_rows), rows.num_rows)
        self.engine.register_rows(name, columns, rows.take(pa.array(order, pa.int64())))

    def rows(self, quarter: Quarter, name: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = pq.read_table(self.made[quarter, name]).to_pylist()
        return found

    def key(self, quarter: Quarter, record: Record) -> object:
        """The key of the person a record stands for."""
        cluster = {(r["system"], r["record_number"]): r["cluster"] for r in self.rows(quarter, "core_link")}
        keys = {p["cluster"]: p["person_key"] for p in self.rows(quarter, "core_person")}
        return keys[cluster[record.system, record.number]]


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The story told quarter by quarter."""
    office = Office(tmp_path_factory.mktemp("office")).takes(*STORY)
    yield office
    office.engine.close()


def test_everyone_keeps_the_key_whoever_holds_the_number(in_order: Office) -> None:
    for record, quarters in (
        (HELD, (Q1, Q3, Q4)),
        (UNDER_IT, (Q1, Q2, Q3, Q4)),
        (FIRST, (Q1, Q2, Q3, Q4)),
        (LATER, (Q2, Q3, Q4)),
        (CORRECT, (Q1, Q2, Q3, Q4)),
        (TWICE[1], (Q1, Q2, Q3, Q4)),
        (NUMBERLESS, (Q1, Q2)),
        (RENAMED, (Q1, Q2, Q3, Q4)),
    ):
        assert len({in_order.key(quarter, record) for quarter in quarters}) == 1, record.number
    for quarter in (Q1, Q2, Q3, Q4):
        people = in_order.rows(quarter, "core_person")
        assert len({one["person_key"] for one in people}) == len(people)


def test_only_what_becomes_one_or_two_is_an_event(in_order: Office) -> None:
    told = {
        (quarter, e["event_code"], e["person_key"], e["other_person_key"], e["cause_code"], e["n_records"])
        for quarter in (Q1, Q2, Q3, Q4)
        for e in in_order.rows(quarter, "mart_person_key_event")
    }
    key = in_order.key
    assert told == {
        (Q2, "merged", key(Q2, CORRECT), key(Q1, MISTAKEN), "id_number", 1),
        (Q2, "split", key(Q2, TWICE[0]), key(Q1, TWICE[0]), "id_number", 1),
        (Q3, "merged", key(Q3, RENAMED), key(Q2, NUMBERLESS), "official", 1),
    }


def test_a_quarter_like_the_one_before_adds_nothing_to_the_ledger(in_order: Office) -> None:
    assert in_order.rows(Q4, "core_person_key") == in_order.rows(Q3, "core_person_key")
    assert in_order.rows(Q4, "core_person") == in_order.rows(Q3, "core_person")


@pytest.mark.parametrize("seed", range(1, 7))
def test_neither_the_order_of_arrival_nor_a_second_run_changes_a_key(
    in_order: Office, tmp_path: Path, seed: int
) -> None:
    arrival = random.Random(seed).sample(STORY, len(STORY))
    office = Office(tmp_path / "office", threads=1 + seed % 2, seed=seed).takes(*arrival)
    assert office.hashes == in_order.hashes
    for quarter in sorted(office.in_force):
        office.compute(quarter)
    assert office.hashes == in_order.hashes
    office.engine.close()
