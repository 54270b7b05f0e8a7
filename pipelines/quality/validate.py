"""Runs the rules of one table over its typed rows."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import ContractBreach
from pipelines.quality.rules import Rule, TableRule, require_unique
from pipelines.quality.verdict import Case, Finding, Gap, Verdict
from pipelines.settings import settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.quality.history import Compared


@cache
def _great_expectations() -> Any:
    """`pipelines.quality.suite`, imported with the garbage collector paused: 15 % of several seconds saved."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        from pipelines.quality import suite
    finally:
        if collecting:
            gc.enable()
    return suite


def prepare() -> threading.Thread:
    """Start importing Great Expectations (6 s of processor time) beside other work; call it before reading files."""
    thread = threading.Thread(target=_great_expectations, name="import great_expectations", daemon=True)
    thread.start()
    return thread


def validate(
    table: str,
    typed: Sequence[Path] | str,
    rules: Sequence[Rule],
    table_rules: Sequence[TableRule],
    *,
    delivery: str,
    docs_dir: Path,
    history: Sequence[Compared] = (),
) -> Verdict:
    """How many of the table's typed rows break each rule, counted by Great Expectations from the typed columns.

    typed          the marked typed rows of one delivery: Parquet files, or a DuckDB relation over some
    delivery       label of the delivery; names its page in Data Docs, and a second run replaces the first
    docs_dir       Data Docs; several processes may write there at once
    history        what history rules see: without it they pass

    Nothing is judged here: see `Verdict.assert_marks` and `Verdict.assert_deliverable`.
    ContractBreach when a rule cannot be evaluated on these rows (a missing column, a cast that fails); ValueError when
    there is no rule or no file; duckdb errors for files and memory.
    """
    declared: list[Rule | TableRule] = [*rules, *table_rules]
    require_unique(declared)
    if not declared:
        raise ValueError(f"{table}: a table without a rule would pass unseen")
    suite = _great_expectations()
    from pipelines.quality import docs
    from pipelines.quality.duckdb_source import parquet_view
    from pipelines.quality.history import register

    own = settings()
    with parquet_view(
        table, typed, memory_limit=own.memory_limit, threads=own.threads, scratch=own.scratch
    ) as connection:
        register(connection, history)
        _require_evaluable(connection, table, table_rules)
        result = suite.run_suite(suite.build_suite(table, rules, table_rules, connection), table, connection)
        failures = [one for one in result.results if one.exception_info.get("raised_exception", True)]
        if failures:
            _require_evaluable(connection, table, rules, run=True)
            _require_evaluable(connection, table, table_rules, run=True)
            raise RuntimeError(f"{table}: Great Expectations failed: {failures[0].exception_info}")
        cases = {rule.rule_id: _cases(connection, table, rule) for rule in table_rules if rule.scope == "history"}
        gaps = {rule.rule_id: _gaps(connection, table, rule) for rule in table_rules if rule.scope == "reconciliation"}
    counted = {one.expectation_config.meta["rule_id"]: one.result for one in result.results}
    findings = tuple(
        Finding(
            rule.rule_id,
            rule.scope,
            rule.severity,
            int(counted[rule.rule_id]["observed_value"]),
            rule.text,
            rule.text_en,
            cases.get(rule.rule_id, ()),
            gaps.get(rule.rule_id, ()),
        )
        for rule in declared
    )
    n_rows = int(next(iter(counted.values()))["element_count"])
    page = docs.write_page(result, table, delivery, n_rows, docs_dir)
    return Verdict(table, delivery, n_rows, findings, page)


def _cases(connection: DuckDBPyConnection, table: str, rule: TableRule) -> tuple[Case, ...]:
    """Which units break a history rule; a unit is a county or the whole, so no row is quoted."""
    rows = connection.execute(f"SELECT * FROM ({rule.over(table)}\n) ORDER BY ALL").fetchall()
    return tuple(Case(*map(str, row)) for row in rows)


def _gaps(connection: DuckDBPyConnection, table: str, rule: TableRule) -> tuple[Gap, ...]:
    """Where a reconciliation fails: counties before what is above them, what is furthest apart first."""
    rows = connection.execute(
        f"SELECT * FROM ({rule.over(table)}\n) ORDER BY length(region_code) DESC, n_difference DESC, measure_code, region_code"
    ).fetchall()
    return tuple(Gap(*row) for row in rows)


def _require_evaluable(
    connection: DuckDBPyConnection, table: str, rules: Sequence[Rule | TableRule], *, run: bool = False
) -> None:
    """Name the rule that DuckDB refuses: the one query for all rules says only that one of them is wrong."""
    import duckdb

    from pipelines.quality.duckdb_source import without_values
    from pipelines.quality.rules import quoted

    for rule in rules:
        if isinstance(rule, TableRule):
            query = f"SELECT count(*) FROM ({rule.over(table)}\n)"
        else:
            query = f"SELECT count(*) FILTER (WHERE {rule.condition}) FROM {quoted(table)}"
        try:
            connection.execute(query if run else f"DESCRIBE {query}").fetchall()
        except (duckdb.OutOfMemoryException, duckdb.IOException):
            raise
        except duckdb.Error as error:
            raise ContractBreach(f"{table}: rule {rule.rule_id} cannot be evaluated: {without_values(error)}") from None


def count_marks(parquet_paths: Sequence[Path]) -> dict[str, int]:
    """Rows that carry each rule id in `broken_rules`, read back from the Parquet files: for `Verdict.assert_marks`."""
    from pipelines.quality.duckdb_source import parquet_view

    own = settings()
    with parquet_view(
        "marked", parquet_paths, memory_limit=own.memory_limit, threads=own.threads, scratch=own.scratch
    ) as connection:
        rows = connection.execute(
            "SELECT rule_id, count(*) FROM (SELECT unnest(broken_rules) AS rule_id FROM marked) GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return dict(rows)
