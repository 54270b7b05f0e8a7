"""Rows of the employment platform about carriers of the six kinds and about public-welfare posts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import jobs, work
from pipelines.sample.batch import Batch, coded, dates, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.jobs import Carriers, Jobs, carrier_numbers, carriers
from pipelines.sample.names import stock, text
from pipelines.sample.people import CIVIL, REGISTER, days
from pipelines.sample.platform_people import record_numbers
from pipelines.sample.register_records import EMPLOYERS, amounts
from pipelines.sample.snapshot import Snapshot
from pipelines.sources import employment_platform

SPECIALITIES = ("稻米", "蔬菜", "果业", "畜牧业", "水产", "休闲农业和乡村旅游", "茶叶", "中药材", "油茶", "非特色产业")
KIND_NAMES = ("就业扶贫园区", "扶贫基地", "扶贫车间", "农民专业合作社", "就业服务组织", "就业扶贫专岗")
POOR_SHARE = (0.2, 0.15, 0.157, 0.4, 0.5, 0.876)  # of all staff, by kind (domain.md §4 for workshops and posts)
POST_KINDS = {
    "农村保洁": 0.55,
    "治安": 0.1,
    "护路": 0.12,
    "管水": 0.08,
    "扶残助残": 0.05,
    "养老护理": 0.07,
    "其他": 0.03,
}
OPENED, CLOSED_EARLY = 17_000, 17_590  # 2016-07-18 and 2018-02-28 as days since 1970
POST_AMOUNT = 300  # yuan a month (domain.md §4)
POST_YEARS = 3
NOBODY = 0  # true_id of rows about no person


def staff(now: Snapshot, all_of_them: Carriers, day: int | None = None) -> Array:
    """People of the register in every carrier: those the platform shows today, or those there on an earlier day."""
    people, spells = now.people, now.people.spells
    there = people.origin[spells.person] == REGISTER
    if day is None:
        there &= (spells.ended == 0) & (people.registered & people.on_platform & people.alive)[spells.person]
    else:
        there &= (spells.started <= day) & ((spells.ended == 0) | (spells.ended > day))
    at = all_of_them.of(now.where, Jobs.of_spells(now, np.flatnonzero(there)))
    result: Array = np.bincount(at[at >= 0], minlength=len(all_of_them))
    return result


def carrier_names(now: Snapshot, all_of_them: Carriers) -> pa.Array:
    """The names of all carriers."""
    line = np.floor(now.draws(np.arange(len(all_of_them)), "carrier", "line") * len(EMPLOYERS))
    return pc.binary_join_element_wise(
        _county_names(now, all_of_them), coded(list(EMPLOYERS), line), digits(all_of_them.place + 1),
        coded(list(KIND_NAMES), all_of_them.kind), "",
    )  # fmt: skip


def county_villages(now: Snapshot) -> Array:
    """One village of every county, to name the county by."""
    _, first = np.unique(now.where.county, return_index=True)
    result: Array = first
    return result


def _county_names(now: Snapshot, all_of_them: Carriers) -> pa.Array:
    return now.place_names.county.take(pa.array(county_villages(now)[all_of_them.county]))


def carrier_rows(now: Snapshot) -> Batch:
    """One row per carrier; who has lost the last worker may have closed."""
    shops, draws, last = carriers(now), now.draws, days(now.quarter)[1]
    every = np.arange(len(shops))
    poor = staff(now, shops)
    spells = now.people.spells
    at = shops.of(now.where, Jobs.of_spells(now, np.arange(len(spells))))
    emptied = np.full(len(shops), CLOSED_EARLY)
    np.maximum.at(emptied, at[at >= 0], spells.ended[at >= 0])
    closed = (poor == 0) & (draws(every, "carrier", "closes") < 0.5) & (emptied + 20 <= last)
    claimed = poor + (draws(every, "carrier", "claims", now.quarter.year) < 0.03) * (poor > 0)
    workers = np.ceil(claimed / np.array(POOR_SHARE)[shops.kind]).astype(np.int64)
    surname = draws.choice(every, stock().weights, "carrier", "manager")
    pool = stock().pools["male"]
    given = pool[np.floor(draws(every, "carrier", "manager", "given") * len(pool)).astype(np.int64)]
    county = now.county_codes[shops.county]
    columns = {
        "carrier_number": carrier_numbers(now.where, shops),
        "region_code": digits(county),
        "county_name": _county_names(now, shops),
        "carrier_name": carrier_names(now, shops),
        "carrier_code": digits(every * 7907 % 1_000_000, 6, "91360000MA7"),
        "carrier_type_code": coded(list(work.CARRIERS), shops.kind),
        "industry": coded(["第二产业", "第一产业", "第三产业"], draws.choice(every, [5, 3, 2], "carrier", "branch")),
        "speciality_code": coded(list(SPECIALITIES), np.floor(draws(every, "carrier", "speciality") ** 0.5 * 10)),
        "opened_date": dates(OPENED + np.floor(draws(every, "carrier", "opened") * 540)),
        "closed_date": dates(emptied + 20, blank=~closed),
        "n_workers": digits(np.where(closed, 0, workers)),
        "n_poor_workers": digits(claimed),
        "is_in_project_plan": yes_no(draws(every, "carrier", "planned") < 0.35),
        "is_subsidy_qualified": yes_no((claimed >= 5) & ~closed),
        "manager_name": text(surname, given, np.full(len(every), -1), np.full(len(every), -1)),
        "phone": digits(13_000_000_000 + np.floor(draws(every, "carrier", "phone") * 999_999_999)),
    }
    return Batch(employment_platform.CARRIER, columns, np.full(len(every), NOBODY), county)


def post_rows(now: Snapshot) -> Batch:
    """One row per post: filled by workers of the platform or by others in need, vacated in the last half year, vacant."""
    people, spells, draws = now.people, now.people.spells, now.draws
    last = days(now.quarter)[1]
    ids = people.true_id
    public = spells.channel == jobs.PUBLIC_POST
    filled = public & (spells.ended == 0) & (people.on_platform & people.alive)[spells.person]
    given_up = public & (spells.ended > last - 365)
    given_up &= (spells.ended > last - 180) | (draws(np.arange(len(spells)), "post", "kept") < 0.5)
    own = np.flatnonzero(filled)
    second = own[draws(ids[spells.person[own]], "post", "second") < 0.004]
    empty = np.flatnonzero(given_up)
    needy = np.flatnonzero(
        (people.origin == CIVIL)
        & people.alive
        & (now.age >= 18)
        & (now.age < 60)
        & (draws(ids, "post", "needy") < 0.04)
    )
    which = np.r_[own, second, empty]
    holder = np.r_[spells.person[which], needy]
    vacated = np.r_[
        np.zeros(len(own) + len(second), dtype=np.int64), spells.ended[empty], np.zeros(len(needy), dtype=np.int64)
    ]
    is_needy = np.r_[np.zeros(len(which), dtype=bool), np.ones(len(needy), dtype=bool)]
    is_empty = vacated > 0
    started = np.r_[spells.started[which], 17_400 + np.floor(draws(ids[needy], "post", "since") * 100).astype(np.int64)]
    number = np.r_[10_000_000 + own, 50_000_000 + second, 10_000_000 + empty, 90_000_000 + ids[needy]]
    created = started - np.where(
        draws(number, "post", "new") < 0.4, 0, np.floor(draws(number, "post", "age") * 400)
    ).astype(np.int64)
    kind = draws.choice(number, list(POST_KINDS.values()), "post", "kind")
    order = np.lexsort((number, people.village[holder]))
    holder, vacated, is_needy, is_empty, started, number, created, kind = (
        column[order] for column in (holder, vacated, is_needy, is_empty, started, number, created, kind)
    )
    pick, village = pa.array(holder), pa.array(people.village[holder])
    blank = is_empty | is_needy
    columns = {
        "post_number": digits(number, 8, "GW"),
        "region_code": now.village_codes.take(village),
        "county_name": now.place_names.county.take(village),
        "town_name": now.place_names.town.take(village),
        "village_name": now.place_names.village.take(village),
        "employer_name": pc.binary_join_element_wise(
            now.place_names.town.take(village), now.place_names.village.take(village), ""
        ),
        "post_kind_code": coded(list(POST_KINDS), kind),
        "carrier_type_code": coded(["POST"], np.zeros(len(holder))),
        "channel_code": coded(["PUBLIC_POST", "POST"], is_needy),
        "is_public_post_qualified": yes_no(~is_needy),
        "post_state_code": coded(["1", "3", "2"], np.select([~is_empty, vacated > last - 180], [0, 1], 2)),
        "created_date": dates(created),
        "record_number": empty_where(blank, record_numbers(now, holder)),
        "name": empty_where(is_empty, now.name_text.take(pick)),
        "id_number": empty_where(is_empty, now.id_text.take(pick)),
        "is_poor": empty_where(is_empty, yes_no(people.registered[holder])),
        "started_date": dates(started, blank=is_empty),
        "term_end_date": dates(started + 365 * POST_YEARS, blank=is_empty),
        "vacated_date": dates(vacated, blank=~is_empty),
        "monthly_amount": amounts(np.full(len(holder), POST_AMOUNT)),
    }
    true_id = np.where(is_empty, NOBODY, ids[holder])
    return Batch(employment_platform.POST, columns, true_id, now.county(holder), digits(number))
