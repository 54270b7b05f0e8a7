"""What the steps answer: small, frozen, free of personal data; they travel through Airflow and `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Received:
    """One landing folder that got its receipt."""

    system: str
    quarter: str | None
    delivery_id: str
    accepted: bool


@dataclass(frozen=True)
class Ingested:
    """The deliveries of one system and quarter that were staged; rows_in = rows_clean + rows_quarantined.

    `broken_rules` counts, table by table, the rows that break each rule, warnings included; rules nobody broke are absent.
    `held`: deliveries that differ too much from earlier ones; nothing of them is counted here.
    """

    system: str
    quarter: str
    rows_in: int
    rows_clean: int
    rows_quarantined: int
    deliveries: int
    committed: bool
    broken_rules: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned:
    """Which quarters are due, which one to compute now, and what the others wait for (quarter to reason)."""

    due: tuple[str, ...]
    emit: str | None
    waiting: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """The tables one step made for a quarter's release, with their rows; skipped: there was nothing to do.

    `facts` are counts that a step tells beside its tables, `remarks` what a person should know of them, in words.
    """

    quarter: str
    release: int | None
    rows: Mapping[str, int] = field(default_factory=dict)
    skipped: bool = False
    note: str = ""
    facts: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Published:
    """Quarter to release that readers see from now on, and the quarters whose release must come first."""

    flipped: Mapping[str, int] = field(default_factory=dict)
    waiting_for: tuple[str, ...] = ()
