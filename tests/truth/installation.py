"""An installation of its own that is driven by the `bidui` command alone, as its code stands or as a copy changed it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg2 import sql

from pipelines.stack.postgres import PostgresServer

CHECKOUT = Path(__file__).resolve().parents[2]
CODE = ("pipelines", "expectations", "sql")
# One process for several commands: the libraries are imported once.
COMMANDS = """
import json, sys
from pathlib import Path
import pipelines
from pipelines.cli import app
assert Path(pipelines.__file__).is_relative_to(Path.cwd()), pipelines.__file__
for command in json.loads(sys.argv[1]):
    if (code := app(command, standalone_mode=False)) not in (None, 0):
        sys.exit(f"bidui {' '.join(command)} ended with exit code {code}")
"""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Installation:
    """A home, the PostgreSQL server of the first home, a database in it, and the code that runs."""

    home: Path
    server: PostgresServer
    database: str = "bidui"
    code: Path = CHECKOUT

    @property
    def dsn(self) -> str:
        """The warehouse's address."""
        return (self.server.home / "secrets" / "warehouse.dsn").read_text().strip().rpartition("/")[
            0
        ] + f"/{self.database}"

    def bidui(self, *commands: Sequence[str], warehouse: bool = True) -> str:
        """Run commands one after the other in a process of their own; what they printed. Raises AssertionError with what it said."""
        return self.python(COMMANDS, json.dumps([list(command) for command in commands]), warehouse=warehouse)

    def python(self, program: str, *words: str, warehouse: bool = True) -> str:
        """Run a program of Python with this installation's code and settings; as `bidui`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BIDUI_")}
        environment = kept | {
            "BIDUI_HOME": str(self.home),
            "BIDUI_POSTGRES_PORT": str(self.server.port),
            "BIDUI_THREADS": "1",
            "BIDUI_MEMORY_LIMIT": "1GiB",
            "PYTHONPATH": str(self.code),
        }
        if warehouse:
            environment["BIDUI_WAREHOUSE_DSN"] = self.dsn
        ran = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=self.code, env=environment, capture_output=True, text=True, timeout=1500, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, f"{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}"
        return ran.stdout

    def copied(self, name: str, folder: Path, code: Path | None = None) -> Installation:
        """A copy of home and database as they stand; nobody may be connected. Files of the home are shared, not doubled."""
        for part in ("landing", "receipts", "reference", "lake"):
            shutil.copytree(self.home / part, folder / part, copy_function=os.link)
        with self.server.administrator() as connection, connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER bidui").format(
                    sql.Identifier(name), sql.Identifier(self.database)
                )
            )
        return Installation(folder, self.server, name, code or self.code)


def copy_code(folder: Path) -> Path:
    """The code that computes, to be changed."""
    for part in CODE:
        shutil.copytree(CHECKOUT / part, folder / part)
    return folder
