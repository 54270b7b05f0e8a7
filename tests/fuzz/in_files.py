"""Malformed files: how text is encoded and laid out, what workbooks hold beside the table, what is no table at all."""

from __future__ import annotations

import gzip

from tests.fuzz.delivery import COUNTY, CSV, XLSX, Delivery, Draw, clean_file
from tests.fuzz.in_rows import plain_text
from tests.fuzz.kinds import Stage, having, kind, others_of
from tests.fuzz.writing import UNDECODABLE

RARE = "㛃䶮𠮷"  # four bytes each in GB18030
TWO_BYTES = ("gbk", "gb2312")
# What a text file has and other forms have not
NO_TEXT = ("encoding", "delimiter", "newline", "quotes", "trailing", "blanks", "header rows")


def _names(delivery: Delivery) -> None:
    """Characters that tell encodings apart, in a column that nobody takes apart."""
    sent = delivery.main
    for column in sent.present:
        if plain_text(sent.table, column):
            record = sent.records[0]
            record.change(column, RARE, **{column.name: RARE})
            return


@kind(Stage.FILE, "encoding", forms=(CSV,))
def encoding(delivery: Delivery, draw: Draw) -> str:
    """Taken: every encoding in use, with and without byte order mark."""
    form = delivery.main.text
    form.encoding = draw.one(["gb18030", "gbk", "gb2312", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
    if form.encoding in TWO_BYTES:
        delivery.main.declared, form.encoding = form.encoding, "gb18030"
    else:
        _names(delivery)
    return delivery.main.declared or form.encoding


@kind(Stage.FILE, "encoding", "files", forms=(CSV,))
def wrong_encoding(delivery: Delivery, draw: Draw) -> str:
    """Taken as it is, and its sender told what it is."""
    sent = delivery.main
    true, told = draw.one([(a, b) for a in ("gb18030", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be")
                           for b in ("gbk", "utf-8", "utf-16", "binary")
                           if (b[:3], a[:3]) != ("gbk", "gb1") and not a.startswith(b)])  # fmt: skip
    sent.text.encoding, sent.declared = true, told
    _names(delivery)
    delivery.notes.add("encoding")
    return f"{true}, declared {told}"


@kind(Stage.FILE, "encoding", forms=(CSV,), least=1, fits=having(plain_text))
def undecodable_byte(delivery: Delivery, draw: Draw) -> str:
    """Taken: one byte that is no character becomes �, the rest of the file is read, and its sender told."""
    sent = delivery.main
    column = draw.one([column for column in sent.present if plain_text(sent.table, column)])
    sent.text.encoding = draw.one(["utf-8", "gb18030", "utf-8-sig", "utf-16-le", "utf-16-be"])
    record = sent.free(draw)
    record.change(column, f"甲{UNDECODABLE}乙", **{column.name: "甲�乙"})
    delivery.notes.add("unreadable_characters")
    return sent.text.encoding


@kind(Stage.FILE, "delimiter", forms=(CSV,))
def delimiter(delivery: Delivery, draw: Draw) -> str:
    """Taken: tabulators, bars and semicolons part the cells as well."""
    delivery.main.text.delimiter = draw.one(["\t", "|", ";"])
    return repr(delivery.main.text.delimiter)


@kind(Stage.FILE, "newline", forms=(CSV,))
def line_ends(delivery: Delivery, draw: Draw) -> str:
    """Taken: CR LF and CR end a line as LF does; the last line may have none or several."""
    form = delivery.main.text
    form.newline, form.ends = draw.one([("\r\n", 1), ("\r", 1), ("\n", 0), ("\r\n", 0), ("\n", 3), ("\r\n", 2)])
    return f"{form.newline!r} × {form.ends} at the end"


@kind(Stage.FILE, "quotes", forms=(CSV,))
def all_quoted(delivery: Delivery, draw: Draw) -> str:
    """Taken: every cell in quotation marks."""
    delivery.main.text.quotes = True
    return ""


@kind(Stage.FILE, "trailing", forms=(CSV,))
def trailing_separators(delivery: Delivery, draw: Draw) -> str:
    """Taken: empty cells behind every line are no cells."""
    count = draw.number(1, 3)
    delivery.main.text.trailing = count
    return str(count)


@kind(Stage.FILE, "blanks")
def blank_lines(delivery: Delivery, draw: Draw) -> str:
    """Taken: empty lines are no rows, and the lines of the others are counted with them."""
    sent = delivery.main
    places = draw.some(range(len(sent.records)), at_most=4)
    if sent.form == XLSX:
        sent.book.blanks = {place: draw.number(1, 3) for place in places}
    else:
        blanks: list[int | str] = [0, 1, len(sent.columns) - 1, "  ", "\u3000"]
        sent.text.blanks = {place: draw.some(blanks, at_most=3) for place in places}
    return f"before {len(places)} rows"


@kind(Stage.FILE, "files")
def split_files(delivery: Delivery, draw: Draw) -> str:
    """Taken: a large extract comes as several files of one table."""
    sent = delivery.main
    count = draw.number(1, 3)
    for number in range(count):
        rows = draw.number(1, 4)
        name = f"{sent.table.file_stem}({number + 2}).{sent.form}"
        delivery.files.append(clean_file(sent.table, rows, sent.form, 1000 * (number + 1), name))
    return f"{count + 1} files"


@kind(Stage.FILE, "files", fits=lambda table: bool(others_of(table)))
def two_tables(delivery: Delivery, draw: Draw) -> str:
    """Taken: a delivery holds several tables of its system."""
    table = draw.one(others_of(delivery.table))
    delivery.files.append(clean_file(table, draw.number(1, 5), draw.one([CSV, XLSX])))
    return table.entity


@kind(Stage.FILE, "scope")
def wider_scope(delivery: Delivery, draw: Draw) -> str:
    """Taken: a delivery that speaks for a city or the province may hold rows of one county."""
    delivery.scope = draw.one(["province", [COUNTY, "360102"], [COUNTY, "360704", "360781"]])
    return "province" if isinstance(delivery.scope, str) else f"{len(delivery.scope)} counties"


# What is no table.


@kind(Stage.FILE, alone=True)
def only_a_header(delivery: Delivery, draw: Draw) -> str:
    """Taken and stopped: no_rows."""
    sent = delivery.main
    sent.records.clear()
    sent.titles = ["年报"] * draw.number(0, 3)
    sent.footers = [("合计", "0")] * draw.number(0, 2)
    return f"{len(sent.titles)} titles, {len(sent.footers)} footers"


@kind(Stage.FILE, forms=(CSV,), refused=True, alone=True)
def empty_file(delivery: Delivery, draw: Draw) -> str:
    """Refused: no_header."""
    content = draw.one([b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b"   \r\n\r\n", b",,,\n,,,\n", b"\0" * 5000])
    delivery.damage.append(lambda _: content)
    delivery.refuse("no_header")
    return f"{len(content)} bytes"


GARBAGE = {b"": "no_header", b"MZ": "no_header", b"\xff\xfe": "no_header", b"PK\x03\x04": "damaged_archive",
           b"PK\x05\x06": "damaged_archive", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "form_not_read",
           b"%PDF-1.4\n": "form_not_read", b"\x89PNG\r\n": "form_not_read", b"Rar!\x1a\x07": "form_not_read",
           b"7z\xbc\xaf\x27\x1c": "form_not_read", b"<html><table><tr><td>": "form_not_read",
           b"\x1f\x8b": "form_not_read", b"{\\rtf1": "form_not_read"}  # fmt: skip


@kind(Stage.FILE, forms=(CSV,), refused=True, alone=True)
def binary_garbage(delivery: Delivery, draw: Draw) -> str:
    """Refused: what begins like a known form is named or called damaged, what begins like none has no header."""
    start = draw.one(list(GARBAGE))
    body = draw.octets(0, 400)
    delivery.damage.append(lambda _: start + body)
    delivery.refuse(GARBAGE[start])
    return f"{start!r} and {len(body)} bytes"


@kind(Stage.FILE, forms=(CSV,), refused=True, alone=True)
def other_table(delivery: Delivery, draw: Draw) -> str:
    """Refused: a file of something else altogether."""
    lines = ["菜名,单价,产地", "白菜,2.5,本地", "萝卜,1.8,外地"]
    content = "\n".join(lines * draw.number(1, 40)).encode()
    delivery.damage.append(lambda _: content)
    delivery.refuse("no_header")
    return f"{len(content)} bytes"


@kind(Stage.FILE, "damage", forms=(CSV,), refused=True)
def gzipped(delivery: Delivery, draw: Draw) -> str:
    """Refused: not a form that is agreed, whole or truncated."""
    share = draw.one([100, 60, 20])
    delivery.damage.append(lambda content: (packed := gzip.compress(content, mtime=0))[: len(packed) * share // 100])
    delivery.refuse("form_not_read")
    return f"{share} %"


@kind(Stage.FILE, "damage", forms=(CSV,), refused=True, least=3)
def truncated_text(delivery: Delivery, draw: Draw) -> str:
    """Refused: fewer rows than its sender counted."""
    sent, lines = delivery.main, draw.number(2, 3)
    told = len(sent.records)
    del sent.records[-lines:]
    delivery.manifest.append(lambda manifest: manifest["files"][0].update(rows=told))
    delivery.refuse("row_count")
    return f"{lines} rows"


@kind(Stage.FILE, "damage", "noise", "header rows", forms=(CSV,), refused=True)
def far_too_many_columns(delivery: Delivery, draw: Draw) -> str:
    """Refused: a header of up to a million columns."""
    count = draw.one([1001, 20_000, 1_000_000])
    sent = delivery.main

    def widen(content: bytes) -> bytes:
        form = sent.text
        codec = form.encoding.removesuffix("-sig")
        more = "".join(f"{form.delimiter}c{number}" for number in range(count)).encode(codec)
        return more.join(_around_header(content, len(sent.titles), form.newline.encode(codec)))

    delivery.damage.append(widen)
    delivery.refuse("too_many_columns", "no_header")  # a line of megabytes is no header at all
    return f"{count} more"


def _around_header(content: bytes, titles: int, end: bytes) -> tuple[bytes, bytes]:
    """A text file before and from the end of its header line."""
    place = -1
    for _ in range(titles + 1):
        place = content.index(end, place + 1)
    return content[:place], content[place:]


@kind(Stage.FILE, "damage", "trailing", "order", "shape", forms=(CSV,), least=1)
def row_of_a_million_cells(delivery: Delivery, draw: Draw) -> str:
    """row_shape, and the lines behind it are read."""
    record = delivery.main.free(draw)
    record.tail = ("多",) * draw.one([1000, 1_000_000])
    record.marks.add("row_shape")
    return f"{len(record.tail)} more"


@kind(Stage.FILE, "files")
def wrong_extension(delivery: Delivery, draw: Draw) -> str:
    """Taken: what a file is, its content says; names lie."""
    sent = delivery.main
    sent.name = f"{sent.table.file_stem}{draw.one(['.dat', '.txt', '.xls', '.xlsx', '.csv', '', '.TXT', '.bak'])}"
    return sent.name.removeprefix(sent.table.file_stem)
