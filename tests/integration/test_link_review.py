"""Suggested links and a sample of the automatic ones go out to an office in a workbook and come back as decisions that outlive every run."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from typer.testing import CliRunner

from pipelines import regions
from pipelines.cli import app
from pipelines.deliveries.ledger import warehouse_engine
from pipelines.deliveries.manifest import deliver
from pipelines.errors import ContractBreach
from pipelines.identity import review
from pipelines.identity.decisions import MUST_LINK, NEVER_LINK
from pipelines.identity.evaluation.sample import MIXES
from pipelines.periods import Quarter
from pipelines.runner import run_all
from pipelines.sample import make_province
from pipelines.sample.run import deliver_sample, outbox
from pipelines.settings import settings
from pipelines.sources import SOURCES, STAGED
from pipelines.warehouse import schema

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900), pytest.mark.minutes(4)]
QUARTER = Quarter(2018, 3)
SYSTEMS = (
    "poverty_register", "civil_affairs", "employment_platform", "technical_school", "yulu", "social_insurance",
    "medical_insurance",
)  # fmt: skip


def _decisions(release: int) -> list[str]:
    folder = settings().lake / f"core/core_link/quarter={QUARTER}/release={release}"
    return [
        str(one) for one in ds.dataset(str(folder), format="parquet").to_table(["decision"])["decision"].to_pylist()
    ]


def _links(release: int) -> dict[tuple[str, str], tuple[str, str | None, str | None]]:
    folder = settings().lake / f"core/core_link/quarter={QUARTER}/release={release}"
    rows = ds.dataset(str(folder), format="parquet").to_table().to_pylist()
    return {
        (r["system"], r["record_number"]): (r["tier"], r["decision"], r["cluster"])
        for r in rows
        if r["entity"] == "record"
    }


def _filled(path: Path, answers: dict[int, tuple[str, str]], tier: str | None = None) -> Path:
    """The workbook with the answers of some of its lines, counted from 0; `tier`: with another tier in these."""
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(review.TITLE).to_python(skip_empty_area=False)
    filled = path.with_stem(f"{path.stem}-filled")
    with xlsxwriter.Workbook(str(filled)) as book:
        sheet = book.add_worksheet(review.TITLE)
        for number, line in enumerate(lines):
            cells = [str(cell) for cell in line]
            if number - 3 in answers:
                cells[:2] = answers[number - 3]
                cells[review.HEADERS.index(review.TIER)] = tier or cells[review.HEADERS.index(review.TIER)]
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell)
    return filled


def _asked(path: str) -> list[dict[str, str]]:
    """The lines of a workbook by header."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(review.TITLE).to_python(skip_empty_area=False)
    assert tuple(rows[2]) == review.HEADERS
    return [dict(zip(review.HEADERS, map(str, row), strict=True)) for row in rows[3:]]


def _sides(row: dict[str, str]) -> list[tuple[str, str]]:
    systems = {source.zh: name for name, source in SOURCES.items()}
    return [(systems[row[f"{side}系统"]], row[f"{side}记录号"]) for side in ("记录", "人员")]


def _quality(release: int) -> dict[str, dict[str, Any]]:
    """The rows of mart_link_quality about everybody, by tier."""
    folder = settings().lake / f"mart/mart_link_quality/quarter={QUARTER}/release={release}"
    rows = ds.dataset(str(folder), format="parquet").to_table().to_pylist()
    return {row["tier"]: row for row in rows if row["cut"] == "total"}


def _review(*options: str) -> dict[str, Any]:
    """What `bidui review` answers."""
    done = CliRunner().invoke(app, ["review", *options, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _corrections_close(newer: int, cause: str) -> int:
    """Of every measure a release differs from the one before by `cause` alone, to the person; how many people that is."""
    totals = []
    for release in (newer - 1, newer):
        folder = settings().lake / f"mart/mart_coverage/quarter={QUARTER}/release={release}"
        rows = ds.dataset(str(folder), format="parquet").to_table().to_pylist()
        whole = [row for row in rows if (row["region_code"], row["cut"]) == ("36", "total") and row["has_data"]]
        totals.append({row["measure_code"]: (row["n_denominator"], row["n_numerator"]) for row in whole})
    people = 0
    for measure, (denominator, numerator) in totals[1].items():
        words = ["explain", "--measure", measure, "--quarter", QUARTER.key, "--against", str(newer - 1)]
        said = json.loads(CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False).stdout)
        before = totals[0][measure]
        assert (said["denominator"], said["numerator"]) == (denominator - before[0], numerator - before[1])
        assert {one["cause"] for one in said["causes"]} <= {cause}, said
        people += sum(one["people"] for one in said["causes"])
    return people


def _send_register_again(county: str) -> int:
    """The county's clean rows of the register once more, later and without every third person; how many are left out."""
    table = STAGED["staged_poverty_register__person"]
    folder = settings().lake / f"staged/{table.name}/quarter={QUARTER}"
    rows = ds.dataset(str(folder), format="parquet").to_table(filter=ds.field("county_code") == county).to_pylist()
    file = settings().home / "again.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow([column.header for column in table.columns])
        for number, row in enumerate(rows):
            if number % 3:
                cells = [row[column.name] for column in table.columns]
                writer.writerow([("否", "是")[cell] if isinstance(cell, bool) else cell for cell in cells])
    deliver({table.entity: [file]}, table.source, QUARTER, [county], QUARTER.last_day, "扶贫办", 2, settings().landing)
    return len(range(0, len(rows), 3))


def test_answers_come_back_are_kept_and_change_the_links(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDUI_SETTLE_MINUTES", "0")  # the other systems send nothing, and are past their day
    settings.cache_clear()
    make_province(
        0.004, [QUARTER], 36, outbox(), truth_folder=None, reference=settings().reference, defects_file=MIXES["hard"],
        habits=0, systems=SYSTEMS, split="province",
    )  # fmt: skip
    # Of the few people here the queue would leave out most suggestions.
    own, whole_queue = settings().reference / "parameters.toml", "[review_queue_per_mille]\nvalue = 1000\n"
    own.write_text(whole_queue, encoding="utf-8")
    deliver_sample()
    run_all(None, None)
    before = _links(1)
    sent = _review("--quarter", QUARTER.key, "--out", str(tmp_path / "review.xlsx"))
    book = Path(sent["path"])
    asked = _asked(str(book))
    assert len(asked) == sent["suggestions"]
    # Records without a usable number, linked to nobody, which may be one person and no other: each answer settles one line.
    sides = [_sides(row) for row in asked]
    choices, together = Counter(record for record, _ in sides), Counter(cluster for *_, cluster in before.values())
    lone = [
        line
        for line, (record, _) in enumerate(sides)
        if choices[record] == 1 and record in before and together[before[record][2]] == 1
        and before[record][0] == "no_usable_id"
    ]  # fmt: skip
    yes, no, unsure = lone[:3]
    one_county = review.export(QUARTER, "360102", tmp_path / "county.xlsx")
    assert one_county.suggestions < sent["suggestions"]

    for bad in ({yes: ("也许", "看着像")}, {yes: ("是同一人", " ")}):
        with pytest.raises(ContractBreach, match="第"):
            review.take_back(_filled(book, bad), "李干事")
    with pytest.raises(ContractBreach, match="级别"):
        review.take_back(_filled(book, {yes: ("是同一人", "入户核实")}, tier="official"), "李干事")
    filled = _filled(book, {yes: ("是同一人", "入户核实"), no: ("不是同一人", "同名"), unsure: ("无法判断", "")})
    taken = _review("--in", str(filled), "--by", "李干事")
    assert (taken["quarter"], taken["must_link"], taken["never_link"]) == (QUARTER.key, 1, 1)
    assert taken["undecided"] == sent["suggestions"] - 2

    with warehouse_engine().begin() as connection:
        kept = (
            connection.execute(select(schema.link_decision).order_by(schema.link_decision.c.decision)).mappings().all()
        )
        assert sorted(row["outcome"] for row in kept) == [MUST_LINK, NEVER_LINK]
        assert {row["decided_by"] for row in kept} == {"李干事"}
    for change in ("UPDATE casework.link_decision SET reason = 'x'", "DELETE FROM casework.link_decision"):
        with pytest.raises(SQLAlchemyError, match="only added"), warehouse_engine().begin() as connection:
            connection.execute(text(change))

    # A sample of the automatic links: the same each time, a county's part of it, judged like suggestions.
    drawn = _review("--quarter", QUARTER.key, "--draw", "5", "--out", str(tmp_path / "draw.xlsx"))
    links = _asked(drawn["path"])
    assert Counter(row[review.TIER] for row in links) == drawn["links"]
    assert drawn["links"].keys() >= {"T1", "T3", "T5"} and max(drawn["links"].values()) == 5
    _review("--quarter", QUARTER.key, "--draw", "5", "--out", str(tmp_path / "twice.xlsx"))
    assert _asked(str(tmp_path / "twice.xlsx")) == links
    counties = {row[f"{side}县区"] for row in links for side in ("记录", "人员")}
    codes = {one.name: one.region_code for one in regions.divisions(QUARTER.last_day, "county")}
    parts = [review.draw(QUARTER, 5, codes[county], tmp_path / f"{county}.xlsx") for county in counties]
    pieces = [_asked(part.path) for part in parts if part.path]
    assert {str(row) for piece in pieces for row in piece} == {str(row) for row in links}
    for row in links:
        record, person = _sides(row)
        assert record != person and row["记录姓名"] and row["人员姓名"]
        if record in before:
            assert before[record] == (row[review.TIER], "auto", before[person][2])
    of_universe = [line for line, row in enumerate(links) if _sides(row)[0] in before]
    wrong, right = of_universe[:2]
    moved = [str(row[review.TIER]) for row in links]
    filled = _filled(Path(drawn["path"]), {wrong: ("不是同一人", "两人"), right: ("是同一人", "已核实")})
    taken = _review("--in", str(filled), "--by", "李干事")
    assert (taken["must_link"], taken["never_link"], taken["undecided"]) == (1, 1, len(links) - 2)
    with warehouse_engine().begin() as connection:
        kept = connection.execute(select(schema.link_decision.c["tier", "basis"])).all()
    assert Counter(kept) == Counter(
        [(asked[yes][review.TIER], "suggestion"), (asked[no][review.TIER], "suggestion")]
        + [(moved[line], "draw") for line in (wrong, right)]
    )

    assert {row["n_reviewed"] for row in _quality(1).values()} == {0}
    told: list[str] = []
    done = run_all(None, told.append)
    assert QUARTER.key in done.computed
    # With a record go the insured rows that stand with it.
    moved_rows = sum(decision in (MUST_LINK, NEVER_LINK) for decision in _decisions(2))
    assert moved_rows >= 2
    assert any(f"; 4 decisions in force, {moved_rows} records stand elsewhere" in line for line in told), told
    with warehouse_engine().connect() as connection:
        lagging = connection.execute(text("SELECT count(*) FROM mart.mart_linkage WHERE is_lagging")).scalar_one()
    (measured,) = (line for line in told if f"{QUARTER.key} measure:" in line)
    assert (f"linkage lags in {lagging} groups" in measured) == bool(lagging), measured
    after = _links(2)
    linked, person = sides[yes]
    assert after[linked] == ("official", MUST_LINK, after[person][2])
    parted, _ = _sides(links[wrong])
    assert after[parted] == ("kept_apart", NEVER_LINK, ":".join(parted))
    assert {key: row for key, row in after.items() if key not in (linked, parted)} == {
        key: row for key, row in before.items() if key not in (linked, parted)
    }
    assert _corrections_close(2, "link_changed")
    quality = _quality(2)
    reviewed, confirmed = Counter([moved[wrong], moved[right]]), Counter([moved[right]])
    for tier, row in quality.items():
        if tier in review.TIERS:
            assert (row["n_reviewed"], row["n_confirmed"]) == (reviewed[tier], confirmed[tier])
            assert (row["precision_estimate"] is None) == (not reviewed[tier])
    waiting = quality["suggestion"]
    assert (waiting["n_reviewed"], waiting["n_confirmed"], waiting["precision_estimate"]) == (2, 1, Decimal("0.5"))
    again = _review("--quarter", QUARTER.key, "--draw", "100000", "--out", str(tmp_path / "all.xlsx"))
    left = [tuple(_sides(row)) for row in _asked(again["path"])]
    assert not {tuple(_sides(links[line])) for line in (wrong, right)} & set(left)
    assert (
        sum(again["links"].values())
        == len(set(left))
        == sum(quality[t]["n_links"] for t in review.TIERS if t in quality) - 1
    )
    again = _review("--quarter", QUARTER.key, "--out", str(tmp_path / "again.xlsx"))
    assert again["suggestions"] == sent["suggestions"] - 2
    rows = CalamineWorkbook.from_path(again["path"]).get_sheet_by_name(review.TITLE).to_python(skip_empty_area=False)
    numbers = {row[review.HEADERS.index("记录记录号")] for row in rows[3:]}
    assert [sides[line][0][1] in numbers for line in (yes, no, unsure)] == [False, False, True]
    assert not run_all(None, None).computed  # nothing new was decided

    # A county sends its register again, then a parameter changes: each shows up as what it is.
    left_out = _send_register_again("360731")
    assert run_all(None, None).computed == (QUARTER.key,)
    assert _corrections_close(3, "source_corrected:poverty_register") >= left_out
    own.write_text(f"{whole_queue}[pension_from_age]\nvalue = 18\n", encoding="utf-8")
    assert run_all(None, None).computed == (QUARTER.key,)
    assert _corrections_close(4, "parameter_changed")
