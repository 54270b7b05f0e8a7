"""What those who watch the runs do: overrule a gate, judge links, see where things stand, ask why, rebuild a release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli.application import DONE, FAILED, NOT_YET, Json, app, document, err, out, say


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
def review(
    quarter: Annotated[str, typer.Option(help="Quarter whose suggestions are written out, such as 2018Q4.")] = "",
    county: Annotated[str, typer.Option(help="Only this county's, by code.")] = "",
    draw: Annotated[
        int,
        typer.Option("--draw", min=0, help="Instead of suggestions a sample: so many automatic links of each tier."),
    ] = 0,
    to: Annotated[Path | None, typer.Option("--out", help="Where to write the workbook; by default here.")] = None,
    answers: Annotated[Path | None, typer.Option("--in", help="A workbook that was filled in.")] = None,
    by: Annotated[str, typer.Option("--by", help="With --in: the official who decided.")] = "",
    as_json: Json = False,
) -> None:
    """Records that may be one person, or a sample of those linked: write them out for an office to judge, or take its answers in.

    The workbook holds personal data: give it to the office that judges, and to nobody else.
    """
    from pipelines.identity import review as step
    from pipelines.periods import Quarter

    if answers is not None:
        if not by:
            err.print("needed: --by, the official who decided")
            raise typer.Exit(2)
        taken = step.take_back(answers, by)
        text = (
            f"{taken.quarter}: {taken.must_link} must link, {taken.never_link} must not, {taken.undecided} left undecided"
            "\nnext: bidui plan (the quarter and those after it are due anew)"
        )
        say(taken, as_json, text)
        return
    if not quarter:
        err.print("needed: --quarter (or --in with --by)")
        raise typer.Exit(2)
    if draw:
        name = f"自动关联抽查-{quarter}{county and '-'}{county}.xlsx"
        drawn = step.draw(Quarter.parse(quarter), draw, county or None, to or Path(name))
        if drawn.path is None:
            say(drawn, as_json, f"{quarter}: no automatic link is left to judge")
            raise typer.Exit(NOT_YET)
        tiers = ", ".join(f"{tier} {count:,}" for tier, count in drawn.links.items())
        say(drawn, as_json, f"{drawn.path}: automatic links {tiers} (personal data: for those who judge only)")
        return
    done = step.export(
        Quarter.parse(quarter), county or None, to or Path(f"同一人核定-{quarter}{county and '-'}{county}.xlsx")
    )
    if done.path is None:
        say(done, as_json, f"{quarter}: nothing waits for review")
        raise typer.Exit(NOT_YET)
    say(done, as_json, f"{done.path}: {done.suggestions:,} suggestions (personal data: for those who judge only)")


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
def explain(
    measure: Annotated[str, typer.Option(help="Measure, such as M03.")] = "",
    region: Annotated[str, typer.Option(help="Region by code: 36, 3607, 360731, a town or a village.")] = "36",
    quarter: Annotated[
        str, typer.Option(help="Quarter, such as 2019Q4; for a person the last one where none is given.")
    ] = "",
    against: Annotated[
        int, typer.Option(help="Instead of the quarter before: an earlier release of the same quarter.")
    ] = 0,
    person: Annotated[str, typer.Option(help="Instead of a measure a person, by key.")] = "",
    as_json: Json = False,
) -> None:
    """Why a number is what it is: its parts, its change by cause, its deliveries; what a correction changed; or why a person is
    counted as they are."""
    from pipelines.measures import correction, explain_figures
    from pipelines.measures import explain as view
    from pipelines.periods import Quarter

    if person:
        of_person = view.explain_person(person, Quarter.parse(quarter) if quarter else None)
        say(of_person, as_json, "\n".join(view.told_person(of_person)))
        return
    if not measure or not quarter:
        err.print("needed: --measure and --quarter, or --person")
        raise typer.Exit(2)
    if against:
        changed = correction.correction(measure, region, Quarter.parse(quarter), against)
        say(changed, as_json, "\n".join(correction.told(changed)))
        return
    if explain_figures.is_told_in_figures(measure):
        of_figures = explain_figures.explain_figures(measure, region, Quarter.parse(quarter))
        say(of_figures, as_json, "\n".join(explain_figures.told(of_figures)))
        return
    of_measure = view.explain_measure(measure, region, Quarter.parse(quarter))
    say(of_measure, as_json, "\n".join(view.told_measure(of_measure)))


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


@app.command()
def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: Json = False,
) -> None:
    """Remove what is past its period and not needed any more; says what went, what stays and why. The daily DAG does it."""
    from rich.table import Table

    from pipelines.retention.enforce import retain as step

    done = step(dry_run=dry_run)
    if as_json:
        say(done, as_json, "")
        return
    shown = Table("data", "days", "would go" if dry_run else "removed", "MB", "stays", box=None)
    for one in done:
        count = f"{len(one.removed):,}" + (
            " (yours to delete: --json names them)" if one.is_only_told and one.removed else ""
        )
        stays = ", ".join(f"{n:,} {why}" for why, n in sorted(one.kept.items()))
        days = "" if one.days is None else str(one.days)
        shown.add_row(
            one.zh, days or "for good", count if days else "", f"{one.n_bytes / 1e6:,.1f}" if days else "", stays
        )
    out.print(shown)
