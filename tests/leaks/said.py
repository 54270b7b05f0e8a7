"""What commands say: everything on standard output and error, the whole traceback of what nobody caught."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import xlsxwriter

from pipelines.cli import main
from pipelines.cli.application import err, out
from pipelines.identity.review import ANSWER, HEADERS, PERSON, REASON, RECORD, TIER, TITLE
from tests.leaks.planted import Planting


def run(*words: str | Path) -> tuple[int, str]:
    """Exit code and words of a `bidui` command, run in this process."""
    said = io.StringIO()
    log = logging.StreamHandler(said)
    logging.getLogger().addHandler(log)
    try:
        with (
            redirect_stdout(said),
            redirect_stderr(said),
            # A word that is broken at the end of a line would not be found.
            patch.object(out, "_width", 100_000),
            patch.object(err, "_width", 100_000),
            patch.object(sys, "argv", ["bidui", *map(str, words)]),
        ):
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            except BaseException:
                traceback.print_exc()
                code = 1
    finally:
        logging.getLogger().removeHandler(log)
    return code, said.getvalue()


def everything(home: Path, planting: Planting, quarter: str, delivery: str, person: str) -> dict[str, str]:
    """What all commands say that read people or refuse them, by command; what they write for offices goes to `home`.

    `person` is one of them by pseudonym.

    AssertionError where one ends otherwise than it must: what was not done has said nothing.
    """
    one, county, social = planting.people[0], planting.county, "social_insurance"
    home.mkdir()
    headless = home / "名单.csv"
    headless.write_text("".join(f"{m.name},{m.id_number},{m.phone}\n" for m in planting.people), encoding="utf-8")
    named = home / f"{one.name}{one.id_number}.csv"
    named.write_bytes(headless.read_bytes())
    damaged = home / "名单.xlsx"
    damaged.write_bytes(b"PK\x03\x04" + headless.read_bytes())
    judged = {ANSWER: "是同一人", REASON: "同名", f"{RECORD}系统": "建档立卡系统", f"{RECORD}记录号": "1"}
    of_person = {f"{PERSON}系统": "城乡居民养老保险", f"{PERSON}记录号": "2", TIER: "T3"}
    wrong = _answers(home / "1.xlsx", planting, {ANSWER: f"是{one.name}", REASON: one.id_number})
    changed = _answers(home / "2.xlsx", planting, judged | {TIER: one.name})
    no_system = _answers(home / "3.xlsx", planting, judged | of_person | {f"{PERSON}系统": f"{one.name}{one.phone}"})
    sent = ("--system", "poverty_register", "--quarter", quarter, "--cut", "2018-12-31", "--sender", "乡村振兴局")
    held = ("--system", social, "--delivery", delivery, "--rule", "insured_fell")
    reason = f"{one.name}({one.id_number})属实"
    commands: list[tuple[int, tuple[str | Path, ...]]] = [
        (0, ("status",)),
        (0, ("status", "--json")),
        (0, ("status", "--calendar", "--quarter", quarter)),
        (0, ("explain", "--measure", "M03", "--region", county, "--quarter", quarter)),
        (0, ("explain", "--person", person, "--quarter", quarter)),
        (0, ("explain", "--person", person, "--json")),
        (0, ("lists", "--quarter", quarter, "--county", county, "--out", home)),
        (0, ("lists", "--quarter", quarter, "--office", "pension", "--out", home)),
        (0, ("lists", "--log")),
        (0, ("quarantine", "--system", social, "--delivery", delivery, "--out", home / "back.xlsx")),
        (0, ("review", "--quarter", quarter, "--draw", "3", "--out", home / "review.xlsx")),
        *((1, ("review", "--in", answers, "--by", "核定人")) for answers in (wrong, changed, no_system)),
        (1, ("review", "--in", damaged, "--by", "核定人")),
        (1, ("overrule", *held, "--reason", reason)),
        (1, ("access", "grant", "county_marked", "--role", "county", "--region", county, "--reason", reason)),
        (0, ("access", "list")),
        *((3, ("deliver", *sent, "--file", f"person={file}")) for file in (headless, named, damaged)),
        (0, ("retain", "--dry-run")),
        (4, ("run",)),
    ]
    told = {}
    for number, (code, words) in enumerate(commands):
        ended, said = run(*words)
        assert ended == code, (words[0], ended, said)
        told[f"{number} {words[0]}"] = said
    return told


def _answers(path: Path, planting: Planting, cells: Mapping[str, str]) -> Path:
    """A review's workbook as an office might send it back: people in every cell but those that are given."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(TITLE)
        sheet.write_string(0, 0, f"{TITLE} 2018Q4(待核定建议){planting.people[0].name}")
        for place, header in enumerate(HEADERS):
            sheet.write_string(2, place, header)
            for line, one in enumerate(planting.people, 3):
                sheet.write_string(line, place, cells.get(header, one.id_number if "号" in header else one.name))
    return path
