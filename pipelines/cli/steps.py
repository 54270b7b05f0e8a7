"""The steps of the pipeline, in their order."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipelines.cli.application import DONE, NOT_YET, REFUSED, Json, QuarterOption, app, document, out, say


@app.command()
def receive(as_json: Json = False) -> None:
    """Check what lies in the landing folder; write a receipt and a ledger row for each delivery."""
    from pipelines.deliveries.receive import receive as step
    from pipelines.settings import settings

    received = step()
    refused = [r for r in received if not r.accepted]
    say(
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
    from pipelines.deliveries.ingest import ingest_all
    from pipelines.deliveries.ledger import Ledger
    from pipelines.planning import arrived

    waiting = sorted({(d.system, d.quarter.key) for d in arrived(Ledger()) if d.staged is None})
    chosen = [(s, q) for s, q in waiting if system in ("", s) and quarter in ("", q)]
    results = []
    for number, done in enumerate(ingest_all(chosen), 1):
        results.append(done)
        if not as_json:
            out.print(
                f"[{number}/{len(chosen)}] {done.system} {done.quarter}: {done.rows_in:,} rows in,"
                f" {done.rows_clean:,} clean, {done.rows_quarantined:,} quarantined"
            )
    if as_json:
        document(results)
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
    say(planned, as_json, text)
    raise typer.Exit(DONE if planned.emit else NOT_YET)


def _built(result: Any, as_json: bool, following: str) -> None:
    rows = ", ".join(f"{name} {count:,}" for name, count in result.rows.items())
    text = (
        f"{result.quarter}: {result.note}" if result.skipped else f"{result.quarter} release {result.release}: {rows}"
    )
    text = "\n".join((text, *result.remarks))
    say(result, as_json, text if result.skipped else f"{text}\nnext: {following}")
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
    say(done, as_json, text)
    raise typer.Exit(DONE if done.flipped else NOT_YET)


@app.command()
def run(quarter: Annotated[str, typer.Option(help="Stop after this quarter.")] = "", as_json: Json = False) -> None:
    """Everything that waits, from landing to publication, without Airflow."""
    from pipelines.runner import run_all

    done = run_all(quarter or None, None if as_json else out.print)
    say(
        done,
        as_json,
        f"computed {', '.join(done.computed) or 'nothing'}; published {', '.join(done.published) or 'nothing'}",
    )
    raise typer.Exit(DONE if done.computed or done.published else NOT_YET)
