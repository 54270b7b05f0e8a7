"""Which releases may be shown together: the rule in examples, then held against every possible choice."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.periods import Quarter
from pipelines.releases import COMPUTED, PLANNED, PUBLISHED, SUPERSEDED, Release
from pipelines.warehouse.flips import flip_set, is_consistent

Q = [Quarter(2019, 1).shift(number) for number in range(5)]


def release(number: int, quarter: int, state: str, previous: int | None = None) -> Release:
    inputs = {"previous": {"quarter": Q[quarter].previous.key, "release": previous} if previous else None}
    return Release(number, Q[quarter], state, str(number), inputs)


def flipped(*releases: Release, current: dict[int, int] | None = None) -> tuple[dict[int, int], list[int]]:
    flips, waiting = flip_set(releases, {Q[quarter]: number for quarter, number in (current or {}).items()})
    return {Q.index(quarter): one.release for quarter, one in flips.items()}, [Q.index(quarter) for quarter in waiting]


def test_a_chain_that_was_computed_in_order_flips_at_once() -> None:
    assert flipped(release(1, 0, COMPUTED), release(2, 1, COMPUTED, 1), release(3, 2, COMPUTED, 2)) == (
        {0: 1, 1: 2, 2: 3},
        [],
    )


def test_the_next_quarter_follows_what_is_shown() -> None:
    assert flipped(release(1, 0, PUBLISHED), release(2, 1, COMPUTED, 1), current={0: 1}) == ({1: 2}, [])


def test_a_correction_waits_for_every_later_quarter() -> None:
    shown = [release(1, 0, PUBLISHED), release(2, 1, PUBLISHED, 1), release(3, 2, PUBLISHED, 2)]
    pointers = {0: 1, 1: 2, 2: 3}
    assert flipped(*shown, release(4, 0, COMPUTED), current=pointers) == ({}, [1, 2])
    half = [*shown, release(4, 0, COMPUTED), release(5, 1, COMPUTED, 4)]
    assert flipped(*half, current=pointers) == ({}, [2])
    assert flipped(*half, release(6, 2, COMPUTED, 5), current=pointers) == ({0: 4, 1: 5, 2: 6}, [])


def test_a_correction_of_the_last_quarter_does_not_wait_for_one_of_the_first() -> None:
    releases = [
        release(1, 0, PUBLISHED), release(2, 1, PUBLISHED, 1), release(3, 2, PUBLISHED, 2),
        release(4, 0, COMPUTED), release(5, 2, COMPUTED, 2),
    ]  # fmt: skip
    assert flipped(*releases, current={0: 1, 1: 2, 2: 3}) == ({2: 5}, [1, 2])


def test_a_quarter_computed_without_the_one_before_waits_once_that_is_shown() -> None:
    assert flipped(release(1, 0, PUBLISHED), release(2, 1, COMPUTED), current={0: 1}) == ({}, [1])
    assert flipped(release(1, 0, COMPUTED), release(2, 1, COMPUTED)) == ({0: 1}, [1])


def test_a_late_first_quarter_waits_for_the_shown_one_after_it() -> None:
    assert flipped(release(1, 1, PUBLISHED), release(2, 0, COMPUTED), current={1: 1}) == ({}, [1])


def test_quarters_with_a_gap_between_them_do_not_wait_for_each_other() -> None:
    assert flipped(release(1, 0, PUBLISHED), release(2, 2, COMPUTED), current={0: 1}) == ({2: 2}, [])


def test_a_quarter_that_read_an_overtaken_release_waits_and_so_does_the_one_before() -> None:
    assert flipped(release(1, 0, SUPERSEDED), release(2, 1, COMPUTED, 1), release(3, 0, PLANNED)) == ({}, [0, 1])


def test_what_is_planned_or_superseded_is_never_shown() -> None:
    assert flipped(release(1, 0, PLANNED), release(2, 1, SUPERSEDED)) == ({}, [])


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Release], dict[Quarter, int]]:
    """A consistent published state and computed releases that read the shown, the newest, no or an unknown release."""
    releases: list[Release] = []
    current: dict[Quarter, int] = {}
    for index, quarter in enumerate(Q):
        if draw(st.booleans()):
            number = len(releases) + 1
            releases.append(release(number, index, PUBLISHED, current.get(quarter.previous)))
            current[quarter] = number
    for index in draw(st.permutations(range(len(Q)))):
        if draw(st.booleans()):
            before = [r.release for r in releases if r.quarter == Q[index].previous]
            previous = draw(st.sampled_from([None, *before, 99]))
            releases.append(release(len(releases) + 1, index, COMPUTED, previous))
    return releases, current


@given(histories())
def test_the_choice_is_consistent_cannot_be_extended_and_says_who_waits(
    history: tuple[list[Release], dict[Quarter, int]],
) -> None:
    releases, current = history
    flips, waiting = flip_set(releases, current)
    by_number = {one.release: one for one in releases}
    shown = {quarter: by_number[number] for quarter, number in current.items()}
    assert is_consistent(shown)
    assert is_consistent({**shown, **flips})
    candidates = {one.quarter: one for one in releases if one.state == COMPUTED}
    held = sorted(set(candidates) - set(flips))
    for extra in chain.from_iterable(combinations(held, size) for size in range(1, len(held) + 1)):
        assert not is_consistent({**shown, **flips, **{quarter: candidates[quarter] for quarter in extra}})
    assert bool(waiting) == bool(held)
    assert flip_set(list(reversed(releases)), current) == (flips, waiting)


@given(histories())
def test_recomputing_what_waits_lets_everything_flip(history: tuple[list[Release], dict[Quarter, int]]) -> None:
    releases, current = history
    _, waiting = flip_set(releases, current)
    candidates = {one.quarter: one.release for one in releases if one.state == COMPUTED}
    newest = {**current, **candidates}
    number = 100
    for quarter in waiting:
        releases.append(
            release(number, Q.index(quarter) if quarter in Q else 0, COMPUTED, newest.get(quarter.previous))
        )
        newest[quarter] = number
        number += 1
    if all(quarter in Q for quarter in waiting):
        flips, still = flip_set(releases, current)
        assert still == ()
        assert {quarter: one.release for quarter, one in flips.items()} == {
            quarter: number for quarter, number in newest.items() if current.get(quarter) != number
        }
