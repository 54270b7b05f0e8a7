"""A past release computed again: by the same code, by Spark, by changed code, and by the recorded commit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.periods import Quarter
from pipelines.sample import make_province
from pipelines.stack.postgres import PostgresServer
from tests.outbox import core_only
from tests.sparing import FEW_ROWS
from tests.truth.installation import CHECKOUT, Installation, free_port

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900), pytest.mark.minutes(9)]
RELEASE = "2"
SQL = Path("sql/core/core_person_measure.sql")


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    run = subprocess.run(["git", *identity, "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two published quarters, computed by a clone of the last commit, which the tests may change."""
    folder = tmp_path_factory.mktemp("rebuild")
    code = folder / "code"
    subprocess.run(["git", "clone", "--quiet", "--shared", str(CHECKOUT), str(code)], check=True)
    made = Installation(folder / "home", PostgresServer(folder / "home", free_port()), code=code)
    try:
        # The province sends everything at once: what is computed again are the tables of releases, and staging is as it was.
        outbox, quarters = made.home / "sample", [Quarter(2018, 3), Quarter(2018, 4)]
        make_province(
            0.001, quarters, 36, outbox, truth_folder=None, reference=made.home / "reference", split="province"
        )
        core_only(outbox)
        made.bidui(["deliver", "--sample"], ["up", "--no-airflow"], warehouse=False)
        own = made.home / "reference" / "parameters.toml"
        own.write_text("[pension_from_age]\nvalue = 17\n", encoding="utf-8")
        made.bidui(["run"])
        own.unlink()  # what was planned with it is computed with it
        yield made
    finally:
        made.server.remove()


def rebuild(made: Installation, *options: str, **variables: str) -> tuple[int, dict[str, bool]]:
    """Exit code, and whether each table is the same."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIDUI_")}
    environment = kept | {
        "BIDUI_HOME": str(made.home),
        "BIDUI_WAREHOUSE_DSN": made.dsn,
        "PYTHONPATH": str(made.code),
        **variables,
    }
    command = [sys.executable, "-m", "pipelines.cli", "rebuild", "--release", RELEASE, "--json", *options]
    run = subprocess.run(command, cwd=made.code, env=environment, capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr[-3000:]
    return run.returncode, json.loads(run.stdout)["tables"]


def test_the_same_code_gives_the_same_tables(installation: Installation) -> None:
    code, tables = rebuild(installation, "--here", BIDUI_THREADS="1")
    assert code == 0 and len(tables) >= 19 and all(tables.values())


@pytest.mark.spark
def test_spark_gives_the_same_tables(installation: Installation) -> None:
    code, tables = rebuild(installation, "--here", BIDUI_ENGINE="spark", BIDUI_SPARK_OPTIONS=json.dumps(FEW_ROWS))
    assert code == 0 and len(tables) >= 19 and all(tables.values())


def test_changed_code_differs_where_it_was_changed_and_the_recorded_commit_does_not(installation: Installation) -> None:
    file = installation.code / SQL
    text = file.read_text(encoding="utf-8")
    changed = text.replace("age >= pension_benefit_age", "age > pension_benefit_age")
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    git(installation.code, "commit", "--all", "--quiet", "--message", "another rule")
    code, tables = rebuild(installation, "--here")
    assert code == 1
    assert {name for name, same in tables.items() if not same} == {
        "core_person_measure",
        "core_person_change",
        "mart_coverage",
        "mart_coverage_reason",
        "mart_change",
        "mart_coverage_comparable",
        "mart_reconciliation",
        "core_cell",
        "bi_coverage",
        "bi_coverage_reason",
        "bi_change",
        "core_figure_people",
        "core_figure",
        "mart_figure",
        "bi_figure",
    }
    code, tables = rebuild(installation)
    assert code == 0 and all(tables.values())
