"""Counts that must agree: every declared one is compared, is broken once in the spec, and stops with words that say where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from expectations.mart_reconciliation import RECONCILIATIONS, TABLE_RULES
from pipelines.errors import ContractBreach
from pipelines.lake import columns_of
from pipelines.quality.validate import validate
from pipelines.quality.verdict import Gap, Verdict
from pipelines.settings import settings
from tests.spec.test_specs import CASES, Rows, arrow_table

TABLE = "mart_reconciliation"
SPEC = [case for case in CASES if case.spec.stem == TABLE]
DECLARED = {rule.rule_id for rule in RECONCILIATIONS}
FIRST, *_ = SPEC
FAULTS = {
    row["reconciliation_code"]: case.title for case in SPEC for row in case.expected if row["n_difference"] != "0"
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def judged(folder: Path, rows: Rows) -> Verdict:
    path = folder / "part.parquet"
    pq.write_table(arrow_table(columns_of(TABLE), rows), path)
    rules = (*RECONCILIATIONS, *TABLE_RULES)
    return validate(TABLE, [path], (), rules, delivery="2019Q4-release-7", docs_dir=folder / "docs")


def differing(row: Mapping[str, str | None], difference: int) -> dict[str, str | None]:
    return {**row, "n_right": str(int(row["n_left"] or 0) + difference), "n_difference": str(difference)}


def test_what_is_declared_is_what_the_sql_compares_and_the_spec_breaks_each_once() -> None:
    assert {row["reconciliation_code"] for case in SPEC for row in case.expected} == DECLARED
    assert set(FAULTS) == DECLARED
    assert all(row["n_difference"] == "0" for row in FIRST.expected)


def test_counts_that_agree_pass_and_have_their_page(tmp_path: Path) -> None:
    verdict = judged(tmp_path, FIRST.expected)
    verdict.assert_deliverable()
    verdict.assert_reconciled()
    page = (tmp_path / "docs" / TABLE / "2019Q4-release-7.html").read_text(encoding="utf-8")
    assert "勾稽核对" in page and "停止发布 publication stopped" in page
    assert all(rule.text in page for rule in RECONCILIATIONS)


@pytest.mark.parametrize("code", sorted(DECLARED))
def test_each_stops_alone_and_says_by_how_much_and_where(tmp_path: Path, code: str) -> None:
    like = {
        **FIRST.expected[2],
        "reconciliation_code": code,
        "measure_code": "M19",
        "region_code": "360199",
        "n_left": "10",
    }
    verdict = judged(tmp_path, [*FIRST.expected, differing(like, 3)])
    assert [(f.rule_id, f.n_broken, f.gaps) for f in verdict.unreconciled] == [
        (code, 1, (Gap("M19", "360199", 1, 10, 13, 3),))
    ]
    with pytest.raises(ContractBreach) as stopped:
        verdict.assert_reconciled()
    said = str(stopped.value)
    assert f"{code}, M19 in region 360199 3 apart (10 against 13 in 1 pairs): " in said
    assert "2019Q4-release-7" in said and "nothing is published" in said and "more measures" not in said
    rule = next(rule for rule in RECONCILIATIONS if rule.rule_id == code)
    assert rule.text in said and rule.text_en in said


def test_counties_come_before_what_is_above_them_and_the_widest_gap_first(tmp_path: Path) -> None:
    rows = [
        row
        for row in FIRST.expected
        if row["reconciliation_code"] == "population_parts" and row["measure_code"] == "M13"
    ]
    apart = {"36": 9, "3601": 9, "360121": 4, "360122": 5}
    others = [row for row in FIRST.expected if row not in rows]
    verdict = judged(tmp_path, [*others, *(differing(row, apart[row["region_code"] or ""]) for row in rows)])
    (finding,) = verdict.unreconciled
    assert [gap.region_code for gap in finding.gaps] == ["360122", "360121", "3601", "36"]
    with pytest.raises(
        ContractBreach, match=r"population_parts, M13 in region 360122 5 apart .* and 3 more measures and regions"
    ):
        verdict.assert_reconciled()


def test_a_reconciliation_that_compared_nothing_does_not_pass_unseen(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [row for row in FIRST.expected if row["reconciliation_code"] != "places_within"])
    verdict.assert_reconciled()
    with pytest.raises(ContractBreach, match=r"nothing_compared \(1\)"):
        verdict.assert_deliverable()
