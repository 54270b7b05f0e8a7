"""Folders for what a step puts aside while it works: people's rows are among it, so none outlives its process for long."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_ENDING = ".work"


class WorkFolder:
    """A new folder below `scratch`, gone with close(). A context manager that gives its path.

    A process that is killed cannot close it; its lock ends all the same, and whoever makes the next one removes it.
    """

    def __init__(self, scratch: Path, purpose: str) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        sweep(scratch)
        self.path, self._lock = _locked(scratch, purpose)

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        if self._lock is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _locked(scratch: Path, purpose: str) -> tuple[Path, int | None]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"{purpose}-", suffix=_ENDING, dir=scratch))
        with suppress(FileNotFoundError):  # somebody swept it away before it was locked
            lock = os.open(path, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def sweep(scratch: Path) -> int:
    """Remove the folders of processes that are gone; how many."""
    removed = 0
    for path in scratch.glob(f"*{_ENDING}"):
        try:
            lock = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
        finally:
            os.close(lock)
    return removed
