"""Rows of social insurance, medical insurance and civil affairs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import cover
from pipelines.sample.batch import Batch, Marks, coded, dates, digits, join, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.insured import Crowd
from pipelines.sample.parameters import parameters
from pipelines.sample.people import days
from pipelines.sample.register_records import amounts
from pipelines.sample.school_records import heads
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import civil_affairs, medical_insurance, social_insurance

COMPACT = "%Y%m%d"  # how the social insurance system writes days
# Personal numbers: true ids after a digit that tells of which account.
FIRST_ACCOUNT, SECOND_ACCOUNT, EMPLOYEE_ACCOUNT = 1_000_000_000, 2_000_000_000, 5_000_000_000
ARCHIVED = 0.3  # of the dead, whose ended account stays in the file


def _participation(
    ids: Array, number: pa.Array, id_text: pa.Array, name: pa.Array, scheme: Array, state: Array, payment: Array,
    joined: Array, county: Array,
) -> Batch:  # fmt: skip
    columns = {
        "person_number": number,
        "id_number": id_text,
        "name": name,
        "scheme_code": digits(scheme),
        "participation_state_code": digits(state),
        "payment_state_code": digits(payment),
        "joined_date": dates(joined, COMPACT),
        "pool_code": digits(county),
    }
    return Batch(social_insurance.PARTICIPATION, columns, ids, county, digits(scheme))


def pension_rows(now: Snapshot, crowd: Crowd, crowd_share: float, city: int) -> Batch:
    """One row per account of a city: resident accounts where people live, employee accounts where they work."""
    people = now.people
    keeps = people.alive | (now.draws(people.true_id, "archived") < ARCHIVED)
    home = _of(city, now, np.flatnonzero((people.resident_state > 0) & keeps))
    second = np.flatnonzero((now.second_pool // 100 == city) & keeps)
    unit = np.flatnonzero((people.unit_scheme > 0) & keeps)
    unit = unit[now.county_codes[people.unit_place[unit]] // 100 == city]
    ids = people.true_id
    both = np.r_[home, second]
    residents = _participation(
        ids[both], digits(np.r_[FIRST_ACCOUNT + ids[home], SECOND_ACCOUNT + ids[second]]), now.id_text.take(pa.array(both)),
        now.name_text.take(pa.array(both)), np.full(len(both), cover.RESIDENTS), people.resident_state[both],
        people.resident_payment[both], people.joined[both], np.r_[now.county(home), now.second_pool[second]],
    )  # fmt: skip
    state = np.where(people.alive[unit], people.unit_state[unit], 4)
    employees = _participation(
        ids[unit], digits(EMPLOYEE_ACCOUNT + ids[unit]), now.id_text.take(pa.array(unit)),
        now.name_text.take(pa.array(unit)), people.unit_scheme[unit], state, np.where(state == 4, 3, state),
        people.unit_joined[unit], now.county_codes[people.unit_place[unit]],
    )  # fmt: skip
    rows = _pensioned(now, crowd, crowd_share, city)
    id_text, name = crowd.take(rows)
    scheme, state, payment = crowd.pension(rows, now.quarter)
    others = _participation(
        crowd.true_id[rows], digits(FIRST_ACCOUNT + crowd.true_id[rows]), id_text, name, scheme, state, payment,
        crowd.joined(rows, now.quarter), now.county_codes[crowd.county[rows]],
    )  # fmt: skip
    return _by_county(join(join(residents, employees), others))


def _of(city: int, now: Snapshot, rows: Array) -> Array:
    """Of the rows, those who live in a city."""
    result: Array = rows[now.county(rows) // 100 == city]
    return result


def _pensioned(now: Snapshot, crowd: Crowd, share: float, city: int) -> Array:
    rows = crowd.here(now.quarter, "pension", share, city)
    adult = now.quarter.year - crowd.birth[rows] // 10000 > 16
    result: Array = rows[adult]
    return result


def _by_county(batch: Batch) -> Batch:
    """In the order of the file: by pool, then by a number that mixes everybody."""
    mixed = (batch.true_id.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
    order = pa.array(np.lexsort((mixed, batch.county)))
    whole = order.to_numpy()
    columns = {name: column.take(order) for name, column in batch.columns.items()}
    assert batch.item is not None
    return Batch(batch.table, columns, batch.true_id[whole], batch.county[whole], batch.item.take(order))


def payment_rows(now: Snapshot, crowd: Crowd, crowd_share: float, city: int) -> Batch:
    """Premiums of the current year booked so far: 政府代缴, for some once more in another county, people's own, and the
    provincial subsidy beside some."""
    people, year, draws = now.people, now.quarter.year, now.draws
    rates = parameters().subsidy
    state = _of(city, now, np.flatnonzero((people.subsidy_year == year) & (people.resident_state > 0)))
    own = _of(city, now, np.flatnonzero((people.paid_year == year) & (people.resident_state > 0)))
    helped = own[draws(people.true_id[own], "top") < 0.5]
    elsewhere = np.flatnonzero((people.subsidy_year == year) & (now.second_pool // 100 == city))
    again = people.subsidy_day[elsewhere] + 1 + np.floor(draws(people.true_id[elsewhere], "subsidy", "again") * 40)
    elsewhere, again = (column[again <= days(now.quarter)[1]] for column in (elsewhere, again))
    rows = np.r_[state, own, helped, elsewhere]
    item = np.repeat([11, 1, 3, 11], [len(state), len(own), len(helped), len(elsewhere)])
    is_second = np.arange(len(rows)) >= len(rows) - len(elsewhere)
    tier = np.array([100, 200, 300, 500])[draws.choice(people.true_id[rows], [0.7, 0.15, 0.1, 0.05], "tier")]
    paid = np.select([item == 11, item == 3], [rates.amount, 30], tier)
    day = np.where(item == 11, people.subsidy_day[rows], people.paid_day[rows])
    day[is_second] = again
    inside = _payments(
        np.where(is_second, SECOND_ACCOUNT, FIRST_ACCOUNT), people.true_id[rows], now.id_text.take(pa.array(rows)), now.name_text.take(pa.array(rows)), item, paid, day,
        np.where(is_second, now.second_pool[rows], now.county(rows)), year,
    )  # fmt: skip
    others = _pensioned(now, crowd, crowd_share, city)
    scheme, participation, payment = crowd.pension(others, now.quarter)
    ids = crowd.true_id[others]
    pays = (scheme == cover.RESIDENTS) & (participation == 1) & (payment == 1)
    pays &= draws(ids, "subsidy", year) < rates.booked[now.quarter.number - 1] * 0.9
    others, ids = others[pays], ids[pays]
    id_text, name = crowd.take(others)
    first = days(type(now.quarter)(year, 1))[0]
    when = first + np.floor(draws(ids, "subsidy", year) / 0.95 * (now.quarter.number * 90)).astype(np.int64)
    tier = np.array([200, 300, 500, 1000])[draws.choice(ids, [0.4, 0.3, 0.2, 0.1], "tier")]
    outside = _payments(
        np.full(len(ids), FIRST_ACCOUNT), ids, id_text, name, np.ones(len(ids)), tier, np.minimum(when, days(now.quarter)[1]),
        now.county_codes[crowd.county[others]], year,
    )  # fmt: skip
    return _by_county(join(inside, outside))


def _payments(
    account: Array, ids: Array, id_text: pa.Array, name: pa.Array, item: Array, paid: Array, day: Array, county: Array,
    year: int,
) -> Batch:  # fmt: skip
    columns = {
        "person_number": digits(account + ids),
        "id_number": id_text,
        "name": name,
        "premium_year": coded([str(year)], np.zeros(len(ids))),
        "payment_item_code": digits(item),
        "paid_amount": amounts(paid),
        "booked_date": dates(day, COMPACT),
        "pool_code": digits(county),
    }
    return Batch(
        social_insurance.PAYMENT, columns, ids, county, pc.binary_join_element_wise(f"{year}:", digits(item), "")
    )


def medical_rows(now: Snapshot, crowd: Crowd, crowd_share: float, city: int) -> Batch:
    """One row per person insured, the registered mostly with the mark of poverty."""
    people, draws = now.people, now.draws
    keeps = people.alive | (draws(people.true_id, "archived") < ARCHIVED)
    rows = _of(city, now, np.flatnonzero((people.medical_scheme > 0) & keeps))
    ids = people.true_id[rows]
    inside = _medical(
        ids, now.id_text.take(pa.array(rows)), now.name_text.take(pa.array(rows)), people.medical_scheme[rows],
        people.medical_state[rows], people.medical_joined[rows], poor_marks(now, rows), now.county(rows),
    )  # fmt: skip
    others = crowd.here(now.quarter, "medical", crowd_share, city)
    id_text, name = crowd.take(others)
    ids = crowd.true_id[others]
    employee = draws(ids, "scheme") < 0.2
    outside = _medical(
        ids, id_text, name, np.where(employee, cover.MEDICAL_EMPLOYEES, cover.MEDICAL_RESIDENTS),
        np.where(draws(ids, "crowd", "medical", now.quarter) < 0.015, 2, 1), crowd.joined(others, now.quarter),
        np.zeros(len(ids), dtype=bool), now.county_codes[crowd.county[others]],
    )  # fmt: skip
    batch = _by_county(join(inside, outside))
    batch.layout = medical_layout(now)
    return batch


def poor_marks(now: Snapshot, rows: Array) -> Array:
    """Who of the insured carries the mark of the registered poor."""
    people = now.people
    marked = now.draws(people.true_id[rows], "marked") < parameters().medical.poor_mark
    result: Array = people.registered[rows] & marked
    return result


def medical_numbers(ids: Array) -> pa.Array:
    """人员编号 of the medical system: twenty digits."""
    return digits(ids, 18, "36")


def _medical(
    ids: Array,
    id_text: pa.Array,
    name: pa.Array,
    scheme: Array,
    state: Array,
    joined: Array,
    marked: Array,
    county: Array,
) -> Batch:
    columns = {
        "person_number": medical_numbers(ids),
        "id_number": id_text,
        "name": name,
        "scheme_code": digits(scheme),
        "state_code": digits(state),
        "joined_date": dates(joined),
        "has_poor_mark": yes_no(marked, "1", "0"),
        "place_code": digits(county),
    }
    return Batch(medical_insurance.PARTICIPATION, columns, ids, county, digits(scheme))


def medical_layout(now: Snapshot) -> str:
    """The family of headers in which the medical system's offices write."""
    return "hrss" if now.quarter.last_day < medical_insurance.NATIONAL_CODES_SINCE else ""


def assisted(now: Snapshot) -> tuple[Array, Array, Array]:
    """(people covered, row of their family, position 1–6 in it), ordered by town and household."""
    people = now.people
    rows = np.flatnonzero((people.assistance > 0) & people.alive)
    rows = rows[np.lexsort((people.true_id[rows], people.relation[rows], people.household[rows], people.village[rows]))]
    start = np.r_[True, people.household[rows][1:] != people.household[rows][:-1]]
    family = np.cumsum(start) - 1
    position = np.arange(len(rows)) - np.flatnonzero(start)[family] + 1
    fits = position <= civil_affairs.MEMBERS
    return rows[fits], family[fits], position[fits]


def _cover_class(now: Snapshot, homes: Array) -> Array:
    """Place among the words for 低保's classes: 全额 or A for those without any income, 差额 or B for the others."""
    result: Array = 1 + now.draws.choice(homes, [0.15, 0.10, 0.45, 0.30], "cover", "class")
    return result


def civil_rows(now: Snapshot, id_text: pa.Array, name: pa.Array, marks: Marks) -> Batch:
    """One row per family; `id_text`, `name` and `marks` are those of `assisted`, damaged where a defect was planted."""
    people, draws = now.people, now.draws
    rows, family, position = assisted(now)
    count = int(family[-1]) + 1 if len(family) else 0
    head = rows[position == 1]
    homes = people.household[head]
    size = np.bincount(family, minlength=count)
    kind = people.assistance[head]
    town = pc.utf8_slice_codeunits(now.village_codes.take(pa.array(people.village[head])), 0, 9)
    monthly = np.round(np.array([0, 420, 240, 435])[kind] * size * (0.8 + 0.4 * draws(homes, "monthly")))
    year = 2009 + np.floor(draws(homes, "month") * 9).astype(np.int64)
    # The head stands in a column of its own, covered or not; where covered, as written among the members.
    known = heads(now, head)
    known = np.where(people.alive[known], known, head)
    order = np.argsort(rows, kind="stable")
    found = order[np.minimum(np.searchsorted(rows[order], known), len(rows) - 1)]
    covered = rows[found] == known
    written = pa.array(np.where(covered, found, 0))
    village, here = pa.array(people.village[head]), now.place_names
    columns = {
        "family_number": digits(3_600_000_000 + homes),
        "assistance_code": coded(["", "01", "02", "03"], kind),
        "town_code": town,
        "county_name": here.county.take(village),
        "town_name": here.town.take(village),
        "village_name": here.village.take(village),
        "head_name": pc.if_else(pa.array(covered), name.take(written), now.name_text.take(pa.array(known))),
        "head_id_number": pc.if_else(pa.array(covered), id_text.take(written), now.id_text.take(pa.array(known))),
        "covered_members": digits(size),
        "monthly_amount": amounts(monthly),
        "class_code": coded(["", "全额", "A", "差额", "B"], np.where(kind == 3, 0, _cover_class(now, homes))),
        "start_month": digits(year * 100 + 1 + np.floor(draws(homes, "month", "of") * 12).astype(np.int64)),
        "support_code": coded(["", "04", "集中供养"], np.where(kind == 3, 1 + (draws(homes, "support") < 0.2), 0)),
        "self_care_code": coded(
            ["", "1", "2", "3"], np.where(kind == 3, 1 + draws.choice(homes, [0.7, 0.2, 0.1], "care"), 0)
        ),
    }
    for place in range(1, civil_affairs.MEMBERS + 1):
        at = np.full(count, -1)
        at[family[position == place]] = np.flatnonzero(position == place)
        there = pa.array(np.maximum(at, 0))
        for field, text in (("name", name), ("id_number", id_text)):
            values = text.take(there) if len(text) else pa.array([], pa.string())
            columns[f"{field}_{place}"] = pc.if_else(pa.array(at < 0), "", values)
    batch = Batch(civil_affairs.FAMILY, columns, people.true_id[head], now.county(head))
    batch.members = (family, position, people.true_id[rows], marks)
    return batch
