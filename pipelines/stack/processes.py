"""Processes and ports of the local stack: who holds a port, is a process alive, end a whole group of them."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"


class StackError(RuntimeError):
    """A part of the local stack could not be started or stopped; the message says what to do about it."""


def port_is_free(port: int) -> bool:
    """Whether this process could listen on 127.0.0.1:``port`` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without it a server that stopped a moment ago leaves its port in TIME_WAIT for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise StackError(f"Port {port} on {LOOPBACK} cannot be used: {error.strerror}.") from error
    return True


def port_holder(port: int) -> str | None:
    """Name and pid of the process that listens on ``port``; None where the system does not let us see it."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.AccessDenied, OSError):
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr[1] == port:
            if connection.pid is None:
                return None
            with contextlib.suppress(psutil.Error):
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return None


def require_free_port(port: int, *, purpose: str, variable: str, usual_holders: str) -> None:
    """Raise StackError naming the port, who holds it and the environment ``variable`` that chooses another."""
    # A killed server's threads keep its port for a moment after the process itself counts as gone.
    deadline = time.monotonic() + 3
    while not port_is_free(port):
        holder = port_holder(port)
        if holder or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    else:
        return
    held = f"by {holder}" if holder else f"by a process this user cannot see; usually {usual_holders}"
    raise StackError(
        f"Port {port} on {LOOPBACK}, wanted for {purpose}, is taken {held}. "
        f"Stop that process, or choose another port: {variable}={port + 1} make up"
    )


def is_alive(pid: int) -> bool:
    """Whether ``pid`` is a process that still runs; a zombie nobody has waited for does not count."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Wait at most ``seconds`` for all ``pids`` to end; returns those that still live."""
    deadline = time.monotonic() + seconds
    remaining = [pid for pid in pids if is_alive(pid)]
    while remaining and time.monotonic() < deadline:
        time.sleep(0.05)
        reap(remaining)
        remaining = [pid for pid in remaining if is_alive(pid)]
    return remaining


def reap(pids: Iterable[int]) -> None:
    """Collect the exit of those ``pids`` that are our own children, so that they do not linger as zombies."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError, OSError):
            os.waitpid(pid, os.WNOHANG)


def send(pid: int, which: signal.Signals) -> None:
    """Send a signal to ``pid``; a process already gone is no error, another user's is a StackError."""
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise StackError(f"Process {pid} belongs to another user; stop it as the user who started it.") from error


@contextlib.contextmanager
def exclusive(lock_file: Path) -> Iterator[None]:
    """Hold ``lock_file`` so that two commands at once do not both start or stop the same server."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def tail(log: Path, lines: int = 15) -> str:
    """The last ``lines`` of a log file, empty where there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
