"""Why a delivery or a file is refused, in the words its sender reads: what is wrong, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Reason:
    """One reason. `code` is stable; the texts name files and columns, never a value of a row."""

    code: str
    text: str
    mend: str
    text_en: str
    mend_en: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Note:
    """Something the sender should know that refuses nothing."""

    code: str
    text: str
    text_en: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class Refused(Exception):
    """A file or manifest cannot be taken; carries every reason that was found."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(f"{reason.code}: {reason.text_en}" for reason in reasons))
        self.reasons = reasons
