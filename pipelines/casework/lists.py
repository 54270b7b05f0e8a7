"""The lists a county visits by: one workbook a county, a sheet a town, households together, the reason in words.

A list shows only the county's own people, by name and masked ID number; officials write their answers beside each case,
under the headers that the template of the verification feedback has, so that the filled workbook is a delivery of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import pseudonyms, regions
from pipelines.casework import exports
from pipelines.casework.evidence import in_words
from pipelines.casework.release import computed, folder_of
from pipelines.casework.workbooks import Book, Heading, masked, workbook
from pipelines.deliveries.template import sheet_columns
from pipelines.lake import Lake
from pipelines.measures.checks import OPEN
from pipelines.measures.explain import words
from pipelines.periods import Quarter
from pipelines.releases import Release
from pipelines.sources.verification_feedback import CATEGORY, CLASSES, FINDING

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS: Mapping[str, Sequence[str]] = {
    "mart_case": (
        "case_code", "check_code", "finding_code", "subject_code", "person_key", "county_code", "town_code", "village_code",
        "household_number", "case_state_code", "first_quarter", "last_quarter", "n_quarters", "n_months", "finding_amount",
    ),
    "mart_case_evidence": ("case_code", "system", "entity", "delivery_id", "file_name", "line_number"),
    "mart_check": ("check_code", "check_name", "finding_code", "finding_text", "action_text", "office"),
    "core_person": ("person_key", "name", "id_key"),
}  # fmt: skip
_FILLED = {
    "category_code": 12, "remark": 14, "verified_date": 9, "clerk_name": 7,
    "death_month": 10, "corrected_number": 20, "corrected_name": 10,
}  # fmt: skip
PRINTED = 4  # of the columns to fill in; the others lie right of what is printed
_HEADERS = {column.column.name: column.header for column in sheet_columns(FINDING) if column.column is not None}
_FEEDBACK = tuple(Heading(_HEADERS[name], width, True) for name, width in _FILLED.items())
_REASON = (
    Heading(_HEADERS["check_code"], 11), Heading("疑点", 18), Heading("依据", 24), Heading("请核实", 20), Heading("责任处室", 8),
    Heading("首次季度", 7), Heading("季度数", 5), Heading("状态", 5),
)  # fmt: skip
_WHO = (
    Heading(_HEADERS["village_name"], 9), Heading("户编号", 10), Heading(_HEADERS["name"], 8),
    Heading(_HEADERS["id_number"], 18),
)  # fmt: skip
_CASE = (Heading(_HEADERS["village_code"], 14), Heading(_HEADERS["issue_number"], 30))
# A body has neither name nor category: under other headers the sheet stays out of the feedback's tables.
_BODY = (Heading("对象编号", 24), Heading("核对", 14), *_REASON[1:])
_BODY_ANSWER = (Heading("核实情况", 24, True), Heading("核实日期", 10, True), Heading("核实人员", 9, True))
_BODY_CASE = (Heading("核对编码", 30),)
CATEGORIES = tuple(f"{code} {CATEGORY.labels[code]}" for code in CLASSES)
_STATES = words("case_state_code")
BODIES, NO_TOWN, CODES = "单位和院校", "乡镇不详", "核查类别"
_NOTES = (
    "请核实,黄色各列填写结果;名单只提示疑点,不作结论,不据此核减任何人。",
    "核查类别从下拉列表选,选“其他”的写明说明;身份证号码已遮盖;村代码、疑点编号请勿改动,凭它们认回。填好的本表可直接作为“核查反馈”报送。",
)


@dataclass(frozen=True)
class CountyList:
    """One county's workbook: open cases, the people they are about, towns that have a sheet."""

    county_code: str
    county_name: str
    cases: int
    people: int
    towns: int
    path: str


@dataclass(frozen=True)
class Lists:
    """The workbooks of a quarter's release; `elsewhere` are open cases of bodies that lie in no county."""

    quarter: str
    release: int
    counties: tuple[CountyList, ...]
    elsewhere: int


def write_lists(quarter: Quarter, county: str | None = None, folder: Path | None = None, by: str = "") -> Lists:
    """Write the list of every county with open cases, or of one; by default into the home's lists/<quarter>.

    Each is recorded in the log of exports, with whom `by` names.

    There the lists of an earlier release go first: nobody is visited for what is settled. NotReady where the quarter has
    no computed release.
    """
    release = computed(quarter)
    tables = _read(Lake(), release, county)
    to = folder or folder_of(quarter)
    if folder is None and to.is_dir():
        for old in to.glob(f"{county or '[0-9]' * 6}-*-{_ENDING}"):
            old.unlink()
    codes = sorted({code for code in tables["mart_case"]["county_code"].to_pylist() if code})
    key = pseudonyms.of(release.inputs)
    made = tuple(write_county(to, quarter, release.release, code, tables, key) for code in codes)
    exports.record(
        [exports.Written(Path(one.path), one.cases, county_code=one.county_code) for one in made],
        quarter, release.release, by,
    )  # fmt: skip
    return Lists(quarter.key, release.release, made, tables["mart_case"]["county_code"].null_count)


_ENDING = "核实名单.xlsx"


def _read(lake: Lake, release: Release, county: str | None) -> dict[str, pa.Table]:
    among: dict[str, Sequence[object]] = {"case_state_code": OPEN} | ({"county_code": [county]} if county else {})
    cases = lake.rows(release, "mart_case", COLUMNS["mart_case"], **among)
    own: dict[str, dict[str, Sequence[object]]] = {
        "mart_case_evidence": {"case_code": cases["case_code"].to_pylist()} if county else {},
        "mart_check": {},
        "core_person": {"person_key": sorted({*cases["person_key"].to_pylist()} - {None})},
    }
    return {"mart_case": cases} | {name: lake.rows(release, name, COLUMNS[name], **own[name]) for name in own}


def write_county(
    folder: Path, quarter: Quarter, release: int, county: str, tables: Mapping[str, pa.Table], key: pseudonyms.Key
) -> CountyList:
    """Write one county's list from the open cases, their evidence, the checks and the people; other counties' rows stay out.

    Cases have the numbers they have in the warehouse, with pseudonyms under `key`.
    """
    import pyarrow.compute as pc

    cases = tables["mart_case"].filter(pc.equal(tables["mart_case"]["county_code"], county))
    codes, keys = cases["case_code"].combine_chunks(), cases["person_key"].combine_chunks()
    evidence = tables["mart_case_evidence"]
    told = in_words(evidence.filter(pc.is_in(evidence["case_code"], value_set=codes)))
    people = tables["core_person"]
    about = {
        row["person_key"]: row for row in people.filter(pc.is_in(people["person_key"], value_set=keys)).to_pylist()
    }
    checks = {(row["check_code"], row["finding_code"]): row for row in tables["mart_check"].to_pylist()}
    names = {division.region_code: division.name for division in regions.divisions(quarter.last_day)}
    place = names.get(county[:4], "") + names.get(county, county)
    rows = sorted(
        (_row(case, about, checks, told, names, key) for case in cases.to_pylist()), key=lambda row: row.order
    )
    by_town: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_town[row.town].append(row)
    path = folder / f"{county}-{names.get(county, county)}-{quarter.key}-{_ENDING}"
    with workbook(path, f"{place} {quarter.key} 核实名单", quarter.last_day) as book:
        titles = {town: town if town in (BODIES, NO_TOWN) else names.get(town, town) for town in by_town}
        _summary(book, f"{place} {quarter.key} 核实名单(发布号 {release})", rows, by_town, titles)
        codes_sheet = book.sheet(CODES, (Heading(CODES, 30),), "核查类别可选的取值")
        for choice in CATEGORIES:
            codes_sheet.row([choice])
        for town in sorted(by_town.keys() - {BODIES}, key=lambda town: (town == NO_TOWN, town)):
            title = f"{place}{titles[town]} {quarter.key} 核实名单"
            _town(book, title, titles[town], by_town[town], codes_sheet.range_of(0))
        if BODIES in by_town:
            _bodies(book, f"{place}{BODIES} {quarter.key} 核实名单", by_town[BODIES])
    found = {row.person_key for row in rows} - {None}
    towns = len(by_town.keys() - {BODIES, NO_TOWN})
    return CountyList(county, names.get(county, county), len(rows), len(found), towns, str(path))


@dataclass(frozen=True)
class _Row:
    """One case as its line shows it; `order` keeps villages and households together."""

    order: tuple[str, ...]
    town: str
    person_key: str | None
    household: str
    check: str
    who: tuple[str, ...]
    reason: tuple[str | int, ...]
    place: str
    case_code: str


def _row(
    case: Mapping[str, Any],
    people: Mapping[str, Mapping[str, Any]],
    checks: Mapping[tuple[str, str], Mapping[str, Any]],
    told: Mapping[str, str],
    names: Mapping[str, str],
    pseudonym: pseudonyms.Key,
) -> _Row:
    check = checks[case["check_code"], case["finding_code"]]
    key, household = case["person_key"], case["household_number"] or ""
    person = people.get(key, {}) if key else {}
    name, village = person.get("name") or "", case["village_code"] or ""
    unsaid = f"本季度所需系统未报送,最近一次发现于 {case['last_quarter']}"
    town = BODIES if key is None else case["town_code"] or NO_TOWN
    named = f"{case['check_code']} {check['check_name']}"
    return _Row(
        order=(village, household or f"~{key}", name, key or case["subject_code"], case["case_code"]),
        town=town,
        person_key=key,
        household=household or key or case["subject_code"],
        check=named,
        who=(names.get(village, village), household, name, masked(person.get("id_key"))) if key else (case["subject_code"],),
        reason=(
            named,
            check["finding_text"] + _extent(case),
            told.get(case["case_code"], unsaid),
            check["action_text"],
            check["office"],
            case["first_quarter"],
            case["n_quarters"],
            _STATES[case["case_state_code"]],
        ),
        place=village or case["town_code"] or case["county_code"],
        case_code=pseudonym.shown(case["case_code"]),
    )  # fmt: skip


def _extent(case: Mapping[str, Any]) -> str:
    """Months and yuan, where the case has them."""
    told = [f"{case['n_months']} 个月"] if case["n_months"] else []
    told += [f"{case['finding_amount']:,.2f} 元"] if case["finding_amount"] else []
    return f"({','.join(told)})" if told else ""


def _town(book: Book, title: str, name: str, rows: Sequence[_Row], categories: str) -> None:
    answers = len(_WHO) + len(_REASON)
    sheet = book.sheet(name, (*_WHO, *_REASON, *_FEEDBACK, *_CASE), title, _NOTES)
    before = None
    for row in rows:
        cells = (*row.who, *row.reason, *[None] * len(_FEEDBACK), row.place, row.case_code)
        sheet.row(cells, is_first=row.household != before)
        before = row.household
    sheet.choose(answers, categories)
    sheet.print_only(answers + PRINTED)


def _bodies(book: Book, title: str, rows: Sequence[_Row]) -> None:
    """Carriers, organisations and schools, which are of no household."""
    sheet = book.sheet(BODIES, (*_BODY, *_BODY_ANSWER, *_BODY_CASE), title, _NOTES[:1])
    for row in rows:
        sheet.row((*row.who, *row.reason, *[None] * len(_BODY_ANSWER), row.case_code))
    sheet.print_only(len(_BODY) + len(_BODY_ANSWER))


def _summary(
    book: Book, title: str, rows: Sequence[_Row], by_town: Mapping[str, Sequence[_Row]], titles: Mapping[str, str]
) -> None:
    sheet = book.sheet(
        "汇总", (Heading("乡镇", 24), Heading("疑点类型", 34), Heading("疑点数", 10), Heading("人数", 10)), title
    )
    sheet.row(("全县", None, len(rows), len({row.person_key for row in rows} - {None})), is_first=True)
    for town in sorted(by_town, key=lambda town: (town == BODIES, town == NO_TOWN, town)):
        own = by_town[town]
        people: dict[str, set[str]] = defaultdict(set)
        for row in own:
            if row.person_key:
                people[row.check].add(row.person_key)
        for place, (check, cases) in enumerate(sorted(Counter(row.check for row in own).items())):
            sheet.row((titles[town], check, cases, len(people[check])), is_first=place == 0)
