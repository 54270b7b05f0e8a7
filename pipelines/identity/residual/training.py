"""How the weights come about: m and u of every level, estimated by Splink and kept in weights.csv.

    python -m pipelines.identity.residual.training registers persons.parquet rows.parquet -b id_text -b full_name,county

u, how often two people agree by chance, is counted on pairs of persons drawn with a seed. m, how often the records of
one person agree, is found by expectation maximisation among the pairs that agree in the fields named by -b, in one
round for each and for the comparisons that do not read those fields. With one file the records are compared among
themselves. A level nobody showed weighs as if it had been one of `FLOOR`; a comparison without any data has no weights.
One thread and a fixed seed: the same files give the same weights.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import duckdb
import typer

from pipelines.identity.residual import evidence
from pipelines.identity.residual.comparisons import COMPARISONS, MISSING, Comparison, Level
from pipelines.identity.residual.linking import connect
from pipelines.identity.residual.model import WEIGHTS

if TYPE_CHECKING:
    from splink import Linker, SettingsCreator
    from splink.comparison_library import CustomComparison

SEED = 20180930
PAIRS = 4_000_000
FLOOR = 1e-6
COLUMNS = ("model", "comparison", "level", "m", "u")


class Weight(NamedTuple):
    model: str
    comparison: str
    level: str
    m: float
    u: float


Known = dict[tuple[str, str], dict[str, float]]


def comparison_for_splink(comparison: Comparison, known: Known | None = None) -> CustomComparison:
    """The same levels in Splink's form; `known` holds m_probability and u_probability by comparison and level."""
    from splink.comparison_level_library import CustomLevel, ElseLevel
    from splink.comparison_library import CustomComparison

    levels: list[Any] = []
    for level in comparison.levels:
        made = CustomLevel(level.condition) if level.condition else ElseLevel()
        options: dict[str, Any] = dict((known or {}).get((comparison.name, level.name), {}))
        levels.append(made.configure(is_null_level=level.name == MISSING, label_for_charts=level.name, **options))
    return CustomComparison(levels, output_column_name=comparison.name)


def settings(link_type: str, known: Known | None = None) -> SettingsCreator:
    from splink import SettingsCreator

    return SettingsCreator(
        link_type=link_type,  # type: ignore[arg-type]
        unique_id_column_name="record_id",
        comparisons=[comparison_for_splink(comparison, known) for comparison in COMPARISONS],
        retain_intermediate_calculation_columns=True,
    )


def train(
    connection: duckdb.DuckDBPyConnection, model: str, persons: str, rows: str | None, blocks: Sequence[Sequence[str]]
) -> list[Weight]:
    """m and u of every level for which the data say something.

    `persons` and `rows` are tables or views in the form of evidence.py, one row per person in the first; without `rows`
    the first is compared with itself. `blocks`: for each round the fields that must agree.
    """
    from splink import DuckDBAPI, Linker, block_on

    connection.execute("SET threads = 1")
    api = DuckDBAPI(connection=connection)
    inputs = []
    for side, relation in (("persons", persons), ("rows", rows)):
        if relation is not None:
            evidence.prepare(connection, relation, f"training_{side}")
            inputs.append(api.register(f"training_{side}", dataset_display_name=side))
    chance = Linker(inputs[0], settings("dedupe_only"), log_level=logging.ERROR)
    chance.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED, min_count_per_level=None)
    by_chance = _learned(chance, "u_probability")
    known: Known = {level: {"u_probability": max(u, FLOOR)} for level, u in by_chance.items()}
    learner = Linker(inputs, settings("link_only" if rows else "dedupe_only", known), log_level=logging.ERROR)
    for fields in blocks:
        learner.training.estimate_parameters_using_expectation_maximisation(block_on(*fields))
    by_person = _learned(learner, "m_probability")
    known_on_both_sides = {name for name, _ in by_person} & {name for name, _ in by_chance}
    return [
        Weight(
            model, comparison.name, level.name, _kept(by_person, comparison, level), _kept(by_chance, comparison, level)
        )
        for comparison in COMPARISONS
        if comparison.name in known_on_both_sides
        for level in comparison.levels
        if level.name != MISSING
    ]


def _kept(shares: dict[tuple[str, str], float], comparison: Comparison, level: Level) -> float:
    return float(f"{max(shares.get((comparison.name, level.name), 0.0), FLOOR):.4g}")


def _learned(linker: Linker, share: str) -> dict[tuple[str, str], float]:
    """What Splink has from data; its own starting values are left out of what it saves."""
    return {
        (comparison["output_column_name"], level["label_for_charts"]): float(level[share])
        for comparison in linker.misc.save_model_to_json()["comparisons"]
        for level in comparison["comparison_levels"]
        if share in level
    }


def keep(weights: Sequence[Weight], path: Path = WEIGHTS) -> None:
    """Write the weights of their models to the file, in place of what it held of them."""
    kept: list[Weight] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines:
            kept = [
                Weight(row["model"], row["comparison"], row["level"], float(row["m"]), float(row["u"]))
                for row in csv.DictReader(lines)
            ]
    replaced = {weight.model for weight in weights}
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(weight for weight in kept if weight.model not in replaced)
        writer.writerows(weights)


def main(
    model: Annotated[str, typer.Argument(help="Section of models.toml.")],
    persons: Annotated[Path, typer.Argument(help="Parquet in the form of evidence.py, one row per person.")],
    rows: Annotated[Path | None, typer.Argument(help="The same form: rows, most of them of these persons.")] = None,
    block: Annotated[list[str], typer.Option("-b", help="Fields of one round, with commas between.")] = [],  # noqa: B006
) -> None:
    """Estimate the weights of a model and keep them."""
    connection = connect()
    for name, file in (("persons", persons), ("rows", rows)):
        if file is not None:
            connection.read_parquet(str(file)).create_view(name)
    weights = train(connection, model, "persons", "rows" if rows else None, [fields.split(",") for fields in block])
    keep(weights)
    typer.echo(f"{model}: {len(weights)} levels")


if __name__ == "__main__":
    typer.run(main)
