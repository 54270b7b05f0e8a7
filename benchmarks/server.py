"""A PostgreSQL of a benchmark's own, as `bidui up` configures it, with warehouses that are empty at first."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.stack.postgres import PostgresServer


def started(folder: Path) -> PostgresServer:
    """Running at a free port, its data in the folder; whoever asked removes it."""
    from pipelines.stack.postgres import PostgresServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = PostgresServer(folder, port)
    server.start()
    return server


@contextmanager
def warehouse(server: PostgresServer, name: str, home: Path) -> Iterator[str]:
    """This process's warehouse and home while inside; the warehouse's address."""
    from pipelines.deliveries.ledger import warehouse_engine
    from pipelines.settings import settings
    from pipelines.warehouse.migrate import migrate

    os.environ["BIDUI_HOME"] = str(home)
    os.environ["BIDUI_WAREHOUSE_DSN"] = server.ensure_database(name, "bidui")
    settings.cache_clear()
    try:
        migrate()
        yield os.environ["BIDUI_WAREHOUSE_DSN"]
    finally:
        warehouse_engine().dispose()
        del os.environ["BIDUI_HOME"], os.environ["BIDUI_WAREHOUSE_DSN"]
        settings.cache_clear()
