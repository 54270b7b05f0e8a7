"""One half of the fuzz run, malformed rows and manifests: none crashes or loses a row, each comes out as it must."""

from __future__ import annotations

import pytest

from tests.fuzz.judge import Judge
from tests.fuzz.run import ROWS, Run, names_of


@pytest.fixture(scope="module")
def run(judge: Judge) -> Run:
    return Run(judge, *ROWS)


@pytest.mark.parametrize("name", names_of(*ROWS))
def test_every_malformation_has_its_outcome(run: Run, name: str) -> None:
    run.hold(name)


def test_no_table_is_left_out(run: Run) -> None:
    run.hold_all()
