"""Compute a past release again, beside the lake, and compare content hashes; nothing that counts is touched."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from pipelines.deliveries.ledger import Partition, warehouse_engine
from pipelines.errors import NotReady
from pipelines.identity import link
from pipelines.lake import Lake, content
from pipelines.measures import compare, measure
from pipelines.planning import code_version
from pipelines.releases import Release, all_releases
from pipelines.scratch import WorkFolder
from pipelines.settings import CHECKOUT, settings
from pipelines.warehouse import schema


@dataclass(frozen=True)
class Rebuilt:
    """Table to whether its content hash is the recorded one; `code` says which code computed it."""

    release: int
    code: str
    tables: Mapping[str, bool]
    rows: Mapping[str, tuple[int, int]]  # recorded and computed


class Aside(Lake):
    """A lake that reads what is committed and keeps what it writes to itself, in a folder that goes afterwards."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__()
        self.folder = folder
        self.number = number
        self.written: dict[str, Partition] = {}

    def committed(self, release: Release, table: str) -> Partition | None:
        return self.written.get(table)

    def write(self, release: Release, table: str, write: Callable[[Path], tuple[int, str]]) -> Partition:
        path = self.folder / table
        rows, content_hash = write(path)
        self.written[table] = Partition(table, release.quarter, release.part, str(path), rows, content_hash)
        return self.written[table]


def rebuild(number: int, *, here: bool = False) -> Rebuilt:
    """Compute release `number` again, with the recorded commit and lock unless `here`, and compare table by table."""
    release = next((r for r in all_releases() if r.release == number), None)
    if release is None or not release.content:
        raise NotReady(f"release {number} is unknown or was never computed; `bidui status` lists the releases")
    _require_inputs(release)
    recorded = {"commit": release.inputs["commit"], "lock": release.inputs["lock"]}
    present = code_version()
    if here or (present["commit"] == recorded["commit"] and present["changed"] == "no"):
        return _compare(release, f"commit {present['commit'][:12]}")
    return _elsewhere(release, recorded["commit"], recorded["lock"] == present["lock"])


def _require_inputs(release: Release) -> None:
    """NotReady where retention has removed what the release was computed from."""
    used = [f"{one['system']}/{one['delivery_id']}" for one in release.inputs.get("deliveries", ())]
    table = schema.removal
    is_read = (table.c.kind == "deliveries") & table.c.name.in_(used)
    if release.previous is not None:
        is_read |= (table.c.kind == "release_tables") & (table.c.name == str(release.previous))
    query = select(table.c.name, table.c.removed_at).where(is_read).order_by(table.c.removal)
    with warehouse_engine().connect() as connection:
        gone = connection.execute(query).all()
    if gone:
        raise NotReady(
            f"release {release.release} cannot be computed again: the rows of {len(gone)} of its inputs were past their time, the"
            f" first removed on {gone[0][1]:%Y-%m-%d} ({gone[0][0]}); its counts and content hashes stand in ops.release"
        )


def _compare(release: Release, code: str) -> Rebuilt:
    with WorkFolder(settings().scratch, "rebuild") as folder:
        lake = Aside(folder, release.release)
        for step in (link, measure, compare):
            step.make(lake, release)
        names = sorted({*release.content, *lake.written})
        now, was = content(lake.written), release.content
        rows = {name: (was.get(name, {}).get("rows", 0), now.get(name, {}).get("rows", 0)) for name in names}
        return Rebuilt(
            release.release,
            code,
            {name: was.get(name) == now.get(name) for name in names},
            rows,
        )


def _elsewhere(release: Release, commit: str, same_lock: bool) -> Rebuilt:
    """The same, in a checkout of the recorded commit; its packages are installed anew where its lock differs."""
    with tempfile.TemporaryDirectory(prefix="bidui-rebuild-") as folder:
        tree = Path(folder) / "checkout"
        clone = subprocess.run(
            ["git", "clone", "--quiet", "--shared", "--no-checkout", str(CHECKOUT), str(tree)], check=False
        )
        done = subprocess.run(["git", "-C", str(tree), "checkout", "--quiet", commit], check=False)
        if clone.returncode or done.returncode:
            raise NotReady(
                f"commit {commit[:12]} is not in this checkout; fetch it, or use --here to compare with this code"
            )
        python = Path(sys.executable)
        if not same_lock:
            subprocess.run(["make", "--quiet", "setup"], cwd=tree, check=True)
            python = tree / ".venv" / "bin" / "python"
        environment = os.environ | {
            "PYTHONPATH": str(tree),
            "BIDUI_HOME": str(settings().home),
            "BIDUI_WAREHOUSE_DSN": settings().warehouse_dsn,
        }
        command = [str(python), "-m", "pipelines.cli", "rebuild", "--release", str(release.release), "--here", "--json"]
        run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
        if not run.stdout.strip():
            raise NotReady(
                f"commit {commit[:12]} could not rebuild release {release.release}: {run.stderr.strip()[-400:]}"
            )
        answer = json.loads(run.stdout)
    return Rebuilt(release.release, f"commit {commit[:12]} and its lock", answer["tables"], answer["rows"])


def digest(release: Release) -> str:
    """One hash over all content hashes of a release: equal on any machine, engine and thread count for equal inputs."""
    hashes = {name: table["hash"] for name, table in sorted(release.content.items())}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
