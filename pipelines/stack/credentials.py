"""Random credentials of the local stack, kept in ``home/secrets`` where only their owner reads them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secrets_folder(home: Path) -> Path:
    """``home/secrets``, made with mode 0700."""
    folder = home / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def write_secret(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` whole or not at all, never readable by others, not even for a moment."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def keep_secret(home: Path, name: str, size: int = 32) -> str:
    """The secret ``name`` of this home: read where it exists, else made from ``size`` random bytes (URL-safe text)."""
    path = secrets_folder(home) / name
    if path.exists() and (text := path.read_text(encoding="utf-8").strip()):
        return text
    made = path.with_name(f".{name}.{os.getpid()}.new")
    write_secret(made, secrets.token_urlsafe(size))
    try:
        # Of two processes that make it at once the first gives it, to both.
        path.hardlink_to(made)
    except FileExistsError:
        if not path.read_text(encoding="utf-8").strip():
            made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    return path.read_text(encoding="utf-8").strip()
