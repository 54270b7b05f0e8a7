"""Pensions that should be and are not, or should not be and are, and what visits found of them: M05, M10 to M12, M44, M45."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tests.truth.cells import counted, fen
from tests.truth.people import EMPLOYEE_SCHEMES
from tests.truth.places import county_today
from tests.truth.truth import LINKABLE, Said, first_day

PENSIONS = (*EMPLOYEE_SCHEMES, "170")
IN_NEED = ("0", "2", "3")  # not lifted, 预脱贫 and 返贫: whose premium nobody asks back
PAID = "40"
SERVED_INSIDE = ("1", "2")
SETTLED_OR_OPEN = ("A", "P")  # answers by which a case was so
ANSWER_DAYS = 30


class Cases:
    """What was so a quarter ago."""

    def __init__(self) -> None:
        self.uninsured: set[int] = set()
        self.sent = pd.DataFrame(columns=["true_id", "county", "check"])
        self.not_entitled: set[int] = set()
        self.people: pd.DataFrame | None = None


def figures(said: Said, people: pd.DataFrame, judged: pd.DataFrame, cases: Cases) -> Iterator[pd.DataFrame]:
    """All of them; `cases` is brought to this quarter."""
    yield from _answered(said, cases)
    of_m03 = judged[(judged["measure_code"] == "M03") & (judged["reason_code"] == "") & ~judged["is_covered"]]
    uninsured = set(of_m03["true_id"])
    is_old = of_m03["true_id"].isin(cases.uninsured)
    yield from counted(of_m03, "M05", "uncovered")
    yield from counted(of_m03[~is_old], "M05", "new")
    yield from counted(of_m03[is_old], "M05", "carried")
    here = people[people["is_linkable"]]
    yield from counted(here[here["true_id"].isin(cases.uninsured - uninsured)], "M05", "cleared")
    yield from _not_due(said, here, cases)
    yield from _both_schemes(said, here)
    wrongly_paid = _wrongly_paid(said, here, cases)
    yield from _by_check(wrongly_paid, "M12")
    cases.uninsured = uninsured
    cases.sent = pd.concat([of_m03.assign(check="C01"), wrongly_paid])[["true_id", "county", "check"]].drop_duplicates()
    cases.people = here


def _answered(said: Said, cases: Cases) -> Iterator[pd.DataFrame]:
    """M44, M45: of the cases of a quarter ago of which the sample's towns answer any; how many went out is not counted."""
    visit = said.of("verification_feedback", "finding")
    told = visit["item"].str.split(":", expand=True)
    visit = visit.assign(
        check=visit["check_code"], is_so=told[0].str[:1].isin(SETTLED_OR_OPEN), day=pd.to_datetime(told[1])
    )
    both = cases.sent.merge(visit[visit["is_linkable"]][["true_id", "check", "is_so", "day"]], on=["true_id", "check"])
    answered = both.groupby(["true_id", "check", "county"], as_index=False).agg(so=("is_so", "max"), day=("day", "min"))
    due = first_day(said.quarter) + pd.Timedelta(days=ANSWER_DAYS)
    county = county_today(answered["county"], said.quarter)
    answered = answered.assign(
        county=county, so=answered["so"].astype(int), timely=(answered["day"] < due).astype(int), one=1
    )
    yield from counted(answered, "M44", "answered")
    yield from counted(answered, "M44", "on_time", value="timely")
    yield from counted(answered, "M45", "confirmed", value="so", base="one")


def _by_check(found: pd.DataFrame, measure: str) -> Iterator[pd.DataFrame]:
    """People once in each group, and what it comes to. `found`: true_id, county, check, amount."""
    checks = {"check": "check"}
    yield from counted(found.drop_duplicates("true_id"), measure, "people")
    for part in counted(found.drop_duplicates(["true_id", "check"]), measure, "people", checks):
        yield part[part["cut"] != "total"]
    yield from counted(found, measure, "amount", checks, "amount")


def _not_due(said: Said, here: pd.DataFrame, cases: Cases) -> Iterator[pd.DataFrame]:
    """C04: paid for somebody of no group entitled, now or, within the year, a quarter ago. C05: paid in two counties."""
    payment = said.of("social_insurance", "payment")
    payment = payment[payment["is_linkable"] & (payment["item"] == f"{said.quarter[:4]}:11")]
    amount = fen(payment["paid_amount"]).groupby(payment["true_id"]).sum()
    # Who was entitled last year says nothing of this year's premium.
    before = here.iloc[:0] if cases.people is None or said.quarter.endswith("Q1") else cases.people
    known = set(before.loc[_is_entitled(before) | before["has_subsidy"], "true_id"])
    suspects = here[here["has_subsidy"] & ~_is_entitled(here) & ~here["has_severe_certificate"]]
    suspects = suspects[suspects["true_id"].isin(cases.not_entitled) | ~suspects["true_id"].isin(known)]
    cases.not_entitled = set(suspects["true_id"])
    not_entitled = suspects.assign(check="C04", amount=suspects["true_id"].map(amount))
    yield from _by_check(pd.concat([not_entitled, _paid_twice(here, payment)]), "M10")


def _paid_twice(here: pd.DataFrame, payment: pd.DataFrame) -> pd.DataFrame:
    """The premium of one year in several counties: what was booked after the first payment was too much."""
    places = payment.groupby("true_id")["county_code"].transform("nunique")
    twice = payment[places > 1].sort_values("booked_date")
    amount = fen(twice["paid_amount"]).where(twice.duplicated("true_id"), 0)
    twice = twice[["true_id"]].assign(check="C05", amount=amount)
    return twice.merge(here[["true_id", "county"]], on="true_id")


def _is_entitled(people: pd.DataFrame) -> pd.Series:
    return people["is_assisted"] | (people["is_registered"] & people["poverty_status_code"].isin(IN_NEED))


def _both_schemes(said: Said, here: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """M11: paying in both schemes, with a payment of their own for the year of the contributions."""
    payment = said.of("social_insurance", "payment")
    own = payment[payment["is_linkable"] & (payment["payment_item_code"] == "1")]
    contribution = said.of("social_insurance", "contribution")
    contribution = contribution[contribution["is_linkable"] & contribution["scheme_code"].isin(EMPLOYEE_SCHEMES)]
    years = contribution[["true_id"]].assign(premium_year=contribution["period_month"].str[:4])
    twice = own[["true_id", "premium_year"]].merge(years, on=["true_id", "premium_year"])["true_id"]
    insured = here[here["is_registered"] & here["has_pension"]]
    is_twice = insured["is_paying_twice"] & insured["true_id"].isin(twice)
    yield from counted(
        insured.assign(one=1, twice=is_twice.astype(int)), "M11", "both_schemes", value="twice", base="one"
    )


def _wrongly_paid(said: Said, here: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """M12: two pensions for one month (C07), one for months after death (C08) or wholly in prison (C09)."""
    benefit = said.of("social_insurance", "benefit")
    benefit = benefit[benefit["scheme_code"].isin(PENSIONS) & (benefit["pay_mark_code"] == PAID)]
    n_paid = benefit["months_paid"].astype(int).clip(1, 3)
    benefit = benefit.assign(
        month=_month(benefit["benefit_month"]), n_paid=n_paid, monthly=fen(benefit["benefit_amount"])
    )
    found = [_two_pensions(here, benefit), _after_death(said, here, cases, benefit), _in_prison(said, here, benefit)]
    return pd.concat(found, ignore_index=True)


def _two_pensions(here: pd.DataFrame, benefit: pd.DataFrame) -> pd.DataFrame:
    """All but the one that may be kept, the higher one: for as many months as each of them was paid."""
    month = ["true_id", "month"]
    paid = benefit[benefit["is_linkable"]].sort_values("monthly", ascending=False)
    accounts = paid.groupby(month)
    paid = paid.assign(is_too_much=paid.duplicated(month), n=accounts["n_paid"].transform("min"))
    paid = paid[accounts["person_number"].transform("nunique") > 1]
    paid = paid.assign(check="C07", amount=(paid["monthly"] * paid["n"]).where(paid["is_too_much"], 0))
    return paid[["true_id", "check", "amount"]].merge(here[["true_id", "county"]], on="true_id")


def _month(text: pd.Series) -> pd.Series:
    """Months of dates as 2019-03 or 201903, counted from the year 0."""
    digits = text.str.replace("-", "")
    return digits.str[:4].astype(int) * 12 + digits.str[4:6].astype(int)


def _after_death(said: Said, here: pd.DataFrame, cases: Cases, benefit: pd.DataFrame) -> pd.DataFrame:
    deaths, moves = said.of("deaths", "death"), said.of("hukou_move", "move").query("is_alive == False")
    visits = pd.concat(past.of("verification_feedback", "finding") for past in said.so_far)
    visits = visits[visits["item"].str.startswith("N01")]
    days = {"death_date": deaths, "changed_date": moves, "death_month": visits}
    told = pd.concat(rows[["true_id", "tier"]].assign(died=_month(rows[day])) for day, rows in days.items())
    told = told[told["tier"].isin(LINKABLE)]
    died = told.groupby("true_id")["died"].min()
    dead = here[here["is_dead"]]
    of_dead = benefit[benefit["is_linkable"]].merge(dead[["true_id", "county"]], on="true_id")
    # Who has left the lists is asked for by number and name as they were known.
    gone = here.iloc[:0] if cases.people is None else cases.people
    gone = gone[gone["has_number"] & gone["true_id"].isin(died.index) & ~gone["true_id"].isin(here["true_id"])]
    of_gone = benefit[benefit["tier"].isin(("T1", "T2"))].merge(gone[["true_id", "county"]], on="true_id")
    paid = pd.concat([of_dead, of_gone])
    after = paid["month"] - paid["true_id"].map(died)
    paid = paid.assign(n=after.clip(upper=paid["n_paid"]))[after > 0]
    return paid.assign(check="C08", amount=paid["monthly"] * paid["n"])[["true_id", "county", "check", "amount"]]


def _in_prison(said: Said, here: pd.DataFrame, benefit: pd.DataFrame) -> pd.DataFrame:
    sentence = said.of("prison", "sentence")
    sentence = sentence[sentence["is_linkable"] & sentence["execution_code"].isin(SERVED_INSIDE)]
    start = pd.to_datetime(sentence["started_date"])
    released = pd.to_datetime(sentence["released_date"].replace("", None)) - pd.Timedelta(days=1)
    end = released.fillna(pd.to_datetime(sentence["ended_date"].replace("", None))).fillna(pd.Timestamp("2200-12-31"))
    # The first and the last month only where they are whole.
    first = start.dt.year * 12 + start.dt.month + (start.dt.day > 1).astype(int)
    last = end.dt.year * 12 + end.dt.month - (~end.dt.is_month_end).astype(int)
    sentence = sentence[["true_id"]].assign(first=first, last=last)
    paid = (
        benefit[benefit["is_linkable"]].merge(here[["true_id", "county"]], on="true_id").merge(sentence, on="true_id")
    )
    until = paid[["month", "last"]].min(axis=1)
    since = pd.concat([paid["month"] - paid["n_paid"] + 1, paid["first"]], axis=1).max(axis=1)
    paid = paid.assign(n=until - since + 1)
    paid = (
        paid[paid["n"] > 0]
        .sort_values("n")
        .drop_duplicates(["true_id", "quarter", "file_name", "line_number"], keep="last")
    )
    return paid.assign(check="C09", amount=paid["monthly"] * paid["n"])[["true_id", "county", "check", "amount"]]
