"""The `bidui` command: every step of the pipeline without Airflow, and the local stack.

Exit codes: 0 done · 1 failed · 2 wrong use · 3 done, but some delivery was refused or stopped · 4 nothing to do yet.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines.deliveries.reasons import Refused
from pipelines.errors import ContractBreach, NotReady
from pipelines.stack.processes import StackError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Bidui 比对: quarterly comparison of registers.")
# Written to a file or a log, tables are as wide as their words need.
out, err = Console(width=None if sys.stdout.isatty() else 112), Console(stderr=True)
DONE, FAILED, REFUSED, NOT_YET = 0, 1, 3, 4

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
QuarterOption = Annotated[str, typer.Option("--quarter", help="Quarter, such as 2018Q4.")]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {k: _plain(v) for k, v in dataclasses.asdict(value).items()}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (int, float, bool, str, type(None))) else str(value)


def _say(result: Any, as_json: bool, text: str) -> None:
    if as_json:
        print(json.dumps(_plain(result), ensure_ascii=False))
    else:
        out.print(text)


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
    _say(
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
        _say(folders, as_json, f"{len(folders)} deliveries in {settings().landing}\nnext: bidui receive")
        return
    if filled is not None:
        from pipelines.deliveries.filled import deliver_template

        folder = deliver_template(filled, settings().landing)
        _say(folder, as_json, f"delivered: {folder}\nnext: bidui receive")
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
    _say(folder, as_json, f"delivered: {folder}\nnext: bidui receive")


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
        _say(tables, as_json, "\n".join(lines))
        return
    if system not in SOURCES:
        err.print(f"no system {system}; `bidui template` lists them")
        raise typer.Exit(2)
    path = write_template(system, to or Path(f"{SOURCES[system].zh}报送模板.xlsx"))
    _say(path, as_json, f"{path}: fill it in, save it, then drop it into a new folder of landing/{system}/")


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
        _say(done, as_json, f"{system} {delivery}: no row waits to be corrected")
        raise typer.Exit(NOT_YET)
    text = f"{done.path}: {done.rows:,} rows to be corrected (personal data: for their sender only)"
    for obstacle in done.obstacles:
        text += f"\n{obstacle.text_en} {obstacle.mend_en}"
    _say(done, as_json, text)


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
    _say(
        folder,
        as_json,
        f"pulled: {folder}\nnext: bidui receive" if folder else "nothing has changed since the last pull",
    )
    raise typer.Exit(DONE if folder else NOT_YET)


@app.command()
def receive(as_json: Json = False) -> None:
    """Check what lies in the landing folder; write a receipt and a ledger row for each delivery."""
    from pipelines.deliveries.receive import receive as step
    from pipelines.settings import settings

    received = step()
    refused = [r for r in received if not r.accepted]
    _say(
        received,
        as_json,
        f"{len(received) - len(refused)} accepted, {len(refused)} refused; receipts in {settings().receipts}\n"
        "next: bidui ingest",
    )
    raise typer.Exit(REFUSED if refused else DONE)


@app.command()
def ingest(
    system: Annotated[str, typer.Option(help="Only this system.")] = "",
    quarter: Annotated[str, typer.Option(help="Only this quarter.")] = "",
    as_json: Json = False,
) -> None:
    """Read, type, mark, validate and split accepted deliveries."""
    from pipelines.deliveries.ingest import ingest as step
    from pipelines.deliveries.ledger import Ledger
    from pipelines.planning import arrived

    waiting = sorted({(d.system, d.quarter.key) for d in arrived(Ledger()) if d.staged is None})
    chosen = [(s, q) for s, q in waiting if system in ("", s) and quarter in ("", q)]
    results = []
    for number, (one_system, one_quarter) in enumerate(chosen, 1):
        results.append(step(one_system, one_quarter))
        done = results[-1]
        if not as_json:
            out.print(
                f"[{number}/{len(chosen)}] {one_system} {one_quarter}: {done.rows_in:,} rows in,"
                f" {done.rows_clean:,} clean, {done.rows_quarantined:,} quarantined"
            )
    if as_json:
        print(json.dumps(_plain(results), ensure_ascii=False))
    elif not chosen:
        out.print("nothing waits to be staged")
    else:
        out.print("next: bidui plan")


@app.command()
def plan(as_json: Json = False) -> None:
    """Say which quarters are due and open the release of the earliest."""
    from pipelines.calendar import refresh
    from pipelines.planning import plan as step

    refresh()
    planned = step()
    text = f"due: {', '.join(planned.due) or 'none'}; to compute now: {planned.emit or 'none'}"
    for quarter, why in planned.waiting.items():
        text += f"\n{quarter} waits: {why}"
    _say(planned, as_json, text)
    raise typer.Exit(DONE if planned.emit else NOT_YET)


def _built(result: Any, as_json: bool, following: str) -> None:
    rows = ", ".join(f"{name} {count:,}" for name, count in result.rows.items())
    text = (
        f"{result.quarter}: {result.note}" if result.skipped else f"{result.quarter} release {result.release}: {rows}"
    )
    _say(result, as_json, text if result.skipped else f"{text}\nnext: {following}")
    raise typer.Exit(NOT_YET if result.skipped else DONE)


@app.command()
def link(quarter: QuarterOption, as_json: Json = False) -> None:
    """Find who is one person across systems, for the planned release of a quarter."""
    from pipelines.identity.link import link as step

    _built(step(quarter), as_json, f"bidui measure --quarter {quarter}")


@app.command()
def measure(quarter: QuarterOption, as_json: Json = False) -> None:
    """Compute person × quarter, match and coverage tables."""
    from pipelines.measures.measure import measure as step

    _built(step(quarter), as_json, f"bidui compare --quarter {quarter}")


@app.command()
def compare(quarter: QuarterOption, as_json: Json = False) -> None:
    """Compare a quarter with the one before; the sums must close."""
    from pipelines.measures.compare import compare as step

    _built(step(quarter), as_json, "bidui publish")


@app.command()
def publish(
    quarter: Annotated[str, typer.Option(help="The quarter that was computed last.")] = "", as_json: Json = False
) -> None:
    """Load computed releases into the warehouse and flip the pointer, all in one transaction."""
    from pipelines.warehouse.publish import publish as step

    done = step(quarter or None)
    flips = ", ".join(f"{key} → release {number}" for key, number in done.flipped.items()) or "nothing"
    text = f"published: {flips}"
    if done.waiting_for:
        text += f"\nfirst needed: {', '.join(done.waiting_for)}"
    _say(done, as_json, text)
    raise typer.Exit(DONE if done.flipped else NOT_YET)


@app.command()
def run(quarter: Annotated[str, typer.Option(help="Stop after this quarter.")] = "", as_json: Json = False) -> None:
    """Everything that waits, from landing to publication, without Airflow."""
    from pipelines.runner import run_all

    done = run_all(quarter or None, None if as_json else out.print)
    _say(
        done,
        as_json,
        f"computed {', '.join(done.computed) or 'nothing'}; published {', '.join(done.published) or 'nothing'}",
    )
    raise typer.Exit(DONE if done.computed or done.published else NOT_YET)


@app.command()
def overrule(
    system: Annotated[str, typer.Option(help="System, such as poverty_register.")],
    delivery: Annotated[str, typer.Option(help="Delivery that is held; `bidui status` names it.")],
    rule: Annotated[list[str], typer.Option(help="Rule that holds it; repeat for more.")],
    reason: Annotated[str, typer.Option(help="Why the delivery is right all the same; the sender reads it.")],
    uphold: Annotated[
        bool, typer.Option("--uphold", help="Keep it held instead; also takes an overruling back.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a delivery count although it differs much from earlier ones; who, when and why is recorded."""
    from getpass import getuser

    from pipelines.deliveries.gates import OVERRULED, UPHELD, decide
    from pipelines.periods import now

    done = decide(
        system, delivery, rule, UPHELD if uphold else OVERRULED, reason,
        decided_by=getuser(), decided_at=now(), channel="cli",
    )  # fmt: skip
    text = (
        f"{system} {delivery} counts: {done.rows_clean:,} clean rows\nnext: bidui plan"
        if done.counts
        else f"{system} {delivery} is held by {', '.join(done.still_held_by)}"
    )
    _say(done, as_json, text)


@app.command()
def status(
    calendar: Annotated[bool, typer.Option("--calendar", help="What is due, county by county.")] = False,
    quarter: Annotated[str, typer.Option(help="With --calendar: only this quarter.")] = "",
    system: Annotated[str, typer.Option(help="With --calendar: only this system.")] = "",
    as_json: Json = False,
) -> None:
    """Deliveries, calendar, held deliveries and releases by quarter."""
    from pipelines import status as view

    shown: Any = view.counties(system or None, quarter or None) if calendar else view.overview()
    if as_json:
        print(json.dumps(_plain(shown), ensure_ascii=False))
    elif calendar:
        view.show_calendar(shown, out)
    else:
        view.show(shown, out)


@app.command()
def rebuild(
    release: Annotated[int, typer.Option(help="Release number.")],
    here: Annotated[
        bool, typer.Option("--here", help="Use this code instead of the recorded commit and lock.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compute a past release again from the lake and compare content hashes, table by table."""
    from pipelines.rebuild import rebuild as step

    done = step(release, here=here)
    differing = [name for name, same in done.tables.items() if not same]
    text = f"release {release} with {done.code}: " + (
        "identical" if not differing else f"differs in {', '.join(differing)}"
    )
    _say(done, as_json, text)
    raise typer.Exit(FAILED if differing else DONE)


@app.command()
def up(airflow: Annotated[bool, typer.Option(help="With Airflow, not PostgreSQL alone.")] = True) -> None:
    """Start PostgreSQL and Airflow on this machine and leave them running."""
    from pipelines.stack.local import up as start

    start(lambda line: out.print(line, soft_wrap=True, highlight=False), airflow=airflow)
    out.print("stop with: make down")


@app.command()
def down() -> None:
    """Stop what `up` started."""
    from pipelines.stack.local import down as stop

    stop()
    out.print("stopped")


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop everything and forget all data of this home."""
    from pipelines.settings import settings
    from pipelines.stack.local import reset as forget

    if settings().home.exists() and not yes:
        typer.confirm(f"forget everything in {settings().home}?", abort=True)
    forget()
    out.print("forgotten; the next demo starts afresh")


@app.command()
def demo(scale: Annotated[float, typer.Option(help="0.01 has 30,457 registered.")] = 0.01) -> None:
    """The sample province through Airflow to PostgreSQL, by events alone; stops what it started."""
    from pipelines.stack.demo import demo as show

    show(out, scale=scale)


def main() -> None:
    """Run the command; known errors become one line that says what to do."""
    try:
        app()
    except (ContractBreach, NotReady, StackError) as error:
        err.print(f"[red]{error}")
        sys.exit(FAILED)
    except Refused as refused:
        for reason in refused.reasons:
            err.print(f"[red]{reason.text}[/] {reason.mend}\n  {reason.text_en} {reason.mend_en}", highlight=False)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
