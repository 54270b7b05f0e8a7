"""Secrets, ports and background processes of the local stack, with real files, sockets and processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pipelines.stack.background import BackgroundProcess
from pipelines.stack.credentials import keep_secret, write_secret
from pipelines.stack.processes import LOOPBACK, StackError, is_alive, port_is_free, require_free_port

# A leader that starts two more: one in its own process group, as Airflow's tasks are, and both deaf to SIGTERM.
FAMILY = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for group in (None, 0):
    subprocess.Popen(["sleep", "300"], process_group=group)
print("up", flush=True)
time.sleep(300)
"""


@pytest.fixture
def family(tmp_path: Path) -> BackgroundProcess:
    return BackgroundProcess(
        name="family",
        command=(sys.executable, "-c", FAMILY),
        folder=tmp_path / "cwd",
        log=tmp_path / "family.log",
        pid_file=tmp_path / "pids" / "family.json",
    )


def start_family(family: BackgroundProcess) -> list[int]:
    family.start(dict(os.environ))
    deadline = time.monotonic() + 20
    while len(family.members()) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    members = family.members()
    assert len(members) == 3
    return members


def test_stop_ends_the_whole_family_even_where_it_ignores_the_request(family: BackgroundProcess) -> None:
    members = start_family(family)
    family.stop(patience=0.2)
    assert not any(is_alive(pid) for pid in members)
    assert not family.is_running()
    assert not family.pid_file.exists()


def test_start_after_a_kill_first_ends_what_the_killed_one_left(family: BackgroundProcess) -> None:
    orphans = start_family(family)
    leader = family.pid()
    assert leader is not None
    os.kill(leader, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while family.is_running() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not family.is_running()
    assert len(family.members()) == 2
    renewed = start_family(family)
    assert not any(is_alive(pid) for pid in orphans)
    assert not set(orphans) & set(renewed)
    family.stop(patience=0.0)


def test_a_second_start_leaves_the_running_one_alone(family: BackgroundProcess) -> None:
    start_family(family)
    first = family.pid()
    family.start(dict(os.environ))
    assert family.pid() == first
    family.stop(patience=0.0)


def test_a_pid_that_belongs_to_somebody_else_since_is_not_signalled(family: BackgroundProcess) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        family.pid_file.parent.mkdir(parents=True)
        started = psutil.Process(stranger.pid).create_time() - 3600
        family.pid_file.write_text(json.dumps({"pid": stranger.pid, "started": started}))
        assert not family.is_running()
        family.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_taken_port_names_port_holder_and_variable() -> None:
    with socket.socket() as squatter:
        squatter.bind((LOOPBACK, 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(StackError) as refusal:
            require_free_port(port, purpose="Airflow", variable="BIDUI_AIRFLOW_PORT", usual_holders="a web server")
    for part in (f"Port {port}", "Airflow", f"pid {os.getpid()}", "BIDUI_AIRFLOW_PORT="):
        assert part in str(refusal.value)
    require_free_port(port, purpose="Airflow", variable="BIDUI_AIRFLOW_PORT", usual_holders="a web server")


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = keep_secret(tmp_path, "role.password")
    assert keep_secret(tmp_path, "role.password") == first
    assert keep_secret(tmp_path, "other.password") != first
    folder = tmp_path / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "role.password").stat().st_mode & 0o777 == 0o600
    write_secret(folder / "role.password", "changed")
    assert keep_secret(tmp_path, "role.password") == "changed"
    assert (folder / "role.password").stat().st_mode & 0o777 == 0o600
