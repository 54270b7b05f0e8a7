"""Files of offices never seen here are read without a change of code: every row clean, every value what it says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from expectations import rules_of
from pipelines.deliveries.asked import Asked
from pipelines.deliveries.manifest import deliver
from pipelines.deliveries.readers import read
from pipelines.deliveries.reasons import Refused
from pipelines.deliveries.staging import is_quarantined
from pipelines.deliveries.typed import write_typed
from pipelines.deliveries.verify import verify
from pipelines.engines.text_files import TextFileEngine
from pipelines.periods import Quarter
from pipelines.sources import SOURCES, STAGED
from tests.contracts.rows import clean_row, id_number
from tests.contracts.unseen import FILES

QUARTER, CUT_DATE, NOW = Quarter(2018, 4), date(2018, 12, 31), datetime(2019, 1, 10, tzinfo=UTC)
IDS = {f"{{{number}}}": id_number(number) for number in (1, 2)}


@dataclass(frozen=True)
class Unseen:
    system: str
    entity: str
    form: str
    titles: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]  # headers, then rows
    expected: tuple[dict[str, str], ...]


def _filled(text: str) -> str:
    for mark, number in IDS.items():
        text = text.replace(mark, number)
    return text.replace("⏎", "\n")


def _unseen() -> Iterator[Unseen]:
    for block in FILES.strip().split("\n\n"):
        head, *lines = block.split("\n")
        name, form, *titles = head.split(" ", 2)
        system, entity = name.split(".")
        expected = [
            dict(pair.split("=", 1) for pair in _filled(line[2:]).split("; ")) for line in lines if line[0] == "→"
        ]
        cells = [tuple(_filled(cell) for cell in line.split("|")) for line in lines if line[0] != "→"]
        above = tuple(_filled(titles[0]).split("\n")) if titles and form == "book" else ()
        yield Unseen(system, entity, f"{form} {titles[0]}" if titles else form, above, tuple(cells), tuple(expected))


UNSEEN = list(_unseen())


def _write(unseen: Unseen, folder: Path) -> Path:
    form = unseen.form.split(" ")[0]
    if form == "book":
        path = folder / f"{unseen.titles[0]}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("Sheet1")
            lines = [*([title] for title in unseen.titles), *unseen.cells]
            for number, line in enumerate(lines):
                for place, text in enumerate(line, 1):
                    sheet.write_string(number, place, text)
            first = len(unseen.titles)
            sheet.write_string(first, 0, "序号")
            for number in range(1, len(unseen.cells)):
                sheet.write_number(first + number, 0, number)
            sheet.write_string(len(lines), 0, "合计")
            sheet.write_string(len(lines) + 1, 0, "填表人:")
        return path
    encoding, delimiter = {"csv": ("gb18030", ","), "gbk|": ("gbk", "|"), "utf16⇥": ("utf-16", "\t")}[form]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(unseen.cells)
    path = folder / "数据.txt"
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextFileEngine]:
    with TextFileEngine(1, "512MiB", tmp_path_factory.mktemp("engine")) as engine:
        yield engine


def test_every_table_has_such_a_file() -> None:
    assert {f"staged_{one.system}__{one.entity}" for one in UNSEEN} == set(STAGED)


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda one: f"{one.system}.{one.entity}-{one.form}")
def test_what_domain_describes_is_read(unseen: Unseen, engine: TextFileEngine, tmp_path: Path) -> None:
    table = next(table for table in SOURCES[unseen.system].tables if table.entity == unseen.entity)
    scope = ["360731"] if unseen.form.endswith(" county") else "province"
    files = {unseen.entity: [_write(unseen, tmp_path)]}
    folder = deliver(files, unseen.system, QUARTER, scope, CUT_DATE, "某某局", 1, tmp_path / "landing")
    findings = verify(folder, unseen.system, NOW)
    assert findings.reasons == []
    (file,) = findings.files
    rules = rules_of(table.name)
    readings = read(folder / file["name"], table, file["read_as"], tmp_path / "numbered", CUT_DATE)
    asked = Asked(table, "d", QUARTER, findings.counties, CUT_DATE, rules)
    typed = write_typed(engine, tmp_path / "scratch", asked, readings)
    assert typed.n_rows == len(unseen.expected)
    source = f"read_parquet('{typed.rows}/*.parquet', hive_partitioning=false)"
    assert engine.query(f"SELECT broken_rules FROM {source} WHERE {is_quarantined(rules)}") == []
    for number, wanted in enumerate(unseen.expected):
        names = ", ".join(f'"{name}"' for name in wanted)
        (found,) = engine.query(f"SELECT {names} FROM {source} ORDER BY line_number LIMIT 1 OFFSET {number}")
        assert dict(zip(wanted, map(str, found), strict=True)) == wanted


def test_a_file_without_any_place_is_refused_where_it_could_be_about_several_counties(tmp_path: Path) -> None:
    table = STAGED["staged_deaths__death"]
    sent = {c.header: cell for c in table.columns if not c.optional and (cell := clean_row(table, 1)[c.name])}
    path = tmp_path / "死亡.csv"
    path.write_text("\n".join((",".join(sent), ",".join(sent.values()))) + "\n", encoding="utf-8")
    with pytest.raises(Refused) as raised:
        deliver({"death": [path]}, "deaths", QUARTER, "province", CUT_DATE, "某某局", 1, tmp_path)
    (reason,) = raised.value.reasons
    assert reason.code == "no_place"
    assert "按县分" in reason.mend


def test_tables_whose_county_another_table_knows_need_none(engine: TextFileEngine, tmp_path: Path) -> None:
    table = STAGED["staged_technical_school__fee_waiver"]
    path = tmp_path / "免学费.csv"
    path.write_text(f"学籍编号,姓名,证件号码,开始日期\nG1,张三,{id_number(1)},2018-09-01\n", encoding="utf-8")
    folder = deliver({"fee_waiver": [path]}, "technical_school", QUARTER, "province", CUT_DATE, "某某局", 1, tmp_path)
    findings = verify(folder, "technical_school", NOW)
    assert findings.reasons == []
    readings = read(folder / path.name, table, "", tmp_path / "numbered", CUT_DATE)
    rules = rules_of(table.name)
    asked = Asked(table, "d", QUARTER, findings.counties, CUT_DATE, rules)
    typed = write_typed(engine, tmp_path / "scratch", asked, readings)
    found = engine.query(f"SELECT hukou_code, broken_rules FROM read_parquet('{typed.rows}/*.parquet')")
    assert found == [("360000", [])]
