"""The fuzz run: every class of malformation with its share of the cases, from one seed."""

from __future__ import annotations

import os
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz import in_archives, in_files, in_headers, in_manifests, in_rows, in_workbooks
from tests.fuzz.delivery import Delivery
from tests.fuzz.judge import REFUSED, Judge
from tests.fuzz.kinds import KINDS, OPEN, Kind, deliveries

CASES = int(os.environ.get("FUZZ_CASES", "2000"))  # in the whole run
SEED = os.environ.get("FUZZ_SEED", "比对")
CLASSES = (in_rows, in_headers, in_files, in_workbooks, in_archives, in_manifests)  # imported, they are registered
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
_WEIGHT = sum(1 if kind.costly else COSTLY for kind in KINDS.values() if kind.name not in OPEN)


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
    """The whole run; each class runs when it is first asked for."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._done: dict[str, Tally] = {}

    def of(self, name: str) -> Tally:
        if name not in self._done:
            self._done[name] = fuzz(KINDS[name], self.judge, share(KINDS[name]))
        return self._done[name]
