"""The sample's rates, read from parameters.toml."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipelines.periods import Quarter


@lru_cache(maxsize=1)
def parameters() -> Any:
    """One namespace per section, one attribute per rate."""
    raw = tomllib.loads(Path(__file__).with_name("parameters.toml").read_text(encoding="utf-8"))
    return SimpleNamespace(**{section: SimpleNamespace(**values) for section, values in raw.items()})


def not_lifted(quarter: Quarter) -> float:
    """Share of the registered who are not lifted on the quarter's last day; it steps down in fourth quarters."""
    steps: dict[str, float] = parameters().poverty.not_lifted
    known = [key for key in sorted(steps) if key <= quarter.key]
    return steps[known[-1] if known else min(steps)]
