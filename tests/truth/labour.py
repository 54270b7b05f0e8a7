"""What the poor labour force wishes for, its jobs, services for it, and subsidies paid: M18A, M19A, M22C, M29A."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tests.truth.cells import counted, fen
from tests.truth.truth import Said, first_day, last_day

FORMS = {"单位就业": "02", "自主创业": "SELF", "灵活就业": "FLEXIBLE", "公益性岗位": "PUBLIC_POST"}
SERVICES = {
    "岗位推荐": "VACANCY", "职业指导": "GUIDANCE", "职业介绍": "INTRODUCTION", "政策咨询": "POLICY", "招聘会": "JOB_FAIR",
    "培训推荐": "TRAINING",
}  # fmt: skip
CAMPAIGNS = {"日常服务": "NONE", "春风行动": "SPRING", "民营企业招聘周": "PRIVATE_WEEK"}
FUNDS = {"就业补助资金": "EMPLOYMENT"}
YES = "是"

Rows = Iterator[pd.DataFrame]


def figures(said: Said, labour: pd.DataFrame) -> Rows:
    """All of them; `labour`: everybody who counts in M19."""
    yield from _wishes(said, labour)
    yield from _jobs(said, labour)
    yield from _services(said, labour)
    yield from _subsidies(said)


def _wishes(said: Said, labour: pd.DataFrame) -> Rows:
    wish, worker = said.of("employment_platform", "wish"), said.of("employment_platform", "worker")
    said_by = {
        "on_platform": worker,
        "work": wish[wish["wants_work"] == YES],
        "leave": wish[wish["wants_to_leave"] == YES],
        "startup": wish[wish["wants_startup"] == YES],
    }
    for figure, rows in said_by.items():
        of_them = labour["is_linkable"] & labour["true_id"].isin(rows.loc[rows["is_linkable"], "true_id"])
        yield from counted(labour.assign(part=of_them.astype(int), one=1), "M18A", figure, value="part", base="one")


def _jobs(said: Said, labour: pd.DataFrame) -> Rows:
    """The job on the form of whoever is employed."""
    worker = said.of("employment_platform", "worker")
    worker = worker[worker["is_linkable"] & (worker["is_employed"] == True)]  # noqa: E712
    form = worker["employment_form_code"].map(FORMS)
    jobs = worker.assign(
        form=form, channel=worker["channel_code"], is_unit=form == "02", contract=(form == "02") & (worker["has_contract"] == YES),
        is_domestic=worker["trade"].str.contains("家政"), is_home=worker["is_home_worker"] == YES, wage=fen(worker["wage_amount"]),
        employer=worker["employer_code"].where(worker["employer_code"] != "", worker["employer_name"]),
    )  # fmt: skip
    # Who is on the platform twice has one job: of each code the first, of wages the largest.
    told = jobs.groupby("true_id", as_index=False).agg(
        {"form": "min", "channel": "min", "employer": "min", "is_unit": "max", "contract": "max", "is_domestic": "max", "is_home": "max",
         "wage": "max"}
    )  # fmt: skip
    employed = labour[labour["is_covered"]].merge(told, on="true_id", how="left")
    employed = employed.assign(
        form=employed["form"].fillna("unknown"), channel=employed["channel"].fillna("unknown"), one=1,
        trade=employed["is_domestic"].eq(True).map({True: "domestic", False: "other"}),
        home=employed["is_home"].eq(True).map({True: "yes", False: "no"}),
    )  # fmt: skip
    groups = {"employment_form": "form", "channel": "channel", "trade": "trade", "home_worker": "home"}
    yield from counted(employed, "M19A", "people", groups)
    in_unit = employed[employed["is_unit"].eq(True)].astype({"contract": int})
    yield from counted(in_unit, "M19A", "contract", value="contract", base="one")
    paid = employed[employed["wage"] > 0]
    yield from counted(paid, "M19A", "paid")
    yield from counted(paid, "M19A", "wage", value="wage")
    yield from counted(
        employed[employed["employer"].notna() & (employed["employer"] != "")].drop_duplicates(["county", "employer"]),
        "M19A",
        "employers",
    )


def _services(said: Said, labour: pd.DataFrame) -> Rows:
    service = said.of("employment_platform", "service")
    service = service[service["is_linkable"]]
    assert pd.to_datetime(service["served_date"]).between(first_day(said.quarter), last_day(said.quarter)).all()
    served = service.assign(
        service=service["service_code"].map(SERVICES), campaign=service["campaign_code"].map(CAMPAIGNS), one=1,
        led=(service["has_led_to_work"] == YES).astype(int),
    )[["true_id", "service", "campaign", "one", "led", "is_at_destination"]].merge(labour, on="true_id")  # fmt: skip
    groups = {"service": "service", "campaign": "campaign"}
    yield from counted(served, "M22C", "led_to_work", groups, "led", "one")
    yield from counted(served.drop_duplicates("true_id"), "M22C", "people")
    for cut, group in groups.items():
        for part in counted(served.drop_duplicates(["true_id", group]), "M22C", "people", {cut: group}):
            yield part[part["cut"] != "total"]
    there = served.loc[served["is_at_destination"] == YES, "true_id"]
    away = labour[labour["is_away"]]
    away = away.assign(there=away["true_id"].isin(there).astype(int), one=1)
    yield from counted(away, "M22C", "at_destination", value="there", base="one")


def _subsidies(said: Said) -> Rows:
    """Paid since the year began, where they were paid, to whomever."""
    paid = said.of("employment_platform", "subsidy")
    assert set(paid["state_code"]) <= {"3"} and set(paid["paid_date"].str[:4]) <= {said.quarter[:4]}
    receiver = (paid["organisation_name"] != "").map({True: "organisation", False: "person"})
    fund = paid["fund_code"].map(FUNDS)
    paid = paid.assign(
        county=paid["county_code"], amount=fen(paid["paid_amount"]), fund=fund, receiver=receiver,
        by_fund=paid["subsidy_code"] + ":" + fund, by_receiver=paid["subsidy_code"] + ":" + receiver,
    )  # fmt: skip
    groups = {
        "subsidy": "subsidy_code", "fund": "fund", "receiver": "receiver", "subsidy_by_fund": "by_fund",
        "subsidy_by_receiver": "by_receiver",
    }  # fmt: skip
    yield from counted(paid, "M29A", "payments", groups)
    yield from counted(paid, "M29A", "amount", groups, "amount")
