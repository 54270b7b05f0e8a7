"""Runs a reader in a process of its own, with a bound on memory and time.

Native readers abort the whole process where memory runs out, and some loop on what fuzzing has not met yet: here that
ends a child, and its file is refused.
"""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from pipelines.deliveries.reasons import Reason, Refused

Result = TypeVar("Result")

MEMORY_BYTES = 4 << 30
_RESULT, _REFUSED, _OS_ERROR = range(3)


def guarded(function: Callable[..., Result], *args: Any, called: str, seconds: int) -> Result:
    """`function(*args)` in a child process; both must be importable and picklable.

    Refused as it refuses, and where the child fails, takes more than the memory or the time; OSError passes.
    """
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others set address space aside, which counts against the bound
    }
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__],
            input=pickle.dumps((function, args)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may quote what stands in the file
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(_reason(called, "读取时间过长", "takes too long to read")) from None
    if child.returncode != 0 or not child.stdout:
        raise Refused(_reason(called, "无法读取(可能已损坏,或内容过大)", "cannot be read (damaged, or too large)"))
    kind, value = pickle.loads(child.stdout)
    if kind == _REFUSED:
        raise Refused(*value)
    if kind == _OS_ERROR:
        raise OSError(*value)
    result: Result = value
    return result


def _reason(name: str, zh: str, en: str) -> Reason:
    return Reason(
        "unreadable",
        f"文件“{name}”{zh}。",
        "请用表格软件打开检查,另存为 XLSX 或 CSV(UTF-8)后重新报送;过大的请分成几个文件。",
        f"'{name}' {en}.",
        "Open it, save it as XLSX or CSV (UTF-8) and send it again; split it where it is large.",
    )


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # no such thing on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run() -> None:
    _bound_memory()
    function, args = pickle.load(sys.stdin.buffer)
    answer = sys.stdout.buffer
    sys.stdout = io.TextIOWrapper(io.BytesIO())  # nothing but the answer goes there
    try:
        result = (_RESULT, function(*args))
    except Refused as refused:
        result = (_REFUSED, refused.reasons)
    except OSError as error:
        if error.errno is None:  # no word of the system: how some libraries say that a file is damaged
            raise
        result = (_OS_ERROR, (error.errno, error.strerror))
    answer.write(pickle.dumps(result))
    answer.flush()


if __name__ == "__main__":
    _run()
