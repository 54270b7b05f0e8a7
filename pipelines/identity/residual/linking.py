"""The cascade for what no ID number decides: candidate pairs, levels, points, and a decision that ties cannot sway.

`auto`: points reach the model's threshold, one of its grounds holds, and no other pair of either record comes within the
margin. `review`: enough points to ask a person. Nothing depends on the order of rows or on the number of threads:
points are whole numbers, weights decimals, and of equals none is preferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.identity.residual import blocking, evidence
from pipelines.identity.residual.comparisons import COMPARISONS, MISSING, case_sql
from pipelines.identity.residual.model import Model

if TYPE_CHECKING:
    import pyarrow as pa

_LEFT, _RIGHT, _PAIRS, _SCORED = "residual_left", "residual_right", "residual_pairs", "residual_scored"
LEVELS = [comparison.name for comparison in COMPARISONS]


def connect(threads: int = 1) -> duckdb.DuckDBPyConnection:
    """A connection in memory for those who hold their records elsewhere."""
    return duckdb.connect(config={"threads": threads})


def link(
    connection: duckdb.DuckDBPyConnection, left: str, right: str, model: Model, scratch: Path | None = None
) -> pa.Table:
    """Who of the right side each record of the left side is.

    `left` and `right` are tables or views of the connection in the form of evidence.py: records without a person, and
    persons. One row per suggested pair, by left_id and right_id: left_id, right_id, `level_<comparison>` for each
    comparison, points (whole), match_weight (bits, without prior), ground (what an accepted pair rests on, NULL for a
    suggestion or a model without grounds), decision ('auto' or 'review') and evidence (levels in words). A left record
    has at most one 'auto' row and then no other; a right one those of one claim in each source. With `scratch`, a folder, what
    is known of the right side lies there and not in memory.
    """
    evidence.prepare(connection, left, _LEFT, claiming=True)
    evidence.prepare(connection, right, _RIGHT, scratch=scratch)
    blocking.pairs(connection, _LEFT, _RIGHT, _PAIRS)
    _score(connection, _LEFT, _RIGHT, model)
    table = connection.execute(_decide_links(model)).to_arrow_table()
    _drop(connection)
    return table


def deduplicate(connection: duckdb.DuckDBPyConnection, records: str, model: Model) -> pa.Table:
    """Which records of one table or view are of one person; pairs as in `link`, the lower record_id on the left.

    Every pair that reaches the threshold on a ground is 'auto', for one person may stand there many times; `clusters`
    puts together what hangs together.
    """
    evidence.prepare(connection, records, _LEFT)
    blocking.pairs(connection, _LEFT, _LEFT, _PAIRS, within=True)
    _score(connection, _LEFT, _LEFT, model)
    decision = f"CASE WHEN points >= {model.accept} AND {_grounded(model)} THEN 'auto' ELSE 'review' END"
    table = connection.execute(
        _finished(f"SELECT *, {decision} AS decision FROM {_SCORED} WHERE points >= {model.review}", model)
    ).to_arrow_table()
    _drop(connection)
    return table


def clusters(connection: duckdb.DuckDBPyConnection, records: str, pairs: pa.Table) -> dict[str, str]:
    """For each record_id the lowest record_id that its 'auto' pairs lead to, over however many steps."""
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    # Splink leaves tables behind: in a connection of its own.
    api = DuckDBAPI(connection=connect())
    nodes = connection.sql(f'SELECT record_id FROM "{records}" ORDER BY record_id').to_arrow_table()
    accepted = pairs.filter([decision == "auto" for decision in pairs["decision"].to_pylist()])
    edges = accepted.select(["left_id", "right_id"])
    found = cluster_pairwise_predictions_at_threshold(
        api.register(nodes), api.register(edges), api, "record_id", "left_id", "right_id"
    )
    return {row["record_id"]: row["cluster_id"] for row in found.as_record_list()}


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    for view in (_LEFT, _RIGHT):
        connection.execute(f"DROP VIEW IF EXISTS {view}; DROP TABLE IF EXISTS {view}_rows")
    for table in (_PAIRS, _SCORED):
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def compare(connection: duckdb.DuckDBPyConnection, left: str, right: str, pairs: str, table: str) -> None:
    """Make `table`: for each pair of numbers (l, r) of prepared records the level of every comparison."""
    columns = sorted({column for comparison in COMPARISONS for column in comparison.columns} | {"record_id", "claim"})
    sides = ", ".join(f"a.{column} AS {column}_l, b.{column} AS {column}_r" for column in columns)
    levels = ", ".join(f"{case_sql(comparison)} AS level_{comparison.name}" for comparison in COMPARISONS)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT l, r, record_id_l AS left_id, record_id_r AS right_id, source_l AS source, claim_l AS claim, {levels}
        FROM (SELECT l, r, {sides} FROM {pairs} JOIN {left} AS a ON a.number = l JOIN {right} AS b ON b.number = r)
        """
    )


def _score(connection: duckdb.DuckDBPyConnection, left: str, right: str, model: Model) -> None:
    compare(connection, left, right, _PAIRS, _SCORED)
    points = " + ".join(_worth(name, model.points.get(name, {})) for name in LEVELS)
    weight = " + ".join(_worth(name, model.weights.get(name, {}), "DECIMAL(9,2)") for name in LEVELS)
    # What cannot be suggested and is no rival of what is accepted need not be carried on.
    least = min(model.review, model.accept - model.margin + 1)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_SCORED} AS
        SELECT * FROM (
            SELECT *, CAST({points} AS INTEGER) AS points, CAST({weight} AS DECIMAL(9,2)) AS match_weight FROM {_SCORED}
        ) WHERE points >= {least}
        """
    )


def _worth(comparison: str, worth: Mapping[str, int | Decimal], kind: str = "INTEGER") -> str:
    if not worth:
        return f"0::{kind}"
    whens = " ".join(f"WHEN '{level}' THEN {value}::{kind}" for level, value in worth.items())
    return f"CASE level_{comparison} {whens} ELSE 0::{kind} END"


def _ground(model: Model) -> str:
    if not model.grounds:
        return "NULL::VARCHAR"
    whens = []
    for ground in model.grounds:
        conditions = (
            f"level_{comparison} IN ({', '.join(repr(level) for level in levels)})"
            for comparison, levels in ground.levels.items()
        )
        whens.append(f"WHEN {' AND '.join(conditions)} THEN '{ground.name}'")
    return f"CASE {' '.join(whens)} END"


def _grounded(model: Model) -> str:
    return f"({_ground(model)}) IS NOT NULL" if model.grounds else "TRUE"


def _decide_links(model: Model) -> str:
    # A rival is any pair of the same record that does not fall behind the best by the margin; the best is one itself.
    # Records of one source with the same name and number are one claim: the person has two entries there.
    near = f"points > {{best}} - {model.margin}"
    decided = f"""
        WITH best AS (
            SELECT *, max(points) OVER (PARTITION BY l) AS best_l, max(points) OVER (PARTITION BY r, source) AS best_r,
                max(points) OVER (PARTITION BY r, claim) AS best_claim
            FROM {_SCORED}
        ), rivalled AS (
            SELECT *, count(*) FILTER ({near.format(best="best_l")}) OVER (PARTITION BY l) AS n_l,
                count(DISTINCT claim) FILTER ({near.format(best="best_r")}) OVER (PARTITION BY r, source) AS n_r
            FROM best
        ), accepted AS (
            SELECT *, points >= {model.accept} AND {_grounded(model)}
                AND points = best_l AND n_l = 1 AND best_claim = best_r AND n_r = 1 AS is_accepted
            FROM rivalled
        )
        SELECT *, CASE WHEN is_accepted THEN 'auto' ELSE 'review' END AS decision
        FROM accepted
        QUALIFY is_accepted OR (
            points >= {model.review} AND points > best_l - {model.margin} AND n_l <= {model.choices}
            AND NOT bool_or(is_accepted) OVER (PARTITION BY l)
        )
    """
    return _finished(decided, model)


def _finished(decided: str, model: Model) -> str:
    words = ", ".join(
        f"CASE WHEN level_{name} <> '{MISSING}' THEN '{model.label(name)}=' || level_{name} END" for name in LEVELS
    )
    return f"""
        SELECT left_id, right_id, {", ".join(f"level_{name}" for name in LEVELS)}, points, match_weight,
            CASE WHEN decision = 'auto' THEN {_ground(model)} END AS ground, decision, concat_ws('; ', {words}) AS evidence
        FROM ({decided})
        ORDER BY left_id, right_id
    """
