"""The review of links: a workbook for the office that judges them, and its answers on the way back.

It asks of suggestions, or of a sample of the automatic links. The workbook holds personal data, record and person side by
side: it is for the offices that judge, and nobody else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import regions
from pipelines.engines.duckdb import connect, without_values
from pipelines.errors import ContractBreach, NotReady
from pipelines.identity.decisions import DRAW, MUST_LINK, NEVER_LINK, SUGGESTION, Decision, Record, decide
from pipelines.lake import Lake
from pipelines.periods import Quarter, now
from pipelines.releases import Release, all_releases, latest
from pipelines.scratch import WorkFolder
from pipelines.settings import settings
from pipelines.sources import SOURCES

TITLE = "同一人核定表"
BASES = {SUGGESTION: "待核定建议", DRAW: "自动关联抽查"}
TIERS = ("T1", "T2", "T3", "T5", "T6")
ANSWER, REASON = "核定结果", "核定理由"
ANSWERS = {"是同一人": MUST_LINK, "不是同一人": NEVER_LINK}
UNDECIDED = "无法判断"
_FIELDS = {
    "system": "系统",
    "record_number": "记录号",
    "name": "姓名",
    "id_number": "证件号码",
    "sex_code": "性别",
    "birth_date": "出生日期",
    "county": "县区",
    "region_code": "区划代码",
    "household_number": "户编号",
    "phone": "联系电话",
}
RECORD, PERSON = "记录", "人员"
_COLUMNS = [name if name != "county" else "county_code" for name in _FIELDS]
_SIDES = ", ".join(f"{side}.{column}" for side in ("r", "p") for column in _COLUMNS)
TIER = "级别"
_EVIDENCE = (TIER, "证据分", "证据")
HEADERS = (
    ANSWER, REASON,
    *(f"{RECORD}{label}" for label in _FIELDS.values()),
    *(f"{PERSON}{label}" for label in _FIELDS.values()),
    *_EVIDENCE,
)  # fmt: skip
_SEX = {"1": "男", "2": "女"}
_QUARTER = re.compile(r"\d{4}Q[1-4]")


@dataclass(frozen=True)
class Exported:
    """Suggestions written for review; `path` is None where there are none."""

    quarter: str
    release: int
    suggestions: int
    path: str | None


@dataclass(frozen=True)
class Drawn:
    """Automatic links written for review, by tier; `path` is None where there are none."""

    quarter: str
    release: int
    links: Mapping[str, int]
    path: str | None


@dataclass(frozen=True)
class Answered:
    """What came back: decisions appended, and rows left undecided."""

    quarter: str
    must_link: int
    never_link: int
    undecided: int


def export(quarter: Quarter, county: str | None, path: Path) -> Exported:
    """Write the suggestions of a quarter's newest release, of one county (the record's or the person's) or of all.

    The person stands there with the record believed first. NotReady where the quarter has not been linked.
    """
    release = _release(quarter)
    rows = _suggestions(Lake(), release, county)
    if rows:
        _write(path, release, SUGGESTION, rows)
    return Exported(quarter.key, release.release, len(rows), str(path) if rows else None)


def draw(quarter: Quarter, number: int, county: str | None, path: Path) -> Drawn:
    """Write a sample of a quarter's automatic links, up to `number` of each tier, that nobody has judged yet.

    The lowest hashes of record and quarter are drawn: the same release gives the same sample, and no cell is favoured.
    With a county (the record's or the person's) its part of the province's sample is written, so that the parts of all
    counties are together what would have been drawn at once. NotReady where the quarter has not been measured.
    """
    release = _release(quarter)
    rows = _sample(Lake(), release, number, county)
    if rows:
        _write(path, release, DRAW, rows)
    tiers = Counter(row[HEADERS.index(TIER) - 2] for row in rows)
    return Drawn(quarter.key, release.release, dict(sorted(tiers.items())), str(path) if rows else None)


def _release(quarter: Quarter) -> Release:
    release = latest(all_releases(), quarter)
    if release is None:
        raise NotReady(f"{quarter} has no release yet")
    return release


def _suggestions(lake: Lake, release: Release, county: str | None) -> list[tuple[str, ...]]:
    own = settings()
    candidates, evidence = (lake.files_of(release, name) for name in ("core_link_candidate", "core_evidence"))
    with (
        WorkFolder(own.scratch, "review") as folder,
        without_values(),
        connect(own.threads, own.memory_limit, folder) as connection,
    ):
        # A record may come in several forms; the strongest stands for all.
        found = connection.execute(
            f"""
            WITH said AS (SELECT * FROM read_parquet('{evidence}/*.parquet')),
            persons AS (
                SELECT * FROM said WHERE entity = 'record' AND cluster IS NOT NULL
                QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY system_rank, record_number, name) = 1
            )
            SELECT {_SIDES}, c.tier, c.points, c.evidence
            FROM read_parquet('{candidates}/*.parquet') AS c
            JOIN said AS r ON (r.system, r.entity, r.record_number, r.name) = (c.system, c.entity, c.record_number, c.name)
                AND r.id_key IS NOT DISTINCT FROM c.id_key
            JOIN persons AS p ON p.cluster = c.cluster
            WHERE c.decision = 'review' AND c.is_queued AND ($county IS NULL OR $county IN (r.county_code, p.county_code))
            QUALIFY row_number() OVER (
                PARTITION BY c.system, c.record_number, c.cluster ORDER BY c.points DESC, c.match_weight DESC, c.entity, c.name) = 1
            ORDER BY p.county_code, p.region_code, p.record_number, c.points DESC, r.system, r.record_number
            """,
            {"county": county},
        ).fetchall()
    return _lines(release, found)


def _sample(lake: Lake, release: Release, number: int, county: str | None) -> list[tuple[str, ...]]:
    own = settings()
    tables = ("core_link_group", "core_link", "core_link_verdict", "core_evidence")
    groups, links, verdicts, evidence = (f"{lake.files_of(release, name)}/*.parquet" for name in tables)
    insured = " UNION ALL BY NAME ".join(
        f"SELECT '{system}' AS system, '{entity}' AS entity, *"
        f" FROM read_parquet('{lake.files_of(release, table)}/*.parquet') WHERE id_key IS NOT NULL"
        for system, entity, table in (
            ("social_insurance", "participation", "core_pension_participation"),
            ("social_insurance", "payment", "core_pension_payment"),
            ("medical_insurance", "participation", "core_medical_participation"),
        )
    )
    with (
        WorkFolder(own.scratch, "review") as folder,
        without_values(),
        connect(own.threads, own.memory_limit, folder) as connection,
    ):
        # core_evidence lacks the insured rows that an ID number links.
        found = connection.execute(
            f"""
            WITH drawn AS (
                SELECT g.* FROM read_parquet('{groups}') AS g
                WHERE g.is_link AND g.tier IN {TIERS} AND NOT EXISTS (
                    FROM read_parquet('{verdicts}') AS v
                    WHERE (v.system, v.record_number, v.person_system, v.person_record_number)
                        IN ((g.system, g.record_number, g.person_system, g.person_record_number),
                            (g.person_system, g.person_record_number, g.system, g.record_number))
                )
                QUALIFY row_number() OVER (
                    PARTITION BY g.tier
                    ORDER BY sha256(concat_ws(chr(31), g.system, g.record_number, $quarter)), g.system, g.record_number, g.person_system, g.person_record_number) <= $number
            ),
            said AS (
                SELECT * FROM read_parquet('{evidence}')
                UNION ALL BY NAME
                SELECT * FROM ({insured})
            ),
            told AS (
                SELECT * FROM said SEMI JOIN drawn USING (system, entity, record_number, name)
                QUALIFY row_number() OVER (
                    PARTITION BY system, entity, record_number, name, id_key ORDER BY {", ".join(_COLUMNS)}) = 1
            )
            SELECT {_SIDES}, g.tier, NULL, coalesce(l.evidence, 'id=exact; name=' || l.name_level)
            FROM drawn AS g
            JOIN read_parquet('{links}') AS l ON (l.system, l.entity, l.record_number, l.name) = (g.system, g.entity, g.record_number, g.name)
                AND l.id_key IS NOT DISTINCT FROM g.id_key
            JOIN told AS r ON (r.system, r.entity, r.record_number, r.name) = (g.system, g.entity, g.record_number, g.name)
                AND r.id_key IS NOT DISTINCT FROM g.id_key
            JOIN said AS p ON p.entity = 'record' AND (p.system, p.record_number) = (g.person_system, g.person_record_number)
            WHERE $county IS NULL OR $county IN (r.county_code, p.county_code)
            ORDER BY p.county_code, p.region_code, p.record_number, r.system, r.record_number
            """,
            {"county": county, "quarter": release.quarter.key, "number": number},
        ).fetchall()
    return _lines(release, found)


def _lines(release: Release, found: Sequence[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    names = {division.region_code: division.name for division in regions.divisions(release.quarter.last_day, "county")}
    fields = (*_COLUMNS, *_COLUMNS, *_EVIDENCE)
    return [tuple(_shown(field, value, names) for field, value in zip(fields, row, strict=True)) for row in found]


def _shown(field: str, value: Any, counties: Mapping[str, str]) -> str:
    text = "" if value is None else str(value)
    match field:
        case "system":
            return SOURCES[text].zh if text in SOURCES else text
        case "sex_code":
            return _SEX.get(text, "")
        case "county_code":
            return counties.get(text, text)
    return text


def _write(path: Path, release: Release, basis: str, rows: Sequence[tuple[str, ...]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2", "border": 1})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(TITLE)
        told = f"{TITLE} {release.quarter.key}(发布号 {release.release},{BASES[basis]});含个人信息,仅供核定单位使用"
        sheet.write_string(0, 0, told)
        sheet.write_string(
            1,
            0,
            f"在“{ANSWER}”选“{'”或“'.join(ANSWERS)}”并写明理由;判断不了的留空或选“{UNDECIDED}”。其余各列请勿改动。",
        )
        for column, header in enumerate(HEADERS):
            sheet.write_string(2, column, header, head)
        for line, row in enumerate(rows, 3):
            for column, value in enumerate(("", "", *row)):
                sheet.write_string(line, column, value, text)
        sheet.data_validation(3, 0, 2 + len(rows), 0, {"validate": "list", "source": [*ANSWERS, UNDECIDED]})
        sheet.set_column(0, len(HEADERS) - 1, 14)
        sheet.set_column(1, 1, 30)
        sheet.set_column(len(HEADERS) - 1, len(HEADERS) - 1, 60)
        sheet.freeze_panes(3, 2)


def take_back(path: Path, decided_by: str) -> Answered:
    """Append the answers of a filled workbook. ContractBreach, and nothing is appended, where one cannot be read."""
    quarter, basis, rows = _read(path)
    systems = {source.zh: name for name, source in SOURCES.items()}
    decisions, undecided, faults = [], 0, []
    for line, row in rows:
        answer = row[ANSWER].strip()
        if answer in ("", UNDECIDED):
            undecided += 1
            continue
        sides = [(systems.get(row[f"{side}系统"], ""), row[f"{side}记录号"]) for side in (RECORD, PERSON)]
        if answer not in ANSWERS:
            faults.append(f"第{line}行:“{ANSWER}”只能是{'、'.join((*ANSWERS, UNDECIDED))}")
        elif not row[REASON].strip():
            faults.append(f"第{line}行:请写明“{REASON}”")
        elif not all(system and number for system, number in sides):
            faults.append(f"第{line}行:系统或记录号被改动,请从原表复制")
        elif row[TIER] not in TIERS:
            faults.append(f"第{line}行:“{TIER}”被改动,请从原表复制")
        else:
            record, person = (Record(system, number) for system, number in sides)
            decisions.append(Decision(record, person, ANSWERS[answer], row[REASON], decided_by, row[TIER], basis))
    if faults:
        raise ContractBreach(f"{path.name}: nothing was taken in. {';'.join(faults[:20])}")
    decide(decisions, quarter, now(), "workbook")
    linked = sum(one.outcome == MUST_LINK for one in decisions)
    return Answered(quarter.key, linked, len(decisions) - linked, undecided)


def _read(path: Path) -> tuple[Quarter, str, list[tuple[int, dict[str, str]]]]:
    """Quarter, basis and rows by line. Workbooks of before there were samples name no basis: they ask of suggestions."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(TITLE).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise ContractBreach(f"{path.name} is no review workbook: it has no readable sheet “{TITLE}”") from error
    told = _QUARTER.search(str(lines[0][0])) if lines and lines[0] else None
    if told is None or len(lines) < 3 or [str(cell).strip() for cell in lines[2][: len(HEADERS)]] != list(HEADERS):
        raise ContractBreach(
            f"{path.name}: title or headers were changed; fill in the workbook as `bidui review` wrote it"
        )
    rows = [
        (number, {header: str(cell) for header, cell in zip(HEADERS, line, strict=False)})
        for number, line in enumerate(lines[3:], 4)
        if any(str(cell).strip() for cell in line)
    ]
    return Quarter.parse(told[0]), DRAW if BASES[DRAW] in str(lines[0][0]) else SUGGESTION, rows
