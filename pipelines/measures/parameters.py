"""Policy parameters of the measures and thresholds of warnings, with their version. Source: domain.md §5.5 and §6.7."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from pipelines.periods import Quarter


@dataclass(frozen=True)
class Parameters:
    """Ages in completed years on the quarter's last day; `until` and `benefit` ages are the first one out."""

    pension_from_age: int = 16  # national resident-pension rule 2014
    pension_benefit_age: int = 60
    working_from_age: int = 16
    working_until_age: int = 60
    school_from_age: int = 15  # school-leavers 两后生: a parameter in domain.md C16
    school_until_age: int = 25
    # Linkage of a group or county is warned of where it is further behind than this; the target of docs/linkage.md.
    lag_per_mille: int = 5
    # Of fewer records half a point is two of them, which chance gives and takes.
    lag_from_records: int = 500

    @property
    def version(self) -> str:
        """Changes whenever a value changes, so that quarters become due."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def of(self, quarter: Quarter) -> dict[str, object]:
        """What the SQL files may ask for in a quarter."""
        autumn = quarter.number in (4, 1)
        year = quarter.year - 1 if quarter.number < 4 else quarter.year
        return {
            **asdict(self),
            "quarter": quarter.key,
            "first_day": quarter.first_day,
            "last_day": quarter.last_day,
            "premium_year": quarter.year,
            # The autumn term is paid in the fourth and first quarter, the spring term in the second and third.
            "school_year": f"{year}-{year + 1}",
            "term_code": "1" if autumn else "2",
        }


PARAMETERS = Parameters()
