"""Files that want to do harm, or got damaged: refused, or read with nothing lost, within bounded memory and time.

Each is read in a process that may not take more than MEMORY; what it may take in the worst case is less.
"""

from __future__ import annotations

import json
import os
import random
import resource
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.deliveries.readers import read
from pipelines.deliveries.readers.guarded import guarded
from pipelines.deliveries.reasons import Refused
from tests.unit.delivered import HEADER, TABLE, refused, taken
from tests.unit.packages import NAMESPACE, cell, package, row, sheet

MEMORY = 1 << 30
SECONDS = 60
HEAD = row(1, HEADER)
GOOD = row(2, ["1", "张三", "360702"])
_READ = """
import json, sys
from pathlib import Path
from pipelines.deliveries.readers import read
from pipelines.deliveries.reasons import Refused
from tests.unit.delivered import TABLE
path = Path(sys.argv[1])
try:
    parts = read(path, TABLE, "", path.parent / "numbered")
    print(json.dumps([[p.counts.rows, p.counts.misshapen] for p in parts]))
except Refused as refused:
    print(json.dumps(sorted({reason.code for reason in refused.reasons})))
"""


def bounded(path: Path) -> list[str] | list[list[int]]:
    """The codes a file is refused with, or rows and misshapen rows of each part, found within MEMORY and SECONDS."""
    child = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert child.returncode == 0, child.stderr[-2000:]
    found: list[str] | list[list[int]] = json.loads(child.stdout)
    return found


def bomb(path: Path, size: int) -> Path:
    """A workbook whose sheet is blanks without end, a thousandth in size."""
    with (
        zipfile.ZipFile(package(path, {"表": ""}), "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/bomb.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(size >> 20):
            part.write(b" " * (1 << 20))
    return path


def test_an_archive_that_grows_a_thousandfold_is_refused(tmp_path: Path) -> None:
    assert bounded(bomb(tmp_path / "a.xlsx", 600 << 20)) == ["too_large_unpacked"]


def test_an_archive_that_says_it_is_small_is_refused_as_damaged(tmp_path: Path) -> None:
    lines = "".join(row(n, [str(n), "张三", "360702"]) for n in range(2, 20_000))
    path = package(tmp_path / "a.xlsx", {"表": sheet(HEAD, lines)})
    assert bounded(path) == [[19_998, 0]]
    content = bytearray(path.read_bytes())
    at = content.index(b"xl/worksheets/s0.xml", content.index(b"PK\x01\x02"))
    content[at - 46 + 24 : at - 46 + 28] = struct.pack("<L", 1000)
    path.write_bytes(content)
    assert bounded(path) == ["damaged_archive"]


def test_a_list_of_members_without_end_is_not_loaded(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.csv", "")
    assert bounded(tmp_path / "a.zip") == ["too_many_members"]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 100 << 20, 4, 0)
    with (tmp_path / "b.zip").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.seek(100 << 20)
        file.write(end)
    assert bounded(tmp_path / "b.zip") == ["too_many_members"]


def test_cells_far_off_take_no_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        made = book.add_worksheet()
        made.write_row(0, 0, HEADER)
        made.write_row(1, 0, ["1", "张三", "360702"])
        made.write("XFD1048576", "远")
    assert bounded(tmp_path / "a.xlsx") == [[2, 1]]
    # A column that no table has room for, called what a declared one is called, is not taken for its neighbour.
    head = f'<row r="1">{cell("A1", "编号")}{cell("B1", "姓名")}{cell("XFD1", "县代码")}</row>'
    assert bounded(package(tmp_path / "c.xlsx", {"表": sheet(head, GOOD)})) == ["too_many_columns"]
    lines = "".join(f'<row r="{n}">{cell(f"A{n}", "1")}{cell(f"XFD{n}", "远")}</row>' for n in range(2, 100_000))
    assert bounded(package(tmp_path / "b.xlsx", {"表": sheet(HEAD, lines)})) == [[99_998, 99_998]]


@pytest.mark.parametrize(
    "lines",
    [
        '<row r="1048577"/>',
        '<row r="-1"/>',
        '<row r="x"/>',
        '<row r="3"/><row r="3"/>',
        '<row r="4"/><row r="3"/>',
        f'<row r="3">{cell("XFE3", "1")}</row>',
        f'<row r="3">{cell("B3", "1")}{cell("A3", "1")}</row>',
        f'<row r="3">{cell("B3", "1")}{cell("B3", "1")}</row>',
        f'<row r="3">{cell("ÄÖ3", "1")}</row>',
        '<row r="3"><c r="A3" t="s"><v>0</v></c></row>',
        '<row r="3"><c r="A3" t="s"><v>-1</v></c></row>',
        '<row r="3"><c r="A3" s="9"><v>1</v></c></row>',
        '<row r="3"><c r="A3"><v>eins</v></c></row>',
        "<row><c>",
        "<row></c></row>",
        "\x00",
        "&entity;",
    ],
)
def test_sheets_that_make_no_sense_are_refused(tmp_path: Path, lines: str) -> None:
    (reason,) = refused(package(tmp_path / "a.xlsx", {"表": sheet(HEAD, GOOD, lines)}))
    assert reason.code == "unreadable"


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/workbook.xml": "<workbook/>"},
        {"xl/worksheets/s0.xml": ""},
        {"_rels/.rels": "<Relationships/>"},
        {"_rels/.rels": "no xml"},
        {"xl/sharedStrings.xml": "<sst><si>"},
        {"xl/styles.xml": b"\xff\xfe\x00"},
    ],
)
def test_packages_that_make_no_sense_are_refused(tmp_path: Path, parts: dict[str, str | bytes]) -> None:
    codes = {reason.code for reason in refused(package(tmp_path / "a.xlsx", {"表": sheet(HEAD, GOOD)}, parts))}
    assert codes <= {"unreadable", "no_sheet"}


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    content = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>' + sheet(HEAD, row(2, ["1"]).replace(">1<", ">&e12;<"))
    assert bounded(package(tmp_path / "a.xlsx", {"表": content})) == ["unreadable"]


def test_a_tag_without_end_and_tags_in_tags_without_end(tmp_path: Path) -> None:
    endless = sheet(HEAD, f'<row r="2" x="{"x" * (40 << 20)}"/>')
    assert bounded(package(tmp_path / "a.xlsx", {"表": endless})) == ["unreadable"]
    depth = 2_000_000
    deep = sheet(HEAD, "<row>" + "<c>" * depth + "</c>" * depth + "</row>")
    bounded(package(tmp_path / "b.xlsx", {"表": deep}))


def test_cells_of_ten_megabytes_are_kept_cut(tmp_path: Path) -> None:
    long = "长" * (10 << 20)
    own = package(tmp_path / "a.xlsx", {"表": sheet(HEAD, GOOD, row(3, ["2", long, "360702"]))})
    assert bounded(own) == [[2, 1]]
    line = '<row r="3"><c r="A3" t="s"><v>0</v></c></row>'
    texts = {"xl/sharedStrings.xml": f'<sst xmlns="{NAMESPACE}"><si><t>{long}</t></si></sst>'}
    assert bounded(package(tmp_path / "b.xlsx", {"表": sheet(HEAD, GOOD, line)}, texts)) == [[2, 1]]
    (tmp_path / "c.csv").write_text(f"{','.join(HEADER)}\n1,张三,36\n2,{long},36\n", encoding="utf-8")
    assert bounded(tmp_path / "c.csv") == [[2, 1]]
    (tmp_path / "d.csv").write_text(f'{",".join(HEADER)}\n1,张三,36\n2,"{long}",36\n', encoding="utf-8")
    assert bounded(tmp_path / "d.csv") == [[2, 1]]


def test_merged_cells_without_end_are_refused(tmp_path: Path) -> None:
    some = "".join(f'<mergeCell ref="A{n}:C{n + 1}"/>' for n in range(2, 100_000))
    path = package(tmp_path / "a.xlsx", {"表": sheet(HEAD, GOOD, after=f"<mergeCells>{some}</mergeCells>")})
    assert bounded(path) == [[1, 0]]
    path = package(tmp_path / "b.xlsx", {"表": sheet(HEAD, GOOD, after=f"<mergeCells>{some * 6}</mergeCells>")})
    assert bounded(path) == ["unreadable"]


def test_sheets_without_end_are_refused(tmp_path: Path) -> None:
    assert bounded(package(tmp_path / "a.xlsx", {f"表{n}": sheet(HEAD) for n in range(600)})) == ["unreadable"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_million_columns_are_refused(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(delimiter.join([*HEADER, *map(str, range(1_000_000))]) + "\n", encoding="utf-8")
    assert bounded(path) in (["too_many_columns"], ["no_header"])
    path.write_text(delimiter.join(HEADER) + "\n1" + delimiter * 1_000_000 + "x\n", encoding="utf-8")
    assert bounded(path) == [[1, 1]]


def test_nul_is_a_character_nobody_can_read(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", {"表": sheet(HEAD, row(2, ["1", "张_x0000_三_xD800_", "36"]))})
    ((reading, records),) = taken(path)
    assert records[0][3] == "张�三�"
    assert reading.counts.replaced == 2
    path = tmp_path / "b.csv"
    path.write_text(",".join(HEADER) + "\n1,张\0三,36\n", encoding="utf-8")
    assert taken(path)[0][1][0][3] == "张�三"


def test_what_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    cells = ["=cmd|'/C calc'!A1", "+1+1", '@SUM(1)"\n']
    _, records = taken(package(tmp_path / "a.xlsx", {"表": sheet(HEAD, row(2, cells))}))[0]
    assert records[0][2:] == cells


def _workbook(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        made = book.add_worksheet()
        for line in range(300):
            made.write_row(line, 0, HEADER if line == 0 else [str(line), f"张{line}", "360702"])


def _parquet(path: Path) -> None:
    columns = {name: [f"{name}{line}" for line in range(300)] for name in HEADER}
    pq.write_table(pa.table(columns), path)


def _archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", ",".join(HEADER) + "\n" + "".join(f"{line},张{line},36\n" for line in range(300)))


def _xls(path: Path) -> None:
    path.write_bytes((Path(__file__).parent / "files" / "offices.xls").read_bytes())


@pytest.mark.parametrize(("make", "native"), [(_workbook, False), (_archive, False), (_parquet, True), (_xls, True)])
def test_truncated_files_are_refused_wherever_they_end(
    tmp_path: Path, make: Callable[[Path], None], native: bool
) -> None:
    make(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    rng = random.Random(1)
    ends = sorted({rng.randrange(4, len(whole)) for _ in range(5 if native else 60)} | {len(whole) - 1})
    for end in ends:
        path = tmp_path / "cut"
        path.write_bytes(whole[:end])
        try:
            read(path, TABLE)
        except Refused as refusal:
            assert all(reason.mend for reason in refusal.reasons)
        else:
            # An old workbook may lack nothing but padding at its end.
            assert make is _xls, end


@pytest.mark.parametrize(("make", "native"), [(_workbook, False), (_archive, False), (_parquet, True), (_xls, True)])
def test_damaged_files_never_bring_the_reader_down(tmp_path: Path, make: Callable[[Path], None], native: bool) -> None:
    make(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    rng = random.Random(2)
    read_all = 0
    for _ in range(5 if native else 150):
        content = bytearray(whole)
        for _ in range(rng.choice((1, 4, 30))):
            content[rng.randrange(4, len(content))] = rng.randrange(256)
        (tmp_path / "hurt").write_bytes(content)
        try:
            read(tmp_path / "hurt", TABLE, "", tmp_path / "numbered")
            read_all += 1
        except Refused:
            pass
    assert native or read_all < 150


def test_few_bytes_of_parquet_that_stand_for_rows_without_end(tmp_path: Path) -> None:
    rows = 20_000_000
    columns = {name: pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), ["长" * 50]) for name in HEADER}
    path = tmp_path / "a.parquet"
    schema = pa.schema([(name, pa.dictionary(pa.int8(), pa.string())) for name in HEADER])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        indices = pa.array(bytes(4_000_000), pa.uint8()).cast(pa.int8())
        batch = pa.table(
            {name: pa.DictionaryArray.from_arrays(indices, column.dictionary) for name, column in columns.items()},
            schema=schema,
        )
        for _ in range(rows // 4_000_000):
            writer.write_table(batch, row_group_size=4_000_000)
    assert path.stat().st_size < 2 << 20
    (reason,) = refused(path)
    assert reason.code == "too_large_unpacked"


def test_a_reader_that_ends_its_process_ends_a_child_only() -> None:
    for function, args in ((os.abort, ()), (bytes, (5 << 30,)), (time.sleep, (60,)), (sys.exit, (3,)), (int, ("x",))):
        with pytest.raises(Refused) as raised:
            guarded(function, *args, called="a.xls", seconds=2)
        assert raised.value.reasons[0].code == "unreadable"
    assert guarded(len, "abc", called="a.xls", seconds=20) == 3
    with pytest.raises(FileNotFoundError):
        guarded(os.stat, "/nowhere", called="a.xls", seconds=20)


def test_a_file_that_is_still_written_to_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEADER) + "\n" + "1,张三,360702\n" * 500_000, encoding="utf-8")
    done = threading.Event()

    def send() -> None:
        with path.open("a", encoding="utf-8") as file:
            while not done.is_set():
                file.write("2,李四,360702\n")
                file.flush()
                time.sleep(0.001)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert refused(path)[0].code == "file_changing"
    finally:
        done.set()
        sender.join()


def test_links_and_folders_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "whole.csv").write_text(",".join(HEADER) + "\n1,张三,36\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "whole.csv")
    assert refused(tmp_path / "link.csv")[0].code == "file_changing"
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv")[0].code == "file_changing"
