"""Every staged table: a delivery like the last one passes, and each history rule catches its own break and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from expectations import history_rules_of
from expectations.history import FOLLOWED
from pipelines.quality.history import PREVIOUS, WHOLE, YEAR_AGO, Compared, Counts, compare
from pipelines.quality.rules import HistoryRule, TableRule
from pipelines.quality.validate import validate
from pipelines.quality.verdict import Verdict
from pipelines.settings import settings
from pipelines.sources import STAGED

A, B = "360702", "360121"
TABLES = sorted(STAGED)
REGISTER = "staged_poverty_register__person"
PENSION, MEDICAL = "staged_social_insurance__participation", "staged_medical_insurance__participation"
USUAL = Counts(rows=10_000, repeated=30, quarantined=100)


@dataclass(frozen=True)
class Delivered:
    """Counts of a delivery and of what counted before; `quarter` is its number."""

    now: Mapping[str, Counts]
    previous: Mapping[str, Counts] = field(default_factory=dict)
    year_ago: Mapping[str, Counts] = field(default_factory=dict)
    quarter: int = 3

    @property
    def history(self) -> tuple[Compared, ...]:
        return compare(self.now, {PREVIOUS: self.previous, YEAR_AGO: self.year_ago}, self.quarter)


def rows(number: int) -> Counts:
    return Counts(number, 0, 0)


def but(county: Mapping[str, Counts], quarter: int = 3) -> Delivered:
    """A delivery like those before it, but for county A."""
    usual = {A: USUAL, B: USUAL}
    return Delivered({B: USUAL} | dict(county), usual, usual, quarter)


DEFECTS = {
    "county_missing": but({}),
    "repeated_jump": but({A: Counts(10_150, 180, 100)}),
    "quarantined_jump": but({A: Counts(10_000, 30, 700)}),
    "population_moved": but({A: Counts(9_750, 30, 100)}),
    "population_moved_in_adjustment": but({A: Counts(8_900, 30, 100)}, quarter=4),
    "insured_fell": but({A: Counts(9_850, 30, 100)}),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def judge(table: str, delivered: Delivered, tmp_path: Path) -> Verdict:
    """The verdict of a table's history rules; the rows themselves are not theirs to look at."""
    file = tmp_path / "typed.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS line_number) TO '{file}' (FORMAT parquet)")
    return validate(
        table, [file], (), history_rules_of(table), delivery="d", docs_dir=tmp_path / "docs", history=delivered.history
    )


def broken(verdict: Verdict) -> set[str]:
    return {finding.rule_id for finding in verdict.findings if finding.n_broken}


@pytest.mark.parametrize("table", TABLES)
def test_a_delivery_like_the_last_one_passes_and_so_does_the_first_of_all(table: str, tmp_path: Path) -> None:
    assert broken(judge(table, but({A: USUAL}), tmp_path)) == set()
    assert broken(judge(table, Delivered({A: rows(1)}), tmp_path)) == set()


@pytest.mark.parametrize(("table", "rule"), [(table, rule) for table in TABLES for rule in history_rules_of(table)])
def test_each_rule_catches_its_own_break_and_no_other_does(table: str, rule: HistoryRule, tmp_path: Path) -> None:
    verdict = judge(table, DEFECTS[rule.rule_id], tmp_path)
    assert broken(verdict) == {rule.rule_id}
    assert [finding.rule_id for finding in verdict.holding] == ([rule.rule_id] if rule.severity == "critical" else [])
    assert verdict.stopping == ()
    (finding,) = [one for one in verdict.findings if one.n_broken]
    assert {case.unit for case in finding.cases} == {A}
    assert finding.n_broken == len(finding.cases) == 1
    assert any("一" <= character <= "鿿" for character in rule.text)


def test_no_rule_without_its_defect_and_none_for_a_table_that_is_not_there() -> None:
    assert {rule.rule_id for table in TABLES for rule in history_rules_of(table)} == set(DEFECTS)
    assert set(FOLLOWED) <= set(STAGED)


@pytest.mark.parametrize(
    ("table", "delivered", "expected"),
    [
        # exactly two per cent is no more than two per cent; both directions count
        (REGISTER, Delivered(now={A: rows(9_800)}, previous={A: rows(10_000)}), set()),
        (REGISTER, Delivered(now={A: rows(9_799)}, previous={A: rows(10_000)}), {"population_moved"}),
        (REGISTER, Delivered(now={A: rows(10_201)}, previous={A: rows(10_000)}), {"population_moved"}),
        # a small county may lose a third of its people
        (REGISTER, Delivered(now={A: rows(200)}, previous={A: rows(300)}), set()),
        (REGISTER, Delivered(now={A: rows(199)}, previous={A: rows(300)}), {"population_moved"}),
        # a person who stands twice is one
        (REGISTER, Delivered(now={A: Counts(10_300, 300, 0)}, previous={A: Counts(10_300, 300, 0)}), set()),
        # a county that appears has not moved
        (REGISTER, Delivered(now={A: rows(9_000)}, previous={A: rows(0)}), set()),
        # the annual adjustment and the new year's list
        (REGISTER, Delivered(now={A: rows(9_000)}, previous={A: rows(10_000)}, quarter=4), set()),
        (REGISTER, Delivered(now={A: rows(9_000)}, previous={A: rows(10_000)}, quarter=1), set()),
        (REGISTER, Delivered(now={A: rows(9_000)}, previous={A: rows(10_000)}, quarter=2), {"population_moved"}),
        # more insured is good news
        (PENSION, Delivered(now={A: rows(20_000)}, previous={A: rows(10_000)}), set()),
        (PENSION, Delivered(now={A: rows(9_900)}, previous={A: rows(10_000)}), set()),
        (PENSION, Delivered(now={A: rows(98_999)}, previous={A: rows(100_000)}), {"insured_fell"}),
        (PENSION, Delivered(now={A: rows(98_999)}, previous={A: rows(100_000)}, quarter=1), {"insured_fell"}),
        (PENSION, Delivered(now={A: rows(400)}, previous={A: rows(500)}), set()),
        # pension is not compared with last year, medicine is not compared with last quarter where last year is known
        (PENSION, Delivered(now={A: rows(5_000)}, previous={A: rows(5_000)}, year_ago={A: rows(9_000)}), set()),
        (MEDICAL, Delivered(now={A: rows(5_000)}, previous={A: rows(9_000)}, year_ago={A: rows(5_000)}), set()),
        (
            MEDICAL,
            Delivered(now={A: rows(5_000)}, previous={A: rows(5_000)}, year_ago={A: rows(9_000)}),
            {"insured_fell"},
        ),
        (MEDICAL, Delivered(now={A: rows(5_000)}, previous={A: rows(9_000)}), {"insured_fell"}),
        # … and never across the new year
        (MEDICAL, Delivered(now={A: rows(5_000)}, previous={A: rows(9_000)}, quarter=1), set()),
        # each county falls back for itself
        (
            MEDICAL,
            Delivered(
                now={A: rows(5_000), B: rows(5_000)},
                previous={A: rows(9_000), B: rows(9_000)},
                year_ago={B: rows(5_000)},
            ),
            {"insured_fell"},
        ),
        # twenty rows are a clerk's day, not a changed export
        (PENSION, Delivered(now={A: Counts(200, 0, 20)}, previous={A: rows(200)}), set()),
        (PENSION, Delivered(now={A: Counts(200, 0, 21)}, previous={A: rows(200)}), {"quarantined_jump"}),
        (PENSION, Delivered(now={A: Counts(10_000, 0, 100)}, previous={A: Counts(10_000, 0, 900)}), set()),
        (PENSION, Delivered(now={}, previous={A: rows(20)}), set()),
        (PENSION, Delivered(now={}, previous={A: rows(21)}), {"county_missing"}),
    ],
)
def test_where_the_limits_lie(table: str, delivered: Delivered, expected: set[str], tmp_path: Path) -> None:
    assert broken(judge(table, delivered, tmp_path)) == expected


def test_a_loss_spread_over_many_small_counties_is_seen_in_the_whole(tmp_path: Path) -> None:
    counties = [f"3607{number:02}" for number in range(1, 19)]
    before, now = dict.fromkeys(counties, rows(1_000)), dict.fromkeys(counties, rows(950))
    verdict = judge(PENSION, Delivered(now, before), tmp_path)
    (finding,) = verdict.holding
    assert finding.rule_id == "insured_fell"
    assert [(case.unit, case.before, case.now) for case in finding.cases] == [(WHOLE, "18,000", "17,100")]


def test_what_is_missing_is_no_part_of_the_whole(tmp_path: Path) -> None:
    counties = [f"3607{number:02}" for number in range(1, 19)]
    now = dict.fromkeys(counties[1:], rows(1_000))
    verdict = judge(REGISTER, Delivered(now, dict.fromkeys(counties, rows(1_000))), tmp_path)
    assert broken(verdict) == {"county_missing"}


def test_a_history_rule_must_read_the_history() -> None:
    with pytest.raises(ValueError, match="history"):
        HistoryRule("r", "SELECT 1 FROM {table}", "critical", "w", "t", "t")
    with pytest.raises(ValueError, match="table"):
        TableRule("r", "SELECT 1 FROM {history}", "critical", "w", "t", "t")


def test_the_page_names_the_rule_and_no_county(tmp_path: Path) -> None:
    verdict = judge(PENSION, DEFECTS["insured_fell"], tmp_path)
    page = verdict.page.read_text(encoding="utf-8")
    for words in ("参保人数比上季度减少超过1%", "insured_fell", "停用待核定", "lapsed"):
        assert words in page
    assert A not in page
