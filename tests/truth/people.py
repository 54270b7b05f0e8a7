"""The people of a province as the office can know them in a quarter, with everything that measures and figures ask for.

A person is known to the office as the records say: the records that were put together are one person; any other stands as a
person of its own, without age, and nothing else is known of it. Which records those are is given; that no two people were
put together, and that all were whose numbers are usable, is another test's.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tests.truth.truth import LINKABLE, SEVERE, Said, Truth, first_day, is_severely_disabled, last_day

# What visits find: extended code → what it says of the person; N07 is at school, N10 to N15 are insured, N10 to N13 in another scheme.
FOUND = {"N01": "is_dead", "N05": "imprisoned", "N06": "in_army", "N08": "emigrated"}
FOUND_INSURED, FOUND_ELSEWHERE = ("N10", "N11", "N12", "N13", "N14", "N15"), ("N10", "N11", "N12", "N13")
EMPLOYEE_SCHEMES = ("110", "120")
# What another department's list may say of somebody, and when it is true of them: a list also names people of whom it says
# nothing that counts (served outside, discharged, ended, moved within the province).
LISTED = {
    "in_army": ("army", "army"),
    "imprisoned": ("prison", "prison"),
    "emigrated": ("hukou_move", "abroad"),
}
CANCELLED = "3"
EMPLOYED = "就业登记"  # the other spells are of registered unemployment
SCHOOL_AGES = (15, 24)
HALF_A_YEAR = pd.DateOffset(months=6)

Among = Callable[[pd.DataFrame], "pd.Series"]


def known(said: Said) -> pd.DataFrame:
    """One row per person, with the region of every level and the group of every cut."""
    people = _named(said)
    people = people.merge(
        said.truth.person[["true_id", "sex_code", "birth_date", "is_minority"]], on="true_id", how="left"
    )
    is_linkable = people["is_linkable"]

    def among(rows: pd.DataFrame) -> pd.Series:
        return is_linkable & people["true_id"].isin(rows.loc[rows["is_linkable"], "true_id"])

    people["age"] = _age(people["birth_date"], said.quarter).where(people["has_number"])
    civil = said.of("civil_affairs", "family")
    for column, codes in (("is_destitute", ("03",)), ("has_allowance_low", ("01", "02"))):
        alone = (people["system"] == "civil_affairs") & ~is_linkable & people["assistance_code"].isin(codes)
        people[column] = among(civil[civil["assistance_code"].isin(codes)]) | alone
    people["is_assisted"] = people["is_destitute"] | people["has_allowance_low"]
    _listed(people, said, among)
    _insured(people, said, among)
    _work(people, said, among)
    _study(people, said, among)
    return _grouped(people)


def _named(said: Said) -> pd.DataFrame:
    """Everybody whom a list of the universe names, at the place of the first that names them."""
    register = said.of("poverty_register", "person").assign(is_registered=True)
    register["place"] = register["village_code"]
    civil = said.of("civil_affairs", "family").assign(is_registered=False)
    # A family lives in one town, that of its first member.
    first = civil[civil["position"] == 1].set_index(["file_name", "line_number"])["village_code"].str[:9]
    civil["place"] = [first.at[line] for line in zip(civil["file_name"], civil["line_number"], strict=True)]
    workers = said.of("employment_platform", "worker")
    workers = workers.assign(place=workers["village_code"])
    others = [rows.assign(place=rows["county_code"]) for rows in (roll(said), said.of("yulu", "payment"))]
    disabled = said.of("disabled_federation", "holder")
    disabled = disabled[is_severely_disabled(disabled, said.quarter)]
    disabled = disabled.assign(place=disabled["village_code"], is_registered=False)
    # Where somebody belongs the register says before civil affairs, these before the others. A record of the platform, a
    # school or Yulu that stands alone is in no measure.
    rest = pd.concat([workers, *others]).assign(is_registered=False)
    named = pd.concat([register, civil, rest[rest["is_linkable"]], disabled])
    usable = named[named["is_linkable"]].drop_duplicates("true_id")
    return pd.concat([usable, named[~named["is_linkable"]]], ignore_index=True)


def roll(said: Said) -> pd.DataFrame:
    """The technical schools' rolls; `county_code` is where the student lives."""
    rows = said.rows[(said.rows["system"] == "technical_school") & (said.rows["entity"] == "roll")]
    told = said.truth.told["technical_school", "roll"].drop(columns="county_code")
    return rows.merge(told, on=["quarter", "file_name", "line_number"], how="left", validate="many_to_one")


def _age(birth_date: pd.Series, quarter: str) -> pd.Series:
    """Completed years on the quarter's last day."""
    day = last_day(quarter)
    born = birth_date.astype(int)
    return day.year - born // 10000 - (born % 10000 > day.month * 100 + day.day).astype(int)


def _listed(people: pd.DataFrame, said: Said, among: Among) -> None:
    """What other departments' lists say and visits found: who is left out, and who is severely disabled."""
    moves, has_number = said.of("hukou_move", "move"), people["has_number"]
    people["is_dead"] = has_number & (among(said.of("deaths", "death")) | among(moves.query("is_alive == False")))
    lists = {"army": said.of("army", "service"), "prison": said.of("prison", "sentence")}
    lists["hukou_move"] = moves[moves["item"] == CANCELLED]
    for reason, (system, absence) in LISTED.items():
        people[reason] = has_number & among(lists[system][lists[system]["absence"] == absence])
    found = _found(said.truth, said.quarter)

    def is_found(*codes: str) -> pd.Series:
        return has_number & people["true_id"].isin(found.loc[found["code"].isin(codes), "true_id"])

    for code, column in FOUND.items():
        people[column] |= is_found(code)
    people["is_found_insured"], people["is_found_elsewhere"] = is_found(*FOUND_INSURED), is_found(*FOUND_ELSEWHERE)
    national = said.of("national_student_roll", "student")
    people["is_listed_student"] = (has_number & among(national.query("is_fulltime_student == True"))) | is_found("N07")
    holders = said.of("disabled_federation", "holder")
    alone = (people["system"] == "disabled_federation") & ~people["is_linkable"]
    people["is_disabled"] = among(holders[is_severely_disabled(holders, said.quarter)]) | alone
    people["has_severe_certificate"] = among(holders[holders["item"].str[0].isin(SEVERE)])


def _found(truth: Truth, quarter: str) -> pd.DataFrame:
    """(true_id, code) of what visits found that holds on the quarter's last day: the last visit's word, for a year."""
    record = truth.record[(truth.record["system"] == "verification_feedback") & (truth.record["quarter"] <= quarter)]
    record = record[~record["is_quarantined"] & record["tier"].isin((*LINKABLE, "T4"))]
    record = record[record["quarter"] == record.groupby("true_id")["quarter"].transform("max")]
    told = record["item"].str.split(":", expand=True)
    code, day = told[0], pd.to_datetime(told[1])
    holds = (code == "N01") | (day + pd.DateOffset(years=1) > last_day(quarter))
    return record.assign(code=code)[holds & record["tier"].isin(LINKABLE)][["true_id", "code"]]


def _insured(people: pd.DataFrame, said: Said, among: Among) -> None:
    """Pensions, premiums paid by government, medical insurance."""
    account = said.of("social_insurance", "participation")
    resident = account[(account["item"] == "170") & _is_insured(account, "resident_state_code")]
    employee = account[account["item"].isin(EMPLOYEE_SCHEMES)]
    active = employee[employee["unit_state_code"] == "1"]
    people["has_pension"] = among(resident) | among(employee[_is_insured(employee, "unit_state_code")])
    people["has_employee_pension"] = among(active)
    people["has_other_scheme"] = people["has_employee_pension"] | people["is_found_elsewhere"]
    people["has_pension_or_found"] = people["has_pension"] | people["is_found_insured"]
    is_paying = resident["resident_state_code"] == "1"
    people["has_benefit"] = among(resident[is_paying & (resident["resident_payment_code"] == "3")])
    people["is_paying_twice"] = people["has_employee_pension"] & among(
        resident[is_paying & (resident["resident_payment_code"] == "1")]
    )
    payment = said.of("social_insurance", "payment")
    people["has_subsidy"] = among(payment[payment["item"] == f"{said.quarter[:4]}:11"])
    medical = said.of("medical_insurance", "participation")
    insured = medical[medical["medical_state_code"] == "1"]
    people["has_medical"] = among(insured)
    people["has_mark"] = among(insured[insured["has_medical_mark"] == True])  # noqa: E712
    other = account[account["unit_state_code"] == "1"]
    people["is_on_file"] = among(account)
    people["has_unemployment"] = among(other[other["item"] == "210"])
    people["has_injury"] = among(other[other["item"] == "410"])


def _is_insured(account: pd.DataFrame, state: str) -> pd.Series:
    """Paying or on benefit (1), paused (2); ended (4) is not, and payment state 3 alone says nothing."""
    return account[state].isin(("1", "2"))


def _work(people: pd.DataFrame, said: Said, among: Among) -> None:
    """What the platform says of people: at work, verified, in a unit, sent away, demand for training, courses, subsidies."""
    quarter, year = said.quarter, said.quarter[:4]
    worker = said.of("employment_platform", "worker")
    told = worker["item"].str.split(":", expand=True)
    verified = pd.to_datetime(told[0]).between(first_day(quarter), last_day(quarter))
    there, away, unit, sent = (told[column] == "1" for column in range(1, 5))
    people["is_employed"] = among(worker[worker["is_employed"] == True])  # noqa: E712
    # Who is at work out of the county is to be verified there; anybody else at home.
    people["is_verified"] = among(worker[verified & (there | ~away)])
    people["is_in_unit"] = among(worker[unit])
    people["is_sent"] = among(worker[sent])
    people["is_away"] = among(worker[away])
    people["is_organised_away"] = among(worker[away & (worker["is_organised"] == "是")])
    wish = said.of("employment_platform", "wish")
    people["has_told"] = among(worker) | among(wish[wish["item"] != ""])
    people["has_school_wish"] = among(wish[wish["wants_technical_school"] == "是"])

    # Once paid stays paid; a demand of the year stays, with the first day on which it was recorded.
    paid = pd.concat(past.of("employment_platform", "subsidy") for past in said.so_far)
    people["has_allowance"] = among(paid[paid["item"].str.startswith("QZ")])
    living = said.of("employment_platform", "subsidy")
    people["has_living"] = among(living[living["item"].str.startswith("SH")])
    of_year = [past for past in said.so_far if past.quarter[:4] == year]
    wished = pd.concat(
        (past.of("employment_platform", "wish").assign(known_in=past.quarter) for past in of_year), ignore_index=True
    )
    demand = wished["item"].str.split(":", expand=True)
    wanting = wished.assign(day=demand[1])[(demand[0] == "1") & wished["is_linkable"]]
    since = wanting.groupby("true_id")["day"].min()
    people["has_demand"] = among(wanting)
    # Who wished for a school at a school-leaver's age is asked after until the year ends.
    born = people.loc[people["has_number"]].set_index("true_id")["birth_date"]
    wished = wished[(wished["wants_technical_school"] == "是") & wished["true_id"].isin(born.index)]
    ages = [
        _age(rows["true_id"].map(born), str(past)).between(*SCHOOL_AGES) for past, rows in wished.groupby("known_in")
    ]
    people["has_wished_school"] = among(wished[pd.concat(ages).reindex(wished.index)] if ages else wished)
    course = said.of("employment_platform", "training")
    finished = course[(course["has_finished"] == "是") & course["is_linkable"]]
    people["is_trained"] = among(finished)
    last = finished.groupby("true_id")["started_date"].max()
    is_met = (people["true_id"].map(last) >= people["true_id"].map(since)).fillna(False)
    people["is_demand_met"] = is_met & people["is_trained"]
    _after_training(people, said, among)


def _after_training(people: pd.DataFrame, said: Said, among: Among) -> None:
    """For whom half a year has passed in the quarter since a course was finished, and who worked in one of these."""
    courses = pd.concat(past.of("employment_platform", "training") for past in said.so_far)
    courses = courses[(courses["has_finished"] == "是") & courses["is_linkable"]]
    ended = pd.to_datetime(courses["ended_date"])
    courses = courses.assign(finished=ended, over=ended + HALF_A_YEAR)
    due = courses[courses["over"].between(first_day(said.quarter), last_day(said.quarter))]
    jobs = spells(said)
    both = due[["true_id", "finished", "over"]].merge(jobs, on="true_id")
    worked = both[(both["until"] > both["finished"]) & (both["since"] <= both["over"])]
    people["is_past_training"] = among(due)
    people["has_worked_after"] = people["is_past_training"] & people["true_id"].isin(worked["true_id"])


def spells(said: Said) -> pd.DataFrame:
    """Jobs since 2018 as the platform tells them now: (true_id, since, until, channel_code); without an end until for ever."""
    rows = said.of("employment_platform", "spell")
    rows = rows[rows["is_linkable"] & (rows["registration_code"] == EMPLOYED)]
    until = pd.to_datetime(rows["ended_date"].replace("", "2200-01-01"))
    return rows.assign(since=pd.to_datetime(rows["started_date"]), until=until)[
        ["true_id", "since", "until", "channel_code"]
    ]


def _study(people: pd.DataFrame, said: Said, among: Among) -> None:
    """What the schools say of people: on the roll, aided, fee waivers, grants of the first two years, graduates and their jobs."""
    year, number = int(said.quarter[:4]), said.quarter[-1]
    rolls = roll(said)
    told = rolls["item"].str.split(":", expand=True)
    begins = year if number == "4" else year - 1
    formal = rolls["roll_state_code"] == "1"
    people["is_on_roll"] = among(rolls[formal])
    people["is_apprentice"] = among(rolls[formal & (rolls["is_new_apprentice"] == "是")])
    full_time = formal & (rolls["study_form_code"] == "1")
    people["is_full_time"] = among(rolls[full_time])
    # Nothing of a term is due to whom a school enrolled after it.
    people["is_full_time_in_term"] = among(rolls[full_time & (rolls["enrolled_date"] < _next_term(said.quarter))])
    schools = rolls[formal & rolls["is_linkable"]].groupby("true_id")["school_code"].min()
    people["school_code"] = people["true_id"].map(schools).where(people["is_on_roll"])
    people["is_in_grant_years"] = among(rolls[formal & (told[0].astype(int) + 2 > begins)])
    due = pd.to_datetime(told[2])
    graduated = (told[1] == "1") & (due.dt.year == year) & (due <= last_day(said.quarter))
    people["is_graduate"] = among(rolls[graduated])
    people["has_waiver"] = among(said.of("technical_school", "fee_waiver"))
    grant = said.of("technical_school", "grant")
    people["has_grant"] = among(grant[grant["item"] == ("1" if number in "14" else "2")])
    people["has_job"] = among(said.of("technical_school", "graduate_employment"))
    aid = said.of("yulu", "payment")
    people["is_aided"] = among(aid[aid["yulu_state_code"] == "3"])
    claims = people["is_registered"] & (people["student_status_code"] != "1")
    people["is_student"] = people["is_full_time"] | people["is_listed_student"] | claims


def _next_term(quarter: str) -> str:
    """The day on which the term after the quarter's own begins: the autumn term is that of the fourth and first quarter."""
    year, number = int(quarter[:4]), quarter[-1]
    return {"1": f"{year}-03-01", "4": f"{year + 1}-03-01"}.get(number, f"{year}-09-01")


def _grouped(people: pd.DataFrame) -> pd.DataFrame:
    """With the region codes of every level and the groups of every cut."""
    is_registered = people["is_registered"]
    people["county"] = people["place"].str[:6]
    people["town"] = people["place"].str[:9].where(people["place"].str.len() >= 9)
    people["village"] = people["place"].where(people["place"].str.len() == 12)
    status = people["poverty_status_code"].where(is_registered, "none")
    deep = pd.Series("other", index=people.index).mask(people["village"].notna() & people["is_deep_village"], "deep")
    nation = people["is_minority"].map({True: "minority", False: "han"}).where(is_registered, "unknown")
    bands = pd.cut(people["age"], [-1, 15, 24, 44, 59, 200], labels=["00-15", "16-24", "25-44", "45-59", "60+"])
    people["cut:total"] = "all"
    people["cut:poverty_status"] = status
    people["cut:deep_poverty_village"] = deep
    people["cut:sex"] = people["sex_code"].where(is_registered | people["has_number"], "unknown")
    people["cut:age_band"] = bands.astype(object).where(people["age"].notna(), "unknown")
    people["cut:nation"] = nation
    people["cut:poverty_status_by_village"] = status + ":" + deep
    return people
