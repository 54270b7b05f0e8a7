"""The search for marked people sees them: in every form, in every kind of place. What it does not see proves nothing."""

from __future__ import annotations

import base64
import gzip
import io
import json
import pickle
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.identity.id_numbers import read_id
from pipelines.stack.postgres import PostgresServer
from tests.leaks.marks import Marks, forms, people
from tests.leaks.search import files_below, in_database, in_folder

COUNTY = "361128"
PEOPLE = people(COUNTY)
MARKS = Marks.of(PEOPLE)
WORDS = [(what, word) for one in PEOPLE for what, word in one.words.items()]
NAME, NUMBER = PEOPLE[3].name, PEOPLE[3].id_number


def test_marked_people_are_what_registers_hold() -> None:
    assert len({word for _, word in WORDS}) == len(WORDS) == 30
    for one in PEOPLE:
        assert read_id(one.id_number) == (one.id_number, "valid")
        assert read_id(one.id_number[:6] + one.id_number[8:17]) == (one.id_number, "upgraded_15")
    assert any(len(character.encode()) == 4 for one in PEOPLE for character in one.name)


def workbook(text: str) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet().write_string(3, 2, text)
    return written.getvalue()


def archive(data: bytes, name: str = "x.csv") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return written.getvalue()


def parquet(text: str) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table({"x": ["", text], "n": [1, 2]}), written, compression="zstd")
    return written.getvalue()


WAYS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "GB18030": lambda text: text.encode("gb18030"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "JSON": lambda text: json.dumps({"a": text}).encode(),
    "JSON in JSON in JSON": lambda text: json.dumps(json.dumps(json.dumps(text))).encode(),
    "URL": lambda text: quote(f"/a/{text}?x").encode(),
    "URL of GB18030": lambda text: quote(text, encoding="gb18030").encode(),
    "URL in small letters": lambda text: re.sub("%..", lambda code: code[0].lower(), quote(text)).encode(),
    "HTML": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "repr of bytes": lambda text: repr(text.encode()).encode(),
    "repr of bytes in JSON": lambda text: json.dumps(repr(text.encode("gb18030"))).encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, second place": lambda text: base64.b64encode(f"a{text}".encode()),
    "base64, third place": lambda text: base64.urlsafe_b64encode(f"ab{text}".encode("gb18030")),
    "pickle": lambda text: pickle.dumps({"rows": [text]}),
    "zlib": lambda text: b"before" + zlib.compress(text.encode()) + b"after",
    "zlib, best": lambda text: zlib.compress(text.encode("gb18030"), 9),
    "gzip": lambda text: gzip.compress(text.encode()),
    "pickle, zlib, base64, JSON": lambda text: json.dumps(
        {"a": base64.b64encode(zlib.compress(pickle.dumps([text]))).decode()}
    ).encode(),
    "gzip, hexadecimal": lambda text: b"\\x" + gzip.compress(text.encode()).hex().encode(),
    "workbook": workbook,
    "archive of a workbook": lambda text: archive(workbook(text)),
    "name in an archive": lambda text: archive(b"", f"{text}.csv"),
    "Parquet": parquet,
    "damaged archive": lambda text: b"PK\x03\x04" + text.encode(),
    "damaged Parquet": lambda text: b"PAR1" + text.encode() + b"PAR1",
    "archive without its end": lambda text: archive(b"x", f"{text}.csv")[:-10],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("around", ["{}", "x{}x", "姓名:{},男"])
def test_every_word_is_found_in_every_form(way: str, around: str) -> None:
    pieces = [(word, WAYS[way](around.format(word))) for _, word in WORDS]
    found = MARKS.places(pieces)
    for what, word in WORDS:
        assert any(label.startswith(what) for label in found.get(word, ())), (what, way)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_found_where_nothing_stands(way: str) -> None:
    assert MARKS.found(WAYS[way]("姓名:张三,361128197702281234,13800138000,6217000000000000000")) == frozenset()


def test_numbers_are_found_as_people_write_them() -> None:
    one = PEOPLE[0]
    old = one.id_number[:6] + one.id_number[8:17]
    full = "".join(chr(ord(character) + 0xFEE0) for character in one.id_number)
    groups = f"{one.id_number[:6]} {one.id_number[6:14]} {one.id_number[14:]}"
    for written in (old, full, groups, groups.replace(" ", "-"), one.id_number.lower()):
        assert any(label.startswith("ID number 1") for label in MARKS.found(written.encode())), written
    phone = f"{one.phone[:3]}-{one.phone[3:7]}-{one.phone[7:]}"
    assert any(label.startswith("phone 1") for label in MARKS.found(phone.encode()))


def test_every_form_is_one_that_nothing_else_can_be() -> None:
    assert min(len(form) for form in MARKS.forms) >= 6
    assert len({form for _, word in WORDS for _, form in forms(word)}) == len(MARKS.forms) > 1000


def test_files_are_searched_wherever_they_lie(tmp_path: Path) -> None:
    places = {
        "plain.log": NAME.encode(),
        "a/b/.hidden": NUMBER.encode(),
        "a/log.1.gz": gzip.compress(NAME.encode()),
        f"receipts/{NUMBER}.txt": b"",
        f"{NAME}/empty": b"",
        "binary": bytes(range(256)) * 5000 + NAME.encode("gb18030") + bytes(range(256)),
    }
    for name, data in {**places, "clean": "没有".encode(), "lake/x": NAME.encode()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    assert set(in_folder(MARKS, tmp_path, but=frozenset({tmp_path / "lake"}))) == set(places)
    assert len(list(files_below(tmp_path))) == len(places) + 2


PLANTED = {
    "public.words": f"CREATE TABLE words AS SELECT 1 AS n, '{NAME}'::text AS word",
    "public.old": f"CREATE TABLE old AS SELECT '{json.dumps(NAME)}'::json AS extra",
    "public.new": f"""CREATE TABLE new AS SELECT '{{"a": ["{NUMBER}"]}}'::jsonb AS extra""",
    "public.lists": f"CREATE TABLE lists AS SELECT ARRAY['x', '{NAME}'] AS names",
    "public.raw": f"CREATE TABLE raw AS SELECT '\\x{NAME.encode('gb18030').hex()}'::bytea AS value",
    "public.packed": f"CREATE TABLE packed AS SELECT '\\x{zlib.compress(pickle.dumps([NAME])).hex()}'::bytea AS value",
    "public.long": f"CREATE TABLE long AS SELECT repeat('很长的一段话', 9000) || '{NUMBER}' AS value",
    "hidden.words": f"CREATE SCHEMA hidden; CREATE TABLE hidden.words AS SELECT '{NAME}'::text AS word",
    "public.seen": f"CREATE VIEW seen AS SELECT '{NAME}'::text AS word",
    "public.kept": f"CREATE MATERIALIZED VIEW kept AS SELECT '{NAME}'::text AS word",
    "generation.parted_1": "CREATE SCHEMA generation; CREATE TABLE generation.parted (word text) PARTITION BY LIST (word);"
    f" CREATE TABLE generation.parted_1 PARTITION OF generation.parted DEFAULT;"
    f" INSERT INTO generation.parted VALUES ('{NAME}')",
    "pg_catalog.pg_description": f"CREATE TABLE told (n int); COMMENT ON TABLE told IS '{NAME}'",
    "pg_catalog.pg_shdescription": f"COMMENT ON DATABASE leaks IS '{NUMBER}'",
    "pg_catalog.pg_proc": f"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '{NAME}'::text $$",
    "pg_catalog.pg_enum": f"CREATE TYPE one_of AS ENUM ('{NUMBER}')",
    "pg_catalog.pg_stats": f"CREATE TABLE counted AS SELECT '{NAME}'::text AS word FROM generate_series(1, 50); ANALYZE counted",
    "pg_catalog.pg_largeobject": f"SELECT lo_from_bytea(0, '\\x{NAME.encode().hex()}')",
    "pg_catalog.pg_db_role_setting": f"ALTER DATABASE leaks SET application_name = '{NUMBER}'",
    "pg_catalog.pg_class": f'CREATE TABLE "t{NUMBER}" (n int)',
    "pg_catalog.pg_stat_activity": f"SELECT '{NUMBER}'",
}


@pytest.mark.stack
def test_a_database_is_searched_wherever_it_keeps_words(server: PostgresServer) -> None:
    server.ensure_database("leaks", "bidui")
    with server.administrator("leaks") as connection, server.administrator("leaks") as other:
        assert in_database(MARKS, connection) == {}
        with other.cursor() as cursor:
            for statement in PLANTED.values():
                cursor.execute(statement)
        assert PLANTED.keys() <= in_database(MARKS, connection).keys()
