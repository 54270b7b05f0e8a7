"""Jobs as the platform writes them down, and the carriers among whose staff they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import work
from pipelines.sample.batch import coded, digits, empty_where, yes_no
from pipelines.sample.draws import Array
from pipelines.sample.places import Places
from pipelines.sample.register_records import CITIES, EMPLOYERS, now_places
from pipelines.sample.snapshot import Snapshot

(WORKSHOP, RETURN_STARTUP, ORG_EXPORT, PUBLIC_POST, SELF, SPONTANEOUS, OTHER) = range(7)  # of work.CHANNELS
NO_CARRIER = work.CARRIERS.index("NONE")
TRADES = ("制鞋", "缝纫", "装配", "采摘", "榨油", "编织", "包装", "砌筑", "家政服务", "分拣", "餐饮服务", "种养")
INDUSTRIES = ("第二产业", "第二产业", "第二产业", "第一产业", "第一产业", "第二产业", "第二产业", "第二产业", "第三产业",
              "第三产业", "第三产业", "第一产业")  # fmt: skip
FAR_NAMES = {
    440300: "广东省深圳市", 440100: "广东省广州市", 441900: "广东省东莞市", 330100: "浙江省杭州市", 330200: "浙江省宁波市",
    330700: "浙江省金华市", 350200: "福建省厦门市", 350500: "福建省泉州市", 310115: "上海市浦东新区", 320500: "江苏省苏州市",
}  # fmt: skip
# Registered people working in a kind of carrier, as a share of all registered of the county, and the people in one
# carrier (domain.md §4: 4 to 14 poor in a workshop).
STAFF = {"PARK": (0.006, 12), "LEAD_BASE": (0.004, 8), "WORKSHOP": (0.014, 9), "COOP": (0.004, 6), "INFORMAL": (0.002, 4),
         "POST": (0.02, 15)}  # fmt: skip
EMPLOYER_CODES = 900


@dataclass(frozen=True)
class Jobs:
    """Jobs as columns; `person` holds positions of people."""

    person: Array
    channel: Array
    carrier: Array
    workplace: Array
    employer: Array
    qualified: Array

    @classmethod
    def held(cls, now: Snapshot, rows: Array) -> Jobs:
        """The job each person has or had last."""
        p = now.people
        return cls(rows, p.channel[rows], p.carrier[rows], p.workplace[rows], p.employer[rows], p.qualified[rows])

    @classmethod
    def of_spells(cls, now: Snapshot, which: Array) -> Jobs:
        """Jobs of the province's list of spells, by position."""
        s = now.people.spells
        return cls(
            s.person[which], s.channel[which], s.carrier[which], s.workplace[which], s.employer[which],
            s.qualified[which] > 0,
        )  # fmt: skip


@dataclass(frozen=True)
class Carriers:
    """The province's carriers, the same in every quarter: by county of 2020, kind and number."""

    county: Array  # carrier → index of its county
    kind: Array  # carrier → index into work.CARRIERS
    place: Array  # carrier → its number within county and kind, from 0
    count: Array  # county, kind → carriers
    first: Array  # county, kind → position of the first

    def __len__(self) -> int:
        return len(self.county)

    def of(self, where: Places, jobs: Jobs) -> Array:
        """The carrier of each job, -1 where it is in none."""
        final = np.array([int(code) for code in where.counties])
        order = np.argsort(final)
        at = order[np.minimum(np.searchsorted(final[order], jobs.workplace), len(final) - 1)]
        inside = (final[at] == jobs.workplace) & (jobs.carrier != NO_CARRIER)
        kind = np.minimum(jobs.carrier, NO_CARRIER - 1).astype(np.int64)
        place = jobs.employer.astype(np.int64) * self.count[at, kind] // EMPLOYER_CODES
        return np.where(inside, self.first[at, kind] + place, -1)


def carriers(now: Snapshot) -> Carriers:
    """As many carriers in a county as its registered people of the first quarter can fill."""
    people, where = now.people, now.where
    founders = people.registered & (people.since == people.since.min())
    registered = np.bincount(where.county[people.village[founders]], minlength=len(where.counties))
    share, size = np.array([STAFF[kind] for kind in work.CARRIERS[:NO_CARRIER]]).T
    count = np.maximum(np.round(registered[:, None] * share / size), 1).astype(np.int64)
    first = (np.cumsum(count) - count.ravel()).reshape(count.shape)
    county, kind = np.divmod(np.repeat(np.arange(count.size), count.ravel()), count.shape[1])
    return Carriers(county, kind, np.arange(len(county)) - first[county, kind], count, first)


def carrier_numbers(where: Places, all_of_them: Carriers) -> pa.Array:
    """载体编号: county code, kind, number."""
    letters = ["Y", "L", "C", "H", "F", "Z"]
    return pc.binary_join_element_wise(
        "ZT", pa.array(where.counties).take(pa.array(all_of_them.county)), coded(letters, all_of_them.kind),
        digits(all_of_them.place + 1, 4), "",
    )  # fmt: skip


def employer_names(now: Snapshot, jobs: Jobs) -> pa.Array:
    """The name of the firm each job is at."""
    firm = np.floor(now.draws(now.people.true_id[jobs.person], "firm") * 14)
    return pc.binary_join_element_wise(
        coded([*CITIES, "广东", "浙江", "福建"], firm), digits(jobs.employer, 3, "第"),
        coded(list(EMPLOYERS), jobs.employer % len(EMPLOYERS)), "",
    )  # fmt: skip


def place_names(now: Snapshot, code: Array) -> pa.Array:
    """Six-digit codes of the quarter as the names of the places, within the province or beyond."""
    known, which = np.unique(code, return_inverse=True)
    codes = now.village_county
    names = dict(zip(codes.tolist(), now.place_names.county.to_pylist(), strict=True)) | FAR_NAMES
    return pa.array([names.get(int(one), "") for one in known], pa.string()).take(pa.array(which))


def columns(now: Snapshot, jobs: Jobs, never: Array) -> dict[str, pa.Array]:
    """The declared columns of jobs; blank for those who `never` had one."""
    kinds = len(TRADES)
    ids = now.people.true_id[jobs.person]
    place = now_places(now, jobs.workplace)
    code = digits(jobs.employer.astype(np.int64) * 7919 % 1_000_000, 6, "91360000MA3")
    shops = carriers(now)
    shop = np.where(never, -1, shops.of(now.where, jobs))
    numbers = carrier_numbers(now.where, shops)
    u = now.draws(ids, "form")
    kind = form(now, jobs)
    away = jobs.workplace != home_codes(now, jobs.person)
    mode = np.select(
        [jobs.channel == ORG_EXPORT, jobs.channel == WORKSHOP, away],
        [np.where(u < 0.6, 0, np.where(u < 0.8, 2, 4)), 3, 1],
        5,
    )

    def told(column: pa.Array) -> pa.Array:
        return empty_where(never, column)

    return {
        "employer_name": told(employer_names(now, jobs)),
        "employer_code": told(empty_where(kind != 0, code)),
        "workplace_code": told(digits(place)),
        "workplace_name": told(place_names(now, place)),
        "employment_form_code": told(coded(["单位就业", "自主创业", "灵活就业", "公益性岗位"], kind)),
        "trade": told(coded(list(TRADES), jobs.employer % kinds)),
        "industry": told(coded(list(INDUSTRIES), jobs.employer % kinds)),
        "channel_code": told(coded(list(work.CHANNELS), jobs.channel)),
        "carrier_type_code": coded(list(work.CARRIERS), np.where(never, NO_CARRIER, jobs.carrier)),
        "carrier_number": empty_where(shop < 0, numbers.take(pa.array(np.maximum(shop, 0)))),
        "is_public_post_qualified": yes_no(jobs.qualified & ~never),
        "transfer_mode_code": told(coded(["1", "2", "3", "5", "6", "7"], mode)),
        "is_organised": told(yes_no(jobs.channel == ORG_EXPORT)),
    }


def form(now: Snapshot, jobs: Jobs) -> Array:
    """In a unit (0), self-employed (1), flexible (2), in a public-welfare post (3)."""
    u = now.draws(now.people.true_id[jobs.person], "form")
    result: Array = np.select(
        [np.isin(jobs.channel, (WORKSHOP, RETURN_STARTUP, ORG_EXPORT)), jobs.channel == PUBLIC_POST, jobs.channel == SELF],
        [0, 3, 1], np.where(u < np.where(jobs.channel == SPONTANEOUS, 0.6, 0.5), 0, 2),
    )  # fmt: skip
    return result


def home_codes(now: Snapshot, rows: Array) -> Array:
    """The county of residence by its code of 2020-12-31, as workplaces are kept."""
    final = np.array([int(code) for code in now.where.counties])
    result: Array = final[now.where.county[now.people.village[rows]]]
    return result
