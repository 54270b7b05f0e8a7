"""What those who visit and follow up do: print the lists of a quarter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.application import NOT_YET, Json, app, err, out, say


@app.command()
def lists(
    quarter: Annotated[str, typer.Option("--quarter", help="Quarter, such as 2018Q4; without it only --log.")] = "",
    county: Annotated[str, typer.Option(help="Only this county's, by code.")] = "",
    office: Annotated[
        str, typer.Option(help="Instead of the counties' lists one office's view: employment, skills or pension.")
    ] = "",
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder to write into; by default lists/<quarter> of the home.")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="Who takes the lists, if another than the account that runs this.")
    ] = "",
    log: Annotated[
        bool, typer.Option("--log", help="Write nothing: who exported which list, of the quarter, county or office.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The lists of a quarter as workbooks: for every county the cases to visit, town by town; or an office's view.

    The workbooks hold personal data: give each to the county or office it is of, and to nobody else. Every export is recorded.
    """
    from rich.table import Table

    from pipelines.casework import lists as step
    from pipelines.periods import Quarter

    if log:
        _log(quarter, county, office, as_json)
        return
    if not quarter:
        err.print("needed: --quarter (or --log)")
        raise typer.Exit(2)
    if office:
        _office(office, quarter, to, by, as_json)
        return
    made = step.write_lists(Quarter.parse(quarter), county or None, to, by)
    if as_json:
        say(made, as_json, "")
    elif made.counties:
        shown = Table("county", "cases", "people", "towns", "file", box=None)
        for one in made.counties:
            counts = (f"{one.cases:,}", f"{one.people:,}", f"{one.towns:,}")
            shown.add_row(f"{one.county_code} {one.county_name}", *counts, Path(one.path).name)
        out.print(shown)
        cases, people = sum(one.cases for one in made.counties), sum(one.people for one in made.counties)
        out.print(
            f"{quarter}, release {made.release}: {cases:,} cases of {people:,} people in {len(made.counties):,} counties"
            + (f"; {made.elsewhere:,} cases of bodies that lie in no county" if made.elsewhere else ""),
            highlight=False,
        )
        folder = Path(made.counties[0].path).parent
        out.print(f"next: {folder} (personal data: each workbook for its county only)", highlight=False, soft_wrap=True)
    if not made.counties:
        err.print(f"{quarter}, release {made.release}: no open case{f' in {county}' if county else ''}")
        raise typer.Exit(NOT_YET)


def _log(quarter: str, county: str, office: str, as_json: bool) -> None:
    from rich.table import Table

    from pipelines.casework.exports import exports
    from pipelines.periods import ZONE, Quarter

    found = exports(Quarter.parse(quarter) if quarter else None, county, office)
    if as_json:
        say(found, as_json, "")
        return
    shown = Table("when", "list", "quarter", "release", "rows", "who", "SHA-256", box=None)
    for one in found:
        who = f"{one.exported_by} ({one.login})" if one.exported_by else one.login
        when = one.exported_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        counts = (str(one.release), f"{one.n_rows:,}")
        shown.add_row(when, one.county_code or one.office, one.quarter, *counts, who, one.file_hash[:12])
    out.print(shown if found else "no list has been exported", highlight=False)


def _office(office: str, quarter: str, to: Path | None, by: str, as_json: bool) -> None:
    from pipelines.casework import offices
    from pipelines.periods import Quarter

    if office not in offices.OFFICES:
        err.print(f"no view of {office}; there are {', '.join(offices.OFFICES)}")
        raise typer.Exit(2)
    made = offices.write_office(office, Quarter.parse(quarter), to, by)
    sheets = "\n".join(f"  {sheet}: {rows:,} rows" for sheet, rows in made.sheets.items())
    say(
        made,
        as_json,
        f"{quarter}, release {made.release}, {office}\n{sheets}\nnext: {made.path} (for that office only)",
    )
