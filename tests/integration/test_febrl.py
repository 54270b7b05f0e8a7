"""`bidui evaluate --febrl` reaches the figures it promises, at a threshold that febrl3 and febrl4 had no part in."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipelines.identity.evaluation import febrl
from pipelines.identity.residual import model


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, dict[str, float]]]:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "evaluate", "--febrl", "--json"],
        capture_output=True,
        check=True,
        text=True,
    )
    found: dict[str, dict[str, dict[str, float]]] = json.loads(done.stdout)
    return found


def test_one_document_alone_on_standard_output(figures: dict[str, dict[str, dict[str, float]]]) -> None:
    assert list(figures) == ["febrl4", "febrl3"]
    for methods in figures.values():
        assert tuple(methods) == febrl.METHODS
        assert all(set(shares) == {"precision", "recall", "f1"} for shares in methods.values())


@pytest.mark.parametrize(
    ("data", "method", "share", "least"),
    [
        ("febrl4", "bidui", "precision", 1.0),
        ("febrl4", "bidui", "recall", 0.9996),
        ("febrl4", "bidui_no_id", "f1", 0.992),
        ("febrl3", "bidui", "precision", 1.0),
        ("febrl3", "bidui", "recall", 0.996),
        ("febrl3", "bidui_no_id", "f1", 0.978),
    ],
)
def test_figures(
    figures: dict[str, dict[str, dict[str, float]]], data: str, method: str, share: str, least: float
) -> None:
    assert figures[data][method][share] >= least


@pytest.mark.parametrize("data", ["febrl4", "febrl3"])
def test_beside_the_others(figures: dict[str, dict[str, dict[str, float]]], data: str) -> None:
    methods = figures[data]
    # A Splink that was set up badly would be no comparison.
    assert methods["bidui"]["f1"] >= methods["splink"]["f1"] > 0.99
    assert 0.8 < methods["exact_id"]["recall"] < methods["bidui_no_id"]["recall"]


def test_the_threshold_is_the_one_that_febrl1_and_febrl2_give(monkeypatch: pytest.MonkeyPatch) -> None:
    consulted = set()
    read = febrl.read

    def watched(number: int) -> febrl.DataSet:
        consulted.add(number)
        return read(number)

    monkeypatch.setattr(febrl, "read", watched)
    assert febrl.frozen_accept() == model("febrl").accept
    assert consulted == set(febrl.DEVELOPMENT) == {1, 2}


def test_hidden_is_hidden() -> None:
    import dataclasses

    data = febrl.read(1)
    scrambled = dataclasses.replace(data, left=data.left.assign(soc_sec_id="1234567"))
    chosen = model("febrl")
    assert febrl.with_cascade(data, chosen, hide_id=True) == febrl.with_cascade(scrambled, chosen, hide_id=True)
    assert febrl.with_exact_id(scrambled) != febrl.with_exact_id(data)


def test_a_miss_of_the_blocks_is_a_miss() -> None:
    data = febrl.read(1)
    assert febrl.score(set(), data.truth) == febrl.Score(1.0, 0.0, 0.0)
    assert len(data.truth) == 500
