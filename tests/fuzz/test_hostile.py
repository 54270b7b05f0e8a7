"""Hostile deliveries, each in a process of its own: bounded time and memory, a refusal in words or a marked row."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.sources import STAGED
from tests.fuzz.bounded import seen
from tests.fuzz.delivery import CSV, XLSX, Delivery, Sent, clean_file
from tests.fuzz.in_archives import blocks, zipped_bytes
from tests.fuzz.in_workbooks import BOMB, SHEET, with_part
from tests.fuzz.writing import text, workbook, write

SECONDS, MEGABYTES = 60, 512
TABLE = STAGED["staged_yulu__payment"]
ROWS = 3


def clean(form: str = CSV) -> Sent:
    return clean_file(TABLE, ROWS, form)


def lines_more(line: str, count: int) -> bytes:
    """Clean rows, one line again and again, and one more clean row at the very end."""
    sent = clean_file(TABLE, ROWS + 1, CSV)
    whole = text(sent).decode()
    *first, last = whole.rstrip("\n").split("\n")
    return "\n".join([*first, *[line] * count, last, ""]).encode()


def in_sheet(cells: bytes) -> Callable[[], bytes]:
    """A workbook with something more behind its last row."""

    def changed() -> bytes:
        return with_part(
            workbook(clean(XLSX)), SHEET, lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>")
        )

    return changed


def part(name: str, content: bytes | int) -> Callable[[], bytes]:
    """A workbook with another part; a number: of so many megabytes of blanks."""
    return lambda: with_part(
        workbook(clean(XLSX)), name, lambda _: blocks(content, b" ") if isinstance(content, int) else content
    )


def many_members() -> bytes:
    return zipped_bytes({f"{number}.csv": b"" for number in range(70_000)})


def overlapping() -> bytes:
    """A list of members that all name the same packed bytes."""
    inner = zipped_bytes({"a.csv": bytes(8 << 20)})
    at = inner.index(b"PK\x01\x02")
    end = inner.index(b"PK\x05\x06")
    entries = b"".join(inner[at:end].replace(b"a.csv", b"%05d" % number) for number in range(900))
    tail = bytearray(inner[end:])
    tail[8:12] = (900).to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return inner[:at] + entries + bytes(tail)


def endless_parquet() -> bytes:
    """Few bytes that stand for 10 GB of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    column = pa.DictionaryArray.from_arrays(pa.array(bytes(10**7), pa.int8()), pa.array(["x" * 100]))
    buffer = io.BytesIO()
    names = [head.text for head in clean().columns]
    pq.write_table(pa.Table.from_arrays([column] * len(names), names=names), buffer)
    return buffer.getvalue()


HUGE = 10 << 20
MISSHAPEN = ("row_shape",)
# What is sent → how; the reasons of which one must be given; or the marks of the rows behind the clean ones.
REFUSED: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    "a million columns": (CSV, lambda: ",".join(f"c{n}" for n in range(10**6)).encode(), {"no_header", "too_many_columns"}),
    "a line without end": (CSV, lambda: b"x" * (200 << 20), {"no_header"}),
    "quotes without end": (CSV, lambda: b'"\n' * (8 << 20), {"no_header"}),
    "nothing but NUL": (CSV, lambda: bytes(100 << 20), {"no_header"}),
    "nothing but separators": (CSV, lambda: b"," * (50 << 20), {"no_header", "too_many_columns"}),
    "a zip bomb": ("zip", lambda: zipped_bytes({"a.csv": blocks(900)}), {"too_large_unpacked"}),
    "an archive of 70,000 files": ("zip", many_members, {"too_many_members"}),
    "members that lie over each other": ("zip", overlapping, {"too_large_unpacked", "damaged_archive", "no_header"}),
    "an archive in an archive": ("zip", lambda: zipped_bytes({"b.zip": zipped_bytes({"c.csv": b"1"})}), {"nested_archive"}),
    "a bomb as a sheet": (XLSX, part(SHEET, 900), {"too_large_unpacked"}),
    "a bomb as shared texts": (XLSX, part("xl/sharedStrings.xml", 900), {"too_large_unpacked"}),
    "entities that grow": (XLSX, part(SHEET, BOMB), {"unreadable"}),
    "tags that never close": (XLSX, part(SHEET, b"<worksheet>" + b"<a>" * (2 << 20)), {"unreadable"}),
    "a tag without end": (XLSX, part(SHEET, b"<worksheet><c " + b"a" * (64 << 20)), {"unreadable"}),
    "rows without end": ("parquet", endless_parquet, {"too_large_unpacked"}),
    "a row beyond the last": (XLSX, in_sheet(b'<row r="99999999"><c><v>1</v></c></row>'), {"unreadable"}),
}  # fmt: skip
MARKED: dict[str, tuple[str, Callable[[], bytes], int, tuple[tuple[str, ...], ...]]] = {
    "a cell of 10 MB": (CSV, lambda: lines_more("长" * HUGE, 1), 1, (MISSHAPEN,)),
    "a quoted cell of 10 MB": (CSV, lambda: lines_more('"' + "长" * HUGE + '"', 1), 1, (MISSHAPEN,)),
    "a row of a million cells": (CSV, lambda: lines_more("1," * 10**6, 1), 1, (MISSHAPEN,)),
    "a million empty lines": (CSV, lambda: lines_more("", 10**6), 0, ()),
    "a million lines of separators": (CSV, lambda: lines_more(",,,", 10**6), 0, ()),
    "quotation marks that nobody closes": (CSV, lambda: lines_more('"1', 20_000), 20_000, (MISSHAPEN,) * 20_000),
    "long lines that begin with one": (CSV, lambda: lines_more('"' + "1" * 1900, 3000), 3000, (MISSHAPEN,) * 3000),
    # Each could close the one on the line before.
    "quotation marks that close and open": (CSV, lambda: lines_more('1",2,"1', 20_000), 20_000, (MISSHAPEN,) * 20_000),
    "long lines that close and open": (
        CSV, lambda: lines_more('1",2,"' + "1" * 1900, 3000), 3000, (MISSHAPEN,) * 3000,
    ),
    "one and a long text behind it": (
        CSV, lambda: lines_more('"' + ("1" * 1500 + "\n") * 70 + "1", 100), 7100, (MISSHAPEN,) * 7100,
    ),
    "a workbook's cell of 10 MB": (
        XLSX, in_sheet(b'<row r="900"><c t="inlineStr"><is><t>' + b"x" * HUGE + b"</t></is></c></row>"), 1, (MISSHAPEN,),
    ),
    "a cell in the sheet's last corner": (
        XLSX, in_sheet(b'<row r="1048576"><c r="XFD1048576" t="str"><v>1</v></c></row>'), 1, (MISSHAPEN,),
    ),
    "empty rows": (XLSX, in_sheet(b"".join(b'<row r="%d"/>' % n for n in range(900, 200_000))), 0, ()),
}  # fmt: skip


def delivered(folder: Path, form: str, content: bytes, rows: int = ROWS) -> None:
    """A delivery whose one file holds `content`, under a manifest that is true of it."""
    delivery = Delivery([clean()])
    delivery.main.name = f"数据.{form}"
    delivery.damage.append(lambda _: content)
    delivery.manifest.append(lambda manifest: manifest["files"][0].update(rows=rows, encoding="utf-8"))
    write(delivery, folder / "sent")


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words(what: str, tmp_path: Path) -> None:
    form, content, codes = REFUSED[what]
    delivered(tmp_path, form, content())
    found = seen(tmp_path, TABLE.source, SECONDS)
    print(f"{what}: {found.seconds:.1f} s, {found.megabytes} MB, {sorted(found.codes)}")
    assert found.codes and found.codes <= codes
    assert found.megabytes < MEGABYTES


@pytest.mark.parametrize("what", MARKED)
def test_quarantined_and_the_others_read(what: str, tmp_path: Path) -> None:
    form, content, more, marks = MARKED[what]
    rows = ROWS + more + (form == CSV)
    delivered(tmp_path, form, content(), rows)
    found = seen(tmp_path, TABLE.source, SECONDS)
    print(f"{what}: {found.seconds:.1f} s, {found.megabytes} MB, {found.rows} rows")
    assert not found.codes
    assert (found.rows, found.marks) == (rows, marks)
    assert found.megabytes < MEGABYTES


def test_a_manifest_of_ten_thousand_files(tmp_path: Path) -> None:
    """Every one of them is looked for, none is there."""
    delivered(tmp_path, CSV, text(clean()))
    path = tmp_path / "sent" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = [manifest["files"][0] | {"name": f"{number}.csv"} for number in range(10_000)]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    found = seen(tmp_path, TABLE.source, SECONDS)
    print(f"{found.seconds:.1f} s, {found.megabytes} MB")
    assert found.codes <= {"file_absent", "manifest_not_plain"} and found.codes
    assert found.megabytes < MEGABYTES
