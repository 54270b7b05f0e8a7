"""PostgreSQL for one machine: the programs of a wheel (or the machine's own), a data folder in home, one port.

Password authentication on every line, data checksums, 127.0.0.1 only. The server outlives the process that started it
and is found again through its data folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from pipelines.stack.binaries import Account, find_binaries, server_account
from pipelines.stack.credentials import keep_secret, secrets_folder, write_secret
from pipelines.stack.databases import ACCESS_ROLE, WAREHOUSE_OWNER, make_database, make_groups
from pipelines.stack.processes import (
    LOOPBACK,
    StackError,
    exclusive,
    is_alive,
    reap,
    require_free_port,
    send,
    tail,
    wait_until_gone,
)

if TYPE_CHECKING:
    import psycopg2.extensions

PORT_VARIABLE = "BIDUI_POSTGRES_PORT"
SUPERUSER = "postgres"
# File name, below home/secrets, of the address of a database; other databases use their own name.
DSN_FILES = {"bidui": "warehouse.dsn", "airflow": "airflow.dsn"}
# After kill -9 the old server's children hold its shared memory until they notice.
RETRY_SECONDS = 15.0
READY_SECONDS = 60.0
# Where the data folder goes when home is closed to the account a root user drops to.
_SYSTEM_STATE = Path("/var/lib/bidui")

_PG_HBA = """\
# Written at every start. Every line asks for a password; what is not listed is refused.
local all all scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
"""

_CONFIGURATION = """\
# Written at every start by pipelines/stack/postgres.py; ALTER SYSTEM (postgresql.auto.conf) wins over it.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 120
shared_buffers = '256MB'
# Containers often give /dev/shm 64 MB; parallel queries then take this instead of failing.
min_dynamic_shared_memory = '64MB'
work_mem = '32MB'
maintenance_work_mem = '256MB'
effective_cache_size = '1GB'
max_wal_size = '2GB'
checkpoint_timeout = '15min'
# No replica reads this log: a table loaded in the transaction that made it is synced at commit instead of logged.
wal_level = 'minimal'
max_wal_senders = 0
fsync = on
full_page_writes = on
synchronous_commit = on
jit = off
timezone = 'UTC'
log_timezone = 'Asia/Shanghai'
log_line_prefix = '%m [%p] %q%u@%d '
# Statements, parameters and DETAIL lines carry names and ID numbers: they never reach the log.
log_statement = 'none'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
"""


@dataclass(frozen=True)
class _LockFile:
    """What a server writes in its data folder's postmaster.pid."""

    pid: int
    started: int
    port: int
    status: str


class PostgresServer:
    """The PostgreSQL of one ``home``: data below home/postgres, passwords in home/secrets, log in home/logs.

    Two objects with the same home are the same server, in this process or another.
    """

    def __init__(self, home: Path, port: int) -> None:
        self.home = home.absolute()
        self.port = port
        self.log = self.home / "logs" / "postgres.log"
        self._lock = self.home / "postgres.lock"

    @property
    def area(self) -> Path:
        """Folder of data and, where needed, copied programs; a link to /var/lib/bidui where home is closed."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """The server's data folder, its real path."""
        return self.area.resolve() / "data"

    def start(self) -> None:
        """Make the data folder where there is none, start the server and return once it takes connections.

        A server that already runs is left alone. Raises StackError: port taken, running on another port, or the end of
        the server's log where it does not come up.
        """
        with exclusive(self._lock):
            running = self._running()
            if running is not None:
                self._expect_port(running)
                self._wait_until_ready(None)
                return
            require_free_port(
                self.port,
                purpose="PostgreSQL",
                variable=PORT_VARIABLE,
                usual_holders="another PostgreSQL or a second copy of this project (try: make down there)",
            )
            account = self._prepare_area()
            binaries = find_binaries(account, self.area.resolve() / "programs")
            if not (self.data / "PG_VERSION").exists():
                self._initialise(account, binaries.program("initdb"), binaries.major)
            self._expect_version(binaries.major)
            self._configure(account)
            self._launch(account, binaries.program("postgres"))

    def stop(self) -> None:
        """Stop the server, breaking off open sessions; returns once it is gone. No server is no error."""
        with exclusive(self._lock):
            running = self._running()
            if running is None:
                return
            for which, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
                send(running.pid, which)
                if not wait_until_gone([running.pid], seconds):
                    return
            raise StackError(f"PostgreSQL (pid {running.pid}) does not stop; see {self.log}.")

    def kill(self) -> None:
        """SIGKILL the server as a crash would, and return once it is gone; for tests of what survives that."""
        pid = self.pid()
        if pid is not None:
            send(pid, signal.SIGKILL)
            wait_until_gone([pid], 5.0)

    def is_running(self) -> bool:
        """Whether the server of this home runs and takes connections."""
        running = self._running()
        return running is not None and running.status == "ready"

    def pid(self) -> int | None:
        """Process id of the running server, None where there is none."""
        return running.pid if (running := self._running()) else None

    def remove(self) -> None:
        """Stop the server and delete its data, passwords and whatever it kept outside home."""
        self.stop()
        with exclusive(self._lock):
            shutil.rmtree(self.area.resolve(), ignore_errors=True)
            if self.area.is_symlink():
                self.area.unlink()
            for secret in secrets_folder(self.home).iterdir():
                if secret.suffix in {".password", ".dsn"}:
                    secret.unlink()
            shutil.rmtree(secrets_folder(self.home) / "logins", ignore_errors=True)

    def ensure_database(self, name: str, owner: str) -> str:
        """Make database ``name``, owned by role ``owner`` and closed to every other role; gives its SQLAlchemy address.

        The role's password is random and kept in home/secrets/<owner>.password, the address in
        home/secrets/<name>.dsn (warehouse.dsn for the warehouse). Repeatable; it mends a password that differs.
        """
        password = keep_secret(self.home, f"{owner}.password")
        with self.administrator() as connection:
            make_database(connection, name, owner, password)
        if owner == WAREHOUSE_OWNER:
            self._ensure_groups(name)
        address = self.address(name, owner, password)
        write_secret(secrets_folder(self.home) / DSN_FILES.get(name, f"{name}.dsn"), address)
        return address

    def _ensure_groups(self, warehouse: str) -> None:
        """The groups of logins, and the account that makes logins, its address in home/secrets/access.dsn."""
        password = keep_secret(self.home, f"{ACCESS_ROLE}.password")
        with self.administrator(warehouse) as connection:
            make_groups(connection, password)
        write_secret(secrets_folder(self.home) / "access.dsn", self.address(warehouse, ACCESS_ROLE, password))

    def ensure_databases(self) -> None:
        """The two databases of the stack: the warehouse ``bidui`` and Airflow's metadata ``airflow``."""
        for name in DSN_FILES:
            self.ensure_database(name, owner=name)

    def address(self, database: str, role: str, password: str) -> str:
        """SQLAlchemy address of a database of this server, psycopg2 as driver."""
        return f"postgresql+psycopg2://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    @contextlib.contextmanager
    def administrator(self, database: str = "postgres") -> Iterator[psycopg2.extensions.connection]:
        """An autocommitting connection of the superuser, closed at the end; for setting up and for tests."""
        import psycopg2

        secret = self._superuser_secret()
        if not secret.exists():
            raise StackError(
                f"The password {secret} is missing, so its database cannot be opened; forget it: make reset"
            )
        connection = psycopg2.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            password=secret.read_text(encoding="utf-8"),
            dbname=database,
            connect_timeout=10,
        )
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def _superuser_secret(self) -> Path:
        return secrets_folder(self.home) / f"{SUPERUSER}.password"

    def _read_lock_file(self) -> _LockFile | None:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            status = lines[7].strip() if len(lines) > 7 else "starting"
            return _LockFile(pid=abs(int(lines[0])), started=int(lines[2]), port=int(lines[3]), status=status)
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _running(self) -> _LockFile | None:
        """The lock file, if the process it names is truly this data folder's server and not a later user of its pid."""
        lock = self._read_lock_file()
        if lock is None:
            return None
        reap([lock.pid])
        if not is_alive(lock.pid):
            return None
        try:
            process = psutil.Process(lock.pid)
            try:
                belongs = Path(process.cwd()) == self.data
            except psutil.AccessDenied:
                belongs = process.name() == "postgres" and abs(process.create_time() - lock.started) < 5
        except psutil.NoSuchProcess:
            return None
        return lock if belongs else None

    def _expect_port(self, running: _LockFile) -> None:
        if running.port != self.port:
            raise StackError(
                f"PostgreSQL of {self.home} already runs on port {running.port}, not {self.port}. "
                f"Stop it first (make down), or keep its port: {PORT_VARIABLE}={running.port}"
            )

    def _expect_version(self, major: int) -> None:
        made_by = int((self.data / "PG_VERSION").read_text(encoding="ascii").strip())
        if made_by != major:
            raise StackError(
                f"The data in {self.data} was made by PostgreSQL {made_by}, the programs found are {major}. "
                "Use those of the old version to save it (BIDUI_POSTGRES_BIN), or forget it: make reset"
            )

    def _prepare_area(self) -> Account:
        account = server_account(self.data)
        if not self.area.exists():
            # A dangling link is what is left when somebody deleted the folder in /var/lib.
            self.area.unlink(missing_ok=True)
            if account.reaches(self.home):
                self.area.mkdir()
            else:
                digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
                elsewhere = _SYSTEM_STATE / f"postgres-{digest}"
                if not self._superuser_secret().exists():
                    # Left by a home at this path that was deleted with its passwords: nobody can open it again.
                    shutil.rmtree(elsewhere, ignore_errors=True)
                elsewhere.mkdir(parents=True, exist_ok=True)
                self.area.symlink_to(elsewhere)
        area = self.area.resolve()
        area.chmod(0o755)
        if not account.reaches(area):
            raise StackError(
                f"The user PostgreSQL runs as cannot enter {area}. Open the folders above it (chmod o+x), or delete "
                f"{self.area} to start afresh."
            )
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return account

    def _initialise(self, account: Account, initdb: str, major: int) -> None:
        # Built beside and renamed, so that a kill in the middle leaves nothing that looks like a data folder.
        partial = self.data.with_name("data.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password_file = self.data.with_name("initial-password")
        write_secret(password_file, keep_secret(self.home, f"{SUPERUSER}.password"))
        account.own(partial, password_file)
        command = [initdb, "--pgdata", str(partial), "--username", SUPERUSER, "--pwfile", str(password_file)]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums"]
        if major >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            made = account.run(command, cwd=partial.parent, env=_environment())
        except PermissionError as error:
            raise StackError(f"PostgreSQL cannot be run as another user here: {error}.") from error
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise StackError(f"initdb failed: {made.stderr.strip()}")
        partial.rename(self.data)

    def _configure(self, account: Account) -> None:
        for name, text in (("postgresql.conf", _CONFIGURATION.format(port=self.port)), ("pg_hba.conf", _PG_HBA)):
            path = self.data / name
            write_secret(path, text)
            account.own(path)

    def _launch(self, account: Account, postgres: str) -> None:
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            self._drop_stale_lock_file()
            with self.log.open("ab") as log:
                process = subprocess.Popen(  # type: ignore[call-overload]
                    [postgres, "-D", str(self.data)],
                    cwd=self.data.parent,
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **account.options(),
                )
            if self._wait_until_ready(process):
                return
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL does not start; the end of {self.log}:\n{tail(self.log)}")
            time.sleep(0.5)

    def _drop_stale_lock_file(self) -> None:
        """Remove the lock file of a dead server whose pid now belongs to something else; PostgreSQL would refuse it.

        While any process still works in the data folder the file stays: it is what keeps two servers apart.
        """
        if self._read_lock_file() is None or self._running() is not None:
            return
        for process in psutil.process_iter(["cwd"]):
            if process.info["cwd"] == str(self.data):
                return
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes] | None) -> bool:
        """True once connections are taken; False when ``process`` has ended instead."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            lock = self._running()
            if lock is not None and lock.status == "ready" and process is None:
                return True
            if process is not None:
                if process.poll() is not None:
                    return False
                if lock is not None and lock.pid == process.pid and lock.status == "ready":
                    # The server outlives this object; without this Popen warns about it when collected.
                    process.returncode = 0
                    return True
            time.sleep(0.02)
        raise StackError(
            f"PostgreSQL is not ready after {READY_SECONDS:.0f} s; the end of {self.log}:\n{tail(self.log)}"
        )


def _environment() -> dict[str, str]:
    """The caller's environment without PG* variables, which would change what the programs do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}
