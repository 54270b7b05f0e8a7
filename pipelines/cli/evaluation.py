"""How good linkage is, against known truth."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.application import FAILED, Json, app, document, err, out


@app.command()
def evaluate(
    sample: Annotated[bool, typer.Option("--sample", help="On the sample province, whose truth is known.")] = False,
    febrl: Annotated[
        bool, typer.Option("--febrl", help="On public data, febrl1–4, with Splink and exact ID beside.")
    ] = False,
    scale: Annotated[float, typer.Option(help="With --sample: share of the real province.")] = 0.1,
    mix: Annotated[str, typer.Option(help="With --sample: the mix of errors, default or hard.")] = "default",
    seeds: Annotated[
        str,
        typer.Option(
            help="With --sample: how many of the five seeds of the evaluation, or other seeds, comma between."
        ),
    ] = "5",
    as_json: Json = False,
) -> None:
    """Measure linkage against known truth: precision and recall, and on the sample what could be reached at all.

    Makes what it needs in a temporary folder and leaves nothing. With --sample, exit code 1 where a target is missed.
    """
    if sample == febrl:
        err.print("needed: --sample or --febrl")
        raise typer.Exit(2)
    if febrl:
        _on_febrl(as_json)
    else:
        _on_sample(scale, mix, seeds, as_json)


def _on_febrl(as_json: bool) -> None:
    from pipelines.identity.evaluation.febrl import evaluate as measure
    from pipelines.identity.evaluation.febrl import show

    scores = measure()
    if as_json:
        document(scores)
    else:
        show(scores, out)


def _on_sample(scale: float, mix: str, seeds: str, as_json: bool) -> None:
    from pipelines.identity.evaluation import sample
    from pipelines.identity.evaluation.report import lines

    if mix not in sample.MIXES or not 0 < scale <= 1:
        err.print("--sample takes --scale above 0 and at most 1, and --mix default or hard")
        raise typer.Exit(2)
    try:
        asked = [int(seed) for seed in seeds.split(",") if seed.strip()]
    except ValueError:
        err.print("--seeds: a number from 1 to 5, or seeds with a comma between")
        raise typer.Exit(2) from None
    if len(asked) == 1 and 1 <= asked[0] <= len(sample.EVALUATION_SEEDS):
        asked = list(sample.EVALUATION_SEEDS[: asked[0]])
    report = sample.evaluate(scale, mix, asked, lambda line: err.print(line, highlight=False))
    if as_json:
        document(sample.document(report))
    else:
        for line in lines(report):
            out.print(line, highlight=False, soft_wrap=True, markup=False)
    if any(target.is_reached is False for target in report.targets()):
        raise typer.Exit(FAILED)
