"""What those who visit and follow up do: print the lists of a quarter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.application import NOT_YET, Json, QuarterOption, app, err, out, say


@app.command()
def lists(
    quarter: QuarterOption,
    county: Annotated[str, typer.Option(help="Only this county's, by code.")] = "",
    office: Annotated[
        str, typer.Option(help="Instead of the counties' lists one office's view: employment, skills or pension.")
    ] = "",
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder to write into; by default lists/<quarter> of the home.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The lists of a quarter as workbooks: for every county the cases to visit, town by town; or an office's view.

    The workbooks hold personal data: give each to the county or office it is of, and to nobody else.
    """
    from rich.table import Table

    from pipelines.casework import lists as step
    from pipelines.periods import Quarter

    if office:
        _office(office, quarter, to, as_json)
        return
    made = step.write_lists(Quarter.parse(quarter), county or None, to)
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


def _office(office: str, quarter: str, to: Path | None, as_json: bool) -> None:
    from pipelines.casework import offices
    from pipelines.periods import Quarter

    if office not in offices.OFFICES:
        err.print(f"no view of {office}; there are {', '.join(offices.OFFICES)}")
        raise typer.Exit(2)
    made = offices.write_office(office, Quarter.parse(quarter), to)
    sheets = "\n".join(f"  {sheet}: {rows:,} rows" for sheet, rows in made.sheets.items())
    say(
        made,
        as_json,
        f"{quarter}, release {made.release}, {office}\n{sheets}\nnext: {made.path} (for that office only)",
    )
