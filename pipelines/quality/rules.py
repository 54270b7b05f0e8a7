"""What a rule is: declared once in expectations/, used by the marking pass and by Great Expectations alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["critical", "warning"]
Scope = Literal["row", "table", "history", "reconciliation"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning")
COUNT_COLUMN = "n_offending"
HISTORY = "history"  # the view a history rule reads


@dataclass(frozen=True)
class Rule:
    """What one row must not be.

    rule_id    stable name, unique within its table; the value in `broken_rules`
    predicate  DuckDB boolean over the typed columns, TRUE where the row BREAKS the rule
    severity   'critical': the row is quarantined; 'warning': the row stays and is counted
    why        what goes wrong downstream if such a row passes, or the clause that forbids it
    text       what officials read, Chinese; text_en the same in English

    ValueError when a field is empty: an empty predicate would let every row pass unseen.
    """

    scope: ClassVar[Scope] = "row"

    rule_id: str
    predicate: str
    severity: Severity
    why: str
    text: str
    text_en: str

    def __post_init__(self) -> None:
        _check(self.rule_id, self.severity, self.why, self.text, self.text_en, self.predicate)

    @property
    def condition(self) -> str:
        """The predicate as SQL that is TRUE or FALSE, never NULL; safe to embed, also after a `--` comment.

        Under CASE, DuckDB works out what stands behind an AND only for the rows that need it.
        """
        return f"CASE WHEN {self.predicate}\n THEN true ELSE false END"


@dataclass(frozen=True)
class TableRule:
    """What a whole delivery must not be.

    query      DuckDB SELECT over `{table}` (the typed rows, all of them, broken ones included) that returns the
               offending rows or groups; or exactly one column named `n_offending`, whose sum is the count
    severity   'critical': the delivery is stopped; 'warning': it is published with the count
    The other fields are those of `Rule`. ValueError when a field is empty or the query does not name `{table}`.
    """

    scope: ClassVar[Scope] = "table"
    reads: ClassVar[str] = "{table}"

    rule_id: str
    query: str
    severity: Severity
    why: str
    text: str
    text_en: str

    def __post_init__(self) -> None:
        _check(self.rule_id, self.severity, self.why, self.text, self.text_en, self.query)
        if self.reads not in self.query:
            raise ValueError(f"rule {self.rule_id}: the query does not read {self.reads}")

    def over(self, table: str) -> str:
        """The query with the table's quoted name in it; other braces stay as they are."""
        return self.query.replace(self.reads, quoted(table))


@dataclass(frozen=True)
class HistoryRule(TableRule):
    """How far a delivery may differ from what counted earlier.

    query      DuckDB SELECT over `{history}` (pipelines.quality.history says which columns it has) that returns the
               offending units as (compared_with, unit, before, now), the last two as the text a person reads
    severity   'critical': the delivery is held until somebody decides; 'warning': it is published with the count
    """

    scope: ClassVar[Scope] = "history"
    reads: ClassVar[str] = "{history}"

    def over(self, table: str) -> str:
        """The query over the history of the table under judgement: there is one at a time."""
        return super().over(HISTORY)


@dataclass(frozen=True)
class Reconciliation(TableRule):
    """Two counts of a release that must agree, wherever they are compared.

    query      DuckDB SELECT over `{table}` that returns where they do not, as (measure_code, region_code,
               n_compared, n_left, n_right, n_difference)
    severity   'critical': the release is not published; nobody can overrule it
    """

    scope: ClassVar[Scope] = "reconciliation"


def _check(rule_id: str, severity: str, *texts: str) -> None:
    if not rule_id.strip() or not all(text.strip() for text in texts):
        raise ValueError(f"rule {rule_id!r}: every field must be filled in")
    if severity not in SEVERITIES:
        raise ValueError(f"rule {rule_id}: severity is {severity!r}, not one of {', '.join(SEVERITIES)}")


def require_unique(rules: Sequence[Rule | TableRule]) -> None:
    """ValueError naming the rule ids that occur more than once: their counts could not be told apart."""
    ids = [rule.rule_id for rule in rules]
    twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
    if twice:
        raise ValueError(f"rule ids used twice: {', '.join(twice)}")


def marking_expression(rules: Sequence[Rule]) -> str:
    """DuckDB expression for `broken_rules`: the ids (VARCHAR[]) of the rules a row breaks, in declared order."""
    if not rules:
        return "[]::VARCHAR[]"
    cases = ",\n  ".join(f"CASE WHEN {rule.condition} THEN {literal(rule.rule_id)} END" for rule in rules)
    return f"list_filter([\n  {cases}\n]::VARCHAR[], lambda rule_id: rule_id IS NOT NULL)"


def quoted(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"
