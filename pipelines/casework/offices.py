"""The views an office of the department would miss most, one workbook each, from the tables of a quarter's release.

employment  省就业局: newly employed, no longer employed and employed since 2018 by channel and city; who waits to be verified
skills      职建处: the term's view by school, roll against Yulu both ways
pension     农保处: the year's ledger of premiums that government paid, person by person with label and amount
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines import regions
from pipelines.casework import exports
from pipelines.casework.office_queries import QUERIES
from pipelines.casework.release import computed, folder_of
from pipelines.casework.workbooks import Book, Heading, masked, workbook
from pipelines.engines import sql
from pipelines.lake import Lake, configured_engine
from pipelines.measures.parameters import planned
from pipelines.periods import Quarter
from pipelines.releases import Release
from pipelines.sources.employment_platform.codes import CHANNEL
from pipelines.sources.social_insurance_codes import IDENTITY

Rows = Sequence[dict[str, Any]]
_NO_CITY, _ALL = "户籍地不详", "全省"


@dataclass(frozen=True)
class OfficeView:
    """An office's workbook: rows by sheet."""

    quarter: str
    release: int
    office: str
    sheets: Mapping[str, int]
    path: str


@dataclass(frozen=True)
class _Office:
    """Whose view it is, which queries it is made of, and what writes it."""

    zh: str
    title: str
    queries: tuple[str, ...]
    write: Callable[[Book, str, Mapping[str, Rows], Mapping[str, str]], dict[str, int]]


def write_office(office: str, quarter: Quarter, folder: Path | None = None, by: str = "") -> OfficeView:
    """Write one office's workbook; by default into the home's lists/<quarter>, and record it in the log of exports. KeyError for an office that has no view,
    NotReady where the quarter has no computed release."""
    of, release = OFFICES[office], computed(quarter)
    rows = {name: _query(release, QUERIES[name]) for name in of.queries}
    path = (folder or folder_of(quarter)) / f"{of.zh}-{of.title}-{quarter.key}.xlsx"
    names = {division.region_code: division.name for division in regions.divisions(quarter.last_day)}
    title = f"{of.title} {quarter.key}(发布号 {release.release})"
    with workbook(path, f"{of.zh} {title}", quarter.last_day) as book:
        sheets = of.write(book, title, rows, names)
    exports.record([exports.Written(path, sum(sheets.values()), office=office)], quarter, release.release, by)
    return OfficeView(quarter.key, release.release, office, sheets, str(path))


def _query(release: Release, select: str) -> Rows:
    reads, lake = sql.tables_read(select), Lake()
    wanted = sql.parameters(select)
    params = {name: value for name, value in planned(release.inputs).of(release.quarter).items() if name in wanted}
    with configured_engine() as engine:
        lake.see(
            engine, release, (*sorted(reads.this), *(f"previous.{name}" for name in sorted(reads.previous))), set()
        )
        return engine.query(select, params)


def _city(names: Mapping[str, str], code: str | None) -> str:
    return names.get((code or "")[:4], _NO_CITY)


# 农保处


def _pension(book: Book, title: str, rows: Mapping[str, Rows], names: Mapping[str, str]) -> dict[str, int]:
    ledger = rows["subsidised"]
    totals: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    by_city: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in ledger:
        totals[row["county_code"] or "", _entitled(row), _label(row)].append(row)
        by_city[(row["county_code"] or "~")[:4]].append(row)
    headings: tuple[Heading, ...] = (Heading("设区市", 12), Heading("县(市、区)", 14), Heading("应代缴身份", 26), Heading("参保身份", 16),
                Heading("人数", 10), Heading("笔数", 10), Heading("代缴金额(元)", 16))  # fmt: skip
    sheet = book.sheet("汇总", headings, title, ("费款所属年度内政府代缴;同一人多笔的笔数大于人数。",))
    for (county, entitled, label), own in sorted(totals.items()):
        people = len({row["person_key"] for row in own})
        amount = sum((row["paid_amount"] or 0 for row in own), Decimal(0))
        sheet.row((_city(names, county), names.get(county, county), entitled, label, people, len(own), amount))
    headings = (Heading("县(市、区)", 12), Heading("乡镇", 14), Heading("姓名", 10), Heading("身份证号码", 20), Heading("费款所属年度", 8),
                Heading("应代缴身份", 22), Heading("参保身份", 14), Heading("统筹区", 9), Heading("代缴金额(元)", 12),
                Heading("经办日期", 11), Heading("依据", 40))  # fmt: skip
    for code, own in sorted(by_city.items()):
        city = _city(names, code)
        sheet = book.sheet(
            city, headings, f"{city} {title}", ("应代缴身份为本季度登记册、民政系统所示;身份证号码已遮盖。",)
        )
        for row in own:
            basis = f"批次 {row['delivery_id']},{row['file_name']} 第 {row['line_number']} 行"
            sheet.row((
                names.get(row["county_code"], row["county_code"]), names.get(row["town_code"], row["town_code"]), row["name"],
                masked(row["id_key"]), str(row["premium_year"]), _entitled(row), _label(row), row["pool_code"], row["paid_amount"],
                row["booked_date"], basis,
            ))  # fmt: skip
    return {"汇总": len(totals)} | {_city(names, code): len(own) for code, own in sorted(by_city.items())}


def _entitled(row: Mapping[str, Any]) -> str:
    """The groups for whom government pays, as this quarter's systems tell."""
    groups = (("未标注脱贫", "is_not_lifted"), ("低保", "is_minimum_allowance"), ("特困", "is_destitute"))
    return "、".join(word for word, flag in groups if row[flag]) or "未查到(请核实)"


def _label(row: Mapping[str, Any]) -> str:
    return IDENTITY.labels.get(row["identity_code"] or "", "未填")


# 职建处

_SCHOOL_COUNTS = {
    "n_students": "在籍学生", "n_full_time": "全日制", "n_registered": "登记册在册", "n_with_yulu": "在籍且享雨露",
    "n_yulu_pending": "雨露在办", "n_without_yulu": "在籍在册未享雨露", "n_yulu_unregistered": "享雨露不在册",
    "n_mark_unregistered": "标注建档立卡不在册", "n_registered_unmarked": "在册未标困难", "n_no_data": "缺报未比",
}  # fmt: skip


def _skills(book: Book, title: str, rows: Mapping[str, Rows], names: Mapping[str, str]) -> dict[str, int]:
    note = ("本季度所对应学期;一人在两校有学籍的,两校各计一次。各项只提示请核实,不作结论。",)
    counts = tuple(Heading(word, 11) for word in _SCHOOL_COUNTS.values())
    sheet = book.sheet("按学校", (Heading("院校编号", 12), Heading("院校名称", 28), *counts), title, note)
    for row in rows["schools"]:
        sheet.row((row["school_code"], row["school_name"], *(row[name] for name in _SCHOOL_COUNTS)))
    sheet = book.sheet("按户籍市", (Heading("户籍设区市", 16), *counts), title, note)
    for row in rows["school_cities"]:
        sheet.row((_city(names, row["city_code"]), *(row[name] for name in _SCHOOL_COUNTS)))
    paid = ("发放名单所填技工院校;不在籍的请核实学籍、就读学校与离校时间。",)
    headings: tuple[Heading, ...] = (
        Heading("发放名单所填院校", 30),
        Heading("发放人数", 12),
        Heading("其中不在籍", 12),
        Heading("发放金额(元)", 16),
    )
    sheet = book.sheet("雨露计划按学校", headings, title, paid)
    for row in rows["yulu_schools"]:
        sheet.row((row["school_name"] or "未填", row["n_people"], row["n_not_on_roll"], row["paid_amount"]))
    return {
        "按学校": len(rows["schools"]),
        "按户籍市": len(rows["school_cities"]),
        "雨露计划按学校": len(rows["yulu_schools"]),
    }


# 省就业局

_CHANNELS = {"ALL": "合计", **CHANNEL.labels}


def _employment(book: Book, title: str, rows: Mapping[str, Rows], names: Mapping[str, str]) -> dict[str, int]:
    counts = ("n_employed", "n_new", "n_lost", "n_since_2018")
    cells: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(counts, 0))
    every = [row | {"channel_code": "ALL"} for row in rows["employed"]]
    for row in (*rows["employed"], *every, *rows["employed_since_2018"]):
        for code in ("36", (row["county_code"] or "~")[:4]):
            for name in counts:
                cells[code, row["channel_code"] or ""][name] += row.get(name) or 0
    note = (
        "登记册在册人员。新增:本季度末就业而上季度末未就业;减少:反之,按上季度渠道;累计:2018年以来有就业经历,一人一渠道计一次,合计中一人计一次,故各渠道不能相加。",
    )
    headings: tuple[Heading, ...] = (Heading("设区市", 14), Heading("就业渠道", 18), Heading("季末在业", 12), Heading("本季新增", 12),
                Heading("本季减少", 12), Heading("2018年以来累计", 14))  # fmt: skip
    sheet = book.sheet("按渠道", headings, title, note)
    before = ""
    order = ["ALL", *CHANNEL.codes, ""]
    for (code, channel), own in sorted(cells.items(), key=lambda cell: (cell[0][0], order.index(cell[0][1]))):
        place = _ALL if code == "36" else _city(names, code)
        word = _CHANNELS.get(channel, "渠道未填")
        sheet.row((place, word, *(own[name] for name in counts)), is_first=code != before)
        before = code
    headings = (
        Heading("设区市", 14),
        Heading("县(市、区)", 16),
        Heading("平台在册", 12),
        Heading("本季度已核实", 12),
        Heading("待核实", 12),
    )
    sheet = book.sheet("本季度待核实", headings, title, ("平台上登记册在册人员;核实日期在本季度内的为已核实。",))
    for row in rows["to_verify"]:
        left = row["n_people"] - row["n_verified"]
        county = row["county_code"]
        sheet.row((_city(names, county), names.get(county or "", county), row["n_people"], row["n_verified"], left))
    return {"按渠道": len(cells), "本季度待核实": len(rows["to_verify"])}


OFFICES: Mapping[str, _Office] = {
    "employment": _Office("省就业局", "就业增减与核实", ("employed", "employed_since_2018", "to_verify"), _employment),
    "skills": _Office("职建处", "技工学籍与雨露计划", ("schools", "school_cities", "yulu_schools"), _skills),
    "pension": _Office("农保处", "政府代缴台账", ("subsidised",), _pension),
}
