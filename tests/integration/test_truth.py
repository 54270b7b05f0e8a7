"""The truth of a sample province against what readers see: to the person, for every measure and figure, region and cut.

Eight quarters in a row, so that two years end and begin, two classes graduate, counties are renamed, merged and founded.
The count from the truth (tests/truth) knows the definitions and nothing of the code; the pipeline is run by its command.
Then rules are broken in a copy of the code, one at a time, and the count must no longer agree.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import create_engine

from pipelines.stack.postgres import PostgresServer
from tests.cookbook import queries
from tests.truth import count, figures, links, people
from tests.truth.installation import COMMANDS, Installation, copy_code, free_port
from tests.truth.rules import ARRIVING, LINKED, RULES, STAGED, Broken
from tests.truth.truth import LINKABLE, Truth, said

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1500), pytest.mark.minutes(9)]
SCALE, SEED, DEFECTS = "0.001", "36", "3"
QUARTERS = ("2018Q4", "2019Q1", "2019Q2", "2019Q3", "2019Q4", "2020Q1", "2020Q2", "2020Q3")
FIRST = QUARTERS[0]
BY_CITY = "2019Q4"  # every city sends for itself, as in other tests; in the other quarters the province sends for all
LARGE = ("social_insurance", "medical_insurance")
LATE = ("poverty_register", FIRST)  # ingested last of its quarter, so that changed code can do it instead
CONTROL = Broken("nothing is broken", ARRIVING, "", "", "", "")
REMAINING = {
    ARRIVING: (["ingest", "--system", LATE[0], "--quarter", LATE[1]], ["plan"], ["link", "--quarter", FIRST]),
    STAGED: (["plan"], ["link", "--quarter", FIRST]),
    LINKED: (),
}  # fmt: skip
COUNTED = "mart_coverage"
# After the remaining commands the step `measure`, as far as the table that is counted: nobody looks at the others.
TRIAL = f"""{COMMANDS}
from pipelines import lake
from pipelines.catalog import TABLES
from pipelines.engines import sql
from pipelines.measures import measure
from pipelines.periods import Quarter
from pipelines.releases import all_releases, latest

quarter, counted = sys.argv[2:]
needed, open_ = set(), [counted]
while open_:
    table = TABLES[open_.pop()]
    if table.layer != "staged" and table.name not in needed:
        needed.add(table.name)
        reads = sql.tables_read(sql.load(table.name).select).this if table.is_sql else table.reads
        open_ += [name for name in reads if not name.startswith("previous.")]
every = lake.of_step
lake.of_step = lambda step: tuple(table for table in every(step) if table.name in needed)
measure.make(lake.Lake(), latest(all_releases(), Quarter.parse(quarter)))
"""
# `bidui sample` with more errors in less data: most of what a quarter costs does not depend on its rows.
SAMPLE = """
import sys
from itertools import groupby
from pipelines.periods import Quarter
from pipelines.sample.province import make_province
from pipelines.sample.run import outbox, truth
from pipelines.settings import settings
from pipelines.sources import SOURCES

scale, seed, defects, by_city, *quarters = sys.argv[1:]
def make(quarters, systems, split):
    make_province(
        float(scale), [Quarter.parse(quarter) for quarter in quarters], int(seed), outbox(), truth_folder=truth(),
        reference=settings().reference, defect_factor=float(defects), split=split, systems=systems,
    )

# A city that found nothing sends no feedback, and then nothing is known of what was answered there.
always = ["verification_feedback"]
for is_by_city, some in groupby(quarters, lambda quarter: quarter == by_city):
    some = list(some)
    if is_by_city:
        make(some, [system for system in SOURCES if system not in always], "")
    make(some, always if is_by_city else [*SOURCES], "province")
"""
# What the code declares of the published tables; asked of it, so that the count goes on knowing nothing of it.
DECLARED = """
import dataclasses, json
from pipelines.measures.groups import cuts
from pipelines.warehouse.marts import marts
from pipelines.warehouse.references import published

references = [dataclasses.asdict(one) for one in published(marts())]
print(json.dumps({"references": references, "groups": {cut.code: [*cut.groups] for cut in cuts()}}))
"""


Trials = dict[str, set[str] | AssertionError]


@dataclass(frozen=True)
class Expected:
    """What the truth says of some quarters."""

    coverage: pd.DataFrame
    reasons: pd.DataFrame
    figures: pd.DataFrame


@dataclass(frozen=True)
class Province:
    """A province that was delivered, computed and published; `trials`: rule → the measures whose count differs from the
    truth under code that breaks it, or how that code ended."""

    installation: Installation
    truth: Truth
    expected: Expected
    trials: Trials


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("truth")
    made = Installation(folder / "home", PostgresServer(folder / "home", free_port()))
    try:
        made.python(SAMPLE, SCALE, SEED, DEFECTS, BY_CITY, *QUARTERS, warehouse=False)
        made.bidui(["deliver", "--sample"], ["up", "--no-airflow"], ["receive"], warehouse=False)
        with ThreadPoolExecutor(2) as pool:
            systems = [*LARGE, *sorted({path.name for path in (made.home / "landing").iterdir()} - {*LARGE})]
            early, later = (
                [(s, q) for q in some for s in systems if (s, q) != LATE] for some in ((FIRST,), QUARTERS[1:])
            )
            # Two processes of about the same work.
            list(pool.map(lambda pairs: _ingest(made, pairs), (early[::2], early[1::2])))
            snapshots = {ARRIVING: made.copied("arriving", folder / "arriving")}
            _ingest(made, [LATE])
            snapshots[STAGED] = made.copied("staged", folder / "staged")
            made.bidui(["plan"], ["link", "--quarter", FIRST])
            snapshots[LINKED] = made.copied("linked", folder / "linked")
            list(pool.map(lambda pairs: _ingest(made, pairs), (later[::2], later[1::2])))
            running = pool.submit(made.bidui, ["run"])
            truth = Truth.read(made.home / "truth")
            first = _expected(truth, made.home / "lake", (FIRST,)).coverage
            trials = _tried(snapshots, first, folder, pool)
            running.result()
            yield Province(made, truth, _expected(truth, made.home / "lake", QUARTERS), trials)
    finally:
        made.server.remove()


def _ingest(made: Installation, pairs: list[tuple[str, str]]) -> None:
    made.bidui(*(["ingest", "--system", system, "--quarter", quarter] for system, quarter in pairs))


def _expected(truth: Truth, lake: Path, quarters: tuple[str, ...]) -> Expected:
    told = said(truth, quarters, pd.concat(links.together(lake, quarter) for quarter in quarters))
    everybody = {quarter: people.known(so_far) for quarter, so_far in told.items()}
    judged = {quarter: count.judged(known) for quarter, known in everybody.items()}
    coverage, reasons = count.coverage(judged)
    delivered = links.delivered(lake, quarters)
    outcomes = {quarter: links.outcomes(lake, quarter, delivered) for quarter in quarters}
    told_figures = figures.figures(told, everybody, judged, outcomes)
    return Expected(coverage, reasons, pd.concat([told_figures, figures.gaps(coverage)], ignore_index=True))


def _tried(snapshots: dict[str, Installation], wanted: pd.DataFrame, folder: Path, pool: ThreadPoolExecutor) -> Trials:
    # One after the other: a database is copied only while nobody is connected to it.
    copies = []
    for number, broken in enumerate((CONTROL, *RULES)):
        code = copy_code(folder / f"code{number}")
        if broken is not CONTROL:
            broken.apply(code)
        copies.append((broken, snapshots[broken.snapshot].copied(f"trial{number}", folder / f"home{number}", code)))
    return dict(pool.map(lambda pair: (pair[0].rule, _trial(wanted, *pair)), copies))


def _trial(wanted: pd.DataFrame, broken: Broken, copy: Installation) -> set[str] | AssertionError:
    try:
        copy.python(TRIAL, json.dumps(REMAINING[broken.snapshot]), FIRST, COUNTED)
    except AssertionError as error:
        return error
    found = links.read(copy.home / "lake", COUNTED, FIRST, [*count.KEY[1:], *count.COUNTS])
    return set(count.differences(wanted.drop(columns="quarter"), found, count.KEY[1:], count.COUNTS)["measure_code"])


def _read(province: Province, query: str) -> pd.DataFrame:
    engine = create_engine(province.installation.dsn)
    try:
        return pd.read_sql(query, engine)
    finally:
        engine.dispose()


def _imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return modules | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_counter_knows_nothing_of_the_pipeline() -> None:
    folder = Path(count.__file__).parent
    counting = ("benefits", "cells", "count", "figures", "labour", "medical", "people", "placements", "places", "truth")
    imported = set().union(*(_imported(folder / f"{name}.py") for name in counting))
    own = {"tests.truth", *(f"tests.truth.{name}" for name in counting)}
    assert imported - own == {"__future__", "collections.abc", "dataclasses", "pathlib", "pandas"}
    whole = set().union(*(_imported(file) for file in (Path(__file__), *folder.glob("*.py"))))
    assert {name for name in whole if name.startswith("pipelines")} == {"pipelines.stack.postgres"}


def test_coverage_equals_the_truth_to_the_person(province: Province) -> None:
    found = _read(province, f"SELECT {', '.join((*count.KEY, *count.COUNTS, 'n_no_data'))} FROM mart.mart_coverage")
    whole = found[(found["region_code"] == "36") & (found["cut"] == "total")]
    assert set(zip(whole["quarter"], whole["measure_code"], strict=True)) == {
        (quarter, measure) for quarter in QUARTERS for measure in count.MEASURES
    }
    # In a spring few have graduated yet, and few have recorded a wish when a year begins.
    some = (whole[["n_numerator", "n_denominator"]] > 0).all(axis=1).groupby(whole["measure_code"]).sum()
    assert (some.drop(["M40", "M36A"]) == len(QUARTERS)).all() and (some >= 3).all(), some.to_string()
    assert (found["n_no_data"] == 0).all()
    differing = count.differences(province.expected.coverage, found, count.KEY, count.COUNTS)
    assert differing.empty, differing.head(20).to_string()


def test_figures_equal_the_truth(province: Province) -> None:
    kinds = _read(province, "SELECT measure_code, figure_code FROM mart.mart_figure_kind")
    every = set(zip(kinds["measure_code"], kinds["figure_code"], strict=True))
    wanted = province.expected.figures
    counted = set(zip(wanted["measure_code"], wanted["figure_code"], strict=True))
    assert counted == every
    found = _read(
        province,
        "SELECT quarter, measure_code, figure_code, region_code, cut, group_code, has_data,"
        " coalesce(figure_value, 0) AS value, coalesce(figure_base, 0) AS base FROM mart.mart_figure",
    )
    # What schools report by the term nobody knows before the first, nor of a county that is new since the last.
    by_term = found["measure_code"] == "M37A"
    assert found.loc[~by_term, "has_data"].all() and found.loc[by_term, "has_data"].any()
    named = pd.Series(zip(found["measure_code"], found["figure_code"], strict=True), index=found.index)
    found.loc[named.isin(figures.WITHOUT_BASE), "base"] = 0
    for name in ("value", "base"):
        found[name] = (found[name] * 100).where(named.isin(figures.IN_HUNDREDTHS), found[name]).round().astype(int)
    differing = count.differences(wanted, found, figures.KEY, ["value", "base"])
    assert differing.empty, differing.head(20).to_string()
    whole = wanted[(wanted["region_code"] == "36") & wanted["cut"].isin(("total", "measure", "checklist"))]
    some = whole[whole["value"] != 0].groupby(["measure_code", "figure_code"])["quarter"].nunique()
    assert set(some.index) == counted and (some >= 2).all(), some.to_string()


def test_the_queries_of_the_guide_find_something(province: Province) -> None:
    empty = [query.question for query in queries() if _read(province, query.sql).empty]
    assert not empty


def test_cases_that_went_out_are_those_that_were_open_a_quarter_before(province: Province) -> None:
    """M44 is held against them: what all checks found, which no count from the truth says."""
    sent = _read(
        province,
        "SELECT quarter, region_code, CAST(figure_base AS BIGINT) AS n FROM mart.mart_figure"
        " WHERE measure_code = 'M44' AND figure_code = 'answered' AND cut = 'total' AND region_level = 'city'",
    )
    opened = _read(
        province,
        "SELECT quarter, region_code, CAST(sum(n_cases) AS BIGINT) AS n FROM mart.mart_case_count WHERE region_level = 'city'"
        " AND case_state_code IN ('new', 'carried', 'reopened', 'not_checked') GROUP BY quarter, region_code",
    )
    opened["quarter"] = opened["quarter"].map(dict(pairwise(QUARTERS)))
    key = ["quarter", "region_code"]
    differing = count.differences(opened[opened["quarter"].notna()], sent, key, ["n"])
    assert len(sent) == 11 * len(QUARTERS) and differing.empty, differing.to_string()


def test_changes_add_up_by_cause_with_residual_0(province: Province) -> None:
    """Between any two quarters, in every measure and region: the causes sum to what the truth says has changed."""
    change = _read(
        province,
        "SELECT quarter, measure_code, region_code, change_code, change_cause_code, n_people FROM mart.mart_change",
    )
    assert "unexplained" not in set(change["change_cause_code"])
    assert set(change["quarter"]) == {*QUARTERS[1:]}
    came, went = change["change_code"].str.startswith("entered_"), change["change_code"].str.startswith("left_")
    covered = change["change_code"].isin(("entered_covered", "newly_covered"))
    uncovered = change["change_code"].isin(("left_covered", "lapsed"))
    change["n_denominator"] = change["n_people"] * (came.astype(int) - went.astype(int))
    change["n_numerator"] = change["n_people"] * (covered.astype(int) - uncovered.astype(int))
    place, parts = ["measure_code", "region_code"], ["n_denominator", "n_numerator"]
    total = province.expected.coverage.query("cut == 'total'").set_index(["quarter", *place])[parts]
    for before, quarter in pairwise(QUARTERS):
        grown = total.loc[quarter].sub(total.loc[before], fill_value=0).reset_index()
        told = change[change["quarter"] == quarter].groupby(place, as_index=False)[parts].sum()
        differing = count.differences(grown, told, place, parts)
        assert differing.empty, (quarter, differing.head(20).to_string())
    causes = set(change["change_cause_code"])
    assert {"died", "aged_in", "aged_out", "enrolled", "left_school", "entered_register", "left_register", "exclusion_began",
            "exclusion_ended", "cover_began", "cover_lapsed", "status_changed", "region_changed", "moved"} <= causes  # fmt: skip


@pytest.mark.parametrize("measure", ["M03", "M08"])
def test_explain_says_the_true_number_its_reasons_and_what_changed_it(province: Province, measure: str) -> None:
    before, quarter = "2019Q4", "2020Q1"  # a premium year begins
    words = ["explain", "--measure", measure, "--region", "36", "--quarter", quarter]
    document, _, told = province.installation.bidui([*words, "--json"], words).partition("\n")
    said, told = json.loads(document), " ".join(told.split())
    whole = province.expected.coverage.query(
        "region_code == '36' and cut == 'total' and measure_code == @measure"
    ).set_index("quarter")
    counts = ["n_population", "n_denominator", "n_numerator"]
    assert [said["number"][name] for name in counts] == whole.loc[quarter, counts].tolist()
    reasons = province.expected.reasons.query(
        "region_code == '36' and cut == 'total' and measure_code == @measure and quarter == @quarter"
    )
    assert said["excluded"] == dict(zip(reasons["reason_code"], reasons["n_people"], strict=True))
    for part in ("numerator", "denominator"):
        assert (
            sum(change[part] for change in said["changes"])
            == whole.loc[quarter, f"n_{part}"] - whole.loc[before, f"n_{part}"]
        )
    causes = {change["cause"] for change in said["changes"]}
    assert {"cover_began", "cover_lapsed"} <= causes and "unexplained" not in causes
    needed = {one["system"] for one in said["deliveries"] if one["is_needed"]}
    assert {"poverty_register", "social_insurance"} <= needed
    assert f"{whole.loc[quarter, 'n_numerator']:,} / {whole.loc[quarter, 'n_denominator']:,}" in told
    assert "新参加 cover_began" in told


def test_a_person_is_explained_without_name_and_number(province: Province) -> None:
    quarter = QUARTERS[-1]
    lake = province.installation.home / "lake"
    listed = links.read(lake, "core_exclusion", quarter, ["person_key", "reason_code", "system", "line_number"])
    one = listed[(listed["reason_code"] == "imprisoned") & (listed["system"] == "prison")].iloc[0]
    told = " ".join(
        province.installation.bidui(["explain", "--person", one["person_key"], "--quarter", quarter]).split()
    )
    assert f"imprisoned: 服刑人员信息, delivery {quarter}" in told and f"line {one['line_number']}" in told
    people = links.read(lake, "core_person", quarter, ["person_key", "name", "id_key"]).set_index("person_key")
    assert people.at[one["person_key"], "name"] not in told and people.at[one["person_key"], "id_key"] not in told


def test_what_is_counted_lies_between_at_least_and_at_most(province: Province) -> None:
    found = _read(
        province,
        "SELECT cut, region_level, n_numerator_low AS low, n_numerator AS n, n_numerator_high AS high, n_denominator AS d FROM mart.mart_coverage",
    )
    assert ((found["low"] <= found["n"]) & (found["n"] <= found["high"]) & (found["high"] <= found["d"])).all()
    whole = found[(found["region_level"] == "province") & (found["cut"] == "total")]
    assert (whole["low"] < whole["n"]).any()
    # At least is still most of it: few links rest on evidence.
    many = whole[whole["n"] >= 100]
    assert (many["low"] >= 0.9 * many["n"]).all()


def test_everyone_left_out_has_the_true_reason(province: Province) -> None:
    key = [*count.KEY, "reason_code"]
    found = _read(province, f"SELECT {', '.join(key)}, n_people FROM mart.mart_coverage_reason")
    differing = count.differences(province.expected.reasons, found, key, ["n_people"])
    assert differing.empty, differing.head(20).to_string()


def test_what_names_a_row_of_another_table_finds_exactly_one(province: Province) -> None:
    """What BI tools join by, and the pictures of docs/warehouse.md."""
    broken, tables, filled = [], set(), set()
    for one in json.loads(province.installation.python(DECLARED))["references"]:
        columns, pairs = one["columns"], zip(one["columns"], one["keys"], strict=True)
        here, there = (f"{name.partition('_')[0]}.{name}" for name in (one["table"], one["to"]))
        (found,) = _read(
            province,
            f"WITH named AS (SELECT DISTINCT {', '.join(columns)} FROM {here} WHERE {' AND '.join(f'{c} IS NOT NULL' for c in columns)}),"
            f" joined AS (SELECT {', '.join(f'h.{c}' for c in columns)}, count(t.release) AS n FROM named AS h"
            f" LEFT JOIN {there} AS t ON {' AND '.join(f't.{key} = h.{c}' for c, key in pairs)} GROUP BY {', '.join(f'h.{c}' for c in columns)})"
            " SELECT count(*) AS rows, count(*) FILTER (WHERE n = 0) AS lost, count(*) FILTER (WHERE n > 1) AS doubled FROM joined",
        ).to_dict("records")
        if found["doubled"] or (found["lost"] and not one["may_miss"]):
            broken.append((one, found))
        tables.add(one["table"])
        filled |= {one["table"]} if found["rows"] else set()
    assert broken == []
    assert tables == filled


def test_every_group_of_a_figure_has_a_name(province: Province) -> None:
    groups = json.loads(province.installation.python(DECLARED))["groups"]
    used = _read(
        province, "SELECT cut, group_code FROM mart.mart_coverage UNION SELECT cut, group_code FROM mart.mart_figure"
    )
    # Of providers, schools and carriers no list is kept.
    named = used[~used["cut"].isin(("provider", "school", "carrier"))]
    unnamed = [(cut, group) for cut, group in named.itertuples(index=False) if group not in groups.get(cut, ())]
    assert unnamed == []
    assert len(set(named["cut"])) >= 15
    told = _read(province, "SELECT cut, group_code, cut_name, group_name FROM bi.bi_group")
    assert told["cut_name"].notna().all() and {*told["cut"]} >= {"total", "sex", "poverty_status", "system"}
    is_coded = told["group_name"] == told["group_code"]
    assert set(told.loc[is_coded, "cut"]) <= {"provider", "school"}


@pytest.mark.parametrize("quarter", QUARTERS)
def test_no_link_is_false_and_none_is_missed(province: Province, quarter: str) -> None:
    record = province.truth.record
    found = links.linked(province.installation.home / "lake", quarter, record[record["quarter"] == quarter])
    assert found["true_id"].notna().all(), "a record in the lake that nobody sent"
    assert not found["is_quarantined"].any()
    is_linked = found["tier_found"].isin(links.LINKED)
    people = found[is_linked].groupby("cluster")["true_id"].nunique()
    assert len(people) > 1000
    assert (people == 1).all(), f"{(people > 1).sum()} people were made of several"
    clusters = found[is_linked].groupby("true_id")["cluster"].nunique()
    assert (clusters == 1).all(), f"{(clusters > 1).sum()} people stand more than once"
    # By ID number: insured rows of people whose number nobody of the universe has are left out or found otherwise.
    told = found[found["id_tier"].notna() & (found["id_tier"] != "not_found")]
    missed = told[told["id_tier"].isin(LINKABLE) != told["tier"].isin(LINKABLE)]
    assert missed.empty, missed[["system", "kind", "tier", "id_tier"]].value_counts().to_string()
    assert {"T1", "T2", "T3", "T4", "no_usable_id"} <= set(found["id_tier"].dropna())
    # By evidence: most of those who stand elsewhere with a usable number, although the sample's registers say little.
    settled = set(told.loc[told["id_tier"].isin(LINKABLE), "true_id"])
    open_ = found[
        ~found["id_tier"].isin(LINKABLE) & (found["kind"] != "name_conflict") & found["true_id"].isin(settled)
    ]
    assert open_["tier_found"].isin(["T5", "T6"]).mean() > 0.6


def test_quarantine_holds_what_was_broken_and_nothing_else(province: Province) -> None:
    record, large, damaged = province.truth.record, set(), set()
    for (system, entity, quarter), rows in record.groupby(["system", "entity", "quarter"]):
        table = f"staged_{system}__{entity}"
        broken = rows[rows["is_quarantined"]]
        planted = set(zip(broken["file_name"], broken["line_number"], strict=True))
        large |= {table} if len(rows) >= 100 else set()
        damaged |= {table} if planted else set()
        assert links.quarantined(province.installation.home / "lake", table, quarter) == planted, (table, quarter)
    assert large <= damaged, f"nothing was ever broken in {', '.join(sorted(large - damaged))}"


def test_unbroken_code_agrees_in_a_trial(province: Province) -> None:
    assert province.trials[CONTROL.rule] == set()


@pytest.mark.parametrize("broken", RULES, ids=lambda broken: broken.rule)
def test_a_broken_rule_is_noticed(province: Province, broken: Broken) -> None:
    found = province.trials[broken.rule]
    # Code that stops by itself proves nothing about the count.
    assert not isinstance(found, AssertionError), found
    assert broken.measure in found, f"the count differs in {sorted(found)}"
