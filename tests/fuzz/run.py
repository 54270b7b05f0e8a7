"""The fuzz run: every class of malformation with its share of the cases, from one seed."""

from __future__ import annotations

import os
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, seed, settings

from pipelines.sources import STAGED
from tests.fuzz import in_archives, in_files, in_headers, in_manifests, in_rows, in_workbooks
from tests.fuzz.delivery import Delivery
from tests.fuzz.judge import REFUSED, Judge
from tests.fuzz.kinds import KINDS, Kind, deliveries

CASES = int(os.environ.get("FUZZ_CASES", "2000"))  # in the whole run
SEED = os.environ.get("FUZZ_SEED", "比对")
# Two test files, so that two workers share the run
ROWS = (in_rows, in_manifests)
FILES = (in_headers, in_files, in_workbooks, in_archives)
settings.register_profile(
    "fuzz",
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
COSTLY = 4  # a class whose files are read by a process of their own has a share this much smaller
_WEIGHT = sum(1 if kind.costly else COSTLY for kind in KINDS.values())


def share(kind: Kind) -> int:
    """How many cases a class has of the whole run."""
    return -(-CASES * (1 if kind.costly else COSTLY) // _WEIGHT)


@dataclass
class Tally:
    """What came of the cases of one class."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    seconds: float = 0
    tables: Counter[str] = field(default_factory=Counter)
    failure: Exception | None = None

    @property
    def past_the_manifest(self) -> int:
        return self.cases - self.outcomes[REFUSED]


def fuzz(kind: Kind, judge: Judge, cases: int, *phases: Phase) -> Tally:
    """Run `cases` deliveries of one class. The smallest delivery that fails is the failure's note."""
    tally, begun = Tally(), time.monotonic()

    @seed(zlib.crc32(f"{SEED} {kind.name}".encode()))
    @settings(settings.get_profile("fuzz"), max_examples=cases, phases=phases or (Phase.generate, Phase.shrink))
    @given(deliveries(kind))
    def every_delivery(delivery: Delivery) -> None:
        outcome = judge.judge(delivery)
        tally.cases += 1
        tally.outcomes[outcome] += 1
        tally.tables[delivery.table.name] += 1
        tally.rows += sum(len(sent.records) for sent in delivery.files)

    try:
        every_delivery()
    except Exception as error:
        error.add_note(f"again: FUZZ_SEED={SEED} FUZZ_CASES={CASES} python -m pytest -n 0 tests/fuzz -k {kind.name}")
        tally.failure = error
    tally.seconds = time.monotonic() - begun
    return tally


class Run:
    """The run of some modules' classes; each class runs when it is first asked for."""

    def __init__(self, judge: Judge, *modules: ModuleType) -> None:
        self.judge, self.modules = judge, modules
        self._done: dict[str, Tally] = {}

    def of(self, name: str) -> Tally:
        if name not in self._done:
            self._done[name] = fuzz(KINDS[name], self.judge, share(KINDS[name]))
        return self._done[name]

    def hold(self, name: str) -> None:
        """All cases of a class came out as they must: refused every one of them, or none."""
        tally, kind = self.of(name), KINDS[name]
        if tally.failure is not None:
            raise tally.failure
        assert tally.cases >= share(kind), "too few different deliveries"
        assert tally.past_the_manifest == (0 if kind.refused else tally.cases)

    def hold_all(self) -> None:
        """Rows of every staged table were sent, and what was run is printed."""
        tallies = [self.of(name) for name in names_of(*self.modules)]
        cases, past = (sum(getattr(t, what) for t in tallies) for what in ("cases", "past_the_manifest"))
        print(f"{cases} deliveries, {sum(t.rows for t in tallies)} rows, {past} past the manifest, seed {SEED}")
        assert {table for tally in tallies for table in tally.tables} == set(STAGED)


def names_of(*modules: ModuleType) -> list[str]:
    """The classes of some modules."""
    return [name for name, kind in KINDS.items() if kind.change.__module__ in {one.__name__ for one in modules}]
