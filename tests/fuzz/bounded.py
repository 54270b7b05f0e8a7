"""Sends one delivery on its way in a process of its own, and measures what that took."""

from __future__ import annotations

import multiprocessing
import resource
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from pipelines.sources import STAGED

ADDRESS_SPACE = 8 << 30  # a net below the measured bound, so that no test fills the machine


@dataclass(frozen=True)
class Seen:
    """What came of a delivery: the reasons, or how many rows and which of them were marked how; and its price."""

    codes: frozenset[str]
    rows: int
    marks: tuple[tuple[str, ...], ...]  # of the quarantined rows, in order
    seconds: float
    megabytes: int


def seen(place: Path, system: str, seconds: float) -> Seen:
    """The delivery in `place`/sent. AssertionError where it takes longer than `seconds` or its process dies."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_look, args=(place, system, theirs))
    child.start()
    theirs.close()
    try:
        assert ours.poll(seconds + 30), f"no answer after {seconds + 30:.0f} s"
        answer = ours.recv()
    except EOFError:
        raise AssertionError("its process died") from None
    finally:
        child.kill()
        child.join()
    assert isinstance(answer, Seen), answer
    assert answer.seconds <= seconds, f"took {answer.seconds:.0f} s"
    return answer


def _look(place: Path, system: str, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    from pipelines.deliveries.verify import verify
    from pipelines.engines.text_files import TextFileEngine
    from tests.fuzz.judge import NOW, Judge

    rows, marks = 0, []
    begun = time.monotonic()
    try:
        findings = verify(place / "sent", system, NOW)
        codes = frozenset(reason.code for reason in findings.reasons)
        if not codes:
            with TextFileEngine(1, "512MiB", place) as engine:
                judge = Judge(place, engine)
                for name in sorted({str(file["table_name"]) for file in findings.files}):
                    staged = judge.stage(STAGED[name], findings, place)
                    rows += len(staged.rows)
                    marks += [tuple(row["rule_ids"]) for _, row in sorted(staged.quarantined.items())]
        answer.send(Seen(codes, rows, tuple(marks), time.monotonic() - begun, _megabytes()))
    except BaseException as error:
        answer.send(f"{type(error).__name__}: {error}")


def _megabytes() -> int:
    """The most memory that this process, or one of its children, ever held."""
    # What getrusage says of this process itself includes what its parent held.
    (own,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line[:6] == "VmHWM:")
    return max(int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) >> 10
