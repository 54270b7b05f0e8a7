"""Where marked people stand: in files and their names, in every table and catalogue of a database."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg2 import sql

from tests.leaks.marks import Marks, Places

if TYPE_CHECKING:
    import psycopg2.extensions


def in_folder(marks: Marks, folder: Path, *, but: frozenset[Path] = frozenset()) -> Places:
    """Files below a folder that hold marks, or whose names do; `but`: folders and files that may hold people."""
    return marks.places(_files(folder, but))


def _files(folder: Path, but: frozenset[Path]) -> Iterator[tuple[str, bytes]]:
    for path in files_below(folder, but):
        name = str(path.relative_to(folder))
        yield name, os.fsencode(name)
        with suppress(FileNotFoundError):  # whoever wrote it is at work
            yield name, path.read_bytes()


def files_below(folder: Path, but: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Every plain file, hidden ones too; links are not followed."""
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    for path in entries:
        if path in but or path.is_symlink():
            continue
        if path.is_dir():
            yield from files_below(path, but)
        elif path.is_file():
            yield path


_RELATIONS = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'v') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_toast%'
    AND c.relname NOT LIKE 'pg\\_shmem%'
ORDER BY 1, 2
"""


def relations(connection: psycopg2.extensions.connection) -> tuple[tuple[str, str], ...]:
    """Schema and name of every table and view, those of the catalogue too: comments, statistics, what sessions run."""
    with connection.cursor() as cursor:
        cursor.execute(_RELATIONS)
        return tuple((str(schema), str(name)) for schema, name in cursor.fetchall())


def in_database(marks: Marks, connection: psycopg2.extensions.connection) -> Places:
    """Tables and views whose rows hold marks. The connection reads everything: a superuser's, committing by itself."""
    return marks.places(_rows(connection))


def _rows(connection: psycopg2.extensions.connection) -> Iterator[tuple[str, bytes]]:
    for schema, name in relations(connection):
        rows = io.BytesIO()
        # As CSV nothing is escaped: what stands in a cell stands here as it does there.
        query = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT (FORMAT csv)").format(sql.Identifier(schema, name))
        with connection.cursor() as cursor:
            cursor.copy_expert(query.as_string(connection), rows)
        yield f"{schema}.{name}", rows.getvalue()
