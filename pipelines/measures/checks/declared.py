"""The words in which a cross-check is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """One cross-check of domain.md §5.4: what is held against what, and whom the office asks to look.

    rule      what makes a case, in words an official reads
    findings  finding code to what it says; a check may give several lists
    action    what the office is asked to verify; nobody is accused and nobody is removed
    systems   must all have spoken of a county, or the county's open cases stay as they are, not checked
    also      finding code to further systems without which this finding is not checked; the others are
    subject   whom or what a case is about: person, carrier, organisation or school
    """

    code: str
    zh: str
    en: str
    rule: str
    findings: Mapping[str, str]
    action: str
    clause: str
    office: str
    systems: tuple[str, ...]
    subject: str = "person"
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def systems_of(self, finding: str) -> tuple[str, ...]:
        """The systems without which a finding is not checked in a county."""
        return (*self.systems, *self.also.get(finding, ()))

    @property
    def table(self) -> str:
        """The table, and the file in sql/checks, that makes the check's list."""
        return f"check_{self.code.lower()}"
