"""Archives and columnar files: ZIP as people pack it and as attackers do, Parquet whole and damaged."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import repeat

from tests.fuzz.delivery import CSV, PARQUET, Archive, Delivery, Draw, clean_file
from tests.fuzz.in_files import NO_TEXT
from tests.fuzz.kinds import Stage, kind

BOMB_MEGABYTES = 600


def _pack(delivery: Delivery) -> Archive:
    archive = Archive(f"{delivery.table.file_stem}.zip")
    delivery.main.archive = archive
    return archive


@kind(Stage.FILE, "files", "damage")
def zipped(delivery: Delivery, draw: Draw) -> str:
    """Taken: the files inside, under whatever names their packer's system gave them; its litter is no data."""
    archive, sent = _pack(delivery), delivery.main
    more = draw.number(0, 2)
    for number in range(more):
        name = f"续{number + 1}.{sent.form}"
        delivery.files.append(clean_file(sent.table, draw.number(1, 3), sent.form, 1000 * (number + 1), name))
        delivery.files[-1].archive = archive
    archive.codec = draw.one(["utf-8", "gb18030"])
    archive.folder = draw.one(["", "报送/", "2018/四季度/"])
    archive.litter = dict.fromkeys(
        draw.some(["__MACOSX/._a.csv", "Thumbs.db", ".DS_Store", "~$a.xlsx", "空文件夹/"], at_least=0), b"x"
    )
    return f"{1 + more} files, names in {archive.codec}, {len(archive.litter)} pieces of litter"


ODD_PATHS = ("../../etc/passwd", "/etc/passwd", "a/../../b.csv", "..\\..\\b.csv", "C:\\b.csv", "\\\\host\\share\\b.csv")


@kind(Stage.FILE, "files", "damage", refused=True)
def path_in_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: path_in_archive; nothing is unpacked."""
    name = draw.one(ODD_PATHS)
    _pack(delivery).litter[name] = b"1,2\n"
    delivery.refuse("path_in_archive")
    return name


@kind(Stage.FILE, "files", "damage", refused=True)
def link_in_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: link_in_archive, also for pipes and devices."""
    _pack(delivery).litter["数据.csv"] = b"/etc/passwd"
    delivery.main.archive.mode = draw.one([stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])  # type: ignore[union-attr]
    delivery.refuse("link_in_archive")
    return ""


def zipped_bytes(members: Mapping[str, bytes | Iterable[bytes]]) -> bytes:
    """A ZIP archive of members given whole or in blocks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            with archive.open(name, "w") as member:
                for block in [content] if isinstance(content, bytes) else content:
                    member.write(block)
    return buffer.getvalue()


def blocks(megabytes: int, filler: bytes = b"\0") -> Iterator[bytes]:
    """So many megabytes of one character, never in memory at once."""
    return repeat(filler * (1 << 20), megabytes)


@kind(Stage.FILE, "files", "damage", refused=True)
def nested_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: nested_archive, whatever the inner one is called."""
    _pack(delivery).litter[draw.one(["b.zip", "b.csv", "b.xlsx"])] = zipped_bytes({"c.csv": b"1,2\n"})
    delivery.refuse("nested_archive")
    return ""


@kind(Stage.FILE, "files", "damage", refused=True)
def archive_of_something_else(delivery: Delivery, draw: Draw) -> str:
    """Refused: one member that is no table of the kind, beside one that is."""
    _pack(delivery).litter["菜单.csv"] = "菜名,单价\n白菜,2\n".encode()
    delivery.refuse("no_header")
    return ""


@kind(Stage.FILE, "files", "damage", refused=True)
def same_name_twice(delivery: Delivery, draw: Draw) -> str:
    """Refused: two members of one name, also where only the case differs."""
    litter = _pack(delivery).litter
    litter["B.csv"], litter["b.csv"] = b"1\n", b"2\n"
    delivery.refuse("same_name_twice")
    return ""


def _damage(delivery: Delivery, change: Callable[[bytes], bytes], *codes: str) -> None:
    _pack(delivery)
    delivery.damage.append(change)
    delivery.refuse(*codes)


@kind(Stage.FILE, "files", "damage", refused=True)
def encrypted_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: encrypted."""

    def encrypt(content: bytes) -> bytes:
        told = bytearray(content)
        for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = told.index(mark)
            told[at + flags] |= 1
        return bytes(told)

    _damage(delivery, encrypt, "encrypted")
    return ""


@kind(Stage.FILE, "files", "damage", refused=True)
def empty_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: empty_archive, also where it holds folders and litter only."""
    content = draw.one(
        [zipped_bytes({}), zipped_bytes({"报送/": b""}), zipped_bytes({"__MACOSX/._a.csv": b"x", "Thumbs.db": b"x"})]
    )
    _damage(delivery, lambda _: content, "empty_archive")
    return ""


@kind(Stage.FILE, "files", "damage", refused=True)
def truncated_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: damaged_archive."""
    share = draw.number(1, 99)
    _damage(delivery, lambda content: content[: max(4, len(content) * share // 100)], "damaged_archive")
    return f"{share} %"


@kind(Stage.FILE, "files", "damage", refused=True)
def overwritten_archive(delivery: Delivery, draw: Draw) -> str:
    """Refused: a checksum in the list of members, or a byte of the last member, is another."""
    where = draw.one(["checksum", "middle"])

    def spoil(content: bytes) -> bytes:
        first, last = content.index(b"PK\x01\x02"), content.rindex(b"PK\x03\x04")
        place = first + 16 if where == "checksum" else (last + 30 + first) // 2
        return content[:place] + bytes([content[place] ^ 0x5A]) + content[place + 1 :]

    _damage(delivery, spoil, "damaged_archive")
    return where


@cache
def _bomb() -> bytes:
    return zipped_bytes({"a.csv": blocks(BOMB_MEGABYTES)})


@kind(Stage.FILE, "files", "damage", refused=True, alone=True)
def zip_bomb(delivery: Delivery, draw: Draw) -> str:
    """Refused before it is unpacked: too_large_unpacked; or it says less than it holds: damaged_archive."""
    true, lies = BOMB_MEGABYTES << 20, draw.number(0, 1)
    bomb = _bomb().replace(true.to_bytes(4, "little"), (1000).to_bytes(4, "little")) if lies else _bomb()
    _damage(delivery, lambda _: bomb, "damaged_archive" if lies else "too_large_unpacked")
    return f"{BOMB_MEGABYTES} MB in {len(bomb) >> 10} kB{', said to be 1 kB' if lies else ''}"


@kind(Stage.FILE, "files", "damage", "shape", *NO_TEXT, "titles", "footers", "order", forms=(CSV,), costly=True)
def parquet(delivery: Delivery, draw: Draw) -> str:
    """Taken: the same rows in a Parquet file, numbered from 1."""
    sent = delivery.main
    sent.form, sent.name = PARQUET, f"{sent.table.file_stem}.parquet"
    return ""


@kind(
    Stage.FILE,
    "files",
    "damage",
    "shape",
    *NO_TEXT,
    "titles",
    "footers",
    "order",
    forms=(CSV,),
    refused=True,
    costly=True,
)
def damaged_parquet(delivery: Delivery, draw: Draw) -> str:
    """Refused: cut, overwritten, or no more than the name of the form."""
    delivery.main.form = PARQUET
    cut = draw.one(["start", "end", "length", "mark"])
    share = draw.number(20, 80)
    ways: dict[str, Callable[[bytes], bytes]] = {
        "start": lambda content: content[: len(content) * share // 100],
        "end": lambda content: content[:4] + content[4 + len(content) * share // 200 :],
        "length": lambda content: content[:-8] + (len(content) * share).to_bytes(4, "little") + content[-4:],
        "mark": lambda content: b"PAR1" + content[4 : 4 + share] + b"PAR1",
    }
    delivery.damage.append(ways[cut])
    delivery.refuse("unreadable")
    return f"{cut}, {share} %"
