"""Engines: one SQL text, run by DuckDB or by Spark with the same result. Only this package knows which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines.engines.base import Engine, EngineFailure, Part, Written

__all__ = ["Engine", "EngineFailure", "Part", "Written", "engine_for"]


def engine_for(
    name: str,
    *,
    threads: int,
    memory_limit: str,
    scratch: Path,
    spark_master: str = "local",
    spark_options: Mapping[str, str] | None = None,
) -> Engine:
    """The engine called `name` ('duckdb' or 'spark'), ready to scan.

    `memory_limit` is a size such as '4GiB'; `scratch` takes what is spilled. `spark_master` 'local' means this
    machine's `threads`, anything else is a Spark master URL whose workers see the same lake paths; `spark_options` adds to
    Spark's configuration.
    """
    match name:
        case "duckdb":
            from pipelines.engines.duckdb import DuckDBEngine

            return DuckDBEngine(threads, memory_limit, scratch)
        case "spark":
            from pipelines.engines.spark import SparkEngine

            return SparkEngine(threads, memory_limit, scratch, spark_master, spark_options)
    raise ValueError(f"no engine {name!r}: duckdb or spark")
