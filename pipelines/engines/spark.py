"""The second engine: Spark, on this machine or a cluster, running the same SQL files transpiled from DuckDB's dialect.

The only place that transpiles and that imports pyspark. Where the same text would mean something else in Spark it is
rewritten here or kept out by `allowed.check_allowed`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlglot import exp

from pipelines.engines import content, sql
from pipelines.engines.base import (
    COUNTY_COLUMNS,
    SCOPE_COLUMN,
    EngineFailure,
    Part,
    Written,
    fresh_folder,
    require_columns,
    view_name,
)
from pipelines.engines.duckdb import connect, without_values
from pipelines.engines.functions import expand
from pipelines.engines.java import java_home
from pipelines.engines.tree import rewritten
from pipelines.engines.types import require_output
from pipelines.errors import ContractBreach
from pipelines.scratch import WorkFolder

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_LOG4J = Path(__file__).with_name("log4j2.properties")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])(?:i?B)?", re.IGNORECASE)
_UNITS = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024}

_SQL_OPTIONS = {
    # A failed cast or an overflow is an error, as in DuckDB, never a silent NULL.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    # DuckDB's TIMESTAMP has no zone.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.writeLegacyFormat": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Java's stack traces quote values.
    "spark.sql.pyspark.jvmStacktrace.enabled": "false",
}


def _mebibytes(size: str) -> str:
    match = _SIZE.fullmatch(size.strip())
    if match is None:
        raise ValueError(f"{size!r} is not a size such as 4GiB")
    return f"{int(float(match[1]) * _UNITS[match[2].upper()])}m"


@contextmanager
def _without_values() -> Iterator[None]:
    """Turns an error of Spark into EngineFailure that names its kind and quotes no value of a row."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, ParseException, PySparkException

    try:
        yield
    except (AnalysisException, ParseException) as error:
        # These arise before any row is read.
        first_line = str(error).strip().partition("\n")[0]
        raise EngineFailure(f"Spark {type(error).__name__}: {first_line}") from None
    except PySparkException as error:
        kind = error.getCondition() or type(error).__name__
        raise EngineFailure(f"Spark {kind}: the values are not shown") from None
    except Py4JError as error:
        raise EngineFailure(f"Spark {type(error).__name__}: the values are not shown") from None


def _rewrite(node: exp.Expr) -> exp.Expr:
    """Expressions that sqlglot passes to Spark unchanged or with another meaning."""
    match node:
        case exp.Anonymous() if str(node.this).lower() == "strlen":
            return exp.func("octet_length", *node.expressions)
        case exp.RegexpFullMatch():
            pattern = node.expression
            if not isinstance(pattern, exp.Literal):
                raise ContractBreach("regexp_full_match takes a literal pattern")
            # Java's $ also matches before a final line break; \z does not.
            return exp.RegexpLike(this=node.this, expression=exp.Literal.string(rf"\A(?:{pattern.name})\z"))
        case exp.ArrayContains():
            # A list with a NULL among its items answers NULL in Spark, false in DuckDB.
            found = exp.func("coalesce", node.copy(), exp.false())
            return exp.Case().when(exp.Not(this=node.this.copy().is_(exp.null())), found)
        case exp.DateDiff() if str(node.args.get("unit") or "DAY").upper() != "DAY":
            raise ContractBreach("date_diff counts days only: the engines count months and years differently")
        case exp.DataType() if node.this == exp.DType.INT128:
            return exp.DataType.build("DECIMAL(38, 0)")
    return node


def transpile(select: str, params: Mapping[str, object]) -> str:
    """The SELECT with its parameters bound, as Spark SQL."""
    tree = rewritten(expand(sql.bound(select, params), "spark"), _rewrite)
    return tree.sql("spark", comments=False)


@lru_cache(maxsize=256)
def spark_type(duckdb_type: str) -> str:
    """The Spark type of a declared column type."""
    return rewritten(exp.DataType.build(duckdb_type, dialect="duckdb"), _rewrite).sql("spark")


class SparkEngine:
    """Engine over a Spark session of its own; the Spark application is ended by the engine that started it.

    `options` adds to Spark's configuration. Within a process the first engine fixes memory and Java for all.
    """

    name = "spark"

    def __init__(
        self,
        threads: int,
        memory_limit: str,
        scratch: Path,
        master: str = "local",
        options: Mapping[str, str] | None = None,
    ) -> None:
        from pyspark import SparkContext
        from pyspark.logger import PySparkLogger

        self._spill = WorkFolder(scratch, "spark")
        self._threads, self._memory_limit = threads, memory_limit
        for logger in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
            # PySpark logs every error with its message, hence with values.
            PySparkLogger.getLogger(logger).disabled = True
        running = SparkContext._active_spark_context is not None
        self._session = self._start(scratch, master, {**_SQL_OPTIONS, **(options or {})})
        self._owns_application = not running

    def _start(self, scratch: Path, master: str, options: Mapping[str, str]) -> SparkSession:
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        if SparkContext._active_spark_context is not None:
            session = SparkSession.builder.getOrCreate().newSession()
            for option, value in options.items():
                session.conf.set(option, value)
            return session
        os.environ["JAVA_HOME"] = str(java_home(scratch))
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        local = master == "local"
        builder: Any = SparkSession.builder.master(f"local[{self._threads}]" if local else master).appName("bidui")
        fixed = {
            "spark.driver.memory": _mebibytes(self._memory_limit),
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOG4J.as_uri()}",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.local.dir": str(self._spill.path),
            "spark.sql.warehouse.dir": str(self._spill.path / "warehouse"),
            "spark.sql.catalogImplementation": "in-memory",
        }
        if local:
            os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
            fixed |= {
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.driver.host": "127.0.0.1",
                "spark.sql.shuffle.partitions": str(4 * self._threads),
            }
        for option, value in {**fixed, **options}.items():
            builder = builder.config(option, value)
        with _without_values():
            session = builder.getOrCreate()
        assert isinstance(session, SparkSession)
        return session

    def scan(self, name: str, columns: Mapping[str, str], parts: Sequence[Part]) -> None:
        with _without_values():
            frames = [self._part(name, columns, part) for part in parts]
            if not frames:
                schema = ", ".join(f"`{c}` {spark_type(t)}" for c, t in columns.items())
                frames = [self._session.createDataFrame([], schema)]
            union = frames[0]
            for frame in frames[1:]:
                union = union.union(frame)
            union.createOrReplaceTempView(view_name(name))

    def _part(self, name: str, columns: Mapping[str, str], part: Part) -> DataFrame:
        import pyarrow as pa
        import pyarrow.parquet as pq
        from pyspark.sql.functions import col, lit
        from pyspark.sql.pandas.types import from_arrow_schema

        files = part.files()
        # The schema from one footer: Spark would start a job to read the same.
        found = pq.read_schema(files[0])
        require_columns(name, columns, found.names)
        read = list(columns)
        if part.scope is not None:
            require_columns(name, {SCOPE_COLUMN: "VARCHAR"}, found.names)
            read += [SCOPE_COLUMN] if SCOPE_COLUMN not in columns else []
        schema = from_arrow_schema(pa.schema([found.field(c) for c in read]), prefer_timestamp_ntz=True)
        frame = self._session.read.schema(schema).parquet(*(str(file) for file in files))
        if part.scope is not None:
            frame = frame.where(col(SCOPE_COLUMN).isin(sorted(part.scope)) if part.scope else lit(False))
        if part.renamed:
            frame = frame.replace(dict(part.renamed), subset=[c for c in COUNTY_COLUMNS if c in read])
        return self._cast(frame, columns)

    @staticmethod
    def _cast(frame: DataFrame, columns: Mapping[str, str]) -> DataFrame:
        # As text: an expression made in Python is a dozen calls to Java, and tables have dozens of columns.
        present = set(frame.columns)
        return frame.selectExpr(
            *(f"CAST({f'`{c}`' if c in present else 'NULL'} AS {spark_type(t)}) AS `{c}`" for c, t in columns.items())
        )

    def write(
        self,
        select: str,
        columns: Mapping[str, str],
        order_by: Sequence[str],
        params: Mapping[str, object],
        path: Path,
    ) -> Written:
        from pyspark.sql.functions import col

        text = transpile(select, params)
        with _without_values():
            frame = self._session.sql(text)
            found = [(f.name, f.dataType.simpleString()) for f in frame.schema.fields]
        require_output(found, columns, "spark")
        with fresh_folder(path) as partial:
            with _without_values():
                rows = self._cast(frame, columns)
                if order_by:
                    rows = rows.orderBy(*(col(f"`{c}`").asc_nulls_first() for c in order_by))
                rows.write.parquet(str(partial))
            for extra in [*partial.glob(".*.crc"), *partial.glob("_*")]:
                extra.unlink()
            if not order_by:
                return content.counted(partial)
            connection = connect(self._threads, self._memory_limit, self._spill.path)
            try:
                with without_values():
                    return content.written(connection, partial, columns, order_by)
            finally:
                connection.close()

    def count(self, name: str) -> int:
        with _without_values():
            return int(self._session.table(view_name(name)).count())

    def query(self, select: str, params: Mapping[str, object]) -> list[dict[str, object]]:
        with _without_values():
            return [row.asDict(recursive=True) for row in self._session.sql(transpile(select, params)).collect()]

    def register_rows(self, name: str, columns: Mapping[str, str], rows: pa.Table) -> None:
        with _without_values():
            frame = self._session.createDataFrame(rows)
            self._cast(frame, columns).createOrReplaceTempView(view_name(name))

    def close(self) -> None:
        if self._owns_application:
            self._session.stop()
            self._owns_application = False
        self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
