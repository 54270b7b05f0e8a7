"""The truth of a sample province against what readers see: to the person, for every measure, quarter, region and cut.

The count from the truth (tests/truth/count.py) knows the definitions and nothing of the code; the pipeline is run by its
command. Then thirteen rules are broken in a copy of the code, one at a time, and the count must no longer agree.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import create_engine

from pipelines.stack.postgres import PostgresServer
from tests.truth import count, links
from tests.truth.installation import Installation, copy_code, free_port
from tests.truth.rules import ARRIVING, LINKED, RULES, STAGED, Broken

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900), pytest.mark.minutes(9)]
SCALE, SEED = "0.003", "36"
QUARTERS = ("2018Q3", "2018Q4", "2019Q1")
FIRST = QUARTERS[0]
LARGE = ("social_insurance", "medical_insurance")
LATE = ("poverty_register", FIRST)  # ingested last of its quarter, so that changed code can do it instead
CONTROL = Broken("nothing is broken", ARRIVING, "", "", "", "")
REMAINING = {
    ARRIVING: (["ingest", "--system", LATE[0], "--quarter", LATE[1]], ["plan"], ["link", "--quarter", FIRST], ["measure", "--quarter", FIRST]),
    STAGED: (["plan"], ["link", "--quarter", FIRST], ["measure", "--quarter", FIRST]),
    LINKED: (["measure", "--quarter", FIRST],),
}  # fmt: skip


Trials = dict[str, set[str] | AssertionError]


@dataclass(frozen=True)
class Province:
    """A province that was delivered, computed and published, with copies of the installation on the way."""

    installation: Installation
    snapshots: dict[str, Installation]
    truth: count.Truth
    coverage: pd.DataFrame  # expected
    reasons: pd.DataFrame  # expected


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("truth")
    made = Installation(folder / "home", PostgresServer(folder / "home", free_port()))
    try:
        made.bidui(
            ["sample", "--scale", SCALE, "--quarters", ",".join(QUARTERS), "--seed", SEED],
            ["deliver", "--sample"], ["up", "--no-airflow"], ["receive"], warehouse=False,
        )  # fmt: skip
        with ThreadPoolExecutor(3) as pool:
            systems = [*LARGE, *sorted({path.name for path in (made.home / "landing").iterdir()} - {*LARGE})]
            every = [(s, q) for q in QUARTERS for s in systems if (s, q) != LATE]
            # Two processes of about the same work.
            halves = [every[::2], every[1::2]]
            for done in [pool.submit(_ingest, made, half) for half in halves]:
                done.result()
            snapshots = {ARRIVING: made.copied("arriving", folder / "arriving")}
            _ingest(made, [LATE])
            snapshots[STAGED] = made.copied("staged", folder / "staged")
            made.bidui(["plan"], ["link", "--quarter", FIRST])
            snapshots[LINKED] = made.copied("linked", folder / "linked")
            made.bidui(["run"])
            truth = count.Truth.read(made.home / "truth")
            linked = pd.concat(links.together(made.home / "lake", quarter) for quarter in QUARTERS)
            coverage, reasons = count.expected(truth, QUARTERS, linked)
        yield Province(made, snapshots, truth, coverage, reasons)
    finally:
        made.server.remove()


def _ingest(made: Installation, pairs: list[tuple[str, str]]) -> None:
    made.bidui(*(["ingest", "--system", system, "--quarter", quarter] for system, quarter in pairs))


@pytest.fixture(scope="module")
def trials(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """Rule → the measures whose count differs from the truth under code that breaks it, or how that code ended."""
    folder = tmp_path_factory.mktemp("trials")
    # One after the other: a database is copied only while nobody is connected to it.
    copies = []
    for number, broken in enumerate((CONTROL, *RULES)):
        code = copy_code(folder / f"code{number}")
        if broken is not CONTROL:
            broken.apply(code)
        copy = province.snapshots[broken.snapshot].copied(f"trial{number}", folder / f"home{number}", code)
        copies.append((broken, copy))
    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(lambda pair: (pair[0].rule, _trial(province, *pair)), copies))


def _trial(province: Province, broken: Broken, copy: Installation) -> set[str] | AssertionError:
    try:
        copy.bidui(*REMAINING[broken.snapshot])
    except AssertionError as error:
        return error
    found = links.read(copy.home / "lake", "mart_coverage", FIRST, [*count.KEY[1:], *count.COUNTS])
    found = found[~found["measure_code"].isin(count.UNCOUNTED)]
    wanted = province.coverage[province.coverage["quarter"] == FIRST].drop(columns="quarter")
    return set(count.differences(wanted, found, count.KEY[1:], count.COUNTS)["measure_code"])


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
    counter = Path(count.__file__)
    assert _imported(counter) == {"__future__", "collections.abc", "dataclasses", "pathlib", "pandas"}
    imported = set().union(*(_imported(file) for file in (Path(__file__), *counter.parent.glob("*.py"))))
    assert {name for name in imported if name.startswith("pipelines")} == {"pipelines.stack.postgres"}


def test_coverage_equals_the_truth_to_the_person(province: Province) -> None:
    found = _read(province, f"SELECT {', '.join((*count.KEY, *count.COUNTS, 'n_no_data'))} FROM mart.mart_coverage")
    whole = found[(found["region_code"] == "36") & (found["cut"] == "total")]
    assert set(zip(whole["quarter"], whole["measure_code"], strict=True)) == {
        (quarter, measure) for quarter in QUARTERS for measure in (*count.MEASURES, *count.UNCOUNTED)
    }
    # In a spring few have graduated yet; no grant of the term is paid before autumn.
    some = whole[~whole["measure_code"].isin(("M39B", "M40"))]
    assert (some[["n_numerator", "n_denominator"]] > 0).all(axis=None)
    assert (found["n_no_data"] == 0).all()
    found = found[~found["measure_code"].isin(count.UNCOUNTED)]
    differing = count.differences(province.coverage, found, count.KEY, count.COUNTS)
    assert differing.empty, differing.head(20).to_string()


def test_figures_that_are_parts_of_measures_equal_the_truth(province: Province) -> None:
    """The figure, the measure of the truth, and which of its counts."""
    parts = {
        ("M01", "people"): ("M13", "n_denominator"),
        ("M02", "people"): ("M03", "n_denominator"),
        ("M07", "people"): ("M08", "n_denominator"),
        ("M18", "people"): ("M19", "n_denominator"),
        ("M35", "people"): ("M36", "n_denominator"),
        ("M05", "uncovered"): ("M03", "n_uncovered"),
    }
    found = _read(
        province,
        "SELECT quarter, measure_code, figure_code, region_code, CAST(figure_value AS BIGINT) AS n FROM mart.mart_figure WHERE cut = 'total'",
    )
    key = ["quarter", "region_code"]
    true = province.coverage[(province.coverage["cut"] == "total") & (province.coverage["region_code"].str.len() <= 6)]
    true = true.assign(n_uncovered=true["n_denominator"] - true["n_numerator"])
    for (measure, figure), (of, counted) in parts.items():
        wanted = true.loc[true["measure_code"] == of, [*key, counted]].rename(columns={counted: "n"})
        told = found.loc[(found["measure_code"] == measure) & (found["figure_code"] == figure), [*key, "n"]]
        differing = count.differences(wanted, told, key, ["n"])
        assert len(wanted) > 200 and differing.empty, (measure, differing.head(20).to_string())


@pytest.mark.parametrize("measure", ["M03", "M08"])
def test_explain_says_the_true_number_its_reasons_and_what_changed_it(province: Province, measure: str) -> None:
    before, quarter = QUARTERS[-2:]
    words = ["explain", "--measure", measure, "--region", "36", "--quarter", quarter]
    document, _, told = province.installation.bidui([*words, "--json"], words).partition("\n")
    said, told = json.loads(document), " ".join(told.split())
    whole = province.coverage.query("region_code == '36' and cut == 'total' and measure_code == @measure").set_index(
        "quarter"
    )
    counts = ["n_population", "n_denominator", "n_numerator"]
    assert [said["number"][name] for name in counts] == whole.loc[quarter, counts].tolist()
    reasons = province.reasons.query(
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
    listed = links.read(lake, "core_exclusion", quarter, ["person_key", "reason_code", "file_name", "line_number"])
    one = listed[listed["reason_code"] == "imprisoned"].iloc[0]
    told = " ".join(
        province.installation.bidui(["explain", "--person", one["person_key"], "--quarter", quarter]).split()
    )
    assert "imprisoned: 服刑人员信息, delivery 2019Q1" in told and f"line {one['line_number']}" in told
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
    assert (whole["low"] >= 0.9 * whole["n"]).all()


def test_everyone_left_out_has_the_true_reason(province: Province) -> None:
    key = [*count.KEY, "reason_code"]
    found = _read(province, f"SELECT {', '.join(key)}, n_people FROM mart.mart_coverage_reason")
    found = found[~found["measure_code"].isin(count.UNCOUNTED)]
    differing = count.differences(province.reasons, found, key, ["n_people"])
    assert differing.empty, differing.head(20).to_string()


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
    missed = told[told["id_tier"].isin(count.LINKABLE) != told["tier"].isin(count.LINKABLE)]
    assert missed.empty, missed[["system", "kind", "tier", "id_tier"]].value_counts().to_string()
    assert {"T1", "T2", "T3", "T4", "no_usable_id"} <= set(found["id_tier"].dropna())
    # By evidence: most of those who stand elsewhere with a usable number, although the sample's registers say little.
    settled = set(told.loc[told["id_tier"].isin(count.LINKABLE), "true_id"])
    open_ = found[
        ~found["id_tier"].isin(count.LINKABLE) & (found["kind"] != "name_conflict") & found["true_id"].isin(settled)
    ]
    assert open_["tier_found"].isin(["T5", "T6"]).mean() > 0.6


def test_quarantine_holds_what_was_broken_and_nothing_else(province: Province) -> None:
    record = province.truth.record
    for (system, entity, quarter), rows in record.groupby(["system", "entity", "quarter"]):
        table = f"staged_{system}__{entity}"
        broken = rows[rows["is_quarantined"]]
        planted = set(zip(broken["file_name"], broken["line_number"], strict=True))
        assert planted or len(rows) < 100, f"nothing was broken in {table} {quarter}"
        assert links.quarantined(province.installation.home / "lake", table, quarter) == planted, (table, quarter)


def test_unbroken_code_agrees_in_a_trial(trials: Trials) -> None:
    assert trials[CONTROL.rule] == set()


@pytest.mark.parametrize("broken", RULES, ids=lambda broken: broken.rule)
def test_a_broken_rule_is_noticed(trials: Trials, broken: Broken) -> None:
    found = trials[broken.rule]
    # Code that stops by itself proves nothing about the count.
    assert not isinstance(found, AssertionError), found
    assert broken.measure in found, f"the count differs in {sorted(found)}"
