"""What came of a suite: counts per rule, never a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import ContractBreach
from pipelines.quality.rules import Scope, Severity


@dataclass(frozen=True)
class Case:
    """One unit (a county, or the whole delivery) that breaks a history rule: what was, what is, as people read it."""

    compared_with: str
    unit: str
    before: str
    now: str


@dataclass(frozen=True)
class Gap:
    """Where a reconciliation fails: what stands on both sides for a measure in a region, and how far they are apart.

    Both sides are sums over all `n_compared` pairs there (places, groups, columns), in which two faults may cancel out;
    the difference adds up what every pair differs by.
    """

    measure_code: str
    region_code: str
    n_compared: int
    n_left: int
    n_right: int
    n_difference: int


@dataclass(frozen=True)
class Finding:
    """How many rows ('row'), rows and groups ('table'), counties ('history') or measures and regions
    ('reconciliation') break one rule, by its scope.

    The number is Great Expectations' own; `cases` names the counties of a broken history rule, `gaps` where a
    reconciliation fails, nearest to the ground and widest first.
    """

    rule_id: str
    scope: Scope
    severity: Severity
    n_broken: int
    text: str
    text_en: str
    cases: tuple[Case, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One table of one delivery, judged. `n_rows` typed rows were read; `page` is its page in Data Docs."""

    table: str
    delivery: str
    n_rows: int
    findings: tuple[Finding, ...]
    page: Path

    @property
    def counts(self) -> dict[str, int]:
        """Rows breaking each row rule, zero included."""
        return {finding.rule_id: finding.n_broken for finding in self.findings if finding.scope == "row"}

    @property
    def warnings(self) -> dict[str, int]:
        """Broken rules of severity 'warning', of rows and of the table: what travels on the asset event."""
        return {f.rule_id: f.n_broken for f in self.findings if f.severity == "warning" and f.n_broken}

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """Broken table rules of severity 'critical': any one stops the delivery."""
        return tuple(f for f in self.findings if f.scope == "table" and f.severity == "critical" and f.n_broken)

    @property
    def holding(self) -> tuple[Finding, ...]:
        """Broken history rules of severity 'critical': the delivery counts only when each of them is overruled."""
        return tuple(f for f in self.findings if f.scope == "history" and f.severity == "critical" and f.n_broken)

    @property
    def unreconciled(self) -> tuple[Finding, ...]:
        """Broken reconciliations: any one keeps a release from publication."""
        return tuple(f for f in self.findings if f.scope == "reconciliation" and f.n_broken)

    def assert_marks(self, marked: Mapping[str, int]) -> None:
        """Hold the marking pass against Great Expectations: rows that carry each rule id against its own count.

        ContractBreach naming every rule that differs, also one that is marked but not in the suite.
        """
        counts = self.counts
        differing = [
            f"{rule_id}: {marked.get(rule_id, 0)} marked, {counts.get(rule_id, 0)} counted"
            for rule_id in sorted({*counts, *marked})
            if marked.get(rule_id, 0) != counts.get(rule_id, 0)
        ]
        if differing:
            raise ContractBreach(
                f"{self.table}, delivery {self.delivery}: marked rows differ from the rows that "
                f"Great Expectations counts ({'; '.join(differing)}); nothing of it was staged"
            )

    def assert_deliverable(self) -> None:
        """ContractBreach with the rules' own words when a critical table rule is broken."""
        if self.stopping:
            reasons = "; ".join(f"{f.rule_id} ({f.n_broken}): {f.text} {f.text_en}" for f in self.stopping)
            raise ContractBreach(f"{self.table}, delivery {self.delivery}: {reasons}")

    def assert_reconciled(self) -> None:
        """ContractBreach that says which reconciliations fail, by how much and where."""
        if self.unreconciled:
            failed = "; ".join(f"{f.rule_id}, {_places(f.gaps)}: {f.text} {f.text_en}" for f in self.unreconciled)
            raise ContractBreach(f"{self.delivery}: counts that must agree do not, nothing is published: {failed}")

    def as_event(self) -> dict[str, Any]:
        """Plain JSON for XCom and the asset event: ids and counts only."""
        return {
            "table": self.table,
            "delivery": self.delivery,
            "rows": self.n_rows,
            "broken": {finding.rule_id: finding.n_broken for finding in self.findings if finding.n_broken},
            "warnings": self.warnings,
        }


def _places(gaps: Sequence[Gap]) -> str:
    first = gaps[0]
    return (
        f"{first.measure_code} in region {first.region_code} {first.n_difference} apart"
        f" ({first.n_left} against {first.n_right} in {first.n_compared} pairs)"
        + (f" and {len(gaps) - 1} more measures and regions" if len(gaps) > 1 else "")
    )
