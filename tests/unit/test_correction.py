"""The cause for which somebody is counted otherwise in another release of the same quarter."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipelines.measures.catalogue import MEASURES
from pipelines.measures.correction import causes

M03 = next(measure for measure in MEASURES if measure.code == "M03")
PREVIOUS = {"quarter": "2019Q3", "fingerprint": "p", "release": 1}


def delivery(system: str, counties: str, fingerprint: str = "f") -> dict[str, Any]:
    return {"system": system, "fingerprint": fingerprint, "tables": {f"staged_{system}__x": counties.split()}}


def inputs(*deliveries: dict[str, Any], previous: Any = PREVIOUS, **versions: str) -> dict[str, Any]:
    return {"deliveries": list(deliveries), "versions": {"parameters": "1", **versions}, "previous": previous}


BOTH = (delivery("poverty_register", "360121 360122"), delivery("social_insurance", "360121 360122"))
CORRECTED = (*BOTH, delivery("social_insurance", "360121", "g"))


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (inputs(*BOTH), inputs(*CORRECTED), ["link_changed", "source_corrected:social_insurance", "source_corrected"]),
        (
            inputs(*BOTH),
            inputs(*BOTH, delivery("deaths", "360122")),
            ["link_changed", "source_corrected", "source_corrected:deaths"],
        ),
        (inputs(*BOTH), inputs(*BOTH, parameters="2"), ["link_changed", "parameter_changed", "parameter_changed"]),
        (inputs(*BOTH), inputs(*BOTH, measures="2"), ["link_changed", "rule_changed", "rule_changed"]),
        (inputs(*BOTH), inputs(*BOTH, parameters="2", measures="2"), ["link_changed", "rule_changed", "rule_changed"]),
        (
            inputs(*BOTH),
            inputs(*CORRECTED, parameters="2"),
            ["link_changed", "source_corrected:social_insurance", "parameter_changed"],
        ),
        (inputs(*BOTH), inputs(*BOTH, link_decisions="4"), ["link_changed", "unexplained", "unexplained"]),
        (inputs(*BOTH), inputs(*BOTH, previous=None), ["link_changed", "quarter_before", "quarter_before"]),
        (inputs(*BOTH), inputs(*BOTH, delivery("exam", "360121")), ["link_changed", *["source_corrected"] * 2]),
    ],
)
def test_one_cause_each(old: dict[str, Any], new: dict[str, Any], cause: list[str]) -> None:
    people = pd.DataFrame(
        {"county_new": ["360121", "360121", "360122"], "county_old": ["360121", None, "360122"]},
        index=["decided", "here", "there"],
    )
    assert causes(people, M03, old, new, {"decided"}) == cause
