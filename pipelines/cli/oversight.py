"""What those who watch the runs do: overrule a gate, see where things stand, rebuild a release."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipelines.cli.application import DONE, FAILED, Json, app, document, out, say


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
    say(done, as_json, text)


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
        document(shown)
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
    say(done, as_json, text)
    raise typer.Exit(FAILED if differing else DONE)
