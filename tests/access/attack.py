"""Runs attempts as a login and tells what came back that should not have."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg2
import psycopg2.extensions

from tests.access.attempts import Attempt, of_history, of_session, of_view
from tests.access.of_server import of_server
from tests.access.rules import Login, View, views

GROUPS = tuple(f"bidui_{name}" for name in ("operator", "province", "city", "county", "bi", "auditor"))
_MARK = re.compile(r"mark-(\w+)")
_DENIED, _DIVIDED = "42501", "22012"


@dataclass(frozen=True)
class Finding:
    """What an attempt brought that it should not have."""

    sql: str
    what: str


def attempts(login: Login, victim: str, chosen: Sequence[View] = ()) -> tuple[Attempt, ...]:
    """Everything that is tried as a login, on the views chosen or on all; on one of each kind in sessions made odd."""
    every = views()
    asked = tuple(chosen) or every
    kinds = {(view.name[:2], view.code): view for view in asked}
    made = [of_view(login, view, asked[number - 1]) for number, view in enumerate(asked)]
    made += [of_session(login, view, GROUPS, victim) for view in kinds.values()]
    made += [of_history(login), of_server(login, asked[0])]
    return tuple(attempt for some in made for attempt in some)


def attack(connection: psycopg2.extensions.connection, tried: Iterable[Attempt]) -> list[Finding]:
    """Run attempts in an open session, undoing each; what they brought."""
    return [Finding("; ".join(attempt.steps), what) for attempt in tried for what in _run(connection, attempt)]


def _run(connection: psycopg2.extensions.connection, attempt: Attempt) -> Iterator[str]:
    connection.notices = []
    connection.autocommit = True
    with connection.cursor() as cursor:
        if not attempt.alone:
            cursor.execute("BEGIN")
        said: list[str] = []
        code, rows = None, []
        for step in attempt.steps:
            if not attempt.alone:
                cursor.execute("SAVEPOINT step")
            code, rows, error = _step(cursor, step)
            said += [error, repr(rows)]
            if code and not attempt.alone:
                cursor.execute("ROLLBACK TO step")
        if not attempt.alone:
            cursor.execute("ROLLBACK")
        cursor.execute("DISCARD ALL")
    text = " ".join([*said, *connection.notices])
    if foreign := sorted(set(_MARK.findall(text)) - attempt.seen):
        yield f"shows {', '.join(foreign)}"
    if code == _DIVIDED:
        yield "looked at a row that is not the login's"
    if attempt.refused and code != _DENIED:
        yield f"was not refused: {code or 'it went through'}"
    if attempt.number is not None and code is None and rows[0][0] != attempt.number:
        yield f"counted {rows[0][0]}, not {attempt.number}"
    if code and code.startswith("42") and code != _DENIED:
        yield f"is no statement at all: {code} {said[-2].splitlines()[0]}"


def _step(cursor: psycopg2.extensions.cursor, step: str) -> tuple[str | None, list[tuple[object, ...]], str]:
    try:
        if step.startswith("COPY") and step.endswith(("STDOUT", "STDIN")):
            copied = io.StringIO()
            cursor.copy_expert(step, copied)
            return None, [(copied.getvalue(),)], ""
        cursor.execute(step)
        return None, cursor.fetchall() if cursor.description else [], ""
    except psycopg2.Error as error:
        return error.pgcode or "?????", [], str(error)
