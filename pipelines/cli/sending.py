"""What senders do: sample deliveries, deliveries, templates, corrections, live databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.application import DONE, NOT_YET, Json, QuarterOption, app, err, say


@app.command()
def sample(
    scale: Annotated[
        float, typer.Option(help="Share of the real province: 0.001 to 1; 0.01 has 30,457 registered.")
    ] = 0.01,
    quarters: Annotated[str, typer.Option(help="Quarters, comma between.")] = "2018Q3,2018Q4,2019Q1",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 20181030,
    as_json: Json = False,
) -> None:
    """Make the sample province: deliveries as offices send them, and the truth, kept apart."""
    from pipelines.sample.run import make_sample

    made = make_sample(scale, tuple(quarters.split(",")), seed)
    say(
        made,
        as_json,
        f"{made.deliveries} deliveries with {made.rows:,} rows in {made.outbox}\nnext: bidui deliver --sample",
    )


@app.command()
def deliver(
    system: Annotated[str, typer.Option(help="System, such as poverty_register.")] = "",
    quarter: Annotated[str, typer.Option(help="Quarter, such as 2018Q4.")] = "",
    file: Annotated[
        list[str] | None, typer.Option(help="table=path, such as person=list.xlsx; repeat for more.")
    ] = None,
    scope: Annotated[str, typer.Option(help="'province' or county codes, comma between.")] = "province",
    cut: Annotated[str, typer.Option(help="Day at which the data was cut, such as 2018-12-31.")] = "",
    sender: Annotated[str, typer.Option(help="Who sends.")] = "",
    sequence: Annotated[int, typer.Option(help="A correction has a higher number than what it corrects.")] = 1,
    filled: Annotated[
        Path | None,
        typer.Option("--template", help="A filled template (see `bidui template`); it says the rest itself."),
    ] = None,
    from_sample: Annotated[bool, typer.Option("--sample", help="Deliver the whole sample province.")] = False,
    as_json: Json = False,
) -> None:
    """Put plain files or a filled template into the landing folder as a delivery with its manifest."""
    from pipelines.deliveries.manifest import deliver as make
    from pipelines.periods import Quarter
    from pipelines.settings import settings

    if from_sample:
        from pipelines.sample.run import deliver_sample

        folders = deliver_sample()
        say(folders, as_json, f"{len(folders)} deliveries in {settings().landing}\nnext: bidui receive")
        return
    if filled is not None:
        from pipelines.deliveries.filled import deliver_template

        folder = deliver_template(filled, settings().landing)
        say(folder, as_json, f"delivered: {folder}\nnext: bidui receive")
        return
    if not (system and quarter and file and cut and sender):
        err.print("needed: --system --quarter --file table=path --cut --sender (or --template, or --sample)")
        raise typer.Exit(2)
    files: dict[str, list[Path]] = {}
    for item in file:
        entity, _, path = item.partition("=")
        files.setdefault(entity, []).append(Path(path))
    counties = "province" if scope == "province" else scope.split(",")
    folder = make(
        files, system, Quarter.parse(quarter), counties, date.fromisoformat(cut), sender, sequence, settings().landing
    )
    say(folder, as_json, f"delivered: {folder}\nnext: bidui receive")


@app.command()
def template(
    system: Annotated[str, typer.Option(help="System, such as civil_affairs; none: list them.")] = "",
    to: Annotated[Path | None, typer.Option("--out", help="Where to write it; by default here.")] = None,
    as_json: Json = False,
) -> None:
    """Write the XLSX template a sender fills in: cover, one sheet per table, code lists."""
    from pipelines.deliveries.template import write_template
    from pipelines.sources import SOURCES

    if not system:
        tables = {name: [table.zh for table in source.tables] for name, source in SOURCES.items()}
        lines = [f"{name} {SOURCES[name].zh}: {'、'.join(tables[name])}" for name in tables]
        say(tables, as_json, "\n".join(lines))
        return
    if system not in SOURCES:
        err.print(f"no system {system}; `bidui template` lists them")
        raise typer.Exit(2)
    path = write_template(system, to or Path(f"{SOURCES[system].zh}报送模板.xlsx"))
    say(path, as_json, f"{path}: fill it in, save it, then drop it into a new folder of landing/{system}/")


@app.command()
def quarantine(
    system: Annotated[str, typer.Option(help="System, such as civil_affairs.")],
    delivery: Annotated[str, typer.Option(help="Delivery whose rows were set apart.")],
    to: Annotated[Path | None, typer.Option("--out", help="Where to write it; by default here.")] = None,
    as_json: Json = False,
) -> None:
    """Write the rows a sender has to correct to a workbook, the reason beside each; it comes back as a delivery.

    The workbook holds personal data: give it to the office that sent the rows, and to nobody else.
    """
    from pipelines.deliveries.quarantine import export

    done = export(system, delivery, to or Path(f"{delivery}-待改正.xlsx"))
    if done.path is None:
        say(done, as_json, f"{system} {delivery}: no row waits to be corrected")
        raise typer.Exit(NOT_YET)
    text = f"{done.path}: {done.rows:,} rows to be corrected (personal data: for their sender only)"
    for obstacle in done.obstacles:
        text += f"\n{obstacle.text_en} {obstacle.mend_en}"
    say(done, as_json, text)


@app.command()
def pull(
    system: Annotated[str, typer.Option(help="System with a configured database.")],
    quarter: QuarterOption,
    cut: Annotated[str, typer.Option(help="Day the views speak of, such as 2018-12-31; by default today.")] = "",
    sequence: Annotated[int, typer.Option(help="By default one more than the last delivery's.")] = 0,
    as_json: Json = False,
) -> None:
    """Read a system's views in its live database into a delivery, in one snapshot."""
    from pipelines.deliveries.database import pull as step
    from pipelines.periods import Quarter

    folder = step(system, Quarter.parse(quarter), date.fromisoformat(cut) if cut else None, sequence or None)
    say(
        folder,
        as_json,
        f"pulled: {folder}\nnext: bidui receive" if folder else "nothing has changed since the last pull",
    )
    raise typer.Exit(DONE if folder else NOT_YET)
