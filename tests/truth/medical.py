"""Hospital stays of the registered poor: M15, M16, M17."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tests.truth.cells import counted, fen
from tests.truth.truth import Said

INPATIENT = ("21", "22", "23", "24", "52")
ONLINE = "2"
LAYERS = ("pooled_amount", "severe_illness_amount", "commercial_amount", "assistance_amount")


def figures(said: Said, people: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """In one stop of those in the county; own share by place; filed and settled directly of those out of the city."""
    stays = _stays(said, people)
    stays["one"] = 1
    county = stays[stays["place"] == "in_county"]
    yield from counted(county, "M15", "one_stop", value="is_one_stop", base="one")
    yield from counted(stays, "M16", "own_pay", {"treated_place": "place"}, "own", "total")
    away = stays[stays["place"] == "out_of_area"]
    yield from counted(away, "M17", "filed", value="is_filed", base="one")
    yield from counted(away, "M17", "direct", value="is_direct", base="one")


def _stays(said: Said, people: pd.DataFrame) -> pd.DataFrame:
    """One row per stay: everything settled under one visit number; a later settlement may repeat the total."""
    registered = people.loc[people["is_registered"] & people["is_linkable"], ["true_id", "county"]]
    settled = said.of("medical_insurance", "settlement")
    settled = settled[settled["is_linkable"] & settled["medical_type_code"].isin(INPATIENT)].merge(
        registered, on="true_id"
    )
    settled["paid"] = sum(fen(settled[layer]) for layer in LAYERS)
    settled["total"] = fen(settled["total_amount"])
    settled["is_online"] = (settled["settlement_kind_code"] == ONLINE).astype(int)
    settled["n"] = 1
    stays = settled.groupby(["true_id", "visit_number", "county"], as_index=False).agg(
        n=("n", "sum"), n_online=("is_online", "sum"), total=("total", "max"), paid=("paid", "sum"),
        treated=("treated_place_code", "min"), admitted=("admitted_date", "min"),
    )  # fmt: skip
    stays["is_one_stop"] = ((stays["n"] == 1) & (stays["n_online"] == 1)).astype(int)
    stays["is_direct"] = (stays["n_online"] > 0).astype(int)
    stays["own"] = (stays["total"] - stays["paid"]).clip(lower=0)
    in_city = stays["treated"].str[:4] == stays["county"].str[:4]
    place = pd.Series("out_of_area", index=stays.index).mask(in_city, "in_city")
    stays["place"] = place.mask(stays["treated"] == stays["county"], "in_county")
    filing = said.of("medical_insurance", "filing")
    both = stays.merge(filing[filing["is_linkable"]], on="true_id", suffixes=("", "_filing"))
    runs = (both["start_date"] <= both["admitted"]) & (both["admitted"] <= both["end_date"])
    stays["is_filed"] = stays["visit_number"].isin(both.loc[runs, "visit_number"]).astype(int)
    return stays
