"""Counts every measure from the truth of the sample province, knowing nothing of how the pipeline does it.

What it knows: what is really true (truth_person, truth_state), what became of every delivered record (truth_record: is it
quarantined), and the definitions of the measures as officials read
them (domain.md §5.5, §6.4). Written for pandas; imports nothing of the pipeline, reads no SQL.

A person is known to the office as the records say: the records that were put together are one person; any other stands as a
person of its own, without age, and nothing else is known of it. Which records those are is given; that no two people were
put together, and that all were whose numbers are usable, is another test's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LINKABLE = ("T1", "T2", "T3")
LINE = ["quarter", "system", "entity", "file_name", "line_number", "position"]
# Only these are told by village; the others down to the town.
HEADLINES = ("M03", "M06", "M08", "M13", "M13A", "M19", "M36", "M38")
COUNTS = ("n_population", "n_denominator", "n_numerator", "n_excluded")
KEY = ["quarter", "measure_code", "region_code", "cut", "group_code"]

# The systems whose records are put together; the others' lists are only asked about the people of these.
LINKED = (
    "poverty_register", "civil_affairs", "employment_platform", "technical_school", "yulu", "social_insurance", "medical_insurance",
)  # fmt: skip
# The deliveries the measures are counted from; the other tables of a system say more about the same people.
COUNTED = (
    "poverty_register.person", "civil_affairs.family", "employment_platform.worker", "technical_school.roll",
    "yulu.payment", "social_insurance.participation", "social_insurance.payment", "medical_insurance.participation",
    "deaths.death", "prison.sentence", "army.service", "hukou_move.move", "national_student_roll.student",
    "disabled_federation.holder", "employment_platform.wish", "employment_platform.training", "employment_platform.subsidy",
    "technical_school.fee_waiver", "technical_school.grant", "technical_school.graduate_employment",
)  # fmt: skip
# Rows about people beside the records that are put together: each is about whom its number and name name, without a number
# about whose record of the same system it names.
EVENTS = ("wish", "training", "subsidy", "fee_waiver", "grant", "graduate_employment")
# The measures counted here, and those that are not: the spells of work after a course are not in the truth.
MEASURES = (
    "M03", "M04", "M06", "M08", "M13", "M13A", "M14", "M19", "M22A", "M22B", "M24A", "M24B", "M24C", "M29", "M30", "M31", "M34", "M36",
    "M38", "M39A", "M39B", "M40",
)  # fmt: skip
UNCOUNTED = ("M33",)
# What visits find: extended code → what it says of the person; N07 is at school, N10 to N15 are insured, N10 to N13 in another scheme.
FOUND = {"N01": "is_dead", "N05": "imprisoned", "N06": "in_army", "N08": "emigrated"}
FOUND_INSURED, FOUND_ELSEWHERE = ("N10", "N11", "N12", "N13", "N14", "N15"), ("N10", "N11", "N12", "N13")
NOT_LIFTED = ("0", "3")  # 未脱贫, 返贫: the catalogue's 未标注脱贫(含返贫), which leaves 预脱贫 (2) out
ABLE = ("1", "2")  # ordinary and skilled labour
VOCATIONAL_YEARS = ("10", "11", "12", "13", "14", "15")
MIDDLE_SCHOOL = ("3", "4")  # junior and senior
EMPLOYEE_SCHEMES = ("110", "120")
# What another department's list may say of somebody, and when it is true of them: a list also names people of whom it says
# nothing that counts (served outside, discharged, ended, moved within the province).
LISTED = {
    "in_army": ("army", "army"),
    "imprisoned": ("prison", "prison"),
    "emigrated": ("hukou_move", "abroad"),
}
CANCELLED = "3"

Among = Callable[[pd.DataFrame], "pd.Series"]


@dataclass(frozen=True)
class Truth:
    """The truth tables of a province."""

    person: pd.DataFrame
    state: pd.DataFrame
    record: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """All quarters of a truth folder."""
        record = pd.concat(pd.read_parquet(file) for file in sorted((folder / "truth_record").glob("*.parquet")))
        for name in ("system", "entity", "quarter", "item", "kind", "tier", "file_name"):
            record[name] = record[name].astype(str)
        state = pd.concat(pd.read_parquet(file) for file in sorted((folder / "truth_state").glob("*.parquet")))
        return cls(pd.read_parquet(folder / "truth_person.parquet"), state, record)


def expected(truth: Truth, quarters: Sequence[str], linked: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(coverage, reasons): KEY with the four counts, and KEY with reason_code and n_people; only cells with people.

    `linked`: LINE of the records that stand together with others or by their number, and whether one of these is known.
    """
    coverage, reasons = [], []
    for quarter in quarters:
        judged = pd.concat(_judged(_known(truth, quarter, linked)), ignore_index=True)
        cells = _cells(judged, quarter)
        is_counted = cells["reason_code"] == ""
        cells["n_population"] = 1
        cells["n_denominator"] = is_counted.astype(int)
        cells["n_numerator"] = (is_counted & cells["is_covered"]).astype(int)
        cells["n_excluded"] = (~is_counted).astype(int)
        coverage.append(cells.groupby(KEY, as_index=False)[list(COUNTS)].sum())
        left_out = cells[~is_counted].groupby([*KEY, "reason_code"], as_index=False).size()
        reasons.append(left_out.rename(columns={"size": "n_people"}))
    return pd.concat(coverage, ignore_index=True), pd.concat(reasons, ignore_index=True)


def _in_force(truth: Truth, quarter: str, linked: pd.DataFrame) -> pd.DataFrame:
    """The records that count in a quarter with what is true of their person in the quarter they were sent.

    Each system speaks with its last delivery up to the quarter; what the contract quarantines was never said.
    """
    record = truth.record[truth.record["quarter"] <= quarter]
    record = record[record["quarter"] == record.groupby("system")["quarter"].transform("max")]
    record = record[~record["is_quarantined"] & (record["system"] + "." + record["entity"]).isin(COUNTED)].copy()
    is_insured = record["system"].isin(["social_insurance", "medical_insurance"])
    line = record[LINE].assign(entity=record["entity"].where(is_insured, "record"))
    is_event = record["entity"].isin(EVENTS) | record["item"].isin(("210", "410", "510"))
    line["entity"] = line["entity"].mask(is_event, "event")
    known = line.merge(linked, on=LINE, how="left", validate="one_to_one")["has_number"]
    # A row of another department's list says something of whom its number and name name.
    is_listed = ~record["system"].isin(LINKED)
    # Their numbers are looked for among those that the records of the universe bear.
    universe = record["system"].isin(LINKED[:5]) & ~is_event & record["tier"].isin(LINKABLE)
    is_borne = record["true_id"].isin(record.loc[universe, "true_id"])
    by_number = (is_listed | is_event) & record["tier"].isin(LINKABLE) & is_borne
    record["is_linkable"] = known.notna().to_numpy() | by_number
    named = record["system"] + ":" + record["true_id"].astype(str)
    stands = named.isin(named[record["is_linkable"] & ~is_event])
    record["is_linkable"] |= record["entity"].isin(EVENTS) & (record["tier"] == "none") & stands
    record["has_number"] = known.eq(True).to_numpy()
    return record.merge(truth.state, on=["true_id", "quarter"], how="left", validate="many_to_one")


def _known(truth: Truth, quarter: str, linked: pd.DataFrame) -> pd.DataFrame:
    """One row per person as the office can know them in a quarter, with everything the measures ask for."""
    said = _in_force(truth, quarter, linked)
    register = said[said["system"] == "poverty_register"].assign(is_registered=True)
    register["place"] = register["village_code"]
    civil = said[said["system"] == "civil_affairs"].assign(is_registered=False)
    # A family lives in one town, that of its first member.
    first = civil[civil["position"] == 1].set_index(["file_name", "line_number"])["village_code"].str[:9]
    civil["place"] = [first.at[line] for line in zip(civil["file_name"], civil["line_number"], strict=True)]

    # Where somebody belongs the register says before civil affairs, these before the others. People named by others alone
    # are in no measure but for the severely disabled.
    severe = _severe(said[said["system"] == "disabled_federation"], quarter)
    others = said[
        said["entity"].isin(("worker", "roll")) | ((said["system"] == "yulu") & (said["entity"] == "payment"))
    ]
    others = others[others["is_linkable"] & others["true_id"].isin(severe.loc[severe["is_linkable"], "true_id"])]
    others = others.assign(is_registered=False, place=others["county_code"])
    others["place"] = others["place"].mask(others["entity"] == "worker", others["village_code"])
    named = pd.concat([register, civil, others.sort_values("system")])
    usable = named[named["is_linkable"]].drop_duplicates("true_id")
    people = [usable, named[~named["is_linkable"]]]
    known = pd.concat(people, ignore_index=True)
    known = known.merge(truth.person[["true_id", "sex_code", "birth_date", "is_minority"]], on="true_id", how="left")
    is_linkable, is_registered = known["is_linkable"], known["is_registered"]

    def among(rows: pd.DataFrame) -> pd.Series:
        return is_linkable & known["true_id"].isin(rows.loc[rows["is_linkable"], "true_id"])

    of: dict[str, pd.DataFrame] = {str(system): rows for system, rows in said.groupby("system")}
    of["linked"] = linked
    known["age"] = _age(known["birth_date"], quarter).where(known["has_number"])
    known["is_assisted"] = among(of["civil_affairs"]) | ((known["system"] == "civil_affairs") & ~is_linkable)
    known["is_employed"] = among(of["employment_platform"].query("entity == 'worker' and is_employed == True"))
    roll = of["technical_school"].query("entity == 'roll'")
    formal = roll[roll["roll_state_code"] == "1"]
    known["is_on_roll"] = among(formal)
    known["is_full_time"] = among(formal[formal["study_form_code"] == "1"])
    known["is_aided"] = among(of["yulu"].query("yulu_state_code == '3'"))
    has_number = known["has_number"]
    known["is_dead"] = has_number & (among(of["deaths"]) | among(of["hukou_move"].query("is_alive == False")))
    for reason, (system, absence) in LISTED.items():
        said_so = of[system]["absence"] == absence
        if system == "hukou_move":
            said_so &= of[system]["item"] == CANCELLED
        known[reason] = has_number & among(of[system][said_so])
    found = _found(truth, quarter)

    def is_found(*codes: str) -> pd.Series:
        return has_number & known["true_id"].isin(found.loc[found["code"].isin(codes), "true_id"])

    for code, column in FOUND.items():
        known[column] |= is_found(code)
    on_roll = (has_number & among(of["national_student_roll"].query("is_fulltime_student == True"))) | is_found("N07")
    known["is_student"] = known["is_full_time"] | on_roll | (is_registered & (known["student_status_code"] != "1"))

    insurance = of["social_insurance"]
    account = insurance[insurance["entity"] == "participation"]
    resident = account[(account["item"] == "170") & _is_insured(account, "resident_state_code")]
    employee = account[account["item"].isin(EMPLOYEE_SCHEMES)]
    active = employee[employee["unit_state_code"] == "1"]
    known["has_pension"] = among(resident) | among(employee[_is_insured(employee, "unit_state_code")])
    known["has_employee_pension"] = among(active)
    known["has_other_scheme"] = known["has_employee_pension"] | is_found(*FOUND_ELSEWHERE)
    known["has_pension_or_found"] = known["has_pension"] | is_found(*FOUND_INSURED)
    known["has_benefit"] = among(
        resident[(resident["resident_state_code"] == "1") & (resident["resident_payment_code"] == "3")]
    )
    paid = insurance[(insurance["entity"] == "payment") & (insurance["item"] == f"{quarter[:4]}:11")]
    known["has_subsidy"] = among(paid)
    medical = of["medical_insurance"].query("entity == 'participation'")
    known["has_medical"] = among(medical[medical["medical_state_code"] == "1"])
    insured = medical[(medical["medical_state_code"] == "1") & (medical["has_medical_mark"] == True)]  # noqa: E712
    known["has_mark"] = among(insured)
    known["is_disabled"] = has_number & among(_severe(of["disabled_federation"], quarter))
    _work(known, truth, quarter, of, among)
    _study(known, quarter, of, among)
    return _grouped(known)


def _quarters(truth: Truth, quarter: str) -> list[str]:
    return sorted(set(truth.record.loc[truth.record["quarter"] <= quarter, "quarter"]))


def _found(truth: Truth, quarter: str) -> pd.DataFrame:
    """(true_id, code) of what visits found that holds on the quarter's last day: the last visit's word, for a year."""
    record = truth.record[(truth.record["system"] == "verification_feedback") & (truth.record["quarter"] <= quarter)]
    record = record[~record["is_quarantined"] & record["tier"].isin((*LINKABLE, "T4"))]
    record = record[record["quarter"] == record.groupby("true_id")["quarter"].transform("max")]
    told = record["item"].str.split(":", expand=True)
    code, day = told[0], pd.to_datetime(told[1])
    holds = (code == "N01") | (day + pd.DateOffset(years=1) > _last_day(quarter))
    return record.assign(code=code)[holds & record["tier"].isin(LINKABLE)][["true_id", "code"]]


def _last_day(quarter: str) -> pd.Timestamp:
    return pd.Period(quarter, "Q").end_time.normalize()


def _severe(holder: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """Certificates of grade 1 and 2 that run, when delivered and now."""
    told = holder["item"].str.split(":", expand=True)
    until = pd.to_datetime(told[1])
    delivered = holder["quarter"].map(_last_day)
    return holder[told[0].isin(("1", "2")) & (until > delivered) & (until >= _last_day(quarter))]


def _work(known: pd.DataFrame, truth: Truth, quarter: str, of: Mapping[str, pd.DataFrame], among: Among) -> None:
    """What the platform says of people: verified, in a unit, sent away, demand for training, courses, subsidies."""
    platform = dict(iter(of["employment_platform"].groupby("entity")))
    worker, year = platform["worker"], quarter[:4]
    told = worker["item"].str.split(":", expand=True)
    period = pd.Period(quarter, "Q")
    verified = pd.to_datetime(told[0]).between(period.start_time, _last_day(quarter))
    there, away, unit, sent = (told[column] == "1" for column in range(1, 5))
    # Who is at work out of the county is to be verified there; anybody else at home.
    known["is_verified"] = among(worker[verified & (there | ~away)])
    known["is_in_unit"] = among(worker[unit])
    known["is_sent"] = among(worker[sent])
    insured = of["social_insurance"][of["social_insurance"]["unit_state_code"] == "1"]
    known["has_unemployment"] = among(insured[insured["item"] == "210"])
    known["has_injury"] = among(insured[insured["item"] == "410"])
    wish = platform["wish"]
    known["has_told"] = among(worker) | among(wish[wish["item"] != ""])

    # Once paid stays paid; a demand of the year stays, with the first day on which it was recorded.
    past = [_in_force(truth, before, of["linked"]) for before in _quarters(truth, quarter)]
    paid = pd.concat(rows[rows["entity"] == "subsidy"] for rows in past)
    known["has_allowance"] = among(paid[paid["item"].str.startswith("QZ")])
    living = platform["subsidy"]
    known["has_living"] = among(living[living["item"].str.startswith("SH")])
    wished = pd.concat(rows[(rows["entity"] == "wish") & (rows["quarter"] >= f"{year}Q1")] for rows in past)
    demand = wished["item"].str.split(":", expand=True)
    wanting = wished.assign(day=demand[1])[(demand[0] == "1") & wished["is_linkable"]]
    since = wanting.groupby("true_id")["day"].min()
    known["has_demand"] = among(wanting)
    course = platform["training"]
    begun = course["item"].str.split(":", expand=True)
    finished = course.assign(day=begun[0])[(begun[1] == "1") & course["is_linkable"]]
    known["is_trained"] = among(finished)
    last = finished.groupby("true_id")["day"].max()
    known["is_demand_met"] = (known["true_id"].map(last) >= known["true_id"].map(since)).fillna(False) & known[
        "is_trained"
    ]


def _study(known: pd.DataFrame, quarter: str, of: Mapping[str, pd.DataFrame], among: Among) -> None:
    """What the schools say of people: fee waivers, grants of the first two years, graduates of the year and their jobs."""
    school = dict(iter(of["technical_school"].groupby("entity")))
    roll, year, number = school["roll"], int(quarter[:4]), quarter[-1]
    told = roll["item"].str.split(":", expand=True)
    begins = year if number == "4" else year - 1
    formal = roll["roll_state_code"] == "1"
    known["is_in_grant_years"] = among(roll[formal & (told[0].astype(int) + 2 > begins)])
    due = pd.to_datetime(told[2])
    graduated = (told[1] == "1") & (due.dt.year == year) & (due <= _last_day(quarter))
    known["is_graduate"] = among(roll[graduated])
    known["has_waiver"] = among(school["fee_waiver"])
    grant = school.get("grant", roll.iloc[:0])
    known["has_grant"] = among(grant[grant["item"] == ("1" if number in "14" else "2")])
    known["has_job"] = among(school.get("graduate_employment", roll.iloc[:0]))


def _is_insured(account: pd.DataFrame, state: str) -> pd.Series:
    """Paying or on benefit (1), paused (2); ended (4) is not, and payment state 3 alone says nothing."""
    return account[state].isin(("1", "2"))


def _age(birth_date: pd.Series, quarter: str) -> pd.Series:
    """Completed years on the quarter's last day."""
    month = int(quarter[-1]) * 3
    day = {3: 31, 6: 30, 9: 30, 12: 31}[month]
    born = birth_date.astype(int)
    return int(quarter[:4]) - born // 10000 - (born % 10000 > month * 100 + day).astype(int)


def _grouped(known: pd.DataFrame) -> pd.DataFrame:
    """With the region codes of every level and the groups of every cut."""
    is_registered = known["is_registered"]
    known["county"] = known["place"].str[:6]
    known["town"] = known["place"].str[:9].where(known["place"].str.len() >= 9)
    known["village"] = known["place"].where(known["place"].str.len() == 12)
    status = known["poverty_status_code"].where(is_registered, "none")
    deep = pd.Series("other", index=known.index).mask(known["village"].notna() & known["is_deep_village"], "deep")
    nation = known["is_minority"].map({True: "minority", False: "han"}).where(is_registered, "unknown")
    bands = pd.cut(known["age"], [-1, 15, 24, 44, 59, 200], labels=["00-15", "16-24", "25-44", "45-59", "60+"])
    known["cut:total"] = "all"
    known["cut:poverty_status"] = status
    known["cut:deep_poverty_village"] = deep
    known["cut:sex"] = known["sex_code"].where(is_registered | known["has_number"], "unknown")
    known["cut:age_band"] = bands.astype(object).where(known["age"].notna(), "unknown")
    known["cut:nation"] = nation
    known["cut:poverty_status_by_village"] = status + ":" + deep
    return known


def _judged(known: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Each measure's population: who is left out for which reason, who is covered."""
    registered = known[known["is_registered"]]
    age = registered["age"]

    excused = ("in_school", *LISTED)
    yield _measure("M03", registered, "has_pension_or_found", ("dead", "age_unknown", "under_16", *excused))
    yield _measure("M04", registered, "has_pension", ("age_unknown", "under_16"))
    yield _measure("M06", registered, "has_benefit", ("dead", "age_unknown", "under_60", *excused))
    is_due = (known["is_registered"] & known["poverty_status_code"].isin(NOT_LIFTED)) | known["is_assisted"]
    is_due |= known["is_disabled"]
    yield _measure(
        "M08", known[is_due], "has_subsidy", ("dead", "age_unknown", "under_16", "over_59", *excused, "other_scheme")
    )
    yield _measure("M13", registered, "has_medical", ("dead",))
    yield _measure("M13A", registered, "has_medical", ("dead", *LISTED))
    workers = registered[registered["labour_skill_code"].isin(ABLE)]
    yield _measure("M19", workers, "is_employed", ("dead", "age_unknown", "under_16", "over_59", "in_school"))
    code = registered["student_status_code"]
    leavers = code.isin(VOCATIONAL_YEARS) | ((code == "1") & registered["education_code"].isin(MIDDLE_SCHOOL))
    youth = registered[leavers & (age.isna() | ((age >= 15) & (age <= 24)))]
    yield _measure("M36", youth, "is_on_roll", ("dead", "age_unknown"))
    yield _measure("M38", registered[registered["is_full_time"]], "is_aided", ("dead",))
    yield _measure("M14", registered[registered["has_medical"]], "has_mark", ("dead",))
    worker = ("dead", "age_unknown", "under_16", "over_59", "in_school")
    yield _measure("M22A", workers[~workers["is_employed"]], "is_verified", worker)
    yield _measure("M22B", workers[workers["is_employed"]], "is_verified", worker)
    in_unit = workers[workers["is_in_unit"]]
    yield _measure("M24A", in_unit, "has_employee_pension", worker)
    yield _measure("M24B", in_unit, "has_unemployment", worker)
    yield _measure("M24C", in_unit, "has_injury", worker)
    yield _measure("M29", workers[workers["is_sent"]], "has_allowance", worker)
    yield _measure("M30", workers, "has_told", worker)
    yield _measure("M31", registered[registered["has_demand"]], "is_demand_met", ("dead",))
    yield _measure("M34", registered[registered["is_trained"]], "has_living", ("dead",))
    students = registered[registered["is_full_time"]]
    yield _measure("M39A", students, "has_waiver", ("dead",))
    yield _measure("M39B", students[students["is_in_grant_years"]], "has_grant", ("dead",))
    yield _measure("M40", registered[registered["is_graduate"]], "has_job", ("dead",))


def _measure(code: str, people: pd.DataFrame, covered: str, exclusions: Sequence[str]) -> pd.DataFrame:
    age = people["age"]
    tests = {
        "age_unknown": ("age_unknown", age.isna()),
        "under_16": ("under_age", age < 16),
        "over_59": ("over_age", age >= 60),
        "under_60": ("under_age", age < 60),
        "dead": ("dead", people["is_dead"]),
        "in_school": ("in_school", people["is_student"]),
        "other_scheme": ("other_scheme", people["has_other_scheme"]),
        **{reason: (reason, people[reason]) for reason in LISTED},
    }
    reason = pd.Series("", index=people.index)
    for name in reversed(exclusions):
        text, applies = tests[name]
        reason = reason.mask(applies, text)
    return people.assign(measure_code=code, is_covered=people[covered], reason_code=reason)


def _cells(judged: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """One row per person, measure, region level and cut."""
    cuts = [name for name in judged if name.startswith("cut:")]
    base = ["measure_code", "is_covered", "reason_code"]
    levels = [
        judged.assign(region_code=region).dropna(subset="region_code")
        for region in (
            judged["county"].str[:2],
            judged["county"].str[:4],
            judged["county"],
            judged["town"],
            judged["village"].where(judged["measure_code"].isin(HEADLINES)),
        )
    ]
    placed = pd.concat(levels, ignore_index=True)
    rows = [
        placed[[*base, "region_code"]].assign(cut=name.removeprefix("cut:"), group_code=placed[name]) for name in cuts
    ]
    return pd.concat(rows, ignore_index=True).assign(quarter=quarter)


def differences(wanted: pd.DataFrame, found: pd.DataFrame, key: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """The cells in which two tables of counts differ; a cell that is absent counts 0. Columns end in _wanted, _found."""
    both = wanted.merge(found, on=list(key), how="outer", suffixes=("_wanted", "_found"))
    differs = pd.Series(False, index=both.index)
    for name in counts:
        both[[f"{name}_wanted", f"{name}_found"]] = both[[f"{name}_wanted", f"{name}_found"]].fillna(0).astype(int)
        differs |= both[f"{name}_wanted"] != both[f"{name}_found"]
    return both[differs].sort_values(list(key))
