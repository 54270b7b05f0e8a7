"""How good linkage is, against known truth."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pipelines.cli.application import Json, app, out, plain


@app.command()
def evaluate(
    febrl: Annotated[
        bool, typer.Option("--febrl", help="Public data febrl1–4, with Splink and exact ID beside.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Precision and recall of linkage on data whose truth is known."""
    if not febrl:
        raise typer.BadParameter("say what to evaluate on: --febrl")
    from pipelines.identity.evaluation.febrl import evaluate as measure
    from pipelines.identity.evaluation.febrl import show

    scores = measure()
    if as_json:
        print(json.dumps(plain(scores)))
    else:
        show(scores, out)
