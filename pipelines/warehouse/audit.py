"""Who read which table of people, when: taken from the database server's log, where a reader's ROLLBACK leaves it.

`access.counties` writes a line each time a login's query looks up whose people it may see. The line bears a signature that
only the database makes, so it holds in whatever form the server writes its log, and one that somebody else wrote there
does not count. A line counts once, however often its file is read, renamed or copied.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from pipelines.casework.exports import exports
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.errors import NotReady
from pipelines.incidents import record_once
from pipelines.periods import now
from pipelines.settings import settings
from pipelines.warehouse import schema

LIST = "list"
_MARK = b"bidui read: "
_READ = re.compile(
    _MARK + rb"(?P<words>login=(?P<login>\S+) table=(?P<table>[a-z][a-z0-9_]*) regions=\{(?P<regions>[0-9,]*)\}"
    rb" database=(?P<database>\S+) session=(?P<session>[0-9]+) at=(?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z))"
    rb" signature=(?P<signature>[0-9a-f]{64})"
)
# What tells a file from another that took its place.
_HEAD_BYTES = 4096
_BATCH = 5000
_MEND = "name it in BIDUI_DATABASE_LOG and let the account that runs this read it"


@dataclass(frozen=True)
class Collected:
    """What a collection took in: files looked at, readings that were new, lines that only claim to be a reading."""

    files: int
    reads: int
    unsigned: int


@dataclass(frozen=True)
class Reading:
    """A table of people that a login read, or a list that an account exported (table `list`). Regions: whose people."""

    at: datetime
    login: str
    table: str
    regions: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class _Position:
    file_key: str
    n_bytes: int
    head_bytes: int
    head_hash: str


def collect() -> Collected:
    """Take in what the server's log holds anew; safe to repeat. NotReady where the log cannot be read."""
    reads = unsigned = 0
    files = log_files()
    kept = set()
    for file in files:
        try:
            found, claimed, key = _take_in(file)
        except OSError as error:
            raise NotReady(f"the database server's log {file} cannot be read: {error.strerror}; {_MEND}") from None
        reads, unsigned = reads + found, unsigned + claimed
        kept.add(key)
    table = schema.access_log_position
    with warehouse_engine().begin() as connection:
        connection.execute(delete(table).where(table.c.file_key.not_in(kept)))
    if unsigned:
        message = (
            f"数据库日志中有 {unsigned} 行自称查阅记录而无有效签名,未登记;请查是谁所写({now():%Y-%m-%d %H:%M} 前)"
            f" / {unsigned} lines of the server's log claim to be a reading and are not"
        )
        record_once("unsigned", None, message, {"lines": unsigned})
    return Collected(len(files), reads, unsigned)


def log_files() -> tuple[Path, ...]:
    """The log and what it was rotated to, oldest first. NotReady where there is none."""
    log = settings().database_log
    named = log.iterdir() if log.is_dir() else log.parent.glob(f"{log.name}*") if log.parent.is_dir() else ()
    found = [(file.stat().st_mtime, file) for file in named if file.is_file()]
    if not found:
        raise NotReady(f"there is no log of the database server at {log}: {_MEND}")
    return tuple(file for _, file in sorted(found))


def is_taken_in(file: Path) -> bool:
    """Whether every line of a log file has been looked at."""
    table = schema.access_log_position
    state = file.stat()
    query = select(table.c.n_bytes).where(table.c.file_key == f"{state.st_dev}:{state.st_ino}")
    with warehouse_engine().connect() as connection:
        return connection.execute(query).scalar_one_or_none() == state.st_size


def reads(login: str = "", table: str = "", since: date | None = None) -> tuple[Reading, ...]:
    """What was read and which lists were exported, oldest first."""
    kept = schema.access_read
    query = select(kept).order_by(kept.c.read_at, kept.c.read)
    if login:
        query = query.where(kept.c.login == login)
    if table:
        query = query.where(kept.c.table_name == table)
    with warehouse_engine().connect() as connection:
        rows = connection.execute(query).mappings().all()
    found = [Reading(row["read_at"], row["login"], row["table_name"], tuple(row["region_codes"]), "") for row in rows]
    if table in ("", LIST):
        for one in exports():
            note = f"{one.quarter}, {one.n_rows} rows" + "".join(
                f", {word}" for word in (one.office, one.exported_by) if word
            )
            found.append(Reading(one.exported_at, one.login, LIST, (one.county_code or "36",), note))
    asked = (one for one in found if not login or one.login == login)
    return tuple(one for one in sorted(asked, key=lambda one: one.at) if since is None or _day(one.at) >= since)


def _day(moment: datetime) -> date:
    return moment.astimezone(now().tzinfo).date()


def _take_in(file: Path) -> tuple[int, int, str]:
    """Readings that were new, lines that claim to be one, and by what the file is known."""
    with file.open("rb") as log:
        state = file.stat()
        key = f"{state.st_dev}:{state.st_ino}"
        with warehouse_engine().connect() as connection:
            known = _position(connection, key)
        begin = known.n_bytes if known and known.n_bytes <= state.st_size and _is_same(log, known) else 0
        log.seek(begin)
        new = claimed = 0
        for batch, end in _batches(log, begin):
            position = _Position(key, end, *_head(log, end))
            with warehouse_engine().begin() as connection:
                signed, added = _record(connection, batch)
                _keep(connection, position)
            new, claimed = new + added, claimed + len(batch) - signed
        return new, claimed, key


def _batches(log: Any, begin: int) -> Iterator[tuple[list[re.Match[bytes] | None], int]]:
    """What claims to be a reading, None where it cannot be one; and where the last whole line of the batch ends.

    Lines end with a line feed and nothing else: a carriage return may stand in anybody's message.
    """
    batch: list[re.Match[bytes] | None] = []
    end = begin
    while (line := log.readline()).endswith(b"\n"):
        end += len(line)
        batch += [_READ.match(line, found.start()) for found in re.finditer(_MARK, line)]
        if len(batch) >= _BATCH:
            yield batch, end
            batch = []
            log.seek(end)
    yield batch, end


def _record(connection: Connection, batch: list[re.Match[bytes] | None]) -> tuple[int, int]:
    """How many lines are this database's own (or another database's of the server), and how many of them are new."""
    here = connection.execute(text("SELECT current_database()")).scalar_one().encode()
    others = [one for one in batch if one is not None and one["database"] != here]
    mine = [one for one in batch if one is not None and one["database"] == here]
    if not mine:
        return len(others), 0
    signed = text(
        "SELECT n FROM unnest(CAST(:words AS text[]), CAST(:signatures AS text[])) WITH ORDINALITY AS u (words, signature, n)"
        " WHERE access.signature(words) = signature"
    )
    said = {"words": [_text(one["words"]) for one in mine], "signatures": [_text(one["signature"]) for one in mine]}
    genuine = [mine[n - 1] for n in connection.execute(signed, said).scalars()]
    if not genuine:
        return len(others), 0
    rows = [
        {
            "login": _text(one["login"]),
            "table_name": _text(one["table"]),
            "region_codes": [code for code in _text(one["regions"]).split(",") if code],
            "session": int(one["session"]),
            "read_at": datetime.fromisoformat(_text(one["at"])),
        }
        for one in genuine
    ]
    table = schema.access_read
    added = connection.execute(insert(table).values(rows).on_conflict_do_nothing().returning(table.c.read)).all()
    return len(others) + len(genuine), len(added)


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace").replace("\0", "")


def _position(connection: Connection, key: str) -> _Position | None:
    table = schema.access_log_position
    row = connection.execute(select(table).where(table.c.file_key == key)).mappings().one_or_none()
    return _Position(key, row["n_bytes"], row["head_bytes"], row["head_hash"]) if row else None


def _keep(connection: Connection, position: _Position) -> None:
    row = {
        "n_bytes": position.n_bytes,
        "head_bytes": position.head_bytes,
        "head_hash": position.head_hash,
        "read_at": now(),
    }
    statement = insert(schema.access_log_position).values(file_key=position.file_key, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["file_key"], set_=row))


def _head(log: Any, end: int) -> tuple[int, str]:
    log.seek(0)
    head = log.read(min(end, _HEAD_BYTES))
    return len(head), hashlib.sha256(head).hexdigest()


def _is_same(log: Any, known: _Position) -> bool:
    log.seek(0)
    return hashlib.sha256(log.read(known.head_bytes)).hexdigest() == known.head_hash
