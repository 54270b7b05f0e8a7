"""Rows of the systems the plan's clauses on talent, loans and checklists need, and of the lists that towns return."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import life, work
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.people import days, serial
from pipelines.sample.register_records import CITIES, EMPLOYERS, amounts
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import exam, guaranteed_loan, programme, verification_feedback

SITS, WAIVED = 0.03, 0.93  # of the educated young; of the registered among them (L)
FEE = 100  # yuan for two papers (L)
BORROWS = {work.CHANNELS.index("RETURN_STARTUP"): 0.25, work.CHANNELS.index("SELF"): 0.06}  # of those in a channel (L)
ANSWERED = 0.35  # of the issues known at the quarter's end (L)


def candidate_rows(now: Snapshot) -> Batch:
    """One row per candidate of the year's civil-service examination among the people of the universe."""
    people, draws, year = now.people, now.draws, now.quarter.year
    educated = np.isin(now.study.education_code, (4, 5)) & (now.age >= 20) & (now.age <= 35)
    sits = now.in_universe & educated & (draws(people.true_id, "exam", year) < SITS)
    rows = np.flatnonzero(sits)
    ids, pick, county = people.true_id[rows], pa.array(rows), now.county(rows)
    claims = people.registered[rows] ^ (draws(ids, "exam", "claims", year) < 0.02)
    waived = claims & (draws(ids, "exam", "waived", year) < WAIVED)
    applied = days(type(now.quarter)(year, 1))[0] + 30 + np.floor(draws(ids, "exam", "day", year) * 12)
    first = now.quarter.number == 1
    columns = {
        "application_number": digits(ids, 9, str(year)),
        "exam_year": digits(np.full(len(rows), year)),
        "exam_kind_code": coded(["1"], np.zeros(len(rows))),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "sex_code": digits(people.sex[rows]),
        "hukou_code": digits(county),
        "is_local_post": yes_no(draws(ids, "exam", "local", year) < 0.33),
        "is_poor_claimed": yes_no(claims),
        "review_code": coded(["0", "1"], waived | (not first)),
        "is_waived": yes_no(waived),
        "fee_amount": amounts(np.full(len(rows), FEE)),
        "waived_amount": amounts(np.where(waived, FEE, 0)),
        "applied_date": dates(applied),
    }
    return Batch(exam.CANDIDATE, columns, ids, county)


def loan_rows(now: Snapshot) -> Batch:
    """One row per loan of somebody who founded a business and works in it."""
    people, draws = now.people, now.draws
    share = np.select([people.channel == channel for channel in BORROWS], list(BORROWS.values()), 0.0)
    at_work = people.alive & people.employed & (people.started > 0)
    rows = np.flatnonzero(at_work & (draws(people.true_id, "borrows", "loan") < share))
    rows = rows[np.argsort(people.true_id[rows])]
    ids, pick, county = people.true_id[rows], pa.array(rows), now.county(rows)
    size = np.floor(draws(ids, "loan", "amount") * 20 + 1) * 10_000
    granted = np.minimum(people.started[rows] + 30, days(now.quarter)[1])
    due = granted + 730
    workers = 1 + np.floor(draws(ids, "loan", "workers") ** 2 * 24).astype(np.int64)
    poor = np.floor(draws(ids, "loan", "poor") * workers * 0.6).astype(np.int64)
    overdue = draws(ids, "loan", "overdue") < 0.02
    founder = np.where(people.registered[rows], 1, np.where(people.channel[rows] == 1, 3, 2))
    enterprise = pc.binary_join_element_wise(
        coded(list(CITIES), county // 100 % 100 - 1), digits(people.employer[rows], 3, "第"),
        coded(list(EMPLOYERS), people.employer[rows] % len(EMPLOYERS)), "",
    )  # fmt: skip
    columns = {
        "loan_number": digits(ids, 9, "DK36"),
        "borrower_kind_code": coded(["1", "3"], workers > 8),
        "founder_kind_code": digits(founder),
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "hukou_code": digits(county),
        "enterprise_name": enterprise,
        "loan_amount": amounts(size),
        "interest_subsidy_amount": amounts(size * 0.03),
        "granted_date": dates(granted),
        "due_date": dates(due),
        "state_code": digits(np.where(due < days(now.quarter)[0], np.where(overdue, 3, 2), 1)),
        "workers": digits(workers),
        "poor_workers": digits(poor),
    }
    return Batch(guaranteed_loan.LOAN, columns, ids, county)


# Item → (level, yearly plan, unit). Schools, fields and months make several rows of some.
_COUNTY_ITEMS = {
    "E2A": (6, "场"), "E2B": (8, "场"), "E2C": (4, "场"), "E5A": (900, "个"), "E5B": (700, "人"), "E8": (5, "个"),
    "E12A": (1, "个"), "E12B": (2, "个"), "E14": (1, "个"), "E20": (120, "人"), "E22B": (1, "个"), "K4": (90, "人"),
    "K6": (30, "人"), "I5": (25, "人"), "I6": (60, "人"), "I8": (12, "个"), "I14": (40, "人"), "H1": (20, "个"),
    "H2": (6, "个"), "H3": (8, "人"), "H4": (15, "人"), "H6": (9, "个"), "H8": (12, "个"), "D2": (10, "人"),
    "P1": (300, "人"), "P2": (1, "份"), "P3": (2, "个"), "P4": (80, "人"), "P5": (15, "人"), "P7": (14, "个"),
}  # fmt: skip
_CITY_ITEMS = {
    "O14": (1, "份"),
    "O15": (1, "份"),
    "G13": (30, "人"),
    "E16": (20, "个"),
    "K9": (4, "个"),
    "E13": (300, "人"),
}
_PROVINCE_ITEMS = {
    "D8": (1, "期"),
    "H5": (6, "个"),
    "H10": (40, "个"),
    "D3": (1, "份"),
    "D7": (300, "个"),
    "H7": (1, "份"),
}


def _items(now: Snapshot) -> Iterator[tuple[str, int, int, str, str, str]]:
    """(item, region, plan, unit, subject, field) of every row of the year."""
    deep = np.unique(now.village_county[now.where.is_deep])
    for county in np.unique(now.county_codes).tolist():
        for code, (plan, unit) in _COUNTY_ITEMS.items():
            yield code, county, plan, unit, "", ""
    for county in deep.tolist():
        for field in programme.FIELD.codes:
            yield "D6", county, 1, "次", "", field
        for code, unit in (("D4A", "个"), ("D4B", "个"), ("D4C", "人")):
            yield code, county, 12 if code == "D4C" else 1, unit, f"{county}县技工学校", ""
    for city in np.unique(now.county_codes // 100).tolist():
        for code, (plan, unit) in _CITY_ITEMS.items():
            yield code, city * 100, plan, unit, "", ""
    for code, (plan, unit) in _PROVINCE_ITEMS.items():
        yield code, 360000, plan, unit, "", ""


def item_rows(now: Snapshot) -> Batch:
    """Planned against done of every checklist item, as it stands at the quarter's end."""
    codes, regions, plans, units, subjects, fields = zip(*_items(now), strict=True)
    region, plan = np.array(regions), np.array(plans)
    size, quarter = len(region), now.quarter
    label = np.arange(size)
    pace = now.draws(label, "item", quarter.year) * 0.35 + 0.75
    done = np.floor(plan * np.minimum(pace * quarter.number / 4, 1.1) + 0.5).astype(np.int64)
    # City plans were due by the end of November 2018 (O14), the yearly report is by every 30 November (O15).
    once = np.isin(codes, ("O14", "O15", "P2", "D8"))
    first_year = (quarter.year, quarter.number) >= (2018, 4) if quarter.year == 2018 else True
    done = np.where(once, np.where(np.array(codes) == "O14", int(first_year), int(quarter.number == 4)), done)
    counts = np.isin(units, ("场", "次", "期", "人"))
    people = np.where(np.array(units) == "人", done, done * 40)
    poor = np.floor(people * (0.3 + 0.4 * now.draws(label, "item", "poor"))).astype(np.int64)
    last = days(quarter)[1]
    columns = {
        "checklist_code": pa.array(codes),
        "region_code": digits(region),
        "year": digits(np.full(size, quarter.year)),
        "subject": pa.array(subjects),
        "field_code": pa.array(fields),
        "planned": digits(plan),
        "done": digits(done),
        "unit": pa.array(units),
        "people": empty_where(~counts, digits(people)),
        "poor_people": empty_where(~counts, digits(poor)),
        "due_date": pa.array([f"{quarter.year}-{'11-30' if o else '12-31'}" for o in once]),
        "done_date": dates(last - np.floor(now.draws(label, "item", "day") * 30).astype(np.int64), blank=done < plan),
    }
    # Rows of a city or the province are filed under its first county, as staging does.
    first = {
        int(city): int(now.county_codes[now.county_codes // 100 == city].min()) for city in now.county_codes // 100
    }
    home = [int(now.county_codes.min()) if r == 360000 else first[r // 100] if r % 100 == 0 else r for r in regions]
    return Batch(programme.ITEM, columns, np.zeros(size, dtype=np.int64), np.array(home))


def finding_rows(now: Snapshot) -> Batch:
    """The answers to what was sent out: registered people without a pension, and the dead of the quarter before."""
    people, draws = now.people, now.draws
    known = (people.resident_state == 0) & (people.unit_scheme == 0) & people.registered & people.alive
    uninsured = known & (now.age >= 16)
    gone = ~people.alive & (people.left == serial(now.quarter) - 1) & (people.resident_payment == 3)
    asked = (uninsured | gone) & (draws(people.true_id, "answered", now.quarter) < ANSWERED)
    rows = np.flatnonzero(asked)
    rows = rows[np.argsort(people.village[rows], kind="stable")]
    ids, pick, dead = people.true_id[rows], pa.array(rows), gone[rows]
    u = draws(ids, "answer")
    pending = coded_index(u, [0.3, 0.2, 0.3, 0.1, 0.1])
    category = np.select(
        [dead, now.study.is_fulltime_student[rows] & (now.age[rows] < 25), *(people.absence[rows] == a for a in (1, 2, 3, 4))],
        [0, 1, 2, 3, 4, 5], 6 + pending,
    )  # fmt: skip
    words = ["N01", "N07", "N06", "N05", "N08", "N13", "P01", "P02", "P03", "P04", "X99"]
    death = life.death_day(people, draws)[rows]
    month = dates(death, "%Y%m", blank=~dead)
    village = now.village_codes.take(pa.array(people.village[rows]))
    first, last = days(now.quarter)
    day = first + 5 + np.floor(draws(ids, "answered", "day", now.quarter) * (last - first - 5)).astype(np.int64)
    columns = {
        "issue_number": pc.binary_join_element_wise(coded(["C01", "C08"], dead), now.quarter.key, digits(ids, 9), "-"),
        "batch_number": coded([now.quarter.previous.key], np.zeros(len(rows))),
        "check_code": coded(["C01", "C08"], dead),
        "town_code": pc.utf8_slice_codeunits(village, 0, 9),
        "village_code": village,
        "name": now.name_text.take(pick),
        "id_number": now.id_text.take(pick),
        "category_code": coded(words, category),
        "is_alive": yes_no(~dead, "√", ""),
        "is_dead": yes_no(dead, "√", ""),
        "is_abnormal": coded([""], np.zeros(len(rows))),
        "death_month": month,
        "overpaid_months": empty_where(~dead, coded(["1"], np.zeros(len(rows)))),
        "remark": empty_where(category != 10, coded(["户在人不在,待核实"], np.zeros(len(rows)))),
        "verified_date": dates(day),
    }
    item = pc.binary_join_element_wise(coded(words, category), dates(day), ":")
    return Batch(verification_feedback.FINDING, columns, ids, now.county(rows), item)


def coded_index(u: Array, weights: list[float]) -> Array:
    """Uniform draws as indexes by weight."""
    result: Array = np.searchsorted(np.cumsum(weights)[:-1], u, side="right")
    return result
