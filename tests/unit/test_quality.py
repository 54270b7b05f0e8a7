"""A real Great Expectations suite over real Parquet: counts, marks, stops, and what is written."""

import fcntl
import gc
import json
import logging
import multiprocessing
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from expectations import history_rules_of
from pipelines.errors import ContractBreach
from pipelines.quality.history import PREVIOUS, Counts, compare
from pipelines.quality.rules import Rule, TableRule, marking_expression
from pipelines.quality.validate import count_marks, prepare, validate
from pipelines.quality.verdict import Verdict
from pipelines.settings import settings
from pipelines.sources import STAGED

TABLE = "staged_social_insurance__participation"
RULES = (
    Rule(
        "id_form", "NOT regexp_full_match(id_key, '[0-9]{17}[0-9X]')", "critical", "无法匹配", "证件号码", "ID number"
    ),
    Rule("name_missing", "name IS NULL OR trim(name) = ''", "critical", "无法核对", "姓名为空", "The name is missing"),
    Rule("amount_negative", "paid_amount < 0", "critical", "汇总失真", "缴费金额为负", "The amount is negative"),
    Rule("end_first", "end_date < start_date", "warning", "a < b", "终止早于开始", "The end is before the start"),
    Rule("scheme", "scheme_code NOT IN ('110', '%', '12:30', '$1')", "warning", "代码表", "险种未知", "Unknown scheme"),
)
TABLE_RULES = (
    TableRule("no_row", "SELECT 1 FROM {table} HAVING count(*) = 0", "critical", "空表", "没有一行", "Not one row"),
    TableRule(
        "line_twice",
        "SELECT line_number FROM {table} GROUP BY line_number HAVING count(*) > 1",
        "critical",
        "行号唯一",
        "行号重复",
        "A line number occurs twice",
    ),
    TableRule(
        "few_rows",
        "SELECT greatest(0, 4 - count(*)) AS n_offending FROM {table}",
        "warning",
        "人数骤减",
        "行数过少",
        "Too few rows",
    ),
)
NAME, ID, COUNTY = "欧阳翠花", "360121194901010015", "360121"
COLUMNS = ("id_key", "name", "paid_amount", "start_date", "end_date", "scheme_code")
CLEAN = f"'{ID}', '{NAME}', 100.00, DATE '2019-01-01', DATE '2019-12-31', '110'"
DEFECTS = {
    "id_form": f"'36O12119490101001', '{NAME}', 100.00, DATE '2019-01-01', DATE '2019-12-31', '110'",
    "name_missing": f"'{ID}', NULL, 100.00, DATE '2019-01-01', DATE '2019-12-31', '110'",
    "amount_negative": f"'{ID}', '{NAME}', -0.01, DATE '2019-01-01', DATE '2019-12-31', '110'",
    "end_first": f"'{ID}', '{NAME}', 100.00, DATE '2019-01-02', DATE '2019-01-01', '110'",
    "scheme": f"'{ID}', '{NAME}', 100.00, DATE '2019-01-01', DATE '2019-12-31', '{NAME}'",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


def stage(folder: Path, *rows: str, rules: tuple[Rule, ...] = RULES) -> Path:
    """Typed rows with their marks, in one Parquet file under partition folders as in the lake."""
    path = folder / "quarter=2019Q4" / "delivery=d1" / "part.parquet"
    path.parent.mkdir(parents=True)
    values = ", ".join(f"({number}, {row})" for number, row in enumerate(rows, start=2))
    duckdb.sql(
        f"COPY (SELECT *, {marking_expression(rules)} AS broken_rules "
        f"FROM (VALUES {values}) AS typed(line_number, {', '.join(COLUMNS)})) TO '{path}' (FORMAT parquet)"
    )
    return path


def judge(path: Path, docs: Path, *, delivery: str = "d1", rules: tuple[Rule, ...] = RULES) -> Verdict:
    return validate(TABLE, [path], rules, TABLE_RULES, delivery=delivery, docs_dir=docs)


def test_a_clean_table_passes(tmp_path: Path, home: Path) -> None:
    path = stage(tmp_path, *[CLEAN] * 5)
    verdict = judge(path, tmp_path / "docs")
    assert verdict.n_rows == 5
    assert verdict.counts == dict.fromkeys([rule.rule_id for rule in RULES], 0)
    assert verdict.warnings == {}
    verdict.assert_marks(count_marks([path]))
    verdict.assert_deliverable()
    assert list((home / "scratch").iterdir()) == [], "a spill folder was left"


@pytest.mark.parametrize("rule_id", DEFECTS)
def test_a_seeded_defect_is_counted_under_exactly_its_rule(tmp_path: Path, rule_id: str) -> None:
    path = stage(tmp_path, *[CLEAN] * 5, DEFECTS[rule_id])
    verdict = judge(path, tmp_path / "docs")
    assert {rule: n for rule, n in verdict.counts.items() if n} == {rule_id: 1}
    verdict.assert_marks(count_marks([path]))


def test_every_rule_has_its_defect() -> None:
    assert set(DEFECTS) == {rule.rule_id for rule in RULES}


@pytest.mark.parametrize("rule_id", DEFECTS)
def test_great_expectations_counts_the_typed_columns_and_not_the_marks(tmp_path: Path, rule_id: str) -> None:
    blinded = tuple(replace(rule, predicate="false") if rule.rule_id == rule_id else rule for rule in RULES)
    path = stage(tmp_path, *[CLEAN] * 5, DEFECTS[rule_id], rules=blinded)
    marks = count_marks([path])
    assert marks == {}
    with pytest.raises(ContractBreach, match=f"{rule_id}: 0 marked, 1 counted"):
        judge(path, tmp_path / "docs").assert_marks(marks)


def test_marks_of_a_rule_that_is_not_in_the_suite_are_noticed(tmp_path: Path) -> None:
    verdict = judge(stage(tmp_path, *[CLEAN] * 5), tmp_path / "docs")
    with pytest.raises(ContractBreach, match="gone: 2 marked, 0 counted"):
        verdict.assert_marks({"gone": 2})


def test_a_critical_table_rule_stops_and_a_warning_does_not(tmp_path: Path) -> None:
    verdict = judge(stage(tmp_path, *[CLEAN] * 3), tmp_path / "docs")
    assert verdict.warnings == {"few_rows": 1}
    verdict.assert_deliverable()

    path = stage(tmp_path / "twice", *[CLEAN] * 3)
    verdict = validate(TABLE, [path, path], RULES, TABLE_RULES, delivery="d2", docs_dir=tmp_path / "docs")
    assert verdict.n_rows == 6
    assert verdict.as_event()["broken"] == {"line_twice": 3}
    with pytest.raises(ContractBreach, match="行号重复"):
        verdict.assert_deliverable()


def test_nothing_written_or_logged_holds_a_value_of_a_row(
    tmp_path: Path, home: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    path = stage(tmp_path / "lake", CLEAN, *DEFECTS.values())
    verdict = judge(path, tmp_path / "docs")
    verdict.assert_marks(count_marks([path]))
    fell = compare({COUNTY: Counts(300, 0, 0)}, {PREVIOUS: {COUNTY: Counts(900, 0, 0)}}, 3)
    compared = validate(
        TABLE, [path], RULES, history_rules_of(TABLE), delivery="held", docs_dir=tmp_path / "docs", history=fell
    )
    assert [finding.rule_id for finding in compared.holding] == ["insured_fell"]
    cast = Rule("cast", "CAST(name AS INTEGER) > 0", "critical", "w", "t", "t")
    with pytest.raises(ContractBreach, match="rule cast cannot be evaluated") as breach:
        judge(path, tmp_path / "docs", rules=(*RULES, cast))

    written = [one for folder in (tmp_path / "docs", home) for one in folder.rglob("*") if one.is_file()]
    assert {one.suffix for one in written} >= {".html", ".json"}
    texts = [one.read_text(encoding="utf-8") for one in written]
    captured = capfd.readouterr()
    told = [
        repr(breach.value),
        json.dumps(verdict.as_event()),
        json.dumps(compared.as_event()),
        repr(compared.findings),
    ]
    for text in (*texts, caplog.text, captured.out, captured.err, *told):
        for value in (NAME, ID, ID[:14], "36O12119490101001"):
            assert value not in text
    # History is told in counts: which counties, the receipt says.
    assert sum("insured_fell" in text for text in texts) == 2
    assert not any(COUNTY in text for text in texts)


def test_pages_hold_the_rules_words_and_counts_and_need_no_network(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    verdict = judge(stage(tmp_path, *[CLEAN] * 1234, DEFECTS["end_first"]), docs)
    page = verdict.page.read_text(encoding="utf-8")
    for text in (
        STAGED[TABLE].zh,
        "终止早于开始",
        "The end is before the start",
        "end_first",
        "a &lt; b",
        "1,235",
        "提示 warning",
    ):
        assert text in page
    for one in docs.rglob("*.html"):
        assert "http" not in one.read_text(encoding="utf-8"), one


def test_a_second_run_replaces_the_page_and_the_index_lists_every_delivery(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    path = stage(tmp_path, *[CLEAN] * 5)
    hostile = "../../<script>alert(1)</script>"
    pages = [judge(path, docs, delivery=label).page for label in ("2019Q4 一", "2019Q4_一", hostile, "index", "d", "d")]
    assert len(set(pages)) == 5
    assert {page.parent for page in pages} == {docs / TABLE}
    index = (docs / TABLE / "index.html").read_text(encoding="utf-8")
    assert "2019Q4 一" in index and "<script>" not in index
    assert index.count("<tr><td>") == 5
    assert f"{STAGED[TABLE].zh} {TABLE}" in (docs / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in pages[2].read_text(encoding="utf-8")


def test_processes_that_write_at_once_lose_no_page(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    path = stage(tmp_path, *[CLEAN] * 5)
    judge(path, docs, delivery="first")
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_judge_several, args=(path, docs, number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    index = (docs / TABLE / "index.html").read_text(encoding="utf-8")
    assert index.count("<tr><td>") == 1 + 4 * 3
    assert not list(docs.rglob("*.part"))


def test_an_index_is_written_by_one_process_at_a_time(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    path = stage(tmp_path, *[CLEAN] * 5)
    index = judge(path, docs, delivery="first").page.with_name("index.html")
    process = multiprocessing.get_context("fork").Process(target=_judge_several, args=(path, docs, 7))
    with (docs / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process.start()
        deadline = time.monotonic() + 30
        while not index.with_name("d7-0.html").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.join(0.5)
        assert process.is_alive(), "the index was written although another process held the lock"
        assert "d7-0" not in index.read_text(encoding="utf-8")
        # closing is not enough: the forked process holds the same open file
        fcntl.flock(lock, fcntl.LOCK_UN)
    process.join(60)
    assert process.exitcode == 0
    assert "d7-2" in index.read_text(encoding="utf-8")


def _judge_several(path: Path, docs: Path, number: int) -> None:
    for turn in range(3):
        judge(path, docs, delivery=f"d{number}-{turn}")


def test_an_error_of_the_source_quotes_no_value() -> None:
    from pipelines.quality.duckdb_source import URL, BufferedConnection

    with duckdb.connect(":memory:") as connection:
        engine = sa.create_engine(URL, creator=lambda: BufferedConnection(connection), poolclass=sa.NullPool)
        with engine.connect() as source, pytest.raises(sa.exc.DBAPIError, match="withheld") as error:
            source.execute(sa.text("SELECT CAST(name AS INTEGER) FROM (SELECT concat('欧阳', '翠花') AS name)"))
        assert NAME not in "".join(traceback.format_exception(error.value))
        with engine.connect() as source, pytest.raises(sa.exc.DBAPIError, match="unknown_column"):
            source.execute(sa.text("SELECT unknown_column"))


def test_all_row_rules_are_counted_in_one_pass(tmp_path: Path) -> None:
    path = stage(tmp_path, *[CLEAN] * 5)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        judge(path, tmp_path / "docs")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    counting = [statement for statement in statements if "FILTER" in statement]
    assert len(counting) == 1
    assert counting[0].count("FILTER") == len(RULES)


def test_rules_see_the_columns_of_the_rows_only(tmp_path: Path) -> None:
    path = stage(tmp_path, *[CLEAN] * 5)
    rule = Rule("folder", "quarter = '2019Q4'", "critical", "w", "t", "t")
    with pytest.raises(ContractBreach, match=r"rule folder cannot be evaluated: .*quarter"):
        judge(path, tmp_path / "docs", rules=(rule,))


def test_nothing_to_check_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no Parquet"):
        validate(TABLE, [], RULES, (), delivery="d", docs_dir=tmp_path)
    with pytest.raises(ValueError, match="without a rule"):
        validate(TABLE, [tmp_path / "x"], (), (), delivery="d", docs_dir=tmp_path)


def test_prepare_imports_beside_other_work() -> None:
    prepare().join(60)
    assert "pipelines.quality.suite" in sys.modules
    assert gc.isenabled()
