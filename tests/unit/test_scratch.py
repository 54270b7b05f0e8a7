"""What a step puts aside is gone with it; what a killed one left goes with the next."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

from pipelines.scratch import WorkFolder, sweep


def test_a_folder_is_there_while_it_is_used_and_gone_afterwards(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "scratch", "staging") as folder:
        (folder / "people.csv").write_text("x", encoding="utf-8")
        assert folder.parent == tmp_path / "scratch"
        assert folder.name.startswith("staging-")
        with WorkFolder(tmp_path / "scratch", "staging") as other:
            assert other != folder and folder.exists()
        assert sweep(tmp_path / "scratch") == 0
        assert (folder / "people.csv").exists()
    assert list((tmp_path / "scratch").iterdir()) == []


def _hold(scratch: Path, answer: Connection) -> None:
    folder = WorkFolder(scratch, "staging")
    (folder.path / "people.csv").write_text("x", encoding="utf-8")
    answer.send(str(folder.path))
    signal.pause()


def test_what_a_killed_process_left_goes_with_the_next_folder_and_not_before_it_is_dead(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_hold, args=(tmp_path, there))
    process.start()
    left = Path(here.recv())
    with WorkFolder(tmp_path, "staging"):
        assert (left / "people.csv").exists()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert (left / "people.csv").exists()
    (tmp_path / "java-home").mkdir()
    (tmp_path / "link.lock").touch()
    with WorkFolder(tmp_path, "staging"):
        assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"java-home", "link.lock"}


def test_many_at_once_never_lose_theirs(tmp_path: Path) -> None:
    def work(number: int) -> bool:
        with WorkFolder(tmp_path, "staging") as folder:
            (folder / str(number)).touch()
            return [path.name for path in folder.iterdir()] == [str(number)]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))
    assert list(tmp_path.iterdir()) == []
