"""Which quarters are due: properties of the one pure function that starts every computation."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines import periods
from pipelines.deliveries.scope import county_codes
from pipelines.periods import Quarter
from pipelines.planning import Arrived, Calendar, Context, Due, due_quarters, in_force
from pipelines.planning import calendar as installed_calendar
from pipelines.releases import COMPUTED, PLANNED, PUBLISHED, SUPERSEDED, Release
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.sources.base import ALL_QUARTERS, Cadence, Column, Format, Owner, Source, SourceTable, Type

A, B, C = "360121", "360122", "360222"
COUNTIES = frozenset({A, B, C})
Q1, Q2, Q3, Q4 = (Quarter(2019, n) for n in (1, 2, 3, 4))


def table(system: str, entity: str, *, optional: bool = False) -> SourceTable:
    columns = (Column("number", "编号", Type.TEXT, "编号", "number"), Column("county", "县", Type.TEXT, "县", "county"))
    return SourceTable(
        system, entity, entity, "one row", columns, ("number",), "county", entity, Format.CSV_UTF8, optional=optional
    )


def source(
    name: str,
    *,
    required: bool = True,
    due_days: int = 5,
    valid_quarters: int = 1,
    due_in: tuple[int, ...] = ALL_QUARTERS,
) -> Source:
    return Source(
        name,
        name,
        name,
        name,
        (Owner(name, date(2010, 1, 1)),),
        Cadence.QUARTER,
        due_days,
        required,
        valid_quarters,
        "city",
        (table(name, "main"), table(name, "detail", optional=True)),
        due_in,
    )


def main(system: str) -> str:
    return f"staged_{system}__main"


def detail(system: str) -> str:
    return f"staged_{system}__detail"


SYSTEMS = {
    s.name: s
    for s in (source("register"), source("insurance"), source("school", required=False, due_days=10, valid_quarters=2))
}
CALENDAR = Calendar(SYSTEMS, lambda _quarter: COUNTIES, timedelta(hours=1))
LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)


def sent(
    system: str,
    quarter: Quarter = Q1,
    counties: Iterable[str] = COUNTIES,
    sequence: int = 1,
    staged: bool | None = True,
    received: datetime | None = None,
    tag: str = "",
    tables: Iterable[str] | None = None,
) -> Arrived:
    name = f"{system}-{quarter}-{sequence}{tag}"
    received = received or datetime.combine(quarter.last_day, datetime.min.time(), UTC)
    return Arrived(
        system,
        name,
        quarter,
        frozenset(counties),
        sequence,
        quarter.last_day,
        f"hash of {name}",
        received,
        staged,
        frozenset([main(system)] if tables is None else tables),
    )


def complete(quarter: Quarter, sequence: int = 1) -> list[Arrived]:
    return [sent(name, quarter, sequence=sequence) for name in SYSTEMS]


def release(number: int, due: Due, state: str = COMPUTED) -> Release:
    return Release(number, due.quarter, state, due.fingerprint, due.inputs)


def keys(due: Sequence[Due]) -> list[str]:
    return [item.quarter.key for item in due]


def computed(
    arrived: Sequence[Arrived],
    releases: Sequence[Release] = (),
    now: datetime = LONG_AFTER,
    context: Context | None = None,
) -> list[Release]:
    """Releases after every due quarter was computed, the earliest first, one at a time, as the `plan` step does."""
    done = list(releases)
    for _ in range(20):
        due, _waiting = due_quarters(arrived, done, CALENDAR, now, context)
        if not due:
            return done
        done.append(release(len(done) + 1, due[0]))
    raise AssertionError("a quarter is due again and again")


@st.composite
def deliveries(draw: st.DrawFn, staged: Sequence[bool | None] = (True, True, True, False, None)) -> list[Arrived]:
    number = draw(st.integers(1, 14))
    return [
        sent(
            draw(st.sampled_from(sorted(SYSTEMS))),
            draw(st.sampled_from([Q1, Q2, Q3])),
            draw(st.sets(st.sampled_from(sorted(COUNTIES)), min_size=1)),
            draw(st.integers(1, 3)),
            draw(st.sampled_from(staged)),
            datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 400))),
            f"-{n}",
        )
        for n in range(number)
    ]


moments = st.datetimes(datetime(2019, 1, 1), datetime(2020, 6, 1)).map(lambda m: m.replace(tzinfo=UTC))


@pytest.fixture(scope="module", autouse=True)
def _divisions() -> None:
    """They are read once, before any example is timed."""
    for then in (Q1, Q2, Q3, Q4):
        county_codes(then)


# What counts for a county.


@given(deliveries(), st.sampled_from([Q1, Q2, Q3, Q4]), st.sampled_from(sorted(SYSTEMS)))
def test_each_county_has_the_newest_quarter_within_validity_then_the_highest_sequence(
    arrived: list[Arrived], quarter: Quarter, system: str
) -> None:
    valid = [quarter.shift(-n) for n in range(SYSTEMS[system].valid_quarters)]
    expected = {}
    for county in COUNTIES:
        candidates = [
            d
            for d in arrived
            if d.system == system and county in d.counties and d.staged is True and d.quarter in valid
        ]
        if candidates:
            expected[county] = max(candidates, key=lambda d: (d.quarter, d.sequence, d.delivery_id)).delivery_id
    chosen = in_force(arrived, SYSTEMS[system], main(system), quarter, COUNTIES)
    assert {county: part.delivery.delivery_id for part in chosen for county in part.counties} == expected
    assert sum(len(part.counties) for part in chosen) == len(expected)  # a county counts in one part only
    assert all(part.counties for part in chosen)


@given(deliveries(), st.randoms(use_true_random=False), moments)
def test_the_order_of_arrival_never_matters(arrived: list[Arrived], shuffle: random.Random, now: datetime) -> None:
    other = list(arrived)
    shuffle.shuffle(other)
    assert due_quarters(arrived, [], CALENDAR, now) == due_quarters(other, [], CALENDAR, now)
    # Nor does when each came, once all have settled.
    later = [replace(d, received_at=d.received_at + timedelta(days=shuffle.randrange(90))) for d in other]
    assert due_quarters(arrived, [], CALENDAR, LONG_AFTER) == due_quarters(later, [], CALENDAR, LONG_AFTER)


@given(deliveries(staged=(True, False)))
def test_a_delivery_that_a_rule_stopped_counts_for_nothing(arrived: list[Arrived]) -> None:
    sound = [d for d in arrived if d.staged]
    due, _ = due_quarters(arrived, [], CALENDAR, LONG_AFTER)
    assert due == due_quarters(sound, [], CALENDAR, LONG_AFTER)[0]
    stopped = {d.delivery_id for d in arrived} - {d.delivery_id for d in sound}
    assert all(item["delivery_id"] not in stopped for one in due for item in one.inputs["deliveries"])


def test_a_county_outside_the_calendar_counts_for_nothing() -> None:
    (part,) = in_force([sent("register", Q1, {A, "430101"})], SYSTEMS["register"], main("register"), Q1, COUNTIES)
    assert part.counties == {A}


RENAMED, SINCE = "361121", "361104"  # 上饶县 became 广信区 in 2019Q3
MERGED, WITH = "360105", "360112"  # 湾里区 went into 新建区 in 2019Q4


@pytest.mark.parametrize(
    ("counties", "sent_in", "quarter", "asked", "spoken_of"),
    [
        ({RENAMED, A}, Q2, Q3, {SINCE, A}, {SINCE, A}),
        ({A}, Q2, Q3, {SINCE, A}, {A}),
        ({SINCE}, Q3, Q4, {SINCE}, {SINCE}),
        ({MERGED, WITH}, Q3, Q4, {WITH}, {WITH}),
        # Who took in another county was there before, and speaks for itself; what is lost is not the whole.
        ({WITH}, Q3, Q4, {WITH}, {WITH}),
        ({MERGED}, Q3, Q4, {WITH}, set()),
        ({"360102", WITH}, Q3, Q4, {"360113"}, set()),  # founded of parts of both
    ],
)  # fmt: skip
def test_a_delivery_speaks_for_what_its_counties_have_become(
    counties: set[str], sent_in: Quarter, quarter: Quarter, asked: set[str], spoken_of: set[str]
) -> None:
    chosen = in_force([sent("school", sent_in, counties)], SYSTEMS["school"], main("school"), quarter, frozenset(asked))
    assert set().union(*(part.counties for part in chosen)) == spoken_of


def test_what_a_renamed_county_sends_itself_goes_before_what_it_sent_under_its_old_code() -> None:
    both = [sent("school", Q2, {RENAMED, A}), sent("school", Q3, {SINCE})]
    chosen = in_force(both, SYSTEMS["school"], main("school"), Q3, frozenset({SINCE, A}))
    assert {(part.delivery.quarter, *part.counties) for part in chosen} == {(Q3, SINCE), (Q2, A)}


def test_a_term_delivery_serves_its_own_quarter_and_the_next_but_no_third() -> None:
    arrived = [*complete(Q1), *(sent(s, q) for q in (Q2, Q3) for s in ("register", "insurance"))]
    releases = computed(arrived)
    used = {r.quarter: [d["quarter"] for d in r.inputs["deliveries"] if d["system"] == "school"] for r in releases}
    assert used == {Q1: ["2019Q1"], Q2: ["2019Q1"], Q3: []}
    assert releases[1].inputs["missing"] == {}
    assert releases[2].inputs["missing"] == {"school": sorted(COUNTIES)}
    # The delivery of the quarter itself is better than an older one of a higher sequence.
    newer = [*arrived, sent("school", Q1, sequence=9), sent("school", Q2, {A})]
    school = [d for d in computed(newer)[1].inputs["deliveries"] if d["system"] == "school"]
    assert {(d["quarter"], tuple(d["tables"][main("school")])) for d in school} == {
        ("2019Q2", (A,)),
        ("2019Q1", (B, C)),
    }


def test_a_delivery_of_one_table_leaves_the_others_in_force() -> None:
    whole = [replace(d, tables=frozenset({main(d.system), detail(d.system)})) for d in complete(Q1)]
    later = sent("register", Q1, {A}, sequence=2, tables=[detail("register")])
    (release,) = computed([*whole, later])
    used = {d["delivery_id"]: d["tables"] for d in release.inputs["deliveries"] if d["system"] == "register"}
    assert used == {
        whole[0].delivery_id: {main("register"): [A, B, C], detail("register"): [B, C]},
        later.delivery_id: {detail("register"): [A]},
    }


def test_a_functional_area_counts_beside_its_county_and_is_never_missing() -> None:
    area = "360121900"
    calendar = replace(CALENDAR, areas=lambda _quarter: frozenset({area}))
    arrived = [*complete(Q1), sent("register", Q1, {area}, sequence=2)]
    (due,), _ = due_quarters(arrived, [], calendar, LONG_AFTER)
    used = [d["tables"][main("register")] for d in due.inputs["deliveries"] if d["system"] == "register"]
    assert used == [[A, B, C], [area]] and due.missing == {}


def test_a_county_lacks_a_system_when_one_of_its_needed_tables_is_absent() -> None:
    arrived = [*complete(Q1)[1:], sent("register", Q1, {A, B}), sent("register", Q1, {C}, tables=[detail("register")])]
    due, _ = due_quarters(arrived, [], CALENDAR, CALENDAR.closes(Q1))
    assert due[0].missing == {"register": (C,)}


def test_a_system_is_waited_for_only_in_the_quarters_in_which_it_is_due() -> None:
    yearly = source("exam", required=False, due_in=(4,), valid_quarters=4)
    calendar = replace(CALENDAR, sources=SYSTEMS | {"exam": yearly})
    early = datetime(2019, 1, 1, tzinfo=UTC)
    for quarter, expected in ((Q1, ["2019Q1"]), (Q3, ["2019Q3"]), (Q4, [])):
        arrived = [replace(d, received_at=early) for d in complete(quarter)]
        assert keys(due_quarters(arrived, [], calendar, early)[0]) == expected
    due, _ = due_quarters(complete(Q4), [], calendar, LONG_AFTER)
    assert due[0].missing == {"exam": tuple(sorted(COUNTIES))}
    # What came in its quarter is used until it is no longer valid.
    (used,) = computed([sent("exam", Q4.shift(-4)), *complete(Q3)])
    (item,) = due_quarters([sent("exam", Q4.shift(-4)), *complete(Q3)], [], calendar, LONG_AFTER)[0]
    assert used.quarter == item.quarter == Q3
    assert [d["quarter"] for d in item.inputs["deliveries"] if d["system"] == "exam"] == ["2018Q4"]


# When a quarter is due.


def test_a_complete_quarter_is_due_at_once_before_its_day() -> None:
    early = datetime(2019, 1, 1, tzinfo=UTC)
    arrived = [replace(d, received_at=early) for d in complete(Q1)]
    due, waiting = due_quarters(arrived, [], CALENDAR, early)
    assert keys(due) == ["2019Q1"] and waiting == {}
    assert due[0].missing == {}


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_before_its_day_an_incomplete_quarter_waits_whatever_is_missing(system: str) -> None:
    day = CALENDAR.closes(Q1)
    for arrived in ([d for d in complete(Q1) if d.system != system], [*complete(Q1)[1:], sent("register", Q1, {A, B})]):
        due, waiting = due_quarters(arrived, [], CALENDAR, day - timedelta(seconds=1))
        assert due == () and list(waiting) == ["2019Q1"]


def test_the_day_ends_with_the_last_due_day_of_any_system() -> None:
    assert CALENDAR.closes(Q1) == datetime(2019, 4, 11, tzinfo=periods.ZONE)


def test_after_its_day_a_quarter_is_due_without_an_optional_system_and_names_it() -> None:
    arrived = [d for d in complete(Q1) if d.system != "school"]
    due, waiting = due_quarters(arrived, [], CALENDAR, CALENDAR.closes(Q1))
    assert keys(due) == ["2019Q1"] and waiting == {}
    assert due[0].missing == {"school": tuple(sorted(COUNTIES))}
    assert due[0].inputs["missing"] == {"school": sorted(COUNTIES)}


def test_after_its_day_some_counties_of_a_required_system_may_be_missing() -> None:
    arrived = [sent("register", Q1, {A}), sent("insurance", Q1, {A, B}), sent("school", Q1)]
    due, _ = due_quarters(arrived, [], CALENDAR, CALENDAR.closes(Q1))
    assert due[0].missing == {"register": (B, C), "insurance": (C,)}


@pytest.mark.parametrize("system", ["register", "insurance"])
def test_a_quarter_without_any_county_of_a_required_system_is_never_due(system: str) -> None:
    arrived = [d for d in complete(Q1) if d.system != system]
    due, waiting = due_quarters(arrived, [], CALENDAR, LONG_AFTER)
    assert due == ()
    assert waiting == {"2019Q1": f"required and absent: {system}"}
    stopped = [*arrived, sent(system, Q1, staged=False)]
    assert due_quarters(stopped, [], CALENDAR, LONG_AFTER)[0] == ()


def test_an_incomplete_quarter_settles_before_it_is_computed() -> None:
    last = CALENDAR.closes(Q1) + timedelta(days=3)
    arrived = [sent("register", Q1), sent("insurance", Q1, {A}, received=last)]
    due, waiting = due_quarters(arrived, [], CALENDAR, last + CALENDAR.settle - timedelta(seconds=1))
    assert due == () and "settling" in waiting["2019Q1"]
    assert keys(due_quarters(arrived, [], CALENDAR, last + CALENDAR.settle)[0]) == ["2019Q1"]
    # A complete one has nothing to wait for.
    whole = [*arrived, sent("insurance", Q1, {B, C}, received=last), sent("school", Q1)]
    assert keys(due_quarters(whole, [], CALENDAR, last)[0]) == ["2019Q1"]


def test_a_quarter_waits_while_a_delivery_of_it_is_being_staged() -> None:
    arrived = [*complete(Q1), sent("register", Q1, {A}, sequence=2, staged=None)]
    due, waiting = due_quarters(arrived, [], CALENDAR, LONG_AFTER)
    assert due == () and "1 deliveries are being staged" in waiting["2019Q1"]
    for outcome in (True, False):
        assert keys(due_quarters([*arrived[:-1], replace(arrived[-1], staged=outcome)], [], CALENDAR, LONG_AFTER)[0])


def test_a_new_quarter_waits_for_the_one_before_it_that_is_still_arriving() -> None:
    arriving = [*complete(Q1), sent("register", Q1, sequence=2, staged=None)]
    due, waiting = due_quarters([*arriving, *complete(Q2)], [], CALENDAR, LONG_AFTER)
    assert due == () and waiting["2019Q2"] == "2019Q1 before it is still arriving"
    now = CALENDAR.closes(Q2)
    settling = [sent("register", Q1, received=now), sent("insurance", Q1), *complete(Q2)]
    due, waiting = due_quarters(settling, [], CALENDAR, now)
    assert due == () and list(waiting) == ["2019Q1", "2019Q2"]


def test_a_released_quarter_is_corrected_although_an_earlier_one_is_arriving() -> None:
    whole = [*complete(Q1), *complete(Q2)]
    releases = computed(whole)
    arriving = [*whole, sent("register", Q1, sequence=2, staged=None), sent("register", Q2, sequence=2)]
    due, waiting = due_quarters(arriving, releases, CALENDAR, LONG_AFTER)
    assert keys(due) == ["2019Q2"] and list(waiting) == ["2019Q1"]


# What is computed once, and again.


@given(deliveries(staged=(True, False)), moments)
def test_nothing_is_due_once_its_release_records_it(arrived: list[Arrived], now: datetime) -> None:
    releases = computed(arrived, now=now)
    assert len({r.quarter for r in releases}) == len(releases)
    assert [r.quarter for r in releases] == sorted(r.quarter for r in releases)


@given(deliveries(), moments)
def test_every_quarter_is_due_or_waits_or_is_released_as_it_is(arrived: list[Arrived], now: datetime) -> None:
    due, waiting = due_quarters(arrived, [], CALENDAR, now)
    assert sorted([*keys(due), *waiting]) == sorted({d.quarter.key for d in arrived})
    assert keys(due) == sorted(keys(due))
    for item in due:
        by_system: dict[str, list[str]] = {name: list(item.missing.get(name, ())) for name in SYSTEMS}
        for part in item.inputs["deliveries"]:
            by_system[part["system"]] += part["tables"][main(part["system"])]
        assert {name: sorted(counties) for name, counties in by_system.items()} == {
            n: sorted(COUNTIES) for n in SYSTEMS
        }


@given(deliveries(staged=(True,)), st.sampled_from([Q1, Q2, Q3]), st.sampled_from(["register", "insurance"]))
def test_a_correction_makes_its_quarter_and_every_later_one_that_reads_it_due(
    arrived: list[Arrived], quarter: Quarter, system: str
) -> None:
    releases = computed(arrived)
    released = {r.quarter for r in releases}
    assume(quarter in released)
    corrected = [*arrived, sent(system, quarter, sequence=9)]
    due, _ = due_quarters(corrected, releases, CALENDAR, LONG_AFTER)
    expected, following = [], quarter
    while following in released:  # a quarter without a release breaks the chain: nobody reads beyond it
        expected.append(following.key)
        following = following.next
    assert keys(due) == expected
    again = computed(corrected, releases)
    assert [r.quarter.key for r in again[len(releases) :]] == expected
    for one in again[len(releases) :]:
        previous = next((r.release for r in reversed(again) if r.quarter == one.quarter.previous), None)
        assert one.previous == previous


def test_a_late_optional_system_makes_a_new_release() -> None:
    arrived = [d for d in complete(Q1) if d.system != "school"]
    releases = computed(arrived, now=CALENDAR.closes(Q1))
    late = [*arrived, sent("school", Q1, received=CALENDAR.closes(Q1) + timedelta(days=5))]
    due, _ = due_quarters(late, releases, CALENDAR, CALENDAR.closes(Q1) + timedelta(days=5))
    assert keys(due) == ["2019Q1"] and due[0].missing == {}
    assert due[0].fingerprint != releases[0].fingerprint


def test_a_quarter_is_computed_again_when_the_one_before_it_comes_late() -> None:
    releases = computed(complete(Q2))
    assert releases[0].previous is None
    again = computed([*complete(Q1), *complete(Q2)], releases)
    assert [(r.quarter, r.previous) for r in again] == [(Q2, None), (Q1, None), (Q2, 2)]


def test_a_delivery_that_covers_no_county_anew_changes_nothing() -> None:
    arrived = [*complete(Q1, sequence=2), *complete(Q2)]
    releases = computed(arrived)
    overtaken = [*arrived, sent("register", Q1, {A}, sequence=1)]
    assert due_quarters(overtaken, releases, CALENDAR, LONG_AFTER) == ((), {})


def test_a_superseded_release_counts_for_nothing_and_a_planned_one_counts() -> None:
    ((due,), _) = due_quarters(complete(Q1), [], CALENDAR, LONG_AFTER)
    for state in (PLANNED, COMPUTED, PUBLISHED):
        assert due_quarters(complete(Q1), [release(1, due, state)], CALENDAR, LONG_AFTER)[0] == ()
    assert keys(due_quarters(complete(Q1), [release(1, due, SUPERSEDED)], CALENDAR, LONG_AFTER)[0]) == ["2019Q1"]


def test_another_version_of_the_parameters_makes_every_released_quarter_due() -> None:
    arrived = [*complete(Q1), *complete(Q2)]
    old, new = Context({"parameters": "1"}), Context({"parameters": "2"})
    releases = computed(arrived, context=old)
    assert due_quarters(arrived, releases, CALENDAR, LONG_AFTER, old)[0] == ()
    due, _ = due_quarters(arrived, releases, CALENDAR, LONG_AFTER, new)
    assert keys(due) == ["2019Q1", "2019Q2"]
    assert due[0].inputs["versions"] == {"parameters": "2"}


@given(st.sampled_from(["fingerprint", "counties", "delivery_id"]))
def test_the_fingerprint_tells_apart_what_went_in(change: str) -> None:
    first = complete(Q1)
    other = {
        "fingerprint": [replace(first[0], fingerprint="other"), *first[1:]],
        "counties": [*first, sent("register", Q1, {A}, sequence=2)],
        "delivery_id": [replace(first[0], delivery_id="other"), *first[1:]],
    }[change]
    prints = [due_quarters(arrived, [], CALENDAR, LONG_AFTER)[0][0].fingerprint for arrived in (first, other)]
    assert prints[0] != prints[1]


def test_no_deliveries_no_quarters() -> None:
    assert due_quarters([], [], CALENDAR, LONG_AFTER) == ((), {})


# The calendar of the installation.


def test_the_installed_calendar_knows_every_source_and_the_counties_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_SETTLE_MINUTES", "7")
    settings.cache_clear()
    try:
        installed = installed_calendar()
    finally:
        settings.cache_clear()
    assert installed.sources == SOURCES and installed.settle == timedelta(minutes=7)
    before, after = county_codes(Quarter(2019, 2)), county_codes(Quarter(2019, 3))
    assert len(before) == len(after) == 100
    assert {"361121"} == before - after and {"361104"} == after - before
    assert installed.closes(Q4) == datetime(2020, 1, 11, tzinfo=periods.ZONE)
