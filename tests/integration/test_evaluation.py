"""`bidui evaluate --sample`: its figures against a count that knows only the lake and the truth, and at 1:10 its targets.

The count is SQL over Parquet and imports nothing of the evaluation; it is right about each figure in its own way: links
found are, person by person, the largest of the clusters that begin with the person, less the one record it begins with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipelines.identity.evaluation import figures, oracle, sample, whole
from pipelines.identity.evaluation.oracle import population, recoverable
from pipelines.identity.evaluation.pairs import RESIDUAL, judged
from pipelines.identity.evaluation.province import QUARTER, Spent, in_sample
from pipelines.identity.evaluation.records import KEY, read_records
from pipelines.identity.evaluation.sample import EVALUATION_SEEDS, MIXES, Report
from pipelines.settings import settings
from pipelines.sources import STAGED
from tests.truth.installation import CHECKOUT

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900), pytest.mark.minutes(9)]
SCALE, SEED = 0.004, 44
NUMBERS = {
    "poverty_register__person": ("person_number", 0), "employment_platform__worker": ("record_number", 2),
    "technical_school__roll": ("roll_number", 3), "yulu__payment": ("application_number", 4),
    "disabled_federation__holder": ("substr(sha256(certificate_number), 1, 24)", 5),
    "social_insurance__participation": ("person_number", 6), "social_insurance__payment": ("person_number", 6),
    "medical_insurance__participation": ("person_number", 7),
}  # fmt: skip
INSURED = ("social_insurance", "medical_insurance")


class Province:
    """A linked home; `count` asks of `links` (core_link) and `delivered` (each record once, with its true id)."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.connection = duckdb.connect()
        lines = [self._lines(table, *number) for table, number in NUMBERS.items()] + self._members()
        self.connection.execute(
            f"""
            CREATE TABLE links AS SELECT system, entity, record_number, name, coalesce(id_key, '') AS id_key, tier, cluster
              FROM read_parquet('{home}/lake/core/core_link/quarter={QUARTER}/*/*/*.parquet');
            CREATE TABLE sent AS {" UNION ALL ".join(lines)};
            CREATE TABLE truth AS SELECT system, entity, file_name, line_number, position, true_id, tier, kind
              FROM read_parquet('{home}/truth/truth_record/*.parquet');
            CREATE TABLE named AS SELECT DISTINCT true_id FROM sent JOIN truth USING (system, entity, file_name, line_number, position)
              WHERE system NOT IN {INSURED} AND true_id BETWEEN 1 AND 999999999;
            CREATE TABLE delivered AS
              SELECT system, grain, record_number, name, id_key, rank, any_value(true_id) AS true_id, any_value(tier) AS planted,
                any_value(cluster) AS cluster
              FROM (SELECT s.*, t.true_id, t.tier, l.cluster FROM sent AS s
                    JOIN truth AS t USING (system, entity, file_name, line_number, position)
                    LEFT JOIN links AS l ON (l.system, l.entity, l.record_number, l.name, l.id_key)
                      = (s.system, s.grain, s.record_number, s.name, s.id_key))
              GROUP BY ALL;
            CREATE TABLE opened AS
              SELECT cluster, arg_min(true_id, (rank, record_number, name, grain, id_key)) AS owner FROM delivered
              WHERE cluster IS NOT NULL GROUP BY cluster;
            """
        )

    def _lines(self, table: str, number: str, rank: int) -> str:
        system, entity = table.split("__")
        grain = entity if system in INSURED else "record"
        where = {
            "social_insurance__participation": "WHERE scheme_code IN ('110', '120', '170')",
            "medical_insurance__participation": "WHERE scheme_code IN ('310', '390')",
            "disabled_federation__holder": "WHERE grade_code IN ('1', '2') AND coalesce(state_code, '1') = '1'"
            f" AND coalesce(valid_until_date >= DATE '{QUARTER.last_day}', TRUE)",
        }.get(table, "")
        return f"""SELECT '{system}' AS system, '{entity}' AS entity, '{grain}' AS grain, {rank} AS rank, file_name, line_number,
            0 AS position, {number} AS record_number, coalesce(name, '') AS name, coalesce(id_key, '') AS id_key
            FROM read_parquet('{self.home}/lake/staged/staged_{table}/quarter={QUARTER}/*/*/*.parquet') {where}"""

    def _members(self) -> list[str]:
        return [
            f"""SELECT 'civil_affairs', 'family', 'record', 1, file_name, line_number, {place}, family_number || '-{place}',
                coalesce(name_{place}, ''), coalesce(id_key_{place}, '')
                FROM read_parquet('{self.home}/lake/staged/staged_civil_affairs__family/quarter={QUARTER}/*/*/*.parquet')
                WHERE name_{place} IS NOT NULL OR id_number_{place} IS NOT NULL"""
            for place in range(1, 7)
        ]

    def count(self, query: str) -> tuple[int, ...]:
        (row,) = self.connection.execute(query).fetchall()
        return tuple(int(value) for value in row)

    def report(self) -> Report:
        """The evaluation's own figures of this lake and truth."""
        records, outsiders = read_records(self.home / "lake", self.home / "truth")
        people, every = population(self.home / "truth"), judged(records)
        tally = figures.tally(every, recoverable(every, people, outsiders), people)
        return Report(SCALE, "hard", (SEED,), tally, {SEED: tally}, {})


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, figures.Tally]:
    home = tmp_path_factory.mktemp("evaluation")
    _, tally = in_sample(home, SCALE, MIXES["hard"], SEED, sample.STEPS, Spent(), lambda _line: None)
    return home, tally


@pytest.fixture(scope="module")
def province(linked: tuple[Path, figures.Tally]) -> Province:
    return Province(linked[0])


@pytest.fixture
def copied(linked: tuple[Path, figures.Tally], tmp_path: Path) -> Iterator[Path]:
    """The lake and the truth, to be changed."""
    for part in ("lake", "truth"):
        shutil.copytree(linked[0] / part, tmp_path / part)
    yield tmp_path


def test_the_report_says_what_a_count_from_lake_and_truth_says(
    province: Province, linked: tuple[Path, figures.Tally]
) -> None:
    report = province.report()
    assert report.tally == linked[1], "judged here and in the evaluation's own process"
    made, right = province.count(
        "SELECT count(*) - count(DISTINCT cluster), count(*) FILTER (true_id = owner) - count(DISTINCT cluster)"
        " FROM delivered JOIN opened USING (cluster)"
    )
    precision = report.of(figures.PRECISION)
    assert (precision.hits, precision.total) == (right, made)
    assert made > 20_000
    wanted, found = province.count(
        """WITH sizes AS (SELECT true_id, count(*) AS n FROM delivered SEMI JOIN named USING (true_id) GROUP BY true_id),
             own AS (SELECT true_id, cluster, count(*) AS n FROM delivered JOIN opened USING (cluster)
                     WHERE true_id = owner GROUP BY ALL),
             largest AS (SELECT true_id, max(n) - 1 AS n FROM own SEMI JOIN named USING (true_id) GROUP BY true_id)
           SELECT (SELECT sum(n - 1) FROM sizes), (SELECT sum(n) FROM largest)"""
    )
    recall, conflicts = report.of(figures.RECALL), report.of("conflicts")
    assert (recall.hits + conflicts.hits, recall.total + conflicts.total) == (found, wanted)
    (named_otherwise,) = province.count(
        "SELECT count(*) FROM delivered SEMI JOIN named USING (true_id) WHERE planted = 'T4'"
    )
    assert 0 < conflicts.total <= named_otherwise
    people = report.of(figures.QUEUE).total
    assert (people,) == province.count("SELECT count(*) FROM named")


def test_each_system_and_tier_adds_up(province: Province) -> None:
    report = province.report()
    for what, by in ((figures.PRECISION, "tier"), (figures.PRECISION, "system"), (figures.RECALL, "system"),
                     (figures.RECALL, "sort"), (figures.RECALL, "age"), (figures.RECALL, "county")):  # fmt: skip
        parts = [share for (w, b, _), share in report.tally.items() if (w, b) == (what, by)]
        whole = report.of(what)
        assert sum(part.total for part in parts) == whole.total and sum(part.hits for part in parts) == whole.hits, by
    damaged = dict(
        province.connection.execute(
            "SELECT system, count(*) FILTER (planted IN ('none', 'other')) FROM delivered SEMI JOIN named USING (true_id) GROUP BY system"
        ).fetchall()
    )
    assert {group: share.hits for (what, _, group), share in report.tally.items() if what == "damaged"} == damaged


def test_a_false_link_is_noticed(linked: tuple[Path, figures.Tally], copied: Path) -> None:
    before = Province(linked[0]).report()
    (file,) = (copied / "lake/core/core_link").rglob("*.parquet")
    table = pq.read_table(file)
    clusters = table["cluster"].to_pylist()
    register = [i for i, (system, tier) in enumerate(zip(table["system"].to_pylist(), table["tier"].to_pylist(), strict=True))
                if system == "poverty_register" and tier == "T1" and clusters.count(clusters[i]) > 1][:2]  # fmt: skip
    one, other = (clusters[i] for i in register)
    medical = next(
        i for i, (system, cluster) in enumerate(zip(table["system"].to_pylist(), clusters, strict=True))
        if cluster == other and system != "poverty_register"
    )  # fmt: skip
    clusters[medical] = one
    pq.write_table(table.set_column(table.schema.get_field_index("cluster"), "cluster", pa.array(clusters)), file)
    after = Province(copied).report()
    assert after.of(figures.PRECISION).hits == before.of(figures.PRECISION).hits - 1
    assert after.of(figures.PRECISION).total == before.of(figures.PRECISION).total
    assert after.of(figures.RECALL).hits == before.of(figures.RECALL).hits - 1


def test_a_suggestion_counts_where_it_names_the_right_person(linked: tuple[Path, figures.Tally], copied: Path) -> None:
    records, _ = read_records(copied / "lake", copied / "truth")
    every = judged(records)
    lost = every[every["is_wanted"] & ~every["is_found"] & (every["sort"] == RESIDUAL)]
    lost = lost[(every["cluster"].reindex(lost["first"]) >= 0).to_numpy()].drop_duplicates("first").head(3)
    links = ds.dataset(str(copied / "lake/core/core_link"), format="parquet").to_table([*KEY, "cluster"]).to_pylist()
    clusters = {tuple(link[name] or "" for name in KEY): link["cluster"] for link in links}
    home = [clusters[key] for key in every.loc[lost["first"], KEY].astype(str).itertuples(index=False, name=None)]
    assert len(home) == 3
    suggested = [home[0], home[1], home[0]]  # the third is wrong
    rows = lost[KEY].astype(str).assign(cluster=suggested, decision="review")
    folder = copied / "lake/core/core_link_candidate" / f"quarter={QUARTER}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts = {str(name): pa.array(rows[name].tolist(), pa.string()) for name in rows}
    pq.write_table(pa.table(texts | {"is_queued": [True] * 3}), folder / "rows.parquet")
    report = Province(copied).report()
    assert report.of(figures.WITH_REVIEW).hits == report.of(figures.RECALL).hits + 2
    assert report.of(figures.QUEUE).hits == 3


def test_the_oracle_says_what_looking_at_everybody_says(linked: tuple[Path, figures.Tally]) -> None:
    """Medical rows without a number, one by one: who of all insured and of the universe has that name in that county."""
    records, outsiders = read_records(linked[0] / "lake", linked[0] / "truth")
    people, every = population(linked[0] / "truth"), judged(records)
    recovers = recoverable(every, people, outsiders)
    everybody = [
        *zip(people["true_id"], people["name"], people["county_code"], strict=True),
        *zip(outsiders["true_id"], outsiders["name"], outsiders["county_code"], strict=True),
    ]
    own = {true_id: (name, county) for true_id, name, county in everybody}
    is_asked = (every["system"] == "medical_insurance") & every["kind"].isin(["id_missing", "id_placeholder"])
    is_asked &= every["is_wanted"] & every["planted"].reindex(every["first"]).isin(["T1", "T2", "T3"]).to_numpy()
    asked = every[is_asked]
    assert len(asked) > 50
    for row, true_id in asked["true_id"].items():
        fitting = {other for other, name, county in everybody if (name, county) == own[true_id]}
        assert recovers[row] == (fitting == {true_id})
    both = recovers[is_asked]
    assert both.any() and not both.all(), "a test of one answer only tests little"


def test_the_fields_of_the_oracle_are_columns_of_the_tables() -> None:
    for (system, entity), fields in oracle.CARRIED.items():
        assert set(fields.values()) <= STAGED[f"staged_{system}__{entity}"].staged.keys(), system


def test_one_document_on_standard_output_and_exit_codes() -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
        return subprocess.run([sys.executable, "-m", "pipelines.cli", "evaluate", *words], cwd=CHECKOUT,
                              env=environment, capture_output=True, text=True, timeout=600, check=False)  # fmt: skip

    assert run("--sample", "--mix", "soft").returncode == 2
    ran = run("--sample", "--scale", "0.001", "--seeds", "9,", "--json")
    assert ran.returncode in (0, 1), ran.stderr[-3000:]
    said = json.loads(ran.stdout)
    assert said["seeds"] == [9] and len(said["targets"]) == 6
    assert (ran.returncode == 1) == any(target["is_reached"] is False for target in said["targets"])


def test_the_benchmark_measures_linking_alone() -> None:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "BENCH_SCALE": "0.001"}
    ran = subprocess.run([sys.executable, "-c", "from benchmarks import linkage; print(linkage.run())"], cwd=CHECKOUT,
                         env=environment, capture_output=True, text=True, timeout=600, check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    first, second, *_, last = ran.stdout.splitlines()
    assert first.startswith("linkage, scale 0.001, ") and "of their limit of 30" in first
    assert "automatic precision" in second and "core_link" in last


def test_what_sql_counts_of_a_whole_province_is_what_the_report_says(
    province: Province, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    settings.cache_clear()
    counted = whole.tally(province.home / "lake", province.home / "truth")
    report = province.report()
    assert {key: report.tally.get(key) for key in counted} == dict(counted)
    assert (
        counted[figures.WITH_REVIEW, figures.ALL, figures.ALL].hits
        > counted[figures.RECALL, figures.ALL, figures.ALL].hits
    )


def test_targets_at_one_to_ten() -> None:
    report = sample.evaluate(0.1, "default", EVALUATION_SEEDS[:1], print)
    assert [(target.name, target.found) for target in report.targets() if not target.is_reached] == []
    exact = report.of(figures.RECALL, "sort", "exact")
    assert exact.share is not None and exact.share >= 0.9999, sample.shown(exact)
    (spent,) = report.spent.values()
    assert spent.gib <= 4.0
