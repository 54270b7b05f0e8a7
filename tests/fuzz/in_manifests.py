"""Malformed manifests: each is refused for its own reason, or taken where JSON is merely written another way."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.deliveries.manifest import MANIFEST
from pipelines.sources import SOURCES
from tests.fuzz.delivery import Delivery, Draw
from tests.fuzz.kinds import Stage, kind

Manifest = dict[str, Any]


def _told(delivery: Delivery, change: Callable[[Manifest], object], *codes: str) -> None:
    delivery.manifest.append(lambda manifest: (change(manifest), None)[1])
    delivery.refuse(*codes)


def _file(delivery: Delivery, words: dict[str, Any], *codes: str) -> None:
    _told(delivery, lambda manifest: manifest["files"][0].update(words), *codes)


@kind(Stage.MANIFEST, "manifest", refused=True)
def wrong_checksum(delivery: Delivery, draw: Draw) -> str:
    """Refused: checksum."""
    _file(delivery, {"sha256": draw.one("0123456789abcdef") * 64}, "checksum")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def wrong_size(delivery: Delivery, draw: Draw) -> str:
    """Refused: file_size."""
    more = draw.one([-1, 1, 1000])
    _told(delivery, lambda m: m["files"][0].update(bytes=max(0, m["files"][0]["bytes"] + more)), "file_size")
    return f"{more:+}"


@kind(Stage.MANIFEST, "manifest", refused=True)
def wrong_row_count(delivery: Delivery, draw: Draw) -> str:
    """Refused: row_count."""
    more = draw.one([-1, 1, 10_000_000])
    _told(delivery, lambda m: m["files"][0].update(rows=abs(m["files"][0]["rows"] + more)), "row_count")
    return f"{more:+}"


@kind(Stage.MANIFEST, "manifest", refused=True)
def file_still_growing(delivery: Delivery, draw: Draw) -> str:
    """Refused: the file is not the one that the manifest describes."""

    def grow(folder: Path) -> None:
        path = folder / delivery.first_name
        path.write_bytes(path.read_bytes() + b"0,\n")

    delivery.afterwards.append(grow)
    delivery.refuse("file_size")
    return ""


PATHS = ("../../etc/passwd", "/etc/passwd", "..", ".", "a/b.csv", "..\\secret.csv", "C:\\data.csv", "manifest.json",
         "MANIFEST.JSON", ".hidden.csv", "~/x.csv", "//host/share/x.csv", "x.csv:stream", "a\u202e/../b.csv")  # fmt: skip


@kind(Stage.MANIFEST, "manifest", refused=True)
def file_name_with_a_path(delivery: Delivery, draw: Draw) -> str:
    """Refused: file_name; nothing outside the folder is opened."""
    name = draw.one(PATHS)
    _file(delivery, {"name": name}, "file_name")
    return repr(name)


@kind(Stage.MANIFEST, "manifest", refused=True)
def file_name_nobody_can_use(delivery: Delivery, draw: Draw) -> str:
    """Refused: control characters, half a surrogate pair, too long."""
    name = draw.one(["a\0.csv", "a\n.csv", "\x1b[31m.csv", "\ud800.csv", "长" * 201, ""])
    _file(delivery, {"name": name}, "manifest_schema", "file_name")
    return f"{len(name)} characters"


@kind(Stage.MANIFEST, "manifest", refused=True)
def absent_file(delivery: Delivery, draw: Draw) -> str:
    """Refused: file_absent."""
    name = draw.one(["没有.csv", "长" * 100 + ".csv", "a b.csv"])
    _file(delivery, {"name": name}, "file_absent")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def file_listed_twice(delivery: Delivery, draw: Draw) -> str:
    """Refused: file_name; also where only the case differs."""
    upper = draw.number(0, 1)

    def twice(manifest: Manifest) -> None:
        again = dict(manifest["files"][0])
        again["name"] = again["name"].upper() if upper else again["name"]
        manifest["files"].append(again)

    _told(delivery, twice, "file_name")
    return "in another case" if upper else ""


@kind(Stage.MANIFEST, "manifest", "files", refused=True)
def link_instead_of_file(delivery: Delivery, draw: Draw) -> str:
    """Refused: file_name; a link is not followed, wherever it leads."""
    target = draw.one(["/etc/passwd", "elsewhere.csv", "../..", "/dev/zero"])

    def link(folder: Path) -> None:
        path = folder / delivery.first_name
        path.rename(folder / "elsewhere.csv")
        path.symlink_to(target)

    delivery.afterwards.append(link)
    delivery.refuse("file_name")
    return target


@kind(Stage.MANIFEST, "manifest", refused=True)
def folder_or_pipe_instead_of_file(delivery: Delivery, draw: Draw) -> str:
    """Refused: file_name; a pipe, which nobody writes to, is not opened."""
    make = draw.one([Path.mkdir, os.mkfifo])

    def replace(folder: Path) -> None:
        (folder / delivery.first_name).unlink()
        make(folder / delivery.first_name)

    delivery.afterwards.append(replace)
    delivery.refuse("file_name")
    return make.__name__


@kind(Stage.MANIFEST, "manifest")
def unlisted_file(delivery: Delivery, draw: Draw) -> str:
    """Taken, and its sender told that a file was not read."""
    delivery.afterwards.append(lambda folder: (folder / "补充.csv").write_bytes(b"1,2\n") and None)
    delivery.notes.add("unlisted_files")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def unknown_table(delivery: Delivery, draw: Draw) -> str:
    """Refused: unknown_table."""
    _file(delivery, {"table": draw.one(["persons", "staged_x", "PERSON", "表"])}, "unknown_table")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def unknown_system(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_schema."""
    _told(delivery, lambda m: m.update(system=draw.one(["tax", "", "../x", "Yulu"])), "manifest_schema")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def folder_of_another_system(delivery: Delivery, draw: Draw) -> str:
    """Refused: wrong_folder."""
    other = draw.one([name for name in SOURCES if name != delivery.table.source])
    _told(delivery, lambda m: m.update(system=other), "wrong_folder")
    return other


@kind(Stage.MANIFEST, "manifest", refused=True)
def unknown_county(delivery: Delivery, draw: Draw) -> str:
    """Refused: unknown_county."""
    scope = draw.one([["369999"], ["360702", "110101"], ["没有这个区"], ["360702001"]])
    _told(delivery, lambda m: m.update(scope=scope), "unknown_county")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def future_quarter(delivery: Delivery, draw: Draw) -> str:
    """Refused: future_quarter."""
    quarter, day = draw.one([("2019Q2", "2019-06-30"), ("2030Q4", "2030-12-31"), ("9999Q4", "9999-12-31")])
    _told(delivery, lambda m: m.update(quarter=quarter, cut_date=day), "future_quarter", "no_such_day")
    return quarter


@kind(Stage.MANIFEST, "manifest", refused=True)
def impossible_day(delivery: Delivery, draw: Draw) -> str:
    """Refused: no_such_day, or cut_date for one that is far from the quarter."""
    day, code = draw.one([("2018-02-30", "no_such_day"), ("2018-13-01", "no_such_day"), ("0000-00-00", "no_such_day"),
                          ("2018-06-30", "cut_date"), ("2019-12-31", "cut_date"), ("1900-01-01", "cut_date")])  # fmt: skip
    _told(delivery, lambda m: m.update(cut_date=day), code)
    return day


DEEP = 40_000
WRONG: tuple[tuple[str, Any], ...] = (
    ("quarter", "2018Q5"), ("quarter", "2018"), ("quarter", 20184), ("quarter", "2018Q4\n"), ("quarter", "２０１８Q4"),
    ("scope", []), ("scope", "city"), ("scope", [360702]), ("scope", None), ("scope", ["3"] * 300), ("scope", {"a": 1}),
    ("sequence", 0), ("sequence", -1), ("sequence", 10**30), ("sequence", "1"), ("sequence", True), ("sequence", 1.5),
    ("sequence", None), ("sequence", float("nan")), ("sequence", float("inf")), ("files", []), ("files", {}),
    ("files", "a.csv"), ("files", [None]), ("files", [{}]), ("sender", ""), ("sender", "长" * 201), ("sender", 7),
    ("sender", "甲\0乙"), ("sender", "\ud800"), ("sender", ["甲"]), ("cut_date", 20181231), ("cut_date", "2018/12/31"),
    ("cut_date", "2018-12-31T00:00"), ("system", 1), ("system", None), ("extra", "field"), ("manifest", {}),
)  # fmt: skip
WRONG_FILE: tuple[tuple[str, Any], ...] = (
    ("rows", -1), ("rows", "5"), ("rows", 1.5), ("rows", 10**30), ("rows", None), ("rows", True), ("rows", [5]),
    ("bytes", -1), ("bytes", "5"), ("bytes", 10**40), ("bytes", float("inf")), ("sha256", "0" * 63), ("sha256", 0),
    ("sha256", "G" * 64), ("sha256", "A" * 64), ("encoding", "latin-1"), ("encoding", ""), ("encoding", 8), ("name", 5),
    ("name", None), ("table", None), ("table", ""), ("table", "x" * 101), ("table", "a\0b"), ("more", 1),
)  # fmt: skip


@kind(Stage.MANIFEST, "manifest", refused=True)
def wrong_type(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_schema, or manifest_not_json for a number that JSON does not have."""
    field, value = draw.one(WRONG)
    _told(delivery, lambda m: m.update({field: value}), "manifest_schema", "manifest_not_json")
    return f"{field}: {ascii(value)[:40]}"


@kind(Stage.MANIFEST, "manifest", refused=True)
def wrong_type_of_a_file(delivery: Delivery, draw: Draw) -> str:
    field, value = draw.one(WRONG_FILE)
    _file(delivery, {field: value}, "manifest_schema", "manifest_not_json")
    return f"{field}: {ascii(value)[:40]}"


@kind(Stage.MANIFEST, "manifest", refused=True)
def missing_field(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_schema."""
    field = draw.one(["system", "quarter", "scope", "cut_date", "sender", "sequence", "files"])
    _told(delivery, lambda m: m.pop(field), "manifest_schema")
    return field


@kind(Stage.MANIFEST, "manifest", refused=True)
def missing_field_of_a_file(delivery: Delivery, draw: Draw) -> str:
    field = draw.one(["name", "table", "rows", "bytes", "sha256", "encoding"])
    _told(delivery, lambda m: m["files"][0].pop(field), "manifest_schema")
    return field


def _written(delivery: Delivery, alter: Callable[[bytes], bytes], *codes: str) -> None:
    delivery.manifest_bytes.append(alter)
    delivery.refuse(*codes)


@kind(Stage.MANIFEST, "manifest", refused=True)
def deep_json(delivery: Delivery, draw: Draw) -> str:
    """Refused without a deep recursion: manifest_not_json or manifest_schema."""
    depth = draw.one([50, 1000, DEEP])
    nested = b"[" * depth + b"]" * depth
    deep = draw.one([nested, b'{"scope": ' + nested + b"}", b'{"a":' * depth + b"1" + b"}" * depth])
    _written(delivery, lambda _: deep, "manifest_not_json", "manifest_schema")
    return str(depth)


@kind(Stage.MANIFEST, "manifest", refused=True)
def not_json(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_not_json."""
    broken = draw.one([b"", b"{", b"system: yulu", b"[1, 2", b"{'a': 1}", b"<xml/>", b"nul", b"{} {}", b'{"a": 01}'])
    _written(delivery, lambda _: broken, "manifest_not_json")
    return repr(broken)


@kind(Stage.MANIFEST, "manifest", refused=True)
def another_json(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_schema."""
    other = draw.one([b"{}", b"[]", b"null", b"1", b'"text"', b"1e999", json.dumps([{}] * 1000).encode()])
    _written(delivery, lambda _: other, "manifest_schema", "manifest_not_json")
    return repr(other[:20])


@kind(Stage.MANIFEST, "manifest", refused=True)
def cut_manifest(delivery: Delivery, draw: Draw) -> str:
    """Refused: a manifest that is still being written."""
    share = draw.number(1, 98)
    _written(delivery, lambda told: told[: len(told) * share // 100], "manifest_not_json", "manifest_encoding")
    return f"{share} %"


@kind(Stage.MANIFEST, "manifest", refused=True)
def duplicate_keys(delivery: Delivery, draw: Draw) -> str:
    """Refused: which of two values counts is nobody's guess."""
    again = draw.one([b'"sequence": 2', b'"quarter": "2018Q3"', b'"scope": "province"', b'"files": []'])
    _written(delivery, lambda told: told.rstrip()[:-1] + b", " + again + b"}", "manifest_schema")
    delivery.words.append(json.loads(b"{" + again + b"}").popitem()[0])
    return again.decode()


@kind(Stage.MANIFEST, "manifest", refused=True)
def manifest_in_another_encoding(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_encoding."""
    codec = draw.one(["gb18030", "utf-16"])
    _written(delivery, lambda told: told.decode().encode(codec), "manifest_encoding")
    return codec


@kind(Stage.MANIFEST, "manifest", refused=True)
def huge_manifest(delivery: Delivery, draw: Draw) -> str:
    """Refused before it is read."""
    _written(delivery, lambda told: told + b" " * (5 << 20), "manifest_not_plain")
    return ""


@kind(Stage.MANIFEST, "manifest", refused=True)
def manifest_that_is_no_file(delivery: Delivery, draw: Draw) -> str:
    """Refused: manifest_not_plain."""

    way = draw.one(["link", "folder", "pipe"])

    def replace(folder: Path) -> None:
        path = folder / MANIFEST
        path.rename(folder / "m.json")
        if way == "link":
            path.symlink_to("m.json")
        else:
            path.mkdir() if way == "folder" else os.mkfifo(path)

    delivery.afterwards.append(replace)
    delivery.refuse("manifest_not_plain")
    return way


@kind(Stage.MANIFEST, "manifest")
def manifest_written_otherwise(delivery: Delivery, draw: Draw) -> str:
    """Taken: a byte order mark, blanks, escapes and another order of fields mean the same."""
    way = draw.one(["mark", "compact", "escapes", "blanks", "order"])
    ways: dict[str, Callable[[bytes], bytes]] = {
        "mark": lambda told: b"\xef\xbb\xbf" + told,
        "compact": lambda told: json.dumps(json.loads(told), ensure_ascii=False, separators=(",", ":")).encode(),
        "escapes": lambda told: json.dumps(json.loads(told)).encode(),
        "blanks": lambda told: b"\r\n\t " + told.replace(b"\n", b"\r\n") + b"\n\n",
        "order": lambda told: json.dumps(dict(reversed(json.loads(told).items())), ensure_ascii=False).encode(),
    }
    delivery.manifest_bytes.append(ways[way])
    return way
