"""Large text files are staged another way than small ones; what comes out must be the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations import rules_of
from pipelines.deliveries import staging
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.readers import Reading, Take, blocks, delimited, plain, read
from pipelines.deliveries.scope import county_codes
from pipelines.deliveries.typed import Typed, read_typed
from pipelines.engines.base import Written
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach
from pipelines.identity.id_numbers import check_character
from pipelines.periods import Quarter
from pipelines.sources import STAGED
from pipelines.sources.base import SourceTable, Type

DAY = date(2018, 12, 31)
QUARTER = Quarter.of(DAY)
TABLE = STAGED["staged_medical_insurance__participation"]
HEADER = "psn_no,certno,psn_name,insutype,psn_insu_stas,psn_insu_date,poor_flag,insuplc_admdvs"
KEY = ("delivery_id", *staging.ORDER)


def line(rng: random.Random, number: int) -> str:
    """A row as it should be, or one of the ways in which it is not."""
    seventeen = f"3607{rng.randrange(2, 10):02}{rng.randrange(1930, 2018)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}{rng.randrange(1000):03}"
    cells = [
        f"3600{number:08}",
        seventeen + check_character(seventeen),
        rng.choice(["张三", "王小丽", "欧阳建国"]),
        rng.choice(["310", "390"]),
        rng.choice("124"),
        f"20{rng.randrange(10, 19)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}",
        rng.choice("01"),
        "360702",
    ]
    changes: list[Callable[[], object]] = [
        lambda: cells.__setitem__(2, '"张三"'),
        lambda: cells.__setitem__(2, '"欧,阳"'),
        lambda: cells.__setitem__(2, '"张\n三"'),
        lambda: cells.__setitem__(2, '"说""三"'),
        cells.pop,
        lambda: cells.append("多"),
        cells.clear,
        lambda: cells.__setitem__(slice(None), [""] * 8),
        lambda: cells.__setitem__(slice(None), ["NULL"] * 8),
        lambda: cells.__setitem__(slice(None), [" "] * 8),
        lambda: cells.__setitem__(2, '王"五'),
        lambda: cells.__setitem__(0, f'"{cells[0]}'),
        lambda: cells.__setitem__(5, cells[5].replace("-", "/")),
        lambda: cells.__setitem__(5, f"{cells[5]} 00:00:00"),
        lambda: cells.__setitem__(5, "2018-02-30"),
        lambda: cells.__setitem__(0, f"  {cells[0]}"),
        lambda: cells.__setitem__(0, f"'{cells[0]}"),
        lambda: cells.__setitem__(0, "'"),
        lambda: cells.__setitem__(0, "NULL"),
        lambda: cells.__setitem__(2, "NULLA"),
        lambda: cells.__setitem__(7, "360702001201"),
        lambda: cells.__setitem__(7, "110101"),
        lambda: cells.__setitem__(3, "职工基本医疗保险"),
        lambda: cells.__setitem__(3, "999"),
        lambda: cells.__setitem__(6, "是"),
        lambda: cells.__setitem__(slice(None), [f'"{cell}"' for cell in cells]),
        lambda: cells.__setitem__(slice(None), [f'"{cell} "' for cell in cells]),
        lambda: cells.__setitem__(2, ""),
        lambda: cells.__setitem__(2, "\u3000李四\xa0"),
        lambda: cells.__setitem__(2, "\u2003李四\ufeff"),
        lambda: cells.__setitem__(2, "\x7f\x01李四"),
        lambda: cells.__setitem__(1, cells[1].lower()),
        lambda: cells.__setitem__(1, f"{cells[1]}\t"),
        lambda: cells.__setitem__(1, cells[1].translate(str.maketrans("0123456789X", "0123456789X"))),
        lambda: cells.__setitem__(1, "3.60702E+17"),
        lambda: cells.__setitem__(0, f"\ufeff{cells[0]}"),
        lambda: cells.__setitem__(0, "合计"),
        lambda: cells.__setitem__(2, "\x00"),
    ]
    if rng.random() < 0.08:
        rng.choice(changes)()
    return ",".join(cells)


USUAL: dict[Type, list[str]] = {
    Type.DATE: ["2015-03-04", "2018-11-30", ""],
    Type.MONTH: ["201803", "201212", ""],
    Type.SCHOOL_YEAR: ["2018-2019", ""],
    Type.INTEGER: ["3", "2018", ""],
    Type.AMOUNT: ["120.50", "0", "300", ""],
    Type.FLAG: ["是", "0", ""],
}
OTHERS: dict[Type, list[str]] = {
    Type.DATE: ["2015/3/4", "2018-02-30", "2019-05-06", "1899-12-31", "去年"],
    Type.MONTH: ["2018-03", "201813", "201912", "999912"],
    Type.SCHOOL_YEAR: ["2018—2019学年", "2018-2020"],
    Type.INTEGER: ["3.0", "-1", "三", "12345678901"],
    Type.AMOUNT: ["1,2", "300元", "-5", "1.005", "99999999999999", "多"],
    Type.FLAG: ["Y", "×", "?"],
    Type.TEXT: ["3.6E+17", "x" * 40, "'", "NULL", "\x7f1"],
    Type.NAME: ["", "张 三", "王五(去世)"],
    Type.ID_NUMBER: [
        "",
        "无",
        "36070219900101",
        "11010519491231002x",
        "110105194912310021",
        "110105491231002",
        "999105194912310021",
    ],
}


def any_line(table: SourceTable, number: int, rng: random.Random, share: float) -> str:
    """A row of any table, each of its cells now and then written in another way than the usual one."""
    seventeen = (
        f"360702{rng.randrange(1930, 2018)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}{rng.randrange(1000):03}"
    )
    cells = []
    for column in table.columns:
        usual = USUAL.get(column.type, [f"T{number}"])
        others = OTHERS.get(column.type, [])
        if column.codes:
            usual, others = [*column.codes.codes], [*column.codes.labels.values(), *column.codes.also, "?"]
        elif column.name == table.county:
            usual, others = ["360702"], ["360702001201", "110101", "361199", "某地", "南康区", "３６０７０２"]
        elif column.type is Type.ID_NUMBER:
            usual = [seventeen + check_character(seventeen)]
        cell = rng.choice(others if rng.random() < share else usual)
        cells.append(f'"{cell}"' if "," in cell else cell)
    return ",".join(cells)


def staged(
    path: Path, folder: Path, table: SourceTable = TABLE
) -> tuple[tuple[Reading, ...], Typed, Written, Written, list[tuple[object, ...]]]:
    """A file, staged: its parts, clean and quarantined rows, marks."""
    rules = rules_of(table.name)
    files: list[Reading] = []

    def read_files(take: Take | None) -> list[Reading]:
        files.extend(read(path, table, "", folder / "numbered", DAY, take=take))
        return files

    asked = Asked(table, "d", QUARTER, county_codes(QUARTER), DAY, rules)
    with TextFileEngine(2, "1GiB", folder) as engine:
        (folder / "scratch").mkdir()
        typed = read_typed(engine, folder / "scratch", asked, read_files, folder / "clean")
        kept = typed.clean
        if kept is None:
            engine.write(staging.clean_select(table, typed.rows, rules), folder / "clean")
            kept = engine.content(folder / "clean", staging.staged_columns(table), KEY)
        assert kept == engine.content(folder / "clean", staging.staged_columns(table), KEY)
        engine.write(staging.quarantine_select(table, typed.broken, typed.sent, rules), folder / "apart")
        apart = engine.content(folder / "apart", staging.QUARANTINE_COLUMNS, KEY)
        marks = sorted(engine.query(staging.count_marks_select(typed.rows)))
    return tuple(files), typed, kept, apart, marks


@pytest.mark.parametrize(
    ("seed", "end"), [(1, ""), (2, "合计,3000,,,,,,\n填表人:张三\n"), (3, "\n" * 30 + ",,,,,,,\n"), (4, '"没有')]
)
@pytest.mark.parametrize(("codec", "newline"), [("utf-8-sig", "\n"), ("gb18030", "\r\n"), ("utf-16", "\r\n")])
def test_large_files_are_staged_like_small_ones(
    seed: int, end: str, codec: str, newline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    lines = [line(rng, number) for number in range(3000)]
    if seed == 3:
        lines += ["合计,3000,,,,,,", "填表人:张三,,,,,,,"]
    path = tmp_path / "医保参保.csv"
    path.write_bytes(newline.join([HEADER, *lines, *end.split("\n")]).encode(codec, "replace"))
    assert_same_either_way(path, TABLE, monkeypatch)


@pytest.mark.parametrize("share", [0.004, 0.05])
@pytest.mark.parametrize("name", [table.name for table in STAGED.values() if not table.unique and not table.named_by])
def test_large_files_of_any_table_are_staged_like_small_ones(
    name: str, share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, rng = STAGED[name], random.Random(name)
    lines = [any_line(table, number, rng, share) for number in range(1500)]
    path = tmp_path / "sent.csv"
    path.write_text("\n".join([",".join(column.header for column in table.columns), *lines]), encoding="utf-8")
    assert_same_either_way(path, table, monkeypatch)


def assert_same_either_way(path: Path, table: SourceTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read as a small one and as a large one, with the same rows, hashes and marks."""
    folder = path.parent
    small, plainly, *same = staged(path, folder / "small", table)
    assert not small[0].plain and plainly.clean is None
    monkeypatch.setattr(delimited, "PLAIN_BYTES", 0)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 10_000)
    monkeypatch.setattr(plain, "SEGMENT_BYTES", 50_000)
    large, streamed, *found = staged(path, folder / "large", table)
    assert len(large[0].plain) > 1 and streamed.clean is not None
    assert large[0].counts == small[0].counts
    assert streamed.n_rows == plainly.n_rows == small[0].counts.rows
    differ = [
        duckdb.sql(
            f"FROM '{folder}/{one}/{part}/*.parquet' EXCEPT ALL FROM '{folder}/{other}/{part}/*.parquet'"
        ).fetchall()
        for part in ("clean", "apart")
        for one, other in (("small", "large"), ("large", "small"))
    ]
    assert differ == [[], [], [], []]
    assert found == same


def test_a_large_file_without_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "PLAIN_BYTES", 0)
    row = "3600{},36070219900101001{},张三,390,1,2015-01-01,0,360702"
    checked = [row.format(n, check_character("36070219900101001")) for n in range(3000)]
    (tmp_path / "医保参保.csv").write_text("\n".join([HEADER, *checked]), encoding="utf-8")
    _, typed, kept, apart, marks = staged(tmp_path / "医保参保.csv", tmp_path / "large")
    assert typed.clean is not None
    assert (kept.rows, apart.rows, marks) == (3000, 0, [])


def test_a_table_whose_keys_must_differ_reads_plain_lines_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = STAGED["staged_medical_insurance__settlement"]
    header = "setl_id,mdtrt_id,psn_no,certno,psn_name,med_type,medfee_sumamt,hifp_pay,setl_time,insuplc_admdvs"
    rows = [f"S{n % 2990},M{n},P{n},,张三 ,21,{n}.50,1.00,2018-11-1{n % 10},360702" for n in range(3000)]
    rows[5] = rows[5].replace("张三 ", '"张,三"')
    (tmp_path / "医保结算.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    found = []
    for name, least in (("small", 1 << 30), ("large", 0)):
        monkeypatch.setattr(delimited, "PLAIN_BYTES", least)
        files = read(tmp_path / "医保结算.csv", table, "", tmp_path / name, DAY)
        assert bool(files[0].plain) == (name == "large")
        rules = rules_of(table.name)
        asked = Asked(table, "d", QUARTER, county_codes(QUARTER), DAY, rules)
        with TextFileEngine(1, "1GiB", tmp_path) as engine:
            typed = read_typed(engine, tmp_path / name, asked, lambda _, files=files: files, tmp_path)  # type: ignore[misc]
            assert typed.clean is None
            apart = staging.quarantine_select(table, typed.broken, typed.sent, rules)
            found.append((engine.query(f"FROM {staging.parquet(typed.rows)}"), engine.query(apart)))
    assert found[0] == found[1]
    assert len(found[0][1]) == 10


def test_a_small_file_beside_a_large_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, paths = random.Random(7), [tmp_path / "甲.csv", tmp_path / "乙.csv"]
    for path, rows in zip(paths, (3000, 60), strict=True):
        path.write_text("\n".join([HEADER, *(line(rng, number) for number in range(rows))]), encoding="utf-8")
    monkeypatch.setattr(plain, "SEGMENT_BYTES", 50_000)
    found, rules = [], rules_of(TABLE.name)
    for least in (1 << 30, 50_000):
        monkeypatch.setattr(delimited, "PLAIN_BYTES", least)
        folder = tmp_path / str(least)
        asked = Asked(TABLE, "d", QUARTER, county_codes(QUARTER), DAY, rules)

        def read_files(take: Take | None, folder: Path = folder) -> list[Reading]:
            return [one for path in paths for one in read(path, TABLE, "", folder / path.stem, DAY, take=take)]

        with TextFileEngine(2, "1GiB", folder) as engine:
            typed = read_typed(engine, folder, asked, read_files, folder / "clean")
            clean = (
                staging.parquet(folder / "clean")
                if typed.clean
                else f"({staging.clean_select(TABLE, typed.rows, rules)})"
            )
            apart = f"({staging.quarantine_select(TABLE, typed.broken, typed.sent, rules)})"
            found.append([engine.query(f"FROM {rows} ORDER BY file_name, line_number") for rows in (clean, apart)])
            assert typed.n_rows == sum(map(len, found[-1]))
            assert typed.clean is None or typed.clean.rows == len(found[-1][0])
    assert found[0] == found[1]


def test_a_segment_that_cannot_be_staged_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "PLAIN_BYTES", 0)
    path = tmp_path / "医保参保.csv"
    path.write_text("\n".join([HEADER, *(line(random.Random(1), number) for number in range(300))]), encoding="utf-8")
    asked = Asked(TABLE, "d", QUARTER, county_codes(QUARTER), DAY, rules_of(TABLE.name))

    def lose_a_line(take: Take | None) -> tuple[Reading, ...]:
        assert take is not None
        return read(
            path,
            TABLE,
            "",
            tmp_path / "read",
            DAY,
            take=lambda file, one: take(file, replace(one, lines=one.lines + 1)),
        )

    with TextFileEngine(2, "1GiB", tmp_path) as engine, pytest.raises(ContractBreach, match="lines"):
        read_typed(engine, tmp_path, asked, lose_a_line, tmp_path / "clean")
    assert not [*tmp_path.glob("*clean*")]
