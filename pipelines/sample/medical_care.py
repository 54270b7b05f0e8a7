"""Rows of medical insurance beside participation: identities, premium payers, settlements, filings for other areas."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import cover, work
from pipelines.sample.batch import Batch, coded, dates, digits
from pipelines.sample.draws import Array
from pipelines.sample.insurance_records import medical_layout, medical_numbers, poor_marks
from pipelines.sample.people import days
from pipelines.sample.register_records import amounts, now_places
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import medical_insurance

PREMIUM = {2018: 180, 2019: 220, 2020: 250}  # yuan a resident pays, recalled (L)
SELF_PAID = 0.012  # of the registered, who paid what the treasury should have (C36; L)
INPATIENT, OUTPATIENT = 0.055, 0.07  # of the insured poor in a quarter (L)
ONE_STOP = 0.965  # of settlements inside the county (L)
FILED, FILED_BEFORE_STAY = 0.05, 0.75  # of those at work elsewhere; of those treated elsewhere (L)
HOSPITALS = ("人民医院", "中医院", "第二人民医院", "妇幼保健院")


def _insured(now: Snapshot) -> Array:
    people = now.people
    return np.flatnonzero((people.medical_scheme > 0) & (people.medical_state == 1) & people.alive)


def _person(now: Snapshot, rows: Array) -> dict[str, pa.Array]:
    pick = pa.array(rows)
    return {
        "person_number": medical_numbers(now.people.true_id[rows]),
        "id_number": now.id_text.take(pick),
        "name": now.name_text.take(pick),
    }


def identity_rows(now: Snapshot) -> Batch:
    """One row per insured person and identity known to the medical system: 建档立卡, 低保, 特困."""
    people, everyone = now.people, _insured(now)
    marked = everyone[poor_marks(now, everyone)]
    assisted = everyone[people.assistance[everyone] > 0]
    assisted = assisted[now.draws(people.true_id[assisted], "medical", "identity") < 0.96]
    rows = np.r_[marked, assisted]
    code = np.r_[np.full(len(marked), 3), np.where(people.assistance[assisted] == 3, 2, 4)]
    ids, county = people.true_id[rows], now.county(rows)
    since = days(type(now.quarter)(2014, 1))[0] + np.floor(now.draws(ids, "identity", "since") * 1400).astype(np.int64)
    columns = {
        **_person(now, rows),
        "identity_code": digits(code),
        "identity_since": dates(since),
        "identity_until": coded([f"{now.quarter.year}-12-31"], np.zeros(len(rows))),
        "place_code": digits(county),
    }
    return Batch(medical_insurance.IDENTITY_LIST, columns, ids, county, digits(code), layout=medical_layout(now))


def premium_rows(now: Snapshot) -> Batch:
    """One row per resident insured in the premium year: the treasury pays for the registered, most others themselves."""
    people, draws, year = now.people, now.draws, now.quarter.year
    rows = _insured(now)
    rows = rows[people.medical_scheme[rows] == cover.MEDICAL_RESIDENTS]
    ids, county = people.true_id[rows], now.county(rows)
    self_paid = draws(ids, "medical", "self", year) < SELF_PAID
    aided = people.assistance[rows] > 0
    payer = np.select([people.registered[rows] & ~self_paid, aided & ~people.registered[rows]], [1, 4], 3)
    first = days(type(now.quarter)(year, 1))[0]
    paid = np.minimum(first - 80 + np.floor(draws(ids, "medical", "paid", year) * 130), days(now.quarter)[1])
    columns = {
        **_person(now, rows),
        "scheme_code": digits(np.full(len(rows), cover.MEDICAL_RESIDENTS)),
        "premium_year": digits(np.full(len(rows), year)),
        "payer_code": digits(payer),
        "paid_amount": amounts(np.full(len(rows), PREMIUM[year])),
        "paid_date": dates(paid),
        "place_code": digits(county),
    }
    return Batch(medical_insurance.PREMIUM, columns, ids, county, digits(payer), layout=medical_layout(now))


def _elsewhere(now: Snapshot, rows: Array) -> tuple[Array, Array]:
    """(place of treatment, 0 inside the county, 1 elsewhere in the province, 2 outside it) of a stay."""
    people, draws, ids = now.people, now.draws, now.people.true_id[rows]
    home, u = now.county(rows), draws(ids, "treated", now.quarter)
    works_far = people.employed[rows] & ~np.isin(people.workplace[rows], [int(code) for code in now.where.counties])
    far = np.array(work.OUTSIDE)[np.floor(draws(ids, "treated", "far") * len(work.OUTSIDE)).astype(np.int64)]
    distance = np.where(works_far & (u < 0.6), 2, np.select([u < 0.80, u < 0.93], [0, 1], 2))
    place = np.select([distance == 0, distance == 1], [home, 360102], np.where(works_far, people.workplace[rows], far))
    return place, np.where(place == home, 0, distance)


def settlement_rows(now: Snapshot) -> Batch:
    """One row per settlement of the quarter; most in one stop, some of them completed by hand later."""
    people, draws, everyone = now.people, now.draws, _insured(now)
    first, last = days(now.quarter)
    ill = np.where(now.health[everyone] > 1, 1.9, 0.75)
    ids = people.true_id[everyone]
    stays = everyone[draws(ids, "inpatient", now.quarter) < INPATIENT * ill]
    visits = everyone[(draws(ids, "outpatient", now.quarter) < OUTPATIENT * ill) & (now.health[everyone] > 1)]
    rows = np.r_[stays, visits]
    inpatient = np.arange(len(rows)) < len(stays)
    place, distance = _elsewhere(now, rows)
    place, distance = np.where(inpatient, place, now.county(rows)), np.where(inpatient, distance, 0)
    ids = people.true_id[rows]
    size = np.exp(draws.normal(ids, "cost", now.quarter) * 0.7)
    total = np.round(np.where(inpatient, 5200 * (1 + 0.7 * distance), 320) * size, 2)
    poor, assisted = people.registered[rows], people.assistance[rows] > 0
    pooled = np.round(total * (0.66 - 0.09 * distance), 2)
    left = total - pooled
    severe = np.where(inpatient & (left > 3000), np.round((left - 3000) * 0.6, 2), 0)
    commercial = np.where(poor & inpatient, np.round((left - severe) * 0.45, 2), 0)
    assistance = np.where((poor | assisted) & inpatient, np.round((left - severe - commercial) * 0.5, 2), 0)
    account = np.where(people.medical_scheme[rows] == cover.MEDICAL_EMPLOYEES, np.round(left * 0.2, 2), 0)
    account = np.minimum(account, np.maximum(left - severe - commercial - assistance, 0))
    at_once = draws(ids, "one stop", now.quarter) < np.select([distance == 0, distance == 1], [ONE_STOP, 0.7], 0.35)
    # Without one stop the first settlement brings the pooled part, and the other layers follow by hand weeks later.
    later = np.flatnonzero(~at_once & inpatient & (severe + commercial + assistance > 0))
    now_part = np.where(at_once, 1.0, 0.0)
    stay = np.floor(2 + 9 * draws(ids, "stay", now.quarter)).astype(np.int64)
    settled = first + np.floor(draws(ids, "settled", now.quarter) * (last - first + 1)).astype(np.int64)
    again = np.r_[np.zeros(len(rows), bool), np.ones(len(later), bool)]
    whole = np.r_[np.arange(len(rows)), later]
    rows, ids, inpatient = rows[whole], ids[whole], inpatient[whole]

    def share(amount: Array) -> Array:
        """A layer's amount: at once where one stop worked, else in the later settlement."""
        result: Array = np.where(again, amount[whole], (amount * now_part)[whole])
        return result

    layers = [share(severe), share(commercial), share(assistance)]
    pooled = np.where(again, 0, pooled[whole])
    account = np.where(again, 0, account[whole])
    # What is refunded by hand was paid in cash before: the second settlement's total is the refund.
    cost = np.where(again, sum(layers), total[whole])
    cash = np.maximum(np.round(cost - pooled - account - sum(layers), 2), 0)
    visit = pc.binary_join_element_wise(coded(["MZ", "ZY"], inpatient), digits(ids), now.quarter.key, "")
    kind = np.where(again | ~at_once[whole] & (distance[whole] == 2), 1, 2)
    day = np.minimum(settled[whole] + again * 20, last)
    came, left_on = np.minimum(settled - stay, last)[whole], settled[whole]
    medical = np.where(inpatient, np.where(distance[whole] > 0, 23, 21), 14)
    county = now.county(rows)
    hospital = coded(list(HOSPITALS), np.floor(now.draws(ids, "hospital") * len(HOSPITALS)))
    columns = {
        "settlement_number": pc.binary_join_element_wise(visit, coded(["1", "2"], again), "-"),
        "visit_number": visit,
        **_person(now, rows),
        "scheme_code": digits(people.medical_scheme[rows]),
        "medical_type_code": digits(medical),
        "total_amount": amounts(cost),
        "pooled_amount": amounts(pooled),
        "severe_illness_amount": amounts(layers[0]),
        "commercial_amount": amounts(layers[1]),
        "assistance_amount": amounts(layers[2]),
        "account_amount": amounts(account),
        "cash_amount": amounts(cash),
        "hospital_name": hospital,
        "treated_place_code": digits(now_places(now, place[whole])),
        "settled_place_code": digits(np.where(kind == 2, now_places(now, place[whole]), county)),
        "settlement_kind_code": digits(kind),
        "admitted_date": dates(came, blank=~inpatient),
        "discharged_date": dates(left_on, blank=~inpatient),
        "settled_date": dates(day),
        "place_code": digits(county),
    }
    item = pc.binary_join_element_wise(coded(["out", "in"], inpatient), coded(["1", "2"], again), "")
    return Batch(medical_insurance.SETTLEMENT, columns, ids, county, item, layout=medical_layout(now))


def filing_rows(now: Snapshot) -> Batch:
    """One row per filing in force: people at work elsewhere, and most of those treated elsewhere this quarter."""
    people, draws, everyone = now.people, now.draws, _insured(now)
    ids = people.true_id[everyone]
    home = people.workplace[everyone] // 100 == now.county(everyone) // 100
    at_work = people.employed[everyone] & ~home & (draws(ids, "filed") < FILED)
    place, distance = _elsewhere(now, everyone)
    ill = np.where(now.health[everyone] > 1, 1.9, 0.75)
    treated = (draws(ids, "inpatient", now.quarter) < INPATIENT * ill) & (distance > 0)
    treated &= draws(ids, "filed", "stay", now.quarter) < FILED_BEFORE_STAY
    chosen = at_work | treated
    rows, place, transfer = everyone[chosen], place[chosen], ~at_work[chosen]
    ids, county = ids[chosen], now.county(rows)
    place = np.where(transfer, place, people.workplace[rows])
    first, last = days(now.quarter)
    back = np.where(transfer, 0, np.floor(draws(ids, "filed", "since") * 300)).astype(np.int64)
    filed = first - back + np.floor(draws(ids, "filed", "day", now.quarter) * 60).astype(np.int64)
    columns = {
        **_person(now, rows),
        "filing_kind_code": coded(["3", "4"], transfer),
        "filed_date": dates(filed),
        "start_date": dates(filed),
        "end_date": dates(np.where(transfer, filed + 180, last + 730)),
        "treated_place_code": digits(now_places(now, place)),
        "filing_state_code": coded(["1"], np.zeros(len(rows))),
        "place_code": digits(county),
    }
    return Batch(medical_insurance.FILING, columns, ids, county, layout=medical_layout(now))
