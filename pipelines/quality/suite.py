"""The two expectations of this house, and the run of a suite of them.

`UnexpectedRowsExpectation` runs every query twice, one rule at a time, and fetches rows. These count only, and
Great Expectations puts the counts of all row rules into ONE aggregate query: one pass over the data however many
rules there are. Custom metrics and expectations are Great Expectations' own way of extension.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from html import escape
from typing import Any, ClassVar, cast

import duckdb
import great_expectations as gx
import sqlalchemy as sa
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation, Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render.components import LegacyDiagnosticRendererType
from great_expectations.render.renderer.renderer import renderer

from pipelines.quality.duckdb_source import URL, BufferedConnection
from pipelines.quality.rules import COUNT_COLUMN, Rule, TableRule

# Counts only, whatever expectation is added one day.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_CONSEQUENCE = {
    ("row", "critical"): "隔离 quarantined",
    ("row", "warning"): "提示 warning",
    ("table", "critical"): "整批停用 all of it stopped",
    ("table", "warning"): "提示 warning",
    ("history", "critical"): "停用待核定 delivery held",
    ("history", "warning"): "提示 warning",
    ("reconciliation", "critical"): "停止发布 publication stopped",
}


class RowsBreakingRule(TableMetricProvider):
    """Rows for which a predicate is true; an aggregate, so that all rules share one query."""

    metric_name = "table.rows_breaking_rule"
    value_keys = ("predicate",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[sa.ColumnElement[int], dict[str, Any], dict[str, Any]]:
        # literal_column, not text: a colon or a brace in a predicate stays what it is
        predicate = sa.literal_column(metric_value_kwargs["predicate"], sa.Boolean)
        return sa.func.count().filter(predicate), metric_domain_kwargs, {}


class OffendingCount(TableMetricProvider):
    """The single number a table rule's query gives."""

    metric_name = "table.offending_count"
    value_keys = ("query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> int:
        query = sa.literal_column(f"({metric_value_kwargs['query']}\n)", sa.BigInteger)
        return int(execution_engine.execute_query(sa.select(query)).scalar_one())


class DeclaredRule(BatchExpectation, ABC):
    """An expectation that stands for a `Rule` or a `TableRule`; its page row ends with what the rule says of itself."""

    _stated: ExpectationConfiguration | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """As Great Expectations states it, made once: it is asked for fifteen times a run and never changes here."""
        if self._stated is None:
            self._stated = super().configuration
        return self._stated

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.META_PROPERTIES)
    def _diagnostic_meta_properties_renderer(cls, result: Any = None) -> list[Any]:
        meta = result.expectation_config.meta if result else {}
        return [[escape(str(meta.get(key, "")))] for key in ("rule_id", "consequence", "why")]


class ExpectNoRowToBreakRule(DeclaredRule):
    """Succeeds when no row satisfies the predicate."""

    predicate: str

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.rows_breaking_rule")
    success_keys: ClassVar[tuple[str, ...]] = ("predicate",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        return _outcome(metrics["table.rows_breaking_rule"], metrics["table.row_count"])


class ExpectNothingOffending(DeclaredRule):
    """Succeeds when the query, which gives one number, gives 0."""

    query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.offending_count")
    success_keys: ClassVar[tuple[str, ...]] = ("query",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        return _outcome(metrics["table.offending_count"], metrics["table.row_count"])


def _outcome(n_broken: int, n_rows: int) -> dict[str, Any]:
    return {"success": n_broken == 0, "result": {"observed_value": n_broken, "element_count": n_rows}}


def build_suite(
    table: str, rules: Sequence[Rule], table_rules: Sequence[TableRule], connection: duckdb.DuckDBPyConnection
) -> gx.ExpectationSuite:
    """One expectation per rule, row rules first; `rule_id` and scope in the meta data, the texts as description."""
    expectations: list[Expectation] = [
        ExpectNoRowToBreakRule(predicate=rule.condition, **_words(rule)) for rule in rules
    ]
    expectations += [
        ExpectNothingOffending(query=_counting(table, rule, connection), **_words(rule)) for rule in table_rules
    ]
    return gx.ExpectationSuite(table, expectations=expectations)


def _words(rule: Rule | TableRule) -> dict[str, Any]:
    return {
        "severity": rule.severity,
        "description": f"{rule.text} · {rule.text_en}",
        "meta": {
            "rule_id": rule.rule_id,
            "scope": rule.scope,
            "consequence": _CONSEQUENCE[rule.scope, rule.severity],
            "why": rule.why,
        },
    }


def _counting(table: str, rule: TableRule, connection: duckdb.DuckDBPyConnection) -> str:
    query = rule.over(table)
    columns = [row[0] for row in connection.execute(f"DESCRIBE {query}").fetchall()]
    count = f"coalesce(sum({COUNT_COLUMN}), 0)" if columns == [COUNT_COLUMN] else "count(*)"
    return f"SELECT {count} FROM ({query}\n) AS offending"


@cache
def _context() -> AbstractDataContext:
    """In memory, one per process: nothing of it is shared with another run."""
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(project_config=config, mode="ephemeral")


# Which DuckDB the sources are, while a suite runs.
_connection: ContextVar[duckdb.DuckDBPyConnection] = ContextVar("connection")


@cache
def _source() -> SQLDatasource:
    # No connection is kept: the next run has another DuckDB, where the view may have other columns.
    options = {"creator": lambda: BufferedConnection(_connection.get()), "poolclass": sa.NullPool}
    source = SQLDatasource(name="typed", connection_string=URL, kwargs=options)
    return cast(SQLDatasource, _context().data_sources.add_sql(datasource=source))


@cache
def _whole(table: str) -> BatchDefinition[Any]:
    """All rows of the view `table`; made once, as each source, asset or batch costs as much as ten rules' evaluation."""
    return _source().add_table_asset(table, table_name=table).add_batch_definition_whole_table(table)


def run_suite(
    suite: gx.ExpectationSuite, table: str, connection: duckdb.DuckDBPyConnection
) -> ExpectationSuiteValidationResult:
    """Great Expectations' result for the view `table` of the connection; no value of a row in it."""
    token = _connection.set(connection)
    try:
        return _whole(table).get_batch().validate(suite, result_format=RESULT_FORMAT)
    finally:
        _connection.reset(token)
