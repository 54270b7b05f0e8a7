"""The local stack as a whole: up, down, reset."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pipelines.settings import Settings, settings
from pipelines.stack.airflow import LocalAirflow
from pipelines.stack.airflow_settings import user_passwords
from pipelines.stack.postgres import PostgresServer

Tell = Callable[[str], None]


def start_warehouse(chosen: Settings) -> PostgresServer:
    """PostgreSQL of this home, running, with the warehouse's schema at its newest revision."""
    server = PostgresServer(chosen.home, chosen.postgres_port)
    server.start()
    server.ensure_databases()
    settings.cache_clear()  # the warehouse's address is a file the server has just written
    from pipelines.warehouse.migrate import migrate

    migrate()
    return server


def up(tell: Tell, *, airflow: bool = True) -> None:
    """Start PostgreSQL and, unless told otherwise, Airflow; both go on running."""
    chosen = settings()
    start_warehouse(chosen)
    if airflow:
        LocalAirflow(chosen).start(progress=tell)
    for line in addresses(chosen, airflow=airflow):
        tell(line)


def addresses(chosen: Settings, *, airflow: bool = True) -> list[str]:
    """Where to look, a line each; passwords stay in files that only this user reads."""
    lines = []
    if airflow:
        lines.append(f"Airflow     {LocalAirflow(chosen).url}  (users and passwords: {_short(chosen.secrets)}/)")
        lines += [f"            {user} / {password}" for user, password in user_passwords(chosen).items()]
    lines += [
        f"PostgreSQL  127.0.0.1:{chosen.postgres_port}, database bidui; address in {_short(chosen.secrets / 'warehouse.dsn')}",
        f"Data Docs   {_short(chosen.docs / 'index.html')}",
        f"Receipts    {_short(chosen.receipts)}/",
        f"Logs        {_short(chosen.logs)}/",
    ]
    return lines


def down() -> None:
    """Stop Airflow and PostgreSQL of this home, and nothing else."""
    chosen = settings()
    LocalAirflow(chosen).stop()
    PostgresServer(chosen.home, chosen.postgres_port).stop()


def reset() -> None:
    """Stop everything and forget all data of this home."""
    down()
    chosen = settings()
    PostgresServer(chosen.home, chosen.postgres_port).remove()
    shutil.rmtree(chosen.home, ignore_errors=True)
    settings.cache_clear()


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
