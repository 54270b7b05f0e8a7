"""One DuckDB for all deliveries of a test file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.engines.text_files import TextFileEngine
from tests.fuzz.judge import Judge


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    folder = tmp_path_factory.mktemp("fuzz")
    with TextFileEngine(1, "1GiB", folder) as engine:
        yield Judge(folder, engine)
