"""Counts the figures from the truth: people and events by county, summed to city and province.

One row per quarter, measure, figure, region, cut and group: `value`, and `base` where the figure is held against a whole.
Amounts are in fen. What offices report of themselves (carriers, loans, items of the plan) is counted as they reported it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from tests.truth import benefits, labour, medical, placements
from tests.truth.cells import counted, fen
from tests.truth.count import NOT_LIFTED
from tests.truth.places import RENAMED, county_today
from tests.truth.truth import CERTIFIED, LINE, VALID, Said, first_day, is_severely_disabled, last_day

KEY = ["quarter", "measure_code", "figure_code", "region_code", "cut", "group_code"]
# How many cases went out is what all checks together found, each of which its own examples judge.
WITHOUT_BASE = {("M44", "answered"), ("M44", "on_time")}
# Amounts in fen, the gap in hundredths of a percentage point; everything else in whole numbers.
IN_HUNDREDTHS = {
    ("M09", "amount"), ("M10", "amount"), ("M12", "amount"), ("M16", "own_pay"), ("M41", "gap"), ("M43", "amount"),
    ("M06A", "amount"), ("M19A", "wage"), ("M29A", "amount"), ("M43", "interest"),
}  # fmt: skip
POOR_COUNTIES = {
    "360732", "360730", "360731", "360734", "360733", "360726", "360724", "360704", "360781", "360703", "360735", "360881", "360830",
    "360827", "360821", "360828", "360321", "361025", "361030", "361128", "361127", "361121", "361104", "361125", "360424", "360428",
}  # fmt: skip
FILED = (
    ("poverty_register", "person"), ("civil_affairs", "family"), ("employment_platform", "worker"), ("technical_school", "roll"),
    ("yulu", "payment"), ("disabled_federation", "holder"),
)  # fmt: skip
INSURED = ("social_insurance", "medical_insurance")
SPECIALITIES = {
    "稻米": "RICE", "蔬菜": "VEGETABLE", "果业": "FRUIT", "畜牧业": "LIVESTOCK", "水产": "AQUATIC", "休闲农业和乡村旅游": "LEISURE", "茶叶": "TEA",
    "中药材": "HERB", "油茶": "CAMELLIA", "非特色产业": "NONE",
}  # fmt: skip
POSTS = {
    "农村保洁": "CLEANING", "治安": "SECURITY", "护路": "ROAD", "管水": "WATER", "扶残助残": "DISABLED", "养老护理": "ELDER", "其他": "OTHER",
}  # fmt: skip
COURSES = {"就业技能培训": "SKILL", "创业培训": "STARTUP", "农村实用技术培训": "FARM", "岗位技能提升培训": "UPGRADE"}
MODES = {"集中培训": "CENTRAL", "弹性培训": "FLEXIBLE", "上门培训": "HOME"}
TRADES = {"": "none", "家政服务": "DOMESTIC", "养老服务": "ELDER_CARE", "物流配送": "LOGISTICS"}
YES_NO = {"是": "yes", "否": "no"}
PARTS = {"M02": "M03", "M07": "M08", "M18": "M19", "M35": "M36"}

Rows = Iterator[pd.DataFrame]


def figures(
    said: Mapping[str, Said],
    people_of: Mapping[str, pd.DataFrame],
    judged_of: Mapping[str, pd.DataFrame],
    outcomes_of: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Every figure but M41, of all quarters, in cells with something to count and in totals.

    `outcomes_of`: what linking made of the records in each quarter, as links.outcomes tells it.
    """
    placed, cases = placements.Placements(), benefits.Cases()
    found = []
    for quarter, now in said.items():
        people, judged = people_of[quarter], judged_of[quarter]
        workers = judged[(judged["measure_code"] == "M19") & (judged["reason_code"] == "")]
        parts = (
            *_people(now, people, judged), *_premiums(now, people), *benefits.figures(now, people, judged, cases),
            *medical.figures(now, people), *placed.figures(now, workers), *_work(now, people, workers), *_plan(now, people),
            *_records(now), *_linking(now, outcomes_of[quarter]), *labour.figures(now, workers), *_insurance(now, people, judged), *_schools(now),
        )  # fmt: skip
        found.append(_summed(pd.concat(parts, ignore_index=True)).assign(quarter=quarter))
    return pd.concat(found, ignore_index=True)[[*KEY, "value", "base"]]


def gaps(coverage: pd.DataFrame) -> pd.DataFrame:
    """M41: the rate in deep-poverty villages less that in the others, by region down to the county, in hundredths of a point."""
    cells = coverage[(coverage["cut"] == "deep_poverty_village") & (coverage["region_code"].str.len() <= 6)]
    cells = cells[cells["n_denominator"] > 0]
    # A rate has six places; half goes up.
    rate = (2_000_000 * cells["n_numerator"] + cells["n_denominator"]) // (2 * cells["n_denominator"])
    place = ["quarter", "measure_code", "region_code"]
    deep, rest = (
        cells.assign(rate=rate)[cells["group_code"] == group].set_index(place)["rate"] for group in ("deep", "other")
    )
    gap = (deep - rest).dropna().astype(int)
    value = (gap.abs() + 50) // 100 * gap.clip(-1, 1)
    told = value.reset_index(name="value").rename(columns={"measure_code": "group_code"})
    return told.assign(measure_code="M41", figure_code="gap", cut="measure", base=0)[[*KEY, "value", "base"]]


def _summed(told: pd.DataFrame) -> pd.DataFrame:
    """County figures with those of cities and the province; what these report of themselves stands as it is."""
    levels = [told.assign(region_code=told["region_code"].str[:length]) for length in (2, 4, 6)]
    long_enough = [
        level[told["region_code"].str.len() >= length] for level, length in zip(levels, (2, 4, 6), strict=True)
    ]
    keys = [name for name in KEY if name != "quarter"]
    return pd.concat(long_enough).groupby(keys, as_index=False)[["value", "base"]].sum()


def _people(said: Said, people: pd.DataFrame, judged: pd.DataFrame) -> Rows:
    """M01, M02, M07, M18, M35, M37."""
    status = {"poverty_status": "cut:poverty_status"}
    registered = people[people["is_registered"] & ~people["is_dead"]]
    registered = registered.assign(apprentice=registered["is_apprentice"].map({True: "yes", False: "no"}))
    yield from counted(registered, "M01", "people", status)
    homes = registered.drop_duplicates(["county", "household_number"])
    yield from counted(homes, "M01", "households")
    homes = registered.drop_duplicates(["county", "household_number", "cut:poverty_status"])
    for part in counted(homes, "M01", "households", status):
        yield part[part["cut"] != "total"]
    for figure, measure in PARTS.items():
        counts = judged[(judged["measure_code"] == measure) & (judged["reason_code"] == "")]
        yield from counted(counts, figure, "people", status)
        if figure == "M35":
            yield from counted(counts[counts["has_school_wish"]], figure, "wish")
    yield from counted(
        registered[registered["is_on_roll"]], "M37", "people", {"school": "school_code", "apprentice": "apprentice"}
    )


def _premiums(said: Said, people: pd.DataFrame) -> Rows:
    """M09: whom government paid for this year, under the first label that holds."""
    payment = said.of("social_insurance", "payment")
    payment = payment[payment["is_linkable"] & (payment["item"] == f"{said.quarter[:4]}:11")]
    amount = fen(payment["paid_amount"]).groupby(payment["true_id"]).sum()
    paid = people[people["has_subsidy"]]
    holds = {
        "destitute": paid["is_destitute"],
        "minimum_allowance": paid["has_allowance_low"],
        "not_lifted": paid["is_registered"] & paid["poverty_status_code"].isin(NOT_LIFTED),
        "severely_disabled": paid["is_disabled"],
    }
    label = pd.Series("other", index=paid.index)
    for name in reversed(holds):
        label = label.mask(holds[name], name)
    paid = paid.assign(label=label, amount=paid["true_id"].map(amount))
    yield from counted(paid, "M09", "people", {"label": "label"})
    yield from counted(paid, "M09", "amount", {"label": "label"}, "amount")


def _work(said: Said, people: pd.DataFrame, labour: pd.DataFrame) -> Rows:
    """M25 to M28, M27A and M32: carriers, posts, work out of the county, training."""
    last, first = last_day(said.quarter), first_day(said.quarter)
    carrier = said.of("employment_platform", "carrier")
    carrier = carrier.assign(county=carrier["county_code"])
    closed = pd.to_datetime(carrier["closed_date"].replace("", "2200-01-01"))
    carrier = carrier[
        (pd.to_datetime(carrier["opened_date"]) <= last) & (closed > last) & (carrier["carrier_type_code"] != "NONE")
    ]
    carrier = carrier.assign(poor=carrier["n_poor_workers"].astype(int), staff=carrier["n_workers"].astype(int))
    carrier = carrier.assign(
        speciality=carrier["speciality_code"].map(SPECIALITIES), planned=carrier["is_in_project_plan"].map(YES_NO)
    )
    kind = {"carrier_type": "carrier_type_code"}
    kinds = {**kind, "speciality": "speciality", "project_plan": "planned"}
    yield from counted(carrier, "M25", "carriers", kinds)
    yield from counted(carrier, "M25", "poor_workers", kinds, "poor")
    yield from counted(carrier, "M26", "poor_share", {**kind, "carrier": "carrier_number"}, "poor", "staff")

    post = said.of("employment_platform", "post")
    of_poor = post["is_linkable"] & post["true_id"].isin(labour.loc[labour["is_linkable"], "true_id"])
    # Nobody is said to begin after the quarter.
    is_held = post["post_state_code"] == "1"
    post = post.assign(
        county=post["county_code"], kind=post["post_kind_code"].map(POSTS), one=1, of_poor=of_poor,
        held=is_held.astype(int), held_by_poor=(is_held & of_poor).astype(int),
    )  # fmt: skip
    kind = {"post_kind": "kind"}
    yield from counted(post[post["post_state_code"] != "3"], "M27A", "held", kind, "held", "one")
    yield from counted(post[is_held], "M27A", "held_by_poor", kind, "held_by_poor", "one")
    post = post[post["county"].isin(POOR_COUNTIES)]
    came, went, taken = (
        pd.to_datetime(post[name].replace("", None)).between(first, last)
        for name in ("created_date", "vacated_date", "started_date")
    )
    is_filled = (post["post_state_code"] == "1") & taken
    post = post.assign(by_poor=(is_filled & post["of_poor"]).astype(int))[came | went | is_filled]
    yield from counted(post, "M27", "filled_by_poor", value="by_poor", base="one")

    away = labour[labour["is_away"]]
    away = away.assign(organised=away["is_organised_away"].astype(int), one=1)
    yield from counted(away, "M28", "organised", value="organised", base="one")

    course = said.of("employment_platform", "training")
    course = course[
        (course["has_finished"] == "是") & (course["started_date"].str[:4] == said.quarter[:4]) & course["is_linkable"]
    ]
    registered = people.loc[people["is_registered"] & people["is_linkable"], ["true_id", "county"]]
    course = course.merge(registered, on="true_id")
    course = course.assign(
        kind=course["kind_code"].map(COURSES), mode=course["mode_code"].map(MODES), one=1,
        trade=course["priority_trade_code"].map(TRADES), home=course["is_home_worker"].map(YES_NO),
        passed=(course["has_passed_assessment"] == "是").astype(int),
    )  # fmt: skip
    groups = {
        "provider": "provider_name", "training_kind": "kind", "training_mode": "mode", "priority_trade": "trade", "home_worker": "home",
    }  # fmt: skip
    yield from counted(course, "M32", "person_times", groups)
    yield from counted(course, "M32", "passed", groups, "passed", "one")
    yield from counted(course.drop_duplicates("true_id"), "M32", "people")
    for cut, group in groups.items():
        for part in counted(course.drop_duplicates(["true_id", group]), "M32", "people", {cut: group}):
            yield part[part["cut"] != "total"]


def _insurance(said: Said, people: pd.DataFrame, judged: pd.DataFrame) -> Rows:
    """M03A, M06A: on file with social insurance, and benefits paid to the registered."""
    due = judged[(judged["measure_code"] == "M03") & (judged["reason_code"] == "")]
    yield from counted(
        due.assign(on_file=due["is_on_file"].astype(int), one=1), "M03A", "on_file", value="on_file", base="one"
    )
    benefit = said.of("social_insurance", "benefit")
    benefit = benefit[(benefit["pay_mark_code"] == "40") & benefit["is_linkable"]]
    months = benefit["months_paid"].astype(int).clip(1)
    benefit = benefit.assign(months=months, amount=months * fen(benefit["benefit_amount"]))
    alive = people.loc[people["is_registered"] & ~people["is_dead"] & people["is_linkable"], ["true_id", "county"]]
    paid = benefit[["true_id", "scheme_code", "months", "amount"]].merge(alive, on="true_id")
    scheme = {"scheme": "scheme_code"}
    yield from counted(paid.drop_duplicates("true_id"), "M06A", "people")
    for part in counted(paid.drop_duplicates(["true_id", "scheme_code"]), "M06A", "people", scheme):
        yield part[part["cut"] != "total"]
    yield from counted(paid, "M06A", "months", scheme, "months")
    yield from counted(paid, "M06A", "amount", scheme, "amount")


def _schools(said: Said) -> Rows:
    """M37A: what technical schools report."""
    report = said.of("technical_registration", "statistic")
    numbers = {"students": "n_students", "new_students": "n_new_students", "graduates": "n_graduates"}
    report = report.assign(county=county_today(report["county_code"], said.quarter)).astype(
        dict.fromkeys(numbers.values(), int)
    )
    for figure, number in numbers.items():
        yield from counted(report, "M37A", figure, {"level": "level_code", "study_form": "study_form_code"}, number)


def _plan(said: Said, people: pd.DataFrame) -> Rows:
    """M43, M49, M50: loans, exam fees, items of the plan."""
    loan = said.of("guaranteed_loan", "loan")
    loan = loan.assign(
        county=loan["county_code"],
        amount=fen(loan["loan_amount"]),
        interest=fen(loan["interest_subsidy_amount"]),
        poor=loan["poor_workers"].astype(int),
    )
    founder = {"founder_kind": "founder_kind_code"}
    yield from counted(loan, "M43", "loans", founder)
    yield from counted(loan, "M43", "amount", founder, "amount")
    yield from counted(loan, "M43", "interest", founder, "interest")
    yield from counted(loan, "M43", "poor_workers", founder, "poor")

    sits = said.of("exam", "candidate")
    sits = sits[sits["is_linkable"] & (sits["quarter"].str[:4] == said.quarter[:4])]
    registered = people.loc[people["is_registered"] & people["is_linkable"], ["true_id", "county"]]
    sits = sits.assign(
        waived=(sits["is_waived"] == "是").astype(int), local=sits["is_local_post"].map(YES_NO), one=1
    ).merge(registered, on="true_id")
    yield from counted(sits, "M49", "waived", {"local_post": "local"}, "waived", "one")

    item = said.of("programme", "item")
    region = (
        item["region_code"]
        .str.removesuffix("0000")
        .where(item["region_code"].str.endswith("0000"), item["region_code"])
    )
    region = region.mask((region.str.len() == 6) & region.str.endswith("00"), region.str[:4])
    item = item.assign(county=region, n_done=item["done"].astype(int), n_planned=item["planned"].astype(int))
    for part in counted(item, "M50", "items", {"checklist": "checklist_code"}, "n_done", "n_planned"):
        yield part[part["cut"] != "total"]
    # What was reported last of a year stays; counties that became one are added.
    visits = pd.concat(past.of("programme", "item").assign(at=past.quarter) for past in said.so_far)
    visits = visits[visits["checklist_code"] == "D6"].astype({"planned": int, "done": int})
    visits = visits.assign(county=county_today(visits["county_code"], said.quarter))
    one = ["county", "year", "field_code"]
    visits = (
        visits[visits["at"] == visits.groupby(one)["at"].transform("max")]
        .groupby(one, as_index=False)[["planned", "done"]]
        .sum()
    )
    visits = visits.assign(n_done=(visits["done"] >= visits["planned"]).astype(int), one=1)
    yield from counted(visits, "M50", "visited", {"expert_field": "field_code"}, "n_done", "one")


def _records(said: Said) -> Rows:
    """M46 and M47: whether systems have spoken of counties, and records with a number that can be one."""
    states = said.truth.state[["quarter", "county_code"]].drop_duplicates()
    counties_of = {str(quarter): set(rows) for quarter, rows in states.groupby("quarter")["county_code"]}
    counties = sorted(counties_of[said.quarter])
    was = {new: old for old, (new, _) in RENAMED.items()}
    sent = said.truth.record[["quarter", "system", "delivery"]].drop_duplicates().astype(str)
    age = pd.PeriodIndex([said.quarter], freq="Q")[0].ordinal - pd.PeriodIndex(sent["quarter"], freq="Q").asi8
    sent = sent.assign(age=age)[(age >= 0) & (age < sent["system"].map(VALID))]
    scope = sent["delivery"].str.rsplit("/", n=1).str[1]
    in_force = {
        (system, county): age
        for age, system, place, quarter in sorted(
            zip(sent["age"], sent["system"], scope, sent["quarter"], strict=True), reverse=True
        )
        for county in counties
        # A delivery speaks of the counties of its day: of those renamed since, and of none founded since.
        if county.startswith(place) and not counties_of[quarter].isdisjoint({county, was.get(county)})
    }
    every = [(system, county, in_force.get((system, county))) for system in VALID for county in counties]
    rows = pd.DataFrame(
        [(system, county, 1, int(age is not None), int(age == 0)) for system, county, age in every],
        columns=["system", "county", "one", "in_force", "current"],
    )
    group = {"system": "system"}
    yield from counted(rows, "M46", "in_force", group, "in_force", "one")
    yield from counted(rows, "M46", "current", group, "current", "one")
    filed = _filed(said)
    filed = filed.assign(county=filed["county_code"], valid=(filed["tier"] != "none").astype(int), one=1)
    yield from counted(filed, "M47", "valid", group, "valid", "one")


def _filed(said: Said) -> pd.DataFrame:
    """The records that make the universe."""
    filed = pd.concat(said.of(*table) for table in FILED)
    return filed[(filed["system"] != CERTIFIED) | is_severely_disabled(filed, said.quarter)]


def _linking(said: Said, outcomes: pd.DataFrame) -> Rows:
    """M48: what became of the records that speak of somebody of the universe. A record may stand in several lines."""
    filed = _filed(said).assign(entity="record")
    insured = said.rows[said.rows["system"].isin(INSURED)].drop(columns="county_code")
    outcome = outcomes.drop(columns="county_code")
    rows = pd.concat([
        filed.merge(outcome, on=LINE, validate="one_to_one"), insured.merge(outcomes, on=LINE, validate="one_to_one"),
    ])  # fmt: skip
    flags = ["is_linked", "is_waiting"]
    record = rows.groupby(["system", "entity", "record"], as_index=False).agg(
        {"county_code": "min", **dict.fromkeys(flags, "any")}
    )
    record = record.assign(county=record["county_code"].str[:6], one=1, **record[flags].astype(int))
    for figure in ("linked", "waiting"):
        yield from counted(record, "M48", figure, {"system": "system"}, f"is_{figure}", "one")
