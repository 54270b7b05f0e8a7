"""Which computed releases may be shown now: a pure question about releases and pointers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.periods import Quarter
from pipelines.releases import COMPUTED, Release


def flip_set(
    releases: Sequence[Release], current: Mapping[Quarter, int]
) -> tuple[dict[Quarter, Release], tuple[Quarter, ...]]:
    """The releases to flip together, and the quarters that must be recomputed before the rest can follow.

    What readers see is consistent when every visible quarter was computed from the visible release of the quarter
    before it, or from none where none is visible. From a consistent state (`current`: the pointers, quarter to release)
    the answer leads to a consistent state, and no computed release could be added to it. Where two computed releases
    exclude each other the earlier quarter goes first.
    """
    by_number = {release.release: release for release in releases}
    shown = {quarter: by_number[number] for quarter, number in current.items()}
    candidates: dict[Quarter, Release] = {}
    for release in sorted(releases, key=lambda r: r.release):
        held = shown.get(release.quarter)
        if release.state == COMPUTED and (held is None or release.release > held.release):
            candidates[release.quarter] = release
    flips = dict(candidates)
    while refused := _refused(flips, shown):
        del flips[refused]
    waiting = _to_recompute(shown | candidates) if len(flips) < len(candidates) else ()
    return dict(sorted(flips.items())), waiting


def is_consistent(shown: Mapping[Quarter, Release]) -> bool:
    """Whether every shown quarter read exactly the shown release of the quarter before it."""
    return all(_reads_what_is_shown(release, shown) for release in shown.values())


def _reads_what_is_shown(release: Release, shown: Mapping[Quarter, Release]) -> bool:
    before = shown.get(release.quarter.previous)
    return release.previous == (before.release if before else None)


def _refused(flips: Mapping[Quarter, Release], shown: Mapping[Quarter, Release]) -> Quarter | None:
    """The first quarter that cannot be among the flips, if there is one."""
    after = dict(shown) | dict(flips)
    for quarter in sorted(after):
        before = quarter.previous
        if _reads_what_is_shown(after[quarter], after):
            continue
        if before in flips and quarter in shown:
            reads_the_old = quarter in flips and flips[quarter].previous == _number(shown.get(before))
            if quarter not in flips or reads_the_old:
                # What is shown of this quarter would no longer match: the one before must wait for it.
                return before
        if quarter in flips:
            return quarter
    return None


def _number(release: Release | None) -> int | None:
    return release.release if release else None


def _to_recompute(wanted: Mapping[Quarter, Release]) -> tuple[Quarter, ...]:
    """Quarters whose release does not read the wanted one before it, and those that follow from them without a gap."""
    stale: set[Quarter] = set()
    for quarter in sorted(wanted):
        release, before = wanted[quarter], quarter.previous
        if before in stale or not _reads_what_is_shown(release, wanted):
            stale.add(quarter)
        if release.previous is not None and before not in wanted:
            stale.add(before)
    return tuple(sorted(stale))
