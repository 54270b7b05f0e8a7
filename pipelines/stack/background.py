"""A program that keeps running after the command that started it, found again and ended through its pid file."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipelines.stack.processes import StackError, is_alive, reap, send, tail, wait_until_gone


@dataclass(frozen=True)
class BackgroundProcess:
    """One long-running program with a session of its own, so that everything it starts can be ended with it.

    ``pid_file`` holds its pid and start time: a pid that belongs to another program since is never signalled.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    log: Path
    pid_file: Path

    def start(self, environment: dict[str, str]) -> None:
        """Start it unless it runs. What an earlier, killed instance left behind is ended first."""
        if self.is_running():
            return
        self.stop(patience=0.0)
        for parent in (self.folder, self.log.parent, self.pid_file.parent):
            parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started = psutil.Process(process.pid).create_time()
        partial = self.pid_file.with_suffix(".partial")
        partial.write_text(json.dumps({"pid": process.pid, "started": started}), encoding="ascii")
        partial.replace(self.pid_file)
        # It outlives this object; without this Popen warns about it when collected.
        process.returncode = 0

    def pid(self) -> int | None:
        """Its process id, None where it does not run."""
        record = self._record()
        if record is None:
            return None
        pid, started = record
        reap([pid])
        with contextlib.suppress(psutil.NoSuchProcess):
            if is_alive(pid) and abs(psutil.Process(pid).create_time() - started) < 1:
                return pid
        return None

    def is_running(self) -> bool:
        """Whether it runs."""
        return self.pid() is not None

    def members(self) -> list[int]:
        """Pids of the program and of everything it started that still runs, even where the program itself is dead."""
        record = self._record()
        if record is None:
            return []
        leader, started = record
        with contextlib.suppress(psutil.NoSuchProcess):
            # The kernel keeps a session's id from reuse while the session has members: a stranger means none is left.
            if abs(psutil.Process(leader).create_time() - started) >= 1:
                return []
        found = []
        for pid in psutil.pids():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.getsid(pid) == leader and is_alive(pid):
                    found.append(pid)
        return found

    def ask_to_stop(self) -> None:
        """Send SIGTERM and return at once; ``stop`` then waits."""
        pid = self.pid()
        if pid is not None:
            send(pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL the program alone, not what it started, and return once it is gone: what a crash looks like."""
        pid = self.pid()
        if pid is not None:
            send(pid, signal.SIGKILL)
            wait_until_gone([pid], 5.0)

    def stop(self, patience: float = 4.0) -> None:
        """End it and all it started: SIGTERM, at most ``patience`` seconds, SIGKILL. StackError where any survives."""
        if patience > 0:
            self.ask_to_stop()
            pid = self.pid()
            if pid is not None:
                wait_until_gone([pid], patience)
        deadline = time.monotonic() + 5
        # Again and again: a process may have started another between the look and the kill.
        while remaining := self.members():
            for member in remaining:
                send(member, signal.SIGKILL)
            wait_until_gone(remaining, 1.0)
            if time.monotonic() > deadline:
                raise StackError(f"{self.name} does not stop: processes {remaining} survive SIGKILL.")
        self.pid_file.unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of its log."""
        return f"the end of {self.log}:\n{tail(self.log)}"

    def _record(self) -> tuple[int, float] | None:
        try:
            record = json.loads(self.pid_file.read_text(encoding="ascii"))
            return int(record["pid"]), float(record["started"])
        except (FileNotFoundError, ValueError, KeyError):
            return None
