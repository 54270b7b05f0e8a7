"""The stack on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.application import app, out


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
