"""History gates: what a delivery is compared with, and the decision on one that differs too much.

A delivery is held against the rows that count, county by county, for the quarter before and for the same quarter of the
year before: those in force there when it is staged, chosen by sequence as for a release, never by arrival. What has not
been staged by then cannot be compared with, and a delivery is judged once: a later correction of the earlier quarter
does not judge it anew. Which deliveries were looked at is kept beside the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from pipelines import free_text, regions
from pipelines.deliveries.cells import literal
from pipelines.deliveries.ledger import HELD_STATUS, STAGED_STATUS, Ledger, warehouse_engine
from pipelines.deliveries.receipt import write_gate_receipt
from pipelines.deliveries.scope import areas, county_aliases, county_codes, former_codes
from pipelines.deliveries.staging import parquet
from pipelines.errors import ContractBreach
from pipelines.periods import Quarter
from pipelines.planning import Arrived, arrived, in_force
from pipelines.quality.history import PREVIOUS, WHOLE, YEAR_AGO, Counts
from pipelines.quality.rules import Rule
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.warehouse import schema

if TYPE_CHECKING:
    from pipelines.engines.text_files import TextFileEngine
    from pipelines.quality.verdict import Case, Finding

OVERRULED, UPHELD = "overruled", "upheld"
COMPARED_ZH = {PREVIOUS: "上季度", YEAR_AGO: "上年同季度"}
COMPARED_EN = {PREVIOUS: "the quarter before", YEAR_AGO: "a year before"}
_MOST_CASES = 20


# -- what a delivery is compared with -----------------------------------------------------------------------------------


def census(engine: TextFileEngine, typed: Path | str, rules: Sequence[Rule]) -> dict[str, Counts]:
    """Typed rows by county of the scope; rows that belong to none are left out."""
    critical = ", ".join(literal(rule.rule_id) for rule in rules if rule.severity == "critical")
    rows = engine.query(
        "SELECT scope_code, count(*), count(*) FILTER (WHERE key_repeats > 0),"
        f" count(*) FILTER (WHERE key_repeats = 0 AND list_has_any(broken_rules, [{critical}]::VARCHAR[]))"
        f" FROM {parquet(typed)} WHERE is_in_scope GROUP BY scope_code ORDER BY scope_code"
    )
    return {str(county): Counts(int(total), int(repeated), int(bad)) for county, total, repeated, bad in rows}


@dataclass(frozen=True)
class Before:
    """What counted for the counties of a delivery, and in which deliveries it stood, by earlier quarter."""

    counts: Mapping[str, Mapping[str, Counts]]
    deliveries: Mapping[str, tuple[str, ...]]


NOTHING = Before({}, {})


@dataclass(frozen=True)
class Past:
    """What one system had delivered when a quarter of it was staged."""

    system: str
    quarter: Quarter
    arrived: tuple[Arrived, ...]
    counts: Mapping[tuple[str, str], Mapping[str, Counts]]  # delivery and table → county → counts

    @classmethod
    def read(cls, ledger: Ledger, system: str, quarter: Quarter) -> Past:
        counts = {
            (staged.delivery_id, staged.table_name): {
                county: Counts(**numbers) for county, numbers in staged.county_counts.items()
            }
            for staged in ledger.staged(system)
            if staged.county_counts
        }
        return cls(system, quarter, tuple(one for one in arrived(ledger) if one.system == system), counts)

    def before(self, table: str, counties: frozenset[str]) -> Before:
        """The past of a delivery's counties; one whose past is not whole has none.

        Former codes are followed: where two counties became one, both must have counted.
        """
        aliases = county_aliases(self.quarter)
        counts: dict[str, dict[str, Counts]] = {}
        deliveries: dict[str, tuple[str, ...]] = {}
        for kind, earlier in ((PREVIOUS, self.quarter.previous), (YEAR_AGO, self.quarter.shift(-4))):
            former: dict[str, list[str]] = {}
            for old in sorted({*county_codes(earlier), *areas(earlier)}):
                if (new := aliases.get(old, old)) in counties:
                    former.setdefault(new, []).append(old)
            wanted = frozenset(old for olds in former.values() for old in olds)
            past: dict[str, Counts] = {}
            stood_in = set()
            for part in in_force(self.arrived, SOURCES[self.system], table, earlier, wanted):
                known = self.counts.get((part.delivery.delivery_id, table))
                if known is not None:
                    stood_in.add(part.delivery.delivery_id)
                    was = former_codes(earlier, part.delivery.quarter)
                    past |= {
                        county: sum(
                            (known.get(c, Counts(0, 0, 0)) for c in {county, *was.get(county, ())}), Counts(0, 0, 0)
                        )
                        for county in part.counties
                    }
            counts[kind] = {
                new: sum((past[old] for old in olds), Counts(0, 0, 0))
                for new, olds in former.items()
                if all(old in past for old in olds)
            }
            deliveries[kind] = tuple(sorted(stood_in))
        return Before(counts, deliveries)


# -- why it is held, in words -------------------------------------------------------------------------------------------


def held_by(findings: Sequence[Finding]) -> dict[str, dict[str, Any]]:
    """What the ledger keeps of the rules that hold a delivery: texts and cases, by rule id."""
    return {
        finding.rule_id: {
            "text": finding.text,
            "text_en": finding.text_en,
            "cases": [asdict(case) for case in finding.cases],
        }
        for finding in findings
    }


def cases_in_words(cases: Sequence[Case], quarter: Quarter) -> tuple[tuple[str, str], ...]:
    """One line per county, Chinese and English; the counties beyond the twentieth are only counted."""
    names = {division.region_code: division.name for division in regions.divisions(quarter.last_day, "county")}
    names |= {code: area.name for code, area in areas(quarter).items()}
    lines = [
        (
            f"{'整批合计' if case.unit == WHOLE else names.get(case.unit, case.unit)}:"
            f"{COMPARED_ZH[case.compared_with]} {case.before},本批 {case.now}",
            f"{'in all' if case.unit == WHOLE else case.unit}: {case.before} {COMPARED_EN[case.compared_with]}, {case.now} now",
        )
        for case in cases
    ]
    if len(lines) > _MOST_CASES:
        more = len(lines) - _MOST_CASES
        lines[_MOST_CASES:] = [(f"另有 {more} 个县区", f"and {more} more counties")]
    return tuple(lines)


# -- who decides --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldRule:
    """A rule that holds a delivery; `outcome` is its last decision, empty where nobody has decided."""

    rule_id: str
    text: str
    text_en: str
    cases: tuple[tuple[str, str], ...]
    outcome: str


@dataclass(frozen=True)
class Held:
    """A delivery that does not count because of its history."""

    system: str
    delivery_id: str
    quarter: str
    rules: tuple[HeldRule, ...]

    @property
    def is_decided(self) -> bool:
        """Whether somebody has decided on every rule: then the delivery stays held until somebody decides otherwise."""
        return all(rule.outcome for rule in self.rules)


@dataclass(frozen=True)
class Decision:
    """What became of a delivery after a decision: whether it counts, and which rules still hold it."""

    system: str
    delivery_id: str
    quarter: str
    counts: bool
    still_held_by: tuple[str, ...]
    rows_in: int
    rows_clean: int
    rows_quarantined: int


def held(system: str | None = None, delivery_id: str | None = None) -> tuple[Held, ...]:
    """Deliveries that history rules hold and nobody has let pass, with those rules and what was decided on them."""
    from pipelines.quality.verdict import Case

    with warehouse_engine().connect() as connection:
        decisions = _last_decisions(connection)
    found: dict[tuple[str, str], tuple[Quarter, dict[str, HeldRule]]] = {}
    for staged in Ledger().staged(system):
        if staged.status != HELD_STATUS or delivery_id not in (None, staged.delivery_id):
            continue
        _, rules = found.setdefault((staged.system, staged.delivery_id), (staged.quarter, {}))
        for rule_id, rule in staged.held_by.items():
            outcome = decisions.get((staged.system, staged.delivery_id, rule_id), "")
            cases = cases_in_words([Case(**case) for case in rule["cases"]], staged.quarter)
            if outcome != OVERRULED:
                known = rules.get(rule_id)
                rules[rule_id] = HeldRule(
                    rule_id, rule["text"], rule["text_en"], (*(known.cases if known else ()), *cases), outcome
                )
    return tuple(
        Held(system, name, quarter.key, tuple(rules[rule_id] for rule_id in sorted(rules)))
        for (system, name), (quarter, rules) in sorted(found.items())
    )


def question(held: Held) -> tuple[str, str]:
    """What an operator is asked about a held delivery: one line, and the reasons with their cases (Markdown)."""
    zh, en, rows = SOURCES[held.system].zh, SOURCES[held.system].en, []
    for rule in held.rules:
        rows += ["", f"**{rule.text}**", "", f"{rule.text_en} (`{rule.rule_id}`)", ""]
        rows += [f"- {line}" for line, _ in rule.cases]
    subject = f"{zh} {held.quarter} 批次 {held.delivery_id} 停用待核定:是否放行?"
    body = [
        f"{zh}批次 `{held.delivery_id}`({held.quarter})与以前报送的相差过大,暂未计入任何结果。放行须写明理由。",
        "",
        f"The delivery of {en} differs too much from earlier ones and does not count. Let it pass, or keep it held?",
        *rows,
    ]
    return subject, "\n".join(body)


def undecided(system: str, quarter: Quarter) -> tuple[str, ...]:
    """The held deliveries of a system and quarter on which nobody has decided yet."""
    return tuple(one.delivery_id for one in held(system) if one.quarter == quarter.key and not one.is_decided)


def decide(
    system: str,
    delivery_id: str,
    rule_ids: Sequence[str] | None,
    outcome: str,
    reason: str,
    *,
    decided_by: str,
    decided_at: datetime,
    channel: str,
) -> Decision:
    """Record who overruled or upheld which history rules of a delivery, and why; the last decision on a rule counts.

    `rule_ids`: None for every rule that the delivery broke. `outcome`: OVERRULED or UPHELD. Deciding again what was decided last adds nothing, so a repeat does no harm.
    ContractBreach for a delivery or rule that is not held, and for a reason that is empty, too long or names an ID number.
    """
    reason = free_text.checked(reason, "核定理由", "A reason")
    table = schema.gate_decision
    with warehouse_engine().begin() as connection:
        # Two decisions on one delivery, one after the other.
        connection.execute(
            select(schema.delivery.c.system)
            .where(schema.delivery.c.system == system, schema.delivery.c.delivery_id == delivery_id)
            .with_for_update()
        )
        holding = _holding_rules(connection, system, delivery_id)
        chosen = holding if rule_ids is None else set(rule_ids)
        unknown = sorted(chosen - holding)
        if unknown or not chosen:
            raise ContractBreach(
                f"{system} {delivery_id}: "
                + (f"held by {', '.join(sorted(holding))}" if holding else "no history rule holds it")
                + (f", not by {', '.join(unknown)}" if unknown else "")
            )
        last = _last_decisions(connection, system, delivery_id)
        for rule_id in sorted(chosen):
            if last.get((system, delivery_id, rule_id)) != outcome:
                connection.execute(
                    insert(table).values(
                        system=system,
                        delivery_id=delivery_id,
                        rule_id=rule_id,
                        outcome=outcome,
                        reason=reason,
                        decided_by=decided_by,
                        decided_at=decided_at,
                        channel=channel,
                    )
                )
    result = _decision(system, delivery_id)
    write_gate_receipt(settings().receipts, system, delivery_id, result.counts, reason, decided_at)
    return result


def _holding_rules(connection: Connection, system: str, delivery_id: str) -> set[str]:
    table = schema.staging
    query = select(table.c.held_by).where(table.c.system == system, table.c.delivery_id == delivery_id)
    return {str(rule_id) for row in connection.execute(query) for rule_id in row[0]}


def _last_decisions(
    connection: Connection, system: str | None = None, delivery_id: str | None = None
) -> dict[tuple[str, str, str], str]:
    table = schema.gate_decision
    query = select(table.c.system, table.c.delivery_id, table.c.rule_id, table.c.outcome).order_by(table.c.decision)
    if system is not None and delivery_id is not None:
        query = query.where(table.c.system == system, table.c.delivery_id == delivery_id)
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}


def _decision(system: str, delivery_id: str) -> Decision:
    staged = [one for one in Ledger().staged(system) if one.delivery_id == delivery_id]
    still = held(system, delivery_id)
    return Decision(
        system,
        delivery_id,
        staged[0].quarter.key,
        all(one.status == STAGED_STATUS for one in staged),
        tuple(rule.rule_id for one in still for rule in one.rules),
        sum(one.rows_in for one in staged),
        sum(one.rows_clean for one in staged),
        sum(one.rows_quarantined for one in staged),
    )
