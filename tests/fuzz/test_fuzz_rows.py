"""At least 2,000 malformed deliveries: none crashes, none loses a row, each comes out as its malformation demands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.engines.text_files import TextFileEngine
from pipelines.sources import STAGED
from tests.fuzz.judge import Judge
from tests.fuzz.kinds import KINDS, OPEN
from tests.fuzz.run import CASES, SEED, Run, share


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    folder = tmp_path_factory.mktemp("fuzz")
    with TextFileEngine(1, "1GiB", folder) as engine:
        yield Judge(folder, engine)


@pytest.fixture(scope="module")
def run(judge: Judge) -> Run:
    return Run(judge)


@pytest.mark.parametrize("name", KINDS)
def test_every_malformation_has_its_outcome(run: Run, name: str) -> None:
    tally = run.of(name)
    if name in OPEN:
        assert tally.failure is not None, f"{name} comes out as it must: take it out of OPEN"
        pytest.xfail(OPEN[name])
    if tally.failure is not None:
        raise tally.failure
    assert tally.cases >= share(KINDS[name]), "too few different deliveries"


def test_the_run_as_a_whole(run: Run) -> None:
    tallies = [run.of(name) for name in KINDS if name not in OPEN]
    cases = sum(tally.cases for tally in tallies)
    past = sum(tally.past_the_manifest for tally in tallies)
    print(f"{cases} deliveries, {sum(t.rows for t in tallies)} rows, {past / cases:.0%} past the manifest, seed {SEED}")
    assert cases >= CASES
    assert past * 10 >= cases * 4
    assert {table for tally in tallies for table in tally.tables} == set(STAGED)
