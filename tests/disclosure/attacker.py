"""Someone who has every table of schema bi, of every quarter and release, and knows how they were made but not the people.

The unknowns are the true counts of every county, cut, group and state, and who changed or moved between quarters. What is
known of them: they are whole and not negative, groups add up to their cut and counties to their city, the measures and
quarters hang together, an uncorrected county is the same in both releases, and every figure shown or withheld lies in the
interval that the method allows. A count is recovered where only one value of it agrees with all of that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tests.disclosure import province as p

Name = tuple[object, ...]
Sum = Counter[Name]
_STATES = ("covered", "uncovered", *p.REASONS)
# Who has a premium of so much, and who has one and is insured.
_PAID = tuple(f"paid {premium}" for premium in p.PREMIUMS)
_BOTH = "paid and covered"


@dataclass(frozen=True)
class Method:
    """What the method lets be inferred from one figure: docs/decisions/0013-disclosure-control.md."""

    small_cell: int
    base: int

    def shown(self, figure: int) -> tuple[int, int]:
        reach = 2 * (self.base - 1)
        return max(self.small_cell, figure - reach), figure + reach

    def withheld(self) -> tuple[int, int]:
        first_shown = -(-self.small_cell // self.base) * self.base
        return 0, max(self.small_cell - 1, first_shown + self.base - 2)

    def interval(self, figure: int | None) -> tuple[int, int]:
        return self.withheld() if figure is None else self.shown(figure)

    def amount(self, figure: int | None, largest: int) -> tuple[int, int]:
        """Of a sum of amounts; of one that is shown the attacker is even told the largest of them."""
        top = largest if figure is not None else max(p.PREMIUMS)
        # Rounded to 1, 2 or 5 of a power of ten, as pipelines/engines/functions.py says, in cents.
        step = next(m * 10**k for k in range(2, 14) for m in (1, 2, 5) if m * 10**k >= self.base * top * 100)
        noise = 3 * (self.base - 1) // 2 * top * 100
        if figure is None:
            first_shown = -(-self.small_cell * top * 100 // step) * step
            return 0, max(self.small_cell * top - 1, (first_shown - 1 + noise - step // 2) // 100)
        low, high = figure * 100 - step // 2 - noise, figure * 100 + step - 1 - step // 2 + noise
        return max(self.small_cell * top, -(-low // 100)), high // 100


def counties(region: str) -> list[str]:
    """The counties of a region."""
    return [county for county in p.COUNTIES if county.startswith(region)]


def cell(issue: p.Issue, measure: str, county: str, cut: str, group: str, state: str) -> Name:
    """The unknown of a county's cell: one for both releases where the county was not corrected."""
    release = issue.release if county == p.CORRECTED else 0
    return ("cell", issue.quarter, release, measure, county, cut, group, state)


def count(issue: p.Issue, measure: str, region: str, cut: str, group: str, states: Iterable[str]) -> Sum:
    """The people of a region's group in some states."""
    return Counter(cell(issue, measure, c, cut, group, s) for c in counties(region) for s in states)


def flow(issue: p.Issue, measure: str, was: Name, now: Name, cause: str) -> Name:
    """The unknown of those who were (county, covered) and are now (county, covered); () is out of the denominator."""
    release = issue.release if p.CORRECTED in (*was, *now) else 0
    return ("flow", issue.quarter, release, measure, was, now, cause)


def flows(issue: p.Issue, measure: str) -> Iterator[Name]:
    """Every way a person may go between the quarters."""
    places = [(c, covered) for c in p.COUNTIES for covered in (True, False)]
    for was in places:
        for cause in p.LEFT:
            yield flow(issue, measure, was, (), cause)
        for cause in p.ENTERED:
            yield flow(issue, measure, (), was, cause)
        for now in places:
            for cause in ("none",) if was[1] == now[1] else p.TURNED:
                yield flow(issue, measure, was, now, cause)


def change(name: Name, region: str) -> tuple[str, str] | None:
    """Under which change and cause of a region a flow is counted (mart_change.sql), if at all."""
    was, now, cause = name[4], name[5], str(name[6])
    was_in, now_in = bool(was) and was[0].startswith(region), bool(now) and now[0].startswith(region)
    if was_in and now_in:
        kinds = {(1, 1): "still_covered", (1, 0): "lapsed", (0, 1): "newly_covered", (0, 0): "still_uncovered"}
        return kinds[was[1], now[1]], cause
    if now_in:
        return ("entered_covered" if now[1] else "entered_uncovered"), "moved" if was else cause
    if was_in:
        return ("left_covered" if was[1] else "left_uncovered"), "moved" if now else cause
    return None


class Attack:
    """The system of all constraints, and what can be inferred from it."""

    def __init__(self, shown: dict[p.Issue, p.Published], method: Method) -> None:
        self.shown, self.method = shown, method
        self.names: dict[Name, int] = {}
        self.rows: list[tuple[Sum, float, float]] = []
        self.counts: dict[Name, Sum] = {}
        for issue in shown:
            self._of_cells(issue)
        for issue in shown:
            self._of_coverage(issue)
            self._of_reasons(issue)
            self._of_figures(issue)
            if issue.quarter != p.QUARTERS[0]:
                self._of_changes(issue)
        self._of_differences()
        self.matrix = self._matrix([row for row, _, _ in self.rows])
        self.low = np.array([low for _, low, _ in self.rows])
        self.high = np.array([high for _, _, high in self.rows])

    def _add(self, row: Sum, low: float, high: float) -> None:
        for name in row:
            self.names.setdefault(name, len(self.names))
        self.rows.append((row, low, high))

    def _same(self, a: Sum, b: Sum) -> None:
        row = Counter(a)
        row.subtract(b)
        self._add(row, 0, 0)

    def _at_most(self, a: Sum, b: Sum) -> None:
        row = Counter(a)
        row.subtract(b)
        self._add(row, -np.inf, 0)

    def _figure(self, name: Name, people: Sum, figure: int | None) -> None:
        self.counts[name] = people
        self._add(people, *self.method.interval(figure))

    def _of_cells(self, issue: p.Issue) -> None:
        """Groups add up to their cut; status by village to both; M04 has M03's people; sure and possible are ends."""
        for measure in p.MEASURES:
            for county in p.COUNTIES:
                for state in (*_STATES, "sure", "possible", *_PAID, _BOTH):
                    for cut, groups in p.GROUPS.items():
                        of_cut: Sum = Counter(cell(issue, measure, county, cut, g, state) for g in groups)
                        self._same(of_cut, Counter([cell(issue, measure, county, "total", "all", state)]))
                    for cut, groups, place in (("poverty_status", p.STATUS, 0), ("deep_poverty_village", p.VILLAGE, 1)):
                        for group in groups:
                            both = [g for g in p.GROUPS["poverty_status_by_village"] if g.split(":")[place] == group]
                            of_both = Counter(
                                cell(issue, measure, county, "poverty_status_by_village", g, state) for g in both
                            )
                            self._same(of_both, Counter([cell(issue, measure, county, cut, group, state)]))
                for cut, group in p.CELLS:
                    one = (issue, measure, county, cut, group)
                    covered, denominator = count(*one, ["covered"]), count(*one, ["covered", "uncovered"])
                    self._at_most(count(*one, ["sure"]), covered)
                    self._at_most(covered, count(*one, ["possible"]))
                    self._at_most(count(*one, ["possible"]), denominator)
                    self._at_most(count(*one, [_BOTH]), count(*one, _PAID))
                    self._at_most(count(*one, [_BOTH]), covered)
                    self._at_most(count(*one, _PAID), count(*one, _STATES))
                    self._at_most(count(*one, [*_PAID, "covered"]), count(*one, [*_STATES, _BOTH]))
        strict, plain = p.MEASURES
        for county in p.COUNTIES:
            for cut, group in p.CELLS:
                place = (county, cut, group)
                for states in (_STATES, *([paid] for paid in _PAID)):
                    self._same(count(issue, strict, *place, states), count(issue, plain, *place, states))
                self._add(count(issue, plain, *place, p.REASONS), 0, 0)
                for state in ("covered", "uncovered"):
                    self._at_most(count(issue, strict, *place, [state]), count(issue, plain, *place, [state]))

    def _of_coverage(self, issue: p.Issue) -> None:
        parts = {
            "n_population": _STATES, "n_denominator": ("covered", "uncovered"), "n_numerator": ("covered",),
            "n_uncovered": ("uncovered",), "n_excluded": p.REASONS, "n_numerator_low": ("sure",), "n_numerator_high": ("possible",),
        }  # fmt: skip
        rows = {(r["measure_code"], r["region_code"], r["cut"], r["group_code"]): r for r in self.shown[issue].coverage}
        for measure in p.MEASURES:
            for region in ("36", *p.CITIES, *p.COUNTIES):
                for cut, group in p.CELLS:
                    row = rows.get((measure, region, cut, group), {})
                    for figure, states in parts.items():
                        name = (figure, issue, measure, region, cut, group)
                        people = count(issue, measure, region, cut, group, states)
                        if figure == "n_numerator_high" and row.get("n_numerator") is None:
                            self.counts[name] = people  # nothing is said of it, whatever its size
                        else:
                            self._figure(name, people, row.get(figure))

    def _of_reasons(self, issue: p.Issue) -> None:
        keys = ("region_code", "cut", "group_code", "reason_code")
        rows = {(r["measure_code"], *(r[k] for k in keys)): r["n_people"] for r in self.shown[issue].reasons}
        for region in ("36", *p.CITIES, *p.COUNTIES):
            for cut, group in p.CELLS:
                for reason in p.REASONS:
                    people = count(issue, "M03", region, cut, group, [reason])
                    figure = rows.get(("M03", region, cut, group, reason))
                    self._figure((reason, issue, "M03", region, cut, group), people, figure)

    def _of_figures(self, issue: p.Issue) -> None:
        keys = ("measure_code", "figure_code", "region_code", "cut", "group_code")
        rows = {tuple(r[k] for k in keys): r for r in self.shown[issue].figures}

        def figure(*name: str, column: str = "figure_value") -> int | None:
            told = rows.get(name, {}).get(column)
            return None if told is None else int(told)

        for region in ("36", *p.CITIES, *p.COUNTIES):
            labels = [("total", "all", "total"), *(("poverty_status", group, "label") for group in p.LABELS)]
            for cut, group, label in labels:
                due = count(issue, "M03", region, cut, group, ["covered", "uncovered"])
                self._figure(("M02", issue, region, cut, group), due, figure("M02", "people", region, cut, group))
                paid = count(issue, "M04", region, cut, group, _PAID)
                self._figure(("M09", issue, region, label, group), paid, figure("M09", "people", region, label, group))
                amount: Sum = Counter()
                for premium, state in zip(p.PREMIUMS, _PAID, strict=True):
                    people = count(issue, "M04", region, cut, group, [state])
                    self.counts[state, issue, region, label, group] = people
                    amount.update({name: premium * n for name, n in people.items()})
                top = p.largest(self.shown[issue].people, region, None if label == "total" else group)
                self._add(amount, *self.method.amount(figure("M09", "amount", region, label, group), top))
                place, one = (issue, region, label, group), ("M11", "both_schemes", region, label, group)
                both, covered = (count(issue, "M04", region, cut, group, [state]) for state in (_BOTH, "covered"))
                self._figure(("M11", *place), both, figure(*one))
                self._figure(("M11 base", *place), covered, figure(*one, column="figure_base"))

    def _of_changes(self, issue: p.Issue) -> None:
        keys = ("measure_code", "region_code", "change_code", "change_cause_code")
        rows = {tuple(r[k] for k in keys): r["n_people"] for r in self.shown[issue].changes}
        before = p.Issue(p.QUARTERS[p.QUARTERS.index(issue.quarter) - 1], issue.release)
        for measure in p.MEASURES:
            every = list(flows(issue, measure))
            for county in p.COUNTIES:
                for state, covered in (("covered", True), ("uncovered", False)):
                    for when, place in ((before, 4), (issue, 5)):
                        went = Counter(name for name in every if name[place] == (county, covered))
                        self._same(went, count(when, measure, county, "total", "all", [state]))
            for region in ("36", *p.CITIES, *p.COUNTIES):
                cells: defaultdict[tuple[str, str], Sum] = defaultdict(Counter)
                for name in every:
                    found = change(name, region)
                    if found:
                        cells[found][name] += 1
                for (code, cause), people in cells.items():
                    self._figure(
                        (code, issue, measure, region, cause), people, rows.get((measure, region, code, cause))
                    )

    def _of_differences(self) -> None:
        """What a correction moved, and a quarter: counts as well, though no table shows them."""
        for name, people in list(self.counts.items()):
            issue = name[1]
            if not isinstance(issue, p.Issue) or "cut" in name:
                continue
            for other in (p.Issue(issue.quarter, 2), p.Issue(_after(issue.quarter), issue.release)):
                later = self.counts.get((name[0], other, *name[2:]))
                if later is not None and other != issue:
                    difference = Counter(later)
                    difference.subtract(people)
                    difference = Counter({n: k for n, k in difference.items() if k})
                    if difference:
                        self.counts["difference", other, name] = difference

    def _matrix(self, sums: list[Sum]) -> csr_array:
        places = [(r, self.names[name], k) for r, row in enumerate(sums) for name, k in row.items()]
        rows, columns, values = (np.array(part) for part in zip(*places, strict=True))
        return csr_array((values.astype(float), (rows, columns)), shape=(len(sums), len(self.names)))

    def agrees(self, world: np.ndarray) -> bool:
        """Whether whole numbers for every unknown agree with all that is known."""
        said = self.matrix @ world
        return bool(np.all(said >= self.low) and np.all(said <= self.high) and np.all(world >= 0))

    def matrix_of(self, targets: list[Name]) -> csr_array:
        """The counts of some names as sums of the unknowns."""
        return self._matrix([self.counts[name] for name in targets])

    def ends(self, wish: np.ndarray, *, seconds: float = 60) -> tuple[int, int] | None:
        """The least and the greatest whole value of a sum that agree with all that is known; None where time ran out."""
        found = []
        for sign in (1, -1):
            # Ends of the relaxed problem that meet between two whole numbers are those of the whole one.
            relaxed = self._solved(sign * wish, 0, seconds)
            if relaxed is None:
                return None
            found.append(sign * int(np.ceil(relaxed - 1e-6)))
        if found[0] < found[1]:
            whole = [self._solved(sign * wish, 1, seconds) for sign in (1, -1)]
            if whole[0] is None or whole[1] is None:
                return None
            found = [round(whole[0]), -round(whole[1])]
        return found[0], found[1]

    def _solved(self, wish: np.ndarray, integrality: int, seconds: float) -> float | None:
        found = milp(
            wish,
            constraints=LinearConstraint(self.matrix, self.low, self.high),
            integrality=np.full(len(wish), integrality),
            bounds=Bounds(0, np.inf),
            options={"time_limit": seconds},
        )
        assert found.status in (0, 1, 3), found.message
        if found.status == 3:  # no end at all
            return -float(2**40)
        return None if found.status == 1 else float(found.fun)


def _after(quarter: str) -> str:
    number = p.QUARTERS.index(quarter) + 1
    return p.QUARTERS[number] if number < len(p.QUARTERS) else ""
